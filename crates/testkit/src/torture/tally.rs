//! What was measured: times, memory, and the places of what was slow or ended badly.

use std::time::Duration;

/// The slowest mails that are named.
const SLOWEST: usize = 10;

/// Times and faults of a run.
pub struct Tally {
    /// Microseconds of each mail; made in full before the run, so that it does not grow with it.
    times: Vec<u32>,
    filled: usize,
    slowest: Vec<(Duration, u64)>,
    /// The places of mails that ended badly, each with what was said.
    pub faults: Vec<(u64, String)>,
}

impl Tally {
    /// Room for so many mails.
    pub fn new(mails: usize) -> Self {
        // Not zeros: pages of zeros come only when they are written to.
        Self { times: vec![u32::MAX; mails], filled: 0, slowest: Vec::new(), faults: Vec::new() }
    }

    /// Notes how long the mail at a place took.
    pub fn add(&mut self, place: u64, time: Duration) {
        if let Some(slot) = self.times.get_mut(self.filled) {
            *slot = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
            self.filled += 1;
        }
        if self.slowest.len() < SLOWEST || self.slowest.last().is_some_and(|(least, _)| time > *least) {
            self.slowest.push((time, place));
            self.slowest.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
            self.slowest.truncate(SLOWEST);
        }
    }

    /// The slowest mails: how long, and at which place.
    pub fn slowest(&self) -> &[(Duration, u64)] {
        &self.slowest
    }

    /// The times within which these thousandths of the mails were decided.
    pub fn within(&self, thousandths: &[usize]) -> Vec<Duration> {
        let mut sorted = self.times.get(..self.filled).unwrap_or_default().to_vec();
        sorted.sort_unstable();
        let at = |part: &usize| {
            let place = (sorted.len() * part).div_ceil(1_000).saturating_sub(1);
            Duration::from_micros(sorted.get(place).copied().unwrap_or_default().into())
        };
        thousandths.iter().map(at).collect()
    }
}

/// Resident memory of this process in kilobytes; 0 where the system does not say it.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_are_named_and_a_part_of_a_thousand_is_the_time_that_it_was_within() {
        let mut tally = Tally::new(1_000);
        (0..1_000_u64).for_each(|place| tally.add(place, Duration::from_micros(1_000 - place)));
        let times = tally.within(&[500, 999, 1_000]);
        assert_eq!(times, [500, 999, 1_000].map(Duration::from_micros));
        assert_eq!(tally.slowest().first(), Some(&(Duration::from_micros(1_000), 0)));
        assert_eq!(tally.slowest().len(), SLOWEST);
    }
}
