//! Decides: what an incoming mail becomes, who is told about a change, and what they read.
//!
//! Everything here is a function from values to a [`plan::Plan`] and a [`trace::Trace`]: the mail or
//! the event, a read [`view::View`] of the records, the time and a seed go in, the complete effect and
//! its complete reason come out. Nothing here waits, reads a clock, draws randomness, or writes.
//!
//! Reading order: [`value`], [`dictionary`], [`record`], [`condition`], [`view`], [`plan`], [`trace`];
//! then the pipelines.

pub mod access;
pub mod account;
pub mod automation;
pub mod condition;
pub mod config;
pub mod context;
pub mod date;
pub mod dictionary;
pub mod display;
pub mod draft;
pub mod duration;
pub mod events;
pub mod field_fault;
pub mod file;
pub mod fold;
pub mod id;
pub mod inbound;
pub mod limits;
pub mod names;
pub mod notify;
pub mod occasion;
pub mod pack;
pub mod plan;
pub mod reads;
pub mod record;
pub mod render;
pub mod request;
pub mod schedule;
pub mod script;
pub mod sealed;
pub mod setting;
pub mod system_tables;
pub mod template;
pub mod time;
pub mod token;
pub mod trace;
pub mod url;
pub mod value;
pub mod view;
