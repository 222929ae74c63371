//! Fields and definitions that change: what records must keep, who was faster, what is remembered.

use rejoinder_server::limits::FILL_RECORDS_PER_PLAN;
use serde_json::{Value as Json, json};

use crate::world::{World, both};

fn asset(world: &World) {
    let table = json!({ "name": "asset", "label": { "en": "Asset" }, "fields": [
        { "name": "name", "kind": "string", "max_length": 100 }, { "name": "serial", "kind": "string", "max_length": 40 },
        { "name": "state", "kind": "choice", "choices": [{ "value": "new" }, { "value": "old" }] },
        { "name": "price", "kind": "decimal" }] });
    world.done("POST", "/tables", &table);
}

fn field(world: &World, name: &str) -> Json {
    let table = world.get("/tables/asset");
    table["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == name)
        .cloned()
        .unwrap_or_default()
}

/// The refusal of a change of a field: code, and the sentence.
fn refusal(world: &World, name: &str, patch: Json) -> (String, String) {
    let path = format!("/tables/asset/fields/{name}");
    let answer = world.refused("PATCH", &path, &patch, (409, "in_use"));
    let text = |at: &str| answer.pointer(at).and_then(Json::as_str).unwrap_or_default().to_owned();
    (text("/error/fields/0/code"), text("/error/message"))
}

both! {
    a_rule_that_records_do_not_keep_is_refused_with_their_count(world) {
        asset(world);
        for (serial, state) in [("Ünit-1", "new"), ("ünit-1", "old"), ("x", "old")] {
            world.record("asset", json!({ "serial": serial, "state": state }));
        }
        let (code, text) = refusal(world, "serial", json!({ "unique": true }));
        assert!(code == "not_unique" && text.contains("2 records") && text.to_lowercase().contains("ünit-1"), "{text}");
        let (code, text) = refusal(world, "name", json!({ "mandatory": true }));
        assert!(code == "mandatory" && text.contains("3 records") && text.contains("fill"), "{text}");
        let (code, text) = refusal(world, "serial", json!({ "max_length": 5 }));
        assert!(code == "too_long" && text.contains("2 records"), "{text}");
        let (code, text) = refusal(world, "state", json!({ "choices": [{ "value": "new" }] }));
        assert!(code == "unknown_choice" && text.contains("2 records"), "{text}");
        let (code, _) = refusal(world, "serial", json!({ "kind": "email" }));
        assert_eq!(code, "has_values");
        let answer = world.refused("PATCH", "/tables/asset/fields/price", &json!({ "kind": "string" }), (422, "bad_definition"));
        assert!(answer["error"]["hint"].as_str().unwrap().contains("new field"), "{answer}");
        assert_eq!(world.get("/tables/asset")["version"], 1, "nothing of it was done");
    }

    a_rule_that_records_keep_holds_from_then_on(world) {
        asset(world);
        world.record("asset", json!({ "name": "A", "serial": "1", "state": "new" }));
        let patch = |name: &str, body: Json| world.done("PATCH", &format!("/tables/asset/fields/{name}"), &body);
        patch("serial", json!({ "unique": true, "max_length": 10 }));
        patch("name", json!({ "mandatory": true, "indexed": true }));
        patch("state", json!({ "choices": [{ "value": "new", "label": { "ru": "Новый" } }, { "value": "lost" }] }));
        let create = |fields: Json, expected: (u16, &str)| {
            world.refused("POST", "/records/asset", &json!({ "fields": fields }), expected)
        };
        let twice = create(json!({ "name": "B", "serial": "1" }), (409, "not_unique"));
        assert_eq!((&twice["error"]["fields"][0]["field"], &twice["error"]["fields"][0]["value"]), (&json!("serial"), &json!("1")));
        create(json!({ "name": "B", "serial": "12345678901" }), (422, "too_long"));
        create(json!({ "serial": "2" }), (422, "mandatory"));
        create(json!({ "name": "B", "state": "old" }), (422, "unknown_choice"));
        world.record("asset", json!({ "name": "B", "state": "lost" }));
        // And may be lifted again.
        patch("serial", json!({ "unique": false, "max_length": null }));
        patch("name", json!({ "mandatory": false, "indexed": false, "default": "nameless" }));
        let made = world.record("asset", json!({ "serial": "1" }));
        assert_eq!(made["fields"]["name"], "nameless");
    }

    a_field_becomes_mandatory_and_fills_the_records_that_have_no_value(world) {
        asset(world);
        let count = usize::try_from(FILL_RECORDS_PER_PLAN).unwrap() + 1;
        let insert = |place: usize| {
            let fields = [("name".to_owned(), rejoinder_engine::value::Value::text(format!("a{place}")))].into();
            rejoinder_engine::request::Change::Insert { table: "asset".to_owned(), id: None, fields }
        };
        let all = (0..count).map(insert).collect();
        rejoinder_server::ops::change::change(world.app(), rejoinder_server::ops::change::Asker::program(), all).unwrap();
        let patch = json!({ "mandatory": true, "default": "12.5", "fill": true });
        let shown = world.done("PATCH", "/tables/asset/fields/price?dry_run=true", &patch);
        assert_eq!((&shown["possible"], &shown["records_filled"]), (&json!(true), &json!(count)));
        world.done("PATCH", "/tables/asset/fields/price", &patch);
        assert_eq!(world.sql("SELECT COUNT(*) FROM v_asset WHERE price = 12.5"), [[count.to_string()]]);
        assert_eq!(field(world, "price")["mandatory"], true);
        // The history tells of each record, and rules for mail hear of none.
        let told = world.sql("SELECT COUNT(*) FROM v_record_change WHERE record_table = 'asset' AND operation = 'update'");
        assert_eq!(told, [[count.to_string()]]);
        assert_eq!(world.sql("SELECT COUNT(*) FROM v_event WHERE name = 'asset.updated'"), [["0"]]);
        // A new field in the same way.
        let owner = json!({ "name": "place", "kind": "string", "mandatory": true, "default": "store", "fill": true });
        world.done("POST", "/tables/asset/fields", &owner);
        assert_eq!(world.sql("SELECT COUNT(*) FROM v_asset WHERE place = 'store'"), [[count.to_string()]]);
        let bare = json!({ "name": "other", "kind": "string", "mandatory": true });
        world.refused("POST", "/tables/asset/fields", &bare, (409, "in_use"));
    }

    a_field_that_was_taken_out_finds_its_values_again(world) {
        asset(world);
        world.record("asset", json!({ "name": "A", "price": "3" }));
        world.done("DELETE", "/tables/asset/fields/price", &Json::Null);
        assert!(field(world, "price").is_null());
        world.refused("POST", "/records/asset", &json!({ "fields": { "price": "1" } }), (422, "unknown_field"));
        let text = json!({ "name": "price", "kind": "text" });
        world.refused("POST", "/tables/asset/fields", &text, (422, "bad_definition"));
        world.done("POST", "/tables/asset/fields", &json!({ "name": "price", "kind": "decimal" }));
        assert_eq!(world.get("/records/asset")["items"][0]["fields"]["price"], "3");
        world.refused("DELETE", "/tables/asset/fields/name", &Json::Null, (409, "in_use"));
    }

    of_two_administrators_the_slower_one_is_told(world) {
        asset(world);
        let (_, tag, _) = world.send(("GET", "/tables/asset"), &world.admin, None, None);
        let add = |name: &str, seen: Option<&str>| {
            let body = json!({ "name": name, "kind": "integer", "unique": true });
            let (status, tag, _) = world.send(("POST", "/tables/asset/fields"), &world.admin, Some(&body), seen);
            (status, tag)
        };
        assert_eq!(add("one", Some(&tag)), (201, "\"2\"".to_owned()));
        assert_eq!(add("two", Some(&tag)).0, 412);
        assert_eq!(add("two", Some("\"2\"")).0, 201);
        // Without a tag both are done, whoever is first.
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|place| scope.spawn(move || add(&format!("f{place}"), None).0)).collect();
            assert!(all.into_iter().all(|one| one.join().unwrap() == 201));
        });
        assert!((0..4).all(|place| field(world, &format!("f{place}"))["kind"] == "integer"));
        assert_eq!(world.get("/tables/asset")["version"], 7);
    }

    every_change_of_a_definition_is_remembered_with_who_made_it(world) {
        asset(world);
        world.done("PATCH", "/tables/asset", &json!({ "label": { "en": "Thing", "ru": "Вещь", "日本": "物" } }));
        world.done("POST", "/tables/asset/fields", &json!({ "name": "extra", "kind": "string" }));
        // What changes nothing makes no version.
        world.done("PATCH", "/tables/asset/fields/extra", &json!({ "mandatory": false }));
        let history = world.get("/tables/asset/changes");
        let versions: Vec<i64> = history["items"].as_array().unwrap().iter().map(|one| one["version"].as_i64().unwrap()).collect();
        assert_eq!(versions, [3, 2, 1]);
        let label = &history["items"][1];
        assert_eq!((&label["old"]["label"]["en"], &label["new"]["label"]["日本"]), (&json!("Asset"), &json!("物")));
        assert!(label["actor_user"].is_string() && label["operation"] == "update", "{label}");
        assert_eq!(history["items"][2]["old"], Json::Null);
        let task = world.get("/tables/task/changes");
        assert_eq!(task["items"][0]["actor"], "system");
    }
}
