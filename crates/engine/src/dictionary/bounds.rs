//! How much a dictionary may hold, and which names are taken. Every dictionary is held against these, whoever wrote it.

use std::collections::BTreeMap;

use super::{Dictionary, DictionaryError, Labels, Table};
use crate::limits::{
    CHOICES_MAX, EXTENDS_MAX, FIELDS_PER_ROOT_MAX, FIELDS_PER_TABLE_MAX, LABEL_CHARS_MAX, TABLES_MAX,
};
use crate::system_tables;

/// Names of tables and fields that begin so are the program's: `sys_id` and its like stand beside the fields in views.
pub const SYSTEM_PREFIX: &str = "sys_";

/// Refuses a definition that is too large, or whose name is taken by the program.
pub(super) fn check_table(table: &Table) -> Result<(), DictionaryError> {
    let names = std::iter::once(&table.name).chain(table.fields.iter().map(|field| &field.name));
    if let Some(taken) = names.clone().find(|name| name.starts_with(SYSTEM_PREFIX)) {
        return Err(DictionaryError::Reserved(taken.clone()));
    }
    if system_tables::find(&table.name).is_some() {
        return Err(DictionaryError::Reserved(table.name.clone()));
    }
    check_labels(&table.name, &table.label)?;
    for field in &table.fields {
        let of = format!("{}.{}", table.name, field.name);
        at_most("choices", &of, field.choices.len(), CHOICES_MAX)?;
        check_labels(&of, &field.label)?;
        for choice in &field.choices {
            check_labels(&of, &choice.label)?;
            at_most("characters of a choice", &of, choice.value.chars().count(), LABEL_CHARS_MAX)?;
        }
    }
    Ok(())
}

fn check_labels(of: &str, labels: &Labels) -> Result<(), DictionaryError> {
    labels
        .iter()
        .try_for_each(|(_, text)| at_most("characters of a label", of, text.chars().count(), LABEL_CHARS_MAX))
}

/// Refuses a dictionary whose tables are too many, too wide or too deep.
pub(super) fn check_all(dictionary: &Dictionary) -> Result<(), DictionaryError> {
    at_most("tables", "the dictionary", dictionary.tables().count(), TABLES_MAX)?;
    let mut roots: BTreeMap<&str, std::collections::BTreeSet<&str>> = BTreeMap::new();
    for info in dictionary.tables() {
        let table = info.table.name.as_str();
        at_most("fields, inherited ones included", table, info.fields.len(), FIELDS_PER_TABLE_MAX)?;
        at_most("tables above it", table, dictionary.above(table).count(), EXTENDS_MAX)?;
        roots.entry(&info.root).or_default().extend(info.fields.keys().map(String::as_str));
    }
    roots.iter().try_for_each(|(root, fields)| {
        at_most("fields in all tables that extend it", root, fields.len(), FIELDS_PER_ROOT_MAX)
    })
}

fn at_most(what: &'static str, of: &str, found: usize, max: usize) -> Result<(), DictionaryError> {
    if found <= max { Ok(()) } else { Err(DictionaryError::TooMany { what, of: of.to_owned(), max }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{Choice, Field, base_fields};
    use crate::value::Kind;

    fn field(name: String) -> Field {
        Field { name, kind: Kind::Integer, read_only: false, table: None, ..base_fields().remove(0) }
    }

    fn table(name: &str, extends: Option<&str>, fields: Vec<Field>) -> Table {
        Table { extends: extends.map(str::to_owned), ..Table::new(name, "created_at", fields) }
    }

    fn fits(mut tables: Vec<Table>) -> bool {
        tables.push(table("user", None, vec![]));
        match Dictionary::new(tables) {
            Ok(_) => true,
            Err(DictionaryError::TooMany { .. }) => false,
            Err(other) => panic!("{other}"),
        }
    }

    fn many(prefix: &str, count: usize) -> Vec<Field> {
        (0..count).map(|place| field(format!("{prefix}{place}"))).collect()
    }

    #[test]
    fn a_table_takes_its_fields_up_to_the_limit() {
        let own = FIELDS_PER_TABLE_MAX - base_fields().len();
        assert!(fits(vec![table("a", None, many("f", own))]));
        assert!(!fits(vec![table("a", None, many("f", own + 1))]));
        // Inherited fields count.
        let below = |more| vec![table("a", None, many("f", own)), table("b", Some("a"), many("g", more))];
        assert!(fits(below(0)) && !fits(below(1)));
    }

    #[test]
    fn tables_of_one_root_share_its_columns_up_to_the_limit() {
        let siblings = |count: usize| {
            let mut all = vec![table("a", None, vec![])];
            let mut left = count - base_fields().len();
            for place in 0.. {
                let own = left.min(FIELDS_PER_TABLE_MAX - base_fields().len());
                all.push(table(&format!("b{place}"), Some("a"), many(&format!("f{place}x"), own)));
                left -= own;
                if left == 0 {
                    break;
                }
            }
            all
        };
        assert!(fits(siblings(FIELDS_PER_ROOT_MAX)) && !fits(siblings(FIELDS_PER_ROOT_MAX + 1)));
    }

    #[test]
    fn tables_are_counted_and_so_is_their_depth() {
        let flat = |count: usize| (1..count).map(|place| table(&format!("t{place}"), None, vec![])).collect();
        assert!(fits(flat(TABLES_MAX)) && !fits(flat(TABLES_MAX + 1)));
        let line = |depth: usize| {
            let above = |place: usize| (place > 0).then(|| format!("t{}", place - 1));
            (0..=depth).map(|place| table(&format!("t{place}"), above(place).as_deref(), vec![])).collect()
        };
        assert!(fits(line(EXTENDS_MAX)) && !fits(line(EXTENDS_MAX + 1)));
    }

    #[test]
    fn choices_and_labels_end_at_their_limits() {
        let choices = |count: usize| {
            let one = |place: usize| Choice { value: format!("c{place}"), label: Labels::new() };
            let choices = (0..count).map(one).collect();
            vec![table("a", None, vec![Field { choices, ..field("f".to_owned()) }])]
        };
        assert!(fits(choices(CHOICES_MAX)) && !fits(choices(CHOICES_MAX + 1)));
        let label = |count: usize| {
            let label: Labels = [("ru".to_owned(), "ё".repeat(count))].into();
            vec![Table { label, ..table("a", None, vec![]) }]
        };
        assert!(fits(label(LABEL_CHARS_MAX)) && !fits(label(LABEL_CHARS_MAX + 1)));
    }

    #[test]
    fn names_of_the_program_are_taken() {
        for taken in
            [table("email", None, vec![]), table("sys_log", None, vec![]), table("a", None, many("sys_", 1))]
        {
            let error = Dictionary::new(vec![taken, table("user", None, vec![])]).unwrap_err();
            assert!(matches!(error, DictionaryError::Reserved(_)), "{error}");
        }
    }
}
