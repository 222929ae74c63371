//! The REST API of a running program: who may ask, what the description says, and what bad input gets.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "what fails ends the test with its place"
)]

#[path = "api/access.rs"]
mod access;
#[path = "api/at_once.rs"]
mod at_once;
#[path = "api/attention.rs"]
mod attention;
#[path = "api/events.rs"]
mod events;
#[path = "api/lists.rs"]
mod lists;
#[path = "api/tokens.rs"]
mod own_tokens;
#[path = "api/pace.rs"]
mod pace;
#[path = "api/roles.rs"]
mod roles;
#[path = "api/saved_password.rs"]
mod saved_password;
#[path = "api/scripts.rs"]
mod scripts;
#[path = "api/session.rs"]
mod session;
#[path = "api/shape.rs"]
mod shape;
#[path = "api/stream.rs"]
mod stream;
#[path = "api/trying.rs"]
mod trying;

use rejoinder_engine::pack::record_id;
use rejoinder_server::api::openapi_json;
use rejoinder_server::limits::REQUEST_BYTES_MAX;
use rejoinder_server::serve::{Options, Running, start};
use rejoinder_server::tokens;
use rejoinder_testkit::folder::Folder;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

struct World {
    running: Option<Running>,
    base: String,
    runtime: Runtime,
    folder: Folder,
}

impl World {
    fn new(name: &str) -> Self {
        Self::over(name, None)
    }

