//! The text of Postfix's configuration and the folders of its queue. All of it is written here: nothing of the
//! distribution's is read, and no process changes its root folder.

use std::fs::File;
use std::os::unix::fs::chown;
use std::path::Path;
use std::time::SystemTime;

use super::Ports;
use crate::Leaf;
use crate::folder::Folder;

pub(super) const QUEUE: &str = "q";
pub(super) const LOG: &str = "log";
/// What the master writes once it listens on all its ports.
pub(super) const STARTED: &str = ": daemon started ";

const LONG_AGO: SystemTime = SystemTime::UNIX_EPOCH;

/// The folders of a queue that belong to Postfix's user, with their modes.
const OWNED: [(&str, u32); 13] = [
    ("active", 0o700),
    ("bounce", 0o700),
    ("corrupt", 0o700),
    ("defer", 0o700),
    ("deferred", 0o700),
    ("flush", 0o700),
    ("hold", 0o700),
    ("incoming", 0o700),
    ("private", 0o700),
    ("saved", 0o700),
    ("trace", 0o700),
    ("maildrop", 0o730),
    ("public", 0o710),
];

/// Writes a file of the configuration. Postfix waits until such a file is two seconds old, in case that somebody still
/// writes it: this one is old at once.
pub(super) fn write(folder: &Folder, name: &str, text: &str) -> Result<(), String> {
    let path = folder.write(name, text)?;
    let file = File::options().append(true).open(&path);
    file.and_then(|file| file.set_modified(LONG_AGO))
        .map_err(|error| format!("{}: its time cannot be set: {error}", path.display()))
}

pub(super) fn main(folder: &Path, leaf: &Leaf) -> String {
    let folder = folder.display();
    let (certificate, key) = (leaf.certificate.display(), leaf.key.display());
    format!(
        "compatibility_level = 3.6
queue_directory = {folder}/{QUEUE}
data_directory = {folder}/data
maillog_file = {folder}/{LOG}
maillog_file_prefixes = {folder}
myhostname = postfix.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
biff = no
# Only listed domains have a way out; nothing asks a name server.
default_transport = error:5.7.1 this server delivers nowhere else
relay_transport = error:5.7.1 this server delivers nowhere else
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
# Mail to a domain that returns it is taken first: only then is there a report.
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit
smtpd_client_restrictions = permit
smtpd_error_sleep_time = 0
smtpd_tls_security_level = may
smtpd_tls_chain_files = {key} {certificate}
smtpd_tls_loglevel = 0
smtp_tls_security_level = none
"
    )
}

/// Where mail goes, and which is refused; both by domain.
pub(super) fn routes(routes: &[(String, String)], refused: &[(String, String)]) -> String {
    let inline = |entries: &[(String, String)], status: &str| {
        let entries: Vec<_> =
            entries.iter().map(|(domain, value)| format!("{{{domain} = {status}{value}}}")).collect();
        format!("inline:{{ {} }}", entries.join(" "))
    };
    let domains: Vec<_> = routes.iter().map(|(domain, _)| domain.as_str()).collect();
    let mut text = format!("relay_domains = {}\n", domains.join(" "));
    if !routes.is_empty() {
        text.push_str(&format!("transport_maps = {}\n", inline(routes, "")));
    }
    text.push_str("smtpd_relay_restrictions = ");
    if !refused.is_empty() {
        text.push_str(&format!("check_recipient_access {} ", inline(refused, "550 ")));
    }
    text + "reject_unauth_destination\n"
}

pub(super) fn auth(socket: &Path) -> String {
    format!(
        "smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {}
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = no
",
        socket.display()
    )
}

pub(super) fn master(ports: &Ports, submission: bool) -> String {
    let Ports { smtp, smtps, submission: port } = ports;
    let mut text = format!(
        "{} inet n - n - - smtpd\n{} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n",
        smtp.address, smtps.address
    );
    if submission {
        text.push_str(&format!(
            "{} inet n - n - - smtpd -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject\n",
            port.address
        ));
    }
    text.push_str(SERVICES);
    text
}

/// The services that Postfix needs within itself.
const SERVICES: &str = "pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// Makes the folders of the queue with the owners and modes that Postfix insists on.
pub(super) fn queues(folder: &Folder) -> Result<(), String> {
    let user = entry("/etc/passwd", "postfix")?;
    let drop_group = entry("/etc/group", "postdrop")?;
    folder.create(QUEUE)?;
    folder.create(&format!("{QUEUE}/pid"))?;
    for (name, mode) in OWNED {
        let name = format!("{QUEUE}/{name}");
        let path = folder.create(&name)?;
        let group = if mode & 0o070 == 0 { None } else { Some(drop_group) };
        chown(&path, Some(user), group).map_err(|error| format!("{}: {error}", path.display()))?;
        folder.allow(&name, mode)?;
    }
    let data = folder.create("data")?;
    chown(&data, Some(user), None).map_err(|error| format!("{}: {error}", data.display()))
}

/// The number of a user or a group, the third field of its line.
fn entry(file: &str, name: &str) -> Result<u32, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let mut lines = text.lines().map(|line| line.split(':'));
    let found = lines.find_map(|mut fields| {
        (fields.next() == Some(name)).then(|| fields.nth(1)).flatten().and_then(|number| number.parse().ok())
    });
    found.ok_or_else(|| format!("{file} has no {name}, which comes with Postfix"))
}
