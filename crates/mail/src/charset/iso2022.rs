//! The 7-bit charsets that switch between sets with escape sequences: ISO-2022-JP and its extensions (RFC 1468,
//! RFC 1554), ISO-2022-KR (RFC 1557) and ISO-2022-CN (RFC 1922) without CNS 11643.
//!
//! One reader for all of them: it keeps track of the sets, and each double byte is looked up in the table of the
//! 8-bit form of the set. A line begins in ASCII, whatever the line before it forgot to end.

use std::borrow::Cow;

use encoding_rs::{EUC_JP, EUC_KR, Encoding, GBK, ISO_8859_7, SHIFT_JIS, WINDOWS_1252};

/// Which of the family a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Japanese,
    Korean,
    Chinese,
}

impl Family {
    /// The set that shift-out reaches where the text forgot to name one.
    const fn default_g1(self) -> Set {
        match self {
            Self::Japanese => Set::Kana,
            Self::Korean => Set::Korean,
            Self::Chinese => Set::Simplified,
        }
    }

    /// 8-bit text with this label as the charset that it is in truth.
    fn eight_bit(self, bytes: &[u8]) -> Option<String> {
        let read = |encoding: &'static Encoding| {
            encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned)
        };
        match self {
            Self::Japanese => read(EUC_JP).or_else(|| read(SHIFT_JIS)),
            Self::Korean => read(EUC_KR),
            Self::Chinese => read(GBK),
        }
    }
}

/// A set of characters that the bytes 21 to 7E stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Ascii,
    /// JIS X 0201, left half: ASCII with yen and overline.
    Roman,
    /// JIS X 0201, right half.
    Kana,
    /// JIS X 0208.
    Japanese,
    /// JIS X 0212.
    JapaneseSupplement,
    /// GB 2312.
    Simplified,
    /// KS X 1001.
    Korean,
    /// The right half of ISO 8859-1.
    Latin,
    /// The right half of ISO 8859-7.
    Greek,
    /// Two bytes of a set that there is no table for.
    Unknown,
}

/// Which of the four sets at hand an escape sequence replaces.
#[derive(Clone, Copy)]
enum Slot {
    G0,
    G1,
    G2,
}

/// What follows ESC, and what it brings about.
const ESCAPES: &[(&[u8], Slot, Set)] = &[
    (b"(B", Slot::G0, Set::Ascii),
    (b"(J", Slot::G0, Set::Roman),
    (b"(H", Slot::G0, Set::Roman),
    (b"(I", Slot::G0, Set::Kana),
    (b"$@", Slot::G0, Set::Japanese),
    (b"$B", Slot::G0, Set::Japanese),
    (b"$(B", Slot::G0, Set::Japanese),
    (b"$(D", Slot::G0, Set::JapaneseSupplement),
    (b"$A", Slot::G0, Set::Simplified),
    (b"$(C", Slot::G0, Set::Korean),
    (b"$)C", Slot::G1, Set::Korean),
    (b"$)A", Slot::G1, Set::Simplified),
    (b"$)E", Slot::G1, Set::Unknown),
    (b"$)G", Slot::G1, Set::Unknown),
    (b"$*H", Slot::G2, Set::Unknown),
    (b".A", Slot::G2, Set::Latin),
    (b".F", Slot::G2, Set::Greek),
];

const ESCAPE: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// Whether unlabelled bytes switch to Japanese, which nothing else does.
pub(super) fn is_japanese(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && bytes
            .split(|&byte| byte == ESCAPE)
            .skip(1)
            .any(|after| after.starts_with(b"$B") || after.starts_with(b"$@"))
}

/// Text of `bytes`, and whether some of it was broken.
pub(super) fn decode(bytes: &[u8], family: Family) -> (String, bool) {
    let switches = bytes.contains(&ESCAPE) || bytes.contains(&SHIFT_OUT);
    if !bytes.is_ascii()
        && !switches
        && let Some(text) = family.eight_bit(bytes)
    {
        return (text, true);
    }
    let mut reader = Reader {
        text: String::with_capacity(bytes.len()),
        broken: false,
        g0: Set::Ascii,
        g1: family.default_g1(),
        g2: Set::Latin,
        shifted: false,
    };
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = reader.step(byte, after);
    }
    (reader.text, reader.broken)
}

struct Reader {
    text: String,
    broken: bool,
    g0: Set,
    g1: Set,
    g2: Set,
    shifted: bool,
}

