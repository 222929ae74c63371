//! Sessions: signing in, who is signed in, signing out.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{Extensions, HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use rejoinder_engine::display::Reader;
use rejoinder_engine::record::Record;
use rejoinder_engine::value::Value;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Anybody, COOKIE, Way, client_address, refuse_foreign, session_cookie};
use super::error::{ApiError, ErrorCode, SessionErrors, SignInErrors, SignOutErrors};
use super::extract::Body;
use super::state::ApiState;
use crate::app::App;
use crate::limits::PASSWORD_BYTES_MAX;
use crate::ops::sign_in::{Attempt, NoSession, Session, begin, sign_in, sign_out};
use crate::tokens::digest;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The address of the user.
    login: String,
    /// The password.
    password: String,
}

/// A user, as the web application knows them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserBody {
    /// Their id.
    id: String,
    /// Their name.
    name: String,
    /// Their address.
    #[schema(required)]
    email: Option<String>,
    /// `en`, `ru`, …
    language: String,
    /// An IANA name.
    time_zone: String,
    /// Their roles.
    roles: Vec<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionBody {
    /// The user.
    user: UserBody,
    /// What every request that changes something brings in the header `X-CSRF-Token`; `null` with an API token, which
    /// needs none.
    #[schema(required)]
    csrf: Option<String>,
    /// When the session ends if nothing is asked until then; `null` with an API token that has no end.
    #[schema(required)]
    expires_at: Option<String>,
}

fn user(record: &Record) -> UserBody {
    let Reader { language, time_zone, .. } = Reader::user(record);
    UserBody {
        id: record.id.to_string(),
        name: record.text("name").to_owned(),
        email: Some(record.text("email").to_owned()).filter(|email| !email.is_empty()),
        language,
        time_zone,
        roles: record.get("roles").items().to_vec(),
    }
}

fn body(session: &Session) -> SessionBody {
    SessionBody {
        user: user(&session.user),
        csrf: Some(session.csrf.clone()),
        expires_at: Some(session.ends_at.rfc3339()),
    }
}

/// The cookie; what it holds is not for scripts, other sites, or (where the program has an address with TLS)
/// connections in the clear.
fn cookie(app: &App, token: &str, seconds: i64) -> [(HeaderName, String); 2] {
    let config = app.config_in_memory();
    let https = config.is_some_and(|config| {
        config.settings.instance_uri().is_some_and(|uri| uri.to_ascii_lowercase().starts_with("https://"))
    });
    let secure = if https { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    [(SET_COOKIE, cookie), (CACHE_CONTROL, "no-store".to_owned())]
}

/// Signs in with address and password; the session is in a cookie.
#[utoipa::path(post, path = "/session", tag = "sign-in", request_body = SignIn,
    responses((status = 200, body = SessionBody), SignInErrors))]
pub(super) async fn create_session(
    State(state): State<ApiState>,
    headers: HeaderMap,
    extensions: Extensions,
    Body(given): Body<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    refuse_foreign(&state.app, &headers)?;
    let address = client_address(&state.app, &extensions, &headers);
    let attempt = Attempt { login: given.login, password: given.password, address };
    if attempt.password.len() > PASSWORD_BYTES_MAX {
        return Err(bad_login());
    }
    let attempt =
        state.run(move |app| begin(app, &attempt).map(|()| attempt).map_err(|no| why(app, no))).await?;
    let turn = state.guests.turn().await?;
    let before = session_cookie(&headers).map(digest);
    let begun = state.run(move |app| {
        let _turn = turn;
        let (token, session) = sign_in(app, &attempt).map_err(|no| why(app, no))?;
        // The browser had another session: its token is worth nothing from now on.
        if let Some(before) = before {
            app.store.end_session(&before, None)?;
        }
        let seconds = session.ends_at.micros().saturating_sub(app.env.now().micros()) / 1_000_000;
        Ok((cookie(app, &token, seconds), Json(body(&session))))
    });
    begun.await
}

fn bad_login() -> ApiError {
    ApiError::new(ErrorCode::BadLogin, "the address or the password is wrong, or the user may not sign in")
        .hint("an administrator can set a new password")
}

/// What is said to an attempt that began no session.
pub(super) fn why(app: &App, no: NoSession) -> ApiError {
    match no {
        NoSession::Refused => bad_login(),
        NoSession::App(error) => error.into(),
        NoSession::Wait(until) => {
            let micros = until.micros().saturating_sub(app.env.now().micros());
            let seconds = u64::try_from(micros).unwrap_or_default().div_ceil(1_000_000).max(1);
            ApiError::new(ErrorCode::TooManyAttempts, format!("too many failed; try again in {seconds} s"))
                .retry_after(seconds)
        }
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "sign-in", security(("token" = [])),
    responses((status = 200, body = SessionBody), SessionErrors))]
pub(super) async fn get_session(Anybody(caller): Anybody) -> impl IntoResponse {
    let shown = match caller.way() {
        Way::Session(session) => body(session),
        Way::Token(token) => {
            let expires_at = match token.get("expires_at") {
                Value::Time(end) => Some(end.rfc3339()),
                _ => None,
            };
            SessionBody { user: user(caller.user()), csrf: None, expires_at }
        }
    };
    ([(CACHE_CONTROL, "no-store")], Json(shown))
}

/// Signs out: ends the session of the cookie.
#[utoipa::path(delete, path = "/session", tag = "sign-in", security(("token" = [])),
    responses((status = 204, description = "The session is over"), SignOutErrors))]
pub(super) async fn delete_session(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<impl IntoResponse, ApiError> {
    let Way::Session(session) = caller.way().clone() else {
        let text = "an API token has no session: it is removed instead";
        return Err(ApiError::new(ErrorCode::Refused, text));
    };
    let address = client_address(&state.app, &extensions, &headers);
    let ended = state.run(move |app| {
        sign_out(app, &session, address)?;
        Ok((StatusCode::NO_CONTENT, cookie(app, "", 0)))
    });
    ended.await
}
