//! The world of one case: configuration, records, time, and what waits; every decision is made twice and checked.

use std::sync::LazyLock;

use rejoinder_engine::access::Rights;
use rejoinder_engine::condition::eval::Reason;
use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, CountedNumbers};
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::inbound::Arrival;
use rejoinder_engine::inbound::again::Before;
use rejoinder_engine::limits::TRACE_BYTES_MAX;
use rejoinder_engine::notify::Event;
use rejoinder_engine::plan::{Actor, OutgoingEmail, Plan, RecordOp};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::{self, Change, Request};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::trace::{Step, Trace};
use rejoinder_engine::value::Kind;
use sha2::{Digest, Sha256};

use super::beside::{Beside, Unit};
use super::loading::{KEY, SHIPPED, by_name, fields, keys};
use super::memory::Memory;
use super::verdict;

/// The value of the secret field of a record that every case holds; no trace may show it.
const SECRET: &str = "digest-that-never-leaves";
/// Tables that others refer to are written first.
const FIRST: [&str; 3] = ["user", "group", "email_account"];

/// Everything that a case has at a moment.
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) view: Memory,
    /// The view before the last mail was applied.
    pub(crate) before: Memory,
    pub(crate) now: Timestamp,
    pub(crate) steps: u64,
    /// The highest number that an incident ever had; a number is never given again.
    last_number: u64,
    pub(crate) events: Vec<Event>,
    pub(crate) sent: Vec<OutgoingEmail>,
    pub(crate) last_mail: Vec<u8>,
    /// The last mail that came and was no second copy, with what it has done.
    pub(crate) last_decided: Option<(Arrival, Before)>,
    pub(crate) hashes: Vec<String>,
    /// How many verdicts were worked out again from their traces.
    pub(crate) verdicts: usize,
    /// Whether what is asked for only makes the world in which the case begins.
    preparing: bool,
    /// A database in which everything is done too.
    pub(crate) beside: Option<Box<dyn Beside>>,
}

/// The packs, applied once, and the plan that did it.
pub(crate) static BASE: LazyLock<(Memory, Plan)> = LazyLock::new(|| {
    let mut world = World::bare(Memory::new(SHIPPED.dictionary.clone()));
    // Far from the seeds of the cases.
    world.steps = 1 << 32;
    let mut changes = SHIPPED.changes.clone();
    let secret = [("name", "Token"), ("digest", SECRET)];
    let fields = secret.map(|(name, value)| (name.to_owned(), rejoinder_engine::value::Value::text(value)));
    let user = (
        "user".to_owned(),
        rejoinder_engine::value::Value::Ref(rejoinder_engine::pack::record_id("demo", "people/anna")),
    );
    let fields: Fields = fields.into_iter().chain([user]).collect();
    changes.push(Change::Insert { table: "api_token".to_owned(), id: None, fields });
    let plan = world.request(Actor::system(), changes).unwrap();
    (world.view, plan)
});

impl World {
    fn bare(view: Memory) -> Self {
        let config = Config::new(1, SHIPPED.dictionary.clone(), &view.list(), keys());
        Self {
            config,
            before: view.clone(),
            view,
            now: Timestamp::parse("2026-11-23T12:00:00Z").unwrap(),
            steps: 0,
            last_number: 0,
            events: Vec::new(),
            sent: Vec::new(),
            last_mail: Vec::new(),
            last_decided: None,
            hashes: Vec::new(),
            verdicts: 0,
            preparing: false,
            beside: None,
        }
    }

    /// The shipped packs and nothing else.
    pub(crate) fn new() -> Self {
        Self::over(BASE.0.clone())
    }

    /// What another world held, at the beginning of all stories.
    pub(crate) fn over(view: Memory) -> Self {
        Self::bare(view)
    }

    /// The same beside a database that holds the shipped packs.
    #[allow(dead_code, reason = "the engine's own tests have no database")]
    pub(crate) fn beside(database: Box<dyn Beside>) -> Self {
        let mut world = Self::new();
        world.config.generation = database.generation();
        world.beside = Some(database);
        world
    }

