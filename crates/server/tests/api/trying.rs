//! *Try on a mail*, reprocessing, warnings of actions, and needs attention in bulk.

use serde_json::{Value as Json, json};

use super::World;

const MAIL: &str =
    "From: anna@example.com\r\nTo: help@example.com\r\nSubject: Dry\r\nMessage-ID: <d@x>\r\n\r\nRun\r\n";

fn post(world: &World, token: &str, path: &str, body: &Json) -> (u16, Json) {
    world.ask("POST", path, Some(token), Some(("application/json", body.to_string().as_bytes())))
}

#[test]
fn a_mail_that_is_tried_shows_its_plan_and_writes_nothing() {
    World::on_both("api-try", |world| {
        let administrator = world.token_of("core:people/admin");
        let app = &world.running.as_ref().unwrap().app;
        // That the token is in use is noted once a minute: not by the trial.
        assert_eq!(world.ask("GET", "/api/v1/session", Some(&administrator), None).0, 200);
        let before = app.store.content_hash().unwrap();
        let body = json!({ "source": MAIL });
        let (status, shown) = post(world, &administrator, "/api/v1/inbound-actions/try", &body);
        assert_eq!(status, 200, "{shown}");
        assert_eq!(shown.pointer("/now/changes/0/name"), Some(&json!("INC‹next›")));
        assert_eq!(shown.pointer("/now/changes/0/operation"), Some(&json!("insert")));
        assert_eq!(shown.pointer("/now/mails/0/to/0"), Some(&json!("anna@example.com")));
        assert_eq!(shown.pointer("/moment/records"), Some(&json!("today")));
        assert_eq!(app.store.content_hash().unwrap(), before);
    });
}
