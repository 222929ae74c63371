//! API tokens: made for oneself or, by administrators, for others; shown once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::record::Record;
use rejoinder_engine::request::Change;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::View;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{Anybody, Caller, SCOPES};
use super::error::{ApiError, ErrorCode, ReadErrors, TokenErrors, TokenGoneErrors};
use super::extract::{Body, Names, Params, id, query_id};
use super::page::{Items, page};
use super::repeat::Repeatable;
use super::state::ApiState;
use crate::app::App;
use crate::limits::{PAGE_ROWS_MAX, TOKENS_PER_USER};
use crate::ops::change::change;
use crate::ops::passwords::USERS;
use crate::tokens::{NewToken, make_for};

/// The table of tokens.
const TOKENS: &str = "api_token";

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Its name: what it is for.
    name: String,
    /// What it may do: `records:read`, `records:write`, `mail:read`, `mail:write`, `inbound`, `configuration`, `admin`
    /// (everything). All that its user may where there is none.
    #[serde(default)]
    scopes: Vec<String>,
    /// Until when it is taken (RFC 3339); for ever where it is absent.
    #[serde(default)]
    expires_at: Option<String>,
    /// The id of the user as whom it acts; oneself where it is absent.
    #[serde(default)]
    user: Option<String>,
}

/// A token without what it is called by.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The id of the user as whom it acts.
    user: String,
    /// The name of that user.
    user_name: String,
    /// What it may do; all that its user may where there is none.
    scopes: Vec<String>,
    /// Whether it is taken.
    active: bool,
    /// When it was made.
    created_at: String,
    /// Until when it is taken.
    #[schema(required)]
    expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[schema(required)]
    last_used_at: Option<String>,
}

/// A new token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NewTokenBody {
    /// What is sent as `Authorization: Bearer …`. It is shown this once.
    token: String,
    /// What it is.
    #[serde(flatten)]
    shown: TokenBody,
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenQuery {
    /// The id of a user; administrators see everybody's, others their own.
    user: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn shown(app: &App, view: &dyn View, token: &Record) -> Result<TokenBody, ApiError> {
    let moment = |field: &str| match token.get(field) {
        Value::Time(at) => Some(at.rfc3339()),
        _ => None,
    };
    let user = token.get("user").as_ref_id();
    let known = user.map(|user| view.get(USERS, user)).transpose()?.flatten();
    let used = app.store.tokens_used(&[token.id])?.remove(&token.id);
    Ok(TokenBody {
        id: token.id.to_string(),
        name: token.text("name").to_owned(),
        user: user.map(|user| user.to_string()).unwrap_or_default(),
        user_name: known.map(|user| user.text("name").to_owned()).unwrap_or_default(),
        scopes: token.get("scopes").items().to_vec(),
        active: token.get("active").is_true(),
        created_at: moment("created_at").unwrap_or_default(),
        expires_at: moment("expires_at"),
        last_used_at: used.map(Timestamp::rfc3339),
    })
}

/// Makes a token for oneself or, by administrators, for another user. It is shown this once.
#[utoipa::path(post, path = "/tokens", tag = "sign-in", security(("token" = ["admin"])), request_body = Wanted,
    responses((status = 201, body = NewTokenBody), TokenErrors))]
pub(super) async fn create_token(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Repeatable(request): Repeatable,
    Body(wanted): Body<Wanted>,
) -> Result<impl IntoResponse, ApiError> {
    let made = state.run(move |app| {
        let expires_at = checked(app, &wanted)?;
        let user = whose(app, &caller, wanted.user.as_deref())?;
        let new = NewToken {
            actor: caller.actor(),
            name: &wanted.name,
            user,
            scopes: wanted.scopes,
            expires_at,
            request,
        };
        let (token, record) = make_for(app, new)?;
        let body = NewTokenBody { token, shown: shown(app, &app.store.view()?, &record)? };
        Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)))
    });
    made.await
}

