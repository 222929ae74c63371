//! What a script reaches: reads through a draft, writes into it. Names of its vocabulary become ours here; nothing
//! below knows of them.

use std::sync::Arc;

use rejoinder_script::{
    Filter, Host, HostError, How, Query as Question, Right, Row, TableInfo, User, Value as Script, Vocabulary,
};

use super::convert::{from_script, plain, visible};
use super::mail::{EMAIL, Mail};
use crate::access::Rights;
use crate::config::Config;
use crate::dictionary;
use crate::display::{display, name_of};
use crate::draft::{ChangeError, Draft};
use crate::id::Id;
use crate::record::{Fields, Record, RecordKey};
use crate::value::{Kind, Value};

/// The host of one script run.
pub(crate) struct ScriptHost<'a, 'b> {
    /// What it reads through and plans in.
    pub(crate) draft: &'b mut Draft<'a>,
    /// Whose names it speaks.
    pub(crate) vocabulary: Vocabulary,
    /// As whom the script runs; nobody where the program itself does.
    pub(crate) user: Option<Id>,
    /// Whose rights `may` is asked with; those of the user where there are none.
    pub(crate) rights: Option<Rights>,
    /// The mail of an inbound action.
    pub(crate) mail: Option<Mail>,
    /// Writes that were refused: SimpleOne's scripts are told of one by a return value, which few of them look at, so
    /// that a person is told as well.
    pub(crate) refused: Vec<String>,
}

pub(super) fn refuse(code: &'static str, message: impl Into<String>) -> HostError {
    HostError::refused(code, message)
}

pub(super) fn view_error(error: crate::view::ViewError) -> HostError {
    refuse("not_readable", error.to_string())
}

pub(super) fn change_error(error: ChangeError) -> HostError {
    refuse(error.code(), error.to_string())
}

/// A record as scripts read it, under our names and theirs.
pub(super) fn row(config: &Config, vocabulary: Vocabulary, record: &Record) -> Row {
    let names = config.names.of(vocabulary);
    let info = config.dictionary.table(&record.table);
    let mut fields = info.map(|info| visible(info, &record.fields)).unwrap_or_default();
    let stored = fields.len();
    for (theirs, ours) in names.aliases(&config.dictionary, &record.table) {
        let value = fields.iter().take(stored).find(|(name, _)| name == ours);
        if let Some(value) = value.map(|(_, value)| value.clone()) {
            fields.push((theirs.to_owned(), value));
        }
    }
    Row { id: record.id.to_string(), table: names.their_table(&record.table).to_owned(), fields }
}

impl<'a, 'b> ScriptHost<'a, 'b> {
    /// A host for a script that runs as whoever acts in the draft.
    pub(crate) fn new(draft: &'b mut Draft<'a>, vocabulary: Vocabulary) -> Self {
        let user = draft.actor.user;
        Self { draft, vocabulary, user, rights: None, mail: None, refused: Vec::new() }
    }

    /// Our name of a table.
    pub(super) fn ours(&self, table: &str) -> String {
        self.draft.context.config.names.of(self.vocabulary).table(table).to_owned()
    }

    /// Our names of the fields on a path from a table (ours).
    pub(super) fn path(&self, table: &str, theirs: &str) -> String {
        let config = self.draft.context.config;
        config.names.of(self.vocabulary).path(&config.dictionary, table, theirs)
    }

    pub(super) fn info(&self, table: &str) -> Result<Arc<dictionary::TableInfo>, HostError> {
        let info = self.draft.context.config.dictionary.table(table).cloned();
        info.ok_or_else(|| refuse("unknown_table", format!("there is no table `{table}`")))
    }

    pub(super) fn mail_of(&self, table: &str) -> Option<&Mail> {
        self.mail.as_ref().filter(|_| table == EMAIL)
    }

