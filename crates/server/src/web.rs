//! The page of the program: the files of the folder `web`, embedded, a client of the public REST API like any other.
//!
//! Knows no records and no mail, and needs no token: what it shows is read by the browser, with the reader's own token.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::api::{ApiError, ErrorCode, no_method};

/// The page and its modules; names are what stands behind `/web/`.
#[derive(RustEmbed)]
#[folder = "web"]
struct Files;

/// The page runs and loads its own files alone, talks to its own server alone, and cannot be framed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page at `/`, and its files under `/web`.
pub fn page() -> Router {
    let index = |headers: HeaderMap| async move { file("index.html", &headers) };
    let other = |Path(name): Path<String>, headers: HeaderMap| async move { file(&name, &headers) };
    Router::new()
        .route("/", get(index))
        .route("/web/{file}", get(other))
        .method_not_allowed_fallback(no_method)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// One file; its ETag is its digest, so that a browser asks again and is told that nothing changed.
fn file(name: &str, asked: &HeaderMap) -> Response {
    let Some(found) = Files::get(name) else {
        return ApiError::new(ErrorCode::NotFound, "the page has no such file").into_response();
    };
    let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&found.metadata.sha256_hash()));
    let known = asked.get(IF_NONE_MATCH).and_then(|header| header.to_str().ok());
    let known = known.is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
    let headers = [
        (CONTENT_TYPE, media_type(name)),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
        (ETAG, tag.as_str()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Body::from(found.data.into_owned())).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text(name: &str) -> String {
        String::from_utf8(Files::get(name).unwrap().data.into_owned()).unwrap()
    }

    #[test]
    fn the_files_are_small_and_take_nothing_from_elsewhere() {
        for name in Files::iter() {
            let text = text(&name).replace("http://www.w3.org/2000/svg", "");
            assert!(text.lines().count() < 400, "{name}");
            for forbidden in [
                "http://",
                "https://",
                "@import",
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "eval(",
                "<script>",
                "style=\"",
                "localStorage",
            ] {
                assert!(!text.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }

    /// The keys of one language.
    fn words(text: &str, language: &str) -> Vec<String> {
        let from = text.find(&format!("\n    {language}: {{\n")).unwrap();
        let block = text[from..].lines().skip(2).take_while(|line| !line.starts_with("    }"));
        block.filter_map(|line| line.trim().split_once(": \"")).map(|(key, _)| key.to_owned()).collect()
    }

    #[test]
    fn each_word_is_there_in_both_languages() {
        let all = text("words.js");
        let known = words(&all, "en");
        assert!(known.len() > 100, "{known:?}");
        assert_eq!(known, words(&all, "ru"));
        let set: BTreeSet<&String> = known.iter().collect();
        assert_eq!(set.len(), known.len(), "a key stands twice");
        for name in Files::iter().filter(|name| name.ends_with(".js")) {
            let text = text(&name);
            for call in ["t(\"", "button(\"", "field(\"", "opened(\""] {
                let begins = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric());
                for (at, _) in text.match_indices(call).filter(|(at, _)| begins(&text[..*at])) {
                    let rest = &text[at + call.len()..];
                    let (key, after) = rest.split_once('"').unwrap();
                    // `t("about_" + …)` is put together from two parts.
                    let there = if after.starts_with(" +") {
                        known.iter().any(|one| one.starts_with(key))
                    } else {
                        known.iter().any(|one| one == key)
                    };
                    assert!(there, "{name}: no word for {key}");
                }
            }
        }
    }

    #[test]
    fn each_file_has_its_type_and_a_policy_that_keeps_it_alone() {
        for (name, kind) in
            [("index.html", "text/html"), ("app.js", "text/javascript"), ("style.css", "text/css")]
        {
            let answer = file(name, &HeaderMap::new());
            assert_eq!(answer.status(), StatusCode::OK);
            assert!(answer.headers()[CONTENT_TYPE].to_str().unwrap().starts_with(kind), "{name}");
            let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        }
        assert_eq!(file("../src/web.rs", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_file_that_the_browser_has_already_is_not_sent_again() {
        let first = file("app.js", &HeaderMap::new());
        let mut asked = HeaderMap::new();
        asked.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
        assert_eq!(file("app.js", &asked).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(file("style.css", &asked).status(), StatusCode::OK);
    }
}
