//! Whose mail an action takes, and with whose rights it runs.

use super::{Found, Work};
use crate::access::{Person, Rights};
use crate::config::{Action, RunAs};
use crate::occasion::groups_of;
use crate::plan::Why;
use crate::view::ViewError;

/// Why the action does not take the mail of its sender; `None` where it does.
pub(super) fn not_taken(work: &Work<'_>, found: &Found, action: &Action) -> Result<Option<Why>, ViewError> {
    let sender = &found.sender;
    if !action.senders.is_anybody() && !is_listed(work, found, action)? {
        let text = format!("{} is none of the senders that it is for", sender.name);
        return Ok(Some(Why::new("not_the_sender", text)));
    }
    if action.run_as == RunAs::Sender && sender.user.is_none() {
        let text = "it has the rights of its sender, and a guest has none";
        return Ok(Some(Why::new("no_rights", text)));
    }
    Ok(None)
}

/// Whether one of the action's lists names the sender. A guest is on none.
fn is_listed(work: &Work<'_>, found: &Found, action: &Action) -> Result<bool, ViewError> {
    let Some(user) = &found.sender.user else { return Ok(false) };
    let listed = &action.senders;
    if listed.users.contains(&user.id)
        || user.get("roles").items().iter().any(|role| listed.roles.contains(role))
    {
        return Ok(true);
    }
    if listed.groups.is_empty() {
        return Ok(false);
    }
    Ok(groups_of(&work.draft.reads, user.id)?.iter().any(|group| listed.groups.contains(group)))
}

/// The rights of the user who sent the mail. Whoever is not proven to be that user has none of their roles; guests have
/// no rights.
pub(super) fn of_sender(work: &Work<'_>, found: &Found) -> Result<Option<Rights>, ViewError> {
    let (sender, context) = (&found.sender, work.context);
    let Some(user) = &sender.user else { return Ok(None) };
    let mut person = Person::of(user, context.config, &work.draft.reads, context.now)?;
    if sender.restricted {
        person.roles.clear();
    }
    Ok(Some(Rights::Person(person)))
}

/// The rights of the action; an error sentence where its sender has none.
pub(super) fn rights_of(work: &Work<'_>, found: &Found, action: &Action) -> Result<Rights, String> {
    if action.run_as == RunAs::System {
        return Ok(Rights::Program);
    }
    let rights = of_sender(work, found).map_err(|error| error.to_string())?;
    rights.ok_or_else(|| "it has the rights of its sender, and a guest has none".to_owned())
}

/// Does something with these rights.
pub(super) fn with_rights<'a, T>(
    work: &mut Work<'a>,
    rights: Rights,
    body: impl FnOnce(&mut Work<'a>) -> T,
) -> T {
    let before = std::mem::replace(&mut work.draft.rights, rights);
    let done = body(work);
    work.draft.rights = before;
    done
}
