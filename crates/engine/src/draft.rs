//! A plan in the making: changes of records are checked here and become operations, activities and events.
//!
//! Everybody who changes records (mapping, script, API, pack) does it through a draft, so there is one place that
//! knows defaults, numbers, mandatory fields, journals and "one event per record and plan".

mod error;
mod files;
mod rights;

use std::collections::BTreeMap;

use crate::access::{Operation, Rights};
use crate::context::Context;
use crate::dictionary::{Field, TableInfo};
use crate::events::{Raise, unregistered};
use crate::field_fault::{FieldFault, refuse};
use crate::file::TakenOff;
use crate::id::Id;
use crate::plan::{Activity, ActivityKind, Actor, Cause, NewAttachment, NewEvent, Plan, RecordOp};
use crate::reads::Reads;
use crate::record::{Fields, Record, RecordKey, put};
use crate::script::told::Scripts;
use crate::sealed::Sealed;
use crate::url::is_url;
use crate::value::{Kind, Value};

pub use error::ChangeError;
pub use rights::Forbidden;

/// One record on its way through the plan.
#[derive(Debug, Clone)]
struct Pending {
    key: RecordKey,
    before: Option<Record>,
    after: Option<Record>,
    journal: Fields,
    /// Whether rules are to hear of it.
    silent: bool,
}

impl Pending {
    fn never_was(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }
}

/// What a draft holds, to return to when an action fails.
#[derive(Debug, Clone, Default)]
pub struct DraftState {
    records: Vec<Pending>,
    activities: Vec<Activity>,
    raised: Vec<NewEvent>,
    files: Vec<NewAttachment>,
    taken_off: Vec<TakenOff>,
    numbers: BTreeMap<String, usize>,
    /// How often something was planned, also on a record that the plan had changed before.
    effects: usize,
}

/// A plan in the making.
pub struct Draft<'a> {
    /// The input of the decision.
    pub context: Context<'a>,
    /// Its reads, with what is planned laid over them.
    pub reads: Reads<'a>,
    /// Who changes.
    pub actor: Actor,
    /// Whose rights count.
    pub rights: Rights,
    /// The mail that comments are written with.
    pub email: Option<Id>,
    /// A mark on comments, such as `unverified`.
    pub mark: Option<String>,
    /// Whether fields that only the program sets may be set: what is asked for is the program's own doing.
    pub program: bool,
    /// Records that are still to come, so that those before them may refer to them.
    pub expected: std::collections::BTreeSet<Id>,
    /// The scripts that have run in it.
    pub(crate) scripts: Scripts,
    state: DraftState,
}

impl<'a> Draft<'a> {
    /// An empty draft.
    pub fn new(context: Context<'a>, actor: Actor) -> Self {
        let reads = Reads::new(context.view, &context.config.dictionary);
        Self {
            context,
            reads,
            actor,
            rights: Rights::Program,
            email: None,
            mark: None,
            program: false,
            expected: std::collections::BTreeSet::new(),
            scripts: Scripts::default(),
            state: DraftState::default(),
        }
    }

    /// What is planned so far.
    pub fn savepoint(&self) -> (DraftState, BTreeMap<Id, Option<Record>>) {
        (self.state.clone(), self.reads.savepoint())
    }

    /// Returns to a savepoint.
    pub fn roll_back(&mut self, (state, overlay): (DraftState, BTreeMap<Id, Option<Record>>)) {
        self.state = state;
        self.reads.roll_back(overlay);
    }

    /// How often something was planned so far.
    pub fn effects(&self) -> usize {
        self.state.effects
    }

    /// Plans a new record. Fields not named get their defaults.
    pub fn insert(&mut self, table: &str, given: Fields) -> Result<RecordKey, ChangeError> {
        let place = self.state.records.len();
        let id = self.context.seed.id(&format!("record:{place}"), self.context.now);
        self.insert_as(RecordKey { table: table.to_owned(), id }, given)
    }

