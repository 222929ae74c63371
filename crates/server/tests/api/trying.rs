//! *Try on a mail*, reprocessing, warnings of actions, and needs attention in bulk, as the API offers them.

use rejoinder_engine::pack::record_id;
use rejoinder_server::limits::{ATTENTION_AT_ONCE_MAX, TRY_ACTIONS_MAX};
use rejoinder_testservers::until;
use serde_json::{Value as Json, json};

use super::World;

const TRY: &str = "/api/v1/inbound-actions/try";
const MAIL: &str =
    "From: anna@example.com\r\nTo: help@example.com\r\nSubject: Dry\r\nMessage-ID: <d@x>\r\n\r\nRun\r\n";

fn post(world: &World, token: &str, path: &str, body: &Json) -> (u16, Json) {
    world.ask("POST", path, Some(token), Some(("application/json", body.to_string().as_bytes())))
}

fn tried(world: &World, token: &str, body: &Json) -> Json {
    let (status, shown) = post(world, token, TRY, body);
    assert_eq!(status, 200, "{body}: {shown}");
    shown
}

fn get(world: &World, token: &str, path: &str) -> Json {
    let (status, shown) = world.ask("GET", path, Some(token), None);
    assert_eq!(status, 200, "{path}: {shown}");
    shown
}

/// Hands a mail in, and waits until it is worked on; the ids of its arrival and its mail.
fn came(world: &World, token: &str, mail: &str) -> (String, String) {
    let kept = world.ask("POST", "/api/v1/inbound", Some(token), Some(("message/rfc822", mail.as_bytes())));
    assert_eq!(kept.0, 202, "{}", kept.1);
    let arrival = kept.1["arrival"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/arrivals/{arrival}");
    until("the mail is worked on", || {
        !["ready", "in_process"].contains(&get(world, token, &path)["state"].as_str().unwrap())
    });
    let email = get(world, token, &path)["email"].as_str().unwrap_or_default().to_owned();
    (arrival, email)
}

/// Of a list, what stands at a place of each item.
fn each<'a>(list: &'a Json, at: &str) -> Vec<&'a str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item.pointer(at).and_then(Json::as_str).unwrap_or_default()).collect()
}

fn action<'a>(decision: &'a Json, name: &str) -> &'a Json {
    let actions = decision["actions"].as_array().unwrap();
    actions.iter().find(|action| action["name"] == name).unwrap_or_else(|| panic!("{name} in {decision}"))
}

#[test]
fn a_mail_that_is_tried_shows_its_plan_and_writes_nothing() {
    World::on_both("api-try", |world| {
        let admin = world.token_of("core:people/admin");
        let app = &world.running.as_ref().unwrap().app;
        // That the token is in use is noted once a minute: not by the trial.
        assert_eq!(world.ask("GET", "/api/v1/session", Some(&admin), None).0, 200);
        let before = app.store.content_hash().unwrap();
        let shown = tried(world, &admin, &json!({ "source": MAIL }));
        let now = &shown["now"];
        assert_eq!(now["changes"][0]["name"], "INC‹next›");
        assert_eq!(now["changes"][0]["operation"], "insert");
        let fields = &now["changes"][0]["fields"];
        assert!(each(fields, "/field").contains(&"subject"), "{fields}");
        assert!(each(fields, "/after_shown").contains(&"Anna Ivanova"), "names, not ids: {fields}");
        assert_eq!(now["mails"][0]["to"][0], "anna@example.com");
        assert!(now["mails"][0]["text"].as_str().unwrap().contains("INC‹next›"));
        assert_eq!(now["class"], "new");
        assert_eq!(now["sender"]["name"], "Anna Ivanova");
        assert_eq!(action(now, "Create incident")["outcome"], "ran");
        assert_eq!(action(now, "Comment on the incident")["because"]["code"], "message_type");
        let clause = &action(now, "Monitoring alert")["failing"];
        assert!(clause["text"].as_str().unwrap().contains("it is"), "both values are told: {clause}");
        assert_eq!(shown["moment"]["records"], "today");
        assert!(shown["text"].as_str().unwrap().contains("insert incident INC‹next›"));
        assert_eq!(shown["before"], Json::Null);
        assert_eq!(app.store.content_hash().unwrap(), before);
    });
}

