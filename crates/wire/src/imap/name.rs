//! Folder names on the wire: modified UTF-7 (RFC 3501, 5.1.3).

use data_encoding::{Encoding, Specification};

/// Base64 with `,` in place of `/`, without padding. The bits left over are not looked at: some servers fill them.
fn base64() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}

/// From Unicode.
pub(super) fn encode(name: &str) -> String {
    let Some(base64) = base64() else { return name.to_owned() };
    let mut wire = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if first == '&' {
            wire.push_str("&-");
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let plain = |c: char| matches!(c, ' '..='~');
        let end = rest.find(|c: char| plain(c) != plain(first) || c == '&').unwrap_or(rest.len());
        let (run, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if plain(first) {
            wire.push_str(run);
        } else {
            let octets: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            wire.push('&');
            wire.push_str(&base64.encode(&octets));
            wire.push('-');
        }
        rest = tail;
    }
    wire
}

/// To Unicode. A name that is not well-formed stays as it came; so does one that would not be written the same way
/// again, because the folder could not be opened then.
pub(super) fn decode(wire: &str) -> String {
    match try_decode(wire) {
        Some(name) if encode(&name) == wire => name,
        _ => wire.to_owned(),
    }
}

fn try_decode(wire: &str) -> Option<String> {
    let base64 = base64()?;
    let mut name = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        let (coded, tail) = after.split_once('-')?;
        if coded.is_empty() {
            name.push('&');
        } else {
            let octets = base64.decode(coded.as_bytes()).ok()?;
            let units = octets.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            for c in char::decode_utf16(units) {
                name.push(c.ok()?);
            }
        }
        rest = tail;
    }
    name.push_str(rest);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_and_come_back() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Входящие", "&BBIERQQ+BDQETwRJBDgENQ-"),
            ("Заявки/2026 год", "&BBcEMARPBDIEOgQ4-/2026 &BDMEPgQ0-"),
            ("R&D", "R&-D"),
            ("&", "&-"),
            ("Тест & проба", "&BCIENQRBBEI- &- &BD8EQAQ+BDEEMA-"),
            ("😀", "&2D3eAA-"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("", ""),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        }
    }

    #[test]
    fn a_name_that_is_not_well_formed_stays_as_it_came() {
        for wire in ["a&b", "&!!!-", "&2D0-", "&BBI", "&AGE-"] {
            assert_eq!(decode(wire), wire);
        }
    }
}
