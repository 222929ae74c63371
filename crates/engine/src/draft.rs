//! A plan in the making: changes of records are checked here and become operations, activities and events.
//!
//! Everybody who changes records (mapping, script, API, pack) does it through a draft, so there is one place that
//! knows defaults, numbers, mandatory fields, journals and "one event per record and plan".

mod change;
mod checked;
mod error;
mod files;
mod finish;
mod rights;
pub(crate) mod rules;

use std::collections::BTreeMap;

use crate::access::Rights;
use crate::context::Context;
use crate::dictionary::TableInfo;
use crate::events::Raise;
use crate::file::{Renamed, TakenOff};
use crate::id::Id;
use crate::plan::{Activity, ActivityKind, Actor, NewAttachment, NewEvent};
use crate::reads::Reads;
use crate::record::{Fields, Record, RecordKey, put};
use crate::script::told::Scripts;
use crate::value::{Kind, Value};

pub use error::ChangeError;
pub(crate) use finish::is_stamp;
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

/// How a change is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Whether nobody hears of it: business rules, events and so notification rules (`setWorkflow(false)`,
    /// `silentMode()`).
    pub silent: bool,
    /// Whether the stamps (who, when) are set (`autoSysFields(false)`: not).
    pub stamped: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { silent: false, stamped: true }
    }
}

/// What a draft holds, to return to when an action fails.
#[derive(Debug, Clone, Default)]
pub struct DraftState {
    records: Vec<Pending>,
    activities: Vec<Activity>,
    raised: Vec<NewEvent>,
    files: Vec<NewAttachment>,
    /// How many files were ever planned: the places of their ids.
    files_begun: usize,
    taken_off: Vec<TakenOff>,
    renamed: Vec<Renamed>,
    numbers: BTreeMap<String, usize>,
    /// How many inserts wait for their rules: their ids are given, and they are among the records only later.
    open: usize,
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

    /// A record that is changed, as it was before.
    pub(crate) fn before(&self, id: Id) -> Option<&Record> {
        self.state.records.iter().find(|pending| pending.key.id == id)?.before.as_ref()
    }

    /// How often something was planned so far.
    pub fn effects(&self) -> usize {
        self.state.effects
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

    fn stamp(&self, fields: &mut Fields, created: bool, manner: Manner) {
        if !manner.stamped {
            return;
        }
        let who = self.actor.user.map_or(Value::Null, Value::Ref);
        let when = Value::Time(self.context.now);
        if created {
            put(fields, "created_at", when.clone());
            put(fields, "created_by", who.clone());
        }
        put(fields, "updated_at", when);
        put(fields, "updated_by", who);
    }

    fn remember(
        &mut self,
        key: RecordKey,
        (before, after): (Option<Record>, Option<Record>),
        journal: Fields,
        silent: bool,
    ) {
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
            // Whoever was to hear of an earlier change still is.
            pending.silent &= silent;
            for (field, value) in journal {
                let said = pending.journal.get(&field).map(Value::plain);
                let all =
                    said.map_or(value.clone(), |said| Value::text(format!("{said}\n\n{}", value.plain())));
                pending.journal.insert(field, all);
            }
        } else {
            self.state.records.push(Pending { key, before, after, journal, silent });
        }
    }
}
