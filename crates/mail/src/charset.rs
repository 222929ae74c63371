//! Charsets: bytes to text, by label or by guess.
//!
//! Labels in mail are those of the WHATWG Encoding Standard, those of Python and of Microsoft, and lies. Decoding
//! never fails; what cannot be decoded becomes U+FFFD. `hz-gb-2312`, `iso-2022-kr` and `viscii` have no decoder
//! here: their text is guessed and the caller is told.

use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251, WINDOWS_1252};

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

/// Labels that encoding_rs does not know, and what they are called there.
const ALIASES: &[(&str, &str)] = &[
    ("cp932", "shift_jis"),
    ("ms932", "shift_jis"),
    ("windows-932", "shift_jis"),
    ("cp936", "gbk"),
    ("ms936", "gbk"),
    ("windows-936", "gbk"),
    ("cp949", "euc-kr"),
    ("ms949", "euc-kr"),
    ("uhc", "euc-kr"),
    ("cp950", "big5"),
    ("ms950", "big5"),
    ("windows-950", "big5"),
    ("cp1250", "windows-1250"),
    ("cp1251", "windows-1251"),
    ("cp-1251", "windows-1251"),
    ("win-1251", "windows-1251"),
    ("win1251", "windows-1251"),
    ("koi8", "koi8-r"),
    ("koi8r", "koi8-r"),
    ("cp1252", "windows-1252"),
    ("utf8mb4", "utf-8"),
    ("unicode-1-1-utf-8", "utf-8"),
    ("gb_2312", "gbk"),
    ("gb18030-2000", "gb18030"),
    ("iso-2022-jp-1", "iso-2022-jp"),
    ("iso-2022-jp-2", "iso-2022-jp"),
    ("iso-2022-jp-ms", "iso-2022-jp"),
    ("cp50220", "iso-2022-jp"),
    ("cp50221", "iso-2022-jp"),
    ("iso8859-1", "windows-1252"),
    ("8859_1", "windows-1252"),
    ("latin-1", "windows-1252"),
    ("dos-866", "ibm866"),
];

/// Text of `bytes` in the charset called `label` (any case, quotes allowed; none is no label).
pub fn decode(bytes: &[u8], label: Option<&str>) -> (String, Fit) {
    let label = label.unwrap_or_default().trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    if matches!(
        label.as_str(),
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "unknown-8bit" | "x-unknown" | "default"
    ) {
        return decode_unlabelled(bytes);
    }
    let name = ALIASES.iter().find(|(alias, _)| *alias == label).map_or(label.as_str(), |(_, name)| *name);
    match Encoding::for_label_no_replacement(name.as_bytes()) {
        Some(encoding) if encoding == UTF_8 => decode_utf8(bytes),
        Some(encoding) if encoding == WINDOWS_1252 && is_multibyte_utf8(bytes) => {
            (String::from_utf8_lossy(bytes).into_owned(), Fit::Misfit)
        }
        Some(encoding) => {
            let (text, _, broken) = encoding.decode(bytes);
            (text.into_owned(), if broken { Fit::Misfit } else { Fit::Good })
        }
        None => decode_rare(bytes, name),
    }
}

/// The charsets that encoding_rs leaves out and mail-parser has (`utf-7`, `cp850`, old Macintosh sets).
fn decode_rare(bytes: &[u8], name: &str) -> (String, Fit) {
    // It maps the labels of charsets that it cannot decode to one that yields replacement characters only.
    const NOT_DECODED: &[&str] =
        &["hz-gb-2312", "iso-2022-kr", "csiso2022kr", "iso-2022-cn", "iso-2022-cn-ext", "replacement"];
    let decoder = if NOT_DECODED.contains(&name) {
        None
    } else {
        mail_parser::decoders::charsets::map::charset_decoder(name.as_bytes())
    };
    match decoder {
        Some(decoder) => (decoder(bytes), Fit::Good),
        None => (decode_unlabelled(bytes).0, Fit::UnknownLabel),
    }
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
        for label in ["hz-gb-2312", "iso-2022-kr", "viscii", "x-user-defined-nonsense"] {
            assert_eq!(decoded(b"plain", label), ("plain".into(), Fit::UnknownLabel), "{label}");
        }
    }

    #[test]
    fn a_wrong_label_is_overruled_by_the_bytes() {
        assert_eq!(decoded("café".as_bytes(), "iso-8859-1"), ("café".into(), Fit::Misfit));
        assert_eq!(decoded(b"caf\xe9", "utf-8"), ("café".into(), Fit::Misfit));
        assert_eq!(decoded("a\u{44f}я".as_bytes().get(..4).unwrap(), "utf-8").1, Fit::Misfit);
        assert_eq!(decoded("я".as_bytes(), "us-ascii"), ("я".into(), Fit::Good));
    }

    #[test]
    fn unlabelled_bytes_are_guessed() {
        let text = "Не работает принтер";
        assert_eq!(decode(&WINDOWS_1251.encode(text).0, None), (text.into(), Fit::Guessed));
        assert_eq!(decode(&KOI8_R.encode(text).0, None), (text.into(), Fit::Guessed));
        assert_eq!(decode(b"Stra\xdfe und Caf\xe9", None), ("Straße und Café".into(), Fit::Guessed));
        assert_eq!(decode(b"\xff\xfeH\0i\0", None), ("Hi".into(), Fit::Guessed));
    }
}
