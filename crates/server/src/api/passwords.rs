//! Passwords of users: set by administrators, changed by oneself.

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use rejoinder_engine::view::View;
use rejoinder_store::{SignInKind, SignInNote};
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::{Anybody, Caller, Way, client_address};
use super::error::{ApiError, ErrorCode, PasswordErrors};
use super::extract::{Body, Names, id};
use super::session::why;
use super::state::ApiState;
use crate::app::App;
use crate::limits::SIGN_IN_LOCK;
use crate::ops::passwords::{USERS, digest_of, fault, fits, set};
use crate::ops::sign_in::{attempts, mark, note};
use std::net::IpAddr;

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The new one.
    password: String,
    /// The one until now; needed where somebody changes their own.
    #[serde(default)]
    current: Option<String>,
}

/// Sets the password of a user: an administrator anybody's, everybody their own with the one until now. Ends the
/// user's other sessions.
#[utoipa::path(put, path = "/users/{id}/password", tag = "sign-in", security(("token" = ["admin"])),
    params(("id" = String, Path, description = "The user")), request_body = NewPassword,
    responses((status = 204, description = "It is set"), PasswordErrors))]
pub(super) async fn set_password(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names(text): Names<String>,
    headers: HeaderMap,
    extensions: Extensions,
    Body(given): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let address = client_address(&state.app, &extensions, &headers);
    let turn = state.guests.turn().await?;
    let done = state.run(move |app| {
        let _turn = turn;
        let user = id("user", &text)?;
        if user != caller.id() {
            caller.must_be_admin("the password of somebody else is set")?;
        }
        let known = app.store.view()?.get(USERS, user)?.ok_or_else(|| ApiError::missing("user", &text))?;
        if user == caller.id() {
            own(app, &caller, given.current.as_deref(), address)?;
        }
        if let Some(rule) = fault(app, &given.password)? {
            return Err(ApiError::new(ErrorCode::BadPassword, rule).about(USERS, "password"));
        }
        let changed = set(app, caller.actor(), known.id, &given.password)?;
        if let (Way::Session(session), true) = (caller.way(), user == caller.id()) {
            app.store.session_marked(&session.digest, &mark(&changed))?;
        }
        let said = SignInNote {
            address: address.map(|address| address.to_string()),
            actor: Some(caller.name().to_owned()),
            ..note(app, SignInKind::PasswordChanged, Some(user), None)?
        };
        app.store.note_sign_in(&said)?;
        Ok(StatusCode::NO_CONTENT)
    });
    done.await
}

/// One's own is changed by who knows it, so that a browser that was left open does not give it away. An
/// administrator's token may set it anew: it could do so for everybody else.
fn own(app: &App, caller: &Caller, current: Option<&str>, address: Option<IpAddr>) -> Result<(), ApiError> {
    let by_token = matches!(caller.way(), Way::Token(_));
    if caller.is_admin() && by_token {
        return Ok(());
    }
    let digest = digest_of(caller.user());
    if digest.is_none() && !caller.is_admin() {
        caller.must_be_admin("the first password of a user is set")?;
    }
    if digest.is_none() {
        return Ok(());
    }
    let names = attempts(&format!("password of {}", caller.id()), address);
    if let Some(until) = app.store.begin_attempt(&names, app.env.now())? {
        return Err(why(app, crate::ops::sign_in::NoSession::Wait(until)));
    }
    if !fits(current.unwrap_or_default(), digest) {
        let text = "this is not the password until now";
        return Err(ApiError::new(ErrorCode::WrongPassword, text).about(USERS, "password"));
    }
    let lock = i64::try_from(SIGN_IN_LOCK.as_micros()).unwrap_or(i64::MAX);
    Ok(app.store.attempt_succeeded(&names, app.env.now().plus(-lock))?)
}
