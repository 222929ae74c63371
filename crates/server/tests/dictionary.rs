//! Tables and fields that an administrator makes and changes through the API while the program runs.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what fails ends the test with its place"
)]

#[path = "dictionary/changes.rs"]
mod changes;
#[path = "dictionary/errors.rs"]
mod errors;
#[path = "dictionary/shipped.rs"]
mod shipped;
#[path = "dictionary/tables.rs"]
mod tables;
#[path = "dictionary/world.rs"]
mod world;
