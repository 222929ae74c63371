//! `GlideUser`: a user, their roles and groups.

use std::rc::Rc;

use rquickjs::function::This;
use rquickjs::object::Property;
use rquickjs::{Array, Function};

use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::plain;
use crate::{User, Value};

/// The table of users in this vocabulary.
const USERS: &str = "sys_user";

/// `GlideUser`.
pub(crate) static CLASS: Class = Class {
    name: "GlideUser",
    doc: "A user, their roles and groups.",
    constructor: "",
    make: None,
    members: &[
        Member::method("getID", "(): string", "The id.", |call| call.give_text(&own(call)?.id)),
        Member::method("getName", "(): string", "The login name.", |call| call.give_text(&own(call)?.login)),
        Member::method("getDisplayName", "(): string", "The name.", |call| call.give_text(&own(call)?.name)),
        Member::method("getFullName", "(): string", "The name.", |call| call.give_text(&own(call)?.name)),
        Member::method(
            "getFirstName",
            "(): string",
            "The first name: that of the record, or the first word of the name.",
            |call| {
                let stored = stored(call, "first_name")?;
                let name = &own(call)?.name;
                let first = name.split_once(' ').map_or(name.as_str(), |(first, _)| first);
                call.give_text(if stored.is_empty() { first } else { &stored })
            },
        ),
        Member::method(
            "getLastName",
            "(): string",
            "The last name: that of the record, or what follows the first word of the name.",
            |call| {
                let stored = stored(call, "last_name")?;
                let name = &own(call)?.name;
                let last = name.split_once(' ').map_or("", |(_, last)| last);
                call.give_text(if stored.is_empty() { last } else { &stored })
            },
        ),
        Member::method("getEmail", "(): string", "The mail address.", |call| {
            call.give_text(&own(call)?.email)
        }),
        Member::method("getCompanyID", "(): string", "The id of their company; empty without one.", |call| {
            call.give_text(&stored(call, "company")?)
        }),
        Member::method(
            "getDepartmentID",
            "(): string",
            "The id of their department; empty without one.",
            |call| call.give_text(&stored(call, "department")?),
        ),
        Member::method("getManagerID", "(): string", "The id of their manager; empty without one.", |call| {
            call.give_text(&stored(call, "manager")?)
        }),
        Member::method("getLanguage", "(): string", "The code of their language.", |call| {
            call.give_text(&own(call)?.language)
        }),
        Member::method("getTZ", "(): string", "The name of their time zone.", |call| {
            call.give_text(&own(call)?.zone)
        }),
        Member::method(
            "hasRole",
            "(roles: string): boolean",
            "Whether they have one of these roles, separated by commas; who has `admin` has all.",
            |call| {
                let roles = call.text(0)?;
                Ok(call.give_flag(has_role(&*own(call)?, &roles)))
            },
        ),
        Member::method("hasRoles", "(): boolean", "Whether they have any role.", |call| {
            Ok(call.give_flag(!own(call)?.roles.is_empty()))
        }),
        Member::method("getRoles", "(): string[]", "Their roles, those of their groups too.", |call| {
            list(call, &own(call)?.roles)
        }),
        Member::method(
            "isMemberOf",
            "(group: string): boolean",
            "Whether they are in a group, by its id or name.",
            |call| {
                let group = call.text(0)?;
                Ok(call.give_flag(is_in(&*own(call)?, &group)))
            },
        ),
        Member::method("getMyGroups", "(): string[]", "The ids of their groups.", |call| {
            let ids: Vec<String> = own(call)?.groups.iter().map(|(id, _)| id.clone()).collect();
            list(call, &ids)
        }),
        Member::method(
            "getUserByID",
            "(loginOrId: string): GlideUser | null",
            "Another user, by login name or id.",
            |call| {
                let name = call.text(0)?;
                match call.read(|host| host.user_called(&name))? {
                    Some(user) => object(call, Rc::new(user)),
                    None => Ok(call.null()),
                }
            },
        ),
        Member::method("toString", "(): string", "The name.", |call| call.give_text(&own(call)?.name)),
        Member::method("toJSON", "(): string", "The id.", |call| call.give_text(&own(call)?.id)),
        Member::refused("getPreference", "there are no preferences of users"),
        Member::refused("savePreference", "there are no preferences of users"),
        Member::refused("setPreference", "there are no preferences of users"),
    ],
    statics: &[],
    fields: None,
};

/// The object of a user.
pub(super) fn object<'js>(call: &Call<'_, 'js>, user: Rc<User>) -> Answer<'js> {
    call.object(&CLASS, user)
}

/// Whether a user has one of the roles, separated by commas.
pub(super) fn has_role(user: &User, roles: &str) -> bool {
    let has = |role: &str| user.roles.iter().any(|own| own == role);
    has("admin") || roles.split(',').map(str::trim).any(has)
}

/// Whether a user is in the group of an id or a name.
pub(super) fn is_in(user: &User, group: &str) -> bool {
    !group.is_empty() && user.groups.iter().any(|(id, name)| id == group || name == group)
}

fn own(call: &Call<'_, '_>) -> Result<Rc<User>, Halt> {
    call.state::<User>()
}

/// What the user's record has in a field; empty where it has none.
fn stored(call: &Call<'_, '_>, field: &str) -> Result<String, Halt> {
    let user = own(call)?;
    if user.id.is_empty() {
        return Ok(String::new());
    }
    let row = call.read(|host| host.get(USERS, &user.id))?;
    let value = row.and_then(|row| row.fields.into_iter().find(|(name, _)| name == field));
    Ok(value.map(|(_, value)| plain(&value)).unwrap_or_default())
}

/// An array that also has `size()` and `get(index)`, as lists of Java do.
pub(super) fn list<'js>(call: &Call<'_, 'js>, items: &[String]) -> Answer<'js> {
    let made = call.give(&Value::List(items.iter().cloned().map(Value::Text).collect()))?;
    if let Some(array) = made.as_object() {
        let size = Function::new(call.ctx.clone(), |this: This<Array<'js>>| this.0.len())?;
        let get = Function::new(call.ctx.clone(), |this: This<Array<'js>>, index: usize| {
            this.0.get::<rquickjs::Value<'js>>(index)
        })?;
        array.prop("size", Property::from(size).writable().configurable())?;
        array.prop("get", Property::from(get).writable().configurable())?;
    }
    Ok(made)
}
