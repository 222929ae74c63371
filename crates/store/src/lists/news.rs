//! What was applied since a moment, for those who look on: changes of records, mails, deliveries, what needs attention.
//!
//! Each by an index that is there already, and bounded. Must not be a source for decisions: what is committed late may
//! be seen late.

use rejoinder_engine::id::Id;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;

/// One change of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeNews {
    /// The record.
    pub record: RecordKey,
    /// Its version since then.
    pub version: i64,
    /// `insert`, `update` or `delete`.
    pub operation: String,
    /// When it was decided.
    pub at: Timestamp,
}

/// One mail, delivery or trouble, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateNews {
    /// Its id.
    pub id: Id,
    /// Its state.
    pub state: String,
    /// What it belongs to: the direction of a mail, the mail of a delivery, the subject of a trouble.
    pub of: String,
}

impl Store {
    /// Changes of records since a moment, oldest first.
    pub fn changes_since(&self, since: Timestamp, rows: u32) -> Result<Vec<ChangeNews>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT record_table, record_id, sequence, operation, at FROM change WHERE at >= ?1 \
                       ORDER BY at, record_id, sequence LIMIT ?2";
            let found = tx.query(sql, &params![since, i64::from(rows)])?;
            let news = found.iter().map(|row| {
                Ok(ChangeNews {
                    record: RecordKey { table: row.text(0)?, id: row.id(1)? },
                    version: row.int(2)?,
                    operation: row.text(3)?,
                    at: row.time(4)?,
                })
            });
            news.collect()
        })
    }

    /// Mails that came into being since a moment, oldest first.
    pub fn emails_since(&self, since: Timestamp, rows: u32) -> Result<Vec<StateNews>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT id, state, direction FROM email WHERE direction IN ('incoming', 'outgoing') AND created_at >= ?1 \
                       ORDER BY created_at, id LIMIT ?2";
            let found = tx.query(sql, &params![since, i64::from(rows)])?;
            found.iter().map(state_news).collect()
        })
    }

    /// The newest deliveries, and these.
    pub fn deliveries_now(&self, newest: u32, these: &[Id]) -> Result<Vec<StateNews>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT id, state, email FROM delivery ORDER BY seq DESC LIMIT ?1";
            let mut news: Vec<StateNews> = tx
                .query(sql, &params![i64::from(newest)])?
                .iter()
                .rev()
                .map(state_news)
                .collect::<Result<_, StoreError>>()?;
            for id in these {
                let sql = "SELECT id, state, email FROM delivery WHERE id = ?1";
                for row in tx.query(sql, &params![*id])? {
                    news.push(state_news(&row)?);
                }
            }
            Ok(news)
        })
    }

    /// The newest troubles that are open.
    pub fn attention_now(&self, newest: u32) -> Result<Vec<StateNews>, StoreError> {
        self.read(|tx| {
            let sql =
                "SELECT id, code, subject FROM attention WHERE cleared_at IS NULL ORDER BY at DESC LIMIT ?1";
            tx.query(sql, &params![i64::from(newest)])?.iter().map(state_news).collect()
        })
    }
}

fn state_news(row: &crate::tx::Row) -> Result<StateNews, StoreError> {
    Ok(StateNews { id: row.id(0)?, state: row.text(1)?, of: row.text(2)? })
}
