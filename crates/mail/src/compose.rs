//! Mail to bytes: the same value gives the same bytes, always.
//!
//! Nothing is made up here: no id, no date, no host name, no random boundary. What could break out of a header
//! field is neutralised or refused before it is written, and the finished bytes are checked against RFC 5322, 2.1.1.

use std::borrow::Cow;

use mail_builder::{
    MessageBuilder,
    headers::{
        address::Address as BuilderAddress, content_type::ContentType, message_id::MessageId, raw::Raw,
        text::Text,
    },
    mime::{BodyPart, MimePart},
};

use crate::{
    Address, date,
    limits::MAX_LINE_BYTES,
    lines::{clean_text, one_line},
    media_type::{clean_file_name, extension},
};

/// Ids in `References` besides the root: with more the field would grow for the whole life of a record.
pub const MAX_LATEST_REFERENCES: usize = 10;

/// Bytes of a Message-ID that we write (the field stays on one line).
const MAX_ID_BYTES: usize = 250;

/// Fields that are made from the typed values and cannot be given as extra headers.
const OWN_HEADERS: &[&str] = &[
    "from",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "message-id",
    "in-reply-to",
    "references",
    "date",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "return-path",
    "received",
];

/// A file that goes with an outgoing mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutgoingAttachment {
    /// The name; cleaned of paths and control characters when it is written.
    pub file_name: String,
    /// `type/subtype`. What is no media type, and `message/*` (which may not be base64), is written as
    /// `application/octet-stream`.
    pub media_type: String,
    /// The content, delivered byte for byte.
    pub bytes: Vec<u8>,
}

/// A mail to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outgoing {
    /// The author.
    pub from: Address,
    /// The recipients that everybody sees. Without any, the field says `undisclosed-recipients`.
    pub to: Vec<Address>,
    /// The recipients of copies.
    pub cc: Vec<Address>,
    /// Where answers go, if not to the author.
    pub reply_to: Option<Address>,
    /// The subject; line ends become spaces.
    pub subject: String,
    /// The Message-ID without angle brackets.
    pub message_id: String,
    /// The id that this mail answers.
    pub in_reply_to: Option<String>,
    /// The ids of the thread, oldest first; the root and the last [`MAX_LATEST_REFERENCES`] are written.
    pub references: Vec<String>,
    /// The time in microseconds UTC, written in UTC.
    pub date: i64,
    /// The text body.
    pub text: String,
    /// The HTML body, written beside the text as `multipart/alternative`.
    pub html: Option<String>,
    /// Further header fields; values are cleaned of line ends. Names of the fields above are refused.
    pub headers: Vec<(String, String)>,
    /// The files.
    pub attachments: Vec<OutgoingAttachment>,
    /// What the boundaries are made from: unpredictable to others, kept with the mail.
    pub boundary_seed: [u8; 16],
}

/// Why a mail cannot be written. The texts are for whoever configured or wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// An address that mail cannot be sent to.
    #[error("the address `{email}` in {field} is not valid")]
    InvalidAddress {
        /// The header field.
        field: &'static str,
        /// The address, with control characters escaped.
        email: String,
    },
    /// An id that is not `left@right` without spaces and brackets, or is too long.
    #[error("`{id}` in {field} is not a valid Message-ID")]
    InvalidMessageId {
        /// The header field.
        field: &'static str,
        /// The id, with control characters escaped.
        id: String,
    },
    /// A name that is no header name (RFC 5322, 3.6.8).
    #[error("`{name}` is not a valid header name")]
    InvalidHeaderName {
        /// The name, with control characters escaped.
        name: String,
    },
    /// A field that has a typed value of its own.
    #[error("the header `{name}` cannot be set directly")]
    ReservedHeader {
        /// The name.
        name: String,
    },
    /// A value that cannot be folded into lines of [`MAX_LINE_BYTES`].
    #[error("the header `{name}` holds a word that is too long for a line")]
    HeaderTooLong {
        /// The name.
        name: String,
    },
}

/// Writes a mail: CRLF line ends only, lines of at most [`MAX_LINE_BYTES`], deterministic.
///
/// # Errors
/// [`ComposeError`] for addresses, ids and header names that would make an invalid message.
pub fn compose(outgoing: &Outgoing) -> Result<Vec<u8>, ComposeError> {
    let mut builder = MessageBuilder::new().header("From", address("From", &outgoing.from)?);
    builder = match outgoing.to.as_slice() {
        [] => builder.header("To", Raw::new("undisclosed-recipients:;")),
        to => builder.header("To", addresses("To", to)?),
    };
    if !outgoing.cc.is_empty() {
        builder = builder.header("Cc", addresses("Cc", &outgoing.cc)?);
    }
    if let Some(reply_to) = &outgoing.reply_to {
        builder = builder.header("Reply-To", address("Reply-To", reply_to)?);
    }
    builder = builder
        .header("Subject", Text::new(one_line(&outgoing.subject)))
        .header("Date", Raw::new(date::format(outgoing.date)))
        .header("Message-ID", MessageId::new(id("Message-ID", &outgoing.message_id)?));
    if let Some(parent) = &outgoing.in_reply_to {
        builder = builder.header("In-Reply-To", MessageId::new(id("In-Reply-To", parent)?));
    }
    let references = thread(&outgoing.references);
    if !references.is_empty() {
        let ids = references
            .into_iter()
            .map(|reference| id("References", reference))
            .collect::<Result<Vec<_>, _>>()?;
        builder = builder.header("References", MessageId { id: ids });
    }
    for (name, value) in &outgoing.headers {
        builder = extra_header(builder, name, value)?;
    }
    builder = builder.header("MIME-Version", Raw::new("1.0"));
    let mut bytes = Vec::new();
    builder.body(body(outgoing)).serialize(&mut bytes);
    Ok(bytes)
}

