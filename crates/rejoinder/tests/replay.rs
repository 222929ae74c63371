//! Replay as a developer asks for it: mails that were decided are decided again, beside a running program and without one, and
//! what a changed pack would do otherwise is listed.
#![expect(clippy::unwrap_used, reason = "what fails ends the test with its place")]

use std::fs;
use std::path::Path;
use std::process::Command;

use rejoinder_testkit::api::Api;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::process::Program;
use rejoinder_testservers::until;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_rejoinder");

/// How the command ended, and what it said.
fn run(data: &Path, command: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(BINARY).arg(command).arg("--data").arg(data).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), said.concat())
}

fn replay(data: &Path, arguments: &[&str]) -> (i32, String) {
    run(data, "replay", &[&["--from", "2020-01-01"], arguments].concat())
}

/// Hands a mail in and waits until it has been decided.
fn mail(folder: &Folder, api: &Api, name: &str, account: &str, text: &str) {
    let path = folder.path().join(format!("{name}.eml"));
    fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    let before = processed(api);
    let (code, said) = run(folder.path(), "ingest", &["--account", account, path.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    until("the mail is decided", || processed(api) > before);
}

fn processed(api: &Api) -> usize {
    api.all("/api/v1/arrivals?state=processed").len()
}

fn account(api: &Api, name: &str, address: &str) -> String {
    let fields = json!({ "name": name, "type": "listener", "addresses": [address], "from_address": address });
    api.insert("email_account", &fields)
}

/// The shipped action that makes incidents, with another impact.
fn changed_pack(folder: &Folder) -> String {
    let root = folder.path().join("itsm");
    fs::create_dir_all(root.join("actions")).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/itsm/actions/create-incident.toml");
    let text = fs::read_to_string(shipped).unwrap();
    let more = "mapping = [\n  { field = \"impact\", from = \"constant\", value = \"high\" },";
    assert!(text.contains("mapping = ["));
    fs::write(root.join("actions/create-incident.toml"), text.replacen("mapping = [", more, 1)).unwrap();
    root.to_str().unwrap().to_owned()
}

#[test]
fn a_period_is_decided_again_with_todays_rules_and_with_a_changed_pack() {
    let folder = Folder::new("replay");
    let data = folder.path();
    let running = Program::new(BINARY, data).start();
    let api = &running.api;
    account(api, "Help", "help@example.com");
    let gone = account(api, "Gone", "gone@example.com");
    let anna = api.insert("user", &json!({ "name": "Anna", "email": "anna@example.com" }));
    let first = "From: Anna <anna@example.com>\nTo: help@example.com\nSubject: Printer\nMessage-ID: <1@example.com>\n\nIt blinks.\n";
    mail(&folder, api, "first", "Help", first);
    let incident = &api.all("/api/v1/records/incident")[0];
    let (id, number) = (incident["id"].as_str().unwrap(), incident["fields"]["number"].as_str().unwrap());
    let answer = "From: Anna <anna@example.com>\nTo: help@example.com\nSubject: Re: Printer\nMessage-ID: <2@example.com>\n\
                  In-Reply-To: <1@example.com>\n\nStill.\n";
    mail(&folder, api, "answer", "Help", answer);
    // What came afterwards is not seen: the incident is closed, and its caller called otherwise.
    api.update("incident", id, &json!({ "state": "closed" }));
    let (code, said) = replay(data, &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 unchanged, 0 changed") && said.contains("as they were"), "{said}");

    let (code, said) = replay(data, &["--records", "now"]);
    assert!(
        code == 1 && said.contains("1 unchanged, 1 changed"),
        "the answer meets a closed incident: {said}"
    );
    assert!(said.contains("    + Answer to a closed incident: ran"), "{said}");

    let pack = changed_pack(&folder);
    let (code, said) = replay(data, &["--pack", &pack]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("1 unchanged, 1 changed (- was decided, + would be), 0 could not"), "{said}");
    let line = |mark: char| {
        said.lines()
            .find(|line| line.trim_start().starts_with(&format!("{mark} insert incident")))
            .unwrap()
            .to_owned()
    };
    assert!(line('-').contains(number) && !line('-').contains("impact = high"), "{said}");
    assert!(line('+').contains(number) && line('+').contains("impact = high"), "{said}");
    assert_eq!(api.all("/api/v1/records/incident").len(), 1, "nothing was done");

    let (code, said) = replay(data, &["--pack", &pack, "--json"]);
    let mails: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!((code, mails.len()), (1, 2), "{said}");
    assert_eq!((&mails[0]["result"], &mails[1]["result"]), (&json!("changed"), &json!("unchanged")));
    assert_eq!(mails[0]["differences"][0]["what"], "changes");

    mail(&folder, api, "gone", "Gone", &first.replace("<1@", "<3@").replace("help@", "gone@"));
    api.send("DELETE", &format!("/api/v1/records/email_account/{gone}"), None);
    let _ = anna;
    assert!(running.stop());
    // Without a running program, the same.
    let (code, said) = replay(data, &["--account", "Help"]);
    assert!(code == 0 && said.contains("2 unchanged, 0 changed"), "{said}");
    let (code, said) = replay(data, &["--pack", &pack]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("1 unchanged, 1 changed (- was decided, + would be), 1 could not"), "{said}");
    assert!(said.contains("account_gone: the account"), "{said}");
    let (code, said) = replay(data, &["--to", "2020-01-02"]);
    assert!(code == 0 && said.contains("0 unchanged, 0 changed"), "{said}");
    let (code, said) = replay(data, &["--account", "Nobody"]);
    assert!(code == 2 && said.contains("Nobody"), "{said}");
    let (code, said) = run(data, "replay", &["--from", "yesterday"]);
    assert!(code == 2 && said.contains("2026-11-23"), "{said}");
}
