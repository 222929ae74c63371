//! Bytes to mail and back.
//!
//! [`parse`] turns the bytes of an internet message (RFC 5322, MIME) into a [`Mail`]; it is total: whatever the
//! bytes are, there is a value, and what is wrong with them is listed as [`Defect`]s. [`compose::compose`] makes
//! the bytes of an outgoing message. Between the two stand the readings that the inbound pipeline needs:
//! conversation keys ([`header_scan`]), the [`fingerprint`] that recognises a second copy, the signs by which mail
//! is classified ([`sign`]), the mail inside a forwarded one ([`forwarded`]), delivery reports ([`report`]) and the new text of an answer ([`reply_text`]).
//!
//! The crate is pure: no input or output, no clock, no randomness, no async. It knows no records and no users;
//! what a mail *means* is decided above it.

pub mod address;
mod attribution;
mod body;
pub mod charset;
mod cid;
mod cms;
pub mod compose;
mod date;
mod defect;
mod encoded_word;
mod fingerprint;
pub mod forwarded;
mod header_block;
pub mod header_scan;
mod header_words;
pub mod html;
pub mod limits;
mod lines;
mod mail;
mod media_type;
mod message_id;
mod mime_tree;
mod parse;
mod protection;
mod quote_lines;
mod quote_words;
pub mod reply_text;
pub mod report;
pub mod sign;
mod signature_lines;
mod signature_words;
mod subject;
mod tnef;
mod transfer_encoding;

pub use address::Address;
pub use defect::Defect;
pub use fingerprint::fingerprint;
pub use mail::{Attachment, Header, Mail, ReturnPath};
pub use parse::parse;
pub use protection::Protection;
