//! Identifiers and the seed they are drawn from.
//!
//! A seed is stored with each unit of work; ids, Message-IDs and boundaries are derived from it by label,
//! so that a unit decided twice names the same things and collides in the database instead of acting twice.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::Timestamp;

/// The identity of a row: a UUID of version 7 (RFC 9562, 5.7), written as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(uuid::Uuid);

/// A text that is no identifier.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no identifier: 32 hex digits are expected")]
pub struct BadId(String);

impl Id {
    /// The sixteen bytes.
    pub fn bytes(&self) -> [u8; 16] {
        *self.0.as_bytes()
    }
}

impl FromStr for Id {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        if text.len() != 32 {
            return Err(BadId(text.chars().take(40).collect()));
        }
        uuid::Uuid::try_parse(text).map(Self).map_err(|_| BadId(text.to_owned()))
    }
}

impl TryFrom<String> for Id {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.to_string()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_simple())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The randomness of one unit of work: 32 bytes, drawn once at the edge and stored with the unit.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed from its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// A seed of its own for `label`: the same label gives the same seed, another label an unrelated one.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(label.as_bytes());
        Self(hash.finalize().into())
    }

    /// The identifier for `label`, ordered by `now` (milliseconds) as UUIDs of version 7 are.
    pub fn id(&self, label: &str, now: Timestamp) -> Id {
        let derived = self.derive(label).0;
        let mut random = [0_u8; 10];
        random.copy_from_slice(derived.first_chunk::<10>().unwrap_or(&[0; 10]));
        Id(uuid::Builder::from_unix_timestamp_millis(now.millis(), &random).into_uuid())
    }

    /// Sixteen bytes for MIME boundaries.
    pub fn boundary(&self, label: &str) -> [u8; 16] {
        let derived = self.derive(label).0;
        derived.first_chunk::<16>().copied().unwrap_or_default()
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({self})")
    }
}

impl From<Seed> for String {
    fn from(seed: Seed) -> Self {
        seed.to_string()
    }
}

impl TryFrom<String> for Seed {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        let decoded = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        decoded.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(Self).ok_or(BadId(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_gives_the_same_id_again_and_another_label_another() {
        let seed = Seed::new([7; 32]);
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        assert_eq!(seed.id("record:0", now), seed.id("record:0", now));
        assert_ne!(seed.id("record:0", now), seed.id("record:1", now));
    }

    #[test]
    fn ids_of_a_later_time_sort_later() {
        let seed = Seed::new([7; 32]);
        let early = seed.id("a", Timestamp::from_micros(1_700_000_000_000_000));
        let late = seed.id("a", Timestamp::from_micros(1_700_000_001_000_000));
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn an_id_survives_its_text() {
        let id = Seed::new([1; 32]).id("x", Timestamp::from_micros(0));
        assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        assert!("not-an-id".parse::<Id>().is_err());
    }
}
