//! Mails that mail systems stumble over, sent to the listener of the running program: what becomes of each on either
//! database, beside the mail in `probes/`.
//!
//! `NN-name.eml` is the mail, `NN-name.before.eml` one that its sender wrote before, `NN-name.expected` all that is
//! there afterwards. `UPDATE_PROBES=1` writes the expectations, to be read line by line.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails ends the test with its place"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rejoinder_testkit::api::Api;
use rejoinder_testkit::effects::drain;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::process::{Program, Running};
use rejoinder_testkit::receiver::{Received, Receiver};
use rejoinder_testkit::smtp::Smtp;
use serde_json::{Value as Json, json};

/// How long the program may take to be done with one mail.
const DRAIN: Duration = Duration::from_secs(60);
/// The addresses of the two accounts that receive.
const HELP: &str = "help@example.com";
const SUPPORT: &str = "support@example.com";

/// A mail that has defeated others.
struct Probe {
    /// The name of its files.
    name: &'static str,
    /// The return path of its envelope.
    from: &'static str,
    /// The mailboxes that it is delivered to, one after the other.
    to: &'static [&'static str],
}

impl Probe {
    const fn new(name: &'static str) -> Self {
        Self { name, from: "sender@people.example", to: &[HELP] }
    }
}

/// All of them.
const PROBES: [Probe; 13] = [
    Probe::new("01-repeated-message-id"),
    Probe::new("02-reply-by-headers-only"),
    Probe::new("03-references-and-another-subject"),
    Probe::new("04-auto-submitted"),
    Probe::new("05-auto-response-suppress"),
    Probe::new("06-list-mail"),
    Probe::new("07-from-our-own-address"),
    Probe::new("08-latin1-undeclared"),
    Probe::new("09-backslashes"),
    Probe::new("10-no-subject-and-no-message-id"),
    Probe::new("11-html-only-with-script"),
    Probe { from: "", ..Probe::new("12-null-return-path") },
    Probe { to: &[HELP, SUPPORT], ..Probe::new("13-same-mail-in-two-mailboxes") },
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/probes")
}

/// The program, the server that its answers go to, and what was told of them already.
struct World {
    running: Running,
    receiver: Receiver,
    told: BTreeSet<String>,
    received: usize,
    _folder: Folder,
}

/// A text in an answer; empty where there is none.
fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

impl World {
    fn start(name: &str, database: Option<String>) -> Self {
        let folder = Folder::new(name);
        let receiver = Receiver::start(Duration::ZERO);
        let program = Program { database, ..Program::new(env!("CARGO_BIN_EXE_rejoinder"), folder.path()) };
        let running = program.start();
        let listener = |name: &str, address: &str| {
            let fields = json!({ "name": name, "type": "listener", "addresses": [address],
                "from_address": address, "unknown_sender": "guest" });
            running.api.insert("email_account", &fields);
        };
        listener("Help desk", HELP);
        listener("Support", SUPPORT);
        running.api.insert(
            "email_account",
            &json!({ "name": "Out", "type": "smtp", "server": "127.0.0.1",
                "port": receiver.address.port(), "encryption": "none", "from_address": HELP }),
        );
        running.api.insert("setting", &json!({ "name": "default.email.account.send", "value": "Out" }));
        running.api.insert("user", &json!({ "name": "Nora Lind", "email": "nora@people.example" }));
        Self { running, receiver, told: BTreeSet::new(), received: 0, _folder: folder }
    }

    fn api(&self) -> &Api {
        &self.running.api
    }

    /// Sends the bytes of a file and waits until everything that follows from it is done.
    fn send(&self, probe: &Probe, file: &str) {
        let mut bytes = Vec::new();
        for line in fs::read(folder().join(file)).unwrap().split_inclusive(|byte| *byte == b'\n') {
            bytes.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            bytes.extend_from_slice(b"\r\n");
        }
        let answer = self.receiver.received().last().map(|answer| answer.message_id.clone());
        let bytes = replaced(&bytes, b"{answer-id}", answer.unwrap_or_default().as_bytes());
        let mut smtp = Smtp::connect(self.running.smtp).unwrap();
        for to in probe.to {
            smtp.send(probe.from, to, &bytes).unwrap();
            drain(self.api(), DRAIN);
        }
    }

    /// What is there since it was asked last.
    fn tell(&mut self) -> String {
        let mut out = String::new();
        for arrival in self.fresh("/api/v1/arrivals") {
            let reason = reason(&arrival);
            writeln!(out, "arrival \"{}\": {}{reason}", text(&arrival, "/subject"), text(&arrival, "/state"))
                .unwrap();
        }
        for email in self.fresh("/api/v1/emails?direction=incoming") {
            self.mail(text(&email, "/id"), &mut out);
        }
        for incident in self.fresh("/api/v1/records/incident") {
            described(&incident, &mut out);
        }
        for incident in self.api().all("/api/v1/records/incident") {
            self.journal(&incident, &mut out);
        }
        let received = self.receiver.received();
        let news = received.get(self.received..).unwrap_or_default();
        news.iter().for_each(|answer| answered(answer, &mut out));
        writeln!(out, "answers received: {}", news.len()).unwrap();
        self.received = received.len();
        masked(&out)
    }

    /// The rows of a list that were not there before, oldest first.
    fn fresh(&mut self, list: &str) -> Vec<Json> {
        let mut rows = self.running.api.all(list);
        rows.retain(|row| self.told.insert(format!("{list}/{}", text(row, "/id"))));
        rows.sort_by_key(|row| text(row, "/id").to_owned());
        rows
    }

