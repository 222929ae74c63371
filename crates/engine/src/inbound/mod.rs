//! From an incoming mail to a plan: evidence, class, sender, record, actions, in this order.
//!
//! One stage, one file. [`decide`] is the sequence and nothing else. The published specification of these
//! stages is design chapter 7; each of its sentences has a case file under `tests/cases`.

pub mod action;
pub mod again;
pub mod answer;
pub mod attachment;
pub mod classify;
pub mod copied;
pub mod evidence;
mod incoming;
pub mod lead;
pub mod mail_table;
pub mod mapping;
pub mod matching;
pub mod names;
mod original;
pub mod outcome;
pub mod participant;
mod reply_template;
mod rights;
mod script;
pub mod sender;
pub mod warnings;
pub(crate) mod written;

use rejoinder_mail::Mail;
use rejoinder_mail::forwarded::Original;
use rejoinder_mail::sign::Signs;

use crate::config::{Account, Body};
use crate::context::Context;
use crate::draft::Draft;
use crate::id::Id;
use crate::plan::{Actor, Authenticity, Cause, CauseKind, Class, Done, EmailState, Plan, Unit};
use crate::record::RecordKey;
use crate::trace::Trace;
use crate::view::ViewError;

use again::Before;
pub use sender::Sender;

/// The table of inbound actions.
pub const INBOUND_ACTION: &str = "inbound_action";

/// One copy of an incoming mail, as the queue holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its identity.
    pub id: Id,
    /// Its place in the queue.
    pub seq: i64,
    /// The claim.
    pub epoch: i64,
    /// The account that received it.
    pub account: Id,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The envelope's return path (RFC 5321): `None` where the source has no envelope, empty where it is null.
    pub envelope_from: Option<String>,
    /// The envelope's recipients.
    pub envelope_to: Vec<String>,
    /// What the source itself vouches for: `verified`, `failed`, or nothing.
    pub authentication: String,
}

/// Why no plan could be made; the arrival stays where it is and is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// The records could not be read.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The account of the arrival is gone.
    #[error("the account {0} does not exist any more: name another one or ignore the mail")]
    NoAccount(Id),
}

/// The mail with everything that was read off it, without records.
pub struct Facts {
    /// The mail.
    pub mail: Mail,
    /// The signs by which it is classified.
    pub signs: Signs,
    /// Its text without quotes and signature.
    pub new_text: String,
    /// What it quotes.
    pub quoted: String,
    /// The mail that it forwards, as whoever forwarded it says; none where it is no forward.
    pub original: Option<Original>,
    /// The envelope's or the header's return path is null.
    pub null_return_path: bool,
}

/// What the stages have found out about a mail.
pub struct Found {
    /// What it is.
    pub class: Class,
    /// Who sent it.
    pub sender: Sender,
    /// Which record it is about or mentions.
    pub matched: matching::Matched,
    /// Why it must not be answered automatically.
    pub do_not_answer: Option<String>,
}

/// Decides what an incoming mail becomes.
pub fn decide(context: Context<'_>, arrival: &Arrival) -> Result<Plan, DecideError> {
    decide_from(context, arrival, None)
}

/// The same for a mail that was decided before.
fn decide_from(
    context: Context<'_>,
    arrival: &Arrival,
    before: Option<&Before>,
) -> Result<Plan, DecideError> {
    let account =
        context.config.accounts.get(&arrival.account).ok_or(DecideError::NoAccount(arrival.account))?;
    let mut trace = Trace::new("arrival", arrival.id, context.now, context.config.generation);
    let facts = evidence::read(context, arrival, &mut trace);
    let mut work = Work::new(context, arrival, account, facts, trace, before);
    if outcome::ends_early(&mut work)? {
        return Ok(work.into_plan());
    }
    let evidence = evidence::collect(&work)?;
    let class = classify::classify(&mut work, &evidence);
    let sender = sender::identify(&mut work, class)?;
    let matched = matching::find(&mut work, &evidence, class, &sender)?;
    let matched = outcome::filed_before(&mut work, matched)?;
    // An answer to a forged sender would reach whoever really has the address.
    let forged = sender.authenticity == Authenticity::Failed;
    let do_not_answer = classify::do_not_answer(&work, class).or(forged.then(|| "failed_check".to_owned()));
    let mut found = Found { class, sender, matched, do_not_answer };
    work.draft.actor = found.sender.actor();
    match outcome::special(&mut work, &mut found)? {
        outcome::Next::Stop => {}
        outcome::Next::Actions => action::run_all(&mut work, &mut found)?,
    }
    outcome::close(&mut work, &found)?;
    Ok(work.into_plan())
}

