//! `SimpleMessage`: texts for people behind keys.

use std::rc::Rc;

use super::lookup::{self, term};
use crate::Value;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::limits::MAX_MESSAGE_KEY_CHARS;
use crate::record::plain;

/// Where texts are kept.
const TABLE: &str = "message";

/// `SimpleMessage`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleMessage",
    doc: "Texts for people in their language.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[Member::method(
        "getMessage",
        "(key: string, category?: string, params?: Record<string, any>, language?: string): string",
        "The text behind a key, `{name}` replaced from `params`; the key itself where there is no such text.",
        get,
    )],
    statics: &[],
    fields: None,
};

/// The text behind a key with its parameters put in; the key itself where there is none.
pub(super) fn text(
    call: &Call<'_, '_>,
    key: &str,
    category: &str,
    params: &Value,
    language: Option<&str>,
) -> Result<String, Halt> {
    let told = call.host(|host| host.message(key, category, language))?;
    let found = match told {
        None => stored(call, key, category, language)?,
        told => told,
    };
    // A text with many places for one long value would be larger than anything that crossed the border.
    Ok(filled(&found.unwrap_or_else(|| key.to_owned()), params, |bytes| call.shared.cross_border(bytes))?)
}

/// The text of the table `message`, of the language that is asked for or the user's, or else of any.
fn stored(
    call: &Call<'_, '_>,
    key: &str,
    category: &str,
    language: Option<&str>,
) -> Result<Option<String>, Halt> {
    if key.is_empty() || key.chars().count() > MAX_MESSAGE_KEY_CHARS {
        return Ok(None);
    }
    let rows = match lookup::rows(call, TABLE, vec![term("key", "=", key), term("category", "=", category)]) {
        // Without such a table there are no such texts.
        Err(Halt::Host(_)) => return Ok(None),
        rows => rows?,
    };
    let user = call.shared.user(call)?;
    let wanted = language.unwrap_or(&user.language);
    // Texts compare without case in the database, keys here do not.
    let mut rows = rows.iter().filter(|row| lookup::text(row, "key") == key);
    let own = rows.clone().find(|row| lookup::text(row, "language") == wanted);
    let found = own.or_else(|| rows.next().filter(|_| language.is_none()));
    Ok(found.map(|row| lookup::text(row, "text")).filter(|text| !text.is_empty()))
}

/// `{name}` replaced; what has no parameter stays. `spend` is told the bytes of each value.
fn filled<E>(text: &str, params: &Value, spend: impl Fn(usize) -> Result<(), E>) -> Result<String, E> {
    let Value::Map(params) = params else { return Ok(text.to_owned()) };
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, behind)| {
            let value = params.iter().find(|(known, _)| known == name)?;
            Some((plain(&value.1), behind))
        });
        match named {
            Some((value, behind)) => {
                spend(value.len())?;
                filled.push_str(&value);
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let category = call.optional_text(1)?.unwrap_or_else(|| "app".to_owned());
    let language = call.optional_text(3)?;
    let text = text(call, &call.text(0)?, &category, &call.value(2)?, language.as_deref())?;
    call.give_text(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_places_are_filled_once() {
        let params = Value::Map(vec![("a".to_owned(), "{b}".into()), ("b".to_owned(), 2.0.into())]);
        let free = |_: usize| Ok::<(), ()>(());
        assert_eq!(filled("{a} {b} {c} {", &params, free).unwrap(), "{b} 2 {c} {");
        assert_eq!(filled("{a}", &Value::Null, free).unwrap(), "{a}");
        assert!(filled("{a}{a}", &params, |bytes| if bytes == 3 { Err(()) } else { Ok(()) }).is_err());
    }
}
