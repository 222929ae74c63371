//! Where a signature begins in a run of lines that somebody wrote: delimiters, footers of mailing lists, lines that
//! clients add, and the sender's own name with what stands below it.
//!
//! Only the last lines are looked at more than once, so that all of it stays linear.

use crate::{
    Address,
    quote_lines::{is_blank, is_rule},
    signature_words::{CLIENT_STARTS, CLOSINGS, GET_WORDS, PRODUCTS, SENT_WORDS, SYSTEMS},
};

/// Lines with text that a signature behind a bare `--` (without its space) may have; with more it is prose.
pub(crate) const MAX_LOOSE_SIGNATURE_LINES: usize = 12;
/// Lines with text in which the line of a client is looked for, from the end.
const CLIENT_LINES: usize = 3;
/// Characters of the line of a client.
const MAX_CLIENT_CHARS: usize = 140;
/// Lines with text of a mailing list's footer.
const MAX_FOOTER_LINES: usize = 6;
/// Underscores of the rule above a footer that no quote precedes.
const MIN_FOOTER_RULE: usize = 40;
/// Lines with text of a signature that only the sender's name tells.
const MAX_NAMED_LINES: usize = 12;
/// Characters of such a line.
const MAX_NAMED_CHARS: usize = 60;
/// Words beside the sender's name in the line that holds it (a title, a degree).
const MAX_WORDS_BESIDE_NAME: usize = 2;
/// Lines with text between a rule and the sender's name (a logo, a company).
const MAX_LINES_ABOVE_NAME: usize = 3;

/// By what the sender's own lines are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sender {
    /// The words of the display name and of the local part, in lower case.
    names: Vec<String>,
    /// In lower case.
    address: String,
}

impl Sender {
    pub(crate) fn of(from: &Address) -> Self {
        Self::new(from.name.as_deref().unwrap_or_default(), &from.email)
    }

    pub(crate) fn new(display_name: &str, address: &str) -> Self {
        let address = address.trim().to_lowercase();
        let local = address.split('@').next().unwrap_or_default();
        let names =
            words(display_name).chain(words(local)).filter(|word| word.chars().count() >= 2).collect();
        Self { names, address }
    }
}

/// The words of letters, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Where the signature of a run of new lines begins.
pub(crate) fn signature_start(run: &[&str], after_quote: bool, sender: &Sender) -> Option<usize> {
    // RFC 3676, 4.3: the delimiter has a space; many clients lose it.
    if let Some(at) = run.iter().position(|line| *line == "-- ") {
        return Some(at);
    }
    let loose = run.iter().position(|line| matches!(line.trim(), "--" | "—" | "–")).filter(|&at| {
        let lines = text_lines(behind(run, at));
        lines > 0 && lines <= MAX_LOOSE_SIGNATURE_LINES
    });
    loose.or_else(|| footer_start(run, after_quote)).or_else(|| {
        let client = client_start(run);
        let above = run.get(..client.unwrap_or(run.len())).unwrap_or_default();
        named_start(above, sender).or(client)
    })
}

fn behind<'a, 'b>(run: &'a [&'b str], at: usize) -> &'a [&'b str] {
    run.get(at + 1..).unwrap_or_default()
}

fn text_lines(lines: &[&str]) -> usize {
    lines.iter().filter(|line| !is_blank(line)).count()
}

/// The footer of a mailing list: a rule of underscores and a few lines, behind a quote or with a page or an address.
fn footer_start(run: &[&str], after_quote: bool) -> Option<usize> {
    let at = run.iter().position(|line| {
        let line = line.trim();
        line.len() >= 2 && line.bytes().all(|byte| byte == b'_')
    })?;
    let below = behind(run, at);
    let short = text_lines(below) <= MAX_FOOTER_LINES;
    let is_list = run.get(at).is_some_and(|line| line.trim().len() >= MIN_FOOTER_RULE)
        && below.iter().any(|line| is_contact(line));
    (short && (after_quote || is_list)).then_some(at)
}

/// Whether a mobile or web client added the line: it says how the mail was sent, or advertises the client.
fn is_client_line(line: &str) -> bool {
    let line = line.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '-' | '—' | '–' | '~' | '[' | '(')
    });
    if line.is_empty() || line.chars().count() > MAX_CLIENT_CHARS {
        return false;
    }
    let lower = line.to_lowercase();
    let text =
        lower.split(['<', '(']).next().unwrap_or_default().trim_end_matches(['.', '。', ' ', ']', ')']);
    CLIENT_STARTS.iter().any(|start| lower.starts_with(start)) || says_sent(text) || advertises(text)
}

fn says_sent(text: &str) -> bool {
    let names = |product: &&str| text.contains(*product);
    SENT_WORDS.iter().any(|word| begins_with_word(text, word) || text.ends_with(word))
        && PRODUCTS.iter().any(names)
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !word.is_ascii() || !rest.starts_with(char::is_alphanumeric))
}

fn advertises(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let begins_or_ends = |word: &&str| text.starts_with(*word) || text.ends_with(word.trim_end());
    text.contains("outlook") && has(SYSTEMS) && GET_WORDS.iter().any(begins_or_ends)
}

/// The first line of a client among the last lines with text.
fn client_start(run: &[&str]) -> Option<usize> {
    let last = run.iter().enumerate().rev().filter(|(_, line)| !is_blank(line)).take(CLIENT_LINES);
    last.filter(|(_, line)| is_client_line(line)).map(|(at, _)| at).last()
}

