//! Tables: made with their fields, worked with, read by SQL clients, deleted.

use serde_json::{Value as Json, json};

use crate::world::{World, both};

/// What an administrator sends for the table of the example.
pub(crate) fn access_request() -> Json {
    json!({
        "name": "access_request",
        "label": { "en": "Access request", "ru": "Запрос доступа" },
        "extends": "task",
        "number_prefix": "ACC",
        "fields": [
            { "name": "requested_system", "kind": "choice", "label": { "en": "System", "ru": "Система" }, "choices": [
                { "value": "crm", "label": { "en": "CRM", "ru": "КРМ" } },
                { "value": "erp", "label": { "en": "ERP", "ru": "ЕРП" } }] },
            { "name": "cost", "kind": "decimal", "label": { "en": "Cost", "ru": "Стоимость" } },
            { "name": "needed_until", "kind": "datetime" },
            { "name": "approver", "kind": "reference", "table": "user" },
            { "name": "systems", "kind": "text_list" },
            { "name": "justification", "kind": "text", "mandatory": true },
            { "name": "confirmed", "kind": "boolean", "default": false }]
    })
}

fn request(subject: &str, system: &str, cost: &str) -> Json {
    json!({ "subject": subject, "requested_system": system, "cost": cost, "justification": "Нужно",
            "needed_until": "2026-12-24T18:00:00+03:00", "systems": ["mail", "vpn"], "confirmed": true })
}

