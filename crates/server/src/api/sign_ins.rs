//! The record of who signed in and out, failed to, and whose password was changed.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::view::View;
use rejoinder_store::{SignInKind, SignInRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, ReadErrors};
use super::extract::{Params, query_id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::word;

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignInBody {
    /// Its id.
    id: String,
    /// When.
    at: String,
    /// `signed_in`, `failed`, `signed_out` or `password_changed`.
    kind: &'static str,
    /// The id of the user, where the login is somebody's.
    #[schema(required)]
    user: Option<String>,
    /// Their name, as it is now.
    #[schema(required)]
    name: Option<String>,
    /// The login that was given, where it looks like an address.
    #[schema(required)]
    login: Option<String>,
    /// The address of the client.
    #[schema(required)]
    address: Option<String>,
    /// Who set the password.
    #[schema(required)]
    by: Option<String>,
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInQuery {
    /// The kind.
    kind: Option<String>,
    /// The id of a user.
    user: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Sign-ins, newest first. For administrators.
#[utoipa::path(get, path = "/sign-ins", tag = "sign-in", security(("token" = ["admin"])), params(SignInQuery),
    responses((status = 200, body = Items<SignInBody>), ReadErrors))]
pub(super) async fn list_sign_ins(
    State(state): State<ApiState>,
    caller: Caller,
    Params(asked): Params<SignInQuery>,
) -> Result<Json<Items<SignInBody>>, ApiError> {
    caller.must_be_admin("the record of sign-ins is read")?;
    let kind = word("kind", asked.kind.as_deref(), SignInKind::from_word)?;
    let user = query_id("user", asked.user.as_deref())?;
    let rows = state.run(move |app| {
        let listed = app.store.sign_ins(kind, user, &page(asked.limit, asked.cursor))?;
        let view = app.store.view()?;
        let items = listed.items.into_iter().map(|row| entry(&view, row));
        Ok(Items { items: items.collect::<Result<_, ApiError>>()?, next: listed.next })
    });
    rows.await.map(Json)
}

fn entry(view: &dyn View, row: SignInRow) -> Result<SignInBody, ApiError> {
    let note = row.note;
    let user = note.user.map(|user| view.get("user", user)).transpose()?.flatten();
    Ok(SignInBody {
        id: note.id.to_string(),
        at: note.at.rfc3339(),
        kind: note.kind.word(),
        user: note.user.map(|user| user.to_string()),
        name: user.map(|user| user.text("name").to_owned()),
        login: note.login,
        address: note.address,
        by: note.actor,
    })
}
