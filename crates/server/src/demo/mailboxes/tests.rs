//! What the mailboxes of the demo promise.

use std::net::{Ipv4Addr, SocketAddr};

use rejoinder_wire::listener::Protocol;

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rejoinder-mailboxes-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&path));
        Self(path)
    }

    fn open(&self) -> Mailboxes {
        Mailboxes::open(&self.0, Env::fixed(Timestamp::from_micros(1_700_000_000_123_456), 1)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn envelope(recipients: &[&str]) -> Envelope {
    Envelope {
        protocol: Protocol::Smtp,
        peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 25)),
        helo: "test".to_owned(),
        mail_from: None,
        rcpt_to: recipients.iter().map(|one| (*one).to_owned()).collect(),
        smtp_utf8: false,
        eight_bit: false,
    }
}

fn deliver(mailboxes: &Mailboxes, recipients: &[&str], bytes: &[u8]) -> Vec<DataReply> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(mailboxes.message(envelope(recipients), bytes.to_vec()))
}

fn ask(mailboxes: &Mailboxes, recipient: &str) -> RcptReply {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(mailboxes.recipient(&envelope(&[]), recipient))
}

#[test]
fn a_mail_is_in_the_mailbox_of_each_recipient_byte_for_byte_and_there_after_a_restart() {
    let folder = Folder::new("restart");
    let mailboxes = folder.open();
    let bytes = b"Subject: \xff\r\n\r\n.\r\n";
    let replies = deliver(&mailboxes, &["Anna@Example.com", "vera@example.com", "anna@example.com"], bytes);
    assert_eq!(
        replies,
        [DataReply::Accepted { queue_id: "anna@example.com/1 vera@example.com/1".to_owned() }]
    );

    let again = folder.open();
    assert_eq!(again.addresses(), mailboxes.addresses());
    let mails = again.mails("ANNA@example.com").unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].bytes, bytes);
    assert_eq!(mails[0].received_at.micros(), 1_700_000_000_123_456);
    assert_eq!(again.mail("anna@example.com", 1).unwrap().as_ref(), Some(&mails[0]));
    assert_eq!(again.mail("anna@example.com", 2).unwrap(), None);
    assert!(again.mails("nobody@example.com").unwrap().is_empty());
    deliver(&again, &["anna@example.com"], b"two");
    assert_eq!(again.mail("anna@example.com", 2).unwrap().unwrap().bytes, b"two");
}

#[test]
fn no_address_leads_out_of_the_folder_and_no_two_share_one() {
    for address in
        ["../../etc/passwd", "a/b@example.com", "..", ".", "a\0b@x", "почта@пример.рф", "%41@x", "a b@x"]
    {
        let name = folder_of(address).unwrap();
        assert!(!name.contains(['/', '\0']) && !name.starts_with('.'), "{name}");
        assert_eq!(address_of(&name).as_deref(), Some(address), "{name}");
    }
    assert_eq!(folder_of("anna.private+x@example.net").unwrap(), "anna.private+x@example.net");
    assert_eq!(folder_of(""), None);
    assert_eq!(address_of("%4"), None);
    assert_eq!(address_of("A@x"), None, "a folder that is not ours");
}

#[test]
fn a_name_at_the_limit_is_taken_and_one_byte_more_is_refused() {
    let folder = Folder::new("long");
    let mailboxes = folder.open();
    let at = format!("{}@x.org", "a".repeat(FOLDER_NAME_BYTES_MAX - 6));
    assert_eq!(ask(&mailboxes, &at), RcptReply::Accept);
    assert!(matches!(ask(&mailboxes, &format!("a{at}")), RcptReply::Refuse { code: 550, .. }));
    assert!(matches!(deliver(&mailboxes, &[&at], b"x")[..], [DataReply::Accepted { .. }]));
}

#[test]
fn the_oldest_mail_makes_room_and_that_is_said() {
    let folder = Folder::new("room");
    let anna = folder.0.join("anna@example.com");
    fs::create_dir_all(&anna).unwrap();
    for id in 1..=MAILS_PER_MAILBOX_MAX {
        fs::write(anna.join(format!("{id:08}.eml")), b"old").unwrap();
    }
    let mailboxes = folder.open();
    let summary = |mailboxes: &Mailboxes| {
        mailboxes.addresses().iter().map(|one| (one.mails, one.removed)).collect::<Vec<_>>()
    };
    assert_eq!(summary(&mailboxes), [(MAILS_PER_MAILBOX_MAX, 0)]);
    deliver(&mailboxes, &["anna@example.com"], b"new");
    assert_eq!(summary(&mailboxes), [(MAILS_PER_MAILBOX_MAX, 1)]);
    assert_eq!(mailboxes.mail("anna@example.com", 1).unwrap(), None);
    assert_eq!(mailboxes.mails("anna@example.com").unwrap().last().unwrap().bytes, b"new");
    assert_eq!(summary(&folder.open()), [(MAILS_PER_MAILBOX_MAX, 1)]);
}

#[test]
fn one_mailbox_too_many_comes_later_and_known_ones_go_on() {
    let folder = Folder::new("many");
    for place in 0..MAILBOXES_MAX {
        fs::create_dir_all(folder.0.join(format!("p{place}@example.com"))).unwrap();
    }
    let mailboxes = folder.open();
    assert_eq!(ask(&mailboxes, "p0@example.com"), RcptReply::Accept);
    assert!(matches!(ask(&mailboxes, "one-more@example.com"), RcptReply::Later { .. }));
}

#[test]
fn a_mail_that_was_being_written_when_the_program_ended_is_not_there() {
    let folder = Folder::new("unfinished");
    let anna = folder.0.join("anna@example.com");
    fs::create_dir_all(&anna).unwrap();
    fs::write(anna.join("00000001.part"), b"half").unwrap();
    let mailboxes = folder.open();
    assert!(mailboxes.mails("anna@example.com").unwrap().is_empty());
    assert!(!anna.join("00000001.part").exists());
    deliver(&mailboxes, &["anna@example.com"], b"whole");
    assert_eq!(mailboxes.mails("anna@example.com").unwrap()[0].bytes, b"whole");
}

#[test]
fn without_a_place_to_write_the_sender_keeps_the_mail() {
    let folder = Folder::new("no-place");
    let mailboxes = folder.open();
    fs::remove_dir_all(&folder.0).unwrap();
    fs::write(&folder.0, b"a file where the folder was").unwrap();
    assert!(matches!(deliver(&mailboxes, &["anna@example.com"], b"x")[..], [DataReply::Later { .. }]));
    fs::remove_file(&folder.0).unwrap();
    assert!(mailboxes.mails("anna@example.com").unwrap().is_empty());
}
