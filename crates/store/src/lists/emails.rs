//! Mails in both directions: their list, one of them with what hangs on it, and its bytes.

use std::collections::BTreeSet;

use rejoinder_engine::fold::fold;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{
    Authenticity, CauseKind, Class, Direction, EmailState, Protection, Purpose, Why,
};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;

use super::queues::{ArrivalRow, DeliveryRow};
use super::records::AttachmentRow;
use super::{Filter, Listed, PAGE_ROWS_MAX, Page, record, why};
use crate::blob;
use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::{Row, SqlValue, Tx};

/// One mail in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailRow {
    /// Its identity.
    pub id: Id,
    /// Received or sent.
    pub direction: Direction,
    /// How far it is.
    pub state: EmailState,
    /// Why.
    pub why: Option<Why>,
    /// The account that received or sends it.
    pub account: Id,
    /// What an outgoing mail is for.
    pub purpose: Option<Purpose>,
    /// What an incoming mail is.
    pub class: Option<Class>,
    /// Its Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// The sender's address.
    pub from: Option<String>,
    /// The recipients' addresses.
    pub to: Vec<String>,
    /// When it came or was planned.
    pub created_at: Timestamp,
    /// The record it is on.
    pub record: Option<RecordKey>,
    /// The rule or action that sends it.
    pub rule: Option<String>,
    /// The mail that stands for all of a fan-out.
    pub parent: Option<Id>,
}

/// What a list of mails is narrowed by; what is `None` does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmailFilter {
    /// Received or sent.
    pub direction: Option<Direction>,
    /// How far it is.
    pub state: Option<EmailState>,
    /// On this record, as its subject or mentioned.
    pub record: Option<Id>,
    /// From or to this address, without case.
    pub address: Option<String>,
    /// This text in subject, addresses or the beginning of the text, without case.
    pub text: Option<String>,
    /// The account.
    pub account: Option<Id>,
    /// The rule or action, by name.
    pub rule: Option<String>,
}

/// A record that a mail is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailLinkRow {
    /// The record.
    pub record: RecordKey,
    /// Whether the mail only mentions it.
    pub related: bool,
}

/// One mail with everything that hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailDetail {
    /// As in the list.
    pub row: EmailRow,
    /// What it answers.
    pub in_reply_to: Option<String>,
    /// The date it carries.
    pub date: Option<Timestamp>,
    /// The user it comes from.
    pub sender: Option<Id>,
    /// How far that is proven.
    pub authenticity: Option<Authenticity>,
    /// Whether it is signed or encrypted; none of mails that we wrote, and of old ones.
    pub protection: Option<Protection>,
    /// Why it is not answered automatically.
    pub do_not_answer: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// Its text without quotes and signature.
    pub new_text: Option<String>,
    /// What caused it, and the id under which its trace is kept.
    pub cause: (CauseKind, Id),
    /// Under which its bytes are stored.
    pub digest: Option<String>,
    /// The copies in which it came.
    pub arrivals: Vec<ArrivalRow>,
    /// Its recipients.
    pub deliveries: Vec<DeliveryRow>,
    /// The records it is on.
    pub links: Vec<EmailLinkRow>,
    /// Its files.
    pub attachments: Vec<AttachmentRow>,
}

pub(super) const COLUMNS: &str = "e.id, e.direction, e.state, e.reason_code, e.reason_text, e.account, e.purpose, e.class, \
    e.message_id, e.subject, e.sender_address, e.recipients, e.created_at, e.record_table, e.record_id, e.rule, \
    e.parent";

pub(super) fn read(row: &Row) -> Result<EmailRow, StoreError> {
    Ok(EmailRow {
        id: row.id(0)?,
        direction: row.word(1, Direction::from_word)?,
        state: row.word(2, EmailState::from_word)?,
        why: why(row, 3)?,
        account: row.id(5)?,
        purpose: row.opt_text(6)?.as_deref().and_then(Purpose::from_word),
        class: row.opt_text(7)?.as_deref().and_then(Class::from_word),
        message_id: row.opt_text(8)?,
        subject: row.opt_text(9)?,
        from: row.opt_text(10)?,
        to: row.json(11)?,
        created_at: row.time(12)?,
        record: record(row, 13)?,
        rule: row.opt_text(15)?,
        parent: row.opt_id(16)?,
    })
}

fn filtered(filter: &EmailFilter, tx: &dyn Tx) -> Filter {
    let mut list = Filter::default();
    list.add_some("e.direction = ?", filter.direction.map(Direction::word));
    list.add_some("e.state = ?", filter.state.map(EmailState::word));
    list.add_some("e.id IN (SELECT l.email FROM email_link l WHERE l.record_id = ?)", filter.record);
    // Two indexes, one for what came and one for what went: said with `OR`, every mail would be looked at.
    list.add_some(
        "e.id IN (SELECT s.id FROM email s WHERE s.sender_folded = ? \
         UNION SELECT d.email FROM delivery d WHERE d.address_folded = ?)",
        filter.address.as_deref().map(fold),
    );
    list.add_some(&tx.dialect().holds("e.search_folded", "?"), filter.text.as_deref().map(fold));
    list.add_some("e.account = ?", filter.account);
    list.add_some("e.rule = ?", filter.rule.as_ref());
    list
}

