//! Records made, changed and removed: rules before, checks, the plan, rules after.

use super::checked::{bad, missing};
use super::rules::{Hand, with_journal};
use super::{ChangeError, Draft, Manner};
use crate::access::Operation;
use crate::automation::{When, Write};
use crate::dictionary::TableInfo;
use crate::field_fault::refuse;
use crate::record::{Fields, Record, RecordKey, put};
use crate::value::{Kind, Value};

impl Draft<'_> {
    /// Plans a new record. Fields not named get their defaults.
    pub fn insert(&mut self, table: &str, given: Fields) -> Result<RecordKey, ChangeError> {
        self.insert_how(table, given, Manner::default())
    }

    /// The same in a manner of its own.
    pub fn insert_how(
        &mut self,
        table: &str,
        given: Fields,
        manner: Manner,
    ) -> Result<RecordKey, ChangeError> {
        let place = self.state.records.len() + self.state.open;
        let id = self.context.seed.id(&format!("record:{place}"), self.context.now);
        self.insert_record(RecordKey { table: table.to_owned(), id }, given, manner)
    }

    /// Plans a new record under an id of the caller's choice.
    pub fn insert_as(&mut self, key: RecordKey, given: Fields) -> Result<RecordKey, ChangeError> {
        self.insert_record(key, given, Manner::default())
    }

    fn insert_record(
        &mut self,
        key: RecordKey,
        given: Fields,
        manner: Manner,
    ) -> Result<RecordKey, ChangeError> {
        let info = self.info(&key.table)?;
        if !self.has_rules(&info, Write::Insert, manner) {
            self.plan_insert(&info, &key, given, Fields::new(), manner)?;
            return Ok(key);
        }
        self.or_nothing(|draft| draft.insert_with_rules(&info, &key, given, manner))?;
        Ok(key)
    }

    fn insert_with_rules(
        &mut self,
        info: &std::sync::Arc<TableInfo>,
        key: &RecordKey,
        mut given: Fields,
        manner: Manner,
    ) -> Result<(), ChangeError> {
        let written: Vec<String> = given.keys().cloned().collect();
        let of = |name: &str| info.field(name).filter(|field| field.kind != Kind::Journal);
        let mut fields: Fields = given
            .iter()
            .filter(|(name, _)| of(name).is_some())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        fill_in(info, &mut fields)?;
        self.number(info, &mut fields)?;
        let numbered = |name: &str| of(name).is_some_and(|field| field.kind == Kind::Number);
        let number: Fields = fields
            .iter()
            .filter(|(name, _)| numbered(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        self.stamp(&mut fields, true, manner);
        let image = Record { table: key.table.clone(), id: key.id, version: 0, fields };
        self.may(Operation::Create, info, &image, &written)?;
        let journal = journal_of(info, &given);
        let start = image.fields.clone();
        let mut hand =
            Hand { write: Write::Insert, info: info.clone(), previous: None, image, journal, pending: true };
        self.state.open += 1;
        self.run_rules(&mut hand, When::Before)?;
        self.state.open = self.state.open.saturating_sub(1);
        given.extend(with_journal(hand.changed_since(&start), &hand.journal));
        self.with_all_rights(|draft| draft.plan_insert(info, key, given, number, manner))?;
        self.after(hand, key)
    }

    fn plan_insert(
        &mut self,
        info: &TableInfo,
        key: &RecordKey,
        given: Fields,
        number: Fields,
        manner: Manner,
    ) -> Result<(), ChangeError> {
        let written: Vec<String> = given.keys().cloned().collect();
        let (mut fields, journal, mut faults) = self.checked(info, given)?;
        for (name, value) in number {
            fields.entry(name).or_insert(value);
        }
        fill_in(info, &mut fields)?;
        missing(info, &fields, &mut faults);
        refuse(faults)?;
        self.number(info, &mut fields)?;
        self.stamp(&mut fields, true, manner);
        let record = Record { table: key.table.clone(), id: key.id, version: 0, fields };
        self.may(Operation::Create, info, &record, &written)?;
        self.check_record(info, None, &record)?;
        self.remember(key.clone(), (None, Some(record)), journal, manner.silent);
        Ok(())
    }

    /// Plans new values of a record; no value clears a field. Says whether anything changes.
    pub fn update(&mut self, key: &RecordKey, changes: Fields) -> Result<bool, ChangeError> {
        self.update_how(key, changes, Manner::default())
    }

    /// The same in a manner of its own.
    pub fn update_how(
        &mut self,
        key: &RecordKey,
        changes: Fields,
        manner: Manner,
    ) -> Result<bool, ChangeError> {
        let before = self.existing(key)?;
        let info = self.info(&before.table)?;
        let written: Vec<String> = changes.keys().cloned().collect();
        self.may(Operation::Update, &info, &before, &written)?;
        if !self.has_rules(&info, Write::Update, manner) {
            return self.plan_update(&info, before, changes, manner);
        }
        self.or_nothing(|draft| draft.update_with_rules(&info, before, changes, manner))
    }

    fn update_with_rules(
        &mut self,
        info: &std::sync::Arc<TableInfo>,
        before: Record,
        mut changes: Fields,
        manner: Manner,
    ) -> Result<bool, ChangeError> {
        let (values, journal, faults) = self.checked(info, changes.clone())?;
        let mut image = before.clone();
        for (field, value) in values {
            image.set(&field, value);
        }
        // What changes nothing sets off no rule, and what is wrong is told at once.
        if !faults.is_empty() || (image.fields == before.fields && journal.is_empty()) {
            return self.plan_update(info, before, changes, manner);
        }
        let key = before.key();
        let previous = Some(self.first_state(&before));
        let start = image.fields.clone();
        let mut hand =
            Hand { write: Write::Update, info: info.clone(), previous, image, journal, pending: true };
        self.run_rules(&mut hand, When::Before)?;
        changes.extend(with_journal(hand.changed_since(&start), &hand.journal));
        // A rule may have written to the same record another way.
        let before = self.with_all_rights(|draft| draft.existing(&key))?;
        let changed = self.with_all_rights(|draft| draft.plan_update(info, before, changes, manner))?;
        if changed {
            self.after(hand, &key)?;
        }
        Ok(changed)
    }

    fn plan_update(
        &mut self,
        info: &TableInfo,
        before: Record,
        changes: Fields,
        manner: Manner,
    ) -> Result<bool, ChangeError> {
        let (changes, journal, mut faults) = self.checked(info, changes)?;
        let mut after = before.clone();
        for (field, value) in changes {
            after.set(&field, value);
        }
        if faults.is_empty() && after.fields == before.fields && journal.is_empty() {
            return Ok(false);
        }
        missing(info, &after.fields, &mut faults);
        refuse(faults)?;
        self.check_record(info, Some(&before), &after)?;
        self.stamp(&mut after.fields, false, manner);
        self.remember(before.key(), (Some(before), Some(after)), journal, manner.silent);
        Ok(true)
    }

    /// Plans the removal of a record.
    pub fn delete(&mut self, key: &RecordKey) -> Result<(), ChangeError> {
        self.delete_how(key, Manner::default())
    }

    /// The same in a manner of its own.
    pub fn delete_how(&mut self, key: &RecordKey, manner: Manner) -> Result<(), ChangeError> {
        let before = self.existing(key)?;
        let info = self.info(&before.table)?;
        self.may(Operation::Delete, &info, &before, &[])?;
        if !self.has_rules(&info, Write::Delete, manner) {
            self.remember(before.key(), (Some(before), None), Fields::new(), manner.silent);
            return Ok(());
        }
        self.or_nothing(|draft| {
            let key = before.key();
            let previous = Some(draft.first_state(&before));
            let mut hand = Hand {
                write: Write::Delete,
                info,
                previous,
                image: before,
                journal: Fields::new(),
                pending: true,
            };
            draft.run_rules(&mut hand, When::Before)?;
            // A rule that has removed the record itself has done what was asked for.
            if let Some(last) = draft.reads.get(&key.table, key.id)? {
                draft.remember(key.clone(), (Some(last), None), Fields::new(), manner.silent);
            }
            hand.pending = false;
            draft.run_rules(&mut hand, When::After)
        })
    }

    /// The record before the first change of the decision; one that the decision has made, as it is.
    fn first_state(&self, before: &Record) -> Record {
        let pending = self.state.records.iter().find(|pending| pending.key.id == before.id);
        pending.and_then(|pending| pending.before.clone()).unwrap_or_else(|| before.clone())
    }

    /// The rules after a change, which see the record as it is planned.
    fn after(&mut self, mut hand: Hand, key: &RecordKey) -> Result<(), ChangeError> {
        hand.pending = false;
        if let Some(planned) = self.reads.get(&key.table, key.id)? {
            hand.image = planned;
        }
        self.run_rules(&mut hand, When::After)
    }

    /// Does something as the program: the rights of whoever asks were asked before the rules ran.
    fn with_all_rights<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        let asker = std::mem::take(&mut self.rights);
        let done = body(self);
        self.rights = asker;
        done
    }

    /// A change that is refused leaves nothing behind of what its rules have written.
    fn or_nothing<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, ChangeError>,
    ) -> Result<T, ChangeError> {
        let before = self.savepoint();
        let done = body(self);
        if done.is_err() {
            self.roll_back(before);
        }
        done
    }
}

/// Defaults of fields that were not named. Named without a value: no default either.
fn fill_in(info: &TableInfo, fields: &mut Fields) -> Result<(), ChangeError> {
    for field in info.fields.values() {
        if let (Some(default), false) = (&field.default, fields.contains_key(&field.name)) {
            let value =
                Value::parse(field.kind, default).map_err(|error| bad(info, field, error.to_string()))?;
            put(fields, &field.name, value);
        }
    }
    fields.retain(|_, value| !value.is_null());
    Ok(())
}

/// What a change writes into journals.
fn journal_of(info: &TableInfo, given: &Fields) -> Fields {
    let journal = |name: &str| info.field(name).is_some_and(|field| field.kind == Kind::Journal);
    let written = given.iter().filter(|(name, value)| journal(name) && !value.is_null());
    written.map(|(name, value)| (name.clone(), value.clone())).collect()
}
