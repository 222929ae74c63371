//! Who asks ([`who`]: tokens and sessions), whether their browser was made to ask ([`origin`]), what their token is for
//! ([`scopes`]), and what they may do ([`rights`]).
//!
//! Each operation takes the caller whom it needs: [`Caller`], who works on records, [`Anybody`], who is signed in in
//! any role, or [`MailAdmin`].

mod address;
mod origin;
mod rights;
mod scopes;
mod who;

pub(super) use address::client_address;
pub(super) use origin::{COOKIE, refuse_foreign, session_cookie};
pub(super) use rights::MailAdmin;
pub(super) use scopes::{SCOPES, holds};
pub(super) use who::{Anybody, Caller, Way, recognised};
