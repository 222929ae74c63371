//! Applying plans: all or nothing, once, and only while what was read still holds.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{
    LEASE, arrival, at, claim, define, event, everything, id, incoming, insert, none_with_subject, outgoing,
    page, request, settling, settling_event, update,
};
use rejoinder_engine::file::TakenOff;
use rejoinder_engine::plan::{EmailState, Guard, RecordOp, Unit};
use rejoinder_engine::reads::digest;
use rejoinder_engine::time::SECOND;
use rejoinder_engine::view::View;
use rejoinder_store::{ApplyError, ClaimedArrival, FaultKind, Store};

fn claimed(store: &Store, label: &str) -> ClaimedArrival {
    store.accept(arrival(label, 0, &[])).unwrap();
    store.claim_arrivals(&claim(0, "worker")).unwrap().pop().unwrap()
}

fn incident(store: &Store, label: &str) {
    let mut plan = request(&format!("incident {label}"), 0);
    plan.records = vec![insert("incident", label, &[("subject", label)])];
    store.apply(&plan).unwrap();
}

fn subject(store: &Store, label: &str) -> Option<String> {
    let record = store.view().unwrap().get("incident", id(label)).unwrap();
    record.map(|record| record.text("subject").to_owned())
}

/// Alerts that come in at the same moment.
const ALERTS: usize = 8;

