//! What a change of the dictionary may say, and which rules records must keep for it.

use super::*;
use crate::limits::{INDEXED_CHARS_MAX, NUMBER_PREFIX_CHARS_MAX};
use crate::value::Kind;

fn table(text: &str) -> Table {
    toml::from_str(text).unwrap()
}

fn field(text: &str) -> Field {
    toml::from_str(text).unwrap()
}

const USER: &str = "name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'";
const TASK: &str = "name='task'\ndisplay='number'\n[[fields]]\nname='number'\nkind='number'\n\
                    [[fields]]\nname='subject'\nkind='string'\nmandatory=true\nmax_length=100\n\
                    [[fields]]\nname='state'\nkind='choice'\nchoices=[{value='new'},{value='done'}]";
const CAR: &str = "name='car'\nextends='task'\ndisplay='number'\n[[fields]]\nname='plate'\nkind='string'\nmax_length=20\n\
                   [[fields]]\nname='owner'\nkind='reference'\ntable='user'";

/// `user` and `task` ship, `car` was made here.
fn known() -> Vec<Definition> {
    let one = |text: &str, ships: bool| {
        let table = table(text);
        Definition { shipped: ships.then(|| table.clone()), table, version: 1 }
    };
    vec![one(USER, true), one(TASK, true), one(CAR, false)]
}

fn change(of: (&str, &str), patch: FieldPatch) -> Result<Edited, EditError> {
    let edit = Edit::ChangeField { table: of.0.to_owned(), field: of.1.to_owned(), patch };
    decide(&known(), &edit)
}

fn add(text: &str) -> Result<Edited, EditError> {
    decide(&known(), &Edit::AddField { table: "car".to_owned(), field: field(text) })
}

fn codes(edited: &Edited) -> Vec<&'static str> {
    edited.rules.iter().map(|rule| rule.code).collect()
}

#[test]
fn a_stricter_field_asks_records_and_an_easier_one_does_not() {
    let strict = FieldPatch {
        mandatory: Some(true),
        unique: Some(true),
        max_length: Some(Some(10)),
        ..FieldPatch::default()
    };
    let edited = change(("car", "plate"), strict).unwrap();
    assert_eq!(codes(&edited), ["mandatory", "not_unique", "too_long"]);
    let wide = FieldPatch { max_length: Some(Some(21)), indexed: Some(true), ..FieldPatch::default() };
    assert!(change(("car", "plate"), wide).unwrap().rules.is_empty());
    let words = FieldPatch {
        label: Some([("ru".to_owned(), "Знак".to_owned())].into()),
        ..FieldPatch::default()
    };
    assert!(change(("car", "plate"), words).unwrap().rules.is_empty());
}

#[test]
fn a_field_changes_its_kind_only_among_those_that_are_stored_alike() {
    let to = |kind| change(("car", "plate"), FieldPatch { kind: Some(kind), ..FieldPatch::default() });
    assert!(to(Kind::Text).unwrap().rules.is_empty());
    assert_eq!(codes(&to(Kind::Email).unwrap()), ["has_values"]);
    for kind in [Kind::Integer, Kind::Boolean, Kind::TextList, Kind::Journal] {
        let error = to(kind).unwrap_err();
        assert!(error.code == "bad_definition" && error.hint.unwrap().contains("new field"), "{kind:?}");
    }
    let choices = ["a"].map(|value| super::super::Choice { value: value.to_owned(), label: [].into() });
    let choice = FieldPatch {
        kind: Some(Kind::Choice),
        choices: Some(choices.to_vec()),
        max_length: Some(None),
        ..FieldPatch::default()
    };
    let edited = change(("car", "plate"), choice).unwrap();
    assert_eq!(edited.rules[0].breach, Breach::NoneOf(vec!["a".to_owned()]));
}

#[test]
fn a_reference_may_be_widened_and_is_turned_only_while_it_is_empty() {
    let to = |table: &str| FieldPatch { table: Some(table.to_owned()), ..FieldPatch::default() };
    assert_eq!(codes(&change(("car", "owner"), to("task")).unwrap()), ["has_values"]);
    let mut all = known();
    all[2].table.fields[1].table = Some("car".to_owned());
    let edit = Edit::ChangeField { table: "car".to_owned(), field: "owner".to_owned(), patch: to("task") };
    assert!(decide(&all, &edit).unwrap().rules.is_empty());
    assert_eq!(change(("car", "owner"), to("nowhere")).unwrap_err().code, "bad_definition");
}

