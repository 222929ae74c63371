//! Lists of records over the API: their order, their fields, how many there are, and feeds.

use std::time::Duration;

use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_server::limits::{COUNT_MAX, STATISTICS};
use rejoinder_server::ops::change::{Asker, change};
use serde_json::{Value as Json, json};

use super::{World, code};

fn make(world: &World, count: u32) {
    let app = &world.running.as_ref().unwrap().app;
    let insert = |n: u32| {
        let state = if n.is_multiple_of(2) { "assigned" } else { "closed" };
        let fields = [("subject", format!("Number {n:04}")), ("state", state.to_owned())];
        let fields = fields.into_iter().map(|(name, text)| (name.to_owned(), Value::text(text)));
        Change::Insert { table: "incident".to_owned(), id: None, fields: fields.collect() }
    };
    change(app, Asker::program(), (0..count).map(insert).collect()).unwrap();
}

fn subjects(list: &Json) -> Vec<String> {
    let items = list.get("items").and_then(Json::as_array).unwrap();
    items
        .iter()
        .map(|item| item.pointer("/fields/subject").and_then(Json::as_str).unwrap().to_owned())
        .collect()
}

#[test]
fn a_list_is_sorted_paged_and_cut_to_fields() {
    let world = World::new("api-lists");
    let boris = world.token_of("demo:people/boris");
    make(&world, 6);
    let ask =
        |query: &str| world.ask("GET", &format!("/api/v1/records/incident?{query}"), Some(&boris), None);
    let (status, all) = ask("order=state,-subject");
    assert_eq!(status, 200, "{all}");
    let expected = ["0004", "0002", "0000", "0005", "0003", "0001"].map(|n| format!("Number {n}"));
    assert_eq!(subjects(&all), expected);
    let (_, first) = ask("order=state,-subject&limit=4&fields=subject,state");
    let cursor = first.get("next").and_then(Json::as_str).unwrap();
    let (_, second) = ask(&format!("order=state,-subject&limit=4&cursor={cursor}"));
    assert_eq!([subjects(&first), subjects(&second)].concat(), expected);
    assert_eq!(second.get("next"), Some(&Json::Null));
    let one = first.pointer("/items/0").unwrap();
    assert_eq!(one.get("fields"), Some(&json!({ "subject": "Number 0004", "state": "assigned" })));
    assert_eq!(one.get("display"), Some(&json!({ "subject": "Number 0004", "state": "Assigned" })));
    assert_eq!(code(&ask(&format!("order=state&cursor={cursor}")).1), "bad_cursor");
    assert_eq!(code(&ask("cursor=1764000000000000.0").1), "bad_cursor");
    assert_eq!(code(&ask("fields=subject,nothing").1), "unknown_field");
}

#[test]
fn an_order_that_cannot_be_had_names_its_field() {
    let world = World::new("api-orders");
    let admin = world.token_of("core:people/admin");
    for (table, order, field) in [
        ("incident", "-additional_comments", "additional_comments"),
        ("incident", "followers", "followers"),
        ("incident", "state,nothing", "nothing"),
        ("email_account", "password", "password"),
        ("incident", "state,number,subject,-caller", "caller"),
    ] {
        let path = format!("/api/v1/records/{table}?order={order}");
        let (status, answer) = world.ask("GET", &path, Some(&admin), None);
        assert_eq!((status, code(&answer)), (400, "bad_order"), "{answer}");
        assert_eq!(answer.pointer("/error/field/field"), Some(&json!(field)));
    }
}

