//! Who looks on while a case is played: tests that decide everything a second time, and tests that do everything in a
//! database too. Knows no database itself. What they find wrong ends their test, not the case.

use std::collections::BTreeMap;

use rejoinder_engine::config::Config;
use rejoinder_engine::context::Context;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::inbound::Arrival;
use rejoinder_engine::inbound::again::Before;
use rejoinder_engine::notify::Event;
use rejoinder_engine::plan::Plan;
use rejoinder_engine::record::Record;
use rejoinder_engine::request::Request;
use rejoinder_engine::time::Timestamp;

/// How something is decided; why it cannot be.
pub type Decision<'a> = &'a dyn Fn(Context<'_>) -> Result<Plan, String>;

/// What is to be decided.
pub struct Unit<'a> {
    /// Its seed.
    pub seed: Seed,
    /// Its time.
    pub now: Timestamp,
    /// Its decision.
    pub make: Decision<'a>,
}

/// Sees every decision.
pub trait Watch {
    /// This was decided; `again` decides it once more.
    fn decided(&mut self, plan: &Plan, again: &dyn Fn() -> Result<Plan, String>, config: &Config);
}

/// A database that holds what the memory holds.
pub trait Beside {
    /// Its configuration generation.
    fn generation(&self) -> i64;
    /// Keeps a copy of a mail and claims it; the copy as a worker has it then.
    fn receive(&mut self, mail: Arrival, seed: Seed, now: Timestamp) -> Arrival;
    /// Knows that the mail has done so much.
    fn has_done(&self, mail: &Arrival, before: &Before);
    /// Claims an event; the event as a worker has it then.
    fn claim(&mut self, event: Event, now: Timestamp) -> Event;
    /// Keeps and claims a run of a scheduled job; the claim.
    fn run(&mut self, run: Id, job: Id, seed: Seed, now: Timestamp) -> i64;
    /// Does the unit here too; `plan` is what was decided in memory.
    fn settle(&mut self, unit: &Unit<'_>, plan: &Plan);
    /// Applies a plan that only makes the world in which the case begins.
    fn prepare(&mut self, plan: &Plan);
    /// Holds what the plan says, and the records that it wrote as the memory has them.
    fn holds(&self, plan: &Plan, records: &BTreeMap<Id, Record>);
    /// Refuses the request of this seed and time with the same words.
    fn refuses(&self, at: (Seed, Timestamp), request: &Request, words: &str);
    /// Refuses a plan whose reads have changed.
    fn conflicts(&self, plan: &Plan);
    /// The events that wait until `now` are of no interest.
    fn forget_events(&mut self, now: Timestamp);
    /// The events that wait have come through these rules and actions.
    fn chain(&self, chain: &[String]);
    /// A relay put the Message-ID `theirs` in place of `ours`.
    fn learn(&self, ours: &str, theirs: &str);
}
