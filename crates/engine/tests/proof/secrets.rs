//! A secret in the clear enters no plan, whoever asks for the change; encrypted, it stands in the plan as it is.

use rejoinder_engine::plan::Actor;
use rejoinder_engine::request::Change;
use rejoinder_engine::sealed::Sealed;
use rejoinder_engine::value::Value;

use crate::support::case::{Case, Section};
use crate::support::play::play;
use crate::support::world::World;

fn mailbox(password: &str) -> Vec<Change> {
    let fields = [("name", "Secret"), ("type", "imap"), ("password", password)];
    let mut fields: rejoinder_engine::record::Fields =
        fields.into_iter().map(|(name, text)| (name.to_owned(), Value::text(text))).collect();
    fields.insert("active".to_owned(), Value::Bool(false));
    vec![Change::Insert { table: "mailbox".to_owned(), id: None, fields }]
}

#[test]
fn a_password_in_the_clear_enters_no_plan() {
    let mut world = World::new();
    let error = world.request(Actor::system(), mailbox("hunter2")).unwrap_err();
    assert_eq!(error, "`mailbox.password`: it is set by people, through the API, alone");
    // What only looks encrypted is none, either.
    assert!(world.request(Actor::system(), mailbox("x1:0123abcd:hunter2")).is_err());
    let sealed = Sealed::new("0123abcd", vec![7; 60]).unwrap().text();
    let plan = world.request(Actor::system(), mailbox(&sealed)).unwrap();
    let trace = serde_json::to_string(&plan.trace).unwrap();
    assert!(!trace.contains(&sealed), "a trace names the field and shows nothing of it");
}

#[test]
fn a_script_sets_reads_and_sorts_by_no_password() {
    for (script, expected) in [
        ("current.password = 'hunter2'; current.insert();", "email_account.password is not supported"),
        ("current.setValue('password', 'hunter2'); current.insert();", "password"),
        ("current.getValue('password');", "password"),
        (
            "var a = new SimpleRecord('sys_email_account'); a.addQuery('password', 'hunter2'); a.query();",
            "is secret",
        ),
        ("var a = new SimpleRecord('sys_email_account'); a.orderBy('password'); a.query();", "is secret"),
    ] {
        let text = played(script);
        // A query that cannot be asked selects nothing and says why in the log.
        let told = |line: &&str| {
            ["ERROR Try", "log warning"].iter().any(|begin| line.trim_start().starts_with(begin))
        };
        let mut told = text.lines().filter(told);
        assert!(told.any(|line| line.contains(expected)), "{script}: {text}");
        assert!(!text.contains("hunter2"), "{script}: {text}");
    }
}

/// What becomes of a mail on which this script runs.
fn played(script: &str) -> String {
    let action = format!(
        "[inbound_action.\"Try\"]\ntable = \"email_account\"\norder = 1\ntarget = \"new\"\nscript = \"\"\"{script}\"\"\"\n"
    );
    let mail = "From: anna@example.com\nSubject: x\n\ny\n".to_owned();
    let sections =
        vec![Section::new("config", action), Section::new("mail", mail), Section::new("expect", "")];
    play(&Case::of("script", sections)).outcomes.concat()
}
