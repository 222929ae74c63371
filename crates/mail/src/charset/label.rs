//! What the labels in mail mean: those of the Encoding Standard, of Python, of Microsoft and of the IANA.

use encoding_rs::{Encoding, REPLACEMENT};

use super::{iso2022::Family, single_byte, single_byte::Table};

/// What a label names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Charset {
    /// Nothing, or ASCII: whatever is not ASCII has to be guessed.
    Unlabelled,
    /// A charset of the Encoding Standard.
    Standard(&'static Encoding),
    /// `utf-16` without its order of bytes (RFC 2781).
    Utf16,
    Utf7,
    Hz,
    Iso2022(Family),
    SingleByte(&'static Table),
    /// A charset that mail-parser has and the Encoding Standard has not (`cp850`, old Macintosh sets).
    Rare(fn(&[u8]) -> String),
    Unknown,
}

/// Labels that say no more than ASCII.
const UNLABELLED: &[&str] = &[
    "",
    "us-ascii",
    "ascii",
    "us",
    "ansi_x3.4-1968",
    "iso646-us",
    "cp367",
    "unknown-8bit",
    "unknown",
    "x-unknown",
    "default",
    "8bit",
    "7bit",
    "binary",
];

/// Labels that encoding_rs does not know, and what they are called there.
const ALIASES: &[(&str, &str)] = &[
    ("cp932", "shift_jis"),
    ("ms932", "shift_jis"),
    ("windows-932", "shift_jis"),
    ("cswindows31j", "shift_jis"),
    ("x-ms-cp932", "shift_jis"),
    ("s-jis", "shift_jis"),
    ("shiftjis", "shift_jis"),
    ("cp943", "shift_jis"),
    ("cp51932", "euc-jp"),
    ("eucjp", "euc-jp"),
    ("eucjp-ms", "euc-jp"),
    ("ujis", "euc-jp"),
    ("cp936", "gbk"),
    ("ms936", "gbk"),
    ("windows-936", "gbk"),
    ("cn-gb", "gbk"),
    ("euc-cn", "gbk"),
    ("euccn", "gbk"),
    ("x-euc-cn", "gbk"),
    ("gb2312-80", "gbk"),
    ("gb_2312", "gbk"),
    ("gb18030-2000", "gb18030"),
    ("gb18030-2005", "gb18030"),
    ("cp54936", "gb18030"),
    ("cp949", "euc-kr"),
    ("ms949", "euc-kr"),
    ("uhc", "euc-kr"),
    ("euckr", "euc-kr"),
    ("cp51949", "euc-kr"),
    ("ks_c_5601", "euc-kr"),
    ("cp950", "big5"),
    ("ms950", "big5"),
    ("windows-950", "big5"),
    ("big-5", "big5"),
    ("big5hkscs", "big5"),
    ("cp874", "windows-874"),
    ("tis620", "windows-874"),
    ("cp1250", "windows-1250"),
    ("cp1251", "windows-1251"),
    ("cp-1251", "windows-1251"),
    ("win-1251", "windows-1251"),
    ("win1251", "windows-1251"),
    ("ansi-1251", "windows-1251"),
    ("koi8", "koi8-r"),
    ("koi8r", "koi8-r"),
    ("koi8u", "koi8-u"),
    ("cp20866", "koi8-r"),
    ("cp21866", "koi8-u"),
    ("cp1252", "windows-1252"),
    ("utf8mb4", "utf-8"),
    ("utf_8", "utf-8"),
    ("cp65001", "utf-8"),
    ("unicode-1-1-utf-8", "utf-8"),
    ("iso8859-1", "windows-1252"),
    ("8859_1", "windows-1252"),
    ("latin-1", "windows-1252"),
    ("dos-866", "ibm866"),
];

/// Labels of charsets that are decoded here.
const OWN: &[(&str, Charset)] = &[
    ("utf-16", Charset::Utf16),
    ("utf16", Charset::Utf16),
    ("utf-7", Charset::Utf7),
    ("utf7", Charset::Utf7),
    ("csutf7", Charset::Utf7),
    ("unicode-1-1-utf-7", Charset::Utf7),
    ("csunicode11utf7", Charset::Utf7),
    ("cp65000", Charset::Utf7),
    ("x-unicode-2-0-utf-7", Charset::Utf7),
    ("hz-gb-2312", Charset::Hz),
    ("hz-gb2312", Charset::Hz),
    ("hz", Charset::Hz),
    ("hzgb", Charset::Hz),
    ("cp52936", Charset::Hz),
    ("iso-2022-jp", Charset::Iso2022(Family::Japanese)),
    ("iso2022-jp", Charset::Iso2022(Family::Japanese)),
    ("iso2022jp", Charset::Iso2022(Family::Japanese)),
    ("csiso2022jp", Charset::Iso2022(Family::Japanese)),
    ("csiso2022jp2", Charset::Iso2022(Family::Japanese)),
    ("iso-2022-jp-1", Charset::Iso2022(Family::Japanese)),
    ("iso-2022-jp-2", Charset::Iso2022(Family::Japanese)),
    ("iso-2022-jp-ms", Charset::Iso2022(Family::Japanese)),
    ("iso-2022-jp-ext", Charset::Iso2022(Family::Japanese)),
    ("jis", Charset::Iso2022(Family::Japanese)),
    ("cp50220", Charset::Iso2022(Family::Japanese)),
    ("cp50221", Charset::Iso2022(Family::Japanese)),
    ("cp50222", Charset::Iso2022(Family::Japanese)),
    ("iso-2022-kr", Charset::Iso2022(Family::Korean)),
    ("iso2022-kr", Charset::Iso2022(Family::Korean)),
    ("iso2022kr", Charset::Iso2022(Family::Korean)),
    ("csiso2022kr", Charset::Iso2022(Family::Korean)),
    ("cp50225", Charset::Iso2022(Family::Korean)),
    ("iso-2022-cn", Charset::Iso2022(Family::Chinese)),
    ("iso2022cn", Charset::Iso2022(Family::Chinese)),
    ("csiso2022cn", Charset::Iso2022(Family::Chinese)),
    ("iso-2022-cn-ext", Charset::Iso2022(Family::Chinese)),
    ("cp50227", Charset::Iso2022(Family::Chinese)),
    ("ibm437", Charset::SingleByte(&single_byte::CP437)),
    ("cp437", Charset::SingleByte(&single_byte::CP437)),
    ("437", Charset::SingleByte(&single_byte::CP437)),
    ("dos-437", Charset::SingleByte(&single_byte::CP437)),
    ("cspc8codepage437", Charset::SingleByte(&single_byte::CP437)),
    ("ibm852", Charset::SingleByte(&single_byte::CP852)),
    ("cp852", Charset::SingleByte(&single_byte::CP852)),
    ("852", Charset::SingleByte(&single_byte::CP852)),
    ("cspcp852", Charset::SingleByte(&single_byte::CP852)),
    ("ibm855", Charset::SingleByte(&single_byte::CP855)),
    ("cp855", Charset::SingleByte(&single_byte::CP855)),
    ("855", Charset::SingleByte(&single_byte::CP855)),
    ("csibm855", Charset::SingleByte(&single_byte::CP855)),
    ("ibm00858", Charset::SingleByte(&single_byte::CP858)),
    ("cp858", Charset::SingleByte(&single_byte::CP858)),
    ("cp00858", Charset::SingleByte(&single_byte::CP858)),
    ("ccsid00858", Charset::SingleByte(&single_byte::CP858)),
    ("pc-multilingual-850+euro", Charset::SingleByte(&single_byte::CP858)),
    ("viscii", Charset::SingleByte(&single_byte::VISCII)),
    ("viscii1.1-1", Charset::SingleByte(&single_byte::VISCII)),
    ("csviscii", Charset::SingleByte(&single_byte::VISCII)),
    ("viscii-1", Charset::SingleByte(&single_byte::VISCII)),
];

/// What `label` (any case, quotes allowed) names.
pub(super) fn charset(label: &str) -> Charset {
    let label = label.trim().trim_matches(['"', '\'']).trim().to_ascii_lowercase();
    if UNLABELLED.contains(&label.as_str()) {
        return Charset::Unlabelled;
    }
    if let Some(charset) = known(&label).or_else(|| known(&label.replace('_', "-"))) {
        return charset;
    }
    mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes())
        .map_or(Charset::Unknown, Charset::Rare)
}

