//! `ss` and `console`: the log, settings, the user, events.

use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call};
use crate::{Level, Value};

/// `ss`.
pub(crate) static SS: Class = Class {
    name: "SimpleSystem",
    doc: "The system: log, settings, the user as whom the script runs, events.",
    constructor: "",
    make: None,
    members: &[
        Member::method("info", "(value: any): void", "Writes to the log of the run.", |call| {
            log(call, Level::Info)
        }),
        Member::method(
            "debug",
            "(value: any): void",
            "Writes to the log of the run, for finding defects.",
            |call| log(call, Level::Debug),
        ),
        Member::method("warning", "(value: any): void", "Writes a warning to the log of the run.", |call| {
            log(call, Level::Warning)
        }),
        Member::method("error", "(value: any): void", "Writes an error to the log of the run.", |call| {
            log(call, Level::Error)
        }),
        Member::method("getProperty", "(name: string): string | null", "The value of a setting.", property),
        Member::method("getUserID", "(): string", "The id of the user as whom the script runs.", user_id),
        Member::method("getUserId", "(): string", "The same as `getUserID`.", user_id),
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

fn log<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let text = if call.raw(0).is_undefined() { "undefined".to_owned() } else { call.shown(0)? };
    call.log(level, text);
    Ok(call.undefined())
}

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

fn user_id<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let user = call.shared.user(call)?;
    call.give_text(&user.id)
}
