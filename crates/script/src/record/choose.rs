//! The query in the making of a record object. How terms are joined is the vocabularies': they differ.

use std::cell::RefCell;
use std::rc::Rc;

use crate::limits::MAX_CONDITION_TERMS;
use crate::{Filter, HostError};

/// A query in the making.
#[derive(Default, Clone)]
pub(crate) struct Choice {
    filter: Option<Filter>,
    /// Parts that must hold, too, and that others may still add to.
    growing: Vec<Rc<RefCell<Filter>>>,
    /// Terms that were added, also those that are too many to be kept.
    terms: usize,
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
    pub(crate) fn is_open(&self) -> bool {
        self.filter.is_none() && self.growing.is_empty()
    }

    /// What was asked so far.
    pub(crate) fn filter(&self) -> Filter {
        if self.growing.is_empty() {
            return self.filter.clone().unwrap_or_else(Filter::everything);
        }
        let growing = self.growing.iter().map(|part| part.borrow().clone());
        let mut parts: Vec<Filter> = self.filter.iter().cloned().chain(growing).collect();
        if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) }
    }

    /// Counts the terms of a filter; whether it is to be kept. What is too large to be asked is not built:
    /// a script could nest it deeper than any stack.
    pub(crate) fn takes(&mut self, filter: &Filter) -> bool {
        self.terms += filter.terms().max(1);
        self.terms <= MAX_CONDITION_TERMS
    }

    /// Adds a filter that must hold, too.
    pub(crate) fn narrow(&mut self, filter: Filter) {
        if !self.takes(&filter) {
            return;
        }
        self.filter = Some(match self.filter.take() {
            None => filter,
            Some(Filter::All(mut parts)) => {
                parts.push(filter);
                Filter::All(parts)
            }
            Some(other) => Filter::All(vec![other, filter]),
        });
    }

    /// Adds a filter that must hold, too, and that may grow until the query runs.
    pub(crate) fn grow(&mut self, filter: Filter) -> Rc<RefCell<Filter>> {
        let kept = self.takes(&filter);
        let part = Rc::new(RefCell::new(filter));
        if kept {
            self.growing.push(Rc::clone(&part));
        }
        part
    }

    /// Adds a filter that is enough by itself: everything asked so far, or this.
    pub(crate) fn widen(&mut self, filter: Filter) {
        if !self.takes(&filter) {
            return;
        }
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
        let (filter, terms) = (self.filter(), self.terms);
        if terms > MAX_CONDITION_TERMS {
            let message = format!("the condition has {terms} terms, more than {MAX_CONDITION_TERMS}");
            return Err(HostError::refused("condition_too_large", message));
        }
        Ok(filter)
    }
}
