//! The database of one case: the shipped packs, then what the case does, as the server's workers do it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, NextNumber, Numbers};
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::inbound::Arrival;
use rejoinder_engine::inbound::again::Before;
use rejoinder_engine::notify::Event;
use rejoinder_engine::plan::{Actor, Cause, CauseKind, JobWork, NewJob, Plan, RecordOp, Unit as PlanUnit};
use rejoinder_engine::record::Record;
use rejoinder_engine::request::{self, Request};
use rejoinder_engine::time::{SECOND, Timestamp};
use rejoinder_engine::token::{Keys, SigningKey};
use rejoinder_engine::trace::Trace;
use rejoinder_store::dialect::Dialect;
use rejoinder_store::tx::{SqlValue, Statement, Tx};
use rejoinder_store::{ApplyError, Claim, DbError, NewArrival, PARKED_BLOCKS, Store, StoredEvent};

use super::common::Backend;
use super::kept::{self, Counts};
use super::numbers::{Again, Reserved};
use super::same::{same, same_but_for_numbers};
use super::support::beside::{Beside, Unit};
use super::support::loading::{KEY, SHIPPED};

/// How long the claims last.
const LEASE: i64 = 30 * SECOND;

/// How often what was done; shared by the databases of all cases.
pub(crate) type Tally = Arc<Mutex<BTreeMap<&'static str, usize>>>;

/// A database that begins anew with each case.
pub(crate) struct Template {
    backend: Backend,
    /// Makes the database what it was with nothing but the shipped packs in it.
    reset: Arc<Vec<Statement>>,
    hash: String,
}

impl Template {
    /// Installs the shipped packs.
    pub(crate) fn new(backend: Backend) -> Self {
        let mut plan = SHIPPED.plan.clone();
        let now = plan.now;
        let id = Seed::new([0; 32]).id("tables", now);
        let cause = Cause { kind: CauseKind::Request, id, chain: Vec::new() };
        let trace = Trace::new("request", id, now, 1);
        let mut define = Plan::new(PlanUnit::Request { id }, now, Actor::system(), cause, trace);
        define.tables = SHIPPED.dictionary.tables().map(|info| info.table.clone()).collect();
        backend.apply(&define).unwrap();
        backend.add_signing_key("cases", KEY.as_bytes(), now).unwrap();
        plan.generation = Some(backend.configuration_generation().unwrap());
        backend.apply(&plan).unwrap();
        forget_events(&backend, now);
        let (reset, hash) = (Arc::new(restoring(&backend)), backend.content_hash().unwrap());
        Self { backend, reset, hash }
    }

    /// The database as it was after the packs.
    fn anew(&self) -> Store {
        let reset = self.reset.clone();
        self.backend.write(move |tx| tx.batch(&reset)).unwrap();
        assert_eq!(self.backend.content_hash().unwrap(), self.hash, "nothing is left of the case before");
        (*self.backend).clone()
    }
}

/// What brings back the rows that there are now, and no others.
fn restoring(store: &Store) -> Vec<Statement> {
    let kept = |tx: &mut dyn Tx| {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in tx.query(tx.dialect().list_columns(), &[])? {
            tables.entry(row.text(0)?).or_default().push(format!("\"{}\"", row.text(1)?));
        }
        // PostgreSQL counts the rows of a queue itself unless it is told otherwise.
        let as_it_was = if tx.dialect() == Dialect::Postgres { "OVERRIDING SYSTEM VALUE " } else { "" };
        let mut statements = Vec::new();
        for (table, columns) in tables {
            let (names, count) = (columns.join(", "), columns.len());
            statements.push(Statement::new(format!("DELETE FROM \"{table}\""), Vec::new()));
            let places: Vec<String> = (1..=count).map(|place| format!("?{place}")).collect();
            let insert =
                format!("INSERT INTO \"{table}\" ({names}) {as_it_was}VALUES ({})", places.join(", "));
            let rows = tx.query(&format!("SELECT {names} FROM \"{table}\""), &[])?;
            statements.extend(rows.into_iter().map(|row| Statement::new(insert.clone(), row.0)));
        }
        Ok::<_, DbError>(statements)
    };
    store.read(kept).unwrap()
}

/// Settles every event that waits without doing anything.
fn forget_events(store: &Store, now: Timestamp) {
    loop {
        let claimed = store.claim_events(&claim(now)).unwrap();
        for event in &claimed {
            let unit = PlanUnit::Event { seq: event.seq, epoch: event.epoch, parked: None, unheard: None };
            let cause = Cause { kind: CauseKind::Event, id: event.id, chain: Vec::new() };
            let trace = Trace::new("event", event.id, now, 1);
            store.apply(&Plan::new(unit, now, Actor::system(), cause, trace)).unwrap();
        }
        if claimed.is_empty() {
            return;
        }
    }
}

