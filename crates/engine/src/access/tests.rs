//! What rules grant, to whom, and how it is told; every verdict is asked for twice, once with its reasons.

use std::sync::Arc;

use super::explain::{Because, Question, explain};
use super::*;
use crate::condition::Occasion;
use crate::config::Config;
use crate::context::{Context, NextNumber};
use crate::dictionary::Table;
use crate::draft::{ChangeError, Draft};
use crate::id::{Id, Seed};
use crate::plan::{Actor, Plan};
use crate::record::Fields;
use crate::request::{Change, Request, decide};
use crate::time::Timestamp;
use crate::token::Keys;
use crate::value::{Kind, Value};
use crate::view::View;
use crate::view::one::One;

/// Two tables of one line, one of configuration, and people.
const TABLES: [&str; 4] = [
    "name='task'\ndisplay='subject'\n[[fields]]\nname='subject'\nkind='string'\n[[fields]]\nname='caller'\nkind='reference'\ntable='user'\n[[fields]]\nname='notes'\nkind='journal'\nagents_only=true\n[[fields]]\nname='cost'\nkind='integer'",
    "name='incident'\nextends='task'\ndisplay='subject'\nfields=[]",
    "name='setting'\ndisplay='name'\nconfiguration=true\n[[fields]]\nname='name'\nkind='string'",
    "name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'\n[[fields]]\nname='roles'\nkind='text_list'",
];

fn dictionary() -> Arc<Dictionary> {
    let mut tables: Vec<Table> = TABLES.iter().map(|text| toml::from_str(text).unwrap()).collect();
    tables.push(toml::from_str(include_str!("../../../../packs/core/tables/access_rule.toml")).unwrap());
    tables.push(toml::from_str(include_str!("../../../../packs/core/tables/role.toml")).unwrap());
    Arc::new(Dictionary::new(tables).unwrap())
}

fn id(number: u8) -> Id {
    Seed::new([number; 32]).id("access", Timestamp::from_micros(1))
}

fn record(table: &str, number: u8, fields: &[(&str, Value)]) -> Record {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Record { table: table.to_owned(), id: id(number), version: 1, fields }
}

