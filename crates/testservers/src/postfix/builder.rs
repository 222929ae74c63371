//! How a Postfix is to be: whom it lets in, and where it sends what it took.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::{Ports, Postfix, config};
use crate::folder::Folder;
use crate::port::Port;
use crate::{Certificates, Dovecot, Kind};

/// How a Postfix is to be.
#[derive(Debug, Clone)]
pub struct PostfixBuilder {
    certificates: Certificates,
    kind: Kind,
    auth: Option<PathBuf>,
    routes: Vec<(String, String)>,
    refused: Vec<(String, String)>,
    settings: Vec<(String, String)>,
}

impl PostfixBuilder {
    pub(super) fn new(certificates: &Certificates) -> Self {
        Self {
            certificates: certificates.clone(),
            kind: Kind::Good,
            auth: None,
            routes: Vec::new(),
            refused: Vec::new(),
            settings: Vec::new(),
        }
    }

    /// The certificate to show; the good one where nothing is said.
    pub fn certificate(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Offers AUTH (PLAIN, LOGIN) with the passwords of this Dovecot, and a port for submission.
    pub fn auth(mut self, dovecot: &Dovecot) -> Self {
        self.auth = Some(dovecot.auth_socket());
        self
    }

    /// Takes mail for a domain and delivers it to this Dovecot.
    pub fn deliver(self, domain: &str, dovecot: &Dovecot) -> Self {
        self.relay_lmtp(domain, dovecot.lmtp())
    }

    /// Takes mail for a domain and hands it to an SMTP server, without TLS.
    pub fn relay(self, domain: &str, to: SocketAddr) -> Self {
        self.route(domain, format!("smtp:[{}]:{}", to.ip(), to.port()))
    }

    /// Takes mail for a domain and hands it to an LMTP server.
    pub fn relay_lmtp(self, domain: &str, to: SocketAddr) -> Self {
        self.route(domain, format!("lmtp:inet:[{}]:{}", to.ip(), to.port()))
    }

    /// Takes mail for a domain and returns it to its sender with a delivery report: `status` is an enhanced status code
    /// with a text (`5.1.1 nobody of this name`).
    pub fn bounce(self, domain: &str, status: &str) -> Self {
        self.route(domain, format!("error:{status}"))
    }

    /// Knows a domain and refuses each recipient there at `RCPT`: `status` is an enhanced status code with a text.
    pub fn refuse(mut self, domain: &str, status: &str) -> Self {
        self.refused.push((domain.to_owned(), status.to_owned()));
        self
    }

    /// A parameter of `main.cf`.
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it and waits until it listens. The error says what is missing, or what Postfix logged.
    pub fn start(self) -> Result<Postfix, String> {
        Postfix::available()?;
        let folder = Folder::new()?;
        let reserve = || Port::reserve(Ipv4Addr::LOCALHOST);
        let ports = Ports { smtp: reserve()?, smtps: reserve()?, submission: reserve()? };
        config::write(&folder, "main.cf", &self.main(&folder))?;
        config::write(&folder, "master.cf", &config::master(&ports, self.auth.is_some()))?;
        config::queues(&folder)?;
        let mut postfix = Postfix { process: None, ports, folder, certificates: self.certificates };
        postfix.launch()?;
        Ok(postfix)
    }

    fn route(mut self, domain: &str, to: String) -> Self {
        self.routes.push((domain.to_owned(), to));
        self
    }

    fn main(&self, folder: &Folder) -> String {
        let mut text = config::main(folder.path(), self.certificates.leaf(self.kind));
        text.push_str(&config::routes(&self.routes, &self.refused));
        if let Some(socket) = &self.auth {
            text.push_str(&config::auth(socket));
        }
        self.settings.iter().fold(text, |text, (name, value)| with_setting(&text, name, value))
    }
}

/// The configuration with this value in place of another. A parameter that stands there twice has every process of
/// Postfix warn in its first moment: a dozen such messages, and the one that is to write them down waits for ever for
/// room to log its own.
fn with_setting(text: &str, name: &str, value: &str) -> String {
    let is_other = |line: &&str| line.split('=').next().is_none_or(|first| first.trim() != name);
    let mut lines: Vec<&str> = text.lines().filter(is_other).collect();
    let set = format!("{name} = {value}\n");
    lines.push(&set);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_there_once() {
        let text = "myhostname = a\nmyhostname_of = b\n# myhostname\nbiff = no\n";
        let expected = "myhostname_of = b\n# myhostname\nbiff = no\nmyhostname = c\n";
        assert_eq!(with_setting(text, "myhostname", "c"), expected);
        assert_eq!(with_setting("", "biff", "no"), "biff = no\n");
    }
}
