//! The form in which an encrypted field is kept: `x1:KEY:BASE64`, where `x1` names the scheme, KEY the key that it
//! was encrypted with, and the rest is nonce and ciphertext.
//!
//! Decisions, records, change rows, events and traces hold nothing but this form. Must not know keys: encrypting and
//! decrypting is the server's.

use std::fmt;

use data_encoding::BASE64_NOPAD;

/// The scheme: XChaCha20-Poly1305, a nonce of 24 bytes, then the ciphertext with its tag of 16.
pub const SCHEME: &str = "x1";
/// The characters of a key's name: lower-case hex digits.
pub const KEY_ID_CHARS: usize = 8;
/// Nonce and tag: what is shorter is no ciphertext.
const BYTES_MIN: usize = 24 + 16;

/// An encrypted text. What it holds is known only to who has its key; still it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key: String,
    bytes: Vec<u8>,
}

impl Sealed {
    /// From the name of the key and nonce with ciphertext; `None` where these cannot be such.
    pub fn new(key: &str, bytes: Vec<u8>) -> Option<Self> {
        let named = key.len() == KEY_ID_CHARS
            && key.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (named && bytes.len() >= BYTES_MIN).then(|| Self { key: key.to_owned(), bytes })
    }

    /// Reads the stored form; `None` where `text` is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (key, base64) = text.strip_prefix(SCHEME)?.strip_prefix(':')?.split_once(':')?;
        Self::new(key, BASE64_NOPAD.decode(base64.as_bytes()).ok()?)
    }

    /// The name of its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Nonce and ciphertext.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The stored form.
    pub fn text(&self) -> String {
        format!("{SCHEME}:{}:{}", self.key, BASE64_NOPAD.encode(&self.bytes))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_read_back_and_nothing_else_is_taken_for_it() {
        let sealed = Sealed::new("0123abcd", vec![7; BYTES_MIN]).unwrap();
        assert_eq!(Sealed::parse(&sealed.text()), Some(sealed.clone()));
        assert_eq!((sealed.key(), sealed.bytes().len()), ("0123abcd", BYTES_MIN));
        let base64 = BASE64_NOPAD.encode(&[7; BYTES_MIN]);
        for other in [
            "hunter2".to_owned(),
            String::new(),
            format!("x2:0123abcd:{base64}"),
            format!("x1:0123ABCD:{base64}"),
            format!("x1:0123abc:{base64}"),
            format!("x1:0123abcd:{base64}="),
            "x1:0123abcd:AAAA".to_owned(),
            base64,
        ] {
            assert_eq!(Sealed::parse(&other), None, "{other}");
        }
    }

    #[test]
    fn it_is_not_shown() {
        let sealed = Sealed::new("0123abcd", vec![7; BYTES_MIN]).unwrap();
        assert_eq!(format!("{sealed:?}"), "Sealed { key: \"0123abcd\", .. }");
    }
}
