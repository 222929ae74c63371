//! What the client says to a server that behaves, and what it makes of each recipient.

use rejoinder_wire::endpoint::{Egress, Kind};
use rejoinder_wire::smtp::{Cause, RecipientOutcome, Stage, Transmission};

use crate::fake_server::{Fake, HELLO, SHORT, all_shown, connect_to, endpoint, send, send_bytes};

#[tokio::test]
async fn a_mail_goes_through_its_stages_and_keeps_the_servers_answer() {
    let fake = Fake::new(format!(
        "{HELLO}C: MAIL\nS: 250 2.1.0 ok\nC: RCPT\nS: 250 2.1.5 ok\nC: DATA\nS: 354 go\nC: .\n\
         S: 250-2.0.0 thank you\nS: 250 2.0.0 queued as ABC123\nC: QUIT\nS: 221 bye"
    ))
    .await;
    let mut session = fake.session().await;
    let (report, stages) = send_bytes(&mut session, &["b@example.org"], b"A: b\n\n.\ntext").await;
    assert_eq!(all_shown(&report), ["sent 250 2.0.0 thank you queued as ABC123"]);
    assert!(session.usable());
    session.quit().await;
    let all = [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Body, Stage::FinalDot, Stage::Replied];
    assert_eq!(stages, all);
    assert!(all.is_sorted());
    assert_eq!(
        fake.heard().await,
        "EHLO client.example\r\nMAIL FROM:<a@example.org> SIZE=17\r\nRCPT TO:<b@example.org>\r\nDATA\r\n\
         A: b\r\n\r\n..\r\ntext\r\n.\r\nQUIT\r\n"
    );
}

#[tokio::test]
async fn a_mail_that_is_called_off_before_its_final_dot_never_arrives() {
    let fake =
        Fake::new(format!("{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nhang")).await;
    let mut session = fake.session().await;
    let rcpt_to = ["b@example.org".to_owned()];
    let mail =
        Transmission { mail_from: Some("a@example.org"), rcpt_to: &rcpt_to, bytes: b"A: b\r\n\r\ntext\r\n" };
    let report = session.send_if(&mail, &mut |_| {}, &mut || false).await;
    assert_eq!(all_shown(&report), ["deferred 4.3.0 it was called off before its end"]);
    assert!(!session.usable());
    drop(session);
    assert!(fake.heard().await.ends_with("DATA\r\nA: b\r\n\r\ntext\r\n"), "no dot, no QUIT");
}

#[tokio::test]
async fn each_recipient_has_its_own_outcome() {
    let fake = Fake::new(format!(
        "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 550 5.1.1 unknown\nC: RCPT\nS: 250 ok\nC: RCPT\n\
         S: 451 4.7.1 greylisted\nC: RCPT\nS: 251 forwarded\nC: DATA\nS: 354 go\nC: .\nS: 250 queued\nhang"
    ))
    .await;
    let mut session = fake.session().await;
    let (report, _) = send(&mut session, &["a@x.org", "b@x.org", "c@x.org", "d@x.org"]).await;
    assert_eq!(
        all_shown(&report),
        ["failed 550 5.1.1 unknown", "sent 250 queued", "deferred 451 4.7.1 greylisted", "sent 250 queued"]
    );
    assert!(session.usable());
}

#[tokio::test]
async fn without_an_accepted_recipient_there_is_no_data_and_the_next_mail_begins_with_rset() {
    let fake = Fake::new(format!(
        "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 550 no\nC: RCPT\nS: 450 later\n\
         C: RSET\nS: 250 ok\nC: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nC: .\nS: 250 one\n\
         C: RSET\nS: 250 ok\nC: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nC: .\nS: 250 two\nhang"
    ))
    .await;
    let mut session = fake.session().await;
    let (report, stages) = send(&mut session, &["a@x.org", "b@x.org"]).await;
    assert_eq!(all_shown(&report), ["failed 550 no", "deferred 450 later"]);
    assert_eq!(stages, [Stage::Mail, Stage::Rcpt]);
    assert_eq!(all_shown(&send(&mut session, &["c@x.org"]).await.0), ["sent 250 one"]);
    // Asked for beforehand, RSET is not said again.
    assert!(session.renew().await && session.renew().await);
    assert_eq!(all_shown(&send(&mut session, &["d@x.org"]).await.0), ["sent 250 two"]);
    drop(session);
    assert_eq!(fake.heard().await.matches("RSET").count(), 2);
}

