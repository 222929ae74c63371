//! Kills from outside during load: every effect exact, uncertain deliveries counted (proof for invariants 1 and 2).
//!
//! The program runs as a process of its own; senders hand it mails until they read 250; a receiver writes down what
//! it got. After each kill the program is started again over the same data. At the end every accepted mail has one
//! incident, one number, one answer, and the receiver's log fits the deliveries. A build with the feature
//! `sabotage` must be found out by the same harness.
#![expect(clippy::panic, clippy::print_stdout, reason = "a harness: what fails ends the test with its place")]

use std::time::Duration;

use rejoinder_server::env::pause;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::effects::{self, Effects};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::load::Load;
use rejoinder_testkit::process::{Hits, Program};
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
/// How long a kill waits for the stage that it is meant for.
const AIM: Duration = Duration::from_secs(5);
/// How long the program may take until it has taken mails, and between two looks at whether it has.
const BEGIN: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(2);
/// How long the queues may take to run empty at the end.
const DRAIN: Duration = Duration::from_secs(180);

struct Report {
    mails: usize,
    again: usize,
    hits: Hits,
    uncertain: usize,
    violations: Vec<String>,
}

fn run(name: &str, database: Option<String>, kills: u64) -> Report {
    let folder = Folder::new(name);
    let receiver = Receiver::start(Duration::from_millis(40));
    let program = Program { database, ..Program::new(env!("CARGO_BIN_EXE_rejoinder"), folder.path()) };
    let mut running = program.start();
    set_up(&running.api, receiver.address.port());
    let load = Load::start(SENDERS, ADDRESS, PACE);
    let mut random = Random::new(7);
    let mut hits = Hits::new();
    for kill in 0..kills {
        let before = load.taken();
        load.point_to(Some(running.smtp));
        until_at_work(&load, before);
        pause(Duration::from_millis(random.below(400)));
        // A third falls anywhere; the others aim, because on a slow machine a stage would be met too seldom.
        match kill % 3 {
            0 => running.until_in(&["data"], AIM),
            1 => running.until_in(&["transaction"], AIM),
            _ => {}
        }
        hits.count(&running.kill());
        load.point_to(None);
        running = program.start();
    }
    load.point_to(Some(running.smtp));
    let (mails, again) = load.finish();
    effects::drain(&running.api, DRAIN);
    let Effects { violations, uncertain } = Effects::of_load(&running.api, &receiver, mails);
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

impl Report {
    fn tell(&self, name: &str) {
        println!(
            "{name}: {KILLS} kills, {} mails ({} tries again), {} deliveries uncertain, stages hit: {}",
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
        let hit = report.hits.of(stage);
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
