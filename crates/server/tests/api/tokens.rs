//! API tokens: shown once, for what their scopes name, until they end.

use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_server::limits::TOKENS_PER_USER;
use rejoinder_server::ops::change::change;
use serde_json::{Value as Json, json};

use super::{World, code};

const PATH: &str = "/api/v1/tokens";

fn made(world: &World, by: &str, wanted: &Json) -> (String, Json) {
    let (status, made) = world.json("POST", PATH, by, wanted);
    assert_eq!(status, 201, "{made}");
    (made["token"].as_str().unwrap().to_owned(), made)
}

#[test]
fn a_token_is_made_shown_once_listed_used_and_removed() {
    let world = World::new("tokens");
    let boris = world.token_of("demo:people/boris");
    let (token, body) = made(&world, &boris, &json!({ "name": "Dashboard", "scopes": ["records:read"] }));
    assert!(token.starts_with("rj_"));
    assert_eq!(body["user"], json!(record_id("demo", "people/boris").to_string()));
    let (_, listed) = world.ask("GET", PATH, Some(&boris), None);
    let first = &listed["items"][0];
    assert_eq!((&first["name"], &first["last_used_at"]), (&json!("Dashboard"), &Json::Null));
    assert!(!listed.to_string().contains(&token));
    assert_eq!(world.ask("GET", "/api/v1/records/incident", Some(&token), None).0, 200);
    let (_, listed) = world.ask("GET", PATH, Some(&boris), None);
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed}");
    let path = format!("{PATH}/{}", body["id"].as_str().unwrap());
    assert_eq!(world.ask("DELETE", &path, Some(&boris), None).0, 204);
    assert_eq!(world.ask("GET", "/api/v1/records/incident", Some(&token), None).0, 401);
}

#[test]
fn a_token_does_what_its_scopes_name_and_nothing_else() {
    let world = World::new("token-scopes");
    let admin = world.token_of("core:people/admin");
    let incident = json!({ "fields": { "subject": "By token" } });
    let setting = json!({ "fields": { "name": "x.y" } });
    let person = json!({ "fields": { "name": "Somebody" } });
    let mail = "From: anna@example.com\r\nTo: help@example.com\r\n\r\nx\r\n";
    // Each column is asked with a token for the scope alone; the answer is what is allowed.
    let scopes =
        ["records:read", "records:write", "mail:read", "mail:write", "inbound", "configuration", "admin"];
    let wanted = [
        ("GET", "/api/v1/records/incident", None, vec!["records:read"], 200),
        ("HEAD", "/api/v1/records/incident", None, vec!["records:read"], 200),
        ("GET", "/api/v1/records/setting", None, vec!["configuration"], 200),
        ("GET", "/api/v1/records/%73etting", None, vec!["configuration"], 200),
        ("GET", "/api/v1/records/user", None, vec!["records:read"], 200),
        ("POST", "/api/v1/records/incident", Some(&incident), vec!["records:write"], 201),
        ("POST", "/api/v1/records/setting", Some(&setting), vec!["configuration"], 201),
        ("POST", "/api/v1/records/user", Some(&person), vec![], 201),
        ("GET", "/api/v1/emails", None, vec!["mail:read"], 200),
        ("POST", "/api/v1/deliveries/1/retry", None, vec!["mail:write"], 404),
        ("GET", "/api/v1/session", None, scopes[..6].to_vec(), 200),
        ("GET", "/api/v1/status", None, scopes[..6].to_vec(), 200),
        ("GET", PATH, None, vec![], 200),
        ("GET", "/api/v1/sign-ins", None, vec![], 200),
        ("GET", "/api/v1/doctor", None, vec!["configuration"], 200),
    ];
    for (place, scope) in scopes.iter().enumerate() {
        let name = format!("Token {place}");
        let (token, _) = made(&world, &admin, &json!({ "name": name, "scopes": [scope] }));
        for (method, path, body, allowed, answer) in &wanted {
            // Names are unique.
            let body = body.map(|body| body.to_string().replace("x.y", &format!("x.y{place}")));
            let bytes = body.as_ref().map(|text| ("application/json", text.as_bytes()));
            let (status, said) = world.ask(method, path, Some(&token), bytes);
            let may = allowed.contains(scope) || *scope == "admin";
            assert_eq!(status, if may { *answer } else { 403 }, "{method} {path} with {scope}: {said}");
            if !may && *method != "HEAD" {
                assert_eq!(code(&said), "missing_scope");
            }
        }
        let (status, _) =
            world.ask("POST", "/api/v1/inbound", Some(&token), Some(("message/rfc822", mail.as_bytes())));
        assert_eq!(status, if ["inbound", "admin"].contains(scope) { 202 } else { 403 }, "{scope}");
    }
}

