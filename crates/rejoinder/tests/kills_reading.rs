//! Kills from outside while mailboxes are read over IMAP and POP3: every mail has exactly one effect, and where the
//! account removes what it has read, nothing is left.
//!
//! The program runs as a process of its own; mails are put into a Dovecot all the time, also while it is down. The
//! load, the answers' receiver and what must hold are those of the kills during load (`kills.rs`).
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a harness: what fails ends the test with its place"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rejoinder_server::env::pause;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::effects::{self, Effects};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::load::mail;
use rejoinder_testkit::process::{Hits, Program};
use rejoinder_testkit::random::Random;
use rejoinder_testkit::receiver::Receiver;
use rejoinder_testservers::{Certificates, Dovecot, SmtpConversation, installed, left_out, until};
use serde_json::json;

/// Kills of each protocol.
const KILLS: u64 = 50;
/// Mails that come for each kill.
const MAILS: usize = 30;
/// Between two of them.
const PACE: Duration = Duration::from_millis(8);
/// A kill comes within this time after the program is ready: it begins to read at once.
const WITHIN_MS: u64 = 300;
/// The stages that are the reading of a mailbox, and how long a kill waits for them that is meant for them.
const READING: [&str; 3] = ["fetch", "accept", "dispose"];
const AIM: Duration = Duration::from_secs(2);
/// The share of kills that must have hit the reading: a fetch, a commit of what was fetched, a disposal.
const HIT_PERCENT: u64 = 10;
/// How long the queues may take to run empty at the end.
const DRAIN: Duration = Duration::from_secs(180);
const PASSWORD: &str = "correct horse";

/// A mailbox that is read: its user, and what becomes of mails there.
struct Mailbox {
    user: &'static str,
    after_reading: &'static str,
}

const DELETED: Mailbox = Mailbox { user: "load@help.example", after_reading: "delete" };
const FLAGGED: Mailbox = Mailbox { user: "flag@help.example", after_reading: "flag" };

/// Puts mails into the mailboxes by turns, as many as it was granted.
struct Feeder {
    granted: Arc<AtomicUsize>,
    fed: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Feeder {
    fn start(lmtp: SocketAddr, users: Vec<&'static str>) -> Self {
        let (granted, fed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let stop = Arc::new(AtomicBool::new(false));
        let (quota, count, end) = (granted.clone(), fed.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut lmtp = SmtpConversation::connect(lmtp);
            lmtp.reply();
            lmtp.expect("LHLO load.example", 250);
            for (n, user) in users.iter().cycle().enumerate() {
                while n >= quota.load(Ordering::SeqCst) {
                    if end.load(Ordering::SeqCst) {
                        return;
                    }
                    pause(PACE);
                }
                lmtp.expect(&format!("MAIL FROM:<guest{n}@load.example>"), 250);
                lmtp.expect(&format!("RCPT TO:<{user}>"), 250);
                lmtp.expect("DATA", 354);
                lmtp.send_mail(&mail(n, user));
                assert_eq!(lmtp.reply().code, 250);
                count.store(n + 1, Ordering::SeqCst);
                pause(PACE);
            }
        });
        Self { granted, fed, stop, thread }
    }

    fn grant(&self, mails: usize) {
        self.granted.fetch_add(mails, Ordering::SeqCst);
    }

    /// No more mails once those that were granted are there; how many there were.
    fn finish(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap();
        self.fed.load(Ordering::SeqCst)
    }
}

fn set_up(api: &Api, dovecot: &Dovecot, protocol: &str, mailboxes: &[Mailbox], receiver: &Receiver) {
    let server = if protocol == "imap" { dovecot.imaps() } else { dovecot.pop3s() };
    for Mailbox { user, after_reading } in mailboxes {
        let fields = json!({ "name": user, "type": protocol, "server": server.ip().to_string(),
            "port": server.port(), "encryption": "tls", "user_name": user, "password": PASSWORD, "interval": 5,
            "first_run": "all", "after_reading": after_reading });
        api.insert("email_account", &fields);
    }
    let out = json!({ "name": "Out", "type": "smtp", "server": "127.0.0.1", "port": receiver.address.port(),
        "encryption": "none", "from_address": DELETED.user });
    api.insert("email_account", &out);
    api.insert("setting", &json!({ "name": "default.email.account.send", "value": "Out" }));
}

/// What is left in the mailboxes is what their accounts say.
fn check_sources(effects: &mut Effects, dovecot: &Dovecot, mailboxes: &[Mailbox], mails: usize) {
    for Mailbox { user, after_reading } in mailboxes {
        let left = dovecot.mails(user, "INBOX");
        if *after_reading == "delete" {
            effects.must(left.is_empty(), format!("{} mails were not deleted", left.len()));
            continue;
        }
        effects.must(left.len() == mails / 2, format!("{} mails instead of {}", left.len(), mails / 2));
        let flagged = left.iter().filter(|mail| mail.flags == ["$Rejoinder", "\\Seen"]).count();
        effects.must(flagged == left.len(), format!("{flagged} of {} mails are flagged", left.len()));
    }
}

fn is_exact(name: &str, protocol: &str, mailboxes: &[Mailbox]) {
    if left_out(&installed()) {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let builder = Dovecot::builder(&certificates);
    let dovecot = mailboxes.iter().fold(builder, |made, one| made.user(one.user, PASSWORD)).start().unwrap();
    let (folder, receiver) = (Folder::new(name), Receiver::start(Duration::from_millis(10)));
    let mut program = Program::new(env!("CARGO_BIN_EXE_rejoinder"), folder.path());
    program.arguments = vec!["--ca-file".into(), certificates.ca_pem().into()];
    let mut running = program.start();
    set_up(&running.api, &dovecot, protocol, mailboxes, &receiver);
    let feeder = Feeder::start(dovecot.lmtp(), mailboxes.iter().map(|one| one.user).collect());
    let (mut random, mut hits, mut reading) = (Random::new(11), Hits::new(), 0);
    for kill in 0..KILLS {
        feeder.grant(MAILS);
        pause(Duration::from_millis(random.below(WITHIN_MS)));
        // A third aims, because on a slow machine the reading would be met too seldom.
        if kill % 3 == 0 {
            running.until_in(&READING, AIM);
        }
        let stages = running.kill();
        reading += u64::from(READING.iter().any(|stage| stages.contains(stage)));
        hits.count(&stages);
        running = program.start();
    }
    let mails = feeder.finish();
    let copies = || running.api.all("/api/v1/arrivals").len();
    until("all mails are read", || copies() >= mails);
    effects::drain(&running.api, DRAIN);
    let mut effects = Effects::of_load(&running.api, &receiver, mails);
    effects.must(copies() == mails, format!("{} copies of {mails} mails", copies()));
    check_sources(&mut effects, &dovecot, mailboxes, mails);
    println!(
        "{name}: {KILLS} kills, {mails} mails, {} deliveries uncertain, {reading} kills hit the reading; stages \
         hit: {hits}",
        effects.uncertain
    );
    assert!(running.stop(), "the program stops when it is asked to");
    assert!(effects.violations.is_empty(), "{:#?}", effects.violations);
    assert!(reading * 100 >= KILLS * HIT_PERCENT, "only {reading} of {KILLS} kills hit the reading");
}

#[test]
fn fifty_kills_while_mailboxes_are_read_over_imap_leave_every_effect_exact() {
    is_exact("kills-imap", "imap", &[DELETED, FLAGGED]);
}

#[test]
fn fifty_kills_while_a_mailbox_is_read_over_pop3_leave_every_effect_exact() {
    is_exact("kills-pop3", "pop3", &[DELETED]);
}
