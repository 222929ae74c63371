//! Commands as an operator types them, beside a running program and without one: what they print, and how they end.
#![expect(clippy::unwrap_used, reason = "what fails ends the test with its place")]

use std::path::Path;
use std::process::{Command, Stdio};

use rejoinder_testkit::api::Api;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::process::Program;
use rejoinder_testservers::{refused_address, until};
use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_rejoinder");
const MAIL: &str = "From: Guest <guest@example.net>\r\nTo: help@example.com\r\nSubject: Printer\r\n\
                    Message-ID: <one@example.net>\r\n\r\nIt blinks.\r\n";

/// Whether it ended well, and what it said.
fn run(data: &Path, arguments: &[&str]) -> (bool, String) {
    let (command, rest) = arguments.split_first().unwrap();
    let output = Command::new(BINARY).arg(command).arg("--data").arg(data).args(rest).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), said.concat())
}

fn set_up(api: &Api) {
    let insert = |table: &str, fields: serde_json::Value| {
        api.post(&format!("/api/v1/records/{table}"), &json!({ "fields": fields }));
    };
    insert(
        "email_account",
        json!({ "name": "Help", "type": "listener", "addresses": ["help@example.com"], "from_address": "help@example.com" }),
    );
    let closed = refused_address();
    insert(
        "mailbox",
        json!({ "name": "Closed", "type": "imap", "server": "127.0.0.1", "port": closed.port(), "encryption": "tls",
                "user_name": "anna", "password": "swordfish", "from_address": "anna@example.com" }),
    );
}

/// The same beside a running program and without one.
fn connection_and_doctor(data: &Path) {
    let (ok, said) = run(data, &["test-connection", "Closed"]);
    assert!(!ok && said.contains("FAILED  receive connect  the port is closed"), "{said}");
    assert!(said.contains("what to do: Check the port") && said.contains("Closed does not work"), "{said}");
    assert!(!said.contains("swordfish"));
    let (ok, said) = run(data, &["test-connection", "Closed", "--language", "ru"]);
    assert!(!ok && said.contains("Проверьте порт"), "{said}");
    let (ok, said) = run(data, &["test-connection", "Nobody"]);
    assert!(!ok && said.contains("Nobody"), "{said}");
    let (ok, said) = run(data, &["doctor"]);
    assert!(!ok && said.contains("BAD") && said.contains("Closed"), "{said}");
}

#[test]
fn commands_say_the_same_beside_a_running_program_and_without_one() {
    let folder = Folder::new("command-line");
    let running = Program::new(BINARY, folder.path()).start();
    set_up(&running.api);
    connection_and_doctor(folder.path());

    let file = folder.path().join("one.eml");
    std::fs::write(&file, MAIL).unwrap();
    let path = file.to_str().unwrap();
    trying(folder.path(), path);
    assert!(running.api.all("/api/v1/arrivals").is_empty(), "what is tried is not kept");
    let (ok, said) = run(folder.path(), &["ingest", path]);
    assert!(ok && said.contains("kept as"), "{said}");
    until("the mail became an incident", || !running.api.all("/api/v1/records/incident").is_empty());
    let (ok, beside) = run(folder.path(), &["explain", "INC0000001"]);
    assert!(ok && beside.contains("class     new") && beside.contains("Create incident"), "{beside}");
    let arrival = running.api.all("/api/v1/arrivals")[0]["id"].as_str().unwrap().to_owned();
    again(folder.path(), &arrival);

    assert!(running.stop());
    connection_and_doctor(folder.path());
    trying(folder.path(), path);
    again(folder.path(), &arrival);
    let (ok, alone) = run(folder.path(), &["explain", "INC0000001"]);
    assert!(ok && alone.contains("class     new"), "{alone}");
}

/// Trying a mail, with the actions as they are and with one that is not saved.
fn trying(data: &Path, mail: &str) {
    let (ok, said) = run(data, &["try", mail]);
    assert!(
        ok && said.contains("Create incident: ran") && said.contains("insert incident INC‹next›"),
        "{said}"
    );
    let action = data.join("louder.toml");
    let text = "table = \"inbound_action\"\n[fields]\nname = \"Create incident\"\n\
                mapping = [{ field = \"subject\", from = \"constant\", value = \"LOUD\" }]\n";
    std::fs::write(&action, text).unwrap();
    let (ok, said) =
        run(data, &["try", "--action", action.to_str().unwrap(), "--only", "Create incident", mail]);
    assert!(ok && said.contains("subject: LOUD") && !said.contains("Tell the number"), "{said}");
    let (ok, said) = run(data, &["try", "--json", mail]);
    let tried: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(ok && tried.pointer("/now/class") == Some(&json!("new")), "{said}");
    let (ok, said) = run(data, &["try", "--action", mail, mail]);
    assert!(!ok && said.contains("one.eml"), "{said}");
}

/// Having a mail decided once more: shown first, and nothing is left to do.
fn again(data: &Path, arrival: &str) {
    let (ok, said) = run(data, &["reprocess", arrival]);
    assert!(ok && said.contains("nothing more would be done"), "{said}");
    assert!(said.contains("1 mails are meant") && said.contains("--apply does it"), "{said}");
    let (ok, said) = run(data, &["reprocess", "--reason", "no_action"]);
    assert!(ok && said.contains("0 mails are meant") && !said.contains("--apply"), "{said}");
    let (ok, said) = run(data, &["try", "--arrival", arrival]);
    assert!(ok && said.contains("It did the same when it was worked on."), "{said}");
    let (ok, said) = run(data, &["reprocess", arrival, "--apply"]);
    assert!(ok && said.contains("decided once more by the job"), "{said}");
    let (ok, _) = run(data, &["reprocess"]);
    assert!(!ok, "mails are named or found");
}

/// Sets a password; whether that went well, and what was said.
fn password(data: &Path, address: &str, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(BINARY);
    command.args(["user", "password", address, "--data"]).arg(data).args(more);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), said.concat().trim().to_owned())
}

#[test]
fn an_operator_gives_the_first_way_in_beside_a_running_program_and_without_one() {
    let folder = Folder::new("command-line-password");
    let running = Program::new(BINARY, folder.path()).start();
    let (ok, said) = password(folder.path(), "me@example.com", &[]);
    assert!(!ok && said.contains("no user has the address") && said.contains("--administrator"), "{said}");
    let (ok, first) = password(folder.path(), "me@example.com", &["--administrator"]);
    assert!(ok && first.len() == 23, "{first}");
    let sign_in = |api: &Api, password: &str| {
        api.post("/api/v1/session", &json!({ "login": "me@example.com", "password": password }))
    };
    assert_eq!(sign_in(&running.api, &first)["user"]["name"], json!("Administrator"));
    let (ok, said) = password(folder.path(), "you@example.com", &["--administrator"]);
    assert!(!ok && said.contains("has another address already"), "{said}");
    assert!(running.stop());
    let (ok, said) = password(folder.path(), "me@example.com", &["--stdin"]);
    assert!(!ok && said.contains("at least 12 characters"), "{said}");
    let (ok, second) = password(folder.path(), "me@example.com", &[]);
    assert!(ok && second != first, "{second}");
    let running = Program::new(BINARY, folder.path()).start();
    assert_eq!(sign_in(&running.api, &second)["user"]["email"], json!("me@example.com"));
    assert!(running.stop());
}
