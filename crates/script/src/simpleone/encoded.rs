//! SimpleOne's text form of conditions: what it does with values that are none, and how a filter is
//! written. The grammar itself, with operators and types of fields, is the host's.

use super::operators::{self, Operator};
use crate::record::{is_empty, plain};
use crate::{Filter, Value};

/// A text as it is to be asked.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    /// Which rows; `None` where every condition of the text was dropped.
    pub(super) filter: Option<Filter>,
    /// The order that the text asks for.
    pub(super) order: Vec<(String, bool)>,
    /// Whether a condition was dropped because it has no value.
    pub(super) dropped: bool,
    /// Why nothing is selected.
    pub(super) fault: Option<String>,
}

/// One condition between carets, with the parentheses around it.
struct Piece {
    or: bool,
    opened: usize,
    body: String,
    closed: usize,
}

/// Reads a text, plain or percent-encoded: a condition on `undefined` or `null` selects nothing, one on the
/// empty text is dropped.
pub(super) fn asked(text: &str) -> Asked {
    let text = decoded(text.trim());
    let mut asked = Asked { filter: None, order: Vec::new(), dropped: false, fault: None };
    let mut kept: Vec<Piece> = Vec::new();
    // Parentheses of dropped conditions that close behind later ones, and what joins their group.
    let (mut open, mut joined_by_or) = (0_usize, false);
    for mut piece in pieces(&text).filter(|piece| !piece.body.is_empty()) {
        if let Some((field, descending)) = order(&piece.body) {
            asked.order.push((field.to_owned(), descending));
            continue;
        }
        match value(&piece.body) {
            Some("undefined" | "null") => {
                asked.fault = Some(format!("the condition {} has no value: it selects nothing", piece.body));
                asked.filter = Some(Filter::nothing());
                return asked;
            }
            Some("") => {
                asked.dropped = true;
                joined_by_or = if open == 0 { piece.or } else { joined_by_or };
                open += piece.opened;
                let closing = piece.closed.min(open);
                open -= closing;
                if let Some(last) = kept.last_mut() {
                    last.closed += piece.closed - closing;
                }
            }
            _ => {
                if open > 0 {
                    piece.or = joined_by_or;
                    piece.opened += std::mem::take(&mut open);
                }
                kept.push(piece);
            }
        }
    }
    if !kept.is_empty() {
        asked.filter = Some(Filter::Encoded(written(&kept)));
    }
    asked
}

fn written(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        text.push_str(match (index, piece.or) {
            (0, _) => "",
            (_, true) => "^OR",
            (_, false) => "^",
        });
        text.extend(std::iter::repeat_n('(', piece.opened));
        text.push_str(&piece.body);
        text.extend(std::iter::repeat_n(')', piece.closed));
    }
    text
}

/// The names of the fields that a text asks about, first parts of paths.
pub(super) fn fields(text: &str) -> Vec<String> {
    let text = decoded(text.trim());
    let paths = pieces(&text).map(|piece| path(&piece.body).split('.').next().unwrap_or_default().to_owned());
    paths.filter(|field| !field.is_empty()).collect()
}

fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    split(text).into_iter().map(|part| {
        let rest = part.trim_start();
        // `ORDERBY…` is an order and no alternative.
        let alternative = rest.strip_prefix("OR").filter(|rest| !rest.starts_with("DERBY"));
        let rest = alternative.unwrap_or(rest);
        let body = rest.trim_start_matches('(');
        let opened = rest.len() - body.len();
        // Brackets of a value stand in braces.
        let body = if body.ends_with('}') { body } else { body.trim_end() };
        let inner = body.trim_end_matches(')');
        let closed = body.len() - inner.len();
        Piece { or: alternative.is_some(), opened, body: inner.to_owned(), closed }
    })
}

/// The parts between carets that do not stand in braces.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut braces) = (0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            '^' if braces == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn order(body: &str) -> Option<(&str, bool)> {
    let descending = body.strip_prefix("ORDERBYDESC").map(|field| (field, true));
    descending.or_else(|| body.strip_prefix("ORDERBY").map(|field| (field, false)))
}

fn path(body: &str) -> &str {
    let is_part =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | ':' | '$');
    body.split_at(body.find(|c| !is_part(c)).unwrap_or(body.len())).0
}

