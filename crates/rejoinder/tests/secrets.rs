//! A password never leaves: not in any answer of the API, not in the log at its most talkative, not in a file of the
//! data folder. The program runs as a process of its own, and what it wrote is searched byte by byte.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails ends the test with its place")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use rejoinder_server::env::pause;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::process::{Program, Running};
use rejoinder_testkit::smtp::Smtp;
use serde_json::{Value as Json, json};

/// Passwords that were set, refused, or part of a request that could not be read.
const PASSWORDS: [&str; 5] = [
    "Kept-Geheim-0001",
    "Replaced-Geheim-0002",
    "Refused-Geheim-0003",
    "Listed-Geheim-0004",
    "Relay-Geheim-0005",
];
/// How long the program may take to try the delivery.
const TRIED: Duration = Duration::from_secs(60);

struct Asked {
    running: Running,
    folder: Folder,
    /// All answers so far.
    answers: Vec<String>,
}

impl Asked {
    fn start(name: &str) -> Self {
        let folder = Folder::new(name);
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_rejoinder"));
        let program = Program::new(binary, folder.path());
        Self { running: program.start_logging("trace"), folder, answers: Vec::new() }
    }

    fn api(&self) -> &Api {
        &self.running.api
    }

    /// The status and the answer, which is kept.
    fn ask(&mut self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let (status, text) = self.api().send(method, path, body);
        let json = serde_json::from_str(&text).unwrap_or_default();
        self.answers.push(format!("{method} {path}: {status} {text}"));
        (status, json)
    }

    fn make(&mut self, table: &str, fields: &Json) -> Json {
        let body = json!({ "fields": fields });
        let (status, made) = self.ask("POST", &format!("/api/v1/records/{table}"), Some(&body));
        assert_eq!(status, 201, "{made}");
        made
    }

    /// The code of the error and its field, or the status.
    fn refused(&mut self, path: &str, fields: &Json) -> String {
        let (status, answer) = self.ask("PATCH", path, Some(&json!({ "fields": fields })));
        let part = |name: &str| answer.pointer(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        format!("{status} {} {}", part("/error/code"), part("/error/field/field"))
    }
}

fn text<'a>(row: &'a Json, pointer: &str) -> &'a str {
    row.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// All files of the folder whose bytes hold `needle`, whatever they are.
fn files_with(folder: &Path, needle: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .unwrap()
                .windows(needle.len())
                .any(|part| part == needle.as_bytes())
            {
                found.push(path);
            }
        }
    }
    found
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> =
        paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

/// A mailbox that is filled in, changed, and misused; gives its path.
fn set_up(asked: &mut Asked) -> String {
    let [kept, replaced, refused, listed, relay] = PASSWORDS;
    let mailbox = json!({ "name": "Help", "type": "imap", "server": "127.0.0.1", "port": 9, "user_name": "help",
        "password": replaced, "active": false });
    let made = asked.make("mailbox", &mailbox);
    assert_eq!(made.pointer("/secrets"), Some(&json!(["password"])));
    assert!(made.pointer("/fields/password").is_none() && made.pointer("/display/password").is_none());
    let path = format!("/api/v1/records/mailbox/{}", text(&made, "/id"));
    let (status, changed) =
        asked.ask("PATCH", &path, Some(&json!({ "fields": { "password": kept, "active": true } })));
    assert_eq!((status, changed.pointer("/secrets")), (200, Some(&json!(["password"]))), "{changed}");
    let (_, changed) = asked.ask("PATCH", &path, Some(&json!({ "fields": { "folder": "Support" } })));
    assert_eq!(
        changed.pointer("/secrets"),
        Some(&json!(["password"])),
        "a change that does not name it keeps it"
    );
    let refusals = [
        (json!({ "password": [listed] }), "422 bad_value password"),
        (json!({ "password": format!("{refused}{}", "x".repeat(1000)) }), "422 too_long password"),
        (json!({ "password": refused, "port": 0 }), "422 bad_value port"),
        (json!({ "password": refused, "type": "pop3" }), "200  "),
        (json!({ "password": refused, "after_reading": "flag" }), "422 bad_value after_reading"),
        (json!({ "password": { "is": refused } }), "400 bad_request "),
        (json!({ "password": "" }), "422 mandatory password"),
        (json!({ "password": kept, "type": "imap" }), "200  "),
    ];
    for (fields, expected) in refusals {
        assert_eq!(asked.refused(&path, &fields), expected, "{fields}");
    }
    let relay = json!({ "name": "Relay", "type": "smtp", "server": "127.0.0.1", "port": 9, "user_name": "relay",
        "password": relay, "from_address": "help@example.com" });
    asked.make("email_account", &relay);
    asked.make(
        "email_account",
        &json!({ "name": "Desk", "type": "listener", "addresses": ["help@example.com"] }),
    );
    asked.make("setting", &json!({ "name": "default.email.account.send", "value": "Relay" }));
    path
}

