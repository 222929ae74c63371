//! Some thousand damaged mails are decided, and some hundred taken in for good: no panic, nothing left waiting. The
//! benchmark of the same name plays a million.

use rejoinder_store::Page;
use rejoinder_testkit::torture::{Mutator, World};

/// Another seed than the benchmark's: what it has found stays found by it.
const SEED: u64 = 20_261_130;
const DECIDED: u64 = 3_000;
const TAKEN_IN: u64 = 300;

#[test]
fn damaged_mails_are_decided_without_a_panic() {
    let world = World::new();
    let mutator = Mutator::new(SEED, world.leads.clone(), None);
    let mut with_record = 0;
    for place in 0..DECIDED {
        let (bytes, name) = mutator.mail(place);
        let plan = world.play(place, bytes).plan;
        let plan = plan.unwrap_or_else(|why| panic!("mail {place} of seed {SEED}, made of {name}: {why}"));
        with_record += u64::from(plan.incoming.is_some_and(|mail| mail.record.is_some()));
    }
    println!("{DECIDED} damaged mails: {with_record} are on a record");
    assert!(with_record * 2 > DECIDED, "most are still of use: {with_record} of {DECIDED}");
}

#[test]
fn damaged_mails_are_taken_in_decided_and_applied() {
    let world = World::new();
    let mutator = Mutator::new(SEED + 1, world.leads.clone(), None);
    for place in 0..TAKEN_IN {
        let (bytes, name) = mutator.mail(place);
        let app = world.take_in(&bytes);
        for state in ["ready", "in_process"] {
            let left = app.store.arrivals(Some(state), &Page { after: None, limit: 1 }).unwrap().items;
            assert!(left.is_empty(), "mail {place} of seed {}, made of {name}: {left:?}", SEED + 1);
        }
    }
}
