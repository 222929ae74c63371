//! SMTP with Postfix.

use rejoinder_wire::{
    endpoint::{Endpoint, Fact, Kind, Progress, Security, Step},
    smtp::{RecipientOutcome, Session, Stage, Transmission, connect},
};

use crate::servers::{Dovecot, Postfix};

async fn open(endpoint: &Endpoint) -> Session {
    connect(endpoint, "client.example", Some(&Dovecot::login()), &mut |_| {}).await.unwrap()
}

async fn send(session: &mut Session, bytes: &[u8]) -> (RecipientOutcome, Vec<Stage>) {
    let rcpt_to = ["b@example.com".to_owned()];
    let mail = Transmission { mail_from: Some("a@example.org"), rcpt_to: &rcpt_to, bytes };
    let mut stages = Vec::new();
    let mut report = session.send(&mail, &mut |stage| stages.push(stage)).await;
    (report.recipients.remove(0), stages)
}

#[tokio::test]
async fn mails_are_sent_with_each_kind_of_encryption_several_on_a_connection() {
    let Some(server) = Postfix::start(None) else { return };
    let large = [b"Subject: x\r\n\r\n".as_slice(), &b".text\r\n".repeat(500_000)].concat();
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let mut session = open(&server.smtp(security)).await;
        for bytes in [b"Subject: x\r\n\r\n.text\r\n".as_slice(), &large, b"Subject: y\r\n\r\n"] {
            assert!(session.renew().await);
            let (outcome, stages) = send(&mut session, bytes).await;
            let RecipientOutcome::Sent { reply } = outcome else { panic!("{security:?}: {outcome:?}") };
            assert!(reply.text.contains("queued as"), "{reply}");
            assert_eq!(stages.last(), Some(&Stage::Replied));
        }
        session.quit().await;
    }
    assert_eq!(server.log().matches("sasl_username=anna").count(), 9);
}

#[tokio::test]
async fn a_refused_login_and_a_missing_one_are_told_apart() {
    let Some(server) = Postfix::start(Some(("smtpd_tls_auth_only", "yes"))) else { return };
    for security in [Security::StartTls, Security::Tls] {
        let wrong = Dovecot::wrong("wrong");
        let failure =
            connect(&server.smtp(security), "client.example", Some(&wrong), &mut |_| {}).await.err().unwrap();
        assert_eq!((failure.step, &failure.kind), (Step::Login, &Kind::LoginRefused));
        assert!(failure.said.unwrap().starts_with("535 5.7.8"));
    }
    let unencrypted = server.smtp(Security::None);
    let failure =
        connect(&unencrypted, "client.example", Some(&Dovecot::login()), &mut |_| {}).await.err().unwrap();
    assert_eq!((failure.step, failure.kind), (Step::Login, Kind::LoginNotOffered));

    let mut anonymous = connect(&unencrypted, "client.example", None, &mut |_| {}).await.unwrap();
    let (outcome, stages) = send(&mut anonymous, b"x").await;
    assert!(matches!(outcome, RecipientOutcome::Failed { .. }), "{outcome:?}");
    assert_eq!(stages.last(), Some(&Stage::Rcpt));
}

#[tokio::test]
async fn what_the_server_shows_is_told_step_by_step_and_no_starttls_is_refused() {
    let Some(server) = Postfix::start(Some(("smtpd_discard_ehlo_keywords", "starttls"))) else { return };
    let mut facts = Vec::new();
    let mut on_step = |report: rejoinder_wire::endpoint::StepReport| {
        if let Progress::Learnt(fact) = report.progress {
            facts.push(fact);
        }
    };
    connect(&server.smtp(Security::Tls), "client.example", Some(&Dovecot::login()), &mut on_step)
        .await
        .unwrap();
    assert!(
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::Greeting(text) if text.contains("mail.example.org ESMTP")))
    );
    assert!(
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::Capabilities(lines) if lines.iter().any(|l| l == "8BITMIME")))
    );
    assert!(facts.iter().any(|fact| matches!(fact, Fact::Tls(tls) if tls.fault.is_none())));
    assert!(facts.contains(&Fact::LoggedIn { mechanism: "PLAIN", encrypted: true }));

    let endpoint = server.smtp(Security::StartTls);
    let failure = connect(&endpoint, "client.example", None, &mut |_| {}).await.err().unwrap();
    assert_eq!((failure.step, failure.kind), (Step::StartTls, Kind::NoStartTls));
    let wrong_port = Endpoint { security: Security::Tls, ..server.smtp(Security::None) };
    let failure = connect(&wrong_port, "client.example", None, &mut |_| {}).await.err().unwrap();
    assert_eq!((failure.step, failure.kind), (Step::Tls, Kind::NotTls));
}
