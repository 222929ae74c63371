//! What a script reaches: reads through a draft, writes into it. Names of its vocabulary become ours here; nothing
//! below knows of them.

use std::rc::Rc;
use std::sync::Arc;

use rejoinder_script::{
    Attachment, Event, Filter, Host, HostError, How, Include, JournalEntry, Query as Question, Right, Row,
    Schedule, TableInfo, User, Value as Script, Vocabulary,
};

use super::convert::{from_script, plain, visible};
use super::files::shown;
use super::mail::{EMAIL, Mail};
use crate::access::{Operation, Rights};
use crate::config::Config;
use crate::dictionary::{self, Field};
use crate::display::{display, name_of};
use crate::draft::{ChangeError, Draft, Manner, is_stamp};
use crate::id::Id;
use crate::plan::Why;
use crate::record::{Fields, Record, RecordKey};
use crate::trace::Step;
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

/// How a script wants a change to be made.
const fn manner(how: How) -> Manner {
    Manner { silent: how.silent, stamped: how.stamped }
}

/// A record as scripts read it, under our names and theirs.
pub(super) fn row(draft: &Draft<'_>, vocabulary: Vocabulary, record: &Record) -> Row {
    let config = draft.context.config;
    let names = config.names.of(vocabulary);
    let info = config.dictionary.table(&record.table);
    let mut fields = info.map(|info| visible(info, &record.fields)).unwrap_or_default();
    if let Some(info) = info {
        fields.retain(|(name, _)| may_read(draft, info, record, name));
    }
    for (name, value) in &mut fields {
        if let Script::Text(text) = value {
            let theirs = names.their_choice(&config.dictionary, &record.table, name, text);
            if theirs != text {
                *value = Script::Text(theirs.to_owned());
            }
        }
    }
    let stored = fields.len();
    for (theirs, ours) in names.aliases(&config.dictionary, &record.table) {
        let value = fields.iter().take(stored).find(|(name, _)| name == ours);
        if let Some(value) = value.map(|(_, value)| value.clone()) {
            fields.push((theirs.to_owned(), value));
        }
    }
    for (theirs, source) in names.computed(&config.dictionary, &record.table) {
        let condition = source.check(&config.dictionary, &record.table).ok();
        let holds = condition.and_then(|condition| draft.reads.matches(&condition, record).ok());
        fields.extend(holds.map(|holds| (theirs.to_owned(), Script::Bool(holds))));
    }
    Row { id: record.id.to_string(), table: names.their_table(&record.table).to_owned(), fields }
}

/// Whether a script with the rights of a person reads this field.
fn may_read(draft: &Draft<'_>, info: &dictionary::TableInfo, record: &Record, name: &str) -> bool {
    let config = draft.context.config;
    if draft.rights.limited().is_none() {
        return true;
    }
    let Some(field) = info.field(name) else { return false };
    let grant = config.access.field(&config.dictionary, &draft.rights, Operation::Read, info, field);
    // What cannot be found out is not shown.
    grant.covers(&draft.reads, record).unwrap_or(false)
}

