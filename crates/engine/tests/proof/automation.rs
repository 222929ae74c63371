//! Limits of what administrators automate, records that cannot be read, and what a run of scripts reads.

use std::fmt::Write as _;

use rejoinder_engine::context::{Context, NextNumber};
use rejoinder_engine::id::Seed;
use rejoinder_engine::limits::{
    JOB_STEP_SCRIPTS, NESTED_STACK_BYTES, SCHEDULE_LINES_MAX, SCRIPT_DEPTH_MAX, SCRIPT_RUNS_MAX,
};
use rejoinder_engine::plan::{Actor, Guard, Plan, Unit};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::schedule::run::{self, RunStep};
use rejoinder_engine::trace::Step;
use rejoinder_engine::value::Value;

use crate::support::loading::by_name;
use crate::support::world::World;

fn rule(name: &str, when: &str, script: &str) -> String {
    format!(
        "[business_rule.\"{name}\"]\ntable = \"incident\"\nwhen = \"{when}\"\non_insert = true\nscript = \"\"\"{script}\"\"\"\n"
    )
}

fn insert(world: &mut World, subject: &str) -> Plan {
    let fields = [("subject".to_owned(), Value::text(subject))].into();
    world
        .request(Actor::system(), vec![Change::Insert { table: "incident".to_owned(), id: None, fields }])
        .unwrap()
}

fn errors(plan: &Plan) -> Vec<String> {
    let told = plan.trace.steps.iter().filter_map(|step| match step {
        Step::Error { why, .. } => Some(why.code.clone()),
        _ => None,
    });
    told.collect()
}

#[test]
fn scripts_that_cause_each_other_end_at_their_depth() {
    let chain = "if (current.subject.length > 1) { var n = new SimpleRecord(\'incident\'); \
        n.subject = current.subject.substring(1); n.insert(); }";
    let mut world = World::new();
    world.write(&rule("Chain", "after", chain));
    let fits = insert(&mut world, &"x".repeat(SCRIPT_DEPTH_MAX));
    assert_eq!((fits.records.len(), errors(&fits)), (SCRIPT_DEPTH_MAX, vec![]));
    let cut = insert(&mut world, &"x".repeat(SCRIPT_DEPTH_MAX + 1));
    assert_eq!((cut.records.len(), errors(&cut)), (SCRIPT_DEPTH_MAX + 1, vec!["script_cycle".to_owned()]));
    assert_eq!(cut.attention.len(), 1, "a person is told once");
}

#[test]
fn one_decision_runs_so_many_scripts() {
    let mut world = World::new();
    world.write(&rule("Nothing", "before", "1;"));
    let changes = |count: usize| {
        let one = |place: usize| Change::Insert {
            table: "incident".to_owned(),
            id: None,
            fields: [("subject".to_owned(), Value::text(format!("{place}")))].into(),
        };
        (0..count).map(one).collect::<Vec<_>>()
    };
    let fits = world.request(Actor::system(), changes(SCRIPT_RUNS_MAX)).unwrap();
    assert_eq!(errors(&fits), Vec::<String>::new());
    let cut = world.request(Actor::system(), changes(SCRIPT_RUNS_MAX + 1)).unwrap();
    assert_eq!(cut.records.len(), SCRIPT_RUNS_MAX + 1, "the change itself is made");
    assert!(cut.attention.iter().any(|one| one.why.text.contains("at most")), "{:?}", cut.attention);
}

#[test]
fn a_script_inside_of_another_has_a_small_stack_and_five_of_them_fit_a_thread() {
    let deep = "function f(n) { return n === 0 ? 0 : 1 + f(n - 1); } f(100);";
    let nested = format!(
        "if (current.subject.length > 1) {{ var n = new SimpleRecord(\'incident\'); n.subject = \'x\'; n.insert(); }} {deep}"
    );
    let mut world = World::new();
    world.write(&rule("Deep", "after", &nested));
    assert_eq!(errors(&insert(&mut world, "xx")), Vec::<String>::new(), "a hundred calls fit");
    let endless = "if (current.subject === \'x\') { (function f() { f(); })(); } else { var n = new SimpleRecord(\'incident\'); n.subject = \'x\'; n.insert(); }";
    world.write(&rule("Deep", "after", endless));
    let plan = insert(&mut world, "outer");
    assert_eq!(errors(&plan), ["script_stack_limit"]);
    assert_eq!(plan.records.len(), 2, "both records are made");
    // A thread has 2 MiB; the outermost may take 512 KiB.
    const { assert!(SCRIPT_DEPTH_MAX * NESTED_STACK_BYTES <= 512 * 1024) };
}

