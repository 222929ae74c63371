//! The rules that values and records have to keep before they are planned.

use super::{ChangeError, Draft};
use crate::dictionary::{Field, TableInfo};
use crate::field_fault::FieldFault;
use crate::record::{Fields, Record};
use crate::sealed::Sealed;
use crate::url::is_url;
use crate::value::{Kind, Value};

impl Draft<'_> {
    /// Values of the fields' kinds, journals apart, and every one that breaks a rule.
    pub(super) fn checked(
        &self,
        info: &TableInfo,
        given: Fields,
    ) -> Result<(Fields, Fields, Vec<FieldFault>), ChangeError> {
        let (mut fields, mut journal, mut faults) = (Fields::new(), Fields::new(), Vec::new());
        for (name, value) in given {
            let Some(field) = info.field(&name) else {
                let rule = "the table has no such field".to_owned();
                faults.push(FieldFault::of(info, &name, &value, "unknown_field", rule));
                continue;
            };
            // A mail may be longer than a comment; what is too much of it stays on the mail.
            let value = match value {
                Value::Text(text) if field.kind == Kind::Journal && self.email.is_some() => {
                    Value::text(crate::inbound::outcome::shortened(&text))
                }
                other => other,
            };
            if let Some((code, rule)) = self.check_value(info, field, &value)? {
                faults.push(FieldFault::of(info, &name, &value, code, rule));
            } else if field.kind != Kind::Journal {
                fields.insert(name, value);
            } else if !value.is_null() {
                journal.insert(name, value);
            }
        }
        Ok((fields, journal, faults))
    }

    /// The rules of tables whose fields depend on each other.
    pub(super) fn check_record(
        &self,
        info: &TableInfo,
        before: Option<&Record>,
        after: &Record,
    ) -> Result<(), ChangeError> {
        let config = self.context.config;
        let checked = crate::account::check(&config.dictionary, before, after)
            .and_then(|()| crate::access::check(&config.dictionary, after))
            .and_then(|()| crate::access::check_roles(&config.roles, before, after))
            .and_then(|()| crate::events::check(&config.dictionary, after))
            .and_then(|()| crate::schedule::check(&config.dictionary, after))
            .and_then(|()| crate::setting::check(after))
            .and_then(|()| crate::script::names::check(&config.dictionary, after))
            .and_then(|()| crate::automation::check(&config.dictionary, before, after));
        checked.map_err(|error| match error {
            ChangeError::Field { field, code, rule, .. } => {
                let value = after.get(&field);
                ChangeError::Fields(vec![FieldFault::of(info, &field, value, code, rule)])
            }
            other => other,
        })
    }

    /// The code and the words of the rule that the value breaks.
    fn check_value(
        &self,
        info: &TableInfo,
        field: &Field,
        value: &Value,
    ) -> Result<Option<(&'static str, String)>, ChangeError> {
        if field.read_only && !self.program {
            return Ok(Some(("read_only", "only the program sets it".to_owned())));
        }
        Ok(match value {
            Value::Text(text) if field.encrypted && Sealed::parse(text).is_none() => {
                Some(("read_only", "it is set by people, through the API, alone".to_owned()))
            }
            // Its length was bounded before it was encrypted, where it was still known.
            Value::Text(_) if field.encrypted => None,
            Value::Text(text) if field.kind == Kind::Choice && !field.takes(text) => {
                let words: Vec<&str> = field.choices.iter().map(|choice| choice.value.as_str()).collect();
                Some(("unknown_choice", format!("`{}` is none of {}", shorten(text), words.join(", "))))
            }
            Value::Text(text) if text.chars().count() > field.chars_max() => {
                Some(("too_long", format!("at most {} characters fit", field.chars_max())))
            }
            Value::Text(text) if field.kind == Kind::Email => {
                self.context.config.settings.address_fault(text).map(|rule| ("bad_value", rule))
            }
            Value::Text(text) if field.kind == Kind::Url && !is_url(text) => {
                let rule = "an address that begins with `https:`, `http:` or `mailto:` is wanted";
                Some(("bad_value", rule.to_owned()))
            }
            Value::Text(text) if field.kind == Kind::Json => {
                let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
                read.err().map(|error| ("bad_value", format!("this is no JSON: {error}")))
            }
            Value::Ref(id) => {
                let table = field.table.as_deref().unwrap_or(&info.table.name);
                let known = self.expected.contains(id) || self.reads.get(table, *id)?.is_some();
                let rule = || ("no_such_reference", format!("there is no record {id} in `{table}`"));
                (!known).then(rule)
            }
            _ => None,
        })
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

pub(super) fn bad(info: &TableInfo, field: &Field, rule: String) -> ChangeError {
    ChangeError::Field { table: info.table.name.clone(), field: field.name.clone(), code: "bad_value", rule }
}

/// Every mandatory field without a value, but those whose value is wrong already.
pub(super) fn missing(info: &TableInfo, fields: &Fields, faults: &mut Vec<FieldFault>) {
    let wrong: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
    let missing = info.fields.values().filter(|field| field.mandatory && !fields.contains_key(&field.name));
    for field in missing.filter(|field| !wrong.contains(&field.name)) {
        faults.push(FieldFault::new(info, &field.name, None, "mandatory", "it needs a value".to_owned()));
    }
}
