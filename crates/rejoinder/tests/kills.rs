//! Kills from outside during load: every effect exact, uncertain deliveries counted (proof for invariants 1 and 2).
//!
//! The program runs as a process of its own; senders hand it mails until they read 250; a receiver writes down what
//! it got. After each kill the program is started again over the same data. At the end every accepted mail has one
//! incident, one number, one answer, and the receiver's log fits the deliveries. A build with the feature
//! `sabotage` must be found out by the same harness.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a harness: what fails ends the test with its place"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rejoinder_server::env::pause;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::load::Load;
use rejoinder_testkit::process::{Program, Running, STAGES};
use rejoinder_testkit::random::Random;
use rejoinder_testkit::receiver::Receiver;
use serde_json::{Value as Json, json};

/// Kills on each database.
#[cfg(not(feature = "sabotage"))]
const KILLS: u64 = 60;
/// Kills of the build that lies: a few are enough to find it out.
#[cfg(feature = "sabotage")]
const KILLS: u64 = 12;
/// Threads that send.
const SENDERS: usize = 6;
/// Between two mails of one sender. Below what the program needs for a mail, so that work is always under way; yet
/// a build that says 250 at once is not buried in more mails than it can work off.
const PACE: Duration = Duration::from_millis(4);
/// The address that the load is sent to.
const ADDRESS: &str = "load@help.example";
/// The shares of kills that must have hit a transaction, and an SMTP conversation after DATA.
#[cfg(not(feature = "sabotage"))]
const HIT_PERCENT: u64 = 10;
/// How long the program may take until it has taken mails, and between two looks at whether it has.
const BEGIN: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(2);
/// How long the queues may take to run empty at the end.
const DRAIN: Duration = Duration::from_secs(180);

struct Report {
    mails: usize,
    again: usize,
    hits: BTreeMap<&'static str, u64>,
    uncertain: usize,
    violations: Vec<String>,
}

fn text<'a>(row: &'a Json, field: &str) -> &'a str {
    row.get(field).and_then(Json::as_str).unwrap_or_default()
}

fn run(name: &str, database: Option<String>, kills: u64) -> Report {
    let folder = Folder::new(name);
    let receiver = Receiver::start(Duration::from_millis(40));
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_rejoinder"));
    let program = Program { binary, data: folder.path().to_owned(), database };
    let mut running = program.start();
    set_up(&running.api, receiver.address.port());
    let load = Load::start(SENDERS, ADDRESS, PACE);
    let mut random = Random::new(7);
    let mut hits: BTreeMap<&'static str, u64> = STAGES.iter().map(|stage| (*stage, 0)).collect();
    for _ in 0..kills {
        let before = load.taken();
        load.point_to(Some(running.smtp));
        until_at_work(&load, before);
        pause(Duration::from_millis(random.below(400)));
        for stage in running.kill() {
            *hits.entry(stage).or_default() += 1;
        }
        load.point_to(None);
        running = program.start();
    }
    load.point_to(Some(running.smtp));
    let (mails, again) = load.finish();
    drain(&running);
    let (violations, uncertain) = check(&running.api, &receiver, mails);
    assert!(running.stop(), "the program stops when it is asked to");
    Report { mails, again, hits, uncertain, violations }
}

/// Waits until the program that was just started has taken mails: a kill before that hits nothing.
fn until_at_work(load: &Load, before: usize) {
    for _ in 0..BEGIN.as_millis() / LOOK.as_millis() {
        if load.taken() >= before + SENDERS {
            return;
        }
        pause(LOOK);
    }
    panic!("no mail was taken within {BEGIN:?} after a start");
}

/// An account that receives, one that sends to the receiver.
fn set_up(api: &Api, port: u16) {
    let insert = |table: &str, fields: Json| {
        api.post(&format!("/api/v1/records/{table}"), &json!({ "fields": fields }));
    };
    insert("email_account", json!({ "name": "Load", "type": "listener", "addresses": [ADDRESS] }));
    insert(
        "email_account",
        json!({ "name": "Out", "type": "smtp", "server": "127.0.0.1", "port": port, "encryption": "none",
            "from_address": ADDRESS }),
    );
    insert("setting", json!({ "name": "default.email.account.send", "value": "Out" }));
}

/// Waits until nothing is left to do.
fn drain(running: &Running) {
    let open = [
        "/api/v1/arrivals?state=ready&limit=1",
        "/api/v1/arrivals?state=in_process&limit=1",
        "/api/v1/events?state=ready&limit=1",
        "/api/v1/events?state=in_process&limit=1",
        "/api/v1/deliveries?state=ready&limit=1",
        "/api/v1/deliveries?state=sending&limit=1",
    ];
    let empty =
        |path: &&str| running.api.get(path).get("items").and_then(Json::as_array).is_some_and(Vec::is_empty);
    for _ in 0..DRAIN.as_millis() / 100 {
        if open.iter().all(&empty) {
            return;
        }
        pause(Duration::from_millis(100));
    }
    panic!("the queues did not run empty within {DRAIN:?}");
}

