//! Requests with an idempotency key: which are under way, and what was answered.
//!
//! A key gets the identity of its request before anything is done, durably; whoever does the work does it under that
//! identity, so that a repeat after a crash collides with it (`request`). Answers come encrypted: must not read them.

use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::Tx;

/// A request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// The key, together with whose it is.
    pub key: String,
    /// What tells this request from others.
    pub fingerprint: String,
    /// The identity for it, where it has none yet.
    pub request: Id,
    /// Now.
    pub now: Timestamp,
    /// Until when nobody else may try the same.
    pub lease_until: Timestamp,
    /// Who tries.
    pub by: String,
    /// Keys from before are forgotten.
    pub forgotten: Timestamp,
}

/// What is known of a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing, or only that it was tried: it is to be done under this identity.
    ToDo(Id),
    /// Somebody does it now.
    UnderWay,
    /// It was answered.
    Answered {
        /// The identity under which it was done.
        request: Id,
        /// The status.
        status: i64,
        /// The rest of the answer, encrypted.
        answer: String,
    },
    /// The key belongs to another request.
    Another,
}

impl Store {
    /// Looks a request up, and marks it as under way where it is to be done.
    pub fn begin_request(&self, asked: &KeyedRequest) -> Result<Known, StoreError> {
        let asked = asked.clone();
        self.write_committed(move |tx| {
            tx.execute("DELETE FROM idempotency WHERE at < ?1", &params![asked.forgotten])?;
            let inserted = tx.execute(
                "INSERT INTO idempotency (request_key, request, fingerprint, at, lease_until, lease_by) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (request_key) DO NOTHING",
                &params![
                    &asked.key,
                    asked.request,
                    &asked.fingerprint,
                    asked.now,
                    asked.lease_until,
                    &asked.by
                ],
            )?;
            if inserted == 1 { Ok(Known::ToDo(asked.request)) } else { known(tx, &asked) }
        })
    }

    /// Keeps the answer, if the request is still this one's to do.
    pub fn answer_request(&self, request: Id, by: &str, status: i64, answer: &str) -> Result<(), StoreError> {
        let (by, answer) = (by.to_owned(), answer.to_owned());
        self.write_committed(move |tx| {
            tx.execute(
                "UPDATE idempotency SET status = ?3, answer = ?4 \
                 WHERE request = ?1 AND lease_by = ?2 AND status IS NULL",
                &params![request, &by, status, &answer],
            )?;
            Ok::<(), StoreError>(())
        })
    }

    /// Ends a try that has no answer to keep. Where nothing was done the key is `free` for any request; else for
    /// another try of the same.
    pub fn give_up_request(&self, request: Id, by: &str, free: bool) -> Result<(), StoreError> {
        let by = by.to_owned();
        let sql = if free {
            "DELETE FROM idempotency WHERE request = ?1 AND lease_by = ?2 AND status IS NULL"
        } else {
            "UPDATE idempotency SET lease_until = 0 WHERE request = ?1 AND lease_by = ?2 AND status IS NULL"
        };
        self.write_committed(move |tx| {
            tx.execute(sql, &params![request, &by])?;
            Ok::<(), StoreError>(())
        })
    }
}

impl Store {
    /// As if every process had died between the effects of its requests and their answers. For tests.
    #[doc(hidden)]
    pub fn lose_answers(&self) -> Result<(), StoreError> {
        self.write_committed(|tx| {
            tx.execute("UPDATE idempotency SET status = NULL, answer = NULL, lease_until = 0", &[])?;
            Ok::<(), StoreError>(())
        })
    }
}

fn known(tx: &mut dyn Tx, asked: &KeyedRequest) -> Result<Known, StoreError> {
    let sql = format!(
        "SELECT request, fingerprint, lease_until, status, answer FROM idempotency WHERE request_key = ?1{}",
        tx.dialect().for_update()
    );
    let rows = tx.query(&sql, &params![&asked.key])?;
    // Given up between the two statements: the next try finds it free.
    let Some(row) = rows.first() else { return Ok(Known::UnderWay) };
    let request = row.id(0)?;
    if row.text(1)? != asked.fingerprint {
        return Ok(Known::Another);
    }
    if let Some((status, answer)) = row.opt_int(3)?.zip(row.opt_text(4)?) {
        return Ok(Known::Answered { request, status, answer });
    }
    if row.time(2)? > asked.now {
        return Ok(Known::UnderWay);
    }
    tx.execute(
        "UPDATE idempotency SET lease_until = ?2, lease_by = ?3 WHERE request_key = ?1",
        &params![&asked.key, asked.lease_until, &asked.by],
    )?;
    Ok(Known::ToDo(request))
}
