//! `Content-Type` and `Content-Disposition`: a value and its parameters (RFC 2045, 5.1; RFC 2183; RFC 2231).

use crate::{
    charset::{self, Fit},
    encoded_word,
    limits::{MAX_FILE_NAME_CHARS, MAX_PARAMETERS},
    lines::one_line,
    transfer_encoding::hex_value,
};

/// Pieces of one continued parameter (RFC 2231, 3) that are joined.
const MAX_CONTINUATIONS: usize = 100;

/// A value in lower case and its parameters, names in lower case, continued and encoded ones put together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parameterized {
    pub(crate) value: String,
    pub(crate) parameters: Vec<(String, String)>,
    /// Something about the parameters was broken.
    pub(crate) broken: bool,
}

impl Parameterized {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Reads a field value such as `text/plain; charset="utf-8"`.
    pub(crate) fn parse(text: &str) -> Self {
        let mut pieces = split_unquoted(text).into_iter();
        let value = pieces.next().unwrap_or_default();
        // `text/plain charset=utf-8`: a forgotten semicolon must not become part of the type.
        let (value, forgotten) = value.find('=').map_or((value, ""), |equals| {
            let at = value
                .get(..equals)
                .and_then(|before| before.trim_end().rfind(char::is_whitespace))
                .unwrap_or(equals);
            value.split_at_checked(at).unwrap_or((value, ""))
        });
        let value: String = value
            .chars()
            .filter(|character| !character.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        let value = value.trim_matches('"').to_owned();
        let mut broken = !forgotten.is_empty();
        let mut raw: Vec<(String, String)> = Vec::new();
        for piece in std::iter::once(forgotten).chain(pieces) {
            if piece.trim().is_empty() {
                continue;
            }
            match piece.split_once('=') {
                Some((name, value)) if raw.len() < MAX_PARAMETERS => {
                    raw.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
                }
                _ => broken = true,
            }
        }
        let mut joined = Self { value, parameters: Vec::new(), broken };
        joined.join(&raw);
        joined
    }

    /// Puts continued and encoded parameters together; a plain one of the same name is the fall-back.
    fn join(&mut self, raw: &[(String, String)]) {
        for (name, value) in raw {
            let base = name.split('*').next().unwrap_or(name);
            if self.parameter(base).is_some() {
                continue;
            }
            let (value, broken) = extended(base, raw).unwrap_or_else(|| {
                let (value, broken) = encoded_word::decode(value);
                (value, broken || name.contains('*'))
            });
            self.broken |= broken;
            self.parameters.push((base.to_owned(), one_line(&value)));
        }
    }
}

/// The value of `base*`, or of `base*0`, `base*1*` …, and whether it was broken; none without such parameters.
fn extended(base: &str, raw: &[(String, String)]) -> Option<(String, bool)> {
    let find = |name: &str| raw.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if let Some(value) = find(&format!("{base}*")) {
        let (label, rest) = split_charset(value);
        let (bytes, broken) = percent_decode(rest);
        let (text, misfit) = labelled(&bytes, label);
        return Some((text, broken || misfit || label.is_none()));
    }
    let mut label = None;
    let mut bytes = Vec::new();
    let mut broken = false;
    let mut found = 0;
    for number in 0..MAX_CONTINUATIONS {
        if let Some(piece) = find(&format!("{base}*{number}*")) {
            let encoded = if number == 0 {
                let (first_label, rest) = split_charset(piece);
                label = first_label;
                broken |= first_label.is_none();
                rest
            } else {
                piece
            };
            let (decoded, piece_broken) = percent_decode(encoded);
            broken |= piece_broken;
            bytes.extend(decoded);
        } else if let Some(piece) = find(&format!("{base}*{number}")) {
            bytes.extend_from_slice(piece.as_bytes());
        } else {
            break;
        }
        found += 1;
    }
    let pieces = raw
        .iter()
        .filter(|(key, _)| key.strip_prefix(base).is_some_and(|rest| rest.starts_with('*')))
        .count();
    if found == 0 {
        return None;
    }
    let (text, misfit) = labelled(&bytes, label);
    // Continued without a charset, but with encoded words in it: a mixture of two standards that is sent all the same.
    let (text, bad_word) = if label.is_none() { encoded_word::decode(&text) } else { (text, false) };
    Some((text, broken || misfit || bad_word || pieces > found))
}

/// Text of `bytes`, and whether the label does not fit them.
fn labelled(bytes: &[u8], label: Option<&str>) -> (String, bool) {
    let (text, fit) = charset::decode(bytes, label);
    (text, matches!(fit, Fit::Misfit | Fit::UnknownLabel))
}

/// Parts `charset'language'text`.
fn split_charset(value: &str) -> (Option<&str>, &str) {
    let mut pieces = value.splitn(3, '\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(label), Some(_), Some(rest)) => (Some(label), rest),
        _ => (None, value),
    }
}

/// `%XX` as bytes, and whether some of it was broken.
pub(crate) fn percent_decode(text: &str) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(text.len());
    let mut broken = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut ahead = bytes.clone();
        if let (Some(high), Some(low)) = (ahead.next().and_then(hex_value), ahead.next().and_then(hex_value))
        {
            decoded.push(high << 4 | low);
            bytes = ahead;
        } else {
            broken = true;
            decoded.push(byte);
        }
    }
    (decoded, broken)
}