/// What is not as it must be, and how many deliveries are uncertain.
fn check(api: &Api, receiver: &Receiver, mails: usize) -> (Vec<String>, usize) {
    let mut violations = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            violations.push(what);
        }
    };
    let mut subjects: BTreeMap<String, u32> = BTreeMap::new();
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    for incident in api.all("/api/v1/records/incident") {
        let fields = incident.get("fields").unwrap();
        *subjects.entry(text(fields, "subject").to_owned()).or_default() += 1;
        *numbers.entry(text(fields, "number").to_owned()).or_default() += 1;
    }
    for n in 0..mails {
        let count = subjects.remove(&format!("Load {n}")).unwrap_or_default();
        must(count == 1, format!("mail {n} has {count} incidents"));
    }
    must(subjects.is_empty(), format!("incidents of no mail: {subjects:?}"));
    for (number, count) in numbers {
        must(count == 1, format!("{count} incidents share the number {number}"));
    }
    let incoming = api.all("/api/v1/emails?direction=incoming").len();
    must(incoming == mails, format!("{incoming} incoming mails instead of {mails}"));
    let mut log: BTreeMap<String, u32> = BTreeMap::new();
    for received in receiver.received() {
        *log.entry(received.message_id).or_default() += 1;
    }
    let states: BTreeMap<String, String> = api
        .all("/api/v1/deliveries")
        .iter()
        .map(|row| (text(row, "email").to_owned(), text(row, "state").to_owned()))
        .collect();
    let answers = api.all("/api/v1/emails?direction=outgoing");
    must(answers.len() == mails, format!("{} answers instead of {mails}", answers.len()));
    let mut uncertain = 0;
    for answer in answers {
        let got = log.remove(text(&answer, "message_id")).unwrap_or_default();
        match states.get(text(&answer, "id")).map(String::as_str) {
            Some("sent") => must(got == 1, format!("an answer that is `sent` was received {got} times")),
            Some("uncertain") => {
                uncertain += 1;
                must(got <= 1, format!("an uncertain answer was received {got} times"));
            }
            other => must(false, format!("an answer ended as {other:?}")),
        }
    }
    must(log.is_empty(), format!("{} mails were received that nobody planned", log.len()));
    (violations, uncertain)
}

impl Report {
    fn tell(&self, name: &str) {
        println!(
            "{name}: {KILLS} kills, {} mails ({} tries again), {} deliveries uncertain, stages hit: {:?}",
            self.mails, self.again, self.uncertain, self.hits
        );
    }
}

#[cfg(not(feature = "sabotage"))]
fn is_exact(name: &str, database: Option<String>) {
    let report = run(name, database, KILLS);
    report.tell(name);
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    for stage in ["transaction", "data"] {
        let hit = report.hits.get(stage).copied().unwrap_or_default();
        assert!(hit * 100 >= KILLS * HIT_PERCENT, "only {hit} of {KILLS} kills hit a {stage}");
    }
}

#[cfg(not(feature = "sabotage"))]
#[test]
fn sixty_kills_on_sqlite_leave_every_effect_exact() {
    is_exact("kills-sqlite", None);
}

#[cfg(not(feature = "sabotage"))]
#[test]
fn sixty_kills_on_postgresql_leave_every_effect_exact() {
    match std::env::var("REJOINDER_TEST_POSTGRES") {
        Ok(url) => is_exact("kills-postgres", Some(rejoinder_testkit::postgres::database(&url, "kills"))),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("REJOINDER_TEST_POSTGRES is not set")
        }
        Err(_) => println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)"),
    }
}

/// A harness that cannot fail proves nothing: both lies of the build have to be seen, each by its own sign.
#[cfg(feature = "sabotage")]
#[test]
fn a_build_that_says_250_before_the_commit_and_sent_before_it_sends_is_found_out() {
    let report = run("kills-sabotage", None, KILLS);
    report.tell("kills-sabotage");
    let count = |sign: &str| report.violations.iter().filter(|text| text.contains(sign)).count();
    let lost = count("has 0 incidents");
    let unsent = count("`sent` was received 0 times");
    println!("sabotage: {lost} mails lost, {unsent} answers `sent` that were not");
    assert!(lost > 0 && unsent > 0, "{:#?}", report.violations);
}
