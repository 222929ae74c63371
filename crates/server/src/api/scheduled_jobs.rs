//! Scheduled jobs beside their records: the times ahead, the runs, a run by hand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rejoinder_engine::schedule::SCHEDULED_JOB;
use rejoinder_engine::time::Timestamp;
use rejoinder_store::RunRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, QueueErrors, ScheduleErrors};
use super::extract::{Names, Params, id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::Reason;
use crate::limits::NEXT_TIMES_MAX;
use crate::ops::scheduled_jobs::{job, next_times, run_now};

/// Times that are shown where nothing is said.
const NEXT_TIMES: usize = 10;

/// One run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunBody {
    /// Its id, under which it can be explained.
    id: String,
    /// When it was due.
    due_at: String,
    /// Who asked for it; `null` where its time had come.
    #[schema(required)]
    by: Option<String>,
    /// When it began.
    #[schema(required)]
    started_at: Option<String>,
    /// When its last step began, or it was given up or left out; `null` while it goes on.
    #[schema(required)]
    ended_at: Option<String>,
    /// `waiting`, `running`, `done`, `failed` or `skipped`.
    outcome: &'static str,
    /// Why.
    reason: Option<Reason>,
    /// How often its step was tried in vain.
    attempts: i64,
    /// How many events it has raised.
    events: i64,
}

fn run(row: RunRow) -> RunBody {
    RunBody {
        id: row.id.to_string(),
        due_at: row.due_at.rfc3339(),
        by: row.by,
        started_at: row.started_at.map(Timestamp::rfc3339),
        ended_at: row.ended_at.map(Timestamp::rfc3339),
        outcome: match row.state.as_str() {
            "ready" => "waiting",
            "in_process" => "running",
            "processed" => "done",
            "skipped" => "skipped",
            _ => "failed",
        },
        reason: row.why.map(Into::into),
        attempts: row.attempts,
        events: row.events,
    }
}

/// Which page of the runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RunQuery {
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The runs of a scheduled job, the last due one first. They are kept for 90 days, and the last 200 of each job.
#[utoipa::path(get, path = "/scheduled-jobs/{id}/runs", tag = "scheduled jobs", security(("token" = ["configuration"])),
    params(("id" = String, Path, description = "The record in `scheduled_job`"), RunQuery),
    responses((status = 200, body = Items<RunBody>), ScheduleErrors))]
pub(super) async fn list_runs(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
    Params(asked): Params<RunQuery>,
) -> Result<Json<Items<RunBody>>, ApiError> {
    let runs = state.run(move |app| {
        let id = id("scheduled job", &text)?;
        job(app, id)?;
        Ok(Items::of(app.store.runs(id, &page(asked.limit, asked.cursor))?, run))
    });
    runs.await.map(Json)
}

/// Runs a scheduled job now, whether or not it is switched on. Not while a run of it is under way.
#[utoipa::path(post, path = "/scheduled-jobs/{id}/run", tag = "scheduled jobs", security(("token" = ["configuration"])),
    params(("id" = String, Path, description = "The record in `scheduled_job`")),
    responses((status = 202, body = RunBody), QueueErrors))]
pub(super) async fn run_job(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<(StatusCode, Json<RunBody>), ApiError> {
    let begun = state.run(move |app| {
        caller.may_write(&*app.config()?, SCHEDULED_JOB)?;
        Ok(run(run_now(app, id("scheduled job", &text)?, &caller.actor())?))
    });
    Ok((StatusCode::ACCEPTED, Json(begun.await?)))
}

/// How many times.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct NextQuery {
    /// How many, at most 100; 10 where nothing is said.
    count: Option<usize>,
}

/// A time at which a job will run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimeBody {
    /// The moment.
    at: String,
    /// What the clock shows then in the time zone of the job.
    local: String,
}

/// The next times of a scheduled job, as if it were switched on; none where it never comes.
#[utoipa::path(get, path = "/scheduled-jobs/{id}/next", tag = "scheduled jobs", security(("token" = ["configuration"])),
    params(("id" = String, Path, description = "The record in `scheduled_job`"), NextQuery),
    responses((status = 200, body = Items<TimeBody>), ScheduleErrors))]
pub(super) async fn list_next_times(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
    Params(asked): Params<NextQuery>,
) -> Result<Json<Items<TimeBody>>, ApiError> {
    let times = state.run(move |app| {
        let id = id("scheduled job", &text)?;
        let count = asked.count.unwrap_or(NEXT_TIMES).clamp(1, NEXT_TIMES_MAX);
        let zone = job(app, id)?.time_zone;
        let times = next_times(app, id, count)?.into_iter();
        let items = times.map(|at| TimeBody { at: at.rfc3339(), local: at.local(&zone) }).collect();
        Ok(Items { items, next: None })
    });
    times.await.map(Json)
}
