//! POP3, also with servers that break the protocol.

use rejoinder_wire::{
    endpoint::{Failure, Kind, Login, Step},
    pop3::{LINE_MAX, Listed, Pop3},
};

use crate::fake_server::{Fake, SHORT};

const IN: &str =
    "S: +OK fake\nC: CAPA\nS: +OK\nS: UIDL\nS: USER\nS: TOP\nS: .\nC: USER\nS: +OK\nC: PASS\nS: +OK in\n";

async fn connected(fake: &Fake) -> Pop3 {
    Pop3::connect(&fake.endpoint, &Login::new("anna", "swordfish"), &mut |_| {}).await.unwrap()
}

async fn session(talk: &str) -> (Pop3, Fake) {
    let fake = Fake::new(IN.to_owned() + talk).await;
    (connected(&fake).await, fake)
}

fn kind<T: std::fmt::Debug>(result: Result<T, Failure>) -> Kind {
    let failure = result.unwrap_err();
    assert_eq!(failure.step, Step::Transfer);
    failure.kind
}

#[tokio::test]
async fn mails_are_listed_with_the_names_that_last() {
    let (mut pop3, _fake) = session(
        "C: LIST\nS: +OK\nS: 2 20 extra\nS: 1 10\nS: .\nC: UIDL\nS: +OK\nS: 1 a!~\nS: 2 000b\nS: .\n\
         C: LIST\nS: +OK\nS: .\nC: UIDL\nS: +OK\nS: .\nhang",
    )
    .await;
    assert!(pop3.offers().uidl && pop3.offers().top);
    assert_eq!(
        pop3.list().await.unwrap(),
        [
            Listed { number: 1, uidl: "a!~".into(), size: 10 },
            Listed { number: 2, uidl: "000b".into(), size: 20 }
        ]
    );
    assert_eq!(pop3.list().await, Ok(vec![]));
}

#[tokio::test]
async fn a_server_without_lasting_names_is_told_apart() {
    for talk in ["S: -ERR what\nhang", "S: +OK\nS: 1 a\nS: .\nhang"] {
        let (mut pop3, _fake) =
            session(&format!("C: LIST\nS: +OK\nS: 1 10\nS: 2 10\nS: .\nC: UIDL\n{talk}")).await;
        assert_eq!(kind(pop3.list().await), Kind::NoUniqueIds, "{talk}");
        assert!(pop3.usable());
    }
}

#[tokio::test]
async fn a_mail_comes_octet_for_octet_with_the_stuffed_dots_removed() {
    let (mut pop3, _fake) = session(
        "C: RETR 1\r\nS: +OK\nS: A: b\nS: \nS: ..hidden\nS: ..\nS: a.\nS: ...\nS: .\n\
         C: TOP 1 0\r\nS: +OK\nS: A: b\nS: \nS: .\nC: NOOP\nS: +OK\nhang"
            .replace("\r\n", "\n")
            .as_str(),
    )
    .await;
    assert_eq!(pop3.retrieve(1, 100).await, Ok(b"A: b\r\n\r\n.hidden\r\n.\r\na.\r\n..\r\n".to_vec()));
    assert_eq!(pop3.top(1, 100).await, Ok(b"A: b\r\n\r\n".to_vec()));
    assert_eq!(pop3.noop().await, Ok(()));
}

#[tokio::test]
async fn the_largest_mail_that_is_asked_for_comes_and_one_octet_more_ends_the_session() {
    let talk = "C: RETR 1\nS: +OK\nS: 12345678\nS: .\nhang";
    assert_eq!(session(talk).await.0.retrieve(1, 10).await, Ok(b"12345678\r\n".to_vec()));
    let mut pop3 = session(talk).await.0;
    assert_eq!(kind(pop3.retrieve(1, 9).await), Kind::TooLarge { limit: 9 });
    assert_eq!(kind(pop3.noop().await), Kind::Unusable);
}

#[tokio::test]
async fn the_longest_line_passes_and_one_octet_more_ends_the_session() {
    let of = |length| format!("C: RETR 1\nS: +OK\nS: {}\nS: .\nhang", "a".repeat(length));
    assert_eq!(session(&of(LINE_MAX)).await.0.retrieve(1, 2 * LINE_MAX).await.unwrap().len(), LINE_MAX + 2);
    let mut pop3 = session(&of(LINE_MAX + 1)).await.0;
    assert_eq!(kind(pop3.retrieve(1, 2 * LINE_MAX).await), Kind::TooLarge { limit: LINE_MAX as u64 });
}

#[tokio::test]
async fn a_mail_is_removed_when_the_server_has_said_so_at_the_end() {
    let (mut pop3, _fake) =
        session("C: DELE 1\nS: +OK\nC: DELE 9\nS: -ERR no such\nC: QUIT\nS: +OK bye\nhang").await;
    assert_eq!(pop3.delete(1).await, Ok(()));
    assert_eq!(kind(pop3.delete(9).await), Kind::MailMissing);
    assert_eq!(pop3.quit().await, Ok(()));

    for (does, expected) in [
        ("S: -ERR some not removed\nhang", Kind::ServerSaid),
        ("S: -ERR [SYS/TEMP] later\nhang", Kind::Unavailable),
        ("", Kind::Closed),
    ] {
        let (mut pop3, _fake) = session(&format!("C: DELE 1\nS: +OK\nC: QUIT\n{does}")).await;
        assert_eq!(pop3.delete(1).await, Ok(()));
        assert_eq!(kind(pop3.quit().await), expected, "{does:?}");
    }
}

#[tokio::test]
async fn after_a_fault_the_session_is_over_and_says_so() {
    for (does, expected) in [
        ("", Kind::Closed),
        ("hang", Kind::Timeout(SHORT)),
        ("S: nonsense\nhang", Kind::Garbled),
        ("S: +OK\nS: half a mail\n", Kind::Closed),
        ("S: +OK\nS: half a mail\nhang", Kind::Timeout(SHORT)),
        // What nobody asked for must not become the answer to the next command.
        ("S: +OK\nS: .\nS: +OK stray\nhang", Kind::Garbled),
    ] {
        let fake = Fake::new(IN.to_owned() + "C: RETR\n" + does).await;
        let fake =
            if does.ends_with("hang") && expected == Kind::Timeout(SHORT) { fake.impatient() } else { fake };
        let mut pop3 = connected(&fake).await;
        let failure = match pop3.retrieve(1, 100).await {
            Ok(_) => pop3.delete(1).await.unwrap_err(),
            Err(failure) => failure,
        };
        assert_eq!((failure.step, &failure.kind), (Step::Transfer, &expected), "{does:?}");
        assert!(!pop3.usable(), "{does:?}");
        assert_eq!(kind(pop3.quit().await), Kind::Unusable);
    }
}
