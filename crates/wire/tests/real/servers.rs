//! The servers of these tests: one Dovecot, and a Postfix that asks it for passwords and delivers to it.

use std::time::Duration;

use rejoinder_testservers::{
    Certificates, Dovecot as Real, DovecotBuilder, Kind, Postfix as RealPostfix, installed, left_out,
};
use rejoinder_wire::endpoint::{Egress, Endpoint, Login, Security, Trust};

/// For what has to happen.
pub(crate) const PATIENT: Duration = Duration::from_secs(20);

const USER: &str = "anna@example.org";

/// A running server with one user.
pub(crate) struct Dovecot {
    pub(crate) server: Real,
    certificates: Certificates,
}

impl Dovecot {
    /// None where the servers are not installed, which is a failure where everything has to run (`CI`).
    pub(crate) fn start(build: impl FnOnce(DovecotBuilder) -> DovecotBuilder) -> Option<Self> {
        if left_out(&installed()) {
            return None;
        }
        let certificates = Certificates::create().unwrap();
        let builder = Real::builder(&certificates).user(USER, "swordfish").user("b@example.com", "other");
        Some(Self { server: build(builder).start().unwrap(), certificates })
    }

    pub(crate) fn imap(&self, security: Security) -> Endpoint {
        let server = if security == Security::Tls { self.server.imaps() } else { self.server.imap() };
        self.endpoint(server, security)
    }

    pub(crate) fn pop3(&self, security: Security) -> Endpoint {
        let server = if security == Security::Tls { self.server.pop3s() } else { self.server.pop3() };
        self.endpoint(server, security)
    }

    fn endpoint(&self, server: std::net::SocketAddr, security: Security) -> Endpoint {
        Endpoint {
            security,
            trust: Trust::only([self.certificates.ca_der()]).unwrap(),
            ..Endpoint::plain(server.ip().to_string(), server.port(), PATIENT, Egress::LoopbackOnly)
        }
    }

    pub(crate) fn login() -> Login {
        Self::wrong("swordfish")
    }

    /// The user with another password.
    pub(crate) fn wrong(password: &str) -> Login {
        Login::new(USER, password)
    }
}

/// A running server that takes mail to example.com of those who log in.
pub(crate) struct Postfix {
    server: RealPostfix,
    dovecot: Dovecot,
}

impl Postfix {
    /// See [`Dovecot::start`]; `setting` is a parameter of `main.cf`.
    pub(crate) fn start(setting: Option<(&str, &str)>) -> Option<Self> {
        let dovecot = Dovecot::start(|builder| builder)?;
        if left_out(&RealPostfix::available()) {
            return None;
        }
        let builder = RealPostfix::builder(&dovecot.certificates).certificate(Kind::Good);
        let builder = builder.auth(&dovecot.server).deliver("example.com", &dovecot.server);
        // Not from this machine, so that a login is needed.
        let builder = builder.setting("mynetworks", "").setting("myhostname", "mail.example.org");
        let builder =
            setting.into_iter().fold(builder, |builder, (name, value)| builder.setting(name, value));
        let server = builder
            .setting("smtpd_recipient_restrictions", "permit_sasl_authenticated, reject")
            .start()
            .unwrap();
        Some(Self { server, dovecot })
    }

    pub(crate) fn smtp(&self, security: Security) -> Endpoint {
        let server = if security == Security::Tls { self.server.smtps() } else { self.server.smtp() };
        self.dovecot.endpoint(server, security)
    }

    /// What the server wrote about its mails.
    pub(crate) fn log(&self) -> String {
        self.server.log()
    }
}
