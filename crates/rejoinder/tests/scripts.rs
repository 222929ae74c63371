//! Scripts from files, as an operator runs and checks them: what is printed, and how the command ends, beside a running
//! program and without one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails ends the test with its place")]

use std::path::{Path, PathBuf};
use std::process::Command;

use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::process::Program;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_rejoinder");

/// How the command ended, and what it said on both streams.
fn script(data: &Path, arguments: &[&str]) -> (i32, String) {
    let (command, rest) = arguments.split_first().unwrap();
    let output =
        Command::new(BINARY).args(["script", command, "--data"]).arg(data).args(rest).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), said.concat())
}

fn file(folder: &Folder, name: &str, source: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, source).unwrap();
    path.to_str().unwrap().to_owned()
}

const RENAME: &str = "current.subject = 'By script';\ncurrent.update();\nss.info('done');\nreturn 7;\n";

/// The same beside a running program and without one: dry.
fn dry_and_failing(folder: &Folder, rename: &str) {
    let data = folder.path();
    let (code, said) = script(data, &["run", rename, "--record", "incident/INC0000001"]);
    assert_eq!(code, 0, "{said}");
    for part in ["value: 7", "log info: done", "would change:", "update incident INC0000001", "→ By script"]
    {
        assert!(said.contains(part), "no `{part}` in: {said}");
    }
    let (code, said) = script(data, &["run", rename, "--record", "incident/INC0000001", "--json"]);
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &answer["value"], &answer["applied"]), (0, &json!(7), &json!(false)));
    let broken = file(folder, "broken.js", "var a = 1;\n  a.b.c();\n");
    let (code, said) = script(data, &["run", &broken]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("error (script_thrown)") && said.contains("broken.js:2:"), "{said}");
    assert!(said.contains("  2 |   a.b.c();\n    |"), "the line with a caret: {said}");
    let (code, said) = script(data, &["run", rename, "--record", "incident/INC0000099"]);
    assert!(code == 1 && said.contains("INC0000099"), "{code} {said}");
    let (code, said) = script(data, &["run", rename, "--user", "nobody@example.com"]);
    assert!(code == 1 && said.contains("nobody@example.com"), "{code} {said}");
    let (code, said) = script(data, &["run", rename, "--record", "incident"]);
    assert!(code == 2 && said.contains("incident/INC0000001"), "{code} {said}");
}

#[test]
fn a_script_from_a_file_is_shown_and_applied_only_where_that_is_said() {
    let folder = Folder::new("command-line-scripts");
    let running = Program::new(BINARY, folder.path()).start();
    running.api.post("/api/v1/records/incident", &json!({ "fields": { "subject": "By hand" } }));
    let rename = file(&folder, "rename.js", RENAME);
    let subject = |api: &rejoinder_testkit::api::Api| {
        api.all("/api/v1/records/incident")[0]["fields"]["subject"].as_str().unwrap().to_owned()
    };
    dry_and_failing(&folder, &rename);
    assert_eq!(subject(&running.api), "By hand", "nothing was applied");
    assert!(running.stop());
    dry_and_failing(&folder, &rename);
    let (code, said) = script(folder.path(), &["run", &rename, "--record", "incident/INC0000001", "--apply"]);
    assert!(code == 0 && said.contains("\nchanged:"), "{said}");
    let running = Program::new(BINARY, folder.path()).start();
    assert_eq!(subject(&running.api), "By script");
    let again = file(&folder, "again.js", "current.subject = 'Beside it'; current.update();");
    let (code, said) = script(folder.path(), &["run", &again, "--record", "incident/INC0000001", "--apply"]);
    assert!(code == 0 && said.contains("changed:"), "{said}");
    assert_eq!(subject(&running.api), "Beside it");
    assert!(running.stop());
}

#[test]
fn scripts_are_checked_line_by_line_also_where_nothing_is_installed() {
    let folder = Folder::new("command-line-check");
    let nowhere = folder.path().join("nowhere");
    let good = file(&folder, "good.js", "ss.info('x');");
    let bad = file(&folder, "bad.js", "let a = 1;\nss.inf(a);");
    let worse = file(&folder, "worse.js", "let a = ;");
    let (code, said) = script(&nowhere, &["check", &good]);
    assert_eq!((code, said.trim()), (0, format!("{good}: no faults").as_str()));
    let (code, said) = script(&nowhere, &["check", &good, &bad, &worse]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("bad.js:2:4: warning: there is no ss.inf; did you mean ss.info?"), "{said}");
    assert!(said.contains("  2 | ss.inf(a);\n    |    ^"), "{said}");
    assert!(said.contains("worse.js:1:") && said.contains(": error: "), "{said}");
    let (code, said) = script(&nowhere, &["check", &bad, "--json"]);
    let faults: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &faults[0]["line"], &faults[0]["severity"]), (3, &json!(2), &json!("warning")));
    assert!(!nowhere.exists(), "checking makes no database");
}

#[test]
fn typings_are_printed() {
    let output = Command::new(BINARY).args(["script", "typings"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("declare class SimpleRecord {"), "{said}");
    let output = Command::new(BINARY).args(["script", "typings", "--vocabulary", "rhino"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("simpleone, servicenow"), "{said}");
}
