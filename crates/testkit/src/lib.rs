//! What tests and benchmarks share: a receiver with a raw log, a load of mails, damaged mails, a process that can be
//! killed.
//!
//! Everything listens on loopback, on ports that the system gives, in folders that are removed at the end. A
//! failure here is a failure of the test, so that errors are panics with a sentence.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a harness that cannot go on ends its test"
)]

pub mod api;
pub mod effects;
pub mod folder;
pub mod letters;
pub mod load;
pub mod postgres;
pub mod process;
pub mod random;
pub mod receiver;
pub mod smtp;
pub mod torture;
