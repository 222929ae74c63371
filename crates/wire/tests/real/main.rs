//! The clients against real servers from Debian's packages, started on free ports of this machine and stopped again.
#![expect(clippy::unwrap_used, reason = "a failed expectation is how a test speaks")]

mod imap;
mod pop3;
mod servers;
mod smtp;
