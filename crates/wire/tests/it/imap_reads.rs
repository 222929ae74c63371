//! Reading over IMAP, also from servers that break the protocol.

use std::time::Duration;

use rejoinder_wire::{
    endpoint::{Failure, Kind, Login, Step},
    imap::{Fetched, Folder, Imap, Listed, News, Selected, SpecialUse},
};
use tokio_util::sync::CancellationToken;

use crate::fake_server::{Fake, PATIENT, SHORT};

/// A login, and an open folder with `exists` mails. The next command is R3.
fn open(capabilities: &str, exists: u32) -> String {
    format!(
        "S: * OK [CAPABILITY IMAP4rev1] fake\nC: R1 LOGIN\nS: R1 OK [CAPABILITY {capabilities}] in\n\
         C: R2 SELECT \"INBOX\"\nS: * {exists} EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: R2 OK [READ-WRITE] open\n"
    )
}

pub(crate) async fn connected(fake: &Fake) -> Imap {
    Imap::connect(&fake.endpoint, &Login::new("anna", "swordfish"), &mut |_| {}).await.unwrap()
}

/// An open session on the conversation that goes on with `rest`.
pub(crate) async fn opened(capabilities: &str, exists: u32, rest: &str) -> (Imap, Fake) {
    let fake = Fake::new(open(capabilities, exists) + rest).await;
    let mut imap = connected(&fake).await;
    imap.select("INBOX").await.unwrap();
    (imap, fake)
}

fn kind<T: std::fmt::Debug>(result: Result<T, Failure>) -> (Step, Kind) {
    let failure = result.unwrap_err();
    (failure.step, failure.kind)
}

fn listed(uid: u32, size: u64) -> Listed {
    Listed { uid, size, internal_date: None }
}

async fn fetch(imap: &mut Imap, mails: &[Listed]) -> Result<Vec<Fetched>, Failure> {
    let mut fetched = Vec::new();
    imap.fetch(mails, &mut |mail| fetched.push(mail)).await.map(|()| fetched)
}

#[tokio::test]
async fn opening_a_folder_tells_what_its_uids_are_worth() {
    let fake = Fake::new(
        "S: * OK [CAPABILITY IMAP4rev1] fake\nC: R1 LOGIN\nS: R1 OK [CAPABILITY X] in\n\
         C: R2 SELECT \"&BBcEMARPBDIEOgQ4-\"\nS: * FLAGS (\\Seen)\nS: * OK [PERMANENTFLAGS (\\Seen \\*)] x\nS: * 3 EXISTS\n\
         S: * OK [UIDVALIDITY 4294967295] x\nS: * OK [UIDNEXT 12] x\nS: R2 OK [READ-ONLY] open\n\
         C: R3 SELECT \"x\"\nS: R3 NO [NONEXISTENT] no such\n\
         C: R4 SELECT \"y\"\nS: R4 NO no such\n\
         C: R5 CREATE \"y\"\nS: R5 NO [ALREADYEXISTS] is there\n\
         C: R6 CREATE \"y\"\nS: R6 OK made\nhang",
    )
    .await;
    let mut imap = connected(&fake).await;
    let selected = Selected {
        uid_validity: u32::MAX,
        uid_next: Some(12),
        exists: 3,
        keeps_keywords: true,
        read_only: true,
    };
    assert_eq!(imap.select("Заявки").await, Ok(selected));
    assert_eq!(kind(imap.select("x").await), (Step::Folder, Kind::FolderMissing { folder: "x".into() }));
    assert_eq!(kind(imap.select("y").await), (Step::Folder, Kind::FolderMissing { folder: "y".into() }));
    assert_eq!(kind(imap.create("y").await), (Step::Folder, Kind::FolderExists { folder: "y".into() }));
    assert_eq!(imap.create("y").await, Ok(()));
    assert!(imap.usable(), "a refusal leaves the session in step");
}

#[tokio::test]
async fn folders_have_their_names_in_unicode_and_their_use() {
    for (capabilities, ask) in [
        ("SPECIAL-USE LIST-EXTENDED", "LIST \"\" \"*\" RETURN (SPECIAL-USE)\r\n"),
        ("SPECIAL-USE", "LIST \"\" \"*\"\r\n"),
    ] {
        let (mut imap, _fake) = opened(
            capabilities,
            0,
            &format!(
                "C: R3 {ask}S: * LIST (\\HasNoChildren) \"/\" INBOX\nS: * LIST (\\Sent) \"/\" &BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-\n\
                 S: * LIST (\\Noselect) \"/\" {{3}}\nS: a\"b\nS: * NONSENSE that is not understood\nS: R3 OK\nhang"
            )
            .replace("\r\n", "\n"),
        )
        .await;
        let folder = |name: &str, special_use, selectable| Folder {
            name: name.into(),
            delimiter: Some("/".into()),
            special_use,
            selectable,
        };
        assert_eq!(
            imap.folders().await.unwrap(),
            [
                folder("INBOX", None, true),
                folder("Отправленные", Some(SpecialUse::Sent), true),
                folder("a\"b", None, false)
            ]
        );
    }
}

