//! How often may be asked: a bucket of requests for each token and session, and for each address without one.
//!
//! A token or session has a bucket of its own from the first request on that showed that it is known; until then, and
//! where there is none, the address pays, so that guessing tokens is not free. Kept in this process alone: with
//! several nodes each counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rejoinder_engine::time::Timestamp;

use super::auth::{client_address, session_cookie};
use super::error::{ApiError, ErrorCode};
use super::state::ApiState;
use crate::limits::BUCKETS_MAX;
use crate::tokens::digest;

/// Micro-seconds of a minute: so much of a bucket fills in one.
const MINUTE: i64 = 60 * 1_000_000;
/// What is left (draft-ietf-httpapi-ratelimit-headers).
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
/// What is allowed.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The requests of one asker. Holds a minute's worth, and fills evenly.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Requests left, times [`MINUTE`].
    level: i64,
    at: Timestamp,
}

impl Bucket {
    const fn full(per_minute: u32, at: Timestamp) -> Self {
        Self { level: per_minute as i64 * MINUTE, at }
    }

    fn fill(&mut self, per_minute: u32, now: Timestamp) {
        let since = now.micros().saturating_sub(self.at.micros()).max(0);
        let full = i64::from(per_minute) * MINUTE;
        self.level = self.level.saturating_add(since.saturating_mul(per_minute.into())).min(full);
        self.at = self.at.max(now);
    }

    /// Takes one; gives what is left, or after how many seconds there is one.
    fn take(&mut self, per_minute: u32, now: Timestamp) -> Result<i64, u64> {
        self.fill(per_minute, now);
        if self.level < MINUTE {
            let lacking = u64::try_from(MINUTE - self.level).unwrap_or_default();
            return Err(lacking.div_ceil(u64::from(per_minute)).div_ceil(1_000_000).max(1));
        }
        self.level -= MINUTE;
        Ok(self.level / MINUTE)
    }
}

/// The buckets of a process.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<String, Bucket>>);

impl Pace {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Bucket>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn knows(&self, name: &str) -> bool {
        self.with(|buckets| buckets.contains_key(name))
    }

    fn take(&self, name: &str, per_minute: u32, now: Timestamp) -> Result<i64, u64> {
        self.with(|buckets| {
            if !buckets.contains_key(name) {
                make_room(buckets, now);
            }
            let bucket = buckets.entry(name.to_owned()).or_insert_with(|| Bucket::full(per_minute, now));
            bucket.take(per_minute, now)
        })
    }

    /// A token or session that is not known any more.
    fn forget(&self, name: &str) {
        self.with(|buckets| buckets.remove(name));
    }
}

/// Buckets that nobody took from for a minute are full and need not be kept. Where all are in use, all are forgotten,
/// which lets everybody begin anew.
fn make_room(buckets: &mut HashMap<String, Bucket>, now: Timestamp) {
    if buckets.len() < BUCKETS_MAX {
        return;
    }
    buckets.retain(|_, bucket| now.micros().saturating_sub(bucket.at.micros()) < MINUTE);
    if buckets.len() >= BUCKETS_MAX {
        buckets.clear();
    }
}

/// Lets a request through if its asker does not ask too often, and says how much is left.
pub(super) async fn paced(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    // Probes come from the machine's own keepers, who would take a refusal for an illness.
    if request.uri().path().starts_with("/health/") {
        return next.run(request).await;
    }
    let (now, pace) = (state.app.env.now(), state.pace.clone());
    let config = state.app.config_in_memory();
    let settings = config.map(|config| config.settings.clone()).unwrap_or_default();
    let (known, strange) = (settings.requests_per_minute(), settings.strange_requests_per_minute());
    let credential = credential(&request);
    let address = client_address(&state.app, request.extensions(), request.headers());
    let address = format!("address {}", address.map(|address| address.to_string()).unwrap_or_default());
    let (name, per_minute) = match &credential {
        Some(credential) if pace.knows(credential) => (credential, known),
        _ => (&address, strange),
    };
    let taken = pace.take(name, per_minute, now);
    let mut response = match taken {
        Ok(_) => next.run(request).await,
        Err(seconds) => {
            let text = format!("more than {per_minute} requests within a minute; go on in {seconds} s");
            ApiError::new(ErrorCode::TooManyRequests, text).retry_after(seconds).into_response()
        }
    };
    if let Some(credential) = &credential {
        if response.status() == StatusCode::UNAUTHORIZED {
            pace.forget(credential);
        } else if taken.is_ok() && name != credential {
            let _ = pace.take(credential, known, now);
        }
    }
    let left = match taken {
        Ok(left) => format!("\"api\";r={left};t=60"),
        Err(seconds) => format!("\"api\";r=0;t={seconds}"),
    };
    let policy = format!("\"api\";q={per_minute};w=60");
    for (name, text) in [(LEFT, left), (POLICY, policy)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The name of the bucket of the token or session that a request brings, known or not.
fn credential(request: &Request) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.or_else(|| session_cookie(request.headers()))?;
    Some(format!("credential {}", digest(token)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_750_000_000_000_000);

    #[test]
    fn a_bucket_holds_a_minutes_worth_and_fills_evenly() {
        let mut bucket = Bucket::full(120, START);
        for left in (0..120).rev() {
            assert_eq!(bucket.take(120, START), Ok(left));
        }
        assert_eq!(bucket.take(120, START), Err(1));
        assert_eq!(bucket.take(120, START.plus(499_999)), Err(1));
        assert_eq!(bucket.take(120, START.plus(500_000)), Ok(0), "two a second");
        assert_eq!(bucket.take(120, START.plus(3_600_000_000)), Ok(119), "never more than full");
        let mut slow = Bucket::full(1, START);
        assert_eq!(slow.take(1, START), Ok(0));
        assert_eq!(slow.take(1, START), Err(60));
        assert_eq!(slow.take(1, START.plus(-5)), Err(60), "a clock that goes back gives nothing");
    }

    #[test]
    fn there_are_never_more_buckets_than_have_room() {
        let pace = Pace::default();
        for one in 0..BUCKETS_MAX {
            pace.take(&one.to_string(), 10, START).unwrap();
        }
        let count = |pace: &Pace| pace.with(|buckets| buckets.len());
        assert_eq!(count(&pace), BUCKETS_MAX);
        pace.take("next", 10, START.plus(MINUTE)).unwrap();
        assert_eq!(count(&pace), 1, "those that are full again are forgotten");
        for one in 0..BUCKETS_MAX {
            pace.take(&one.to_string(), 10, START.plus(MINUTE)).unwrap();
        }
        assert!(count(&pace) <= BUCKETS_MAX);
    }
}
