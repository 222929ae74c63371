//! The audit: what it lists, in which order, and by which index.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{at, id, request};
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::value::Value;
use rejoinder_store::{AuditFilter, Page, Store};
use serde_json::json;

/// Settings (configuration), users (audited) and tasks (neither), and a setting that is changed.
fn fill(store: &Store) {
    let mut plan = request("tables", 0);
    let name = json!([{"name": "name", "kind": "string"}]);
    plan.tables = serde_json::from_value::<Vec<Table>>(json!([
        {"name": "setting", "display": "name", "configuration": true, "fields": name},
        {"name": "user", "display": "name", "audited": true, "fields": name},
        {"name": "task", "display": "name", "fields": name}]))
    .unwrap();
    store.apply(&plan).unwrap();
    for (seconds, table) in [(1, "setting"), (2, "user"), (3, "task")] {
        let mut plan = request(table, seconds);
        plan.actor.user = Some(id("boris"));
        let key = RecordKey { table: table.to_owned(), id: id(table) };
        plan.records = vec![RecordOp::Insert { key, fields: plans::fields(&[("name", table)]) }];
        store.apply(&plan).unwrap();
    }
    let mut plan = request("again", 4);
    plan.actor.user = Some(id("vera"));
    let key = RecordKey { table: "setting".to_owned(), id: id("setting") };
    let (old, new) = (plans::fields(&[("name", "setting")]), plans::fields(&[("name", "other")]));
    plan.records = vec![RecordOp::Update { key, version: 1, old, new }];
    store.apply(&plan).unwrap();
}

fn listed(store: &Store, filter: &AuditFilter) -> Vec<(String, i64)> {
    let rows = store.audit(filter, &Page::default()).unwrap().items;
    rows.into_iter().map(|row| (row.record.table, row.sequence)).collect()
}

fn entries(wanted: &[(&str, i64)]) -> Vec<(String, i64)> {
    wanted.iter().map(|(table, sequence)| ((*table).to_owned(), *sequence)).collect()
}

both! {
    fn the_audit_lists_configuration_and_people_newest_first_and_nothing_else(store) {
        fill(store);
        let all = listed(store, &AuditFilter::default());
        assert_eq!(all, entries(&[("setting", 2), ("user", 1), ("setting", 1)]));
        let newest = store.audit(&AuditFilter::default(), &Page::default()).unwrap().items.remove(0);
        assert_eq!(newest.old["name"], Value::text("setting"));
        assert_eq!(newest.new["name"], Value::text("other"));
        assert_eq!(newest.actor.user, Some(id("vera")));
    }

    fn the_audit_is_narrowed_by_table_record_person_and_time(store) {
        fill(store);
        let of = |filter: AuditFilter| listed(store, &filter);
        let none = AuditFilter::default;
        assert_eq!(of(AuditFilter { table: Some("user".to_owned()), ..none() }), entries(&[("user", 1)]));
        assert_eq!(of(AuditFilter { table: Some("task".to_owned()), ..none() }), entries(&[]));
        assert_eq!(of(AuditFilter { record: Some(id("user")), ..none() }), entries(&[("user", 1)]));
        assert_eq!(of(AuditFilter { actor: Some(id("vera")), ..none() }), entries(&[("setting", 2)]));
        assert_eq!(of(AuditFilter { since: Some(at(4)), ..none() }), entries(&[("setting", 2)]));
        assert_eq!(of(AuditFilter { until: Some(at(2)), ..none() }), entries(&[("setting", 1)]));
    }

    fn the_audit_is_walked_page_by_page_each_entry_once(store) {
        fill(store);
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = Page { after, limit: 1 };
            let listed = store.audit(&AuditFilter::default(), &page).unwrap();
            seen.extend(listed.items.into_iter().map(|row| (row.record.table, row.sequence)));
            after = listed.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, entries(&[("setting", 2), ("user", 1), ("setting", 1)]));
    }
}
