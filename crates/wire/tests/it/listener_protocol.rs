//! What the listener says to what, in which order, and what it takes for the end of a mail.

use rejoinder_wire::listener::{ListenerLimits, Protocol};

use crate::keeper::Served;

const MAIL: (&str, &str) = ("MAIL FROM:<caller@example.org>", "250 2.1.0 ");
const RCPT: (&str, &str) = ("RCPT TO:<help@example.org>", "250 2.1.5 ");
const DATA: (&str, &str) = ("DATA", "354 ");

#[tokio::test]
async fn ehlo_lists_what_is_offered_and_helo_does_not() {
    let served = Served::smtp().await;
    let mut talk = served.dial().await;
    talk.expect("220 mx.example ESMTP").await;
    talk.say("EHLO client.example").await;
    for line in [
        "250-mx.example",
        "250-PIPELINING",
        "250-SIZE 26214400",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250 ENHANCEDSTATUSCODES",
    ] {
        assert_eq!(talk.line().await, line);
    }
    talk.converse(&[("HELO client.example", "250 mx.example"), ("NOOP", "250 2.0.0 ")]).await;
    assert!(talk.is_quiet());
}

#[tokio::test]
async fn the_order_of_commands_is_enforced() {
    let served = Served::smtp().await;
    let mut talk = served.dial().await;
    talk.expect("220 ").await;
    talk.converse(&[
        (MAIL.0, "503 5.5.1 "),
        ("HELO client.example", "250 "),
        RCPT.map_reply("503 5.5.1 "),
        DATA.map_reply("503 5.5.1 "),
        MAIL,
        (MAIL.0, "503 5.5.1 "),
        DATA.map_reply("503 5.5.1 "),
        RCPT,
        ("RSET", "250 2.0.0 "),
        DATA.map_reply("503 5.5.1 "),
        MAIL,
        RCPT,
        ("EHLO again.example", "250-mx.example"),
    ])
    .await;
    while talk.line().await.starts_with("250-") {}
    talk.converse(&[
        RCPT.map_reply("503 5.5.1 "),
        ("VRFY help", "252 "),
        ("HELP", "214 "),
        ("QUIT", "221 2.0.0 "),
    ])
    .await;
    talk.expect_closed().await;
    assert!(served.keeper.kept().is_empty());
}

