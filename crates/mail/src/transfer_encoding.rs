//! Content-Transfer-Encoding (RFC 2045, 6), read leniently: what is broken is passed over, never refused.

/// Decoded base64, and whether anything in it was not base64. Padding in the middle is allowed (joined parts).
pub(crate) fn decode_base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let mut bits: u32 = 0;
    let mut count = 0u8;
    let mut broken = false;
    for &byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                flush_base64(&mut decoded, bits, count);
                (bits, count) = (0, 0);
                continue;
            }
            _ => {
                broken |= !byte.is_ascii_whitespace();
                continue;
            }
        };
        bits = (bits << 6) | u32::from(value);
        count += 1;
        if count == 4 {
            decoded.extend(bits.to_be_bytes().iter().skip(1));
            (bits, count) = (0, 0);
        }
    }
    broken |= count == 1;
    flush_base64(&mut decoded, bits, count);
    (decoded, broken)
}

/// Writes the bytes of an incomplete group of `count` sextets.
fn flush_base64(decoded: &mut Vec<u8>, bits: u32, count: u8) {
    let whole = match count {
        2 => 1,
        3 => 2,
        _ => return,
    };
    let aligned = bits << (6 * (4 - u32::from(count)));
    decoded.extend(aligned.to_be_bytes().iter().skip(1).take(whole));
}

/// Decoded quoted-printable, and whether it held broken escapes (which stay as they are).
pub(crate) fn decode_quoted_printable(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut broken = false;
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, after) = crate::lines::split_line(rest);
        let ended = line.len() < rest.len();
        rest = after;
        let line = line.trim_ascii_end();
        let (line, soft) = match line.strip_suffix(b"=") {
            Some(line) => (line, true),
            None => (line, false),
        };
        broken |= decode_escapes(line, &mut decoded);
        if ended && !soft {
            decoded.extend_from_slice(b"\r\n");
        }
    }
    (decoded, broken)
}

/// Appends `text` with its `=XX` escapes decoded; true when an escape was broken.
pub(crate) fn decode_escapes(text: &[u8], decoded: &mut Vec<u8>) -> bool {
    let mut broken = false;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
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
    broken
}

/// The value of a hexadecimal digit.
pub(crate) fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_passes_over_what_is_none() {
        assert_eq!(decode_base64(b"SGVsbG8="), (b"Hello".to_vec(), false));
        assert_eq!(decode_base64(b"SGVs\r\nbG8"), (b"Hello".to_vec(), false));
        assert_eq!(decode_base64(b"SGVs!!bG8="), (b"Hello".to_vec(), true));
        assert_eq!(decode_base64(b"SGk=SGk="), (b"HiHi".to_vec(), false));
        assert_eq!(decode_base64(b"SGVsb"), (b"Hel".to_vec(), true));
    }

    #[test]
    fn quoted_printable_joins_soft_breaks_and_keeps_broken_escapes() {
        assert_eq!(
            decode_quoted_printable(b"caf=C3=A9=\r\n!\r\nend"),
            ("café!\r\nend".as_bytes().to_vec(), false)
        );
        assert_eq!(decode_quoted_printable(b"a=ZZb \n"), (b"a=ZZb\r\n".to_vec(), true));
    }
}
