//! Attributions: the line above a quote that says who wrote it and when (`On … wrote:`).
//!
//! No language has a pattern of its own: an attribution is put together from a date, an address, a verb and a colon,
//! whose words are data in [`crate::quote_words`]. Every check looks at a bounded number of lines.

use crate::{
    quote_lines::{HeaderKey, header_key, is_blank, is_rule},
    quote_words::{QUOTING, STARTS, VERBS, WEEKDAYS},
};

/// Lines that one attribution may be wrapped over.
const ATTRIBUTION_LINES: usize = 5;

/// Lines between a rule and the attribution below it.
const LETTERHEAD_LINES: usize = 5;

/// Characters of a whole attribution.
const MAX_ATTRIBUTION_CHARS: usize = 500;

/// Characters of an attribution that has a name and no date (`Anna wrote:`).
const MAX_NAME_CHARS: usize = 80;

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
        let above_quote = blanks_above_quote(lines.get(number + 1..).unwrap_or_default());
        if is_attribution(&joined, above_quote) {
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
    begins && (has_year(&lower) || begins_with_day) && is_attribution(&joined, None)
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
    line.trim_start_matches(|c| matches!(c, '>' | ' ' | '\t' | '\u{a0}') || is_direction_mark(c)).trim_end()
}

/// A cheap first look, so that the lines of ordinary prose are not joined and searched.
fn may_begin_attribution(line: &str) -> bool {
    let start: String = line.chars().take(16).collect::<String>().to_lowercase();
    let dated = line.chars().take(40).any(|character| character.is_ascii_digit());
    STARTS.iter().any(|begin| start.starts_with(begin))
        || start.starts_with("---")
        || begins_with_weekday(&start)
        || dated
        || line.chars().take(120).any(|c| matches!(c, '<' | '@'))
        || line.ends_with([':', '：'])
}

/// What a whole (joined) line holds of an attribution.
struct Parts {
    ends_with_colon: bool,
    ends_with_verb: bool,
    ends_with_address: bool,
    has_verb: bool,
    has_address: bool,
    /// An address as it stands behind a name.
    has_bracketed_address: bool,
    has_date: bool,
    /// A clock time and a year.
    has_moment: bool,
    ends_with_digit: bool,
    /// The line begins with a date or the word before one.
    starts_with_date: bool,
    starts_with_word: bool,
}

fn parts(text: &str) -> Parts {
    let lower = text.to_lowercase();
    // Zoho puts dashes at both ends.
    let lower = if lower.starts_with("---") { lower.trim_start_matches(['-', ' ']) } else { lower.as_str() };
    let trimmed = trim_end_marks(lower);
    let body = trimmed.trim_end_matches([':', '：', ' ', '\u{a0}']);
    let has_address = body.contains('@') && body.contains('.');
    let starts_with_digit = body.starts_with(|c: char| c.is_ascii_digit());
    let starts_with_word = STARTS.iter().any(|start| lower.starts_with(start));
    let ends_with_colon = trimmed.ends_with([':', '：']);
    let has_date =
        has_clock(body) || has_year(body) || (starts_with_digit && body.matches(['/', '.']).count() >= 2);
    Parts {
        ends_with_colon,
        ends_with_verb: ends_with_verb(body),
        ends_with_address: has_address && body.ends_with(['>', ')', ']']),
        // The dearest of all, and without the other two it does not count.
        has_verb: ends_with_colon && has_date && VERBS.iter().any(|verb| contains_word(body, verb)),
        has_address,
        has_bracketed_address: has_address && body.contains(['<', '(', '[']),
        has_date,
        has_moment: has_moment(body),
        ends_with_digit: body.ends_with(|c: char| c.is_ascii_digit()),
        starts_with_date: starts_with_digit || starts_with_word || begins_with_weekday(body),
        starts_with_word,
    }
}

fn trim_end_marks(text: &str) -> &str {
    text.trim_end_matches(|c| {
        matches!(c, '-' | ' ' | '*' | '\u{a0}' | '\u{200b}' | '\u{feff}') || is_direction_mark(c)
    })
}

