//! IMAP with Dovecot.

use std::time::Duration;

use rejoinder_testservers::Kind as BadKind;
use rejoinder_wire::{
    endpoint::{Failure, Kind, Security, Step},
    imap::{Fetched, Flag, Imap, Listed, News, Removal, SpecialUse},
};
use tokio_util::sync::CancellationToken;

use crate::servers::{Dovecot, PATIENT};

const MAIL: &[u8] = b"From: anna@x.org\r\nMessage-ID: <one@x.org>\r\nSubject: x\r\n\r\n.text\r\n";
const EACH: [Security; 3] = [Security::None, Security::StartTls, Security::Tls];

async fn connect(server: &Dovecot) -> Imap {
    Imap::connect(&server.imap(Security::None), &Dovecot::login(), &mut |_| {}).await.unwrap()
}

async fn fetch(imap: &mut Imap, mails: &[Listed]) -> Vec<Fetched> {
    let mut fetched = Vec::new();
    imap.fetch(mails, &mut |mail| fetched.push(mail)).await.unwrap();
    fetched
}

async fn uids(imap: &mut Imap) -> Vec<u32> {
    imap.list(0, 1000).await.unwrap().iter().map(|mail| mail.uid).collect()
}

fn told<T: std::fmt::Debug>(result: Result<T, Failure>) -> (Step, Kind) {
    let failure = result.unwrap_err();
    (failure.step, failure.kind)
}

#[tokio::test]
async fn a_session_is_opened_with_each_kind_of_encryption() {
    let Some(server) = Dovecot::start(|builder| builder) else { return };
    for security in EACH {
        let imap = Imap::connect(&server.imap(security), &Dovecot::login(), &mut |_| {}).await.unwrap();
        let offers = imap.offers();
        assert!(offers.idle && offers.moves && offers.uidplus && offers.special_use, "{offers:?}");
        imap.logout().await;
        let wrong = Dovecot::wrong("wrong");
        let failure = Imap::connect(&server.imap(security), &wrong, &mut |_| {}).await.unwrap_err();
        assert_eq!((failure.step, &failure.kind), (Step::Login, &Kind::LoginRefused));
        assert!(failure.to_string().contains("[AUTHENTICATIONFAILED]"), "{failure}");
    }
    let mut unencrypted = server.imap(Security::None);
    unencrypted.security = Security::Tls;
    let failure = Imap::connect(&unencrypted, &Dovecot::login(), &mut |_| {}).await;
    assert_eq!(told(failure), (Step::Tls, Kind::NotTls));
    let mut stalls = server.imap(Security::Tls);
    (stalls.security, stalls.timeout) = (Security::None, Duration::from_millis(300));
    let failure = Imap::connect(&stalls, &Dovecot::login(), &mut |_| {}).await;
    assert_eq!(told(failure), (Step::Greeting, Kind::Timeout(Duration::from_millis(300))));
}

#[tokio::test]
async fn a_bad_certificate_is_refused_by_its_defect_unless_it_is_not_looked_at() {
    for (bad, code) in [
        (BadKind::Expired, "certificate_expired"),
        (BadKind::Misnamed, "certificate_name"),
        (BadKind::Untrusted, "certificate_untrusted"),
    ] {
        let Some(server) = Dovecot::start(|builder| builder.certificate(bad)) else { return };
        for security in [Security::StartTls, Security::Tls] {
            let mut endpoint = server.imap(security);
            let (step, kind) = told(Imap::connect(&endpoint, &Dovecot::login(), &mut |_| {}).await);
            assert_eq!((step, kind.code()), (Step::Tls, code));
            endpoint.verify = false;
            assert!(Imap::connect(&endpoint, &Dovecot::login(), &mut |_| {}).await.is_ok());
        }
    }
}

#[tokio::test]
async fn folders_with_cyrillic_names_are_made_listed_and_filled() {
    let Some(server) = Dovecot::start(|builder| builder) else { return };
    let mut imap = connect(&server).await;
    let name = "Заявки/R&D \"2026\"";
    imap.create(name).await.unwrap();
    let again = imap.create(name).await;
    assert_eq!(told(again), (Step::Folder, Kind::FolderExists { folder: name.into() }));
    let folders = imap.folders().await.unwrap();
    let named = |name: &str| folders.iter().find(|folder| folder.name == name);
    assert!(named(name).unwrap().selectable && named(name).unwrap().delimiter.as_deref() == Some("/"));
    assert_eq!(named("Sent").unwrap().special_use, Some(SpecialUse::Sent));
    assert!(named("INBOX").is_some());
    let missing = imap.select("Нет такой").await;
    assert_eq!(told(missing), (Step::Folder, Kind::FolderMissing { folder: "Нет такой".into() }));

    let uid = imap.append(name, MAIL, &[Flag::Seen]).await.unwrap();
    assert_eq!(uid, Some(1));
    let missing = imap.append("Нет такой", MAIL, &[]).await;
    assert_eq!(told(missing), (Step::Transfer, Kind::FolderMissing { folder: "Нет такой".into() }));
    let selected = imap.select(name).await.unwrap();
    assert!(selected.uid_validity > 0 && selected.keeps_keywords && !selected.read_only);
    assert_eq!((selected.uid_next, selected.exists), (Some(2), 1));
    assert_eq!(imap.search_message_id("<one@x.org>").await.unwrap(), [1]);
    assert_eq!(imap.search_message_id("<two@x.org>").await.unwrap(), [] as [u32; 0]);
    assert_eq!(imap.search_message_id("<два@x.org>").await.unwrap(), [] as [u32; 0]);
    imap.logout().await;
}