trait MapReply {
    fn map_reply(self, reply: &'static str) -> Self;
}

impl MapReply for (&'static str, &'static str) {
    fn map_reply(self, reply: &'static str) -> Self {
        (self.0, reply)
    }
}

#[tokio::test]
async fn the_acceptor_gets_the_envelope_and_the_octets_as_they_came() {
    let served = Served::smtp().await;
    let mut talk = served.greeted("EHLO client.example").await;
    talk.converse(&[
        ("MAIL FROM:<анна@пример.рф> SIZE=20 BODY=8BITMIME SMTPUTF8", "250 "),
        ("RCPT TO:<\"help desk\"@example.org>", "250 "),
        ("RCPT TO:<postmaster>", "250 "),
        DATA,
    ])
    .await;
    talk.send(b"\0 Subject: \xff\xfe\n..\r\n..x\r\n.\r\n").await;
    talk.expect("250 2.0.0 Ok: queued as ").await;
    let (envelope, bytes) = served.keeper.kept().remove(0);
    assert_eq!(bytes, b"\0 Subject: \xff\xfe\n..\r\n.x\r\n");
    assert_eq!(envelope.protocol, Protocol::Smtp);
    assert_eq!(envelope.helo, "client.example");
    assert_eq!(envelope.mail_from.as_deref(), Some("анна@пример.рф"));
    assert_eq!(envelope.rcpt_to, ["\"help desk\"@example.org", "postmaster"]);
    assert!(envelope.smtp_utf8 && envelope.eight_bit && envelope.peer.ip().is_loopback());

    talk.converse(&[("MAIL FROM:<>", "250 "), RCPT, DATA, (".", "250 ")]).await;
    let (envelope, bytes) = served.keeper.kept().remove(1);
    assert_eq!((envelope.mail_from, envelope.smtp_utf8, bytes.len()), (None, false, 0));
}

#[tokio::test]
async fn a_pipelining_client_gets_every_reply_in_order() {
    let served = Served::smtp().await;
    let mut talk = served.dial().await;
    talk.send(
        "EHLO c.example\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<one@example.org>\r\n\
         RCPT TO:<unknown@example.org>\r\nDATA\r\nfirst\r\n.\r\nMAIL FROM:<a@example.org>\r\n\
         RCPT TO:<unknown@example.org>\r\nDATA\r\nRSET\r\nMAIL FROM:<a@example.org>\r\n\
         RCPT TO:<two@example.org>\r\nDATA\r\nsecond\r\n.\r\nQUIT\r\n",
    )
    .await;
    talk.expect("220 ").await;
    while talk.line().await.starts_with("250-") {}
    for reply in [
        "250 2.1.0 ",
        "250 2.1.5 ",
        "550 5.1.1 no mailbox unknown@example.org  250 x",
        "354 ",
        "250 2.0.0 Ok: queued as one",
        "250 2.1.0 ",
        "550 5.1.1 ",
        "554 5.5.1 ",
        "250 2.0.0 ",
        "250 2.1.0 ",
        "250 2.1.5 ",
        "354 ",
        "250 2.0.0 Ok: queued as two",
        "221 ",
    ] {
        talk.expect(reply).await;
    }
    talk.expect_closed().await;
    assert_eq!(served.keeper.texts(), ["first\r\n", "second\r\n"]);
}

#[tokio::test]
async fn no_bare_line_end_smuggles_a_second_mail() {
    let served = Served::smtp().await;
    let mut talk = served.greeted("EHLO c.example").await;
    let tricks = [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r",
        "\r\n.\r\r\n",
        "\r\n.\0\r\n",
        "\r\r\n.\n",
    ];
    for trick in tricks {
        talk.converse(&[MAIL, RCPT, DATA]).await;
        let smuggled =
            format!("x{trick}MAIL FROM:<evil@example.org>\r\nRCPT TO:<two@example.org>\r\nDATA\r\ny");
        talk.send(format!("{smuggled}\r\n.\r\nNOOP\r\n")).await;
        talk.expect("250 2.0.0 Ok: queued as help").await;
        talk.expect("250 2.0.0 Ok").await;
    }
    assert!(talk.is_quiet());
    let kept = served.keeper.kept();
    assert_eq!(kept.len(), tricks.len(), "one mail each");
    assert!(kept.iter().all(|(envelope, bytes)| {
        envelope.mail_from.as_deref() == Some("caller@example.org") && bytes.ends_with(b"DATA\r\ny\r\n")
    }));
}

#[tokio::test]
async fn refusals_and_postponements_come_with_the_acceptors_words() {
    let served = Served::smtp().await;
    let mut talk = served.greeted("EHLO c.example").await;
    talk.converse(&[
        MAIL,
        ("RCPT TO:<busy@example.org>", "451 4.3.0 come back"),
        ("RCPT TO:<odd@example.org>", "550 5.1.1 a refusal is one"),
        ("RCPT TO:<нет@example.org>", "553 5.6.7 "),
        ("RCPT TO:<refused@example.org>", "250 "),
        DATA,
        (".", "554 5.7.1 no"),
        MAIL,
        ("RCPT TO:<full@example.org>", "250 "),
        DATA,
        (".", "451 4.3.0 mailbox full"),
    ])
    .await;
}

#[tokio::test]
async fn a_fault_of_the_acceptor_is_a_temporary_refusal_and_the_session_goes_on() {
    let served = Served::smtp().await;
    let mut talk = served.greeted("EHLO c.example").await;
    talk.converse(&[MAIL, ("RCPT TO:<panic@example.org>", "451 4.3.0 "), RCPT]).await;
    talk.converse(&[("RCPT TO:<broken@example.org>", "250 "), DATA, (".", "451 4.3.0 ")]).await;
    talk.converse(&[MAIL, ("RCPT TO:<mute@example.org>", "250 "), DATA, (".", "451 4.3.0 ")]).await;
    assert!(served.keeper.kept().is_empty());
    talk.converse(&[MAIL, RCPT, DATA, (".", "250 2.0.0 ")]).await;
    assert_eq!(served.keeper.kept().len(), 1);
}

#[tokio::test]
async fn the_250_waits_for_the_acceptor() {
    let served = Served::smtp().await;
    let mut talk = served.greeted("EHLO c.example").await;
    talk.converse(&[MAIL, ("RCPT TO:<slow@example.org>", "250 "), DATA]).await;
    talk.send("text\r\n.\r\nNOOP\r\n").await;
    served.keeper.arrived.notified().await;
    assert!(talk.is_quiet() && served.keeper.kept().is_empty());
    served.keeper.release.notify_one();
    talk.expect("250 2.0.0 Ok: queued as slow").await;
    assert_eq!(served.keeper.texts(), ["text\r\n"]);
    talk.expect("250 2.0.0 Ok").await;
}

#[tokio::test]
async fn lmtp_answers_for_each_recipient_in_order() {
    let served = Served::new(Protocol::Lmtp, ListenerLimits::default()).await;
    let mut talk = served.greeted("LHLO c.example").await;
    talk.converse(&[
        ("EHLO c.example", "500 5.5.1 "),
        MAIL,
        ("RCPT TO:<one@example.org>", "250 "),
        ("RCPT TO:<unknown@example.org>", "550 "),
        ("RCPT TO:<full@example.org>", "250 "),
        ("RCPT TO:<refused@example.org>", "250 "),
        ("RCPT TO:<one@example.org>", "250 "),
        DATA,
        (".", "250 2.0.0 Ok: queued as one"),
    ])
    .await;
    for reply in ["451 4.3.0 mailbox full", "554 5.7.1 no", "250 2.0.0 Ok: queued as one"] {
        talk.expect(reply).await;
    }
    talk.converse(&[
        MAIL,
        ("RCPT TO:<one@example.org>", "250 "),
        ("RCPT TO:<broken@example.org>", "250 "),
        DATA,
    ])
    .await;
    talk.send(".\r\n").await;
    talk.expect("451 4.3.0 ").await;
    talk.expect("451 4.3.0 ").await;
    // RFC 2033, 4.2: without an accepted recipient DATA fails with 503.
    talk.converse(&[MAIL, ("RCPT TO:<unknown@example.org>", "550 "), ("DATA", "503 5.5.1 ")]).await;
    assert!(talk.is_quiet());
}

#[tokio::test]
async fn each_port_refuses_the_other_protocols_greeting() {
    let smtp = Served::smtp().await;
    let mut talk = smtp.dial().await;
    talk.expect("220 mx.example ESMTP").await;
    talk.converse(&[("LHLO c.example", "500 5.5.1 ")]).await;
    let lmtp = Served::new(Protocol::Lmtp, ListenerLimits::default()).await;
    let mut talk = lmtp.dial().await;
    talk.expect("220 mx.example LMTP").await;
    talk.converse(&[("HELO c.example", "500 5.5.1 ")]).await;
}

#[tokio::test]
async fn what_would_get_the_stream_out_of_step_ends_the_session() {
    let served = Served::smtp().await;
    for (line, reply) in [("BDAT 30 LAST", "502 5.5.1 "), ("POST / HTTP/1.1", "421 4.7.0 ")] {
        let mut talk = served.greeted("EHLO c.example").await;
        talk.converse(&[MAIL, RCPT]).await;
        talk.send(format!("{line}\r\nMAIL FROM:<evil@example.org>\r\nDATA\r\n")).await;
        talk.expect(reply).await;
        talk.expect_closed().await;
    }
    assert!(served.keeper.kept().is_empty());
}

#[tokio::test]
async fn a_client_that_leaves_inside_a_mail_has_sent_nothing() {
    let served = Served::smtp().await;
    let mut talk = served.greeted("EHLO c.example").await;
    talk.converse(&[MAIL, RCPT, DATA]).await;
    talk.send("almost everything\r\n.\r").await;
    drop(talk);
    served.stop.cancel();
    assert!(served.ended().await.kept().is_empty());
}
