//! The queues of arrivals, events and jobs: order, leases, attempts, and what a person can do.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{
    LEASE, arrival, at, claim, define, event, fan_out, id, incoming, outgoing, page, request, settling,
    settling_event, step, why,
};
use rejoinder_engine::plan::{EmailState, Purpose, Unit};
use rejoinder_engine::time::SECOND;
use rejoinder_store::{
    ARRIVAL_ATTEMPTS_MAX, ApplyError, CLAIM_MAX, EVENT_ATTEMPTS_MAX, JOB_ATTEMPTS_MAX, KEY_BYTES_MAX,
    KEYS_MAX, PARKED_BLOCKS, QueueError, Released, Store,
};

const PARKED_SECONDS: i64 = PARKED_BLOCKS / SECOND;

fn raise(store: &Store, label: &str, record: &str) {
    let mut plan = request(&format!("raise {label}"), 0);
    plan.events = vec![event(label, record)];
    store.apply(&plan).unwrap();
}

fn labels(store: &Store, seconds: i64) -> Vec<String> {
    let claimed = store.claim_arrivals(&claim(seconds, "worker")).unwrap();
    claimed.iter().map(|one| store.arrival(one.id).unwrap().unwrap().source_key).collect()
}

both! {
    fn a_source_key_is_accepted_once(store) {
        let first = store.accept(arrival("mail", 0, &["k"])).unwrap();
        let again = store.accept(arrival("mail", 5, &["k"])).unwrap();
        assert!(first.new && !again.new);
        assert_eq!((first.id, first.seq, &first.digest), (again.id, again.seq, &again.digest));
        assert_eq!(store.arrivals(None, &page()).unwrap().items.len(), 1);
        assert_eq!(store.arrival_bytes(first.id).unwrap().unwrap(), arrival("mail", 0, &[]).bytes);
    }

    fn copies_for_several_accounts_are_accepted_together_or_not_at_all(store) {
        let mut second = arrival("mail", 0, &[]);
        second.account = id("another account");
        second.id = id("another arrival");
        let mut clash = second.clone();
        clash.account = id("a third account");
        let before = store.content_hash().unwrap();
        store.accept_all(vec![arrival("mail", 0, &[]), second.clone(), clash]).unwrap_err();
        assert_eq!(store.content_hash().unwrap(), before);
        let accepted = store.accept_all(vec![arrival("mail", 0, &[]), second]).unwrap();
        assert_eq!(accepted.len(), 2);
        assert_eq!(accepted[0].digest, accepted[1].digest);
    }

    fn an_arrival_waits_for_an_older_one_of_its_conversation(store) {
        for (label, keys) in [("a", &["x", "y"][..]), ("b", &["y"]), ("c", &["z"]), ("d", &[])] {
            store.accept(arrival(label, 0, keys)).unwrap();
        }
        let claimed = store.claim_arrivals(&claim(0, "worker")).unwrap();
        assert_eq!(claimed.iter().map(|one| one.seq).collect::<Vec<_>>(), [1, 3, 4]);
        assert!(labels(store, 1).is_empty());
        store.apply(&settling(&claimed[0])).unwrap();
        assert_eq!(labels(store, 1), ["b"]);
    }

    fn a_failed_arrival_does_not_hold_up_its_conversation(store) {
        store.accept(arrival("a", 0, &["x"])).unwrap();
        store.accept(arrival("b", 0, &["x"])).unwrap();
        let first = store.claim_arrivals(&claim(0, "worker")).unwrap().pop().unwrap();
        let released = store.fail_arrival((first.seq, first.epoch), &why("script_error"), None, at(1)).unwrap();
        assert_eq!(released, Released::Parked);
        assert_eq!(labels(store, 1), ["b"]);
        assert!(store.arrival_bytes(first.id).unwrap().is_some());
        assert_eq!(store.attention(true, &page()).unwrap().items[0].why.code, "script_error");
        store.retry_arrival(first.id, "admin", at(2)).unwrap();
        assert_eq!(labels(store, 2), ["a"]);
        assert!(store.attention(true, &page()).unwrap().items.is_empty());
    }

    fn a_mail_whose_decision_failed_is_made_again_when_a_person_asks(store) {
        define(store);
        store.accept(arrival("a", 0, &[])).unwrap();
        let first = store.claim_arrivals(&claim(0, "worker")).unwrap().pop().unwrap();
        let mut plan = settling(&first);
        if let Unit::Arrival { state, .. } = &mut plan.unit {
            *state = EmailState::Failed;
        }
        plan.incoming = Some(incoming(&plan, Some("fingerprint")));
        store.apply(&plan).unwrap();
        store.retry_arrival(first.id, "admin", at(2)).unwrap();
        let again = store.claim_arrivals(&claim(2, "worker")).unwrap().pop().unwrap();
        let mut plan = settling(&again);
        plan.incoming = Some(incoming(&plan, Some("fingerprint")));
        store.apply(&plan).unwrap();
        assert_eq!(store.email(id(&format!("email {}", first.id))).unwrap().unwrap().row.state, EmailState::Processed);
        assert!(matches!(store.retry_arrival(first.id, "admin", at(3)), Err(QueueError::NotPossible(_))));
    }

    fn an_arrival_is_tried_so_often_and_no_more(store) {
        store.accept(arrival("a", 0, &["x"])).unwrap();
        for attempt in 1..=ARRIVAL_ATTEMPTS_MAX {
            let one = store.claim_arrivals(&claim(attempt, "worker")).unwrap().pop().unwrap();
            assert_eq!(one.attempts, attempt - 1);
            let released =
                store.fail_arrival((one.seq, one.epoch), &why("busy"), Some(at(attempt + 1)), at(attempt)).unwrap();
            let last = attempt == ARRIVAL_ATTEMPTS_MAX;
            assert_eq!(released, if last { Released::Parked } else { Released::Retried });
            assert!(labels(store, attempt).is_empty(), "not before its time");
        }
        assert_eq!(store.arrivals(Some("failed"), &page()).unwrap().items.len(), 1);
    }

    fn a_lost_worker_counts_as_an_attempt_and_a_stopping_one_does_not(store) {
        store.accept(arrival("a", 0, &[])).unwrap();
        let first = store.claim_arrivals(&claim(0, "node/first")).unwrap().pop().unwrap();
        assert_eq!(store.release_claims("nod").unwrap(), 0);
        assert_eq!(store.release_claims("node/first/more").unwrap(), 0);
        assert_eq!(store.release_claims("node").unwrap(), 1);
        let second = store.claim_arrivals(&claim(0, "second")).unwrap().pop().unwrap();
        assert_eq!((second.attempts, second.epoch), (0, first.epoch + 1));
        let before = LEASE / SECOND - 1;
        assert!(store.claim_arrivals(&claim(before, "third")).unwrap().is_empty());
        let third = store.claim_arrivals(&claim(before + 1, "third")).unwrap().pop().unwrap();
        assert_eq!(third.attempts, 1);
        let late = store.fail_arrival((second.seq, second.epoch), &why("late"), None, at(99));
        assert!(matches!(late, Err(QueueError::Fenced)));
    }

    fn events_of_a_record_come_one_after_the_other(store) {
        define(store);
        for (label, record) in [("1", "x"), ("2", "x"), ("3", "y")] {
            raise(store, label, record);
        }
        let heads = store.claim_events(&claim(0, "worker")).unwrap();
        assert_eq!(heads.iter().map(|one| one.id).collect::<Vec<_>>(), [id("event 1"), id("event 3")]);
        assert_eq!(heads[0].journal, event("1", "x").journal);
        assert_eq!((heads[0].params.clone(), heads[0].chain.len()), (event("1", "x").params, 1));
        assert!(store.claim_events(&claim(1, "other")).unwrap().is_empty());
        store.apply(&settling_event(&heads[0], None, at(1))).unwrap();
        assert_eq!(store.claim_events(&claim(1, "other")).unwrap()[0].id, id("event 2"));
    }

    fn a_parked_event_is_passed_over_after_a_minute(store) {
        define(store);
        raise(store, "1", "x");
        raise(store, "2", "x");
        let head = store.claim_events(&claim(0, "worker")).unwrap().pop().unwrap();
        store.apply(&settling_event(&head, Some(why("depth")), at(0))).unwrap();
        assert!(store.claim_events(&claim(PARKED_SECONDS - 1, "worker")).unwrap().is_empty());
        assert!(store.attention(true, &page()).unwrap().items.is_empty());
        let next = store.claim_events(&claim(PARKED_SECONDS, "worker")).unwrap();
        assert_eq!(next[0].id, id("event 2"));
        let open = store.attention(true, &page()).unwrap().items;
        assert_eq!((open[0].why.code.as_str(), open[0].subject_id), ("event_passed_over", head.id));
        store.retry_event(head.id, "admin", at(70)).unwrap();
        assert!(store.attention(true, &page()).unwrap().items.is_empty());
        assert!(store.claim_events(&claim(70, "worker")).unwrap().is_empty(), "its successor is being worked on");
        store.apply(&settling_event(&next[0], None, at(71))).unwrap();
        assert_eq!(store.claim_events(&claim(71, "worker")).unwrap()[0].id, head.id);
    }

    fn an_event_is_parked_after_its_last_attempt(store) {
        define(store);
        raise(store, "1", "x");
        for attempt in 1..=EVENT_ATTEMPTS_MAX {
            let one = store.claim_events(&claim(attempt, "worker")).unwrap().pop().unwrap();
            store.fail_event((one.seq, one.epoch), &why("busy"), Some(at(attempt + 1)), at(attempt)).unwrap();
        }
        assert_eq!(store.events(Some("parked"), None, &page()).unwrap().items[0].attempts, EVENT_ATTEMPTS_MAX);
    }

    fn a_job_goes_on_where_its_last_step_ended(store) {
        define(store);
        let mut plan = request("job", 0);
        let mut parent = outgoing("parent", "sender", &[]);
        parent.purpose = Purpose::FanOut;
        parent.digest.clear();
        parent.bytes.clear();
        plan.jobs = vec![fan_out("mails", parent.id)];
        plan.outgoing = vec![parent];
        store.apply(&plan).unwrap();
        let state = || store.email(id("email parent")).unwrap().unwrap().row.state;

        let first = store.claim_jobs(&claim(0, "worker")).unwrap().pop().unwrap();
        assert_eq!(first.cursor, None);
        store.apply(&step(&first, Some("m"), at(1))).unwrap();
        assert!(matches!(store.apply(&step(&first, Some("m"), at(1))), Err(ApplyError::Fenced)));
        assert_eq!(state(), EmailState::InProcess);

        let lost = store.claim_jobs(&claim(1, "worker")).unwrap().pop().unwrap();
        let second = store.claim_jobs(&claim(1 + LEASE / SECOND, "second")).unwrap().pop().unwrap();
        assert_eq!((second.cursor.as_deref(), second.attempts), (Some("m"), 1));
        assert!(matches!(store.apply(&step(&lost, Some("z"), at(2))), Err(ApplyError::Fenced)));
        store.apply(&step(&second, None, at(40))).unwrap();
        assert_eq!(state(), EmailState::Processed);
        assert!(store.claim_jobs(&claim(50, "worker")).unwrap().is_empty());
        assert_eq!(store.traces(first.id).unwrap().len(), 2, "a trace for each step that was applied");
    }

    fn a_failed_job_goes_on_when_a_person_asks(store) {
        define(store);
        let mut plan = request("job", 0);
        plan.jobs = vec![fan_out("mails", id("nothing"))];
        store.apply(&plan).unwrap();
        let job = store.claim_jobs(&claim(0, "worker")).unwrap().pop().unwrap();
        assert_eq!(store.fail_job((job.id, job.epoch), &why("broken"), None, at(1)).unwrap(), Released::Parked);
        assert!(store.claim_jobs(&claim(2, "worker")).unwrap().is_empty());
        store.retry_job(job.id, "admin", at(3)).unwrap();
        assert_eq!(store.claim_jobs(&claim(3, "worker")).unwrap().len(), 1);
    }

    fn a_claim_brings_only_so_many(store) {
        let many = (0..=CLAIM_MAX).map(|k| arrival(&format!("mail {k}"), 0, &[])).collect();
        store.accept_all(many).unwrap();
        let everything = rejoinder_store::Claim { limit: u32::MAX, ..claim(0, "worker") };
        assert_eq!(store.claim_arrivals(&everything).unwrap().len(), CLAIM_MAX as usize);
        assert_eq!(store.claim_arrivals(&everything).unwrap().len(), 1);
    }

    fn conversation_keys_are_bounded(store) {
        let (fits, too_long) = ("k".repeat(KEY_BYTES_MAX), "k".repeat(KEY_BYTES_MAX + 1));
        let many: Vec<String> = (0..=KEYS_MAX).map(|k| format!("{k:03}")).collect();
        let (last, over) = (many[KEYS_MAX - 1].clone(), many[KEYS_MAX].clone());
        let mut first = arrival("first", 0, &[]);
        first.keys = many;
        let mut second = arrival("second", 0, &[]);
        second.keys = vec![fits.clone(), too_long.clone()];
        store.accept_all(vec![first, second]).unwrap();
        for key in [&last, &over, &fits, &too_long] {
            store.accept(arrival(&format!("{} {}", key.len(), key.get(..3).unwrap()), 1, &[key.as_str()])).unwrap();
        }
        let claimed: Vec<i64> = store.claim_arrivals(&claim(1, "w")).unwrap().iter().map(|one| one.seq).collect();
        assert_eq!(claimed, [1, 2, 4, 6], "what shares a key within the limits waits, what lies beyond does not");
    }

    fn a_job_is_given_up_after_its_last_attempt(store) {
        define(store);
        let mut plan = request("job", 0);
        plan.jobs = vec![fan_out("mails", id("nothing"))];
        store.apply(&plan).unwrap();
        for attempt in 1..=JOB_ATTEMPTS_MAX {
            let job = store.claim_jobs(&claim(attempt, "worker")).unwrap().pop().unwrap();
            let released = store.fail_job((job.id, job.epoch), &why("busy"), Some(at(attempt)), at(attempt)).unwrap();
            let last = attempt == JOB_ATTEMPTS_MAX;
            assert_eq!(released, if last { Released::Parked } else { Released::Retried });
        }
    }
}
