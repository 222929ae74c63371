//! A table that was made through the API is filled and changed by mail: its fields, its actions and its numbers are all
//! set up by requests, and nothing of it is known to the program.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails ends the test with its place")]

use std::time::Duration;

use rejoinder_testkit::api::Api;
use rejoinder_testkit::effects::drain;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::letters::read;
use rejoinder_testkit::process::{Program, Running};
use rejoinder_testkit::receiver::Receiver;
use rejoinder_testkit::smtp::Smtp;
use serde_json::{Value as Json, json};

/// How long the program may take to be done with one mail.
const DRAIN: Duration = Duration::from_secs(60);
const HELP: &str = "help@example.com";
const NORA: &str = "nora@people.example";

/// The table, with a number, a choice and a text that a mail says in lines `name: value`.
fn make_table(api: &Api) {
    api.post(
        "/api/v1/tables",
        &json!({
            "name": "asset_request",
            "label": { "en": "Asset request", "ru": "Запрос оборудования" },
            "extends": "task",
            "number_prefix": "ASR",
            "fields": [
                { "name": "asset", "kind": "string", "max_length": 100, "mandatory": true },
                { "name": "quantity", "kind": "integer", "default": 1 },
                { "name": "urgency_of_asset", "kind": "choice", "choices": [
                    { "value": "low", "label": { "en": "Low" } }, { "value": "high", "label": { "en": "High" } } ] }
            ]
        }),
    );
}

/// A new mail with the topic becomes a record of the table, its sender is told the number, and an answer changes it.
fn make_actions(api: &Api) {
    let pair = |field: &str, name: &str| json!({ "field": field, "from": "pair", "value": name });
    api.insert(
        "inbound_action",
        &json!({
            "name": "Asset request", "table": "asset_request", "order": 40, "message_type": "new",
            "kind": "record_action", "target": "new",
            "condition": json!({ "field": "core_subject", "operator": "starts_with", "value": "Asset request" }).to_string(),
            "mapping": json!([
                { "field": "subject", "from": "subject" },
                { "field": "description", "from": "body_text" },
                { "field": "caller", "from": "sender" },
                pair("asset", "Asset"),
                pair("quantity", "Quantity"),
                pair("urgency_of_asset", "Urgency")
            ]).to_string()
        }),
    );
    api.insert(
        "inbound_action",
        &json!({
            "name": "Number of the asset request", "table": "asset_request", "order": 41, "message_type": "new",
            "kind": "reply", "target": "record", "stop_processing": true,
            "condition": json!({ "field": "record_is_new", "operator": "is", "value": "true" }).to_string(),
            "reply_subject": "[${number}] ${subject}",
            "reply_text": "Your request ${number}: ${quantity} × ${asset}."
        }),
    );
    api.insert(
        "inbound_action",
        &json!({
            "name": "Asset request changed", "table": "asset_request", "order": 42, "message_type": "reply",
            "kind": "record_action", "target": "record", "stop_processing": true,
            "condition": json!({ "field": "sender_is_caller", "operator": "is", "value": "true" }).to_string(),
            "mapping": json!([
                { "field": "quantity", "from": "capture", "value": r"(?i)^make it (\d+)" },
                { "field": "urgency_of_asset", "from": "constant", "value": "high" },
                { "field": "additional_comments", "from": "new_text" }
            ]).to_string()
        }),
    );
}

fn set_up(api: &Api, port: u16) {
    api.insert(
        "email_account",
        &json!({ "name": "Help desk", "type": "listener", "addresses": [HELP], "from_address": HELP }),
    );
    api.insert(
        "email_account",
        &json!({ "name": "Out", "type": "smtp", "server": "127.0.0.1", "port": port, "encryption": "none",
            "from_address": HELP }),
    );
    api.insert("setting", &json!({ "name": "default.email.account.send", "value": "Out" }));
    api.insert("user", &json!({ "name": "Nora Lind", "email": NORA }));
    make_table(api);
    make_actions(api);
}

