//! Plays a case in a world that is held against itself.

use std::sync::{Arc, Mutex};

use super::case::Case;
use super::world::World;

/// What the world found while a case was played: a digest of each plan, and how many verdicts were checked.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) verdicts: usize,
    pub(crate) hashes: Vec<String>,
}

/// What a case did: the outcome of each `expect` section, and what the world found.
pub(crate) struct Played {
    pub(crate) outcomes: Vec<String>,
    pub(crate) verdicts: usize,
    pub(crate) hashes: Vec<String>,
}

/// Plays all sections over records in memory.
pub(crate) fn play(case: &Case) -> Played {
    play_in(case, World::new())
}

/// Plays all sections in a world.
pub(crate) fn play_in(case: &Case, mut world: World) -> Played {
    let seen: Arc<Mutex<Seen>> = world.seen.clone();
    let played = rejoinder_ruletest::play(case, &mut world).unwrap_or_else(|error| panic!("{error}"));
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    Played { outcomes: played.outcomes, verdicts: seen.verdicts, hashes: seen.hashes }
}