    /// Plans a new record under an id of the caller's choice.
    pub fn insert_as(&mut self, key: RecordKey, given: Fields) -> Result<RecordKey, ChangeError> {
        let info = self.info(&key.table)?;
        let written: Vec<String> = given.keys().cloned().collect();
        let (mut fields, journal, mut faults) = self.checked(&info, given)?;
        for field in info.fields.values() {
            if let (Some(default), false) = (&field.default, fields.contains_key(&field.name)) {
                let value = Value::parse(field.kind, default)
                    .map_err(|error| bad(&info, field, error.to_string()))?;
                put(&mut fields, &field.name, value);
            }
        }
        // Named without a value: no default either.
        fields.retain(|_, value| !value.is_null());
        missing(&info, &fields, &mut faults);
        refuse(faults)?;
        self.number(&info, &mut fields)?;
        self.stamp(&mut fields, true);
        let record = Record { table: key.table.clone(), id: key.id, version: 0, fields };
        self.may(Operation::Create, &info, &record, &written)?;
        self.check_record(&info, None, &record)?;
        self.remember(key.clone(), None, Some(record), journal);
        Ok(key)
    }

    /// Plans new values of a record; no value clears a field. Says whether anything changes.
    pub fn update(&mut self, key: &RecordKey, changes: Fields) -> Result<bool, ChangeError> {
        let before = self.existing(key)?;
        let info = self.info(&before.table)?;
        let written: Vec<String> = changes.keys().cloned().collect();
        self.may(Operation::Update, &info, &before, &written)?;
        let (changes, journal, mut faults) = self.checked(&info, changes)?;
        let mut after = before.clone();
        for (field, value) in changes {
            after.set(&field, value);
        }
        if faults.is_empty() && after.fields == before.fields && journal.is_empty() {
            return Ok(false);
        }
        missing(&info, &after.fields, &mut faults);
        refuse(faults)?;
        self.check_record(&info, Some(&before), &after)?;
        self.stamp(&mut after.fields, false);
        let key = before.key();
        self.remember(key, Some(before), Some(after), journal);
        Ok(true)
    }

    /// Plans the removal of a record.
    pub fn delete(&mut self, key: &RecordKey) -> Result<(), ChangeError> {
        let before = self.existing(key)?;
        let info = self.info(&before.table)?;
        self.may(Operation::Delete, &info, &before, &[])?;
        self.remember(before.key(), Some(before), None, Fields::new());
        Ok(())
    }

    /// Rules do not hear of what is planned for this record (SimpleOne: `silentMode`).
    pub fn silence(&mut self, key: &RecordKey) {
        if let Some(pending) = self.state.records.iter_mut().find(|pending| pending.key.id == key.id) {
            pending.silent = true;
        }
    }

    /// Raises an event of a name of its own.
    pub fn raise(&mut self, raise: &Raise, key: &RecordKey) -> Result<(), ChangeError> {
        let record = self.existing(key)?;
        self.raise_for(raise, &record)
    }

    /// The same for a record that was read already.
    pub fn raise_for(&mut self, raise: &Raise, record: &Record) -> Result<(), ChangeError> {
        raise.check(self.context.now)?;
        self.state.effects += 1;
        let place = self.state.raised.len();
        let label = format!("raised:{place}");
        let due = raise.due(self.context.now);
        self.state.raised.push(NewEvent {
            id: self.context.seed.id(&label, self.context.now),
            name: raise.name.clone(),
            record: record.key(),
            old: None,
            // One that waits is about the record as it is then.
            new: due.is_none().then(|| record.fields.clone()),
            actor: self.actor.clone(),
            params: raise.params.clone(),
            journal: Fields::new(),
            from_email: None,
            seed: self.context.seed.derive(&label),
            due,
            same: raise.same.clone(),
        });
        Ok(())
    }

    /// Plans an entry of a feed.
    pub fn activity(&mut self, key: &RecordKey, kind: ActivityKind, text: &str, email: Option<Id>) {
        self.state.effects += 1;
        let label = format!("activity:{}", self.state.activities.len());
        self.state.activities.push(Activity {
            id: self.context.seed.id(&label, self.context.now),
            record: key.clone(),
            kind,
            actor: self.actor.clone(),
            text: text.to_owned(),
            email,
            mark: self.mark.clone(),
        });
    }

