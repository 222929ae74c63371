//! The way to a server, the same for the three protocols: encryption, certificates, and where a connection ends.

use rejoinder_wire::{
    endpoint::{Endpoint, Fact, Failure, Kind, Login, Progress, Security, Step, StepReport, Tls, Trust},
    imap::Imap,
    pop3::Pop3,
    smtp,
};
use rustls::ServerConfig;

use crate::{
    certificates::{Authority, Defect, self_signed},
    fake_server::{Fake, SHORT, endpoint},
};

/// What a server says in the three protocols.
#[derive(Debug)]
struct Talk {
    name: &'static str,
    greeting: &'static str,
    /// From the greeting to the word that begins TLS.
    before_tls: &'static str,
    /// After a greeting without TLS, or one under it.
    login: &'static str,
    /// After TLS that was begun by a command.
    login_after: &'static str,
}

const SMTP: Talk = Talk {
    name: "SMTP",
    greeting: "S: 220 fake\n",
    before_tls: "S: 220 fake\nC: EHLO\nS: 250-fake\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n",
    login: "C: EHLO\nS: 250-fake\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFubmEAc3dvcmRmaXNo\nS: 235 in\n",
    login_after: "C: EHLO\nS: 250-fake\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFubmEAc3dvcmRmaXNo\nS: 235 in\n",
};
const IMAP: Talk = Talk {
    name: "IMAP",
    greeting: "S: * OK fake\n",
    before_tls: "S: * OK fake\nC: R1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS\nS: R1 OK\nC: R2 STARTTLS\nS: R2 OK go\n",
    login: IMAP_LOGIN,
    login_after: IMAP_LOGIN,
};
const IMAP_LOGIN: &str = "C: R1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: R1 OK\nC: R2 LOGIN \"anna\" \"swordfish\"\nS: R2 OK [CAPABILITY IDLE] in\n";
const POP3: Talk = Talk {
    name: "POP3",
    greeting: "S: +OK fake\n",
    before_tls: "S: +OK fake\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK go\n",
    login: POP3_LOGIN,
    login_after: POP3_LOGIN,
};
const POP3_LOGIN: &str =
    "C: CAPA\nS: +OK\nS: USER\nS: .\nC: USER anna\nS: +OK\nC: PASS swordfish\nS: +OK in\n";

/// Connects and logs in by the protocol; what came of it, and the steps.
async fn connect(talk: &Talk, endpoint: &Endpoint) -> (Result<(), Failure>, Vec<StepReport>) {
    let login = Login::new("anna", "swordfish");
    let mut steps = Vec::new();
    let mut on_step = |step| steps.push(step);
    let result = match talk.name {
        "SMTP" => smtp::connect(endpoint, "client.example", Some(&login), &mut on_step).await.map(drop),
        "IMAP" => Imap::connect(endpoint, &login, &mut on_step).await.map(drop),
        _ => Pop3::connect(endpoint, &login, &mut on_step).await.map(drop),
    };
    (result, steps)
}

fn tls_of(steps: &[StepReport]) -> Option<&Tls> {
    steps.iter().find_map(|report| match &report.progress {
        Progress::Learnt(Fact::Tls(tls)) => Some(tls),
        _ => None,
    })
}

fn done(steps: &[StepReport]) -> Vec<Step> {
    steps.iter().filter(|report| report.progress == Progress::Done).map(|report| report.step).collect()
}

/// A server with TLS from the first octet, or after its command.
async fn secured(talk: &Talk, security: Security, config: ServerConfig, trust: Trust) -> Fake {
    let transcript = match security {
        Security::Tls => format!("tls\n{}{}hang", talk.greeting, talk.login),
        _ => format!("{}tls\n{}hang", talk.before_tls, talk.login_after),
    };
    let mut fake = Fake::with_tls(transcript, config).await;
    fake.endpoint.security = security;
    fake.endpoint.trust = trust;
    fake
}

const BOTH: [Security; 2] = [Security::Tls, Security::StartTls];

