//! Who takes part in a record: its caller, its assignee, its approver, its followers, and people we mailed about it.

use super::sender::{Sender, user_by_address};
use crate::id::Id;
use crate::plan::Authenticity;
use crate::reads::Reads;
use crate::record::Record;
use crate::view::ViewError;

/// The fields of a record that name its participants.
const REFERENCES: [&str; 4] = ["caller", "assigned_user", "opened_by", "approver"];
/// The field that lists its followers.
const FOLLOWERS: &str = "followers";

/// The field with the address of a caller who is no user.
const CONTACT: &str = "contact_address";

/// Whether the sender takes part in `record`.
pub fn is_participant(reads: &Reads<'_>, record: &Record, sender: &Sender) -> Result<bool, ViewError> {
    if sender.user.as_ref().is_some_and(|user| takes_part(record, user.id)) {
        return Ok(true);
    }
    if is_contact(record, sender) {
        return Ok(true);
    }
    if sender.address.is_empty() || sender.authenticity == Authenticity::Failed {
        return Ok(false);
    }
    reads.view.was_mailed(&record.key(), &sender.address)
}

/// Whether a field of the record names the user.
pub fn takes_part(record: &Record, user: Id) -> bool {
    let follows = || record.get(FOLLOWERS).items().iter().any(|item| *item == user.to_string());
    REFERENCES.iter().any(|field| record.get(field).as_ref_id() == Some(user)) || follows()
}

/// Whether the sender is the record's caller: the user, or the guest whose address it names instead of one.
pub fn is_caller(record: &Record, sender: &Sender) -> bool {
    match record.get("caller").as_ref_id() {
        Some(caller) => sender.user.as_ref().is_some_and(|user| user.id == caller),
        None => is_contact(record, sender),
    }
}

/// Whether the record's caller is reached at `address`: the user's first or second one, or that of a guest.
pub fn reaches_caller(reads: &Reads<'_>, record: &Record, address: &str) -> Result<bool, ViewError> {
    let address = rejoinder_mail::Address::new(address).normalized();
    match record.get("caller").as_ref_id() {
        Some(caller) => Ok(user_by_address(reads, &address)?.is_some_and(|user| user.id == caller)),
        None => Ok(rejoinder_mail::Address::new(record.text(CONTACT)).normalized() == address),
    }
}

/// Whether the record names the sender's address. Whoever failed the check is not the owner of the address.
fn is_contact(record: &Record, sender: &Sender) -> bool {
    !sender.address.is_empty()
        && sender.authenticity != Authenticity::Failed
        && rejoinder_mail::Address::new(record.text(CONTACT)).normalized() == sender.address
}
