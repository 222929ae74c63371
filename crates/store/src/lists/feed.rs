//! The feed of a record: activities, changes and mails, merged by their time, newest first.
//!
//! Each of the three is asked for one page at most, from its own index. Entries of one moment follow by what they are
//! and then by their place among their like, so that a page may end between them.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::ActivityKind;
use rejoinder_engine::time::Timestamp;

use super::changes::{self, ChangeRow};
use super::cursor::{Place, digest};
use super::emails::{self, EmailRow};
use super::records::{self, ActivityRow};
use super::{Listed, Page};
use crate::db::Store;
use crate::error::StoreError;
use crate::tx::{Row, SqlValue, Tx};

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedItem {
    /// A comment, a note, an answer that was noted.
    Activity(ActivityRow),
    /// A change of values.
    Change(Box<ChangeRow>),
    /// A mail on the record.
    Mail(Box<EmailRow>),
}

/// A place in a feed: the newest first, then by rank, then by key from its end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct At {
    moment: Timestamp,
    rank: i64,
    key: SqlValue,
}

/// What a feed is made of.
struct Source {
    rank: i64,
    /// The statement up to its condition; `?1` is the record.
    select: String,
    /// The column of the moment, and the one that decides between entries of one moment.
    moment: &'static str,
    key: &'static str,
    read: fn(&Row) -> Result<FeedItem, StoreError>,
}

fn sources(internal: bool) -> [Source; 3] {
    let notes = if internal { "" } else { " AND kind <> 'work_note'" };
    debug_assert_eq!(ActivityKind::WorkNote.word(), "work_note", "the statement names it");
    [
        Source {
            rank: 0,
            select: format!("{} WHERE record_id = ?1{notes}", records::ACTIVITY),
            moment: "at",
            key: "seq",
            read: |row| records::activity(row).map(FeedItem::Activity),
        },
        Source {
            rank: 1,
            select: format!("{} WHERE record_id = ?1", changes::SELECT),
            moment: "at",
            key: "sequence",
            read: |row| Ok(FeedItem::Change(Box::new(changes::change(row)?))),
        },
        Source {
            rank: 2,
            select: format!(
                "SELECT {} FROM email_link l JOIN email e ON e.id = l.email WHERE l.record_id = ?1",
                emails::COLUMNS
            ),
            moment: "l.at",
            key: "l.email",
            read: |row| Ok(FeedItem::Mail(Box::new(emails::read(row)?))),
        },
    ]
}

impl FeedItem {
    fn at(&self) -> At {
        match self {
            Self::Activity(row) => At { moment: row.at, rank: 0, key: row.seq.into() },
            Self::Change(row) => At { moment: row.at, rank: 1, key: row.sequence.into() },
            Self::Mail(row) => At { moment: row.created_at, rank: 2, key: row.id.into() },
        }
    }
}

impl At {
    fn read(cursor: &str, digest: &str) -> Result<Self, StoreError> {
        let place = Place::read(cursor, digest)?;
        let (Some(SqlValue::Int(at)), Some(SqlValue::Int(rank)), Some(key)) =
            (place.values.first(), place.values.get(1), place.values.get(2))
        else {
            return Err(StoreError::BadCursor);
        };
        if matches!(key, SqlValue::Text(_)) != (*rank == 2) || *key == SqlValue::Null {
            return Err(StoreError::BadCursor);
        }
        Ok(Self { moment: Timestamp::from_micros(*at), rank: *rank, key: key.clone() })
    }

    fn write(self, digest: &str) -> Result<String, StoreError> {
        Place { values: vec![self.moment.into(), self.rank.into(), self.key], last: String::new() }
            .write(digest)
    }
}

impl Source {
    /// At most `limit` of its entries behind a place, newest first.
    fn entries(
        &self,
        tx: &mut dyn Tx,
        record: Id,
        after: Option<&At>,
        limit: usize,
    ) -> Result<Vec<FeedItem>, StoreError> {
        let (sql, params) = self.sql(record, after, limit);
        tx.query(&sql, &params)?.iter().map(self.read).collect()
    }

    fn sql(&self, record: Id, after: Option<&At>, limit: usize) -> (String, Vec<SqlValue>) {
        let (moment, key) = (self.moment, self.key);
        let mut params = vec![SqlValue::from(record), i64::try_from(limit).unwrap_or(i64::MAX).into()];
        let mut sql = self.select.clone();
        if let Some(after) = after {
            params.push(after.moment.into());
            // Of the same moment: all of what ranks behind, what is behind among its like, none of what ranks before.
            let behind = match self.rank.cmp(&after.rank) {
                std::cmp::Ordering::Less => format!(" AND {moment} < ?3"),
                std::cmp::Ordering::Equal => {
                    params.push(after.key.clone());
                    format!(" AND {moment} <= ?3 AND ({moment} < ?3 OR {key} < ?4)")
                }
                std::cmp::Ordering::Greater => format!(" AND {moment} <= ?3"),
            };
            sql.push_str(&behind);
        }
        sql.push_str(&format!(" ORDER BY {moment} DESC, {key} DESC LIMIT ?2"));
        (sql, params)
    }
}

impl Store {
    /// The feed of a record, newest first; work notes only where `internal`. A cursor that no page of it gave is
    /// [`StoreError::BadCursor`].
    pub fn feed(&self, record: Id, internal: bool, page: &Page) -> Result<Listed<FeedItem>, StoreError> {
        let digest = digest(&["feed", &record.to_string(), if internal { "internal" } else { "public" }]);
        let after = page.after.as_deref().map(|cursor| At::read(cursor, &digest)).transpose()?;
        let wanted = page.rows();
        let mut items = self.read(|tx| {
            let mut items = Vec::new();
            for source in sources(internal) {
                items.extend(source.entries(tx, record, after.as_ref(), wanted + 1)?);
            }
            Ok::<_, StoreError>(items)
        })?;
        // Stable: entries of one source and moment stay as their source has them.
        items.sort_by_key(|item| (std::cmp::Reverse(item.at().moment), item.at().rank));
        let more = items.len() > wanted;
        items.truncate(wanted);
        let last = items.last().filter(|_| more);
        let next = last.map(|last| last.at().write(&digest)).transpose()?;
        Ok(Listed { items, next })
    }

    /// The comments, notes and answers of a record, newest first; work notes only where `internal`.
    pub fn activities(
        &self,
        record: Id,
        internal: bool,
        page: &Page,
    ) -> Result<Listed<ActivityRow>, StoreError> {
        let digest =
            digest(&["activities", &record.to_string(), if internal { "internal" } else { "public" }]);
        let after = page.after.as_deref().map(|cursor| At::read(cursor, &digest)).transpose()?;
        let wanted = page.rows();
        let [source, ..] = sources(internal);
        let mut items = self.read(|tx| source.entries(tx, record, after.as_ref(), wanted + 1))?;
        let more = items.len() > wanted;
        items.truncate(wanted);
        let last = items.last().filter(|_| more);
        let next = last.map(|last| last.at().write(&digest)).transpose()?;
        let rows = items.into_iter().filter_map(|item| match item {
            FeedItem::Activity(row) => Some(row),
            FeedItem::Change(_) | FeedItem::Mail(_) => None,
        });
        Ok(Listed { items: rows.collect(), next })
    }
}
