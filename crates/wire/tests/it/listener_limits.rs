//! Every limit of the listener, at its edge.

use std::time::Duration;

use rejoinder_wire::listener::{ERRORS_MAX, ListenerLimits, Protocol, RECIPIENTS_MAX};

use crate::keeper::{Served, Talk};

const SHORT: Duration = Duration::from_millis(50);

async fn with(limits: ListenerLimits) -> (Served, Talk) {
    let served = Served::new(Protocol::Smtp, limits).await;
    let talk = served.greeted("EHLO c.example").await;
    (served, talk)
}

async fn begin(talk: &mut Talk, recipient: &str) {
    talk.converse(&[("MAIL FROM:<a@example.org>", "250 "), (&format!("RCPT TO:<{recipient}>"), "250 ")])
        .await;
}

#[tokio::test]
async fn an_announced_size_at_the_limit_is_taken_and_one_octet_more_is_not() {
    let (_served, mut talk) = with(ListenerLimits { message: 1000, ..ListenerLimits::default() }).await;
    talk.converse(&[
        ("MAIL FROM:<a@example.org> SIZE=1001", "552 5.3.4 "),
        ("MAIL FROM:<a@example.org> SIZE=18446744073709551615", "552 5.3.4 "),
        ("MAIL FROM:<a@example.org> SIZE=1000", "250 "),
    ])
    .await;
}

#[tokio::test]
async fn a_mail_at_the_limit_is_kept_and_one_octet_more_is_refused_in_step() {
    let (served, mut talk) = with(ListenerLimits { message: 1000, ..ListenerLimits::default() }).await;
    for (text, reply) in [(998, "250 2.0.0 "), (999, "552 5.3.4 "), (3998, "552 5.3.4 ")] {
        begin(&mut talk, "help@example.org").await;
        talk.converse(&[("DATA", "354 ")]).await;
        talk.send(format!("{}\r\n.\r\nNOOP\r\n", "a".repeat(text))).await;
        talk.expect(reply).await;
        talk.expect("250 2.0.0 Ok").await;
    }
    let kept = served.keeper.kept();
    assert_eq!(kept.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), [1000]);
}

#[tokio::test]
async fn a_mail_far_beyond_the_limit_is_refused_and_cut_off() {
    let (served, mut talk) = with(ListenerLimits { message: 1000, ..ListenerLimits::default() }).await;
    begin(&mut talk, "help@example.org").await;
    talk.converse(&[("DATA", "354 ")]).await;
    talk.send("a".repeat(4001)).await;
    talk.expect("552 5.3.4 ").await;
    talk.expect_closed().await;
    assert!(served.keeper.kept().is_empty());
}

#[tokio::test]
async fn lmtp_refuses_a_large_mail_for_each_recipient() {
    let served =
        Served::new(Protocol::Lmtp, ListenerLimits { message: 10, ..ListenerLimits::default() }).await;
    let mut talk = served.greeted("LHLO c.example").await;
    begin(&mut talk, "one@example.org").await;
    talk.converse(&[("RCPT TO:<two@example.org>", "250 "), ("DATA", "354 ")]).await;
    talk.send("123456789\r\n.\r\nNOOP\r\n").await;
    for reply in ["552 5.3.4 ", "552 5.3.4 ", "250 2.0.0 Ok"] {
        talk.expect(reply).await;
    }
}

#[tokio::test]
async fn a_hundred_recipients_are_taken_and_the_next_has_to_come_later() {
    let (served, mut talk) = with(ListenerLimits::default()).await;
    talk.converse(&[("MAIL FROM:<a@example.org>", "250 ")]).await;
    for n in 1..=RECIPIENTS_MAX {
        talk.converse(&[(&format!("RCPT TO:<r{n}@example.org>"), "250 ")]).await;
    }
    talk.converse(&[
        ("RCPT TO:<one-more@example.org>", "452 4.5.3 "),
        ("DATA", "354 "),
        (".", "250 "),
        ("MAIL FROM:<a@example.org>", "250 "),
        ("RCPT TO:<one-more@example.org>", "250 "),
    ])
    .await;
    assert_eq!(served.keeper.kept()[0].0.rcpt_to.len(), 100);
}

