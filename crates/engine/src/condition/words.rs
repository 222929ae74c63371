//! Words in the texts of a record, whichever of its fields they stand in.

use super::{Clause, Condition, Operand, RECORD_FIELD, Step};
use crate::dictionary::TableInfo;
use crate::fold::fold;
use crate::value::{Kind, Value};

/// The fields of a table in which words are looked for: texts as people write them. Choices are words of the program,
/// HTML and JSON hold more than what people read.
pub(super) fn fields(info: &TableInfo) -> Vec<Step> {
    let written = |kind| matches!(kind, Kind::String | Kind::Text | Kind::Email | Kind::Number | Kind::Url);
    let texts = info.fields.values().filter(|field| written(field.kind) && !field.secret);
    texts.map(|field| Step { field: field.name.clone(), kind: field.kind, table: None }).collect()
}

/// The words of a text, each once.
pub(super) fn split(text: &str) -> Vec<Value> {
    let mut known = Vec::new();
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let folded = fold(word);
        if !known.contains(&folded) {
            known.push(folded);
            words.push(Value::text(word));
        }
    }
    words
}

impl Clause {
    /// The path to a field of the record at the end of this one.
    pub(super) fn path_to(&self, field: &Step) -> Vec<Step> {
        let own = self.path.last().is_some_and(|step| step.field == RECORD_FIELD);
        let kept = self.path.len() - usize::from(own);
        self.path.iter().take(kept).chain([field]).cloned().collect()
    }

    /// Those of the words that occur in one of the texts.
    pub(super) fn words_in(&self, texts: &[Value]) -> Value {
        let texts: Vec<String> = texts.iter().filter_map(Value::as_text).map(fold).collect();
        let words = self.operands.iter().filter_map(|operand| operand.value()?.as_text());
        let found = words.filter(|word| texts.iter().any(|text| text.contains(&fold(word))));
        Value::list(found.map(str::to_owned).collect())
    }
}

impl Condition {
    /// Lets words be looked for only in those fields of their table that `may` allows, also among related records.
    pub fn keep_texts(&mut self, may: &dyn Fn(&str, &str) -> bool) {
        for clause in self.clauses_mut() {
            let table = clause.path.last().and_then(|step| step.table.clone()).unwrap_or_default();
            if let Some(texts) = &mut clause.texts {
                texts.retain(|step| may(&table, &step.field));
            }
            if let Some(related) = &mut clause.related {
                related.condition.keep_texts(may);
            }
        }
    }
}

/// Whether every operand is among the words that were found.
pub(super) fn all_found(operands: &[Operand], found: &Value) -> bool {
    let mut words = operands.iter().filter_map(|operand| operand.value()?.as_text());
    !operands.is_empty() && words.all(|word| found.items().iter().any(|one| one == word))
}
