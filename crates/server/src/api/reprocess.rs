//! Mails that are decided once more: what that would do, the jobs that do it, and what became of each mail.

use std::fmt::Write;

use axum::Json;
use axum::extract::State;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Actor, Why};
use rejoinder_engine::time::Timestamp;
use rejoinder_store::{ArrivalFilter, ReprocessRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, ErrorCode, OneErrors, ReadErrors, ReprocessErrors};
use super::extract::{Body, Names, Params, id};
use super::inbound_actions::decision::MailDecision;
use super::page::{Items, page};
use super::repeat::Repeatable;
use super::state::ApiState;
use super::words::{Reason, word};
use crate::app::App;
use crate::error::AppError;
use crate::ops::decided::Eyes;
use crate::ops::reprocess::{Meant, Shown, Which, begin, meant, show};
use crate::ops::script_run::runner;
use crate::ops::try_told::decision;

/// Mails that are found by what is known of them.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReprocessFilter {
    /// `processed`, `failed` or `ignored`.
    state: Option<String>,
    /// The reason with which they ended, as `no_action`.
    reason: Option<String>,
    /// The code of something about them that nobody has looked at, as `action_failed`.
    attention: Option<String>,
    /// The account that received them, by name or id.
    account: Option<String>,
    /// Received at or after this moment (RFC 3339).
    since: Option<String>,
    /// Received before this moment (RFC 3339).
    until: Option<String>,
}

/// Which mails are decided once more.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reprocess {
    /// Their arrivals, by id.
    #[serde(default)]
    arrivals: Vec<String>,
    /// Mails, by id.
    #[serde(default)]
    emails: Vec<String>,
    /// Those that are found; either this or ids are given. At most 1,000 mails at once, the oldest first.
    filter: Option<ReprocessFilter>,
    /// Whether it is done. Where nothing is said, it is only shown what would be done.
    #[serde(default)]
    apply: bool,
}

/// A mail that would be decided once more.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReprocessItem {
    /// Its arrival.
    arrival: String,
    /// The mail; `null` where no decision came to its end.
    #[schema(required)]
    email: Option<String>,
    /// Its subject.
    #[schema(required)]
    subject: Option<String>,
    /// Its sender's address.
    #[schema(required)]
    sender: Option<String>,
    /// When it came.
    received_at: String,
    /// Its state now.
    state: String,
    /// `would_change`, `nothing` (it would do nothing more), or `not_possible`.
    outcome: &'static str,
    /// Why it is not possible.
    #[schema(required)]
    reason: Option<Reason>,
    /// What it would do; actions that had their effects are skipped with the reason `done_before`.
    #[schema(required)]
    decision: Option<MailDecision>,
}

/// Mails that are decided once more, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reprocessing {
    /// All of it for a terminal.
    text: String,
    /// How many mails are meant.
    found: usize,
    /// Whether there are more that the filter finds; they are left out.
    more: bool,
    /// The job that does it; `null` where it is only shown.
    #[schema(required)]
    job: Option<String>,
    /// What each would do: of the first 50, and only where it is only shown.
    items: Vec<ReprocessItem>,
}

/// What became of a mail in a job.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReprocessedItem {
    /// Its arrival.
    arrival: String,
    /// `waiting`, `done`, `nothing` (it did nothing more), or `not_possible`.
    outcome: String,
    /// Why.
    #[schema(required)]
    reason: Option<Reason>,
    /// When.
    #[schema(required)]
    at: Option<String>,
}

/// A job that decides mails once more.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReprocessJob {
    /// Its id.
    id: String,
    /// `ready`, `in_process`, `processed` or `failed`.
    state: String,
    /// Why it failed.
    #[schema(required)]
    reason: Option<Reason>,
    /// Who asked for it.
    by: String,
    /// When.
    created_at: String,
    /// How many mails.
    total: usize,
    /// How many of them are done with.
    done: i64,
}

/// The same with its mails.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReprocessJobWhole {
    /// The job.
    #[serde(flatten)]
    job: ReprocessJob,
    /// Its mails in the order in which they are decided.
    items: Vec<ReprocessedItem>,
}

fn job(row: &ReprocessRow) -> ReprocessJob {
    ReprocessJob {
        id: row.id.to_string(),
        state: row.state.clone(),
        reason: row.why.clone().map(Reason::from),
        by: row.by.clone(),
        created_at: row.created_at.rfc3339(),
        total: row.arrivals.len(),
        done: row.done,
    }
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let bad =
        || ApiError::new(ErrorCode::BadRequest, format!("`{name}` takes a moment as 2026-11-23T08:00:00Z"));
    text.map(|text| Timestamp::parse(text).ok_or_else(bad)).transpose()
}

