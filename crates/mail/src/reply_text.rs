//! The new text of an answer: without the mail that it quotes and without the signature.
//!
//! Line based and linear: each line is looked at a bounded number of times. What is a quote is told by `>` marks,
//! attributions (`On … wrote:`), quoted header blocks (Outlook), markers (`-----Original Message-----`) and our own
//! separator line. Answers between quotes are kept; a forwarded mail is not cut.

use crate::{
    Mail,
    attribution::{attribution_length, letterhead_length, may_be_attribution},
    lines::clean_text,
    quote_lines::{
        header_key, is_blank, is_field_block, is_forward_marker, is_header_block, is_original_marker, is_rule,
    },
    signature_lines::{Sender, signature_start},
};

/// Characters of a quoted line that a client may have wrapped, leaving its end without a `>`.
const MIN_WRAPPED_CHARS: usize = 60;

/// What is known beforehand about the mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplyOptions {
    /// Our own marker lines (`Reply above this line`): a line that holds one ends the new text, with the attribution
    /// right above it. Where it stands in a quote with `>` marks only the marked lines are quoted: people write below
    /// and between them all the same. Compared without case and with any spaces, also where a client wrapped it over
    /// two lines.
    pub separators: Vec<String>,
    /// Tokens (watermarks): a line that holds one is left out of the new text.
    pub drop_lines_containing: Vec<String>,
    /// The mail is a forward: nothing is cut as a quote.
    pub forward: bool,
}

/// A body taken apart. The three hold the lines in their order; dropped lines are in none of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplyText {
    /// What the sender wrote.
    pub new_text: String,
    /// What was quoted, attributions and markers included.
    pub quoted: String,
    /// The signature with its delimiter, lines of mobile clients and footers of mailing lists.
    pub signature: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    New,
    /// Of a forwarded mail: part of the new text, and not looked into for signatures.
    Forwarded,
    Quoted,
    Signature,
    Dropped,
}

/// Takes a text body apart.
pub fn split(text: &str, options: &ReplyOptions) -> ReplyText {
    split_counting(text, options, &Sender::default()).0
}

/// Takes the text body of a mail apart. Knowing the sender, it tells signatures without a delimiter, too: the
/// sender's name at the end, with the closing above it and contact data below.
pub fn split_mail(mail: &Mail, options: &ReplyOptions) -> ReplyText {
    let sender = mail.from.as_ref().map(Sender::of).unwrap_or_default();
    split_counting(&mail.text, options, &sender).0
}

/// Whether a line holds one of the tokens of [`ReplyOptions::drop_lines_containing`].
pub fn is_watermark_line(line: &str, tokens: &[String]) -> bool {
    tokens.iter().any(|token| !token.is_empty() && line.contains(token.as_str()))
}

