//! *Test connection*: tries what an account will do, step by step, and says of each how it went, in the server's words,
//! and what to do about what failed. Saves nothing, reads no mail and sends none.
//!
//! A step is known from the network crate; what belongs to the account (folders, lists) is added here. No password is
//! ever in a report.

mod report;
mod steps;
mod subject;
mod try_out;

pub use report::{Part, Report, State, TestStep};
pub use subject::Subject;
pub use try_out::{Limits, test};
