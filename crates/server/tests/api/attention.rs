//! What needs attention, as people see it: what it is about, why, and who cleared it; and what a mail did, as data.

use std::time::Duration;

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_server::env::pause;
use rejoinder_server::limits::{ATTENTION_AT_ONCE_MAX, ATTENTION_REASON_CHARS_MAX};
use serde_json::{Value as Json, json};

use super::World;

fn post(world: &World, path: &str, body: &Json) -> (u16, Json) {
    let token = world.token_of("core:people/admin");
    world.ask("POST", path, Some(&token), Some(("application/json", body.to_string().as_bytes())))
}

fn listed(world: &World, query: &str) -> Vec<Json> {
    let token = world.token_of("core:people/admin");
    let (status, body) = world.ask("GET", &format!("/api/v1/attention{query}"), Some(&token), None);
    assert_eq!(status, 200, "{body}");
    body.pointer("/items").and_then(Json::as_array).cloned().unwrap()
}

/// Raises something about an account and about nothing that there is.
fn raised(world: &World) -> (Id, Id) {
    let app = &world.running.as_ref().unwrap().app;
    let account = app.config().unwrap().accounts.keys().next().copied().unwrap();
    let gone = app.env.seed().unwrap().id("gone", app.env.now());
    for (subject, id, code) in [("account", account, "login_refused"), ("event", gone, "expired")] {
        app.store.raise_attention(subject, id, &Why::new(code, "look at it"), app.env.now()).unwrap();
    }
    (account, gone)
}

#[test]
fn an_entry_says_what_it_is_about_and_is_found_by_that_and_by_its_reason() {
    World::on_both("attention-about", |world| {
        let (account, gone) = raised(world);
        let all = listed(world, "");
        let about = |id: Id| all.iter().find(|one| one["subject_id"] == json!(id.to_string())).unwrap();
        let name = world.running.as_ref().unwrap().app.config().unwrap().accounts[&account].name.clone();
        assert_eq!(about(account)["name"], json!(name));
        assert_eq!(about(account)["cleared"], Json::Null);
        assert_eq!((&about(gone)["name"], &about(gone)["email"]), (&json!(""), &Json::Null));
        let codes = |query: &str| -> Vec<Json> {
            listed(world, query).iter().map(|one| one["reason"]["code"].clone()).collect()
        };
        assert_eq!(codes("?subject=account"), [json!("login_refused")]);
        assert_eq!(codes("?code=expired"), [json!("expired")]);
        assert_eq!(codes("?subject=account&code=expired"), Vec::<Json>::new());
    });
}

#[test]
fn the_reason_of_whoever_clears_is_kept_until_the_trouble_comes_back() {
    World::on_both("attention-cleared", |world| {
        let (account, _) = raised(world);
        let ids: Vec<Json> = listed(world, "").iter().map(|one| one["id"].clone()).collect();
        let (status, body) =
            post(world, "/api/v1/attention/clear", &json!({ "ids": ids, "reason": " Known, leave it. " }));
        assert_eq!(status, 200, "{body}");
        assert!(listed(world, "").is_empty());
        let cleared = listed(world, "?cleared=true&subject=account");
        assert_eq!(cleared[0]["cleared"]["reason"], json!("Known, leave it."));
        assert_eq!(cleared[0]["cleared"]["by"], json!("Administrator"));
        let app = &world.running.as_ref().unwrap().app;
        app.store
            .raise_attention("account", account, &Why::new("login_refused", "again"), app.env.now())
            .unwrap();
        assert_eq!(listed(world, "")[0]["cleared"], Json::Null);
    });
}

#[test]
fn a_reason_and_a_request_have_limits() {
    World::on_both("attention-limits", |world| {
        let reason = |chars: usize| json!({ "ids": [], "reason": "x".repeat(chars) });
        assert_eq!(post(world, "/api/v1/attention/clear", &reason(ATTENTION_REASON_CHARS_MAX)).0, 200);
        assert_eq!(post(world, "/api/v1/attention/clear", &reason(ATTENTION_REASON_CHARS_MAX + 1)).0, 400);
        let ids = |count: usize| json!({ "ids": vec!["0"; count] });
        for path in ["/api/v1/attention/clear", "/api/v1/attention/retry"] {
            assert_eq!(post(world, path, &ids(ATTENTION_AT_ONCE_MAX)).0, 200, "{path}");
            assert_eq!(post(world, path, &ids(ATTENTION_AT_ONCE_MAX + 1)).0, 400, "{path}");
        }
    });
}

const MAIL: &str =
    "From: anna@example.com\r\nTo: help@example.com\r\nSubject: Data\r\nMessage-ID: <data@x>\r\n\r\nRun\r\n";
/// Looks at what was taken in, each after a hundredth of a second, before the test gives up.
const LOOKS: usize = 3000;

/// The first mail, once it was worked on.
fn mail(world: &World, token: &str) -> String {
    for _ in 0..LOOKS {
        let (_, body) =
            world.ask("GET", "/api/v1/emails?direction=incoming&state=processed", Some(token), None);
        if let Some(id) = body.pointer("/items/0/id").and_then(Json::as_str) {
            return id.to_owned();
        }
        pause(Duration::from_millis(10));
    }
    panic!("the mail was not worked on")
}

#[test]
fn what_a_mail_did_is_told_as_data() {
    World::on_both("mail-did", |world| {
        let token = world.token_of("core:people/admin");
        let taken =
            world.ask("POST", "/api/v1/inbound", Some(&token), Some(("message/rfc822", MAIL.as_bytes())));
        assert_eq!(taken.0, 202, "{}", taken.1);
        let path = format!("/api/v1/emails/{}/decision", mail(world, &token));
        let (status, body) = world.ask("GET", &path, Some(&token), None);
        assert_eq!(status, 200, "{body}");
        let decision = &body["decision"];
        assert_eq!(
            (&decision["state"], &decision["class"], &decision["changes"][0]["operation"]),
            (&json!("processed"), &json!("new"), &json!("insert"))
        );
        let ran = decision["actions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| (&one["kind"], &one["outcome"]) == (&json!("action"), &json!("ran")));
        assert_eq!(
            ran.map(|one| one["name"].clone()).collect::<Vec<_>>(),
            [json!("Create incident"), json!("Tell the number")]
        );
        let missing =
            world.ask("GET", "/api/v1/emails/0190a0000000700080000000000000aa/decision", Some(&token), None);
        assert_eq!(missing.0, 404, "{}", missing.1);
    });
}

#[test]
fn conditions_of_actions_ask_a_mail_that_is_described_like_a_table() {
    World::on_both("mail-table", |world| {
        let token = world.token_of("core:people/admin");
        let ask = |table: &str| {
            world.ask("GET", &format!("/api/v1/inbound-actions/mail-tables/{table}"), Some(&token), None)
        };
        let (status, body) = ask("incident");
        assert_eq!(status, 200, "{body}");
        let field = |name: &str| {
            let all = body["fields"].as_array().unwrap();
            all.iter().find(|one| one["name"] == json!(name)).cloned().unwrap_or_default()
        };
        assert_eq!(field("record")["table"], json!("incident"));
        assert_eq!(field("sender")["table"], json!("user"));
        assert_eq!(field("new_text")["kind"], json!("text"));
        assert_eq!(ask("nowhere").0, 404);
    });
}