/// Decides and applies until nothing is in the way any more, as a worker does; whether it made the record.
fn make_one_record(store: &Store, arrival: &ClaimedArrival) -> bool {
    loop {
        let mut plan = settling(arrival);
        let guard = none_with_subject("disk full");
        let Guard::Query { query, .. } = &guard else { panic!("a query is the guard") };
        let found = store.view().unwrap().query(query).unwrap();
        plan.guards = vec![Guard::Query { query: query.clone(), digest: digest(&found) }];
        if found.is_empty() {
            let label = format!("alert {}", arrival.seq);
            plan.records = vec![insert("incident", &label, &[("subject", "disk full")])];
        }
        match store.apply(&plan) {
            Ok(_) => return found.is_empty(),
            Err(ApplyError::Conflict(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

both! {
    fn a_plan_writes_everything_it_holds(store) {
        define(store);
        incident(store, "one");
        let arrival = claimed(store, "whole");
        let applied = store.apply(&everything(&arrival)).unwrap();
        assert_eq!((applied.events, applied.deliveries, applied.jobs), (1, 2, 1));
        assert_eq!(subject(store, "whole").as_deref(), Some("whole"));
        assert_eq!(subject(store, "one").as_deref(), Some("one more"));

        let mail = store.email(id(&format!("email {}", arrival.id))).unwrap().unwrap();
        assert_eq!(mail.row.state, EmailState::Processed);
        assert_eq!(mail.arrivals.len(), 1);
        assert_eq!(mail.links.len(), 1);
        assert_eq!(mail.digest.as_deref(), Some(arrival.digest.as_str()));
        assert_eq!(store.email_bytes(mail.row.id).unwrap(), store.arrival_bytes(arrival.id).unwrap());

        let answer = store.email(id("email answer")).unwrap().unwrap();
        assert_eq!(answer.row.state, EmailState::InProcess);
        assert_eq!(answer.deliveries.len(), 2);
        assert!(store.email_bytes(answer.row.id).unwrap().unwrap().starts_with(b"Subject: answer"));

        assert_eq!(store.activities(id("whole"), false, &page()).unwrap().items.len(), 1);
        assert_eq!(store.attachments(id("whole")).unwrap()[0].size, 1_000);
        assert_eq!(store.events(Some("ready"), Some(id("whole")), &page()).unwrap().items.len(), 1);
        assert_eq!(store.attention(true, &page()).unwrap().items.len(), 2);
        assert_eq!(store.traces(arrival.id).unwrap()[0].steps.len(), 1);
        assert_eq!(store.jobs(None, &page()).unwrap().items.len(), 1);
        assert_eq!(store.arrivals(Some("processed"), &page()).unwrap().items.len(), 1);
    }

    fn a_plan_that_fails_at_any_statement_leaves_nothing(store) {
        define(store);
        incident(store, "one");
        let arrival = claimed(store, "whole");
        let plan = everything(&arrival);
        let before = store.content_hash().unwrap();
        let mut statement = 0;
        loop {
            statement += 1;
            store.faults().arm(statement, FaultKind::Statement);
            let outcome = store.apply(&plan);
            if !store.faults().fired() {
                store.faults().arm(0, FaultKind::Statement);
                outcome.unwrap();
                break;
            }
            outcome.unwrap_err();
            assert_eq!(store.content_hash().unwrap(), before, "a failure at statement {statement} left something");
        }
        assert!(statement > 25, "only {statement} statements: the plan does not hold everything");
        assert_ne!(store.content_hash().unwrap(), before);
    }

    fn a_worker_that_wakes_up_after_its_lease_applies_nothing(store) {
        define(store);
        let stopped = claimed(store, "mail");
        let after = LEASE / SECOND + 1;
        let second = store.claim_arrivals(&claim(after, "second")).unwrap().pop().unwrap();
        assert_eq!((second.id, second.epoch, second.attempts), (stopped.id, stopped.epoch + 1, 1));
        let mut plan = settling(&stopped);
        plan.records = vec![insert("incident", "late", &[])];
        assert!(matches!(store.apply(&plan), Err(ApplyError::Fenced)));
        assert!(store.view().unwrap().get("incident", id("late")).unwrap().is_none());

        let mut plan = settling(&second);
        plan.records = vec![insert("incident", "in time", &[("subject", "x")])];
        store.apply(&plan).unwrap();
        assert!(matches!(store.apply(&plan), Err(ApplyError::Fenced)), "a settled unit is settled once");
    }

    fn an_expired_lease_that_nobody_took_is_fenced_once_it_is_returned(store) {
        define(store);
        let stopped = claimed(store, "mail");
        let one_too_few = rejoinder_store::Claim { limit: 0, ..claim(LEASE / SECOND, "sweeper") };
        assert!(store.claim_arrivals(&one_too_few).unwrap().is_empty());
        assert!(matches!(store.apply(&settling(&stopped)), Err(ApplyError::Fenced)));
    }

    fn a_worker_that_wakes_up_with_an_event_applies_nothing(store) {
        define(store);
        let mut raising = request("raise", 0);
        raising.events = vec![event("one", "one")];
        store.apply(&raising).unwrap();
        let stopped = store.claim_events(&claim(0, "worker")).unwrap().pop().unwrap();
        let after = LEASE / SECOND + 1;
        let second = store.claim_events(&claim(after, "second")).unwrap().pop().unwrap();
        assert_eq!((second.id, second.epoch, second.attempts), (stopped.id, stopped.epoch + 1, 1));
        let mut plan = settling_event(&stopped, None, at(after));
        plan.outgoing = vec![outgoing("late", "sender", &["anna@example.org"])];
        assert!(matches!(store.apply(&plan), Err(ApplyError::Fenced)));
        assert!(store.email(id("email late")).unwrap().is_none(), "nobody is mailed twice");

        let mut plan = settling_event(&second, None, at(after));
        plan.outgoing = vec![outgoing("in time", "sender", &["anna@example.org"])];
        store.apply(&plan).unwrap();
        assert!(matches!(store.apply(&plan), Err(ApplyError::Fenced)), "a settled unit is settled once");
    }

    fn two_plans_that_saw_no_open_record_make_one(store) {
        define(store);
        store.accept_all(vec![arrival("first", 0, &[]), arrival("second", 0, &[])]).unwrap();
        let arrivals = store.claim_arrivals(&claim(0, "worker")).unwrap();
        let plans: Vec<_> = arrivals.iter().zip(["a", "b"]).map(|(arrival, label)| {
            let mut plan = settling(arrival);
            plan.guards = vec![none_with_subject("disk full")];
            plan.records = vec![insert("incident", label, &[("subject", "Disk FULL")])];
            plan
        }).collect();
        store.apply(&plans[0]).unwrap();
        assert!(matches!(store.apply(&plans[1]), Err(ApplyError::Conflict(_))));
        let mut unguarded = plans[1].clone();
        unguarded.guards.clear();
        store.apply(&unguarded).unwrap();
    }

    fn a_record_written_since_it_was_read_is_a_conflict(store) {
        define(store);
        incident(store, "one");
        let mut first = request("first", 1);
        first.records = vec![update("one", 1, "one", "first")];
        let mut second = request("second", 1);
        second.records = vec![update("one", 1, "one", "second")];
        let mut reader = request("reader", 1);
        reader.guards = vec![Guard::Version { table: "task".to_owned(), id: id("one"), version: 1 }];
        store.apply(&first).unwrap();
        assert!(matches!(store.apply(&second), Err(ApplyError::Conflict(_))));
        assert!(matches!(store.apply(&reader), Err(ApplyError::Conflict(_))));
        assert_eq!(subject(store, "one").as_deref(), Some("first"));
        reader.guards = vec![
            Guard::Version { table: "task".to_owned(), id: id("one"), version: 2 },
            Guard::Version { table: "task".to_owned(), id: id("nobody"), version: 0 },
        ];
        store.apply(&reader).unwrap();
    }

    fn a_deleted_record_is_gone_and_its_changes_stay(store) {
        define(store);
        incident(store, "one");
        let mut plan = request("delete", 1);
        plan.records = vec![
            update("one", 1, "one", "two"),
            RecordOp::Delete { key: plans::key("incident", "one"), version: 2, old: plans::fields(&[("subject", "two")]) },
        ];
        store.apply(&plan).unwrap();
        assert_eq!(subject(store, "one"), None);
        assert_eq!(store.changes_of(id("one"), &page()).unwrap().items.len(), 3);
    }

    fn a_file_that_is_taken_off_leaves_its_record_and_keeps_its_row_and_bytes(store) {
        define(store);
        incident(store, "one");
        let mut plan = request("file", 1);
        plan.attachments = vec![plans::attachment("notes", "one")];
        store.apply(&plan).unwrap();
        let file = store.attachments(id("one")).unwrap().remove(0);
        let mut off = request("off", 2);
        let why = plans::why("taken_off");
        off.taken_off = vec![TakenOff { attachment: file.id, record: plans::key("incident", "one"), why }];
        let mut again = off.clone();
        again.unit = Unit::Request { id: id("again") };
        store.apply(&off).unwrap();
        assert_eq!(store.attachments(id("one")).unwrap(), Vec::new());
        let kept = store.attachment(file.id).unwrap().unwrap();
        assert_eq!((kept.record, kept.left_out.unwrap().code.as_str()), (None, "taken_off"));
        assert!(store.blob(&file.digest).unwrap().is_some());
        assert!(matches!(store.apply(&again), Err(ApplyError::Conflict(_))), "it is off already");
    }

    fn a_table_counter_guards_what_is_too_large_to_compare(store) {
        define(store);
        let counter = store.view().unwrap().table_counter("task").unwrap();
        let mut plan = request("large", 1);
        plan.guards = vec![Guard::TableCounter { table: "task".to_owned(), counter }];
        let mut other = plan.clone();
        other.unit = Unit::Request { id: id("other") };
        store.apply(&plan).unwrap();
        incident(store, "one");
        assert!(matches!(store.apply(&other), Err(ApplyError::Conflict(_))));
        assert_eq!(store.view().unwrap().table_counter("task").unwrap(), counter + 1);
    }

    fn an_update_waits_few_times_for_its_database_however_much_it_read(store) {
        define(store);
        let others: Vec<String> = (0..20).map(|number| format!("read {number}")).collect();
        ["one"].into_iter().chain(others.iter().map(String::as_str)).for_each(|label| incident(store, label));
        let generation = Some(store.configuration_generation().unwrap());
        let version =
            |label: &String| Guard::Version { table: "task".to_owned(), id: id(label), version: 1 };
        let waits = |done: &dyn Fn()| {
            let before = rejoinder_store::replay::waits();
            done();
            rejoinder_store::replay::waits() - before
        };
        let [begin, settle, guards, write, commit] = [1; 5];
        for round in 1..4 {
            let mut plan = request(&format!("update {round}"), round);
            plan.generation = generation;
            plan.guards = others.iter().map(version).collect();
            plan.records = vec![update("one", round, "old", &format!("new {round}"))];
            let applied = waits(&|| drop(store.apply(&plan).unwrap()));
            let read = waits(&|| assert_eq!(subject(store, "one"), Some(format!("new {round}"))));
            let told = waits(&|| assert!(store.configuration_generation().is_ok()));
            let expected =
                if store.is_sqlite() { [0; 3] } else { [begin + settle + guards + write + commit, 2, 1] };
            assert_eq!([applied, read, told], expected);
        }
        incident(store, "another");
        let mut stale = request("stale", 9);
        stale.guards = vec![version(&others[0]), version(&"another".to_owned())];
        stale.records = vec![update("one", 4, "old", "new")];
        store.apply(&stale).unwrap();
        let mut stale = request("stale in the midst", 9);
        stale.guards = vec![version(&others[0]), version(&"one".to_owned()), version(&others[1])];
        let refused = store.apply(&stale);
        assert!(matches!(&refused, Err(ApplyError::Conflict(what)) if *what == format!("task {}", id("one"))), "{refused:?}");
    }

    fn a_changed_rule_makes_plans_of_the_old_rules_conflict(store) {
        define(store);
        let generation = store.configuration_generation().unwrap();
        let mut rule = request("rule", 1);
        rule.records = vec![insert("rule", "a rule", &[("name", "a rule")])];
        store.apply(&rule).unwrap();
        assert_eq!(store.configuration_generation().unwrap(), generation + 1);
        let mut stale = request("stale", 1);
        stale.generation = Some(generation);
        assert!(matches!(store.apply(&stale), Err(ApplyError::Conflict(_))));
        stale.generation = Some(generation + 1);
        store.apply(&stale).unwrap();
        incident(store, "one");
        assert_eq!(store.configuration_generation().unwrap(), generation + 1, "an incident is no configuration");
    }

    fn a_second_copy_of_a_mail_is_a_conflict_and_then_joins_the_first(store) {
        define(store);
        store.accept_all(vec![arrival("copy 1", 0, &[]), arrival("copy 2", 0, &[])]).unwrap();
        let copies = store.claim_arrivals(&claim(0, "worker")).unwrap();
        let mut first = settling(&copies[0]);
        first.incoming = Some(incoming(&first, Some("same")));
        let mut second = settling(&copies[1]);
        second.incoming = Some(incoming(&second, Some("same")));
        store.apply(&first).unwrap();
        assert!(matches!(store.apply(&second), Err(ApplyError::Conflict(_))));
        let email = store.view().unwrap().same_mail("same").unwrap().unwrap();
        second.incoming = None;
        if let Unit::Arrival { email: joined, .. } = &mut second.unit {
            *joined = email;
        }
        store.apply(&second).unwrap();
        assert_eq!(store.email(email).unwrap().unwrap().arrivals.len(), 2);
    }

    fn a_repeated_request_is_answered_as_the_first_time(store) {
        define(store);
        let mut plan = request("create", 1);
        plan.records = vec![insert("incident", "one", &[("subject", "one")])];
        let first = store.apply(&plan).unwrap();
        let again = store.apply(&plan).unwrap();
        assert!(again.repeated && !first.repeated);
        assert_eq!(again.records, first.records);
        assert_eq!(store.changes_of(id("one"), &page()).unwrap().items.len(), 1);
    }

    fn a_value_that_is_taken_is_named_without_saying_it(store) {
        define(store);
        let mut plan = request("anna", 1);
        plan.records = vec![insert("user", "anna", &[("email", "Anna@Example.org")])];
        store.apply(&plan).unwrap();
        let mut twin = request("twin", 1);
        twin.records = vec![insert("user", "twin", &[("email", "anna@example.ORG")])];
        let error = store.apply(&twin).unwrap_err();
        let ApplyError::Unique { table, field } = &error else { panic!("{error:?}") };
        assert_eq!((table.as_str(), field.as_str()), ("user", "email"));
        assert!(!error.to_string().to_lowercase().contains("anna"));
    }

    fn attention_is_raised_once(store) {
        define(store);
        for label in ["first", "second"] {
            let mut plan = request(label, 1);
            plan.attention = vec![plans::attention("loop")];
            store.apply(&plan).unwrap();
        }
        let open = store.attention(true, &page()).unwrap().items;
        assert_eq!(open.len(), 1);
        assert!(store.clear_attention(open[0].id, "admin", at(9)).unwrap());
        assert!(!store.clear_attention(open[0].id, "admin", at(9)).unwrap());
        assert!(store.attention(true, &page()).unwrap().items.is_empty());
        assert_eq!(store.attention(false, &page()).unwrap().items.len(), 1);
        let mut plan = request("third", 1);
        plan.attention = vec![plans::attention("loop")];
        store.apply(&plan).unwrap();
        assert!(store.attention(true, &page()).unwrap().items.is_empty(), "a plan tells once for all");
        let account = id("account");
        for seconds in [10, 11] {
            store.raise_attention("account", account, &plans::why("no_login"), at(seconds)).unwrap();
        }
        let open = store.attention(true, &page()).unwrap().items;
        assert_eq!((open.len(), open[0].at), (1, at(10)), "once while it is open");
        store.clear_attention(open[0].id, "admin", at(12)).unwrap();
        store.raise_attention("account", account, &plans::why("no_login"), at(13)).unwrap();
        assert_eq!(store.attention(true, &page()).unwrap().items[0].at, at(13), "and again when it comes back");
    }

    fn reading_changes_nothing(store) {
        define(store);
        incident(store, "one");
        let arrival = claimed(store, "whole");
        store.apply(&everything(&arrival)).unwrap();
        let before = store.content_hash().unwrap();
        store.emails(&rejoinder_store::EmailFilter::default(), &page()).unwrap();
        store.queue_counts().unwrap();
        store.deliveries(None, None, &page()).unwrap();
        store.arrivals(None, &page()).unwrap();
        subject(store, "whole");
        assert_eq!(store.content_hash().unwrap(), before);
    }

    fn alerts_that_are_decided_in_threads_at_once_make_one_record(store) {
        define(store);
        let alerts = (0..ALERTS).map(|k| arrival(&format!("alert {k}"), 0, &[])).collect();
        store.accept_all(alerts).unwrap();
        let arrivals = store.claim_arrivals(&claim(0, "worker")).unwrap();
        assert_eq!(arrivals.len(), ALERTS);
        let shared: &Store = store;
        let made: usize = std::thread::scope(|scope| {
            let threads: Vec<_> =
                arrivals.iter().map(|one| scope.spawn(|| make_one_record(shared, one))).collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
        });
        assert_eq!(made, 1);
        assert_eq!(store.arrivals(Some("processed"), &page()).unwrap().items.len(), ALERTS);
    }
}
