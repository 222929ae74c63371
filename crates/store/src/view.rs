//! What decisions read: the engine's view, over a snapshot ([`Snapshot`]) and inside a transaction ([`TxView`]).
//!
//! Both run the same code, so that apply checks a guard by reading exactly as the decision did. Reads of mail are
//! in [`mail`]. Must not write.

mod files;
mod mail;
mod named;

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rejoinder_engine::id::Id;
use rejoinder_engine::limits::QUERY_ROWS_MAX;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::{
    CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError,
};

use crate::condition::{matching, ordering};
use crate::db::{Db, Store};
use crate::error::{DbError, StoreError};
use crate::limits::SNAPSHOT_MS_MAX;
use crate::postgres::PgTx;
use crate::record::read;
use crate::schema::{Root, Schema};
use crate::sqlite::Reader;
use crate::tx::{Question, Row, Tx};

/// A moment after everything.
const NOW: Timestamp = Timestamp::from_micros(i64::MAX);

/// The engine's view inside a transaction.
pub struct TxView<'a> {
    tx: RefCell<&'a mut dyn Tx>,
    schema: &'a Schema,
    /// Mail that is younger is not seen.
    until: Timestamp,
}

impl<'a> TxView<'a> {
    /// A view of what `tx` sees.
    pub fn new(tx: &'a mut dyn Tx, schema: &'a Schema) -> Self {
        Self::until(tx, schema, NOW)
    }

    /// The same without mail after `until`; records are as `tx` sees them.
    pub(crate) fn until(tx: &'a mut dyn Tx, schema: &'a Schema, until: Timestamp) -> Self {
        Self { tx: RefCell::new(tx), schema, until }
    }

    fn known(&self, table: &str) -> Result<(), ViewError> {
        self.schema.table(table).map(|_| ()).ok_or_else(|| ViewError::NoTable(table.to_owned()))
    }

    /// Reads mail as of `until`.
    fn mail<T>(
        &self,
        read: impl FnOnce(&mut dyn Tx, Timestamp) -> Result<T, DbError>,
    ) -> Result<T, ViewError> {
        read(&mut **self.tx.borrow_mut(), self.until).map_err(unread)
    }
}

/// One record, by its table or one that it extends.
pub(crate) fn get(
    tx: &mut dyn Tx,
    schema: &Schema,
    table: &str,
    id: Id,
) -> Result<Option<Record>, StoreError> {
    let root = root(schema, table)?;
    let rows = tx.query(&root.select_one, &[id.into()])?;
    let record = rows.into_iter().next().map(|row| read(root, row)).transpose()?;
    Ok(record.filter(|record| schema.is_a(&record.table, table)))
}

/// What asks for the version of a record of a root table. Cheaper than reading the record.
pub(crate) fn version_asked<'a>(schema: &'a Schema, table: &str, id: Id) -> Result<Question<'a>, StoreError> {
    Ok((root(schema, table)?.select_version.as_str().into(), vec![id.into()]))
}

/// The version that the answer to [`version_asked`] says; 0 where there is no such record.
pub(crate) fn version_in(rows: &[Row]) -> Result<i64, DbError> {
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// The records that fulfil a query, at most [`QUERY_ROWS_MAX`].
pub(crate) fn query(tx: &mut dyn Tx, schema: &Schema, query: &Query) -> Result<Vec<Record>, StoreError> {
    query_up_to(tx, schema, query, query.limit.min(QUERY_ROWS_MAX))
}

/// The same with a limit of its own.
pub(crate) fn query_up_to(
    tx: &mut dyn Tx,
    schema: &Schema,
    query: &Query,
    limit: u32,
) -> Result<Vec<Record>, StoreError> {
    let root = root(schema, &query.table)?;
    let mut params = Vec::new();
    let matching = matching(tx.dialect(), schema, &query.table, &query.condition, &mut params)
        .map_err(StoreError::BadCondition)?;
    let mut behind = String::new();
    if let Some(after) = query.after {
        params.push(after.into());
        behind = format!(" AND r.sys__id > ?{}", params.len());
    }
    params.push(i64::from(limit).into());
    let (order, place) = (ordering(root, &query.order), params.len());
    let sql = format!("{}{matching}{behind}{order} LIMIT ?{place}", root.select);
    tx.query(&sql, &params)?.into_iter().map(|row| read(root, row)).collect()
}

/// How often rows of the root of `table` were written.
pub(crate) fn table_counter(tx: &mut dyn Tx, schema: &Schema, table: &str) -> Result<i64, StoreError> {
    let info = schema.table(table).ok_or_else(|| StoreError::NoSuchField(table.to_owned()))?;
    let sql = "SELECT CAST(COALESCE(SUM(counter), 0) AS BIGINT) FROM table_counter WHERE root = ?1";
    let rows = tx.query(sql, &[info.root.as_str().into()])?;
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))?)
}