/// Where the lines begin that the sender's name or address tells: the closing or the rule above, the name, what
/// stands below. Something must remain above: a name alone is an answer.
fn named_start(run: &[&str], sender: &Sender) -> Option<usize> {
    if sender.names.is_empty() {
        return None;
    }
    let tail = tail_start(run);
    let name = (tail..run.len()).find(|&at| run.get(at).is_some_and(|line| names_sender(line, sender)))?;
    let below = behind(run, name);
    let above = closing_or_rule(run, tail, name);
    let is_alone = text_lines(below) == 0;
    let has_contact = below.iter().any(|line| is_contact(line) || is_client_line(line));
    let stands_apart = name > 0 && run.get(name - 1).is_some_and(|line| is_blank(line));
    let found = match above {
        Some(above) if is_alone || has_contact => above,
        None if stands_apart && (is_alone || has_contact) => name,
        _ => return None,
    };
    (text_lines(run.get(..found).unwrap_or_default()) > 0).then_some(found)
}

/// The first of the last lines that are short enough for a signature.
fn tail_start(run: &[&str]) -> usize {
    let mut seen = 0;
    let mut start = run.len();
    for (at, line) in run.iter().enumerate().rev() {
        seen += usize::from(!is_blank(line));
        if seen > MAX_NAMED_LINES || line.chars().nth(MAX_NAMED_CHARS).is_some() {
            break;
        }
        start = at;
    }
    start
}

/// A line of the sender's name and little else, or of the address alone.
fn names_sender(line: &str, sender: &Sender) -> bool {
    let line = line.trim();
    if line.ends_with(['?', '!', ':']) || !line.starts_with(char::is_alphabetic) {
        return false;
    }
    let words: Vec<String> = words(line.split([',', '|']).next().unwrap_or_default()).collect();
    let named = words.iter().filter(|word| sender.names.contains(word)).count();
    line.to_lowercase() == sender.address || (named > 0 && words.len() - named <= MAX_WORDS_BESIDE_NAME)
}

/// A closing right above the name, or a rule a few lines above it.
fn closing_or_rule(run: &[&str], tail: usize, name: usize) -> Option<usize> {
    let above: Vec<(usize, &str)> = (tail..name)
        .rev()
        .filter_map(|at| run.get(at).map(|line| (at, *line)))
        .filter(|(_, line)| !is_blank(line))
        .take(MAX_LINES_ABOVE_NAME)
        .collect();
    let closing = above.first().filter(|(_, line)| is_closing(line));
    closing.or_else(|| above.iter().find(|(_, line)| is_rule(line))).map(|(at, _)| *at)
}

fn is_closing(line: &str) -> bool {
    let lower = line.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation()).to_lowercase();
    CLOSINGS.contains(&lower.trim_end_matches(['，', '。', '！', '、']))
}

/// An address, a page or a telephone number.
fn is_contact(line: &str) -> bool {
    let lower = line.to_lowercase();
    let digits = line.chars().filter(char::is_ascii_digit).count();
    (lower.contains('@') && lower.contains('.'))
        || lower.contains("www.")
        || lower.contains("http")
        || (digits >= 7 && line.chars().filter(|c| c.is_alphabetic()).count() <= 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_clients() {
        for line in [
            "Sent from my iPhone",
            "Von meinem Samsung Galaxy Smartphone gesendet.",
            "Wysłane za pomocą bezpiecznej poczty Proton Mail.",
            "Proton Mail の安全なメールで送信。",
            "Get Outlook for iOS<https://aka.ms/x>",
            "Outlook für Android beziehen",
            "Outlook for iOS を入手",
            "Отправлено из мобильного приложения Яндекс Почты",
        ] {
            assert!(is_client_line(line), "{line}");
        }
        for line in [
            "Outlook on Android crashes",
            "I sent it from my Android phone",
            "Sentinel runs on Android",
            "The mail was sent",
            "",
        ] {
            assert!(!is_client_line(line), "{line}");
        }
    }

    fn start(text: &str, name: &str) -> Option<usize> {
        signature_start(
            &text.lines().collect::<Vec<_>>(),
            false,
            &Sender::new(name, "anna.smith@example.org"),
        )
    }

    #[test]
    fn the_sender_is_known_by_name() {
        assert_eq!(start("Hi\n\nThank you,\nAnna", "Anna Smith"), Some(2));
        assert_eq!(start("Hi\n\nAnna Smith", ""), Some(2));
        assert_eq!(start("Hi\n\nAnna Smith\nCompany\n+49 431 555 01", "Anna Smith"), Some(2));
        assert_eq!(start("Hi\n\n-----\n\nCompany\n\nAnna Smith\n\nwww.example.org", "Anna Smith"), Some(2));
        assert_eq!(start("Hi\n\nAnna\n\nSent from my iPhone", "Anna Smith"), Some(2));
    }

    #[test]
    fn a_name_in_an_answer_is_no_signature() {
        for text in [
            "Anna",
            "Thank you,\nAnna",
            "These need access:\n\nAnna\nBob\nCarl",
            "Please ask\nAnna",
            "Who? Anna, Bob or somebody else of them",
            "1. Bob\n\n2. Anna",
        ] {
            assert_eq!(start(text, "Anna Smith"), None, "{text}");
        }
        assert_eq!(start("Hi\n\nBob", "Anna Smith"), None);
    }
}
