//! What hangs on records: their feed and files; traces by unit of work; and what needs attention.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{ActivityKind, Actor, Why};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::trace::Trace;

use super::{Filter, Listed, Page, record, why};
use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::{Row, Tx};

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its place.
    pub seq: i64,
    /// Its identity.
    pub id: Id,
    /// The record.
    pub record: RecordKey,
    /// What it is.
    pub kind: ActivityKind,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Its text.
    pub text: String,
    /// The mail it came with or stands for.
    pub email: Option<Id>,
    /// A mark that people see beside it.
    pub mark: Option<String>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Its identity.
    pub id: Id,
    /// The record.
    pub record: Option<RecordKey>,
    /// The mail it came with.
    pub email: Option<Id>,
    /// Its name.
    pub file_name: Option<String>,
    /// Its media type.
    pub media_type: String,
    /// The Content-ID, without angle brackets.
    pub content_id: Option<String>,
    /// Under which its bytes are stored.
    pub digest: String,
    /// Its size in bytes.
    pub size: i64,
    /// Why it is only on the mail.
    pub left_out: Option<Why>,
    /// When it came.
    pub created_at: Timestamp,
    /// Who brought it, where it is known.
    pub created_by: Option<Id>,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionRow {
    /// Its identity.
    pub id: Id,
    /// What it is about: `email`, `arrival`, `event`, `delivery`, `job`, `account`.
    pub subject: String,
    /// Which of these.
    pub subject_id: Id,
    /// Why.
    pub why: Why,
    /// When.
    pub at: Timestamp,
    /// When somebody looked at it, and who.
    pub cleared: Option<(Timestamp, String)>,
    /// Why they cleared it, where they said so.
    pub because: Option<String>,
}

/// Which entries of what needs attention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttentionFilter {
    /// Those that somebody has cleared, or those that are open; all where nothing is said.
    pub cleared: Option<bool>,
    /// What they are about.
    pub subject: Option<String>,
    /// The code of their reason.
    pub code: Option<String>,
}

const ATTACHMENT: &str = "SELECT id, record_table, record_id, email, file_name, media_type, content_id, digest, size, \
                          left_out_code, left_out_text, created_at, created_by FROM attachment";

pub(super) const ACTIVITY: &str = "SELECT seq, id, record_table, record_id, kind, at, actor_user, actor_label, body, email, mark FROM activity";

pub(super) fn activity(row: &Row) -> Result<ActivityRow, StoreError> {
    Ok(ActivityRow {
        seq: row.int(0)?,
        id: row.id(1)?,
        record: RecordKey { table: row.text(2)?, id: row.id(3)? },
        kind: row.word(4, ActivityKind::from_word)?,
        at: row.time(5)?,
        actor: Actor { user: row.opt_id(6)?, label: row.text(7)? },
        text: row.opt_text(8)?.unwrap_or_default(),
        email: row.opt_id(9)?,
        mark: row.opt_text(10)?,
    })
}

fn attachment(row: &Row) -> Result<AttachmentRow, StoreError> {
    Ok(AttachmentRow {
        id: row.id(0)?,
        record: record(row, 1)?,
        email: row.opt_id(3)?,
        file_name: row.opt_text(4)?,
        media_type: row.text(5)?,
        content_id: row.opt_text(6)?,
        digest: row.text(7)?,
        size: row.int(8)?,
        left_out: why(row, 9)?,
        created_at: row.time(11)?,
        created_by: row.opt_id(12)?,
    })
}

pub(super) fn attachments_of_email(tx: &mut dyn Tx, email: Id) -> Result<Vec<AttachmentRow>, StoreError> {
    let rows = tx.query(&format!("{ATTACHMENT} WHERE email = ?1 ORDER BY id"), &params![email])?;
    rows.iter().map(attachment).collect()
}

const ATTENTION: &str = "SELECT id, subject, subject_id, code, reason, at, cleared_at, cleared_by, cleared_because \
                         FROM attention";

fn attention(row: &Row) -> Result<AttentionRow, StoreError> {
    Ok(AttentionRow {
        id: row.id(0)?,
        subject: row.text(1)?,
        subject_id: row.id(2)?,
        why: Why { code: row.text(3)?, text: row.text(4)? },
        at: row.time(5)?,
        cleared: row.opt_time(6)?.zip(row.opt_text(7)?),
        because: row.opt_text(8)?,
    })
}

impl Store {
    /// The files of a record, oldest first.
    pub fn attachments(&self, record: Id) -> Result<Vec<AttachmentRow>, StoreError> {
        self.read(|tx| {
            let sql = format!("{ATTACHMENT} WHERE record_id = ?1 ORDER BY created_at, id");
            tx.query(&sql, &params![record])?.iter().map(attachment).collect()
        })
    }

    /// One file.
    pub fn attachment(&self, id: Id) -> Result<Option<AttachmentRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&format!("{ATTACHMENT} WHERE id = ?1"), &params![id])?;
            rows.first().map(attachment).transpose()
        })
    }

    /// The reasons of a unit of work: one trace, or one for each step of a job in the order of their times.
    pub fn traces(&self, unit: Id) -> Result<Vec<Trace>, StoreError> {
        self.read(|tx| {
            let rows = tx.query("SELECT facts FROM trace WHERE id = ?1 ORDER BY at, step", &params![unit])?;
            rows.iter().map(|row| Ok(row.json(0)?)).collect()
        })
    }

    /// What needs attention, newest first: what is open, or everything.
    pub fn attention(&self, open: bool, page: &Page) -> Result<Listed<AttentionRow>, StoreError> {
        let filter = AttentionFilter { cleared: open.then_some(false), ..AttentionFilter::default() };
        self.attention_where(&filter, page)
    }

    /// What needs or needed attention and fits a filter, newest first.
    pub fn attention_where(
        &self,
        filter: &AttentionFilter,
        page: &Page,
    ) -> Result<Listed<AttentionRow>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            if let Some(cleared) = filter.cleared {
                let clause = if cleared { "cleared_at IS NOT NULL" } else { "cleared_at IS NULL" };
                list.clauses.push(clause.to_owned());
            }
            list.add_some("subject = ?", filter.subject.as_deref());
            list.add_some("code = ?", filter.code.as_deref());
            list.after_moment(("at", "id"), page);
            list.list(tx, (ATTENTION, "at DESC, id DESC"), page, |row| {
                let entry = attention(row)?;
                let cursor = format!("{}.{}", entry.at.micros(), entry.id);
                Ok((entry, cursor))
            })
        })
    }

    /// What needs or needed attention about these things, oldest first; what was cleared says by whom.
    pub fn attention_of(&self, subjects: &[Id]) -> Result<Vec<AttentionRow>, StoreError> {
        self.read(|tx| {
            let mut all = Vec::new();
            for id in subjects {
                let sql = format!("{ATTENTION} WHERE subject_id = ?1 ORDER BY at, id");
                for row in tx.query(&sql, &params![*id])? {
                    all.push(attention(&row)?);
                }
            }
            Ok(all)
        })
    }

    /// One entry of what needs or needed attention.
    pub fn attention_entry(&self, id: Id) -> Result<Option<AttentionRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&format!("{ATTENTION} WHERE id = ?1"), &params![id])?;
            rows.first().map(attention).transpose()
        })
    }
}
