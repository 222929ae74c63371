//! Charsets: bytes to text, by label or by guess.
//!
//! Labels in mail are those of several worlds, and lies. Decoding never fails; what cannot be decoded becomes
//! U+FFFD, and the caller is told.

use encoding_rs::{Encoding, KOI8_R, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

mod hz;
mod iso2022;
mod label;
mod single_byte;
mod utf7;

use label::Charset;

/// What decoding found out about the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The label is known and the bytes fit it, or there was no label and the bytes are UTF-8.
    Good,
    /// There was no label (or `us-ascii`) and the charset was guessed.
    Guessed,
    /// The label is not known; the charset was guessed.
    UnknownLabel,
    /// The bytes do not fit the label.
    Misfit,
}

/// Text of `bytes` in the charset called `label` (any case, quotes allowed; none is no label).
pub fn decode(bytes: &[u8], label: Option<&str>) -> (String, Fit) {
    let (text, broken) = match label::charset(label.unwrap_or_default()) {
        Charset::Unlabelled => return decode_unlabelled(bytes),
        Charset::Unknown => return (decode_unlabelled(bytes).0, Fit::UnknownLabel),
        Charset::Standard(encoding) if encoding == UTF_8 => return decode_utf8(bytes),
        Charset::Standard(encoding) => decode_standard(bytes, encoding),
        Charset::Utf16 => decode_standard(bytes, utf16_order(bytes)),
        Charset::Utf7 => utf7::decode(bytes),
        Charset::Hz => hz::decode(bytes),
        Charset::Iso2022(family) => iso2022::decode(bytes, family),
        Charset::SingleByte(table) => (single_byte::decode(bytes, table), false),
        Charset::Rare(decoder) => {
            let text = decoder(bytes);
            let broken = text.contains(char::REPLACEMENT_CHARACTER);
            (text, broken)
        }
    };
    // No text of words in another charset is UTF-8 by chance: then the label is wrong, not the bytes.
    if broken && is_multibyte_utf8(bytes) {
        return (String::from_utf8_lossy(bytes).into_owned(), Fit::Misfit);
    }
    (text, if broken { Fit::Misfit } else { Fit::Good })
}

/// Text of `bytes` and whether the label is wrong or some of it broken.
fn decode_standard(bytes: &[u8], encoding: &'static Encoding) -> (String, bool) {
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if encoding.is_single_byte() && is_multibyte_utf8(bytes) || is_wide && is_narrow(bytes) {
        return (String::from_utf8_lossy(bytes).into_owned(), true);
    }
    let (text, _, broken) = encoding.decode(bytes);
    (text.into_owned(), broken)
}

/// The order of bytes in UTF-16 without a mark: that in which more characters are below 256, else the big end first.
fn utf16_order(bytes: &[u8]) -> &'static Encoding {
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    if zeros(1) > zeros(0) { UTF_16LE } else { UTF_16BE }
}

/// Whether what is called UTF-16 is UTF-8: it has characters of ASCII and no NUL.
fn is_narrow(bytes: &[u8]) -> bool {
    bytes.len() > 3
        && !bytes.contains(&0)
        && bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() * 2 > bytes.len()
        && std::str::from_utf8(bytes).is_ok()
}

fn decode_utf8(bytes: &[u8]) -> (String, Fit) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Fit::Good),
        // One broken character in UTF-8 text must not turn all of it into another charset.
        Err(_) if has_utf8_sequence(bytes) => (String::from_utf8_lossy(bytes).into_owned(), Fit::Misfit),
        Err(_) => (guess_single_byte(bytes), Fit::Misfit),
    }
}

/// Text of bytes that name no charset: UTF-16 by its mark, UTF-8 where it fits, else the likeliest single-byte set.
pub fn decode_unlabelled(bytes: &[u8]) -> (String, Fit) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, _, _) = encoding.decode(bytes);
        return (text.into_owned(), Fit::Guessed);
    }
    if iso2022::is_japanese(bytes) {
        return (iso2022::decode(bytes, iso2022::Family::Japanese).0, Fit::Guessed);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Fit::Good),
        Err(_) if has_utf8_sequence(bytes) => (String::from_utf8_lossy(bytes).into_owned(), Fit::Guessed),
        Err(_) => (guess_single_byte(bytes), Fit::Guessed),
    }
}

