//! The keys that put a mail into its conversation, and its subject, read from the header alone.
//!
//! For the queue, which must know them before anything is parsed. It stands on the same reader as
//! [`crate::parse()`] and gives the same values.

use crate::{defect::Defects, header_block, lines::with_line_feeds, parse};

/// The conversation keys of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// The Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// The ids of `In-Reply-To`.
    pub in_reply_to: Vec<String>,
    /// The ids of `References`, oldest first.
    pub references: Vec<String>,
    /// The sender's address as it was written.
    pub from: Option<String>,
    /// The subject, for whoever looks at the queue; none where it is empty.
    pub subject: Option<String>,
}

/// Reads the keys. Never fails; the body is not looked at.
pub fn scan(bytes: &[u8]) -> Keys {
    let bytes = with_line_feeds(bytes);
    let mut defects = Defects::default();
    let block = header_block::read(&bytes, &mut defects);
    Keys {
        message_id: parse::message_id(&block),
        in_reply_to: parse::in_reply_to(&block),
        references: parse::references(&block).0,
        from: parse::author(&block).map(|address| address.email),
        subject: Some(parse::subject(&block, &mut defects)).filter(|subject| !subject.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_mail() {
        let keys = scan(b"From: Anna <a@x.org>\r\nMessage-Id:\r\n <1@x>\r\nIn-Reply-To: <0@x>\r\nReferences: <r@x> <0@x>\r\nSubject: =?utf-8?b?0JTQsA==?=\r\n\r\nbody");
        assert_eq!(keys.message_id.as_deref(), Some("1@x"));
        assert_eq!(keys.in_reply_to, ["0@x"]);
        assert_eq!(keys.references, ["r@x", "0@x"]);
        assert_eq!(keys.from.as_deref(), Some("a@x.org"));
        assert_eq!(keys.subject.as_deref(), Some("\u{414}\u{430}"));
        assert_eq!(scan(b""), Keys::default());
    }
}
