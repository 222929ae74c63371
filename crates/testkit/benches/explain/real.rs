//! Mails that the program itself takes, decides on, answers and sends: what is later there a million times.

use std::path::Path;
use std::time::Duration;

use rejoinder_server::client::escaped;
use rejoinder_server::serve::Options;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::effects::drain;
use rejoinder_testkit::process::{Program, Running};
use rejoinder_testkit::receiver::Receiver;
use rejoinder_testkit::smtp::Smtp;
use serde_json::{Value as Json, json};

use super::{ADDRESS, NEW, PERSON, REPLIES, ROUNDS, THREAD};

const PATIENCE: Duration = Duration::from_secs(300);

/// Has the program make everything once.
pub(crate) fn make(data: &Path, database: Option<String>) {
    let receiver = Receiver::start(Duration::ZERO);
    let program = Program { database, ..Program::new(std::env::current_exe().unwrap(), data) }.start();
    accounts(&program.api, &receiver);
    let mut smtp = Smtp::connect(program.smtp).unwrap();
    for n in 0..NEW {
        send(&mut smtp, &writer(n), &format!("new-{n}"), &format!("Printer {n} on floor {}", n % 7), "", n);
    }
    drain(&program.api, PATIENCE);
    for round in 0..ROUNDS {
        let answers = receiver.received();
        for thread in 0..REPLIES {
            let n = THREAD + 1 + thread;
            let to = writer(n);
            let answer = answers.iter().find(|mail| mail.to.contains(&to)).unwrap();
            let head = format!("In-Reply-To: <{}>\r\n", answer.message_id);
            let name = format!("again-{n}-{round}");
            send(&mut smtp, &to, &name, &format!("Re: Printer {n} on floor {}", n % 7), &head, n);
        }
        drain(&program.api, PATIENCE);
    }
    long_thread(&program, &receiver, &mut smtp);
    assert!(program.stop(), "the program ends well");
}

/// Who writes the mail of a place: one person writes every twentieth.
fn writer(n: usize) -> String {
    if n.is_multiple_of(20) { PERSON.to_owned() } else { format!("person{n}@load.example") }
}

fn accounts(api: &Api, receiver: &Receiver) {
    api.insert(
        "email_account",
        &json!({"name": "Load", "type": "listener", "addresses": [ADDRESS], "from_address": ADDRESS}),
    );
    api.insert(
        "email_account",
        &json!({"name": "Out", "type": "smtp", "server": "127.0.0.1", "port": receiver.address.port(),
                "encryption": "none", "from_address": ADDRESS}),
    );
    api.insert("setting", &json!({"name": "default.email.account.send", "value": "Out"}));
    api.insert("user", &json!({"name": "Anna Ivanova", "email": PERSON, "active": true}));
}

fn send(smtp: &mut Smtp, from: &str, id: &str, subject: &str, head: &str, n: usize) {
    let mail = format!(
        "From: Person {n} <{from}>\r\nTo: {ADDRESS}\r\nSubject: {subject}\r\nMessage-ID: <{id}@load.example>\r\n\
         Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n{head}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nSomething does not work in room {n} ({id}).\r\n\
         Please look at it.\r\n\r\nPerson {n}\r\n"
    );
    smtp.send(from, ADDRESS, mail.as_bytes()).unwrap();
}

/// One incident about which an agent and its caller write to each other for long.
fn long_thread(program: &Running, receiver: &Receiver, smtp: &mut Smtp) {
    let api = &program.api;
    let to = writer(THREAD);
    let filter =
        json!({"field": "subject", "operator": "starts_with", "value": format!("Printer {THREAD} ")});
    let found = api.get(&format!("/api/v1/records/incident?filter={}", escaped(&filter.to_string())));
    let id = found.pointer("/items/0/id").and_then(Json::as_str).unwrap().to_owned();
    for round in 0..40 {
        let comment = format!("What does it say now, for the {round}th time?");
        api.update("incident", &id, &json!({ "additional_comments": comment }));
        drain(api, PATIENCE);
        let answers = receiver.received();
        let last = answers.iter().rev().find(|mail| mail.to.contains(&to)).unwrap();
        let head = format!("In-Reply-To: <{}>\r\n", last.message_id);
        send(
            smtp,
            &to,
            &format!("thread-{round}"),
            &format!("Re: Printer {THREAD} on floor 0"),
            &head,
            round,
        );
        drain(api, PATIENCE);
    }
}

/// The options under which everything runs.
pub(crate) fn options(data: &Path, database: Option<String>) -> Options {
    Options { database, node: Some("one".to_owned()), ..Options::on_loopback(data) }
}
