//! The clients against real servers from Debian's packages, started on free ports of this machine and stopped again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a failed expectation is how a test speaks, and what is left out is said"
)]

mod dovecot;
mod imap;
mod pop3;
mod postfix;
mod smtp;