fn filter(app: &App, asked: &ReprocessFilter) -> Result<ArrivalFilter, ApiError> {
    let settled = |text: &str| ["processed", "failed", "ignored"].contains(&text).then(|| text.to_owned());
    let config = app.config()?;
    let account = asked.account.as_deref().map(|name| {
        let found = config.account_called(name).map(|account| account.id);
        found.ok_or_else(|| ApiError::missing("account", name))
    });
    Ok(ArrivalFilter {
        state: word("state", asked.state.as_deref(), settled)?,
        code: asked.reason.clone(),
        attention: asked.attention.clone(),
        account: account.transpose()?,
        since: moment("since", asked.since.as_deref())?,
        until: moment("until", asked.until.as_deref())?,
    })
}

/// The arrival that a mail came with first.
pub(super) fn arrival_of(app: &App, email: Id) -> Result<Id, ApiError> {
    let missing = || ApiError::missing("incoming mail", &email.to_string());
    let found = app.store.email(email)?.ok_or_else(missing)?;
    let first = found.arrivals.iter().find(|arrival| arrival.id == found.cause.1);
    first.or(found.arrivals.first()).map(|arrival| arrival.id).ok_or_else(missing)
}

fn which(app: &App, asked: &Reprocess) -> Result<Which, ApiError> {
    let ids = !(asked.arrivals.is_empty() && asked.emails.is_empty());
    match (&asked.filter, ids) {
        (Some(asked), false) => Ok(Which::Found(filter(app, asked)?)),
        (None, true) => {
            let mut all = Vec::new();
            for text in &asked.arrivals {
                all.push(id("arrival", text)?);
            }
            for text in &asked.emails {
                all.push(arrival_of(app, id("mail", text)?)?);
            }
            Ok(Which::These(all))
        }
        _ => Err(ApiError::new(
            ErrorCode::BadRequest,
            "name mails, or a `filter` that finds some: one of the two",
        )),
    }
}

fn item(app: &App, shown: Shown) -> Result<ReprocessItem, ApiError> {
    let missing = || ApiError::missing("arrival", &shown.arrival.to_string());
    let row = app.store.arrival(shown.arrival)?.ok_or_else(missing)?;
    let changes = shown.changes();
    let (decision, reason): (_, Option<Why>) = match shown.decided {
        Ok(decided) => (Some(MailDecision::new(decided, &[])), None),
        Err(why) => (None, Some(why)),
    };
    Ok(ReprocessItem {
        arrival: row.id.to_string(),
        email: row.email.map(|email| email.to_string()),
        subject: row.subject,
        sender: row.sender,
        received_at: row.received_at.rfc3339(),
        state: row.state,
        outcome: match (&reason, changes) {
            (Some(_), _) => "not_possible",
            (None, true) => "would_change",
            (None, false) => "nothing",
        },
        reason: reason.map(Reason::from),
        decision,
    })
}

/// Has mails decided once more as the command line does where no program runs: what the API would answer to an
/// administrator. The job is done by the next program that runs.
pub fn reprocess_alone(app: &App, asked: serde_json::Value) -> Result<serde_json::Value, AppError> {
    let refused = |error: ApiError| AppError::Refused(error.message().to_owned());
    let asked: Reprocess =
        serde_json::from_value(asked).map_err(|error| AppError::Refused(error.to_string()))?;
    let (asker, reader) = runner(app, None)?;
    let eyes = Eyes { rights: Some(&asker.rights), reads_mail: true, reader: &reader };
    let done = reprocessed(app, (&asker.actor, eyes), &asked, None).map_err(refused)?;
    let body = serde_json::to_value(done);
    body.map_err(|error| AppError::Refused(format!("the answer cannot be written: {error}")))
}

