//! Mailboxes of a real Dovecot, read by the running program: what is read, and what is done with it at the server.
#![expect(clippy::unwrap_used, reason = "what fails ends the test with its place")]

use std::net::SocketAddr;
use std::time::Duration;

use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::DeliveryState;
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::time::SECOND;
use rejoinder_engine::value::Value;
use rejoinder_server::limits::{LISTED_MAX, POLL, POP3_SESSION_MAILS, SENT_COPIES, SENT_COPY_AGAIN};
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::serve::{Options, Running, start};
use rejoinder_server::wire::{Egress, Endpoint, Login};
use rejoinder_store::{ArrivalRow, Claim, Outcome, Page};
use rejoinder_testkit::folder::Folder;
use rejoinder_testservers::{
    Certificates, Dovecot, DovecotBuilder, Fault, FaultProxy, Rule, When, installed, left_out, until,
};
use rejoinder_wire::imap::{FETCH_BYTES, Imap};
use tokio::runtime::Runtime;

const USER: &str = "help@example.com";
const PASSWORD: &str = "a password of the test";
/// Longer than any step takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program and a Dovecot with one mailbox.
struct World {
    running: Option<Running>,
    runtime: Runtime,
    dovecot: Dovecot,
    _folder: Folder,
}

impl World {
    fn new(name: &str, build: impl FnOnce(DovecotBuilder) -> DovecotBuilder) -> Self {
        let folder = Folder::new(name);
        let certificates = Certificates::create().unwrap();
        let dovecot = build(Dovecot::builder(&certificates).user(USER, PASSWORD)).start().unwrap();
        let runtime = Runtime::new().unwrap();
        let authorities = vec![certificates.ca_pem().to_owned()];
        let options = Options { smtp: None, authorities, ..Options::on_loopback(folder.path()) };
        let running = runtime.block_on(start(options)).unwrap();
        Self { running: Some(running), runtime, dovecot, _folder: folder }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// A mailbox that also sends and keeps copies.
    fn mailbox(&self, server: SocketAddr, more: &[(&str, &str)]) {
        let flags = [("sends", Value::Bool(true)), ("save_sent", Value::Bool(true))];
        self.insert("mailbox", ("imap", server), more, &flags);
    }

    /// An account that reads the mailbox at `server`.
    fn account(&self, kind: &str, server: SocketAddr, more: &[(&str, &str)]) {
        self.insert("email_account", (kind, server), more, &[]);
    }

    fn insert(&self, table: &str, from: (&str, SocketAddr), more: &[(&str, &str)], flags: &[(&str, Value)]) {
        let (kind, server) = from;
        let mut fields: Fields = [("interval".to_owned(), Value::Int(5))].into();
        let port = i64::from(server.port());
        fields.insert("port".to_owned(), Value::Int(port));
        let host = server.ip().to_string();
        let texts = [
            ("name", "Help desk"),
            ("type", kind),
            ("server", host.as_str()),
            ("user_name", USER),
            ("password", PASSWORD),
            ("from_address", USER),
            ("first_run", "all"),
        ];
        for (name, text) in texts.iter().chain(more) {
            fields.insert((*name).to_owned(), Value::text(text));
        }
        fields.insert("addresses".to_owned(), Value::List(vec![USER.to_owned()]));
        fields.extend(flags.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let insert = Change::Insert { table: table.to_owned(), id: None, fields };
        change(&self.running().app, Asker::program(), vec![insert]).unwrap();
    }

    fn deliver(&self, label: &str) {
        self.dovecot.deliver(USER, "INBOX", mail(label).as_bytes());
    }

    fn arrivals(&self) -> Vec<ArrivalRow> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = self.running().app.store.arrivals(None, &Page { after, limit: 200 }).unwrap();
            rows.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return rows,
            }
        }
    }

    fn until_arrived(&self, count: usize) {
        until(&format!("{count} mails are read"), || self.arrivals().len() >= count);
        assert_eq!(self.arrivals().len(), count);
    }

    /// Puts many mails into a folder over one connection.
    fn append(&self, count: usize) {
        let server = self.dovecot.imap();
        let host = server.ip().to_string();
        let endpoint = Endpoint::plain(host, server.port(), PATIENCE, Egress::LoopbackOnly);
        let login = Login::new(USER, PASSWORD);
        self.runtime.block_on(async {
            let mut imap = Imap::connect(&endpoint, &login, &mut |_| {}).await.unwrap();
            for n in 0..count {
                imap.append("INBOX", mail(&format!("many-{n}")).as_bytes(), &[]).await.unwrap();
            }
            imap.logout().await;
        });
    }

    /// A mailbox that keeps copies, whose mail the program does not send: the test is the sender. What matters is what
    /// follows when the server has said yes.
    fn sends_by_the_test(&self) {
        let active = record_id("core", "settings/simple.email.smtp.active");
        let off = Change::Update {
            key: RecordKey { table: "setting".to_owned(), id: active },
            fields: [("value".to_owned(), Value::text("false"))].into(),
        };
        change(&self.running().app, Asker::program(), vec![off]).unwrap();
        self.mailbox(self.dovecot.imaps(), &[("encryption", "tls"), ("smtp_server", "127.0.0.1")]);
    }

    /// Says of so many answers that they were sent; their Message-IDs.
    fn sent(&self, count: usize) -> Vec<String> {
        let app = &self.running().app;
        let mut sent = Vec::new();
        until("every mail is answered", || {
            let now = app.env.now();
            let claim = Claim { now, lease: 60 * SECOND, limit: 256, by: "test/send".to_owned() };
            for one in app.store.claim_deliveries(&claim, 256, &[]).unwrap().deliveries {
                let outcome = Outcome::Sent { reply: "250 ok".to_owned(), copy: true };
                app.store.settle_delivery(one.id, one.epoch, &outcome, now).unwrap();
                sent.push(format!("<{}>", one.message_id));
            }
            sent.len() == count
        });
        sent
    }

    /// What a person is asked to look at, of codes that begin so.
    fn told(&self, codes: &str) -> Vec<(String, String)> {
        let open = self.running().app.store.attention(true, &Page { after: None, limit: 200 }).unwrap();
        let all = open.items.into_iter().map(|row| (row.why.code, row.why.text));
        all.filter(|(code, _)| code.starts_with(codes)).collect()
    }

    /// All Message-IDs of a folder, sorted.
    fn message_ids(&self, folder: &str) -> Vec<String> {
        let mails = self.dovecot.mails(USER, folder).into_iter();
        let id = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.lines().find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned)).unwrap()
        };
        let mut ids: Vec<String> = mails.map(|mail| id(mail.bytes)).collect();
        ids.sort();
        ids
    }

    fn flags(&self) -> Vec<Vec<String>> {
        self.dovecot.mails(USER, "INBOX").into_iter().map(|mail| mail.flags).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// A mail with a sender of its own.
fn mail(label: &str) -> String {
    format!(
        "From: Anna <{label}@people.example.org>\r\nTo: {USER}\r\nSubject: {label}\r\n\
         Message-ID: <{label}@example.org>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\nText of {label}.\r\n"
    )
}

#[test]
fn a_mail_is_flagged_after_it_is_kept_and_the_next_one_is_noticed_at_once() {
    if left_out(&installed()) {
        return;
    }
    let world = World::new("reading-flag", |dovecot| dovecot);
    world.deliver("one");
    world.account("imap", world.dovecot.imaps(), &[("encryption", "tls")]);
    world.until_arrived(1);
    until("the mail is flagged", || world.flags() == [["$Rejoinder", "\\Seen"]]);
    // Somebody else has looked at it before us: `\Seen` plays no part.
    world.dovecot.store(USER, "INBOX", mail("two").as_bytes());
    world.dovecot.doveadm(&["flags", "add", "-u", USER, "\\Seen", "mailbox", "INBOX", "all"]);
    world.until_arrived(2);
    // And marks that are taken away bring nothing back.
    world.dovecot.doveadm(&["flags", "remove", "-u", USER, "\\Seen $Rejoinder", "mailbox", "INBOX", "all"]);
    world.deliver("three");
    world.until_arrived(3);
}

#[test]
fn mails_are_moved_or_removed_or_left_as_the_account_says() {
    if left_out(&installed()) {
        return;
    }
    for (policy, hidden) in [("move", &[][..]), ("move", &["MOVE", "IDLE"]), ("delete", &[]), ("leave", &[])]
    {
        let world = World::new("reading-policy", |dovecot| dovecot.hide(hidden));
        // Without the folder in one of them: it is made when the first mail is moved.
        if hidden.is_empty() {
            world.dovecot.create_folder(USER, "Обработано");
        }
        ["one", "two", "three"].iter().for_each(|label| world.deliver(label));
        let more = [("encryption", "starttls"), ("after_reading", policy), ("move_to_folder", "Обработано")];
        let more = if policy == "move" { &more[..] } else { &more[..2] };
        world.account("imap", world.dovecot.imap(), more);
        world.until_arrived(3);
        let (inbox, moved) = match policy {
            "move" => (0, 3),
            "delete" => (0, 0),
            _ => (3, 0),
        };
        until(&format!("the mails are where `{policy}` puts them"), || {
            let count = |folder| world.dovecot.count(USER, folder);
            (count("INBOX"), count("Обработано")) == (inbox, moved)
        });
        assert!(policy != "leave" || world.flags().iter().all(Vec::is_empty));
        world.deliver("four");
        world.until_arrived(4);
    }
}

#[test]
fn a_pop3_mailbox_is_read_and_emptied_or_left() {
    if left_out(&installed()) {
        return;
    }
    for (policy, left) in [("delete", 0), ("leave", 2)] {
        let world = World::new("reading-pop3", |dovecot| dovecot);
        ["one", "two"].iter().for_each(|label| world.deliver(label));
        world.account("pop3", world.dovecot.pop3s(), &[("encryption", "tls"), ("after_reading", policy)]);
        world.until_arrived(2);
        until("the mailbox holds what it should", || world.dovecot.count(USER, "INBOX") == left);
        world.deliver("three");
        world.until_arrived(3);
        // Two more looks at the mailbox read nothing twice.
        let account = world.arrivals().first().unwrap().account;
        for _ in 0..2 {
            let last = world.running().app.store.last_reading(account).unwrap();
            until("the mailbox is looked at again", || {
                world.running().app.store.last_reading(account).unwrap() > last
            });
        }
        assert_eq!(world.arrivals().len(), 3);
    }
}

#[test]
fn what_is_new_begins_with_the_first_look_also_after_the_uids_were_given_anew() {
    if left_out(&installed()) {
        return;
    }
    let mut world = World::new("reading-first", |dovecot| dovecot);
    world.deliver("old");
    // The server dates mails by the second: the first look is in a later one.
    let env = world.running().app.env.clone();
    let delivered = env.now().micros() / SECOND;
    until("another second begins", || env.now().micros() / SECOND > delivered);
    world.account("imap", world.dovecot.imaps(), &[("encryption", "tls"), ("first_run", "new")]);
    let account = world.running().app.config().unwrap().account_called("Help desk").unwrap().id;
    until("the mailbox is looked at", || world.running().app.store.last_reading(account).unwrap().is_some());
    world.deliver("new");
    world.until_arrived(1);
    // As a restored server comes back: the connection is lost, and every UID is another one.
    world.dovecot.change_uid_validity(USER, "INBOX");
    world.dovecot.restart();
    world.deliver("newer");
    world.until_arrived(2);
    let keys: Vec<String> = world.arrivals().into_iter().map(|row| row.source_key).collect();
    let validity = world.dovecot.uid_validity(USER, "INBOX").to_string();
    assert!(keys.iter().all(|key| key.contains(&validity)), "{keys:?} are of {validity}");
}

#[test]
fn a_mailbox_with_more_mails_than_one_look_takes_is_read_to_its_end() {
    if left_out(&installed()) {
        return;
    }
    for (kind, count) in [("imap", LISTED_MAX + 1), ("pop3", POP3_SESSION_MAILS + 1)] {
        let world = World::new("reading-many", |dovecot| dovecot);
        world.append(count);
        let server = if kind == "imap" { world.dovecot.imaps() } else { world.dovecot.pop3s() };
        world.account(kind, server, &[("encryption", "tls"), ("after_reading", "delete")]);
        until("the mailbox is empty", || world.dovecot.count(USER, "INBOX") == 0);
        assert_eq!(world.arrivals().len(), count, "by {kind}");
    }
}

#[test]
fn a_mail_that_is_larger_than_a_batch_is_read_between_others() {
    if left_out(&installed()) {
        return;
    }
    let world = World::new("reading-large", |dovecot| dovecot);
    let lines = "A line of a large mail.\r\n".repeat(usize::try_from(FETCH_BYTES).unwrap() / 24);
    let sizes =
        [("small", String::new()), ("large", lines.clone()), ("larger", lines), ("last", String::new())];
    for (label, more) in &sizes {
        world.dovecot.store(USER, "INBOX", (mail(label) + more).as_bytes());
    }
    world.account("imap", world.dovecot.imaps(), &[("encryption", "tls")]);
    world.until_arrived(sizes.len());
    let mut read: Vec<_> = world.arrivals().into_iter().map(|row| (row.seq, row.subject, row.size)).collect();
    read.sort_unstable();
    let read: Vec<_> = read.into_iter().map(|(_, subject, size)| (subject.unwrap(), size)).collect();
    let size = |more: &String, label: &str| i64::try_from(mail(label).len() + more.len()).unwrap();
    let expected: Vec<_> =
        sizes.iter().map(|(label, more)| ((*label).to_owned(), size(more, label))).collect();
    assert_eq!(read, expected, "each whole, and in the order of the folder");
    let whole = world.arrivals().iter().filter(|row| u64::try_from(row.size).unwrap() > FETCH_BYTES).count();
    assert_eq!(whole, 2, "the mails are as large as they are meant to be");
}

#[test]
fn a_mail_that_the_server_cannot_give_is_told_of_left_where_it_is_and_holds_up_no_other() {
    if left_out(&installed()) {
        return;
    }
    let world = World::new("reading-not-given", |dovecot| dovecot);
    ["one", "two", "three"].iter().for_each(|label| world.deliver(label));
    let proxy = FaultProxy::start(world.dovecot.imap());
    let no =
        |words: &str| Rule::new(When::client_says(words), Fault::Answer("{tag} NO it is broken".to_owned()));
    proxy.script([no("UID FETCH 1:3 (UID BODY.PEEK[])"), no("UID FETCH 2 (UID BODY.PEEK[])")]);
    world.account("imap", proxy.address(), &[("encryption", "none"), ("after_reading", "delete")]);
    until("what was read is removed", || world.dovecot.count(USER, "INBOX") == 1);
    assert_eq!(world.dovecot.mails(USER, "INBOX").first().unwrap().uid, 2);
    let rows = world.arrivals();
    let told: Vec<_> = rows.iter().filter_map(|row| row.why.as_ref()).map(|why| why.code.as_str()).collect();
    assert_eq!((rows.len(), told), (3, vec!["not_given"]));
    world.deliver("four");
    world.until_arrived(4);
}

#[test]
fn a_mail_that_a_pop3_server_cannot_give_is_told_of_left_where_it_is_and_holds_up_no_other() {
    if left_out(&installed()) {
        return;
    }
    let world = World::new("reading-not-given-pop3", |dovecot| dovecot);
    ["one", "two", "three"].iter().for_each(|label| world.deliver(label));
    let proxy = FaultProxy::start(world.dovecot.pop3());
    let no = Fault::Answer("-ERR it is broken".to_owned());
    proxy.script([Rule::new(When::client_says("RETR 2"), no)]);
    world.account("pop3", proxy.address(), &[("encryption", "none"), ("after_reading", "delete")]);
    until("what was read is removed", || world.dovecot.count(USER, "INBOX") == 1);
    let rows = world.arrivals();
    let told: Vec<_> = rows.iter().filter_map(|row| row.why.as_ref()).map(|why| why.code.as_str()).collect();
    assert_eq!((rows.len(), told), (3, vec!["not_given"]));
}

#[test]
fn every_sent_mail_is_copied_into_the_mailbox_once() {
    if left_out(&installed()) {
        return;
    }
    let world = World::new("reading-sent", |dovecot| dovecot);
    world.sends_by_the_test();
    world.append(SENT_COPIES as usize + 1);
    let mut sent = world.sent(SENT_COPIES as usize + 1);
    world.running().app.wake.tell_sent();
    sent.sort();
    until("every copy is there", || world.message_ids("Sent").len() >= sent.len());
    assert_eq!(world.message_ids("Sent"), sent);
    assert!(world.dovecot.mails(USER, "Sent").iter().all(|mail| mail.flags == ["\\Seen"]));
    assert!(SENT_COPY_AGAIN > POLL, "a copy that cannot be made does not come up at every look");
}

#[test]
fn a_full_mailbox_costs_the_copy_and_neither_the_mail_nor_the_reading() {
    if left_out(&installed()) {
        return;
    }
    let world = World::new("reading-full", |dovecot| dovecot.quota(4096));
    world.sends_by_the_test();
    let long = format!("{}{}", mail("one"), "It fills the mailbox.\r\n".repeat(150));
    world.dovecot.deliver(USER, "INBOX", long.as_bytes());
    world.sent(1);
    world.running().app.wake.tell_sent();
    until("a person is told", || !world.told("sent_copy").is_empty());
    let (_, text) = world.told("sent_copy").remove(0);
    assert!(text.contains("OVERQUOTA") && text.contains("Remove mail"), "{text} says why and what to do");
    assert_eq!(world.dovecot.count(USER, "Sent"), 0);
    let sent =
        world.running().app.store.deliveries(Some(DeliveryState::Sent), None, &Page::default()).unwrap();
    assert_eq!(sent.items.len(), 1, "the mail itself was sent");
    assert!(world.told("reading_").is_empty());
    world.dovecot.expunge(USER, "INBOX", 1);
    world.deliver("two");
    world.until_arrived(2);
}

#[test]
fn a_mailbox_that_cannot_be_read_is_told_of_until_it_works_again() {
    if left_out(&installed()) {
        return;
    }
    let mut world = World::new("reading-trouble", |dovecot| dovecot);
    world.dovecot.set_password(USER, "another one");
    world.account("imap", world.dovecot.imaps(), &[("encryption", "tls")]);
    until("a person is told", || {
        world.told("reading_").iter().any(|(code, _)| code == "reading_login_refused")
    });
    let (_, text) = world.told("reading_").remove(0);
    assert!(text.contains("Help desk") && !text.contains(PASSWORD), "{text}");
    assert!(text.contains("AUTHENTICATIONFAILED") && text.contains("password"), "{text} says what to do");
    world.dovecot.set_password(USER, PASSWORD);
    world.deliver("one");
    world.until_arrived(1);
    until("the trouble is over", || world.told("reading_").is_empty());
}