fn claim(now: Timestamp) -> Claim {
    Claim { now, lease: LEASE, limit: 64, by: "cases".to_owned() }
}

/// A database beside the memory of one case.
pub(crate) struct Database {
    store: Store,
    config: RefCell<Option<Arc<Config>>>,
    before: Counts,
    tally: Tally,
}

impl Database {
    /// The database of the template, anew.
    pub(crate) fn of(template: &Template, tally: &Tally) -> Self {
        let (store, config) = (template.anew(), RefCell::default());
        Self { store, config, before: Counts::default(), tally: tally.clone() }
    }

    fn count(&self, what: &'static str) {
        *self.tally.lock().unwrap().entry(what).or_default() += 1;
    }

    /// The configuration of the newest generation, as the server reads it.
    fn config(&self) -> Arc<Config> {
        let generation = self.store.configuration_generation().unwrap();
        let known = self.config.borrow().clone();
        if let Some(config) = known.filter(|config| config.generation == generation) {
            return config;
        }
        self.store.reload_dictionary().unwrap();
        let dictionary = self.store.dictionary().dictionary().clone();
        let mut records = Vec::new();
        for table in dictionary.tables().filter(|info| info.table.configuration) {
            records.extend(self.store.records_of(&table.table.name).unwrap());
        }
        let keys = self.store.signing_keys().unwrap().into_iter().map(|key| SigningKey {
            id: key.id,
            secret: key.secret,
            retired: key.retired_at.is_some(),
        });
        let config = Arc::new(Config::new(generation, dictionary, &records, Keys(keys.collect())));
        *self.config.borrow_mut() = Some(config.clone());
        config
    }

    /// Decides on the records of the database as they are.
    fn decide(&self, unit: &Unit<'_>, numbers: &dyn Numbers) -> Plan {
        let (config, view) = (self.config(), self.store.view().unwrap());
        let context = Context { config: &config, view: &view, now: unit.now, seed: unit.seed, numbers };
        (unit.make)(context).unwrap()
    }

    /// What `work` gives, which must leave the database as it is.
    fn without_effect<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.store.content_hash().unwrap();
        let done = work();
        assert_eq!(self.store.content_hash().unwrap(), before, "the database has changed");
        done
    }

    /// The oldest event that waits, claimed.
    fn oldest_event(&self, now: Timestamp) -> Option<StoredEvent> {
        let claim = Claim { limit: 1, ..claim(now) };
        self.store.claim_events(&claim).unwrap().into_iter().next()
    }
}

impl Beside for Database {
    fn generation(&self) -> i64 {
        self.store.configuration_generation().unwrap()
    }

    fn receive(&mut self, mail: Arrival, seed: Seed, now: Timestamp) -> Arrival {
        let accepted = self.store.accept(NewArrival {
            id: mail.id,
            account: mail.account,
            source: "smtp".to_owned(),
            source_key: mail.id.to_string(),
            envelope_from: mail.envelope_from.clone(),
            envelope_to: mail.envelope_to.clone(),
            received_at: now,
            seed,
            bytes: mail.bytes.clone(),
            keys: Vec::new(),
            subject: None,
            sender: None,
            authentication: mail.authentication.clone(),
            refused: None,
        });
        assert!(accepted.unwrap().new);
        let claimed = self.store.claim_arrivals(&claim(now)).unwrap().pop().unwrap();
        assert_eq!((claimed.received_at, claimed.seed), (now, seed));
        let arrival = Arrival {
            id: claimed.id,
            seq: claimed.seq,
            epoch: claimed.epoch,
            account: claimed.account,
            bytes: self.store.blob(&claimed.digest).unwrap().unwrap(),
            envelope_from: claimed.envelope_from,
            envelope_to: claimed.envelope_to,
            authentication: claimed.authentication,
        };
        assert_eq!(arrival, Arrival { seq: arrival.seq, epoch: arrival.epoch, ..mail });
        arrival
    }

    fn claim(&mut self, event: Event, now: Timestamp) -> Event {
        // A parked event holds back the later ones of its record for a while; the memory does not know that.
        let stored = self.oldest_event(now).or_else(|| self.oldest_event(now.plus(PARKED_BLOCKS))).unwrap();
        let claimed = Event {
            id: stored.id,
            seq: stored.seq,
            epoch: stored.epoch,
            name: stored.name,
            record: stored.record,
            old: stored.old,
            new: stored.new,
            journal: stored.journal,
            params: stored.params,
            actor: stored.actor,
            chain: stored.chain,
            from_email: stored.from_email,
            seed: stored.seed,
        };
        assert_eq!(claimed, Event { seq: claimed.seq, epoch: claimed.epoch, ..event });
        claimed
    }