    fn mail(&self, id: &str, out: &mut String) {
        let whole = self.api().get(&format!("/api/v1/emails/{id}"));
        let email = |field: &str| text(&whole, &format!("/email/{field}")).to_owned();
        let (subject, from) = (email("subject"), email("from"));
        let (class, state, reason) = (email("class"), email("state"), reason(&whole["email"]));
        writeln!(out, "mail \"{subject}\" of {from}: {class}, {state}{reason}").unwrap();
        if let Some(why) = whole["do_not_answer"].as_str() {
            writeln!(out, "  not to be answered: {why}").unwrap();
        }
        let record = match email("record/id") {
            id if id.is_empty() => "no record".to_owned(),
            id => {
                let record = self.api().get(&format!("/api/v1/records/incident/{id}"));
                format!("\"{}\"", text(&record, "/fields/subject"))
            }
        };
        writeln!(out, "  on {record}").unwrap();
        let explained = self.api().get(&format!("/api/v1/emails/{id}/explanation"));
        if text(&explained, "/text").contains("another mail has the same Message-ID") {
            writeln!(out, "  marked: another mail has the same Message-ID").unwrap();
        }
    }

    /// What was written into the journals of an incident since the last time.
    fn journal(&mut self, incident: &Json, out: &mut String) {
        let id = text(incident, "/id");
        let mut entries = self.running.api.all(&format!("/api/v1/records/incident/{id}/feed"));
        entries.reverse();
        for entry in entries {
            let (kind, at, said) = (text(&entry, "/kind"), text(&entry, "/at"), text(&entry, "/text"));
            if matches!(kind, "change" | "mail") || !self.told.insert(format!("{id}/{at}/{kind}/{said}")) {
                continue;
            }
            let mark = entry["mark"].as_str().map(|mark| format!(", {mark}")).unwrap_or_default();
            let (subject, actor) = (text(incident, "/fields/subject"), text(&entry, "/actor"));
            writeln!(out, "{kind} on \"{subject}\" by {actor}{mark}: {said}").unwrap();
        }
    }
}

/// An incident as it was made.
fn described(incident: &Json, out: &mut String) {
    let field = |name: &str| text(incident, &format!("/fields/{name}")).to_owned();
    let caller = text(incident, "/display/caller").to_owned();
    let who = [caller, field("contact_address")].into_iter().find(|who| !who.is_empty());
    let who = who.unwrap_or_else(|| "nobody".to_owned());
    writeln!(out, "incident \"{}\": {}, of {who}", field("subject"), field("state")).unwrap();
    field("description").lines().for_each(|line| writeln!(out, "  | {line}").unwrap());
}

/// The reason in a row, with its code.
fn reason(row: &Json) -> String {
    match text(row, "/reason/code") {
        "" => String::new(),
        code => format!(" ({code})"),
    }
}

/// An answer as it was received.
fn answered(answer: &Received, out: &mut String) {
    let mail = rejoinder_testkit::letters::read(&answer.bytes);
    let to = answer.to.join(", ");
    writeln!(out, "answer to {to}: \"{}\"", mail.subject).unwrap();
    let auto = mail.header("Auto-Submitted").unwrap_or("no");
    let answers = mail.in_reply_to.first().map_or("no mail", String::as_str);
    writeln!(out, "  answers {answers}, Auto-Submitted: {auto}").unwrap();
    mail.text.lines().filter(|line| line.contains("registered")).for_each(|line| {
        writeln!(out, "  | {}", line.trim()).unwrap();
    });
}

/// Every place of `what` filled.
fn replaced(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(place) = rest.windows(what.len()).position(|window| window == what) {
        let (before, behind) = rest.split_at(place);
        out.extend_from_slice(before);
        out.extend_from_slice(with);
        rest = behind.get(what.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Numbers are given in blocks: which one it is says nothing.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("INC0") {
        out.push_str(before);
        out.push_str("‹number›");
        rest = behind.trim_start_matches(|char: char| char.is_ascii_digit());
    }
    out + rest
}

/// Plays all probes; how many came out as expected.
fn play(name: &str, database: Option<String>) -> usize {
    let mut world = World::start(name, database);
    let update = std::env::var_os("UPDATE_PROBES").is_some();
    let mut right = 0;
    for probe in &PROBES {
        let before = format!("{}.before.eml", probe.name);
        if folder().join(&before).exists() {
            world.send(probe, &before);
        }
        world.send(probe, &format!("{}.eml", probe.name));
        let told = world.tell();
        let expected = folder().join(format!("{}.expected", probe.name));
        if update {
            fs::write(&expected, &told).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() == told {
            right += 1;
        } else {
            println!("{name}: {}: it is not what is expected, but\n{told}", probe.name);
        }
    }
    assert!(world.running.stop(), "the program stops when it is asked to");
    right
}

#[test]
fn the_probes_come_out_as_expected_on_both_databases() {
    let all = PROBES.len();
    let sqlite = play("probes-sqlite", None);
    let said = format!("probes: {sqlite} of {all} on SQLite");
    match std::env::var("REJOINDER_TEST_POSTGRES") {
        Ok(url) => {
            let database = rejoinder_testkit::postgres::database(&url, "probes");
            let postgres = play("probes-postgres", Some(database));
            println!("{said}, {postgres} of {all} on PostgreSQL");
            assert_eq!((sqlite, postgres), (all, all));
        }
        Err(_) => {
            println!("{said}, left out: PostgreSQL (REJOINDER_TEST_POSTGRES names none)");
            assert_eq!(sqlite, all);
        }
    }
}
