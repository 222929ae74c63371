//! A database beside the memory: what a case needs of it, so that whoever has one can play the cases over it.
//!
//! Knows no database itself; the store's tests do.
#![allow(dead_code, reason = "the engine's own tests have no database")]

use std::collections::BTreeMap;

use rejoinder_engine::context::Context;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::inbound::Arrival;
use rejoinder_engine::inbound::again::Before;
use rejoinder_engine::notify::Event;
use rejoinder_engine::plan::Plan;
use rejoinder_engine::record::Record;
use rejoinder_engine::request::Request;
use rejoinder_engine::time::Timestamp;

/// What is to be decided.
pub(crate) struct Unit<'a> {
    /// Its seed.
    pub(crate) seed: Seed,
    /// Its time.
    pub(crate) now: Timestamp,
    /// Its decision.
    pub(crate) make: &'a dyn Fn(Context<'_>) -> Plan,
}

/// A database that holds what the memory holds.
pub(crate) trait Beside {
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
