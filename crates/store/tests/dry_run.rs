//! The dry run is the real thing: every case file of the engine is played over a database too. Each of its units is
//! decided without effect, and the database stays as it is to the byte; then it is decided and applied as a worker
//! does, and the plan is the same byte for byte, over SQLite, over PostgreSQL and in memory; then the database holds
//! what the plan says, and nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]
#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::allow_attributes,
    reason = "the helpers are shared by several test files"
)]

mod common;
#[path = "dry_run/database.rs"]
mod database;
#[path = "dry_run/kept.rs"]
mod kept;
#[path = "dry_run/numbers.rs"]
mod numbers;
#[path = "dry_run/same.rs"]
mod same;
#[path = "../../engine/tests/support/mod.rs"]
mod support;

use std::thread;

use common::Backend;
use database::{Database, Tally, Template};
use support::case::{self, Case};
use support::play::play_in;
use support::world::World;

/// The least number of cases, as the engine's own tests want it.
const CASES_MIN: usize = 112;

/// Names the case in which a check has failed.
struct Telling<'a>(&'a Case);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("in the case {}: {}", self.0.name, self.0.sentence);
        }
    }
}

/// Plays every case over a database; gives how many there were, and what was done.
fn play_all(backend: Backend) -> (usize, Tally) {
    let cases = case::all();
    let (template, tally) = (Template::new(backend), Tally::default());
    for case in &cases {
        let _told = Telling(case);
        let database = Database::of(&template, &tally);
        let outcomes = play_in(case, World::beside(Box::new(database))).outcomes;
        let stated = case.sections.iter().filter(|section| section.name == "expect");
        let stated: Vec<&str> = stated.map(|section| section.body.trim_end()).collect();
        let outcomes: Vec<&str> = outcomes.iter().map(|outcome| outcome.trim_end()).collect();
        assert_eq!(outcomes, stated, "{}: {}", case.name, case.sentence);
    }
    (cases.len(), tally)
}

fn tell(tally: &Tally) -> String {
    let tally = tally.lock().unwrap();
    tally.iter().map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn on_every_case_file_a_dry_run_has_no_effect_and_is_the_plan_that_is_applied() {
    let (sqlite, postgres) = thread::scope(|scope| {
        let postgres =
            common::server().map(|server| scope.spawn(move || play_all(Backend::postgres(server))));
        let sqlite = play_all(Backend::sqlite());
        (sqlite, postgres.map(|thread| thread.join().unwrap()))
    });
    let (over_sqlite, on_sqlite) = &sqlite;
    let over_postgres = postgres.as_ref().map_or(0, |(cases, _)| *cases);
    println!("case files over SQLite: {over_sqlite}, over PostgreSQL: {over_postgres}");
    println!("on each: {}", tell(on_sqlite));
    assert!(*over_sqlite >= CASES_MIN, "{over_sqlite} cases");
    if let Some((_, on_postgres)) = &postgres {
        assert_eq!((*over_sqlite, tell(on_sqlite)), (over_postgres, tell(on_postgres)));
    }
}