#[tokio::test]
async fn each_protocol_logs_in_with_each_kind_of_encryption() {
    let authority = Authority::new();
    for talk in [SMTP, IMAP, POP3] {
        let fake = Fake::new(format!("{}{}hang", talk.greeting, talk.login)).await;
        let (result, steps) = connect(&talk, &fake.endpoint).await;
        assert_eq!(result, Ok(()), "{talk:?}");
        let encrypted = |steps: &[StepReport]| {
            steps.iter().find_map(|report| match report.progress {
                Progress::Learnt(Fact::LoggedIn { encrypted, .. }) => Some(encrypted),
                _ => None,
            })
        };
        assert_eq!(encrypted(&steps), Some(false));
        for security in BOTH {
            let fake = secured(&talk, security, authority.issue(Defect::None), authority.trust()).await;
            let (result, steps) = connect(&talk, &fake.endpoint).await;
            assert_eq!(result, Ok(()), "{} {security:?}", talk.name);
            assert_eq!(encrypted(&steps), Some(true));
            let tls = tls_of(&steps).unwrap();
            assert_eq!((tls.version, &tls.fault), (Some("TLS 1.3"), &None));
            let certificate = tls.certificate.as_ref().unwrap();
            assert_eq!(certificate.names, ["127.0.0.1"]);
            assert!(certificate.issuer.contains("Test authority"), "{certificate:?}");
            let starts: &[Step] = match security {
                Security::Tls => {
                    &[Step::Name, Step::Connect, Step::Tls, Step::Greeting, Step::Hello, Step::Login]
                }
                _ => &[
                    Step::Name,
                    Step::Connect,
                    Step::Greeting,
                    Step::Hello,
                    Step::StartTls,
                    Step::Tls,
                    Step::Hello,
                    Step::Login,
                ],
            };
            assert!(done(&steps).starts_with(starts), "{} {:?}", talk.name, done(&steps));
        }
    }
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_is_refused_with_its_defect_and_shown() {
    let authority = Authority::new();
    let stranger = Authority::new();
    let (pinned, known) = self_signed(Defect::None);
    let (misnamed, knows_misnamed) = self_signed(Defect::Misnamed);
    let (expired, knows_expired) = self_signed(Defect::Expired);
    let name = || Kind::CertificateName { wanted: "127.0.0.1".into(), names: vec!["other.example".into()] };
    let over = || Kind::CertificateExpired { not_after: 1_577_836_800 };
    for (config, trust, kind) in [
        (authority.issue(Defect::Expired), authority.trust(), Some(over())),
        (
            authority.issue(Defect::NotYetValid),
            authority.trust(),
            Some(Kind::CertificateNotYetValid { not_before: 32_472_144_000 }),
        ),
        (authority.issue(Defect::Misnamed), authority.trust(), Some(name())),
        (
            authority.issue(Defect::None),
            stranger.trust(),
            Some(Kind::CertificateUntrusted { issuer: "CN=Test authority".into() }),
        ),
        (
            self_signed(Defect::None).0,
            authority.trust(),
            Some(Kind::CertificateUntrusted { issuer: "CN=Test server".into() }),
        ),
        (
            authority.issue(Defect::None),
            Trust::nobody(),
            Some(Kind::CertificateUntrusted { issuer: "CN=Test authority".into() }),
        ),
        // Pinned: believed by itself, within its time and for its name.
        (pinned, known, None),
        (misnamed, knows_misnamed, Some(name())),
        (expired, knows_expired, Some(over())),
    ] {
        for talk in [SMTP, IMAP, POP3] {
            for security in BOTH {
                let mut fake = secured(&talk, security, config.clone(), trust.clone()).await;
                let (result, steps) = connect(&talk, &fake.endpoint).await;
                let failure = result.err();
                let at = failure.as_ref().map(|failure| failure.step);
                assert_eq!(failure.map(|failure| failure.kind), kind, "{} {security:?}", talk.name);
                assert_eq!(at, kind.as_ref().map(|_| Step::Tls));
                let tls = tls_of(&steps).unwrap();
                assert!(tls.certificate.is_some());
                assert_eq!(tls.fault, kind);

                fake = secured(&talk, security, config.clone(), trust.clone()).await;
                fake.endpoint.verify = false;
                let (result, steps) = connect(&talk, &fake.endpoint).await;
                assert_eq!(result, Ok(()), "without verification");
                assert_eq!(tls_of(&steps).unwrap().fault, kind, "what is wrong is told all the same");
            }
        }
    }
}

#[tokio::test]
async fn where_a_connection_ends_is_told_by_step_and_kind() {
    for talk in [SMTP, IMAP, POP3] {
        let no_tls = format!("{}{}hang", talk.greeting, talk.login);
        let injected = format!("{}S: 220 injected\nhang", talk.before_tls);
        let other = || Kind::NotThisProtocol { wanted: talk.name };
        for (transcript, security, step, kind) in [
            ("", Security::None, Step::Greeting, Kind::Closed),
            ("hang", Security::None, Step::Greeting, Kind::Timeout(SHORT)),
            ("stall", Security::None, Step::Greeting, Kind::Timeout(SHORT)),
            ("S: HTTP/1.1 400 Bad Request\nhang", Security::None, Step::Greeting, other()),
            (talk.greeting, Security::None, Step::Hello, Kind::Closed),
            (&format!("{}hang", talk.greeting), Security::None, Step::Hello, Kind::Timeout(SHORT)),
            (&no_tls, Security::StartTls, Step::StartTls, Kind::NoStartTls),
            (&injected, Security::StartTls, Step::StartTls, Kind::Injected),
            (talk.before_tls, Security::StartTls, Step::Tls, Kind::Closed),
            (&format!("{}hang", talk.before_tls), Security::StartTls, Step::Tls, Kind::Timeout(SHORT)),
            (&format!("{}hang", talk.greeting), Security::Tls, Step::Tls, Kind::NotTls),
            ("", Security::Tls, Step::Tls, Kind::Closed),
            ("hang", Security::Tls, Step::Tls, Kind::Timeout(SHORT)),
        ] {
            let mut fake = Fake::new(transcript).await.impatient();
            fake.endpoint.security = security;
            let failure = connect(&talk, &fake.endpoint).await.0.unwrap_err();
            assert_eq!(
                (failure.step, failure.kind),
                (step, kind),
                "{} {security:?} {transcript:?}",
                talk.name
            );
        }
        for other in [SMTP, IMAP, POP3].iter().filter(|other| other.name != talk.name) {
            let fake = Fake::new(format!("{}hang", other.greeting)).await;
            let failure = connect(&talk, &fake.endpoint).await.0.unwrap_err();
            let expected = Kind::NotThisProtocol { wanted: talk.name };
            assert_eq!((failure.step, failure.kind), (Step::Greeting, expected), "{}", other.name);
        }
    }
}

#[tokio::test]
async fn what_is_offered_before_tls_counts_for_nothing_after_it() {
    let authority = Authority::new();
    let before =
        "S: 220 fake\nC: EHLO\nS: 250-fake\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n";
    let talk = Talk { before_tls: before, login_after: "C: EHLO\nS: 250 fake\n", ..SMTP };
    let fake = secured(&talk, Security::StartTls, authority.issue(Defect::None), authority.trust()).await;
    let failure = connect(&talk, &fake.endpoint).await.0.unwrap_err();
    assert_eq!((failure.step, failure.kind), (Step::Login, Kind::LoginNotOffered));
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    let mut nowhere = endpoint(25);
    nowhere.host = "nowhere.invalid".into();
    nowhere.egress = rejoinder_wire::endpoint::Egress::Any;
    let failure = connect(&SMTP, &nowhere).await.0.unwrap_err();
    assert_eq!((failure.step, failure.kind), (Step::Name, Kind::NameNotFound));
}
