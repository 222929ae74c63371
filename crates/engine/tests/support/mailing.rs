//! Delivers bytes to the help desk's account, for proofs that are no stories.

use rejoinder_engine::inbound::{self, Arrival};
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Plan;

use super::world::World;

/// A copy of a mail as the help desk's account received it.
pub(crate) fn arrival(world: &mut World, bytes: Vec<u8>) -> (rejoinder_engine::id::Seed, Arrival) {
    let seed = world.next_seed();
    let arrival = Arrival {
        id: world.unit_id(seed),
        seq: 1,
        epoch: 1,
        account: record_id("demo", "accounts/help"),
        bytes,
        envelope_from: None,
        envelope_to: Vec::new(),
        authentication: String::new(),
    };
    (seed, arrival)
}

/// Decides on a mail and applies the plan.
pub(crate) fn receive(world: &mut World, bytes: Vec<u8>) -> Plan {
    let (seed, arrival) = arrival(world, bytes);
    let view = world.view.clone();
    let plan = world.decide(seed, &view, |context| inbound::decide(context, &arrival).unwrap());
    world.apply(&plan);
    plan
}