#[test]
fn a_token_ends_at_its_moment_and_acts_only_as_whom_its_maker_may_make_it_for() {
    let world = World::new("token-ends");
    let (admin, boris) = (world.token_of("core:people/admin"), world.token_of("demo:people/boris"));
    let anna = record_id("demo", "people/anna").to_string();
    let for_anna = json!({ "name": "Anna's", "user": anna });
    assert_eq!(world.json("POST", PATH, &boris, &for_anna).0, 403);
    let (of_anna, body) = made(&world, &admin, &for_anna);
    assert_eq!(world.ask("GET", "/api/v1/records/incident", Some(&of_anna), None).0, 403, "she has no role");
    let (status, own) = made_status(&world, &of_anna, &json!({ "name": "Mine" }));
    assert_eq!(status, 201, "everybody makes tokens for themselves: {own}");
    let hers = format!("{PATH}/{}", body["id"].as_str().unwrap());
    assert_eq!(world.ask("DELETE", &hers, Some(&boris), None).0, 404);
    for (field, value) in [
        ("expires_at", json!("2020-01-01T00:00:00Z")),
        ("expires_at", json!("soon")),
        ("scopes", json!(["all"])),
    ] {
        let (status, said) = world.json("POST", PATH, &boris, &json!({ "name": "Bad", field: value }));
        assert_eq!((status, code(&said)), (422, "bad_value"), "{said}");
        assert_eq!(said["error"]["field"]["field"], json!(field));
    }
    let wanted = json!({ "name": "Short", "expires_at": "2999-01-01T00:00:00Z" });
    let (token, body) = made(&world, &boris, &wanted);
    assert_eq!(body["expires_at"], json!("2999-01-01T00:00:00.000000Z"));
    assert_eq!(world.ask("GET", "/api/v1/session", Some(&token), None).0, 200);
    let app = &world.running.as_ref().unwrap().app;
    let key = RecordKey { table: "api_token".to_owned(), id: body["id"].as_str().unwrap().parse().unwrap() };
    let past = Value::Time(Timestamp::from_micros(1_000_000));
    let update = Change::Update { key, fields: [("expires_at".to_owned(), past)].into() };
    change(app, Actor::system(), vec![update]).unwrap();
    assert_eq!(world.ask("GET", "/api/v1/session", Some(&token), None).0, 401, "it is over");
}

fn made_status(world: &World, by: &str, wanted: &Json) -> (u16, Json) {
    world.json("POST", PATH, by, wanted)
}

#[test]
fn a_user_has_only_so_many_tokens() {
    let world = World::new("token-many");
    let anna = record_id("demo", "people/anna");
    let first = world.token_of("demo:people/anna");
    let app = &world.running.as_ref().unwrap().app;
    for place in 2..TOKENS_PER_USER {
        rejoinder_server::tokens::make(app, &place.to_string(), anna).unwrap();
    }
    let wanted = json!({ "name": "Another" });
    assert_eq!(world.json("POST", PATH, &first, &wanted).0, 201, "the last that fits");
    let (status, said) = world.json("POST", PATH, &first, &wanted);
    assert_eq!((status, code(&said)), (422, "refused"), "{said}");
}
