//! The same SQL on the same database without anything above it: no HTTP, no JSON, no display values.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use rejoinder_engine::condition::source::Source;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_server::env::pause;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::serve::{Options, start};
use rejoinder_store::dialect::Dialect;
use rejoinder_store::replay::{self, Ran};
use rejoinder_store::{DbError, Page, RecordList, Store};
use rejoinder_testkit::random::Random;
use tokio::runtime::Runtime;

use super::figures::{Times, millis};
use super::people::Size;
use super::{Asked, now};

/// Updates that are written down and run again.
const UPDATES: usize = 100;
/// Commits of one row.
const COMMITS: i64 = 400;
/// How long their events may take.
const DRAIN: Duration = Duration::from_secs(60);
/// Tables of which no statement may read every row.
const LARGE: [&str; 8] =
    ["t_task", "t_user", "activity", "change", "event", "email", "email_link", "attachment"];

/// One row and its commit, again and again: what no update can be quicker than on this disk.
pub(crate) fn commits(store: &Store) {
    let mut times = Times::default();
    for round in 0..COMMITS {
        let began = now();
        store
            .write_committed(move |tx| {
                let sql = "INSERT INTO meta (name, value) VALUES ('bench', ?1) \
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                tx.execute(sql, &[round.to_string().into()]).map(|_| ())
            })
            .map_err(|error: DbError| error)
            .unwrap();
        times.add(began.elapsed());
    }
    println!("{}", times.line("one row and its commit, bare"));
}

/// Runs the lists' statements as they are, against the times that the API took.
pub(crate) fn lists(store: &Store, asked: &[Asked]) {
    let (mut bare, mut api) = (Times::default(), Times::default());
    let mut texts = BTreeSet::new();
    let dictionary = store.dictionary();
    for (place, one) in asked.iter().enumerate() {
        let condition = Source::parse(&one.filter).unwrap().check(&dictionary, "incident").unwrap();
        let list = RecordList::newest("incident", condition, Page::default());
        replay::record_reads();
        store.records(&list).unwrap();
        let ran = replay::recorded_reads();
        let began = now();
        store
            .read(|tx| {
                for one in &ran {
                    tx.query(&one.sql, &one.params)?;
                }
                Ok::<(), DbError>(())
            })
            .unwrap();
        bare.add(began.elapsed());
        api.add(one.took);
        for one in ran.into_iter().filter(|_| place.is_multiple_of(25)) {
            texts.insert(one.sql.clone()).then(|| walks(store, &one));
        }
    }
    if asked.is_empty() {
        return;
    }
    println!("{}", bare.line("the same SQL, bare"));
    let ratio = |part| api.within(part).as_secs_f64() / bare.within(part).as_secs_f64().max(1e-9);
    println!("  over the API: {:.1} times at p50, {:.1} times at p95", ratio(500), ratio(950));
}

/// Says of a statement that it reads every row of a large table, where it does.
fn walks(store: &Store, ran: &Ran) {
    let explained = store.read(|tx| match tx.dialect() {
        Dialect::Sqlite => {
            let rows = tx.query(&format!("EXPLAIN QUERY PLAN {}", ran.sql), &ran.params)?;
            Ok::<_, DbError>(rows.iter().filter_map(|row| row.text(3).ok()).collect::<Vec<_>>())
        }
        Dialect::Postgres => {
            let rows = tx.query(&format!("EXPLAIN {}", ran.sql), &ran.params)?;
            Ok(rows.iter().filter_map(|row| row.text(0).ok()).collect())
        }
    });
    for step in explained.unwrap_or_default() {
        let walked = LARGE.iter().any(|table| {
            step.contains(&format!("Seq Scan on {table}"))
                || (step.starts_with(&format!("SCAN {table}")) || step == "SCAN r") && !step.contains("USING")
        });
        if walked {
            println!("  WALKS: {step}: {}", ran.sql);
        }
    }
}

/// Updates decided and applied in this process, and what the writer ran for them run again on a copy of the file.
pub(crate) fn update_of_sqlite(runtime: &Runtime, data: &Path, size: Size) {
    let copy = data.join("copy.db");
    std::fs::copy(data.join("rejoinder.db"), &copy).unwrap();
    let running = runtime.block_on(start(Options::on_loopback(data))).unwrap();
    // Other words than those of an earlier run over a kept file.
    let run = std::fs::metadata(&copy).unwrap().len();
    let random = &mut Random::new(run);
    let settled = || {
        let began = now();
        let one = Page { after: None, limit: 1 };
        while began.elapsed() < DRAIN
            && ["ready", "in_process"]
                .iter()
                .any(|state| !running.app.store.events(Some(state), None, &one).unwrap().items.is_empty())
        {
            pause(Duration::from_millis(5));
        }
    };
    settled();
    replay::record();
    let mut times = Times::default();
    for round in 0..UPDATES {
        let key = RecordKey { table: "incident".to_owned(), id: size.incident(random.below(size.incidents)) };
        let fields = [("subject".to_owned(), Value::text(format!("Bare {round} of {run}")))].into();
        let began = now();
        change(&running.app, Asker::program(), vec![Change::Update { key, fields }]).unwrap();
        times.add(began.elapsed());
    }
    settled();
    let ran = replay::recorded();
    println!("{}", times.line("an update without HTTP"));
    for one in &ran {
        if ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|word| one.sql.starts_with(word)) {
            walks(&running.app.store, one);
        }
    }
    runtime.block_on(running.stop());
    describe(&ran);
    let began = now();
    let costs = replay::replay(&copy, &ran).expect("what was written down runs again");
    let bare = began.elapsed() / u32::try_from(UPDATES).unwrap();
    println!("  the same SQL for each, its event included, bare: {:.2} ms", millis(bare));
    let mut dearest: Vec<_> = costs.iter().collect();
    dearest.sort_by_key(|(_, (_, time))| std::cmp::Reverse(*time));
    for (sql, (count, time)) in dearest.into_iter().take(6) {
        let begin: String = sql.chars().take(70).collect();
        println!("    {:>7.2} ms for {count:>5} times {begin}", millis(*time));
    }
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(data.join(format!("copy.db{end}"))));
    }
}

/// What one update writes.
fn describe(ran: &[Ran]) {
    let begins = |word: &str| ran.iter().filter(|one| one.sql.starts_with(word)).count();
    let (commits, inserts, updates) = (begins("COMMIT"), begins("INSERT"), begins("UPDATE"));
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let each = |count: usize| count as f64 / UPDATES as f64;
    println!(
        "  for each update, its event included: {:.1} inserts, {:.1} updates, {:.1} commits with one fsync each",
        each(inserts),
        each(updates),
        each(commits)
    );
}
