//! Changing mails over IMAP: what is said to servers with and without `MOVE` and `UIDPLUS`.

use rejoinder_wire::{
    endpoint::{Kind, Step},
    imap::{Flag, Removal},
};

use crate::imap_reads::opened;

#[tokio::test]
async fn mails_leave_a_folder_by_what_the_server_offers_and_others_stay() {
    let store = "C: R4 UID STORE 5:6 +FLAGS.SILENT (\\Deleted)\r\nS: R4 OK\n";
    let copy = "C: R3 UID COPY 5:6 \"Done\"\r\nS: R3 OK\n";
    for (capabilities, talk, removal) in [
        ("MOVE UIDPLUS", "C: R3 UID MOVE 5:6 \"Done\"\r\nS: R3 OK\n".to_owned(), Removal::Removed),
        ("UIDPLUS", format!("{copy}{store}C: R5 UID EXPUNGE 5:6\r\nS: R5 OK\n"), Removal::Removed),
        ("X", format!("{copy}{store}"), Removal::Marked),
    ] {
        let (mut imap, fake) = opened(capabilities, 9, &(talk.replace("\r\n", "\n") + "hang")).await;
        assert_eq!(imap.move_to(&[6, 5], "Done").await, Ok(removal), "{capabilities}");
        drop(imap);
        let heard = fake.heard().await;
        assert!(!heard.contains(" EXPUNGE\r\n") && !heard.contains("CLOSE"), "{heard}");
    }
}

#[tokio::test]
async fn a_move_that_cannot_be_removes_nothing() {
    for (capabilities, refusal, kind) in [
        ("MOVE", "NO [TRYCREATE] no such", Kind::FolderMissing { folder: "Готово".into() }),
        ("UIDPLUS", "NO [TRYCREATE] no such", Kind::FolderMissing { folder: "Готово".into() }),
        ("UIDPLUS", "NO [OVERQUOTA] full", Kind::OverQuota),
    ] {
        let (mut imap, fake) = opened(capabilities, 9, &format!("C: R3 UID\nS: R3 {refusal}\nhang")).await;
        let failure = imap.move_to(&[5], "Готово").await.unwrap_err();
        assert_eq!((failure.step, failure.kind), (Step::Transfer, kind));
        assert!(imap.usable());
        drop(imap);
        assert!(!fake.heard().await.contains("STORE"));
    }
}

#[tokio::test]
async fn marks_are_set_and_taken_off() {
    let (mut imap, _fake) = opened(
        "X",
        9,
        "C: R3 UID STORE 5 +FLAGS.SILENT (\\Seen \\Answered \\Flagged \\Draft $Processed)\nS: R3 OK\n\
         C: R4 UID STORE 5 -FLAGS.SILENT (\\Seen)\nS: R4 OK\nhang",
    )
    .await;
    let all = [Flag::Seen, Flag::Answered, Flag::Flagged, Flag::Draft, Flag::Keyword("$Processed".into())];
    assert_eq!(imap.flag(&[5], &all).await, Ok(()));
    assert_eq!(imap.unflag(&[5], &[Flag::Seen]).await, Ok(()));
    let bad = Flag::Keyword("a)\r\nR9 LOGOUT".into());
    assert!(matches!(imap.flag(&[5], &[bad]).await.unwrap_err().kind, Kind::FlagUnspeakable { .. }));
    assert_eq!(imap.flag(&[], &all).await, Ok(()), "nothing to do, nothing said");
}

#[tokio::test]
async fn a_mail_is_put_into_a_folder_and_named_where_the_server_names_it() {
    let (mut imap, fake) = opened(
        "UIDPLUS",
        9,
        "C: R3 APPEND \"Sent\" (\\Seen) {14}\nS: + go\nC: #16\nS: R3 OK [APPENDUID 7 42] done\n\
         C: R4 APPEND \"Sent\" () {4}\nS: + go\nC: #6\nS: * 10 EXISTS\nS: R4 OK done\n\
         C: R5 APPEND \"Sent\" () {4}\nS: R5 NO [OVERQUOTA] full\n\
         C: R6 APPEND \"Sent\" () {4}\nS: + go\nC: #6\nS: R6 NO [OVERQUOTA] full\n\
         C: R7 APPEND \"None\" () {4}\nS: R7 NO [TRYCREATE] no such\nhang",
    )
    .await;
    assert_eq!(imap.append("Sent", b"A: b\n\ntext\n", &[Flag::Seen]).await, Ok(Some(42)));
    assert_eq!(imap.append("Sent", b"x\r\ny", &[]).await, Ok(None));
    for _ in 0..2 {
        assert_eq!(imap.append("Sent", b"x\r\ny", &[]).await.unwrap_err().kind, Kind::OverQuota);
    }
    let missing = Kind::FolderMissing { folder: "None".into() };
    assert_eq!(imap.append("None", b"x\r\ny", &[]).await.unwrap_err().kind, missing);
    assert!(imap.usable());
    drop((imap, fake));
}
