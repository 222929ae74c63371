//! The checks of `rejoinder doctor`, of the running program.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, OneErrors};
use super::state::ApiState;
use crate::ops::doctor::{Health, connections, doctor, tell};

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Check {
    /// What was checked.
    what: &'static str,
    /// `good`, `look` or `bad`.
    health: &'static str,
    /// What was found, and what to do.
    text: String,
}

/// All checks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Checks {
    /// For a terminal, a line for each.
    text: String,
    /// One by one.
    checks: Vec<Check>,
}

/// Checks settings, database, accounts with their connections, clocks, folder and queues.
#[utoipa::path(get, path = "/doctor", tag = "status", security(("token" = ["configuration"])),
    responses((status = 200, body = Checks), OneErrors))]
pub(super) async fn get_doctor(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<Checks>, ApiError> {
    caller.must_be_admin("the checks are read")?;
    let data = state.data.clone();
    let connected = connections(&state.app).await;
    let found = state.run(move |app| {
        let mut findings = doctor(app, &data)?;
        findings.extend(connected?);
        let text = tell(&findings);
        let word = |health| match health {
            Health::Good => "good",
            Health::Look => "look",
            Health::Bad => "bad",
        };
        let checks = findings.into_iter().map(|one| Check {
            what: one.what,
            health: word(one.health),
            text: one.text,
        });
        Ok(Checks { text, checks: checks.collect() })
    });
    found.await.map(Json)
}
