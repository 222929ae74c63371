//! `ss` and `console`: the log, messages, events, settings, the user, Document IDs, includes.

use std::rc::Rc;

use super::{document, message, user};
use crate::date::moment_of;
use crate::describe::{Class, Member};
use crate::interp::include;
use crate::interp::kit::{Answer, Call};
use crate::occasion;
use crate::record::{Record, plain};
use crate::{Event, HostError, Level, Value};

/// `ss`.
pub(crate) static SS: Class = Class {
    name: "SimpleSystem",
    doc: "The system: log, settings, the user as whom the script runs, events.",
    constructor: "",
    make: None,
    members: &[
        Member::method("info", "(value: any): void", "Writes to the log of the run.", |call| {
            occasion::log(call, Level::Info)
        }),
        Member::method(
            "debug",
            "(value: any): void",
            "Writes to the log of the run, for finding defects.",
            |call| occasion::log(call, Level::Debug),
        ),
        Member::method("warning", "(value: any): void", "Writes a warning to the log of the run.", |call| {
            occasion::log(call, Level::Warning)
        }),
        Member::method("error", "(value: any): void", "Writes an error to the log of the run.", |call| {
            occasion::log(call, Level::Error)
        }),
        Member::method(
            "addInfoMessage",
            "(message: string, params?: Record<string, any>): void",
            "Shows a message, or the text behind its key, to whoever is at the screen; `{name}` is replaced from `params`.",
            |call| show(call, Level::Info),
        ),
        Member::method(
            "addSuccessMessage",
            "(message: string, params?: Record<string, any>): void",
            "The same as `addInfoMessage`.",
            |call| show(call, Level::Info),
        ),
        Member::method(
            "addErrorMessage",
            "(message: string, params?: Record<string, any>): void",
            "Shows an error likewise.",
            |call| show(call, Level::Error),
        ),
        Member::method(
            "eventQueue",
            "(name: string, record: SimpleRecord, param1?: any, param2?: any, param3?: any, param4?: any, param5?: any): void",
            "Raises a registered event about a record.",
            |call| raise(call, "eventQueue", None, 2),
        ),
        Member::method(
            "eventQueueScheduled",
            "(name: string, record: SimpleRecord, when: any, param1?: any, param2?: any, param3?: any, param4?: any, \
             param5?: any): void",
            "Raises a registered event about a record at a moment: a SimpleDateTime, or its text in UTC.",
            later,
        ),
        Member::method("getProperty", "(name: string): string | null", "The value of a setting.", property),
        Member::method(
            "setProperty",
            "(name: string, value: any, description?: string): void",
            "Plans the value of a setting, which is made where there is none.",
            set_property,
        ),
        Member::method(
            "getUser",
            "(): SimpleRecord",
            "The record of the user as whom the script runs.",
            user::context,
        ),
        Member::method("getUserID", "(): string", "The id of the user as whom the script runs.", user::id),
        Member::method("getUserId", "(): string", "The same as `getUserID`.", user::id),
        Member::method(
            "hasRole",
            "(role: string): boolean",
            "Whether the user has a role; administrators have all of them.",
            user::has_role,
        ),
        Member::method("getSession", "(): SimpleSession", "The session.", |call| {
            call.object(&user::SESSION, Rc::new(()))
        }),
        Member::method(
            "getDocIdByIds",
            "(tableId: string, recordId: string): string",
            "The Document ID of a record: its table and id in one text. The id of a table is its name.",
            |call| call.give_text(&document::id(&call.text(0)?, &call.text(1)?)),
        ),
        Member::method(
            "getTableIdByDocId",
            "(documentId: string): string",
            "The table of a Document ID.",
            |call| call.give_text(document::parts(&call.text(0)?).unwrap_or_default().0),
        ),
        Member::method(
            "getRecordIdByDocId",
            "(documentId: string): string",
            "The id of a Document ID.",
            |call| call.give_text(document::parts(&call.text(0)?).unwrap_or_default().1),
        ),
        Member::method(
            "importIncludeScript",
            "(name: string): boolean",
            "Evaluates a stored script, once a run; its functions, classes and variables can then be used.",
            import,
        ),
        Member::method(
            "setRedirect",
            "(url?: string): void",
            "Does nothing but note it in the log: nobody is at a screen where scripts run.",
            |call| {
                let url = call.text(0)?;
                call.log(Level::Debug, format!("setRedirect({url}) does nothing: nobody is at a screen"));
                Ok(call.undefined())
            },
        ),
        Member::refused(
            "generateUrlAction",
            "there are no links that run a script; write a link to the record, and let the answer to the mail decide",
        ),
        Member::refused("generateResetToken", "scripts make no keys to passwords; administrators set them"),
        Member::refused("getApplicationId", "there are no applications here; configuration is kept in packs"),
        Member::refused("getLogoURL", "there is no logo in the settings; write the address of a picture"),
        Member::refused("getLogoBase64", "there is no logo in the settings; write the address of a picture"),
    ],
    statics: &[],
    fields: None,
};

