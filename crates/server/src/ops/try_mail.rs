//! *Try on a mail*: what a mail would do, with the inbound actions as they are saved or as somebody is about to save them.
//!
//! The same decision as in operation, shown instead of applied: nothing is written and no number is used up.

use std::collections::BTreeSet;

use rejoinder_engine::config::Config;
use rejoinder_engine::context::NextNumber;
use rejoinder_engine::fold::fold;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::inbound::{Arrival, INBOUND_ACTION, decide};
use rejoinder_engine::plan::{Direction, Plan, RecordOp};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::request::{Change, Request, decide as decide_request};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::View;
use rejoinder_engine::view::without::Without;
use rejoinder_store::history::AsOf;
use rejoinder_store::{ClaimedArrival, StoreError};

use super::change::Asker;
use super::compared::{Difference, compared};
use super::decided::{Decided, Eyes};
use super::did::did;
use super::ingest::find_account;
use crate::app::{App, context, request_id};
use crate::error::AppError;
use crate::workers::process::arrival as input;

/// The mail that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// One that came, by the id of its arrival.
    Arrival(Id),
    /// One that is handed in only to be tried.
    Bytes(Vec<u8>),
}

/// The records that a mail is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// As they are, as if the mail came now.
    Today,
    /// As they were when the mail came.
    Then,
}

impl Moment {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Then => "then",
        }
    }
}

/// What is to be tried.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The mail.
    pub mail: Tried,
    /// The account that receives it, by name or id; that of a mail that came, or the one it is addressed to, where
    /// nothing is said.
    pub account: Option<String>,
    /// What the source vouches for about its sender: `verified`, `failed` or nothing; as it came where nothing is said.
    pub authentication: Option<String>,
    /// The records; where nothing is said those of then for a mail that came, as far as they can be worked out.
    pub moment: Option<Moment>,
    /// Changes of inbound actions that are not saved.
    pub changes: Vec<Change>,
    /// The one action that is looked at, by id or name, also where it is not active; all where nothing is said.
    pub only: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct TriedOut {
    /// The time of the decision.
    pub at: Timestamp,
    /// The records that it was decided on.
    pub moment: Moment,
    /// What is to be known about these.
    pub note: String,
    /// The account that received the mail.
    pub account: Id,
    /// What it would do.
    pub now: Decided,
    /// What it did, for a mail that was worked on.
    pub before: Option<Decided>,
    /// How the two differ.
    pub differences: Vec<Difference>,
    /// The actions that are not saved as they were tried.
    pub unsaved: Vec<Id>,
}

/// Tries a mail for `asker`, and tells what `eyes` may see of it.
pub fn try_mail(app: &App, asker: &Asker, eyes: Eyes<'_>, wanted: &Wanted) -> Result<TriedOut, AppError> {
    let came = match &wanted.mail {
        Tried::Arrival(id) => Some(stored(app, *id)?),
        Tried::Bytes(_) => None,
    };
    let seed = app.env.seed()?;
    let now = app.env.now();
    let mail = arrival(app, wanted, came.as_ref(), (seed, now))?;
    let saved = app.config()?;
    let (config, unsaved) = with_actions(app, asker, &saved, wanted)?;
    let email = itself(app, came.as_ref(), &mail)?;
    let (then, note) = past(app, came.as_ref(), wanted.moment)?;
    let (at, moment) = match (&then, &came) {
        (Some(_), Some(came)) => (came.received_at, Moment::Then),
        _ => (now, Moment::Today),
    };
    let view: Box<dyn View> = match then {
        Some(view) => Box::new(view),
        None => Box::new(app.store.view()?),
    };
    let plan = decided(&config, &*view, email, (seed, at), &mail)?;
    let told = Decided::of(&config, &Reads::new(&*view, &config.dictionary), eyes, &plan)?;
    // SQLite keeps a reader for each view.
    drop(view);
    let before = came.map(|came| did(app, &config, eyes, came.id)).transpose()?.flatten();
    let differences = before.as_ref().map(|before| compared(before, &told)).unwrap_or_default();
    Ok(TriedOut { at, moment, note, account: mail.account, now: told, before, differences, unsaved })
}

