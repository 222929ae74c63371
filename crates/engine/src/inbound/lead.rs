//! What a mail begins with: the word by which people answer a question or ask for something (`approved`,
//! `unsubscribe`), and the rest.
//!
//! Cautious on purpose: a word counts only where it stands alone or before a mark that ends it. "Approved if it is
//! cheap" and "Approve?" hold no such word. Which words mean what is said by the actions.

use super::evidence::without_number_tags;
use crate::dictionary::Dictionary;
use crate::fold::fold;
use crate::token::WATERMARK;

/// Characters of a line that are looked at.
const LINE_CHARS_MAX: usize = 1_000;
/// Marks that may follow the word at once.
const ENDS: [char; 5] = ['.', ',', '!', ';', ':'];
/// Dashes that may follow it after a space.
const DASHES: [char; 3] = ['-', '–', '—'];

/// The first line of a text that is not empty.
pub fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(LINE_CHARS_MAX).collect()
}

/// The word that the line begins with, folded, where it stands for itself; else empty.
pub fn word(line: &str) -> String {
    let (word, _) = cut(line);
    fold(word)
}

/// The same of a subject, in which a record's number may stand before and behind the word, and a watermark behind it.
pub fn subject_word(dictionary: &Dictionary, core_subject: &str) -> String {
    let subject = without_number_tags(dictionary, core_subject);
    let alone = word(subject);
    if !alone.is_empty() {
        return alone;
    }
    let Some((first, behind)) = subject.split_once(char::is_whitespace) else { return String::new() };
    let behind = behind.trim_start();
    let tagged = behind.starts_with(WATERMARK) || without_number_tags(dictionary, behind) != behind;
    if tagged { word(first) } else { String::new() }
}

/// The text without the word that it begins with; all of it where it begins with none.
pub fn rest(text: &str) -> String {
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or_default();
    let (word, behind) = cut(line);
    if word.is_empty() {
        return text.to_owned();
    }
    let below = text.get(line.len()..).unwrap_or_default();
    format!("{behind}{below}").trim().to_owned()
}

/// The word at the beginning of a line and what stands behind its mark; both empty where there is none.
fn cut(line: &str) -> (&str, &str) {
    let line = line.trim();
    let end = line.find(|c: char| c.is_whitespace() || ENDS.contains(&c)).unwrap_or(line.len());
    let (word, behind) = line.split_at(end);
    if word.is_empty() || !word.chars().all(|c| c.is_alphabetic() || c == '-') {
        return ("", "");
    }
    let marked = behind.trim_start_matches(ENDS);
    let behind = marked.trim_start();
    let dashed = behind.trim_start_matches(DASHES);
    let ends = behind.is_empty() || marked.len() < line.len() - end || dashed.len() < behind.len();
    // A question decides nothing.
    if !ends || line.ends_with('?') {
        return ("", "");
    }
    (word, dashed.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_alone_or_before_a_mark() {
        for line in
            ["Approved", " approved. ", "APPROVED!", "Approved, thanks", "approved - fine", "approved: ok"]
        {
            assert_eq!(word(line), "approved", "{line}");
        }
        assert_eq!(word("Согласовано."), "согласовано");
        for line in [
            "Approved if it is cheap",
            "approve?",
            "approved, or not?",
            "approve/reject",
            "#close",
            "",
            "12.",
        ] {
            assert_eq!(word(line), "", "{line}");
        }
    }

    #[test]
    fn the_rest_is_what_stands_behind_and_below() {
        assert_eq!(rest("Approved, thanks\n\nBuy two."), "thanks\n\nBuy two.");
        assert_eq!(rest("\nApproved.\n"), "");
        assert_eq!(rest("Approved - fine"), "fine");
        assert_eq!(rest("It is dead.\nReally"), "It is dead.\nReally".trim());
        assert_eq!(first_line("\n\n  Hello \nx"), "Hello");
    }
}
