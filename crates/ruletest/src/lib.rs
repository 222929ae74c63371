//! Rule tests: case files hold records, mails, changes and a time, and what is to come of them. Here they are read and
//! played over records in memory, with the rules of packs, by the same decisions as everywhere else.
//!
//! Pure: it is given the texts of packs and cases, and gives texts. Must not decide anything itself: what a mail or a
//! change means is the engine's.

pub mod beside;
pub mod case;
pub mod compare;
pub mod error;
pub mod junit;
pub mod limits;
pub mod memory;
pub mod named;
pub mod packs;
pub mod play;
pub mod tell;
pub mod words;
pub mod world;

mod letter;
mod view;

pub use case::Case;
pub use compare::{Verdict, verdict};
pub use error::{CaseError, Fault};
pub use packs::Base;
pub use play::{Played, play};
pub use world::World;
