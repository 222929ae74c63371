//! Signing in over time, which is injected, on both databases: failures slow down and end in a lock, and sessions end.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what fails ends the test with its place"
)]

use std::time::Duration;

use rejoinder_engine::time::Timestamp;
use rejoinder_server::app::App;
use rejoinder_server::env::Env;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::limits::{
    ADDRESS_ATTEMPTS_FREE, ADDRESS_ATTEMPTS_MAX, LOGIN_ATTEMPTS_FREE, LOGIN_ATTEMPTS_MAX, SEEN_PAUSE,
    SIGN_IN_LOCK, SIGN_IN_WAIT,
};
use rejoinder_server::ops::sign_in::{Attempt, NoSession, Session, begin, find, sign_in};
use rejoinder_server::wire::Egress;
use rejoinder_store::{OpenOptions, SignInKind, Store, Target};
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::postgres::database;

const START: Timestamp = Timestamp::from_micros(1_750_000_000_000_000);

/// Runs `check` over an application on SQLite, and on PostgreSQL where there is a server.
fn on_both(name: &str, check: impl Fn(&App)) {
    let folder = Folder::new(name);
    let mut targets = vec![Target::Sqlite(folder.path().join("one.db"))];
    match std::env::var("REJOINDER_TEST_POSTGRES") {
        Ok(server) => {
            let url = database(&server, &name.replace('-', "_"));
            targets.push(Target::parse(&url).unwrap());
        }
        Err(_) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
            println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)");
        }
    }
    for target in &targets {
        let store = Store::open(target, &OpenOptions::default()).unwrap();
        let app = App::new(store, Env::fixed(START, 1), Egress::LoopbackOnly, None).unwrap();
        install(&app, &["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap())).unwrap();
        rejoinder_server::demo::passwords(&app, true).unwrap();
        check(&app);
    }
    println!("sign-in tests: 1 on SQLite, {} on PostgreSQL", targets.len() - 1);
}

fn advance(app: &App, by: Duration) {
    app.env.advance(i64::try_from(by.as_micros()).unwrap());
}

/// One attempt: `Ok`, or how long it has to wait; `Some(0)` where it was refused.
fn attempt(app: &App, login: &str, password: &str, host: u8) -> Result<(String, Session), Duration> {
    let address = Some([192, 0, 2, host].into());
    let attempt = Attempt { login: login.to_owned(), password: password.to_owned(), address };
    let done = begin(app, &attempt).and_then(|()| sign_in(app, &attempt));
    done.map_err(|no| match no {
        NoSession::Refused => Duration::ZERO,
        NoSession::Wait(until) => {
            Duration::from_micros(u64::try_from(until.micros() - app.env.now().micros()).unwrap())
        }
        NoSession::App(error) => panic!("{error}"),
    })
}

fn failed(app: &App, login: &str, host: u8) -> Duration {
    attempt(app, login, "wrong", host).err().unwrap()
}

#[test]
fn failures_of_a_login_slow_down_then_refuse_for_a_while_and_a_success_resets() {
    on_both("sign-in-login", |app| {
        let boris = "boris@example.com";
        for _ in 0..LOGIN_ATTEMPTS_FREE {
            assert_eq!(failed(app, boris, 1), Duration::ZERO);
        }
        assert_eq!(failed(app, boris, 2), Duration::ZERO, "this one costs something");
        assert_eq!(failed(app, boris, 3), SIGN_IN_WAIT, "from wherever it is tried");
        assert_eq!(failed(app, "Boris@Example.COM ", 3), SIGN_IN_WAIT, "however it is written");
        advance(app, SIGN_IN_WAIT);
        assert_eq!(failed(app, boris, 4), Duration::ZERO);
        assert_eq!(failed(app, boris, 4), SIGN_IN_WAIT * 2);
        advance(app, SIGN_IN_WAIT * 2);
        let _ = attempt(app, boris, "demo", 4).unwrap();
        for _ in 0..LOGIN_ATTEMPTS_FREE {
            assert_eq!(failed(app, boris, 5), Duration::ZERO, "the success reset it");
        }
        for _ in LOGIN_ATTEMPTS_FREE..LOGIN_ATTEMPTS_MAX {
            assert_eq!(failed(app, boris, 5), Duration::ZERO);
            let wait = failed(app, boris, 5);
            advance(app, wait.min(SIGN_IN_WAIT * 100));
        }
        let left = attempt(app, boris, "demo", 6).err().unwrap();
        assert!(left + SIGN_IN_WAIT * 200 > SIGN_IN_LOCK, "{left:?}");
        advance(app, left);
        let _ = attempt(app, boris, "demo", 6).unwrap();
    });
}

#[test]
fn failures_from_an_address_count_whatever_the_login_and_are_forgotten_in_time() {
    on_both("sign-in-address", |app| {
        let mut waits = Vec::new();
        for place in 0..ADDRESS_ATTEMPTS_MAX {
            let wait = failed(app, &format!("nobody{place}@example.com"), 7);
            waits.push(wait);
            advance(app, wait);
        }
        let free = usize::try_from(ADDRESS_ATTEMPTS_FREE).unwrap() + 1;
        assert!(waits.iter().take(free).all(Duration::is_zero), "{waits:?}");
        assert!(waits.iter().skip(free).any(|wait| *wait >= SIGN_IN_WAIT), "{waits:?}");
        let _ = attempt(app, "anna@example.com", "demo", 8).unwrap();
        advance(app, SIGN_IN_LOCK);
        assert_eq!(failed(app, "nobody@example.com", 7), Duration::ZERO);
    });
}

#[test]
fn attempts_at_once_count_as_many() {
    on_both("sign-in-burst", |app| {
        let allowed = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..32)
                .map(|host| {
                    scope.spawn(move || {
                        let address = Some([192, 0, 2, host].into());
                        let login = "vera@example.com".to_owned();
                        begin(app, &Attempt { login, password: "wrong".to_owned(), address }).is_ok()
                    })
                })
                .collect();
            threads.into_iter().filter(|_| true).map(|one| one.join().unwrap()).filter(|ok| *ok).count()
        });
        assert_eq!(allowed, usize::try_from(LOGIN_ATTEMPTS_FREE).unwrap() + 1);
    });
}

