//! The session of `gs`. A run has none but its own: nobody is at a screen, and what is put into it ends
//! with the run.

use std::rc::Rc;

use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call};

/// The members of `gs`.
pub(super) const MEMBERS: &[Member] = &[
    Member::method("getSession", "(): GlideSession", "The session of the run.", |call| {
        call.object(&CLASS, Rc::new(Session))
    }),
    Member::method("isInteractive", "(): boolean", "Whether somebody is at the screen: never.", never),
    Member::method("isLoggedIn", "(): boolean", "Whether somebody is logged in: never.", never),
    Member::method("isMobile", "(): boolean", "Whether somebody is at a telephone: never.", never),
    Member::method(
        "setRedirect",
        "(address: any): void",
        "Does nothing: there is no screen to lead elsewhere.",
        |call| Ok(call.undefined()),
    ),
    Member::method(
        "setReturn",
        "(address: any): void",
        "Does nothing: there is no screen to lead elsewhere.",
        |call| Ok(call.undefined()),
    ),
];

struct Session;

/// `GlideSession`.
pub(crate) static CLASS: Class = Class {
    name: "GlideSession",
    doc: "The session of the run: nobody is at a screen.",
    constructor: "",
    make: None,
    members: &[
        Member::method("isInteractive", "(): boolean", "Whether somebody is at the screen: never.", never),
        Member::method("isLoggedIn", "(): boolean", "Whether somebody is logged in: never.", never),
        Member::method("getLanguage", "(): string", "The code of the user's language.", |call| {
            call.give_text(&call.shared.user(call)?.language)
        }),
        Member::method("getTimeZoneName", "(): string", "The name of the user's time zone.", |call| {
            call.give_text(&call.shared.user(call)?.zone)
        }),
        Member::method("getClientIP", "(): string | null", "The address of the browser: none.", |call| {
            Ok(call.null())
        }),
        Member::method(
            "putClientData",
            "(name: string, value: any): void",
            "Keeps a text until the run ends.",
            put,
        ),
        Member::method(
            "getClientData",
            "(name: string): string | null",
            "The text that was kept under a name.",
            get,
        ),
        Member::method("clearClientData", "(name: string): void", "Forgets the text of a name.", |call| {
            let name = call.text(0)?;
            call.shared.session.borrow_mut().retain(|(known, _)| *known != name);
            Ok(call.undefined())
        }),
        Member::method(
            "putProperty",
            "(name: string, value: any): void",
            "The same as `putClientData`.",
            put,
        ),
        Member::method("getProperty", "(name: string): string | null", "The same as `getClientData`.", get),
    ],
    statics: &[],
    fields: None,
};

#[expect(clippy::unnecessary_wraps, reason = "it is what members answer")]
fn never<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(false))
}

fn put<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (name, value) = (call.text(0)?, call.text(1)?);
    let mut session = call.shared.session.borrow_mut();
    session.retain(|(known, _)| *known != name);
    session.push((name, value));
    Ok(call.undefined())
}

fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let name = call.text(0)?;
    let session = call.shared.session.borrow();
    let found = session.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    drop(session);
    found.map_or_else(|| Ok(call.null()), |value| call.give_text(&value))
}
