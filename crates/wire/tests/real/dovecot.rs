//! Dovecot for one test: one user, IMAP and POP3, a certificate of its own.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rejoinder_wire::endpoint::{Egress, Endpoint, Login, Security, Trust};
use tokio::{net::TcpStream, time::timeout};

/// For what has to happen.
pub(crate) const PATIENT: Duration = Duration::from_secs(20);

/// Who Dovecot's processes are, and owns the mails: a user of every Debian.
const NOBODY: u32 = 65534;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// What is not as usual.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) expired: bool,
    /// Further lines of the configuration.
    pub(crate) extra: &'static str,
}

/// A running server; stopped and its folder removed when it is dropped.
pub(crate) struct Dovecot {
    process: Child,
    folder: PathBuf,
    trust: Trust,
    ports: [u16; 4],
}

impl Dovecot {
    /// None where Dovecot is not installed, which is a failure where everything has to run (`CI`).
    pub(crate) async fn start(options: Options) -> Option<Self> {
        if Command::new("dovecot").arg("--version").stdout(Stdio::null()).status().is_err() {
            assert!(std::env::var_os("CI").is_none(), "Dovecot is missing: run `make test-deps`");
            println!("left out: Dovecot is missing, run `make test-deps`");
            return None;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("rj-dovecot-{}-{count}", std::process::id()));
        for part in ["run", "state", "home"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        chown(folder.join("home"), Some(NOBODY), Some(NOBODY)).unwrap();
        let trust = certify(&folder, options.expired);
        let ports = free_ports();
        fs::write(
            folder.join("users"),
            format!("anna:{{PLAIN}}swordfish:{NOBODY}:{NOBODY}::{}/home\n", folder.display()),
        )
        .unwrap();
        let configuration = folder.join("dovecot.conf");
        fs::write(&configuration, written(&folder, ports, options.extra)).unwrap();
        let process = Command::new("dovecot").arg("-F").arg("-c").arg(&configuration).spawn().unwrap();
        let server = Self { process, folder, trust, ports };
        for port in ports {
            wait_for(port, &server.folder.join("log")).await;
        }
        Some(server)
    }

    pub(crate) fn imap(&self, security: Security) -> Endpoint {
        self.endpoint(self.ports[usize::from(security == Security::Tls)], security)
    }

    pub(crate) fn pop3(&self, security: Security) -> Endpoint {
        self.endpoint(self.ports[2 + usize::from(security == Security::Tls)], security)
    }

    fn endpoint(&self, port: u16, security: Security) -> Endpoint {
        Endpoint {
            security,
            trust: self.trust.clone(),
            ..Endpoint::plain("localhost", port, PATIENT, Egress::LoopbackOnly)
        }
    }

    /// Holds the certificate, its key, and the socket `login` at which another server checks passwords.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn endpoint_at(&self, port: u16, security: Security) -> Endpoint {
        self.endpoint(port, security)
    }

    pub(crate) fn login() -> Login {
        Login::new("anna", "swordfish")
    }
}

/// Waits until the port is open.
pub(crate) async fn wait_for(port: u16, log: &Path) {
    let listening = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let listens = timeout(PATIENT, listening).await.is_ok();
    assert!(listens, "the server does not listen: {}", fs::read_to_string(log).unwrap_or_default());
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Ports that nobody listens on.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|socket| socket.local_addr().unwrap().port())
}

fn certify(folder: &Path, expired: bool) -> Trust {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Test authority");
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap();
    let issuer = Issuer::new(authority, key);
    let mut own = CertificateParams::new(["localhost".to_owned()]).unwrap();
    own.not_before = date_time_ymd(2019, 1, 1);
    own.not_after = date_time_ymd(if expired { 2020 } else { 2999 }, 1, 1);
    let key = KeyPair::generate().unwrap();
    fs::write(folder.join("cert.pem"), own.signed_by(&key, &issuer).unwrap().pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    Trust::only([root.pem()]).unwrap()
}

fn written(folder: &Path, [imap, imaps, pop3, pop3s]: [u16; 4], extra: &str) -> String {
    let folder = folder.display();
    format!(
        "base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap pop3
listen = 127.0.0.1, ::1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/home/mail
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {folder}/login {{
    mode = 0666
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
{extra}
"
    )
}
