//! One look-up of a template: which records it finds, in which order, and how many.

use std::cell::RefCell;

use serde::Deserialize;

use super::check::Sample;
use crate::condition::Condition;
use crate::condition::source::{Source, condition_path, resolve_path};
use crate::dictionary::{Dictionary, Field, TableInfo};
use crate::limits::{LOOK_UP_ROWS, LOOK_UP_ROWS_MAX, LOOK_UPS_MAX};
use crate::render::{Format, Names, RenderError, render};
use crate::value::Kind;

/// How a placeholder in a value of a condition begins.
const PLACEHOLDER: &str = "${";

/// A look-up: `{ name = "open", table = "incident", condition = …, order = ["-created_at"], limit = 5 }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    /// The name by which the template walks through what it finds.
    pub name: String,
    /// The table; records of tables that extend it are found, too.
    pub table: String,
    /// What the records fulfil. Values may hold placeholders: `${sender}`, `${record.caller}`, `${mail.subject}`.
    #[serde(default = "Source::always")]
    pub condition: Source,
    /// Fields to sort by, `-` before one for descending.
    #[serde(default)]
    pub order: Vec<String>,
    /// The most records; [`LOOK_UP_ROWS`] where nothing is said, at most [`LOOK_UP_ROWS_MAX`].
    #[serde(default = "usual")]
    pub limit: u32,
}

const fn usual() -> u32 {
    LOOK_UP_ROWS
}

/// Reads the list of a template.
pub(super) fn read(json: &str) -> Result<Vec<LookUp>, String> {
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(json).map_err(|error| format!("the look-ups cannot be read: {error}"))
}

/// What is wrong with the look-ups of a template about records of `about`.
pub(super) fn check_all(
    dictionary: &Dictionary,
    about: Option<&TableInfo>,
    look_ups: &[LookUp],
) -> Result<(), String> {
    if look_ups.len() > LOOK_UPS_MAX {
        return Err(format!("a template has at most {LOOK_UPS_MAX} look-ups"));
    }
    for (place, look_up) in look_ups.iter().enumerate() {
        let said = |text: String| format!("the look-up `{}`: {text}", look_up.name);
        if look_ups.iter().take(place).any(|other| other.name == look_up.name) {
            return Err(said("another one has this name, too".to_owned()));
        }
        look_up.check(dictionary, about).map_err(said)?;
    }
    Ok(())
}

impl LookUp {
    fn check(&self, dictionary: &Dictionary, about: Option<&TableInfo>) -> Result<(), String> {
        let starts = self.name.starts_with(|c: char| c.is_ascii_lowercase());
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !starts || !self.name.chars().all(fits) {
            return Err("its name is made of lower-case Latin letters, digits and `_`".to_owned());
        }
        let names = Sample { dictionary, about, look_ups: &[] };
        if names.text(&self.name)?.is_some() {
            return Err("this is the name of something else already; choose another one".to_owned());
        }
        let info =
            dictionary.table(&self.table).ok_or_else(|| format!("there is no table `{}`", self.table))?;
        if !(1..=LOOK_UP_ROWS_MAX).contains(&self.limit) {
            return Err(format!("its limit is 1 to {LOOK_UP_ROWS_MAX}"));
        }
        for (field, _) in self.sorted_by() {
            resolve_path(dictionary, info, field).map_err(|error| error.to_string())?;
            if info.field(field).is_none_or(|field| !is_sorted(field)) {
                return Err(format!(
                    "it cannot be sorted by `{field}`: this is a long text, a list, or a field of another record"
                ));
            }
        }
        let sample = |table: &str, path: &str, text: &str| {
            render(text, Format::Text, &names)?;
            let last = dictionary
                .table(table)
                .and_then(|info| condition_path(dictionary, info, path).ok()?.into_iter().next_back());
            let last = last.filter(|step| step.kind != Kind::Choice);
            Ok(last.map_or_else(|| text.to_owned(), |step| Sample::of(step.kind).to_owned()))
        };
        let source = self.with_values(&sample).map_err(|error| error.to_string())?;
        let condition = source.check(dictionary, &self.table).map_err(|error| error.to_string())?;
        if let Some(clause) = condition.clauses().iter().find(|clause| clause.operator.looks_back()) {
            let (path, word) = (clause.path_text(), clause.operator.word());
            return Err(format!("`{path} {word}` looks back; a record is looked up as it is"));
        }
        Ok(())
    }

