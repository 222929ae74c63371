//! What both vocabularies give a script about its occasion: the event, and a logger.

use std::cell::RefCell;
use std::rc::Rc;

use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call, Fields};
use crate::{Level, Value};

/// The state that leaves out later actions.
const STOP: &str = "stop_processing";

/// An event as scripts see it.
pub(crate) struct Event {
    values: Vec<(String, Value)>,
    state: RefCell<String>,
}

/// The object of an event.
pub(crate) fn event<'js>(
    call: &Call<'_, 'js>,
    class: &'static Class,
    values: &[(String, Value)],
) -> Answer<'js> {
    let own = values.iter().find(|(name, _)| name == "state").and_then(|(_, value)| value.as_text());
    let state = RefCell::new(own.unwrap_or_default().to_owned());
    call.object(class, Rc::new(Event { values: values.to_vec(), state }))
}

/// The values of an event; only its state is written.
pub(crate) const FIELDS: Fields = Fields {
    get: |call, name| {
        let event = call.state::<Event>()?;
        let value = event.values.iter().find(|(known, _)| known == name);
        value.map(|(_, value)| call.give(value)).transpose()
    },
    set: |call, name| Err(call.type_error(&format!("event.{name} cannot be written"))),
    has: |call, name| Ok(call.state::<Event>()?.values.iter().any(|(known, _)| known == name)),
    names: |call| Ok(call.state::<Event>()?.values.iter().map(|(name, _)| name.clone()).collect()),
};

/// Its state.
pub(crate) fn state<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let state = call.state::<Event>()?.state.borrow().clone();
    call.give_text(&state)
}

/// Writes its state.
pub(crate) fn set_state<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (event, state) = (call.state::<Event>()?, call.text(0)?);
    call.shared.left.stopped.set(state == STOP);
    *event.state.borrow_mut() = state;
    Ok(call.undefined())
}

/// What a logger has.
pub(crate) const LOGGER_MEMBERS: &[Member] = &[
    Member::method("log", "(message: any): void", "Writes to the log of the run.", |call| {
        log(call, Level::Info)
    }),
    Member::method("info", "(message: any): void", "The same as `log`.", |call| log(call, Level::Info)),
    Member::method(
        "debug",
        "(message: any): void",
        "Writes to the log of the run, for finding defects.",
        |call| log(call, Level::Debug),
    ),
    Member::method("warn", "(message: any): void", "Writes a warning to the log of the run.", |call| {
        log(call, Level::Warning)
    }),
    Member::method("error", "(message: any): void", "Writes an error to the log of the run.", |call| {
        log(call, Level::Error)
    }),
];

/// Writes argument 0 to the log.
pub(crate) fn log<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let text = if call.raw(0).is_undefined() { "undefined".to_owned() } else { call.shown(0)? };
    call.log(level, text);
    Ok(call.undefined())
}
