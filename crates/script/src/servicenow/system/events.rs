//! Events, raised now or later.

use crate::Event;
use crate::date::moment_of;
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::Record;

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method(
        "eventQueue",
        "(name: string, record: GlideRecord | null, parm1?: any, parm2?: any, queue?: string): void",
        "Raises an event about a record, or about none.",
        |call| {
            let event = Event { params: vec![param(call, 2)?, param(call, 3)?], ..event(call)? };
            call.plan(|host| host.event(&event))?;
            Ok(call.undefined())
        },
    ),
    Member::method(
        "eventQueueScheduled",
        "(name: string, record: GlideRecord | null, parm1: any, parm2: any, when: GlideDateTime | string): void",
        "Raises an event at a moment; without a first parameter it is the record's display value.",
        scheduled,
    ),
];

fn scheduled<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let Some(when) = moment_of(call, 4)? else {
        return Err(call.type_error("eventQueueScheduled: argument 5 must be a GlideDateTime"));
    };
    let mut event = event(call)?;
    let first = match (param(call, 2)?, call.argument_state::<Record>(1)) {
        (None, Some(record)) => Some(record.display(call, None)?),
        (given, _) => given,
    };
    event.params = vec![first, param(call, 3)?];
    event.at_micros = Some(when.micros());
    call.plan(|host| host.event(&event))?;
    Ok(call.undefined())
}

/// The event of arguments 0 and 1.
fn event(call: &Call<'_, '_>) -> Result<Event, Halt> {
    let record = match call.argument_state::<Record>(1) {
        Some(record) => Some((record.row_table(), record.id())),
        None if call.is_missing(1) => None,
        None => {
            return Err(
                call.type_error("argument 2 must be a record or null: an id alone does not name its table")
            );
        }
    };
    Ok(Event { name: call.text(0)?, record, params: Vec::new(), at_micros: None })
}

fn param(call: &Call<'_, '_>, index: usize) -> Result<Option<String>, Halt> {
    call.optional_text(index)
}