/// Refuses scopes that are none, and an end that is no moment or over; gives the end.
fn checked(app: &App, wanted: &Wanted) -> Result<Option<Timestamp>, ApiError> {
    let bad = |field: &str, text: String| Err(ApiError::new(ErrorCode::BadValue, text).about(TOKENS, field));
    if let Some(unknown) = wanted.scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        let unknown: String = unknown.chars().take(80).collect();
        return bad("scopes", format!("`{unknown}` is none of {}", SCOPES.join(", ")));
    }
    let Some(text) = wanted.expires_at.as_deref() else { return Ok(None) };
    match Timestamp::parse(text) {
        Some(end) if end > app.env.now() => Ok(Some(end)),
        Some(_) => bad("expires_at", "this moment is over already".to_owned()),
        None => bad("expires_at", "a moment like 2027-01-31T12:00:00Z is wanted (RFC 3339)".to_owned()),
    }
}

/// The user as whom it is to act, who must exist and have room for one more.
fn whose(app: &App, caller: &Caller, user: Option<&str>) -> Result<rejoinder_engine::id::Id, ApiError> {
    let user = query_id("user", user)?.unwrap_or(caller.id());
    if user != caller.id() {
        caller.must_be_admin("a token for somebody else is made")?;
    }
    if app.store.view()?.get(USERS, user)?.is_none() {
        return Err(ApiError::missing("user", &user.to_string()));
    }
    let page = page(Some(PAGE_ROWS_MAX), None);
    if app.store.records(TOKENS, &of(user), &page)?.items.len() >= TOKENS_PER_USER {
        let text = format!("a user has at most {TOKENS_PER_USER} tokens: remove one that is not used");
        return Err(ApiError::new(ErrorCode::Refused, text));
    }
    Ok(user)
}

fn of(user: rejoinder_engine::id::Id) -> Condition {
    Condition::clause("user", Kind::Reference, Operator::Is, vec![Value::Ref(user)])
}

/// Tokens, newest first, without what they are called by.
#[utoipa::path(get, path = "/tokens", tag = "sign-in", security(("token" = ["admin"])), params(TokenQuery),
    responses((status = 200, body = Items<TokenBody>), ReadErrors))]
pub(super) async fn list_tokens(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Params(asked): Params<TokenQuery>,
) -> Result<Json<Items<TokenBody>>, ApiError> {
    let wanted = query_id("user", asked.user.as_deref())?;
    let everybody = wanted.is_none() && caller.is_admin();
    let user = wanted.unwrap_or(caller.id());
    if user != caller.id() {
        caller.must_be_admin("tokens of others are read")?;
    }
    let rows = state.run(move |app| {
        let condition = if everybody { Condition::always() } else { of(user) };
        let listed = app.store.records(TOKENS, &condition, &page(asked.limit, asked.cursor))?;
        let view = app.store.view()?;
        let items = listed.items.iter().map(|token| shown(app, &view, token));
        Ok(Items { items: items.collect::<Result<_, ApiError>>()?, next: listed.next })
    });
    rows.await.map(Json)
}

/// Removes a token: from now on it is not taken.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "sign-in", security(("token" = ["admin"])),
    params(("id" = String, Path, description = "The token")),
    responses((status = 204, description = "It is gone"), TokenGoneErrors))]
pub(super) async fn delete_token(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names(text): Names<String>,
) -> Result<StatusCode, ApiError> {
    let gone = state.run(move |app| {
        let missing = || ApiError::missing("token", &text);
        let token = app.store.view()?.get(TOKENS, id("token", &text)?)?.ok_or_else(missing)?;
        // Whether somebody else has such a token is nobody's business.
        if token.get("user").as_ref_id() != Some(caller.id()) && !caller.is_admin() {
            return Err(missing());
        }
        change(app, caller.actor(), vec![Change::Delete { key: token.key() }])?;
        Ok(StatusCode::NO_CONTENT)
    });
    gone.await
}
