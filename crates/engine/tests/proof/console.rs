//! Scripts run by hand: what they answer, what they would change, and what they may not.

use rejoinder_engine::access::{Person, Rights};
use rejoinder_engine::context::{Context, CountedNumbers};
use rejoinder_engine::id::Seed;
use rejoinder_engine::plan::{Actor, Plan, RecordOp};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::script::Vocabulary;
use rejoinder_engine::script::console::{ConsoleOutcome, ConsoleRun, decide};
use rejoinder_script::Value;

use crate::support::world::World;

fn world() -> World {
    let mut world = World::new();
    world.write(
        "[incident.INC0000001]\nsubject = \"Printer\"\ncaller = \"Anna Ivanova\"\nimpact = \"low\"\n\
         [incident.INC0000002]\nsubject = \"Monitor\"\ncaller = \"Boris Petrov\"\n\
         [setting.\"acme.greeting\"]\nvalue = \"Hello\"\n[setting.\"simple.instance.uri\"]\nvalue = \"https://desk.example.com\"\n",
    );
    world
}

fn record(world: &World, number: &str) -> RecordKey {
    world.view.numbered(number).unwrap().key()
}

/// Runs a script by hand, with `current` where a number is given, as somebody with their own rights.
fn run_as(world: &World, who: &str, source: &str, number: Option<&str>) -> (Plan, ConsoleOutcome) {
    let numbers = CountedNumbers::after("incident", 2);
    let seed = Seed::new([9; 32]);
    let context =
        Context { config: &world.config, view: &world.view, now: world.now, seed, numbers: &numbers };
    let actor = world.actor(who);
    let rights = match actor.user {
        None => Rights::Program,
        Some(id) => {
            let reads = Reads::new(&world.view, &world.config.dictionary);
            let user = reads.get("user", id).unwrap().unwrap();
            Rights::Person(Person::of(&user, &world.config, &reads, world.now).unwrap())
        }
    };
    let asked = ConsoleRun {
        id: seed.id("request", world.now),
        name: "console".to_owned(),
        vocabulary: Vocabulary::SimpleOne,
        source: source.to_owned(),
        record: number.map(|number| record(world, number)),
        actor,
        rights,
        content: None,
    };
    let done = decide(context, &asked).unwrap();
    let again = decide(context, &asked).unwrap();
    assert_eq!(done.0.canonical(), again.0.canonical(), "a run again is the same plan");
    done
}

fn run(source: &str) -> (Plan, ConsoleOutcome) {
    run_as(&world(), "system", source, None)
}

fn value(source: &str) -> Value {
    let (_, outcome) = run(source);
    assert_eq!((&outcome.error, &outcome.refused), (&None, &None), "{source}");
    outcome.value
}

fn text(source: &str) -> String {
    value(source).as_text().unwrap().to_owned()
}

#[test]
fn a_script_answers_and_its_changes_are_a_plan() {
    let source = "current.subject = 'Printer on floor 3'; current.work_notes = 'seen'; current.update(); \
        ss.info('done'); current.getDisplayValue('caller')";
    let (plan, outcome) = run_as(&world(), "admin@example.com", source, Some("INC0000001"));
    assert_eq!(outcome.value, Value::from("Anna Ivanova"));
    assert_eq!(outcome.log.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["done"]);
    let changes: Vec<_> = outcome
        .changes
        .iter()
        .map(|change| (change.operation, change.name.as_str(), change.fields.clone()))
        .collect();
    assert_eq!(changes, [("update", "INC0000001", vec!["subject".to_owned(), "work_notes".to_owned()])]);
    assert_eq!(outcome.events, ["incident.updated"]);
    assert_eq!((plan.records.len(), plan.activities.len()), (1, 1));
    assert_eq!(outcome.usage.effects, 1);
    assert!(plan.trace.tell().contains("script    console (console): ran; "), "{}", plan.trace.tell());
}

#[test]
fn a_script_that_fails_changes_nothing_and_says_where() {
    let (plan, outcome) =
        run("var r = new SimpleRecord('incident'); r.subject = 'x'; r.insert();\nnothing();");
    let error = outcome.error.unwrap();
    assert_eq!(error.to_string(), "ReferenceError: nothing is not defined (at console:2:1)");
    assert!(plan.records.is_empty() && plan.events.is_empty() && outcome.changes.is_empty());
}

#[test]
fn a_script_by_hand_may_what_its_person_may() {
    let source = "current.subject = 'x'; current.update()";
    let (plan, outcome) = run_as(&world(), "anna@example.com", source, Some("INC0000001"));
    assert_eq!(outcome.value, Value::from("0"), "SimpleOne tells a refusal by its return value");
    assert_eq!(outcome.refused_writes, ["no access rule lets you update `incident.subject`"]);
    assert!(plan.records.is_empty());
    let all = "var r = new SimpleRecord('incident'); r.query(); var n = []; while (r.next()) { n.push(r.number); } \
        r.get('number', 'INC0000002'); n.join() + (r.sys_id || '')";
    let (_, outcome) = run_as(&world(), "anna@example.com", all, None);
    assert_eq!(outcome.value, Value::from("INC0000001"), "what she may not read is not there");
    let may = "current.canUpdate() + ',' + current.canDelete() + ',' + current.canRead()";
    let (_, outcome) = run_as(&world(), "anna@example.com", may, Some("INC0000001"));
    assert_eq!(outcome.value, Value::from("true,false,true"));
}