/// What the stages work on.
pub struct Work<'a> {
    /// The input of the decision.
    pub context: Context<'a>,
    /// The copy.
    pub arrival: &'a Arrival,
    /// The account that received it.
    pub account: &'a Account,
    /// What was read off the mail.
    pub facts: Facts,
    /// The id of the mail's row.
    pub email: Id,
    /// The changes of records.
    pub draft: Draft<'a>,
    /// Everything else of the plan.
    pub plan: Plan,
    /// Whether an automatic answer to the sender was planned.
    pub answered: bool,
    /// How many actions ran.
    pub ran: usize,
    /// The actions that failed, each with its error.
    pub errors: Vec<String>,
    /// The records that the mail made.
    pub created: Vec<RecordKey>,
    /// The records that a script gave the files of the mail to.
    pub files_to: Vec<RecordKey>,
    /// The addresses that a delivery report says were not reached, each with the reason.
    pub bounced: Vec<(String, String)>,
    /// What the mail did when it was decided before.
    pub before: Option<&'a Before>,
    /// What has had its effects on the mail, now or before.
    pub done: Vec<Done>,
}

impl<'a> Work<'a> {
    fn new(
        context: Context<'a>,
        arrival: &'a Arrival,
        account: &'a Account,
        facts: Facts,
        trace: Trace,
        before: Option<&'a Before>,
    ) -> Self {
        let known = before.and_then(|before| before.email);
        let email = known.unwrap_or_else(|| context.seed.id("email", context.now));
        let state = EmailState::Processed;
        let unit = Unit::Arrival { seq: arrival.seq, epoch: arrival.epoch, email, state, why: None };
        let cause = Cause { kind: CauseKind::Arrival, id: arrival.id, chain: Vec::new() };
        let draft = Draft::new(context, Actor::system());
        let plan = Plan::new(unit, context.now, Actor::system(), cause, trace);
        Self {
            context,
            arrival,
            account,
            facts,
            email,
            draft,
            plan,
            answered: false,
            ran: 0,
            errors: Vec::new(),
            created: before.map(|before| before.created.clone()).unwrap_or_default(),
            files_to: Vec::new(),
            bounced: Vec::new(),
            before,
            done: before.map(|before| before.done.clone()).unwrap_or_default(),
        }
    }

    /// What this has done to the mail before.
    pub fn done_before(&self, what: &str) -> Option<&'a Done> {
        self.before?.done.iter().find(|done| done.what == what)
    }

    /// Notes that this has had its effects on the mail.
    pub fn done(&mut self, what: &str, stopped: bool) {
        self.done.push(Done { what: what.to_owned(), stopped });
    }

    /// The trace.
    pub fn trace(&mut self) -> &mut Trace {
        &mut self.plan.trace
    }

    /// Notes something for the reader of the trace.
    pub fn note(&mut self, code: &str, text: impl Into<String>) {
        self.plan.trace.note(code, text);
    }

    /// What an action that takes this as the text of the mail is given.
    pub fn body(&self, body: Body) -> &str {
        match body {
            Body::NewText => &self.facts.new_text,
            Body::Whole => self.facts.mail.text.trim_end(),
        }
    }

    /// The record's name for people: its number, else its display field.
    pub fn record_name(&self, key: &RecordKey) -> Result<String, ViewError> {
        let record = self.draft.reads.get(&key.table, key.id)?;
        Ok(record
            .map_or_else(|| key.id.to_string(), |record| crate::display::name_of(&self.draft.reads, &record)))
    }

    fn into_plan(self) -> Plan {
        let Self { mut plan, draft, answered, email, .. } = self;
        plan.actor = draft.actor.clone();
        let cause = plan.cause.clone();
        draft.finish(&mut plan, &cause, answered.then_some(email));
        plan.trace = plan.trace.bounded();
        plan
    }
}
