//! Mails per second from the listener to applied plans, against the same SQL replayed without anything above it.
//!
//! Each mail is handed in over SMTP on loopback and becomes an incident with its answer; the event of the incident
//! is looked at by the rules. Everything that ships is installed and active. Outgoing mail is written and not sent.
//! Afterwards the effects are counted. The bare part is what the writer of SQLite ran in a second, identical load: the same
//! statements in the same transactions on the same kind of file. A third and a fourth load say what further inbound
//! actions cost that are not for these mails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on ends"
)]
#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Direction;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_server::app::App;
use rejoinder_server::env::pause;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::serve::{Options, Running, start};
use rejoinder_store::replay::{self, Costs, Ran};
use rejoinder_store::{EmailFilter, Page};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::load::mail;
use rejoinder_testkit::smtp::Smtp;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

/// Mails of one load.
const MAILS: usize = 6_000;
/// Connections that hand them in.
const CONNECTIONS: usize = 64;
/// The address that they are sent to.
const ADDRESS: &str = "load@help.example";
/// Statements of the replay that are shown.
const DEAREST: usize = 10;
/// Between two looks at the queues.
const LOOK: Duration = Duration::from_millis(20);
/// Further inbound actions of the last loads: none of them is for the load's mails.
const FURTHER: [usize; 2] = [10, 100];
/// How long the last mails may take.
const DRAIN: Duration = Duration::from_secs(300);

struct Load {
    accepted: Duration,
    decided: Duration,
    told: Duration,
    /// Of the whole process; the threads that hand in are left out.
    processor: Duration,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

fn used(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

fn options(data: &Path, database: Option<String>) -> Options {
    Options { database, node: Some("bench".to_owned()), ..Options::on_loopback(data) }
}

fn insert(table: &str, fields: Vec<(&str, Value)>) -> Change {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Change::Insert { table: table.to_owned(), id: None, fields }
}

fn text(text: &str) -> Value {
    Value::text(text)
}

/// Accounts, and sending switched off: what is measured ends with the applied plan.
fn set_up(app: &App) {
    let setting =
        RecordKey { table: "setting".to_owned(), id: record_id("core", "settings/simple.email.smtp.active") };
    let changes = vec![
        insert(
            "email_account",
            vec![
                ("name", text("Load")),
                ("type", text("listener")),
                ("addresses", Value::List(vec![ADDRESS.to_owned()])),
            ],
        ),
        insert(
            "email_account",
            vec![
                ("name", text("Out")),
                ("type", text("smtp")),
                ("server", text("127.0.0.1")),
                ("encryption", text("none")),
                ("from_address", text(ADDRESS)),
            ],
        ),
        insert("setting", vec![("name", text("default.email.account.send")), ("value", text("Out"))]),
        Change::Update { key: setting, fields: [("value".to_owned(), text("false"))].into() },
    ];
    change(app, Asker::program(), changes).expect("the benchmark's accounts can be made");
}

/// Actions that are for other mail: answers, forwards, and those of another account, in equal parts.
fn further(app: &App, count: usize) {
    let changes = (0..count).map(|n| {
        let mut fields = vec![
            ("name", text(&format!("Further {n}"))),
            ("table", text("incident")),
            (
                "message_type",
                text(["reply", "forward", "new"].into_iter().cycle().nth(n).unwrap_or_default()),
            ),
            ("target", text("new")),
        ];
        if n % 3 == 2 {
            fields.push(("accounts", Value::List(vec!["Another".to_owned()])));
        }
        insert("inbound_action", fields)
    });
    change(app, Asker::program(), changes.collect()).expect("further actions can be made");
}

/// Hands in all mails; gives the processor time of the threads that did.
fn hand_in(running: &Running) -> Duration {
    let address = running.smtp.expect("the listener runs");
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let client = || {
            let mut smtp = Smtp::connect(address).expect("the listener takes connections");
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= MAILS {
                    break used(ClockId::ThreadCPUTime);
                }
                smtp.send(&format!("guest{n}@load.example"), ADDRESS, &mail(n, ADDRESS))
                    .expect("a mail is taken");
            }
        };
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    })
}

