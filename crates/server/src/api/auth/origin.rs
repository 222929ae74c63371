//! Whether a browser was made to ask by another site's page: sessions are a cookie, which browsers add by themselves.
//!
//! Three things hold it, each on its own: the cookie is `SameSite=Strict`; what browsers say of where a request comes
//! from is believed where it speaks against it; and whatever is no reading brings a token in a header that no other
//! site can know or set.

use axum::http::header::{COOKIE as COOKIE_HEADER, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};

use super::super::error::{ApiError, ErrorCode};
use crate::app::App;
use crate::ops::sign_in::Session;

/// The cookie with the token of a session.
pub(in crate::api) const COOKIE: &str = "rejoinder_session";
/// The header with the token that shows that our own page asks.
const CSRF_HEADER: &str = "x-csrf-token";

/// The token of the session in the cookie.
pub(in crate::api) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE_HEADER).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token).filter(|token| !token.is_empty())
}

/// Refuses what a page of another site has had asked.
pub(in crate::api) fn refuse_foreign(app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
    let uri = app.config_in_memory().and_then(|config| config.settings.instance_uri().map(str::to_owned));
    if is_own(headers, uri.as_deref()) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::CrossSite, "a page of another site asks, and sessions are for our own page")
        .hint("programs send an API token instead of the cookie"))
}

fn is_own(headers: &HeaderMap, instance: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // What the browser knows, whatever a proxy makes of the host.
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(authority);
    let own = [text(HOST.as_str()), instance.and_then(authority)];
    origin.is_some_and(|origin| own.into_iter().flatten().any(|own| own.eq_ignore_ascii_case(origin)))
}

/// Host and port of an origin or address of the web.
fn authority(uri: &str) -> Option<&str> {
    uri.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or(rest))
}

/// Refuses what is no reading and does not bring the session's own token.
pub(in crate::api) fn must_bring_token(
    method: &Method,
    headers: &HeaderMap,
    session: &Session,
) -> Result<(), ApiError> {
    if method.is_safe() {
        return Ok(());
    }
    let given = headers.get(CSRF_HEADER).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    if same(given, session.csrf.as_bytes()) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::CsrfToken, "with the cookie of a session, changes bring its token")
        .hint("send the header `X-CSRF-Token` with `csrf` of GET /api/v1/session"))
}

/// Whether two texts are equal, in a time that does not say where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_the_browser_says_of_the_site_decides_and_else_the_origin() {
        let own =
            |pairs: &[(&'static str, &'static str)]| is_own(&headers(pairs), Some("https://desk.example/x"));
        assert!(own(&[]) && own(&[("host", "a:1")]), "a program is no browser");
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "https://elsewhere"), ("host", "a")]));
        assert!(own(&[("sec-fetch-site", "none")]));
        assert!(!own(&[("sec-fetch-site", "cross-site"), ("host", "a")]));
        assert!(!own(&[("sec-fetch-site", "same-site"), ("host", "a")]));
        assert!(own(&[("origin", "http://A:1"), ("host", "a:1")]));
        assert!(own(&[("origin", "https://desk.example"), ("host", "inside:80")]));
        for origin in ["null", "https://evil.example", "https://desk.example.evil.example", ""] {
            assert!(!own(&[("origin", origin), ("host", "a:1")]), "{origin}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let token = |text: &'static str| session_cookie(&headers(&[("cookie", text)])).map(str::to_owned);
        assert_eq!(token("a=b; rejoinder_session=abc;c=d").as_deref(), Some("abc"));
        assert_eq!(token("rejoinder_session_x=abc; rejoinder_session="), None);
    }
}
