//! The web application: the files of `web/dist`, embedded, a client of the public REST API like any other.
//!
//! Knows no records and no mail, and needs no token: what it shows is read by the browser, with the reader's own rights.
//! Addresses of the application (`/incidents/…`) are all answered with its one page, which finds its way itself.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::api::{ApiError, ErrorCode, no_method};
use crate::env::Env;

/// The built application; names are what stands behind `/`.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// The one page.
const INDEX: &str = "index.html";
/// Where the page has the nonce of its styles.
const NONCE_MARK: &str = "{{nonce}}";
/// What stands there where nobody built the application.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Rejoinder</title>\
    <p>The web application was not built: run <code>make demo</code>.</p>\
    <p lang=\"ru\">Веб-приложение не собрано: выполните <code>make demo</code>.</p></html>";

/// What the page may do: run its own scripts, style itself with its own files and what carries the nonce of this answer,
/// talk to its own server. It cannot be framed, and the frames in it (mails) get no rights.
fn policy(style: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data: blob:; \
         connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// Adds the application to the API: `/`, its files, and every address that is not the API's.
pub fn with_application(api: Router, env: &Env) -> Router {
    let (first, other) = (env.clone(), env.clone());
    let index = move || async move { page(&first) };
    let asset = |Path(name): Path<String>, headers: HeaderMap| async move {
        file(&format!("assets/{name}"), &headers)
    };
    let address = move |method: Method, uri: Uri| async move { elsewhere(&method, &uri, &other) };
    api.route("/", get(index))
        .route("/assets/{file}", get(asset))
        .fallback(address)
        .method_not_allowed_fallback(no_method)
}

/// Whether an address may be one of the application's: no path of the API or of health, and no name of a file.
fn is_address(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    // A mailbox of the demo is named by its address, which has a dot.
    let file = last.contains('.') && !last.contains('@') && !last.contains("%40");
    !matches!(first, "api" | "health" | "assets") && !file
}

fn elsewhere(method: &Method, uri: &Uri, env: &Env) -> Response {
    if matches!(*method, Method::GET | Method::HEAD) && is_address(uri.path()) {
        return page(env);
    }
    let missing = ApiError::new(ErrorCode::NotFound, "there is no such path");
    missing.hint("see /api/v1/openapi.json").into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The page, with a nonce of its own for each answer; so no browser may keep it.
fn page(env: &Env) -> Response {
    let nonce = match env.seed() {
        Ok(seed) => seed.derive("nonce of a page").to_string(),
        Err(error) => return ApiError::fault(error.to_string()).logged("no_entropy").into_response(),
    };
    let built =
        Files::get(INDEX).map(|found| String::from_utf8_lossy(&found.data).replace(NONCE_MARK, &nonce));
    let headers = [
        (CONTENT_TYPE, media_type(INDEX).to_owned()),
        (CONTENT_SECURITY_POLICY, policy(&format!(" 'nonce-{nonce}'"))),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    match built {
        Some(text) => (headers, text).into_response(),
        None => (headers, NOT_BUILT).into_response(),
    }
}

/// One file. The build gives each a name with its digest, so a browser may keep it; who asks again is told by the ETag
/// that nothing changed.
fn file(name: &str, asked: &HeaderMap) -> Response {
    let Some(found) = Files::get(name) else {
        return ApiError::new(ErrorCode::NotFound, "the application has no such file").into_response();
    };
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&found.metadata.sha256_hash()));
    let known = asked.get(IF_NONE_MATCH).and_then(|header| header.to_str().ok());
    let known = known.is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
    let headers = [
        (CONTENT_TYPE, media_type(name).to_owned()),
        (CONTENT_SECURITY_POLICY, policy("")),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (ETAG, tag),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Body::from(found.data.into_owned())).into_response()
}

#[cfg(test)]
mod tests {
    use rejoinder_engine::time::Timestamp;

    use super::*;

    fn env() -> Env {
        Env::fixed(Timestamp::from_micros(0), 1)
    }

    #[test]
    fn addresses_of_the_application_are_its_page_and_those_of_the_api_and_of_files_are_not() {
        for address in
            ["/", "/incidents", "/incidents/0a", "/list/user", "/people/anna%40example.com", "/apiary"]
        {
            assert!(is_address(address), "{address}");
        }
        for other in
            ["/api", "/api/v1/nothing", "/health/ready", "/assets/gone.js", "/favicon.ico", "/a/b.js"]
        {
            assert!(!is_address(other), "{other}");
        }
    }

    #[test]
    fn whatever_is_not_known_is_an_error_in_the_shape_of_the_api() {
        let answer = elsewhere(&Method::GET, &Uri::from_static("/api/v1/nothing"), &env());
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            elsewhere(&Method::POST, &Uri::from_static("/incidents"), &env()).status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(file("../src/web.rs", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_page_has_a_nonce_of_its_own_each_time_and_a_policy_that_keeps_it_alone() {
        let env = env();
        let policies = [page(&env), page(&env)].map(|answer| {
            assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
            answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
        });
        assert_ne!(policies[0], policies[1]);
        for policy in policies {
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        }
    }

    #[test]
    fn where_nobody_built_the_application_the_page_says_what_to_do() {
        assert!(NOT_BUILT.contains("The web application was not built: run <code>make demo</code>"));
        assert_eq!(page(&env()).status(), StatusCode::OK);
    }

    #[test]
    fn each_file_that_was_built_is_sent_once_and_its_type_is_known() {
        for name in Files::iter().filter(|name| *name != INDEX) {
            let first = file(&name, &HeaderMap::new());
            assert_eq!(first.status(), StatusCode::OK, "{name}");
            assert_ne!(first.headers()[CONTENT_TYPE], "application/octet-stream", "{name}");
            let mut asked = HeaderMap::new();
            asked.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
            assert_eq!(file(&name, &asked).status(), StatusCode::NOT_MODIFIED, "{name}");
        }
    }
}
