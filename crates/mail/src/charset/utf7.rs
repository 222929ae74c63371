//! UTF-7 (RFC 2152): UTF-16 in base64 between `+` and `-` in ASCII text.

/// Text of `bytes`, and whether some of it was broken.
pub(super) fn decode(bytes: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(bytes.len());
    let mut broken = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => match after.split_first() {
                Some((b'-', remaining)) => {
                    text.push('+');
                    rest = remaining;
                }
                _ => rest = shifted(after, &mut text, &mut broken),
            },
            0..=0x7F => text.push(char::from(byte)),
            _ => {
                broken = true;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    (text, broken)
}

/// Reads the base64 behind a `+`; what follows it.
fn shifted<'a>(bytes: &'a [u8], text: &mut String, broken: &mut bool) -> &'a [u8] {
    let mut units: Vec<u16> = Vec::new();
    let mut bits = 0u32;
    let mut count = 0u32;
    let mut rest = bytes;
    let mut any = false;
    while let Some((value, after)) =
        rest.split_first().and_then(|(&byte, after)| Some((sextet(byte)?, after)))
    {
        any = true;
        rest = after;
        bits = (bits << 6 | value) & 0x003F_FFFF;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push(u16::try_from(bits >> count & 0xFFFF).unwrap_or_default());
        }
    }
    if !any {
        // A plus sign that should have been `+-`.
        *broken = true;
        text.push('+');
        return rest;
    }
    for unit in char::decode_utf16(units) {
        *broken |= unit.is_err();
        text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    // What is left over only fills up the last sextet.
    if count >= 6 || bits & ((1 << count) - 1) != 0 {
        *broken = true;
        text.push(char::REPLACEMENT_CHARACTER);
    }
    rest.strip_prefix(b"-").unwrap_or(rest)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_between_its_marks() {
        assert_eq!(decode(b"Hi Mom -+Jjo--!"), ("Hi Mom -☺-!".into(), false));
        assert_eq!(decode(b"1 +- 1 +AD0 2, +ZeVnLIqe"), ("1 + 1 = 2, 日本語".into(), false));
        assert_eq!(decode(b"+2D3eAA-"), ("😀".into(), false));
    }

    #[test]
    fn broken_sequences_are_replaced() {
        assert_eq!(decode(b"1 + 1"), ("1 + 1".into(), true));
        assert_eq!(decode(b"+2D0-x"), ("\u{fffd}x".into(), true));
        assert_eq!(decode(b"+AGEA"), ("a\u{fffd}".into(), true));
        assert_eq!(decode(b"\xe9"), ("\u{fffd}".into(), true));
    }
}