#[test]
fn actions_are_tried_as_they_are_about_to_be_saved() {
    World::on_both("api-try-unsaved", |world| {
        let admin = world.token_of("core:people/admin");
        let app = &world.running.as_ref().unwrap().app;
        assert_eq!(world.ask("GET", "/api/v1/session", Some(&admin), None).0, 200);
        let before = app.store.content_hash().unwrap();
        let create = record_id("itsm", "actions/create-incident").to_string();
        let changed = json!({ "id": create, "fields": { "mapping":
            "[{\"field\":\"subject\",\"from\":\"constant\",\"value\":\"Fixed\"},{\"field\":\"caller\",\"from\":\"sender\"}]" } });
        let new = json!({ "fields": { "name": "New one", "table": "incident", "message_type": "new",
            "target": "record", "order": 105, "script": "ss.info('seen'); current.work_notes = 'Look'; current.update();" } });
        let shown = tried(world, &admin, &json!({ "source": MAIL, "actions": [changed, new] }));
        let now = &shown["now"];
        let fields = &now["changes"][0]["fields"];
        let place = each(fields, "/field").iter().position(|field| *field == "subject").unwrap();
        assert_eq!(fields[place]["after"], "Fixed");
        assert_eq!(action(now, "Create incident")["unsaved"], true);
        assert_eq!(action(now, "New one")["unsaved"], true);
        assert_eq!(action(now, "Tell the number")["unsaved"], false);
        assert_eq!(
            (&now["entries"][0]["kind"], &now["entries"][0]["text"]),
            (&json!("work_note"), &json!("Look"))
        );
        assert_eq!(now["log"][0]["text"], "seen");
        let gone = json!({ "source": MAIL, "actions": [{ "id": create, "delete": true }] });
        let shown = tried(world, &admin, &gone);
        assert_eq!(shown["now"]["reason"]["code"], "no_action");
        assert_eq!(shown["now"]["attention"][0]["code"], "no_action");
        let only = json!({ "source": MAIL, "only": "Create incident" });
        assert_eq!(each(&tried(world, &admin, &only)["now"]["actions"], "/name"), ["Create incident"]);
        assert_eq!(app.store.content_hash().unwrap(), before, "nothing of all this is saved");
    });
}

#[test]
fn what_is_wrong_in_an_action_is_said_as_when_it_is_saved() {
    let world = World::new("api-try-wrong");
    let admin = world.token_of("core:people/admin");
    let wrong = |fields: Json| {
        post(&world, &admin, TRY, &json!({ "source": MAIL, "actions": [{ "fields": fields }] }))
    };
    for (fields, status, code, field) in [
        (json!({ "name": "X" }), 422, "mandatory", "table"),
        (json!({ "name": "X", "table": "incident", "order": "often" }), 422, "bad_value", "order"),
        (json!({ "name": "X", "table": "incident", "script": "var = 1" }), 422, "bad_value", "script"),
        (json!({ "name": "X", "table": "nothing" }), 422, "bad_value", "table"),
        (json!({ "name": "Create incident", "table": "incident" }), 409, "not_unique", "name"),
    ] {
        let saved = json!({ "fields": fields }).to_string();
        let saving = world.ask(
            "POST",
            "/api/v1/records/inbound_action",
            Some(&admin),
            Some(("application/json", saved.as_bytes())),
        );
        let (got, error) = wrong(fields);
        assert_eq!((got, &error["error"]["code"]), (status, &json!(code)), "{error}");
        assert_eq!((saving.0, &saving.1["error"]["code"]), (status, &json!(code)), "as when it is saved");
        assert_eq!(error["error"]["field"]["field"], field, "{error}");
    }
    let bad = |body: Json| post(&world, &admin, TRY, &body);
    let many: Vec<Json> = (0..=TRY_ACTIONS_MAX)
        .map(|n| json!({ "fields": { "name": n.to_string(), "table": "incident" } }))
        .collect();
    for (body, status, code) in [
        (json!({}), 400, "bad_request"),
        (json!({ "source": MAIL, "arrival": "x" }), 400, "bad_request"),
        (json!({ "source_base64": "@@@" }), 400, "bad_request"),
        (json!({ "source": MAIL, "records": "tomorrow" }), 400, "bad_request"),
        (json!({ "source": MAIL, "records": "then" }), 422, "refused"),
        (json!({ "source": MAIL, "only": "Nobody" }), 404, "not_found"),
        (json!({ "source": MAIL, "account": "Nobody" }), 404, "not_found"),
        (json!({ "source": MAIL, "actions": many }), 400, "bad_request"),
        (json!({ "arrival": record_id("demo", "people/anna").to_string() }), 404, "not_found"),
    ] {
        let (got, error) = bad(body.clone());
        assert_eq!((got, &error["error"]["code"]), (status, &json!(code)), "{body}: {error}");
    }
}

