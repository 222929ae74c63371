//! The octets between `354` and the final dot (RFC 5321, 4.1.1.4 and 4.5.2).
//!
//! Only `CRLF . CRLF` ends a mail; the `CRLF` of the `DATA` command counts as the first one. Everything else, bare
//! `CR`, bare `LF` and `NUL` included, is content and is kept as it came: guessing here is what SMTP smuggling
//! lives on. The decoder reads any division of the stream into pieces alike and never keeps more than its limit.
//!
//! It is written here because the receiver of smtp-proto 0.2.5 does not end an empty mail, leaves a stuffing dot on the
//! first line, and takes `CRLF . CR CR LF` for an end.

/// How many times the size limit is read, most of it thrown away, to reach the end of a mail that is too large and
/// answer it in step. A mail beyond that is cut off with its connection.
pub(super) const OVERRUN_FACTOR: usize = 4;

/// How the data phase ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataEnd {
    /// The final dot was read; the mail is within the limit.
    Complete,
    /// The final dot was read; the mail was larger than the limit and is gone. The session is in step.
    TooLarge,
    /// The mail is larger than the limit times [`OVERRUN_FACTOR`] and its end was not read.
    Endless,
}

/// Where in a line the decoder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    LineStart,
    /// After a dot at the start of a line, which is not content yet.
    Dot,
    /// After `. CR` at the start of a line.
    DotCr,
    Text,
    /// After a `CR` that is content already.
    TextCr,
}

/// Takes the stuffing dots out and finds the end.
#[derive(Debug)]
pub(super) struct DataDecoder {
    at: At,
    content: Vec<u8>,
    /// Octets of content so far, those thrown away included.
    seen: usize,
    limit: usize,
}

impl DataDecoder {
    /// `limit`: the largest mail that is kept, in octets.
    pub(super) fn new(limit: usize) -> Self {
        Self { at: At::LineStart, content: Vec::new(), seen: 0, limit }
    }

    /// Reads `input` up to the end of the mail. Returns how many octets were read, and the end if it was there: the
    /// octets after it are the next command.
    pub(super) fn push(&mut self, input: &[u8]) -> (usize, Option<DataEnd>) {
        let mut rest = input;
        while let Some((&octet, tail)) = rest.split_first() {
            if self.at == At::Text {
                // The common case by far: a run of text up to the next CR.
                let run = rest.iter().position(|&b| b == b'\r').unwrap_or(rest.len());
                if let Some((text, after)) = rest.split_at_checked(run).filter(|_| run > 0) {
                    self.keep(text);
                    rest = after;
                    if self.is_endless() {
                        return (input.len() - rest.len(), Some(DataEnd::Endless));
                    }
                    continue;
                }
            }
            rest = tail;
            if self.step(octet) {
                return (input.len() - rest.len(), Some(self.end()));
            }
        }
        (input.len(), self.is_endless().then_some(DataEnd::Endless))
    }

    /// The content, once [`DataEnd::Complete`] was returned.
    pub(super) fn into_content(self) -> Vec<u8> {
        self.content
    }

    /// Reads one octet; true when it was the last one of the mail.
    fn step(&mut self, octet: u8) -> bool {
        match (self.at, octet) {
            (At::LineStart, b'.') => self.at = At::Dot,
            (At::Dot, b'\r') => self.at = At::DotCr,
            (At::DotCr, b'\n') => return true,
            (At::DotCr, _) => {
                // The line goes on after its CR, so the dot was a stuffing dot and the CR is content.
                self.keep(b"\r");
                self.at = At::TextCr;
                return self.step(octet);
            }
            (At::TextCr, b'\n') => {
                self.keep(b"\n");
                self.at = At::LineStart;
            }
            (_, b'\r') => {
                self.keep(b"\r");
                self.at = At::TextCr;
            }
            (_, _) => {
                self.keep(&[octet]);
                self.at = At::Text;
            }
        }
        false
    }

    fn keep(&mut self, octets: &[u8]) {
        self.seen = self.seen.saturating_add(octets.len());
        if self.seen <= self.limit {
            self.content.extend_from_slice(octets);
        } else if self.content.capacity() > 0 {
            self.content = Vec::new();
        }
    }

    fn end(&self) -> DataEnd {
        if self.seen <= self.limit { DataEnd::Complete } else { DataEnd::TooLarge }
    }