/// A mail that came, with its bytes.
struct Came {
    claimed: ClaimedArrival,
    bytes: Vec<u8>,
}

impl std::ops::Deref for Came {
    type Target = ClaimedArrival;

    fn deref(&self) -> &ClaimedArrival {
        &self.claimed
    }
}

fn stored(app: &App, id: Id) -> Result<Came, AppError> {
    let missing = || AppError::NotFound { what: "arrival", name: id.to_string() };
    let claimed = app.store.arrival_unclaimed(id)?.ok_or_else(missing)?;
    let gone = || AppError::Refused("the bytes of this mail are gone from the database".to_owned());
    let bytes = app.store.blob(&claimed.digest)?.ok_or_else(gone)?;
    Ok(Came { claimed, bytes })
}

/// The row of the mail itself, where it came before: the decision must not end at once because it is a second copy.
fn itself(app: &App, came: Option<&Came>, mail: &Arrival) -> Result<Option<Id>, AppError> {
    if let Some(came) = came {
        return Ok(app.store.arrival(came.id)?.and_then(|row| row.email));
    }
    let Some(id) = rejoinder_mail::parse(&mail.bytes).message_id else { return Ok(None) };
    let known = app.store.view()?.known_mail(&id)?;
    Ok(known.filter(|known| known.direction == Direction::Incoming).map(|known| known.email))
}

fn arrival(
    app: &App,
    wanted: &Wanted,
    came: Option<&Came>,
    (seed, now): (Seed, Timestamp),
) -> Result<Arrival, AppError> {
    let mut mail = match (&wanted.mail, came) {
        (_, Some(came)) => input(&came.claimed, came.bytes.clone()),
        (Tried::Bytes(bytes), None) => Arrival {
            id: seed.id("arrival", now),
            seq: 0,
            epoch: 0,
            account: find_account(app, bytes, wanted.account.as_deref())?,
            bytes: bytes.clone(),
            envelope_from: None,
            envelope_to: Vec::new(),
            authentication: String::new(),
        },
        (Tried::Arrival(id), None) => {
            return Err(AppError::NotFound { what: "arrival", name: id.to_string() });
        }
    };
    if let (Some(name), Some(_)) = (&wanted.account, came) {
        mail.account = find_account(app, &mail.bytes, Some(name))?;
    }
    if let Some(word) = &wanted.authentication {
        mail.authentication.clone_from(word);
    }
    Ok(mail)
}

/// The past, where it is wanted and can be worked out, and what is to be known about what there is.
fn past(app: &App, came: Option<&Came>, wanted: Option<Moment>) -> Result<(Option<AsOf>, String), AppError> {
    /// The mail's own changes are of the moment in which it came.
    const JUST_BEFORE: i64 = -1;
    let Some(came) = came else {
        if wanted == Some(Moment::Then) {
            return Err(AppError::Refused(
                "only a mail that came has a past: try this one on today's records".to_owned(),
            ));
        }
        return Ok((None, "as if the mail came now, on the records as they are".to_owned()));
    };
    if wanted == Some(Moment::Today) {
        let text = "as if the mail came again now: what it did to records the first time is there already";
        return Ok((None, text.to_owned()));
    }
    match app.store.view_as_of(came.received_at.plus(JUST_BEFORE)) {
        Ok(view) => Ok((
            Some(view),
            "on the records as they were when the mail came; actions, rules and settings are today's"
                .to_owned(),
        )),
        Err(error @ StoreError::TooFarBack(_)) if wanted.is_none() => Ok((
            None,
            format!("as if the mail came again now, because its past cannot be worked out: {error}"),
        )),
        Err(StoreError::TooFarBack(most)) => Err(AppError::Refused(format!(
            "more than {most} changes lie between then and now: try it on today's records"
        ))),
        Err(error) => Err(error.into()),
    }
}