#[tokio::test]
async fn a_listing_goes_on_after_a_uid_and_takes_the_smallest_first() {
    let (mut imap, fake) = opened(
        "X",
        4,
        "C: R3 NOOP\nS: R3 OK\nC: R4 UID FETCH * (UID)\r\nS: * 4 FETCH (UID 90)\nS: R4 OK\n\
         C: R5 UID FETCH 6:90 (UID RFC822.SIZE INTERNALDATE)\r\n\
         S: * 4 FETCH (UID 90 RFC822.SIZE 9 INTERNALDATE \"29-Feb-2024 23:59:59 +0300\")\n\
         S: * 1 FETCH (FLAGS (\\Seen))\nS: * 1 FETCH (UID 5 RFC822.SIZE 3)\nS: * 2 FETCH (INTERNALDATE \"nonsense\" UID 8 RFC822.SIZE 7)\n\
         S: * 3 FETCH (UID 9 RFC822.SIZE 4294967295)\nS: R5 OK\nhang",
    )
    .await;
    let mails = imap.list(5, 2).await.unwrap();
    assert_eq!(mails, [listed(8, 7), listed(9, 4_294_967_295)]);
    drop(imap);
    assert!(!fake.heard().await.contains("STORE"));
}

#[tokio::test]
async fn the_last_mail_is_not_listed_again_where_nothing_is_new() {
    let quiet = "C: R3 NOOP\nS: R3 OK\nC: R4 UID FETCH * (UID)\r\nS: * 4 FETCH (UID 9)\nS: R4 OK\nhang";
    assert_eq!(opened("X", 4, quiet).await.0.list(9, 10).await, Ok(vec![]));
    assert_eq!(opened("X", 4, quiet).await.0.list(u32::MAX, 10).await, Ok(vec![]));
    let empty = "C: R3 NOOP\nS: R3 OK\nhang";
    assert_eq!(opened("X", 0, empty).await.0.list(0, 10).await, Ok(vec![]), "an empty folder has no *");
}

#[tokio::test]
async fn a_gap_in_the_uids_is_crossed_by_ever_wider_steps() {
    let (mut imap, _fake) = opened(
        "X",
        2,
        "C: R3 NOOP\nS: R3 OK\nC: R4 UID FETCH *\nS: * 2 FETCH (UID 1000)\nS: R4 OK\n\
         C: R5 UID FETCH 1:256 \nS: R5 OK\nC: R6 UID FETCH 257:768 \nS: R6 OK\n\
         C: R7 UID FETCH 769:1000 \nS: * 1 FETCH (UID 999 RFC822.SIZE 1)\nS: * 2 FETCH (UID 1000 RFC822.SIZE 1)\nS: R7 OK\nhang",
    )
    .await;
    assert_eq!(imap.list(0, 5).await.unwrap(), [listed(999, 1), listed(1000, 1)]);
}

#[tokio::test]
async fn mails_come_octet_for_octet_without_being_marked_and_those_that_are_gone_are_left_out() {
    // The text of the first ends like the announcement of a literal, which it is not.
    let (mut imap, _fake) = opened(
        "X",
        4,
        "C: R3 UID FETCH 5:7 (UID BODY.PEEK[])\nS: * 1 FETCH (UID 5 BODY[] {9}\nS: .a\nS: {5}\nS: )\n\
         S: * 2 FETCH (FLAGS (\\Seen) UID 7 BODY[] \"\")\nS: * 3 FETCH (UID 8 BODY[] {1}\nS: x)\n\
         S: R3 NO [EXPUNGEISSUED] some are gone\n\
         C: R4 UID FETCH 5 (UID BODY.PEEK[HEADER])\nS: * 1 FETCH (UID 5 BODY[HEADER] {6}\nS: A: b\nS: )\nS: R4 OK\n\
         C: R5 UID FETCH 6 (UID BODY.PEEK[HEADER])\nS: R5 OK\nhang",
    )
    .await;
    let fetched = fetch(&mut imap, &[listed(5, 9), listed(6, 9), listed(7, 9)]).await.unwrap();
    let mail = |uid, text: &str| Fetched { uid, bytes: text.as_bytes().to_vec() };
    assert_eq!(fetched, [mail(5, ".a\r\n{5}\r\n"), mail(7, "")]);
    assert_eq!(imap.fetch_headers(5).await, Ok(Some(b"A: b\r\n".to_vec())));
    assert_eq!(imap.fetch_headers(6).await, Ok(None));
    assert!(imap.usable());
}

#[tokio::test]
async fn a_mail_much_larger_than_listed_ends_the_session_before_it_is_read() {
    let (mut imap, _fake) =
        opened("X", 1, "C: R3 UID FETCH\nS: * 1 FETCH (UID 5 BODY[] {99999999}\nS: x\nhang").await;
    let (step, kind) = kind(fetch(&mut imap, &[listed(5, 9)]).await);
    assert!(step == Step::Transfer && matches!(kind, Kind::TooLarge { .. }), "{kind:?}");
    assert!(!imap.usable());
}