/// The empty lines above a quote, at most one; none if there is no quote.
fn blanks_above_quote(lines: &[&str]) -> Option<usize> {
    let at = lines.iter().take(2).position(|line| !is_blank(line))?;
    lines.get(at).filter(|line| line.trim_start().starts_with('>')).map(|_| at)
}

/// Whether a whole (joined) line is an attribution. Above a quote less is needed, right above it still less.
fn is_attribution(text: &str, blanks_above_quote: Option<usize>) -> bool {
    // A cheap first look at the end: without a colon only an address makes an attribution.
    if !text.contains('@') && !trim_end_marks(text).ends_with([':', '：']) {
        return false;
    }
    let parts = parts(text);
    if parts.ends_with_verb && (parts.has_date || parts.has_address) {
        return parts.ends_with_colon || (parts.starts_with_word && parts.has_date && parts.has_address);
    }
    if !parts.ends_with_colon {
        // Gmail of old wrote `2013/6/14 Anna <…>`.
        let dated = parts.has_date && begins_with_whole_date(text);
        return blanks_above_quote.is_some() && dated && parts.ends_with_address;
    }
    let by_verb = parts.has_verb
        && parts.has_date
        && (parts.starts_with_date
            || parts.has_bracketed_address
            || (parts.has_moment && parts.ends_with_digit));
    let by_address =
        parts.ends_with_address && parts.has_date && (parts.starts_with_date || parts.has_moment);
    let short = text.chars().nth(MAX_NAME_CHARS).is_none();
    let names_person = parts.ends_with_verb || (has_quoting_word(text) && parts.has_address);
    let by_quote = (blanks_above_quote == Some(0) && short && names_person)
        || (blanks_above_quote.is_some() && parts.has_address && parts.has_date);
    by_verb || by_address || by_quote
}

/// Whether a line that stands right above a quote has the makings of an attribution in a language that is not known:
/// a colon at its end, and an address or a moment.
pub(crate) fn may_be_attribution(line: &str) -> bool {
    if line.len() > MAX_ATTRIBUTION_CHARS * 4 {
        return false;
    }
    let parts = parts(line);
    parts.ends_with_colon && (parts.has_address || parts.has_moment)
}

/// `Quoting Anna <…>:`, `Zitat von …`.
fn has_quoting_word(text: &str) -> bool {
    let lower = text.to_lowercase();
    QUOTING.iter().any(|word| lower.starts_with(word))
}

/// Marks of the direction of writing, which clients put around names and addresses.
pub(crate) fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text in lower case ends with a verb of attributions.
pub(crate) fn ends_with_verb(lower: &str) -> bool {
    VERBS.iter().any(|verb| ends_with_word(lower, verb))
}

/// A clock time and a year.
pub(crate) fn has_moment(text: &str) -> bool {
    let is_clock = |word: &str| has_clock(word) && word.matches('.').count() < 2;
    has_year(text) && text.split(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).any(is_clock)
}

