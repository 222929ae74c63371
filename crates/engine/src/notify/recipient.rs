//! Who a rule leads to, and each step that leaves somebody out, with its reason (design 8.2).

use rejoinder_mail::Address;

use crate::condition::source::resolve_path;
use crate::condition::{Condition, Operator};
use crate::config::Rule;
use crate::context::Context;
use crate::id::Id;
use crate::inbound::sender::user_by_address;
use crate::limits::RECIPIENTS_MAX;
use crate::notify::{Event, rule_failed};
use crate::plan::{Plan, Why};
use crate::reads::Reads;
use crate::record::Record;
use crate::trace::{Step, Trace};
use crate::value::{Kind, Value};
use crate::view::{Query, ViewError};

/// The field that lists who wants no mail about a record.
pub const MUTED_BY: &str = "muted_by";

/// A person or an address that a rule leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The user, where it is one.
    pub user: Option<Record>,
    /// The address; empty where they have none.
    pub address: String,
    /// How people call them.
    pub name: String,
    /// How the rule leads to them.
    pub through: String,
}

impl Candidate {
    /// What makes two candidates one person.
    pub fn key(&self) -> String {
        self.user
            .as_ref()
            .map_or_else(|| Address::new(self.address.clone()).normalized(), |user| user.id.to_string())
    }

    fn user(user: Record, through: String) -> Self {
        Self {
            address: user.text("email").to_owned(),
            name: user.text("name").to_owned(),
            user: Some(user),
            through,
        }
    }

    fn address(address: &str, name: &str, through: String) -> Self {
        let name = if name.is_empty() { address } else { name };
        Self { user: None, address: address.to_owned(), name: name.to_owned(), through }
    }
}

/// Writes down what became of a candidate.
pub fn say(trace: &mut Trace, rule: &Rule, who: &Candidate, outcome: &str) {
    trace.push(Step::Recipient {
        rule: rule.name.clone(),
        who: who.name.clone(),
        address: Some(who.address.clone()).filter(|address| !address.is_empty()),
        through: who.through.clone(),
        outcome: outcome.to_owned(),
    });
}

/// The people that the rule mails about the event, each once, in the order of [`Candidate::key`].
pub fn collect(
    reads: &Reads<'_>,
    context: Context<'_>,
    rule: &Rule,
    event: &Event,
    plan: &mut Plan,
) -> Result<Vec<Candidate>, ViewError> {
    let found = resolve(reads, context, rule, event, plan)?;
    let mut people: std::collections::BTreeMap<String, Candidate> = std::collections::BTreeMap::new();
    for candidate in found {
        if people.len() >= RECIPIENTS_MAX {
            let text = format!("it leads to more than {RECIPIENTS_MAX} people: the others are not mailed");
            plan.trace.note("too_many_recipients", format!("{}: {text}", rule.name));
            plan.attention.push(rule_failed(rule, &text));
            break;
        }
        people.entry(candidate.key()).or_insert(candidate);
    }
    // Those of a fan-out are told of in its steps, not here.
    let quiet = people.len() > crate::limits::FAN_OUT_CHUNK;
    let mut kept = Vec::new();
    for candidate in people.into_values() {
        if let Some(why) = left_out(rule, event, &candidate) {
            say(&mut plan.trace, rule, &candidate, why);
            continue;
        }
        if !quiet {
            say(&mut plan.trace, rule, &candidate, "mailed");
        }
        kept.push(candidate);
    }
    if kept.is_empty() {
        plan.trace.note("no_recipient", format!("{} leads to nobody who could be mailed", rule.name));
    }
    Ok(kept)
}

/// The step that leaves the candidate out; `None` where they are mailed.
fn left_out(rule: &Rule, event: &Event, candidate: &Candidate) -> Option<&'static str> {
    if candidate.address.is_empty() {
        return Some("no_address");
    }
    if !Address::new(candidate.address.clone()).is_valid() {
        return Some("bad_address");
    }
    let Some(user) = candidate.user.as_ref() else {
        // A guest is known by the address alone.
        let guest = event.actor.user.is_none()
            && Address::new(event.actor.label.clone()).normalized() == candidate.key();
        return (guest && !rule.send_to_actor).then_some("actor");
    };
    if !user.get("active").is_true() || user.get("locked").is_true() {
        return Some("inactive");
    }
    if event.record_image().get(MUTED_BY).items().contains(&user.id.to_string()) {
        return Some("muted");
    }
    if event.actor.user == Some(user.id) {
        if !rule.send_to_actor {
            return Some("actor");
        }
        if event.from_email.is_some() {
            return Some("answered_already");
        }
    }
    None
}

