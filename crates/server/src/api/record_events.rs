//! Events that clients raise, on a record or without one, now or ahead.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rejoinder_engine::config::Config;
use rejoinder_engine::events::{self, EVENT_REGISTER};
use rejoinder_engine::plan::SameKey;
use rejoinder_engine::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ErrorCode, RaiseAloneErrors, RaiseErrors};
use super::events::{EventBody, event};
use super::extract::{Body, Names};
use super::records::key;
use super::repeat::Repeatable;
use super::state::ApiState;
use crate::ops::raise::raise;

/// What happens where an event waits already under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnSameKey {
    /// The new one takes its place.
    #[default]
    Replace,
    /// The new one is left out.
    Ignore,
}

/// An event to raise.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Raise {
    /// Its name, which must be registered, such as `incident.reminder`.
    name: String,
    /// Up to five parameters, each of at most 1,000 characters.
    #[serde(default)]
    params: Vec<String>,
    /// When it is to be processed (RFC 3339), at most a year ahead; now where nothing is said or the moment is over.
    at: Option<String>,
    /// A key by which it is known again while it waits, among the events of this name on this record.
    key: Option<String>,
    /// What happens where one waits already under the same key.
    #[serde(default)]
    on_same_key: OnSameKey,
}

/// An event that was raised.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RaisedBody {
    /// `raised`, or `ignored` where one waits already under the same key: then `event` is that one.
    outcome: &'static str,
    /// The event.
    event: EventBody,
}

impl Raise {
    fn read(self) -> Result<events::Raise, ApiError> {
        let bad =
            || ApiError::new(ErrorCode::BadRequest, "`at` takes a moment such as `2026-11-30T09:00:00Z`");
        let at = self.at.map(|text| Timestamp::parse(&text).ok_or_else(bad)).transpose()?;
        let replace = self.on_same_key == OnSameKey::Replace;
        let same = self.key.map(|key| SameKey { key, replace });
        Ok(events::Raise { name: self.name, params: self.params.into_iter().map(Some).collect(), at, same })
    }
}

fn body(raised: crate::ops::raise::Raised) -> (StatusCode, Json<RaisedBody>) {
    let outcome = if raised.ignored { "ignored" } else { "raised" };
    (StatusCode::ACCEPTED, Json(RaisedBody { outcome, event: event(raised.event) }))
}

/// Refuses a caller who may not raise or call off events about records of `table`. Those without a record are about
/// their entry in the registry, and whoever may use the API may raise them.
pub(super) fn may_raise(caller: &Caller, config: &Config, table: &str) -> Result<(), ApiError> {
    if table == EVENT_REGISTER { Ok(()) } else { caller.may_write(config, table) }
}

/// Raises an event of a record; notification rules that listen to its name look at it, when its time has come.
#[utoipa::path(post, path = "/records/{table}/{id}/events", tag = "events", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record")),
    request_body = Raise, responses((status = 202, body = RaisedBody), RaiseErrors))]
pub(super) async fn raise_event(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
    Repeatable(request): Repeatable,
    Body(given): Body<Raise>,
) -> Result<(StatusCode, Json<RaisedBody>), ApiError> {
    let raised = state.run(move |app| {
        let key = key(app, &caller, &table, &id)?;
        caller.may_write(&*app.config()?, &key.table)?;
        Ok(raise(app, caller.asker(), request, (Some(key), given.read()?))?)
    });
    raised.await.map(body)
}

/// Raises an event without a record. It is about its entry in `event_register`; rules on that table listen to it.
#[utoipa::path(post, path = "/events", tag = "events", security(("token" = ["records:write"])), request_body = Raise,
    responses((status = 202, body = RaisedBody), RaiseAloneErrors))]
pub(super) async fn raise_event_alone(
    State(state): State<ApiState>,
    caller: Caller,
    Repeatable(request): Repeatable,
    Body(given): Body<Raise>,
) -> Result<(StatusCode, Json<RaisedBody>), ApiError> {
    let raised = state.run(move |app| Ok(raise(app, caller.asker(), request, (None, given.read()?))?));
    raised.await.map(body)
}