#[test]
fn what_ships_keeps_its_rules_and_takes_stricter_ones() {
    let task = |name, patch| change(("task", name), patch);
    let code = |result: Result<Edited, EditError>| result.unwrap_err().code;
    let flag = |mandatory| FieldPatch { mandatory: Some(mandatory), ..FieldPatch::default() };
    assert_eq!(code(task("subject", flag(false))), "shipped");
    assert_eq!(codes(&task("state", flag(true)).unwrap()), ["mandatory"]);
    let longer = FieldPatch { max_length: Some(None), ..FieldPatch::default() };
    assert_eq!(code(task("subject", longer)), "shipped");
    let read_only = FieldPatch { read_only: Some(true), ..FieldPatch::default() };
    assert_eq!(code(task("state", read_only)), "shipped");
    let words = |words: &[&str]| {
        let one = |value: &&str| super::super::Choice { value: (*value).to_owned(), label: [].into() };
        FieldPatch { choices: Some(words.iter().map(one).collect()), ..FieldPatch::default() }
    };
    assert!(task("state", words(&["new", "held", "done"])).unwrap().rules.is_empty());
    assert_eq!(code(task("state", words(&["new"]))), "shipped");
    for name in ["subject", "number"] {
        let edit = Edit::RemoveField { table: "task".to_owned(), field: name.to_owned() };
        assert_eq!(code(decide(&known(), &edit)), "shipped");
    }
    // An inherited field is changed where it is defined, a base field nowhere.
    assert!(change(("car", "subject"), flag(true)).unwrap_err().message.contains("`task`"));
    assert_eq!(code(change(("car", "created_at"), flag(true))), "shipped");
}

#[test]
fn a_text_that_is_indexed_or_unique_is_short() {
    let text =
        |max: usize, rule: &str| add(&format!("name='x'\nkind='string'\nmax_length={max}\n{rule}=true"));
    for rule in ["indexed", "unique"] {
        assert!(text(INDEXED_CHARS_MAX, rule).is_ok());
        assert!(text(INDEXED_CHARS_MAX + 1, rule).unwrap_err().message.contains("max_length"));
    }
    assert!(add("name='x'\nkind='text'\nindexed=true").is_err());
    assert!(add("name='x'\nkind='boolean'\nunique=true").is_err());
    assert!(add("name='x'\nkind='integer'\nunique=true").is_ok());
}

#[test]
fn a_prefix_of_numbers_is_short_and_leads_to_one_table() {
    let with = |prefix: &str| {
        let bus = table(&format!(
            "name='bus'\nextends='task'\ndisplay='number'\nnumber_prefix='{prefix}'\nfields=[]"
        ));
        decide(&known(), &Edit::AddTable(bus))
    };
    assert!(with(&"B".repeat(NUMBER_PREFIX_CHARS_MAX)).is_ok());
    assert!(with(&"B".repeat(NUMBER_PREFIX_CHARS_MAX + 1)).is_err());
    assert!(with("").is_err() && with("B1").is_err() && with("Ж").is_err());
    let prefix = TablePatch { number_prefix: Some(Some("CAR".to_owned())), ..TablePatch::default() };
    let edited = decide(&known(), &Edit::ChangeTable { table: "car".to_owned(), patch: prefix }).unwrap();
    assert_eq!(codes(&edited), ["has_records"]);
}

#[test]
fn definitions_that_make_no_sense_are_refused() {
    for bad in [
        "name='x'\nkind='reference'",
        "name='x'\nkind='string'\ntable='user'",
        "name='x'\nkind='string'\nchoices=[{value='a'}]",
        "name='x'\nkind='choice'\nchoices=[{value='a'},{value='a'}]",
        "name='x'\nkind='choice'\nchoices=[{value=' '}]",
        "name='x'\nkind='choice'\nchoices=[{value='a'}]\ndefault='b'",
        "name='x'\nkind='integer'\nmax_length=5",
        "name='x'\nkind='string'\nmax_length=0",
        "name='x'\nkind='string'\nmax_length=2\ndefault='abc'",
        "name='x'\nkind='journal'\nmandatory=true",
        "name='x'\nkind='string'\nmandatory=true\nread_only=true",
        "name='x'\nkind='integer'\nunique=true\ndefault='1'",
        "name='x'\nkind='reference'\ntable='api_token'",
        "name='subject'\nkind='string'",
        "name='X'\nkind='string'",
        "name='x__f'\nkind='string'",
    ] {
        assert_eq!(add(bad).unwrap_err().code, "bad_definition", "{bad}");
    }
    assert_eq!(add("name='plate'\nkind='string'").unwrap_err().code, "exists");
}

#[test]
fn a_table_above_does_not_get_a_field_that_one_below_has() {
    let plate = field("name='plate'\nkind='string'");
    let error = decide(&known(), &Edit::AddField { table: "task".to_owned(), field: plate }).unwrap_err();
    assert!(error.code == "bad_definition" && error.message.contains("twice"), "{error}");
}
