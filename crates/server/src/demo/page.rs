//! The demo's page: one file, embedded, a client of the public REST API like any other.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::IntoResponse;
use axum::routing::get;

const HTML: &str = include_str!("page.html");

/// The page loads nothing, sends nothing elsewhere, and cannot be framed. What it shows of mails is text.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page at `/`. The token stands in the fragment of its address, which no browser sends anywhere.
pub fn page() -> Router {
    Router::new().route("/", get(show))
}

async fn show() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, HTML)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_takes_nothing_from_elsewhere() {
        assert!(HTML.lines().count() < 400);
        for forbidden in
            ["http://", "https://", "src=", "@import", "innerHTML", "insertAdjacentHTML", "eval("]
        {
            assert!(!HTML.contains(forbidden), "{forbidden}");
        }
    }

    /// The keys of one language, in their order.
    fn words(language: &str) -> Vec<&'static str> {
        let from = HTML.find(&format!("\n    {language}: {{\n")).unwrap();
        let block = HTML[from..].lines().skip(2).take_while(|line| !line.starts_with("    }"));
        let entries = block.flat_map(|line| line.trim().trim_end_matches(',').split("\", "));
        entries.filter_map(|entry| entry.split_once(": \"")).map(|(key, _)| key).collect()
    }

    #[test]
    fn each_word_is_there_in_both_languages() {
        let known = words("en");
        assert!(known.len() > 40, "{known:?}");
        assert_eq!(known, words("ru"));
        for call in ["t(\"", "button(\"", "field(\""] {
            let begins = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric());
            for (at, _) in HTML.match_indices(call).filter(|(at, _)| begins(&HTML[..*at])) {
                let key = HTML[at + call.len()..].split('"').next().unwrap();
                assert!(known.contains(&key), "no word for {key}");
            }
        }
    }

    #[tokio::test]
    async fn it_is_served_with_a_policy_that_keeps_it_alone() {
        let answer = show().await.into_response();
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(
            answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'")
        );
    }
}
