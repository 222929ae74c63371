//! The product: mails over SMTP into the listener, each `250` after its commit, to applied plans with queued answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rejoinder_engine::condition::Condition;
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::{ActivityKind, Direction};
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_server::app::App;
use rejoinder_server::env::pause;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::serve::{Options, Running, start};
use rejoinder_store::{EmailFilter, Page, RecordList};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::smtp::Smtp;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

use crate::judge::{Entry, One, Seen, Took};
use crate::letters::{DESK, Letter, PEOPLE, person};
use crate::now;

/// Connections that hand the mails in.
const CONNECTIONS: usize = 32;
/// Between two looks at the queues.
const LOOK: Duration = Duration::from_millis(2);
/// How long the last mail may take.
const DRAIN: Duration = Duration::from_secs(120);

/// A running program on an empty database.
pub(crate) struct Ours {
    running: Running,
    /// Removed after the program has ended.
    _folder: Folder,
}

/// What only this system is asked: more of its times.
pub(crate) struct More {
    /// Until the rules had heard of every event.
    pub(crate) told: Duration,
    /// Processor time of the threads that hand in, which the total includes.
    pub(crate) clients: Duration,
}

fn used(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

impl Ours {
    pub(crate) fn start(runtime: &Runtime) -> Self {
        let folder = Folder::new("bench-ours");
        let options = Options { node: Some("bench".to_owned()), ..Options::on_loopback(folder.path()) };
        let running = runtime.block_on(start(options)).unwrap();
        set_up(&running.app);
        Self { running, _folder: folder }
    }

    pub(crate) fn stop(self, runtime: &Runtime) {
        runtime.block_on(self.running.stop());
    }

    /// What is configured, for people.
    pub(crate) fn about(&self) -> String {
        let config = self.running.app.config().unwrap();
        format!(
            "{} tables, {} inbound actions, {} notification rules",
            config.dictionary.tables().count(),
            config.actions.len(),
            config.rules.len()
        )
    }

    /// Takes these mails and waits until all are decided and the rules have heard of everything.
    pub(crate) fn take(&self, letters: &[Letter]) -> (Took, More) {
        let mails: Vec<Vec<u8>> = letters.iter().map(Letter::bytes).collect();
        let (began, before) = (now(), used(ClockId::ProcessCPUTime));
        let clients = self.hand_in(letters, &mails);
        let app = &self.running.app;
        wait_for(|state, one| !app.store.arrivals(Some(state), one).unwrap().items.is_empty());
        let wall = began.elapsed();
        wait_for(|state, one| !app.store.events(Some(state), None, one).unwrap().items.is_empty());
        let (told, processor) = (began.elapsed(), used(ClockId::ProcessCPUTime).saturating_sub(before));
        let mails = self.outcomes(&mails);
        (Took { wall, processor, mails }, More { told, clients })
    }

    fn hand_in(&self, letters: &[Letter], mails: &[Vec<u8>]) -> Duration {
        let address = self.running.smtp.expect("the listener runs");
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let client = || {
                let mut smtp = Smtp::connect(address).expect("the listener takes connections");
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(letter), Some(bytes)) = (letters.get(n), mails.get(n)) else { break };
                    smtp.send(&letter.mime.return_path, &recipient(&letter.mime.to), bytes)
                        .expect("a mail is taken");
                }
                used(ClockId::ThreadCPUTime)
            };
            let clients: Vec<_> = (0..CONNECTIONS.min(mails.len())).map(|_| scope.spawn(client)).collect();
            clients.into_iter().map(|client| client.join().unwrap()).sum()
        })
    }

    /// What was sent on each mail. The answers to a mail that came twice are counted for its copies in turn.
    fn outcomes(&self, mails: &[Vec<u8>]) -> Vec<One> {
        let store = &self.running.app.store;
        let mut answers: BTreeMap<Id, VecDeque<String>> = BTreeMap::new();
        for mail in every(|page| store.emails(&direction(Direction::Outgoing), page).unwrap()) {
            let cause = store.email(mail.id).unwrap().unwrap().cause.1;
            let bytes = store.email_bytes(mail.id).unwrap().unwrap();
            answers.entry(cause).or_default().push_back(String::from_utf8_lossy(&bytes).into_owned());
        }
        let mut sent: BTreeMap<Vec<u8>, VecDeque<String>> = BTreeMap::new();
        for arrival in every(|page| store.arrivals(None, page).unwrap()) {
            let bytes = store.arrival_bytes(arrival.id).unwrap().unwrap();
            sent.entry(bytes).or_default().extend(answers.remove(&arrival.id).unwrap_or_default());
        }
        mails
            .iter()
            .map(|bytes| One {
                error: None,
                sent: sent.get_mut(bytes).and_then(VecDeque::pop_front).into_iter().collect(),
            })
            .collect()
    }

    /// What there is.
    pub(crate) fn records(&self) -> Vec<Seen> {
        let store = &self.running.app.store;
        every(|page| {
            store.records(&RecordList::newest("incident", Condition::always(), page.clone())).unwrap()
        })
        .iter()
        .map(|record| self.seen(record))
        .collect()
    }

    fn seen(&self, record: &Record) -> Seen {
        let store = &self.running.app.store;
        let mut entries = vec![Entry { texts: vec![record.text("description").to_owned()] }];
        for activity in every(|page| store.activities(record.id, true, page).unwrap()) {
            if matches!(activity.kind, ActivityKind::Comment | ActivityKind::WorkNote) {
                entries.push(Entry { texts: vec![activity.text] });
            }
        }
        let files = store.attachments(record.id).unwrap().into_iter();
        let files = files.filter(|file| file.left_out.is_none()).map(|file| file.digest).collect();
        Seen { subject: record.text("subject").to_owned(), entries, files }
    }
}