/// A rule written as people write it: `name | operation | about | roles | condition`; about is a scope, a table, or
/// `table.field`.
fn rule(text: &str) -> Record {
    let parts: Vec<&str> = text.split('|').map(str::trim).collect();
    let [name, operation, about, roles, condition] = parts[..] else { panic!("{text}") };
    let mut fields = vec![
        ("name", Value::text(name)),
        ("active", Value::Bool(true)),
        ("operation", Value::text(operation)),
        ("roles", Value::parse(Kind::TextList, roles).unwrap()),
        ("condition", Value::text(condition)),
    ];
    match about {
        "records" | "configuration" => fields.push(("scope", Value::text(about))),
        _ => {
            let (table, field) = about.split_once('.').unwrap_or((about, ""));
            let of_table = [("scope", "table"), ("table", table), ("field", field)];
            fields.extend(of_table.map(|(name, text)| (name, Value::text(text))));
        }
    }
    let number = name.bytes().fold(17_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    record(ACCESS_RULE, number, &fields)
}

fn config(rules: &[&str]) -> Config {
    let records: Vec<Record> = rules.iter().map(|text| rule(text)).collect();
    Config::new(1, dictionary(), &records, Keys(Vec::new()))
}

fn person(roles: &[&str]) -> Rights {
    let occasion = Occasion { user: Some(id(1)), ..Occasion::at(Timestamp::from_micros(5)) };
    Rights::Person(Person { roles: roles.iter().map(|role| (*role).to_owned()).collect(), occasion })
}

fn context<'a>(config: &'a Config, view: &'a dyn View) -> Context<'a> {
    let (now, seed) = (Timestamp::from_micros(5), Seed::new([9; 32]));
    Context { config, view, now, seed, numbers: &NextNumber }
}

/// What `rights` get for `operation` on records of `table`, and the same from the explanation.
fn may(config: &Config, rights: &Rights, operation: Operation, table: &str, asked: Option<&Record>) -> bool {
    let info = config.dictionary.table(table).unwrap();
    let nothing = One::of(record("user", 200, &[]));
    let reads = Reads::new(&nothing, &config.dictionary);
    let grant = config.access.records(&config.dictionary, rights, operation, info);
    let allowed = match asked {
        Some(record) => grant.covers(&reads, record).unwrap(),
        None => grant == Grant::All,
    };
    let question = Question { rights, operation, info, field: None, record: asked };
    assert_eq!(explain(&config.access, &reads, question).allowed, allowed, "the explanation says otherwise");
    allowed
}

#[test]
fn what_no_rule_grants_nobody_may_but_administrators_and_the_program() {
    let config = config(&[]);
    for operation in Operation::ALL {
        assert!(!may(&config, &person(&["agent"]), operation, "task", None));
        assert!(may(&config, &person(&["admin"]), operation, "task", None));
        assert!(may(&config, &Rights::Program, operation, "task", None));
    }
}

#[test]
fn the_nearest_table_that_has_a_rule_decides() {
    let config = config(&[
        "all | read | records | agent |",
        "tasks | read | task | agent, user |",
        "incidents | read | incident | desk |",
    ]);
    let read = |roles: &[&str], table| may(&config, &person(roles), Operation::Read, table, None);
    assert!(read(&["user"], "task") && read(&["agent"], "user"));
    assert!(!read(&["user"], "user"), "no rule for all records names the role");
    assert!(read(&["desk"], "incident"));
    assert!(!read(&["agent"], "incident"), "the rule for incidents stands in the place of the others");
    assert!(!may(&config, &person(&["agent"]), Operation::Update, "incident", None), "of another operation");
}

#[test]
fn configuration_has_rules_of_its_own() {
    let config = config(&["all | update | records | agent |", "kept | update | configuration | keeper |"]);
    let update = |roles: &[&str]| may(&config, &person(roles), Operation::Update, "setting", None);
    assert!(!update(&["agent"]) && update(&["keeper"]));
}

#[test]
fn a_condition_decides_for_each_record_and_one_rule_that_holds_is_enough() {
    let config = config(&[
        r#"cheap | read | task | user | {"field":"cost","operator":"less_than","value":"10"}"#,
        r#"named | read | task | | {"field":"subject","operator":"is","value":"Open"}"#,
    ]);
    let (user, nobody) = (person(&["user"]), person(&[]));
    let task = |cost, subject: &str| {
        record("incident", 3, &[("cost", Value::Int(cost)), ("subject", Value::text(subject))])
    };
    let read = |who, task: &Record| may(&config, who, Operation::Read, "incident", Some(task));
    assert!(read(&user, &task(9, "x")) && read(&user, &task(10, "Open")));
    assert!(!read(&user, &task(10, "x")));
    assert!(read(&nobody, &task(9, "open")), "no role is named: everybody");
    assert!(!read(&nobody, &task(9, "x")));
    let info = config.dictionary.table("incident").unwrap();
    let grant = config.access.records(&config.dictionary, &user, Operation::Read, info);
    assert!(matches!(grant, Grant::Where(Condition::Any(parts)) if parts.len() == 2));
}

#[test]
fn a_rule_that_cannot_be_read_grants_nothing_and_says_so() {
    let config = config(&[r#"broken | read | task | | {"field":"nowhere","operator":"is","value":"1"}"#]);
    let task = record("task", 3, &[]);
    assert!(!may(&config, &person(&["user"]), Operation::Read, "task", Some(&task)));
    let nothing = One::of(task.clone());
    let reads = Reads::new(&nothing, &config.dictionary);
    let (rights, info) = (person(&["user"]), config.dictionary.table("task").unwrap());
    let question =
        Question { rights: &rights, operation: Operation::Read, info, field: None, record: Some(&task) };
    let verdict = explain(&config.access, &reads, question);
    assert_eq!(verdict.because, Because::NotGranted);
    assert!(verdict.considered[0].error.as_deref().unwrap().contains("nowhere"));
}

#[test]
fn a_field_is_narrowed_by_the_rules_that_name_it_else_by_those_for_every_field() {
    let config = config(&[
        "most | update | task.* | agent |",
        "subject | update | task.subject | user |",
        "new cost | create | task.cost | user |",
    ]);
    let info = config.dictionary.table("incident").unwrap();
    let field = |rights: &Rights, operation, name: &str| {
        let field = info.field(name).unwrap();
        let grant = config.access.field(&config.dictionary, rights, operation, info, field);
        let nothing = One::of(record("user", 200, &[]));
        let reads = Reads::new(&nothing, &config.dictionary);
        let question = Question { rights, operation, info, field: Some(field), record: None };
        let told = explain(&config.access, &reads, question);
        assert_eq!(told.allowed, grant == Grant::All, "{name}: {told:?}");
        told.allowed
    };
    let (user, agent) = (person(&["user"]), person(&["agent"]));
    assert!(field(&user, Operation::Update, "subject") && !field(&agent, Operation::Update, "subject"));
    assert!(field(&agent, Operation::Update, "cost") && !field(&user, Operation::Update, "cost"));
    assert!(field(&user, Operation::Create, "cost"), "a rule about making wins over one about changing");
    assert!(field(&user, Operation::Create, "subject"), "else the one about changing decides");
    assert!(field(&user, Operation::Read, "cost"), "nothing narrows reading");
    assert!(field(&agent, Operation::Read, "notes") && !field(&user, Operation::Read, "notes"));
}

fn ask(config: &Config, task: &Record, rights: Rights, change: Change) -> Result<Plan, ChangeError> {
    let view = One::of(task.clone());
    let request = Request { id: id(90), actor: Actor::system(), rights, changes: vec![change] };
    decide(context(config, &view), &request).map(|(plan, _)| plan)
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect()
}

#[test]
fn every_change_that_somebody_asks_for_is_checked() {
    let config = config(&[
        "read | read | task | | ",
        r#"open | update | task | user | {"field":"subject","operator":"is","value":"Open"}"#,
        "subject | update | task.subject | user |",
        "rest | update | task.* | agent |",
        r#"fresh | create | task | user | {"field":"subject","operator":"starts_with","value":"New"}"#,
    ]);
    let task = record("task", 3, &[("subject", Value::text("Open"))]);
    let closed = record("task", 3, &[("subject", Value::text("Closed"))]);
    let user = || person(&["user"]);
    let update = |pairs: &[(&str, &str)]| Change::Update { key: task.key(), fields: fields(pairs) };
    let refused = |asked: Result<Plan, ChangeError>| match asked.unwrap_err() {
        ChangeError::Forbidden(what) => (what.operation, what.field),
        other => panic!("{other}"),
    };
    assert_eq!(ask(&config, &task, user(), update(&[("subject", "x")])).unwrap().records.len(), 1);
    let stranger = refused(ask(&config, &closed, user(), update(&[("subject", "x")])));
    assert_eq!(stranger, (Operation::Update, None));
    let field = refused(ask(&config, &task, user(), update(&[("subject", "x"), ("cost", "1")])));
    assert_eq!(field, (Operation::Update, Some("cost".to_owned())));
    let gone = refused(ask(&config, &task, user(), Change::Delete { key: task.key() }));
    assert_eq!(gone, (Operation::Delete, None));
    let insert = |subject: &str| {
        let fields = fields(&[("subject", subject)]);
        Change::Insert { table: "task".to_owned(), id: None, fields }
    };
    assert!(ask(&config, &task, user(), insert("New one")).is_ok());
    assert_eq!(refused(ask(&config, &task, user(), insert("Old one"))), (Operation::Create, None));
    assert!(ask(&config, &task, Rights::Program, Change::Delete { key: task.key() }).is_ok());
}

#[test]
fn a_record_that_may_not_be_read_is_not_there() {
    let config = config(&[
        r#"open | read | task | | {"field":"subject","operator":"is","value":"Open"}"#,
        "any | update | task | |",
        "any | delete | task | |",
    ]);
    let hidden = record("task", 3, &[("subject", Value::text("Closed"))]);
    let error = ask(&config, &hidden, person(&["user"]), Change::Delete { key: hidden.key() }).unwrap_err();
    assert!(matches!(error, ChangeError::NoRecord { .. }), "{error}");
}

#[test]
fn a_draft_asks_nothing_of_the_program() {
    let config = config(&[]);
    let view = One::of(record("task", 3, &[]));
    let mut draft = Draft::new(context(&config, &view), Actor::system());
    assert!(draft.insert("task", fields(&[("subject", "x")])).is_ok());
}

#[test]
fn a_rule_that_could_not_be_read_is_refused_when_it_is_saved() {
    let dictionary = dictionary();
    let wrong = |text: &str| match check(&dictionary, &rule(text)).unwrap_err() {
        ChangeError::Field { field, .. } => field,
        other => panic!("{other}"),
    };
    assert_eq!(check(&dictionary, &rule("ok | read | task.subject | agent |")), Ok(()));
    assert_eq!(check(&dictionary, &rule("ok | read | task.* | agent |")), Ok(()));
    assert_eq!(wrong("a | read | nowhere | agent |"), "table");
    assert_eq!(wrong("a | read | task.nothing | agent |"), "field");
    assert_eq!(wrong("a | delete | task.subject | agent |"), "operation");
    assert_eq!(
        wrong(r#"a | read | task | | {"field":"cost","operator":"less_than","value":"much"}"#),
        "condition"
    );
    assert_eq!(wrong(r#"a | read | task | | {"field":"cost","operator":"changes"}"#), "condition");
    assert_eq!(wrong(r#"a | read | records | | {"field":"created_at","operator":"is_empty"}"#), "condition");
    let mut both = rule("a | read | records | agent |");
    both.set("table", Value::text("task"));
    assert!(matches!(check(&dictionary, &both), Err(ChangeError::Field { field, .. }) if field == "table"));
}

#[test]
fn only_roles_that_there_are_can_be_given_but_those_that_somebody_has_may_stay() {
    let known = ["admin".to_owned(), "agent".to_owned()];
    let with = |roles: &str| record("user", 1, &[("roles", Value::parse(Kind::TextList, roles).unwrap())]);
    assert!(check_roles(&known, None, &with("agent")).is_ok());
    let error = check_roles(&known, None, &with("agnet")).unwrap_err();
    assert!(error.to_string().contains("there are admin, agent"), "{error}");
    assert!(check_roles(&known, Some(&with("agnet")), &with("agnet,agent")).is_ok());
    assert!(check_roles(&[], None, &with("agnet")).is_ok());
    assert!(check_roles(&known, None, &rule("a | read | task | agnet |")).is_err());
}
