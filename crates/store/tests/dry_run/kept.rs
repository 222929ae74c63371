//! Whether the database holds what a plan says: every value that it wrote, and no row more.

use std::collections::{BTreeMap, BTreeSet};

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{IncomingEmail, NewEvent, OutgoingEmail, Plan, RecordOp, Unit};
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::view::View;
use rejoinder_store::tx::{Row, SqlValue};
use rejoinder_store::{Page, Store, StoredEvent};

/// Tables whose rows a plan accounts for, one by one.
const TABLES: [&str; 11] = [
    "change",
    "activity",
    "attachment",
    "event",
    "email",
    "delivery",
    "job",
    "trace",
    "request",
    "arrival",
    "lane",
];

/// How many rows there are, by table.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    tables: BTreeMap<&'static str, i64>,
    /// Files of mails that are on no record and were not taken off one: a new decision gives them anew.
    waiting: BTreeMap<Id, i64>,
}

impl Counts {
    pub(crate) fn of(store: &Store) -> Self {
        let counts = TABLES.map(|table| format!("(SELECT COUNT(*) FROM {table})"));
        let row = &rows(store, &format!("SELECT {}", counts.join(", ")), &[])[0];
        let count = |(place, table)| (table, row.int(place).unwrap());
        let tables = TABLES.into_iter().enumerate().map(count).collect();
        let sql = "SELECT email, COUNT(*) FROM attachment WHERE record_id IS NULL AND email IS NOT NULL \
                   AND (left_out_code IS NULL OR left_out_code <> 'taken_off') GROUP BY email";
        let waiting = rows(store, sql, &[]);
        let waiting = waiting.iter().map(|row| (row.id(0).unwrap(), row.int(1).unwrap())).collect();
        Self { tables, waiting }
    }
}

fn rows(store: &Store, sql: &str, params: &[SqlValue]) -> Vec<Row> {
    store.read(|tx| tx.query(sql, params)).unwrap()
}

/// The one row with this id.
fn row(store: &Store, columns: &str, table: &str, id: Id) -> Row {
    let found = rows(store, &format!("SELECT {columns} FROM {table} WHERE id = ?1"), &[id.into()]);
    assert_eq!(found.len(), 1, "one {table} {id}");
    found.into_iter().next().unwrap()
}

/// Checks everything; `records` are the memory's after the same plan.
pub(crate) fn check(store: &Store, plan: &Plan, before: &Counts, records: &BTreeMap<Id, Record>) {
    grown(store, plan, before);
    changed(store, plan, records);
    unit(store, plan);
    feed(store, plan);
    plan.events.iter().for_each(|new| event(store, plan, new));
    plan.incoming.iter().for_each(|mail| incoming(store, plan, mail));
    plan.outgoing.iter().for_each(|mail| outgoing(store, mail));
    for one in &plan.reports {
        let delivery = store.delivery(one.delivery).unwrap().unwrap();
        assert_eq!((delivery.email, delivery.state), (one.email, one.state));
        assert_eq!(delivery.why.as_ref(), Some(&one.why));
    }
    for one in &plan.jobs {
        let kept = row(store, "work, seed", "job", one.id);
        assert_eq!(kept.json::<rejoinder_engine::plan::JobWork>(0).unwrap(), one.work);
        assert_eq!(kept.text(1).unwrap(), one.seed.to_string());
    }
    for one in &plan.attention {
        let kept = row(store, "code, subject, subject_id", "attention", one.id);
        assert_eq!(kept.text(0).unwrap(), one.why.code);
        assert_eq!((kept.text(1).unwrap(), kept.id(2).unwrap()), (one.subject.clone(), one.subject_id));
    }
    let traces = store.traces(plan.trace.id).unwrap();
    assert_eq!(traces.last(), Some(&plan.trace));
    assert!(plan.again.is_some() || traces.len() == 1, "only what is decided once more has several traces");
}

/// No table has a row more than the plan says.
fn grown(store: &Store, plan: &Plan, before: &Counts) {
    let known = plan.again.as_ref().filter(|again| again.known);
    let given_anew = known.and_then(|again| before.waiting.get(&again.email)).copied().unwrap_or(0);
    let grows = |table: &str| match table {
        "change" => plan.records.len(),
        "activity" => plan.activities.len(),
        "attachment" => plan.attachments.len(),
        "event" => plan.events.len(),
        "email" => plan.outgoing.len() + usize::from(plan.incoming.is_some() && known.is_none()),
        "delivery" => plan.outgoing.iter().map(|mail| mail.deliveries.len()).sum(),
        "job" => plan.jobs.len(),
        "trace" => 1,
        "request" => usize::from(matches!(plan.unit, Unit::Request { .. })),
        _ => 0,
    };
    let after = Counts::of(store);
    for (table, count) in &before.tables {
        let gone = if *table == "attachment" { given_anew } else { 0 };
        let grown = after.tables[table] - count + gone;
        assert_eq!(grown, i64::try_from(grows(table)).unwrap(), "rows of {table}");
    }
}