    fn run(&mut self, run: Id, job: Id, seed: Seed, now: Timestamp) -> i64 {
        let request = seed.id("begins", now);
        let cause = Cause { kind: CauseKind::Request, id: request, chain: Vec::new() };
        let trace = Trace::new("request", request, now, 1);
        let mut plan = Plan::new(PlanUnit::Request { id: request }, now, Actor::system(), cause, trace);
        plan.jobs.push(NewJob { id: run, work: JobWork::Run { job, due: now, by: None }, seed });
        self.store.apply(&plan).unwrap();
        let claimed = self.store.claim_jobs(&claim(now)).unwrap().pop().unwrap();
        assert_eq!((claimed.id, claimed.seed, claimed.created_at), (run, seed, now));
        claimed.epoch
    }

    fn has_done(&self, mail: &Arrival, before: &Before) {
        let known = self.store.decided_before(mail.id).unwrap().unwrap();
        assert_eq!(known.not_possible, None);
        assert_eq!(&known.before, before, "what the mail has done, in memory and in the database");
    }

    fn settle(&mut self, unit: &Unit<'_>, plan: &Plan) {
        let rehearsed = self.without_effect(|| self.decide(unit, &NextNumber));
        let (kind, arrival) = match &plan.unit {
            PlanUnit::Arrival { seq, epoch, .. } => ("mails", Some((*seq, *epoch))),
            PlanUnit::Event { .. } => ("events", None),
            PlanUnit::Job { .. } => ("steps of jobs", None),
            PlanUnit::Schedule { .. } | PlanUnit::Request { .. } => ("requests", None),
        };
        let numbers = Reserved::new(&self.store, arrival);
        let decided = self.decide(unit, &numbers);
        let given = numbers.given();
        same_but_for_numbers(&rehearsed, &decided, &given);
        if !given.is_empty() {
            self.count("plans with a number");
            let again = self.decide(unit, &Again::new(&given));
            same(&again, &decided, "a dry run that knew the number, and the plan applied");
        }
        same(plan, &decided, "the plan in memory and the plan over the database");
        self.before = Counts::of(&self.store);
        self.store.apply(&decided).unwrap();
        self.count(kind);
    }

    fn prepare(&mut self, plan: &Plan) {
        self.store.apply(plan).unwrap();
        for operation in &plan.records {
            let RecordOp::Insert { key, fields } = operation else { continue };
            let number = fields.get("number").and_then(|number| number.as_text());
            let digits = number.map(|number| number.trim_start_matches(|c: char| !c.is_ascii_digit()));
            if let Some(used) = digits.and_then(|digits| digits.parse().ok()) {
                self.store.numbers_used(&key.table, used).unwrap();
            }
        }
    }

    fn holds(&self, plan: &Plan, records: &BTreeMap<Id, Record>) {
        kept::check(&self.store, plan, &self.before, records);
    }

    fn refuses(&self, at: (Seed, Timestamp), request: &Request, words: &str) {
        let (seed, now) = at;
        let (config, view) = (self.config(), self.store.view().unwrap());
        let context = Context { config: &config, view: &view, now, seed, numbers: &NextNumber };
        let refused = self.without_effect(|| request::decide(context, request).unwrap_err());
        assert_eq!(refused.to_string(), words);
        self.count("refusals");
    }

    fn conflicts(&self, plan: &Plan) {
        let refused = self.without_effect(|| self.store.apply(plan).unwrap_err());
        assert!(matches!(refused, ApplyError::Conflict(_)), "{refused}");
        self.count("conflicts");
    }

    fn forget_events(&mut self, now: Timestamp) {
        forget_events(&self.store, now);
    }

    fn chain(&self, chain: &[String]) {
        let params: Vec<SqlValue> = vec![serde_json::to_string(chain).unwrap().into()];
        let stated =
            move |tx: &mut dyn Tx| tx.execute("UPDATE event SET chain = ?1 WHERE state = 'ready'", &params);
        assert!(self.store.write(stated).unwrap() > 0);
    }

    fn learn(&self, ours: &str, theirs: &str) {
        let params: Vec<SqlValue> = vec![ours.into()];
        let sql = "SELECT email FROM message_id WHERE message_id = ?1";
        let email = self.store.read(|tx| tx.query(sql, &params)?[0].id(0)).unwrap();
        self.store.learn_message_id(email, theirs).unwrap();
    }
}
