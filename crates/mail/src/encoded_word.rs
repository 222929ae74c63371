//! Encoded words in header values (RFC 2047), read leniently.

use crate::{
    charset::{self, Fit},
    transfer_encoding::{decode_base64, decode_escapes},
};

/// Bytes of a charset label that are looked at before `=?` is taken for ordinary text.
const MAX_LABEL_BYTES: usize = 60;

/// One encoded word: its charset label and its decoded bytes.
struct Word<'a> {
    label: &'a str,
    bytes: Vec<u8>,
    broken: bool,
    /// Bytes of the value that the word takes up.
    length: usize,
}

/// The value with its encoded words decoded, and whether any of them was broken.
///
/// Neighbouring words of one charset are joined before they are decoded, because senders split characters.
pub(crate) fn decode(value: &str) -> (String, bool) {
    if !value.contains("=?") {
        return (value.to_owned(), false);
    }
    let mut text = String::with_capacity(value.len());
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut broken = false;
    let mut rest = value;
    while let Some(at) = rest.find("=?") {
        let (before, from_word) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let word = read_word(from_word);
        if pending.is_none() || word.is_none() || !before.trim().is_empty() {
            flush(&mut pending, &mut text, &mut broken);
            text.push_str(before);
        }
        let Some(word) = word else {
            broken = true;
            text.push_str("=?");
            rest = from_word.get(2..).unwrap_or_default();
            continue;
        };
        broken |= word.broken;
        match &mut pending {
            Some((label, bytes)) if label.eq_ignore_ascii_case(word.label) => bytes.extend(word.bytes),
            _ => {
                flush(&mut pending, &mut text, &mut broken);
                pending = Some((word.label, word.bytes));
            }
        }
        rest = from_word.get(word.length..).unwrap_or_default();
    }
    flush(&mut pending, &mut text, &mut broken);
    text.push_str(rest);
    (text, broken)
}

fn flush(pending: &mut Option<(&str, Vec<u8>)>, text: &mut String, broken: &mut bool) {
    if let Some((label, bytes)) = pending.take() {
        let (decoded, fit) = charset::decode(&bytes, Some(label));
        *broken |= matches!(fit, Fit::UnknownLabel | Fit::Misfit);
        // Each word of UTF-16 may begin with its own byte order mark.
        text.extend(decoded.chars().filter(|&character| character != '\u{feff}'));
    }
}

/// Reads `=?charset?encoding?text?=` at the start of `value`.
fn read_word(value: &str) -> Option<Word<'_>> {
    let after = value.strip_prefix("=?")?;
    let label_end = after.bytes().take(MAX_LABEL_BYTES).position(|byte| byte == b'?')?;
    let (label, rest) = after.split_at_checked(label_end)?;
    let rest = rest.strip_prefix('?')?;
    let (encoding, rest) = rest.split_at_checked(1)?;
    let rest = rest.strip_prefix('?')?;
    let end = payload_length(rest)?;
    let (payload, _) = rest.split_at_checked(end)?;
    let (bytes, broken) = match encoding {
        "b" | "B" => decode_base64(payload.as_bytes()),
        "q" | "Q" => {
            let spaced: Vec<u8> =
                payload.bytes().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
            let mut bytes = Vec::with_capacity(spaced.len());
            let broken = decode_escapes(&spaced, &mut bytes);
            (bytes, broken)
        }
        _ => return None,
    };
    // RFC 2231, 5: a language may follow the charset.
    let label = label.split('*').next().unwrap_or(label);
    let length = value.len() - rest.len() + end + 2;
    Some(Word { label, bytes, broken, length })
}

/// Bytes before the closing `?=`; none when there is none, or when another word begins before it: then this one was
/// never finished. Looking no further than the next word keeps decoding linear.
fn payload_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let at = bytes.windows(2).position(|pair| pair == b"?=" || pair == b"=?")?;
    match bytes.get(at..)? {
        [b'?', ..] => Some(at),
        // Unescaped `=` at the end of the payload.
        [b'=', b'?', b'=', ..] => Some(at + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_and_the_space_between_them_is_not_text() {
        assert_eq!(decode("=?utf-8?q?caf=C3=A9?= =?utf-8?B?IQ==?= x"), ("café! x".into(), false));
        assert_eq!(decode("a =?iso-8859-1?Q?b_c?= d"), ("a b c d".into(), false));
        assert_eq!(decode("=?utf-8*en?q?hi?="), ("hi".into(), false));
    }

    #[test]
    fn a_character_split_over_two_words_is_one() {
        assert_eq!(decode("=?utf-8?q?=D1?= =?UTF-8?q?=8F?="), ("я".into(), false));
    }

    #[test]
    fn broken_words_stay_readable() {
        assert_eq!(decode("=?utf-8?q?half"), ("=?utf-8?q?half".into(), true));
        assert_eq!(decode("=?utf-8?x?what?= rest"), ("=?utf-8?x?what?= rest".into(), true));
        assert_eq!(decode("=?nonsense?q?abc?="), ("abc".into(), true));
        assert_eq!(decode("=?utf-8?q?half =?utf-8?q?whole?="), ("=?utf-8?q?half whole".into(), true));
        assert_eq!(decode("1 =? 2 ?= 3"), ("1 =? 2 ?= 3".into(), true));
    }

    #[test]
    fn many_beginnings_without_an_end_stay_as_they_are() {
        for beginning in ["=?", "=?a", "=?a?q?a"] {
            let value = beginning.repeat(9_000) + " ?=";
            let (text, broken) = decode(&value);
            assert!(broken && text.starts_with(beginning) && text.len() + 10 > value.len(), "{beginning}");
        }
        assert_eq!(decode("=?utf-8?q?a=?="), ("a=".into(), true));
    }
}
