//! Scripts: what they reach ([`host`]), under which names ([`names`]), and how they are run.
//!
//! A script reads through the view of its decision and writes into the plan of it; nothing here waits, asks a clock
//! or reaches out.

pub(crate) mod convert;
mod filter;
pub(crate) mod host;
pub(crate) mod mail;
pub mod names;
mod tables;