/// `console`.
pub(crate) static CONSOLE: Class = Class {
    name: "Console",
    doc: "The log of the run, as browsers have it.",
    constructor: "",
    make: None,
    members: &[
        Member::method("log", "(...values: any[]): void", "Writes to the log of the run.", |call| {
            lines(call, Level::Info)
        }),
        Member::method("info", "(...values: any[]): void", "The same as `log`.", |call| {
            lines(call, Level::Info)
        }),
        Member::method(
            "debug",
            "(...values: any[]): void",
            "Writes to the log, for finding defects.",
            |call| lines(call, Level::Debug),
        ),
        Member::method("warn", "(...values: any[]): void", "Writes a warning to the log.", |call| {
            lines(call, Level::Warning)
        }),
        Member::method("error", "(...values: any[]): void", "Writes an error to the log.", |call| {
            lines(call, Level::Error)
        }),
    ],
    statics: &[],
    fields: None,
};

fn lines<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let parts: Vec<String> = (0..call.count()).map(|index| call.shown(index)).collect::<Result<_, _>>()?;
    call.log(level, parts.join(" "));
    Ok(call.undefined())
}

fn property<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let name = call.text(0)?;
    let value = call.host(|host| host.property(&name))?;
    call.give(&value.map_or(Value::Null, Value::Text))
}

fn set_property<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (name, value, description) = (call.text(0)?, plain(&call.value(1)?), call.optional_text(2)?);
    if name.is_empty() {
        return Err(call.type_error("setProperty: argument 1 must not be empty"));
    }
    call.plan(|host| host.set_property(&name, &value, description.as_deref()))?;
    Ok(call.undefined())
}

fn show<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let text = message::text(call, &call.text(0)?, "app", &call.value(1)?, None)?;
    call.shared.left.messages.borrow_mut().push((level, text));
    Ok(call.undefined())
}

/// Raises the event of arguments 0 and 1 with the parameters that begin at another one.
fn raise<'js>(call: &Call<'_, 'js>, method: &str, at_micros: Option<i64>, first: usize) -> Answer<'js> {
    let name = call.text(0)?;
    let record = call.argument_state::<Record>(1).filter(|record| !record.id().is_empty());
    let Some(record) = record else {
        return Err(call.type_error(&format!("{method}: argument 2 must be a saved record")));
    };
    let mut params = Vec::with_capacity(5);
    for index in first..first + 5 {
        let value = call.value(index)?;
        params.push(Some(plain(&value)).filter(|_| value != Value::Null));
    }
    let event = Event { name, record: Some((record.row_table(), record.id())), params, at_micros };
    call.plan(|host| host.event(&event))?;
    Ok(call.undefined())
}

fn later<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match moment_of(call, 2)? {
        Some(at) => raise(call, "eventQueueScheduled", Some(at.micros()), 3),
        None => Err(call.type_error("eventQueueScheduled: argument 3 must be a moment")),
    }
}

fn import<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let name = call.text(0)?;
    // What ships with the platform as a script is a class here, and there already.
    let is_class = || super::API.classes.iter().any(|class| class.name == name);
    if include(call, &name)? || is_class() {
        return Ok(call.give_flag(true));
    }
    Err(HostError::refused("no_such_include", format!("there is no script {name} to include")).into())
}
