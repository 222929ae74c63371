//! The queues as people see them: arrivals, deliveries, events, jobs, and how many are in each state.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{CauseKind, DeliveryState, Slot, Why};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;

use super::states::{ARRIVALS, DELIVERIES, EVENTS, JOBS};
use super::{Filter, Listed, Page, why};
use crate::blob;
use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::{Row, Tx};

/// One copy of an incoming mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalRow {
    /// Its place in the queue.
    pub seq: i64,
    /// Its identity.
    pub id: Id,
    /// The receiving account.
    pub account: Id,
    /// The kind of source.
    pub source: String,
    /// What names it at its source.
    pub source_key: String,
    /// The sender's address.
    pub sender: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// The size of its bytes.
    pub size: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// `ready`, `in_process`, `processed`, `failed` or `ignored`.
    pub state: String,
    /// Why.
    pub why: Option<Why>,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// When it can be claimed.
    pub next_at: Timestamp,
    /// The mail it belongs to.
    pub email: Option<Id>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// One recipient of an outgoing mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its place in the queue.
    pub seq: i64,
    /// Its identity.
    pub id: Id,
    /// The mail.
    pub email: Id,
    /// The account that sends it.
    pub account: Id,
    /// The address.
    pub address: String,
    /// The person's name.
    pub name: Option<String>,
    /// The user, where it is one.
    pub user: Option<Id>,
    /// Where the address stands.
    pub slot: Slot,
    /// How far it is.
    pub state: DeliveryState,
    /// Why.
    pub why: Option<Why>,
    /// The server's answer.
    pub reply: Option<String>,
    /// The attempts made.
    pub attempts: i64,
    /// When the next one begins.
    pub next_at: Timestamp,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its place in the queue.
    pub seq: i64,
    /// Its identity.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The record.
    pub record: RecordKey,
    /// Who caused it.
    pub actor: String,
    /// What caused it, and the id under which its reason is kept.
    pub cause: (CauseKind, Id),
    /// When it was raised.
    pub created_at: Timestamp,
    /// `scheduled` (waits for its time), `ready`, `in_process`, `processed`, `parked` (blocks its record), `failed` (was
    /// passed over) or `cancelled`.
    pub state: String,
    /// Why.
    pub why: Option<Why>,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// The moment for which it waits or waited.
    pub due_at: Option<Timestamp>,
    /// Its parameters.
    pub params: Vec<Option<String>>,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its identity.
    pub id: Id,
    /// What it does.
    pub kind: String,
    /// How far it is.
    pub cursor: Option<String>,
    /// `ready`, `in_process`, `processed`, `failed` or `skipped`.
    pub state: String,
    /// Why.
    pub why: Option<Why>,
    /// How often its step was tried in vain.
    pub attempts: i64,
    /// When it was planned.
    pub created_at: Timestamp,
}

const ARRIVAL: &str = "SELECT seq, id, account, source, source_key, sender, subject, size, received_at, state, \
                       reason_code, reason_text, attempts, next_at, email, settled_at FROM arrival";
const DELIVERY: &str = "SELECT seq, id, email, account, address, name, user_id, slot, state, reason_code, \
                        reason_text, reply, attempts, next_at, created_at, settled_at FROM delivery";
const EVENT: &str = "SELECT seq, id, name, record_table, record_id, actor_label, created_at, state, reason_code, \
                     reason_text, attempts, settled_at, cause_kind, cause_id, due_at, params FROM event";
const JOB: &str =
    "SELECT id, kind, step_cursor, state, reason_code, reason_text, attempts, created_at FROM job";

fn arrival(row: &Row) -> Result<ArrivalRow, StoreError> {
    Ok(ArrivalRow {
        seq: row.int(0)?,
        id: row.id(1)?,
        account: row.id(2)?,
        source: row.text(3)?,
        source_key: row.text(4)?,
        sender: row.opt_text(5)?,
        subject: row.opt_text(6)?,
        size: row.int(7)?,
        received_at: row.time(8)?,
        state: row.text(9)?,
        why: why(row, 10)?,
        attempts: row.int(12)?,
        next_at: row.time(13)?,
        email: row.opt_id(14)?,
        settled_at: row.opt_time(15)?,
    })
}

fn delivery(row: &Row) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        seq: row.int(0)?,
        id: row.id(1)?,
        email: row.id(2)?,
        account: row.id(3)?,
        address: row.text(4)?,
        name: row.opt_text(5)?,
        user: row.opt_id(6)?,
        slot: row.word(7, Slot::from_word)?,
        state: row.word(8, DeliveryState::from_word)?,
        why: why(row, 9)?,
        reply: row.opt_text(11)?,
        attempts: row.int(12)?,
        next_at: row.time(13)?,
        created_at: row.time(14)?,
        settled_at: row.opt_time(15)?,
    })
}

fn event(row: &Row) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        seq: row.int(0)?,
        id: row.id(1)?,
        name: row.text(2)?,
        record: RecordKey { table: row.text(3)?, id: row.id(4)? },
        actor: row.text(5)?,
        created_at: row.time(6)?,
        state: row.text(7)?,
        why: why(row, 8)?,
        attempts: row.int(10)?,
        settled_at: row.opt_time(11)?,
        cause: (row.word(12, CauseKind::from_word)?, row.id(13)?),
        due_at: row.opt_time(14)?,
        params: row.json(15)?,
    })
}