fn decided(
    config: &Config,
    view: &dyn View,
    email: Option<Id>,
    (seed, at): (Seed, Timestamp),
    mail: &Arrival,
) -> Result<Plan, AppError> {
    match email {
        Some(email) => {
            let view = Without { view, email };
            Ok(decide(context(config, &view, at, seed, &NextNumber), mail)?)
        }
        None => Ok(decide(context(config, view, at, seed, &NextNumber), mail)?),
    }
}

/// The configuration with actions that are not saved, checked as when they are saved, and with only one of them where
/// one is wanted. Also the ids of those that are not saved so.
fn with_actions(
    app: &App,
    asker: &Asker,
    saved: &Config,
    wanted: &Wanted,
) -> Result<(Config, Vec<Id>), AppError> {
    let mut rows = app.store.records_of(INBOUND_ACTION)?;
    let mut unsaved = Vec::new();
    if !wanted.changes.is_empty() {
        let (config, view) = app.moment()?;
        let request = Request {
            id: request_id(&app.env)?,
            actor: asker.actor.clone(),
            rights: asker.rights.clone(),
            changes: wanted.changes.clone(),
        };
        let input = context(&config, &view, app.env.now(), app.env.seed()?, &NextNumber);
        let (plan, _) = decide_request(input, &request)?;
        for op in plan.records.iter().filter(|op| op.key().table == INBOUND_ACTION) {
            unsaved.push(op.key().id);
            put(&mut rows, op);
        }
        unique(&rows)?;
    }
    if let Some(only) = &wanted.only {
        let id = only.parse::<Id>().ok();
        rows.retain(|row| Some(row.id) == id || row.text("name") == only);
        if rows.is_empty() {
            return Err(AppError::NotFound { what: "inbound action", name: only.chars().take(80).collect() });
        }
        rows.iter_mut().for_each(|row| row.set("active", Value::Bool(true)));
    }
    Ok((saved.with_actions(&rows), unsaved))
}

/// A change of an action, as applying it would leave the actions.
fn put(rows: &mut Vec<Record>, op: &RecordOp) {
    let key = op.key();
    match op {
        RecordOp::Insert { fields, .. } => {
            rows.push(Record { table: key.table.clone(), id: key.id, version: 0, fields: fields.clone() });
        }
        RecordOp::Update { new, .. } => {
            for row in rows.iter_mut().filter(|row| row.id == key.id) {
                new.iter().for_each(|(field, value)| row.set(field, value.clone()));
            }
        }
        RecordOp::Delete { .. } => rows.retain(|row| row.id != key.id),
    }
}

/// Names are unique when they are saved; the database sees to that, which this never reaches.
fn unique(rows: &[Record]) -> Result<(), AppError> {
    let mut names = BTreeSet::new();
    let double = rows.iter().find(|row| !names.insert(fold(row.text("name"))));
    double.map_or(Ok(()), |_| {
        Err(AppError::Unique { table: INBOUND_ACTION.to_owned(), field: "name".to_owned() })
    })
}

/// The change that saving an action with these values would be: a new one, or other values of a saved one.
pub fn saving(id: Option<Id>, fields: Fields) -> Change {
    let table = INBOUND_ACTION.to_owned();
    match id {
        Some(id) => Change::Update { key: RecordKey { table, id }, fields },
        None => Change::Insert { table, id: None, fields },
    }
}

/// The change that removing a saved action would be.
pub fn removing(id: Id) -> Change {
    Change::Delete { key: RecordKey { table: INBOUND_ACTION.to_owned(), id } }
}

/// The table of inbound actions.
pub const TABLE: &str = INBOUND_ACTION;

/// The saved action of this name.
pub fn action_called(app: &App, name: &str) -> Result<Option<Id>, AppError> {
    let rows = app.store.records_of(INBOUND_ACTION)?;
    Ok(rows.iter().find(|row| row.text("name") == name).map(|row| row.id))
}