/// Splits at semicolons outside quoted strings.
fn split_unquoted(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(|character| {
        let separates = character == ';' && !quoted;
        quoted ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped && quoted;
        separates
    })
    .take(MAX_PARAMETERS + 2)
    .collect()
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        // A comment or a stray word behind an unquoted value is not part of it.
        return value.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(character) = chars.next() {
        match character {
            '"' => break,
            // Windows paths are written without escaping; only quotes and backslashes are ever escaped on purpose.
            '\\' if matches!(chars.peek(), Some('"' | '\\')) => plain.extend(chars.next()),
            other => plain.push(other),
        }
    }
    plain
}

/// A file name that is safe to show and to store: the last path component, without control characters and marks
/// that reverse text, at most [`MAX_FILE_NAME_CHARS`] long. Empty when nothing is left.
pub(crate) fn clean_file_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let reverses =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = one_line(base).chars().filter(|&character| !reverses(character)).collect();
    let clean = clean.trim();
    let clean = if clean.chars().all(|character| character == '.') { "" } else { clean };
    let count = clean.chars().count();
    if count <= MAX_FILE_NAME_CHARS {
        return clean.to_owned();
    }
    let extension: Vec<char> = clean.chars().rev().take(20).collect();
    let keep = match extension.iter().position(|&character| character == '.') {
        Some(at) => at + 1,
        None => 0,
    };
    let start: String = clean.chars().take(MAX_FILE_NAME_CHARS - keep).collect();
    let end: String = clean.chars().skip(count - keep).collect();
    start + &end
}

