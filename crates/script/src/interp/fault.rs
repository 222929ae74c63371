//! From a JavaScript exception to an error that names the place in the administrator's source. Frames
//! of the sandbox's own code are left out of every stack.

use std::hash::{DefaultHasher, Hash, Hasher};

use rquickjs::{self as js, Ctx, Object};

use super::convert::{self, Halt};
use super::shared::{Shared, Stop};
use crate::{Location, ScriptError};

/// QuickJS's messages of conditions that have no type of their own.
const OUT_OF_MEMORY: &str = "out of memory";
const STACK_OVERFLOW: &str = "Maximum call stack size exceeded";
/// The name of the error that the bridge throws for members that do not exist.
pub(super) const NOT_SUPPORTED: &str = "NotSupported";

/// A number for a promise while it lives.
pub(super) fn identity(promise: &js::Value<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    promise.hash(&mut hasher);
    hasher.finish()
}

/// What a failed call of the interpreter means.
pub(super) fn of(ctx: &Ctx<'_>, shared: &Shared, error: js::Error) -> ScriptError {
    match error {
        js::Error::Exception => {
            let thrown = ctx.catch();
            of_value(ctx, shared, thrown)
        }
        js::Error::Allocation => out_of_memory(shared, None),
        other if ctx.has_exception() => {
            drop(other);
            let thrown = ctx.catch();
            of_value(ctx, shared, thrown)
        }
        other => ScriptError::Engine { message: other.to_string() },
    }
}

/// What a thrown value means.
pub(super) fn of_value<'js>(ctx: &Ctx<'js>, shared: &Shared, thrown: js::Value<'js>) -> ScriptError {
    // Out of memory may leave no room for an error object.
    if thrown.is_null() {
        return out_of_memory(shared, None);
    }
    let Some(error) = thrown.as_object().filter(|object| object.is_error()) else {
        let message = plain_text(ctx, shared, &thrown);
        return ScriptError::Thrown { message, host_code: None, at: None, stack: String::new() };
    };
    let stack = own_frames(shared, &property(ctx, error, "stack").unwrap_or_default());
    let at = stack.first().map(|(_, at)| at.clone());
    let name = property(ctx, error, "name").unwrap_or_default();
    let message = property(ctx, error, "message").unwrap_or_default();
    match (name.as_str(), message.as_str()) {
        ("InternalError", OUT_OF_MEMORY) => out_of_memory(shared, at),
        ("RangeError", STACK_OVERFLOW) => ScriptError::Stack { at },
        (NOT_SUPPORTED, _) => ScriptError::NotSupported {
            member: property(ctx, error, "member").unwrap_or(message),
            why: property(ctx, error, "why"),
            nearest: property(ctx, error, "nearest"),
            at,
        },
        ("SyntaxError", _) if is_parse_error(shared, &thrown, None) => ScriptError::Syntax { message, at },
        _ => ScriptError::Thrown {
            message: described(&name, &message),
            host_code: property(ctx, error, "code"),
            at,
            stack: stack.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n"),
        },
    }
}

/// What a stop means; the place is where the interrupt then met the script.
pub(super) fn of_stop(shared: &Shared, stop: Stop, met: Option<&ScriptError>) -> ScriptError {
    let at = met.and_then(ScriptError::location).cloned();
    match stop {
        Stop::Time => ScriptError::Time { limit_ms: shared.limits.time_ms, at },
        Stop::Memory => out_of_memory(shared, at),
        Stop::Queries => ScriptError::Queries { limit: shared.limits.queries, at },
        Stop::Rows => ScriptError::Rows { limit: shared.limits.rows, at },
        Stop::Effects => ScriptError::Effects { limit: shared.limits.effects, at },
        Stop::Aborted(message) => ScriptError::Aborted { message, at },
        Stop::Host(error) => ScriptError::Host { code: error.code, message: error.message, at },
    }
}

/// Whether the parser refused the script itself: then the stack is one line without a function. Code
/// that the script evaluates has frames of the script beneath it.
pub(super) fn is_parse_error(shared: &Shared, thrown: &js::Value<'_>, message: Option<&str>) -> bool {
    let Some(error) = thrown.as_object().filter(|object| object.is_error()) else { return false };
    let stack = property(thrown.ctx(), error, "stack").unwrap_or_default();
    let bare = stack
        .trim()
        .strip_prefix("at ")
        .and_then(|line| line.strip_prefix(shared.file.as_str()))
        .is_some_and(|rest| rest.starts_with(':') && !rest.contains(['(', '\n']));
    bare && message.is_none_or(|message| property(thrown.ctx(), error, "message").as_deref() == Some(message))
}

fn out_of_memory(shared: &Shared, at: Option<Location>) -> ScriptError {
    ScriptError::Memory { limit_bytes: shared.limits.memory_bytes, at }
}

fn described(name: &str, message: &str) -> String {
    match (name, message) {
        ("" | "Error", "") => "Error".to_owned(),
        ("" | "Error", message) => message.to_owned(),
        (name, "") => name.to_owned(),
        (name, message) => format!("{name}: {message}"),
    }
}

/// A thrown value that is no error, as text.
fn plain_text<'js>(ctx: &Ctx<'js>, shared: &Shared, thrown: &js::Value<'js>) -> String {
    match convert::from_js(ctx, shared, thrown) {
        Ok(value) => value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned),
        Err(halt) => {
            if let Halt::Js(_) = halt {
                drop(ctx.catch());
            }
            format!("a thrown {}", thrown.type_name())
        }
    }
}

/// A property as text; reading it may run code of the script, whose failure is no news here.
fn property(ctx: &Ctx<'_>, error: &Object<'_>, name: &str) -> Option<String> {
    error.get::<_, Option<String>>(name).unwrap_or_else(|_| {
        drop(ctx.catch());
        None
    })
}

/// The frames of a stack that are in the script, innermost first, each with its place.
fn own_frames(shared: &Shared, stack: &str) -> Vec<(String, Location)> {
    stack.lines().filter_map(|line| own_frame(shared, line)).collect()
}

/// `at name (file:line:column)` or, of the parser, `at file:line:column`.
fn own_frame(shared: &Shared, line: &str) -> Option<(String, Location)> {
    let frame = line.trim().strip_prefix("at ")?;
    let (rest, column) = frame.strip_suffix(')').unwrap_or(frame).rsplit_once(':')?;
    let (rest, line) = rest.rsplit_once(':')?;
    let (line, column): (u32, u32) = (line.parse().ok()?, column.parse().ok()?);
    let (function, at) = shared.frame(rest, line, column)?;
    let named = !matches!(function, "" | "<eval>" | "<anonymous>");
    Some((if named { format!("{function} ({at})") } else { at.to_string() }, at))
}
