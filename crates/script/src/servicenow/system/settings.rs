//! Settings and the dictionary, as `gs` tells them.

use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method(
        "getProperty",
        "(name: string, otherwise?: any): string",
        "The value of a setting; what is given for it where there is none, or null.",
        |call| {
            let name = call.text(0)?;
            match call.host(|host| host.property(&name))? {
                Some(value) => call.give_text(&value),
                None if call.is_missing(1) => Ok(call.null()),
                None => Ok(call.raw(1)),
            }
        },
    ),
    Member::method(
        "setProperty",
        "(name: string, value: any, description?: string): void",
        "Plans another value of a setting.",
        |call| {
            let (name, value, description) = (call.text(0)?, call.text(1)?, call.optional_text(2)?);
            call.plan(|host| host.set_property(&name, &value, description.as_deref()))?;
            Ok(call.undefined())
        },
    ),
    Member::method("tableExists", "(table: string): boolean", "Whether there is such a table.", |call| {
        let name = call.text(0)?;
        match call.shared.table(call, &name) {
            Ok(_) => Ok(call.give_flag(true)),
            Err(Halt::Host(_)) => Ok(call.give_flag(false)),
            Err(halt) => Err(halt),
        }
    }),
    Member::method(
        "getDisplayColumn",
        "(table: string): string",
        "The field whose value stands for the records of a table.",
        |call| {
            let info = call.shared.table(call, &call.text(0)?)?;
            call.give_text(&info.display)
        },
    ),
    Member::method(
        "getDisplayValueFor",
        "(table: string, id: string, field: string): string",
        "How a field of a record is shown.",
        display,
    ),
    Member::method(
        "getCurrentScopeName",
        "(): string",
        "The name of the script's scope: `global`.",
        |call| call.give_text("global"),
    ),
    Member::method(
        "include",
        "(name: string): boolean",
        "Evaluates the script include of a name; an error where there is none.",
        |call| {
            let name = call.text(0)?;
            if crate::servicenow::include::load(call, &name)? {
                return Ok(call.give_flag(true));
            }
            let message = format!("there is no script include {name}");
            Err(crate::HostError::refused("no_such_include", message).into())
        },
    ),
    Member::refused("executeNow", "a scheduled job is run from its page"),
    Member::refused("workflowFlush", "there are no workflows"),
];

fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (table, id, field) = (call.text(0)?, call.text(1)?, call.text(2)?);
    let shown = call.read(|host| host.display(&table, &id, Some(&field)))?;
    call.give_text(&shown)
}
