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

    #[test]
    fn each_word_is_there_in_both_languages() {
        let words = |language: &str| {
            let from = HTML.find(&format!("    {language}: {{")).unwrap();
            let block = HTML[from..].split("\n    }").next().unwrap();
            let keys = block.lines().skip(1).flat_map(|line| line.split("\", "));
            keys.filter_map(|entry| entry.split_once(": \""))
                .map(|(key, _)| key.trim().to_owned())
                .collect::<Vec<_>>()
        };
        assert!(words("en").len() > 20);
        assert_eq!(words("en"), words("ru"));
        for used in HTML.split("data-t=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(words("en").contains(&used.to_owned()), "no text for {used}");
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
