//! Postfix for one test: takes mail of those who log in, and throws it away. Dovecot checks the passwords.

use std::{
    fs,
    os::unix::fs::chown,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use rejoinder_wire::endpoint::{Endpoint, Security};

use crate::dovecot::{Dovecot, Options, free_ports, wait_for};

/// A running server; stopped and its folder removed when it is dropped.
pub(crate) struct Postfix {
    process: Child,
    folder: PathBuf,
    ports: [u16; 2],
    /// Stopped after it.
    dovecot: Dovecot,
}

impl Postfix {
    /// None where a server is not installed; see [`Dovecot::start`]. `extra` are further lines of the configuration.
    pub(crate) async fn start(extra: &str) -> Option<Self> {
        let dovecot = Dovecot::start(Options::default()).await?;
        if Command::new("postfix").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            assert!(std::env::var_os("CI").is_none(), "Postfix is missing: run `make test-deps`");
            println!("left out: Postfix is missing, run `make test-deps`");
            return None;
        }
        let folder = dovecot.folder().join("postfix");
        for part in ["etc", "queue", "data"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        let id = Command::new("id").args(["-u", "postfix"]).output().unwrap();
        let id = String::from_utf8(id.stdout).unwrap().trim().parse().unwrap();
        chown(folder.join("data"), Some(id), None).unwrap();
        let ports = free_ports();
        fs::write(folder.join("etc/main.cf"), main_cf(&dovecot, extra)).unwrap();
        fs::write(folder.join("etc/master.cf"), master_cf(ports)).unwrap();
        let process = Command::new("postfix")
            .arg("-c")
            .arg(folder.join("etc"))
            .arg("start-fg")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, folder, ports, dovecot };
        for port in ports {
            wait_for(port, &server.folder.join("log")).await;
        }
        Some(server)
    }

    pub(crate) fn smtp(&self, security: Security) -> Endpoint {
        self.dovecot.endpoint_at(self.ports[usize::from(security == Security::Tls)], security)
    }

    /// What the server wrote about its mails.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let quiet = Stdio::null;
        let stop = Command::new("postfix")
            .arg("-c")
            .arg(self.folder.join("etc"))
            .arg("stop")
            .stderr(quiet())
            .status();
        drop(stop);
        drop(self.process.wait());
    }
}

fn main_cf(dovecot: &Dovecot, extra: &str) -> String {
    let shared = dovecot.folder().display();
    format!(
        "compatibility_level = 3.6
queue_directory = {shared}/postfix/queue
data_directory = {shared}/postfix/data
maillog_file = {shared}/postfix/log
maillog_file_prefixes = {shared}
inet_interfaces = loopback-only
myhostname = mail.example.org
mydestination =
alias_maps =
default_transport = discard:
smtpd_error_sleep_time = 0
smtpd_tls_cert_file = {shared}/cert.pem
smtpd_tls_key_file = {shared}/key.pem
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {shared}/login
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
{extra}
"
    )
}

fn master_cf([smtp, smtps]: [u16; 2]) -> String {
    format!(
        "127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
