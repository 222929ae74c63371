//! Refuses templates that could not be rendered, while whoever writes them is there.
//!
//! A template is rendered once with a value in the place of every name that there is. What only goes wrong with the
//! values themselves is no reason to refuse it.

use super::{EmailTemplate, LookUp, look_up};
use crate::condition::source::resolve_path;
use crate::dictionary::{Dictionary, TableInfo};
use crate::inbound::names::{OWN, SENDER};
use crate::record::Record;
use crate::render::{Format, Names, RenderError, render};
use crate::value::Kind;

/// Stands in for every name that an answer has.
pub(super) struct Sample<'a> {
    /// The tables.
    pub(super) dictionary: &'a Dictionary,
    /// The table of the record; none where it has none.
    pub(super) about: Option<&'a TableInfo>,
    /// What is looked up.
    pub(super) look_ups: &'a [LookUp],
}

impl Sample<'_> {
    /// A value of the kind.
    pub(super) const fn of(kind: Kind) -> &'static str {
        match kind {
            Kind::Boolean => "true",
            Kind::Datetime => "2026-01-01T00:00:00Z",
            Kind::Date => "2026-01-01",
            Kind::Duration => "00:00:01",
            Kind::Reference | Kind::ReferenceList => "00000000000000000000000000000000",
            Kind::Url => "https://example.com",
            _ => "1",
        }
    }

    fn is_path(&self, table: &str, path: &str) -> bool {
        self.dictionary.table(table).is_some_and(|info| resolve_path(self.dictionary, info, path).is_ok())
    }
}

impl Names for Sample<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let of_sender = || name.strip_prefix(SENDER).is_some_and(|path| self.is_path("user", path));
        let of_record = || {
            self.about.is_some_and(|info| {
                let path = name.strip_prefix("record.").unwrap_or(name);
                name == "record" || resolve_path(self.dictionary, info, path).is_ok()
            })
        };
        let known = OWN.contains(&name) || of_sender() || of_record();
        Ok(known.then(|| "1".to_owned()))
    }

    fn found(&self, look_up: &str) -> Result<Option<usize>, String> {
        Ok(self.look_ups.iter().any(|known| known.name == look_up).then_some(1))
    }

    fn of_found(&self, look_up: &str, _: usize, path: &str) -> Result<Option<String>, String> {
        let look_up = self.look_ups.iter().find(|known| known.name == look_up);
        let known = look_up.is_some_and(|known| path.is_empty() || self.is_path(&known.table, path));
        Ok(known.then(|| "1".to_owned()))
    }
}

/// What is wrong with one text about records of `table`.
pub fn check_text(
    dictionary: &Dictionary,
    table: Option<&str>,
    text: &str,
    format: Format,
    look_ups: &[LookUp],
) -> Result<(), String> {
    let about = table.and_then(|table| dictionary.table(table)).map(AsRef::as_ref);
    match render(text, format, &Sample { dictionary, about, look_ups }) {
        Ok(_) | Err(RenderError::Failed(_)) => Ok(()),
        Err(error) => {
            let found =
                |name: &str| look_ups.iter().any(|known| name.starts_with(&format!("{}.", known.name)));
            let more = match &error {
                RenderError::NoName(name) if about.is_none() && !found(name) => {
                    "; fields of the record need the table of the template"
                }
                _ => "",
            };
            Err(format!("{error}{more}"))
        }
    }
}

/// Refuses a record of [`EMAIL_TEMPLATE`](super::EMAIL_TEMPLATE); the error names its field.
pub fn check(dictionary: &Dictionary, row: &Record) -> Result<(), (&'static str, String)> {
    let template = EmailTemplate::read(row);
    let table = template.table.as_deref();
    let about = match table {
        Some(table) => match dictionary.table(table) {
            Some(info) => Some(info.as_ref()),
            None => return Err(("table", format!("there is no table `{table}`"))),
        },
        None => None,
    };
    let look_ups = template.look_ups.as_ref().map_err(|error| ("look_ups", error.clone()))?;
    look_up::check_all(dictionary, about, look_ups).map_err(|error| ("look_ups", error))?;
    let texts = [
        ("subject", &template.subject, Format::Line),
        ("body_text", &template.text, Format::Text),
        ("body_html", &template.html, Format::Html),
    ];
    for (field, text, format) in texts {
        check_text(dictionary, table, text, format, look_ups).map_err(|error| (field, error))?;
    }
    Ok(())
}
