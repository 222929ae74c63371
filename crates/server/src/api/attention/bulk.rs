//! Many entries of what needs attention at once: cleared, or what they are about tried again.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::id::Id;
use rejoinder_store::{AttentionRow, QueueError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::Caller;
use crate::api::error::{ApiError, ErrorCode, ReprocessErrors};
use crate::api::extract::{Body, id};
use crate::api::repeat::Repeatable;
use crate::api::reprocess::arrival_of;
use crate::api::state::ApiState;
use crate::api::words::Reason;
use crate::app::{App, Work};
use crate::limits::{ATTENTION_AT_ONCE_MAX, ATTENTION_REASON_CHARS_MAX};
use crate::ops::reprocess::begin;
use crate::workers::reprocess::possible;

/// Entries of what needs attention.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AttentionIds {
    /// Their ids, at most 200.
    ids: Vec<String>,
}

/// Entries of what needs attention that somebody has looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AttentionClear {
    /// Their ids, at most 200.
    ids: Vec<String>,
    /// Why they need nobody any more; it is kept with them. At most 500 characters.
    reason: Option<String>,
}

/// What became of one entry.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AttentionDone {
    /// The entry.
    id: String,
    /// `cleared`; `retried`, `reprocessing` (its mail is in the job); `missing` (there is no such open entry), or
    /// `not_possible`.
    outcome: &'static str,
    /// Why it is not possible.
    #[schema(required)]
    reason: Option<Reason>,
}

/// What became of many entries.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AttentionBulk {
    /// One for each id, in their order.
    items: Vec<AttentionDone>,
    /// The job that decides mails once more; `null` where none is.
    #[schema(required)]
    job: Option<String>,
}

fn ids(asked: &[String]) -> Result<Vec<(String, Option<Id>)>, ApiError> {
    if asked.len() > ATTENTION_AT_ONCE_MAX {
        let text = format!("at most {ATTENTION_AT_ONCE_MAX} entries at once");
        return Err(ApiError::new(ErrorCode::BadRequest, text));
    }
    Ok(asked.iter().map(|text| (text.clone(), id("notice", text).ok())).collect())
}

const fn done(id: String, outcome: &'static str) -> AttentionDone {
    AttentionDone { id, outcome, reason: None }
}

/// Says of many entries that somebody has looked at them.
#[utoipa::path(post, path = "/attention/clear", tag = "attention", security(("token" = ["mail:write"])),
    request_body = AttentionClear, responses((status = 200, body = AttentionBulk), ReprocessErrors))]
pub(in crate::api) async fn clear_many(
    State(state): State<ApiState>,
    caller: Caller,
    Body(asked): Body<AttentionClear>,
) -> Result<Json<AttentionBulk>, ApiError> {
    let cleared = state.run(move |app| {
        let because = asked.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if because.is_some_and(|reason| reason.chars().count() > ATTENTION_REASON_CHARS_MAX) {
            let text = format!("a reason has at most {ATTENTION_REASON_CHARS_MAX} characters");
            return Err(ApiError::new(ErrorCode::BadRequest, text));
        }
        let mut items = Vec::new();
        for (text, known) in ids(&asked.ids)? {
            let now = app.env.now();
            let known = known.map(|id| app.store.clear_attention_because(id, caller.name(), because, now));
            let cleared = known.transpose()?.unwrap_or_default();
            items.push(done(text, if cleared { "cleared" } else { "missing" }));
        }
        Ok(AttentionBulk { items, job: None })
    });
    cleared.await.map(Json)
}

/// How one entry is tried again.
enum Again {
    /// Its mail is decided once more.
    Mail(Id),
    /// It was given back to its queue.
    Retried,
    /// It cannot be.
    No(Reason),
}

fn again(app: &App, caller: &Caller, row: &AttentionRow) -> Result<Again, ApiError> {
    let (id, by, now) = (row.subject_id, caller.name(), app.env.now());
    let retried = |done: Result<(), QueueError>, work: Work| match done {
        Ok(()) => {
            app.wake.tell(work);
            Ok(Again::Retried)
        }
        Err(QueueError::NotPossible(text)) => Ok(Again::No(Reason { code: "not_possible".to_owned(), text })),
        Err(error) => Err(ApiError::from(error)),
    };
    match row.subject.as_str() {
        "arrival" | "email" => {
            let arrival = if row.subject == "arrival" { id } else { arrival_of(app, id)? };
            Ok(possible(app, arrival)?.map_or_else(|why| Again::No(why.into()), |_| Again::Mail(arrival)))
        }
        "event" => retried(app.store.retry_event(id, by, now), Work::Events),
        "delivery" => retried(app.store.retry_delivery(id, by, now), Work::Deliveries),
        "job" => retried(app.store.retry_job(id, by, now), Work::Jobs),
        other => {
            let text = format!("what is about `{other}` is not tried again: correct it and clear the entry");
            Ok(Again::No(Reason { code: "not_possible".to_owned(), text }))
        }
    }
}

/// Has what many entries are about tried again: mails are decided once more by one job, events, deliveries and jobs go
/// back to their queues. What becomes of it clears its entry.
#[utoipa::path(post, path = "/attention/retry", tag = "attention", security(("token" = ["mail:write"])),
    request_body = AttentionIds, responses((status = 200, body = AttentionBulk), ReprocessErrors))]
pub(in crate::api) async fn retry_many(
    State(state): State<ApiState>,
    caller: Caller,
    Repeatable(request): Repeatable,
    Body(asked): Body<AttentionIds>,
) -> Result<Json<AttentionBulk>, ApiError> {
    let tried = state.run(move |app| {
        let (mut items, mut mails) = (Vec::new(), Vec::new());
        for (text, known) in ids(&asked.ids)? {
            let row = known.map(|id| app.store.attention_entry(id)).transpose()?.flatten();
            let Some(row) = row.filter(|row| row.cleared.is_none()) else {
                items.push(done(text, "missing"));
                continue;
            };
            items.push(match again(app, &caller, &row) {
                Ok(Again::Mail(arrival)) => {
                    mails.push(arrival);
                    done(text, "reprocessing")
                }
                Ok(Again::Retried) => done(text, "retried"),
                Ok(Again::No(reason)) => {
                    AttentionDone { id: text, outcome: "not_possible", reason: Some(reason) }
                }
                Err(error) if error.code() == ErrorCode::NotFound => done(text, "missing"),
                Err(error) => return Err(error),
            });
        }
        mails.sort_unstable();
        mails.dedup();
        let job = if mails.is_empty() { None } else { Some(begin(app, caller.actor(), mails, request)?) };
        Ok(AttentionBulk { items, job: job.map(|job| job.to_string()) })
    });
    tried.await.map(Json)
}
