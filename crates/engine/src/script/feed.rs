//! Feeds, events and settings, as scripts read and plan them.

use rejoinder_script::{Event, HostError, JournalEntry};

use super::host::{ScriptHost, change_error, refuse, view_error};
use crate::condition::{Condition, Operator};
use crate::draft::ChangeError;
use crate::events::Raise;
use crate::record::{Fields, Record};
use crate::setting::{INSTANCE_URI, is_of_the_program};
use crate::time::Timestamp;
use crate::value::{Kind, Value};
use crate::view::Query;

/// The table of texts for people.
const MESSAGE: &str = "message";
/// The table of settings.
const SETTING: &str = "setting";
/// Their setting of the base address, which ends with a slash.
const THEIR_URI: &str = "glide.servlet.uri";

impl ScriptHost<'_, '_> {
    /// Entries of a record's journal fields, newest first; those of the plan are the newest.
    pub(super) fn entries(
        &self,
        record: &Record,
        field: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, HostError> {
        let info = self.info(&record.table)?;
        let journals: Vec<_> = info.fields.values().filter(|field| field.kind == Kind::Journal).collect();
        let wanted = match field {
            None => None,
            Some(name) => {
                let name = self.path(&record.table, name);
                let found = journals.iter().find(|field| field.name == name);
                let found = found.ok_or_else(|| {
                    refuse("unknown_field", format!("`{name}` is no journal of `{}`", record.table))
                })?;
                Some(found.agents_only)
            }
        };
        let hidden = self.draft.rights.limited().is_some_and(|person| !person.is_agent());
        if hidden && wanted == Some(true) {
            return Ok(Vec::new());
        }
        let wanted = if hidden { Some(false) } else { wanted };
        let named = |internal: bool| {
            let field = journals.iter().find(|field| field.agents_only == internal);
            field.map(|field| field.name.clone()).unwrap_or_default()
        };
        let stored = self.draft.context.view.comments(&record.key(), wanted != Some(false), limit);
        let planned = self.draft.entries(record.id).into_iter().rev();
        let stored = stored
            .map_err(view_error)?
            .into_iter()
            .map(|entry| (entry.internal, entry.at, entry.author, entry.text));
        let now = self.draft.context.now;
        let all = planned.map(|(internal, who, text)| (internal, now, who, text)).chain(stored);
        let fitting = all.filter(|(internal, ..)| wanted.is_none_or(|wanted| wanted == *internal));
        let entry = |(internal, at, who, text): (bool, Timestamp, String, String)| JournalEntry {
            field: named(internal),
            at_micros: at.micros(),
            who,
            text,
        };
        Ok(fitting.take(limit as usize).map(entry).collect())
    }

    /// Raises an event; one without a record is about its entry in the registry.
    pub(super) fn raise(&mut self, event: &Event) -> Result<(), HostError> {
        let key = match &event.record {
            Some((table, id)) => self.key(table, id)?,
            None => {
                let entry = crate::events::allowed(self.draft.context.config, &event.name, None);
                entry.map_err(advised)?.key()
            }
        };
        let raise = Raise {
            name: event.name.clone(),
            params: event.params.clone(),
            at: event.at_micros.map(Timestamp::from_micros),
            same: None,
        };
        self.draft.raise(&raise, &key).map_err(change_error)
    }

    /// The value of a setting as the plan leaves it.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        let named = |record: &Record| record.table == SETTING && record.text("name") == name;
        if let Some(planned) = self.draft.reads.planned(named) {
            return Some(planned.text("value").to_owned());
        }
        let settings = &self.draft.context.config.settings;
        match (settings.get(name), name) {
            (Some(value), _) => Some(value.to_owned()),
            (None, THEIR_URI) => settings
                .get(INSTANCE_URI)
                .map(|_| format!("{}/", settings.instance_uri().unwrap_or_default())),
            (None, _) => None,
        }
    }

    /// The text for people behind a key, in a language (that of whoever the script runs as), else in English; none where
    /// nobody has written one.
    pub(super) fn text_for_people(
        &self,
        key: &str,
        category: &str,
        language: Option<&str>,
    ) -> Result<Option<String>, HostError> {
        if self.draft.context.config.dictionary.table(MESSAGE).is_none() {
            return Ok(None);
        }
        let language = match language {
            Some(language) => language.to_owned(),
            None => self.reader()?.language,
        };
        let is = |field: &str, kind, text: &str| {
            Condition::clause(field, kind, Operator::Is, vec![Value::text(text)])
        };
        let mut asked = vec![is("key", Kind::String, key)];
        if !category.is_empty() {
            asked.push(is("category", Kind::String, category));
        }
        let found =
            self.draft.reads.query(&Query::new(MESSAGE, Condition::All(asked))).map_err(view_error)?;
        let of = |wanted: &str| found.iter().find(|row| row.text("language") == wanted);
        let text = of(&language).or_else(|| of("en")).map(|row| row.text("text").to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// Plans a new value of a setting; the program's own are not for scripts.
    pub(super) fn set_setting(
        &mut self,
        name: &str,
        value: &str,
        description: Option<&str>,
    ) -> Result<(), HostError> {
        if is_of_the_program(name) {
            let text = format!(
                "the setting `{name}` is the program's own: an administrator changes it, not a script"
            );
            return Err(refuse("forbidden", text));
        }
        let named = Condition::clause("name", Kind::String, Operator::Is, vec![Value::text(name)]);
        let known = self.draft.reads.query(&Query::new(SETTING, named)).map_err(view_error)?;
        let mut fields = Fields::from([("value".to_owned(), Value::text(value))]);
        if let Some(description) = description {
            fields.insert("description".to_owned(), Value::text(description));
        }
        let done = match known.first() {
            Some(record) => self.draft.update(&record.key(), fields).map(|_| ()),
            None => {
                fields.insert("name".to_owned(), Value::text(name));
                self.draft.insert(SETTING, fields).map(|_| ())
            }
        };
        done.map_err(change_error)
    }
}

/// A refusal with what to do about it.
fn advised(error: ChangeError) -> HostError {
    match &error {
        ChangeError::Event { hint: Some(hint), .. } => refuse(error.code(), format!("{error}; {hint}")),
        _ => change_error(error),
    }
}
