//! The occasion on which a rule or action is asked: the time of the decision, the zone of the settings, and the
//! user whose change or mail it is.
//!
//! Only what a condition asks for is read, so that a decision is guarded by nothing else.

use std::borrow::Cow;

use crate::condition::{Condition, Occasion, Operator, resolve};
use crate::context::Context;
use crate::id::Id;
use crate::reads::Reads;
use crate::value::{Kind, Value};
use crate::view::{Query, ViewError};

/// The table of memberships.
const MEMBERS: &str = "group_member";

/// The condition as `user` asks it at the time of the decision.
pub fn resolved<'a>(
    reads: &Reads<'_>,
    context: Context<'_>,
    user: Option<Id>,
    condition: &'a Condition,
) -> Result<Cow<'a, Condition>, ViewError> {
    if !condition.is_open() {
        return Ok(Cow::Borrowed(condition));
    }
    let settings = &context.config.settings;
    let groups = match user {
        Some(user) if condition.asks_for_groups() => groups_of(reads, user)?,
        _ => Vec::new(),
    };
    let occasion = Occasion {
        now: context.now,
        time_zone: settings.time_zone().to_owned(),
        week_start: settings.week_start(),
        user,
        groups,
    };
    Ok(resolve(condition, &occasion))
}

/// The groups of a user, in the order of their ids.
pub fn groups_of(reads: &Reads<'_>, user: Id) -> Result<Vec<Id>, ViewError> {
    if reads.dictionary.table(MEMBERS).is_none() {
        return Ok(Vec::new());
    }
    let of_user = Condition::clause("user", Kind::Reference, Operator::Is, vec![Value::Ref(user)]);
    let members = reads.query(&Query::new(MEMBERS, of_user))?;
    let mut groups: Vec<Id> = members.iter().filter_map(|member| member.get("group").as_ref_id()).collect();
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}
