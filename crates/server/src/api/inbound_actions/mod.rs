//! What people who write inbound actions ask: what a mail would do, and what is wrong with the actions.

pub(super) mod decision;
pub(super) mod did;
pub(super) mod mail_table;
pub(super) mod try_mail;
pub(super) mod warnings;