/// A mail comes in, and its answer is tried through the relay with a login.
fn mail(asked: &mut Asked) {
    let bytes = b"From: guest@example.net\r\nTo: help@example.com\r\nSubject: Printer\r\n\
                  Message-ID: <one@example.net>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\nIt blinks.\r\n";
    Smtp::connect(asked.running.smtp).unwrap().send("guest@example.net", "help@example.com", bytes).unwrap();
    for _ in 0..TRIED.as_millis() / 50 {
        let about_account = |row: &Json| text(row, "/subject") == "account";
        if asked.api().all("/api/v1/attention").iter().any(about_account) {
            return;
        }
        pause(Duration::from_millis(50));
    }
    panic!("the delivery was not tried within {TRIED:?}");
}

/// Asks for everything that the API has, and for what it must refuse.
fn look_around(asked: &mut Asked, mailbox: &str) {
    let id = mailbox.rsplit('/').next().unwrap().to_owned();
    let filter = |operator: &str| {
        let value = if operator == "is_empty" { "" } else { "%2C%22value%22%3A%22K%22" };
        let table =
            "/api/v1/records/email_account?filter=%7B%22field%22%3A%22password%22%2C%22operator%22%3A%22";
        format!("{table}{operator}%22{value}%7D")
    };
    for operator in ["is", "starts_with", "is_empty"] {
        let (status, answer) = asked.ask("GET", &filter(operator), None);
        assert_eq!((status, text(&answer, "/error/code")), (400, "bad_condition"), "{answer}");
    }
    let (_, history) = asked.ask("GET", &format!("/api/v1/changes?record={id}"), None);
    let told = history.pointer("/items").and_then(Json::as_array).unwrap();
    assert!(told.iter().any(|change| change.pointer("/secrets") == Some(&json!(["password"]))), "{history}");
    let mut paths: Vec<String> = vec![format!("{mailbox}/feed"), format!("/api/v1/explanations/{id}")];
    let documented = asked.ask("GET", "/api/v1/openapi.json", None).1;
    for (path, methods) in documented.pointer("/paths").and_then(Json::as_object).unwrap() {
        if methods.get("get").is_some() && !path.contains("{address}") && !path.contains("{key}") {
            let table = if path.contains("/tables/") { "mailbox" } else { "email_account" };
            paths.push(path.replace("{table}", table).replace("{id}", &id));
        }
    }
    let tables = asked.api().all("/api/v1/tables");
    paths.extend(tables.iter().map(|table| format!("/api/v1/records/{}", text(table, "/name"))));
    assert!(paths.len() > 30, "{paths:?}");
    for path in &paths {
        asked.ask("GET", path, None);
    }
}

#[test]
fn a_password_stands_in_no_answer_no_log_and_no_file() {
    let mut asked = Asked::start("secrets");
    let mailbox = set_up(&mut asked);
    mail(&mut asked);
    look_around(&mut asked, &mailbox);
    let told: Vec<&String> = asked
        .answers
        .iter()
        .filter(|answer| answer.contains("x1:") || PASSWORDS.iter().any(|password| answer.contains(password)))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
    let data = asked.folder.path();
    let found = |when: &str| {
        for password in PASSWORDS {
            assert_eq!(files_with(data, password), Vec::<PathBuf>::new(), "{password} {when}");
        }
    };
    found("while it runs, the newest part of the database beside the file");
    // The search finds what is there.
    assert!(names(&files_with(data, "x1:")).iter().any(|name| name.starts_with("rejoinder.db")));
    assert!(names(&files_with(data, "the account does not send")).contains(&"log".to_owned()));
    assert!(asked.running.stop());
    found("after it has stopped");
    let key = std::fs::read_to_string(data.join("secret.key")).unwrap();
    assert_eq!(names(&files_with(data, key.trim())), ["secret.key"]);
}
