//! Mails that were damaged in every way that we could think of, played through the whole decision.
//!
//! Which mail is played is said by a seed and its place alone, so that one that was slow or ended badly can be played
//! again: `cargo bench -p rejoinder-testkit --bench torture -- --seed 1 --only 4711`.

mod bases;
mod damage;
mod graft;
mod grow;
mod mutate;
mod tally;
mod world;

pub use bases::CORPORA;
pub use graft::Lead;
pub use mutate::Mutator;
pub use tally::{Tally, resident};
pub use world::{Played, World};

/// Mails are cut to this size, as the goals speak of mails below it.
pub const MAIL_BYTES: usize = 2_000_000;