#[tokio::test]
async fn extensions_are_used_where_they_are_needed_and_offered() {
    let fake = Fake::new(format!(
        "{HELLO}C: MAIL FROM:<a@example.org> SIZE=4 BODY=8BITMIME SMTPUTF8\nS: 250 ok\n\
         C: RCPT TO:<анна@пример.рф>\nS: 250 ok\nC: DATA\nS: 354 go\nC: .\nS: 250 ok\n\
         C: RSET\nS: 250 ok\nC: MAIL FROM:<> SIZE=4 BODY=8BITMIME\r\nS: 250 ok\nC: RCPT\nS: 550 no\nhang"
    ))
    .await;
    let mut session = fake.session().await;
    assert_eq!(
        all_shown(&send_bytes(&mut session, &["анна@пример.рф"], "é\n".as_bytes()).await.0),
        ["sent 250 ok"]
    );
    let rcpt_to = ["b@x.org".to_owned()];
    let report = Transmission { mail_from: None, rcpt_to: &rcpt_to, bytes: "é\n".as_bytes() };
    assert_eq!(all_shown(&session.send(&report, &mut |_| {}).await), ["failed 550 no"]);
}

#[tokio::test]
async fn an_old_server_is_greeted_with_helo_and_asked_for_nothing() {
    let fake = Fake::new(
        "S: 220 old\nC: EHLO\nS: 502 what\nC: HELO client.example\nS: 250 hello\n\
         C: MAIL FROM:<a@example.org>\r\nS: 250 ok\nC: RCPT TO:<b@x.org>\r\nS: 250 ok\nC: DATA\nS: 354 go\nC: .\nS: 250 ok\nhang",
    )
    .await;
    let mut session = fake.session().await;
    let (report, _) = send_bytes(&mut session, &["анна@x.org", "b@x.org"], "é".as_bytes()).await;
    assert_eq!(
        all_shown(&report),
        ["failed 5.6.7 the recipient is not ASCII and the server does not offer SMTPUTF8", "sent 250 ok"]
    );
}

#[tokio::test]
async fn an_address_that_would_become_a_command_is_never_said() {
    let fake = Fake::new(format!("{HELLO}hang")).await;
    let mut session = fake.session().await;
    let (report, stages) = send(&mut session, &["a@x.org>\r\nDATA\r\nevil", "nobody", "a b@x.org"]).await;
    assert!(report.recipients.iter().all(|outcome| matches!(
        outcome,
        RecipientOutcome::Failed { cause: Cause::Local { enhanced: "5.1.3", .. } }
    )));
    assert_eq!(stages, []);
    let rcpt_to = ["b@x.org".to_owned()];
    let forged = Transmission { mail_from: Some("a@x.org> AUTH=<>"), rcpt_to: &rcpt_to, bytes: b"x" };
    let report = session.send(&forged, &mut |_| {}).await;
    assert_eq!(
        all_shown(&report),
        ["failed 5.1.7 the sender is not valid: the address holds control characters or angle brackets"]
    );
    assert!(session.usable(), "nothing was said that could have confused it");
    drop(session);
    assert_eq!(fake.heard().await, "EHLO client.example\r\n");
}

#[tokio::test]
async fn loopback_only_means_that_nothing_else_is_connected_to_or_asked() {
    for (host, refused) in [
        ("192.0.2.1", Some("192.0.2.1")),
        ("[2001:db8::1]", Some("2001:db8::1")),
        ("0.0.0.0", Some("0.0.0.0")),
        ("mail.example.org", None),
        ("localhost.example.org", None),
    ] {
        let mut endpoint = endpoint(25);
        endpoint.host = host.into();
        match connect_to(&endpoint).await.err().map(|failure| failure.kind) {
            Some(Kind::NotAllowed { address }) => {
                assert_eq!(address.map(|a| a.to_string()).as_deref(), refused, "{host}");
            }
            other => panic!("{host}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn localhost_and_any_are_connected_to() {
    for (host, egress) in
        [("localhost", Egress::LoopbackOnly), ("LOCALHOST", Egress::Any), ("127.0.0.1", Egress::Any)]
    {
        let mut fake = Fake::new(format!("{HELLO}hang")).await;
        fake.endpoint.host = host.into();
        fake.endpoint.egress = egress;
        assert!(fake.session().await.usable());
    }
}

#[tokio::test]
async fn a_send_that_is_dropped_leaves_a_session_that_is_not_used_again() {
    let fake = Fake::new(format!("{HELLO}C: MAIL\nhang")).await;
    let mut session = fake.session().await;
    assert!(tokio::time::timeout(SHORT, send(&mut session, &["b@x.org"])).await.is_err());
    assert!(!session.usable() && !session.renew().await);
    let (report, stages) = send(&mut session, &["b@x.org"]).await;
    assert_eq!(all_shown(&report), ["deferred 4.4.2 the connection is no longer usable"]);
    assert_eq!(stages, []);
}
