//! Signed references to records: the watermark in a mail, the token in an address, our Message-IDs.
//!
//! A token is 42 base32 characters: the record's id (16 bytes), the minute of its issue since 2020 (4) and a
//! signature (6, HMAC-SHA-256 cut). A Message-ID carries the mail's id, the record's id and a signature of ten
//! bytes. Keys are retired, never deleted, so that an answer finds its record after years.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::id::Id;
use crate::time::{MINUTE, Timestamp};

/// Characters of a token.
pub const TOKEN_CHARS: usize = 42;
/// What stands before a token in a text: `rj.` and the token.
pub const WATERMARK: &str = "rj.";
/// 2020-01-01 00:00 UTC in microseconds: tokens count minutes from here, enough for eight thousand years.
const EPOCH_2020: i64 = 1_577_836_800_000_000;
/// Bytes of a token's signature.
const TOKEN_SIGNATURE: usize = 6;
/// Bytes of a Message-ID's signature.
const MESSAGE_ID_SIGNATURE: usize = 10;

/// A key that signs, or once did.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name.
    pub id: String,
    /// Its bytes, at least 32.
    pub secret: Vec<u8>,
    /// Whether it only checks.
    pub retired: bool,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, …)", self.id)
    }
}

/// All keys; the first one that is not retired signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys(pub Vec<SigningKey>);

/// A token whose signature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The record that it leads to.
    pub record: Id,
    /// When it was issued, to the minute.
    pub issued: Timestamp,
}

/// A Message-ID of ours whose signature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnMessageId {
    /// The mail.
    pub email: Id,
    /// The record that it speaks of.
    pub record: Option<Id>,
}

impl Keys {
    fn sign(key: &SigningKey, what: &[&[u8]], length: usize) -> Vec<u8> {
        // HMAC takes keys of any length, so this cannot fail; an empty signature never equals one of ours.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.secret) else { return Vec::new() };
        for part in what {
            mac.update(part);
        }
        mac.finalize().into_bytes().get(..length).unwrap_or_default().to_vec()
    }

    fn signer(&self) -> Option<&SigningKey> {
        self.0.iter().find(|key| !key.retired)
    }

    fn holds(&self, what: &[&[u8]], signature: &[u8], length: usize) -> bool {
        signature.len() == length
            && self.0.iter().any(|key| {
                let expected = Self::sign(key, what, length);
                // Every byte is compared, so that the time does not tell how many are right.
                expected.iter().zip(signature).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
            })
    }