    /// The record of a table of theirs.
    pub(super) fn record(&self, table: &str, id: &str) -> Result<Option<Record>, HostError> {
        let table = self.ours(table);
        self.info(&table)?;
        let Ok(id) = id.parse::<Id>() else { return Ok(None) };
        self.draft.reads.get(&table, id).map_err(view_error)
    }

    /// The same, which must be there.
    pub(super) fn existing(&self, table: &str, id: &str) -> Result<Record, HostError> {
        let found = self.record(table, id)?;
        found.ok_or_else(|| refuse("no_record", format!("there is no record {id} in `{}`", self.ours(table))))
    }

    pub(super) fn key(&self, table: &str, id: &str) -> Result<RecordKey, HostError> {
        self.existing(table, id).map(|record| record.key())
    }

    pub(super) fn row(&self, record: &Record) -> Row {
        row(self.draft.context.config, self.vocabulary, record)
    }

    fn fields(&self, table: &str, given: Vec<(String, Script)>) -> Result<Fields, HostError> {
        let info = self.info(table)?;
        let mut fields = Fields::new();
        for (theirs, value) in given {
            let name = self.path(table, &theirs);
            let kind = info.field(&name).map_or(Kind::Text, |field| field.kind);
            let value = from_script(kind, &value)
                .map_err(|text| refuse("bad_value", format!("`{table}.{name}`: {text}")))?;
            fields.insert(name, value);
        }
        Ok(fields)
    }

    fn refuse_mail(&self, table: &str) -> Result<(), HostError> {
        if table == EMAIL && self.mail.is_some() {
            return Err(refuse("read_only", "a mail is kept as it came: scripts cannot change it"));
        }
        Ok(())
    }

    fn tell<T>(&mut self, done: Result<T, HostError>) -> Result<T, HostError> {
        if let Err(error) = &done {
            self.refused.push(error.to_string());
        }
        done
    }

    fn insert_record(&mut self, table: &str, fields: Vec<(String, Script)>) -> Result<String, HostError> {
        let table = self.ours(table);
        self.refuse_mail(&table)?;
        let fields = self.fields(&table, fields)?;
        let key = self.draft.insert(&table, fields).map_err(change_error)?;
        Ok(key.id.to_string())
    }

    fn update_record(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Script)>,
    ) -> Result<(), HostError> {
        self.refuse_mail(&self.ours(table))?;
        let key = self.key(table, id)?;
        let fields = self.fields(&key.table, fields)?;
        self.draft.update(&key, fields).map(|_| ()).map_err(change_error)
    }

    fn delete_record(&mut self, table: &str, id: &str) -> Result<(), HostError> {
        self.refuse_mail(&self.ours(table))?;
        let key = self.key(table, id)?;
        self.draft.delete(&key).map_err(change_error)
    }
}

impl Host for ScriptHost<'_, '_> {
    fn get(&mut self, table: &str, id: &str) -> Result<Option<Row>, HostError> {
        if let Some(mail) = self.mail_of(&self.ours(table)) {
            return Ok(mail.is(id).then(|| mail.row()));
        }
        Ok(self.record(table, id)?.map(|record| self.row(&record)))
    }

    fn query(&mut self, question: &Question) -> Result<Vec<Row>, HostError> {
        let rows = self.draft.reads.query(&self.asked(question)?).map_err(view_error)?;
        Ok(rows.iter().skip(question.skip as usize).map(|record| self.row(record)).collect())
    }

    fn insert(&mut self, table: &str, fields: Vec<(String, Script)>, _how: How) -> Result<String, HostError> {
        let done = self.insert_record(table, fields);
        self.tell(done)
    }