fn direction(direction: Direction) -> EmailFilter {
    EmailFilter { direction: Some(direction), ..EmailFilter::default() }
}

/// All of a list.
fn every<T>(page: impl Fn(&Page) -> rejoinder_store::Listed<T>) -> Vec<T> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let listed = page(&Page { after, limit: 200 });
        all.extend(listed.items);
        after = listed.next;
        if after.is_none() {
            return all;
        }
    }
}

/// The bare address of a field that names one.
fn recipient(to: &str) -> String {
    to.rsplit('<').next().unwrap_or(to).trim_end_matches('>').to_owned()
}

/// Waits until neither anything waits nor anything is under way; what waits is asked first, so that what is claimed in
/// between is seen.
fn wait_for(left: impl Fn(&str, &Page) -> bool) {
    let one = Page { after: None, limit: 1 };
    let began = now();
    while began.elapsed() < DRAIN {
        if !["ready", "in_process"].iter().any(|state| left(state, &one)) {
            return;
        }
        pause(LOOK);
    }
    panic!("a queue did not run empty within {DRAIN:?}");
}

/// The desk's account, people, and sending switched off: what is measured ends with queued answers.
fn set_up(app: &App) {
    let insert = |table: &str, fields: Vec<(&str, Value)>| Change::Insert {
        table: table.to_owned(),
        id: None,
        fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    let text = |text: &str| Value::text(text);
    let desk = vec![
        ("name", text("Desk")),
        ("type", text("listener")),
        ("addresses", Value::List(vec![DESK.to_owned()])),
        ("from_address", text(DESK)),
        // As at the others, a number in the subject is enough.
        ("number_policy", text("accept")),
    ];
    let out = vec![
        ("name", text("Out")),
        ("type", text("smtp")),
        ("server", text("127.0.0.1")),
        ("encryption", text("none")),
        ("from_address", text(DESK)),
    ];
    let setting =
        RecordKey { table: "setting".to_owned(), id: record_id("core", "settings/simple.email.smtp.active") };
    let mut changes = vec![
        insert("email_account", desk),
        insert("email_account", out),
        insert("setting", vec![("name", text("default.email.account.send")), ("value", text("Out"))]),
        Change::Update { key: setting, fields: [("value".to_owned(), text("false"))].into() },
    ];
    for n in 0..PEOPLE {
        let (name, email) = person(n);
        changes.push(insert("user", vec![("name", text(&name)), ("email", text(&email))]));
    }
    change(app, Asker::program(), changes).expect("the desk can be set up");
}