/// The root and the last [`MAX_LATEST_REFERENCES`].
fn thread(references: &[String]) -> Vec<&String> {
    let skip = references.len().saturating_sub(MAX_LATEST_REFERENCES);
    let root = references.first().filter(|_| skip > 0);
    root.into_iter().chain(references.iter().skip(skip)).collect()
}

fn escaped(text: &str) -> String {
    text.escape_debug().to_string()
}

fn address<'a>(field: &'static str, address: &'a Address) -> Result<BuilderAddress<'a>, ComposeError> {
    if !address.is_valid() {
        return Err(ComposeError::InvalidAddress { field, email: escaped(&address.email) });
    }
    let name = address.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Ok(BuilderAddress::new_address(name, address.email.as_str()))
}

fn addresses<'a>(field: &'static str, list: &'a [Address]) -> Result<BuilderAddress<'a>, ComposeError> {
    Ok(BuilderAddress::new_list(list.iter().map(|item| address(field, item)).collect::<Result<_, _>>()?))
}

/// Whether the text can be written as a Message-ID: other programs' ids may be words without an `@`, or not ASCII.
pub fn is_message_id(id: &str) -> bool {
    id.len() <= MAX_ID_BYTES
        && id.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'))
        && id.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
}

fn id<'a>(field: &'static str, id: &'a str) -> Result<Cow<'a, str>, ComposeError> {
    if is_message_id(id) {
        Ok(Cow::Borrowed(id))
    } else {
        Err(ComposeError::InvalidMessageId { field, id: escaped(id) })
    }
}

fn extra_header<'a>(
    builder: MessageBuilder<'a>,
    name: &'a str,
    value: &str,
) -> Result<MessageBuilder<'a>, ComposeError> {
    /// Characters of a header name; longer ones fit no line with their value.
    const MAX_NAME_CHARS: usize = 76;
    let valid = !name.is_empty()
        && name.len() <= MAX_NAME_CHARS
        && name.chars().all(|c| c.is_ascii_graphic() && c != ':');
    if !valid {
        return Err(ComposeError::InvalidHeaderName { name: escaped(name) });
    }
    if OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Err(ComposeError::ReservedHeader { name: name.to_owned() });
    }
    let value = one_line(value);
    if !value.is_ascii() {
        return Ok(builder.header(name, Text::new(value)));
    }
    // ASCII values may be structured (`<https://…>`, `key=value`): they are folded at their spaces and never encoded.
    let longest = value.split(' ').map(str::len).max().unwrap_or_default();
    if longest + name.len() + 2 > MAX_LINE_BYTES {
        return Err(ComposeError::HeaderTooLong { name: name.to_owned() });
    }
    Ok(builder.header(name, Raw::new(value)))
}

/// Text with CRLF line ends, ending with one.
fn body_text(text: &str) -> String {
    let mut text = clean_text(text);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.replace('\n', "\r\n")
}

fn body(outgoing: &Outgoing) -> MimePart<'_> {
    let text = MimePart::new("text/plain", BodyPart::Text(body_text(&outgoing.text).into()));
    let readable = match &outgoing.html {
        Some(html) => {
            let html = MimePart::new("text/html", BodyPart::Text(body_text(html).into()));
            multipart("multipart/alternative", vec![text, html], boundary(outgoing, 'a'))
        }
        None => text,
    };
    if outgoing.attachments.is_empty() {
        return readable;
    }
    let mut parts = vec![readable];
    parts.extend(outgoing.attachments.iter().map(attachment));
    multipart("multipart/mixed", parts, boundary(outgoing, 'm'))
}

fn multipart<'a>(media_type: &'a str, parts: Vec<MimePart<'a>>, boundary: String) -> MimePart<'a> {
    MimePart::new(ContentType::new(media_type).attribute("boundary", boundary), BodyPart::Multipart(parts))
}

/// `=_` cannot occur in quoted-printable or base64; plain bodies are searched.
fn boundary(outgoing: &Outgoing, level: char) -> String {
    let seed = u128::from_be_bytes(outgoing.boundary_seed);
    let mut boundary = format!("=_{level}{seed:032x}");
    while outgoing.text.contains(&boundary)
        || outgoing.html.as_ref().is_some_and(|html| html.contains(&boundary))
    {
        boundary.push('x');
    }
    boundary
}

fn attachment(file: &OutgoingAttachment) -> MimePart<'_> {
    let media_type = outgoing_media_type(&file.media_type);
    let name = clean_file_name(&file.file_name);
    let name = if name.is_empty() { format!("attachment.{}", extension(media_type)) } else { name };
    MimePart::new(ContentType::new(media_type), BodyPart::Binary(file.bytes.as_slice().into()))
        .attachment(name)
}

fn outgoing_media_type(media_type: &str) -> &str {
    /// What stands for content of no sendable type (RFC 2046, 4.5.1).
    const UNKNOWN: &str = "application/octet-stream";
    let is_token = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c))
    };
    match media_type.split_once('/') {
        Some((kind, subtype))
            if is_token(kind) && is_token(subtype) && !matches!(kind, "message" | "multipart") =>
        {
            media_type
        }
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests;
