//! *Try on a mail*: what a mail would do, with actions as they are saved or about to be saved.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::config::Config;
use rejoinder_engine::inbound::INBOUND_ACTION;
use rejoinder_engine::request::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::MailDecision;
use crate::api::auth::{Anybody, Caller};
use crate::api::error::{ApiError, ErrorCode, TryErrors};
use crate::api::extract::{Body, id};
use crate::api::state::ApiState;
use crate::api::value::{FieldValues, stored};
use crate::app::App;
use crate::error::AppError;
use crate::limits::TRY_ACTIONS_MAX;
use crate::ops::decided::Eyes;
use crate::ops::script_run::runner;
use crate::ops::try_mail::{Moment, Tried, TriedOut, Wanted, removing, saving, try_mail as try_it};
use crate::ops::try_told::told;

/// An inbound action as it is to be tried; nothing of it is saved.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ActionToTry {
    /// The saved action that is changed; a new one where nothing is said.
    id: Option<String>,
    /// The values that are not saved; those that are not named stay as they are saved, or have their defaults.
    #[serde(default)]
    fields: FieldValues,
    /// Whether the action is tried as if it were removed.
    #[serde(default)]
    delete: bool,
}

/// A mail to try, and with what.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct MailToTry {
    /// A mail that came, by its id.
    email: Option<String>,
    /// The same, by the id of its arrival.
    arrival: Option<String>,
    /// A mail that is handed in only to be tried, as text. Exactly one of `email`, `arrival`, `source` and
    /// `source_base64` is given.
    source: Option<String>,
    /// The same in Base64 (RFC 4648, 4), for mails that are no UTF-8.
    source_base64: Option<String>,
    /// The account that receives it, by name or id; that of a mail that came, else the one that it is addressed to, where
    /// nothing is said.
    account: Option<String>,
    /// What its source vouches for about the sender: `verified`, `failed`, or an empty text for nothing; as it came where
    /// nothing is said.
    authentication: Option<String>,
    /// The records that it is decided on: `then` (as they were when the mail came) or `today`. Where nothing is said,
    /// `then` for a mail that came, as far as its past can be worked out.
    records: Option<String>,
    /// Actions that are changed, new or removed for this one decision; at most 20.
    #[serde(default)]
    actions: Vec<ActionToTry>,
    /// The one action that is looked at, by id or name, also where it is not active; all where nothing is said.
    only: Option<String>,
}

/// On what it was decided.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TrialMoment {
    /// The time of the decision.
    at: String,
    /// `then` or `today`.
    records: &'static str,
    /// What that means for this mail.
    text: String,
}

/// A way in which the decision differs from what the mail did.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionDifference {
    /// What differs: `state`, `class`, `record`, `action`, `change`, `entry`, `file`, `mail` or `event`.
    what: &'static str,
    /// Which of these, for a person.
    name: String,
    /// What it was; empty where there was none.
    before: String,
    /// What it would be; empty where there would be none.
    now: String,
}

/// What a mail would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MailTrial {
    /// All of it for a terminal.
    text: String,
    /// On what it was decided.
    moment: TrialMoment,
    /// The account that received the mail.
    account: String,
    /// What it would do.
    now: MailDecision,
    /// What it did when it was worked on; `null` for a mail that never was.
    #[schema(required)]
    before: Option<MailDecision>,
    /// How the two differ; empty where they do not, or where there is nothing to compare.
    differences: Vec<DecisionDifference>,
}

impl MailTrial {
    fn new(tried: TriedOut) -> Self {
        let text = told(&tried);
        let differences = tried.differences.into_iter().map(|one| DecisionDifference {
            what: one.what,
            name: one.name,
            before: one.before,
            now: one.now,
        });
        Self {
            text,
            moment: TrialMoment { at: tried.at.rfc3339(), records: tried.moment.word(), text: tried.note },
            account: tried.account.to_string(),
            differences: differences.collect(),
            now: MailDecision::new(tried.now, &tried.unsaved),
            before: tried.before.map(|before| MailDecision::new(before, &[])),
        }
    }
}

fn bad(text: &str) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, text)
}

fn mail(app: &App, asked: &MailToTry) -> Result<Tried, ApiError> {
    let given = [&asked.email, &asked.arrival, &asked.source, &asked.source_base64];
    if given.into_iter().flatten().count() != 1 {
        return Err(bad("name one mail: `email`, `arrival`, `source` or `source_base64`"));
    }
    if let Some(text) = &asked.arrival {
        return Ok(Tried::Arrival(id("arrival", text)?));
    }
    if let Some(text) = &asked.email {
        let found = app.store.email(id("mail", text)?)?.ok_or_else(|| ApiError::missing("mail", text))?;
        let first = found.arrivals.iter().find(|arrival| found.cause.1 == arrival.id);
        let first = first.or(found.arrivals.first());
        return Ok(Tried::Arrival(first.ok_or_else(|| ApiError::missing("incoming mail", text))?.id));
    }
    if let Some(text) = &asked.source {
        return Ok(Tried::Bytes(text.clone().into_bytes()));
    }
    let text = asked.source_base64.as_deref().unwrap_or_default();
    let bare: String = text.split_whitespace().collect();
    let bytes = data_encoding::BASE64.decode(bare.as_bytes());
    bytes.map(Tried::Bytes).map_err(|_| bad("`source_base64` is no Base64"))
}

