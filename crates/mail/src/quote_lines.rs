//! Lines that mail clients put above the mail they quote or forward, in the languages they do it in.
//!
//! Shared by the reading of replies and of forwards. Every check looks at one line, or at a bounded number of
//! lines after it, so that all of it stays linear.

use crate::{
    header_words::HEADER_WORDS,
    quote_words::{FORWARD_WORDS, ORIGINAL_WORDS, STARTS, VERBS, WEEKDAYS},
};

/// Lines of a header block that are looked at after its first.
const HEADER_BLOCK_LINES: usize = 10;

/// Lines that one attribution may be wrapped over.
pub(crate) const ATTRIBUTION_LINES: usize = 5;

/// Lines between a rule and the attribution below it.
const LETTERHEAD_LINES: usize = 5;

/// Characters of a whole attribution.
const MAX_ATTRIBUTION_CHARS: usize = 500;

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
    let colon = line.char_indices().take(30).find(|(_, character)| matches!(character, ':' | '：'))?.0;
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

/// The number of lines of the attribution that begins at the first of `lines` (`On … wrote:`); none if there is none.
///
/// An attribution has a verb or an address, something like a date, and ends with a colon (or with its verb); it may
/// be wrapped. `work` counts the lines looked at.
pub(crate) fn attribution_length(lines: &[&str], work: &mut usize) -> Option<usize> {
    let first = strip_quotes(lines.first()?);
    if first.is_empty() || !may_begin_attribution(first) {
        *work += 1;
        return None;
    }
    let mut joined = String::new();
    for (number, line) in lines.iter().take(ATTRIBUTION_LINES).enumerate() {
        *work += 1;
        let line = strip_quotes(line);
        if line.is_empty() || joined.len() + line.len() > MAX_ATTRIBUTION_CHARS * 4 {
            return None;
        }
        if number > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if joined.chars().count() > MAX_ATTRIBUTION_CHARS {
            return None;
        }
        if is_attribution(&joined) {
            // Prose right above an attribution is no part of it.
            let is_prose = (1..=number).any(|from| begins_anew(lines.get(from..=number).unwrap_or_default()));
            return (!is_prose).then_some(number + 1);
        }
    }
    None
}

/// Whether these lines are an attribution without the lines above them: they begin with a whole date, or with the
/// word before one.
fn begins_anew(lines: &[&str]) -> bool {
    let joined = lines.iter().map(|line| strip_quotes(line)).collect::<Vec<_>>().join(" ");
    let lower = joined.to_lowercase();
    let begins_with_day = begins_with_whole_date(&lower);
    let begins =
        begins_with_day || begins_with_weekday(&lower) || STARTS.iter().any(|start| lower.starts_with(start));
    begins && (has_year(&lower) || begins_with_day) && is_attribution(&joined)
}

/// `14.11.2023`, `14 nov. 2023`, `2023-11-14`, `2023年11月14日`; not `14, 2023` or `2023 at`, the ends of wrapped dates.
fn begins_with_whole_date(lower: &str) -> bool {
    let rest = lower.trim_start_matches(|c: char| c.is_ascii_digit());
    match lower.len() - rest.len() {
        1 | 2 => {
            rest.starts_with(['.', '/', '-'])
                || rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic))
        }
        4 => rest.starts_with(['.', '/', '-', '年']),
        _ => false,
    }
}

fn begins_with_weekday(lower: &str) -> bool {
    let word: String = lower.chars().take_while(|c| c.is_alphabetic() || *c == '-').collect();
    WEEKDAYS.contains(&word.as_str())
}

/// The number of lines of a letterhead: a rule, fields such as `To:` and `Subject:`, and an attribution, as Yandex
/// writes them. None if there is none.
pub(crate) fn letterhead_length(lines: &[&str], work: &mut usize) -> Option<usize> {
    lines.first().filter(|line| is_rule(line))?;
    let behind = lines.get(1..).unwrap_or_default();
    let is_field = |line: &&&str| {
        is_blank(line) || matches!(header_key(line), Some(HeaderKey::To | HeaderKey::Cc | HeaderKey::Subject))
    };
    let fields = behind.iter().take(LETTERHEAD_LINES).take_while(is_field).count();
    *work += fields + 1;
    let length = attribution_length(behind.get(fields..).unwrap_or_default(), work)?;
    Some(1 + fields + length)
}

fn strip_quotes(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t', '\u{a0}', '\u{200e}', '\u{2068}']).trim_end()
}

/// A cheap first look, so that the lines of ordinary prose are not joined and searched.
fn may_begin_attribution(line: &str) -> bool {
    let start: String = line.chars().take(16).collect::<String>().to_lowercase();
    let dated = line.chars().take(40).any(|character| character.is_ascii_digit());
    STARTS.iter().any(|begin| start.starts_with(begin))
        || begins_with_weekday(&start)
        || dated
        || line.chars().take(120).any(|c| matches!(c, '<' | '@'))
        || line.ends_with([':', '：'])
}

