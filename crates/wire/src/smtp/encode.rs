//! A mail as it goes over the wire: `CRLF` line ends only, dots stuffed (RFC 5321, 2.3.8 and 4.5.2).
//!
//! Bare `CR` and bare `LF` become `CRLF`: servers disagree about them, and that disagreement is how a second mail is
//! smuggled inside a first. The final dot is not part of the result, so that it can be written on its own.

/// A mail ready to be written after `354`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Encoded {
    /// Ends with `CRLF` or is empty; `.CRLF` ends the mail after either.
    pub(super) wire: Vec<u8>,
    /// Octets without the stuffing dots: what `SIZE=` announces (RFC 1870, 5).
    pub(super) size: usize,
    /// There are octets beyond ASCII.
    pub(super) eight_bit: bool,
}

/// Octets added before the buffer has to grow: line ends of mails that were stored with `LF`, mostly.
const GROWTH: usize = 64;

/// Encodes a whole mail.
pub(super) fn encode(mail: &[u8]) -> Encoded {
    let mut wire = Vec::with_capacity(mail.len() + mail.len() / GROWTH + GROWTH);
    let mut stuffed = 0;
    let mut rest = mail;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
        let (line, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        if line.first() == Some(&b'.') {
            wire.push(b'.');
            stuffed += 1;
        }
        wire.extend_from_slice(line);
        wire.extend_from_slice(b"\r\n");
        rest = match tail {
            [b'\r', b'\n', after @ ..] | [_, after @ ..] => after,
            [] => &[],
        };
    }
    Encoded { size: wire.len() - stuffed, eight_bit: !mail.is_ascii(), wire }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &[u8], wire: &[u8]) {
        let encoded = encode(mail);
        assert_eq!(encoded.wire, wire, "{:?}", String::from_utf8_lossy(mail));
    }

    #[test]
    fn a_mail_with_crlf_goes_as_it_is() {
        check(b"A: b\r\n\r\ntext\r\n", b"A: b\r\n\r\ntext\r\n");
        check(b"", b"");
        check(b"\0\xff\r\n", b"\0\xff\r\n");
    }

    #[test]
    fn bare_line_ends_become_crlf() {
        check(b"a\nb\rc\r\nd\r\r\ne\n\n\rf", b"a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\n\r\nf\r\n");
    }

    #[test]
    fn every_line_that_starts_with_a_dot_gets_one_more() {
        check(b".a\r\n.\r\n..\r\nb.\r\n.", b"..a\r\n..\r\n...\r\nb.\r\n..\r\n");
    }

    #[test]
    fn no_line_end_of_any_kind_lets_a_dot_stand_alone() {
        for end in ["\r\n.\r\n", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\r\n.\r\r\n"] {
            let wire = encode(format!("x{end}MAIL FROM:<evil@example.org>").as_bytes()).wire;
            let text = String::from_utf8(wire).unwrap();
            assert!(!text.contains("\r\n.\r\n"), "{end:?}");
            assert!(text.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "{end:?}");
        }
    }

    #[test]
    fn the_announced_size_leaves_stuffing_dots_out() {
        assert_eq!(encode(b".a\n.").size, ".a\r\n.\r\n".len());
        assert!(!encode(b"a").eight_bit);
        assert!(encode("é".as_bytes()).eight_bit);
    }
}
