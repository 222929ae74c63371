//! Rule tests as a developer and a system for continuous integration run them: what is printed, what is written, and how the
//! command ends.
#![expect(clippy::unwrap_used, reason = "what fails ends the test with its place")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rejoinder_testkit::folder::Folder;

const BINARY: &str = env!("CARGO_BIN_EXE_rejoinder");

/// How `rejoinder test` ended, and what it said on both streams.
fn test(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(BINARY).arg("test").args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), said.concat())
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/itsm")
}

/// A pack with one action and one case.
fn pack(folder: &Folder, case: &str) -> PathBuf {
    let root = folder.path().join("acme");
    fs::create_dir_all(root.join("actions")).unwrap();
    fs::create_dir_all(root.join("tests")).unwrap();
    fs::write(root.join("actions/invoices.toml"), ACTION).unwrap();
    fs::write(root.join("tests/invoices.case"), case).unwrap();
    root
}

const ACTION: &str = r#"table = "inbound_action"

[fields]
name = "Invoices"
order = 10
table = "incident"
message_type = "new"
target = "new"
stop_processing = true
condition = { field = "core_subject", operator = "starts_with", value = "Invoice" }
mapping = [
  { field = "subject", from = "subject" },
  { field = "caller", from = "sender" },
  { field = "impact", from = "constant", value = "low" },
]
"#;

const CASE: &str = "# An invoice is an incident of low impact, and nobody is told its number.
== mail
From: Anna Ivanova <anna@example.com>
Subject: Invoice 7

Please pay.
== expect brief
mail \"Invoice 7\": new, processed
  sender: Anna Ivanova <anna@example.com>, unverified
  record: INC0000001
  action Invoices: ran
  insert incident INC0000001: caller = Anna Ivanova; impact = low; state = registered; subject = Invoice 7
";

#[test]
fn the_shipped_cases_come_as_they_state() {
    let (code, said) = test(&[shipped().to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("passed  itsm a-mail-becomes-an-incident\n"), "{said}");
    assert!(said.contains("itsm: 0 files changed and 0 new over the shipped pack"), "{said}");
    assert!(said.contains(" passed, 0 failed, 0 could not be played, in "), "{said}");
    let one = shipped().join("tests/information-needed.case");
    let (code, said) = test(&[one.to_str().unwrap()]);
    assert!(code == 0 && said.contains("1 passed, 0 failed"), "a file brings its pack: {said}");
    let (code, said) = test(&[shipped().to_str().unwrap(), "--filter", "alerts"]);
    assert!(code == 0 && said.contains("1 passed, 0 failed"), "{said}");
}

#[test]
fn a_pack_of_ones_own_is_laid_over_the_shipped_ones() {
    let folder = Folder::new("rule-tests-own");
    let root = pack(&folder, CASE);
    let (code, said) = test(&[root.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("acme: 1 files beside the shipped packs"), "{said}");
}

#[test]
fn what_differs_is_shown_at_its_line_and_ends_with_1() {
    let folder = Folder::new("rule-tests-differ");
    let root = pack(&folder, &CASE.replace("impact = low", "impact = high"));
    let report = folder.path().join("report.xml");
    let (code, said) = test(&[root.to_str().unwrap(), "--junit", report.to_str().unwrap()]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("FAILED  acme invoices\n"), "{said}");
    assert!(said.contains("tests/invoices.case:12: it came otherwise (- stated, + came)"), "{said}");
    let stated = "  -   insert incident INC0000001: caller = Anna Ivanova; impact = high;";
    let came = "  +   insert incident INC0000001: caller = Anna Ivanova; impact = low;";
    assert!(said.contains(stated) && said.contains(came), "{said}");
    let xml = fs::read_to_string(&report).unwrap();
    assert!(xml.contains("<testsuite name=\"acme\" tests=\"1\" failures=\"1\" errors=\"0\""), "{xml}");
    let (code, said) = test(&[root.to_str().unwrap(), "--update"]);
    assert!(code == 0 && said.contains("invoices.case\n\n1 of 1 case files changed"), "{said}");
    assert_eq!(fs::read_to_string(root.join("tests/invoices.case")).unwrap(), CASE);
    let (code, said) = test(&[root.to_str().unwrap(), "--update"]);
    assert!(code == 0 && said.contains("0 of 1 case files changed"), "{said}");
}

#[test]
fn what_cannot_be_read_is_named_with_its_line_and_ends_with_2() {
    let folder = Folder::new("rule-tests-broken");
    for (from, to, expected) in [
        ("== mail", "== mial", "invoices.case:2: `== mial` is no section; did you mean `mail`?"),
        (
            "== mail",
            "== mail acount=Support",
            "invoices.case:2: `acount=Support` is no option of `== mail`; did you mean",
        ),
        ("== expect", "== advance 3x\n== expect", "invoices.case:7: `3x` is no span of time"),
        ("Please pay.", "{tokn:INC1}", "invoices.case:6: `{tokn}` is no placeholder; did you mean `token`?"),
        ("# An", "An", "invoices.case:1: before the first section only comments stand"),
    ] {
        let root = pack(&folder, &CASE.replacen(from, to, 1));
        let (code, said) = test(&[root.to_str().unwrap()]);
        assert!(code == 2 && said.contains(expected), "{code} {said}");
    }
    let root = pack(&folder, CASE);
    for (from, to, expected) in [
        (
            "mapping",
            "maping",
            "acme/actions/invoices.toml:11: `inbound_action` has no field `maping`; did you mean `mapping`?",
        ),
        ("core_subject", "core_subjet", "acme/actions/invoices.toml:10: "),
        ("order = 10", "order = ", "acme/actions/invoices.toml:5: "),
    ] {
        fs::write(root.join("actions/invoices.toml"), ACTION.replacen(from, to, 1)).unwrap();
        let (code, said) = test(&[root.to_str().unwrap()]);
        assert!(code == 2 && said.contains(expected), "{expected}: {code} {said}");
    }
    let (code, said) = test(&[shipped().to_str().unwrap(), "--filter", "nothing-is-called-so"]);
    assert!(code == 2 && said.contains("there is no case to play"), "{said}");
    let (code, said) = test(&[folder.path().join("nowhere").to_str().unwrap()]);
    assert!(code == 2 && said.contains("nowhere cannot be read"), "{said}");
}
