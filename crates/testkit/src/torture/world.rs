//! Where the damaged mails are played: the real program's store with the shipped packs, a clock that stands, and a few
//! records with mails of ours about them, the same in every run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, CountedNumbers};
use rejoinder_engine::id::Seed;
use rejoinder_engine::inbound::{Arrival, decide};
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::{Direction, Plan};
use rejoinder_engine::time::Timestamp;
use rejoinder_server::app::App;
use rejoinder_server::env::Env;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::ops::ingest::ingest;
use rejoinder_server::wire::Egress;
use rejoinder_server::workers::{panic_text, process};
use rejoinder_store::{EmailFilter, OpenOptions, Page, Snapshot, Store, Target};
use rustix::time::{ClockId, clock_gettime};

use super::graft::Lead;
use crate::folder::Folder;

/// Incidents that mails may be about.
const INCIDENTS: usize = 12;
/// When everything happens.
const NOW: &str = "2026-11-23T12:00:00Z";
/// Who writes the mails that become incidents.
const WRITERS: [&str; 3] = ["anna@example.com", "vera@example.com", "guest@example.net"];

/// The program without its workers, over a database of its own.
pub struct World {
    app: Arc<App>,
    config: Arc<Config>,
    view: Snapshot,
    /// What leads to the records that are there.
    pub leads: Vec<Lead>,
    _folder: Folder,
}

/// What became of one mail.
pub struct Played {
    /// The plan, or why there is none: what a panic said, or an error.
    pub plan: Result<Plan, String>,
    /// Processor time of the deciding thread: what else the machine does is not in it.
    pub used: Duration,
}

impl World {
    /// The packs, and some incidents with their answers.
    pub fn new() -> Self {
        let folder = Folder::new("torture");
        let target = Target::parse(&folder.path().join("rejoinder.db").to_string_lossy()).expect("a path");
        let store = Store::open(&target, &OpenOptions::default()).expect("a database can be made");
        let env = Env::fixed(Timestamp::parse(NOW).expect("a time"), 1);
        let app = App::new(store, env, Egress::LoopbackOnly, Some("torture".to_owned())).expect("a program");
        let app = Arc::new(app);
        let packs = ["core", "itsm", "demo"].map(|name| shipped(name).expect("a pack that is shipped"));
        install(&app, &packs).expect("the packs can be installed");
        app.reload().expect("a configuration");
        for n in 0..INCIDENTS {
            let writer = WRITERS.get(n % WRITERS.len()).expect("one of them");
            take_in(&app, &new_mail(n, writer));
        }
        let leads = leads(&app);
        assert_eq!(leads.len(), INCIDENTS, "each mail has made an incident, and was answered");
        let (config, view) = app.moment().expect("a view");
        Self { app, config, view, leads, _folder: folder }
    }

    /// Decides on a mail, as the worker would that has claimed it.
    pub fn play(&self, place: u64, bytes: Vec<u8>) -> Played {
        let seed = Seed::new([0; 32]).derive(&format!("torture:{place}"));
        let now = self.app.env.now();
        let (envelope_from, envelope_to) = envelope(place);
        let arrival = Arrival {
            id: seed.id("arrival", now),
            seq: 1,
            epoch: 1,
            account: record_id("demo", "accounts/help"),
            bytes,
            envelope_from,
            envelope_to,
            authentication: String::new(),
        };
        let numbers = CountedNumbers::after("incident", INCIDENTS as u64);
        let context = Context { config: &self.config, view: &self.view, now, seed, numbers: &numbers };
        let before = used();
        let decided = catch_unwind(AssertUnwindSafe(|| decide(context, &arrival)));
        let used = used().saturating_sub(before);
        let plan = match decided {
            Ok(decided) => decided.map_err(|error| error.to_string()),
            Err(panic) => Err(format!("a panic: {}", panic_text(panic.as_ref()))),
        };
        Played { plan, used }
    }

    /// Takes a mail in for good and lets the worker decide and apply; the program, for questions to its store.
    pub fn take_in(&self, bytes: &[u8]) -> &App {
        take_in(&self.app, bytes);
        &self.app
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

fn take_in(app: &Arc<App>, bytes: &[u8]) {
    ingest(app, bytes.to_vec(), Some("Help desk"), "torture").expect("a mail is taken");
    while process::tick(app).expect("the worker goes on") > 0 {}
}

/// What the source said of sender and recipients.
fn envelope(place: u64) -> (Option<String>, Vec<String>) {
    match place % 4 {
        0 => (Some("anna@example.com".to_owned()), vec!["help@example.com".to_owned()]),
        1 => (Some(String::new()), vec!["help+tag@example.com".to_owned()]),
        _ => (None, Vec::new()),
    }
}

fn new_mail(n: usize, from: &str) -> Vec<u8> {
    format!(
        "From: Person <{from}>\r\nTo: help@example.com\r\nSubject: Printer {n} is dead\r\n\
         Message-ID: <new-{n}@mail.example.net>\r\nDate: Mon, 23 Nov 2026 11:00:00 +0000\r\n\r\nIt blinks.\r\n"
    )
    .into_bytes()
}

/// The answers that the program has sent, each with its record.
fn leads(app: &App) -> Vec<Lead> {
    let config = app.config().expect("a configuration");
    let view = app.store.view().expect("a view");
    let filter = EmailFilter { direction: Some(Direction::Outgoing), ..EmailFilter::default() };
    let page = app.store.emails(&filter, &Page { after: None, limit: 100 }).expect("the mails");
    let lead = |mail: rejoinder_store::EmailRow| {
        use rejoinder_engine::view::View as _;
        let key = mail.record?;
        let record = view.get(&key.table, key.id).ok()??;
        let token = config.keys.token(key.id, app.env.now())?;
        Some(Lead { number: record.text("number").to_owned(), token, message_id: mail.message_id? })
    };
    page.items.into_iter().filter_map(lead).collect()
}

/// Processor time of this thread.
fn used() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let whole = u64::try_from(now.tv_sec).unwrap_or_default();
    Duration::new(whole, u32::try_from(now.tv_nsec).unwrap_or_default())
}
