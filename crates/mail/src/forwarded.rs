//! The mail inside a forwarded one: who wrote it, as its header block or the attached message says.
//!
//! What is read here was typed or copied by whoever forwarded: a claim, never a proof. Whose word counts is decided
//! above.

use crate::{
    Address, Attachment, Mail,
    address::is_valid_email,
    quote_lines::{HeaderKey, header_key, is_forward_marker, is_header_block, is_original_marker},
};

/// Lines of the body in which the block is looked for.
const MAX_LINES: usize = 5_000;
/// Lines below a marker in which the sender is looked for; clients put at most a few others before it.
const MAX_BLOCK_LINES: usize = 12;
/// Characters of the sender's line.
const MAX_FROM_CHARS: usize = 1_000;

/// The mail inside a forwarded one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Original {
    /// Who wrote it; none where the block names nobody, or nobody with an address.
    pub from: Option<Address>,
    /// Its text where it is attached; in the body it stands there anyway.
    pub attached_text: Option<String>,
}

/// Whether a part is a message of its own.
pub(crate) fn is_message(file: &Attachment) -> bool {
    matches!(file.media_type.as_str(), "message/rfc822" | "message/global")
}

/// The mail that `mail` forwards: the outermost one of its body, else the first attached message.
pub fn original(mail: &Mail) -> Option<Original> {
    let lines: Vec<&str> = mail.text.lines().take(MAX_LINES).collect();
    let begins = (0..lines.len()).find(|at| {
        let rest = lines.get(*at..).unwrap_or_default();
        rest.first().is_some_and(|line| is_forward_marker(line) || is_original_marker(line))
            || is_header_block(rest)
    });
    if let Some(at) = begins {
        let block = lines.get(at..).unwrap_or_default();
        return Some(Original { from: sender(block), attached_text: None });
    }
    let message = mail.attachments.iter().find(|file| is_message(file))?;
    let inner = crate::parse(&message.bytes);
    let from = inner.from.filter(Address::is_valid);
    Some(Original { from, attached_text: Some(inner.text) })
}

/// The sender that a block names in its first lines.
fn sender(block: &[&str]) -> Option<Address> {
    let line = block.iter().take(MAX_BLOCK_LINES).find(|line| header_key(line) == Some(HeaderKey::From))?;
    let place = block.iter().position(|one| one == line)?;
    // A long sender may be wrapped: the address stands on the line below.
    let below = block.get(place + 1).filter(|next| header_key(next).is_none());
    address(line).or_else(|| below.and_then(|next| address(&format!("{line} {next}"))))
}

/// The address of `From: Anna <a@x.org>`, `*Von:* Anna [mailto:a@x.org]`, `От: a@x.org (Анна)`.
fn address(line: &str) -> Option<Address> {
    let line: String = line.chars().take(MAX_FROM_CHARS).collect();
    let (_, value) = line.split_once([':', '：'])?;
    // Marks of bold text, and of links that stand beside their own text.
    let plain =
        value.replace(['*', '\u{a0}'], " ").replace("mailto:", " ").replace('[', "<").replace(']', ">");
    let found = crate::address::parse_list(plain.trim()).into_iter().find(|one| is_valid_email(&one.email));
    found.or_else(|| words(&plain))
}

/// The first word that is an address, and what stands before it as the name.
fn words(text: &str) -> Option<Address> {
    let marks = |c: char| matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';' | '\'');
    let email =
        text.split_whitespace().flat_map(|word| word.split(marks)).find(|word| is_valid_email(word))?;
    let name =
        text.split(email).next().unwrap_or_default().trim_matches(|c: char| marks(c) || c.is_whitespace());
    Some(Address { name: Some(name.to_owned()).filter(|name| !name.is_empty()), email: email.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Option<(String, String)> {
        let mail = Mail { text: text.to_owned(), ..Mail::default() };
        let from = original(&mail)?.from?;
        Some((from.name.unwrap_or_default(), from.email))
    }

    fn named(name: &str, email: &str) -> (String, String) {
        (name.to_owned(), email.to_owned())
    }

    #[test]
    fn the_sender_stands_in_the_block() {
        let gmail = "See below\n\n---------- Forwarded message ---------\nFrom: Anna Smith <anna@example.org>\n\
                     Date: Tue, 14 Nov 2023\nSubject: Printer\nTo: Boris <boris@example.org>\n\nIt is dead.\n";
        assert_eq!(from(gmail), Some(named("Anna Smith", "anna@example.org")));
        let apple = "Begin forwarded message:\n\n> From: Anna <anna@example.org>\n> Subject: x\n> Date: today\n\n> old";
        assert_eq!(from(apple), Some(named("Anna", "anna@example.org")));
        let outlook =
            "*Von:* Anna Smith [mailto:anna@example.org]\n*Gesendet:* heute\n*An:* Boris\n*Betreff:* x\n";
        assert_eq!(from(outlook), Some(named("Anna Smith", "anna@example.org")));
        let russian = "-------- Пересылаемое сообщение --------\n14.11.2023, 10:15, Анна\nОт: Анна <anna@example.org>\n";
        assert_eq!(from(russian), Some(named("Анна", "anna@example.org")));
        let wrapped = "From: Anna Smith\n<anna@example.org>\nSent: today\nTo: Boris\nSubject: x\n";
        assert_eq!(from(wrapped), Some(named("Anna Smith", "anna@example.org")));
    }

    #[test]
    fn the_outermost_block_counts_and_one_without_an_address_names_nobody() {
        let twice = "-----Original Message-----\nFrom: b@example.org\nSent: today\nSubject: x\n\n\
                     -----Original Message-----\nFrom: a@example.org\nSent: before\nSubject: x\n";
        assert_eq!(from(twice), Some(named("", "b@example.org")));
        assert_eq!(from("From: Anna\nSent: today\nTo: Boris\nSubject: x\n"), None);
        assert_eq!(original(&Mail { text: "Hello".to_owned(), ..Mail::default() }), None);
    }

    #[test]
    fn an_attached_message_has_a_sender_and_a_text() {
        let inner = "From: Anna <anna@example.org>\r\nSubject: x\r\n\r\nIt is dead.\r\n";
        let file = Attachment {
            file_name: "x.eml".to_owned(),
            media_type: "message/rfc822".to_owned(),
            content_id: None,
            inline: false,
            bytes: inner.as_bytes().to_vec(),
        };
        let mail = Mail { text: "See attached".to_owned(), attachments: vec![file], ..Mail::default() };
        let found = original(&mail).unwrap();
        assert_eq!(found.from.unwrap().email, "anna@example.org");
        assert_eq!(found.attached_text.unwrap().trim(), "It is dead.");
    }
}
