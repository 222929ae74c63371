//! What callers may do: the rights of agents and administrators over tables.
//!
//! Agents and administrators may use the API; what configures the program or says who somebody is, only
//! administrators write. Must not know how somebody was recognised.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use rejoinder_engine::dictionary::Dictionary;

use super::super::error::{ApiError, ErrorCode};
use super::super::state::ApiState;
use super::who::{Caller, asking, has};

/// The table of tokens: administrators alone may read it.
pub(super) const TOKENS: &str = "api_token";
/// Tables beside the configuration that say who somebody is and what they may do.
pub(super) const PEOPLE: [&str; 4] = ["user", "user_address", "group", "group_member"];

impl Caller {
    /// Whether they may see records of `table`.
    pub(in crate::api) fn reads(&self, dictionary: &Dictionary, table: &str) -> bool {
        self.is_admin() || !dictionary.is_a(table, TOKENS)
    }

    /// Refuses a caller who may not see records of `table`.
    pub(in crate::api) fn may_read(&self, dictionary: &Dictionary, table: &str) -> Result<(), ApiError> {
        if self.reads(dictionary, table) { Ok(()) } else { Err(admins_only(&format!("`{table}` is read"))) }
    }

    /// Refuses a caller who may not change records of `table`.
    pub(in crate::api) fn may_write(&self, dictionary: &Dictionary, table: &str) -> Result<(), ApiError> {
        let configuration = dictionary.table(table).is_some_and(|info| info.table.configuration);
        let people = PEOPLE.iter().any(|people| dictionary.is_a(table, people));
        if self.is_admin() || !(configuration || people) {
            return Ok(());
        }
        Err(admins_only(&format!("`{table}` is written")))
    }

    /// Refuses everybody but administrators.
    pub(in crate::api) fn must_be_admin(&self, what: &str) -> Result<(), ApiError> {
        if self.is_admin() { Ok(()) } else { Err(admins_only(what)) }
    }
}

fn admins_only(what: &str) -> ApiError {
    ApiError::new(ErrorCode::Forbidden, format!("{what} by administrators only"))
}

/// Whoever may test connections: an active user with the role `admin` or `email_admin`.
#[derive(Debug, Clone)]
pub(in crate::api) struct MailAdmin(pub(in crate::api) Caller);

impl MailAdmin {
    /// Whether they may also write accounts, and so could have a saved password told to any server.
    pub(in crate::api) fn writes_accounts(&self) -> bool {
        self.0.is_admin()
    }
}

impl FromRequestParts<ApiState> for MailAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        asking(parts, state, |user| has(user, "admin") || has(user, "email_admin")).await.map(Self)
    }
}
