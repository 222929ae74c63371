//! The listener and the clients over loopback: against raw conversations, against each other, and against servers
//! that break the protocol on purpose.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is how a test speaks"
)]

mod certificates;
mod client_faults;
mod client_sends;
mod fake_server;
mod imap_changes;
mod imap_reads;
mod keeper;
mod listener_limits;
mod listener_protocol;
mod listener_stop;
mod logins;
mod pop3;
mod round_trip;
mod steps;
