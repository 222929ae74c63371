//! `gs`: the log, settings, users, messages, events, dates and texts. Its members are by theme in the
//! modules beneath.

mod dates;
mod events;
mod log;
mod messages;
mod periods;
mod session;
mod settings;
pub(super) mod texts;
mod users;

use crate::describe::{Class, Member, joined};

pub(crate) use session::CLASS as SESSION;

const COUNT: usize = log::MEMBERS.len()
    + settings::MEMBERS.len()
    + users::MEMBERS.len()
    + messages::MEMBERS.len()
    + events::MEMBERS.len()
    + dates::MEMBERS.len()
    + periods::MEMBERS.len()
    + texts::MEMBERS.len()
    + session::MEMBERS.len();

static MEMBERS: [Member; COUNT] = joined(&[
    log::MEMBERS,
    settings::MEMBERS,
    users::MEMBERS,
    messages::MEMBERS,
    events::MEMBERS,
    dates::MEMBERS,
    periods::MEMBERS,
    texts::MEMBERS,
    session::MEMBERS,
]);

/// `gs`.
pub(crate) static GS: Class = Class {
    name: "GlideSystem",
    doc: "The system: log, settings, the user as whom the script runs, messages, events, dates and texts.",
    constructor: "",
    make: None,
    members: &MEMBERS,
    statics: &[],
    fields: None,
};