/// Waits until `left` finds nothing. It asks for one row at a time: what is measured must not be the measuring. What waits
/// comes first: what is claimed between two questions is then seen by the second.
fn wait_for(what: &str, began: Instant, left: impl Fn(&str, &Page) -> bool) -> Duration {
    let one = Page { after: None, limit: 1 };
    while began.elapsed() < DRAIN {
        if !["ready", "in_process"].iter().any(|state| left(state, &one)) {
            return began.elapsed();
        }
        pause(LOOK);
    }
    panic!("the queue of {what} did not run empty within {DRAIN:?}");
}

fn until_decided(app: &App, began: Instant) -> Duration {
    wait_for("arrivals", began, |state, one| !app.store.arrivals(Some(state), one).unwrap().items.is_empty())
}

fn until_told(app: &App, began: Instant) -> Duration {
    wait_for("events", began, |state, one| {
        !app.store.events(Some(state), None, one).unwrap().items.is_empty()
    })
}

fn load(running: &Running) -> Load {
    let (began, before) = (now(), used(ClockId::ProcessCPUTime));
    let clients = hand_in(running);
    let accepted = began.elapsed();
    let decided = until_decided(&running.app, began);
    let told = until_told(&running.app, began);
    let processor = used(ClockId::ProcessCPUTime).saturating_sub(before + clients);
    Load { accepted, decided, told, processor }
}