/// Records as the memory has them, with one change row each time they were written.
fn changed(store: &Store, plan: &Plan, records: &BTreeMap<Id, Record>) {
    let view = store.view().unwrap();
    for operation in &plan.records {
        let key = operation.key();
        let kept = view.get(&key.table, key.id).unwrap();
        assert_eq!(kept.as_ref(), records.get(&key.id), "{} {}", key.table, key.id);
        let (word, sequence, old, new) = match operation {
            RecordOp::Insert { fields, .. } => ("insert", 1, None, Some(fields)),
            RecordOp::Update { version, old, new, .. } => ("update", version + 1, Some(old), Some(new)),
            RecordOp::Delete { version, old, .. } => ("delete", version + 1, Some(old), None),
        };
        let sql = "SELECT operation, old_values, new_values, actor_label, cause_id FROM change \
                   WHERE record_id = ?1 AND sequence = ?2";
        let change = &rows(store, sql, &[key.id.into(), sequence.into()])[0];
        assert_eq!(change.text(0).unwrap(), word);
        assert_eq!(change.opt_json::<Fields>(1).unwrap().as_ref(), old);
        assert_eq!(change.opt_json::<Fields>(2).unwrap().as_ref(), new);
        assert_eq!(
            (change.text(3).unwrap(), change.id(4).unwrap()),
            (plan.actor.label.clone(), plan.cause.id)
        );
    }
}

/// The unit of work is settled.
fn unit(store: &Store, plan: &Plan) {
    match &plan.unit {
        Unit::Arrival { seq, epoch, email, state, why } => {
            let sql = "SELECT state, lease_epoch, email, reason_code, lease_by FROM arrival WHERE seq = ?1";
            let kept = &rows(store, sql, &[(*seq).into()])[0];
            assert_eq!((kept.text(0).unwrap().as_str(), kept.int(1).unwrap()), (state.word(), *epoch));
            assert_eq!(kept.id(2).unwrap(), *email);
            assert_eq!(kept.opt_text(3).unwrap(), why.as_ref().map(|why| why.code.clone()));
            assert_eq!(kept.opt_text(4).unwrap(), None, "the claim is over");
        }
        Unit::Event { seq, epoch, parked, unheard } => {
            let sql = "SELECT state, lease_epoch, reason_code, lease_by FROM event WHERE seq = ?1";
            let kept = &rows(store, sql, &[(*seq).into()])[0];
            let state = if parked.is_some() { "parked" } else { "processed" };
            assert_eq!((kept.text(0).unwrap().as_str(), kept.int(1).unwrap()), (state, *epoch));
            assert_eq!(
                kept.opt_text(2).unwrap(),
                parked.as_ref().or(unheard.as_ref()).map(|why| why.code.clone())
            );
            assert_eq!(kept.opt_text(3).unwrap(), None, "the claim is over");
        }
        Unit::Request { id } => {
            row(store, "id", "request", *id);
        }
        Unit::Job { id, epoch, cursor } => {
            let sql = "SELECT state, lease_epoch, events, lease_by FROM job WHERE id = ?1";
            let kept = &rows(store, sql, &[(*id).into()])[0];
            let state = if cursor.is_some() { "ready" } else { "processed" };
            assert_eq!((kept.text(0).unwrap().as_str(), kept.int(1).unwrap()), (state, *epoch));
            assert_eq!(kept.int(2).unwrap(), i64::try_from(plan.events.len()).unwrap());
            assert_eq!(kept.opt_text(3).unwrap(), None, "the claim is over");
        }
        Unit::Schedule { .. } => panic!("no case has a clock"),
    }
}