both! {
    a_table_made_through_the_api_is_worked_with_like_one_that_ships(world) {
        let (status, tag, made) =
            world.send(("POST", "/tables"), &world.admin, Some(&access_request()), None);
        assert_eq!((status, tag.as_str()), (201, "\"1\""), "{made}");
        assert_eq!((&made["root"], &made["display"], &made["events"]), (&json!("task"), &json!("number"), &json!(true)));
        let field = |name: &str| {
            let table = world.get("/tables/access_request");
            table["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
        };
        assert_eq!((&field("cost")["shipped"], &field("cost")["inherited_from"]), (&json!(false), &Json::Null));
        assert_eq!((&field("subject")["shipped"], &field("subject")["inherited_from"]), (&json!(true), &json!("task")));
        assert_eq!((&field("created_at")["base"], &field("confirmed")["default"]), (&json!(true), &json!("false")));
        // Records: made by an agent, numbered, listed by a filter, changed.
        let one = world.record("access_request", request("Один", "crm", "100.50"));
        world.record("access_request", request("Two", "crm", "0.25"));
        world.record("access_request", request("Three", "erp", "-7"));
        assert!(one["fields"]["number"].as_str().unwrap().starts_with("ACC0"), "{one}");
        assert_eq!((&one["fields"]["cost"], &one["display"]["requested_system"]), (&json!("100.5"), &json!("CRM")));
        let filter = "%7B%22field%22%3A%22requested_system%22%2C%22operator%22%3A%22is%22%2C%22value%22%3A%22crm%22%7D";
        let listed = world.get(&format!("/records/access_request?filter={filter}"));
        assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
        assert_eq!(world.get("/records/task")["items"].as_array().unwrap().len(), 3);
        let path = format!("/records/access_request/{}", one["id"].as_str().unwrap());
        let change = json!({ "fields": { "cost": "101", "additional_comments": "Готово" } });
        world.done("PATCH", &path, &change);
        // Feed and history.
        let feed = world.get(&format!("{path}/feed"));
        assert!(feed.to_string().contains("Готово"), "{feed}");
        let history = world.get(&format!("/changes?record={}", one["id"].as_str().unwrap()));
        assert_eq!((&history["items"][0]["old"]["cost"], &history["items"][0]["new"]["cost"]), (&json!("100.5"), &json!("101")));
        // A rule can name it and its fields.
        let condition = r#"{"field":"cost","operator":"greater","value":"50"}"#;
        let rule = json!({ "fields": { "name": "Access", "table": "access_request", "on_insert": true,
            "condition": condition, "subject": "{{number}}", "body_text": "{{requested_system}}" } });
        world.done("POST", "/records/notification_rule", &rule);
        assert!(world.app().config().unwrap().rules.iter().any(|rule| rule.table == "access_request"));
        // And a plain SQL client adds up, whatever case the words have.
        let sums = world.sql(
            "SELECT requested_system, CAST(ROUND(SUM(cost) * 100) AS INTEGER), COUNT(*) FROM v_access_request \
             WHERE needed_until < '2027-01-01' GROUP BY requested_system ORDER BY requested_system",
        );
        assert_eq!(sums, [["crm", "10125", "2"], ["erp", "-700", "1"]]);
    }

    views_show_values_as_a_sql_client_expects_them(world) {
        world.done("POST", "/tables", &access_request());
        world.record("access_request", request("One", "crm", "100.50"));
        let row = world.sql(
            "SELECT subject, cost, needed_until, confirmed, systems, sys_table, sys_version FROM v_access_request",
        );
        let expected = if world.is_sqlite() {
            ["One", "100.5", "2026-12-24T15:00:00.000000Z", "1", r#"["mail","vpn"]"#, "access_request", "1"]
        } else {
            ["One", "100.500000", "2026-12-24 15:00:00+00", "t", r#"["mail", "vpn"]"#, "access_request", "1"]
        };
        assert_eq!(row, [expected]);
        // The program's own tables too.
        assert_eq!(world.sql("SELECT COUNT(*) FROM v_event WHERE name = 'access_request.inserted'"), [["1"]]);
        let who = world.sql("SELECT actor_label, operation FROM v_record_change WHERE record_table = 'access_request'");
        assert_eq!(who[0][1], "insert");
        for table in ["activity", "arrival", "attachment", "delivery", "email", "job", "trace"] {
            world.sql(&format!("SELECT COUNT(*) FROM v_{table} WHERE sys_table = '{table}'"));
        }
    }

    a_table_extends_one_that_was_made_here_and_shares_its_numbers(world) {
        world.done("POST", "/tables", &access_request());
        let vip = json!({ "name": "vip_access", "extends": "access_request",
            "fields": [{ "name": "sponsor", "kind": "reference", "table": "user" }] });
        let made = world.done("POST", "/tables", &vip);
        assert_eq!(made["root"], "task");
        let fields = json!({ "subject": "x", "justification": "y" });
        let numbers: Vec<String> = ["access_request", "vip_access", "access_request"]
            .iter()
            .map(|table| world.record(table, fields.clone())["fields"]["number"].as_str().unwrap().to_owned())
            .collect();
        assert!(numbers.iter().all(|number| number.starts_with("ACC0")), "{numbers:?}");
        assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2] && numbers[0] != numbers[2]);
        assert_eq!(world.sql("SELECT COUNT(*) FROM v_access_request"), [["3"]]);
        assert_eq!(world.sql("SELECT COUNT(*) FROM v_vip_access"), [["1"]]);
    }

    a_table_that_is_still_needed_is_kept_and_one_that_is_not_goes(world) {
        world.done("POST", "/tables", &access_request());
        world.done("POST", "/tables", &json!({ "name": "vip_access", "extends": "access_request" }));
        let path = "/tables/access_request";
        let answer = world.refused("DELETE", path, &Json::Null, (409, "in_use"));
        assert!(answer["error"]["message"].as_str().unwrap().contains("`vip_access` extends"), "{answer}");
        world.done("DELETE", "/tables/vip_access", &Json::Null);
        let field = json!({ "name": "request", "kind": "reference", "table": "access_request" });
        world.done("POST", "/tables/incident/fields", &field);
        let answer = world.refused("DELETE", path, &Json::Null, (409, "in_use"));
        assert!(answer["error"]["message"].as_str().unwrap().contains("`incident.request`"), "{answer}");
        world.done("DELETE", "/tables/incident/fields/request", &Json::Null);
        let rule = json!({ "fields": { "name": "Names it", "table": "access_request", "on_insert": true,
            "subject": "x", "body_text": "x" } });
        let rule = world.done("POST", "/records/notification_rule", &rule);
        let answer = world.refused("DELETE", path, &Json::Null, (409, "in_use"));
        assert!(answer["error"]["message"].as_str().unwrap().contains("`Names it` (notification_rule)"), "{answer}");
        world.done("DELETE", &format!("/records/notification_rule/{}", rule["id"].as_str().unwrap()), &Json::Null);
        let one = world.record("access_request", json!({ "subject": "x", "justification": "y" }));
        let answer = world.refused("DELETE", path, &Json::Null, (409, "in_use"));
        assert_eq!(answer["error"]["fields"][0]["code"], "has_records", "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("1 record "), "{answer}");
        world.done("DELETE", &format!("/records/access_request/{}", one["id"].as_str().unwrap()), &Json::Null);
        world.done("DELETE", path, &Json::Null);
        assert_eq!(world.ask("GET", path, &Json::Null).0, 404);
        // Its history stays, and a table of the same name goes on with it.
        let history = world.get(&format!("{path}/changes"));
        assert_eq!((&history["items"][0]["operation"], &history["items"][0]["version"]), (&json!("delete"), &json!(2)));
        world.done("POST", "/tables", &access_request());
        assert_eq!(world.get(path)["version"], 3);
        for ships in ["task", "user", "email"] {
            world.refused("DELETE", &format!("/tables/{ships}"), &Json::Null, (409, "shipped"));
        }
    }

    a_dry_run_says_what_would_change_and_changes_nothing(world) {
        // That the token is in use is noted once a minute.
        world.get("/status");
        let before = world.app().store.content_hash().unwrap();
        let (status, shown) = world.ask("POST", "/tables?dry_run=true", &access_request());
        assert_eq!((status, &shown["possible"]), (200, &json!(true)), "{shown}");
        let added: Vec<&str> = shown["columns_added"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(added.contains(&"task.cost") && !added.contains(&"task.subject"), "{shown}");
        assert_eq!(shown["table"]["label"]["ru"], "Запрос доступа");
        assert_eq!(world.app().store.content_hash().unwrap(), before);
        world.done("POST", "/tables", &access_request());
        world.record("access_request", json!({ "subject": "x", "justification": "y" }));
        let strict = json!({ "mandatory": true, "indexed": true });
        let shown = world.done("PATCH", "/tables/access_request/fields/cost?dry_run=true", &strict);
        assert_eq!((&shown["possible"], &shown["indexes_made"]), (&json!(false), &json!(["task.cost"])), "{shown}");
        assert_eq!((&shown["in_the_way"][0]["code"], &shown["in_the_way"][0]["count"]), (&json!("mandatory"), &json!(1)));
        assert_eq!(world.get("/tables/access_request")["version"], 1);
        let shown = world.done("DELETE", "/tables/access_request?dry_run=true", &Json::Null);
        assert_eq!((&shown["possible"], &shown["table"]), (&json!(false), &Json::Null));
    }
}

#[test]
fn another_node_works_with_a_new_table_at_once() {
    let Some(url) = crate::world::postgres("another_node") else { return };
    let one = World::new("dictionary-node-one", Some(url.clone()));
    let two = World::new("dictionary-node-two", Some(url));
    let tables = |world: &World| world.app().store.dictionary().tables().count();
    let before = tables(&two);
    one.done("POST", "/tables", &access_request());
    // What a worker or a request of the other node does first of all.
    let config = two.app().config().unwrap();
    assert!(config.dictionary.table("access_request").is_some());
    assert_eq!(tables(&two), before + 1, "the store's schema too");
    two.record("access_request", request("By the other node", "crm", "1"));
    assert_eq!(one.sql("SELECT COUNT(*) FROM v_access_request"), [["1"]]);
    // Its workers ask so on every turn, which is at most this far away.
    assert!(rejoinder_server::limits::POLL < std::time::Duration::from_secs(2));
}
