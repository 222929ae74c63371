//! The world of rule tests, in which every decision is made twice and checked, and what goes wrong ends the test.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};

use rejoinder_engine::condition::eval::Reason;
use rejoinder_engine::config::Config;
use rejoinder_engine::context::Context;
use rejoinder_engine::id::Seed;
use rejoinder_engine::limits::TRACE_BYTES_MAX;
use rejoinder_engine::plan::{Actor, Plan};
use rejoinder_engine::request::Change;
use rejoinder_engine::trace::{Step, Trace};
use rejoinder_ruletest::beside::Watch;
use sha2::{Digest, Sha256};

use super::beside::Beside;
use super::loading::{KEY, SECRET, SHIPPED};
use super::memory::Memory;
use super::play::Seen;
use super::verdict;

/// A world and what was found in it.
pub(crate) struct World {
    world: rejoinder_ruletest::World,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

impl Deref for World {
    type Target = rejoinder_ruletest::World;
    fn deref(&self) -> &Self::Target {
        &self.world
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.world
    }
}

#[allow(dead_code, clippy::allow_attributes, reason = "not every test file asks for all of it")]
impl World {
    /// The shipped packs and nothing else.
    pub(crate) fn new() -> Self {
        let mut world = rejoinder_ruletest::World::new(&SHIPPED);
        let seen: Arc<Mutex<Seen>> = Arc::default();
        world.watch = Some(Box::new(Again(seen.clone())));
        Self { world, seen }
    }

    /// What another world held, at the beginning of all stories.
    pub(crate) fn over(view: Memory) -> Self {
        let mut new = Self::new();
        new.world = rejoinder_ruletest::World::over(view);
        new.watch = Some(Box::new(Again(new.seen.clone())));
        new
    }

    /// Decides once on the records as they are, and applies: for proofs of many mails, which look at outcomes only.
    pub(crate) fn settle_once(&mut self, seed: Seed, make: impl Fn(Context<'_>) -> Plan) -> Plan {
        let watch = self.watch.take();
        let plan = self.settle(seed, make);
        self.watch = watch;
        plan
    }

    /// The same beside a database that holds the shipped packs.
    pub(crate) fn beside(database: Box<dyn Beside>) -> Self {
        let mut world = Self::new();
        world.config.generation = database.generation();
        world.beside = Some(database);
        world
    }

    /// Decides without effect.
    pub(crate) fn decide(&mut self, seed: Seed, view: &Memory, make: impl Fn(Context<'_>) -> Plan) -> Plan {
        self.world.decide(seed, view, |context| Ok(make(context))).unwrap()
    }

    /// Decides and applies.
    pub(crate) fn settle(&mut self, seed: Seed, make: impl Fn(Context<'_>) -> Plan) -> Plan {
        self.world.settle(seed, |context| Ok(make(context))).unwrap()
    }

    /// Applies a plan.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        self.world.apply(plan).unwrap();
    }

    /// Asks for changes; applied where nothing speaks against them.
    pub(crate) fn request(&mut self, actor: Actor, changes: Vec<Change>) -> Result<Plan, String> {
        self.world.request(actor, changes).map_err(|error| error.to_string())
    }

    /// Writes the records of a `config` or `records` section.
    pub(crate) fn write(&mut self, text: &str) {
        self.world.write(text).unwrap_or_else(|fault| panic!("{fault:?}"));
    }

    /// The person who is called so, as an actor.
    pub(crate) fn actor(&self, name: &str) -> Actor {
        self.world.actor(name).unwrap()
    }
}

/// Decides everything once more, as a dry run before it is done in earnest; both must be the same bytes.
struct Again(Arc<Mutex<Seen>>);

impl Watch for Again {
    fn decided(&mut self, plan: &Plan, again: &dyn Fn() -> Result<Plan, String>, config: &Config) {
        let bytes = plan.canonical();
        assert_eq!(again().unwrap().canonical(), bytes, "deciding twice gives the same plan");
        let mut seen = self.0.lock().unwrap();
        seen.verdicts += check_trace(&plan.trace, config);
        seen.hashes.push(data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes)));
    }
}

/// Every verdict can be worked out again from the trace as it is stored; it is bounded and holds no secret. How many
/// verdicts there were.
fn check_trace(trace: &Trace, config: &Config) -> usize {
    let text = serde_json::to_string(trace).unwrap();
    assert!(text.len() <= TRACE_BYTES_MAX, "a trace of {} bytes", text.len());
    assert!(!text.contains(SECRET) && !text.contains(KEY), "a secret in a trace");
    let stored: Trace = serde_json::from_str(&text).unwrap();
    assert_eq!(stored, *trace);
    let clauses = |step: &Step| match step {
        Step::Considered { reason: Some(Reason::Clause(clause)), .. } => clause.path.contains("digest"),
        _ => false,
    };
    assert!(!stored.steps.iter().any(clauses), "a clause about a secret");
    verdict::check(trace, config)
}
