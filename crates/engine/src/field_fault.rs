//! What is wrong with the value of one field, for the person who wrote it.
//!
//! Names table, field, rule and the value. Must never hold a value of a secret field: [`FieldFault::new`] sees to it.

use crate::dictionary::TableInfo;
use crate::draft::ChangeError;
use crate::value::Value;

/// Characters of a value that is quoted; the rest is cut.
const SHOWN_CHARS: usize = 80;

/// A field that breaks a rule of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The table.
    pub table: String,
    /// The field.
    pub field: String,
    /// The value as it was given, shortened; `None` where there is none or where it is secret.
    pub value: Option<String>,
    /// A stable code: `unknown_field`, `mandatory`, `read_only`, `too_long`, `unknown_choice`, `bad_value`,
    /// `no_such_reference`, `not_unique`.
    pub code: &'static str,
    /// The rule that it breaks, in words.
    pub rule: String,
}

impl std::fmt::Display for FieldFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}.{}`: {}", self.table, self.field, self.rule)
    }
}

impl FieldFault {
    /// A fault of the field `name` of a table, with the value where it may be shown.
    pub fn new(info: &TableInfo, name: &str, value: Option<&str>, code: &'static str, rule: String) -> Self {
        // What is written under an unknown name may be a secret that was meant for another.
        let open = info.field(name).is_some_and(|field| !field.secret && !field.encrypted);
        let value = value.filter(|text| open && !text.is_empty());
        Self {
            table: info.table.name.clone(),
            field: name.to_owned(),
            value: value.map(|text| text.chars().take(SHOWN_CHARS).collect()),
            code,
            rule,
        }
    }

    /// The same with the value of a record.
    pub fn of(info: &TableInfo, name: &str, value: &Value, code: &'static str, rule: String) -> Self {
        Self::new(info, name, Some(&value.plain()), code, rule)
    }
}

/// Faults as one error; nothing where there is none.
pub fn refuse(faults: Vec<FieldFault>) -> Result<(), ChangeError> {
    if faults.is_empty() { Ok(()) } else { Err(ChangeError::Fields(faults)) }
}

impl ChangeError {
    /// Every field that is wrong, where the error is about fields.
    pub fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Fields(faults) => faults.clone(),
            Self::Field { table, field, code, rule } => vec![FieldFault {
                table: table.clone(),
                field: field.clone(),
                value: None,
                code,
                rule: rule.clone(),
            }],
            _ => Vec::new(),
        }
    }
}

/// The faults in a sentence: the first, and how many there are beside it.
pub(crate) fn sentence(faults: &[FieldFault]) -> String {
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    match faults.len() {
        0 | 1 => first,
        more => format!("{first} (and {} more fields)", more - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{Dictionary, Table};

    #[test]
    fn a_value_is_quoted_in_part_and_a_secret_not_at_all() {
        let table: Table = toml::from_str(
            "name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'\n\
             [[fields]]\nname='pin'\nkind='string'\nsecret=true",
        )
        .unwrap();
        let dictionary = Dictionary::new(vec![table]).unwrap();
        let info = dictionary.table("user").unwrap();
        let long = "x".repeat(SHOWN_CHARS + 1);
        let fault = |field: &str| FieldFault::new(info, field, Some(&long), "too_long", "rule".to_owned());
        assert_eq!(fault("name").value.unwrap().len(), SHOWN_CHARS);
        assert_eq!(fault("pin").value, None);
        assert_eq!(sentence(&[fault("name"), fault("pin")]), "`user.name`: rule (and 1 more fields)");
    }
}
