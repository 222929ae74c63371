//! Email templates: texts that answers are chosen from, one record for each language, with look-ups of other records.
//!
//! A template has a name; records that share one are its texts in several languages. Reads their records and refuses
//! those that could not be rendered; which template an answer takes is decided in [`crate::inbound`].

mod check;
mod look_up;
mod search;

use std::collections::BTreeMap;

use crate::id::Id;
use crate::record::Record;
use crate::value::Value;

pub use check::{check, check_text};
pub use look_up::LookUp;
pub use search::Search;

/// The table of email templates.
pub const EMAIL_TEMPLATE: &str = "email_template";
/// The language whose text stands in for one that there is none of.
pub(crate) const FALL_BACK: &str = "en";

/// A template in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct EmailTemplate {
    /// Its identity.
    pub id: Id,
    /// The version of its record, for traces.
    pub version: i64,
    /// The name that it shares with its texts in other languages.
    pub name: String,
    /// The language: `en`, `ru`, …
    pub language: String,
    /// The table of the records whose fields it uses; none where it uses none.
    pub table: Option<String>,
    /// The subject; empty where the action's own one counts.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML; empty where there is none.
    pub html: String,
    /// The records that it looks up, or what is wrong with that.
    pub look_ups: Result<Vec<LookUp>, String>,
}

impl EmailTemplate {
    /// Reads a record of [`EMAIL_TEMPLATE`].
    pub fn read(row: &Record) -> Self {
        Self {
            id: row.id,
            version: row.version,
            name: row.text("name").to_owned(),
            language: row.text("language").to_owned(),
            table: row.get("table").as_text().map(str::to_owned),
            subject: row.text("subject").to_owned(),
            text: row.text("body_text").to_owned(),
            html: row.text("body_html").to_owned(),
            look_ups: look_up::read(row.text("look_ups")),
        }
    }
}

/// All active templates by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Templates(BTreeMap<String, Vec<EmailTemplate>>);

impl Templates {
    /// From their records; those that are not active are left out.
    pub(crate) fn new(rows: &[&Record]) -> Self {
        let mut all: BTreeMap<String, Vec<EmailTemplate>> = BTreeMap::new();
        for row in rows.iter().filter(|row| is_active(row)) {
            all.entry(row.text("name").to_owned()).or_default().push(EmailTemplate::read(row));
        }
        for texts in all.values_mut() {
            texts.sort_by(|a, b| (&a.language, a.id).cmp(&(&b.language, b.id)));
        }
        Self(all)
    }

    /// The template of this name for somebody who reads `language`: in that language, else in English, else in the
    /// first one that there is.
    pub fn in_language(&self, name: &str, language: &str) -> Option<&EmailTemplate> {
        let texts = self.0.get(name)?;
        let of = |language: &str| texts.iter().find(|text| text.language == language);
        of(language).or_else(|| of(FALL_BACK)).or_else(|| texts.first())
    }

    /// The template of this identity.
    pub fn by_id(&self, id: Id) -> Option<&EmailTemplate> {
        self.0.values().flatten().find(|text| text.id == id)
    }
}

/// Whether the template is in use.
pub(crate) fn is_active(row: &Record) -> bool {
    matches!(row.get("active"), Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;
    use crate::time::Timestamp;

    fn text(name: &str, language: &str) -> Record {
        let id = Seed::new([1; 32]).id(&format!("{name} {language}"), Timestamp::from_micros(1));
        let fields = [("name", name), ("language", language)];
        let mut fields: crate::record::Fields =
            fields.map(|(field, text)| (field.to_owned(), Value::text(text))).into();
        fields.insert("active".to_owned(), Value::Bool(language != "fr"));
        Record { table: EMAIL_TEMPLATE.to_owned(), id, version: 1, fields }
    }

    #[test]
    fn a_text_is_in_the_reader_s_language_else_in_english_else_in_any() {
        let rows = [text("A", "ru"), text("A", "en"), text("A", "fr"), text("B", "ru"), text("B", "de")];
        let templates = Templates::new(&rows.iter().collect::<Vec<_>>());
        let chosen =
            |name, language| templates.in_language(name, language).map(|template| template.language.as_str());
        assert_eq!(chosen("A", "ru"), Some("ru"));
        assert_eq!(chosen("A", "fr"), Some("en"), "the French one is not active");
        assert_eq!(chosen("B", "en"), Some("de"));
        assert_eq!(chosen("C", "en"), None);
    }
}
