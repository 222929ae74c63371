//! The program as a process of its own between real mail servers: people write with their mail programs over Postfix,
//! their mailboxes and the help desk's are Dovecot's, and everything in between goes over TLS with logins.
//!
//! Certificates are made on the spot. Where the servers are not installed, the tests are left out; with CI=true they
//! fail.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails ends the test with its place"
)]

mod faulty;
mod reading;
mod scenario;

mod world;