impl Store {
    /// Mails, newest first.
    pub fn emails(&self, filter: &EmailFilter, page: &Page) -> Result<Listed<EmailRow>, StoreError> {
        self.read(|tx| {
            let mut list = filtered(filter, tx);
            list.after_moment(("e.created_at", "e.id"), page);
            let select = format!("SELECT {COLUMNS} FROM email e");
            list.list(tx, (&select, "e.created_at DESC, e.id DESC"), page, |row| {
                let email = read(row)?;
                let cursor = format!("{}.{}", email.created_at.micros(), email.id);
                Ok((email, cursor))
            })
        })
    }

    /// The newest mails from and to an address, without case, the newest first: the beginnings of two indexes.
    pub fn newest_of_address(&self, address: &str, limit: u32) -> Result<Vec<EmailDetail>, StoreError> {
        const CAME: &str = "SELECT id, created_at FROM email WHERE sender_folded = ?1 \
             ORDER BY created_at DESC, id DESC LIMIT ?2";
        const WENT: &str = "SELECT email, created_at FROM delivery WHERE address_folded = ?1 \
             ORDER BY created_at DESC LIMIT ?2";
        self.read(|tx| {
            let params = || vec![SqlValue::from(fold(address)), i64::from(limit).into()];
            let mut newest = BTreeSet::new();
            for row in tx.queries(&[(CAME.into(), params()), (WENT.into(), params())])?.iter().flatten() {
                newest.insert((row.time(1)?, row.id(0)?));
            }
            let mut mails = Vec::new();
            for (_, id) in newest.iter().rev().take(limit as usize) {
                let rows = tx.query(&detail_sql("e.id = ?1"), &params![*id])?;
                mails.extend(rows.first().map(|row| detail(tx, row)).transpose()?);
            }
            Ok(mails)
        })
    }

    /// One mail with everything that hangs on it.
    pub fn email(&self, id: Id) -> Result<Option<EmailDetail>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&detail_sql("e.id = ?1"), &params![id])?;
            rows.first().map(|row| detail(tx, row)).transpose()
        })
    }

    /// The mails that one arrival, event or job planned, and the mail of an arrival itself.
    ///
    /// At most [`PAGE_ROWS_MAX`], oldest first: a fan-out has more, and its job tells of them.
    pub fn emails_caused_by(&self, cause: Id) -> Result<Vec<EmailDetail>, StoreError> {
        self.read(|tx| {
            let which = format!("e.cause_id = ?1 ORDER BY e.created_at, e.id LIMIT {PAGE_ROWS_MAX}");
            let sql = detail_sql(&which);
            tx.query(&sql, &params![cause])?.iter().map(|row| detail(tx, row)).collect()
        })
    }

    /// The bytes of a mail as they came or go out; `None` where it has none or retention removed them.
    pub fn email_bytes(&self, id: Id) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|tx| {
            let rows = tx.query("SELECT digest FROM email WHERE id = ?1", &params![id])?;
            let Some(digest) = rows.first().map(|row| row.opt_text(0)).transpose()?.flatten() else {
                return Ok(None);
            };
            blob::get(tx, &digest)
        })
    }
}

fn detail_sql(which: &str) -> String {
    format!(
        "SELECT {COLUMNS}, e.in_reply_to, e.mail_date, e.sender, e.authenticity, e.do_not_answer, e.body_text, \
         e.new_text, e.cause_kind, e.cause_id, e.digest, e.protection FROM email e WHERE {which}"
    )
}

fn detail(tx: &mut dyn Tx, row: &Row) -> Result<EmailDetail, StoreError> {
    let email = read(row)?;
    let id = email.id;
    let links = tx.query(
        "SELECT record_table, record_id, related FROM email_link WHERE email = ?1 ORDER BY related, record_id",
        &params![id],
    )?;
    let links = links.iter().map(|link| {
        let record = RecordKey { table: link.text(0)?, id: link.id(1)? };
        Ok(EmailLinkRow { record, related: link.int(2)? != 0 })
    });
    let links = links.collect::<Result<Vec<_>, StoreError>>()?;
    Ok(EmailDetail {
        row: email,
        in_reply_to: row.opt_text(17)?,
        date: row.opt_time(18)?,
        sender: row.opt_id(19)?,
        authenticity: row.opt_text(20)?.as_deref().and_then(Authenticity::from_word),
        protection: row.opt_text(27)?.as_deref().and_then(Protection::from_word),
        do_not_answer: row.opt_text(21)?,
        text: row.opt_text(22)?,
        new_text: row.opt_text(23)?,
        cause: (row.word(24, CauseKind::from_word)?, row.id(25)?),
        digest: row.opt_text(26)?,
        arrivals: super::queues::arrivals_of(tx, id)?,
        deliveries: super::queues::deliveries_of(tx, id)?,
        links,
        attachments: super::records::attachments_of_email(tx, id)?,
    })
}
