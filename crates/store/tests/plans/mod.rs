//! Plans, arrivals and claims of the tests on effects and queues: small, whole, and derived from labels.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part of the helpers")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::{
    Activity, ActivityKind, Actor, Attention, Authenticity, Cause, CauseKind, Class, DeliveryState,
    EmailState, Guard, IncomingEmail, JobWork, Link, NewAttachment, NewDelivery, NewEvent, NewJob,
    OutgoingEmail, Plan, Protection, Purpose, RecordOp, Slot, Unit, Why,
};
use rejoinder_engine::reads::digest;
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::time::{SECOND, Timestamp};
use rejoinder_engine::trace::Trace;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::Query;
use rejoinder_store::{Claim, ClaimedArrival, ClaimedJob, NewArrival, Page, Store, StoredEvent};

/// How long the claims of the tests last.
pub const LEASE: i64 = 30 * SECOND;

/// A moment so many seconds after the tests' beginning.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_763_900_000 + seconds) * SECOND)
}

/// The identity for a label.
pub fn id(label: &str) -> Id {
    Seed::new([9; 32]).id(label, at(0))
}

pub fn seed(label: &str) -> Seed {
    Seed::new([5; 32]).derive(label)
}

pub fn why(code: &str) -> Why {
    Why::new(code, "a reason of a test")
}

pub fn page() -> Page {
    Page::default()
}

/// `task` with `incident`; `user` with a unique address; `rule`, which is configuration.
pub fn tables() -> Vec<Table> {
    let json = serde_json::json!([
        {"name": "task", "display": "subject", "fields": [
            {"name": "subject", "kind": "string", "indexed": true}, {"name": "state", "kind": "choice"},
            {"name": "weight", "kind": "integer"}]},
        {"name": "incident", "extends": "task", "display": "subject", "number_prefix": "INC", "events": true,
         "fields": []},
        {"name": "user", "display": "email", "fields": [{"name": "email", "kind": "email", "unique": true}]},
        {"name": "rule", "display": "name", "configuration": true, "fields": [{"name": "name", "kind": "string"}]},
    ]);
    serde_json::from_value(json).unwrap()
}

/// Defines the tables by a plan, as an import of a pack does.
pub fn define(store: &Store) {
    let mut plan = request("tables", 0);
    plan.tables = tables();
    store.apply(&plan).unwrap();
}

pub fn key(table: &str, label: &str) -> RecordKey {
    RecordKey { table: table.to_owned(), id: id(label) }
}

pub fn fields(values: &[(&str, &str)]) -> Fields {
    values.iter().map(|(name, value)| ((*name).to_owned(), Value::text(value))).collect()
}

pub fn insert(table: &str, label: &str, values: &[(&str, &str)]) -> RecordOp {
    RecordOp::Insert { key: key(table, label), fields: fields(values) }
}

pub fn update(label: &str, version: i64, old: &str, new: &str) -> RecordOp {
    let (old, new) = (fields(&[("subject", old)]), fields(&[("subject", new)]));
    RecordOp::Update { key: key("incident", label), version, old, new }
}

fn plan(unit: Unit, cause: (CauseKind, Id), now: Timestamp) -> Plan {
    let (kind, id) = cause;
    let cause = Cause { kind, id, chain: vec!["a rule".to_owned()] };
    Plan::new(unit, now, Actor::system(), cause, Trace::new(kind.word(), id, now, 1))
}

/// A plan of a request.
pub fn request(label: &str, seconds: i64) -> Plan {
    let id = id(&format!("request {label}"));
    plan(Unit::Request { id }, (CauseKind::Request, id), at(seconds))
}

/// A plan that settles an arrival as processed.
pub fn settling(arrival: &ClaimedArrival) -> Plan {
    let unit = Unit::Arrival {
        seq: arrival.seq,
        epoch: arrival.epoch,
        email: id(&format!("email {}", arrival.id)),
        state: EmailState::Processed,
        why: None,
    };
    plan(unit, (CauseKind::Arrival, arrival.id), arrival.received_at)
}

