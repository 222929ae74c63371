//! Mails of a period that are decided again, page by page; nothing is changed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use rejoinder_engine::pack::Pack;
use rejoinder_engine::time::Timestamp;
use rejoinder_store::Page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ScriptErrors};
use super::extract::Body;
use super::state::ApiState;
use super::words::Reason;
use crate::app::App;
use crate::error::AppError;
use crate::limits::REPLAY_MAILS;
use crate::ops::replay::{Difference, Outcome, Records, Replay, Replayed, Wanted, replay};

/// Mails of a page where nothing is said.
const PAGE: u32 = 50;

/// A pack that is laid over today's configuration and is not installed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayPack {
    /// Its name, as of its folder.
    name: String,
    /// Its files: paths with `/`, and texts.
    files: BTreeMap<String, String>,
}

/// What is to be decided again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayOrder {
    /// Mails that came not before this moment (RFC 3339).
    from: String,
    /// Mails that came before this moment (RFC 3339); until now where nothing is said.
    to: Option<String>,
    /// Mails of this account, by name or id.
    account: Option<String>,
    /// Packs that are laid over today's configuration; none where nothing is said.
    #[serde(default)]
    packs: Vec<ReplayPack>,
    /// On which records: `then` (as they were when the mail came, also where nothing is said) or `now`.
    #[serde(default)]
    records: String,
    /// The most mails of this page, at most 100.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// One thing that would be otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayDifference {
    /// What: `outcome`, `class`, `sender`, `record`, `actions`, `changes`, `feed`, `files` or `answers`.
    what: String,
    /// What was decided and would not be.
    before: Vec<String>,
    /// What would be decided and was not.
    now: Vec<String>,
}

/// A mail that was decided again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayedMail {
    /// The mail.
    email: String,
    /// The copy that was decided.
    arrival: String,
    /// When it came.
    received_at: String,
    /// Its sender's address.
    from: String,
    /// Its subject.
    subject: String,
    /// `unchanged`, `changed` or `failed`.
    result: &'static str,
    /// What would be otherwise.
    differences: Vec<ReplayDifference>,
    /// Why it could not be decided again.
    #[schema(required)]
    reason: Option<Reason>,
}

/// A page of mails that were decided again, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReplayBody {
    /// The mails.
    items: Vec<ReplayedMail>,
    /// The cursor of the next page; `null` where this is the last.
    #[schema(required)]
    next: Option<String>,
}

fn mail(replayed: Replayed) -> ReplayedMail {
    let Replayed { mail, result } = replayed;
    let (result, differences, reason) = match result {
        Outcome::Unchanged => ("unchanged", Vec::new(), None),
        Outcome::Changed(differences) => ("changed", differences, None),
        Outcome::Failed(why) => ("failed", Vec::new(), Some(why.into())),
    };
    let difference = |one: Difference| ReplayDifference { what: one.what, before: one.before, now: one.now };
    ReplayedMail {
        email: mail.email.to_string(),
        arrival: mail.arrival.to_string(),
        received_at: mail.received_at.rfc3339(),
        from: mail.sender.unwrap_or_default(),
        subject: mail.subject.unwrap_or_default(),
        result,
        differences: differences.into_iter().map(difference).collect(),
        reason,
    }
}

fn body(replay: Replay) -> ReplayBody {
    ReplayBody { items: replay.mails.into_iter().map(mail).collect(), next: replay.next }
}

fn moment(name: &str, text: &str) -> Result<Timestamp, AppError> {
    let wrong = || AppError::Refused(format!("`{name}` takes a moment such as 2026-11-23T14:05:00Z"));
    Timestamp::parse(text).ok_or_else(wrong)
}

/// Decides what is ordered again.
fn done(app: &App, order: ReplayOrder) -> Result<Replay, AppError> {
    let records = match order.records.as_str() {
        "" | "then" => Records::Then,
        "now" => Records::Now,
        other => return Err(AppError::Refused(format!("`records` takes `then` or `now`, not `{other}`"))),
    };
    let packs = order.packs.into_iter().map(|pack| Pack { name: pack.name, files: pack.files });
    let wanted = Wanted {
        from: moment("from", &order.from)?,
        to: order.to.map_or_else(|| Ok(app.env.now()), |to| moment("to", &to))?,
        account: order.account,
        packs: packs.collect(),
        records,
    };
    replay(app, &wanted, &Page { after: order.cursor, limit: rows(order.limit) })
}

/// The mails of one page.
fn rows(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE).clamp(1, REPLAY_MAILS)
}

/// Decides mails again as the command line does where no program runs: what the API would answer.
pub fn replay_alone(app: &App, order: serde_json::Value) -> Result<serde_json::Value, AppError> {
    let order = serde_json::from_value(order).map_err(|error| AppError::Refused(error.to_string()))?;
    let body = serde_json::to_value(body(done(app, order)?));
    body.map_err(|error| AppError::Refused(format!("the answer cannot be written: {error}")))
}

/// Decides mails of a period again with today's rules, or with packs laid over them, and lists what would be otherwise;
/// nothing is changed. For administrators.
#[utoipa::path(post, path = "/replays", tag = "explanations", security(("token" = ["admin"])),
    request_body = ReplayOrder, responses((status = 200, body = ReplayBody), ScriptErrors))]
pub(super) async fn replay_mails(
    State(state): State<ApiState>,
    caller: Caller,
    Body(order): Body<ReplayOrder>,
) -> Result<Json<ReplayBody>, ApiError> {
    caller.must_be_admin("mails are decided again with other rules")?;
    state.run(move |app| Ok(body(done(app, order)?))).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_bounds() {
        assert_eq!((rows(None), rows(Some(0)), rows(Some(7))), (PAGE, 1, 7));
        assert_eq!(rows(Some(REPLAY_MAILS + 1)), REPLAY_MAILS);
    }
}
