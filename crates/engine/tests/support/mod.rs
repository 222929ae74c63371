//! What the engine's tests add to rule tests: the shipped packs from their folders, a world that holds every decision
//! against its repetition and its trace, and their own case files.
//!
//! The store's tests include this folder and play the same cases beside a database.

pub(crate) mod beside {
    //! What a database beside the memory is asked.
    #[allow(
        unused_imports,
        clippy::allow_attributes,
        reason = "the engine's own tests have no database"
    )]
    pub(crate) use rejoinder_ruletest::beside::{Beside, Unit};
}
pub(crate) mod case;
pub(crate) mod loading;
pub(crate) mod mailing;
pub(crate) mod memory {
    //! Records in memory.
    pub(crate) use rejoinder_ruletest::memory::Memory;
}
pub(crate) mod play;
pub(crate) mod verdict;
pub(crate) mod world;
