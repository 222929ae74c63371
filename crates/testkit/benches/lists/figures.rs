//! Times as people read them, and what the system says of a process.

use std::time::Duration;

/// The times of one kind of request.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// The time within which so many of a thousand were answered.
    pub(crate) fn within(&self, of_thousand: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * of_thousand).div_ceil(1_000).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn line(&self, what: &str) -> String {
        let [p50, p95, p99, max] = [500, 950, 990, 1_000].map(|part| millis(self.within(part)));
        format!(
            "  {what:<40} {:>5} times  p50 {p50:>7.2}  p95 {p95:>7.2}  p99 {p99:>7.2}  max {max:>7.2} ms",
            self.0.len()
        )
    }
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// A line of a file below `/proc/PID/`, its number.
fn number(process: u32, file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().find_map(|word| word.parse().ok()));
    number.unwrap_or_default()
}

/// Resident memory in MB: now, and the most it ever was.
pub(crate) fn memory(process: u32) -> (u64, u64) {
    let of = |name| number(process, "status", name) / 1_024;
    (of("VmRSS:"), of("VmHWM:"))
}

/// Bytes that it has caused to be written to the disk.
pub(crate) fn written(process: u32) -> u64 {
    number(process, "io", "write_bytes:")
}
