//! Signing in and out: attempts are counted and slowed down, a session begins with a token of its own, and what
//! happened is recorded.
//!
//! Knows no HTTP. An unknown login, a wrong password and a user who may not sign in get the same answer for the same
//! work, and none of the three is told from the others.

use std::net::IpAddr;
use std::time::Duration;

use rejoinder_engine::config::Config;
use rejoinder_engine::fold::fold;
use rejoinder_engine::id::Id;
use rejoinder_engine::record::Record;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::View;
use rejoinder_store::{Attempts, NewSession, SessionRow, SignInKind, SignInNote, Throttle};
use sha2::{Digest, Sha256};

use super::passwords::{USERS, digest_of, fits, user_called};
use crate::app::App;
use crate::error::AppError;
use crate::limits::{
    ADDRESS_ATTEMPTS_FREE, ADDRESS_ATTEMPTS_MAX, LOGIN_ATTEMPTS_FREE, LOGIN_ATTEMPTS_MAX, SEEN_PAUSE,
    SIGN_IN_LOCK, SIGN_IN_WAIT,
};
use crate::tokens::digest;

/// The longest login that is recorded: no address is longer (RFC 5321, 4.5.3.1.3).
const LOGIN_CHARS: usize = 254;

/// Somebody who wants to sign in.
pub struct Attempt {
    /// The address of the user.
    pub login: String,
    /// What they typed.
    pub password: String,
    /// From where.
    pub address: Option<IpAddr>,
}

/// Why an attempt did not begin a session.
pub enum NoSession {
    /// It may be repeated from this moment on.
    Wait(Timestamp),
    /// Unknown, wrong, or not allowed.
    Refused,
    /// The program.
    App(AppError),
}

