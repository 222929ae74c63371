//! Scripts over real databases: what a business rule has read is checked again inside of apply, and files that a script
//! copies, renames and removes are what the records then have.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use std::sync::Arc;

use common::both;
use plans::{at, define, fields, id, insert, key, request, seed, tables, update};
use rejoinder_engine::access::Rights;
use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, NextNumber};
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::plan::{Actor, Plan};
use rejoinder_engine::record::Record;
use rejoinder_engine::request::{Change, Request, decide};
use rejoinder_engine::script::Vocabulary;
use rejoinder_engine::script::console::{self, ConsoleRun};
use rejoinder_engine::token::Keys;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::View;
use rejoinder_store::{ApplyError, Store};

/// A rule that puts the subject of the incident called `Source` into every other one that changes.
const COPIES: &str = "var source = new SimpleRecord('incident'); source.get('subject', 'Source'); \
    if (source.sys_id) { current.subject = current.subject + ' and ' + source.subject; }";

fn config(store: &Store, rule: Option<&str>) -> Config {
    let rule = rule.map(|script| {
        let mut fields = fields(&[
            ("name", "Copies"),
            ("table", "incident"),
            ("when", "before"),
            ("script", script),
            ("vocabulary", "simpleone"),
        ]);
        for flag in ["active", "on_update"] {
            fields.insert(flag.to_owned(), Value::Bool(true));
        }
        Record { table: "business_rule".to_owned(), id: id("rule"), version: 1, fields }
    });
    let dictionary = Arc::new(Dictionary::new(tables()).unwrap());
    let generation = store.configuration_generation().unwrap();
    Config::new(generation, dictionary, rule.as_slice(), Keys(Vec::new()))
}

fn changed(store: &Store, config: &Config, label: &str, subject: &str) -> Plan {
    let view = store.view().unwrap();
    let context = Context { config, view: &view, now: at(5), seed: seed(label), numbers: &NextNumber };
    let changes =
        vec![Change::Update { key: key("incident", "one"), fields: fields(&[("subject", subject)]) }];
    let asked = Request { id: id(label), actor: Actor::system(), rights: Rights::Program, changes };
    decide(context, &asked).unwrap().0
}

fn by_hand(store: &Store, label: &str, source: &str) -> (Plan, String) {
    let config = config(store, None);
    let view = store.view().unwrap();
    let context =
        Context { config: &config, view: &view, now: at(9), seed: seed(label), numbers: &NextNumber };
    let asked = ConsoleRun {
        id: id(label),
        name: label.to_owned(),
        vocabulary: Vocabulary::SimpleOne,
        source: source.to_owned(),
        record: Some(key("incident", "one")),
        actor: Actor::system(),
        rights: Rights::Program,
        content: None,
    };
    let (plan, outcome) = console::decide(context, &asked).unwrap();
    assert_eq!((&outcome.error, outcome.refused_writes.len()), (&None, 0), "{:?}", outcome.refused_writes);
    let value = outcome.value.as_text().unwrap_or_default().to_owned();
    (plan, value)
}

fn subject(store: &Store, label: &str) -> String {
    let record = store.view().unwrap().get("incident", id(label)).unwrap().unwrap();
    record.text("subject").to_owned()
}

fn two_incidents(store: &Store) {
    define(store);
    let mut plan = request("incidents", 0);
    plan.records = vec![
        insert("incident", "one", &[("subject", "One")]),
        insert("incident", "source", &[("subject", "Source")]),
    ];
    store.apply(&plan).unwrap();
}

fn names(store: &Store, label: &str) -> Vec<String> {
    let files = store.view().unwrap().files(&key("incident", label)).unwrap();
    files.into_iter().map(|file| format!("{} {} {}", file.name, file.media_type, file.size)).collect()
}

both! {
    fn what_a_rule_has_read_is_checked_again_when_its_plan_is_applied(store) {
        two_incidents(store);
        let config = config(store, Some(COPIES));
        let plan = changed(store, &config, "change", "Changed");
        let mut other = request("other", 6);
        other.records = vec![update("source", 1, "Source", "Another")];
        store.apply(&other).unwrap();
        assert!(matches!(store.apply(&plan), Err(ApplyError::Conflict(_))), "the rule has read what is no more");
        let again = changed(store, &config, "change", "Changed");
        store.apply(&again).unwrap();
        assert_eq!(subject(store, "one"), "Changed");
        let mut back = request("back", 7);
        back.records = vec![update("source", 2, "Another", "Source")];
        store.apply(&back).unwrap();
        store.apply(&changed(store, &config, "change again", "Once more")).unwrap();
        assert_eq!(subject(store, "one"), "Once more and Source");
    }

    fn a_rule_that_reads_nothing_guards_nothing_more(store) {
        two_incidents(store);
        let plan = changed(store, &config(store, Some("current.subject += '!';")), "change", "Changed");
        assert_eq!(plan.guards, changed(store, &config(store, None), "change", "Changed").guards);
        store.apply(&plan).unwrap();
        assert_eq!(subject(store, "one"), "Changed!");
    }

    fn files_are_copied_renamed_and_removed_through_the_plan(store) {
        two_incidents(store);
        let mut plan = request("file", 1);
        plan.attachments = vec![plans::attachment("notes", "one")];
        store.apply(&plan).unwrap();
        let before = names(store, "one");
        assert_eq!(before.len(), 1);
        let source = format!(
            "var files = new SimpleAttachment(); files.copy('incident', '{}', 'incident', '{}') + ''",
            id("one"), id("source")
        );
        let (plan, copied) = by_hand(store, "copy", &source);
        assert_eq!((copied.as_str(), names(store, "source").len()), ("true", 0), "nothing is done before it is applied");
        store.apply(&plan).unwrap();
        assert_eq!(names(store, "source"), before);
        let (plan, _) = by_hand(store, "copy again", &source);
        assert!(plan.attachments.is_empty(), "a file that the record has is not copied again");

        let file = store.attachments(id("source")).unwrap().remove(0).id;
        let (plan, _) = by_hand(store, "rename", &format!("new SimpleAttachment().rename('{file}', 'other.txt') + ''"));
        store.apply(&plan).unwrap();
        assert!(names(store, "source")[0].starts_with("other.txt "), "{:?}", names(store, "source"));
        let (plan, _) = by_hand(store, "remove", &format!("new SimpleAttachment().deleteAttachment('{file}') + ''"));
        store.apply(&plan).unwrap();
        assert_eq!((names(store, "source").len(), names(store, "one")), (0, before));
    }
}
