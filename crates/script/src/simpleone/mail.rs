//! What content scripts and inbound scripts are given: `email`, `template`, `event`, `logger`.

use std::cell::Cell;
use std::rc::Rc;

use crate::Value;
use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call, Fields};
use crate::letter::{self, Kind};

/// `email`.
pub(crate) static OUTBOUND: Class = Class {
    name: "SimpleEmailOutbound",
    doc: "The mail that is being written. It is sent by the rule that the script belongs to.",
    constructor: "",
    make: None,
    members: &[
        Member::method(
            "addAddress",
            "(address: string, name?: string): void",
            "Adds a recipient. An address that cannot be one is left out, with a warning in the log.",
            |call| letter::add(call, Kind::To, 0),
        ),
        Member::method("addAddressCc", "(address: string, name?: string): void", "Adds a copy.", |call| {
            letter::add(call, Kind::Cc, 0)
        }),
        Member::method(
            "addAddressBcc",
            "(address: string, name?: string): void",
            "Adds a blind copy.",
            |call| letter::add(call, Kind::Bcc, 0),
        ),
        Member::method("getAddresses", "(): string[]", "The addresses of the recipients.", |call| {
            letter::addresses(call, Kind::To)
        }),
        Member::method("getAddressesCc", "(): string[]", "The addresses of the copies.", |call| {
            letter::addresses(call, Kind::Cc)
        }),
        Member::method("getAddressesBcc", "(): string[]", "The addresses of the blind copies.", |call| {
            letter::addresses(call, Kind::Bcc)
        }),
        Member::method("getSubject", "(): string", "The subject.", letter::subject),
        Member::method("setSubject", "(subject: string): void", "Writes the subject.", letter::set_subject),
        Member::method("getBody", "(): string", "The body, HTML.", letter::body),
        Member::method("setBody", "(html: string): void", "Replaces the body.", letter::set_body),
        Member::method(
            "getFrom",
            "(): string",
            "The sender; empty where it is that of the sending account.",
            |call| call.give_text(&letter::with(call, |letter| letter.from.clone())?),
        ),
        Member::method(
            "setFrom",
            "(address: string): void",
            "The sender in the header, `name <address>` too; the account that sends stays the same. An address that \
             does not match the pattern of `email.validation.reg_exp` is an error.",
            letter::set_from,
        ),
        Member::method(
            "getReplyTo",
            "(): string",
            "Where answers go; empty where it is the sender.",
            |call| call.give_text(&letter::with(call, |letter| letter.reply_to.clone())?),
        ),
        Member::method(
            "setReplyTo",
            "(address: string): void",
            "Where answers go; checked as the address of `setFrom`.",
            letter::set_reply_to,
        ),
    ],
    statics: &[],
    fields: None,
};

/// `template`.
pub(crate) static PRINTER: Class = Class {
    name: "SimpleTemplatePrinter",
    doc: "Prints into the text of the mail, where the script stands in it.",
    constructor: "",
    make: None,
    members: &[
        Member::method("print", "(text: any): void", "Prints text, HTML.", letter::print),
        Member::method("space", "(count?: number): void", "Prints so many spaces that HTML keeps.", |call| {
            let count = letter::space(call)?;
            call.state::<Cell<usize>>()?.set(count);
            Ok(call.undefined())
        }),
        Member::method("getPrint", "(): string", "What was printed so far.", |call| {
            let printed = call.shared.left.printed.borrow().clone();
            call.shared.cross_border(printed.len())?;
            call.give_text(&printed)
        }),
        Member::method("getSpace", "(): number", "How many spaces were printed last.", spaces),
    ],
    statics: &[],
    fields: None,
};

/// The printer of a run.
pub(super) fn printer<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.object(&PRINTER, Rc::new(Cell::new(0_usize)))
}

#[expect(clippy::cast_precision_loss, reason = "as many spaces do not fit the memory of a run")]
fn spaces<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(call.state::<Cell<usize>>()?.get() as f64))
}

/// `event`.
pub(crate) static EVENT: Class = Class {
    name: "SimpleEvent",
    doc: "The event that the script is about: `instance`, the id of its record, and `param_1` to `param_5`.",
    constructor: "",
    make: None,
    members: &[Member::variable(
        "state",
        "string",
        "`stop_processing` leaves out the actions that would come after this one.",
        crate::occasion::state,
        crate::occasion::set_state,
    )],
    statics: &[],
    fields: Some(EVENT_FIELDS),
};

const EVENT_FIELDS: Fields = crate::occasion::FIELDS;

/// `logger`.
pub(crate) static LOGGER: Class = Class {
    name: "SimpleLogger",
    doc: "The log of the run.",
    constructor: "",
    make: None,
    members: crate::occasion::LOGGER_MEMBERS,
    statics: &[],
    fields: None,
};

/// The incoming mail as a plain object.
pub(super) fn incoming<'js>(call: &Call<'_, 'js>, properties: &[(String, Value)]) -> Answer<'js> {
    call.give(&Value::Map(properties.to_vec()))
}
