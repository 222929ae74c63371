//! The text of Dovecot's configuration. All of it is written here: nothing of the distribution's is read.

use std::path::Path;

use super::Ports;
use crate::Leaf;
use crate::process;

pub(super) const FILE: &str = "dovecot.conf";
pub(super) const LOG: &str = "log";
pub(super) const MAIL: &str = "mail";
pub(super) const RUN: &str = "run";
pub(super) const STATE: &str = "state";
pub(super) const USERS: &str = "users";
/// Below [`RUN`].
pub(super) const AUTH_SOCKET: &str = "auth-postfix";

/// Under whose names the server runs.
pub(super) struct Host {
    pub(super) is_root: bool,
    /// The owner of the mailboxes.
    owner: String,
    group: String,
    /// The user of the processes that need no right.
    internal: String,
    login: String,
}

impl Host {
    pub(super) fn new(is_root: bool) -> Result<Self, String> {
        if is_root {
            // Dovecot refuses root as the owner of mailboxes; Debian has always had this user for mailboxes.
            let [owner, internal, login] = ["mail", "dovecot", "dovenull"].map(str::to_owned);
            return Ok(Self { is_root, group: owner.clone(), owner, internal, login });
        }
        let told = |argument: &str| {
            let output = process::run(std::process::Command::new("id").arg(argument))?;
            Ok::<_, String>(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let owner = told("-un")?;
        Ok(Self { is_root, group: told("-gn")?, internal: owner.clone(), login: owner.clone(), owner })
    }
}

pub(super) fn server(folder: &Path, host: &Host) -> String {
    let Host { is_root, owner, group, internal, login } = host;
    let internal_group = if *is_root { internal } else { group };
    let folder = folder.display();
    // Only root can change the root folder.
    let no_chroot = if *is_root { "" } else { "  chroot =\n" };
    format!(
        "base_dir = {folder}/{RUN}
state_dir = {folder}/{STATE}
log_path = {folder}/{LOG}
protocols = imap pop3 lmtp
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_uid = {owner}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_home = {folder}/{MAIL}/%u
mail_location = maildir:~/Maildir:UTF-8
mail_max_userip_connections = 1000
auth_mechanisms = plain login
# A wrong password is answered within half a second.
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/{USERS}
}}
userdb {{
  driver = passwd-file
  args = {folder}/{USERS}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
service anvil {{
{no_chroot}  # No waiting after wrong passwords of the same address.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {AUTH_SOCKET} {{
    mode = 0666
  }}
}}
service imap-login {{
{no_chroot}  service_count = 0
  idle_kill = 1 hours
}}
service pop3-login {{
{no_chroot}  service_count = 0
  idle_kill = 1 hours
}}
"
    )
}

/// The ports; without TLS nothing listens on those for TLS.
pub(super) fn listeners(ports: &Ports, tls: bool) -> String {
    let Ports { imap, imaps, pop3, pop3s, lmtp } = ports;
    let listener = |name: &str, port: &crate::port::Port, on: bool| {
        let (address, number) = (port.address.ip(), if on { port.address.port() } else { 0 });
        format!("  inet_listener {name} {{\n    address = {address}\n    port = {number}\n  }}\n")
    };
    let login = |service: &str, [plain, wrapped]: [(&str, &crate::port::Port); 2]| {
        let listeners = listener(plain.0, plain.1, true) + &listener(wrapped.0, wrapped.1, tls);
        format!("service {service}-login {{\n{listeners}}}\n")
    };
    format!(
        "{}{}service lmtp {{\n{}}}\n",
        login("imap", [("imap", imap), ("imaps", imaps)]),
        login("pop3", [("pop3", pop3), ("pop3s", pop3s)]),
        listener("lmtp", lmtp, true)
    )
}

pub(super) fn tls(offer: &str, leaf: &Leaf) -> String {
    let (certificate, key) = (leaf.certificate.display(), leaf.key.display());
    format!("ssl = {offer}\nssl_cert = <{certificate}\nssl_key = <{key}\n")
}

pub(super) fn quota(bytes: u64) -> String {
    format!(
        "mail_plugins = $mail_plugins quota
protocol imap {{
  mail_plugins = $mail_plugins imap_quota
}}
plugin {{
  quota = count:Mailbox
  quota_vsizes = yes
  quota_rule = *:storage={bytes}B
  # Without it a mail may exceed the bound by this much.
  quota_grace = 0
}}
"
    )
}
