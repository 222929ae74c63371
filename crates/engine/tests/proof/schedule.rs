//! Scheduled jobs at their limits, and events whose record is read late.

use std::fmt::Write as _;

use rejoinder_engine::events::Raise;
use rejoinder_engine::id::Id;
use rejoinder_engine::limits::{EVENT_PARAMS_MAX, JOB_LATE_MINUTES, JOB_RUN_RECORDS_MAX, JOB_STEP_RECORDS};
use rejoinder_engine::notify::{self, Event};
use rejoinder_engine::plan::{Actor, JobWork, Plan, Unit};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::schedule::run::{self, RunError, RunStep};
use rejoinder_engine::schedule::{ScheduledJob, Waiting, due};
use rejoinder_engine::time::{MINUTE, Timestamp};
use rejoinder_engine::value::Value;

use crate::support::loading::by_name;
use crate::support::world::World;

/// A world with a job that raises `incident.counted` for every incident, and so many incidents.
fn with_incidents(count: usize) -> (World, Id) {
    let mut world = World::new();
    let mut text = "[event_register.\"incident.counted\"]\n[scheduled_job.Count]\ncron = \"@daily\"\nevent_name = \"incident.counted\"\ntable = \"incident\"\n".to_owned();
    for number in 0..count {
        writeln!(text, "[incident.INC{number:07}]\nsubject = \"{number}\"").unwrap();
    }
    world.write(&text);
    let job = by_name(&world.view.list(), &world.config.dictionary, "scheduled_job", "Count").unwrap();
    (world, job)
}

fn step(world: &mut World, job: Id, cursor: Option<&str>) -> Result<Plan, RunError> {
    let seed = rejoinder_engine::id::Seed::new([3; 32]);
    let run = seed.id("run", world.now);
    let step = RunStep { run, epoch: 1, job, cursor };
    let view = world.view.clone();
    let numbers = rejoinder_engine::context::NextNumber;
    let context = rejoinder_engine::context::Context {
        config: &world.config,
        view: &view,
        now: world.now,
        seed,
        numbers: &numbers,
    };
    run::decide(context, &step)
}

fn cursor(plan: &Plan) -> Option<String> {
    let Unit::Job { cursor, .. } = &plan.unit else { panic!("no step") };
    cursor.clone()
}

#[test]
fn a_step_takes_so_many_records_and_the_next_goes_on_behind_them() {
    let all = JOB_STEP_RECORDS as usize + 1;
    let (mut world, job) = with_incidents(all);
    let first = step(&mut world, job, None).unwrap();
    assert_eq!(first.events.len(), JOB_STEP_RECORDS as usize);
    let again = step(&mut world, job, None).unwrap();
    assert_eq!(again.canonical(), first.canonical(), "a step decided again names the same events");
    let second = step(&mut world, job, cursor(&first).as_deref()).unwrap();
    assert_eq!((second.events.len(), cursor(&second)), (1, None));
    let mut events: Vec<Id> = first.events.iter().chain(&second.events).map(|event| event.id).collect();
    let mut records: Vec<Id> =
        first.events.iter().chain(&second.events).map(|event| event.record.id).collect();
    events.sort_unstable();
    events.dedup();
    records.sort_unstable();
    records.dedup();
    assert_eq!((events.len(), records.len()), (all, all), "each record once, under an id of its own");
    assert!(first.events.iter().all(|event| event.actor.label == "job Count"));
    assert_eq!(first.cause.chain, ["job Count"]);
}

#[test]
fn a_run_takes_so_many_records_and_a_person_is_told_of_those_beyond() {
    let (mut world, job) = with_incidents(3);
    let before = world.view.list().iter().map(|record| record.id).min().unwrap();
    let at = |done: u32| format!("{done:07}.{before}");
    let fits = step(&mut world, job, Some(&at(JOB_RUN_RECORDS_MAX - 4))).unwrap();
    assert_eq!((fits.events.len(), cursor(&fits), fits.attention.len()), (3, None, 0));
    let cut = step(&mut world, job, Some(&at(JOB_RUN_RECORDS_MAX - 2))).unwrap();
    assert_eq!((cut.events.len(), cursor(&cut)), (2, None));
    assert_eq!(cut.attention.iter().map(|one| one.why.code.as_str()).collect::<Vec<_>>(), ["too_many"]);
}

#[test]
fn a_job_that_is_gone_raises_nothing_and_one_whose_event_is_unknown_says_so() {
    let (mut world, job) = with_incidents(1);
    let plan = step(&mut world, Id::try_from("0".repeat(32)).unwrap(), None).unwrap();
    assert_eq!((plan.events.len(), cursor(&plan)), (0, None));
    world.write("[scheduled_job.Count]\nevent_name = \"incident.countd\"");
    let error = step(&mut world, job, None).unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("`incident.countd`") && told.contains("did you mean `incident.counted`?"),
        "{told}"
    );
}