    /// The names of what changes, for the trace: operation, record, fields.
    pub fn summary(&self) -> Vec<(&'static str, RecordKey, Vec<String>)> {
        let line = |pending: &Pending| {
            let operation = match (&pending.before, &pending.after) {
                (None, _) => "insert",
                (Some(_), Some(_)) => "update",
                (Some(_), None) => "delete",
            };
            let mut fields: Vec<String> =
                changed_fields(pending).into_iter().filter(|name| !is_stamp(name)).collect();
            fields.extend(pending.journal.keys().cloned());
            (operation, pending.key.clone(), fields)
        };
        self.state.records.iter().map(line).collect()
    }

    /// Puts everything into the plan: operations, activities, one event per record, guards.
    pub fn finish(mut self, plan: &mut Plan, cause: &Cause, from_email: Option<Id>) {
        for pending in &self.state.records {
            if let Some(op) = operation(pending) {
                plan.records.push(op);
            }
            if let Some(event) = self.event(pending, from_email) {
                plan.events.push(event);
            }
        }
        for event in &self.state.raised {
            let Some(odd) = unregistered(self.context.config, event) else { continue };
            if plan.attention.iter().all(|one| one.id != odd.id) {
                plan.attention.push(odd);
            }
        }
        plan.trace.steps.extend(self.scripts.take_steps());
        plan.attention.extend(self.scripts.take_attention());
        plan.events.extend(self.state.raised);
        plan.attachments.extend(self.state.files);
        plan.taken_off.extend(self.state.taken_off);
        // What was made and removed again leaves no feed behind.
        let gone: Vec<Id> =
            self.state.records.iter().filter(|one| one.never_was()).map(|one| one.key.id).collect();
        plan.activities
            .extend(self.state.activities.into_iter().filter(|one| !gone.contains(&one.record.id)));
        plan.cause = cause.clone();
        plan.generation = Some(self.context.config.generation);
        plan.guards.extend(self.reads.into_guards());
    }

    fn event(&self, pending: &Pending, from_email: Option<Id>) -> Option<NewEvent> {
        let listens = self.context.config.dictionary.table(&pending.key.table)?.table.events;
        if !listens || pending.silent {
            return None;
        }
        let name = match (&pending.before, &pending.after) {
            (None, None) => return None,
            (None, Some(_)) => "inserted",
            (Some(_), Some(_)) => "updated",
            (Some(_), None) => "deleted",
        };
        let label = format!("event:{}", pending.key.id);
        Some(NewEvent {
            id: self.context.seed.id(&label, self.context.now),
            name: format!("{}.{name}", pending.key.table),
            record: pending.key.clone(),
            old: pending.before.as_ref().map(|record| record.fields.clone()),
            new: pending.after.as_ref().map(|record| record.fields.clone()),
            actor: self.actor.clone(),
            params: Vec::new(),
            journal: pending.journal.clone(),
            from_email: from_email.filter(|_| pending.before.is_none()),
            seed: self.context.seed.derive(&label),
            due: None,
            same: None,
        })
    }

    fn info(&self, table: &str) -> Result<std::sync::Arc<TableInfo>, ChangeError> {
        self.context
            .config
            .dictionary
            .table(table)
            .cloned()
            .ok_or_else(|| ChangeError::NoTable(table.to_owned()))
    }

    /// The record, where whoever asks may know of it.
    pub(crate) fn existing(&self, key: &RecordKey) -> Result<Record, ChangeError> {
        let found = self.reads.get(&key.table, key.id)?;
        let found = match found {
            Some(record) if !self.is_readable(&record)? => None,
            other => other,
        };
        found.ok_or_else(|| ChangeError::NoRecord { table: key.table.clone(), id: key.id.to_string() })
    }

