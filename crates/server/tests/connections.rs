//! Connections to real mail servers: what the connection test says of each fault, and that mail goes out over them
//! without one account waiting for another.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails ends the test with its place")]

#[path = "connections/faults.rs"]
mod faults;
#[path = "connections/sending.rs"]
mod sending;
#[path = "connections/stalls.rs"]
mod stalls;
#[path = "connections/trial.rs"]
mod trial;
#[path = "connections/world.rs"]
mod world;