    /// The seed of the next step.
    pub(crate) fn next_seed(&mut self) -> Seed {
        self.steps += 1;
        Seed::new([0; 32]).derive(&format!("case:{}", self.steps))
    }

    /// An id that only names a unit of work.
    pub(crate) fn unit_id(&self, seed: Seed) -> Id {
        seed.id("unit", self.now)
    }

    /// Decides twice, as a dry run and then in earnest; both must be the same bytes.
    pub(crate) fn decide(&mut self, seed: Seed, view: &Memory, make: impl Fn(Context<'_>) -> Plan) -> Plan {
        let once = || {
            let numbers = CountedNumbers::after("incident", self.last_number);
            make(Context { config: &self.config, view, now: self.now, seed, numbers: &numbers })
        };
        let (rehearsed, plan) = (once(), once());
        let bytes = plan.canonical();
        assert_eq!(rehearsed.canonical(), bytes, "deciding twice gives the same plan");
        self.verdicts += check_trace(&plan.trace, &self.config);
        self.hashes.push(data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes)));
        plan
    }

    /// Decides once on the records as they are, and applies: for proofs of many mails, which look at outcomes only.
    #[allow(dead_code, reason = "the store's tests play the cases only")]
    pub(crate) fn settle_once(&mut self, seed: Seed, make: impl Fn(Context<'_>) -> Plan) -> Plan {
        let numbers = CountedNumbers::after("incident", self.last_number);
        let (config, view, now) = (&self.config, &self.view, self.now);
        let plan = make(Context { config, view, now, seed, numbers: &numbers });
        self.apply(&plan);
        plan
    }

    /// Decides on the records as they are, and applies; beside a database there too.
    pub(crate) fn settle(&mut self, seed: Seed, make: impl Fn(Context<'_>) -> Plan) -> Plan {
        let view = self.view.clone();
        let plan = self.decide(seed, &view, &make);
        match &mut self.beside {
            Some(database) if self.preparing => database.prepare(&plan),
            Some(database) => database.settle(&Unit { seed, now: self.now, make: &make }, &plan),
            None => {}
        }
        self.apply(&plan);
        if let Some(database) = self.beside.as_ref().filter(|_| !self.preparing) {
            database.holds(&plan, &self.view.records);
        }
        plan
    }

    /// Applies the plan; its events wait, its mails count as sent, and the configuration is what it made of it.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        self.view.apply(plan);
        let inserted = plan.records.iter().filter_map(|operation| match operation {
            RecordOp::Insert { fields, .. } => {
                fields.get("number")?.as_text()?.strip_prefix("INC")?.parse().ok()
            }
            _ => None,
        });
        self.last_number = inserted.fold(self.last_number, u64::max);
        let dictionary = &self.config.dictionary;
        let configures = |table: &str| dictionary.table(table).unwrap().table.configuration;
        if plan.records.iter().any(|operation| configures(&operation.key().table)) {
            let generation = self.config.generation + 1;
            self.config = Config::new(generation, dictionary.clone(), &self.view.list(), keys());
        }
        assert!(plan.events.iter().all(|event| event.due.is_none()), "cases do not wait for events");
        self.events.extend(plan.events.iter().enumerate().map(|(place, event)| Event {
            id: event.id,
            seq: i64::try_from(place).unwrap(),
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
        }));
        self.sent.extend(plan.outgoing.iter().cloned());
        self.now = self.now.plus(rejoinder_engine::time::SECOND);
    }

    /// Remembers what a mail has done, for the case that it is decided once more.
    pub(crate) fn decided(&mut self, arrival: Arrival, plan: &Plan, received_at: Timestamp) {
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

    /// Asks for changes; applied where nothing speaks against them.
    pub(crate) fn request(&mut self, actor: Actor, changes: Vec<Change>) -> Result<Plan, String> {
        let seed = self.next_seed();
        let request = Request { id: self.unit_id(seed), actor, rights: Rights::Program, changes };
        let numbers = CountedNumbers::after("incident", self.last_number);
        let context =
            Context { config: &self.config, view: &self.view, now: self.now, seed, numbers: &numbers };
        if let Err(error) = request::decide(context, &request) {
            if let Some(database) = &self.beside {
                database.refuses((seed, self.now), &request, &error.to_string());
            }
            return Err(error.to_string());
        }
        Ok(self.settle(seed, |context| request::decide(context, &request).unwrap().0))
    }

    /// Writes the records of a `config` or `records` section: `[table."name"]`, then values.
    pub(crate) fn write(&mut self, text: &str) {
        let tables: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
        let (first, then): (Vec<_>, Vec<_>) =
            tables.iter().partition(|(table, _)| FIRST.contains(&table.as_str()));
        self.preparing = true;
        for (table, rows) in first.into_iter().chain(then) {
            for (name, written) in rows.as_table().unwrap() {
                let change = self.change_for(table, name, written.as_table().unwrap());
                self.request(Actor::system(), vec![change]).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
        self.preparing = false;
        self.events.clear();
        if let Some(database) = &mut self.beside {
            database.forget_events(self.now);
        }
    }

    /// Writes new records whose structured values are not looked at, as an earlier dictionary allowed them.
    pub(crate) fn write_stale(&mut self, text: &str) {
        let tables: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
        self.preparing = true;
        for (table, rows) in &tables {
            for (name, written) in rows.as_table().unwrap() {
                let change = self.change_for(table, name, written.as_table().unwrap());
                let Change::Insert { table, id, fields } = change else { panic!("{name} is there already") };
                let info = self.config.dictionary.table(&table).unwrap();
                let json = |field: &String| info.field(field).is_some_and(|field| field.kind == Kind::Json);
                let (stale, sound): (Fields, Fields) = fields.into_iter().partition(|(field, _)| json(field));
                let seed = self.next_seed();
                let changes = vec![Change::Insert { table, id, fields: sound }];
                let actor = Actor::system();
                let request = Request { id: self.unit_id(seed), actor, rights: Rights::Program, changes };
                self.settle(seed, |context| {
                    let mut plan = request::decide(context, &request).unwrap().0;
                    if let Some(RecordOp::Insert { fields, .. }) = plan.records.first_mut() {
                        fields.extend(stale.clone());
                    }
                    plan
                });
            }
        }
        self.preparing = false;
    }

    fn change_for(&self, table: &str, name: &str, written: &toml::Table) -> Change {
        let records = self.view.list();
        let dictionary = &self.config.dictionary;
        let mut values = fields(&records, dictionary, table, written);
        if let Some(id) = by_name(&records, dictionary, table, name) {
            return Change::Update { key: RecordKey { table: table.to_owned(), id }, fields: values };
        }
        let info = dictionary.table(table).unwrap();
        let display = info.field(&info.table.display).unwrap();
        if display.table.is_none() {
            let named = rejoinder_engine::value::Value::text(name);
            values.entry(display.name.clone()).or_insert(named);
        }
        Change::Insert { table: table.to_owned(), id: None, fields: values }
    }

    /// The person who is called so, as an actor.
    pub(crate) fn actor(&self, name: &str) -> Actor {
        if name == "system" {
            return Actor::system();
        }
        let id = by_name(&self.view.list(), &self.config.dictionary, "user", name);
        let id = id.unwrap_or_else(|| panic!("nobody is called {name}"));
        Actor { user: Some(id), label: self.view.records[&id].text("name").to_owned() }
    }
}

/// Every verdict can be worked out again from the trace as it is stored; it is bounded and holds no secret. How many
/// verdicts there were.
fn check_trace(trace: &Trace, config: &Config) -> usize {
    let text = serde_json::to_string(trace).unwrap();
    assert!(text.len() <= TRACE_BYTES_MAX, "a trace of {} bytes", text.len());
    assert!(!text.contains(SECRET) && !text.contains(KEY), "a secret in a trace");
    let stored: Trace = serde_json::from_str(&text).unwrap();
    assert_eq!(stored, *trace);
    let clauses = |step: &Step| match step {
        Step::Considered { reason: Some(Reason::Clause(clause)), .. } => clause.path.contains("digest"),
        _ => false,
    };
    assert!(!stored.steps.iter().any(clauses), "a clause about a secret");
    verdict::check(trace, config)
}
