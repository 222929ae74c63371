//! Fields that are added, changed and taken out.

use super::{Definition, EditError, Edited, Rule, good_name};
use crate::dictionary::{Choice, Field, Labels, TEXT_CHARS_MAX, Table};
use crate::limits::INDEXED_CHARS_MAX;
use crate::plan::Breach;
use crate::value::{Kind, Value};

/// What of a field is other from now on; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldPatch {
    /// What people read.
    pub label: Option<Labels>,
    /// What it holds.
    pub kind: Option<Kind>,
    /// The table that a reference points to.
    pub table: Option<String>,
    /// All choices.
    pub choices: Option<Vec<Choice>>,
    /// Whether a record needs a value.
    pub mandatory: Option<bool>,
    /// Whether two records may not share a value.
    pub unique: Option<bool>,
    /// Whether only the program sets it.
    pub read_only: Option<bool>,
    /// Whether only agents may read it.
    pub agents_only: Option<bool>,
    /// Whether the database keeps an index on it.
    pub indexed: Option<bool>,
    /// The value of new records; `Some(None)` for none.
    pub default: Option<Option<String>>,
    /// The most characters; `Some(None)` for the most of its kind.
    pub max_length: Option<Option<usize>>,
}

impl FieldPatch {
    fn applied(&self, field: &Field) -> Field {
        let mut new = field.clone();
        let set = |flag: &mut bool, to: Option<bool>| *flag = to.unwrap_or(*flag);
        set(&mut new.mandatory, self.mandatory);
        set(&mut new.unique, self.unique);
        set(&mut new.read_only, self.read_only);
        set(&mut new.agents_only, self.agents_only);
        set(&mut new.indexed, self.indexed);
        new.kind = self.kind.unwrap_or(new.kind);
        new.label = self.label.clone().unwrap_or(new.label);
        new.choices = self.choices.clone().unwrap_or(new.choices);
        new.default = self.default.clone().unwrap_or(new.default);
        new.max_length = self.max_length.unwrap_or(new.max_length);
        if self.table.is_some() {
            new.table.clone_from(&self.table);
        }
        new
    }
}

pub(super) fn add(
    definitions: &[Definition],
    known: &Definition,
    field: &Field,
) -> Result<Edited, EditError> {
    let mut table = known.table.clone();
    if table.field(&field.name).is_some() {
        let message = format!("`{}.{}` is there already", table.name, field.name);
        return Err(EditError::new("exists", &table.name, message).about(&field.name));
    }
    good_name(&table.name, &field.name)?;
    check(definitions, &table, field)?;
    table.fields.push(field.clone());
    // A field that was taken out before left its values, which are there again.
    let rules = broken_by(&table.name, None, field);
    Ok(Edited { table: Some(table), rules })
}

pub(super) fn change(
    definitions: &[Definition],
    known: &Definition,
    name: &str,
    patch: &FieldPatch,
) -> Result<Edited, EditError> {
    let mut table = known.table.clone();
    let of = table.name.clone();
    let old = own(definitions, &table, name)?.clone();
    let new = patch.applied(&old);
    if let Some(base) = known.shipped.as_ref().and_then(|base| base.field(name)) {
        check_shipped(&of, base, &old, &new)?;
    }
    let mut rules = kind_rules(definitions, &of, &old, &new)?;
    // Where only words are other, what was good enough before is so now.
    if new != (Field { label: new.label.clone(), ..old.clone() }) {
        check(definitions, &table, &new)?;
    }
    rules.extend(broken_by(&of, Some(&old), &new));
    if let Some(place) = table.fields.iter_mut().find(|field| field.name == name) {
        *place = new;
    }
    Ok(Edited { table: Some(table), rules })
}

pub(super) fn remove(
    definitions: &[Definition],
    known: &Definition,
    name: &str,
) -> Result<Edited, EditError> {
    let mut table = known.table.clone();
    own(definitions, &table, name)?;
    if known.shipped.as_ref().is_some_and(|base| base.field(name).is_some()) {
        return Err(EditError::shipped(&table.name, name, "it stays"));
    }
    let below =
        |one: &&Definition| super::line(definitions, &one.table).iter().any(|above| above.name == table.name);
    if let Some(shown) = definitions.iter().filter(below).find(|one| one.table.display == name) {
        let message = format!("`{}` names its records by `{name}`", shown.table.name);
        let error = EditError::new("in_use", &table.name, message).about(name);
        return Err(error.hint("choose another `display` first"));
    }
    table.fields.retain(|field| field.name != name);
    Ok(Edited { table: Some(table), rules: Vec::new() })
}

