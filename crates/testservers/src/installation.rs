//! Whether the servers are installed, and what to do if they are not.

use std::path::Path;

const DOVECOT: [&str; 5] = [
    "/usr/sbin/dovecot",
    "/usr/bin/doveadm",
    "/usr/lib/dovecot/imap",
    "/usr/lib/dovecot/pop3",
    "/usr/lib/dovecot/lmtp",
];
const POSTFIX: [&str; 2] = ["/usr/sbin/postfix", "/usr/lib/postfix/sbin/master"];

/// Whether Dovecot and Postfix are installed; if not, which, and the command that installs them.
pub fn installed() -> Result<(), String> {
    dovecot().and_then(|()| postfix())
}

pub(crate) fn dovecot() -> Result<(), String> {
    all_there("Dovecot", &DOVECOT)
}

pub(crate) fn postfix() -> Result<(), String> {
    all_there("Postfix", &POSTFIX)
}

fn all_there(server: &str, files: &[&str]) -> Result<(), String> {
    match files.iter().find(|file| !Path::new(file).exists()) {
        Some(file) => {
            Err(format!("{server} is not installed ({file} is missing): run as root: make test-deps"))
        }
        None => Ok(()),
    }
}

/// Whether a test is to be left out, because what it needs is not there. Says so; with `CI=true`, where everything has
/// to be there, panics instead.
///
/// ```
/// if rejoinder_testservers::left_out(&rejoinder_testservers::installed()) {
///     return;
/// }
/// ```
#[expect(clippy::print_stdout, reason = "a test that was left out must say so")]
pub fn left_out(need: &Result<(), String>) -> bool {
    let Err(reason) = need else { return false };
    assert!(std::env::var("CI").as_deref() != Ok("true"), "with CI=true no test is left out: {reason}");
    println!("a test was left out: {reason}");
    true
}