#[tokio::test]
async fn the_twentieth_error_ends_the_session_and_an_accepted_mail_forgives() {
    let (served, mut talk) = with(ListenerLimits::default()).await;
    for round in ["first", "second"] {
        for _ in 1..ERRORS_MAX {
            talk.converse(&[("WHAT", "500 ")]).await;
        }
        if round == "first" {
            begin(&mut talk, "help@example.org").await;
            talk.converse(&[("DATA", "354 "), (".", "250 ")]).await;
        }
    }
    talk.converse(&[("NOOP", "250 "), ("WHAT", "500 ")]).await;
    talk.expect("421 4.7.0 ").await;
    talk.expect_closed().await;
    assert_eq!(served.keeper.kept().len(), 1);
}

#[tokio::test]
async fn recipients_cannot_be_guessed_without_end() {
    let (_served, mut talk) = with(ListenerLimits { errors: 3, ..ListenerLimits::default() }).await;
    begin(&mut talk, "help@example.org").await;
    for _ in 0..3 {
        talk.converse(&[("RCPT TO:<unknown@example.org>", "550 5.1.1 ")]).await;
    }
    talk.expect("421 4.7.0 ").await;
    talk.expect_closed().await;
}

#[tokio::test]
async fn no_answer_of_lmtp_is_lost_when_one_of_them_is_an_error_too_many() {
    let served = Served::new(Protocol::Lmtp, ListenerLimits { errors: 1, ..ListenerLimits::default() }).await;
    let mut talk = served.greeted("LHLO c.example").await;
    begin(&mut talk, "refused@example.org").await;
    talk.converse(&[("RCPT TO:<one@example.org>", "250 "), ("DATA", "354 "), (".", "554 5.7.1 ")]).await;
    talk.expect("250 2.0.0 Ok: queued as one").await;
    talk.expect("421 4.7.0 ").await;
}

#[tokio::test]
async fn one_connection_too_many_is_turned_away_until_another_leaves() {
    let served =
        Served::new(Protocol::Smtp, ListenerLimits { connections: 2, ..ListenerLimits::default() }).await;
    let _first = served.greeted("EHLO c.example").await;
    let mut second = served.greeted("EHLO c.example").await;
    let mut third = served.dial().await;
    third.expect("421 4.7.0 ").await;
    third.expect_closed().await;
    second.converse(&[("QUIT", "221 ")]).await;
    second.expect_closed().await;
    // The place is free when the session's task has ended, a moment after its connection has.
    let place = async { while !served.dial().await.line().await.starts_with("220 ") {} };
    tokio::time::timeout(Duration::from_secs(10), place).await.expect("the place is free again");
}

#[tokio::test]
async fn a_silent_client_is_told_and_left() {
    let served =
        Served::new(Protocol::Smtp, ListenerLimits { command: SHORT, ..ListenerLimits::default() }).await;
    let mut talk = served.dial().await;
    talk.expect("220 ").await;
    talk.expect("421 4.4.2 ").await;
    talk.expect_closed().await;
}

#[tokio::test]
async fn a_mail_that_does_not_end_in_time_is_not_kept() {
    let (served, mut talk) = with(ListenerLimits { data: SHORT, ..ListenerLimits::default() }).await;
    begin(&mut talk, "help@example.org").await;
    talk.converse(&[("DATA", "354 ")]).await;
    talk.send("half a mail\r\n").await;
    talk.expect("421 4.4.2 ").await;
    talk.expect_closed().await;
    assert!(served.keeper.kept().is_empty());
}

#[tokio::test]
async fn an_acceptor_that_takes_too_long_is_a_temporary_refusal() {
    let (served, mut talk) = with(ListenerLimits { answer: SHORT, ..ListenerLimits::default() }).await;
    talk.converse(&[
        ("MAIL FROM:<a@example.org>", "250 "),
        ("RCPT TO:<hang@example.org>", "451 4.3.0 "),
        ("RCPT TO:<stuck@example.org>", "250 "),
        ("DATA", "354 "),
        (".", "451 4.3.0 "),
        ("NOOP", "250 "),
    ])
    .await;
    assert!(served.keeper.kept().is_empty());
}

#[tokio::test]
async fn an_overlong_line_is_refused_in_step() {
    let (_served, mut talk) = with(ListenerLimits::default()).await;
    let longest = format!("NOOP {}", "a".repeat(2048 - "NOOP \r\n".len()));
    talk.converse(&[(&longest, "250 "), (&format!("{longest}a"), "500 5.5.2 "), ("NOOP", "250 ")]).await;
    talk.send("a".repeat(64 * 1024 + 1)).await;
    talk.expect("500 5.5.2 ").await;
    talk.expect_closed().await;
}
