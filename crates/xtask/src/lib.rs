//! The checks that hold the shape of the house: which crate may use which, what a pure crate must not contain, where
//! SQL and the clock may stand, how long a file may be, which licences may come in.
//!
//! `cargo test -p xtask` runs them on this workspace (`tests/house.rs`); each check also has a test of its own on a
//! small bad example, so that it is known to be able to fail. Nothing here is part of the product, and nothing here
//! builds, downloads or changes anything: the checks read the source text, the lock file and `cargo metadata`.

pub mod architecture;
pub mod finding;
pub mod layers;
pub mod licences;
pub mod limit_tests;
pub mod lock_file;
pub mod packages;
pub mod purity;
pub mod scan;
pub mod shape;
pub mod spdx;
pub mod sql;
pub mod workspace;

pub use finding::{Finding, report};
pub use packages::Packages;
pub use workspace::Workspace;

/// Folders under `crates/` whose code is pure: no async, no clock, no randomness, no input or output.
pub const PURE_CRATES: [&str; 4] = ["mail", "script", "engine", "ruletest"];

/// Folders under `crates/` that serve only those who work on the product; nothing of them is shipped.
pub const WORKSHOP_CRATES: [&str; 3] = ["testkit", "testservers", "xtask"];
