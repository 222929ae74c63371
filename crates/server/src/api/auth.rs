//! Who asks, and what they may do: API tokens, and the rights of agents and administrators over tables.
//!
//! A token is kept as its digest and stands for its user. Agents and administrators may use the API; what
//! configures the program or says who somebody is, only administrators write.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use rejoinder_engine::access::{Person, Rights};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::display::{Reader, is_agent};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::Record;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};

use super::error::{ApiError, ErrorCode};
use super::state::ApiState;
use crate::app::App;
use crate::ops::change::Asker;
use crate::tokens::digest;

/// The table of tokens: administrators alone may read it.
const TOKENS: &str = "api_token";
/// Tables beside the configuration that say who somebody is and what they may do.
const PEOPLE: [&str; 4] = ["user", "user_address", "group", "group_member"];

/// Whoever sent the request: an active user with the role `agent` or `admin`.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The user.
    user: Record,
    /// How they read: language, time zone.
    pub(super) reader: Reader,
    admin: bool,
}

impl Caller {
    /// As the cause of changes.
    pub(super) fn actor(&self) -> Actor {
        Actor { user: Some(self.user.id), label: self.name().to_owned() }
    }

    /// As those who ask for a change, with their own rights.
    pub(super) fn asker(&self) -> Asker {
        Asker { actor: self.actor(), rights: self.rights() }
    }

    /// What they may do with records.
    pub(super) fn rights(&self) -> Rights {
        Rights::Person(Person::of(&self.user))
    }

    /// Their name.
    pub(super) fn name(&self) -> &str {
        self.user.text("name")
    }

    /// The id of their user.
    pub(super) const fn id(&self) -> Id {
        self.user.id
    }

    /// Whether they are an administrator.
    pub(super) const fn is_admin(&self) -> bool {
        self.admin
    }

    /// Whether they may see records of `table`.
    pub(super) fn reads(&self, dictionary: &Dictionary, table: &str) -> bool {
        self.admin || !dictionary.is_a(table, TOKENS)
    }

    /// Refuses a caller who may not see records of `table`.
    pub(super) fn may_read(&self, dictionary: &Dictionary, table: &str) -> Result<(), ApiError> {
        if self.reads(dictionary, table) { Ok(()) } else { Err(admins_only(&format!("`{table}` is read"))) }
    }

    /// Refuses a caller who may not change records of `table`.
    pub(super) fn may_write(&self, dictionary: &Dictionary, table: &str) -> Result<(), ApiError> {
        let configuration = dictionary.table(table).is_some_and(|info| info.table.configuration);
        let people = PEOPLE.iter().any(|people| dictionary.is_a(table, people));
        if self.admin || !(configuration || people) {
            return Ok(());
        }
        Err(admins_only(&format!("`{table}` is written")))
    }

    /// Refuses everybody but administrators.
    pub(super) fn must_be_admin(&self, what: &str) -> Result<(), ApiError> {
        if self.admin { Ok(()) } else { Err(admins_only(what)) }
    }
}

fn admins_only(what: &str) -> ApiError {
    ApiError::new(ErrorCode::Forbidden, format!("{what} by administrators only"))
}

fn unauthorized(message: &str) -> ApiError {
    ApiError::new(ErrorCode::Unauthorized, message)
        .hint("send `Authorization: Bearer TOKEN` with an API token")
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        asking(parts, state, is_agent).await
    }
}

/// Whoever may test connections: an active user with the role `admin` or `email_admin`.
#[derive(Debug, Clone)]
pub(super) struct MailAdmin(pub(super) Caller);

impl MailAdmin {
    /// Whether they may also write accounts, and so could have a saved password told to any server.
    pub(super) const fn writes_accounts(&self) -> bool {
        self.0.admin
    }
}

impl FromRequestParts<ApiState> for MailAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        asking(parts, state, |user| has(user, "admin") || has(user, "email_admin")).await.map(Self)
    }
}

fn has(user: &Record, wanted: &str) -> bool {
    user.get("roles").items().iter().any(|role| role == wanted)
}

/// The user of the token, where they are `allowed`.
async fn asking(parts: &Parts, state: &ApiState, allowed: fn(&Record) -> bool) -> Result<Caller, ApiError> {
    let header = parts.headers.get(AUTHORIZATION).ok_or_else(|| unauthorized("there is no token"))?;
    let token = header.to_str().ok().and_then(|text| text.split_once(' '));
    let token =
        token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let digest = token.map(digest).ok_or_else(|| unauthorized("this is no bearer token"))?;
    state.run(move |app| find(app, &digest, allowed)).await
}

fn find(app: &App, digest: &str, allowed: fn(&Record) -> bool) -> Result<Caller, ApiError> {
    let view = app.store.view()?;
    let all = Condition::All(vec![
        Condition::clause("digest", Kind::String, Operator::Is, vec![Value::text(digest)]),
        Condition::clause("active", Kind::Boolean, Operator::Is, vec![Value::Bool(true)]),
    ]);
    let known = view.query(&Query::new(TOKENS, all))?.into_iter().next();
    let known = known.ok_or_else(|| unauthorized("the token is not known or no longer active"))?;
    let user = known.get("user").as_ref_id().map(|user| view.get("user", user)).transpose()?.flatten();
    let user = user.filter(|user| user.get("active").is_true() && !user.get("locked").is_true());
    let user =
        user.ok_or_else(|| ApiError::new(ErrorCode::Forbidden, "the user of the token is not active"))?;
    if !allowed(&user) {
        let message = "the user of the token has no role that may do this";
        return Err(ApiError::new(ErrorCode::Forbidden, message));
    }
    let admin = has(&user, "admin");
    Ok(Caller { reader: Reader::user(&user), user, admin })
}