#[test]
fn a_step_of_a_job_runs_its_script_for_so_many_records() {
    let mut world = World::new();
    let mut text = "[scheduled_job.Touch]\ncron = \"@daily\"\ntable = \"incident\"\nscript = \"current.work_notes = \'x\'; current.update();\"\n".to_owned();
    for number in 0..=JOB_STEP_SCRIPTS {
        writeln!(text, "[incident.INC{number:07}]\nsubject = \"{number}\"").unwrap();
    }
    world.write(&text);
    let job = by_name(&world.view.list(), &world.config.dictionary, "scheduled_job", "Touch").unwrap();
    let seed = Seed::new([3; 32]);
    let decide = |cursor: Option<&str>| {
        let step = RunStep { run: seed.id("run", world.now), epoch: 1, job, cursor };
        let context =
            Context { config: &world.config, view: &world.view, now: world.now, seed, numbers: &NextNumber };
        run::decide(context, &step).unwrap()
    };
    let first = decide(None);
    let Unit::Job { cursor: Some(cursor), .. } = &first.unit else { panic!("another step is wanted") };
    assert_eq!(first.activities.len(), JOB_STEP_SCRIPTS as usize);
    let second = decide(Some(cursor));
    assert_eq!(second.activities.len(), 1);
    assert!(matches!(second.unit, Unit::Job { cursor: None, .. }));
    assert_ne!(first.activities[0].id, second.activities[0].id);
}

#[test]
fn working_hours_have_so_many_lines() {
    let mut world = World::new();
    let hours =
        |lines: usize| format!("[schedule.Desk]\nhours = \"{}\"\n", "mon-fri 09:00-18:00\\n".repeat(lines));
    world.write(&hours(SCHEDULE_LINES_MAX));
    let id = by_name(&world.view.list(), &world.config.dictionary, "schedule", "Desk").unwrap();
    let more = "mon-fri 09:00-18:00\n".repeat(SCHEDULE_LINES_MAX + 1);
    let key = RecordKey { table: "schedule".to_owned(), id };
    let change = |field: &str, text: &str| Change::Update {
        key: key.clone(),
        fields: [(field.to_owned(), Value::text(text))].into(),
    };
    let error = world.request(Actor::system(), vec![change("hours", &more)]).unwrap_err();
    assert!(error.contains("at most 200 lines"), "{error}");
    let error = world.request(Actor::system(), vec![change("hours", "noon")]).unwrap_err();
    assert!(error.contains("write `mon-fri 09:00-18:00`"), "{error}");
    let error = world.request(Actor::system(), vec![change("excluded", "new year")]).unwrap_err();
    assert!(error.contains("`2026-12-31`"), "{error}");
}

#[test]
fn what_cannot_be_read_is_refused_with_its_field() {
    let refused = |table: &str, more: &[(&str, Value)]| {
        let mut world = World::new();
        let mut fields: rejoinder_engine::record::Fields =
            [("name".to_owned(), Value::text("x"))].into_iter().collect();
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let change = Change::Insert { table: table.to_owned(), id: None, fields };
        world.request(Actor::system(), vec![change]).unwrap_err()
    };
    let text = |text: &str| Value::text(text);
    let yes = || Value::Bool(true);
    for (table, fields, told) in [
        (
            "business_rule",
            vec![("table", text("incident")), ("on_update", yes()), ("script", text("var = 1;"))],
            "`business_rule.script`: line 1, column 5",
        ),
        (
            "business_rule",
            vec![("table", text("incidnt")), ("on_update", yes()), ("script", text("1"))],
            "there is no table `incidnt`",
        ),
        (
            "business_rule",
            vec![("table", text("setting")), ("on_update", yes()), ("script", text("1"))],
            "no rules run when it changes",
        ),
        ("business_rule", vec![("table", text("incident")), ("script", text("1"))], "it listens to nothing"),
        (
            "business_rule",
            vec![
                ("table", text("incident")),
                ("on_update", yes()),
                ("script", text("1")),
                ("condition", text("{\"field\":\"nothing\",\"operator\":\"is_empty\"}")),
            ],
            "nothing",
        ),
        (
            "event_action",
            vec![("event_name", text("x.y")), ("script", text("if ("))],
            "`event_action.script`: line 1",
        ),
        ("script_include", vec![("script", text("}"))], "`script_include.script`: line 1"),
        ("scheduled_job", vec![("cron", text("@daily"))], "it does nothing"),
        (
            "scheduled_job",
            vec![("cron", text("@daily")), ("event_name", text("x.y")), ("script", text("1"))],
            "a job does one or the other",
        ),
        (
            "scheduled_job",
            vec![("cron", text("@daily")), ("script", text("("))],
            "`scheduled_job.script`: line 1",
        ),
    ] {
        let error = refused(table, &fields);
        assert!(error.contains(told), "{table}: {error}");
    }
}

#[test]
fn what_a_rule_reads_is_a_guard_of_the_plan() {
    let mut world = World::new();
    world.write(&format!(
        "{}[incident.INC0000001]\nsubject = \"Seen\"\n",
        rule("Reads", "before", "var r = new SimpleRecord(\'incident\'); r.get(\'subject\', \'Seen\'); current.description = r.number;")
    ));
    let plan = insert(&mut world, "New");
    let asked = plan
        .guards
        .iter()
        .any(|guard| matches!(guard, Guard::Query { query, .. } if query.table == "incident"));
    assert!(asked, "{:?}", plan.guards);
    let without = World::new();
    let mut without = without;
    assert!(
        insert(&mut without, "New").guards.iter().all(|guard| !matches!(guard, Guard::Query { .. })),
        "no rules, no reads"
    );
}
