//! Stopping: idle sessions end at once, mails under way may finish, nothing waits for ever.

use std::time::Duration;

use rejoinder_wire::listener::{ListenerLimits, Protocol};
use tokio::net::TcpStream;

use crate::keeper::{Served, Talk};

async fn in_data(served: &Served, recipient: &str) -> Talk {
    let mut talk = served.greeted("EHLO c.example").await;
    talk.converse(&[
        ("MAIL FROM:<a@example.org>", "250 "),
        (&format!("RCPT TO:<{recipient}>"), "250 "),
        ("DATA", "354 "),
    ])
    .await;
    talk
}

#[tokio::test]
async fn a_mail_under_way_is_finished_and_the_session_then_ends() {
    let served = Served::smtp().await;
    let mut idle = served.greeted("EHLO c.example").await;
    let mut busy = in_data(&served, "help@example.org").await;
    let mut begun = served.greeted("EHLO c.example").await;
    begun.converse(&[("MAIL FROM:<a@example.org>", "250 ")]).await;

    served.stop.cancel();
    idle.expect("421 4.3.2 ").await;
    idle.expect_closed().await;
    busy.send("text\r\n.\r\n").await;
    busy.expect("250 2.0.0 ").await;
    busy.expect("421 4.3.2 ").await;
    busy.expect_closed().await;
    begun.converse(&[("RCPT TO:<help@example.org>", "250 "), ("DATA", "354 "), (".", "250 2.0.0 ")]).await;
    begun.expect("421 4.3.2 ").await;

    let address = served.address;
    assert_eq!(served.ended().await.kept().len(), 2);
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_stop_waits_for_the_acceptor_to_commit() {
    let served = Served::smtp().await;
    let mut talk = in_data(&served, "slow@example.org").await;
    talk.send("text\r\n.\r\n").await;
    served.keeper.arrived.notified().await;
    served.stop.cancel();
    served.keeper.release.notify_one();
    talk.expect("250 2.0.0 Ok: queued as slow").await;
    talk.expect("421 4.3.2 ").await;
    assert_eq!(served.ended().await.kept().len(), 1);
}

#[tokio::test]
async fn after_the_grace_time_mails_under_way_are_sent_back() {
    let limits = ListenerLimits { grace: Duration::from_millis(50), ..ListenerLimits::default() };
    let served = Served::new(Protocol::Smtp, limits).await;
    let mut reading = in_data(&served, "help@example.org").await;
    reading.send("half a mail\r\n").await;
    let mut stuck = in_data(&served, "stuck@example.org").await;
    stuck.send("text\r\n.\r\n").await;
    served.stop.cancel();
    for talk in [&mut reading, &mut stuck] {
        talk.expect("421 4.3.2 ").await;
    }
    assert!(served.ended().await.kept().is_empty());
}