    fn is_endless(&self) -> bool {
        self.seen > self.limit.saturating_mul(OVERRUN_FACTOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes `wire` in pieces of `piece` octets: the content, and what was left after the end.
    fn decode(wire: &[u8], piece: usize) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut decoder = DataDecoder::new(10_000);
        let mut read = 0;
        for part in wire.chunks(piece) {
            let (used, end) = decoder.push(part);
            read += used;
            if let Some(end) = end {
                assert_eq!(end, DataEnd::Complete);
                return Some((decoder.into_content(), wire[read..].to_vec()));
            }
            assert_eq!(used, part.len(), "without an end everything is read");
        }
        None
    }

    /// In every division into pieces the same.
    fn check(wire: &[u8], content: &[u8], left: &[u8]) {
        for piece in 1..=wire.len() {
            let (got, after) = decode(wire, piece).expect("the mail ends");
            assert_eq!(got, content, "pieces of {piece} of {:?}", String::from_utf8_lossy(wire));
            if piece == wire.len() {
                assert_eq!(after, left);
            }
        }
    }

    #[test]
    fn the_final_dot_ends_the_mail_and_the_rest_is_the_next_command() {
        check(b"Subject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n", b"Subject: x\r\n\r\nhello\r\n", b"QUIT\r\n");
    }

    #[test]
    fn an_empty_mail_ends_at_once() {
        check(b".\r\nNOOP\r\n", b"", b"NOOP\r\n");
    }

    #[test]
    fn stuffing_dots_are_taken_out_also_on_the_first_line() {
        check(b"..a\r\n...\r\n.b\r\n..\r\n.\r\n", b".a\r\n..\r\nb\r\n.\r\n", b"");
    }

    #[test]
    fn nul_and_bytes_that_are_no_text_are_content() {
        check(b"\0a\xff\xfe\0\r\n.\r\n", b"\0a\xff\xfe\0\r\n", b"");
    }

    #[test]
    fn nothing_but_crlf_dot_crlf_ends_a_mail() {
        for trick in [
            &b"x\n.\n"[..],
            b"x\n.\r\n",
            b"x\r\n.\n",
            b"x\r.\r\n",
            b"x\r.\r",
            b"x\n.\r",
            b"x\r\n.\r",
            b"x\r\n.\r\r\n",
            b"x\r\n.\0\r\n",
            b"x\r\n. \r\n",
            b"x\r\n\n.\r\r\n",
            b"x\r\r\n.\n",
        ] {
            let smuggled = [trick, b"MAIL FROM:<evil@example.org>\r\n"].concat();
            for piece in 1..=smuggled.len() {
                assert_eq!(decode(&smuggled, piece), None, "{:?}", String::from_utf8_lossy(trick));
            }
            let whole = [&smuggled[..], b".\r\n"].concat();
            let (content, left) = decode(&whole, whole.len()).expect("the real end is found");
            assert!(content.ends_with(b"MAIL FROM:<evil@example.org>\r\n"), "it stayed content");
            assert!(left.is_empty());
        }
    }

    #[test]
    fn bare_line_ends_are_kept_as_they_came() {
        check(b"a\nb\rc\r\r\nd\n\r\n.\r\n", b"a\nb\rc\r\r\nd\n\r\n", b"");
        check(b"a\r\n.\rb\r\n.\r\n", b"a\r\n\rb\r\n", b"");
    }

    #[test]
    fn a_mail_of_exactly_the_limit_is_kept_and_one_octet_more_is_not() {
        for (limit, expected) in [(7, DataEnd::Complete), (6, DataEnd::TooLarge)] {
            let mut decoder = DataDecoder::new(limit);
            assert_eq!(decoder.push(b"12345\r\n.\r\nQ"), (10, Some(expected)));
        }
    }

    #[test]
    fn what_is_too_large_is_not_held_in_memory() {
        let mut decoder = DataDecoder::new(6);
        assert_eq!(decoder.push(b"12345\r\n").1, None);
        assert_eq!(decoder.into_content().capacity(), 0);
    }

    #[test]
    fn a_mail_far_beyond_the_limit_is_endless() {
        let limit = 10;
        let edge = limit * OVERRUN_FACTOR;
        let mut decoder = DataDecoder::new(limit);
        assert_eq!(decoder.push(&vec![b'a'; edge]), (edge, None));
        assert_eq!(decoder.push(b"a"), (1, Some(DataEnd::Endless)));
        let mut lines = DataDecoder::new(limit);
        assert_eq!(lines.push(&b"\r\n".repeat(edge / 2)).1, None);
        assert_eq!(lines.push(b"\r\n").1, Some(DataEnd::Endless));
    }
}
