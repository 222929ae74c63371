//! Where time and randomness enter, and where a thread may wait. Everything else is handed values.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rejoinder_engine::id::Seed;
use rejoinder_engine::time::Timestamp;

/// The clock and the source of seeds: the machine's, or fixed ones for tests and rehearsals.
#[derive(Clone)]
pub struct Env(Arc<Inner>);

enum Inner {
    Machine,
    Fixed(Mutex<Fixed>),
}

struct Fixed {
    now: Timestamp,
    seed: Seed,
    drawn: u64,
}

/// The machine cannot give randomness.
#[derive(Debug, thiserror::Error)]
#[error("the machine gives no randomness: {0}")]
pub struct NoEntropy(String);

impl Env {
    /// The machine's clock and randomness.
    pub fn machine() -> Self {
        Self(Arc::new(Inner::Machine))
    }

    /// A clock that stands at `now` until it is moved, and seeds counted from `seed`.
    pub fn fixed(now: Timestamp, seed: u64) -> Self {
        let seed = Seed::new([0; 32]).derive(&format!("fixed:{seed}"));
        Self(Arc::new(Inner::Fixed(Mutex::new(Fixed { now, seed, drawn: 0 }))))
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        match self.0.as_ref() {
            Inner::Machine => machine_now(),
            Inner::Fixed(fixed) => fixed.lock().unwrap_or_else(PoisonError::into_inner).now,
        }
    }

    /// Moves a fixed clock; the machine's cannot be moved.
    pub fn advance(&self, micros: i64) {
        if let Inner::Fixed(fixed) = self.0.as_ref() {
            let mut fixed = fixed.lock().unwrap_or_else(PoisonError::into_inner);
            fixed.now = fixed.now.plus(micros);
        }
    }

    /// A seed that nobody else has.
    pub fn seed(&self) -> Result<Seed, NoEntropy> {
        match self.0.as_ref() {
            Inner::Machine => machine_seed(),
            Inner::Fixed(fixed) => {
                let mut fixed = fixed.lock().unwrap_or_else(PoisonError::into_inner);
                fixed.drawn += 1;
                Ok(fixed.seed.derive(&fixed.drawn.to_string()))
            }
        }
    }
}

fn machine_now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where time enters")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn machine_seed() -> Result<Seed, NoEntropy> {
    let mut bytes = [0_u8; 32];
    #[expect(clippy::disallowed_methods, reason = "this is the one place where randomness enters")]
    getrandom::fill(&mut bytes).map_err(|error| NoEntropy(error.to_string()))?;
    Ok(Seed::new(bytes))
}

/// Waits on a blocking thread, for the moment in which another holds what this one needs.
pub fn pause(time: Duration) {
    let nobody = Mutex::new(());
    let guard = nobody.lock().unwrap_or_else(PoisonError::into_inner);
    // Nobody signals: the time-out is the wait.
    drop(Condvar::new().wait_timeout(guard, time));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_when_told_and_its_seeds_can_be_repeated() {
        let (one, two) = (Env::fixed(Timestamp::from_micros(5), 1), Env::fixed(Timestamp::from_micros(5), 1));
        one.advance(10);
        assert_eq!(one.now().micros(), 15);
        assert_eq!(one.seed().unwrap(), two.seed().unwrap());
        assert_ne!(one.seed().unwrap(), Env::fixed(Timestamp::from_micros(5), 2).seed().unwrap());
    }

    #[test]
    fn the_machine_gives_another_seed_each_time() {
        assert_ne!(Env::machine().seed().unwrap(), Env::machine().seed().unwrap());
        assert!(Env::machine().now().micros() > 1_700_000_000_000_000);
    }
}
