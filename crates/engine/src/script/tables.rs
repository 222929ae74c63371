//! What a script is told of a table and its fields, under the names of its vocabulary and ours.

use rejoinder_script::{FieldInfo, FieldKind, HostError, TableInfo, Value as Script};

use super::convert::{from_script, kind, to_script};
use super::host::{ScriptHost, view_error};
use crate::condition::{Condition, Operator};
use crate::dictionary::{Choice, Field, label};
use crate::value::{Kind, Value};
use crate::view::Query;

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
        let language = &self.reader()?.language;
        let mut fields: Vec<FieldInfo> = info
            .fields
            .values()
            .filter(|field| !field.secret)
            .map(|field| {
                let word =
                    |ours: &str| names.their_choice(&config.dictionary, &name, &field.name, ours).to_owned();
                field_info(field, language, &word)
            })
            .collect();
        let ours = fields.len();
        for (theirs, ours_name) in names.aliases(&config.dictionary, &name) {
            if info.field(theirs).is_some() {
                continue;
            }
            let known = fields.iter().take(ours).find(|field| field.name == ours_name).cloned();
            fields.extend(known.map(|known| FieldInfo { name: theirs.to_owned(), ..known }));
        }
        let computed = names.computed(&config.dictionary, &name).map(|(theirs, _)| FieldInfo {
            name: theirs.to_owned(),
            label: theirs.to_owned(),
            kind: FieldKind::Boolean,
            type_name: "boolean".to_owned(),
            ..FieldInfo::default()
        });
        fields.extend(computed.filter(|field| info.field(&field.name).is_none()));
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

    /// The stored value of what people read: the word of a choice's label, the one record of this name.
    pub(super) fn stored(&self, table: &str, field: &str, text: &str) -> Result<Option<Script>, HostError> {
        let info = self.info(table)?;
        let name = self.path(table, field);
        let Some(field) = info.field(&name) else { return Ok(None) };
        let language = self.reader()?.language;
        Ok(match (field.kind, &field.table) {
            (Kind::Choice, _) => {
                let labelled = |choice: &&Choice| label(&choice.label, &language, &choice.value) == text;
                let found = field.choices.iter().find(labelled);
                let found = found.or_else(|| field.choices.iter().find(|choice| choice.value == text));
                let config = self.draft.context.config;
                let names = config.names.of(self.vocabulary);
                let theirs = |choice: &Choice| {
                    names.their_choice(&config.dictionary, table, &field.name, &choice.value).to_owned()
                };
                found.map(|choice| Script::Text(theirs(choice)))
            }
            (Kind::Reference, Some(target)) => self.named_record(target, text)?.map(Script::Text),
            (Kind::Boolean, _) => match text.to_lowercase().as_str() {
                "yes" | "да" | "true" => Some(Script::Bool(true)),
                "no" | "нет" | "false" => Some(Script::Bool(false)),
                _ => None,
            },
            (Kind::ReferenceList, Some(target)) => {
                let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
                let ids: Result<Vec<_>, _> = names.map(|name| self.named_record(target, name)).collect();
                ids?.into_iter().map(|id| id.map(Script::Text)).collect::<Option<Vec<_>>>().map(Script::List)
            }
            (kind, _) => {
                from_script(kind, &Script::Text(text.to_owned())).ok().map(|value| to_script(&value))
            }
        })
    }

    /// The id of the one record of this name; none where there are several.
    fn named_record(&self, table: &str, name: &str) -> Result<Option<String>, HostError> {
        let info = self.info(table)?;
        let Some(display) = info.field(&info.table.display).filter(|field| field.kind.is_text()) else {
            return Ok(None);
        };
        let named = Condition::clause(&display.name, display.kind, Operator::Is, vec![Value::text(name)]);
        let mut query = Query::new(table, named);
        query.limit = 2;
        let found = self.draft.reads.query(&query).map_err(view_error)?;
        Ok(match found.as_slice() {
            [one] => Some(one.id.to_string()),
            _ => None,
        })
    }
}

fn field_info(field: &Field, language: &str, word: &dyn Fn(&str) -> String) -> FieldInfo {
    let choice = |choice: &crate::dictionary::Choice| {
        (word(&choice.value), label(&choice.label, language, &choice.value).to_owned())
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
        default: default.as_ref().map(|value| match value {
            Value::Text(text) if field.kind == Kind::Choice => Script::Text(word(text)),
            other => to_script(other),
        }),
    }
}

/// The dictionary's word for a kind.
fn type_name(field: &Field) -> String {
    let word = serde_json::to_value(field.kind).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
