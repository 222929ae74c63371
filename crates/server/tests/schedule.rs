//! Scheduled jobs and events that wait, over both databases: the ticks that the program runs, with a clock that is
//! moved by hand.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "what fails ends the test with its place")]

use std::sync::Arc;
use std::time::Duration;

use rejoinder_engine::events::Raise;
use rejoinder_engine::id::Id;
use rejoinder_engine::limits::JOB_STEP_RECORDS;
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::{Actor, Direction};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use rejoinder_engine::value::Value;
use rejoinder_server::app::App;
use rejoinder_server::env::Env;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::limits::{RETRY_FAULT, RUN_RETRY_MAX};
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::ops::doctor::{Health, doctor};
use rejoinder_server::ops::event_names::event_names;
use rejoinder_server::ops::explain::explain;
use rejoinder_server::ops::raise::raise;
use rejoinder_server::ops::scheduled_jobs::{next_times, run_now};
use rejoinder_server::serve::open;
use rejoinder_server::wire::Egress;
use rejoinder_server::workers::{jobs, notify, schedule};
use rejoinder_store::{EmailFilter, EventRow, Page, RunRow};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::postgres::database;

/// Monday noon.
const BEGIN: &str = "2026-11-23T12:00:00Z";

struct World {
    app: Arc<App>,
    env: Env,
    folder: Folder,
    url: Option<String>,
}

/// Runs a test on SQLite, and on PostgreSQL where there is a server.
fn on_both(name: &str, check: fn(&World)) {
    check(&World::new(name, None));
    match std::env::var("REJOINDER_TEST_POSTGRES") {
        Ok(server) => check(&World::new(name, Some(database(&server, &name.replace('-', "_"))))),
        Err(_) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
            println!("left out on PostgreSQL: REJOINDER_TEST_POSTGRES names no server");
        }
    }
}

