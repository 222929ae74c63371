//! Events that wait for their time, the next times of scheduled jobs, and their runs.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{at, claim, define, event, id, page, request, run, settling_event, step, why};
use rejoinder_engine::plan::{JobWork, Plan, SameKey, Unit};
use rejoinder_engine::schedule::Waiting;
use rejoinder_engine::time::{DAY, SECOND};
use rejoinder_store::{ApplyError, DUE_MAX, Page, QueueError, RUNS_KEPT, RUNS_KEPT_DAYS, Released, Store};

/// Raises an event on a record at the second `now`, for the second `due`.
fn raise(store: &Store, label: &str, record: &str, (now, due): (i64, i64)) {
    raise_under(store, (label, record), (now, Some(due)), None);
}

fn raise_under(
    store: &Store,
    (label, record): (&str, &str),
    (now, due): (i64, Option<i64>),
    same: Option<SameKey>,
) {
    let mut plan = request(&format!("raise {label}"), now);
    let mut one = event(label, record);
    one.due = due.map(at);
    one.same = same;
    plan.events = vec![one];
    store.apply(&plan).unwrap();
}

fn same(replace: bool) -> SameKey {
    SameKey { key: "the key".to_owned(), replace }
}

fn state(store: &Store, label: &str) -> String {
    store.event_row(id(&format!("event {label}"))).unwrap().map_or_else(|| "none".to_owned(), |row| row.state)
}

/// Claims and settles what is due at a second, one claim after the other.
fn processed(store: &Store, second: i64) -> Vec<String> {
    let mut done = Vec::new();
    loop {
        let claimed = store.claim_events(&claim(second, "worker")).unwrap();
        if claimed.is_empty() {
            return done;
        }
        for one in &claimed {
            let known =
                ["1", "2", "3", "4"].into_iter().find(|label| id(&format!("event {label}")) == one.id);
            done.push(known.unwrap_or("another").to_owned());
            store.apply(&settling_event(one, None, at(second))).unwrap();
        }
    }
}

fn keep(store: &Store, fingerprint: &str, next: Option<i64>) -> bool {
    let generation = store.configuration_generation().unwrap();
    store.set_schedules(generation, vec![(id("scheduled"), fingerprint.to_owned(), next.map(at))]).unwrap()
}

fn kept(store: &Store) -> Waiting {
    store.schedules().unwrap().pop().unwrap()
}

/// The plan of a node that begins the run of a time.
fn begin(store: &Store, label: &str, epoch: i64, due: i64, next: i64) -> Result<(), ApplyError> {
    let mut plan = request(label, due);
    plan.unit = Unit::Schedule { job: id("scheduled"), epoch, next_at: Some(at(next)) };
    plan.jobs = vec![run(label, due)];
    store.apply(&plan).map(|_| ())
}

fn add_run(store: &Store, label: &str, due: i64) {
    let mut plan: Plan = request(label, due);
    plan.jobs = vec![run(label, due)];
    store.apply(&plan).unwrap();
}

/// Claims and ends the run that waits.
fn end_run(store: &Store, second: i64) {
    let claimed = store.claim_jobs(&claim(second, "worker")).unwrap().pop().unwrap();
    store.apply(&step(&claimed, None, at(second))).unwrap();
}

