//! The outside of a CMS message (RFC 5652): of what kind it is, and the content of a signed one.
//!
//! Reads only as much of BER as leads to the content. Nothing is verified and nothing is decrypted: that needs keys
//! and a decision whom to trust, which are not the business of reading.

use crate::limits::MAX_CMS_DEPTH;

/// What a CMS message is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cms {
    /// Signed, with the content inside.
    Signed(Vec<u8>),
    /// Encrypted for somebody (also with authentication, RFC 5083).
    Enveloped,
    /// Certificates only, compressed, or something else.
    Other,
}

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const EXPLICIT: u8 = 0xA0;

/// `id-signedData`, 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
/// `id-envelopedData`, 1.2.840.113549.1.7.3.
const ENVELOPED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3];
/// `id-ct-authEnvelopedData`, 1.2.840.113549.1.9.16.1.23.
const AUTH_ENVELOPED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 23];

/// Reads a message; none when it is none, is cut off, or is nested deeper than [`MAX_CMS_DEPTH`].
pub(crate) fn read(bytes: &[u8]) -> Option<Cms> {
    let message = expect(bytes, SEQUENCE)?;
    let kind = expect(message.content, OBJECT_ID)?;
    match kind.content {
        SIGNED_DATA => {
            let wrapped = expect(kind.rest, EXPLICIT)?;
            signed(expect(wrapped.content, SEQUENCE)?.content)
        }
        ENVELOPED_DATA | AUTH_ENVELOPED_DATA => Some(Cms::Enveloped),
        _ => Some(Cms::Other),
    }
}

/// `SignedData`: the version, the digests, and the content with its type.
fn signed(bytes: &[u8]) -> Option<Cms> {
    let version = element(bytes, 0)?;
    let digests = element(version.rest, 0)?;
    let content = expect(digests.rest, SEQUENCE)?;
    let kind = expect(content.content, OBJECT_ID)?;
    if kind.rest.is_empty() {
        return Some(Cms::Other);
    }
    let octets = element(expect(kind.rest, EXPLICIT)?.content, 0)?;
    let mut text = Vec::new();
    join(&octets, &mut text, 0)?;
    Some(Cms::Signed(text))
}

/// Appends an octet string, which may consist of octet strings.
fn join(octets: &Element<'_>, text: &mut Vec<u8>, depth: usize) -> Option<()> {
    match octets.tag {
        OCTETS => text.extend_from_slice(octets.content),
        OCTETS_IN_PIECES if depth < MAX_CMS_DEPTH => {
            let mut rest = octets.content;
            while !rest.is_empty() {
                let piece = element(rest, depth)?;
                join(&piece, text, depth + 1)?;
                rest = piece.rest;
            }
        }
        _ => return None,
    }
    Some(())
}

/// One element of BER, and what follows it.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

fn expect(bytes: &[u8], tag: u8) -> Option<Element<'_>> {
    element(bytes, 0).filter(|found| found.tag == tag)
}

fn element(bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    let (&tag, after) = bytes.split_first()?;
    let (&first, after) = after.split_first()?;
    // Tags of more than one byte do not occur on the way to the content.
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (length, after) = match first {
        0x80 => return indefinite(tag, after, depth),
        0..0x80 => (usize::from(first), after),
        _ => {
            let (digits, after) =
                after.split_at_checked(usize::from(first & 0x7F)).filter(|_| first <= 0x84)?;
            (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), after)
        }
    };
    let (content, rest) = after.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}

/// An element whose end is marked by two zero bytes behind its last child.
fn indefinite(tag: u8, bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    const CONSTRUCTED: u8 = 0x20;
    if tag & CONSTRUCTED == 0 || depth >= MAX_CMS_DEPTH {
        return None;
    }
    let mut rest = bytes;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let content = bytes.get(..bytes.len() - rest.len())?;
            return Some(Element { tag, content, rest: after });
        }
        rest = element(rest, depth + 1)?.rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, content].concat()
    }

    fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80][..], content, &[0, 0]].concat()
    }

    type Write = fn(u8, &[u8]) -> Vec<u8>;

    fn message(write: Write, content: &[u8]) -> Vec<u8> {
        let data = [&der(OBJECT_ID, &[0x2A, 1])[..], content].concat();
        let signed = [der(2, &[1]), write(0x31, &[]), write(SEQUENCE, &data), write(0x31, &[])].concat();
        let inner = write(EXPLICIT, &write(SEQUENCE, &signed));
        write(SEQUENCE, &[der(OBJECT_ID, SIGNED_DATA), inner].concat())
    }

    fn with_content(write: Write, octets: &[u8]) -> Vec<u8> {
        message(write, &write(EXPLICIT, octets))
    }

    #[test]
    fn the_content_of_a_signed_message() {
        let text = Some(Cms::Signed(b"text".to_vec()));
        assert_eq!(read(&with_content(der, &der(OCTETS, b"text"))), text);
        let pieces = [der(OCTETS, b"te"), ber(OCTETS_IN_PIECES, &der(OCTETS, b"xt"))].concat();
        assert_eq!(read(&with_content(ber, &ber(OCTETS_IN_PIECES, &pieces))), text);
        assert_eq!(read(&message(der, &[])), Some(Cms::Other));
    }

    #[test]
    fn what_is_encrypted_is_told() {
        for kind in [ENVELOPED_DATA, AUTH_ENVELOPED_DATA] {
            assert_eq!(read(&der(SEQUENCE, &der(OBJECT_ID, kind))), Some(Cms::Enveloped));
        }
        assert_eq!(read(&der(SEQUENCE, &der(OBJECT_ID, &[0x2A]))), Some(Cms::Other));
    }

    #[test]
    fn hostile_bytes_are_none() {
        let whole = with_content(ber, &ber(OCTETS_IN_PIECES, &der(OCTETS, b"text")));
        for end in 0..whole.len() {
            assert_eq!(read(whole.get(..end).unwrap()), None, "{end}");
        }
        for bytes in [
            &[0x30, 0x85, 0, 0, 0, 0, 1][..],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0x3F, 1, 0],
            &[0x06, 0x80, 0, 0],
            b"text",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
        assert_eq!(read(&[0x30, 0x80].repeat(100_000)), None);
    }

    #[test]
    fn every_changed_byte_is_survived() {
        let whole = with_content(ber, &ber(OCTETS_IN_PIECES, &der(OCTETS, b"text")));
        for at in 0..whole.len() {
            for change in 0..=u8::MAX {
                let mut changed = whole.clone();
                changed[at] = change;
                read(&changed);
            }
        }
    }

    #[test]
    fn at_the_limit_of_depth() {
        let nested = |levels: usize| {
            let octets = (0..levels).fold(der(OCTETS, b"text"), |inner, _| der(OCTETS_IN_PIECES, &inner));
            read(&with_content(der, &octets))
        };
        assert_eq!(nested(MAX_CMS_DEPTH), Some(Cms::Signed(b"text".to_vec())));
        assert_eq!(nested(MAX_CMS_DEPTH + 1), None);
        let open = |levels: usize| (0..levels).fold(Vec::new(), |inner, _| ber(SEQUENCE, &inner));
        assert!(element(&open(MAX_CMS_DEPTH), 0).is_some());
        assert!(element(&open(MAX_CMS_DEPTH + 1), 0).is_none());
    }
}
