//! The world of one case: configuration, records, time, and what waits.

use std::collections::BTreeMap;

use rejoinder_engine::access::Rights;
use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, CountedNumbers};
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::inbound::Arrival;
use rejoinder_engine::inbound::again::Before;
use rejoinder_engine::notify::Event;
use rejoinder_engine::plan::{Actor, NewEvent, OutgoingEmail, Plan, RecordOp};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::{self, Change, Request};
use rejoinder_engine::time::{SECOND, Timestamp};
use rejoinder_engine::value::{Kind, Value};

use crate::beside::{Beside, Decision, Unit, Watch};
use crate::error::Fault;
use crate::memory::Memory;
use crate::named::{by_name, called, fields, table};
use crate::packs::{Base, keys};

/// Tables that others refer to are written first.
const FIRST: [&str; 3] = ["user", "group", "email_account"];
/// When every case begins: 2026-11-23T12:00:00Z, a Monday.
const BEGINS: Timestamp = Timestamp::from_micros(1_795_435_200_000_000);
/// The program itself, among the people of a case.
const SYSTEM: &str = "system";

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// The engine refuses it, with these words.
    Refused(String),
    /// It could not be played.
    Fault(Fault),
}

impl From<Fault> for NotDone {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl std::fmt::Display for NotDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(words) => f.write_str(words),
            Self::Fault(fault) => f.write_str(&fault.problem),
        }
    }
}

/// Everything that a case has at a moment.
pub struct World {
    /// What is compiled of the records.
    pub config: Config,
    /// The records.
    pub view: Memory,
    /// The records before the last step was applied.
    pub before: Memory,
    /// The time.
    pub now: Timestamp,
    /// How many seeds were drawn.
    pub steps: u64,
    /// The highest number that a table ever gave; a number is never given again.
    last_numbers: BTreeMap<String, u64>,
    /// Events that wait for a worker.
    pub events: Vec<Event>,
    /// Events that wait for their time.
    ahead: Vec<(Timestamp, Event)>,
    /// Mails of ours, which count as sent.
    pub sent: Vec<OutgoingEmail>,
    /// The bytes of the last mail that came.
    pub last_mail: Vec<u8>,
    /// The last mail that came and was no second copy, with what it has done.
    pub last_decided: Option<(Arrival, Before)>,
    /// Whether what is asked for only makes the world in which the case begins.
    preparing: bool,
    /// Who sees every decision.
    pub watch: Option<Box<dyn Watch>>,
    /// A database in which everything is done too.
    pub beside: Option<Box<dyn Beside>>,
}

impl World {
    /// These records, at the beginning of a story.
    pub fn over(view: Memory) -> Self {
        let config = Config::new(1, view.dictionary.clone(), &view.list(), keys());
        Self::with(view, config)
    }

    /// The packs and nothing else.
    pub fn new(base: &Base) -> Self {
        Self::with(base.view.clone(), base.config.clone())
    }

    fn with(view: Memory, config: Config) -> Self {
        Self {
            config,
            before: view.clone(),
            view,
            now: BEGINS,
            steps: 0,
            last_numbers: BTreeMap::new(),
            events: Vec::new(),
            ahead: Vec::new(),
            sent: Vec::new(),
            last_mail: Vec::new(),
            last_decided: None,
            preparing: false,
            watch: None,
            beside: None,
        }
    }

    /// The seed of the next step.
    pub fn next_seed(&mut self) -> Seed {
        self.steps += 1;
        Seed::new([0; 32]).derive(&format!("case:{}", self.steps))
    }

    /// An id that only names a unit of work.
    pub fn unit_id(&self, seed: Seed) -> Id {
        seed.id("unit", self.now)
    }

    /// Numbers after those that were given.
    pub fn numbers(&self) -> CountedNumbers {
        CountedNumbers::after_each(self.last_numbers.clone())
    }