/// The table's own field; one that it inherits is changed where it is defined.
fn own<'a>(definitions: &'a [Definition], table: &'a Table, name: &str) -> Result<&'a Field, EditError> {
    if let Some(field) = table.field(name) {
        return Ok(field);
    }
    let of = table.name.as_str();
    let above = super::line(definitions, table).into_iter().find(|above| above.field(name).is_some());
    if let Some(above) = above {
        let message = format!("`{of}.{name}` comes from `{}`: change it there", above.name);
        return Err(EditError::new("shipped", of, message).about(name));
    }
    if crate::dictionary::base_fields().iter().any(|field| field.name == name) {
        let message = format!("`{of}.{name}` belongs to every record and stays as it is");
        return Err(EditError::new("shipped", of, message).about(name));
    }
    Err(EditError::new("not_found", of, format!("`{of}` has no field `{name}`")).about(name))
}

/// Whether the definition says something that makes sense.
pub(super) fn check(definitions: &[Definition], table: &Table, field: &Field) -> Result<(), EditError> {
    let bad = |message: String| Err(EditError::bad(&table.name, &field.name, message));
    let kind = field.kind;
    let refers = matches!(kind, Kind::Reference | Kind::ReferenceList);
    if refers && field.table.is_none() {
        return bad("a reference needs the `table` that it points to".to_owned());
    }
    if !refers && field.table.is_some() {
        return bad("only a reference has a `table`".to_owned());
    }
    let configured = field.table.as_deref() == Some("api_token");
    if configured && !definitions.iter().any(|one| one.table.name == table.name && one.shipped.is_some()) {
        return bad("keys of the API cannot be referred to".to_owned());
    }
    if kind != Kind::Choice && !field.choices.is_empty() {
        return bad("only a field of the kind `choice` has choices".to_owned());
    }
    if let Some(word) = odd_choice(&field.choices) {
        return bad(format!("the choice `{word}` is empty or there twice"));
    }
    if let Some(max) = field.max_length {
        let text = kind.is_text() || kind == Kind::Journal;
        if !text || max == 0 || max > TEXT_CHARS_MAX {
            return bad(format!("`max_length` is for texts, from 1 to {TEXT_CHARS_MAX}"));
        }
    }
    if kind == Kind::Journal && (field.mandatory || field.default.is_some()) {
        return bad(
            "a journal takes entries: it has no value that could be mandatory or a default".to_owned()
        );
    }
    if field.mandatory && field.read_only && field.default.is_none() {
        return bad("nobody could give it a value: it is read-only, mandatory and has no default".to_owned());
    }
    check_index(table, field)?;
    check_default(table, field)
}

fn odd_choice(choices: &[Choice]) -> Option<&str> {
    let mut words = std::collections::BTreeSet::new();
    let odd = choices.iter().find(|one| one.value.trim().is_empty() || !words.insert(&one.value));
    odd.map(|one| one.value.as_str())
}

fn check_index(table: &Table, field: &Field) -> Result<(), EditError> {
    if !field.unique && !field.indexed {
        return Ok(());
    }
    let bad = |message: String| Err(EditError::bad(&table.name, &field.name, message));
    match field.kind {
        Kind::Text | Kind::Html | Kind::Journal | Kind::Json | Kind::ReferenceList | Kind::TextList => {
            bad("a field of this kind is neither unique nor indexed".to_owned())
        }
        Kind::Boolean if field.unique => bad("yes or no cannot be unique".to_owned()),
        kind if kind.is_text() && kind != Kind::Choice && kind != Kind::Number => {
            if field.chars_max() <= INDEXED_CHARS_MAX {
                return Ok(());
            }
            bad(format!(
                "a text that is unique or indexed needs a `max_length` of at most {INDEXED_CHARS_MAX}"
            ))
        }
        _ => Ok(()),
    }
}

fn check_default(table: &Table, field: &Field) -> Result<(), EditError> {
    let Some(default) = &field.default else { return Ok(()) };
    let bad =
        |message: String| Err(EditError::bad(&table.name, &field.name, format!("`default`: {message}")));
    match Value::parse(field.kind, default) {
        Err(error) => bad(error.to_string()),
        Ok(Value::Null) => bad("it is empty; leave it out".to_owned()),
        Ok(Value::Text(text)) if field.kind == Kind::Choice && !field.takes(&text) => {
            bad(format!("`{text}` is none of the choices"))
        }
        Ok(Value::Text(text)) if text.chars().count() > field.chars_max() => {
            bad(format!("at most {} characters fit", field.chars_max()))
        }
        Ok(_) if field.unique => bad("a unique field cannot have one".to_owned()),
        Ok(_) => Ok(()),
    }
}

