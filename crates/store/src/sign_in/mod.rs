//! Sessions of people, and the record of who signed in, out, or failed to.
//!
//! A session is kept under the digest of its token, which nobody but the browser knows. Must not know passwords, nor
//! decide who may sign in: [`throttle`] counts, by numbers that it is given.

mod throttle;
mod tokens;

use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;

pub use throttle::{Attempts, Throttle};

use crate::db::Store;
use crate::error::StoreError;
use crate::lists::{Filter, Listed, Page};
use crate::row::params;
use crate::tx::{Row, Statement};

/// A session to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The digest of its token.
    pub digest: String,
    /// Whose it is.
    pub user: Id,
    /// Of the password that it began with.
    pub mark: String,
    /// Now.
    pub at: Timestamp,
    /// Sessions that began before are over, whoever's they are: their rows are removed.
    pub over: Timestamp,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Whose it is.
    pub user: Id,
    /// Of the password that it began with.
    pub mark: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, as far as that was noted.
    pub seen_at: Timestamp,
}

/// What happened to somebody's way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInKind {
    /// Signed in.
    SignedIn,
    /// Wrong password, unknown login, or a user who may not.
    Failed,
    /// Signed out.
    SignedOut,
    /// The password was set or changed.
    PasswordChanged,
}

impl SignInKind {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Failed => "failed",
            Self::SignedOut => "signed_out",
            Self::PasswordChanged => "password_changed",
        }
    }

    /// The kind of the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::SignedIn, Self::Failed, Self::SignedOut, Self::PasswordChanged]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInNote {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: SignInKind,
    /// About whom, where that is known.
    pub user: Option<Id>,
    /// The login that was given.
    pub login: Option<String>,
    /// The address of the client.
    pub address: Option<String>,
    /// Who did it, where that is somebody else.
    pub actor: Option<String>,
}

impl SignInNote {
    fn statement(&self) -> Statement {
        Statement::new(
            "INSERT INTO sign_in (id, at, kind, user_id, login, address, actor_label) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.id,
                self.at,
                self.kind.word(),
                self.user,
                self.login.as_deref(),
                self.address.as_deref(),
                self.actor.as_deref()
            ],
        )
        .rows(1)
    }
}

/// One entry of the record of sign-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// What was recorded.
    pub note: SignInNote,
    seq: i64,
}

impl Store {
    /// Begins a session and records that.
    pub fn begin_session(&self, new: &NewSession, note: &SignInNote) -> Result<(), StoreError> {
        let statements = [
            Statement::new("DELETE FROM session WHERE created_at < ?1", params![new.over]),
            Statement::new(
                "INSERT INTO session (digest, user_id, mark, created_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?4)",
                params![&new.digest, new.user, &new.mark, new.at],
            )
            .rows(1),
            note.statement(),
        ];
        self.write_committed(move |tx| Ok::<(), StoreError>(tx.batch(&statements)?))
    }

    /// The session whose token has this digest.
    pub fn session(&self, digest: &str) -> Result<Option<SessionRow>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT user_id, mark, created_at, seen_at FROM session WHERE digest = ?1";
            let rows = tx.query(sql, &params![digest])?;
            rows.first().map(session).transpose()
        })
    }

    /// Notes that a session is in use.
    pub fn session_seen(&self, digest: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE session SET seen_at = ?2 WHERE digest = ?1 AND seen_at < ?2";
        let seen = Statement::new(sql, params![digest, at]);
        self.write_committed(move |tx| Ok::<(), StoreError>(tx.batch(std::slice::from_ref(&seen))?))
    }

    /// Has a session go on under another password; all others of its user have the old mark and are over.
    pub fn session_marked(&self, digest: &str, mark: &str) -> Result<(), StoreError> {
        let marked = Statement::new("UPDATE session SET mark = ?2 WHERE digest = ?1", params![digest, mark]);
        self.write_committed(move |tx| Ok::<(), StoreError>(tx.batch(std::slice::from_ref(&marked))?))
    }

    /// Ends a session, and records that where there is something to record.
    pub fn end_session(&self, digest: &str, note: Option<&SignInNote>) -> Result<(), StoreError> {
        let mut statements = vec![Statement::new("DELETE FROM session WHERE digest = ?1", params![digest])];
        statements.extend(note.map(SignInNote::statement));
        self.write_committed(move |tx| Ok::<(), StoreError>(tx.batch(&statements)?))
    }

    /// Records what happened to somebody's way in.
    pub fn note_sign_in(&self, note: &SignInNote) -> Result<(), StoreError> {
        let statement = note.statement();
        self.write_committed(move |tx| Ok::<(), StoreError>(tx.batch(std::slice::from_ref(&statement))?))
    }

    /// The record of sign-ins, newest first.
    pub fn sign_ins(
        &self,
        kind: Option<SignInKind>,
        user: Option<Id>,
        page: &Page,
    ) -> Result<Listed<SignInRow>, StoreError> {
        self.read(|tx| {
            let mut filter = Filter::default();
            filter.add_some("kind = ?", kind.map(SignInKind::word));
            filter.add_some("user_id = ?", user);
            filter.after_number("seq", page);
            let select = "SELECT seq, id, at, kind, user_id, login, address, actor_label FROM sign_in";
            filter.list(tx, (select, "seq DESC"), page, |row| {
                let row = noted(row)?;
                let cursor = row.seq.to_string();
                Ok((row, cursor))
            })
        })
    }
}

fn session(row: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow { user: row.id(0)?, mark: row.text(1)?, created_at: row.time(2)?, seen_at: row.time(3)? })
}

fn noted(row: &Row) -> Result<SignInRow, StoreError> {
    let note = SignInNote {
        id: row.id(1)?,
        at: row.time(2)?,
        kind: row.word(3, SignInKind::from_word)?,
        user: row.opt_id(4)?,
        login: row.opt_text(5)?,
        address: row.opt_text(6)?,
        actor: row.opt_text(7)?,
    };
    Ok(SignInRow { note, seq: row.int(0)? })
}

/// What ends every session of a user.
pub(crate) fn end_all(user: Id) -> Statement {
    Statement::new("DELETE FROM session WHERE user_id = ?1", params![user])
}
