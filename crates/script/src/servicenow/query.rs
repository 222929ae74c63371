//! Encoded queries as scripts write them: their order is taken out, and `javascript:` values are replaced
//! by what they give. What a query means is the host's.

use rquickjs as js;

use super::API;
use crate::interp::convert::{self, Halt};
use crate::interp::kit::{self, Call};
use crate::record::{Record, plain};
use crate::{Filter, Level, Value};

const SCRIPT: &str = "javascript:";
/// What `javascript:` values may call of `gs`, by how the names begin: dates and who the script runs as.
/// A query may come from anywhere, so that nothing else is evaluated.
const CALLABLE: [&str; 18] = [
    "beginningOf",
    "endOf",
    "daysAgo",
    "weeksAgo",
    "hoursAgo",
    "minutesAgo",
    "monthsAgo",
    "quartersAgo",
    "yearsAgo",
    "yesterday",
    "lastWeek",
    "now",
    "dateGenerate",
    "datePart",
    "getUser",
    "userID",
    "getMyGroups",
    "getID",
];

/// The filter of an encoded query, whose order goes into the query of the record.
pub(super) fn filter(call: &Call<'_, '_>, record: &Record, text: &str) -> Result<Filter, Halt> {
    let text = match text.trim().strip_prefix(SCRIPT) {
        Some(script) => match evaluate(call, script)? {
            Some(text) => text,
            None => return Ok(Filter::nothing()),
        },
        None => text.to_owned(),
    };
    let mut kept: Vec<String> = Vec::new();
    for part in parts(&text) {
        let ordered = [("ORDERBYDESC", true), ("ORDERBY", false), ("GROUPBY", false)];
        let order = ordered.iter().find_map(|(word, down)| Some((part.strip_prefix(word)?, *down)));
        if let Some((field, descending)) = order {
            record.choose(|choice| choice.order.push((field.to_owned(), descending)));
        } else if part == "EQ" {
            // It ends a query and means nothing.
        } else if part.contains(SCRIPT) {
            match replaced(call, &part)? {
                Some(part) => kept.push(part),
                None => return Ok(Filter::nothing()),
            }
        } else if !part.is_empty() {
            kept.push(part);
        }
    }
    Ok(if kept.is_empty() { Filter::everything() } else { Filter::Encoded(kept.join("^")) })
}

/// The parts between single `^`; a doubled one belongs to its value, and what a script in a value says to it.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let taken = match sign {
            '^' if rest.starts_with("^^") => 2,
            '^' => {
                parts.push(String::new());
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            _ if rest.starts_with(SCRIPT) => {
                SCRIPT.len() + script_length(rest.get(SCRIPT.len()..).unwrap_or(""))
            }
            other => other.len_utf8(),
        };
        let (piece, after) = rest.split_at(taken.min(rest.len()));
        if let Some(part) = parts.last_mut() {
            part.push_str(piece);
        }
        rest = after;
    }
    parts
}

/// How long the expression at the start of a text is: to the next `^` or `@` outside of quotes and brackets.
fn script_length(text: &str) -> usize {
    let (mut quote, mut depth) = (None, 0_u32);
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            (Some(open), sign) if sign == open => quote = None,
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '^' | '@') if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// A part with its scripts replaced; `None` where one cannot be evaluated, so that nothing is selected.
fn replaced(call: &Call<'_, '_>, part: &str) -> Result<Option<String>, Halt> {
    let mut text = String::new();
    let mut rest = part;
    while let Some(at) = rest.find(SCRIPT) {
        let (before, script) = rest.split_at(at);
        let script = script.get(SCRIPT.len()..).unwrap_or_default();
        let (script, after) = script.split_at(script_length(script));
        text.push_str(before);
        match evaluate(call, script)? {
            Some(value) => text.push_str(&value.replace('^', "^^")),
            None => return Ok(None),
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(Some(text))
}

/// What an expression gives, as text.
fn evaluate(call: &Call<'_, '_>, script: &str) -> Result<Option<String>, Halt> {
    let script = script.trim().trim_end_matches(';');
    if !is_allowed(script) {
        let message = format!("{SCRIPT}{script} is not evaluated in a query: the query selects nothing");
        call.log(Level::Warning, message);
        return Ok(None);
    }
    if !call.ctx.globals().contains_key("gs")? {
        kit::install(call.ctx, &API, |name| name == "gs")?;
    }
    let value: js::Value<'_> = call.ctx.eval(script)?;
    Ok(Some(match convert::from_js(call.ctx, call.shared, &value)? {
        Value::Text(text) => text,
        other => plain(&other),
    }))
}

/// Whether an expression is `gs` and calls of what may be called, with plain arguments.
fn is_allowed(script: &str) -> bool {
    let Some(mut rest) = script.strip_prefix("gs.") else { return false };
    loop {
        let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if !CALLABLE.iter().any(|known| name.starts_with(known)) {
            return false;
        }
        let Some(arguments) = after.strip_prefix('(') else { return false };
        let Some((arguments, after)) = arguments.split_once(')') else { return false };
        if !are_plain(arguments) {
            return false;
        }
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return after.trim().is_empty(),
        }
    }
}

/// Whether arguments are numbers and quoted texts only.
fn are_plain(arguments: &str) -> bool {
    let plain = |argument: &str| {
        let argument = argument.trim();
        let quoted = ['\'', '"'].iter().any(|quote| {
            let inner = argument.strip_prefix(*quote).and_then(|inner| inner.strip_suffix(*quote));
            inner.is_some_and(|inner| !inner.contains(['\'', '"', '\\', '\n', '`']))
        });
        quoted || argument.parse::<f64>().is_ok() || matches!(argument, "true" | "false" | "null")
    };
    arguments.trim().is_empty() || arguments.split(',').all(plain)
}

/// Fields and values of the equalities of a query, for those who write it.
pub(super) fn assignments(text: &str) -> Vec<(String, String)> {
    let pairs = parts(text);
    let pairs = pairs.iter().filter_map(|part| part.split_once('='));
    let is_name = |name: &str| name.chars().all(|sign| sign.is_ascii_alphanumeric() || "_.".contains(sign));
    pairs
        .filter(|(name, _)| is_name(name))
        .map(|(name, value)| (name.to_owned(), value.replace("^^", "^")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_and_who_runs_the_script_are_evaluated() {
        for allowed in [
            "gs.beginningOfToday()",
            "gs.daysAgoStart(7)",
            "gs.weeksAgoStart(1)",
            "gs.dateGenerate('2026-01-01', 'start')",
            "gs.getUser().getMyGroups()",
            "gs.getUserID()",
        ] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in [
            "gs.setProperty('a', 'b')",
            "gs.eventQueue('x', null)",
            "new GlideRecord('incident').deleteMultiple()",
            "gs.daysAgo(gs.setProperty('a','b'))",
            "gs.daysAgo(1); gs.log('x')",
            "gs.daysAgo('\\'')",
            "gs",
            "",
        ] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[test]
    fn a_query_is_parted_at_single_carets() {
        assert_eq!(parts("a=1^ORb=2^c=x^^y"), ["a=1", "ORb=2", "c=x^^y"]);
        assert_eq!(parts("a=javascript:gs.x('^')^b=1"), ["a=javascript:gs.x('^')", "b=1"]);
        assert_eq!(
            assignments("state=2^work_notes=a=b^ORx!=1"),
            [("state".to_owned(), "2".to_owned()), ("work_notes".to_owned(), "a=b".to_owned())]
        );
    }
}