#[tokio::test]
async fn mails_are_listed_read_unmarked_and_missed_when_they_are_gone() {
    let Some(server) = Dovecot::start(|builder| builder) else { return };
    let mut imap = connect(&server).await;
    let large = [MAIL, b"x\r\n".repeat(1_000_000).as_slice()].concat();
    for mail in [MAIL, &large, b"", MAIL] {
        let mail = if mail.is_empty() { b"\r\n" } else { mail };
        imap.append("INBOX", mail, &[]).await.unwrap();
    }
    imap.select("INBOX").await.unwrap();
    let mails = imap.list(0, 3).await.unwrap();
    assert_eq!(mails.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(mails[0].size, MAIL.len() as u64);
    assert!(mails[0].internal_date.is_some_and(|date| date > 1_700_000_000));
    assert_eq!(imap.list(3, 3).await.unwrap().len(), 1);
    assert_eq!(imap.list(4, 3).await.unwrap(), []);
    let fetched = fetch(&mut imap, &mails).await;
    assert_eq!(fetched.len(), 3);
    assert!(fetched[0].bytes == MAIL && fetched[1].bytes == large);
    assert_eq!(imap.fetch_headers(1).await.unwrap().unwrap(), MAIL[..MAIL.len() - 7]);

    // Another session removes one; this one has not heard of it when it asks.
    let mut other = connect(&server).await;
    other.select("INBOX").await.unwrap();
    assert_eq!(other.delete(&[1]).await.unwrap(), Removal::Removed);
    other.logout().await;
    let fetched = fetch(&mut imap, &mails).await;
    let left: Vec<u32> = fetched.iter().map(|mail| mail.uid).collect();
    assert!(left == [2, 3] || left == [1, 2, 3], "{left:?}");
    imap.noop().await.unwrap();
    assert_eq!(fetch(&mut imap, &mails[..1]).await, []);
    assert_eq!(imap.fetch_headers(1).await.unwrap(), None);
    assert_eq!(uids(&mut imap).await, [2, 3, 4]);
    assert!(imap.usable());
}

#[tokio::test]
async fn mails_leave_a_folder_by_what_is_offered_and_those_that_others_marked_stay() {
    for (hidden, removal) in
        [(&[][..], Removal::Removed), (&["MOVE"], Removal::Removed), (&["MOVE", "UIDPLUS"], Removal::Marked)]
    {
        let Some(server) = Dovecot::start(|builder| builder.hide(hidden)) else { return };
        let mut imap = connect(&server).await;
        for _ in 0..4 {
            imap.append("INBOX", MAIL, &[]).await.unwrap();
        }
        imap.create("Готово").await.unwrap();
        imap.select("INBOX").await.unwrap();
        // Marked by somebody else, not to be removed by us.
        imap.flag(&[4], &[Flag::Deleted, Flag::Keyword("$Processed".into())]).await.unwrap();
        assert_eq!(imap.move_to(&[1], "Готово").await.unwrap(), removal, "{hidden:?}");
        assert_eq!(imap.delete(&[2, 99]).await.unwrap(), removal);
        let left: &[u32] = if removal == Removal::Removed { &[3, 4] } else { &[1, 2, 3, 4] };
        assert_eq!(uids(&mut imap).await, left, "{hidden:?}");
        let missing = imap.move_to(&[3], "Нет такой").await;
        assert_eq!(told(missing), (Step::Transfer, Kind::FolderMissing { folder: "Нет такой".into() }));
        assert_eq!(uids(&mut imap).await, left, "a move that cannot be removes nothing");
        imap.select("Готово").await.unwrap();
        assert_eq!(uids(&mut imap).await, [1]);
    }
}

#[tokio::test]
async fn a_full_mailbox_is_told() {
    let Some(server) = Dovecot::start(|builder| builder.quota(4096)) else { return };
    let mut imap = connect(&server).await;
    imap.append("INBOX", MAIL, &[]).await.unwrap();
    let large = [MAIL, b"x\r\n".repeat(4000).as_slice()].concat();
    assert_eq!(told(imap.append("INBOX", &large, &[]).await), (Step::Transfer, Kind::OverQuota));
    assert!(imap.usable());
}

#[tokio::test]
async fn waiting_is_ended_by_a_mail_that_another_session_puts_in() {
    let Some(server) = Dovecot::start(|builder| builder) else { return };
    let mut imap = connect(&server).await;
    imap.select("INBOX").await.unwrap();
    let never = CancellationToken::new();
    assert_eq!(imap.idle(Duration::from_millis(100), &never).await.unwrap(), News::TimedOut);
    let mut other = connect(&server).await;
    let (news, put) = tokio::join!(imap.idle(PATIENT, &never), other.append("INBOX", MAIL, &[]));
    assert_eq!((news.unwrap(), put.unwrap()), (News::Mails, Some(1)));
    assert_eq!(uids(&mut imap).await, [1]);
    let stop = CancellationToken::new();
    let (news, ()) = tokio::join!(imap.idle(PATIENT, &stop), async { stop.cancel() });
    assert_eq!(news.unwrap(), News::Stopped);
    assert_eq!(imap.noop().await, Ok(()));
}
