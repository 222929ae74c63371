//! Cursors: where a page ended, as a text that clients give back and do not read.
//!
//! It names the list that it is of by a digest, so that one of another list, another order or another condition is
//! refused; taken for a place in this list it would silently leave rows out.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::tx::SqlValue;

/// Bytes of the digest: enough that no two lists of one client meet.
const DIGEST_BYTES: usize = 9;

/// The place of one row in its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The values that it is sorted by, as they are compared.
    pub(super) values: Vec<SqlValue>,
    /// What decides last.
    pub(super) last: String,
}

#[derive(Serialize, Deserialize)]
struct Written(String, Vec<Part>, String);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Part {
    Int(i64),
    Text(String),
    Null,
}

/// The digest of what makes a list, part by part.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    BASE64URL_NOPAD.encode(hash.finalize().get(..DIGEST_BYTES).unwrap_or_default())
}

impl Place {
    /// The cursor of the page that begins behind this place.
    pub(super) fn write(self, digest: &str) -> Result<String, StoreError> {
        let values = self.values.into_iter().map(|value| match value {
            SqlValue::Int(number) => Part::Int(number),
            SqlValue::Text(text) => Part::Text(text),
            SqlValue::Null | SqlValue::Blob(_) => Part::Null,
        });
        let written = Written(digest.to_owned(), values.collect(), self.last);
        Ok(BASE64URL_NOPAD.encode(&serde_json::to_vec(&written)?))
    }

    /// The place that a cursor of the list with this digest names.
    pub(super) fn read(cursor: &str, digest: &str) -> Result<Self, StoreError> {
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| StoreError::BadCursor)?;
        let written: Written = serde_json::from_slice(&bytes).map_err(|_| StoreError::BadCursor)?;
        let Written(of, values, last) = written;
        if of != digest {
            return Err(StoreError::BadCursor);
        }
        let values = values.into_iter().map(|value| match value {
            Part::Int(number) => SqlValue::Int(number),
            Part::Text(text) => SqlValue::from(text),
            Part::Null => SqlValue::Null,
        });
        Ok(Self { values: values.collect(), last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_by_its_own_list_only() {
        let place = || Place {
            values: vec![SqlValue::Int(i64::MIN), SqlValue::Null, SqlValue::Text("Принтер \"2\"".to_owned())],
            last: "id".to_owned(),
        };
        let cursor = place().write(&digest(&["a", "bc"])).unwrap();
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
        assert_eq!(Place::read(&cursor, &digest(&["a", "bc"])).unwrap(), place());
        for other in [digest(&["ab", "c"]), String::new()] {
            assert!(matches!(Place::read(&cursor, &other), Err(StoreError::BadCursor)));
        }
        let cut = cursor.get(..cursor.len() - 4).unwrap();
        for broken in ["", "1700000000.0123", "%%%", cut] {
            assert!(
                matches!(Place::read(broken, &digest(&["a", "bc"])), Err(StoreError::BadCursor)),
                "{broken}"
            );
        }
    }
}