both! {
    fn an_event_that_waits_holds_nobody_up_and_takes_its_place_when_its_time_has_come(store) {
        define(store);
        raise(store, "1", "x", (0, 100));
        raise_under(store, ("2", "x"), (1, None), None);
        assert_eq!(state(store, "1"), "scheduled");
        assert_eq!(processed(store, 50), ["2"], "the later one goes on at once");
        assert_eq!(processed(store, 99), [""; 0]);
        raise_under(store, ("3", "x"), (99, None), None);
        let head = store.claim_events(&claim(100, "worker")).unwrap();
        assert_eq!(head.iter().map(|one| one.id).collect::<Vec<_>>(), [id("event 3")], "what came before it goes first");
        assert_eq!(state(store, "1"), "ready");
        raise_under(store, ("4", "x"), (100, None), None);
        store.apply(&settling_event(&head[0], None, at(101))).unwrap();
        assert_eq!(processed(store, 101), ["1", "4"], "and what came after it, later");
    }

    fn events_that_wait_come_in_the_order_of_their_times(store) {
        define(store);
        raise(store, "1", "x", (0, 30));
        raise(store, "2", "x", (1, 10));
        raise(store, "3", "x", (2, 20));
        assert_eq!(processed(store, 60), ["2", "3", "1"]);
        let first = store.event(id("event 1")).unwrap().unwrap();
        assert_eq!((first.decided_at(), first.created_at, first.due_at), (at(30), at(0), Some(at(30))));
    }

    fn events_of_one_record_keep_the_order_of_their_times_when_two_workers_claim_at_once(store) {
        define(store);
        let all = 2 * DUE_MAX + 10;
        let mut plan = request("many", 0);
        for number in 0..all {
            let mut one = event(&format!("many {number}"), "x");
            one.due = Some(at(all - number));
            plan.events.push(one);
        }
        store.apply(&plan).unwrap();
        std::thread::scope(|scope| {
            for worker in ["one", "two"] {
                scope.spawn(move || {
                    for _ in 0..3 {
                        store.claim_events(&claim(all, worker)).unwrap();
                    }
                });
            }
        });
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = store.events(None, Some(id("x")), &Page { after, limit: 200 }).unwrap();
            found.extend(page.items.iter().map(|one| (one.seq, one.due_at.unwrap(), one.state.clone())));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        found.reverse();
        assert!(found.iter().is_sorted_by_key(|(seq, ..)| *seq) && found.iter().is_sorted_by_key(|(_, due, _)| *due));
        assert_eq!(found.iter().filter(|(.., state)| state == "in_process").count(), 1, "only the head is claimed");
        assert!(found.iter().all(|(.., state)| state != "scheduled"));
    }

    fn one_claim_gives_only_so_many_events_their_places(store) {
        define(store);
        let mut plan = request("many", 0);
        for number in 0..=DUE_MAX {
            let mut one = event(&format!("many {number}"), &format!("record {number}"));
            one.due = Some(at(1));
            plan.events.push(one);
        }
        store.apply(&plan).unwrap();
        let waiting = || store.queue_counts().unwrap().into_iter().find(|one| one.state == "scheduled");
        assert_eq!(waiting().unwrap().count, DUE_MAX + 1);
        store.claim_events(&claim(2, "worker")).unwrap();
        assert_eq!(waiting().unwrap().count, 1);
        store.claim_events(&claim(2, "worker")).unwrap();
        assert_eq!(waiting(), None);
    }

    fn an_event_that_waits_can_be_called_off_and_no_other(store) {
        define(store);
        raise(store, "1", "x", (0, 100));
        store.cancel_event(id("event 1"), "Anna", at(5)).unwrap();
        let row = store.event_row(id("event 1")).unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.why.unwrap().text.as_str()), ("cancelled", "called off by Anna"));
        assert_eq!(processed(store, 200), [""; 0]);
        assert!(matches!(store.cancel_event(id("event 1"), "Anna", at(6)), Err(QueueError::NotPossible(_))));
        raise_under(store, ("2", "x"), (1, None), None);
        assert!(matches!(store.cancel_event(id("event 2"), "Anna", at(6)), Err(QueueError::NotPossible(_))));
        let listed = store.events(Some("cancelled"), None, &page()).unwrap().items;
        assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [id("event 1")]);
    }

    fn the_same_key_takes_the_place_of_the_one_that_waits_or_leaves_the_new_one_out(store) {
        define(store);
        raise_under(store, ("1", "x"), (0, Some(100)), Some(same(true)));
        raise_under(store, ("2", "x"), (1, Some(200)), Some(same(true)));
        assert_eq!((state(store, "1").as_str(), state(store, "2").as_str()), ("cancelled", "scheduled"));
        raise_under(store, ("3", "x"), (2, Some(300)), Some(same(false)));
        assert_eq!(state(store, "3"), "none");
        assert_eq!(store.waiting_event(id("x"), "incident.updated", "the key").unwrap(), Some(id("event 2")));
        raise_under(store, ("4", "y"), (3, Some(300)), Some(same(false)));
        assert_eq!(state(store, "4"), "scheduled", "a key counts among the events of one record");
        assert_eq!(processed(store, 200), ["2"]);
        raise_under(store, ("again", "x"), (201, Some(300)), Some(same(false)));
        assert_eq!(state(store, "again"), "scheduled", "the one that waited has had its time");
    }

    fn an_event_of_now_with_a_key_counts_like_one_that_waits(store) {
        define(store);
        raise_under(store, ("1", "x"), (0, Some(100)), Some(same(true)));
        raise_under(store, ("2", "x"), (1, None), Some(same(false)));
        assert_eq!(state(store, "2"), "none");
        raise_under(store, ("3", "x"), (2, None), Some(same(true)));
        assert_eq!((state(store, "1").as_str(), state(store, "3").as_str()), ("cancelled", "ready"));
    }

    fn a_time_that_has_come_is_seen_to_by_one_node(store) {
        assert!(keep(store, "a", Some(60)));
        let seen = kept(store);
        assert_eq!((seen.next_at, seen.epoch, seen.busy), (Some(at(60)), 0, false));
        begin(store, "first", 0, 60, 120).unwrap();
        assert!(matches!(begin(store, "second", 0, 60, 120), Err(ApplyError::Fenced)));
        let now = kept(store);
        assert_eq!((now.next_at, now.epoch, now.busy), (Some(at(120)), 1, true));
        assert_eq!(store.runs(id("scheduled"), &page()).unwrap().items.len(), 1, "the other node wrote nothing");
    }

    fn another_fingerprint_moves_the_time_and_the_same_one_leaves_it(store) {
        keep(store, "a", Some(60));
        keep(store, "a", Some(70));
        assert_eq!((kept(store).next_at, kept(store).epoch), (Some(at(60)), 0));
        keep(store, "b", Some(70));
        assert_eq!((kept(store).next_at, kept(store).epoch), (Some(at(70)), 1));
        assert!(matches!(begin(store, "late", 0, 60, 120), Err(ApplyError::Fenced)), "the old time is nobody's");
        keep(store, "off", None);
        assert_eq!(kept(store).next_at, None);
        let generation = store.configuration_generation().unwrap();
        assert!(!store.set_schedules(generation + 1, Vec::new()).unwrap(), "decided with another configuration");
        assert!(store.set_schedules(generation, Vec::new()).unwrap());
        assert!(store.schedules().unwrap().is_empty(), "a job that is gone has no time");
    }

    fn a_run_says_when_it_was_due_began_and_ended_and_what_it_raised(store) {
        define(store);
        add_run(store, "one", 60);
        let listed = || store.runs(id("scheduled"), &page()).unwrap().items.pop().unwrap();
        assert_eq!((listed().state.as_str(), listed().started_at), ("ready", None));
        let first = store.claim_jobs(&claim(61, "worker")).unwrap().pop().unwrap();
        let mut plan = step(&first, Some("0000001.a"), at(60));
        plan.events = vec![event("1", "x"), event("2", "y")];
        store.apply(&plan).unwrap();
        assert_eq!((listed().state.as_str(), listed().ended_at, listed().events), ("ready", None, 2));
        let second = store.claim_jobs(&claim(65, "worker")).unwrap().pop().unwrap();
        let mut plan = step(&second, None, at(60));
        plan.events = vec![event("3", "x")];
        store.apply(&plan).unwrap();
        let done = listed();
        assert_eq!((done.due_at, done.started_at, done.ended_at), (at(60), Some(at(61)), Some(at(65))));
        assert_eq!((done.state.as_str(), done.events, done.by), ("processed", 3, None));
        assert_eq!(store.run(done.id).unwrap().unwrap().id, done.id);
        assert!(store.run(id("nothing")).unwrap().is_none());
    }

    fn a_run_that_is_left_out_is_kept_for_people_and_never_claimed(store) {
        let mut plan = request("skipped", 60);
        let mut one = run("one", 60);
        one.work = JobWork::Skipped { job: id("scheduled"), due: at(60), why: why("still_running") };
        plan.jobs = vec![one];
        store.apply(&plan).unwrap();
        assert!(store.claim_jobs(&claim(100, "worker")).unwrap().is_empty());
        let row = store.runs(id("scheduled"), &page()).unwrap().items.pop().unwrap();
        assert_eq!((row.state.as_str(), row.why.unwrap().code.as_str()), ("skipped", "still_running"));
        assert!(!store.is_running(id("scheduled")).unwrap());
    }

    fn runs_that_fail_are_told_of_once_about_their_job(store) {
        for second in [60, 120] {
            add_run(store, &format!("run {second}"), second);
            let claimed = store.claim_jobs(&claim(second, "worker")).unwrap().pop().unwrap();
            let released = store.fail_job((claimed.id, claimed.epoch), &why("job_broken"), None, at(second)).unwrap();
            assert_eq!(released, Released::Parked);
        }
        let open = store.attention(true, &page()).unwrap().items;
        let [one] = open.as_slice() else { panic!("{open:?}") };
        assert_eq!((one.subject.as_str(), one.subject_id), ("scheduled_job", id("scheduled")));
        let runs = store.runs(id("scheduled"), &page()).unwrap().items;
        assert!(runs.iter().all(|run| run.state == "failed" && run.ended_at == Some(run.due_at)));
    }

    fn only_so_many_runs_are_kept_with_their_traces(store) {
        define(store);
        for number in 0..RUNS_KEPT + 2 {
            add_run(store, &format!("run {number}"), number);
            if number > 0 {
                end_run(store, number);
            }
        }
        add_run(store, "the last", RUNS_KEPT + 2);
        let all = Page { after: None, limit: 200 };
        let first = store.runs(id("scheduled"), &all).unwrap();
        let rest = store.runs(id("scheduled"), &Page { after: first.next, limit: 200 }).unwrap().items;
        let runs: Vec<i64> = first.items.iter().chain(&rest).map(|run| (run.due_at.micros() - at(0).micros()) / SECOND).collect();
        assert_eq!(runs.len(), usize::try_from(RUNS_KEPT).unwrap() + 1, "the newest, and the oldest, which still runs");
        assert_eq!((runs[0], *runs.last().unwrap()), (RUNS_KEPT + 2, 0));
        let traces = |label: &str| store.traces(id(&format!("job {label}"))).unwrap().len();
        assert_eq!((traces("run 1"), traces(&format!("run {RUNS_KEPT}"))), (0, 1));
    }

    fn runs_are_kept_for_so_many_days(store) {
        define(store);
        let day = DAY / SECOND;
        add_run(store, "old", 0);
        end_run(store, 0);
        add_run(store, "edge", 10);
        end_run(store, 10);
        add_run(store, "new", RUNS_KEPT_DAYS * day + 10);
        let runs = store.runs(id("scheduled"), &page()).unwrap().items;
        let known: Vec<_> = runs.iter().map(|run| run.id).collect();
        assert_eq!(known, [id("job new"), id("job edge")]);
    }
}
