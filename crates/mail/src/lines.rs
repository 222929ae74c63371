//! Lines of bytes and of text. Nothing here knows what a line means.

use std::borrow::Cow;

/// The first line without its line end (LF or CRLF), and what follows it.
pub(crate) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(at) => {
            let (line, rest) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
            (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
        }
        None => (bytes.strip_suffix(b"\r").unwrap_or(bytes), &[]),
    }
}

/// Bytes whose lines end with LF: a message that knows only CR (old Macintosh) would otherwise be one line.
pub(crate) fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().map(|&byte| if byte == b'\r' { b'\n' } else { byte }).collect())
}

/// Text with LF as its only line end and U+FFFD for NUL.
pub(crate) fn clean_text(text: &str) -> String {
    if !text.contains(['\r', '\0']) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(character) = chars.next() {
        match character {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\0' => clean.push(char::REPLACEMENT_CHARACTER),
            other => clean.push(other),
        }
    }
    clean
}

/// Text as one line: control characters and line separators become spaces, NUL becomes U+FFFD, the ends are trimmed.
pub(crate) fn one_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| match character {
            '\0' => char::REPLACEMENT_CHARACTER,
            '\u{2028}' | '\u{2029}' => ' ',
            other if other.is_control() => ' ',
            other => other,
        })
        .collect();
    line.trim().to_owned()
}

/// The longest start of `text` with at most `max` bytes that ends at a character.
pub(crate) fn cut_at_char(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_with_lf_or_crlf() {
        assert_eq!(split_line(b"a\r\nb"), (&b"a"[..], &b"b"[..]));
        assert_eq!(split_line(b"a\nb"), (&b"a"[..], &b"b"[..]));
        assert_eq!(split_line(b"a"), (&b"a"[..], &b""[..]));
        assert_eq!(split_line(b"\n"), (&b""[..], &b""[..]));
    }

    #[test]
    fn carriage_returns_count_as_line_ends_only_where_there_are_no_others() {
        assert_eq!(with_line_feeds(b"a\rb").as_ref(), b"a\nb");
        assert_eq!(with_line_feeds(b"a\rb\n").as_ref(), b"a\rb\n");
    }

    #[test]
    fn text_is_cleaned_of_carriage_returns_and_nul() {
        assert_eq!(clean_text("a\r\nb\rc\0"), "a\nb\nc\u{fffd}");
        assert_eq!(one_line(" a\r\n b\0 "), "a   b\u{fffd}");
        assert_eq!(cut_at_char("aя", 2), "a");
    }
}