impl World {
    fn new(name: &str, url: Option<String>) -> Self {
        let folder = Folder::new(name);
        let store = open(folder.path(), url.as_deref()).unwrap();
        let env = Env::fixed(Timestamp::parse(BEGIN).unwrap(), 42);
        let app = App::new(store, env.clone(), Egress::LoopbackOnly, Some("one".to_owned())).unwrap();
        install(&app, &["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap())).unwrap();
        Self { app: Arc::new(app), env, folder, url }
    }

    /// Another node on the same database.
    fn another_node(&self) -> App {
        // An embedded database is open once.
        let url = self.url.as_deref();
        let store =
            url.map_or_else(|| self.app.store.clone(), |url| open(self.folder.path(), Some(url)).unwrap());
        App::new(store, self.env.clone(), Egress::LoopbackOnly, Some("two".to_owned())).unwrap()
    }

    /// Does everything that there is to do now.
    fn settle(&self) {
        loop {
            let app = &self.app;
            let done = schedule::tick(app).unwrap() + jobs::tick(app).unwrap() + notify::tick(app).unwrap();
            if done == 0 {
                return;
            }
        }
    }

    /// Lets time pass, an hour at a time.
    fn pass(&self, span: i64) {
        let end = self.env.now().plus(span);
        while self.env.now() < end {
            self.env.advance((end.micros() - self.env.now().micros()).min(HOUR));
            self.settle();
        }
    }

    fn insert(&self, table: &str, values: &[(&str, Value)]) -> Id {
        let fields: Fields = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let insert = Change::Insert { table: table.to_owned(), id: None, fields };
        change(&self.app, Asker::program(), vec![insert]).unwrap().first().unwrap().id
    }

    fn update(&self, table: &str, id: Id, values: &[(&str, Value)]) {
        let fields = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let key = RecordKey { table: table.to_owned(), id };
        change(&self.app, Asker::program(), vec![Change::Update { key, fields }]).unwrap();
    }

    fn incident(&self, subject: &str, state: &str) -> RecordKey {
        let anna = Value::Ref(record_id("demo", "people/anna"));
        let values = [("subject", Value::text(subject)), ("state", Value::text(state)), ("caller", anna)];
        RecordKey { table: "incident".to_owned(), id: self.insert("incident", &values) }
    }

    fn job(&self, name: &str, cron: &str, values: &[(&str, Value)]) -> Id {
        let mut all = vec![("name", Value::text(name)), ("cron", Value::text(cron))];
        all.extend(values.iter().cloned());
        if !values.iter().any(|(field, _)| *field == "event_name") {
            all.push(("event_name", Value::text("night.report")));
        }
        self.insert("scheduled_job", &all)
    }

    fn register(&self, name: &str) -> Id {
        self.insert("event_register", &[("name", Value::text(name))])
    }

    fn runs(&self, job: Id) -> Vec<RunRow> {
        self.app.store.runs(job, &Page { after: None, limit: 200 }).unwrap().items
    }

    /// When runs were due, oldest first, and how they ended.
    fn told(&self, job: Id) -> Vec<String> {
        let line = |run: &RunRow| {
            let why = run.why.as_ref().map(|why| format!(" ({})", why.code)).unwrap_or_default();
            format!("{} {}{why}", run.due_at.rfc3339().get(5..16).unwrap(), run.state)
        };
        self.runs(job).iter().rev().map(line).collect()
    }

    fn events(&self, name: &str) -> Vec<EventRow> {
        let all = self.app.store.events(None, None, &Page { after: None, limit: 200 }).unwrap().items;
        all.into_iter().filter(|event| event.name == name).collect()
    }

    fn subjects(&self) -> Vec<String> {
        let filter = EmailFilter { direction: Some(Direction::Outgoing), ..EmailFilter::default() };
        let mails = self.app.store.emails(&filter, &Page { after: None, limit: 200 }).unwrap().items;
        mails.into_iter().map(|mail| mail.subject.unwrap_or_default()).collect()
    }

    fn reminders(&self) -> Vec<String> {
        self.subjects().into_iter().filter(|subject| subject.contains("We still wait")).collect()
    }

    fn attention(&self, code: &str) -> usize {
        let open = self.app.store.attention(true, &Page { after: None, limit: 200 }).unwrap().items;
        open.iter().filter(|one| one.why.code == code).count()
    }
}

fn yes() -> Value {
    Value::Bool(true)
}

#[test]
fn a_job_has_callers_reminded_of_incidents_that_waited_for_three_days() {
    on_both("schedule-remind", |world| {
        let job = record_id("itsm", "jobs/remind-callers");
        world.incident("Printer", "information_needed");
        world.incident("Monitor", "in_progress");
        world.update("scheduled_job", job, &[("active", yes())]);
        world.settle();
        world.pass(DAY);
        let late = world.incident("Keyboard", "information_needed");
        world.pass(2 * DAY);
        assert_eq!(
            world.told(job),
            ["11-24T09:00 processed", "11-25T09:00 processed", "11-26T09:00 processed"]
        );
        assert!(world.reminders().is_empty(), "nobody has waited for three days yet");
        world.pass(DAY);
        let reminders = world.reminders();
        let [one] = reminders.as_slice() else { panic!("{reminders:?}") };
        assert!(one.contains("[INC0000001]") && one.contains("Printer"), "{one}");
        let run = world.runs(job).into_iter().next().unwrap();
        assert_eq!((run.due_at.rfc3339().get(..16), run.events), (Some("2026-11-27T09:00"), 1));
        let told = explain(&world.app, &run.id.to_string()).unwrap();
        assert_eq!(told.of, "run");
        for fact in [
            "Run of the job Remind callers, due 2026-11-27T09:00",
            "that fulfil the condition: 1;",
            "event     incident.reminder on INC0000001",
            "Event incident.reminder by job Remind callers: processed",
            "rule      Reminder to the caller: ran",
            "to anna@example.com: ready",
            "it runs next: 2026-11-30T09:00",
        ] {
            assert!(told.text.contains(fact), "`{fact}` is missing in:\n{}", told.text);
        }
        world.update(&late.table, late.id, &[("state", Value::text("in_progress"))]);
        world.pass(3 * DAY);
        assert_eq!(
            world.reminders().len(),
            2,
            "on Monday the printer again; the weekend is left out, and so is what goes on"
        );
        assert_eq!(world.runs(job).len(), 5);
    });
}

#[test]
fn a_job_without_a_table_raises_its_event_once_about_its_entry() {
    on_both("schedule-once", |world| {
        let entry = world.register("night.report");
        let rule = [
            ("name", Value::text("Night report")),
            ("table", Value::text("event_register")),
            ("event_name", Value::text("night.report")),
            ("subject", Value::text("The night")),
            ("body_text", Value::text("Is over.")),
            ("addresses", Value::list(vec!["boss@example.net".to_owned()])),
        ];
        world.insert("notification_rule", &rule);
        let params = ("event_params", Value::list(vec!["first".to_owned()]));
        let zone = ("time_zone", Value::text("Europe/Berlin"));
        let job = world.job("Night", "30 4 * * *", &[params, zone]);
        world.settle();
        world.pass(DAY);
        assert_eq!(world.told(job), ["11-24T03:30 processed"], "half past four in Berlin");
        let events = world.events("night.report");
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((event.record.id, event.actor.as_str()), (entry, "job Night"));
        assert_eq!(event.params, [Some("first".to_owned())]);
        assert_eq!(world.subjects(), ["The night"]);
    });
}

#[test]
fn many_records_are_taken_in_steps_and_each_once() {
    on_both("schedule-steps", |world| {
        world.register("incident.counted");
        let all = JOB_STEP_RECORDS as usize + 1;
        let one = |number: usize| Change::Insert {
            table: "incident".to_owned(),
            id: None,
            fields: [("subject".to_owned(), Value::text(number.to_string()))].into(),
        };
        change(&world.app, Asker::program(), (0..all).map(one).collect()).unwrap();
        let values = [("event_name", Value::text("incident.counted")), ("table", Value::text("incident"))];
        let job = world.job("Count", "@daily", &values);
        schedule::tick(&world.app).unwrap();
        world.env.advance(12 * HOUR);
        assert_eq!(schedule::tick(&world.app).unwrap(), 1);
        assert_eq!(jobs::tick(&world.app).unwrap(), 1);
        let run = &world.runs(job).remove(0);
        assert_eq!((run.state.as_str(), run.events), ("ready", i64::from(JOB_STEP_RECORDS)));
        assert_eq!(jobs::tick(&world.app).unwrap(), 1);
        let run = &world.runs(job).remove(0);
        assert_eq!((run.state.as_str(), run.events), ("processed", i64::from(JOB_STEP_RECORDS) + 1));
    });
}

#[test]
fn each_time_is_seen_to_by_one_of_two_nodes() {
    on_both("schedule-nodes", |world| {
        world.register("night.report");
        let job = world.job("Each minute", "* * * * *", &[]);
        let other = world.another_node();
        for _ in 0..5 {
            std::thread::scope(|scope| {
                let ticks =
                    [world.app.as_ref(), &other].map(|app| scope.spawn(|| schedule::tick(app).unwrap()));
                for tick in ticks {
                    tick.join().unwrap();
                }
                let works = [world.app.as_ref(), &other].map(|app| scope.spawn(|| jobs::tick(app).unwrap()));
                for work in works {
                    work.join().unwrap();
                }
            });
            world.env.advance(MINUTE);
        }
        assert_eq!(
            world.told(job),
            ["11-23T12:01", "11-23T12:02", "11-23T12:03", "11-23T12:04"]
                .map(|due| format!("{due} processed"))
        );
        assert_eq!(world.events("night.report").len(), 4);
    });
}

#[test]
fn what_was_missed_while_the_program_was_down_is_made_up_for_once_or_left_out() {
    on_both("schedule-missed", |world| {
        world.register("night.report");
        let once = world.job("Once", "0 * * * *", &[]);
        let skip = world.job("Skip", "0 * * * *", &[("missed", Value::text("skip"))]);
        world.settle();
        world.env.advance(2 * DAY + 30 * MINUTE);
        world.settle();
        assert_eq!(world.told(once), ["11-23T13:00 processed"], "one run for two days, and no storm");
        assert_eq!(world.told(skip), ["11-23T13:00 skipped (missed)"]);
        assert_eq!(world.events("night.report").len(), 1);
        let made_up_for = world.runs(once).remove(0);
        assert!(explain(&world.app, &made_up_for.id.to_string()).unwrap().text.contains("made_up_for"));
        world.pass(30 * MINUTE);
        assert_eq!(world.told(once), ["11-23T13:00 processed", "11-25T13:00 processed"]);
        assert_eq!(world.told(skip), ["11-23T13:00 skipped (missed)", "11-25T13:00 processed"]);
    });
}

#[test]
fn editing_the_cron_moves_the_next_run_and_switching_off_ends_it() {
    on_both("schedule-edit", |world| {
        world.register("night.report");
        let job = world.job("Edited", "0 14 * * *", &[]);
        world.settle();
        world.update("scheduled_job", job, &[("cron", Value::text("0 16 * * *"))]);
        // Even where nobody has looked since: what is due by the old time is nobody's any more.
        world.env.advance(3 * HOUR);
        world.settle();
        assert_eq!(world.told(job), [""; 0]);
        world.pass(DAY - 3 * HOUR);
        assert_eq!(world.told(job), ["11-23T16:00 processed"]);
        let zone = [("time_zone", Value::text("Europe/Moscow"))];
        world.update("scheduled_job", job, &zone);
        world.pass(2 * HOUR);
        assert_eq!(world.told(job), ["11-23T16:00 processed", "11-24T13:00 processed"]);
        world.update("scheduled_job", job, &[("active", Value::Bool(false))]);
        world.pass(2 * DAY);
        assert_eq!(world.runs(job).len(), 2);
        world.update("scheduled_job", job, &[("active", yes())]);
        world.pass(DAY);
        assert_eq!(world.runs(job).len(), 3, "what lay in between was not missed: it was switched off");
        let key = RecordKey { table: "scheduled_job".to_owned(), id: job };
        change(&world.app, Asker::program(), vec![Change::Delete { key }]).unwrap();
        world.pass(2 * DAY);
        assert_eq!(world.runs(job).len(), 3);
    });
}

#[test]
fn a_run_by_hand_needs_no_time_and_only_one_runs_at_once() {
    on_both("schedule-by-hand", |world| {
        world.register("night.report");
        let job = world.job("By hand", "0 14 * * *", &[("active", Value::Bool(false))]);
        let actor = Actor { user: None, label: "Vera".to_owned() };
        let run = run_now(&world.app, job, &actor).unwrap();
        assert_eq!((run.state.as_str(), run.by.as_deref()), ("ready", Some("Vera")));
        let refused = run_now(&world.app, job, &actor).unwrap_err().to_string();
        assert!(refused.contains("under way"), "{refused}");
        world.update("scheduled_job", job, &[("active", yes())]);
        schedule::tick(&world.app).unwrap();
        world.env.advance(2 * HOUR);
        assert_eq!(schedule::tick(&world.app).unwrap(), 1);
        world.settle();
        assert_eq!(world.told(job), ["11-23T12:00 processed", "11-23T14:00 skipped (still_running)"]);
        assert_eq!(world.events("night.report").len(), 1);
        run_now(&world.app, job, &actor).unwrap();
        let times = next_times(&world.app, job, 3).unwrap();
        let days: Vec<String> = times.iter().map(|at| at.rfc3339().chars().take(16).collect()).collect();
        assert_eq!(days, ["2026-11-24T14:00", "2026-11-25T14:00", "2026-11-26T14:00"]);
    });
}

#[test]
fn a_job_whose_event_is_unknown_fails_at_once_and_is_told_of_once() {
    on_both("schedule-broken", |world| {
        let job = world.job("Broken", "* * * * *", &[]);
        world.settle();
        for _ in 0..3 {
            world.env.advance(MINUTE);
            world.settle();
        }
        assert_eq!(world.told(job).first().unwrap(), "11-23T12:01 failed (job_broken)");
        assert_eq!((world.runs(job).len(), world.attention("job_broken")), (3, 1));
        let findings = doctor(&world.app, world.folder.path()).unwrap();
        let bad: Vec<&str> =
            findings.iter().filter(|one| one.what == "scheduled job").map(|one| one.text.as_str()).collect();
        assert_eq!(bad, ["Broken: the event `night.report`: no such event is registered"]);
        world.register("night.report");
        world.env.advance(MINUTE);
        world.settle();
        assert_eq!(world.told(job).last().unwrap(), "11-23T12:04 processed");
    });
}

#[test]
fn the_doctor_tells_of_jobs_that_never_come_and_of_rules_whose_event_is_unknown() {
    on_both("schedule-doctor", |world| {
        let jobs = |world: &World| -> Vec<(Health, String)> {
            let all = doctor(&world.app, world.folder.path()).unwrap().into_iter();
            all.filter(|one| one.what.contains("job") || one.text.contains("listens"))
                .map(|one| (one.health, one.text))
                .collect()
        };
        assert_eq!(
            jobs(world),
            [(Health::Good, "0 of 1 scheduled jobs are active; 1 events are registered".to_owned())]
        );
        world.register("night.report");
        let off = ("active", Value::Bool(false));
        world.job("February", "0 0 30 2 *", &[]);
        world.job("April", "0 0 31 4 *", &[off]);
        let values = [
            ("name", Value::text("Deaf")),
            ("table", Value::text("incident")),
            ("event_name", Value::text("incident.remindr")),
            ("subject", Value::text("x")),
            ("body_text", Value::text("x")),
        ];
        world.insert("notification_rule", &values);
        let mut found = jobs(world);
        found.sort_by(|a, b| a.1.cmp(&b.1));
        let healths: Vec<Health> = found.iter().map(|(health, _)| *health).collect();
        assert_eq!(healths, [Health::Look, Health::Look, Health::Bad], "{found:?}");
        assert!(
            found.iter().any(|(_, text)| text.starts_with("February: its time never comes")),
            "{found:?}"
        );
        world.pass(DAY);
    });
}

#[test]
fn an_event_raised_ahead_waits_for_its_time_and_reads_its_record_then() {
    on_both("schedule-ahead", |world| {
        let key = world.incident("Printer", "in_progress");
        let gone = world.incident("Monitor", "information_needed");
        let ahead =
            |at: i64| Raise { at: Some(world.env.now().plus(at)), ..Raise::named("incident.reminder") };
        let one = raise(&world.app, Asker::program(), None, (Some(key.clone()), ahead(DAY))).unwrap();
        let two = raise(&world.app, Asker::program(), None, (Some(gone.clone()), ahead(DAY))).unwrap();
        assert_eq!(one.event.state, "scheduled");
        world.settle();
        assert!(world.reminders().is_empty());
        world.pass(DAY - SECOND);
        world.update(&key.table, key.id, &[("state", Value::text("information_needed"))]);
        change(&world.app, Asker::program(), vec![Change::Delete { key: gone }]).unwrap();
        world.settle();
        assert_eq!(
            world.events("incident.reminder").iter().filter(|event| event.state == "scheduled").count(),
            2
        );
        world.pass(SECOND);
        assert_eq!(world.reminders().len(), 1, "it waits for information by now");
        let two = world.app.store.event_row(two.event.id).unwrap().unwrap();
        assert_eq!((two.state.as_str(), two.why.unwrap().code.as_str()), ("processed", "record_gone"));
        let told = explain(&world.app, &two.id.to_string()).unwrap().text;
        assert!(told.contains("record_gone"), "{told}");
    });
}

#[test]
fn an_event_that_waits_is_called_off_or_replaced_under_its_key() {
    on_both("schedule-key", |world| {
        let key = world.incident("Printer", "information_needed");
        let under = |at: i64, replace: bool| Raise {
            at: Some(world.env.now().plus(at)),
            same: Some(rejoinder_engine::plan::SameKey { key: "mine".to_owned(), replace }),
            ..Raise::named("incident.reminder")
        };
        let ask =
            |raise_: Raise| raise(&world.app, Asker::program(), None, (Some(key.clone()), raise_)).unwrap();
        let first = ask(under(HOUR, true));
        let second = ask(under(2 * HOUR, true));
        let third = ask(under(3 * HOUR, false));
        assert!(!second.ignored && third.ignored);
        assert_eq!((second.event.id, third.event.due_at), (third.event.id, second.event.due_at));
        let first = world.app.store.event_row(first.event.id).unwrap().unwrap();
        assert_eq!(first.why.unwrap().code, "replaced");
        world.app.store.cancel_event(second.event.id, "Vera", world.env.now()).unwrap();
        world.pass(DAY);
        assert!(world.reminders().is_empty());
    });
}

#[test]
fn a_request_that_is_repeated_names_the_event_that_the_first_one_raised() {
    on_both("schedule-repeat", |world| {
        let key = world.incident("Printer", "information_needed");
        let request = rejoinder_engine::pack::record_id("requests", "one");
        let ask = || {
            let reminder = Raise::named("incident.reminder");
            raise(&world.app, Asker::program(), Some(request), (Some(key.clone()), reminder)).unwrap()
        };
        let first = ask();
        world.pass(HOUR);
        let again = ask();
        assert_eq!((first.ignored, again.ignored, first.event.id), (false, false, again.event.id));
    });
}

#[test]
fn every_name_that_can_occur_is_listed_with_the_rules_that_listen() {
    on_both("schedule-names", |world| {
        let config = world.app.config().unwrap();
        let names = event_names(&config);
        let find =
            |name: &str| names.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(find("incident.reminder").rules, ["Reminder to the caller"]);
        assert!(find("incident.reminder").registered && !find("incident.updated").registered);
        assert!(find("incident.updated").rules.contains(&"Completed".to_owned()));
        assert!(!find("incident.inserted").rules.contains(&"Completed".to_owned()));
        assert!(find("task.deleted").rules.is_empty());
        assert!(names.iter().all(|one| !one.name.starts_with("setting.")), "configuration raises none");
        assert_eq!(
            config.events.len() + 6 * 3,
            names.len(),
            "approvals, tasks and the four kinds of them, each inserted, updated and deleted"
        );
    });
}

#[test]
fn a_run_that_fails_waits_twice_as_long_each_time_up_to_an_hour() {
    let waits: Vec<Duration> = [0, 1, 2, 8, 9, 40, i64::MAX].map(jobs::back_off).to_vec();
    assert_eq!(waits.first(), Some(&RETRY_FAULT));
    assert_eq!(waits.get(1..3), Some([RETRY_FAULT * 2, RETRY_FAULT * 4].as_slice()));
    assert!(waits.get(3).unwrap() < &RUN_RETRY_MAX);
    assert!(waits.iter().skip(4).all(|wait| *wait == RUN_RETRY_MAX));
}
