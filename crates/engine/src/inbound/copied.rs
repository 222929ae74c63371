//! The people beside us whom a mail went to: the users among its To and Cc.

use super::Found;
use super::Work;
use super::mail_table::recipients;
use super::original::is_usable;
use super::sender::user_by_address;
use crate::id::Id;
use crate::limits::{COPIED_ADDRESSES_MAX, COPIED_USERS_MAX};
use crate::view::ViewError;

/// The active users in To and Cc, without the sender, in the order in which the mail names them.
pub fn users(work: &Work<'_>, found: &Found) -> Result<Vec<Id>, ViewError> {
    let sender = found.sender.user.as_ref().map(|user| user.id);
    let mut users: Vec<Id> = Vec::new();
    for address in addresses(work, found).into_iter().take(COPIED_ADDRESSES_MAX) {
        let Some(user) = user_by_address(&work.draft.reads, &address)? else { continue };
        if is_usable(&user) && Some(user.id) != sender && !users.contains(&user.id) {
            users.push(user.id);
        }
        if users.len() >= COPIED_USERS_MAX {
            break;
        }
    }
    Ok(users)
}

/// The addresses in To and Cc that are neither ours nor the sender's.
fn addresses(work: &Work<'_>, found: &Found) -> Vec<String> {
    let config = work.context.config;
    // `help+token@…` is our address, too.
    let untagged = |address: &str| {
        let (local, domain) = address.split_once('@')?;
        let (local, _) = local.split_once('+')?;
        Some(format!("{local}@{domain}"))
    };
    let ours = |address: &String| {
        config.is_own_address(address) || untagged(address).is_some_and(|plain| config.is_own_address(&plain))
    };
    recipients(work)
        .into_iter()
        .filter(|address| !ours(address) && *address != found.sender.address)
        .collect()
}
