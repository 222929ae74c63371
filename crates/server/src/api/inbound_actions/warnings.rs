//! What is doubtful about the inbound actions.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::inbound::INBOUND_ACTION;
use rejoinder_engine::inbound::warnings::{Warning, warnings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::Anybody;
use crate::api::error::{ApiError, ReadErrors};
use crate::api::state::ApiState;

/// An action.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ActionName {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

/// Something that is doubtful about an inbound action.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ActionWarning {
    /// The action.
    action: ActionName,
    /// `inactive`, `equal_order`, `never_runs`, `no_table`, `no_template`, `no_account`, `account_not_receiving`,
    /// `no_sending_account`, `condition_error`, `mapping_error`, `script_error` or `template_error`.
    code: &'static str,
    /// What is doubtful, and what to do.
    text: String,
    /// The field in which it lies.
    #[schema(required)]
    field: Option<&'static str>,
    /// The other action that it is about.
    #[schema(required)]
    other: Option<ActionName>,
}

/// What is doubtful about the inbound actions.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ActionWarnings {
    /// In the order in which the actions run.
    items: Vec<ActionWarning>,
}

impl From<Warning> for ActionWarning {
    fn from(one: Warning) -> Self {
        let name = |(id, name): (rejoinder_engine::id::Id, String)| ActionName { id: id.to_string(), name };
        Self {
            action: name((one.action, one.name)),
            code: one.code,
            text: one.text,
            field: one.field,
            other: one.other.map(name),
        }
    }
}

/// What is doubtful about the inbound actions, as far as it can be proven without a mail: of equal order, never reached,
/// with errors, with names that there are none of. For those who may change inbound actions.
#[utoipa::path(get, path = "/inbound-actions/warnings", tag = "inbound actions", security(("token" = ["configuration"])),
    responses((status = 200, body = ActionWarnings), ReadErrors))]
pub(in crate::api) async fn list_warnings(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
) -> Result<Json<ActionWarnings>, ApiError> {
    let found = state.run(move |app| {
        let config = app.config()?;
        caller.may_write(&config, INBOUND_ACTION)?;
        let rows = app.store.records_of(INBOUND_ACTION)?;
        let items = warnings(&config, &rows).into_iter().map(ActionWarning::from).collect();
        Ok(ActionWarnings { items })
    });
    found.await.map(Json)
}