fn changes(config: &Config, asked: &[ActionToTry]) -> Result<Vec<Change>, ApiError> {
    if asked.len() > TRY_ACTIONS_MAX {
        return Err(bad(&format!(
            "at most {TRY_ACTIONS_MAX} actions are tried otherwise than they are saved"
        )));
    }
    let info = config.dictionary.table(INBOUND_ACTION).ok_or_else(|| ApiError::no_table(INBOUND_ACTION))?;
    let one = |action: &ActionToTry| {
        let known = action.id.as_deref().map(|text| id("inbound action", text)).transpose()?;
        match (known, action.delete) {
            (Some(known), true) => Ok(removing(known)),
            (None, true) => Err(bad("an action that is removed needs its `id`")),
            (known, false) => Ok(saving(known, stored(info, &action.fields)?)),
        }
    };
    asked.iter().map(one).collect()
}

fn moment(word: Option<&str>) -> Result<Option<Moment>, ApiError> {
    crate::api::words::word("records", word, |word| {
        [Moment::Today, Moment::Then].into_iter().find(|moment| moment.word() == word)
    })
}

fn authentication(word: Option<&str>) -> Result<Option<String>, ApiError> {
    let known = |word: &str| ["", "verified", "failed"].contains(&word).then(|| word.to_owned());
    crate::api::words::word("authentication", word, known)
}

fn wanted(app: &App, config: &Config, asked: &MailToTry) -> Result<Wanted, ApiError> {
    Ok(Wanted {
        mail: mail(app, asked)?,
        account: asked.account.clone(),
        authentication: authentication(asked.authentication.as_deref())?,
        moment: moment(asked.records.as_deref())?,
        changes: changes(config, &asked.actions)?,
        only: asked.only.clone(),
    })
}

/// Tries for the caller, who sees of it what they may read.
fn tried(app: &App, caller: &Caller, asked: &MailToTry) -> Result<MailTrial, ApiError> {
    let config = app.config()?;
    caller.may_write(&config, INBOUND_ACTION)?;
    let reads_mail = caller.is_agent() && caller.has_scope("mail:read");
    if (asked.email.is_some() || asked.arrival.is_some()) && !reads_mail {
        let text = "mails that came are tried by those who may read them: hand one in as `source` instead";
        return Err(ApiError::new(ErrorCode::Forbidden, text));
    }
    let rights = Some(caller.rights()).filter(|_| caller.has_scope("records:read"));
    let eyes = Eyes { rights, reads_mail, reader: &caller.reader };
    Ok(MailTrial::new(try_it(app, &caller.asker(), eyes, &wanted(app, &config, asked)?)?))
}

/// Tries a mail as the command line does where no program runs: what the API would answer to an administrator.
pub fn try_mail_alone(app: &App, asked: serde_json::Value) -> Result<serde_json::Value, AppError> {
    let refused = |error: ApiError| AppError::Refused(error.message().to_owned());
    let asked: MailToTry =
        serde_json::from_value(asked).map_err(|error| AppError::Refused(error.to_string()))?;
    let (asker, reader) = runner(app, None)?;
    let config = app.config()?;
    let wanted = wanted(app, &config, &asked).map_err(refused)?;
    let eyes = Eyes { rights: Some(&asker.rights), reads_mail: true, reader: &reader };
    let body = serde_json::to_value(MailTrial::new(try_it(app, &asker, eyes, &wanted)?));
    body.map_err(|error| AppError::Refused(format!("the answer cannot be written: {error}")))
}

/// Decides on a mail and shows what it would do, with inbound actions as they are saved or with changed, new or removed
/// ones; nothing is written and no number is used up. For those who may change inbound actions; of records and mails they
/// are told what they may read.
#[utoipa::path(post, path = "/inbound-actions/try", tag = "inbound actions", security(("token" = ["configuration"])),
    request_body = MailToTry, responses((status = 200, body = MailTrial), TryErrors))]
pub(in crate::api) async fn try_mail(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Body(asked): Body<MailToTry>,
) -> Result<Json<MailTrial>, ApiError> {
    state.run(move |app| tried(app, &caller, &asked)).await.map(Json)
}
