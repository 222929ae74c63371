//! Numbers are unique and kept by their arrival; lanes end a storm of conflicts.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use common::both;

use std::collections::BTreeSet;

use plans::{LEASE, arrival, at, claim, define, insert, none_with_subject, request};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::limits::REDECIDE_MAX;
use rejoinder_engine::plan::{Guard, Plan};
use rejoinder_engine::reads::digest;
use rejoinder_engine::time::SECOND;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::{
    ApplyError, LANE_HELD_MAX, NUMBER_BLOCK, NUMBERS_PER_ARRIVAL_MAX, NumberBlocks, QueueError, Store,
};

/// A decision that counts the incidents in state `new` and adds one.
fn decide(store: &Store, label: &str) -> Plan {
    let condition = Condition::clause("state", Kind::Choice, Operator::Is, vec![Value::text("new")]);
    let query = Query::new("incident", condition);
    let rows = store.view().unwrap().query(&query).unwrap();
    let mut plan = request(label, 1);
    plan.guards = vec![Guard::Query { query, digest: digest(&rows) }];
    plan.records = vec![insert("incident", label, &[("state", "new")])];
    plan
}

both! {
    fn numbers_are_unique_among_threads(store) {
        let blocks = NumberBlocks::new();
        let shared: &Store = store;
        let given: Vec<Vec<i64>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..150).map(|_| blocks.next(shared, "incident").unwrap()).collect()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let all: BTreeSet<i64> = given.iter().flatten().copied().collect();
        assert_eq!(all.len(), 600);
        let other_process = NumberBlocks::new();
        assert!(!all.contains(&other_process.next(shared, "incident").unwrap()));
        assert_eq!(other_process.next(shared, "problem").unwrap(), 1);
    }

    fn a_block_is_reserved_once(store) {
        let first = store.reserve_numbers("incident", NUMBER_BLOCK).unwrap();
        let second = store.reserve_numbers("incident", NUMBER_BLOCK).unwrap();
        assert_eq!((first.start, first.end, second.start), (1, 1 + i64::from(NUMBER_BLOCK), first.end));
        store.numbers_used("incident", 5_000).unwrap();
        assert_eq!(store.reserve_numbers("incident", 1).unwrap(), 5_001..5_002);
        store.numbers_used("incident", 10).unwrap();
        assert_eq!(store.reserve_numbers("incident", 1).unwrap(), 5_002..5_003, "an older number changes nothing");
    }

    fn an_arrival_keeps_its_numbers_when_it_is_decided_again(store) {
        store.accept(arrival("a", 0, &[])).unwrap();
        let first = store.claim_arrivals(&claim(0, "first")).unwrap().pop().unwrap();
        let of_first = (first.seq, first.epoch);
        assert_eq!(store.assign_number(of_first, "incident", 0, 41).unwrap(), 41);
        assert_eq!(store.assign_number(of_first, "incident", 1, 42).unwrap(), 42);
        assert_eq!(store.assign_number(of_first, "incident", 0, 99).unwrap(), 41);
        let second = store.claim_arrivals(&claim(LEASE / SECOND, "second")).unwrap().pop().unwrap();
        assert_eq!(second.numbers["incident"], [41, 42]);
        assert_eq!(store.assign_number((second.seq, second.epoch), "incident", 1, 100).unwrap(), 42);
        let stale = store.assign_number(of_first, "incident", 2, 43);
        assert!(matches!(stale, Err(QueueError::Fenced)));
        let skipped = store.assign_number((second.seq, second.epoch), "incident", 3, 44);
        assert!(matches!(skipped, Err(QueueError::NotPossible(_))));
    }

    fn an_arrival_gets_only_so_many_numbers(store) {
        store.accept(arrival("a", 0, &[])).unwrap();
        let one = store.claim_arrivals(&claim(0, "worker")).unwrap().pop().unwrap();
        let claimed = (one.seq, one.epoch);
        for k in 0..NUMBERS_PER_ARRIVAL_MAX {
            store.assign_number(claimed, "incident", k, i64::try_from(k).unwrap()).unwrap();
        }
        let over = store.assign_number(claimed, "incident", NUMBERS_PER_ARRIVAL_MAX, 1);
        assert!(matches!(over, Err(QueueError::NotPossible(_))));
    }

    fn a_lane_ends_a_storm_of_conflicts(store) {
        define(store);
        let lane = ["task".to_owned()];
        for round in 0..REDECIDE_MAX {
            let unlucky = decide(store, "unlucky");
            store.apply(&decide(store, &format!("lucky {round}"))).unwrap();
            assert!(matches!(store.apply(&unlucky), Err(ApplyError::Conflict(_))));
        }
        assert!(store.lane_take(&lane, "unlucky", at(1), at(11)).unwrap());
        let unlucky = decide(store, "unlucky");
        let other = store.apply(&decide(store, "other"));
        assert!(matches!(other, Err(ApplyError::LaneBusy { ref root }) if root == "task"), "{other:?}");
        assert!(matches!(store.apply_in_lane(&decide(store, "other"), "other"), Err(ApplyError::LaneBusy { .. })));
        let mut elsewhere = request("elsewhere", 1);
        elsewhere.records = vec![insert("user", "anna", &[])];
        store.apply(&elsewhere).unwrap();
        store.apply_in_lane(&unlucky, "unlucky").unwrap();
        store.lane_release("unlucky").unwrap();
        store.apply(&decide(store, "other")).unwrap();
    }

    fn a_lane_is_taken_whole_or_not_at_all_and_ends_by_itself(store) {
        define(store);
        let (task, user) = ("task".to_owned(), "user".to_owned());
        assert!(store.lane_take(std::slice::from_ref(&user), "first", at(0), at(10)).unwrap());
        assert!(!store.lane_take(&[task.clone(), user.clone()], "second", at(1), at(11)).unwrap());
        assert!(store.lane_take(std::slice::from_ref(&task), "third", at(1), at(2)).unwrap(), "second took nothing");
        assert!(store.lane_take(&[task.clone(), user], "second", at(10), at(1_000_000)).unwrap());
        let longest = LANE_HELD_MAX / SECOND;
        assert!(!store.lane_take(std::slice::from_ref(&task), "third", at(9 + longest), at(100)).unwrap());
        // A claim knows the present and removes what is over, for plans that were decided long before.
        store.claim_arrivals(&claim(10 + longest, "worker")).unwrap();
        store.apply(&decide(store, "later")).unwrap();
    }

    fn a_dry_plan_leaves_the_numbers_alone(store) {
        define(store);
        let before = store.content_hash().unwrap();
        let plan = decide(store, "dry");
        assert_eq!(plan.records.len(), 1);
        assert_ne!(plan.guards, vec![none_with_subject("dry")]);
        assert_eq!(store.content_hash().unwrap(), before);
    }
}
