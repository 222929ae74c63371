//! `SimpleUserCriteria`: whether a user is one of those that a row of `user_criteria` names.

use std::rc::Rc;

use super::delegation;
use super::lookup::{self, term};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::{Row, User, Value};

/// Where criteria are kept.
const TABLE: &str = "user_criteria";

/// `SimpleUserCriteria`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleUserCriteria",
    doc: "Who is meant by a row of the table `user_criteria`: users, members of groups, holders of roles.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[Member::method(
        "userAcceptanceByCriteria",
        "(userId: string, criteria: string | string[], excludeDelegation?: boolean): boolean",
        "Whether a user fulfils one of the criteria, or stands in (`access`) for somebody who does.",
        accepts,
    )],
    statics: &[],
    fields: None,
};

fn accepts<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (id, alone) = (call.text(0)?, call.flag(2, false)?);
    let wanted: Vec<Value> = match call.value(1)? {
        Value::List(ids) => ids,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    if id.is_empty() || wanted.is_empty() {
        return Ok(call.give_flag(false));
    }
    let asked = vec![term("active", "=", true), term("sys_id", "IN", Value::List(wanted))];
    let criteria = lookup::rows(call, TABLE, asked)?;
    if criteria.is_empty() {
        return Ok(call.give_flag(false));
    }
    let mut users = vec![id.clone()];
    if !alone {
        let now = crate::date::run::now(call)?.text();
        let rows = delegation::of_type(call, "access", "delegate", &id, (&now, &now))?;
        users.extend(rows.iter().map(|row| lookup::text(row, "delegator")));
    }
    for id in users {
        if let Some(user) = user(call, &id)?
            && criteria.iter().any(|one| fulfils(&user, one))
        {
            return Ok(call.give_flag(true));
        }
    }
    Ok(call.give_flag(false))
}

fn user(call: &Call<'_, '_>, id: &str) -> Result<Option<User>, Halt> {
    let own = call.shared.user(call)?;
    if own.id == id {
        return Ok(Some((*own).clone()));
    }
    call.read(|host| host.user_called(id))
}

/// Whether a user is one of those that a criterion names; one that names nobody is fulfilled by nobody.
fn fulfils(user: &User, criterion: &Row) -> bool {
    let parts = [
        (lookup::list(criterion, "users"), vec![user.id.clone()]),
        (lookup::list(criterion, "groups"), user.groups.iter().map(|(id, _)| id.clone()).collect()),
        (lookup::list(criterion, "roles"), user.roles.clone()),
    ];
    let mut named = parts.iter().filter(|(wanted, _)| !wanted.is_empty()).peekable();
    if named.peek().is_none() {
        return false;
    }
    let mut held = named.map(|(wanted, own)| wanted.iter().any(|one| own.contains(one)));
    if lookup::flag(criterion, "match_all") { held.all(|held| held) } else { held.any(|held| held) }
}