    /// The token of `record`, issued now; `None` where there is no key.
    pub fn token(&self, record: Id, now: Timestamp) -> Option<String> {
        let minutes = u32::try_from((now.micros() - EPOCH_2020) / MINUTE).unwrap_or(0).to_be_bytes();
        let signature = Self::sign(self.signer()?, &[b"token", &record.bytes(), &minutes], TOKEN_SIGNATURE);
        let bytes = [&record.bytes()[..], &minutes, &signature].concat();
        Some(data_encoding::BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
    }

    /// Reads a token; `None` where it is none or its signature does not hold.
    pub fn read_token(&self, text: &str) -> Option<Token> {
        if text.len() != TOKEN_CHARS {
            return None;
        }
        let bytes = data_encoding::BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        let (record, rest) = bytes.split_first_chunk::<16>()?;
        let (minutes, signature) = rest.split_first_chunk::<4>()?;
        if !self.holds(&[b"token", record, minutes], signature, TOKEN_SIGNATURE) {
            return None;
        }
        let issued = Timestamp::from_micros(EPOCH_2020 + i64::from(u32::from_be_bytes(*minutes)) * MINUTE);
        Some(Token { record: id_of(record)?, issued })
    }

    /// The Message-ID (without angle brackets) of a mail of ours.
    pub fn message_id(&self, email: Id, record: Option<Id>, domain: &str) -> Option<String> {
        let record_bytes = record.map_or([0; 16], |id| id.bytes());
        let what: [&[u8]; 3] = [b"message-id", &email.bytes(), &record_bytes];
        let signature = Self::sign(self.signer()?, &what, MESSAGE_ID_SIGNATURE);
        let part = |bytes: &[u8]| data_encoding::BASE32_NOPAD.encode(bytes).to_ascii_lowercase();
        let record_part = record.map_or_else(|| "0".to_owned(), |id| part(&id.bytes()));
        Some(format!(
            "{}.{record_part}.{}@{}",
            part(&email.bytes()),
            part(&signature),
            domain.to_ascii_lowercase()
        ))
    }

    /// Reads a Message-ID; `None` where it is not ours or its signature does not hold.
    pub fn read_message_id(&self, text: &str) -> Option<OwnMessageId> {
        let local = text.split('@').next()?;
        let mut parts = local.split('.');
        let (email, record, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let bytes =
            |part: &str| data_encoding::BASE32_NOPAD.decode(part.to_ascii_uppercase().as_bytes()).ok();
        let email = bytes(email)?;
        let record = if record == "0" { vec![0; 16] } else { bytes(record)? };
        if !self.holds(&[b"message-id", &email, &record], &bytes(signature)?, MESSAGE_ID_SIGNATURE) {
            return None;
        }
        let none = record.iter().all(|byte| *byte == 0);
        let record = if none { None } else { Some(id_of(record.first_chunk::<16>()?)?) };
        Some(OwnMessageId { email: id_of(email.first_chunk::<16>()?)?, record })
    }
}

fn id_of(bytes: &[u8; 16]) -> Option<Id> {
    data_encoding::HEXLOWER.encode(bytes).parse().ok()
}

/// The tokens that stand in a text behind [`WATERMARK`], in order, each with the line it stands on.
pub fn find_tokens(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in text.lines() {
        let lower = line.to_ascii_lowercase();
        let mut rest = lower.as_str();
        while let Some((_, after)) = rest.split_once(WATERMARK) {
            let token: String =
                after.chars().take_while(|c| c.is_ascii_lowercase() || ('2'..='7').contains(c)).collect();
            rest = after;
            if token.len() == TOKEN_CHARS {
                found.push((token, line.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;

    fn keys() -> Keys {
        Keys(vec![SigningKey { id: "k1".into(), secret: vec![1; 32], retired: false }])
    }

    fn record() -> Id {
        Seed::new([9; 32]).id("record", now())
    }

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-23T12:00:30Z").unwrap()
    }

    #[test]
    fn a_token_leads_to_its_record_and_knows_its_minute() {
        let token = keys().token(record(), now()).unwrap();
        assert_eq!(token.len(), TOKEN_CHARS);
        let read = keys().read_token(&token).unwrap();
        assert_eq!(read.record, record());
        assert_eq!(read.issued.rfc3339(), "2026-11-23T12:00:00.000000Z");
        assert!(keys().read_token(&token.to_ascii_uppercase()).is_some(), "clients change the case");
    }

    #[test]
    fn a_changed_character_or_another_key_is_refused() {
        let token = keys().token(record(), now()).unwrap();
        for place in 0..TOKEN_CHARS - 1 {
            let mut changed: Vec<u8> = token.bytes().collect();
            changed[place] = if changed[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(keys().read_token(&String::from_utf8(changed).unwrap()), None, "at {place}");
        }
        let other = Keys(vec![SigningKey { id: "k2".into(), secret: vec![2; 32], retired: false }]);
        assert_eq!(other.read_token(&token), None);
    }

    #[test]
    fn a_retired_key_still_checks_and_never_signs() {
        let token = keys().token(record(), now()).unwrap();
        let mut rotated = keys();
        rotated.0[0].retired = true;
        assert_eq!(rotated.token(record(), now()), None);
        rotated.0.push(SigningKey { id: "k2".into(), secret: vec![2; 32], retired: false });
        assert!(rotated.read_token(&token).is_some());
        assert_ne!(rotated.token(record(), now()).unwrap(), token);
    }

    #[test]
    fn a_message_id_carries_mail_and_record_within_128_characters() {
        let email = Seed::new([8; 32]).id("email", now());
        let id = keys().message_id(email, Some(record()), "Help.Example").unwrap();
        assert!(
            id.len() <= 128
                && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".@".contains(&b))
        );
        assert_eq!(keys().read_message_id(&id), Some(OwnMessageId { email, record: Some(record()) }));
        let bare = keys().message_id(email, None, "x").unwrap();
        assert_eq!(keys().read_message_id(&bare), Some(OwnMessageId { email, record: None }));
        assert_eq!(keys().read_message_id("abc.0.def@x"), None);
    }

    #[test]
    fn tokens_are_found_in_text_with_their_line() {
        let token = keys().token(record(), now()).unwrap();
        let text = format!("Hello\n> Ref: RJ.{} \nrj.short", token.to_ascii_uppercase());
        let found = find_tokens(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, token);
        assert!(found[0].1.starts_with("> Ref"));
    }
}