impl Reader {
    /// Reads what begins with `byte`; what is left of the bytes behind it.
    fn step<'a>(&mut self, byte: u8, after: &'a [u8]) -> &'a [u8] {
        match byte {
            ESCAPE => return self.escape(after),
            SHIFT_OUT => self.shifted = true,
            SHIFT_IN => self.shifted = false,
            b'\n' => {
                self.text.push('\n');
                self.g0 = Set::Ascii;
                self.shifted = false;
            }
            0..=0x20 | 0x7F => self.text.push(char::from(byte)),
            0x21..=0x7E => {
                let set = if self.shifted { self.g1 } else { self.g0 };
                return self.character(set, byte, after);
            }
            _ => self.replace(),
        }
        after
    }

    fn escape<'a>(&mut self, after: &'a [u8]) -> &'a [u8] {
        for (sequence, slot, set) in ESCAPES {
            let Some(rest) = after.strip_prefix(*sequence) else { continue };
            match slot {
                Slot::G0 => self.g0 = *set,
                Slot::G1 => self.g1 = *set,
                Slot::G2 => self.g2 = *set,
            }
            return rest;
        }
        // The next character, and only it, is of the third set.
        if let Some((&byte @ 0x21..=0x7E, rest)) = after.strip_prefix(b"N").and_then(<[u8]>::split_first) {
            return self.character(self.g2, byte, rest);
        }
        self.replace();
        after
    }

    fn character<'a>(&mut self, set: Set, byte: u8, after: &'a [u8]) -> &'a [u8] {
        let high = byte | 0x80;
        let (found, rest) = match set {
            Set::Ascii => (Some(char::from(byte)), after),
            Set::Roman => (Some(roman(byte)), after),
            Set::Kana => (one(EUC_JP, &[0x8E, high]), after),
            Set::Latin => (one(WINDOWS_1252, &[high]), after),
            Set::Greek => (one(ISO_8859_7, &[high]), after),
            _ => match after.split_first() {
                Some((&second @ 0x21..=0x7E, rest)) => (pair(set, byte, second), rest),
                _ => (None, after),
            },
        };
        match found {
            Some(character) => self.text.push(character),
            None => self.replace(),
        }
        rest
    }

    fn replace(&mut self) {
        self.broken = true;
        self.text.push(char::REPLACEMENT_CHARACTER);
    }
}

const fn roman(byte: u8) -> char {
    match byte {
        b'\\' => '¥',
        b'~' => '‾',
        _ => byte as char,
    }
}

/// The character of two bytes between 21 and 7E.
pub(super) fn pair(set: Set, first: u8, second: u8) -> Option<char> {
    let (first, second) = (first | 0x80, second | 0x80);
    match set {
        Set::Japanese => one(EUC_JP, &[first, second]),
        Set::JapaneseSupplement => one(EUC_JP, &[0x8F, first, second]),
        Set::Simplified => one(GBK, &[first, second]),
        Set::Korean => one(EUC_KR, &[first, second]),
        _ => None,
    }
}

/// The only character of `bytes`; none of private use, which the 8-bit forms have in the gaps of the sets.
fn one(encoding: &'static Encoding, bytes: &[u8]) -> Option<char> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut characters = text.chars();
    let first = characters.next().filter(|first| !matches!(first, '\u{e000}'..='\u{f8ff}'))?;
    characters.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn japanese(bytes: &[u8]) -> (String, bool) {
        decode(bytes, Family::Japanese)
    }

    fn korean(bytes: &[u8]) -> (String, bool) {
        decode(bytes, Family::Korean)
    }

    #[test]
    fn japanese_of_all_extensions() {
        assert_eq!(japanese(b"a \x1b$BF|K\\8l\x1b(B b"), ("a 日本語 b".into(), false));
        assert_eq!(japanese(b"\x1b$BF|\x1b(B\x1b$BK\\\x1b(B"), ("日本".into(), false));
        assert_eq!(japanese(b"\x1b(I1\x1b(J\\~\x1b(B\\"), ("ｱ¥‾\\".into(), false));
        assert_eq!(japanese(b"\x1b$(D0!\x1b(B"), ("丂".into(), false));
        assert_eq!(japanese(b"\x1b$A<rVP\x1b$(CGQ1[\x1b(B"), ("简中한글".into(), false));
        assert_eq!(japanese(b"caf\x1b.A\x1bNi \x1b.F\x1bNa"), ("café α".into(), false));
    }

    #[test]
    fn korean_with_and_without_its_header() {
        let text = b"\x1b$)C\x0eGQ1[\x0f 1\r\n\x0e>n\x0f";
        assert_eq!(korean(text), ("한글 1\r\n어".into(), false));
        assert_eq!(korean(b"\x0eGQ1[\x0f"), ("한글".into(), false));
    }

    #[test]
    fn chinese_has_gb_2312_only() {
        assert_eq!(decode(b"\x1b$)A\x0eVPND\x0f", Family::Chinese), ("中文".into(), false));
        assert_eq!(decode(b"\x1b$)G\x0eVP\x0f!", Family::Chinese), ("\u{fffd}!".into(), true));
    }

    #[test]
    fn a_line_begins_in_ascii() {
        assert_eq!(japanese(b"\x1b$BF|K\\\nplain"), ("日本\nplain".into(), false));
        assert_eq!(korean(b"\x0eGQ\nplain"), ("한\nplain".into(), false));
    }

    #[test]
    fn broken_sequences_are_replaced_one_by_one() {
        assert_eq!(japanese(b"\x1b$BF"), ("\u{fffd}".into(), true));
        assert_eq!(japanese(b"\x1b$BF\x1b(B!"), ("\u{fffd}!".into(), true));
        assert_eq!(japanese(b"\x1b"), ("\u{fffd}".into(), true));
        assert_eq!(japanese(b"\x1b%x"), ("\u{fffd}%x".into(), true));
        assert_eq!(japanese(b"\x1bN"), ("\u{fffd}N".into(), true));
        assert_eq!(japanese(b"\x1b$B\xff\x1b(Ba"), ("\u{fffd}a".into(), true));
    }

    #[test]
    fn eight_bit_text_with_a_seven_bit_label_is_read_all_the_same() {
        for encoding in [EUC_JP, SHIFT_JIS] {
            let bytes = encoding.encode("日本語のメール").0;
            assert_eq!(japanese(&bytes), ("日本語のメール".into(), true));
        }
        assert_eq!(korean(&EUC_KR.encode("한국어").0), ("한국어".into(), true));
    }
}