/// The value of a condition; `None` where its operator takes none, or is unknown.
fn value(body: &str) -> Option<&str> {
    let rest = body.strip_prefix(path(body))?.trim_start();
    let known = operators::ALL.iter().filter(|operator| rest.starts_with(operator.name));
    let Operator { name, unary } = known.max_by_key(|operator| operator.name.len())?;
    let optional = matches!(*name, "IN" | "NOT IN");
    if *unary {
        None
    } else {
        Some(rest.strip_prefix(name)?.trim()).filter(|value| !optional || !value.is_empty())
    }
}

/// A text whose percent signs stand for bytes; one in which they do not stays as it is.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let byte = after.split_at_checked(2).filter(|_| first == b'%').and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, after) = byte.unwrap_or((first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// A filter as text: each part in parentheses, `^` for and, `^OR` for or.
pub(super) fn text(filter: &Filter) -> String {
    match filter {
        Filter::Term(_) => format!("({})", group(filter)),
        Filter::All(parts) if parts.is_empty() => String::new(),
        _ => group(filter),
    }
}

fn group(filter: &Filter) -> String {
    let joined = |parts: &[Filter], by: &str| {
        parts.iter().map(|part| format!("({})", group(part))).collect::<Vec<_>>().join(by)
    };
    match filter {
        Filter::All(parts) if parts.is_empty() => "sys_idISNOTEMPTY".to_owned(),
        Filter::Any(parts) if parts.is_empty() => "sys_idISEMPTY".to_owned(),
        Filter::All(parts) => joined(parts, "^"),
        Filter::Any(parts) => joined(parts, "^OR"),
        Filter::Term(term) => format!("{}{}{}", term.field, term.operator, operand(&term.value)),
        Filter::Encoded(text) => text.clone(),
        // Nothing of this vocabulary makes one.
        Filter::Related { .. } => String::new(),
    }
}

fn operand(value: &Value) -> String {
    let text = match value {
        Value::Bool(flag) => u8::from(*flag).to_string(),
        Value::List(items) => {
            items.iter().filter(|item| !is_empty(item)).map(plain).collect::<Vec<_>>().join("@")
        }
        other => plain(other),
    };
    if text.contains(['(', ')']) { format!("{{{text}}}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Option<String> {
        asked(text).filter.map(|filter| match filter {
            Filter::Encoded(text) => text,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn conditions_on_the_empty_text_are_dropped_with_their_parentheses() {
        for (text, left) in [
            ("(a=1)^(when=)", "(a=1)"),
            ("((a=1)^(when=))^OR(c=2)", "((a=1))^OR(c=2)"),
            ("((when=)^(a=1))^OR(c=2)", "((a=1))^OR(c=2)"),
            ("(a=1)^OR((when=)^(b=2))", "(a=1)^OR((b=2))"),
            ("((when=))^OR(c=2)", "(c=2)"),
            ("a=1^b=", "a=1"),
            ("a=^ORb=2", "b=2"),
            ("aISEMPTY^bIN", "aISEMPTY^bIN"),
            ("(a={x (y)})^(b=1)", "(a={x (y)})^(b=1)"),
        ] {
            assert_eq!(kept(text).as_deref(), Some(left), "{text}");
        }
        assert_eq!(kept("when="), None);
        assert!(asked("when=").dropped);
        assert_eq!(kept(""), None);
    }

    #[test]
    fn conditions_on_nothing_select_nothing() {
        for text in ["a=undefined", "(b=1)^OR(a=null)", "a!=null"] {
            assert_eq!(asked(text).filter, Some(Filter::nothing()), "{text}");
            assert!(asked(text).fault.is_some(), "{text}");
        }
        assert_eq!(kept("a=nullable").as_deref(), Some("a=nullable"));
    }

    #[test]
    fn orders_and_percent_signs_are_read() {
        assert_eq!(asked("a=1^ORDERBYDESCnumber").order, [("number".to_owned(), true)]);
        assert_eq!(asked("ORDERBYnumber").order, [("number".to_owned(), false)]);
        assert_eq!(
            kept("%28state%3D1%29%5E%28subjectLIKEa%20b%29").as_deref(),
            Some("(state=1)^(subjectLIKEa b)")
        );
        assert_eq!(kept("subject=100%").as_deref(), Some("subject=100%"));
        assert_eq!(decoded("%+1%zz%ff"), "%+1%zz%ff");
    }
}
