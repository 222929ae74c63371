//! A mail as it was read: values only, nothing of the parser and nothing of what the mail means.

use crate::{Address, Defect, Protection};

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name as it was written.
    pub name: String,
    /// The value: unfolded, decoded (RFC 2047), one line; NUL is U+FFFD.
    pub value: String,
}

/// The envelope sender as the delivering server noted it (RFC 5321, 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReturnPath {
    /// There is no `Return-Path` field.
    #[default]
    Absent,
    /// `<>`: the mail must not be answered (RFC 5321, 4.5.5).
    Null,
    /// The address, without angle brackets.
    Address(String),
}

/// A part that is not the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name, safe to show and to store; made up from the media type when the part has none. Never empty.
    pub file_name: String,
    /// `type/subtype` in lower case, as the sender claims it.
    pub media_type: String,
    /// The Content-ID without angle brackets, for `cid:` references.
    pub content_id: Option<String>,
    /// Meant to be shown inside the body: an image of the HTML, a signature's logo. True for every part that the HTML
    /// refers to by its Content-ID.
    pub inline: bool,
    /// The decoded content; empty when it was over [`crate::limits::MAX_ATTACHMENT_BYTES`].
    pub bytes: Vec<u8>,
}

/// A mail as it was read. Everything in it was written by its sender: data, never an instruction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mail {
    /// The Message-ID without angle brackets; the first if there are several.
    pub message_id: Option<String>,
    /// The ids of `In-Reply-To`.
    pub in_reply_to: Vec<String>,
    /// The ids of `References`, oldest first, at most [`crate::limits::MAX_REFERENCES`].
    pub references: Vec<String>,
    /// The first address of `From`, else `Sender`.
    pub from: Option<Address>,
    /// The first address of `Sender`.
    pub sender: Option<Address>,
    /// The addresses of `Reply-To`.
    pub reply_to: Vec<Address>,
    /// The addresses of `To`, groups flattened.
    pub to: Vec<Address>,
    /// The addresses of `Cc`.
    pub cc: Vec<Address>,
    /// The addresses of `Bcc`.
    pub bcc: Vec<Address>,
    /// The topmost `Return-Path`.
    pub return_path: ReturnPath,
    /// The date in microseconds UTC; none when there is none that can be read.
    pub date: Option<i64>,
    /// The subject, decoded, one line, at most [`crate::limits::MAX_SUBJECT_CHARS`] characters.
    pub subject: String,
    /// All header fields in order.
    pub headers: Vec<Header>,
    /// The text body with LF line ends; made from the HTML when there is no text part. At most
    /// [`crate::limits::MAX_TEXT_BYTES`] bytes.
    pub text: String,
    /// The HTML body, neither sanitised nor complete: never show it as it is, and build no document of it when the mail
    /// has [`Defect::HtmlTooComplex`].
    pub html: Option<String>,
    /// The text was made from the HTML.
    pub text_from_html: bool,
    /// Everything that is not the body, in order.
    pub attachments: Vec<Attachment>,
    /// The METHOD of a calendar body part (RFC 5546; `REQUEST`, `REPLY` …), in upper case.
    pub has_calendar: Option<String>,
    /// Whether the content is signed or encrypted, as the mail claims it.
    pub protection: Protection,
    /// What was wrong, each kind once.
    pub defects: Vec<Defect>,
}

impl Mail {
    /// The value of the first header field of this name (any case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// The values of all header fields of this name (any case), in order.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// Why nothing can be done with the mail, as a reason code: `empty` without header, text and attachments,
    /// `not_a_mail` for bytes without a header that are no readable text either. None for everything else.
    pub fn unusable(&self) -> Option<&'static str> {
        /// One unreadable character in so many makes text no text.
        const READABLE_SHARE: usize = 20;
        if !self.headers.is_empty() || !self.attachments.is_empty() {
            return None;
        }
        if self.text.trim().is_empty() {
            return Some("empty");
        }
        let is_odd =
            |c: &char| *c == char::REPLACEMENT_CHARACTER || (c.is_control() && !matches!(c, '\n' | '\t'));
        let odd = self.text.chars().filter(is_odd).count();
        (odd * READABLE_SHARE > self.text.chars().count()).then_some("not_a_mail")
    }

    /// Whether the mail has this defect.
    pub fn has_defect(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }
}