impl<E: Into<AppError>> From<E> for NoSession {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

/// A session and whose it is.
#[derive(Debug, Clone)]
pub struct Session {
    /// The digest of its token.
    pub digest: String,
    /// The user.
    pub user: Record,
    /// What requests that change something bring in a header.
    pub csrf: String,
    /// When it ends, if nothing is asked until then.
    pub ends_at: Timestamp,
}

/// The names under which an attempt is counted. The login's first.
pub fn attempts(login: &str, address: Option<IpAddr>) -> Attempts {
    let throttle = |free, lock_from| Throttle { free, wait: SIGN_IN_WAIT, lock_from, lock: SIGN_IN_LOCK };
    // A digest, because some type their password where the login belongs.
    let login = digest(&fold(login.trim()));
    let mut names = vec![(format!("login {login}"), throttle(LOGIN_ATTEMPTS_FREE, LOGIN_ATTEMPTS_MAX))];
    let by_address = throttle(ADDRESS_ATTEMPTS_FREE, ADDRESS_ATTEMPTS_MAX);
    names.extend(address.map(|address| (format!("address {}", block(address)), by_address)));
    names
}

/// The address, or the network that its owner has at the least (a /64, RFC 6177).
fn block(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Counts the attempt. To be called before the password is looked at.
pub fn begin(app: &App, attempt: &Attempt) -> Result<(), NoSession> {
    let names = attempts(&attempt.login, attempt.address);
    app.store.begin_attempt(&names, app.env.now())?.map_or(Ok(()), |until| Err(NoSession::Wait(until)))
}

/// Looks at the password and begins a session under a new token, which is given with it.
pub fn sign_in(app: &App, attempt: &Attempt) -> Result<(String, Session), NoSession> {
    let user = user_called(&app.store.view()?, &attempt.login)?;
    let right = fits(&attempt.password, user.as_ref().and_then(digest_of));
    let known = user.as_ref().map(|user| user.id);
    let Some(user) = user.filter(|user| right && may_sign_in(user)) else {
        app.store.note_sign_in(&note(app, SignInKind::Failed, known, Some(attempt))?)?;
        return Err(NoSession::Refused);
    };
    let now = app.env.now();
    let old = now.plus(-micros(SIGN_IN_LOCK));
    app.store.attempt_succeeded(&attempts(&attempt.login, attempt.address), old)?;
    let token = data_encoding::BASE32_NOPAD.encode(&app.env.seed()?.bytes()).to_ascii_lowercase();
    let (_, life) = lives(&*app.config()?);
    let new = NewSession {
        digest: digest(&token),
        user: user.id,
        mark: mark(&user),
        at: now,
        over: now.plus(-life),
    };
    app.store.begin_session(&new, &note(app, SignInKind::SignedIn, Some(user.id), Some(attempt))?)?;
    let row = SessionRow { user: user.id, mark: new.mark, created_at: now, seen_at: now };
    let session = session(&*app.config()?, &token, &row, user);
    Ok((token, session))
}

/// The session of a token, if it is not over; notes that it is in use.
pub fn find(app: &App, token: &str) -> Result<Option<Session>, AppError> {
    let digest = digest(token);
    let Some(row) = app.store.session(&digest)? else { return Ok(None) };
    let user = app.store.view()?.get(USERS, row.user)?;
    let user = user.filter(|user| may_sign_in(user) && mark(user) == row.mark);
    let found =
        user.map(|user| Ok::<_, AppError>(session(&*app.config()?, token, &row, user))).transpose()?;
    let now = app.env.now();
    let Some(found) = found.filter(|found| found.ends_at > now) else {
        app.store.end_session(&digest, None)?;
        return Ok(None);
    };
    if now.micros().saturating_sub(row.seen_at.micros()) >= micros(SEEN_PAUSE) {
        app.store.session_seen(&digest, now)?;
        let row = SessionRow { seen_at: now, ..row };
        return Ok(Some(session(&*app.config()?, token, &row, found.user)));
    }
    Ok(Some(found))
}

/// Ends a session, because its user says so.
pub fn sign_out(app: &App, session: &Session, address: Option<IpAddr>) -> Result<(), AppError> {
    let mut said = note(app, SignInKind::SignedOut, Some(session.user.id), None)?;
    said.address = address.map(|address| address.to_string());
    Ok(app.store.end_session(&session.digest, Some(&said))?)
}

/// Whether a user may sign in at all.
pub fn may_sign_in(user: &Record) -> bool {
    user.get("active").is_true() && !user.get("locked").is_true()
}

/// Of the password that a session began with: with another one it is over.
pub fn mark(user: &Record) -> String {
    let hash = Sha256::new().chain_update(b"rejoinder session\n").chain_update(digest_of(user).unwrap_or(""));
    data_encoding::HEXLOWER.encode(hash.finalize().get(..16).unwrap_or_default())
}

/// What is to be recorded.
pub fn note(
    app: &App,
    kind: SignInKind,
    user: Option<Id>,
    attempt: Option<&Attempt>,
) -> Result<SignInNote, AppError> {
    let at = app.env.now();
    // What has no `@` is no address, and may be a password.
    let login = attempt.map(|attempt| attempt.login.trim());
    let login = login.filter(|login| login.contains('@') && login.chars().count() <= LOGIN_CHARS);
    Ok(SignInNote {
        id: app.env.seed()?.id("sign-in", at),
        at,
        kind,
        user,
        login: login.map(str::to_owned),
        address: attempt.and_then(|attempt| attempt.address).map(|address| address.to_string()),
        actor: None,
    })
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// For how long a session lives without a request, and at all.
fn lives(config: &Config) -> (i64, i64) {
    let minutes = |count: u32| i64::from(count) * 60 * 1_000_000;
    let settings = &config.settings;
    (minutes(settings.session_idle_minutes()), minutes(settings.session_hours().saturating_mul(60)))
}

fn session(config: &Config, token: &str, row: &SessionRow, user: Record) -> Session {
    let (idle, life) = lives(config);
    let ends_at = row.seen_at.plus(idle).min(row.created_at.plus(life));
    let csrf = Sha256::new().chain_update(b"rejoinder csrf\n").chain_update(token).finalize();
    Session { digest: digest(token), user, csrf: data_encoding::HEXLOWER.encode(&csrf), ends_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_alone_and_a_network_of_version_6_as_one() {
        let block = |text: &str| block(text.parse().unwrap());
        assert_eq!(block("192.0.2.7"), "192.0.2.7");
        assert_eq!(block("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(block("2001:db8:1:2:3::4"), block("2001:db8:1:2:ffff::1"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
    }
}