    /// Decides without effect.
    pub fn decide(
        &mut self,
        seed: Seed,
        view: &Memory,
        make: impl Fn(Context<'_>) -> Result<Plan, String>,
    ) -> Result<Plan, Fault> {
        let mut watch = self.watch.take();
        let plan = self.decided(seed, view, &make, watch.as_mut());
        self.watch = watch;
        plan
    }

    /// Decides, and once more where somebody looks on.
    fn decided(
        &self,
        seed: Seed,
        view: &Memory,
        make: Decision<'_>,
        watch: Option<&mut Box<dyn Watch>>,
    ) -> Result<Plan, Fault> {
        let once = || {
            let numbers = self.numbers();
            make(Context { config: &self.config, view, now: self.now, seed, numbers: &numbers })
        };
        let plan = once().map_err(Fault::new)?;
        if let Some(watch) = watch {
            watch.decided(&plan, &once, &self.config);
        }
        Ok(plan)
    }

    /// Decides on the records as they are, and applies; beside a database there too.
    pub fn settle(
        &mut self,
        seed: Seed,
        make: impl Fn(Context<'_>) -> Result<Plan, String>,
    ) -> Result<Plan, Fault> {
        let mut watch = self.watch.take();
        let plan = self.decided(seed, &self.view, &make, watch.as_mut());
        self.watch = watch;
        let plan = plan?;
        match &mut self.beside {
            Some(database) if self.preparing => database.prepare(&plan),
            Some(database) => database.settle(&Unit { seed, now: self.now, make: &make }, &plan),
            None => {}
        }
        self.apply(&plan)?;
        if let Some(database) = self.beside.as_ref().filter(|_| !self.preparing) {
            database.holds(&plan, &self.view.records);
        }
        Ok(plan)
    }

    /// Applies the plan; its events wait, its mails count as sent, and the configuration is what it made of it.
    pub fn apply(&mut self, plan: &Plan) -> Result<(), Fault> {
        self.view.apply(plan).map_err(Fault::new)?;
        let dictionary = self.config.dictionary.clone();
        for operation in &plan.records {
            let RecordOp::Insert { key, fields } = operation else { continue };
            let number = fields.get("number").and_then(Value::as_text);
            let digits = number.map(|number| number.trim_start_matches(|c: char| !c.is_ascii_digit()));
            let (Some(number), Some(info)) =
                (digits.and_then(|digits| digits.parse::<u64>().ok()), dictionary.table(&key.table))
            else {
                continue;
            };
            let series = info.numbered_by.clone().unwrap_or_else(|| key.table.clone());
            let last = self.last_numbers.entry(series).or_default();
            *last = number.max(*last);
        }
        let configures = |operation: &RecordOp| {
            dictionary.table(&operation.key().table).is_some_and(|info| info.table.configuration)
        };
        if plan.records.iter().any(configures) {
            let generation = self.config.generation + 1;
            self.config = Config::new(generation, dictionary.clone(), &self.view.list(), keys());
        }
        for (place, event) in plan.events.iter().enumerate() {
            let waits = waiting(place, event, plan);
            match event.due {
                Some(due) => self.ahead.push((due, waits)),
                None => self.events.push(waits),
            }
        }
        self.sent.extend(plan.outgoing.iter().cloned());
        self.now = self.now.plus(SECOND);
        Ok(())
    }

    /// Remembers what a mail has done, for the case that it is decided once more.
    pub fn has_done(&mut self, arrival: Arrival, plan: &Plan, received_at: Timestamp) {
        let Some(mail) = &plan.incoming else { return };
        let before = self.last_decided.take().map(|(_, before)| before);
        let before = before.filter(|before| plan.again.is_some() && before.email == Some(mail.id));
        let (mut created, mut files, decision) = before
            .map_or_else(Default::default, |before| (before.created, before.files, before.decision + 1));
        let on = |id: Id| plan.links.iter().any(|link| link.email == mail.id && link.record.id == id);
        let made = plan.records.iter().filter_map(|operation| match operation {
            RecordOp::Insert { key, .. } if on(key.id) => Some(key.clone()),
            _ => None,
        });
        created.extend(made);
        created.sort_by_key(|key| key.id);
        let put = plan.attachments.iter().filter(|file| file.record.is_some());
        files.extend(put.map(|file| file.digest.clone()));
        files.sort();
        files.dedup();
        let (email, done, record) = (Some(mail.id), mail.done.clone(), mail.record.clone());
        let before = Before { email, decision, received_at, done, record, created, files };
        self.last_decided = Some((arrival, before));
    }

    /// The events that are to be worked on now; one that waited for its time takes its place behind the others.
    pub fn take_events(&mut self) -> Vec<Event> {
        let now = self.now;
        let (mut due, ahead): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.ahead).into_iter().partition(|(at, _)| *at <= now);
        self.ahead = ahead;
        due.sort_by_key(|(at, _)| *at);
        let mut events = std::mem::take(&mut self.events);
        events.extend(due.into_iter().map(|(_, event)| event));
        events
    }

    /// Asks for changes; applied where nothing speaks against them.
    pub fn request(&mut self, actor: Actor, changes: Vec<Change>) -> Result<Plan, NotDone> {
        let seed = self.next_seed();
        let request = Request { id: self.unit_id(seed), actor, rights: Rights::Program, changes };
        let numbers = self.numbers();
        let context =
            Context { config: &self.config, view: &self.view, now: self.now, seed, numbers: &numbers };
        if let Err(error) = request::decide(context, &request) {
            if let Some(database) = &self.beside {
                database.refuses((seed, self.now), &request, &error.to_string());
            }
            return Err(NotDone::Refused(error.to_string()));
        }
        let decide = |context: Context<'_>| {
            request::decide(context, &request).map(|decided| decided.0).map_err(|error| error.to_string())
        };
        Ok(self.settle(seed, decide)?)
    }