#[test]
fn a_mail_that_came_is_tried_beside_what_it_did() {
    World::on_both("api-try-came", |world| {
        let admin = world.token_of("core:people/admin");
        let (arrival, email) = came(world, &admin, MAIL);
        let same = tried(world, &admin, &json!({ "email": email }));
        assert_eq!(same["moment"]["records"], "then");
        assert_eq!(same["differences"], json!([]), "the same rules on the same records: {}", same["text"]);
        assert_eq!(same["before"]["changes"][0]["name"], "INC0000001");
        assert_eq!(same["now"]["changes"][0]["name"], "INC‹next›");
        assert_eq!(same["before"]["mails"][0]["to"][0], "anna@example.com");
        assert_eq!(same["now"]["state"], "processed", "it is no duplicate of itself");
        let tell = record_id("itsm", "actions/tell-number").to_string();
        let silent =
            json!({ "arrival": arrival, "actions": [{ "id": tell, "fields": { "active": false } }] });
        let shown = tried(world, &admin, &silent);
        let differences = &shown["differences"];
        assert_eq!(each(differences, "/what"), ["action", "mail"]);
        assert_eq!(each(differences, "/name"), ["Tell the number", "Tell the number"]);
        assert_eq!(differences[1]["before"], "to anna@example.com");
        assert_eq!(differences[1]["now"], "");
        let today = tried(world, &admin, &json!({ "email": email, "records": "today" }));
        assert_eq!(today["moment"]["records"], "today");
        assert_eq!(today["now"]["class"], "new");
    });
}

#[test]
fn nobody_reads_by_trying_what_they_may_not_read() {
    let world = World::new("api-try-rights");
    let admin = world.token_of("core:people/admin");
    let (_, email) = came(&world, &admin, MAIL);
    let rules = super::roles::token(&world, "notification_admin").unwrap();
    let agent = super::roles::token(&world, "agent").unwrap();
    let asked = json!({ "source": MAIL, "actions": [{ "fields": { "name": "Spy", "table": "incident",
        "message_type": "new", "target": "record", "order": 105,
        "script": "ss.info(current.subject); current.work_notes = 'x'; current.update();" } },
        { "fields": { "name": "Shout", "table": "incident", "message_type": "new", "target": "record", "order": 106,
        "script": "throw new Error('swordfish');" } }] });
    let (status, error) = post(&world, &agent, TRY, &asked);
    assert_eq!(status, 403, "agents write no actions: {error}");
    let (status, error) = post(&world, &rules, TRY, &json!({ "email": email }));
    assert_eq!(status, 403, "whoever may not read mail tries none that came: {error}");
    let shown = tried(&world, &rules, &asked);
    let now = &shown["now"];
    assert_eq!(now["changes"][0]["hidden"], true, "{now}");
    assert_eq!(now["changes"][0]["fields"], json!([]));
    assert_eq!(now["log"], json!([]));
    assert_eq!(now["scripts"], json!([]));
    assert_eq!((&now["entries"][0]["text"], &now["mails"][0]["text"]), (&json!(""), &json!("")));
    assert_eq!(now["mails"][0]["hidden"], true);
    assert_eq!(action(now, "Spy")["outcome"], "ran", "what would run is told all the same");
    assert_eq!(action(now, "Shout")["outcome"], "error");
    assert!(!shown.to_string().contains("swordfish"), "nor what a script puts into its error: {shown}");
    assert!(!shown.to_string().contains("INC‹next›"), "not even its number: {shown}");
    // A token for the configuration alone reads neither mail nor records, whoever has it.
    let made = post(&world, &admin, "/api/v1/tokens", &json!({ "name": "c", "scopes": ["configuration"] }));
    let narrow = made.1["token"].as_str().unwrap().to_owned();
    assert_eq!(post(&world, &narrow, TRY, &json!({ "email": email })).0, 403);
    assert_eq!(tried(&world, &narrow, &asked)["now"]["changes"][0]["hidden"], true);
}

