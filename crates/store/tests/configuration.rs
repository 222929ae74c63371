//! Configuration tables that other tables extend, and tables that get new fields while they have records.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{id, request};
use rejoinder_engine::condition::Condition;
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::{Query, View};
use rejoinder_store::Store;
use serde_json::{Value as Json, json};

fn define(store: &Store, label: &str, tables: Json) {
    let mut plan = request(label, 0);
    plan.tables = serde_json::from_value::<Vec<Table>>(tables).unwrap();
    store.apply(&plan).unwrap();
}

fn write(store: &Store, label: &str, table: &str, values: &[(&str, &str)]) {
    let fields = values.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect();
    let mut plan = request(&format!("write {label}"), 1);
    plan.records =
        vec![RecordOp::Insert { key: RecordKey { table: table.to_owned(), id: id(label) }, fields }];
    store.apply(&plan).unwrap();
}

/// Accounts as they were, with one record.
fn before(store: &Store) {
    define(
        store,
        "before",
        json!([
        {"name": "user", "display": "name", "fields": [{"name": "name", "kind": "string"}]},
        {"name": "account", "display": "name", "configuration": true, "fields": [
            {"name": "name", "kind": "string", "unique": true}]}]),
    );
    write(store, "old", "account", &[("name", "Old")]);
}

/// Accounts with a password, and mailboxes that extend them.
fn after(store: &Store) {
    define(
        store,
        "after",
        json!([
        {"name": "account", "display": "name", "configuration": true, "fields": [
            {"name": "name", "kind": "string", "unique": true},
            {"name": "password", "kind": "string", "secret": true, "encrypted": true}]},
        {"name": "mailbox", "extends": "account", "display": "name", "fields": [
            {"name": "smtp_server", "kind": "string"}]}]),
    );
}

both! {
    fn a_table_with_records_gets_fields_and_tables_that_extend_it(store) {
        before(store);
        after(store);
        write(store, "new", "mailbox", &[("name", "New"), ("password", "x1:sealed"), ("smtp_server", "mx")]);
        let names = |table: &str| -> Vec<String> {
            let mut names: Vec<String> =
                store.records_of(table).unwrap().iter().map(|record| record.text("name").to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!((names("account"), names("mailbox")), (vec!["New".to_owned(), "Old".to_owned()], vec!["New".to_owned()]));
        let old = store.view().unwrap().get("account", id("old")).unwrap().unwrap();
        assert_eq!((old.table.as_str(), old.version), ("account", 1));
        assert!(old.get("password").is_null() && old.get("smtp_server").is_null());
        let new = store.view().unwrap().get("account", id("new")).unwrap().unwrap();
        assert_eq!((new.table.as_str(), new.text("password"), new.text("smtp_server")), ("mailbox", "x1:sealed", "mx"));
    }

    fn a_record_of_an_extending_table_raises_the_configuration_generation(store) {
        before(store);
        after(store);
        let generation = store.configuration_generation().unwrap();
        write(store, "new", "mailbox", &[("name", "New")]);
        assert_eq!(store.configuration_generation().unwrap(), generation + 1);
        let dictionary = store.dictionary();
        let read: Vec<String> = dictionary
            .configuration()
            .flat_map(|info| store.records_of(&info.table.name).unwrap())
            .map(|record| record.text("name").to_owned())
            .collect();
        assert_eq!(read.iter().filter(|name| *name == "New").count(), 1, "each record is read once: {read:?}");
    }

    fn a_name_is_unique_over_accounts_and_mailboxes(store) {
        before(store);
        after(store);
        let mut plan = request("same", 1);
        let fields = [("name".to_owned(), Value::text("OLD"))].into();
        plan.records = vec![RecordOp::Insert { key: RecordKey { table: "mailbox".to_owned(), id: id("same") }, fields }];
        assert!(matches!(store.apply(&plan), Err(rejoinder_store::ApplyError::Unique { field, .. }) if field == "name"));
    }

    fn a_view_for_reports_leaves_encrypted_fields_out(store) {
        before(store);
        after(store);
        write(store, "new", "mailbox", &[("name", "New"), ("password", "x1:sealed")]);
        let reports = |sql: &'static str| store.write(move |tx| tx.query(sql, &[]));
        assert_eq!(reports("SELECT name FROM v_account").unwrap().len(), 2);
        assert_eq!(reports("SELECT smtp_server FROM v_mailbox").unwrap().len(), 1);
        assert!(reports("SELECT password FROM v_account").is_err() && reports("SELECT password FROM v_mailbox").is_err());
    }

    fn the_past_of_an_account_holds_the_encrypted_form_alone(store) {
        before(store);
        after(store);
        write(store, "new", "mailbox", &[("name", "New"), ("password", "x1:sealed")]);
        let past = store.view_as_of(plans::at(0)).unwrap();
        assert!(past.query(&Query::new("mailbox", Condition::always())).unwrap().is_empty());
        let changes = store.changes_of(id("new"), &plans::page()).unwrap().items;
        assert_eq!(changes[0].new["password"], Value::text("x1:sealed"));
    }
}