/// Media types and their usual extensions; of several types of one extension the first is the usual one.
const EXTENSIONS: &[(&str, &str)] = &[
    ("text/html", "html"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/vcard", "vcf"),
    ("text/x-vcard", "vcf"),
    ("text/plain", "txt"),
    ("text/rfc822-headers", "txt"),
    ("message/delivery-status", "txt"),
    ("message/feedback-report", "txt"),
    ("message/rfc822", "eml"),
    ("message/global", "eml"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/gif", "gif"),
    ("image/svg+xml", "svg"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/json", "json"),
    ("application/xml", "xml"),
    ("text/xml", "xml"),
    ("application/rtf", "rtf"),
    ("application/pgp-signature", "asc"),
    ("application/pkcs7-signature", "p7s"),
    ("application/x-pkcs7-signature", "p7s"),
    ("application/pkcs7-mime", "p7m"),
    ("application/x-pkcs7-mime", "p7m"),
];

/// The usual extension of a media type, for parts without a name.
pub(crate) fn extension(media_type: &str) -> &'static str {
    EXTENSIONS.iter().find(|(kind, _)| *kind == media_type).map_or("bin", |(_, extension)| extension)
}

/// The media type of a file: the stated one if it is one, else the usual one of its extension.
pub(crate) fn media_type(stated: &str, file_name: &str) -> String {
    let stated = stated.trim().to_ascii_lowercase();
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"/;,\"()<>".contains(&byte))
    };
    if stated.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype)) {
        return stated;
    }
    let end = file_name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    let end = if end == "jpeg" { "jpg" } else { end.as_str() };
    let usual = EXTENSIONS.iter().find(|(_, extension)| *extension == end);
    usual.map_or("application/octet-stream", |(kind, _)| kind).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(text: &str, name: &str) -> (Option<String>, bool) {
        let parsed = Parameterized::parse(text);
        (parsed.parameter(name).map(str::to_owned), parsed.broken)
    }

    #[test]
    fn values_and_parameters() {
        let parsed = Parameterized::parse("Text / Plain; Charset=\"utf-8\" ; format=flowed;");
        assert_eq!(parsed.value, "text/plain");
        assert_eq!(parsed.parameter("charset"), Some("utf-8"));
        assert_eq!(parsed.parameter("format"), Some("flowed"));
        assert_eq!(parameter("a/b; name=\"x;\\\"y\\\".txt\"", "name"), (Some("x;\"y\".txt".into()), false));
        assert_eq!(
            parameter("a/b; name=\"C:\\dir\\file.txt\"", "name"),
            (Some("C:\\dir\\file.txt".into()), false)
        );
    }

    #[test]
    fn encoded_and_continued_parameters() {
        let cyrillic = "utf-8''%D1%84%D0%B0%D0%B9%D0%BB.txt";
        assert_eq!(
            parameter(&format!("attachment; filename=x.txt; filename*={cyrillic}"), "filename"),
            (Some("файл.txt".into()), false)
        );
        assert_eq!(
            parameter("a; filename*0*=utf-8'en'caf; filename*1*=%C3%A9; filename*2=.txt", "filename"),
            (Some("café.txt".into()), false)
        );
        assert_eq!(
            parameter("a; filename=\"=?utf-8?q?caf=C3=A9.txt?=\"", "filename"),
            (Some("café.txt".into()), false)
        );
    }

    #[test]
    fn encoded_words_in_continued_parameters() {
        assert_eq!(
            parameter("a; filename*0=\"=?utf-8?b?0YTQsNC5\"; filename*1=\"0Ls=?=.txt\"", "filename"),
            (Some("файл.txt".into()), false)
        );
        assert_eq!(
            parameter(
                "a; name=\"=?iso-2022-kr?b?GyQpQw5HUTFbDw==?= =?iso-2022-kr?b?GyQpQw4+bg8=?=.txt\"",
                "name"
            ),
            (Some("한글어.txt".into()), false)
        );
    }

    #[test]
    fn a_charset_that_does_not_fit_is_told() {
        assert_eq!(
            parameter("a; filename*=hz-gb-2312''~%7BVPND~%7D.txt", "filename"),
            (Some("中文.txt".into()), false)
        );
        assert_eq!(parameter("a; filename*=cp932''%81.txt", "filename"), (Some("\u{fffd}.txt".into()), true));
        assert_eq!(parameter("a; filename*=x-klingon''a.txt", "filename"), (Some("a.txt".into()), true));
        assert!(parameter("a; filename*0*=utf-8''%FF; filename*1*=a", "filename").1);
    }

    #[test]
    fn broken_parameters_keep_what_can_be_read() {
        assert_eq!(parameter("a; filename*=utf-8''%ZZx.txt", "filename"), (Some("%ZZx.txt".into()), true));
        assert_eq!(
            parameter("a; filename*0=start; filename*2=lost", "filename"),
            (Some("start".into()), true)
        );
        assert_eq!(parameter("a; nonsense; name=x", "name"), (Some("x".into()), true));
        assert_eq!(parameter("a; name=\"open", "name"), (Some("open".into()), false));
        assert_eq!(parameter("text/plain charset=koi8-r", "charset"), (Some("koi8-r".into()), true));
        assert_eq!(Parameterized::parse("text/plain charset=koi8-r").value, "text/plain");
    }

    #[test]
    fn at_the_limits() {
        let many: String =
            (0..=MAX_PARAMETERS).fold("a/b".to_owned(), |text, number| text + &format!("; p{number}=v"));
        assert_eq!(parameter(&many, &format!("p{}", MAX_PARAMETERS - 1)), (Some("v".into()), true));
        assert_eq!(parameter(&many, &format!("p{MAX_PARAMETERS}")), (None, true));
        let name = format!("{}.txt", "я".repeat(MAX_FILE_NAME_CHARS - 4));
        assert_eq!(clean_file_name(&name), name);
        let cut = clean_file_name(&format!("я{name}"));
        assert!(cut.chars().count() == MAX_FILE_NAME_CHARS && cut.ends_with("я.txt"));
        let pieces: String =
            (0..=MAX_CONTINUATIONS).fold("a".to_owned(), |text, number| text + &format!("; n*{number}=v"));
        assert!(parameter(&pieces, "n").0.is_some_and(|value| value.len() == MAX_CONTINUATIONS));
    }

    #[test]
    fn media_types_and_extensions() {
        assert_eq!((extension("image/jpeg"), extension("a/b")), ("jpg", "bin"));
        assert_eq!(media_type("Image/PNG ", "a.txt"), "image/png");
        for odd in ["", "image", "a/b;c", "a/\"b\"", "/png"] {
            assert_eq!(media_type(odd, "A.JPEG"), "image/jpeg", "{odd}");
        }
        assert_eq!(media_type("", "noextension"), "application/octet-stream");
    }

    #[test]
    fn file_names_lose_paths_and_tricks() {
        assert_eq!(clean_file_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_file_name("C:\\temp\\a.doc"), "a.doc");
        assert_eq!(clean_file_name("cod\u{202e}gpj.exe"), "codgpj.exe");
        assert_eq!(clean_file_name(".."), "");
        assert_eq!(clean_file_name("a\r\nb\0"), "a  b\u{fffd}");
    }
}
