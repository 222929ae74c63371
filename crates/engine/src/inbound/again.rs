//! A mail that is decided once more: what it did stays, what it did not do is decided anew.
//!
//! Effects are keyed by the mail and by who brought them about: an action by its id, or one of the words below for what
//! is done without an action. Whoever has had its effects on a mail has them no second time. The decision has a seed and
//! a time of its own, so that what it makes never has the identity of what was made before.

use super::{Arrival, DecideError, decide_from};
use crate::context::Context;
use crate::id::Id;
use crate::plan::{Done, Plan, Redecided, Unit};
use crate::record::RecordKey;
use crate::time::Timestamp;
use crate::view::without::Without;

/// Why an action is not run that has had its effects on the mail.
pub const DONE_BEFORE: &str = "done_before";
/// Done without an action: an automatic answer was noted on its record.
pub const AUTOMATIC_ANSWER: &str = "automatic_answer";
/// Done without an action: a delivery report was noted, and settled its deliveries.
pub const DELIVERY_REPORT: &str = "delivery_report";
/// Done without an action: it was noted that the content cannot be read.
pub const ENCRYPTED: &str = "encrypted";
/// Done without an action: the text was filed where only agents see it.
pub const WORK_NOTE: &str = "work_note";

/// What a mail has done so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The mail's row; `None` where no decision came to its end.
    pub email: Option<Id>,
    /// How often it was decided anew before.
    pub decision: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// What has had its effects.
    pub done: Vec<Done>,
    /// The record that it was filed on.
    pub record: Option<RecordKey>,
    /// The records that it made, of those it is on.
    pub created: Vec<RecordKey>,
    /// The digests of the files that it has put on records.
    pub files: Vec<String>,
}

/// Decides a mail once more for `by`, in a unit of its own. What is applied is refused where somebody else has decided it
/// meanwhile.
pub fn decide_again(
    context: Context<'_>,
    arrival: &Arrival,
    before: &Before,
    (unit, by): (Unit, &str),
) -> Result<Plan, DecideError> {
    let without = before.email.map(|email| Without { view: context.view, email });
    let view = without.as_ref().map_or(context.view, |view| view);
    let mut plan = decide_from(Context { view, ..context }, arrival, Some(before))?;
    if let Unit::Arrival { email, state, why, .. } = std::mem::replace(&mut plan.unit, unit) {
        let known = before.email == Some(email);
        let (arrival, decision, by) = (arrival.id, before.decision, by.to_owned());
        let received_at = before.received_at;
        plan.again = Some(Redecided { arrival, decision, received_at, email, known, by, state, why });
    }
    Ok(plan)
}