fn reprocessed(
    app: &App,
    (actor, eyes): (&Actor, Eyes<'_>),
    asked: &Reprocess,
    request: Option<Id>,
) -> Result<Reprocessing, ApiError> {
    let Meant { arrivals, more } = meant(app, &which(app, asked)?)?;
    let found = arrivals.len();
    if asked.apply && found > 0 {
        let job = begin(app, actor.clone(), arrivals, request)?;
        let text = format!("{found} mails are decided once more by the job {job}\n");
        return Ok(Reprocessing { text, found, more, job: Some(job.to_string()), items: Vec::new() });
    }
    let shown = show(app, eyes, &actor.label, &arrivals)?;
    let mut text = String::new();
    for one in &shown {
        text.push_str(&told(app, one)?);
    }
    _ = writeln!(text, "{found} mails are meant{}", if more { ", and there are more" } else { "" });
    if found > shown.len() {
        _ = writeln!(text, "Only the first {} are shown.", shown.len());
    }
    let items = shown.into_iter().map(|one| item(app, one)).collect::<Result<_, ApiError>>()?;
    Ok(Reprocessing { text, found, more, job: None, items })
}

/// What deciding one mail once more would do, for a terminal.
fn told(app: &App, shown: &Shown) -> Result<String, ApiError> {
    let row = app.store.arrival(shown.arrival)?;
    let (subject, sender) = row.map(|row| (row.subject, row.sender)).unwrap_or_default();
    let (subject, sender) = (subject.unwrap_or_default(), sender.unwrap_or_default());
    let head = format!("{} \"{subject}\" from {sender}: ", shown.arrival);
    Ok(match &shown.decided {
        Err(why) => format!("{head}cannot be decided once more: {} [{}]\n\n", why.text, why.code),
        Ok(_) if !shown.changes() => format!("{head}nothing more would be done\n\n"),
        Ok(decided) => format!("{head}{}\n", decision(decided)),
    })
}

/// Decides mails once more with today's rules, or shows what that would do. What a mail has done stays and is not done
/// again: an action that had its effects on it does not run, answers are not sent a second time, files and comments are
/// not doubled. It is done by a job, one mail after the other.
#[utoipa::path(post, path = "/arrivals/reprocess", tag = "mail", security(("token" = ["mail:write"])),
    request_body = Reprocess, responses((status = 200, body = Reprocessing), ReprocessErrors))]
pub(super) async fn reprocess_arrivals(
    State(state): State<ApiState>,
    caller: Caller,
    Repeatable(request): Repeatable,
    Body(asked): Body<Reprocess>,
) -> Result<Json<Reprocessing>, ApiError> {
    let done = state.run(move |app| {
        let rights = Some(caller.rights()).filter(|_| caller.has_scope("records:read"));
        let eyes = Eyes { rights, reads_mail: caller.has_scope("mail:read"), reader: &caller.reader };
        reprocessed(app, (&caller.actor(), eyes), &asked, request)
    });
    done.await.map(Json)
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ReprocessQuery {
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Jobs that decide mails once more, newest first.
#[utoipa::path(get, path = "/reprocess-jobs", tag = "mail", security(("token" = ["mail:read"])), params(ReprocessQuery),
    responses((status = 200, body = Items<ReprocessJob>), ReadErrors))]
pub(super) async fn list_reprocess_jobs(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<ReprocessQuery>,
) -> Result<Json<Items<ReprocessJob>>, ApiError> {
    let rows = state.run(move |app| {
        let listed = app.store.reprocess_jobs(&page(asked.limit, asked.cursor))?;
        Ok(Items::of(listed, |row| job(&row)))
    });
    rows.await.map(Json)
}

/// One of them: how far it is, and what became of each mail.
#[utoipa::path(get, path = "/reprocess-jobs/{id}", tag = "mail", security(("token" = ["mail:read"])),
    params(("id" = String, Path, description = "The job")),
    responses((status = 200, body = ReprocessJobWhole), OneErrors))]
pub(super) async fn get_reprocess_job(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
) -> Result<Json<ReprocessJobWhole>, ApiError> {
    let found = state.run(move |app| {
        let found = app.store.reprocess_job(id("job", &text)?)?;
        let (row, known) = found.ok_or_else(|| ApiError::missing("job", &text))?;
        let item = |arrival: &Id| {
            let known = known.iter().find(|one| one.arrival == *arrival);
            ReprocessedItem {
                arrival: arrival.to_string(),
                outcome: known.map_or_else(|| "waiting".to_owned(), |one| one.outcome.clone()),
                reason: known.and_then(|one| one.why.clone()).map(Reason::from),
                at: known.map(|one| one.at.rfc3339()),
            }
        };
        Ok(ReprocessJobWhole { items: row.arrivals.iter().map(item).collect(), job: job(&row) })
    });
    found.await.map(Json)
}
