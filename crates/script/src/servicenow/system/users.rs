//! The user as whom the script runs, as `gs` tells of them.

use std::rc::Rc;

use crate::User;
use crate::describe::Member;
use crate::interp::kit::{Answer, Call};
use crate::servicenow::user;

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method("getUserID", "(): string", "The id of the user as whom the script runs.", |call| {
        told(call, |user| &user.id)
    }),
    Member::method("userID", "(): string", "The same as `getUserID`.", |call| told(call, |user| &user.id)),
    Member::method("getUserName", "(): string", "Their login name.", |call| told(call, |user| &user.login)),
    Member::method("getUserDisplayName", "(): string", "Their name.", |call| told(call, |user| &user.name)),
    Member::method(
        "getUserNameByUserID",
        "(login: string): string",
        "The name of the user of a login name; empty where there is none.",
        |call| {
            let login = call.text(0)?;
            let found = call.read(|host| host.user_called(&login))?;
            call.give_text(&found.map(|user| user.name).unwrap_or_default())
        },
    ),
    Member::method("getUser", "(): GlideUser", "The user as whom the script runs.", |call| {
        user::object(call, Rc::clone(&call.shared.user(call)?))
    }),
    Member::method(
        "hasRole",
        "(roles: string): boolean",
        "Whether they have one of these roles, separated by commas; who has `admin` has all.",
        |call| {
            let roles = call.text(0)?;
            Ok(call.give_flag(user::has_role(&*call.shared.user(call)?, &roles)))
        },
    ),
    Member::method(
        "hasRoleInGroup",
        "(role: string, group: string): boolean",
        "Whether they have a role and are in a group, by its id or name.",
        |call| {
            let (role, group) = (call.text(0)?, call.text(1)?);
            let user = call.shared.user(call)?;
            Ok(call.give_flag(user::has_role(&user, &role) && user::is_in(&user, &group)))
        },
    ),
];

fn told<'js>(call: &Call<'_, 'js>, what: fn(&User) -> &String) -> Answer<'js> {
    let user = call.shared.user(call)?;
    call.give_text(what(&user))
}