fn known(label: &str) -> Option<Charset> {
    if let Some((_, charset)) = OWN.iter().find(|(own, _)| *own == label) {
        return Some(*charset);
    }
    let name = ALIASES.iter().find(|(alias, _)| *alias == label).map_or(label, |(_, name)| *name);
    match Encoding::for_label(name.as_bytes())? {
        // What the Encoding Standard refuses to read.
        encoding if encoding == REPLACEMENT => Some(Charset::Unknown),
        encoding => Some(Charset::Standard(encoding)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_leads_to_a_charset() {
        for (alias, name) in ALIASES {
            assert!(matches!(charset(alias), Charset::Standard(_)), "{alias} is {name}");
        }
        let labels = UNLABELLED.iter().chain(OWN.iter().map(|(own, _)| own));
        let all: Vec<&&str> = labels.chain(ALIASES.iter().map(|(alias, _)| alias)).collect();
        let unique: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
    }

    #[test]
    fn quotes_case_and_underscores_do_not_matter() {
        assert!(matches!(charset(" \"HZ-GB-2312\" "), Charset::Hz));
        assert!(matches!(charset("ISO_2022_KR"), Charset::Iso2022(Family::Korean)));
        assert!(matches!(charset("Windows_1251"), Charset::Standard(_)));
        assert!(matches!(charset("replacement"), Charset::Unknown));
        assert!(matches!(charset("x-user-defined-nonsense"), Charset::Unknown));
    }
}
