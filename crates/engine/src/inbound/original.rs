//! Who wrote the mail that was forwarded, as far as it may count: a user, or a guest who can be written to.
//!
//! The block that says so was typed or copied by whoever forwards. It names a person whom the record is about; it never
//! lets anybody act as that person.

use rejoinder_mail::Address;

use super::sender::{makes_users_of, new_user, user_by_address};
use super::{Found, Work};
use crate::config::UnknownSender;
use crate::draft::ChangeError;
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
/// made for: ourselves, addresses that nobody reads, users who are locked or inactive, and strangers where the account
/// refuses them.
pub(super) fn sender(work: &Work<'_>) -> Result<Option<OriginalSender>, ViewError> {
    let Some(from) = work.facts.original.as_ref().and_then(|original| original.from.as_ref()) else {
        return Ok(None);
    };
    let address = from.normalized();
    if !from.is_valid() || from.is_no_reply() || work.context.config.is_own_address(&address) {
        return Ok(None);
    }
    let user = user_by_address(&work.draft.reads, &address)?;
    let taken = match &user {
        Some(user) => is_usable(user),
        None => work.account.unknown_sender != UnknownSender::Refuse,
    };
    if !taken {
        return Ok(None);
    }
    let name = match &user {
        Some(user) => user.text("name").to_owned(),
        None => name_of(from),
    };
    Ok(Some(OriginalSender { name, address, user }))
}

/// Makes a user of an original sender who is none, where a trusted sender forwards and the account makes users of the
/// domain.
pub(super) fn make_user(work: &mut Work<'_>, found: &Found) -> Result<(), ChangeError> {
    if !found.sender.is_trusted() {
        return Ok(());
    }
    let Some(original) = sender(work)?.filter(|original| original.user.is_none()) else { return Ok(()) };
    if makes_users_of(work, &original.address) {
        new_user(work, &original.name, &original.address)?;
    }
    Ok(())
}

fn name_of(from: &Address) -> String {
    from.name.clone().unwrap_or_else(|| from.email.clone())
}

/// Whether a user is active and not locked.
pub(super) fn is_usable(user: &Record) -> bool {
    user.get("active").is_true() && !user.get("locked").is_true()
}