#[test]
fn reprocessing_is_shown_first_and_then_done_by_a_job() {
    World::on_both("api-again", |world| {
        let (admin, boris) = (world.token_of("core:people/admin"), world.token_of("demo:people/boris"));
        let create = record_id("itsm", "actions/create-incident").to_string();
        let active = |flag: bool| {
            let body = json!({ "fields": { "active": flag } }).to_string();
            let path = format!("/api/v1/records/inbound_action/{create}");
            let done = world.ask("PATCH", &path, Some(&admin), Some(("application/json", body.as_bytes())));
            assert_eq!(done.0, 200, "{}", done.1);
        };
        active(false);
        let (arrival, email) = came(world, &admin, MAIL);
        active(true);
        let path = "/api/v1/arrivals/reprocess";
        for asked in [
            json!({ "arrivals": [arrival] }),
            json!({ "emails": [email] }),
            json!({ "filter": { "reason": "no_action", "state": "processed" } }),
            json!({ "filter": { "attention": "no_action", "since": "2000-01-01T00:00:00Z" } }),
        ] {
            let (status, shown) = post(world, &boris, path, &asked);
            assert_eq!(status, 200, "{asked}: {shown}");
            assert_eq!((&shown["found"], &shown["job"]), (&json!(1), &Json::Null), "{asked}");
            assert_eq!(shown["items"][0]["outcome"], "would_change", "{shown}");
            assert_eq!(shown["items"][0]["decision"]["changes"][0]["name"], "INC‹next›");
        }
        let (_, none) = post(world, &boris, path, &json!({ "filter": { "until": "2000-01-01T00:00:00Z" } }));
        assert_eq!((&none["found"], &none["items"]), (&json!(0), &json!([])));
        let (_, begun) = post(world, &boris, path, &json!({ "arrivals": [arrival], "apply": true }));
        let job = format!("/api/v1/reprocess-jobs/{}", begun["job"].as_str().unwrap());
        until("the job is done", || get(world, &boris, &job)["state"] == "processed");
        let whole = get(world, &boris, &job);
        assert_eq!((&whole["total"], &whole["done"]), (&json!(1), &json!(1)));
        assert_eq!(whole["items"][0]["outcome"], "done");
        assert_eq!(
            each(&get(world, &boris, "/api/v1/reprocess-jobs")["items"], "/id"),
            [whole["id"].as_str().unwrap()]
        );
        assert_eq!(get(world, &boris, "/api/v1/attention")["items"], json!([]), "nothing is open any more");
        let (_, again) = post(world, &boris, path, &json!({ "arrivals": [arrival] }));
        assert_eq!(again["items"][0]["outcome"], "nothing");
        let made = action(&again["items"][0]["decision"], "Create incident");
        assert_eq!(made["because"]["code"], "done_before");
        for (asked, status) in [
            (json!({}), 400),
            (json!({ "arrivals": [arrival], "filter": {} }), 400),
            (json!({ "filter": { "state": "lost" } }), 400),
            (json!({ "filter": { "since": "yesterday" } }), 400),
            (json!({ "filter": { "account": "Nobody" } }), 404),
            (json!({ "arrivals": [create] }), 404),
        ] {
            assert_eq!(post(world, &boris, path, &asked).0, status, "{asked}");
        }
    });
}

