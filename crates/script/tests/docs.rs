//! The three forms of the description: typings, completion data and support tables. None of them may lack a
//! member or know one more, and what is committed is what the program says now.
//!
//! `UPDATE_DOCS=1 cargo test -p rejoinder-script --test docs` writes the pages and typings of `docs`.

use std::path::{Path, PathBuf};

use rejoinder_script::Vocabulary;
use rejoinder_script::describe::{Api, Class, Member, completion, markdown, typings};
use serde_json::Value;

/// Every class member with the class and whether it is one of the class itself.
fn members(api: &Api) -> Vec<(&'static Class, bool, &'static Member)> {
    let of = |class: &'static Class| {
        let own = class.members.iter().map(move |member| (class, false, member));
        own.chain(class.statics.iter().map(move |member| (class, true, member)))
    };
    api.all_classes().into_iter().flat_map(of).collect()
}

/// The text of a class in the typings.
fn declared<'a>(typings: &'a str, class: &str) -> &'a str {
    let starts = [format!("declare class {class} {{"), format!("interface {class} {{")];
    let start = starts.iter().find_map(|start| typings.find(start.as_str()));
    let text = start.and_then(|start| typings.get(start..)).unwrap_or_default();
    text.split("\n}").next().unwrap_or_default()
}

#[test]
fn every_member_occurs_in_typings_completion_and_tables() {
    for vocabulary in Vocabulary::ALL {
        let (typings, data, page) = (typings(vocabulary), completion(vocabulary), markdown(vocabulary));
        let mut lacking = Vec::new();
        let all = members(Api::of(vocabulary));
        for (class, is_static, member) in &all {
            let (class, name) = (class.name, member.name);
            let list = format!("/classes/{class}/{}", if *is_static { "statics" } else { "members" });
            let items = data.pointer(&list).and_then(Value::as_array).cloned().unwrap_or_default();
            let item = items.iter().find(|item| item["name"] == name);
            if item.is_none_or(|item| item["supported"] != member.is_supported() || item["doc"] != member.doc)
            {
                lacking.push(format!("completion: {class}.{name}"));
            }
            let code = declared(&typings, class);
            let there =
                [format!(" {name}("), format!(" {name}<"), format!(" {name}: "), format!(" \"{name}\"")];
            if there.iter().all(|form| !code.contains(form.as_str())) {
                lacking.push(format!("typings: {class}.{name}"));
            }
            let section = page.split(&format!("\n## {class}\n")).nth(1).unwrap_or_default();
            let section = section.split("\n## ").next().unwrap_or_default();
            let row = if *is_static { format!("\n| `{class}.{name}` |") } else { format!("\n| `{name}` |") };
            if !section.contains(&row) {
                lacking.push(format!("tables: {class}.{name}"));
            }
        }
        assert_eq!(lacking, Vec::<String>::new(), "{}", vocabulary.word());
        let kept = |part: &str| -> usize {
            let classes = data["classes"].as_object().into_iter().flat_map(serde_json::Map::values);
            classes.filter_map(|class| class[part].as_array()).map(Vec::len).sum()
        };
        assert_eq!(
            kept("members") + kept("statics"),
            all.len(),
            "completion knows what the description does not"
        );
    }
}

#[test]
fn every_global_name_occurs_in_typings_completion_and_tables() {
    for vocabulary in Vocabulary::ALL {
        let api = Api::of(vocabulary);
        let (typings, data, page) = (typings(vocabulary), completion(vocabulary), markdown(vocabulary));
        let given = api.given.iter().map(|(name, _)| *name);
        for name in api.names().chain(given) {
            let forms = ["class", "const", "function"].map(|word| format!("declare {word} {name}"));
            // What the language has under the same name is only added to.
            let added = match name.split_once('.') {
                Some((owner, name)) => declared(&typings, &format!("{owner}Constructor")).contains(name),
                None => typings.contains(&format!("interface {name} {{\n    new ")),
            };
            assert!(added || forms.iter().any(|form| typings.contains(form.as_str())), "typings: {name}");
            let globals = data["globals"].as_array().cloned().unwrap_or_default();
            assert!(
                globals.iter().any(|global| global["name"] == name && global["kind"] != "refused"),
                "{name}"
            );
            assert!(page.contains(&format!("\n| `{name}` |")), "tables: {name}");
        }
        for (name, why) in api.refused {
            let globals = data["globals"].as_array().cloned().unwrap_or_default();
            assert!(globals.iter().any(|one| one["name"] == *name && one["kind"] == "refused"), "{name}");
            assert!(page.contains(&format!("| `{name}` |  | **Not supported.** {why} |")), "tables: {name}");
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

#[test]
fn the_committed_pages_and_typings_are_what_the_description_says() {
    let mut old = Vec::new();
    for vocabulary in Vocabulary::ALL {
        let word = vocabulary.word();
        let files = [
            (format!("scripting-{word}.md"), markdown(vocabulary)),
            (format!("typings/{word}.d.ts"), typings(vocabulary)),
        ];
        for (name, text) in files {
            let path = folder().join(&name);
            if std::env::var_os("UPDATE_DOCS").is_some() {
                assert!(std::fs::write(&path, &text).is_ok(), "{} cannot be written", path.display());
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != text {
                old.push(name);
            }
        }
    }
    assert_eq!(old, Vec::<String>::new(), "old: run with UPDATE_DOCS=1 and look at the difference");
}