    /// Values of the fields' kinds, journals apart, and every one that breaks a rule.
    fn checked(
        &self,
        info: &TableInfo,
        given: Fields,
    ) -> Result<(Fields, Fields, Vec<FieldFault>), ChangeError> {
        let (mut fields, mut journal, mut faults) = (Fields::new(), Fields::new(), Vec::new());
        for (name, value) in given {
            let Some(field) = info.field(&name) else {
                let rule = "the table has no such field".to_owned();
                faults.push(FieldFault::of(info, &name, &value, "unknown_field", rule));
                continue;
            };
            // A mail may be longer than a comment; what is too much of it stays on the mail.
            let value = match value {
                Value::Text(text) if field.kind == Kind::Journal && self.email.is_some() => {
                    Value::text(crate::inbound::outcome::shortened(&text))
                }
                other => other,
            };
            if let Some((code, rule)) = self.check_value(info, field, &value)? {
                faults.push(FieldFault::of(info, &name, &value, code, rule));
            } else if field.kind != Kind::Journal {
                fields.insert(name, value);
            } else if !value.is_null() {
                journal.insert(name, value);
            }
        }
        Ok((fields, journal, faults))
    }

    /// The rules of tables whose fields depend on each other.
    fn check_record(
        &self,
        info: &TableInfo,
        before: Option<&Record>,
        after: &Record,
    ) -> Result<(), ChangeError> {
        let config = self.context.config;
        let checked = crate::account::check(&config.dictionary, before, after)
            .and_then(|()| crate::access::check(&config.dictionary, after))
            .and_then(|()| crate::access::check_roles(&config.roles, before, after))
            .and_then(|()| crate::events::check(&config.dictionary, after))
            .and_then(|()| crate::schedule::check(&config.dictionary, after))
            .and_then(|()| crate::setting::check(after));
        checked.map_err(|error| match error {
            ChangeError::Field { field, code, rule, .. } => {
                let value = after.get(&field);
                ChangeError::Fields(vec![FieldFault::of(info, &field, value, code, rule)])
            }
            other => other,
        })
    }

    /// The code and the words of the rule that the value breaks.
    fn check_value(
        &self,
        info: &TableInfo,
        field: &Field,
        value: &Value,
    ) -> Result<Option<(&'static str, String)>, ChangeError> {
        if field.read_only && !self.program {
            return Ok(Some(("read_only", "only the program sets it".to_owned())));
        }
        Ok(match value {
            Value::Text(text) if field.encrypted && Sealed::parse(text).is_none() => {
                Some(("read_only", "it is set by people, through the API, alone".to_owned()))
            }
            // Its length was bounded before it was encrypted, where it was still known.
            Value::Text(_) if field.encrypted => None,
            Value::Text(text) if field.kind == Kind::Choice && !field.takes(text) => {
                let words: Vec<&str> = field.choices.iter().map(|choice| choice.value.as_str()).collect();
                Some(("unknown_choice", format!("`{}` is none of {}", shorten(text), words.join(", "))))
            }
            Value::Text(text) if text.chars().count() > field.chars_max() => {
                Some(("too_long", format!("at most {} characters fit", field.chars_max())))
            }
            Value::Text(text) if field.kind == Kind::Email => {
                self.context.config.settings.address_fault(text).map(|rule| ("bad_value", rule))
            }
            Value::Text(text) if field.kind == Kind::Url && !is_url(text) => {
                let rule = "an address that begins with `https:`, `http:` or `mailto:` is wanted";
                Some(("bad_value", rule.to_owned()))
            }
            Value::Text(text) if field.kind == Kind::Json => {
                let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
                read.err().map(|error| ("bad_value", format!("this is no JSON: {error}")))
            }
            Value::Ref(id) => {
                let table = field.table.as_deref().unwrap_or(&info.table.name);
                let known = self.expected.contains(id) || self.reads.get(table, *id)?.is_some();
                let rule = || ("no_such_reference", format!("there is no record {id} in `{table}`"));
                (!known).then(rule)
            }
            _ => None,
        })
    }

