//! What a script is told of a table and its fields, under the names of its vocabulary and ours.

use rejoinder_script::{FieldInfo, HostError, TableInfo};

use super::convert::{kind, to_script};
use super::host::ScriptHost;
use crate::dictionary::{Field, label};
use crate::value::Value;

impl ScriptHost<'_, '_> {
    /// The table under the name that it was asked for.
    pub(super) fn table_info(&self, asked: &str) -> Result<TableInfo, HostError> {
        let name = self.ours(asked);
        if let Some(mail) = self.mail_of(&name) {
            return Ok(mail.table(asked));
        }
        let info = self.info(&name)?;
        let config = self.draft.context.config;
        let names = config.names.of(self.vocabulary);
        let language = &self.reader().language;
        let mut fields: Vec<FieldInfo> = info
            .fields
            .values()
            .filter(|field| !field.secret)
            .map(|field| field_info(field, language))
            .collect();
        let ours = fields.len();
        for (theirs, ours_name) in names.aliases(&config.dictionary, &name) {
            if info.field(theirs).is_some() {
                continue;
            }
            let known = fields.iter().take(ours).find(|field| field.name == ours_name).cloned();
            fields.extend(known.map(|known| FieldInfo { name: theirs.to_owned(), ..known }));
        }
        let parents =
            config.dictionary.above(&name).map(|above| names.their_table(&above.table.name).to_owned());
        Ok(TableInfo {
            name: asked.to_owned(),
            label: label(&info.table.label, language, &name).to_owned(),
            display: info.table.display.clone(),
            parents: parents.collect(),
            fields,
        })
    }
}

fn field_info(field: &Field, language: &str) -> FieldInfo {
    let choice = |choice: &crate::dictionary::Choice| {
        (choice.value.clone(), label(&choice.label, language, &choice.value).to_owned())
    };
    let default = field.default.as_ref().and_then(|text| Value::parse(field.kind, text).ok());
    let bounded = field.kind.is_text() || field.kind == crate::value::Kind::Journal;
    FieldInfo {
        name: field.name.clone(),
        label: label(&field.label, language, &field.name).to_owned(),
        kind: kind(field),
        type_name: type_name(field),
        mandatory: field.mandatory,
        length: if bounded { u32::try_from(field.chars_max()).unwrap_or(u32::MAX) } else { 0 },
        choices: field.choices.iter().map(choice).collect(),
        default: default.as_ref().map(to_script),
    }
}

/// The dictionary's word for a kind.
fn type_name(field: &Field) -> String {
    let word = serde_json::to_value(field.kind).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
