//! Global helper functions: they write to the log of the run, where SimpleOne's console would show it.

use crate::Level;
use crate::describe::Member;
use crate::interp::kit::{Answer, Call};

/// All of them.
pub(crate) static ALL: [Member; 8] = [
    Member::method("alert", "(value: any): void", "Writes to the log of the run.", log),
    Member::method("echo", "(value: any): void", "Writes to the log of the run.", log),
    Member::method(
        "print",
        "(value: any): number",
        "Writes to the log of the run; how many characters.",
        print,
    ),
    Member::method("json", "(value: any): void", "Writes a value as JSON to the log of the run.", json),
    Member::method(
        "print_r",
        "(value: any): void",
        "Writes a value to the log of the run, objects as JSON.",
        log,
    ),
    Member::method(
        "var_dump",
        "(value: any): void",
        "Writes the type of a value and the value as JSON to the log of the run.",
        dump,
    ),
    Member::method("setResult", "(value: any): void", "The value of a script that gives one.", |call| {
        let value = call.value(0)?;
        *call.shared.left.result.borrow_mut() = Some(value);
        Ok(call.undefined())
    }),
    Member::refused(
        "sleep",
        "a script does not wait; raise an event for later with ss.eventQueueScheduled, and go on in its action",
    ),
];

fn log<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    crate::occasion::log(call, Level::Info)
}

#[expect(clippy::cast_precision_loss, reason = "texts are bounded by the memory of a run")]
fn print<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let text = call.shown(0)?;
    let count = text.chars().count() as f64;
    call.log(Level::Info, text);
    Ok(call.give_number(count))
}

fn json<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let text = call.value(0)?.to_json().to_string();
    call.log(Level::Info, text);
    Ok(call.undefined())
}

fn dump<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let value = call.raw(0);
    let kind = match () {
        () if value.is_undefined() => "undefined",
        () if value.is_null() => "null",
        () if value.is_string() => "string",
        () if value.is_number() => "number",
        () if value.is_bool() => "boolean",
        () if value.is_array() => "array",
        () if value.is_function() => "function",
        () => "object",
    };
    let text = call.value(0)?.to_json();
    call.log(Level::Info, format!("{kind} {text}"));
    Ok(call.undefined())
}