/// Cyrillic text has its high bytes side by side, western text has them alone; of the two Cyrillic sets, KOI8-R
/// holds the small letters where windows-1251 holds the capitals.
fn guess_single_byte(bytes: &[u8]) -> String {
    let mut letters = 0usize;
    let mut adjacent = 0usize;
    let mut low_half = 0usize;
    let mut previous_high = false;
    for &byte in bytes {
        let high = byte >= 0xC0;
        if high {
            letters += 1;
            adjacent += usize::from(previous_high);
            low_half += usize::from(byte < 0xE0);
        }
        previous_high = high;
    }
    let encoding = if letters >= 3 && adjacent * 2 > letters {
        if low_half * 2 > letters { KOI8_R } else { WINDOWS_1251 }
    } else {
        WINDOWS_1252
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Whether the bytes are UTF-8 throughout and not only ASCII.
fn is_multibyte_utf8(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()
}

/// Whether most of the non-ASCII runs are UTF-8.
fn has_utf8_sequence(bytes: &[u8]) -> bool {
    let mut valid = 0usize;
    let mut broken = 0usize;
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    valid > broken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], label: &str) -> (String, Fit) {
        decode(bytes, Some(label))
    }

    #[test]
    fn labels_of_other_worlds_are_known() {
        let japanese = encoding_rs::SHIFT_JIS.encode("日本語").0.into_owned();
        assert_eq!(decoded(&japanese, "cp932"), ("日本語".into(), Fit::Good));
        assert_eq!(decoded(&japanese, "\"MS932\""), ("日本語".into(), Fit::Good));
        let korean = encoding_rs::EUC_KR.encode("한국어").0.into_owned();
        assert_eq!(decoded(&korean, "CP949"), ("한국어".into(), Fit::Good));
        let russian = WINDOWS_1251.encode("Привет").0.into_owned();
        assert_eq!(decoded(&russian, "cp1251"), ("Привет".into(), Fit::Good));
        assert_eq!(decoded(b"Hi Mom -+Jjo--!", "utf-7").0, "Hi Mom -☺-!");
        assert_eq!(decoded(b"\x81", "cp850").0, "ü");
    }

    #[test]
    fn charsets_without_a_decoder_are_named() {
        for label in ["replacement", "x-user-defined-nonsense", "x-mac-nonsense"] {
            assert_eq!(decoded(b"plain", label), ("plain".into(), Fit::UnknownLabel), "{label}");
        }
    }

    #[test]
    fn utf_16_without_a_mark_shows_its_order() {
        assert_eq!(decoded(b"H\0i\0", "utf-16"), ("Hi".into(), Fit::Good));
        assert_eq!(decoded(b"\0H\0i", "utf-16"), ("Hi".into(), Fit::Good));
        assert_eq!(decoded(b"\x04\x14\x04\x30", "utf-16"), ("Да".into(), Fit::Good));
        assert_eq!(decoded(b"\xff\xfe\x14\x04", "utf-16"), ("Д".into(), Fit::Good));
        assert_eq!(decoded(b"plain text", "utf-16"), ("plain text".into(), Fit::Misfit));
    }

    #[test]
    fn a_wrong_label_is_overruled_by_the_bytes() {
        assert_eq!(decoded("café".as_bytes(), "iso-8859-1"), ("café".into(), Fit::Misfit));
        assert_eq!(decoded(b"caf\xe9", "utf-8"), ("café".into(), Fit::Misfit));
        assert_eq!(decoded("a\u{44f}я".as_bytes().get(..4).unwrap(), "utf-8").1, Fit::Misfit);
        for label in ["koi8-r", "shift_jis", "gb2312", "iso-2022-jp", "hz-gb-2312", "utf-7"] {
            let text = "Не работает принтер 打印机";
            assert_eq!(decoded(text.as_bytes(), label), (text.into(), Fit::Misfit), "{label}");
        }
        assert_eq!(decoded("я".as_bytes(), "us-ascii"), ("я".into(), Fit::Good));
    }

    #[test]
    fn unlabelled_bytes_are_guessed() {
        let text = "Не работает принтер";
        assert_eq!(decode(&WINDOWS_1251.encode(text).0, None), (text.into(), Fit::Guessed));
        assert_eq!(decode(&KOI8_R.encode(text).0, None), (text.into(), Fit::Guessed));
        assert_eq!(decode(b"Stra\xdfe und Caf\xe9", None), ("Straße und Café".into(), Fit::Guessed));
        assert_eq!(decode(b"\x1b$BF|K\\8l\x1b(B", None), ("日本語".into(), Fit::Guessed));
        assert_eq!(decode(b"\xff\xfeH\0i\0", None), ("Hi".into(), Fit::Guessed));
    }
}
