//! What a person should look at: raised once per trouble, cleared by a person, raised anew when it comes back.
//!
//! Must not decide what is worth attention: plans and queues do.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Attention, Why};
use rejoinder_engine::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::Statement;

/// The row of one trouble. Its identity is derived from what it is about, so that it is raised once while it is
/// open; after a person cleared it, the next occurrence opens it again.
pub(crate) fn raise(subject: &str, subject_id: Id, why: &Why, at: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO attention (id, subject, subject_id, code, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, reason = excluded.reason, cleared_at = NULL, \
         cleared_by = NULL, cleared_because = NULL WHERE attention.cleared_at IS NOT NULL",
        params![identity(subject, subject_id, &why.code), subject, subject_id, &why.code, &why.text, at],
    )
}

/// The row that a plan asks for: once per identity, whether or not a person cleared it.
pub(crate) fn once(attention: &Attention, at: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO attention (id, subject, subject_id, code, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (id) DO NOTHING",
        params![
            attention.id,
            &attention.subject,
            attention.subject_id,
            &attention.why.code,
            &attention.why.text,
            at
        ],
    )
}

/// Clears what is open about one subject, because it was tried again or done with.
pub(crate) fn clear_subject(subject: &str, subject_id: Id, by: &str, at: Timestamp) -> Statement {
    Statement::new(
        "UPDATE attention SET cleared_at = ?3, cleared_by = ?4 \
         WHERE subject = ?1 AND subject_id = ?2 AND cleared_at IS NULL",
        params![subject, subject_id, at, by],
    )
}

fn identity(subject: &str, subject_id: Id, code: &str) -> String {
    let mut hash = Sha256::new();
    for part in [subject.as_bytes(), b"\0", &subject_id.bytes(), b"\0", code.as_bytes()] {
        hash.update(part);
    }
    data_encoding::HEXLOWER.encode(hash.finalize().get(..16).unwrap_or_default())
}

impl Store {
    /// Raises attention for something that no plan speaks of, such as an account that cannot sign in. Once while
    /// it is open; the next occurrence after a person cleared it opens it again.
    pub fn raise_attention(
        &self,
        subject: &str,
        subject_id: Id,
        why: &Why,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = raise(subject, subject_id, why, at);
        self.write(move |tx| Ok::<(), StoreError>(tx.batch(std::slice::from_ref(&statement))?))
    }

    /// Clears what is open about a subject and has a code that begins with `codes`, because the trouble is over.
    pub fn clear_attention_of(
        &self,
        subject: &str,
        subject_id: Id,
        codes: &str,
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let open = self.read(|tx| {
            let sql = "SELECT 1 FROM attention WHERE cleared_at IS NULL AND subject = ?1 AND subject_id = ?2";
            Ok::<_, StoreError>(!tx.query(sql, &params![subject, subject_id])?.is_empty())
        })?;
        if !open {
            return Ok(());
        }
        let (subject, codes, by) = (subject.to_owned(), codes.to_owned(), by.to_owned());
        self.write(move |tx| {
            tx.execute(
                "UPDATE attention SET cleared_at = ?4, cleared_by = ?5 WHERE subject = ?1 AND subject_id = ?2 \
                 AND substr(code, 1, length(CAST(?3 AS TEXT))) = ?3 AND cleared_at IS NULL",
                &params![&subject, subject_id, &codes, at, &by],
            )?;
            Ok::<(), StoreError>(())
        })
    }

    /// Marks one entry as looked at. Whether it was open.
    pub fn clear_attention(&self, id: Id, by: &str, at: Timestamp) -> Result<bool, StoreError> {
        self.clear_attention_because(id, by, None, at)
    }

    /// Marks one entry as looked at, with the reason that somebody gave. Whether it was open.
    pub fn clear_attention_because(
        &self,
        id: Id,
        by: &str,
        because: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (by, because) = (by.to_owned(), because.map(str::to_owned));
        self.write(move |tx| {
            let cleared = tx.execute(
                "UPDATE attention SET cleared_at = ?2, cleared_by = ?3, cleared_because = ?4 \
                 WHERE id = ?1 AND cleared_at IS NULL",
                &params![id, at, &by, because.as_deref()],
            )?;
            Ok::<bool, StoreError>(cleared == 1)
        })
    }
}
