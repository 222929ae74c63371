//! What is refused, and how it is said: definitions, records, tables of the program.

use serde_json::{Value as Json, json};

use crate::tables::access_request;
use crate::world::both;

both! {
    a_definition_that_breaks_a_rule_is_refused_and_the_rule_named(world) {
        world.done("POST", "/tables", &access_request());
        let table = |more: Json| {
            let mut all = json!({ "name": "thing", "fields": [{ "name": "title", "kind": "string" }] });
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let tables = [
            (table(json!({ "name": "Thing" })), "no name"),
            (table(json!({ "name": "таблица" })), "no name"),
            (table(json!({ "name": "sys_thing" })), "taken by the program"),
            (table(json!({ "name": "delivery" })), "taken by the program"),
            (table(json!({ "extends": "nowhere" })), "`nowhere`"),
            (table(json!({ "extends": "thing" })), "extends itself"),
            (table(json!({ "extends": "email_account" })), "configures the program"),
            (table(json!({ "display": "nothing" })), "`nothing`"),
            (table(json!({ "number_prefix": "THI" })), "kind `number`"),
            (table(json!({ "extends": "task", "number_prefix": "INC" })), "`incident`"),
            (table(json!({ "extends": "task", "number_prefix": "inc" })), "no prefix"),
            (table(json!({ "extends": "task", "fields": [{ "name": "subject", "kind": "text" }] })), "defined twice"),
            // A sibling in the same root keeps a decimal in a column of this name.
            (table(json!({ "extends": "task", "fields": [{ "name": "cost", "kind": "boolean" }] })), "`task.cost`"),
            (table(json!({ "fields": [{ "name": "a", "kind": "reference", "table": "nowhere" }] })), "`nowhere`"),
            (table(json!({ "fields": [{ "name": "a", "kind": "reference" }] })), "`table`"),
            (table(json!({ "fields": [{ "name": "a", "kind": "money" }] })), "unknown variant `money`"),
            (table(json!({ "fields": [{ "name": "a", "kind": "integer", "default": "x" }] })), "whole number"),
            (table(json!({ "fields": [{ "name": "a", "kind": "string", "unique": true }] })), "max_length"),
            (table(json!({ "label": { "en": "x".repeat(201) } })), "at most 200"),
        ];
        for (body, said) in tables {
            let answer = world.refused("POST", "/tables", &body, (422, "bad_definition"));
            assert!(answer["error"]["message"].as_str().unwrap().contains(said), "{body}: {answer}");
        }
        world.refused("POST", "/tables", &access_request(), (409, "exists"));
        world.refused("POST", "/tables/nowhere/fields", &json!({ "name": "a", "kind": "text" }), (404, "not_found"));
        world.refused("PATCH", "/tables/access_request/fields/subject", &json!({ "mandatory": false }), (409, "shipped"));
        world.refused("PATCH", "/tables/task/fields/subject", &json!({ "mandatory": false }), (409, "shipped"));
        world.refused("DELETE", "/tables/task/fields/state", &Json::Null, (409, "shipped"));
        world.refused("PATCH", "/tables/access_request/fields/nothing", &json!({ "mandatory": true }), (404, "not_found"));
        assert_eq!(world.send(("POST", "/tables"), &world.boris, Some(&table(json!({}))), None).0, 403);
    }

    every_wrong_field_of_a_request_is_named_at_once(world) {
        world.done("POST", "/tables", &access_request());
        let wrong = json!({ "fields": { "requested_system": "sap", "cost": "much", "needed_until": "tomorrow",
            "systems": ["a"], "created_at": "2026-01-01T00:00:00Z", "subjekt": "x", "subject": "y".repeat(1001),
            "approver": "00000000000000000000000000000001" } });
        let answer = world.refused("POST", "/records/access_request", &wrong, (422, "bad_value"));
        let fields = answer["error"]["fields"].as_array().unwrap();
        let mut named: Vec<(&str, &str)> =
            fields.iter().map(|one| (one["field"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
        named.sort_unstable();
        assert_eq!(named, [
            ("approver", "no_such_reference"), ("cost", "bad_value"), ("created_at", "read_only"),
            ("justification", "mandatory"), ("needed_until", "bad_value"), ("requested_system", "unknown_choice"),
            ("subject", "too_long"), ("subjekt", "unknown_field"),
        ]);
        let of = |name: &str| fields.iter().find(|one| one["field"] == name).unwrap();
        assert_eq!((&of("cost")["value"], &of("cost")["table"]), (&json!("much"), &json!("access_request")));
        assert!(of("subjekt").get("value").is_none() && of("cost")["rule"].as_str().unwrap().contains("decimal"));
        assert_eq!(answer["error"]["field"]["field"], fields[0]["field"], "the first, as before");
        // A change, too; and no number is used up by what is refused.
        let one = world.record("access_request", json!({ "subject": "a", "justification": "b" }));
        let path = format!("/records/access_request/{}", one["id"].as_str().unwrap());
        let answer = world.refused("PATCH", &path, &json!({ "fields": { "justification": null, "cost": "x" } }), (422, "bad_value"));
        assert_eq!(answer["error"]["fields"].as_array().unwrap().len(), 2, "{answer}");
        assert!(one["fields"]["number"].as_str().unwrap().ends_with("0001"), "{one}");
    }

    a_secret_is_never_quoted(world) {
        let fields = json!({ "name": "n", "type": "imap", "port": "many", "password": "hunter2\n", "servr": "hunter2" });
        let (status, answer) = world.ask("POST", "/records/email_account", &json!({ "fields": fields }));
        assert_eq!(status, 422);
        assert!(!answer.to_string().contains("hunter2"), "{answer}");
    }

    tables_of_the_program_are_shown_and_not_written(world) {
        let all = world.get("/tables");
        let items = all["items"].as_array().unwrap();
        for name in ["activity", "arrival", "attachment", "delivery", "email", "event", "job", "record_change", "trace"] {
            let table = items.iter().find(|table| table["name"] == name).unwrap();
            assert_eq!((&table["system"], table["label"]["ru"].is_string()), (&json!(true), true), "{name}");
            assert!(table["fields"].as_array().unwrap().iter().all(|field| field["read_only"] == true), "{name}");
        }
        assert_eq!(world.get("/tables/email")["read_at"], "/api/v1/emails");
        let body = json!({ "fields": { "subject": "x" } });
        let id = "00000000000000000000000000000001";
        for (method, path) in [
            ("GET", "/records/email".to_owned()), ("POST", "/records/email".to_owned()),
            ("GET", format!("/records/email/{id}")), ("PATCH", format!("/records/email/{id}")),
            ("DELETE", format!("/records/email/{id}")),
        ] {
            let body = if matches!(method, "POST" | "PATCH") { &body } else { &Json::Null };
            let answer = world.refused(method, &path, body, (422, "system_table"));
            assert!(answer["error"]["hint"].as_str().unwrap().contains("/api/v1/emails"), "{answer}");
        }
        world.refused("POST", "/tables/email/fields", &json!({ "name": "x", "kind": "text" }), (409, "shipped"));
    }
}
