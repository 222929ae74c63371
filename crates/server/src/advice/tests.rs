//! Each kind of failure has something to do about it, in both languages.

use std::time::Duration;

use super::*;

fn failure(step: Step, kind: Kind) -> Failure {
    Failure { step, kind, host: "mail.example.org".to_owned(), port: 1, said: None }
}

fn told(step: Step, kind: Kind, protocol: &'static str, security: Security, language: Language) -> String {
    advice(&failure(step, kind), Conversation { protocol, security }, language)
}

#[test]
fn an_advice_names_the_next_step_with_the_usual_port_of_the_protocol() {
    let late = || Kind::Timeout(Duration::from_secs(1));
    for (step, kind, protocol, security, expected) in [
        (Step::Greeting, late(), "IMAP", Security::None, "set the encryption to tls (usual port 993)"),
        (Step::Greeting, late(), "SMTP", Security::StartTls, "set the encryption to tls (usual port 465)"),
        (Step::Connect, late(), "SMTP", Security::None, "firewall"),
        (Step::Login, late(), "SMTP", Security::None, "Try again later"),
        (Step::Tls, Kind::NotTls, "POP3", Security::Tls, "starttls, or use port 995"),
        (Step::StartTls, Kind::NoStartTls, "POP3", Security::StartTls, "tls (usual port 995)"),
        (Step::Login, Kind::LoginNotOffered, "IMAP", Security::None, "starttls or tls"),
        (Step::Login, Kind::LoginNotOffered, "IMAP", Security::Tls, "clear the user name"),
        (Step::Tls, Kind::CertificateExpired { not_after: 0 }, "IMAP", Security::Tls, "ended on 1970-01-01"),
    ] {
        let text = told(step, kind.clone(), protocol, security, Language::English);
        assert!(text.contains(expected), "{kind:?}: {text}");
    }
}

#[test]
fn every_kind_has_an_advice_in_each_language() {
    let text = || "x".to_owned();
    for kind in [
        Kind::NameNotFound,
        Kind::NotAllowed { address: None },
        Kind::Refused,
        Kind::Unreachable { reason: text() },
        Kind::Closed,
        Kind::Broken { reason: text() },
        Kind::CertificateName { wanted: text(), names: Vec::new() },
        Kind::CertificateName { wanted: text(), names: vec![text()] },
        Kind::CertificateUntrusted { issuer: text() },
        Kind::CertificateUnusable { reason: text() },
        Kind::CertificateNotYetValid { not_before: 0 },
        Kind::TlsOther { reason: text() },
        Kind::NotThisProtocol { wanted: "IMAP" },
        Kind::Injected,
        Kind::LoginRefused,
        Kind::LoginUnspeakable,
        Kind::LoginTooSoon,
        Kind::FolderMissing { folder: text() },
        Kind::OverQuota,
        Kind::InUse,
        Kind::Unavailable,
        Kind::NoUniqueIds,
        Kind::HostName { name: text() },
        Kind::ServerSaid,
        Kind::Garbled,
    ] {
        let english = told(Step::Login, kind.clone(), "IMAP", Security::Tls, Language::English);
        let russian = told(Step::Login, kind.clone(), "IMAP", Security::Tls, Language::Russian);
        assert!(!english.is_empty() && english.is_ascii(), "{kind:?}: {english}");
        assert!(russian.chars().any(|c| ('а'..='я').contains(&c)), "{kind:?}: {russian}");
    }
    assert_eq!(Language::of("ru-RU"), Language::Russian);
    assert_eq!(Language::of("de"), Language::English);
}
