//! `SimpleUser` and `SimpleSession`: as whom the script runs.

use std::rc::Rc;

use super::lookup::{self, term};
use super::record;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::limits::MAX_PREFERENCE_CHARS;
use crate::record::Record;
use crate::{How, Row, Value};

/// Where preferences are kept.
const PREFERENCES: &str = "user_preference";

/// `SimpleUser`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleUser",
    doc: "The user as whom the script runs.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[
        Member::method("getID", "(): string", "The id; empty where the script runs as nobody.", id),
        Member::method("getContext", "(): SimpleRecord", "The record of the user.", context),
        Member::method(
            "hasRole",
            "(role: string): boolean",
            "Whether the user has a role; administrators have all of them.",
            has_role,
        ),
        Member::method(
            "getPreference",
            "(name: string): string | null",
            "A preference of the user, kept in the table `user_preference`.",
            preference,
        ),
        Member::method(
            "setPreference",
            "(name: string, value: string): void",
            "Plans a preference of the user, at most 255 characters.",
            set_preference,
        ),
        Member::method("getAccessToken", "(): ''", "Always empty: scripts run without a session.", |call| {
            call.give_text("")
        }),
    ],
    statics: &[],
    fields: None,
};

/// `SimpleSession`.
pub(crate) static SESSION: Class = Class {
    name: "SimpleSession",
    doc: "The session; scripts run without one.",
    constructor: "",
    make: None,
    members: &[Member::method(
        "getClientIP",
        "(): null",
        "Always `null`: scripts run without a client.",
        |call| Ok(call.null()),
    )],
    statics: &[],
    fields: None,
};

pub(super) fn id<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let user = call.shared.user(call)?;
    call.give_text(&user.id)
}

/// The record of the user, on no row where the script runs as nobody.
pub(super) fn context<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let user = call.shared.user(call)?;
    let record = Record::open(call, "user")?;
    if !user.id.is_empty() {
        record.get(call, &user.id)?;
    }
    call.object(&record::CLASS, record)
}

pub(super) fn has_role<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (user, role) = (call.shared.user(call)?, call.text(0)?);
    let has = user.roles.iter().any(|own| *own == role || own == "admin");
    Ok(call.give_flag(has))
}

fn stored(call: &Call<'_, '_>, user: &str, name: &str) -> Result<Option<Row>, Halt> {
    let asked = vec![term("user", "=", user), term("name", "=", name)];
    Ok(lookup::rows(call, PREFERENCES, asked)?.into_iter().next())
}

fn preference<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (user, name) = (call.shared.user(call)?, call.text(0)?);
    if user.id.is_empty() || name.is_empty() {
        return Ok(call.null());
    }
    match stored(call, &user.id, &name)? {
        Some(row) => call.give_text(&lookup::text(&row, "value")),
        None => Ok(call.null()),
    }
}

fn set_preference<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (user, name, value) = (call.shared.user(call)?, call.text(0)?, call.text(1)?);
    if user.id.is_empty() || name.is_empty() {
        return Err(call.type_error("setPreference: it needs a user and a name"));
    }
    if value.chars().count() > MAX_PREFERENCE_CHARS {
        let message = format!("setPreference: argument 2 is longer than {MAX_PREFERENCE_CHARS} characters");
        return Err(call.type_error(&message));
    }
    let mut fields = vec![("value".to_owned(), Value::Text(value))];
    match stored(call, &user.id, &name)? {
        Some(row) => call.plan(|host| host.update(PREFERENCES, &row.id, fields, How::default()))?,
        None => {
            fields.insert(0, ("user".to_owned(), Value::Text(user.id.clone())));
            fields.insert(1, ("name".to_owned(), Value::Text(name)));
            call.plan(|host| host.insert(PREFERENCES, fields, How::default()))?;
        }
    }
    Ok(call.undefined())
}
