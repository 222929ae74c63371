//! Who wrote the mail that was forwarded, as far as it may count: a user, or a guest who can be written to.
//!
//! The block that says so was typed or copied by whoever forwards. It names a person whom the record is about; it never
//! lets anybody act as that person.

use rejoinder_mail::Address;

use super::Work;
use super::sender::user_by_address;
use crate::record::Record;
use crate::view::ViewError;

/// The original sender of a forwarded mail.
pub(super) struct OriginalSender {
    /// The name beside the address, or the user's.
    pub(super) name: String,
    /// The address, in its normal form.
    pub(super) address: String,
    /// The user with this address.
    pub(super) user: Option<Record>,
}

impl OriginalSender {
    /// The address of one who is no user, as `contact_address` holds it; empty for a user.
    pub(super) fn guest(&self) -> &str {
        if self.user.is_some() { "" } else { &self.address }
    }
}

/// The original sender; none where the mail is no forward, names nobody with an address, or somebody whom no record is
/// made for: ourselves, addresses that nobody reads, and users who are locked or inactive.
pub(super) fn sender(work: &Work<'_>) -> Result<Option<OriginalSender>, ViewError> {
    let Some(from) = work.facts.original.as_ref().and_then(|original| original.from.as_ref()) else {
        return Ok(None);
    };
    let address = from.normalized();
    if !from.is_valid() || from.is_no_reply() || work.context.config.is_own_address(&address) {
        return Ok(None);
    }
    let user = user_by_address(&work.draft.reads, &address)?;
    if user.as_ref().is_some_and(|user| !is_usable(user)) {
        return Ok(None);
    }
    let name = match &user {
        Some(user) => user.text("name").to_owned(),
        None => name_of(from),
    };
    Ok(Some(OriginalSender { name, address, user }))
}

fn name_of(from: &Address) -> String {
    from.name.clone().unwrap_or_else(|| from.email.clone())
}

/// Whether a user is active and not locked.
pub(super) fn is_usable(user: &Record) -> bool {
    user.get("active").is_true() && !user.get("locked").is_true()
}
