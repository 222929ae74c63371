//! What an operator does about users from the command line: a way in for those who have none.

use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::View;
use rejoinder_store::{SignInKind, SignInNote};

use super::change::change;
use super::passwords::{USERS, fault, set, user_called};
use super::sign_in::note;
use crate::app::App;
use crate::error::AppError;

/// Sets the password of the user with this address. With `administrator`, the shipped administrator gets the address
/// where nobody has it.
pub fn set_password(app: &App, address: &str, password: &str, administrator: bool) -> Result<(), AppError> {
    if let Some(rule) = fault(app, password)? {
        return Err(AppError::Refused(rule));
    }
    let known = user_called(&app.store.view()?, address)?;
    let user = match known {
        Some(user) => user.id,
        None if administrator => name_administrator(app, address)?,
        None => return Err(no_user(address)),
    };
    set(app, Actor::system(), user, password)?;
    let said = note(app, SignInKind::PasswordChanged, Some(user), None)?;
    let said = SignInNote { actor: Some("the command line".to_owned()), ..said };
    Ok(app.store.note_sign_in(&said)?)
}

/// Nobody has the address.
pub fn no_user(address: &str) -> AppError {
    AppError::Refused(format!(
        "no user has the address `{address}`; the shipped administrator gets it with --administrator"
    ))
}

/// The shipped administrator, who is nobody's until they have an address.
pub fn administrator() -> RecordKey {
    RecordKey { table: USERS.to_owned(), id: record_id("core", "people/admin") }
}

fn name_administrator(app: &App, address: &str) -> Result<rejoinder_engine::id::Id, AppError> {
    let key = administrator();
    let known = app.store.view()?.get(USERS, key.id)?;
    if known.is_none_or(|user| !user.text("email").is_empty()) {
        return Err(taken());
    }
    let id = key.id;
    let fields = [("email".to_owned(), Value::text(address))].into();
    change(app, Actor::system(), vec![Change::Update { key, fields }])?;
    Ok(id)
}

/// The shipped administrator is somebody already.
pub fn taken() -> AppError {
    AppError::Refused("the shipped administrator has another address already: name that one".to_owned())
}
