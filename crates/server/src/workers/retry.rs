//! When a delivery is tried again (design 8.3; RFC 5321, 4.5.4.1). Pure.

use rejoinder_engine::id::Id;
use rejoinder_engine::time::{HOUR, MINUTE, Timestamp};

/// Minutes before the second, third, … attempt; the last one repeats.
const MINUTES: [i64; 7] = [1, 5, 10, 20, 40, 60, 120];
/// The span is moved by up to a tenth of it, so that mail that failed together does not come back together.
const JITTER_TENTHS: i64 = 10;

/// The moment of the next attempt; `None` where the delivery has been tried for long enough.
pub fn next_attempt(
    delivery: Id,
    attempts: i64,
    first_attempt: Timestamp,
    now: Timestamp,
    retry_hours: u32,
) -> Option<Timestamp> {
    let place = usize::try_from(attempts.max(1) - 1).unwrap_or(MINUTES.len());
    let [.., last] = MINUTES;
    let span = MINUTES.get(place).copied().unwrap_or(last) * MINUTE;
    let [.., draw] = delivery.bytes();
    let jitter = span / JITTER_TENTHS * i64::from(draw) / i64::from(u8::MAX);
    let next = now.plus(span + jitter);
    (next <= first_attempt.plus(i64::from(retry_hours) * HOUR)).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rejoinder_engine::id::Seed;

    fn spans(hours: u32) -> Vec<i64> {
        let id = Seed::new([4; 32]).id("d", Timestamp::from_micros(0));
        let first = Timestamp::from_micros(0);
        let mut now = first;
        let mut spans = Vec::new();
        for attempts in 1.. {
            let Some(next) = next_attempt(id, attempts, first, now, hours) else { break };
            spans.push((next.micros() - now.micros()) / MINUTE);
            now = next;
        }
        spans
    }

    #[test]
    fn the_first_attempts_follow_the_table_and_then_come_every_two_hours() {
        let spans = spans(120);
        for (place, minutes) in MINUTES.iter().enumerate() {
            let span = spans[place];
            assert!((*minutes..=minutes + minutes / 10 + 1).contains(&span), "{place}: {span}");
        }
        assert!(spans.iter().skip(7).all(|span| (120..=132).contains(span)));
    }

    #[test]
    fn it_ends_after_the_time_that_the_setting_names() {
        let total: i64 = spans(120).iter().sum();
        assert!((117 * 60..=120 * 60).contains(&total), "{total}");
        assert!(spans(0).is_empty());
    }
}
