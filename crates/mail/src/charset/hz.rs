//! HZ (RFC 1843): GB 2312 between `~{` and `~}` in ASCII text.

use super::iso2022::{Set, pair};

/// Text of `bytes`, and whether some of it was broken.
pub(super) fn decode(bytes: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(bytes.len());
    let mut broken = false;
    let mut chinese = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'~' {
            match escape(after, &mut chinese) {
                Some((read, remaining)) => {
                    text.push_str(read);
                    rest = remaining;
                }
                None => {
                    broken = true;
                    text.push('~');
                }
            }
            continue;
        }
        let found = match (byte, after.split_first()) {
            (b'\n', _) => {
                // A line begins in ASCII.
                chinese = false;
                Some('\n')
            }
            (0x21..=0x7D, Some((&second @ 0x21..=0x7E, remaining))) if chinese => {
                rest = remaining;
                pair(Set::Simplified, byte, second)
            }
            (0x21..=0x7E, _) if chinese => None,
            (0..=0x7F, _) => Some(char::from(byte)),
            _ => None,
        };
        broken |= found.is_none();
        text.push(found.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    (text, broken)
}

/// What an escape behind a tilde stands for, and what follows it; none when it is no escape.
fn escape<'a>(after: &'a [u8], chinese: &mut bool) -> Option<(&'static str, &'a [u8])> {
    match after {
        [b'{', rest @ ..] => {
            *chinese = true;
            Some(("", rest))
        }
        [b'}', rest @ ..] => {
            *chinese = false;
            Some(("", rest))
        }
        [b'~', rest @ ..] => Some(("~", rest)),
        // A line that goes on.
        [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] => Some(("", rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_between_its_marks() {
        assert_eq!(decode(b"This: ~{<:Ky2;S{#,NpJ)l6HK!#~}Bye.").0, "This: 己所不欲，勿施於人。Bye.");
        assert_eq!(decode(b"a~~b ~{VP~}~\n~{ND~}"), ("a~b 中文".into(), false));
        assert_eq!(decode(b"~{VP~}~\r\n!"), ("中!".into(), false));
    }

    #[test]
    fn a_line_begins_in_ascii() {
        assert_eq!(decode(b"~{VPND\nplain"), ("中文\nplain".into(), false));
    }

    #[test]
    fn broken_sequences_are_replaced_one_by_one() {
        assert_eq!(decode(b"~{V"), ("\u{fffd}".into(), true));
        assert_eq!(decode(b"~{V\n!"), ("\u{fffd}\n!".into(), true));
        assert_eq!(decode(b"~x ~"), ("~x ~".into(), true));
        assert_eq!(decode(b"\xd6\xd0"), ("\u{fffd}\u{fffd}".into(), true));
    }
}