/// N records, N answers, N traces: nothing was left out to be fast.
fn check(app: &App) {
    let count = |direction| {
        let filter = EmailFilter { direction: Some(direction), ..EmailFilter::default() };
        let (mut mails, mut traces, mut records, mut after) = (0, 0, 0, None);
        loop {
            let page = app.store.emails(&filter, &Page { after, limit: 200 }).unwrap();
            for mail in &page.items {
                mails += 1;
                records += usize::from(mail.record.is_some());
                if mails % 50 == 0 {
                    let cause = app.store.email(mail.id).unwrap().unwrap().cause.1;
                    traces += app.store.traces(cause).unwrap().len();
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return (mails, records, traces),
            }
        }
    };
    let expected = (MAILS, MAILS, MAILS / 50);
    assert_eq!(
        count(Direction::Incoming),
        expected,
        "incoming mails with a record, and every 50th with its trace"
    );
    assert_eq!(count(Direction::Outgoing), expected, "answers with a record, and every 50th with its trace");
}

fn per_mail(time: Duration) -> f64 {
    1_000.0 / per_second(time)
}

fn per_second(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of mails is small")]
    let mails = MAILS as f64;
    mails / time.as_secs_f64()
}

/// Waits for what is being written, then copies the database files.
fn copy(from: &Path, to: &Path) {
    for name in ["rejoinder.db", "rejoinder.db-wal"] {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

fn sqlite(runtime: &Runtime) {
    let folder = Folder::new("bench-sqlite");
    let running = runtime.block_on(start(options(folder.path(), None))).unwrap();
    set_up(&running.app);
    println!("SQLite: {MAILS} mails, {CONNECTIONS} connections; {}", installed(&running.app));
    let measured = load(&running);
    check(&running.app);
    runtime.block_on(running.stop());
    println!("  taken over SMTP:                       {:>7.0} mails/s", per_second(measured.accepted));
    println!("  from the listener to the applied plan: {:>7.0} mails/s", per_second(measured.decided));
    println!("  … and its event told to the rules:     {:>7.0} mails/s", per_second(measured.told));
    println!("  processor time, without the clients:   {:>7.2} ms a mail", per_mail(measured.processor));
    let (ran, bare, costs) = bare_sqlite(runtime);
    describe(&ran);
    dearest(&costs);
    println!("  the same SQL replayed:                 {:>7.0} mails/s", per_second(bare));
    println!(
        "  ratio (goal at least 0.5):             {:>7.2}",
        bare.as_secs_f64() / measured.decided.as_secs_f64()
    );
    for count in FURTHER {
        with_further(runtime, count);
    }
}

/// The load once more, with so many further actions.
fn with_further(runtime: &Runtime, count: usize) {
    let folder = Folder::new("bench-further");
    let running = runtime.block_on(start(options(folder.path(), None))).unwrap();
    set_up(&running.app);
    further(&running.app, count);
    let measured = load(&running);
    check(&running.app);
    runtime.block_on(running.stop());
    println!(
        "  with {count:>3} further actions:             {:>7.0} mails/s, {:.2} ms a mail",
        per_second(measured.decided),
        per_mail(measured.processor)
    );
}

/// What is installed and active: everything that ships.
fn installed(app: &App) -> String {
    let config = app.config().unwrap();
    let automation = &config.automation;
    let scripts = config.actions.iter().filter(|action| !action.script.is_empty()).count()
        + automation.business_rules.len()
        + automation.event_actions.len()
        + automation.includes.len();
    format!(
        "shipped and active: {} tables, {} inbound actions, {} notification rules, {} business rules, {} event actions, {} \
         scheduled jobs, {scripts} scripts in all of these",
        config.dictionary.tables().count(),
        config.actions.len(),
        config.rules.len(),
        automation.business_rules.len(),
        automation.event_actions.len(),
        config.jobs.len()
    )
}

/// The same load again, written down, and what was written down run against a copy of the file before it.
fn bare_sqlite(runtime: &Runtime) -> (Vec<Ran>, Duration, Costs) {
    let (folder, before) = (Folder::new("bench-record"), Folder::new("bench-replay"));
    let running = runtime.block_on(start(options(folder.path(), None))).unwrap();
    set_up(&running.app);
    until_told(&running.app, now());
    copy(folder.path(), before.path());
    replay::record();
    load(&running);
    let ran = replay::recorded();
    runtime.block_on(running.stop());
    let began = now();
    let costs = replay::replay(&before.path().join("rejoinder.db"), &ran);
    let bare = began.elapsed();
    (ran, bare, costs.expect("what was written down runs again"))
}

/// What one mail writes. Each commit is one fsync of the write-ahead log.
fn describe(ran: &[Ran]) {
    let is = |one: &&Ran, words: &[&str]| words.iter().any(|word| one.sql.starts_with(word));
    let writes = ran.iter().filter(|one| is(one, &["INSERT", "UPDATE", "DELETE", "WITH"])).count();
    let commits = ran.iter().filter(|one| is(one, &["COMMIT"])).count();
    let bytes: usize = ran
        .iter()
        .flat_map(|one| &one.params)
        .map(|param| match param {
            rejoinder_store::tx::SqlValue::Text(text) => text.len(),
            rejoinder_store::tx::SqlValue::Blob(bytes) => bytes.len(),
            _ => 8,
        })
        .sum();
    println!(
        "  one mail: {} writing statements, {} bytes of parameters, one commit (and fsync) for {} mails",
        writes / MAILS,
        bytes / MAILS,
        MAILS.checked_div(commits).unwrap_or(0)
    );
}

/// The statements that cost most in the replay.
fn dearest(costs: &Costs) {
    let mut all: Vec<_> = costs.iter().collect();
    all.sort_by_key(|(_, (_, time))| std::cmp::Reverse(*time));
    for (sql, (count, time)) in all.into_iter().take(DEAREST) {
        let begin: String = sql.chars().take(70).collect();
        println!("    {:>5} ms for {count:>6} times {begin}", time.as_millis());
    }
}

fn postgres(runtime: &Runtime) {
    let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
        println!("PostgreSQL: left out, REJOINDER_TEST_POSTGRES names no server (make bench starts one)");
        return;
    };
    let folder = Folder::new("bench-postgres");
    let url = rejoinder_testkit::postgres::database(&server, "bench");
    let running = runtime.block_on(start(options(folder.path(), Some(url)))).unwrap();
    set_up(&running.app);
    println!("PostgreSQL: {MAILS} mails, {CONNECTIONS} connections");
    let measured = load(&running);
    check(&running.app);
    runtime.block_on(running.stop());
    println!("  from the listener to the applied plan: {:>7.0} mails/s", per_second(measured.decided));
    println!("  … and its event told to the rules:     {:>7.0} mails/s", per_second(measured.told));
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    sqlite(&runtime);
    postgres(&runtime);
}