    /// Runs `check` on SQLite, and on PostgreSQL where there is a server.
    fn on_both(name: &str, check: impl Fn(&Self)) {
        check(&Self::new(name));
        let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
            println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)");
            println!("{name}: 1 on SQLite, 0 on PostgreSQL");
            return;
        };
        let database = rejoinder_testkit::postgres::database(&server, &name.replace('-', "_"));
        check(&Self::over(&format!("{name}-postgres"), Some(database)));
        println!("{name}: 1 on SQLite, 1 on PostgreSQL");
    }

    fn over(name: &str, database: Option<String>) -> Self {
        let folder = Folder::new(name);
        let runtime = Runtime::new().unwrap();
        let any = ([127, 0, 0, 1], 0).into();
        let options = Options { demo: Some(any), database, ..Options::on_loopback(folder.path()) };
        let running = runtime.block_on(start(options)).unwrap();
        let base = format!("http://{}", running.http);
        Self { running: Some(running), base, runtime, folder }
    }

    fn token_of(&self, person: &str) -> String {
        let app = &self.running.as_ref().unwrap().app;
        let (pack, path) = person.split_once(':').unwrap();
        tokens::kept_in(app, &self.folder.path().join(path.replace('/', "-")), path, record_id(pack, path))
            .unwrap()
    }

    /// The status and the body of one request.
    fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<(&str, &[u8])>) -> (u16, Json) {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = config.into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some((media_type, _)) = body {
            request = request.header("Content-Type", media_type);
        }
        let bytes = body.map(|(_, bytes)| bytes.to_vec()).unwrap_or_default();
        let mut answer = agent.run(request.body(bytes).unwrap()).unwrap();
        // A stream has no end.
        let streams = answer.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text =
            if streams { String::new() } else { answer.body_mut().read_to_string().unwrap_or_default() };
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
    }

    /// One request with these headers; of a body it is said that it is JSON.
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Json>) -> Answer {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = config.into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let mut answer = agent.run(request.body(bytes).unwrap()).unwrap();
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        let headers = answer.headers().clone();
        Answer {
            status: answer.status().as_u16(),
            headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    fn json(&self, method: &str, path: &str, token: &str, body: &Json) -> (u16, Json) {
        self.ask(method, path, Some(token), Some(("application/json", body.to_string().as_bytes())))
    }
}

/// What was answered.
struct Answer {
    status: u16,
    headers: ureq::http::HeaderMap,
    body: Json,
}

impl Answer {
    fn code(&self) -> &str {
        code(&self.body)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

fn code(body: &Json) -> &str {
    body.pointer("/error/code").and_then(Json::as_str).unwrap_or_default()
}

#[test]
fn the_committed_description_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let generated = openapi_json().unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == generated,
        "docs/openapi.json is old: run with UPDATE_OPENAPI=1 and look at the difference"
    );
}

/// Every `$ref` of a document.
fn references<'a>(part: &'a Json, found: &mut Vec<&'a str>) {
    match part {
        Json::Object(members) => {
            found.extend(members.get("$ref").and_then(Json::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_of_the_description_leads_to_something_in_it() {
    let document: Json = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    let leads =
        |reference: &str| reference.strip_prefix('#').is_some_and(|way| document.pointer(way).is_some());
    let dangling: Vec<&str> = found.into_iter().filter(|reference| !leads(reference)).collect();
    assert_eq!(dangling, Vec::<&str>::new(), "clients cannot be generated from it");
}

#[test]
fn every_operation_has_a_typed_success_and_named_errors() {
    let document: Json = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    let mut operations = 0;
    for (path, methods) in document.pointer("/paths").and_then(Json::as_object).unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let responses = operation.get("responses").and_then(Json::as_object).unwrap();
            let success = responses.iter().find(|(status, _)| status.starts_with('2'));
            let (status, success) = success.unwrap_or_else(|| panic!("{method} {path} has no success"));
            let typed = status == "204" || status == "202" || success.pointer("/content").is_some();
            assert!(typed, "{method} {path}: {status} has no type");
            assert!(path.ends_with("/live") || responses.len() > 1, "{method} {path} names no error");
        }
    }
    assert!(operations >= 30, "{operations}");
}

#[test]
fn agents_work_on_records_and_administrators_configure() {
    let world = World::new("api-agents");
    let (boris, admin) = (world.token_of("demo:people/boris"), world.token_of("core:people/admin"));
    let incident = json!({ "fields": { "subject": "By hand" } });
    let (status, made) = world.json("POST", "/api/v1/records/incident", &boris, &incident);
    assert_eq!(status, 201, "{made}");
    assert_eq!(made.pointer("/fields/state"), Some(&json!("registered")));
    assert_eq!(made.pointer("/display/state"), Some(&json!("Registered")));
    let setting = json!({ "fields": { "name": "x.y", "value": "1" } });
    assert_eq!(world.json("POST", "/api/v1/records/setting", &boris, &setting).0, 403);
    assert_eq!(world.json("POST", "/api/v1/records/setting", &admin, &setting).0, 201);
    assert_eq!(world.ask("GET", "/api/v1/records/api_token", Some(&boris), None).0, 403);
    let (status, keys) = world.ask("GET", "/api/v1/records/api_token", Some(&admin), None);
    assert_eq!(status, 200);
    assert!(!keys.to_string().contains("digest"), "a digest is secret");
}

#[test]
fn bad_input_gets_a_clear_error_and_changes_nothing() {
    let world = World::new("api-errors");
    let boris = world.token_of("demo:people/boris");
    let cases = [
        (json!({ "fields": { "subjekt": "x" } }), 422, "unknown_field"),
        (json!({ "fields": {} }), 422, "mandatory"),
        (json!({ "fields": { "subject": "x", "state": "lost" } }), 422, "unknown_choice"),
        (json!({ "fields": { "subject": "x", "caller": "nobody" } }), 422, "bad_value"),
        (
            json!({ "fields": { "subject": "x", "caller": "00000000000000000000000000000001" } }),
            422,
            "no_such_reference",
        ),
        (json!({ "fields": { "subject": "x", "created_at": "2026-01-01T00:00:00Z" } }), 422, "read_only"),
        (json!({ "fields": { "subject": "x".repeat(1001) } }), 422, "too_long"),
        (json!({ "field": {} }), 400, "bad_request"),
    ];
    for (body, status, expected) in cases {
        let (seen, answer) = world.json("POST", "/api/v1/records/incident", &boris, &body);
        assert_eq!((seen, code(&answer)), (status, expected), "{answer}");
    }
    assert_eq!(world.json("POST", "/api/v1/records/nowhere", &boris, &json!({ "fields": {} })).0, 404);
    assert_eq!(code(&world.ask("GET", "/api/v1/nowhere", Some(&boris), None).1), "not_found");
    assert_eq!(code(&world.ask("PUT", "/api/v1/status", Some(&boris), None).1), "method_not_allowed");
    assert_eq!(code(&world.ask("GET", "/api/v1/emails?state=lost", Some(&boris), None).1), "bad_request");
    let filter =
        "/api/v1/records/incident?filter=%7B%22field%22%3A%22x%22%2C%22operator%22%3A%22is_empty%22%7D";
    assert_eq!(code(&world.ask("GET", filter, Some(&boris), None).1), "bad_condition");
    let (_, list) = world.ask("GET", "/api/v1/records/incident", Some(&boris), None);
    assert_eq!(list.pointer("/items"), Some(&json!([])));
}

#[test]
fn a_list_is_narrowed_by_either_text_form_as_its_caller_asks() {
    let world = World::new("api-lists");
    let boris = world.token_of("demo:people/boris");
    for (subject, agent) in [("One", true), ("Two", false)] {
        let mut fields = json!({ "subject": subject, "impact": "high" });
        if agent {
            fields["assigned_user"] = json!(record_id("demo", "people/boris").to_string());
        }
        let made = world.json("POST", "/api/v1/records/incident", &boris, &json!({ "fields": fields }));
        assert_eq!(made.0, 201, "{}", made.1);
    }
    let encoded = |text: &str| {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        });
        bytes.collect::<String>()
    };
    let ask = |asked: &str, text: &str| {
        let path = format!("/api/v1/records/incident?{asked}={}", encoded(text));
        world.ask("GET", &path, Some(&boris), None).1
    };
    let subjects = |answer: Json| {
        let rows = answer["items"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        let mut all: Vec<String> =
            rows.iter().map(|row| row["fields"]["subject"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all.join(" ")
    };
    let mine = r#"{"field":"assigned_user","operator":"is","value":{"dynamic":"me"}}"#;
    assert_eq!(subjects(ask("filter", mine)), "One");
    assert_eq!(subjects(ask("filter", &format!(r#"{{"not":{mine}}}"#))), "Two");
    assert_eq!(subjects(ask("query", "assigned_userDYNAMICme")), "One");
    assert_eq!(subjects(ask("query", "subject=one^ORsubject=TWO^impact=high^ORDERBYDESCnumber")), "One Two");
    assert_eq!(subjects(ask("query", "created_atONtoday^assigned_userISEMPTY")), "Two");
    assert_eq!(
        subjects(ask("dialect=simpleone&query", "((subject=One)^(impact=low))^OR(subjectSTARTSWITHtw)")),
        "Two"
    );
    // A name of theirs is ours by the table of aliases.
    assert_eq!(
        subjects(ask("dialect=simpleone&query", "(sys_class_nameINSTANCEOFitsm_incident)")),
        "One Two"
    );
    for (asked, text, why) in [
        ("query", "subjectVALCHANGES", "a list knows no changes"),
        ("query", "subject=javascript:gs.getUserID()", "script"),
        ("query", "nothing=1", "has no field `nothing`"),
        ("query", "impactBETWEEN1", "from@to"),
        ("filter=%7B%22all%22%3A%5B%5D%7D&query", "subject=x", "two ways"),
        ("filter", r#"{"field":"caller","operator":"less_than","value":"x"}"#, "can be asked is, is_not"),
    ] {
        let answer = ask(asked, text);
        let message = answer.pointer("/error/message").and_then(Json::as_str).unwrap_or_default();
        assert!(code(&answer) == "bad_condition" && message.contains(why), "{text}: {answer}");
    }
}

#[test]
fn if_match_keeps_one_from_overwriting_another() {
    let world = World::new("api-match");
    let boris = world.token_of("demo:people/boris");
    let (_, made) =
        world.json("POST", "/api/v1/records/incident", &boris, &json!({ "fields": { "subject": "One" } }));
    let path = format!("/api/v1/records/incident/{}", made.pointer("/id").and_then(Json::as_str).unwrap());
    let patch = |version: &str, subject: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent
            .patch(format!("{}{path}", world.base))
            .header("Authorization", format!("Bearer {boris}"))
            .header("Content-Type", "application/json")
            .header("If-Match", version);
        request.send(json!({ "fields": { "subject": subject } }).to_string()).unwrap().status().as_u16()
    };
    assert_eq!(patch("\"1\"", "Two"), 200);
    assert_eq!(patch("\"1\"", "Three"), 412);
    assert_eq!(patch("\"2\"", "Three"), 200);
}

#[test]
fn a_body_over_the_limit_and_another_media_type_are_refused() {
    let world = World::new("api-size");
    let boris = world.token_of("demo:people/boris");
    let mail = b"From: anna@example.com\r\nTo: help@example.com\r\nSubject: x\r\n\r\ny\r\n";
    let post = |media_type: &str, bytes: &[u8]| {
        world.ask("POST", "/api/v1/inbound", Some(&boris), Some((media_type, bytes)))
    };
    assert_eq!(post("message/rfc822", mail).0, 202);
    assert_eq!(code(&post("text/plain", mail).1), "unsupported_media_type");
    let mut exact = mail.to_vec();
    exact.resize(REQUEST_BYTES_MAX, b'z');
    assert_eq!(post("message/rfc822", &exact).0, 202);
    exact.push(b'z');
    assert_eq!(code(&post("message/rfc822", &exact).1), "too_large");
    let text = "x".repeat(REQUEST_BYTES_MAX);
    let bearer = format!("Bearer {boris}");
    let keyed = [("Authorization", bearer.as_str()), ("Idempotency-Key", "large")];
    let large = world.send("POST", "/api/v1/records/incident", &keyed, Some(&json!(text)));
    assert_eq!((large.status, large.code()), (413, "too_large"));
}

#[test]
fn a_mail_in_the_queue_is_known_by_its_subject_and_sender() {
    let world = World::new("api-arrival");
    let boris = world.token_of("demo:people/boris");
    let mail =
        b"From: anna@example.com\r\nTo: help@example.com\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n\r\nx\r\n";
    let (status, kept) =
        world.ask("POST", "/api/v1/inbound", Some(&boris), Some(("message/rfc822", mail.as_slice())));
    assert_eq!(status, 202, "{kept}");
    let id = kept.get("arrival").and_then(Json::as_str).unwrap();
    let (_, arrival) = world.ask("GET", &format!("/api/v1/arrivals/{id}"), Some(&boris), None);
    assert_eq!(arrival.get("subject"), Some(&json!("Café")), "{arrival}");
    assert_eq!(arrival.get("sender"), Some(&json!("anna@example.com")));
}