fn root<'a>(schema: &'a Schema, table: &str) -> Result<&'a Root, StoreError> {
    schema.root_of(table).ok_or_else(|| StoreError::NoSuchField(table.to_owned()))
}

/// What a decision hears of an error of the database: its chain in one line, without values.
pub(crate) fn unread(error: impl Into<StoreError>) -> ViewError {
    let error = error.into();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(below) = cause {
        text.push_str(": ");
        text.push_str(&below.to_string());
        cause = below.source();
    }
    ViewError::Database(text)
}

impl View for TxView<'_> {
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        self.known(table)?;
        get(&mut **self.tx.borrow_mut(), self.schema, table, id).map_err(unread)
    }

    fn query(&self, asked: &Query) -> Result<Vec<Record>, ViewError> {
        self.known(&asked.table)?;
        query(&mut **self.tx.borrow_mut(), self.schema, asked).map_err(unread)
    }

    fn table_counter(&self, table: &str) -> Result<i64, ViewError> {
        self.known(table)?;
        table_counter(&mut **self.tx.borrow_mut(), self.schema, table).map_err(unread)
    }

    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError> {
        self.mail(|tx, until| mail::known_mail(tx, message_id, until))
    }

    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError> {
        self.mail(|tx, until| mail::same_mail(tx, dedupe_key, until))
    }

    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError> {
        self.mail(|tx, until| mail::thread(tx, record.id, address, until))
    }

    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError> {
        self.mail(|tx, until| mail::was_mailed(tx, record.id, address, until))
    }

    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.mail(|tx, until| mail::answers(tx, account, address, since, until))
    }

    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.mail(|tx, until| mail::mails(tx, record.id, address, since, until))
    }

    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError> {
        self.mail(|tx, until| mail::attachment_digests(tx, record.id, until))
    }

    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        self.mail(|tx, until| files::of_record(tx, record.id, until))
    }

    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError> {
        self.mail(|tx, until| files::one(tx, id, until))
    }

    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError> {
        self.mail(|tx, _| files::bytes(tx, digest))
    }

    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        self.mail(|tx, until| mail::deliveries(tx, message_id, until))
    }

    fn comments(
        &self,
        record: &RecordKey,
        internal: bool,
        limit: u32,
    ) -> Result<Vec<CommentText>, ViewError> {
        self.mail(|tx, until| mail::comments(tx, record.id, internal, limit, until))
    }
}

/// One moment of the database for one decision.
///
/// PostgreSQL keeps the moment as long as the snapshot lives. SQLite takes a newer one after
/// [`SNAPSHOT_MS_MAX`]; what was read before is checked by the plan's guards.
pub struct Snapshot {
    tx: RefCell<Reading>,
    schema: Arc<Schema>,
    generation: i64,
    until: Timestamp,
}

enum Reading {
    /// With the time since when its moment is kept; `None` for one that is kept as long as it is read.
    Sqlite {
        reader: Reader,
        since: Option<Instant>,
    },
    Postgres(PgTx),
}

impl Store {
    /// A view of the records and mails of this moment.
    pub fn view(&self) -> Result<Snapshot, StoreError> {
        self.view_until(NOW, Some(now()))
    }

