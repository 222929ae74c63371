//! Reads for people: lists with filters and cursors, and what hangs on one mail or record.
//!
//! Newest first. A cursor names the last row that was seen, so that rows that come in meanwhile neither repeat nor
//! hide others. Decisions do not read here; they read through a view.

mod changes;
mod cursor;
mod decided;
mod emails;
mod feed;
mod news;
mod order;
mod page;
mod queues;
mod records;
mod states;

pub use changes::{AuditFilter, ChangeRow};
pub use decided::{DecidedFilter, DecidedMail, NoteRow};
pub use emails::{EmailDetail, EmailFilter, EmailLinkRow, EmailRow};
pub use feed::FeedItem;
pub use news::{ChangeNews, StateNews};
pub use order::ORDER_FIELDS_MAX;
pub use page::{Count, RecordList};
pub use queues::{ArrivalRow, DeliveryRow, EventRow, JobRow};
pub use records::{ActivityRow, AttachmentRow, AttentionFilter, AttentionRow};
pub use states::QueueCount;

use states::States;

use crate::error::StoreError;
use crate::tx::{Row, SqlValue, Tx};

/// Rows of one page; a request for more gets so many.
pub const PAGE_ROWS_MAX: u32 = 200;

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The cursor of the page before; `None` for the first page.
    pub after: Option<String>,
    /// The most rows wanted; at most [`PAGE_ROWS_MAX`].
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { after: None, limit: 50 }
    }
}

impl Page {
    fn rows(&self) -> usize {
        self.limit.clamp(1, PAGE_ROWS_MAX) as usize
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` where this is the last.
    pub next: Option<String>,
}

/// The conditions of a list and their parameters.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    clauses: Vec<String>,
    params: Vec<SqlValue>,
}

impl Filter {
    /// Adds `clause`, in which `?` stands for `value` each time.
    pub(crate) fn add(&mut self, clause: &str, value: impl Into<SqlValue>) {
        self.params.push(value.into());
        self.clauses.push(clause.replace('?', &format!("?{}", self.params.len())));
    }

    /// Adds `clause` where there is a value.
    pub(crate) fn add_some(&mut self, clause: &str, value: Option<impl Into<SqlValue>>) {
        if let Some(value) = value {
            self.add(clause, value);
        }
    }

    /// Only rows in this state, where one is named; by the index that knows it.
    fn state(&mut self, states: &States, state: Option<&str>) {
        let Some(state) = state else { return };
        self.add("state = ?", state);
        self.clauses.extend(states.index_of(state));
    }

    /// Adds the cursor over a number: rows with a smaller one come after it. A text that is no cursor of ours
    /// begins at the first page.
    pub(crate) fn after_number(&mut self, column: &str, page: &Page) {
        let after = page.after.as_deref().and_then(|after| after.parse::<i64>().ok());
        self.add_some(&format!("{column} < ?"), after);
    }

    /// Adds the cursor over a moment and an id.
    pub(crate) fn after_moment(&mut self, columns: (&str, &str), page: &Page) {
        let cursor = page.after.as_deref().and_then(|after| after.split_once('.'));
        if let Some((at, id)) = cursor
            && let Ok(at) = at.parse::<i64>()
        {
            let (at_column, id_column) = columns;
            self.add(&format!("{at_column} <= ?"), at);
            let moment = self.params.len();
            self.params.push(SqlValue::from(id));
            self.clauses.push(format!("({at_column} < ?{moment} OR {id_column} < ?{})", self.params.len()));
        }
    }

    /// Runs the list: `select` up to its FROM, `order` the columns after ORDER BY.
    pub(crate) fn list<T>(
        mut self,
        tx: &mut dyn Tx,
        texts: (&str, &str),
        page: &Page,
        read: impl Fn(&Row) -> Result<(T, String), StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        let (select, order) = texts;
        let wanted = page.rows();
        let condition = if self.clauses.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.clauses.join(" AND "))
        };
        // One more than wanted tells whether there is a next page.
        self.params.push(SqlValue::Int(i64::try_from(wanted).unwrap_or(i64::MAX).saturating_add(1)));
        let sql = format!("{select}{condition} ORDER BY {order} LIMIT ?{}", self.params.len());
        let rows = tx.query(&sql, &self.params)?;
        let more = rows.len() > wanted;
        let read: Vec<(T, String)> = rows.iter().take(wanted).map(read).collect::<Result<_, _>>()?;
        let next = read.last().map(|(_, cursor)| cursor.clone()).filter(|_| more);
        Ok(Listed { items: read.into_iter().map(|(item, _)| item).collect(), next })
    }
}

fn why(row: &Row, code: usize) -> Result<Option<rejoinder_engine::plan::Why>, StoreError> {
    let text = row.opt_text(code + 1)?.unwrap_or_default();
    Ok(row.opt_text(code)?.map(|code| rejoinder_engine::plan::Why { code, text }))
}

fn record(row: &Row, table: usize) -> Result<Option<rejoinder_engine::record::RecordKey>, StoreError> {
    let id = row.opt_id(table + 1)?;
    let table = row.opt_text(table)?;
    Ok(table.zip(id).map(|(table, id)| rejoinder_engine::record::RecordKey { table, id }))
}
