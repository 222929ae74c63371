//! The workers over a real database: the ticks that the program runs, called by hand with a clock that stands still.
#![expect(clippy::unwrap_used, reason = "what fails ends the test with its place")]

use std::sync::Arc;
use std::time::Duration;

use rejoinder_engine::context::Numbers;
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Direction;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::{Query, View};
use rejoinder_server::accept::{Accept, Incoming, account_for, keep};
use rejoinder_server::app::App;
use rejoinder_server::env::Env;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::limits::{
    ANNOUNCE_PAUSE, CLAIM_ROWS, DECIDE_THREADS, DECIDE_THREADS_SHARED, DELIVERY_LEASE, LANE, LANE_WAIT,
    LEASE, MAILS_PER_CONNECTION, POLL, RETRY_FAULT, SEND_CONNECTIONS, SEND_ROWS, SETTLE_AGAIN,
    SETTLE_AGAIN_MAX, SMTP_TIMEOUT, STOP_GRACE, TICKS,
};
use rejoinder_server::numbers::ArrivalNumbers;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::ops::explain::explain;
use rejoinder_server::serve::open;
use rejoinder_server::wire::Egress;
use rejoinder_server::workers::{jobs, notify, process, send};
use rejoinder_store::{CLAIM_MAX, EmailFilter, FaultKind, OpenOptions, Page};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::receiver::{Answer, Receiver};
use rejoinder_wire::listener::{Acceptor, Envelope, Protocol, RcptReply};

struct World {
    app: Arc<App>,
    _folder: Folder,
}