    /// A view without mail after `until`, whose moment does not move: the past is worked out against it.
    pub(crate) fn view_of_past(&self, until: Timestamp) -> Result<Snapshot, StoreError> {
        self.view_until(until, None)
    }

    /// The records as they are, without mail after `until`: a mail that came later is decided on as a new one.
    pub fn view_without_mail(&self, until: Timestamp) -> Result<Snapshot, StoreError> {
        self.view_of_past(until)
    }

    fn view_until(&self, until: Timestamp, since: Option<Instant>) -> Result<Snapshot, StoreError> {
        let mut reading = match self.db() {
            Db::Sqlite(sqlite) => Reading::Sqlite { reader: sqlite.reader()?, since },
            Db::Postgres(postgres) => {
                Reading::Postgres(postgres.begin(crate::postgres::Isolation::Snapshot)?)
            }
        };
        // Another node may have defined a table that records of this snapshot already belong to.
        let mut schema = self.dictionary();
        let (generation, dictionary) = crate::config::generations(reading.tx()?)?;
        if dictionary != schema.generation {
            self.reload_dictionary()?;
            schema = self.dictionary();
        }
        Ok(Snapshot { tx: RefCell::new(reading), schema, generation, until })
    }
}

#[expect(clippy::disallowed_methods, reason = "bounds how long a read transaction lasts, decides nothing")]
fn now() -> Instant {
    Instant::now()
}

impl Reading {
    fn tx(&mut self) -> Result<&mut dyn Tx, DbError> {
        match self {
            Self::Sqlite { reader, since } => {
                let most = Duration::from_millis(SNAPSHOT_MS_MAX);
                if since.is_some_and(|since| now().duration_since(since) > most) {
                    reader.renew()?;
                    *since = Some(now());
                }
                Ok(reader)
            }
            Self::Postgres(tx) => Ok(tx),
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Reading::Postgres(tx) = self.tx.get_mut()
            && let Err(error) = tx.rollback()
        {
            tracing::debug!(%error, "a read transaction of PostgreSQL did not end");
        }
    }
}

impl Snapshot {
    /// The dictionary that the records follow.
    pub const fn dictionary(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The configuration generation of the moment at which it was taken.
    pub const fn generation(&self) -> i64 {
        self.generation
    }

    pub(crate) fn with<T>(
        &self,
        read: impl FnOnce(&TxView<'_>) -> Result<T, ViewError>,
    ) -> Result<T, ViewError> {
        let mut reading = self.tx.borrow_mut();
        let tx = reading.tx().map_err(unread)?;
        read(&TxView::until(tx, &self.schema, self.until))
    }

    pub(crate) fn with_tx<T>(
        &self,
        read: impl FnOnce(&mut dyn Tx, &Schema) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(self.tx.borrow_mut().tx()?, &self.schema)
    }
}

impl View for Snapshot {
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        self.with(|view| view.get(table, id))
    }

    fn query(&self, query: &Query) -> Result<Vec<Record>, ViewError> {
        self.with(|view| view.query(query))
    }

    fn table_counter(&self, table: &str) -> Result<i64, ViewError> {
        self.with(|view| view.table_counter(table))
    }

    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError> {
        self.with(|view| view.known_mail(message_id))
    }

    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError> {
        self.with(|view| view.same_mail(dedupe_key))
    }

    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError> {
        self.with(|view| view.thread(record, address))
    }

    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError> {
        self.with(|view| view.was_mailed(record, address))
    }

    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.with(|view| view.answers_since(account, address, since))
    }

    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.with(|view| view.mails_since(record, address, since))
    }

    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError> {
        self.with(|view| view.attachment_digests(record))
    }

    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        self.with(|view| view.files(record))
    }

    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError> {
        self.with(|view| view.file(id))
    }

    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError> {
        self.with(|view| view.file_bytes(digest))
    }

    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        self.with(|view| view.deliveries(message_id))
    }

    fn comments(
        &self,
        record: &RecordKey,
        internal: bool,
        limit: u32,
    ) -> Result<Vec<CommentText>, ViewError> {
        self.with(|view| view.comments(record, internal, limit))
    }
}