fn job(row: &Row) -> Result<JobRow, StoreError> {
    Ok(JobRow {
        id: row.id(0)?,
        kind: row.text(1)?,
        cursor: row.opt_text(2)?.filter(|cursor| !cursor.is_empty()),
        state: row.text(3)?,
        why: why(row, 4)?,
        attempts: row.int(6)?,
        created_at: row.time(7)?,
    })
}

pub(super) fn arrivals_of(tx: &mut dyn Tx, email: Id) -> Result<Vec<ArrivalRow>, StoreError> {
    let rows = tx.query(&format!("{ARRIVAL} WHERE email = ?1 ORDER BY seq"), &params![email])?;
    rows.iter().map(arrival).collect()
}

pub(super) fn deliveries_of(tx: &mut dyn Tx, email: Id) -> Result<Vec<DeliveryRow>, StoreError> {
    let rows = tx.query(&format!("{DELIVERY} WHERE email = ?1 ORDER BY seq"), &params![email])?;
    rows.iter().map(delivery).collect()
}

impl Store {
    /// Arrivals, newest first, of one state or all.
    pub fn arrivals(&self, state: Option<&str>, page: &Page) -> Result<Listed<ArrivalRow>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.state(&ARRIVALS, state);
            list.after_number("seq", page);
            list.list(tx, (ARRIVAL, "seq DESC"), page, |row| {
                arrival(row).map(|arrival| {
                    let cursor = arrival.seq.to_string();
                    (arrival, cursor)
                })
            })
        })
    }

    /// One arrival.
    pub fn arrival(&self, id: Id) -> Result<Option<ArrivalRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&format!("{ARRIVAL} WHERE id = ?1"), &params![id])?;
            rows.first().map(arrival).transpose()
        })
    }

    /// The bytes of an arrival as they came; `None` where there is no such arrival or retention removed them.
    pub fn arrival_bytes(&self, id: Id) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|tx| {
            let rows = tx.query("SELECT digest FROM arrival WHERE id = ?1", &params![id])?;
            let Some(row) = rows.first() else { return Ok(None) };
            blob::get(tx, &row.text(0)?)
        })
    }

    /// Deliveries, newest first, of one state or all, to one address or all.
    pub fn deliveries(
        &self,
        state: Option<DeliveryState>,
        address: Option<&str>,
        page: &Page,
    ) -> Result<Listed<DeliveryRow>, StoreError> {
        let state = state.map(DeliveryState::word);
        let order = DELIVERIES.order_of(state);
        self.read(|tx| {
            let mut list = Filter::default();
            list.state(&DELIVERIES, state);
            list.add_some("address_folded = ?", address.map(rejoinder_engine::fold::fold));
            list.after_number("seq", page);
            list.list(tx, (DELIVERY, order), page, |row| {
                delivery(row).map(|delivery| {
                    let cursor = delivery.seq.to_string();
                    (delivery, cursor)
                })
            })
        })
    }

    /// One delivery.
    pub fn delivery(&self, id: Id) -> Result<Option<DeliveryRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&format!("{DELIVERY} WHERE id = ?1"), &params![id])?;
            rows.first().map(delivery).transpose()
        })
    }

    /// Events, newest first, of one state or all, of one record or all.
    pub fn events(
        &self,
        state: Option<&str>,
        record: Option<Id>,
        page: &Page,
    ) -> Result<Listed<EventRow>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.state(&EVENTS, state);
            list.add_some("record_id = ?", record);
            list.after_number("seq", page);
            list.list(tx, (EVENT, "seq DESC"), page, |row| {
                event(row).map(|event| {
                    let cursor = event.seq.to_string();
                    (event, cursor)
                })
            })
        })
    }

    /// The events that one arrival, event, job or request raised, in their order, at most `limit`.
    pub fn events_caused_by(&self, cause: Id, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(
                &format!("{EVENT} WHERE cause_id = ?1 ORDER BY seq LIMIT ?2"),
                &params![cause, i64::from(limit)],
            )?;
            rows.iter().map(event).collect()
        })
    }

    /// One event as lists show it; [`Store::event`] reads it whole.
    pub fn event_row(&self, id: Id) -> Result<Option<EventRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&format!("{EVENT} WHERE id = ?1"), &params![id])?;
            rows.first().map(event).transpose()
        })
    }

    /// What raised an event.
    pub fn cause_of_event(&self, id: Id) -> Result<Option<(CauseKind, Id)>, StoreError> {
        self.read(|tx| {
            let rows = tx.query("SELECT cause_kind, cause_id FROM event WHERE id = ?1", &params![id])?;
            let Some(row) = rows.first() else { return Ok(None) };
            Ok(Some((row.word(0, CauseKind::from_word)?, row.id(1)?)))
        })
    }

    /// The runs of a scheduled job, the last due one first.
    pub(crate) fn runs_page<T>(
        &self,
        select: &str,
        job: Id,
        page: &Page,
        read: impl Fn(&Row) -> Result<(T, String), StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.add("scheduled_job = ?", job);
            list.after_moment(("due_at", "id"), page);
            list.list(tx, (select, "due_at DESC, id DESC"), page, &read)
        })
    }

    /// Jobs, newest first.
    pub fn jobs(&self, state: Option<&str>, page: &Page) -> Result<Listed<JobRow>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.state(&JOBS, state);
            list.after_moment(("created_at", "id"), page);
            list.list(tx, (JOB, "created_at DESC, id DESC"), page, |row| {
                let job = job(row)?;
                let cursor = format!("{}.{}", job.created_at.micros(), job.id);
                Ok((job, cursor))
            })
        })
    }
}
