//! Scripts: what they reach (`host`), under which names ([`names`]), how they are run (`run`), and by hand ([`console`]).
//!
//! A script reads through the view of its decision and writes into the plan of it; nothing here waits, asks a clock
//! or reaches out.

pub mod console;
pub(crate) mod convert;
mod feed;
mod files;
mod filter;
pub(crate) mod host;
mod hours;
pub(crate) mod mail;
pub mod names;
mod people;
pub(crate) mod run;
mod tables;
pub(crate) mod told;

pub use rejoinder_script::{Vocabulary, prepare};

use crate::id::Id;

/// What a script that only answers is called in the trace.
pub(crate) const CONDITION: &str = "condition";

/// Whether the value of a condition is a yes: as JavaScript has it, but for the word `false`.
pub(crate) fn is_yes(value: &rejoinder_script::Value) -> bool {
    value.is_truthy() && value.as_text() != Some("false")
}

/// A script of a record, or of whoever asks.
#[derive(Debug, Clone, Copy)]
pub struct ScriptSource<'s> {
    /// What it is: `inbound_action`, `business_rule`, …
    pub kind: &'static str,
    /// The record that holds it.
    pub id: Option<Id>,
    /// The name that its errors carry.
    pub name: &'s str,
    /// Its text.
    pub text: &'s str,
    /// The names and classes that it uses.
    pub vocabulary: Vocabulary,
}