/// The program counts on its own fields: their rules may become stricter and be eased again, down to what it ships.
fn check_shipped(table: &str, base: &Field, old: &Field, new: &Field) -> Result<(), EditError> {
    let refuse = |what: &str| Err(EditError::shipped(table, &base.name, what));
    if new.kind != old.kind || new.table != old.table {
        return refuse("it keeps its kind");
    }
    if (base.mandatory && !new.mandatory) || (base.unique && !new.unique) {
        return refuse("it stays mandatory and unique where it is so");
    }
    if new.read_only != old.read_only || (base.agents_only && !new.agents_only) {
        return refuse("who may read and write it stays as it is");
    }
    if base.chars_max() < new.chars_max() {
        return refuse("it takes no longer texts than the program expects");
    }
    if let Some(gone) = base.choices.iter().find(|choice| !new.takes(&choice.value)) {
        return refuse(&format!("its choice `{}` stays", gone.value));
    }
    let words = Field { label: new.label.clone(), mandatory: new.mandatory, ..old.clone() };
    if base.secret && *new != words {
        return refuse("of a secret only the words and whether it is mandatory can be changed");
    }
    Ok(())
}

/// Whether the values that are there can be read as the other kind.
fn kind_rules(
    definitions: &[Definition],
    table: &str,
    old: &Field,
    new: &Field,
) -> Result<Vec<Rule>, EditError> {
    let empty = || {
        rule(
            table,
            new,
            Breach::Any,
            "has_values",
            "have a value that cannot be read as the other kind: make a new field",
        )
    };
    if old.kind != new.kind {
        let free = matches!(new.kind, Kind::String | Kind::Text | Kind::Html | Kind::Choice);
        return match (old.kind, new.kind) {
            (from, to) if from.is_text() && to.is_text() => Ok(if free { vec![] } else { vec![empty()] }),
            (Kind::ReferenceList, Kind::TextList) => Ok(vec![]),
            (Kind::TextList, Kind::ReferenceList) => Ok(vec![empty()]),
            _ => {
                let error = EditError::bad(
                    table,
                    &new.name,
                    "values of the one kind are not stored like those of the other",
                );
                Err(error.hint("make a new field of the other kind, copy the values, and delete this one"))
            }
        };
    }
    let wider = |from: &str, to: &str| {
        let known = definitions.iter().find(|one| one.table.name == from);
        known.is_some_and(|one| super::line(definitions, &one.table).iter().any(|above| above.name == to))
    };
    Ok(match (&old.table, &new.table) {
        (Some(from), Some(to)) if from != to && !wider(from, to) => vec![empty()],
        _ => vec![],
    })
}

/// What records must keep once `new` is there in the place of `old`.
fn broken_by(table: &str, old: Option<&Field>, new: &Field) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut add = |breach, code, text| rules.push(rule(table, new, breach, code, text));
    if new.mandatory && !old.is_some_and(|old| old.mandatory) {
        let text = "have no value: give them one, or a `default` with `fill`";
        add(Breach::Empty, "mandatory", text);
    }
    if new.unique && !old.is_some_and(|old| old.unique) {
        add(Breach::Shared, "not_unique", "share a value with another: change them first");
    }
    let text = new.kind.is_text();
    if text && old.is_none_or(|old| new.chars_max() < old.chars_max()) {
        add(Breach::Longer(new.chars_max()), "too_long", "have a longer text: shorten it first");
    }
    let words = |field: &Field| field.choices.iter().map(|one| one.value.clone()).collect::<Vec<_>>();
    if new.kind == Kind::Choice && !new.choices.is_empty() {
        let text = "have a value that is none of the choices: change it first";
        match old.filter(|old| old.kind == Kind::Choice && !old.choices.is_empty()) {
            Some(old) => {
                let gone: Vec<String> = words(old).into_iter().filter(|word| !new.takes(word)).collect();
                if !gone.is_empty() {
                    add(Breach::Among(gone), "unknown_choice", text);
                }
            }
            None => add(Breach::NoneOf(words(new)), "unknown_choice", text),
        }
    }
    rules
}

fn rule(table: &str, field: &Field, breach: Breach, code: &'static str, text: &'static str) -> Rule {
    Rule { table: table.to_owned(), field: field.name.clone(), breach, code, text }
}