#[test]
fn a_session_ends_when_it_is_idle_and_at_its_longest() {
    on_both("sign-in-ends", |app| {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let settings = app.config().unwrap().settings.clone();
        let idle = minutes(settings.session_idle_minutes().into());
        let (token, session) = attempt(app, "boris@example.com", "demo", 1).unwrap();
        assert_eq!(session.ends_at, START.plus(i64::try_from(idle.as_micros()).unwrap()));
        advance(app, idle.checked_sub(Duration::from_secs(1)).unwrap());
        let seen = find(app, &token).unwrap().unwrap();
        assert!(seen.ends_at > session.ends_at, "it is in use");
        advance(app, SEEN_PAUSE / 2);
        assert_eq!(find(app, &token).unwrap().unwrap().ends_at, seen.ends_at, "noted once a minute at most");
        let hours = u64::from(settings.session_hours());
        let mut lived = idle;
        while lived + idle / 2 < minutes(hours * 60) {
            advance(app, idle / 2);
            lived += idle / 2;
            assert!(find(app, &token).unwrap().is_some(), "{lived:?}");
        }
        advance(app, idle / 2);
        assert!(find(app, &token).unwrap().is_none(), "its longest is over");
        let (token, _) = attempt(app, "boris@example.com", "demo", 1).unwrap();
        advance(app, idle);
        assert!(find(app, &token).unwrap().is_none());
        let recorded =
            app.store.sign_ins(Some(SignInKind::SignedIn), None, &rejoinder_store::Page::default());
        assert_eq!(recorded.unwrap().items.len(), 2);
    });
}