fn send(running: &Running, headers: &str, text: &str) {
    let mail = format!("From: Nora Lind <{NORA}>\nTo: {HELP}\n{headers}\n\n{text}\n").replace('\n', "\r\n");
    Smtp::connect(running.smtp).unwrap().send(NORA, HELP, mail.as_bytes()).unwrap();
    drain(&running.api, DRAIN);
}

/// The one record of the table; a text of it where the pointer leads.
fn record(api: &Api, pointer: &str) -> String {
    let all = api.all("/api/v1/records/asset_request");
    let [one] = all.as_slice() else { panic!("one asset request, and not {all:#?}") };
    match one.pointer(pointer) {
        Some(Json::String(text)) => text.clone(),
        other => other.map(Json::to_string).unwrap_or_default(),
    }
}

fn play(name: &str, database: Option<String>) {
    let folder = Folder::new(name);
    let receiver = Receiver::start(Duration::ZERO);
    let program = Program { database, ..Program::new(env!("CARGO_BIN_EXE_rejoinder"), folder.path()) };
    let running = program.start();
    let api = &running.api;
    set_up(api, receiver.address.port());

    send(
        &running,
        "Subject: Asset request for the new colleague\nMessage-ID: <asset-1@people.example>",
        "Hello,\n\nAsset: Notebook 14\"\nQuantity: 2\nUrgency: low\n\nThank you",
    );
    assert_eq!(record(api, "/fields/number"), "ASR0000001");
    assert_eq!(record(api, "/fields/asset"), "Notebook 14\"");
    assert_eq!(record(api, "/fields/quantity"), "2");
    assert_eq!(record(api, "/fields/urgency_of_asset"), "low");
    assert_eq!(record(api, "/display/caller"), "Nora Lind");
    let received = receiver.received();
    let [answer] = received.as_slice() else { panic!("one answer, and not {}", received.len()) };
    let answer = read(&answer.bytes);
    assert_eq!(answer.subject, "[ASR0000001] Asset request for the new colleague");
    assert!(answer.text.contains("Your request ASR0000001: 2 × Notebook 14\"."), "{}", answer.text);

    let quoted: String = answer.text.lines().fold(String::new(), |quote, line| quote + "> " + line + "\n");
    let id = answer.message_id.unwrap_or_default();
    send(
        &running,
        &format!(
            "Subject: Re: {}\nMessage-ID: <asset-2@people.example>\nIn-Reply-To: <{id}>",
            answer.subject
        ),
        &format!("Make it 3, please.\n\nOn Mon, 23 Nov 2026, Help desk wrote:\n\n{quoted}"),
    );
    assert_eq!(record(api, "/fields/quantity"), "3");
    assert_eq!(record(api, "/fields/urgency_of_asset"), "high");
    let feed = api.all(&format!("/api/v1/records/asset_request/{}/feed", record(api, "/id")));
    let comments: Vec<&str> = feed
        .iter()
        .filter(|entry| entry.get("kind").and_then(Json::as_str) == Some("comment"))
        .filter_map(|entry| entry.get("text").and_then(Json::as_str))
        .collect();
    assert_eq!(comments, ["Make it 3, please."]);
    assert_eq!(api.all("/api/v1/records/incident"), Vec::<Json>::new(), "and no incident of either mail");
    assert_eq!(receiver.received().len(), 1, "the answer is not answered");
    assert!(running.stop(), "the program stops when it is asked to");
}

#[test]
fn a_table_made_through_the_api_is_created_and_changed_from_mail_on_sqlite() {
    play("own-table", None);
}

#[test]
fn a_table_made_through_the_api_is_created_and_changed_from_mail_on_postgresql() {
    match std::env::var("REJOINDER_TEST_POSTGRES") {
        Ok(url) => play("own-table-pg", Some(rejoinder_testkit::postgres::database(&url, "own_table"))),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("REJOINDER_TEST_POSTGRES is not set")
        }
        Err(_) => println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)"),
    }
}
