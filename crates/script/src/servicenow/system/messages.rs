//! Texts for people: translated ones, and those that pop up. They are collected: whoever runs the script
//! shows them.

use super::log::{printed, texts};
use crate::Level;
use crate::Value;
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};

/// What messages of this vocabulary are among.
const CATEGORY: &str = "app";

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method(
        "getMessage",
        "(key: string, values?: any): string",
        "The text behind a key in the user's language, the key itself where there is none; `{0}` stands for the first value.",
        |call| translated(call, 1, None),
    ),
    Member::method(
        "getMessageLang",
        "(key: string, language: string, values?: any): string",
        "The same in another language.",
        |call| {
            let language = call.optional_text(1)?;
            translated(call, 2, language.as_deref())
        },
    ),
    Member::method(
        "getEscapedMessage",
        "(key: string, values?: any): string",
        "The same with quotes escaped for a JavaScript text.",
        |call| {
            let text = message(call, 1, None)?;
            call.give_text(&text.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\""))
        },
    ),
    Member::method(
        "addInfoMessage",
        "(message: any): void",
        "Collects a message for whoever is at the screen.",
        |call| pop_up(call, Level::Info, 0),
    ),
    Member::method(
        "addErrorMessage",
        "(message: any): void",
        "Collects an error for whoever is at the screen.",
        |call| pop_up(call, Level::Error, 0),
    ),
    Member::method(
        "addSuccessMessage",
        "(message: any): void",
        "Collects good news for whoever is at the screen.",
        |call| pop_up(call, Level::Info, 0),
    ),
    Member::method(
        "addWarningMessage",
        "(message: any): void",
        "Collects a warning for whoever is at the screen.",
        |call| pop_up(call, Level::Warning, 0),
    ),
    Member::method(
        "addMessage",
        "(type: string, message: any): void",
        "Collects a message of a type: `info`, `warning` or `error`.",
        |call| {
            let level = match call.text(0)?.as_str() {
                "error" => Level::Error,
                "warning" | "warn" => Level::Warning,
                _ => Level::Info,
            };
            pop_up(call, level, 1)
        },
    ),
    Member::method("flushMessages", "(): void", "Forgets the messages that were collected.", |call| {
        call.shared.left.messages.borrow_mut().clear();
        Ok(call.undefined())
    }),
    Member::method("getErrorMessages", "(): string[]", "The errors that were collected.", |call| {
        collected(call, Level::Error)
    }),
    Member::method("getInfoMessages", "(): string[]", "The messages that were collected.", |call| {
        collected(call, Level::Info)
    }),
];

fn pop_up<'js>(call: &Call<'_, 'js>, level: Level, index: usize) -> Answer<'js> {
    let text = printed(call, index)?;
    let mut messages = call.shared.left.messages.borrow_mut();
    if messages.len() < call.shared.limits.log_lines as usize {
        messages.push((level, text));
    }
    Ok(call.undefined())
}

fn collected<'js>(call: &Call<'_, 'js>, level: Level) -> Answer<'js> {
    let messages = call.shared.left.messages.borrow();
    let texts = messages.iter().filter(|(own, _)| *own == level).map(|(_, text)| Value::Text(text.clone()));
    let texts = Value::List(texts.collect());
    drop(messages);
    call.give(&texts)
}

fn translated<'js>(call: &Call<'_, 'js>, values: usize, language: Option<&str>) -> Answer<'js> {
    call.give_text(&message(call, values, language)?)
}

fn message(call: &Call<'_, '_>, values: usize, language: Option<&str>) -> Result<String, Halt> {
    let key = call.text(0)?;
    let found = call.host(|host| host.message(&key, CATEGORY, language))?;
    let text = found.unwrap_or(key);
    if call.is_missing(values) {
        return Ok(text);
    }
    let values = texts(&call.value(values)?);
    // Many places of a long value are more than memory holds: they count as what crosses the border.
    let taken = |bytes: usize| call.shared.cross_border(bytes).map_err(Halt::from);
    fill(&text, &values, taken)
}

/// Puts values into the places of a text by the rules of Java's MessageFormat: a quote begins a part that
/// is left as it is, two quotes are one.
fn fill<E>(text: &str, values: &[String], taken: impl Fn(usize) -> Result<(), E>) -> Result<String, E> {
    let mut filled = String::new();
    let mut letters = text.char_indices().peekable();
    let mut quoted = false;
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' if letters.next_if(|(_, next)| *next == '\'').is_some() => filled.push('\''),
            '\'' => quoted = !quoted,
            '{' if !quoted => {
                let rest = text.get(at + 1..).unwrap_or_default();
                let place =
                    rest.split_once('}').and_then(|(number, _)| Some((number, number.trim().parse().ok()?)));
                let Some((number, place)) = place else {
                    filled.push('{');
                    continue;
                };
                let place: usize = place;
                match values.get(place) {
                    Some(value) => {
                        taken(value.len())?;
                        filled.push_str(value);
                    }
                    None => filled.push_str(&format!("{{{place}}}")),
                }
                for _ in 0..=number.chars().count() {
                    letters.next();
                }
            }
            other => filled.push(other),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn quotes_are_those_of_message_formats() {
        let values = ["one".to_owned(), "zwei".to_owned()];
        for (text, filled) in [
            ("{0} and {1}", "one and zwei"),
            ("It''s {0}", "It's one"),
            ("It's {0}", "Its {0}"),
            ("'{0}' is {0}", "{0} is one"),
            ("{2} {x} жук { 1 }", "{2} {x} жук zwei"),
            ("{", "{"),
        ] {
            assert_eq!(fill(text, &values, |_| Ok::<(), ()>(())).unwrap(), filled, "{text}");
        }
    }
}