    fn update(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Script)>,
        _how: How,
    ) -> Result<(), HostError> {
        let done = self.update_record(table, id, fields);
        self.tell(done)
    }

    fn delete(&mut self, table: &str, id: &str, _how: How) -> Result<(), HostError> {
        let done = self.delete_record(table, id);
        self.tell(done)
    }

    fn table(&mut self, table: &str) -> Result<TableInfo, HostError> {
        self.table_info(table)
    }

    fn display(&mut self, table: &str, id: &str, field: Option<&str>) -> Result<String, HostError> {
        if let Some(mail) = self.mail_of(&self.ours(table)) {
            let wanted = field.unwrap_or("subject");
            let found = mail.fields.iter().find(|(name, _)| name == wanted);
            return Ok(found.map(|(_, value)| plain(value)).unwrap_or_default());
        }
        let record = self.existing(table, id)?;
        let Some(name) = field else { return Ok(name_of(&self.draft.reads, &record)) };
        let name = self.path(&record.table, name);
        let info = self.info(&record.table)?;
        let Some(field) = info.field(&name) else { return Ok(String::new()) };
        display(&self.draft.reads, &self.reader()?, field, record.get(&name)).map_err(view_error)
    }

    fn user(&mut self) -> Result<User, HostError> {
        self.acting()
    }

    fn user_called(&mut self, name: &str) -> Result<Option<User>, HostError> {
        self.called(name)
    }

    fn may(
        &mut self,
        right: Right,
        table: &str,
        id: Option<&str>,
        field: Option<&str>,
    ) -> Result<bool, HostError> {
        self.allowed(right, table, id, field)
    }

    fn matches(&mut self, table: &str, row: &Row, filter: &Filter) -> Result<bool, HostError> {
        let table = self.ours(table);
        let source = self.chosen(&table, filter)?.source;
        let record = self.in_memory(&table, row)?;
        self.draft.reads.matches(&self.condition(&table, &source)?, &record).map_err(view_error)
    }

    fn encoded(&mut self, table: &str, filter: &Filter) -> Result<String, HostError> {
        self.written(&self.ours(table), filter)
    }

    fn extending(&mut self, table: &str) -> Result<Vec<String>, HostError> {
        let table = self.ours(table);
        self.info(&table)?;
        let config = self.draft.context.config;
        let names = config.names.of(self.vocabulary);
        let all = config.dictionary.with_extending(&table).into_iter().filter(|name| *name != table);
        Ok(all.map(|name| names.their_table(&name).to_owned()).collect())
    }

    fn display_of(&mut self, table: &str, field: &str, value: &Script) -> Result<String, HostError> {
        let table = self.ours(table);
        let info = self.info(&table)?;
        let name = self.path(&table, field);
        let Some(field) = info.field(&name) else { return Ok(plain(value)) };
        let value = from_script(field.kind, value).unwrap_or_else(|_| Value::text(plain(value)));
        display(&self.draft.reads, &self.reader()?, field, &value).map_err(view_error)
    }

    fn stored_of(&mut self, table: &str, field: &str, text: &str) -> Result<Option<Script>, HostError> {
        self.stored(&self.ours(table), field, text)
    }

    fn property(&mut self, name: &str) -> Result<Option<String>, HostError> {
        Ok(self.draft.context.config.settings.get(name).map(str::to_owned))
    }

    fn event(&mut self, event: &rejoinder_script::Event) -> Result<(), HostError> {
        let Some((table, id)) = &event.record else {
            return Err(refuse("unsupported", "an event without a record"));
        };
        let key = self.key(table, id)?;
        let raise = crate::events::Raise {
            name: event.name.clone(),
            params: event.params.clone(),
            ..crate::events::Raise::default()
        };
        self.draft.raise(&raise, &key).map_err(change_error)
    }

    fn copy_attachments(&mut self, from: (&str, &str), to: (&str, &str)) -> Result<Vec<String>, HostError> {
        let is_mail = self.mail_of(&self.ours(from.0)).is_some_and(|mail| mail.is(from.1));
        if !is_mail {
            return Err(refuse("unsupported", "only the files of the mail itself can be copied here"));
        }
        let key = self.key(to.0, to.1)?;
        let Some(mail) = &mut self.mail else { return Ok(Vec::new()) };
        if !mail.files_to.contains(&key) {
            mail.files_to.push(key);
        }
        Ok(if mail.has_files { vec![String::new()] } else { Vec::new() })
    }
}