impl World {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let store = open(folder.path(), None).unwrap();
        let env = Env::fixed(Timestamp::parse("2026-11-23T12:00:00Z").unwrap(), 42);
        let app = Arc::new(App::new(store, env, Egress::LoopbackOnly, Some("test".to_owned())).unwrap());
        install(&app, &["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap())).unwrap();
        Self { app, _folder: folder }
    }

    fn receive(&self, to: &str, mail: &str) {
        let account = account_for(&self.app.config().unwrap(), to).unwrap();
        let bytes = mail.replace('\n', "\r\n").into_bytes();
        let copy = Incoming {
            account,
            source: "smtp".to_owned(),
            envelope_from: Some("x@example.com".to_owned()),
            envelope_to: vec![to.to_owned()],
            bytes,
            source_key: None,
            refused: None,
        };
        keep(&self.app, vec![copy]).unwrap();
    }

    fn settle(&self) {
        while process::tick(&self.app).unwrap()
            + notify::tick(&self.app).unwrap()
            + jobs::tick(&self.app).unwrap()
            > 0
        {}
    }

    fn incidents(&self) -> Vec<Record> {
        let view = self.app.store.view().unwrap();
        view.query(&Query::new("incident", rejoinder_engine::condition::Condition::always())).unwrap()
    }

    fn mails(&self, direction: Direction) -> usize {
        let filter = EmailFilter { direction: Some(direction), ..EmailFilter::default() };
        self.app.store.emails(&filter, &Page { after: None, limit: 200 }).unwrap().items.len()
    }

    /// The sending account leads to this port.
    fn send_to(&self, port: u16) {
        let key = RecordKey { table: "email_account".to_owned(), id: record_id("demo", "accounts/outgoing") };
        let fields = [("port".to_owned(), Value::Int(i64::from(port)))].into();
        change(&self.app, Asker::program(), vec![Change::Update { key, fields }]).unwrap();
    }

    fn delivery_states(&self) -> Vec<String> {
        let page = Page { after: None, limit: 200 };
        let rows = self.app.store.deliveries(None, None, &page).unwrap().items;
        rows.iter().map(|row| row.state.to_string()).collect()
    }
}

fn mail(from: &str, subject: &str, id: &str) -> String {
    format!(
        "From: {from}\nTo: help@example.com\nSubject: {subject}\nMessage-ID: <{id}@example.com>\nDate: Mon, 23 Nov 2026 11:59:00 +0000\n\nThe text of {subject}.\n"
    )
}

#[test]
fn a_mail_becomes_an_incident_with_its_answer_and_explains_itself() {
    let world = World::new("worker-mail");
    world.receive("help@example.com", &mail("Anna Ivanova <anna@example.com>", "Printer is dead", "m1"));
    world.settle();
    let incidents = world.incidents();
    let [incident] = incidents.as_slice() else { panic!("{incidents:?}") };
    assert_eq!(incident.text("number"), "INC0000001");
    assert_eq!(incident.get("caller"), &Value::Ref(record_id("demo", "people/anna")));
    assert_eq!((world.mails(Direction::Incoming), world.mails(Direction::Outgoing)), (1, 1));
    let told = explain(&world.app, "INC0000001").unwrap().text;
    for fact in [
        "Create incident: ran",
        "Tell the number: ran",
        "to anna@example.com: ready",
        "recipient Anna Ivanova",
    ] {
        assert!(told.contains(fact), "`{fact}` is missing in:\n{told}");
    }
}

#[test]
fn a_person_is_explained_by_an_address_and_by_their_user() {
    let world = World::new("worker-person");
    world.receive("help@example.com", &mail("Anna Ivanova <anna@example.com>", "Printer is dead", "m1"));
    world.settle();
    let told = explain(&world.app, "Anna@example.com").unwrap();
    assert_eq!(told.of, "person");
    for fact in [
        "Anna@example.com is the address of Anna Ivanova",
        "Mails from and to it: 2\n",
        "came \"Printer is dead\": processed",
        "went \"[INC0000001] Printer is dead\" by Tell the number: ready",
    ] {
        assert!(told.text.contains(fact), "`{fact}` is missing in:\n{}", told.text);
    }
    let by_user = explain(&world.app, &record_id("demo", "people/anna").to_string()).unwrap();
    assert_eq!(by_user.text.to_lowercase(), told.text.to_lowercase());
    assert!(explain(&world.app, "stranger@example.net").is_err(), "of whom nothing is known");
}

#[test]
fn the_same_mail_in_two_mailboxes_and_twice_in_one_has_one_effect() {
    let world = World::new("worker-twice");
    let text = mail("anna@example.com", "Printer", "m1");
    world.receive("help@example.com", &text);
    world.receive("help@example.com", &text);
    world.receive("support@example.com", &text);
    world.settle();
    assert_eq!(world.incidents().len(), 1);
    assert_eq!((world.mails(Direction::Incoming), world.mails(Direction::Outgoing)), (1, 1));
}

#[test]
fn two_alerts_of_one_subject_at_the_same_moment_are_one_incident() {
    let world = World::new("worker-alerts");
    let fields = |name: &str| {
        let text = |text: &str| Value::text(text);
        [
            ("name".to_owned(), text(name)),
            ("email".to_owned(), text(&format!("{name}@example.com"))),
            ("roles".to_owned(), Value::List(vec!["monitoring".to_owned()])),
        ]
    };
    let user =
        |name: &str| Change::Insert { table: "user".to_owned(), id: None, fields: fields(name).into() };
    let names: Vec<String> = (0..8).map(|n| format!("probe{n}")).collect();
    change(&world.app, Asker::program(), names.iter().map(|name| user(name)).collect()).unwrap();
    // Different senders, so that no conversation key keeps them apart: only what each plan read does.
    for name in &names {
        world.receive(
            "help@example.com",
            &mail(&format!("{name}@example.com"), "ALERT disk full on db1", name),
        );
    }
    world.settle();
    assert_eq!(world.incidents().len(), 1, "one incident for all of them");
    let id = world.incidents().first().map(|incident| incident.id).unwrap();
    let notes = world.app.store.activities(id, true, &Page::default()).unwrap().items.len();
    assert_eq!(notes, names.len() - 1, "each further alert is noted");
}

#[test]
fn one_tick_claims_a_bounded_batch() {
    let world = World::new("worker-batch");
    for n in 0..=CLAIM_ROWS {
        world.receive(
            "help@example.com",
            &mail(&format!("guest{n}@example.net"), &format!("Case {n}"), &format!("m{n}")),
        );
    }
    assert_eq!(process::tick(&world.app).unwrap(), CLAIM_ROWS as usize);
    assert_eq!(process::tick(&world.app).unwrap(), 1);
    assert!(DECIDE_THREADS <= CLAIM_ROWS as usize, "more threads than rows would never work");
}

#[test]
fn deciding_threads_leave_connections_for_the_numbers_that_they_need() {
    let kinds = 2;
    let holding = kinds * TICKS * DECIDE_THREADS_SHARED;
    let connections = OpenOptions::default().connections;
    assert!(holding < connections, "{holding} threads hold a view each, of {connections} connections");
    assert!(ANNOUNCE_PAUSE < POLL, "an announcement that comes later than the next look is none");
}

#[test]
fn a_relay_that_is_not_there_expires_no_mail_and_is_told_of_once() {
    let world = World::new("worker-relay");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    world.receive("help@example.com", &mail("anna@example.com", "Printer", "m1"));
    world.settle();
    // A port that was free a moment ago: nobody answers there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.send_to(free);
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    assert_eq!(send::tick(&world.app).unwrap(), 0, "the account waits before it is asked again");
    world.app.env.advance(60 * 1_000_000);
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    let attention = world.app.store.attention(true, &Page::default()).unwrap().items;
    assert_eq!(attention.iter().filter(|row| row.why.code == "sending_port_closed").count(), 1);
    let receiver = Receiver::start(Duration::ZERO);
    world.send_to(receiver.address.port());
    world.app.env.advance(600 * 1_000_000);
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    assert_eq!(world.delivery_states(), ["sent"]);
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn a_sender_that_lost_its_claim_in_the_midst_of_a_mail_does_not_end_it() {
    let world = World::new("worker-lost-claim");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    world.receive("help@example.com", &mail("anna@example.com", "Printer", "m1"));
    world.settle();
    // While the first sender waits for the answer to RCPT its lease runs out, and another worker takes over.
    let other = world.app.clone();
    let receiver = Receiver::start_with(Duration::ZERO, move |answer| {
        if answer != Answer::Recipient {
            return;
        }
        other.env.advance(i64::try_from(DELIVERY_LEASE.as_micros()).unwrap() + 1);
        let claim = other.claim("another", 1, DELIVERY_LEASE);
        assert_eq!(other.store.claim_deliveries(&claim, 1, &[]).unwrap().deliveries.len(), 1);
    });
    world.send_to(receiver.address.port());
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    assert!(receiver.received().is_empty(), "the other worker sends it; twice would be once too often");
    assert_eq!(world.delivery_states(), ["sending"], "it is the other worker's");
}

#[test]
fn an_outcome_that_the_database_does_not_take_at_once_is_written_again_and_not_sent_again() {
    let world = World::new("worker-late-outcome");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    world.receive("help@example.com", &mail("anna@example.com", "Printer", "m1"));
    world.settle();
    // What is written next after the content has arrived is the outcome.
    let store = world.app.store.clone();
    let receiver = Receiver::start_with(Duration::ZERO, move |answer| {
        if answer == Answer::Content {
            store.faults().arm(1, FaultKind::Group);
        }
    });
    world.send_to(receiver.address.port());
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    assert!(world.app.store.faults().fired());
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(world.delivery_states(), ["sent"]);
}

#[test]
fn many_mails_go_over_few_connections_each_once() {
    let world = World::new("worker-many");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let receiver = Receiver::start(Duration::ZERO);
    world.send_to(receiver.address.port());
    for n in 0..20 {
        world.receive(
            "help@example.com",
            &mail(&format!("guest{n}@example.net"), &format!("Case {n}"), &format!("m{n}")),
        );
    }
    world.settle();
    while send::tick(&world.app).unwrap() > 0 {}
    let mut ids: Vec<String> = receiver.received().into_iter().map(|mail| mail.message_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
    assert_eq!(receiver.received().len(), 20);
    const { assert!(SEND_ROWS as usize / SEND_CONNECTIONS <= MAILS_PER_CONNECTION) };
    const { assert!(SEND_ROWS <= CLAIM_MAX, "the store would give fewer") };
    const { assert!(SEND_CONNECTIONS < 20 && MAILS_PER_CONNECTION >= 20 / SEND_CONNECTIONS) };
}

#[test]
fn spans_stand_in_the_order_that_makes_them_safe() {
    // A claim must outlive every wait inside it; what a person waits for must be short.
    let settling: Duration = std::iter::successors(Some(SETTLE_AGAIN), |wait| Some(*wait * 2))
        .take_while(|wait| *wait <= SETTLE_AGAIN_MAX)
        .sum();
    assert!(settling < STOP_GRACE, "a program that stops writes down what it has sent");
    assert!(LEASE > LANE && LANE > LANE_WAIT, "a unit waits for a lane within its lease");
    assert!(DELIVERY_LEASE > SMTP_TIMEOUT * 10, "a delivery may use its time-out on each of its commands");
    assert!(STOP_GRACE < LEASE && RETRY_FAULT < LEASE);
    assert!(POLL < Duration::from_secs(1), "work that nobody announced is seen within a second");
}

#[test]
fn a_mail_that_is_decided_again_gets_the_number_that_it_had() {
    let world = World::new("worker-number");
    world.receive("help@example.com", &mail("anna@example.com", "Printer", "m1"));
    let numbers = |world: &World| world.app.numbers.next(&world.app.store, "incident").unwrap();
    let before = numbers(&world);
    let claim = world.app.claim("process", 1, LEASE);
    let claimed = world.app.store.claim_arrivals(&claim).unwrap();
    let one = claimed.first().unwrap();
    let given = ArrivalNumbers::new(&world.app, (one.seq, one.epoch), one.numbers.clone());
    let number = given.number("incident", "INC", 0).unwrap();
    assert_eq!(given.number("incident", "INC", 0).unwrap(), number, "within one claim it is the same");
    given.keep();
    world.app.env.advance(120 * 1_000_000);
    world.settle();
    assert_eq!(world.incidents().first().unwrap().text("number"), number);
    assert!(numbers(&world) > before + 1, "and nobody else gets it");
}

#[test]
fn an_account_that_was_just_made_takes_mail_although_the_configuration_in_memory_is_older() {
    let world = World::new("worker-new-account");
    world.app.reload().unwrap();
    let fields = [
        ("name".to_owned(), Value::text("Sales")),
        ("type".to_owned(), Value::text("listener")),
        ("addresses".to_owned(), Value::list(vec!["sales@example.com".to_owned()])),
    ];
    let insert = Change::Insert { table: "email_account".to_owned(), id: None, fields: fields.into() };
    change(&world.app, Asker::program(), vec![insert]).unwrap();
    let known = world.app.known_config().unwrap();
    assert!(account_for(&known, "sales@example.com").is_none(), "else this shows nothing");
    let accept = Accept { app: world.app.clone(), host: "mail.example".to_owned() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let envelope = Envelope {
        protocol: Protocol::Smtp,
        peer: ([127, 0, 0, 1], 25).into(),
        helo: String::new(),
        mail_from: None,
        rcpt_to: Vec::new(),
        smtp_utf8: false,
        eight_bit: false,
    };
    let asked = |address: &str| runtime.block_on(accept.recipient(&envelope, address));
    assert!(matches!(asked("sales@example.com"), RcptReply::Accept));
    assert!(matches!(asked("nobody@example.com"), RcptReply::Refuse { code: 550, .. }));
}

#[test]
fn a_fault_of_the_database_gives_the_mail_back_for_later() {
    let world = World::new("worker-fault");
    world.receive("help@example.com", &mail("anna@example.com", "Printer", "m1"));
    // Claim, number block, plan, and what gives the mail back: whatever unit fails, the mail must survive.
    for statement in 1..40 {
        world.app.store.faults().arm(statement, rejoinder_store::fault::FaultKind::Statement);
        drop(process::tick(&world.app));
        world.app.env.advance(120 * 1_000_000);
    }
    world.app.store.faults().arm(0, rejoinder_store::fault::FaultKind::Statement);
    world.settle();
    let failed: Vec<Id> = world
        .app
        .store
        .arrivals(Some("failed"), &Page::default())
        .unwrap()
        .items
        .iter()
        .map(|row| row.id)
        .collect();
    for id in failed {
        world.app.store.retry_arrival(id, "test", world.app.env.now()).unwrap();
    }
    world.settle();
    assert_eq!(world.incidents().len(), 1);
    assert_eq!((world.mails(Direction::Incoming), world.mails(Direction::Outgoing)), (1, 1));
}
