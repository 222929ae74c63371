//! Sandboxes made ahead: each serves one run of the thread that made it.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{World, run_in};
use rejoinder_script::{Limits, prepare, prepared};

fn value(source: &str) -> String {
    let outcome = run_in(&mut World::new(), source, Limits::default());
    outcome.result.unwrap().to_json().to_string()
}

#[test]
fn each_serves_one_run_and_no_more_are_kept_than_may_be() {
    prepare(usize::MAX);
    assert_eq!(prepared(), Limits::MAX_PREPARED);
    let leave = "globalThis.left = 1; Array.prototype.left = 2; Object.prototype.left = 3; typeof left";
    assert_eq!(value(leave), r#""number""#);
    assert_eq!(prepared(), Limits::MAX_PREPARED - 1);
    for _ in 1..Limits::MAX_PREPARED {
        assert_eq!(value("[typeof left, [].left, ({}).left]"), r#"["undefined",null,null]"#);
    }
    assert_eq!(prepared(), 0);
    assert_eq!(value("current.caller.name"), r#""anna""#, "without any that waits");
    prepare(2);
    prepare(1);
    assert_eq!(prepared(), 2);
}

#[test]
fn another_thread_has_its_own() {
    prepare(1);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| (prepared(), value("1 + 1")));
        assert_eq!(other.join().unwrap(), (0, "2".to_owned()));
    });
    assert_eq!(prepared(), 1);
}