/// A plan that settles an event, parked where there is a reason.
pub fn settling_event(event: &StoredEvent, parked: Option<Why>, now: Timestamp) -> Plan {
    plan(
        Unit::Event { seq: event.seq, epoch: event.epoch, parked, unheard: None },
        (CauseKind::Event, event.id),
        now,
    )
}

/// A plan of one step of a job.
pub fn step(job: &ClaimedJob, cursor: Option<&str>, now: Timestamp) -> Plan {
    let unit = Unit::Job { id: job.id, epoch: job.epoch, cursor: cursor.map(str::to_owned) };
    plan(unit, (CauseKind::Job, job.id), now)
}

pub fn claim(seconds: i64, by: &str) -> Claim {
    Claim { now: at(seconds), lease: LEASE, limit: 64, by: by.to_owned() }
}

/// An arrival that came so many seconds after the beginning, with conversation keys.
pub fn arrival(label: &str, seconds: i64, keys: &[&str]) -> NewArrival {
    NewArrival {
        id: id(&format!("arrival {label}")),
        account: id("account"),
        source: "smtp".to_owned(),
        source_key: label.to_owned(),
        envelope_from: Some("anna@example.org".to_owned()),
        envelope_to: vec!["help@example.com".to_owned()],
        received_at: at(seconds),
        seed: seed(label),
        bytes: format!("Subject: {label}\r\n\r\n{}\r\n", "text of the mail ".repeat(40)).into_bytes(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        subject: Some(label.to_owned()),
        sender: Some("anna@example.org".to_owned()),
        authentication: String::new(),
        refused: None,
    }
}

/// The row of the incoming mail of a plan.
pub fn incoming(plan: &Plan, dedupe_key: Option<&str>) -> IncomingEmail {
    let Unit::Arrival { email, state, .. } = &plan.unit else {
        panic!("only arrivals have an incoming mail")
    };
    IncomingEmail {
        id: *email,
        account: id("account"),
        state: *state,
        why: None,
        class: Class::New,
        message_id: Some(format!("{email}@example.org")),
        subject: "Принтер не печатает".to_owned(),
        from: "Anna@Example.org".to_owned(),
        to: vec!["help@example.com".to_owned()],
        date: Some(plan.now),
        dedupe_key: dedupe_key.map(str::to_owned),
        sender: None,
        authenticity: Authenticity::Unverified,
        protection: Protection::Encrypted,
        do_not_answer: None,
        record: None,
        text: "whole text".to_owned(),
        new_text: "new text".to_owned(),
        done: Vec::new(),
        attention: None,
    }
}

pub fn delivery(label: &str, address: &str) -> NewDelivery {
    NewDelivery {
        id: id(&format!("delivery {label}")),
        address: address.to_owned(),
        name: None,
        user: None,
        slot: Slot::To,
        state: DeliveryState::Ready,
        why: None,
    }
}

/// An outgoing mail of an account to some addresses; its deliveries are named `label 0`, `label 1`, …
pub fn outgoing(label: &str, account: &str, to: &[&str]) -> OutgoingEmail {
    let bytes = format!("Subject: {label}\r\n\r\nbody\r\n").into_bytes();
    let deliveries = to.iter().enumerate().map(|(k, address)| delivery(&format!("{label} {k}"), address));
    OutgoingEmail {
        id: id(&format!("email {label}")),
        purpose: Purpose::Notification,
        account: id(account),
        message_id: format!("{label}@example.com").replace(' ', "."),
        in_reply_to: None,
        subject: format!("About {label}"),
        from: "help@example.com".to_owned(),
        text: "body".to_owned(),
        record: Some(key("incident", "one")),
        rule: "a rule".to_owned(),
        parent: None,
        digest: rejoinder_store::blob_digest(&bytes),
        bytes,
        deliveries: deliveries.collect(),
    }
}

pub fn event(label: &str, record: &str) -> NewEvent {
    NewEvent {
        id: id(&format!("event {label}")),
        name: "incident.updated".to_owned(),
        record: key("incident", record),
        old: Some(fields(&[("subject", "before")])),
        new: Some(fields(&[("subject", "after")])),
        actor: Actor { user: Some(id("anna")), label: "Anna".to_owned() },
        params: vec![Some("first".to_owned()), None],
        journal: fields(&[("additional_comments", "please")]),
        from_email: None,
        seed: seed(label),
        due: None,
        same: None,
    }
}

/// A run of a scheduled job.
pub fn run(label: &str, due: i64) -> NewJob {
    let work = JobWork::Run { job: id("scheduled"), due: at(due), by: None };
    NewJob { id: id(&format!("job {label}")), work, seed: seed(label) }
}

pub fn activity(label: &str, record: &str) -> Activity {
    Activity {
        id: id(&format!("activity {label}")),
        record: key("incident", record),
        kind: ActivityKind::Comment,
        actor: Actor::system(),
        text: "a comment".to_owned(),
        email: None,
        mark: Some("unverified".to_owned()),
    }
}

pub fn attachment(label: &str, record: &str) -> NewAttachment {
    let bytes = label.repeat(200).into_bytes();
    NewAttachment {
        id: id(&format!("attachment {label}")),
        record: Some(key("incident", record)),
        email: None,
        file_name: format!("{label}.txt"),
        media_type: "text/plain".to_owned(),
        content_id: None,
        digest: rejoinder_store::blob_digest(&bytes),
        bytes,
        left_out: None,
    }
}

pub fn fan_out(label: &str, parent: Id) -> NewJob {
    let work = JobWork::FanOut { event: id("event"), rule: id("rule"), parent };
    NewJob { id: id(&format!("job {label}")), work, seed: seed(label) }
}

pub fn attention(label: &str) -> Attention {
    Attention {
        id: id(&format!("attention {label}")),
        why: why("loop_limit"),
        subject: "account".to_owned(),
        subject_id: id("account"),
    }
}

/// "The incidents with this subject: none."
pub fn none_with_subject(subject: &str) -> Guard {
    let condition = Condition::clause("subject", Kind::String, Operator::Is, vec![Value::text(subject)]);
    Guard::Query { query: Query::new("incident", condition), digest: digest(&[]) }
}

/// A plan with an effect of every kind, for an arrival.
pub fn everything(arrival: &ClaimedArrival) -> Plan {
    let mut plan = settling(arrival);
    let record = key("incident", "whole");
    plan.generation = Some(2);
    plan.guards = vec![
        none_with_subject("whole"),
        Guard::Version { table: "task".to_owned(), id: id("one"), version: 1 },
    ];
    plan.records = vec![
        insert("incident", "whole", &[("subject", "whole"), ("state", "registered")]),
        update("one", 1, "one", "one more"),
        insert("rule", "a rule", &[("name", "a rule")]),
    ];
    plan.activities = vec![activity("whole", "whole")];
    plan.attachments = vec![attachment("whole", "whole")];
    plan.events = vec![event("whole", "whole")];
    let mut mail = incoming(&plan, Some("fingerprint"));
    mail.record = Some(record.clone());
    mail.attention = Some(why("no_action"));
    plan.links = vec![Link { email: mail.id, record, related: false }];
    plan.incoming = Some(mail);
    plan.outgoing = vec![outgoing("answer", "sender", &["anna@example.org", "boris@example.org"])];
    let parent = OutgoingEmail {
        purpose: Purpose::FanOut,
        digest: String::new(),
        bytes: Vec::new(),
        deliveries: Vec::new(),
        ..outgoing("parent", "sender", &[])
    };
    plan.jobs = vec![fan_out("whole", parent.id)];
    plan.outgoing.push(parent);
    plan.attention = vec![attention("whole")];
    plan.trace.note("a_note", "a fact");
    plan
}