    /// Writes the records of a `config` or `records` section: `[table."name"]`, then values.
    pub fn write(&mut self, text: &str) -> Result<(), Fault> {
        let tables = read_toml(text)?;
        let (first, then): (Vec<_>, Vec<_>) =
            tables.iter().partition(|(table, _)| FIRST.contains(&table.as_str()));
        self.preparing = true;
        let written =
            first.into_iter().chain(then).try_for_each(|(table, rows)| self.write_rows(text, table, rows));
        self.preparing = false;
        written?;
        self.events.clear();
        self.ahead.clear();
        if let Some(database) = &mut self.beside {
            database.forget_events(self.now);
        }
        Ok(())
    }

    /// Writes new records whose structured values are not looked at, as an earlier dictionary allowed them.
    pub fn write_stale(&mut self, text: &str) -> Result<(), Fault> {
        let tables = read_toml(text)?;
        self.preparing = true;
        let rows = tables.iter().flat_map(|(table, rows)| {
            rows.as_table().into_iter().flatten().map(move |(name, written)| (table, name, written))
        });
        let written = rows.into_iter().try_for_each(|(table, name, written)| {
            let nothing = toml::Table::new();
            let change = self.change_for(table, name, written.as_table().unwrap_or(&nothing))?;
            self.insert_stale(name, change)
        });
        self.preparing = false;
        written.map_err(|fault| place(text, "", fault))
    }

