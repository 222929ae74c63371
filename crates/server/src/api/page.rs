//! Pages of lists: `{items, next}`, where `next` is the cursor of the page after.

use rejoinder_store::{Listed, Page};
use serde::Serialize;
use utoipa::ToSchema;

use crate::limits::{PAGE_ROWS, PAGE_ROWS_MAX};

/// One page of a list, newest first where nothing else is asked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Items<T> {
    /// The rows.
    pub(super) items: Vec<T>,
    /// The `cursor` of the next page; `null` where this is the last.
    #[schema(required)]
    pub(super) next: Option<String>,
}

impl<T> Items<T> {
    /// A page of the store, each row shown by `show`.
    pub(super) fn of<R>(listed: Listed<R>, show: impl FnMut(R) -> T) -> Self {
        Self { items: listed.items.into_iter().map(show).collect(), next: listed.next }
    }
}

/// How many rows a wish gets: at least 1, at most [`PAGE_ROWS_MAX`], [`PAGE_ROWS`] where there is none.
pub(super) fn rows(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX)
}

/// The page that a query asks for.
pub(super) fn page(limit: Option<u32>, cursor: Option<String>) -> Page {
    Page { after: cursor, limit: rows(limit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_met_within_the_limits() {
        assert_eq!(rows(None), PAGE_ROWS);
        assert_eq!(rows(Some(0)), 1);
        assert_eq!(rows(Some(PAGE_ROWS_MAX)), PAGE_ROWS_MAX);
        assert_eq!(rows(Some(PAGE_ROWS_MAX + 1)), PAGE_ROWS_MAX);
    }
}
