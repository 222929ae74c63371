//! What plays a case: packs read from their folders, records in memory, steps, and the telling of outcomes.
//!
//! The store's tests include this folder and play the same cases beside a database.

pub(crate) mod beside;
pub(crate) mod case;
pub(crate) mod loading;
pub(crate) mod mailing;
pub(crate) mod memory;
pub(crate) mod play;
pub(crate) mod tell;
pub(crate) mod verdict;
pub(crate) mod world;
