//! Many recipients: one plan up to the chunk, a job beyond it, and an end at the hard limit.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rejoinder_engine::events::Raise;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::limits::{FAN_OUT_CHUNK, RECIPIENTS_MAX};
use rejoinder_engine::notify::fan_out::{self, FanOut};
use rejoinder_engine::notify::{self, Event};
use rejoinder_engine::plan::{Actor, JobWork, Plan, Purpose, Unit};
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::{
    CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError,
};

use crate::support::memory::Memory;
use crate::support::world::World;

/// An incident that a rule tells `people` addresses of, and the event that asks for it.
fn asked(people: usize) -> (World, Event) {
    let mut world = World::new();
    let mut text = "[event_register.\"incident.told\"]\n[incident.INC0000001]\nsubject = \"Printer\"\n[notification_rule.\"To all\"]\ntable = \"incident\"\nevent_name = \"incident.told\"\nsubject = \"All\"\nbody_text = \"All.\"\naddresses = [".to_owned();
    (0..people).for_each(|place| write!(text, "\"a{place}@example.net\",").unwrap());
    world.write(&(text + "]\n"));
    let event = told(&mut world);
    (world, event)
}

fn told(world: &mut World) -> Event {
    let key = world.view.numbered("INC0000001").unwrap().key();
    let raise = Change::Raise { key, raise: Raise::named("incident.told") };
    world.request(Actor::system(), vec![raise]).unwrap();
    world.events.pop().unwrap()
}

fn decided(world: &mut World, event: &Event) -> Plan {
    let view = world.view.clone();
    world.decide(event.seed, &view, |context| notify::decide(context, event).unwrap())
}

#[test]
fn as_many_as_fit_are_one_plan_and_one_more_is_a_job() {
    let (mut world, event) = asked(FAN_OUT_CHUNK);
    let plan = decided(&mut world, &event);
    assert_eq!((plan.outgoing.len(), plan.jobs.len()), (FAN_OUT_CHUNK, 0));
    let (mut world, event) = asked(FAN_OUT_CHUNK + 1);
    let plan = decided(&mut world, &event);
    assert_eq!((plan.outgoing.len(), plan.jobs.len()), (1, 1));
    assert_eq!(plan.outgoing[0].purpose, Purpose::FanOut);
}

#[test]
fn the_steps_of_a_job_reach_everybody_once_also_where_one_is_repeated() {
    let (mut world, event) = asked(2 * FAN_OUT_CHUNK + 1);
    let plan = decided(&mut world, &event);
    world.apply(&plan);
    let JobWork::FanOut { rule, parent, .. } = plan.jobs[0].work.clone() else { panic!("no fan-out") };
    let mut step = FanOut { job: plan.jobs[0].id, epoch: 1, rule, parent, cursor: String::new() };
    let (mut reached, mut ids, mut steps) = (Vec::new(), BTreeSet::new(), 0);
    loop {
        let view = world.view.clone();
        let plan =
            world.decide(event.seed, &view, |context| fan_out::decide(context, &event, &step).unwrap());
        steps += 1;
        assert!(
            plan.outgoing.len() <= FAN_OUT_CHUNK
                && plan.outgoing.iter().all(|mail| mail.parent == Some(parent))
        );
        reached.extend(plan.outgoing.iter().map(|mail| mail.deliveries[0].address.clone()));
        ids.extend(plan.outgoing.iter().map(|mail| mail.id));
        let Unit::Job { cursor, .. } = plan.unit else { panic!("no job") };
        let Some(cursor) = cursor else { break };
        step.cursor = cursor;
    }
    assert_eq!((steps, reached.len(), ids.len()), (3, 2 * FAN_OUT_CHUNK + 1, 2 * FAN_OUT_CHUNK + 1));
    assert_eq!(reached.iter().collect::<BTreeSet<_>>().len(), reached.len());
}

/// A group of so many members that they are made up when they are asked for.
struct Crowd {
    memory: Memory,
    members: usize,
}

fn member(place: usize) -> Id {
    // Ids in the order of their places, so that pages can be cut.
    Seed::new([0; 32]).id(&place.to_string(), Timestamp::from_micros(i64::try_from(place).unwrap() * 1_000))
}

impl View for Crowd {
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        if table != "user" || self.memory.records.contains_key(&id) {
            return self.memory.get(table, id);
        }
        let text = |value: String| Value::text(value);
        let fields = [
            ("name".to_owned(), text(id.to_string())),
            ("email".to_owned(), text(format!("{id}@example.net"))),
            ("active".to_owned(), Value::Bool(true)),
        ];
        Ok(Some(Record { table: table.to_owned(), id, version: 1, fields: fields.into() }))
    }

    fn query(&self, query: &Query) -> Result<Vec<Record>, ViewError> {
        if query.table != "group_member" {
            return self.memory.query(query);
        }
        let after =
            query.condition.clauses().get(1).and_then(|clause| clause.operands[0].value()?.as_ref_id());
        let row = |id: Id| {
            let fields = [("user".to_owned(), Value::Ref(id))];
            Record { table: "group_member".to_owned(), id, version: 1, fields: fields.into() }
        };
        // The place stands in the id's time: the first 48 bits are milliseconds.
        let from = after.map_or(0, |id| usize::from_str_radix(&id.to_string()[..12], 16).unwrap() + 1);
        Ok((from..self.members).take(query.limit as usize).map(|place| row(member(place))).collect())
    }

    fn table_counter(&self, table: &str) -> Result<i64, ViewError> {
        self.memory.table_counter(table)
    }
    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError> {
        self.memory.known_mail(message_id)
    }
    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError> {
        self.memory.same_mail(dedupe_key)
    }
    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError> {
        self.memory.thread(record, address)
    }
    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError> {
        self.memory.was_mailed(record, address)
    }
    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.memory.answers_since(account, address, since)
    }
    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.memory.mails_since(record, address, since)
    }
    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError> {
        self.memory.attachment_digests(record)
    }
    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        self.memory.files(record)
    }
    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError> {
        self.memory.file(id)
    }
    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError> {
        self.memory.file_bytes(digest)
    }
    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        self.memory.deliveries(message_id)
    }
    fn comments(
        &self,
        record: &RecordKey,
        internal: bool,
        limit: u32,
    ) -> Result<Vec<CommentText>, ViewError> {
        self.memory.comments(record, internal, limit)
    }
}

#[test]
fn people_beyond_the_hard_limit_are_not_mailed_and_somebody_is_told() {
    let mut world = World::new();
    world.write("[event_register.\"incident.told\"]\n[incident.INC0000001]\nsubject = \"Printer\"\n[notification_rule.\"To the crowd\"]\ntable = \"incident\"\nevent_name = \"incident.told\"\nsubject = \"All\"\nbody_text = \"All.\"\ngroups = [\"Service desk\"]\n");
    let event = told(&mut world);
    let told_of = |members: usize| {
        let crowd = Crowd { memory: world.view.clone(), members };
        let numbers = rejoinder_engine::context::NextNumber;
        let (config, now, seed) = (&world.config, world.now, event.seed);
        let context =
            rejoinder_engine::context::Context { config, view: &crowd, now, seed, numbers: &numbers };
        let plan = notify::decide(context, &event).unwrap();
        assert_eq!(plan.jobs.len(), 1);
        plan.attention.into_iter().map(|one| one.why.text).collect::<Vec<_>>()
    };
    assert_eq!(told_of(RECIPIENTS_MAX), Vec::<String>::new());
    let told = told_of(RECIPIENTS_MAX + 1);
    assert!(told[0].contains("100000 people: the others are not mailed"), "{told:?}");
}
