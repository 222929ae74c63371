//! What a look-up has found, as templates walk through it.
//!
//! Records are never handed to the template's language: it asks for the text of a path, such as `caller.name`. What
//! it asks for is only known while it runs, so that a template is rendered again once the texts are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Value as Jinja;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::{Names, RenderError};
use crate::limits::LOOK_UP_FIELDS_MAX;

/// The look-ups that one template uses.
#[derive(Debug, Default)]
pub(super) struct AllFound(BTreeMap<String, Arc<Found>>);

/// One look-up: how many records it has found, and which of their texts are known.
#[derive(Debug)]
struct Found {
    count: usize,
    known: BTreeMap<String, Vec<String>>,
    asked: Mutex<BTreeSet<String>>,
}

impl AllFound {
    /// Takes a look-up into use.
    pub(super) fn put(&mut self, look_up: &str, count: usize) {
        let found = || Arc::new(Found { count, known: BTreeMap::new(), asked: Mutex::default() });
        self.0.entry(look_up.to_owned()).or_insert_with(found);
    }

    /// The records of a look-up, as a list.
    pub(super) fn list(&self, look_up: &str) -> Option<Jinja> {
        let found = self.0.get(look_up)?;
        Some((0..found.count).map(|place| Cursor::value(found, place, String::new())).collect())
    }

    /// Looks up what the last run has asked for. Says whether there was anything.
    pub(super) fn learn(&mut self, names: &dyn Names) -> Result<bool, RenderError> {
        let mut learnt = false;
        for (look_up, found) in &mut self.0 {
            let asked = std::mem::take(&mut *found.asked.lock().unwrap_or_else(PoisonError::into_inner));
            let mut known = found.known.clone();
            for path in asked {
                let texts = (0..found.count).map(|place| names.of_found(look_up, place, &path));
                let texts = texts.collect::<Result<Option<Vec<_>>, _>>().map_err(RenderError::Failed)?;
                let texts = texts.ok_or_else(|| RenderError::NoName(format!("{look_up}.{path}")))?;
                known.insert(path, texts);
                learnt = true;
            }
            if known.len() > LOOK_UP_FIELDS_MAX {
                let text = format!("it reads more than {LOOK_UP_FIELDS_MAX} fields of `{look_up}`");
                return Err(RenderError::Failed(text));
            }
            *found = Arc::new(Found { count: found.count, known, asked: Mutex::default() });
        }
        Ok(learnt)
    }
}

impl Found {
    /// The text of a path; one that is not known yet is noted and empty for now.
    fn text(&self, place: usize, path: &str) -> &str {
        if let Some(texts) = self.known.get(path) {
            return texts.get(place).map_or("", String::as_str);
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        ""
    }

    /// Whether the template goes on behind a path that is known.
    fn goes_on(&self, path: &str) -> bool {
        let below = |known: &String| known.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        !self.known.contains_key(path) || self.known.keys().any(below)
    }
}

/// A place in one of the records: the record itself where the path is empty.
#[derive(Debug)]
struct Cursor {
    found: Arc<Found>,
    place: usize,
    path: String,
}

impl Cursor {
    fn value(found: &Arc<Found>, place: usize, path: String) -> Jinja {
        Jinja::from_object(Self { found: found.clone(), place, path })
    }
}

impl Object for Cursor {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let key = key.as_str()?;
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let text = self.found.text(self.place, &path);
        Some(if self.found.goes_on(&path) {
            Self::value(&self.found, self.place, path)
        } else {
            Jinja::from(text)
        })
    }
    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
    fn is_true(self: &Arc<Self>) -> bool {
        self.path.is_empty() || !self.found.text(self.place, &self.path).is_empty()
    }
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.found.text(self.place, &self.path))
    }
}
