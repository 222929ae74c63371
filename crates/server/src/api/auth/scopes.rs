//! What an API token is for: a token with scopes does only what they name, whatever its user may do.
//!
//! Each operation names its scope in its `utoipa::path` (`security(("token" = ["records:read"]))`), which the OpenAPI
//! document says and this looks up: there is no second list. An operation that is not described needs `admin`. Tokens
//! without scopes have all rights of their users.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::record::Record;

use super::super::error::{ApiError, ErrorCode};
use super::rights::{PEOPLE, TOKENS};
use crate::app::App;

/// The scope that is all of them.
pub(in crate::api) const ADMIN: &str = "admin";
/// What configures the program: records of such tables need it in place of `records:…`.
pub(in crate::api) const CONFIGURATION: &str = "configuration";
/// Everything that a scope can be.
pub(in crate::api) const SCOPES: [&str; 7] =
    ["records:read", "records:write", "mail:read", "mail:write", "inbound", CONFIGURATION, ADMIN];

/// Refuses a token that is not for this operation.
pub(in crate::api) async fn must_be_for(
    app: &App,
    parts: &mut Parts,
    token: &Record,
) -> Result<(), ApiError> {
    let held = token.get("scopes").items();
    if held.is_empty() || holds(held, ADMIN) {
        return Ok(());
    }
    let path = parts.extensions.get::<MatchedPath>().cloned();
    let path = path.as_ref().map(MatchedPath::as_str).unwrap_or_default();
    // Decoded as the handler will read it, not as it is written.
    let names = RawPathParams::from_request_parts(parts, &()).await.ok();
    let names: Vec<(&str, &str)> = names.iter().flatten().collect();
    let table = names.iter().find(|(name, _)| *name == "table").map(|(_, table)| *table);
    let config = app.config_in_memory();
    let dictionary = config.as_ref().map(|config| &*config.dictionary);
    let wanted = wanted(&parts.method, path, table, dictionary);
    if wanted.is_empty() || wanted.iter().any(|scope| holds(held, scope)) {
        return Ok(());
    }
    let text = format!("the token lacks the scope `{}`", wanted.join("` or `"));
    Err(ApiError::new(ErrorCode::MissingScope, text).hint("make a token with that scope"))
}

/// Whether a token's scopes name this one, or all.
pub(in crate::api) fn holds(held: &[String], wanted: &str) -> bool {
    held.iter().any(|scope| scope == wanted || scope == ADMIN)
}

fn wanted(method: &Method, path: &str, table: Option<&str>, dictionary: Option<&Dictionary>) -> Vec<String> {
    // HEAD is answered by who answers GET.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    let Some(declared) = declared().get(&(method.to_owned(), path.to_owned())) else {
        return vec![ADMIN.to_owned()];
    };
    let table = table.filter(|_| path.starts_with("/api/v1/records/{table}"));
    let info = table.zip(dictionary).and_then(|(table, dictionary)| dictionary.table(table));
    // Who writes tokens could make one for everything.
    if info.is_some_and(|info| info.root == TOKENS) {
        return vec![ADMIN.to_owned()];
    }
    if info.is_some_and(|info| info.table.configuration) {
        return vec![CONFIGURATION.to_owned()];
    }
    if info.is_some_and(|info| PEOPLE.contains(&info.root.as_str())) && method != "GET" {
        return vec![ADMIN.to_owned()];
    }
    declared.clone()
}

/// The scopes of every operation, by method and path, from the OpenAPI document.
fn declared() -> &'static BTreeMap<(String, String), Vec<String>> {
    static DECLARED: OnceLock<BTreeMap<(String, String), Vec<String>>> = OnceLock::new();
    DECLARED.get_or_init(|| {
        let document = serde_json::to_value(crate::api::openapi()).unwrap_or_default();
        let paths = document.get("paths").and_then(serde_json::Value::as_object);
        let mut all = BTreeMap::new();
        for (path, methods) in paths.into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                all.insert((method.to_uppercase(), path.clone()), scopes(operation));
            }
        }
        all
    })
}

fn scopes(operation: &serde_json::Value) -> Vec<String> {
    let ways = operation.get("security").and_then(serde_json::Value::as_array).into_iter().flatten();
    let tokens = ways.filter_map(|way| way.get("token")?.as_array()).flatten();
    tokens.filter_map(|scope| scope.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Operations that a token of any scope may use: who it is, and what the program is.
    const OF_ANY_SCOPE: [&str; 4] =
        ["GET /api/v1/session", "DELETE /api/v1/session", "GET /api/v1/status", "GET /api/v1/stream"];
    /// Operations that need nobody.
    const OPEN: [&str; 3] = ["GET /health/live", "GET /health/ready", "POST /api/v1/session"];

    #[test]
    fn every_operation_names_a_scope_that_there_is() {
        for ((method, path), scopes) in declared() {
            let name = format!("{method} {path}");
            let none = OF_ANY_SCOPE.contains(&name.as_str()) || OPEN.contains(&name.as_str());
            assert_eq!(scopes.is_empty(), none, "{name}: {scopes:?}");
            assert!(scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())), "{name}: {scopes:?}");
        }
    }

    #[test]
    fn an_operation_that_nobody_described_needs_all() {
        assert_eq!(wanted(&Method::GET, "/api/v1/nowhere", None, None), [ADMIN]);
        let records = "/api/v1/records/{table}";
        assert_eq!(wanted(&Method::HEAD, records, Some("incident"), None), ["records:read"]);
    }
}