/// [`split`], and how many times a line was looked at: the measure of its work.
fn split_counting(text: &str, options: &ReplyOptions, sender: &Sender) -> (ReplyText, usize) {
    let text = clean_text(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut work = lines.len();
    let mut kinds = mark_quotes(&lines, options, &mut work);
    mark_wrapped_quotes(&lines, &mut kinds);
    mark_signatures(&lines, &mut kinds, sender, &mut work);
    for (line, kind) in lines.iter().zip(kinds.iter_mut()) {
        if *kind != Kind::Quoted && is_watermark_line(line, &options.drop_lines_containing) {
            *kind = Kind::Dropped;
        }
    }
    let of = |wanted: &[Kind]| {
        let chosen: Vec<&str> = lines
            .iter()
            .zip(&kinds)
            .filter(|(_, kind)| wanted.contains(kind))
            .map(|(line, _)| *line)
            .collect();
        trim_blank_lines(&chosen)
    };
    let new_text = of(&[Kind::New, Kind::Forwarded]);
    (ReplyText { new_text, quoted: of(&[Kind::Quoted]), signature: of(&[Kind::Signature]) }, work)
}

fn trim_blank_lines(lines: &[&str]) -> String {
    let is_text = |line: &&str| !line.trim().is_empty();
    let start = lines.iter().position(is_text).unwrap_or(lines.len());
    let end = lines.iter().rposition(is_text).map_or(start, |last| last + 1);
    let text = lines.get(start..end).unwrap_or_default().join("\n");
    text.trim_end().to_owned()
}

fn is_quote(line: &str) -> bool {
    line.trim_start_matches([' ', '\t', '\u{a0}']).starts_with('>')
}

/// What a line does to those behind it.
enum Step {
    /// This many lines are quoted.
    Quote(usize),
    /// Everything from here on is quoted.
    Cut,
    /// Our own marker: everything from here on is quoted, and so is an attribution right above.
    CutAtSeparator,
    /// Our own marker in a quote with marks: the line is quoted, and so is an attribution right above.
    QuoteSeparator,
    /// Everything from here on is new: a forwarded mail.
    KeepAll,
    New,
}

fn mark_quotes(lines: &[&str], options: &ReplyOptions, work: &mut usize) -> Vec<Kind> {
    let mut kinds = vec![Kind::New; lines.len()];
    let separators: Vec<String> =
        options.separators.iter().map(|line| comparable(line)).filter(|line| !line.is_empty()).collect();
    let mut at = 0;
    // Whether the last line with text was quoted: what is marked as a quote then belongs to it.
    let mut within_quote = false;
    while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if !within_quote && begins_quoted_forward(rest, options) {
            Step::KeepAll
        } else {
            step(rest, options, &separators, work)
        };
        let is_text = rest.first().is_some_and(|line| !is_blank(line.trim_start_matches(['>', ' '])));
        let count = match step {
            Step::KeepAll => {
                for kind in kinds.iter_mut().skip(at) {
                    *kind = Kind::Forwarded;
                }
                break;
            }
            Step::Cut => rest.len(),
            Step::CutAtSeparator => {
                at = attribution_above(lines, at);
                lines.len() - at
            }
            Step::QuoteSeparator => {
                let marker = at;
                at = attribution_above(lines, at);
                marker + 1 - at
            }
            Step::Quote(count) => count,
            Step::New => {
                at += 1;
                within_quote &= !is_text;
                continue;
            }
        };
        within_quote |= is_text;
        for kind in kinds.iter_mut().skip(at).take(count) {
            *kind = Kind::Quoted;
        }
        at += count.max(1);
    }
    kinds
}

/// Apple Mail marks what it forwards as a quote.
fn begins_quoted_forward(rest: &[&str], options: &ReplyOptions) -> bool {
    !options.forward && rest.first().is_some_and(|line| is_quote(line) && is_forward_marker(line))
}

fn step(rest: &[&str], options: &ReplyOptions, separators: &[String], work: &mut usize) -> Step {
    let line = rest.first().copied().unwrap_or_default();
    if holds_separator(rest, separators) {
        let marked = rest.iter().take(2).filter(|line| is_quote(line)).count() == 2;
        return if marked { Step::QuoteSeparator } else { Step::CutAtSeparator };
    }
    if options.forward {
        let begins_forward =
            is_forward_marker(line) || is_original_marker(line) || begins_header_block(rest, work);
        return if begins_forward { Step::KeepAll } else { Step::New };
    }
    if is_quote(line) {
        if line.starts_with(">>>") && is_original_marker(line) {
            return Step::Cut;
        }
        return if begins_marked_head(rest, work) { Step::Cut } else { Step::Quote(1) };
    }
    if is_blank(line) {
        return Step::New;
    }
    if is_forward_marker(line) {
        return Step::KeepAll;
    }
    if is_original_marker(line) || begins_header_block(rest, work) {
        return Step::Cut;
    }
    let Some(length) = letterhead_length(rest, work).or_else(|| attribution_length(rest, work)) else {
        return Step::New;
    };
    let behind = rest.get(length..).unwrap_or_default();
    let next = behind.iter().find(|line| !is_blank(line));
    *work += behind.iter().take_while(|line| is_blank(line)).count();
    match next {
        // A quote with marks ends where they end; answers may follow.
        Some(line) if is_quote(line) => Step::Quote(length),
        _ => Step::Cut,
    }
}

