//! A new version of the program meets a table that an administrator has changed.
//!
//! Three definitions: what the program shipped before, what there is now, what it ships now. What the administrator
//! left as it was follows the program; what was changed stays; what was added stays. Must not check the result.

use serde_json::{Map, Value as Json};

use super::Table;

/// The definition that there is from now on: `mine` brought from `base` to `theirs`.
pub fn merge(base: &Table, mine: &Table, theirs: &Table) -> Result<Table, serde_json::Error> {
    let [base, mine, theirs] = [base, mine, theirs].map(serde_json::to_value);
    serde_json::from_value(merge_json(&base?, &mine?, &theirs?))
}

fn merge_json(base: &Json, mine: &Json, theirs: &Json) -> Json {
    if mine == base {
        return theirs.clone();
    }
    if theirs == base {
        return mine.clone();
    }
    match (base, mine, theirs) {
        (Json::Object(base), Json::Object(mine), Json::Object(theirs)) => {
            Json::Object(merge_objects(base, mine, theirs))
        }
        (Json::Array(base), Json::Array(mine), Json::Array(theirs)) if keyed(mine) && keyed(theirs) => {
            merge_lists(base, mine, theirs)
        }
        _ => mine.clone(),
    }
}

/// An absent value stands for one that is not said.
fn merge_objects(
    base: &Map<String, Json>,
    mine: &Map<String, Json>,
    theirs: &Map<String, Json>,
) -> Map<String, Json> {
    let mut merged = Map::new();
    let keys: std::collections::BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
    for key in keys {
        let value = match (base.get(key), mine.get(key), theirs.get(key)) {
            (Some(base), Some(mine), Some(theirs)) => Some(merge_json(base, mine, theirs)),
            (Some(base), Some(mine), None) => (mine != base).then(|| mine.clone()),
            (None, Some(mine), Some(theirs)) => Some(merge_json(&empty_like(mine), mine, theirs)),
            (None, mine, theirs) => mine.or(theirs).cloned(),
            // Taken out here, and that stays so.
            (Some(_), None, _) => None,
        };
        merged.extend(value.map(|value| (key.clone(), value)));
    }
    merged
}

fn empty_like(value: &Json) -> Json {
    match value {
        Json::Array(_) => Json::Array(Vec::new()),
        Json::Object(_) => Json::Object(Map::new()),
        _ => Json::Null,
    }
}

/// The name of a field, or the word of a choice.
fn key(item: &Json) -> Option<&str> {
    item.get("name").or_else(|| item.get("value")).and_then(Json::as_str)
}

fn keyed(items: &[Json]) -> bool {
    items.iter().all(|item| key(item).is_some())
}

/// The program's order, then what was added here. What the program no longer ships goes, unless it was changed here.
fn merge_lists(base: &[Json], mine: &[Json], theirs: &[Json]) -> Json {
    let find = |items: &[Json], wanted: &str| items.iter().find(|item| key(item) == Some(wanted)).cloned();
    let mut merged = Vec::new();
    for shipped in theirs {
        let name = key(shipped).unwrap_or_default();
        match (find(base, name), find(mine, name)) {
            (Some(base), Some(mine)) => merged.push(merge_json(&base, &mine, shipped)),
            (None, Some(mine)) => merged.push(merge_json(&empty_like(&mine), &mine, shipped)),
            (None, None) => merged.push(shipped.clone()),
            // Taken out here, and that stays so.
            (Some(_), None) => {}
        }
    }
    for own in mine {
        let name = key(own).unwrap_or_default();
        let known = find(theirs, name).is_some() || find(base, name).as_ref() == Some(own);
        if !known {
            merged.push(own.clone());
        }
    }
    Json::Array(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    fn shipped(label: &str, more: &str) -> Table {
        table(&format!(
            "name='task'\ndisplay='subject'\nlabel={{en='{label}'}}\n[[fields]]\nname='subject'\nkind='string'\n\
             [[fields]]\nname='state'\nkind='choice'\nchoices=[{{value='new'}},{{value='done'}}]\n{more}"
        ))
    }

    const NEW: &str = "[[fields]]\nname='impact'\nkind='integer'";

    #[test]
    fn what_was_left_alone_follows_the_program() {
        let (base, theirs) = (shipped("Task", ""), shipped("Work", NEW));
        assert_eq!(merge(&base, &base, &theirs).unwrap(), theirs);
    }

    #[test]
    fn what_was_changed_or_added_here_stays_and_the_rest_follows() {
        let (base, theirs) = (shipped("Task", ""), shipped("Work", NEW));
        let mut mine = base.clone();
        mine.label.insert("en".to_owned(), "Ticket".to_owned());
        mine.label.insert("de".to_owned(), "Aufgabe".to_owned());
        mine.fields[0].mandatory = true;
        mine.fields[1]
            .choices
            .insert(0, crate::dictionary::Choice { value: "held".into(), label: [].into() });
        mine.fields.push(
            table(&format!("name='x'\ndisplay='y'\n{}", NEW.replace("impact", "cost"))).fields[0].clone(),
        );
        let merged = merge(&base, &mine, &theirs).unwrap();
        assert_eq!((merged.label["en"].as_str(), merged.label["de"].as_str()), ("Ticket", "Aufgabe"));
        let names: Vec<&str> = merged.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["subject", "state", "impact", "cost"]);
        assert!(merged.fields[0].mandatory);
        let words: Vec<&str> = merged.fields[1].choices.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(words, ["held", "new", "done"]);
    }

    #[test]
    fn a_field_that_the_program_ships_no_more_goes_with_it() {
        let (base, theirs) = (shipped("Task", NEW), shipped("Task", ""));
        let mut mine = base.clone();
        mine.label.insert("en".to_owned(), "Ticket".to_owned());
        let merged = merge(&base, &mine, &theirs).unwrap();
        assert!(merged.field("impact").is_none() && merged.label["en"] == "Ticket");
    }

    #[test]
    fn a_rule_that_was_lifted_here_stays_lifted() {
        let strict = shipped("Task", &format!("{NEW}\nindexed=true"));
        let mut mine = strict.clone();
        mine.fields[2].indexed = false;
        let theirs = Table { display: "state".into(), ..strict.clone() };
        let merged = merge(&strict, &mine, &theirs).unwrap();
        assert!(!merged.fields[2].indexed && merged.display == "state");
    }
}