    fn insert_stale(&mut self, name: &str, change: Change) -> Result<(), Fault> {
        let Change::Insert { table, id, fields } = change else {
            return Err(Fault::new(format!("{name} is there already")));
        };
        let info = self.config.dictionary.table(&table).cloned();
        let json = |field: &String| {
            let field = info.as_ref().and_then(|info| info.field(field));
            field.is_some_and(|field| field.kind == Kind::Json)
        };
        let (stale, sound): (Fields, Fields) = fields.into_iter().partition(|(field, _)| json(field));
        let seed = self.next_seed();
        let changes = vec![Change::Insert { table, id, fields: sound }];
        let (id, actor) = (self.unit_id(seed), Actor::system());
        let request = Request { id, actor, rights: Rights::Program, changes };
        let decide = |context: Context<'_>| {
            let mut plan = request::decide(context, &request).map_err(|error| error.to_string())?.0;
            if let Some(RecordOp::Insert { fields, .. }) = plan.records.first_mut() {
                fields.extend(stale.clone());
            }
            Ok(plan)
        };
        self.settle(seed, decide).map(drop)
    }

    fn write_rows(&mut self, text: &str, table: &str, rows: &toml::Value) -> Result<(), Fault> {
        let shape =
            || Fault::new(format!("`{table}` holds no records")).hint("write `[table.\"display name\"]`");
        let rows = rows.as_table().ok_or_else(|| shape().at(line_of(text, table)))?;
        for (name, written) in rows {
            let here = |fault: Fault| place(text, name, fault);
            let written = written.as_table().ok_or_else(|| shape().at(line_of(text, name)))?;
            let change = self.change_for(table, name, written).map_err(here)?;
            self.request(Actor::system(), vec![change]).map_err(|error| match error {
                NotDone::Refused(words) => here(Fault::new(format!("{name}: {words}"))),
                NotDone::Fault(fault) => here(fault),
            })?;
        }
        Ok(())
    }

    fn change_for(&self, name_of_table: &str, name: &str, written: &toml::Table) -> Result<Change, Fault> {
        let dictionary = &self.config.dictionary;
        let info = table(dictionary, name_of_table)?;
        let mut values = fields(&self.view, dictionary, info, written)?;
        let table = name_of_table.to_owned();
        if let Some(id) = by_name(&self.view, dictionary, &table, name) {
            return Ok(Change::Update { key: RecordKey { table, id }, fields: values });
        }
        if let Some(display) = info.field(&info.table.display).filter(|display| display.table.is_none()) {
            values.entry(display.name.clone()).or_insert_with(|| Value::text(name));
        }
        Ok(Change::Insert { table, id: None, fields: values })
    }

    /// The values that the body of a section writes for a record of a table.
    pub fn values(&self, name: &str, text: &str) -> Result<Fields, Fault> {
        let dictionary = &self.config.dictionary;
        let written = read_toml(text)?;
        fields(&self.view, dictionary, table(dictionary, name)?, &written)
            .map_err(|fault| place(text, "", fault))
    }

    /// The person who is called so, as an actor.
    pub fn actor(&self, name: &str) -> Result<Actor, Fault> {
        if name == SYSTEM {
            return Ok(Actor::system());
        }
        let dictionary = &self.config.dictionary;
        let dashed = || by_name(&self.view, dictionary, "user", &name.replace('-', " "));
        let exact = by_name(&self.view, dictionary, "user", name).or_else(dashed);
        let id = exact.map_or_else(|| called(&self.view, dictionary, "user", name), Ok)?;
        let label = self.view.records.get(&id).map_or("", |user| user.text("name"));
        Ok(Actor { user: Some(id), label: label.to_owned() })
    }
}

/// An event of a plan as it waits.
fn waiting(place: usize, event: &NewEvent, plan: &Plan) -> Event {
    Event {
        id: event.id,
        seq: i64::try_from(place).unwrap_or(i64::MAX),
        epoch: 1,
        name: event.name.clone(),
        record: event.record.clone(),
        old: event.old.clone(),
        new: event.new.clone(),
        journal: event.journal.clone(),
        params: event.params.clone(),
        actor: event.actor.clone(),
        chain: plan.cause.chain.clone(),
        from_email: event.from_email,
        seed: event.seed,
    }
}

/// The body of a section as TOML; what is wrong with it, at its line.
fn read_toml(text: &str) -> Result<toml::Table, Fault> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(before).filter(|byte| *byte == b'\n').count() + 1;
        Fault::new(format!("the values cannot be read: {}", error.message().trim())).at(line)
    })
}

/// The line of a body on which this stands.
fn line_of(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).map_or(0, |place| place + 1)
}

/// The fault at the line of what its problem quotes first, below the heading of the record.
fn place(text: &str, heading: &str, fault: Fault) -> Fault {
    if fault.line > 0 {
        return fault;
    }
    let above = line_of(text, heading).saturating_sub(1);
    let mut named = fault.problem.split('`').skip(1).step_by(2).filter_map(|name| name.rsplit('.').next());
    let starts = |line: &str, name: &str| line.trim_start().trim_start_matches('"').starts_with(name);
    let lines = || text.lines().enumerate().skip(above);
    let found = named.find_map(|name| lines().find(|(_, line)| starts(line, name)));
    let line = found.map_or(above, |(place, _)| place) + 1;
    fault.at(line)
}
