//! What the filled database holds, worked out from a number alone: the same in every run, and known to whoever asks.

use rejoinder_engine::id::Id;
use rejoinder_engine::time::{SECOND, Timestamp};

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Incidents; each has five activities on average.
    pub(crate) incidents: u64,
    /// Users, among them the agents.
    pub(crate) users: u64,
}

/// The end of what was filled in: 28 November 2026, 00:00 UTC.
pub(crate) const END: i64 = 1_795_824_000;
/// Three years.
pub(crate) const SPAN: i64 = 3 * 365 * 86_400;
/// Groups of agents.
pub(crate) const GROUPS: u64 = 200;
/// Agents of each group.
pub(crate) const AGENTS: u64 = 5;
/// The states of what is being worked on.
pub(crate) const OPEN: [&str; 6] =
    ["registered", "assigned", "in_progress", "information_needed", "postponed", "external_processing"];

/// A number that looks drawn (splitmix64).
pub(crate) fn drawn(n: u64, salt: u64) -> u64 {
    let mut z = n.wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Below `limit`; small numbers come up more often, as one caller writes more than others.
pub(crate) fn skewed(n: u64, salt: u64, limit: u64) -> u64 {
    let of = 1 << 20;
    let square = (drawn(n, salt) % of) * (drawn(n, salt) % of);
    square / (of * of / limit.max(1)).max(1)
}

/// An id of version 7 (RFC 9562) of a moment.
pub(crate) fn id_at(micros: i64, n: u64, salt: u64) -> Id {
    let random = drawn(n, salt);
    let text = format!("{:012x}7{:03x}8{:015x}", micros / 1_000, random & 0xFFF, random >> 4);
    text.parse().expect("32 hex digits")
}

fn begin() -> i64 {
    (END - SPAN) * SECOND
}

/// The user of number `n`; the first [`GROUPS`] × [`AGENTS`] are agents.
pub(crate) fn user(n: u64) -> Id {
    id_at(begin() - 1_000, n, 1)
}

pub(crate) fn group(n: u64) -> Id {
    id_at(begin() - 2_000, n, 2)
}

impl Size {
    pub(crate) fn agents(self) -> u64 {
        (GROUPS * AGENTS).min(self.users / 2)
    }

    /// Which one of the agents of a group.
    pub(crate) fn agent_of(self, group: u64, which: u64) -> u64 {
        (group * AGENTS + which % AGENTS) % self.agents()
    }

    /// When the incident of number `n` was made.
    pub(crate) fn created(self, n: u64) -> Timestamp {
        let step = SPAN * SECOND / i64::try_from(self.incidents).expect("few incidents");
        let jitter = i64::try_from(drawn(n, 3) % 1_000_000).expect("below a million");
        Timestamp::from_micros(begin() + step * i64::try_from(n).expect("few incidents") + jitter)
    }

    pub(crate) fn incident(self, n: u64) -> Id {
        id_at(self.created(n).micros(), n, 4)
    }

    pub(crate) fn group_of(n: u64) -> u64 {
        skewed(n, 5, GROUPS)
    }

    pub(crate) fn caller_of(self, n: u64) -> u64 {
        skewed(n, 6, self.users)
    }

    /// What is older is nearly always closed.
    pub(crate) fn state_of(self, n: u64) -> &'static str {
        let dice = drawn(n, 7) % 1_000;
        let recent = n >= self.incidents - self.incidents / 50;
        let open = || OPEN.get(usize::try_from(dice % 6).unwrap_or(0)).copied().unwrap_or("registered");
        match (recent, dice) {
            (true, 0..700) | (false, 0..15) => open(),
            (true, _) | (false, 15..40) => "completed",
            (false, 40..45) => "rejected_by_user",
            (false, _) => "closed",
        }
    }

    /// Activities of the incident of number `n`: five on average, in pairs that have ten.
    pub(crate) fn activities_of(n: u64) -> u64 {
        let few = drawn(n / 2, 8) % 11;
        if n.is_multiple_of(2) { few } else { 10 - few }
    }
}
