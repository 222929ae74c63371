//! Real mail servers for tests: Dovecot and Postfix from the distribution's packages, certificates made on the spot,
//! and a proxy that breaks conversations where a test says. Everything listens on loopback, on free ports, in
//! temporary folders, and is stopped and removed when it is dropped, also when the test process is killed.
//!
//! Depends on no crate of ours, so that the tests of each may use it. What cannot be started is an `Err` with a
//! sentence; after the start a failure here is a failure of the test, so that errors are panics with a sentence.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a harness that cannot go on ends its test"
)]

mod certificates;
mod dovecot;
mod folder;
mod installation;
mod maildir;
mod port;
mod postfix;
mod process;
mod proxy;
mod silent;
mod smtp;
mod wait;

pub use certificates::{Certificates, Kind, Leaf};
pub use dovecot::{Dovecot, DovecotBuilder, StoredMail, Tls};
pub use installation::{installed, left_out};
pub use postfix::{Postfix, PostfixBuilder};
pub use proxy::{Fault, FaultProxy, Rule, When};
pub use silent::{Sink, refused_address};
pub use smtp::{Reply, SmtpConversation};
pub use wait::until;
