//! The log of `gs`. Whatever a script logs, logging it does not fail.

use rquickjs as js;

use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::interp::shared::MAX_LOG_LINE_BYTES;
use crate::{Level, Value};

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method(
        "info",
        FILLED,
        "Writes to the log of the run; `{0}` to `{4}` stand for what follows.",
        |call| filled(call, Level::Info),
    ),
    Member::method("warn", FILLED, "Writes a warning to the log of the run.", |call| {
        filled(call, Level::Warning)
    }),
    Member::method("error", FILLED, "Writes an error to the log of the run.", |call| {
        filled(call, Level::Error)
    }),
    Member::method("debug", FILLED, "Writes to the log of the run, for finding defects.", |call| {
        filled(call, Level::Debug)
    }),
    Member::method("log", SOURCED, "Writes to the log of the run.", |call| sourced(call, Level::Info)),
    Member::method("logWarning", SOURCED, "Writes a warning to the log of the run.", |call| {
        sourced(call, Level::Warning)
    }),
    Member::method("logError", SOURCED, "Writes an error to the log of the run.", |call| {
        sourced(call, Level::Error)
    }),
    Member::method("print", "(message: any): void", "Writes to the log of the run.", |call| {
        sourced(call, Level::Info)
    }),
    Member::method(
        "isDebugging",
        "(): boolean",
        "Whether lines for finding defects are kept: always.",
        |call| Ok(call.give_flag(true)),
    ),
];

const FILLED: &str = "(message: any, ...values: any[]): void";
const SOURCED: &str = "(message: any, source?: string): void";

/// An argument as it is logged: as `String(…)` has it, objects that say nothing that way as JSON. Fails
/// only when the run is over.
pub(in crate::servicenow) fn printed(call: &Call<'_, '_>, index: usize) -> Result<String, Halt> {
    let value = call.raw(index);
    if value.is_undefined() {
        return Ok("undefined".to_owned());
    }
    if value.is_null() {
        return Ok("null".to_owned());
    }
    match call.text_of(&value) {
        Ok(text) if text == "[object Object]" => call.shown(index),
        Ok(text) => Ok(text),
        Err(Halt::Stop(stop)) => Err(stop.into()),
        Err(halt) => {
            quiet(call, halt)?;
            call.shown(index)
        }
    }
}

/// Takes back an exception that came of converting a value, unless it ends the run.
fn quiet(call: &Call<'_, '_>, halt: Halt) -> Result<(), Halt> {
    drop(halt);
    if call.ctx.has_exception() {
        let thrown: js::Value<'_> = call.ctx.catch();
        if thrown.is_uncatchable_error() {
            return Err(Halt::Js(call.ctx.throw(thrown)));
        }
    }
    Ok(())
}

/// Puts values into the places `{0}`, `{1}` … of a text; places without a value stay. Ends where a line of
/// the log is cut: many places of a long value would be more than memory holds.
fn fill(text: &str, values: &[String]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if filled.len() > MAX_LOG_LINE_BYTES {
            return filled;
        }
        let place = after.split_once('}').and_then(|(number, after)| {
            let value = number.parse::<usize>().ok().and_then(|number| values.get(number))?;
            Some((value, after))
        });
        match place {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn filled<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let text = printed(call, 0)?;
    let values: Vec<String> =
        (1..call.count()).map(|index| printed(call, index)).collect::<Result<_, _>>()?;
    call.log(level, fill(&text, &values));
    Ok(call.undefined())
}

fn sourced<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let text = printed(call, 0)?;
    let line = match call.count() {
        0 | 1 => text,
        _ if call.is_missing(1) => text,
        _ => format!("{}: {text}", printed(call, 1)?),
    };
    call.log(level, line);
    Ok(call.undefined())
}

/// The values of a list, or one value alone, as texts.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().map(crate::record::plain).collect(),
        other => vec![crate::record::plain(other)],
    }
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn places_without_a_value_stay() {
        let values = ["a".to_owned(), "{0}".to_owned()];
        assert_eq!(fill("{0} {1} {2} {x} {", &values), "a {0} {2} {x} {");
        assert_eq!(fill("{{0}}", &values), "{a}");
        let long = ["x".repeat(5_000)];
        assert_eq!(fill(&"{0}".repeat(1_000), &long).len(), 10_000);
    }
}
