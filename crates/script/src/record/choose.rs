//! The query in the making of a record object. How terms are joined is the vocabularies': they differ.

use crate::limits::MAX_CONDITION_TERMS;
use crate::{Filter, HostError};

/// A query in the making.
#[derive(Default)]
pub(crate) struct Choice {
    filter: Option<Filter>,
    /// Sort keys, most significant first; `true` is descending.
    pub(crate) order: Vec<(String, bool)>,
    /// The most rows.
    pub(crate) limit: Option<u32>,
    /// Rows passed over first.
    pub(crate) skip: u32,
    /// Whether a term was left out because it cannot be asked: what is chosen is then more than the
    /// script asked for, and must not be written to as a whole.
    pub(crate) widened: bool,
    /// The fields to read; all of them where none is named.
    pub(crate) fields: Vec<String>,
    /// What is wrong with it, for whoever runs it.
    pub(crate) faults: Vec<String>,
}

impl Choice {
    /// Whether nothing was asked so far: every row is chosen.
    pub(crate) const fn is_open(&self) -> bool {
        self.filter.is_none()
    }

    /// What was asked so far.
    pub(crate) fn filter(&self) -> Filter {
        self.filter.clone().unwrap_or_else(Filter::everything)
    }

    /// Puts a filter in the place of what was asked.
    pub(crate) fn set(&mut self, filter: Option<Filter>) {
        self.filter = filter;
    }

    /// Adds a filter that must hold, too.
    pub(crate) fn narrow(&mut self, filter: Filter) {
        self.filter = Some(match self.filter.take() {
            None => filter,
            Some(Filter::All(mut parts)) => {
                parts.push(filter);
                Filter::All(parts)
            }
            Some(other) => Filter::All(vec![other, filter]),
        });
    }

    /// Adds a filter that is enough by itself: everything asked so far, or this.
    pub(crate) fn widen(&mut self, filter: Filter) {
        self.filter = Some(match self.filter.take() {
            None => filter,
            Some(Filter::Any(mut parts)) => {
                parts.push(filter);
                Filter::Any(parts)
            }
            Some(other) => Filter::Any(vec![other, filter]),
        });
    }

    /// Refuses conditions that are too large to be asked.
    pub(super) fn checked(&self) -> Result<Filter, HostError> {
        let filter = self.filter();
        let terms = filter.terms();
        if terms > MAX_CONDITION_TERMS {
            let message = format!("the condition has {terms} terms, more than {MAX_CONDITION_TERMS}");
            return Err(HostError::refused("condition_too_large", message));
        }
        Ok(filter)
    }
}