#[test]
fn a_list_is_counted_up_to_a_cap_where_it_is_asked_for() {
    let world = World::new("api-count");
    let boris = world.token_of("demo:people/boris");
    let ask = |query: &str| {
        let path = format!("/api/v1/records/incident?limit=1&{query}");
        world.ask("GET", &path, Some(&boris), None).1.get("count").cloned()
    };
    make(&world, COUNT_MAX);
    assert_eq!(ask("count=true"), Some(json!({ "value": COUNT_MAX, "capped": false })));
    make(&world, 1);
    assert_eq!(ask("count=true"), Some(json!({ "value": COUNT_MAX, "capped": true })));
    let filter = "filter=%7B%22field%22%3A%22subject%22%2C%22operator%22%3A%22is%22%2C%22value%22%3A%22number+0007%22%7D";
    assert_eq!(ask(&format!("count=true&{filter}")), Some(json!({ "value": 1, "capped": false })));
    assert_eq!(ask(""), Some(Json::Null));
    assert!(STATISTICS <= Duration::from_secs(86_400), "the embedded database looks at its sizes every day");
}

#[test]
fn a_feed_is_paged_without_losing_anything_of_one_moment() {
    let world = World::new("api-feed");
    let boris = world.token_of("demo:people/boris");
    let (_, made) =
        world.json("POST", "/api/v1/records/incident", &boris, &json!({ "fields": { "subject": "Feed" } }));
    let path = format!("/api/v1/records/incident/{}", made.get("id").and_then(Json::as_str).unwrap());
    for n in 0..5 {
        // A comment, a note and a change of one moment.
        let fields = json!({ "fields": {
            "subject": format!("Feed {n}"), "additional_comments": format!("c{n}"), "work_notes": format!("w{n}") } });
        assert_eq!(world.json("PATCH", &path, &boris, &fields).0, 200);
    }
    let whole = world.ask("GET", &format!("{path}/feed?limit=200"), Some(&boris), None).1;
    let whole = whole.get("items").and_then(Json::as_array).unwrap().clone();
    // What the program mails about it comes in meanwhile, and is newer.
    let ours = |item: &&Json| item.get("kind") != Some(&json!("mail"));
    assert!(whole.iter().filter(ours).count() >= 16);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.ask("GET", &format!("{path}/feed?limit=2{cursor}"), Some(&boris), None).1;
        seen.extend(page.get("items").and_then(Json::as_array).unwrap().clone());
        let Some(next) = page.get("next").and_then(Json::as_str) else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.iter().filter(ours).collect::<Vec<_>>(), whole.iter().filter(ours).collect::<Vec<_>>());
    let bad = world.ask("GET", &format!("{path}/feed?cursor=2026-11-30T00:00:00Z"), Some(&boris), None);
    assert_eq!((bad.0, code(&bad.1)), (400, "bad_cursor"));
}

#[test]
fn what_a_list_points_to_is_shown_by_its_name() {
    let world = World::new("api-names");
    let boris = world.token_of("demo:people/boris");
    make(&world, 3);
    let (_, list) = world.ask("GET", "/api/v1/records/incident", Some(&boris), None);
    let id = list.pointer("/items/1/id").and_then(Json::as_str).unwrap().to_owned();
    let (_, people) =
        world.ask("GET", "/api/v1/records/user?order=name&limit=3&fields=name", Some(&boris), None);
    let person = |n: usize, field: &str| people.pointer(&format!("/items/{n}/{field}")).cloned().unwrap();
    let fields =
        json!({ "fields": { "caller": person(0, "id"), "followers": [person(1, "id"), person(2, "id")] } });
    assert_eq!(world.json("PATCH", &format!("/api/v1/records/incident/{id}"), &boris, &fields).0, 200);
    let one = world.ask("GET", &format!("/api/v1/records/incident/{id}"), Some(&boris), None).1;
    let list = world.ask("GET", "/api/v1/records/incident", Some(&boris), None).1;
    let name = |n: usize| person(n, "fields/name").as_str().unwrap().to_owned();
    for shown in [&one, list.pointer("/items/1").unwrap()] {
        assert_eq!(shown.pointer("/display/caller"), Some(&json!(name(0))), "{shown}");
        assert_eq!(shown.pointer("/display/followers"), Some(&json!(format!("{}, {}", name(1), name(2)))));
    }
}
