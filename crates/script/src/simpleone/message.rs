//! `SimpleMessage`: texts for people behind keys.

use std::rc::Rc;

use crate::Value;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::plain;

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
    let found = call.host(|host| host.message(key, category, language))?;
    Ok(filled(&found.unwrap_or_else(|| key.to_owned()), params))
}

/// `{name}` replaced; what has no parameter stays.
fn filled(text: &str, params: &Value) -> String {
    let Value::Map(params) = params else { return text.to_owned() };
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
    filled
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
        assert_eq!(filled("{a} {b} {c} {", &params), "{b} 2 {c} {");
        assert_eq!(filled("{a}", &Value::Null), "{a}");
    }
}