#[test]
fn names_of_both_sides_lead_to_the_same_table_and_field() {
    for table in ["incident", "itsm_incident"] {
        for field in ["created_at", "sys_created_at"] {
            let source = format!(
                "var r = new SimpleRecord('{table}'); r.addQuery('{field}', '>', '2000-01-01 00:00:00'); \
                 r.addQuery('caller.username', 'anna@example.com'); r.query(); r.next(); r.number"
            );
            assert_eq!(text(&source), "INC0000001", "{table} {field}");
        }
    }
}

#[test]
fn every_form_of_a_condition_is_asked() {
    for (query, found) in [
        ("r.addQuery('subject', 'like', 'print')", "INC0000001"),
        ("r.addQuery('subject', 'IN', ['Monitor', 'Keyboard'])", "INC0000002"),
        ("r.addQuery('subject', 'IN', 'Monitor@Keyboard')", "INC0000002"),
        ("r.addQuery('subject', 'NOT IN', ['Monitor'])", "INC0000001"),
        ("r.addQuery('subject', 'IN', [])", ""),
        ("r.addQuery('subject', 'NOT IN', [])", "INC0000001"),
        ("r.addQuery('assigned_user', 'ISEMPTY'); r.addQuery('impact', '!=', 'low')", "INC0000002"),
        (
            "r.addQuery('impact', 'low'); r.addOrCondition('subject', 'Monitor'); r.orderByDesc('number')",
            "INC0000002",
        ),
        ("r.addEncodedQuery('(subjectSTARTSWITHMon)^OR(subjectLIKEnothing)')", "INC0000002"),
        ("r.addEncodedQuery('subjectISNOTEMPTY^ORDERBYDESCnumber')", "INC0000002"),
    ] {
        let source =
            format!("var r = new SimpleRecord('incident'); {query}; r.query(); r.next(); r.number || ''");
        assert_eq!(text(&source), found, "{query}");
    }
    let matched = "var r = new SimpleRecord('incident'); r.get('number', 'INC0000001'); r.impact = 'high'; \
        r.matchesCondition('impact=high') + ',' + r.matchesCondition('impact=low')";
    assert_eq!(text(matched), "true,false", "what is not written yet counts");
}

#[test]
fn settings_of_the_program_are_read_and_not_written_by_scripts() {
    assert_eq!(text("ss.getProperty('acme.greeting')"), "Hello");
    assert_eq!(
        text("ss.setProperty('acme.greeting', 'Good day'); ss.getProperty('acme.greeting')"),
        "Good day"
    );
    assert_eq!(text("ss.setProperty('acme.new', 'x', 'What for'); ss.getProperty('acme.new')"), "x");
    let (plan, _) = run("ss.setProperty('acme.new', 'x')");
    assert!(matches!(&plan.records[..], [RecordOp::Insert { key, .. }] if key.table == "setting"));
    for name in ["script.time_ms", "rejoinder.time_zone", "simple.instance.uri"] {
        let (plan, outcome) = run(&format!("ss.setProperty('{name}', '1')"));
        let error = outcome.error.unwrap().to_string();
        assert!(error.contains("the program's own"), "{name}: {error}");
        assert!(plan.records.is_empty(), "{name}");
    }
}

#[test]
fn the_feed_of_a_record_has_what_is_planned_first() {
    let mut world = world();
    let on = record(&world, "INC0000001");
    let note = |text: &str| rejoinder_engine::request::Change::Update {
        key: on.clone(),
        fields: [("work_notes".to_owned(), rejoinder_engine::value::Value::text(text))].into(),
    };
    world.request(Actor::system(), vec![note("first")]).unwrap();
    let source = "current.work_notes = 'second'; current.update(); current.subject";
    let (plan, _) = run_as(&world, "system", source, Some("INC0000001"));
    assert_eq!(plan.activities.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["second"]);
}

#[test]
fn values_come_and_go_as_scripts_write_them() {
    assert_eq!(text("new SimpleRecord('scheduled_job').getTableName()"), "scheduled_job");
    let (plan, outcome) =
        run("var r = new SimpleRecord('incident'); r.subject = 'x'; r.caller = 'nobody'; r.insert()");
    assert_eq!(outcome.value, Value::from("0"));
    assert!(outcome.refused_writes[0].contains("caller"), "{:?}", outcome.refused_writes);
    assert!(plan.records.is_empty());
    let (plan, outcome) = run(
        "var r = new SimpleRecord('incident'); r.subject = 'x'; r.sys_created_by = 'somebody'; r.insert(); r.state",
    );
    assert_eq!(outcome.value, Value::from("registered"));
    let RecordOp::Insert { fields, .. } = &plan.records[0] else { panic!("no insert") };
    assert!(!fields.contains_key("created_by"), "who made it is the program's to say");
}