fn job(world: &World, id: Id) -> &ScheduledJob {
    &world.config.jobs[&id]
}

/// What becomes of a time that is so late.
fn at_late(world: &World, id: Id, late: i64, busy: bool) -> (Plan, Timestamp) {
    let at = world.now.plus(-late);
    let waiting = Waiting { job: id, fingerprint: String::new(), next_at: Some(at), epoch: 7, busy };
    let numbers = rejoinder_engine::context::NextNumber;
    let seed = rejoinder_engine::id::Seed::new([4; 32]);
    let context = rejoinder_engine::context::Context {
        config: &world.config,
        view: &world.view,
        now: world.now,
        seed,
        numbers: &numbers,
    };
    (due(context, job(world, id), &waiting, at), at)
}

#[test]
fn a_time_counts_as_missed_after_some_minutes_and_the_policy_says_what_then() {
    let (mut world, id) = with_incidents(0);
    let late = JOB_LATE_MINUTES * MINUTE;
    let outcome = |world: &World, late| match &at_late(world, id, late, false).0.jobs[0].work {
        JobWork::Run { .. } => "run".to_owned(),
        JobWork::Skipped { why, .. } => why.code.clone(),
        JobWork::FanOut { .. } | JobWork::Reprocess { .. } => panic!("no run"),
    };
    assert_eq!((outcome(&world, late), outcome(&world, late + 1)), ("run".to_owned(), "run".to_owned()));
    let notes = |late| {
        let plan = at_late(&world, id, late, false).0;
        plan.trace.tell().contains("made_up_for")
    };
    assert_eq!((notes(late), notes(late + 1)), (false, true));
    world.write("[scheduled_job.Count]\nmissed = \"skip\"");
    assert_eq!((outcome(&world, late), outcome(&world, late + 1)), ("run".to_owned(), "missed".to_owned()));
}

#[test]
fn a_time_that_comes_while_a_run_is_under_way_is_left_out_and_the_next_is_set() {
    let (world, id) = with_incidents(0);
    let (plan, at) = at_late(&world, id, 1, true);
    let JobWork::Skipped { due, why, .. } = &plan.jobs[0].work else { panic!("it runs") };
    assert_eq!((*due, why.code.as_str()), (at, "still_running"));
    let midnight = Timestamp::parse("2026-11-24T00:00:00Z");
    assert_eq!(plan.unit, Unit::Schedule { job: id, epoch: 7, next_at: midnight });
    assert_eq!(plan.generation, Some(world.config.generation), "whoever edits the job has it decided again");
}

/// What is said about a job with these values.
fn refused(values: &[(&str, &str)]) -> Option<(String, String)> {
    let mut world = World::new();
    let usual = [("name", "J"), ("cron", "@daily"), ("event_name", "incident.reminder")];
    let mut fields: Fields =
        usual.iter().map(|(name, value)| ((*name).to_owned(), Value::text(*value))).collect();
    fields.extend(values.iter().map(|(name, value)| ((*name).to_owned(), Value::text(*value))));
    if let Some(Value::Text(params)) = fields.get("event_params").cloned() {
        let items = vec!["x".to_owned(); params.parse().unwrap()];
        fields.insert("event_params".to_owned(), Value::list(items));
    }
    let seed = world.next_seed();
    let request = rejoinder_engine::request::Request {
        id: world.unit_id(seed),
        rights: rejoinder_engine::access::Rights::Program,
        actor: Actor::system(),
        changes: vec![Change::Insert { table: "scheduled_job".to_owned(), id: None, fields }],
    };
    let numbers = rejoinder_engine::context::NextNumber;
    let context = rejoinder_engine::context::Context {
        config: &world.config,
        view: &world.view,
        now: world.now,
        seed,
        numbers: &numbers,
    };
    match rejoinder_engine::request::decide(context, &request) {
        Ok(_) => None,
        Err(error) => {
            let fault = error.fields().into_iter().next().unwrap_or_else(|| panic!("{error}"));
            Some((fault.field, fault.rule))
        }
    }
}