    fn number(&mut self, info: &TableInfo, fields: &mut Fields) -> Result<(), ChangeError> {
        let Some(prefix) = info.number_prefix() else { return Ok(()) };
        let Some(field) = info.fields.values().find(|field| field.kind == Kind::Number) else {
            return Ok(());
        };
        if fields.contains_key(&field.name) {
            return Ok(());
        }
        // One series for all tables that share a prefix: their numbers are unique together.
        let series = info.numbered_by.as_deref().unwrap_or(&info.table.name);
        let used = self.state.numbers.entry(series.to_owned()).or_default();
        let number = self.context.numbers.number(series, prefix, *used);
        *used += 1;
        let number = number.map_err(|cause| ChangeError::Number { table: info.table.name.clone(), cause })?;
        put(fields, &field.name, Value::text(number));
        Ok(())
    }

    fn stamp(&self, fields: &mut Fields, created: bool) {
        let who = self.actor.user.map_or(Value::Null, Value::Ref);
        let when = Value::Time(self.context.now);
        if created {
            put(fields, "created_at", when.clone());
            put(fields, "created_by", who.clone());
        }
        put(fields, "updated_at", when);
        put(fields, "updated_by", who);
    }

    fn remember(&mut self, key: RecordKey, before: Option<Record>, after: Option<Record>, journal: Fields) {
        self.state.effects += 1;
        let internal = |field: &str| {
            let info = self.context.config.dictionary.table(&key.table);
            info.and_then(|info| info.field(field)).is_some_and(|field| field.agents_only)
        };
        let entries: Vec<(ActivityKind, String)> = journal
            .iter()
            .map(|(field, value)| {
                let kind = if internal(field) { ActivityKind::WorkNote } else { ActivityKind::Comment };
                (kind, value.plain())
            })
            .collect();
        let email = self.email;
        for (kind, text) in entries {
            self.activity(&key, kind, &text, email);
        }
        self.reads.overlay(key.id, after.clone());
        if let Some(pending) = self.state.records.iter_mut().find(|pending| pending.key.id == key.id) {
            pending.after = after;
            for (field, value) in journal {
                let said = pending.journal.get(&field).map(Value::plain);
                let all =
                    said.map_or(value.clone(), |said| Value::text(format!("{said}\n\n{}", value.plain())));
                pending.journal.insert(field, all);
            }
        } else {
            self.state.records.push(Pending { key, before, after, journal, silent: false });
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

fn bad(info: &TableInfo, field: &Field, rule: String) -> ChangeError {
    ChangeError::Field { table: info.table.name.clone(), field: field.name.clone(), code: "bad_value", rule }
}

/// Every mandatory field without a value, but those whose value is wrong already.
fn missing(info: &TableInfo, fields: &Fields, faults: &mut Vec<FieldFault>) {
    let wrong: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
    let missing = info.fields.values().filter(|field| field.mandatory && !fields.contains_key(&field.name));
    for field in missing.filter(|field| !wrong.contains(&field.name)) {
        faults.push(FieldFault::new(info, &field.name, None, "mandatory", "it needs a value".to_owned()));
    }
}

fn is_stamp(field: &str) -> bool {
    matches!(field, "created_at" | "created_by" | "updated_at" | "updated_by")
}

fn changed_fields(pending: &Pending) -> Vec<String> {
    let empty = Fields::new();
    let before = pending.before.as_ref().map_or(&empty, |record| &record.fields);
    let after = pending.after.as_ref().map_or(&empty, |record| &record.fields);
    let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

fn operation(pending: &Pending) -> Option<RecordOp> {
    let key = pending.key.clone();
    match (&pending.before, &pending.after) {
        (None, None) => None,
        (None, Some(after)) => Some(RecordOp::Insert { key, fields: after.fields.clone() }),
        (Some(before), None) => {
            Some(RecordOp::Delete { key, version: before.version, old: before.fields.clone() })
        }
        (Some(before), Some(after)) => {
            let pick = |record: &Record, name: &String| (name.clone(), record.get(name).clone());
            let names = changed_fields(pending);
            let old = names.iter().map(|name| pick(before, name)).collect();
            let new = names.iter().map(|name| pick(after, name)).collect();
            Some(RecordOp::Update { key, version: before.version, old, new })
        }
    }
}
