//! Who asks: an API token in the header, or the session of a cookie.
//!
//! Both are kept as digests; when they were last used is noted once a minute at most. Must not decide what somebody may do beyond being somebody; [`super::rights`] does.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rejoinder_engine::access::{Person, Rights};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::config::Config;
use rejoinder_engine::display::{Reader, is_agent};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::Record;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::Snapshot;

use super::super::error::{ApiError, ErrorCode};
use super::super::state::ApiState;
use super::origin::{must_bring_token, refuse_foreign, session_cookie};
use super::scopes::must_be_for;
use crate::app::App;
use crate::limits::SEEN_PAUSE;
use crate::ops::change::Asker;
use crate::ops::sign_in::{Session, find, may_sign_in};
use crate::tokens::digest;

/// How somebody was recognised.
#[derive(Debug, Clone)]
pub(in crate::api) enum Way {
    /// By an API token: its record.
    Token(Box<Record>),
    /// By the session of a browser.
    Session(Box<Session>),
}

/// Whoever sent the request: an active user with the role `agent` or `admin`.
#[derive(Debug, Clone)]
pub(in crate::api) struct Caller {
    /// The user.
    user: Record,
    /// How they read: language, time zone.
    pub(in crate::api) reader: Reader,
    way: Way,
    /// Them, as access rules ask.
    rights: Rights,
}

impl Caller {
    fn new(app: &App, moment: (&Config, &Snapshot), user: Record, way: Way) -> Result<Self, ApiError> {
        let (config, view) = moment;
        let person = Person::of(&user, config, &Reads::new(view, &config.dictionary), app.env.now())?;
        Ok(Self { reader: Reader::user(&user), user, way, rights: Rights::Person(person) })
    }

    /// As the cause of changes.
    pub(in crate::api) fn actor(&self) -> Actor {
        Actor { user: Some(self.user.id), label: self.name().to_owned() }
    }

    /// As those who ask for a change, with their own rights.
    pub(in crate::api) fn asker(&self) -> Asker {
        Asker { actor: self.actor(), rights: self.rights.clone() }
    }

    /// What they may do with records.
    pub(in crate::api) const fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Their name.
    pub(in crate::api) fn name(&self) -> &str {
        self.user.text("name")
    }

    /// The id of their user.
    pub(in crate::api) const fn id(&self) -> Id {
        self.user.id
    }

    /// The record of their user.
    pub(in crate::api) const fn user(&self) -> &Record {
        &self.user
    }

    /// How they were recognised.
    pub(in crate::api) const fn way(&self) -> &Way {
        &self.way
    }

    /// Whether they work on records.
    pub(in crate::api) fn is_agent(&self) -> bool {
        is_agent(&self.user)
    }

    /// Whether they are an administrator.
    pub(in crate::api) fn is_admin(&self) -> bool {
        has(&self.user, "admin")
    }
}

/// Whoever is signed in, in any role or none.
#[derive(Debug, Clone)]
pub(in crate::api) struct Anybody(pub(in crate::api) Caller);

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        asking(parts, state, is_agent).await
    }
}

impl FromRequestParts<ApiState> for Anybody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        asking(parts, state, |_| true).await.map(Self)
    }
}

/// Whether a user has a role.
pub(super) fn has(user: &Record, wanted: &str) -> bool {
    user.get("roles").items().iter().any(|role| role == wanted)
}

fn unauthorized(message: &str) -> ApiError {
    ApiError::new(ErrorCode::Unauthorized, message)
        .hint("sign in, or send `Authorization: Bearer TOKEN` with an API token")
}

/// The caller, where their user is `allowed`.
pub(super) async fn asking(
    parts: &mut Parts,
    state: &ApiState,
    allowed: fn(&Record) -> bool,
) -> Result<Caller, ApiError> {
    let caller = recognised(parts, state).await?;
    if allowed(&caller.user) {
        return Ok(caller);
    }
    Err(ApiError::new(ErrorCode::Forbidden, "the user has no role that may do this"))
}

/// Whoever it is. A token in the header counts before the cookie, because somebody put it there.
pub(in crate::api) async fn recognised(parts: &mut Parts, state: &ApiState) -> Result<Caller, ApiError> {
    if let Some(known) = parts.extensions.get::<Caller>() {
        return Ok(known.clone());
    }
    if let Some(header) = parts.headers.get(AUTHORIZATION) {
        let token = header.to_str().ok().and_then(|text| text.split_once(' '));
        let token =
            token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let digest = token.map(digest).ok_or_else(|| unauthorized("this is no bearer token"))?;
        let caller = state.run(move |app| by_token(app, &digest)).await?;
        if let Way::Token(token) = &caller.way {
            must_be_for(&state.app, parts, token).await?;
        }
        return Ok(caller);
    }
    let token = session_cookie(&parts.headers).map(str::to_owned);
    let token = token.ok_or_else(|| unauthorized("there is no session and no token"))?;
    refuse_foreign(&state.app, &parts.headers)?;
    let found = state.run(move |app| Ok(find(app, &token)?)).await?;
    let session = found.ok_or_else(|| unauthorized("the session is over"))?;
    must_bring_token(&parts.method, &parts.headers, &session)?;
    let caller = state.run(move |app| {
        let (config, view) = app.moment()?;
        Caller::new(app, (&config, &view), session.user.clone(), Way::Session(Box::new(session)))
    });
    caller.await
}

fn by_token(app: &App, digest: &str) -> Result<Caller, ApiError> {
    let (config, view) = app.moment()?;
    let all = Condition::All(vec![
        Condition::clause("digest", Kind::String, Operator::Is, vec![Value::text(digest)]),
        Condition::clause("active", Kind::Boolean, Operator::Is, vec![Value::Bool(true)]),
    ]);
    let known = view.query(&Query::new("api_token", all))?.into_iter().next();
    let now = app.env.now();
    let known = known.filter(|token| !matches!(token.get("expires_at"), Value::Time(end) if *end <= now));
    let known = known.ok_or_else(|| unauthorized("the token is not known or no longer active"))?;
    let user = known.get("user").as_ref_id().map(|user| view.get("user", user)).transpose()?.flatten();
    let user = user.filter(may_sign_in);
    let user =
        user.ok_or_else(|| ApiError::new(ErrorCode::Forbidden, "the user of the token is not active"))?;
    let noted = view.token_used(known.id)?;
    let token = known.id;
    let caller = Caller::new(app, (&config, &view), user, Way::Token(Box::new(known)))?;
    drop(view);
    app.store.token_used(token, noted, now, SEEN_PAUSE)?;
    Ok(caller)
}
