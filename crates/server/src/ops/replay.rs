//! Replay: what was decided on mails of a period is decided again with today's rules, or with packs laid over them that are
//! not installed, and what would come otherwise is listed. Nothing is written and no number is used up.

mod decision;
mod laid;

use std::collections::BTreeMap;

use rejoinder_engine::config::Config;
use rejoinder_engine::context::{NextNumber, Numbers};
use rejoinder_engine::id::Id;
use rejoinder_engine::inbound::{Arrival, DecideError, decide};
use rejoinder_engine::pack::Pack;
use rejoinder_engine::plan::{RecordOp, Why};
use rejoinder_engine::record::Record;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::View;
use rejoinder_store::{DecidedFilter, DecidedMail, Page, StoreError};

use crate::app::{App, context};
use crate::error::AppError;
use decision::{Decision, Names, Stored};
use laid::laid_over;

/// A moment as RFC 3339, as people write it.
pub fn moment(text: &str) -> Option<String> {
    Timestamp::parse(text).map(Timestamp::rfc3339)
}

/// Which records a mail is decided on again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Records {
    /// As they were when it came.
    #[default]
    Then,
    /// As they are.
    Now,
}

/// What is to be decided again.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Mails that came not before this moment.
    pub from: Timestamp,
    /// Mails that came before this moment.
    pub to: Timestamp,
    /// Mails of this account, by name or id.
    pub account: Option<String>,
    /// Packs that are laid over today's configuration.
    pub packs: Vec<Pack>,
    /// On which records.
    pub records: Records,
}

/// The mail that was decided again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The mail, as it is stored.
    pub mail: DecidedMail,
    /// What came of it.
    pub result: Outcome,
}

/// What came of deciding again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The same.
    Unchanged,
    /// Something else.
    Changed(Vec<Difference>),
    /// It could not be decided again.
    Failed(Why),
}

/// One thing that would be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What: `outcome`, `class`, `sender`, `record`, `actions`, `changes`, `feed`, `files` or `answers`.
    pub what: String,
    /// What was decided and would not be.
    pub before: Vec<String>,
    /// What would be decided and was not.
    pub now: Vec<String>,
}

/// One page of mails that were decided again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The mails, oldest first.
    pub mails: Vec<Replayed>,
    /// The cursor of the next page; `None` where this is the last.
    pub next: Option<String>,
}

/// Decides the mails of one page again.
pub fn replay(app: &App, wanted: &Wanted, page: &Page) -> Result<Replay, AppError> {
    let today = app.config()?;
    let account = wanted.account.as_deref().map(|name| {
        let found = today.account_called(name).map(|account| account.id).or_else(|| name.parse().ok());
        found.ok_or_else(|| AppError::NotFound { what: "account", name: name.to_owned() })
    });
    let filter = DecidedFilter { from: wanted.from, to: wanted.to, account: account.transpose()? };
    let config = laid_over(app, &wanted.packs)?;
    let listed = app.store.decided_mails(&filter, page)?;
    let mut mails = Vec::new();
    for mail in listed.items {
        let result = one(app, &config, wanted.records, &mail)?;
        mails.push(Replayed { mail, result });
    }
    Ok(Replay { mails, next: listed.next })
}

/// The moment before the mail came: its own effects are of that moment itself.
const fn before(mail: &DecidedMail) -> Timestamp {
    mail.received_at.plus(-1)
}

fn one(app: &App, config: &Config, records: Records, mail: &DecidedMail) -> Result<Outcome, AppError> {
    let fail = |code: &str, text: String| Ok(Outcome::Failed(Why::new(code, text)));
    if mail.anew > 0 {
        let text = "it was decided once more since, and what its first decision did is not kept apart";
        return fail("decided_anew", text.to_owned());
    }
    let Some(stored) = Stored::read(&app.store, mail)? else {
        return fail("mail_gone", "the mail is not kept any more".to_owned());
    };
    let Some(bytes) = app.store.blob(&mail.digest)? else {
        return fail("bytes_gone", "its bytes are not kept any more".to_owned());
    };
    let then = match records {
        Records::Then => app.store.view_as_of(before(mail)).map(|view| Box::new(view) as Box<dyn View>),
        Records::Now => app.store.view_without_mail(before(mail)).map(|view| Box::new(view) as Box<dyn View>),
    };
    let view = match then {
        Ok(view) => view,
        Err(StoreError::TooFarBack(changes)) => {
            let text = format!(
                "more than {changes} changes lie between it and today: ask for a later period, or decide on the records \
                 as they are now"
            );
            return fail("too_far_back", text);
        }
        Err(error) => return Err(error.into()),
    };
    let numbers = Given::of(config, &stored);
    let arrival = Arrival {
        id: mail.arrival,
        seq: 0,
        epoch: 0,
        account: mail.account,
        bytes,
        envelope_from: mail.envelope_from.clone(),
        envelope_to: mail.envelope_to.clone(),
        authentication: mail.authentication.clone(),
    };
    let decided = decide(context(config, &*view, mail.received_at, mail.seed, &numbers), &arrival);
    let plan = match decided {
        Ok(plan) => plan,
        Err(error @ DecideError::NoAccount(_)) => return fail("account_gone", error.to_string()),
        Err(DecideError::View(error)) => return fail("not_readable", error.to_string()),
    };
    let inserted = plan.records.iter().filter_map(|operation| match operation {
        RecordOp::Insert { key, fields } => {
            let (table, fields) = (key.table.clone(), fields.clone());
            Some((key.id, Record { table, id: key.id, version: 1, fields }))
        }
        _ => None,
    });
    let names = |new| Names { dictionary: &config.dictionary, view: &*view, new };
    let now = Decision::planned(&plan, &names(inserted.collect()));
    let was = Decision::stored(&app.store, mail, &stored, &names(stored.made()))?;
    let differences = was.differences(&now);
    Ok(if differences.is_empty() { Outcome::Unchanged } else { Outcome::Changed(differences) })
}

/// The numbers that the decision gave, given again in their order; what it did not give is shown as the next one.
struct Given(BTreeMap<String, Vec<String>>);

impl Given {
    fn of(config: &Config, stored: &Stored) -> Self {
        let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let new: BTreeMap<Id, Record> = stored.made();
        for record in new.values() {
            let series = config.dictionary.table(&record.table).and_then(|info| info.numbered_by.clone());
            let number = record.text("number");
            if !number.is_empty() {
                given
                    .entry(series.unwrap_or_else(|| record.table.clone()))
                    .or_default()
                    .push(number.to_owned());
            }
        }
        given.values_mut().for_each(|numbers| numbers.sort());
        Self(given)
    }
}

impl Numbers for Given {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let given = self.0.get(table).and_then(|numbers| numbers.get(nth)).cloned();
        given.map_or_else(|| NextNumber.number(table, prefix, nth), Ok)
    }
}