#[tokio::test]
async fn after_a_fault_the_session_is_over_and_says_so() {
    for (does, expected) in [
        ("", Kind::Closed),
        ("hang", Kind::Timeout(SHORT)),
        ("S: nonsense\nhang", Kind::Garbled),
        ("S: R9 OK of another command\nhang", Kind::Garbled),
        ("S: R3 PERHAPS\nhang", Kind::Garbled),
        ("S: * 1 FETCH (UID 5 BODY[] {1}\nS: x\nS: R3 OK\nhang", Kind::Garbled),
        ("S: + go on\nhang", Kind::Garbled),
        ("S: * BYE shutting down\nhang", Kind::Closed),
    ] {
        let fake = Fake::new(open("IDLE", 1) + "C: R3 UID FETCH\n" + does).await;
        let fake = if does == "hang" { fake.impatient() } else { fake };
        let mut imap = connected(&fake).await;
        imap.select("INBOX").await.unwrap();
        let failure = fetch(&mut imap, &[listed(5, 9)]).await.unwrap_err();
        assert_eq!((failure.step, &failure.kind), (Step::Transfer, &expected), "{does:?}");
        assert_eq!(failure.said.as_deref(), does.contains("BYE").then_some("shutting down"), "{does:?}");
        assert!(!imap.usable(), "{does:?}");
        assert_eq!(kind(imap.noop().await), (Step::Transfer, Kind::Unusable));
        assert_eq!(kind(imap.select("INBOX").await), (Step::Folder, Kind::Unusable));
        assert_eq!(kind(imap.idle(SHORT, &CancellationToken::new()).await), (Step::Transfer, Kind::Unusable));
        imap.logout().await;
    }
}

#[tokio::test]
async fn a_command_that_is_dropped_leaves_a_session_that_is_not_used_again() {
    let (mut imap, _fake) = opened("X", 1, "C: R3 NOOP\nhang").await;
    assert!(tokio::time::timeout(SHORT, imap.noop()).await.is_err());
    assert_eq!(kind(imap.noop().await), (Step::Transfer, Kind::Unusable));
}

#[tokio::test]
async fn a_message_id_is_searched_in_the_open_folder() {
    let (mut imap, _fake) = opened(
        "X",
        1,
        "C: R3 UID SEARCH HEADER Message-ID \"<a.b@x.org>\"\r\nS: * SEARCH 9 3\nS: R3 OK\n\
         C: R4 UID SEARCH HEADER Message-ID \"<c>\"\r\nS: * SEARCH\nS: R4 OK\nhang",
    )
    .await;
    assert_eq!(imap.search_message_id("<a.b@x.org>").await, Ok(vec![3, 9]));
    assert_eq!(imap.search_message_id("<c>").await, Ok(vec![]));
}

#[tokio::test]
async fn waiting_ends_with_news_with_the_time_and_with_a_stop_and_the_session_goes_on() {
    let idle = |tag: u32, says: &str| {
        format!("C: R{tag} IDLE\r\nS: + idling\nS: * OK Still here\n{says}C: DONE\r\nS: R{tag} OK\n")
            .replace("\r\n", "\n")
    };
    let talk = idle(3, "S: * 2 EXISTS\n")
        + "C: R4 NOOP\nS: R4 OK\nC: R5 UID FETCH *\nS: R5 OK\n"
        + &idle(6, "")
        + &idle(7, "")
        + "C: R8 NOOP\nS: R8 OK\nhang";
    let (mut imap, _fake) = opened("IDLE", 1, &talk).await;
    let never = CancellationToken::new();
    assert_eq!(imap.idle(PATIENT, &never).await, Ok(News::Mails));
    // Told once, not told again by the server: until they are listed they are news.
    assert_eq!(imap.idle(PATIENT, &never).await, Ok(News::Mails));
    assert_eq!(imap.list(9, 1).await, Ok(vec![]));
    assert_eq!(imap.idle(Duration::from_millis(50), &never).await, Ok(News::TimedOut));
    let stop = CancellationToken::new();
    stop.cancel();
    assert_eq!(imap.idle(PATIENT, &stop).await, Ok(News::Stopped));
    assert_eq!(imap.noop().await, Ok(()));
}

#[tokio::test]
async fn waiting_that_a_server_does_not_offer_refuses_or_breaks_off_is_told() {
    let never = CancellationToken::new();
    let (mut imap, _fake) = opened("X", 1, "hang").await;
    assert_eq!(kind(imap.idle(PATIENT, &never).await).1, Kind::NotOffered { what: "IDLE" });
    for (does, expected, usable) in [
        ("S: R3 NO [UNAVAILABLE] not now\nhang", Kind::Unavailable, true),
        ("S: + idling\nS: * BYE idle for too long\nhang", Kind::Closed, false),
        ("S: + idling\n", Kind::Closed, false),
    ] {
        let (mut imap, _fake) = opened("IDLE", 1, &format!("C: R3 IDLE\n{does}")).await;
        assert_eq!(kind(imap.idle(PATIENT, &never).await).1, expected, "{does:?}");
        assert_eq!(imap.usable(), usable, "{does:?}");
    }
}
