//! The running program: workers, use cases, REST API, settings, telemetry.
//!
//! Time and randomness enter in [`mod@env`]; only [`workers`] and [`ops`] bring the store, the engine and the network
//! together; [`api`] and the command line call [`ops`].

pub mod accept;
pub mod advice;
pub mod api;
pub mod app;
pub mod client;
pub mod connection;
pub mod demo;
pub mod env;
pub mod error;
pub mod install;
pub mod limits;
pub mod log;
pub mod numbers;
pub mod ops;
pub mod reading;
pub mod secrets;
pub mod serve;
pub mod stages;
pub mod stream;
pub mod tokens;
pub mod web;
pub mod workers;

pub use rejoinder_ruletest as ruletest;
pub use rejoinder_script as script;
pub use rejoinder_wire::endpoint as wire;
