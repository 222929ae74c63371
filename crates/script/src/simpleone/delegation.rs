//! `SimpleDelegation`: who stands in for whom, from the table `delegation`.

use std::rc::Rc;

use rquickjs as js;

use super::lookup::{self, term};
use super::record;
use crate::date::moment_of;
use crate::date::run::now;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, plain};
use crate::{Row, Value};

/// Where delegations are kept.
const TABLE: &str = "delegation";
/// What is delegated.
const TYPES: [&str; 4] = ["access", "approvals", "tasks", "notifications"];

/// `SimpleDelegation`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleDelegation",
    doc: "Who stands in for whom. Without a time it is now that is asked about.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[
        Member::method(
            "getDelegatesOfType",
            "(type: 'access' | 'approvals' | 'tasks' | 'notifications', delegatorId: string, from?: any, to?: any): \
             SimpleRecord[]",
            "The users who stand in for a user.",
            |call| users(call, "delegator", "delegate"),
        ),
        Member::method(
            "getDelegatorsOfType",
            "(type: 'access' | 'approvals' | 'tasks' | 'notifications', delegateId: string, from?: any, to?: any): \
             SimpleRecord[]",
            "The users whom a user stands in for.",
            |call| users(call, "delegate", "delegator"),
        ),
        Member::method(
            "hasDelegationOfType",
            "(type: 'access' | 'approvals' | 'tasks' | 'notifications', delegatorIds: string[], delegateId: string, \
             from?: any, to?: any): boolean",
            "Whether a user stands in for one of these.",
            has,
        ),
    ],
    statics: &[],
    fields: None,
};

/// The delegations of a type in which the user has this part, between two moments.
pub(super) fn of_type(
    call: &Call<'_, '_>,
    kind: &str,
    part: &str,
    user: &str,
    (from, to): (&str, &str),
) -> Result<Vec<Row>, Halt> {
    if user.is_empty() {
        return Ok(Vec::new());
    }
    let asked = vec![term("active", "=", true), term(part, "=", user)];
    let mut rows = lookup::rows(call, TABLE, asked)?;
    rows.retain(|row| {
        let (starts, ends) = (lookup::text(row, "starts_at"), lookup::text(row, "ends_at"));
        // Moments as texts sort as moments.
        lookup::list(row, "types").iter().any(|own| own == kind)
            && (starts.is_empty() || starts.as_str() <= to)
            && (ends.is_empty() || ends.as_str() >= from)
    });
    Ok(rows)
}

/// The type of argument 0.
fn kind(call: &Call<'_, '_>) -> Result<String, Halt> {
    let kind = call.text(0)?;
    if TYPES.contains(&kind.as_str()) {
        return Ok(kind);
    }
    Err(call.type_error(&format!("argument 1 is one of {}, not '{kind}'", TYPES.join(", "))))
}

/// The span of two arguments: now where there is none, the first moment where there is one.
fn span(call: &Call<'_, '_>, first: usize) -> Result<(String, String), Halt> {
    let from = match moment_of(call, first)? {
        Some(from) => from,
        None => now(call)?,
    };
    let to = moment_of(call, first + 1)?.unwrap_or(from);
    Ok((from.text(), to.text()))
}

fn users<'js>(call: &Call<'_, 'js>, asked: &str, wanted: &str) -> Answer<'js> {
    let (kind, user, span) = (kind(call)?, call.text(1)?, span(call, 2)?);
    let rows = of_type(call, &kind, asked, &user, (&span.0, &span.1))?;
    let mut ids: Vec<String> = Vec::new();
    for id in rows.iter().map(|row| lookup::text(row, wanted)) {
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let users = js::Array::new(call.ctx.clone())?;
    for (index, id) in ids.iter().enumerate() {
        let record = Record::referenced(call, "user", id)?;
        users.set(index, call.object(&record::CLASS, record)?)?;
    }
    Ok(users.into_value())
}

fn has<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (kind, delegate, span) = (kind(call)?, call.text(2)?, span(call, 3)?);
    let delegators: Vec<String> = match call.value(1)? {
        Value::List(ids) => ids.iter().map(plain).collect(),
        id => vec![plain(&id)],
    };
    let rows = of_type(call, &kind, "delegate", &delegate, (&span.0, &span.1))?;
    let has = rows.iter().any(|row| delegators.contains(&lookup::text(row, "delegator")));
    Ok(call.give_flag(has))
}
