//! Finds what the look-ups of a template ask for, and shows of it what its reader may read.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::LookUp;
use crate::access::{Operation, Rights};
use crate::condition::source::resolve_path;
use crate::condition::{Condition, Step};
use crate::context::Context;
use crate::display::{Reader, display, name_of};
use crate::occasion::resolved;
use crate::reads::Reads;
use crate::record::Record;
use crate::render::Names;
use crate::view::{Query, ViewError};

/// The look-ups of one template for one reader. Each is asked when the template first uses it, and once.
pub struct Search<'b> {
    /// The records.
    pub reads: &'b Reads<'b>,
    /// The input of the decision.
    pub context: Context<'b>,
    /// How the reader reads.
    pub reader: Reader,
    /// Whose rights count; nothing is found where nobody's do.
    pub rights: Option<Rights>,
    /// The user that `me` in a condition means.
    pub user: Option<crate::id::Id>,
    /// What is looked up.
    pub look_ups: &'b [LookUp],
    found: RefCell<BTreeMap<String, Vec<Record>>>,
}

impl<'b> Search<'b> {
    /// Nothing is asked yet.
    pub fn new(
        (reads, context): (&'b Reads<'b>, Context<'b>),
        reader: Reader,
        (rights, user): (Option<Rights>, Option<crate::id::Id>),
        look_ups: &'b [LookUp],
    ) -> Self {
        Self { reads, context, reader, rights, user, look_ups, found: RefCell::default() }
    }

    fn called(&self, name: &str) -> Option<&'b LookUp> {
        self.look_ups.iter().find(|look_up| look_up.name == name)
    }

    /// How many records the look-up of this name finds; `names` are those of the values of its condition.
    pub fn count(&self, name: &str, names: &dyn Names) -> Result<Option<usize>, String> {
        let Some(look_up) = self.called(name) else { return Ok(None) };
        if let Some(known) = self.found.borrow().get(name) {
            return Ok(Some(known.len()));
        }
        let rows = self.ask(look_up, names).map_err(|error| format!("the look-up `{name}`: {error}"))?;
        let count = rows.len();
        self.found.borrow_mut().insert(name.to_owned(), rows);
        Ok(Some(count))
    }

    fn ask(&self, look_up: &LookUp, names: &dyn Names) -> Result<Vec<Record>, String> {
        let config = self.context.config;
        let Some(rights) = &self.rights else { return Ok(Vec::new()) };
        let Some(condition) = look_up.asked(&config.dictionary, names)? else { return Ok(Vec::new()) };
        let read = || {
            let condition = resolved(self.reads, self.context, self.user, &condition)?.into_owned();
            let visible = config.access.visible(&config.dictionary, rights, &look_up.table);
            let mut query = Query::new(&look_up.table, Condition::All(vec![condition, visible]));
            query.order = look_up.sorted_by().map(|(field, down)| (field.to_owned(), down)).collect();
            query.limit = look_up.limit.min(crate::limits::LOOK_UP_ROWS_MAX);
            self.reads.query(&query)
        };
        read().map_err(|error: ViewError| error.to_string())
    }

    /// The text of a path from one of the records that were found; `None` where there is no such path.
    pub fn text(&self, name: &str, place: usize, path: &str) -> Result<Option<String>, String> {
        let found = self.found.borrow();
        let (Some(look_up), Some(record)) =
            (self.called(name), found.get(name).and_then(|all| all.get(place)))
        else {
            return Ok(None);
        };
        if path.is_empty() {
            return Ok(Some(name_of(self.reads, record)));
        }
        let dictionary = &self.context.config.dictionary;
        let Some(info) = dictionary.table(&look_up.table) else { return Ok(None) };
        let Ok(steps) = resolve_path(dictionary, info, path) else { return Ok(None) };
        self.shown(record, &steps).map(Some).map_err(|error| error.to_string())
    }

    /// The value at the end of the path as the reader reads it; empty where they may not.
    fn shown(&self, record: &Record, path: &[Step]) -> Result<String, ViewError> {
        let nothing = || Ok(String::new());
        let Some((last, way)) = path.split_last() else { return nothing() };
        let mut current = record.clone();
        for step in way {
            if !self.may_read(&current, &step.field)? {
                return nothing();
            }
            let (Some(id), Some(table)) = (current.get(&step.field).as_ref_id(), &step.table) else {
                return nothing();
            };
            match self.reads.get(table, id)? {
                Some(next) if self.may_read_record(&next)? => current = next,
                _ => return nothing(),
            }
        }
        if !self.may_read(&current, &last.field)? {
            return nothing();
        }
        let info = self.context.config.dictionary.table(&current.table);
        let Some(field) = info.and_then(|info| info.field(&last.field)) else { return nothing() };
        display(self.reads, &self.reader, field, current.get(&last.field))
    }

    fn may_read_record(&self, record: &Record) -> Result<bool, ViewError> {
        let config = self.context.config;
        let (Some(rights), Some(info)) = (&self.rights, config.dictionary.table(&record.table)) else {
            return Ok(false);
        };
        config.access.records(&config.dictionary, rights, Operation::Read, info).covers(self.reads, record)
    }

    fn may_read(&self, record: &Record, field: &str) -> Result<bool, ViewError> {
        let config = self.context.config;
        let (Some(rights), Some(info)) = (&self.rights, config.dictionary.table(&record.table)) else {
            return Ok(false);
        };
        let Some(field) = info.field(field) else { return Ok(false) };
        config
            .access
            .field(&config.dictionary, rights, Operation::Read, info, field)
            .covers(self.reads, record)
    }
}