    /// The condition with `value` in the place of each value with a placeholder: of the table, the path and the text.
    fn with_values(
        &self,
        value: &dyn Fn(&str, &str, &str) -> Result<String, RenderError>,
    ) -> Result<Source, RenderError> {
        let mut source = self.condition.clone();
        let failed = RefCell::new(None);
        source.reword(&self.table, &|table, path, text| {
            if !text.contains(PLACEHOLDER) {
                return text.to_owned();
            }
            value(table, path, text).unwrap_or_else(|error| {
                failed.borrow_mut().get_or_insert(error);
                String::new()
            })
        });
        failed.into_inner().map_or(Ok(source), Err)
    }

    /// The condition as it is asked with these names; `None` where a value of it is empty, so that it finds nothing.
    pub(super) fn asked(
        &self,
        dictionary: &Dictionary,
        names: &dyn Names,
    ) -> Result<Option<Condition>, String> {
        let empty = RefCell::new(false);
        let source = self.with_values(&|_, _, text| {
            let value = render(text, Format::Text, names)?;
            *empty.borrow_mut() |= value.trim().is_empty();
            Ok(value)
        });
        let source = source.map_err(|error| error.to_string())?;
        if empty.into_inner() {
            return Ok(None);
        }
        source.check(dictionary, &self.table).map(Some).map_err(|error| error.to_string())
    }

    /// The fields of the order, `true` for descending.
    pub(super) fn sorted_by(&self) -> impl Iterator<Item = (&str, bool)> {
        self.order
            .iter()
            .map(|field| field.strip_prefix('-').map_or((field.as_str(), false), |name| (name, true)))
    }
}

/// Whether records can be sorted by the field: long texts and lists have no order.
const fn is_sorted(field: &Field) -> bool {
    !matches!(
        field.kind,
        Kind::Text | Kind::Html | Kind::Journal | Kind::Json | Kind::TextList | Kind::ReferenceList
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Table;

    fn dictionary() -> Dictionary {
        let tables = ["name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'"];
        let tables = tables.map(|table| toml::from_str::<Table>(table).unwrap());
        Dictionary::new(tables.into()).unwrap()
    }

    fn check(look_ups: &str) -> Result<Vec<LookUp>, String> {
        let look_ups = read(look_ups)?;
        check_all(&dictionary(), None, &look_ups).map(|()| look_ups)
    }

    #[test]
    fn a_look_up_finds_some_records_where_it_does_not_say_how_many_and_so_many_at_most() {
        assert_eq!(check(r#"[{"name":"all","table":"user"}]"#).unwrap()[0].limit, LOOK_UP_ROWS);
        let of = |limit: u32| check(&format!(r#"[{{"name":"all","table":"user","limit":{limit}}}]"#));
        assert!(of(LOOK_UP_ROWS_MAX).is_ok());
        for limit in [0, LOOK_UP_ROWS_MAX + 1] {
            assert_eq!(
                of(limit).unwrap_err(),
                format!("the look-up `all`: its limit is 1 to {LOOK_UP_ROWS_MAX}")
            );
        }
    }

    #[test]
    fn a_template_has_so_many_look_ups_and_no_two_of_one_name() {
        let of = |count: usize| {
            let all: Vec<String> =
                (0..count).map(|place| format!(r#"{{"name":"all_{place}","table":"user"}}"#)).collect();
            check(&format!("[{}]", all.join(",")))
        };
        assert!(of(LOOK_UPS_MAX).is_ok());
        assert_eq!(
            of(LOOK_UPS_MAX + 1).unwrap_err(),
            format!("a template has at most {LOOK_UPS_MAX} look-ups")
        );
        let twice = r#"[{"name":"all","table":"user"},{"name":"all","table":"user"}]"#;
        assert_eq!(check(twice).unwrap_err(), "the look-up `all`: another one has this name, too");
        assert!(check(r#"[{"name":"All","table":"user"}]"#).is_err());
    }
}
