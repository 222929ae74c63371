//! The names that templates use, over a record: its fields by path, and a few that the occasion adds.

use std::collections::BTreeMap;

use crate::condition::source::resolve_path;
use crate::display::{Reader, display_path, name_of};
use crate::reads::Reads;
use crate::record::Record;
use crate::render::Names;

/// Names over a record, as one reader reads it.
pub struct RecordNames<'a, 'b> {
    /// Where references are followed.
    pub reads: &'b Reads<'a>,
    /// Who reads.
    pub reader: &'b Reader,
    /// The record; without one its fields are empty.
    pub record: Option<&'b Record>,
    /// What the occasion adds: `link`, `comment`, …; these win over fields.
    pub extra: BTreeMap<&'static str, String>,
}

impl Names for RecordNames<'_, '_> {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        if let Some(text) = self.extra.get(name) {
            return Ok(Some(text.clone()));
        }
        let Some(record) = self.record else { return Ok(None) };
        if name == "record" {
            return Ok(Some(name_of(self.reads, record)));
        }
        let path = name.strip_prefix("record.").unwrap_or(name);
        let Some(info) = self.reads.dictionary.table(&record.table) else { return Ok(None) };
        let Ok(steps) = resolve_path(self.reads.dictionary, info, path) else { return Ok(None) };
        display_path(self.reads, self.reader, record, &steps).map(Some).map_err(|error| error.to_string())
    }
}

/// The link to a record in the web application; empty where its address is not set.
pub fn link(uri: Option<&str>, record: &Record) -> String {
    uri.map(|uri| format!("{uri}/record/{}/{}", record.table, record.id)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_address_of_the_record_s_page() {
        // As `web/src/routes.tsx` has it.
        let routes = include_str!("../../../web/src/routes.tsx");
        assert!(routes.contains("path: \"/record/:table/:id\""));
        let id = crate::id::Seed::new([0; 32]).id("x", crate::time::Timestamp::from_micros(0));
        let record =
            Record { table: "incident".to_owned(), id, version: 1, fields: crate::record::Fields::new() };
        let wanted = format!("https://desk.example.com/record/incident/{id}");
        assert_eq!(link(Some("https://desk.example.com"), &record), wanted);
        assert_eq!(link(None, &record), "");
    }
}
