//! Lines that mail clients put above the mail they quote or forward, in the languages they do it in.
//!
//! Shared by the reading of replies and of forwards. Every check looks at one line, or at a bounded number of
//! lines after it, so that all of it stays linear.

use crate::{
    attribution::has_moment,
    header_words::HEADER_WORDS,
    quote_words::{FORWARD_WORDS, ORIGINAL_WORDS},
};

/// Lines of a header block that are looked at after its first.
const HEADER_BLOCK_LINES: usize = 10;

/// Lines of a header block in an unknown language that are looked at.
const FIELD_BLOCK_LINES: usize = 5;

/// Fields that such a block has at least.
const MIN_FIELDS: usize = 3;

/// Characters in which the colon of a field's name is looked for.
const MAX_FIELD_NAME_CHARS: usize = 30;

/// What a line of a quoted header block names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderKey {
    From,
    Date,
    To,
    Cc,
    Subject,
    ReplyTo,
}

/// Whether nothing of the line can be seen.
pub(crate) fn is_blank(line: &str) -> bool {
    line.trim_matches([' ', '\t', '\u{a0}', '\u{200b}', '\u{feff}', '\r']).is_empty()
}

/// The key of a line such as `From: …`, `*Von:* …`, `> Тема: …`.
pub(crate) fn header_key(line: &str) -> Option<HeaderKey> {
    let line = line.trim_start_matches(['>', ' ', '\t', '*', '|', '_', '\u{a0}']);
    let colon = line
        .char_indices()
        .take(MAX_FIELD_NAME_CHARS)
        .find(|(_, character)| matches!(character, ':' | '：'))?
        .0;
    let word = line.get(..colon)?.trim_matches(['*', ' ', '\t', '\u{a0}', '_']).to_lowercase();
    HEADER_WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(key, _)| *key)
}

/// Whether a block of quoted header lines (Outlook and its kin) begins at the first of `lines`: a sender and two
/// other fields, or a date and a sender and a third, close together.
pub(crate) fn is_header_block(lines: &[&str]) -> bool {
    let Some(first) = lines.first().and_then(|line| header_key(line)) else { return false };
    if !matches!(first, HeaderKey::From | HeaderKey::Date | HeaderKey::Subject) {
        return false;
    }
    let mut found = vec![first];
    let mut blanks = 0;
    for line in lines.iter().skip(1).take(HEADER_BLOCK_LINES) {
        if line.trim_matches(['>', ' ', '\t']).is_empty() {
            blanks += 1;
            // HTML made into text may put one empty line between the fields.
            if blanks > found.len() {
                break;
            }
            continue;
        }
        match header_key(line) {
            Some(key) if !found.contains(&key) => found.push(key),
            _ => {}
        }
    }
    found.contains(&HeaderKey::From) && found.len() >= 3
}

/// Whether a header block in a language that is not known begins at the first of `lines`, which stands below a rule:
/// fields, of which the first holds an address and another a moment.
pub(crate) fn is_field_block(lines: &[&str]) -> bool {
    let fields: Vec<&str> = lines
        .iter()
        .copied()
        .take(FIELD_BLOCK_LINES)
        .take_while(|line| field_value(line).is_some())
        .collect();
    let holds_address =
        fields.first().and_then(|line| field_value(line)).is_some_and(|value| value.contains('@'));
    fields.len() >= MIN_FIELDS && holds_address && fields.iter().skip(1).any(|line| has_moment(line))
}

/// What stands behind the colon of a field, whose name is short and has no digits.
fn field_value(line: &str) -> Option<&str> {
    let colon = line.char_indices().take(MAX_FIELD_NAME_CHARS).find(|(_, c)| matches!(c, ':' | '：'))?;
    let (at, character) = colon;
    // The colon of a clock time ends no name.
    let name = line.get(..at)?;
    if name.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    line.get(at + character.len_utf8()..)
}

/// The words of a line without the dashes, stars, colons and quotes marks around them, in lower case.
fn marker_words(line: &str) -> Option<String> {
    // No marker is longer; longer lines are not worth lowering.
    if line.len() > 400 {
        return None;
    }
    let words = line.trim_matches(|c: char| {
        matches!(c, '-' | '–' | '—' | '=' | '_' | '*' | ':' | '>' | '.' | '：') || c.is_whitespace()
    });
    Some(words.to_lowercase().replace('’', "'"))
}

/// Whether the line stands above the original mail in a reply (`-----Original Message-----`).
pub(crate) fn is_original_marker(line: &str) -> bool {
    // Spoken words do not stand between dashes.
    let dashed = line.trim_start_matches(['>', ' ']).starts_with("--")
        || line.trim_start_matches(['>', ' ']).starts_with("__");
    dashed && marker_words(line).is_some_and(|words| ORIGINAL_WORDS.contains(&words.as_str()))
}

/// Whether the line stands above a forwarded mail (`---------- Forwarded message ---------`).
pub(crate) fn is_forward_marker(line: &str) -> bool {
    let Some(words) = marker_words(line) else { return false };
    FORWARD_WORDS.iter().any(|marker| {
        words == *marker
            || (words.starts_with(marker) && line.trim_start_matches(['>', ' ']).starts_with("--"))
    })
}

/// Whether the line is a rule that clients put above a header block.
pub(crate) fn is_rule(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t', '*', '>', '\u{a0}']);
    line.chars().count() >= 3 && (line.chars().all(|c| matches!(c, '_' | '-' | '─' | '—' | '=')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_blocks_need_three_fields() {
        assert!(is_header_block(&["From: Anna", "Sent: today", "To: me", "Subject: x"]));
        assert!(is_header_block(&["*Von:* Anna", "*Gesendet:* heute", "*An:* mich"]));
        assert!(is_header_block(&["От: Анна", "Отправлено: сегодня", "Кому: мне", "Тема: x"]));
        assert!(is_header_block(&["From: Anna", "", "Sent: today", "", "To: me"]));
        assert!(!is_header_block(&["From: Kiel", "I travel", "To: Rome"]));
        assert!(!is_header_block(&["To: x", "From: y", "Subject: z"]));
    }

    #[test]
    fn below_a_rule_fields_of_any_language_are_a_header_block() {
        let block = ["ಇಂದ: Anna <a@x.org>", "ಕಳುಹಿಸಲಾಗಿದೆ: 14.11.2023 22:13", "ಗೆ: B", "ವಿಷಯ: S"];
        assert!(is_field_block(&block) && !is_header_block(&block));
        assert!(!is_field_block(&["Name: Anna", "Room: 5", "Phone: 555"]));
        assert!(!is_field_block(&["Mail: a@x.org", "Room: 5", "Phone: 555"]));
        assert!(!is_field_block(&["Mail: a@x.org", "since 14.11.2023 22:13", "Room: 5"]));
    }

    #[test]
    fn markers_of_originals_and_forwards() {
        for line in [
            "-----Original Message-----",
            "-------- Ursprüngliche Nachricht --------",
            "-----Исходное сообщение-----",
        ] {
            assert!(is_original_marker(line) && !is_forward_marker(line), "{line}");
        }
        for line in [
            "---------- Forwarded message ---------",
            "Begin forwarded message:",
            "-------- Пересылаемое сообщение --------",
            "----- Forwarded by Anna/Kiel on 14.11.2023 -----",
        ] {
            assert!(is_forward_marker(line) && !is_original_marker(line), "{line}");
        }
        assert!(!is_original_marker("original message") && !is_forward_marker("I got a forwarded message"));
        assert!(is_rule("________________________________") && !is_rule("--"));
    }
}
