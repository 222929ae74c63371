//! Passwords: kept as argon2id digests with a salt of their own, held against what somebody types, set.
//!
//! Slow on purpose (some 20 ms, 19 MiB): to be called on a blocking thread, few at a time. A password and its digest
//! appear in no error, log or answer.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};

use super::change::{Asked, change_asked};
use crate::app::App;
use crate::env::Env;
use crate::error::AppError;
use crate::limits::PASSWORD_BYTES_MAX;

/// The table of users.
pub const USERS: &str = "user";
/// The field with the digest of a user's password.
pub const DIGEST: &str = "password_digest";
/// Bytes of a salt (RFC 9106, 3.1).
const SALT_BYTES: usize = 16;
/// What the password of nobody is held against, so that an unknown login takes as long as a known one: a digest of the
/// default parameters that no password has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cmVqb2luZGVyLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The digest under which a password is kept.
pub fn digest(app: &App, password: &str) -> Result<String, AppError> {
    let seed = app.env.seed()?.bytes();
    let salt = seed.first_chunk::<SALT_BYTES>().ok_or_else(failed)?;
    let digest: PasswordHash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), salt).map_err(|_| failed())?;
    Ok(digest.to_string())
}

fn failed() -> AppError {
    AppError::Refused("the password could not be computed with: is there enough memory?".to_owned())
}

/// Whether the password is the one of this digest. Takes as long where there is none.
pub fn fits(password: &str, digest: Option<&str>) -> bool {
    let known = digest.filter(|text| !text.is_empty());
    let Ok(against) = PasswordHash::new(known.unwrap_or(NOBODY)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &against).is_ok();
    right && known.is_some() && password.len() <= PASSWORD_BYTES_MAX
}

/// The digest of a user's password, where they have one.
pub fn digest_of(user: &Record) -> Option<&str> {
    Some(user.text(DIGEST)).filter(|digest| !digest.is_empty())
}

/// The rule that a new password breaks.
pub fn fault(app: &App, password: &str) -> Result<Option<String>, AppError> {
    let least = app.config()?.settings.password_chars();
    let chars = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    Ok(if chars < least {
        Some(format!("a password has at least {least} characters; a sentence is easy to remember"))
    } else if password.len() > PASSWORD_BYTES_MAX {
        Some(format!("a password has at most {PASSWORD_BYTES_MAX} bytes"))
    } else {
        None
    })
}

/// Gives a user a password, whatever it is: who calls has looked at [`fault`]. Every session of the user that began
/// with another one is over.
pub fn set(app: &App, actor: Actor, user: Id, password: &str) -> Result<Record, AppError> {
    keep(app, actor, user, Value::text(digest(app, password)?))
}

/// Keeps a digest, or none: then the user cannot sign in with a password.
pub fn keep(app: &App, actor: Actor, user: Id, digest: Value) -> Result<Record, AppError> {
    let key = RecordKey { table: USERS.to_owned(), id: user };
    let update = Change::Update { key, fields: [(DIGEST.to_owned(), digest)].into() };
    let asked = Asked { program: true, ..Asked::new(actor, vec![update]) };
    let changed = change_asked(app, asked)?.into_iter().next();
    changed.ok_or_else(|| AppError::NotFound { what: "user", name: user.to_string() })
}

/// The user with this address.
pub fn user_called(view: &dyn View, address: &str) -> Result<Option<Record>, AppError> {
    let by_address = Condition::clause("email", Kind::Email, Operator::Is, vec![Value::text(address.trim())]);
    Ok(view.query(&Query::new(USERS, by_address))?.into_iter().next())
}

/// A password that nobody chose: 100 random bits in groups that can be read out.
pub fn generated(env: &Env) -> Result<String, AppError> {
    let text = data_encoding::BASE32_NOPAD.encode(&env.seed()?.bytes()).to_ascii_lowercase();
    let letters: Vec<char> = text.chars().take(20).collect();
    let groups = letters.chunks(5).map(|group| group.iter().collect::<String>());
    Ok(groups.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_held_against_a_digest_that_costs_as_much_as_any_and_fits_no_password() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real: PasswordHash =
            Argon2::default().hash_password_with_salt(b"swordfish", b"0123456789abcdef").unwrap();
        assert_eq!(
            (nobody.algorithm, nobody.version, nobody.params.to_string()),
            (real.algorithm, real.version, real.params.to_string())
        );
        let lengths = |hash: &PasswordHash| {
            (hash.salt.as_ref().map(|one| one.len()), hash.hash.as_ref().map(|one| one.as_bytes().len()))
        };
        assert_eq!(lengths(&nobody), lengths(&real));
        assert!(!fits("", None) && !fits("swordfish", None) && !fits("swordfish", Some("")));
        let real = real.to_string();
        assert!(fits("swordfish", Some(&real)) && !fits("Swordfish", Some(&real)));
    }

    #[test]
    fn a_password_ends_at_its_longest() {
        let hash = |password: &str| {
            let made: PasswordHash =
                Argon2::default().hash_password_with_salt(password.as_bytes(), b"0123456789abcdef").unwrap();
            made.to_string()
        };
        let longest = "x".repeat(PASSWORD_BYTES_MAX);
        assert!(fits(&longest, Some(&hash(&longest))));
        let longer = longest + "x";
        assert!(!fits(&longer, Some(&hash(&longer))));
    }
}