/// A clock time such as `10:15` or `17.50`, or a short date.
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
    fn attributions_of_further_clients() {
        for line in [
            "Am 03.02.2014 3:18 nachm. schrieb \"Anna\" <a@x.org>:",
            "Am Do., 14. Nov. 2023, 22:13 hat Anna <a@x.org> geschrieben:",
            "Anna <a@x.org> schrieb am Di., 14. Nov. 2023, 22:13:",
            "Dne 14.11.2023 v 22:13 Anna napsal(a):",
            "Il 14/nov/2023 22:13, \"Anna\" <a@x.org> ha scritto:",
            "14 нояб. 2023 г. 22:13 пользователь \"Анна\" <a@x.org> написал:",
            "На 14.11.2023 г. в 22:13 ч., Anna написа:",
            "---- Am Di, 14 Nov 2023 22:13:00 +0100 Anna <a@x.org> schrieb ----",
            "---- On Tue, 14 Nov 2023 22:13:00 +0100 Anna <a@x.org> wrote ---",
            "Anna <a@x.org> 於 2023年11月14日 週二 下午10:13寫道：",
            "2023년 11월 14일 (화) 오후 10:13, Anna <a@x.org>님이 작성:",
            "Anna <a@x.org> wrote on 14/11/2023:",
            "At 10:13 PM 11/14/2023, Anna wrote:",
            "On Nov 14, 2023, Anna wrote:",
            "On 14.11.23 22:13, Anna via Support wrote:",
            "Pada Sel, 14 Nov 2023 pukul 22.13 Anna <a@x.org> menulis:",
            "Vào Th 3, 14 thg 11, 2023 vào lúc 22:13 Anna <a@x.org> đã viết:",
            "Στις Τρί 14 Νοε 2023 στις 10:13 μ.μ., ο χρήστης Anna <a@x.org> έγραψε:",
            "mar., 14 nov. 2023 la 22:13, Anna <a@x.org> a scris:",
            "\u{202b}בתאריך יום ג׳, 14 בנוב׳ 2023 ב-22:13 מאת Anna <\u{202a}a@x.org\u{202c}>:\u{202c}",
        ] {
            assert_eq!(length(line), Some(1), "{line}");
        }
    }

    #[test]
    fn right_above_a_quote_a_name_is_enough() {
        for line in [
            "Anna wrote:",
            "Anna schrieb:",
            "Анна пишет:",
            "Quoting Anna <a@x.org>:",
            "Zitat von Anna <a@x.org>:",
        ] {
            assert_eq!(length(&format!("{line}\n> text")), Some(1), "{line}");
            assert_eq!(length(line), None, "{line}");
        }
        assert_eq!(length("2013/6/14 Anna <a@x.org>\n\n> text"), Some(1));
        assert_eq!(length("2013/6/14 Anna <a@x.org>\n\ntext"), None);
        assert_eq!(length("ที่ 14 พ.ย. 2023 22:13 Anna <a@x.org>:\n> text"), Some(1));
        for line in ["The log of 14.11.2023 10:15:", "This is what I see:"] {
            assert_eq!(length(&format!("{line}\n> text")), None, "{line}");
        }
    }

    #[test]
    fn prose_right_above_an_attribution_is_no_part_of_it() {
        let attribution = "On Tue, Nov 14, 2023 at 10:15 PM Anna <a@x.org> wrote:";
        for attribution in [
            attribution,
            "вт, 14 нояб. 2023 г. в 22:13, Анна <a@x.org>:",
            "2023年11月14日(火) 22:13 Anna <a@x.org>:",
        ] {
            for prose in ["Call me at 555 1234", "See http://x.org/?a=1@2 <b>", "Error 0x61."] {
                assert_eq!(length(&format!("{prose}\n{attribution}")), None, "{prose}");
            }
        }
        assert_eq!(length("On Tue, Nov 14,\n2023 at 10:15 PM Anna <a@x.org> wrote:"), Some(2));
        assert_eq!(length("On Tue, Nov\n14, 2023 at 10:15 PM Anna <a@x.org> wrote:"), Some(2));
        assert_eq!(
            length("Wiadomość napisana przez Anna <a@x.org>\nw dniu 14 lis 2023, o godz. 22:13:"),
            Some(2)
        );
    }

    #[test]
    fn a_letterhead_is_a_rule_fields_and_an_attribution() {
        let letterhead = |text: &str| letterhead_length(&text.lines().collect::<Vec<_>>(), &mut 0);
        let attribution = "14.11.2023, 22:13, \"Анна\" <a@x.org>:";
        assert_eq!(letterhead(&format!("-----\nКому: B (b@x.org);\nТема: C;\n{attribution}")), Some(4));
        assert_eq!(letterhead(&format!("-----\n{attribution}")), Some(2));
        assert_eq!(letterhead("-----\nТема: C;\ntext"), None);
        assert_eq!(letterhead(attribution), None);
    }
}
