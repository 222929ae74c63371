//! What is wrong in a script, without running it.

use axum::Json;
use axum::extract::State;
use rejoinder_script::Script;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::Anybody;
use crate::api::error::{ApiError, ScriptErrors};
use crate::api::extract::Body;
use crate::api::state::ApiState;
use crate::ops::scripts::{Fault, check, includes, vocabulary};

/// A script.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ScriptSource {
    /// JavaScript; at most 1 MiB.
    source: String,
    /// `simpleone` (where nothing is said) or `servicenow`.
    #[serde(default)]
    vocabulary: String,
}

/// Something that is wrong in a script.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptFault {
    /// Line, from 1; `null` where it is not known.
    #[schema(required)]
    line: Option<u32>,
    /// Column in characters, from 1; `null` likewise.
    #[schema(required)]
    column: Option<u32>,
    /// What is wrong, and what to use.
    message: String,
    /// `error`: it does not run. `warning`: it fails where it comes to this place.
    severity: &'static str,
}

impl From<Fault> for ScriptFault {
    fn from(fault: Fault) -> Self {
        let Fault { line, column, message, severity } = fault;
        Self { line, column, message, severity: severity.word() }
    }
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptChecked {
    /// In the order of the source; empty where nothing is certainly wrong.
    faults: Vec<ScriptFault>,
}

/// Checks a script: its syntax, and names that certainly do not exist or are not supported. Runs nothing.
#[utoipa::path(post, path = "/scripts/check", tag = "scripts", security(("token" = ["configuration"])),
    request_body = ScriptSource, responses((status = 200, body = ScriptChecked), ScriptErrors))]
pub(in crate::api) async fn check_script(
    State(state): State<ApiState>,
    _: Anybody,
    Body(asked): Body<ScriptSource>,
) -> Result<Json<ScriptChecked>, ApiError> {
    let found = state.run(move |app| {
        let vocabulary = vocabulary(&asked.vocabulary)?;
        let script = Script { name: "script", source: &asked.source, vocabulary };
        let faults = check(&script, &includes(app, vocabulary)?)?;
        Ok(ScriptChecked { faults: faults.into_iter().map(ScriptFault::from).collect() })
    });
    found.await.map(Json)
}