#[test]
fn what_needs_attention_is_cleared_and_tried_again_in_bulk() {
    let world = World::new("api-attention");
    let (admin, boris) = (world.token_of("core:people/admin"), world.token_of("demo:people/boris"));
    let create = record_id("itsm", "actions/create-incident").to_string();
    let active = |flag: bool| {
        let body = json!({ "fields": { "active": flag } }).to_string();
        let path = format!("/api/v1/records/inbound_action/{create}");
        assert_eq!(
            world.ask("PATCH", &path, Some(&admin), Some(("application/json", body.as_bytes()))).0,
            200
        );
    };
    active(false);
    came(&world, &admin, MAIL);
    came(&world, &admin, &MAIL.replace("d@x", "e@x"));
    active(true);
    let open = get(&world, &boris, "/api/v1/attention");
    let ids: Vec<String> = each(&open["items"], "/id").into_iter().map(str::to_owned).collect();
    assert_eq!(ids.len(), 2);
    let (status, done) = post(&world, &boris, "/api/v1/attention/retry", &json!({ "ids": [ids[0], "x"] }));
    assert_eq!(status, 200, "{done}");
    assert_eq!(each(&done["items"], "/outcome"), ["reprocessing", "missing"]);
    let job = format!("/api/v1/reprocess-jobs/{}", done["job"].as_str().unwrap());
    until("the job is done", || get(&world, &boris, &job)["state"] == "processed");
    let (_, cleared) = post(&world, &boris, "/api/v1/attention/clear", &json!({ "ids": ids }));
    assert_eq!(each(&cleared["items"], "/outcome"), ["missing", "cleared"], "the first is done with");
    assert_eq!(get(&world, &boris, "/api/v1/attention")["items"], json!([]));
    let many: Vec<String> = (0..=ATTENTION_AT_ONCE_MAX).map(|n| n.to_string()).collect();
    assert_eq!(post(&world, &boris, "/api/v1/attention/clear", &json!({ "ids": many })).0, 400);
    // What is about an account is corrected there, not tried again.
    let app = &world.running.as_ref().unwrap().app;
    let about = record_id("demo", "accounts/help");
    let why = rejoinder_engine::plan::Why::new("cannot_sign_in", "it cannot sign in");
    app.store.raise_attention("account", about, &why, app.env.now()).unwrap();
    let id = get(&world, &boris, "/api/v1/attention")["items"][0]["id"].as_str().unwrap().to_owned();
    let (_, done) = post(&world, &boris, "/api/v1/attention/retry", &json!({ "ids": [id] }));
    assert_eq!((&done["items"][0]["outcome"], &done["job"]), (&json!("not_possible"), &Json::Null));
}

#[test]
fn doubtful_actions_are_told() {
    let world = World::new("api-warnings");
    let admin = world.token_of("core:people/admin");
    let path = "/api/v1/inbound-actions/warnings";
    let shipped = get(&world, &admin, path);
    assert!(!each(&shipped["items"], "/code").contains(&"never_runs"), "{shipped}");
    let new = json!({ "fields": { "name": "Unreachable", "table": "incident", "order": 900, "message_type": "reply" } });
    assert_eq!(post(&world, &admin, "/api/v1/records/inbound_action", &new).0, 201);
    let stop = json!({ "fields": { "name": "Takes all", "table": "incident", "order": 800, "stop_processing": true } });
    assert_eq!(post(&world, &admin, "/api/v1/records/inbound_action", &stop).0, 201);
    let found = get(&world, &admin, path);
    let of: Vec<&Json> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["action"]["name"] == "Unreachable")
        .collect();
    let codes: Vec<&str> = of.iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["never_runs"], "{found}");
    assert_eq!(of[0]["other"]["name"], "Takes all");
}