/// Entries of feeds, files, and mails on records.
fn feed(store: &Store, plan: &Plan) {
    for one in &plan.activities {
        let kept = row(store, "record_id, kind, at, actor_label, body, email, mark", "activity", one.id);
        assert_eq!((kept.id(0).unwrap(), kept.text(1).unwrap().as_str()), (one.record.id, one.kind.word()));
        assert_eq!((kept.time(2).unwrap(), kept.text(3).unwrap()), (plan.now, one.actor.label.clone()));
        assert_eq!(kept.opt_text(4).unwrap().unwrap_or_default(), one.text);
        assert_eq!((kept.opt_id(5).unwrap(), kept.opt_text(6).unwrap()), (one.email, one.mark.clone()));
    }
    for one in &plan.attachments {
        let kept = store.attachment(one.id).unwrap().unwrap();
        assert_eq!((&kept.record, &kept.email, &kept.digest), (&one.record, &one.email, &one.digest));
        assert_eq!((kept.file_name.as_ref(), &kept.media_type), (Some(&one.file_name), &one.media_type));
        assert_eq!(kept.left_out, one.left_out);
        assert_eq!(store.blob(&one.digest).unwrap().as_ref(), Some(&one.bytes));
    }
    for one in &plan.links {
        let sql = "SELECT related FROM email_link WHERE email = ?1 AND record_id = ?2";
        let kept = &rows(store, sql, &[one.email.into(), one.record.id.into()])[0];
        assert_eq!(kept.int(0).unwrap(), i64::from(one.related));
    }
}

fn event(store: &Store, plan: &Plan, new: &NewEvent) {
    let kept = store.event(new.id).unwrap().unwrap();
    let said = StoredEvent {
        seq: kept.seq,
        epoch: 0,
        id: new.id,
        name: new.name.clone(),
        record: new.record.clone(),
        old: new.old.clone(),
        new: new.new.clone(),
        journal: new.journal.clone(),
        params: new.params.clone(),
        actor: new.actor.clone(),
        chain: plan.cause.chain.clone(),
        from_email: new.from_email,
        seed: new.seed,
        created_at: plan.now,
        due_at: new.due,
        attempts: 0,
    };
    assert_eq!(kept, said);
    assert_eq!(store.cause_of_event(new.id).unwrap(), Some((plan.cause.kind, plan.cause.id)));
}

fn incoming(store: &Store, plan: &Plan, mail: &IncomingEmail) {
    let kept = store.email(mail.id).unwrap().unwrap();
    let row = &kept.row;
    assert_eq!((row.state, &row.why, row.class), (mail.state, &mail.why, Some(mail.class)));
    assert_eq!((row.account, &row.message_id, &row.record), (mail.account, &mail.message_id, &mail.record));
    assert_eq!((row.subject.clone().unwrap_or_default(), &row.to), (mail.subject.clone(), &mail.to));
    assert_eq!(row.from.clone().unwrap_or_default(), mail.from);
    assert_eq!((kept.sender, kept.authenticity), (mail.sender, Some(mail.authenticity)));
    assert_eq!((&kept.do_not_answer, kept.date), (&mail.do_not_answer, mail.date));
    assert_eq!(kept.text.unwrap_or_default(), mail.text);
    assert_eq!(kept.new_text.unwrap_or_default(), mail.new_text);
    assert_eq!(kept.cause, (plan.cause.kind, plan.cause.id));
    let said = plan.attention.iter().filter(|one| one.subject_id == mail.id).map(|one| &one.why);
    let said: BTreeSet<&str> = said.chain(&mail.attention).map(|why| why.code.as_str()).collect();
    let open = store.attention(true, &Page::default()).unwrap().items;
    let open = open.iter().filter(|one| one.subject_id == mail.id).map(|one| one.why.code.as_str());
    assert_eq!(open.collect::<BTreeSet<_>>(), said, "what needs attention of the mail");
}

fn outgoing(store: &Store, mail: &OutgoingEmail) {
    let kept = store.email(mail.id).unwrap().unwrap();
    let row = &kept.row;
    assert_eq!((row.purpose, row.account, &row.record), (Some(mail.purpose), mail.account, &mail.record));
    assert_eq!((row.message_id.as_ref(), &kept.in_reply_to), (Some(&mail.message_id), &mail.in_reply_to));
    assert_eq!(
        (row.subject.clone().unwrap_or_default(), row.from.as_ref()),
        (mail.subject.clone(), Some(&mail.from))
    );
    assert_eq!((row.rule.as_ref(), row.parent), (Some(&mail.rule), mail.parent));
    assert_eq!(kept.text.unwrap_or_default(), mail.text);
    if !mail.bytes.is_empty() {
        assert_eq!(store.email_bytes(mail.id).unwrap().as_ref(), Some(&mail.bytes), "to the byte");
    }
    assert_eq!(kept.deliveries.len(), mail.deliveries.len());
    for one in &mail.deliveries {
        let kept = store.delivery(one.id).unwrap().unwrap();
        assert_eq!((&kept.address, kept.state, &kept.why), (&one.address, one.state, &one.why));
        assert_eq!(kept.email, mail.id);
    }
}