/// What is stored of a value of theirs in a field of `table` (ours); an error sentence where it does not fit.
pub(crate) fn stored_value(
    config: &Config,
    vocabulary: Vocabulary,
    table: &str,
    field: &Field,
    value: &Script,
) -> Result<Value, String> {
    if field.kind != Kind::Choice {
        return from_script(field.kind, value);
    }
    let text = plain(value);
    let ours = config.names.of(vocabulary).choice(&config.dictionary, table, &field.name, &text);
    from_script(field.kind, &Script::Text(ours.to_owned()))
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
        let found = self.draft.reads.get(&table, id).map_err(view_error)?;
        match found {
            Some(record) if !self.draft.is_readable(&record).map_err(change_error)? => Ok(None),
            other => Ok(other),
        }
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
        row(self.draft, self.vocabulary, record)
    }

    fn fields(&self, table: &str, given: Vec<(String, Script)>) -> Result<Fields, HostError> {
        let info = self.info(table)?;
        let mut fields = Fields::new();
        let config = self.draft.context.config;
        for (theirs, value) in given {
            // What follows from other fields is not written beside them.
            let names = config.names.of(self.vocabulary);
            if names.computed(&config.dictionary, table).any(|(computed, _)| computed == theirs) {
                continue;
            }
            let name = self.path(table, &theirs);
            // Who and when is the program's to say; scripts name them for the form of it (`opened_by`).
            if is_stamp(&name) {
                continue;
            }
            let value = match info.field(&name) {
                Some(field) => self.stored_value(table, field, &value),
                None => from_script(Kind::Text, &value),
            };
            let value = value.map_err(|text| refuse("bad_value", format!("`{table}.{name}`: {text}")))?;
            fields.insert(name, value);
        }
        Ok(fields)
    }

    /// What is stored of a value of theirs.
    pub(super) fn stored_value(&self, table: &str, field: &Field, value: &Script) -> Result<Value, String> {
        stored_value(self.draft.context.config, self.vocabulary, table, field, value)
    }

    fn refuse_mail(&self, table: &str) -> Result<(), HostError> {
        if table == EMAIL && self.mail.is_some() {
            return Err(refuse("read_only", "a mail is kept as it came: scripts cannot change it"));
        }
        Ok(())
    }

    /// Why nobody heard of a change is asked later: the trace says that the script wanted it so.
    fn tell_silence(&mut self, key: &RecordKey, how: How) -> Result<(), HostError> {
        if how.silent {
            let record = self.draft.reads.get(&key.table, key.id).map_err(view_error)?;
            let name = record.map(|record| name_of(&self.draft.reads, &record)).unwrap_or_default();
            let text = format!(
                "a script changes {} {name} silently: no business rules, events and notifications hear of it",
                key.table
            );
            self.draft.scripts.tell(Step::Note { why: Why::new("silent", text) });
        }
        Ok(())
    }

    fn tell<T>(&mut self, done: Result<T, HostError>) -> Result<T, HostError> {
        if let Err(error) = &done {
            self.refused.push(error.to_string());
        }
        done
    }

    fn insert_record(
        &mut self,
        table: &str,
        fields: Vec<(String, Script)>,
        how: How,
    ) -> Result<String, HostError> {
        let table = self.ours(table);
        self.refuse_mail(&table)?;
        let fields = self.fields(&table, fields)?;
        let key = self.draft.insert_how(&table, fields, manner(how)).map_err(change_error)?;
        self.tell_silence(&key, how)?;
        Ok(key.id.to_string())
    }

    fn update_record(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Script)>,
        how: How,
    ) -> Result<(), HostError> {
        self.refuse_mail(&self.ours(table))?;
        let key = self.key(table, id)?;
        let fields = self.fields(&key.table, fields)?;
        self.tell_silence(&key, how)?;
        self.draft.update_how(&key, fields, manner(how)).map(|_| ()).map_err(change_error)
    }

    fn delete_record(&mut self, table: &str, id: &str, how: How) -> Result<(), HostError> {
        self.refuse_mail(&self.ours(table))?;
        let key = self.key(table, id)?;
        self.tell_silence(&key, how)?;
        self.draft.delete_how(&key, manner(how)).map_err(change_error)
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

    fn insert(&mut self, table: &str, fields: Vec<(String, Script)>, how: How) -> Result<String, HostError> {
        let done = self.insert_record(table, fields, how);
        self.tell(done)
    }

    fn update(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Script)>,
        how: How,
    ) -> Result<(), HostError> {
        let done = self.update_record(table, id, fields, how);
        self.tell(done)
    }

    fn delete(&mut self, table: &str, id: &str, how: How) -> Result<(), HostError> {
        let done = self.delete_record(table, id, how);
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
        let value = self.stored_value(&table, field, value).unwrap_or_else(|_| Value::text(plain(value)));
        display(&self.draft.reads, &self.reader()?, field, &value).map_err(view_error)
    }

    fn stored_of(&mut self, table: &str, field: &str, text: &str) -> Result<Option<Script>, HostError> {
        self.stored(&self.ours(table), field, text)
    }

    fn property(&mut self, name: &str) -> Result<Option<String>, HostError> {
        Ok(self.setting(name))
    }

    fn event(&mut self, event: &Event) -> Result<(), HostError> {
        let done = self.raise(event);
        self.tell(done)
    }

    fn message(
        &mut self,
        key: &str,
        category: &str,
        language: Option<&str>,
    ) -> Result<Option<String>, HostError> {
        self.text_for_people(key, category, language)
    }

    fn include(&mut self, name: &str) -> Result<Option<Include>, HostError> {
        let found = self.draft.context.config.automation.includes.get(name);
        Ok(found.map(|include| Include {
            name: include.name.clone(),
            source: Rc::from(include.script.as_str()),
            vocabulary: include.vocabulary,
        }))
    }

    fn includes(&mut self) -> Vec<String> {
        self.draft.context.config.automation.includes.keys().cloned().collect()
    }

    fn set_property(&mut self, name: &str, value: &str, description: Option<&str>) -> Result<(), HostError> {
        self.set_setting(name, value, description)
    }

    fn journal(
        &mut self,
        table: &str,
        id: &str,
        field: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, HostError> {
        let record = self.existing(table, id)?;
        self.entries(&record, field, limit)
    }

    fn attachments(&mut self, table: &str, id: &str) -> Result<Vec<Attachment>, HostError> {
        if let Some(mail) = self.mail_of(&self.ours(table)).filter(|mail| mail.is(id)) {
            return Ok(mail.files.clone());
        }
        let key = self.key(table, id)?;
        Ok(self.draft.files_of(&key).map_err(change_error)?.iter().map(shown).collect())
    }

    fn attachment(&mut self, id: &str) -> Result<Option<(Attachment, String, String)>, HostError> {
        let Some(file) = self.known_file(id)? else { return Ok(None) };
        let Some(key) = &file.record else { return Ok(None) };
        let names = self.draft.context.config.names.of(self.vocabulary);
        Ok(Some((shown(&file), names.their_table(&key.table).to_owned(), key.id.to_string())))
    }

    fn attachment_bytes(&mut self, id: &str) -> Result<Option<Vec<u8>>, HostError> {
        match self.known_file(id)? {
            Some(file) => self.draft.file_bytes(&file).map_err(change_error),
            None => Ok(None),
        }
    }

    fn copy_attachments(&mut self, from: (&str, &str), to: (&str, &str)) -> Result<Vec<String>, HostError> {
        let done = self.copy_files(from, to);
        self.tell(done)
    }

    fn write_attachment(
        &mut self,
        to: (&str, &str),
        name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<String, HostError> {
        let done = self.write_file(to, name, media_type, bytes);
        self.tell(done)
    }

    fn rename_attachment(&mut self, id: &str, name: &str) -> Result<bool, HostError> {
        let Some(file) = self.known_file(id)? else { return Ok(false) };
        self.draft.rename_file(&file, name).map(|()| true).map_err(change_error)
    }

    fn delete_attachment(&mut self, id: &str) -> Result<bool, HostError> {
        let Some(file) = self.known_file(id)? else { return Ok(false) };
        self.draft.remove_file(&file).map(|()| true).map_err(change_error)
    }

    fn schedule(&mut self, id: &str) -> Result<Option<Schedule>, HostError> {
        self.working_hours(id)
    }

    fn link(&mut self, table: &str, id: &str) -> Result<String, HostError> {
        // Files are no records that people see by themselves: where one leads is its content.
        if table == "attachment" {
            return Ok(format!("api/v1/attachments/{id}/content"));
        }
        Ok(format!("record/{}/{id}", self.ours(table)))
    }
}