/// Whether nothing but the head of a quote is marked, and what it is the head of is not (Orange writes so).
fn begins_marked_head(rest: &[&str], work: &mut usize) -> bool {
    const MOST_LINES: usize = 8;
    *work += 1;
    let fields = rest.get(1..).unwrap_or_default();
    if !fields.first().is_some_and(|line| is_quote(line)) || !is_header_block(fields) {
        return false;
    }
    let marked = fields.iter().take(MOST_LINES).take_while(|line| is_quote(line));
    let marked = marked.filter(|line| header_key(line).is_some()).count();
    let behind = fields.get(marked..).unwrap_or_default();
    *work += MOST_LINES;
    behind.iter().take(MOST_LINES).find(|line| !is_blank(line)).is_some_and(|line| !is_quote(line))
}

/// A line without quote marks and case, its spaces as one each.
fn comparable(line: &str) -> String {
    let words: Vec<&str> = line.trim_start_matches(['>', ' ', '\t', '\u{a0}']).split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Whether a separator begins in the first line; clients wrap it and change its spaces.
fn holds_separator(rest: &[&str], separators: &[String]) -> bool {
    if separators.is_empty() {
        return false;
    }
    let line = comparable(rest.first().copied().unwrap_or_default());
    if line.is_empty() {
        return false;
    }
    let next = comparable(rest.get(1).copied().unwrap_or_default());
    let wrapped = format!("{line} {next}");
    separators.iter().any(|separator| {
        line.contains(separator) || (wrapped.contains(separator) && !next.contains(separator))
    })
}

/// Where the attribution begins that stands right above our marker, in whatever language; the marker if there is none.
fn attribution_above(lines: &[&str], marker: usize) -> usize {
    const GAP: usize = 2;
    let above = lines.get(..marker).unwrap_or_default();
    let blanks = above.iter().rev().take(GAP).take_while(|line| is_blank(line)).count();
    let Some(last) = above.len().checked_sub(blanks + 1) else { return marker };
    let found = above.get(last).is_some_and(|line| !is_quote(line) && may_be_attribution(line));
    if found { last } else { marker }
}

/// A quoted header block, possibly under a rule.
fn begins_header_block(rest: &[&str], work: &mut usize) -> bool {
    const RULE_GAP: usize = 3;
    *work += 1;
    if is_header_block(rest) {
        return true;
    }
    let Some(line) = rest.first().filter(|line| is_rule(line)) else { return false };
    *work += RULE_GAP;
    let behind = rest.get(1..).unwrap_or_default();
    let gap = behind.iter().take(RULE_GAP).take_while(|line| is_blank(line)).count();
    let behind = behind.get(gap..).unwrap_or_default();
    !line.is_empty() && (is_header_block(behind) || is_field_block(behind))
}

/// The wrapped end of a quoted line, left without its mark between two marked lines, is quoted too.
fn mark_wrapped_quotes(lines: &[&str], kinds: &mut [Kind]) {
    let wrapped: Vec<usize> = lines
        .windows(3)
        .enumerate()
        .filter_map(|(at, window)| {
            let [before, line, after] = window else { return None };
            let goes_on =
                line.starts_with(char::is_lowercase) && !before.trim_end().ends_with(['.', '?', '!', ':']);
            let long = before.chars().count() >= MIN_WRAPPED_CHARS;
            (is_quote(before) && is_quote(after) && goes_on && long).then_some(at + 1)
        })
        .collect();
    for at in wrapped {
        if let Some(kind) = kinds.get_mut(at) {
            *kind = Kind::Quoted;
        }
    }
}

/// Marks signatures at the end of each run of new lines.
fn mark_signatures(lines: &[&str], kinds: &mut [Kind], sender: &Sender, work: &mut usize) {
    let mut start = 0;
    while start < kinds.len() {
        if kinds.get(start) != Some(&Kind::New) {
            start += 1;
            continue;
        }
        let length = kinds.iter().skip(start).take_while(|kind| **kind == Kind::New).count();
        let run = lines.get(start..start + length).unwrap_or_default();
        let after_quote = start > 0;
        *work += length;
        if let Some(from) = signature_start(run, after_quote, sender) {
            for kind in kinds.iter_mut().skip(start + from).take(length - from) {
                *kind = Kind::Signature;
            }
        }
        start += length;
    }
}

#[cfg(test)]
mod tests;