#[test]
fn a_job_that_cannot_be_read_is_refused_with_its_field_and_what_is_wrong() {
    let incident = ("table", "incident");
    let told = |values: &[(&str, &str)]| {
        let (field, rule) = refused(values).unwrap_or_else(|| panic!("{values:?} is taken"));
        format!("{field}: {rule}")
    };
    assert_eq!(refused(&[]), None);
    assert_eq!(told(&[("cron", "0 25 * * *")]), "cron: the hour: 25 is not between 0 and 23");
    assert!(told(&[("time_zone", "Europe/Atlantis")]).contains("there is no time zone `Europe/Atlantis`"));
    assert_eq!(refused(&[("time_zone", "Europe/Moscow")]), None);
    assert_eq!(told(&[("table", "nowhere")]), "table: there is no table `nowhere`");
    assert!(told(&[("older_than", "3d")]).starts_with("older_than: it needs a table"));
    assert!(told(&[incident, ("older_than", "3d")]).starts_with("older_field: name the field"));
    assert!(told(&[incident, ("older_field", "updated_at")]).starts_with("older_than: say how long ago"));
    assert_eq!(
        told(&[incident, ("older_field", "subject"), ("older_than", "3d")]),
        "older_field: `subject` holds no moment"
    );
    for wrong in ["3", "3y", "0d", "-1h", "d", "99999999999d"] {
        let told = told(&[incident, ("older_field", "updated_at"), ("older_than", wrong)]);
        assert!(told.starts_with("older_than: `"), "{told}");
    }
    for span in ["30m", "12h", "3d"] {
        assert_eq!(refused(&[incident, ("older_field", "updated_at"), ("older_than", span)]), None);
    }
    let looks_back = r#"{"field":"state","operator":"changes"}"#;
    assert!(told(&[incident, ("condition", looks_back)]).contains("looks back"));
    assert!(
        told(&[incident, ("condition", r#"{"field":"nothing","operator":"is_empty"}"#)]).contains("no field")
    );
    assert_eq!(refused(&[("event_params", &EVENT_PARAMS_MAX.to_string())]), None);
    assert!(told(&[("event_params", &(EVENT_PARAMS_MAX + 1).to_string())]).starts_with("event_params"));
}

#[test]
fn a_name_that_the_program_raises_itself_or_that_is_no_name_cannot_be_registered() {
    let mut world = World::new();
    let mut register = |name: &str, table: &str| {
        let values =
            [("name", name), ("table", table)].map(|(field, value)| (field.to_owned(), Value::text(value)));
        let insert = Change::Insert { table: "event_register".to_owned(), id: None, fields: values.into() };
        world.request(Actor::system(), vec![insert]).map(|_| ())
    };
    assert!(register("incident.updated", "").unwrap_err().contains("by itself"));
    assert!(register("Incident Ordered", "").unwrap_err().contains("small letters"));
    assert!(register("incident.ordered", "nowhere").unwrap_err().contains("no table `nowhere`"));
    register("incident.ordered", "incident").unwrap();
    register("user.updated", "").unwrap();
}

/// An event that has waited for its time, and the world in which that has come.
fn waited() -> (World, Event, RecordKey) {
    let mut world = World::new();
    world.write("[incident.INC0000001]\nsubject = \"Printer\"\ncaller = \"Anna Ivanova\"\nstate = \"information_needed\"");
    let key = world.view.numbered("INC0000001").unwrap().key();
    let change = Change::Raise { key: key.clone(), raise: Raise::named("incident.reminder") };
    world.request(Actor::system(), vec![change]).unwrap();
    let event = world.events.pop().unwrap();
    (world, Event { new: None, ..event }, key)
}

fn decided(world: &mut World, event: &Event) -> Plan {
    let view = world.view.clone();
    world.decide(event.seed, &view, |context| notify::decide(context, event).unwrap())
}

#[test]
fn an_event_that_waited_is_about_its_record_as_it_is_when_its_time_comes() {
    let (mut world, event, key) = waited();
    let plan = decided(&mut world, &event);
    assert_eq!(plan.outgoing.len(), 1, "the incident still waits for information");
    assert!(world.view.holds(&plan));
    let fields = [("state".to_owned(), Value::text("in_progress"))].into();
    world.request(Actor::system(), vec![Change::Update { key, fields }]).unwrap();
    assert!(!world.view.holds(&plan), "a change meanwhile has it decided again");
    assert!(decided(&mut world, &event).outgoing.is_empty());
}

#[test]
fn an_event_whose_record_is_gone_is_settled_with_that_reason() {
    let (mut world, event, key) = waited();
    world.request(Actor::system(), vec![Change::Delete { key }]).unwrap();
    let plan = decided(&mut world, &event);
    let Unit::Event { parked: None, unheard: Some(why), .. } = &plan.unit else { panic!("{:?}", plan.unit) };
    assert_eq!(why.code, "record_gone");
    assert!(plan.outgoing.is_empty());
}