/// Whether a whole (joined) line is an attribution.
fn is_attribution(text: &str) -> bool {
    let lower = text.to_lowercase();
    let body = lower.trim_end_matches(['-', ' ', '*', '\u{a0}']);
    let ends_with_colon = body.ends_with([':', '：']);
    let body = body.trim_end_matches([':', '：', ' ', '\u{a0}']);
    let has_address = body.contains('@') && body.contains('.');
    let has_date = has_clock(body)
        || has_year(body)
        || body.matches(['/', '.']).count() >= 2 && body.starts_with(|c: char| c.is_ascii_digit());
    let ends_with_verb = VERBS.iter().any(|verb| ends_with_word(body, verb));
    if ends_with_verb && (has_date || has_address) {
        return ends_with_colon
            || (STARTS.iter().any(|start| lower.starts_with(start)) && has_date && has_address);
    }
    if !ends_with_colon {
        return false;
    }
    let has_verb = VERBS.iter().any(|verb| contains_word(body, verb));
    let ends_with_address = body.ends_with(['>', ')', ']']) && has_address;
    let starts_with_date = body.starts_with(|c: char| c.is_ascii_digit())
        || begins_with_weekday(body)
        || STARTS.iter().any(|start| body.starts_with(start));
    let precise = has_clock(body) && has_year(body);
    (has_verb && has_date && (starts_with_date || has_address))
        || (ends_with_address && has_date && (starts_with_date || precise))
}

/// A clock time such as `10:15` or `17.50`.
fn has_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|window| {
        matches!(window, [a, b':' | b'.', c, d] if a.is_ascii_digit() && c.is_ascii_digit() && d.is_ascii_digit())
    })
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|before| before.is_empty() || !word_goes_on(before.chars().next_back(), word))
}

/// A letter beside a word of letters makes another word; scripts without spaces have no such borders.
fn word_goes_on(neighbour: Option<char>, word: &str) -> bool {
    word.chars().all(|c| !is_wide(c)) && neighbour.is_some_and(char::is_alphanumeric)
}

fn is_wide(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|part| part.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|part| part.chars().next());
        !word_goes_on(before, word) && !word_goes_on(after, word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str) -> Option<usize> {
        attribution_length(&text.lines().collect::<Vec<_>>(), &mut 0)
    }

    #[test]
    fn attributions_in_many_languages() {
        for line in [
            "On Tue, Nov 14, 2023 at 10:15 PM Anna <anna@example.org> wrote:",
            "On 14/11/23 10:15, Anna wrote:",
            "Am 14.11.2023 um 22:13 schrieb Anna Müller:",
            "Le mar. 14 nov. 2023 à 22:13, Anna <anna@example.org> a écrit :",
            "El mar, 14 nov 2023 a las 22:13, Anna (<anna@example.org>) escribió:",
            "Il giorno mar 14 nov 2023 alle ore 22:13 Anna <anna@example.org> ha scritto:",
            "Em ter., 14 de nov. de 2023 às 22:13, Anna <anna@example.org> escreveu:",
            "Op di 14 nov 2023 om 22:13 schreef Anna <anna@example.org>:",
            "wt., 14 lis 2023 o 22:13 Anna <anna@example.org> napisał(a):",
            "вт, 14 нояб. 2023 г. в 22:13, Анна <anna@example.org>:",
            "14.11.2023 22:13, Анна пишет:",
            "14 ноября 2023, 22:13 +03:00 от Анна <anna@example.org>:",
            "Вторник, 14 ноября 2023, 22:13 от Анна <anna@example.org>:",
            "Den tis 14 nov. 2023 kl 22:13 skrev Anna <anna@example.org>:",
            "ti 14. marrask. 2023 klo 22.13 Anna (anna@example.org) kirjoitti:",
            "út 14. 11. 2023 v 22:13 odesílatel Anna <anna@example.org> napsal:",
            "Anna <anna@example.org> ezt írta (időpont: 2023. nov. 14., K, 22:13):",
            "14 Kas 2023 Sal 22:13 tarihinde Anna <anna@example.org> şunu yazdı:",
            "2023年11月14日(火) 22:13 Anna <anna@example.org>:",
            "Anna <anna@example.org> 于2023年11月14日周二 22:13写道：",
            "2023-11-24 16:32 GMT+01:00 Anna <anna@example.org>:",
            "Thu, 26 Jun 2014 14:00:51 +0400 от Анна <anna@example.org>:",
        ] {
            assert_eq!(length(line), Some(1), "{line}");
        }
        assert_eq!(
            length(
                "On Tue, Nov 14, 2023 at 10:15 PM Anna Smith of the Department <\nanna@example.org> wrote:"
            ),
            Some(2)
        );
    }

    #[test]
    fn prose_is_no_attribution() {
        for line in [
            "On Monday I will be away:",
            "As he wrote:",
            "On 14 Nov we met",
            "Please call me at 10:15:",
            "The list:",
            "Am Montag geht es nicht:",
            "В 10:15 ничего не работало:",
            "http://example.org/2023/11/14:",
            "",
        ] {
            assert_eq!(length(line), None, "{line}");
        }
    }

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