fn resolve(
    reads: &Reads<'_>,
    context: Context<'_>,
    rule: &Rule,
    event: &Event,
    plan: &mut Plan,
) -> Result<Vec<Candidate>, ViewError> {
    let record = event.record_image();
    let mut found = Vec::new();
    for id in &rule.users {
        found.extend(user(reads, *id, "the rule")?);
    }
    for id in &rule.groups {
        found.extend(group(reads, *id, "the rule")?);
    }
    for path in &rule.fields {
        found.extend(field(reads, context, rule, &record, path, plan)?);
    }
    for address in &rule.addresses {
        found.push(by_address(reads, address, "the rule".to_owned())?);
    }
    for place in &rule.params {
        let param = place.checked_sub(1).and_then(|place| event.params.get(place)).cloned().flatten();
        let through = format!("event parameter {place}");
        for part in param.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()) {
            found.extend(anything(reads, part, &through)?);
        }
    }
    if rule.followers {
        for id in record.get("followers").items().iter().filter_map(|item| item.parse().ok()) {
            found.extend(user(reads, id, "followers")?);
        }
    }
    Ok(found)
}

fn user(reads: &Reads<'_>, id: Id, through: &str) -> Result<Option<Candidate>, ViewError> {
    Ok(reads.get("user", id)?.map(|user| Candidate::user(user, through.to_owned())))
}

/// The group's own address, else its members.
fn group(reads: &Reads<'_>, id: Id, through: &str) -> Result<Vec<Candidate>, ViewError> {
    let Some(group) = reads.get("group", id)? else { return Ok(Vec::new()) };
    let name = group.text("name").to_owned();
    if !group.text("email").is_empty() {
        return Ok(vec![Candidate::address(group.text("email"), &name, format!("{through}: group {name}"))]);
    }
    let mut members = Vec::new();
    let mut after: Option<Id> = None;
    // Pages by user, because a group may be larger than what one query reads.
    loop {
        let mut parts = vec![Condition::clause("group", Kind::Reference, Operator::Is, vec![Value::Ref(id)])];
        if let Some(last) = after {
            parts.push(Condition::clause(
                "user",
                Kind::Reference,
                Operator::GreaterThan,
                vec![Value::Ref(last)],
            ));
        }
        let mut query = Query::new("group_member", Condition::All(parts));
        query.limit = MEMBERS_PER_PAGE;
        query.order = vec![("user".to_owned(), false)];
        let page = reads.query(&query)?;
        for member in &page {
            if let Some(id) = member.get("user").as_ref_id() {
                members.extend(user(reads, id, &format!("{through}: group {name}"))?);
            }
        }
        let Some(last) = page.last().filter(|_| page.len() == MEMBERS_PER_PAGE as usize) else {
            return Ok(members);
        };
        after = last.get("user").as_ref_id();
    }
}

/// Members read by one query.
const MEMBERS_PER_PAGE: u32 = 500;

fn field(
    reads: &Reads<'_>,
    context: Context<'_>,
    rule: &Rule,
    record: &Record,
    path: &str,
    plan: &mut Plan,
) -> Result<Vec<Candidate>, ViewError> {
    let info = context.config.dictionary.table(&record.table);
    let steps = info.map(|info| resolve_path(&context.config.dictionary, info, path));
    let Some(Ok(steps)) = steps else {
        let why = Why::new("bad_recipient_field", format!("`{path}` is no field of `{}`", record.table));
        plan.attention.push(rule_failed(rule, &why.text));
        plan.trace.push(Step::Error { of: rule.name.clone(), why });
        return Ok(Vec::new());
    };
    let target = steps.last().and_then(|step| step.table.clone());
    let value = reads.walk_path(record, &steps)?;
    let through = format!("the field {path}");
    let by_id = |id: Id| -> Result<Vec<Candidate>, ViewError> {
        match target.as_deref() {
            Some("group") => group(reads, id, &through),
            _ => Ok(user(reads, id, &through)?.into_iter().collect()),
        }
    };
    match value {
        Value::Ref(id) => by_id(id),
        Value::Text(address) => Ok(vec![by_address(reads, &address, through.clone())?]),
        Value::List(items) => {
            let mut found = Vec::new();
            for item in items {
                match item.parse() {
                    Ok(id) => found.extend(by_id(id)?),
                    Err(_) => found.push(by_address(reads, &item, through.clone())?),
                }
            }
            Ok(found)
        }
        _ => Ok(Vec::new()),
    }
}

/// The user with this address, else the bare address.
fn by_address(reads: &Reads<'_>, address: &str, through: String) -> Result<Candidate, ViewError> {
    let normal = Address::new(address).normalized();
    let user = user_by_address(reads, &normal)?;
    Ok(match user {
        Some(user) => Candidate { address: address.to_owned(), ..Candidate::user(user, through) },
        None => Candidate::address(address, "", through),
    })
}

/// A user or group by id, or an address.
fn anything(reads: &Reads<'_>, text: &str, through: &str) -> Result<Vec<Candidate>, ViewError> {
    let Ok(id) = text.parse::<Id>() else { return Ok(vec![by_address(reads, text, through.to_owned())?]) };
    if let Some(user) = user(reads, id, through)? {
        return Ok(vec![user]);
    }
    group(reads, id, through)
}
