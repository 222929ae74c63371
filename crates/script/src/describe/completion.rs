//! The data that editors complete from: every global name and every class with its members. Only the
//! description in another form; what a script declares itself is the editor's.

use serde_json::{Map, Value, json};

use super::{Api, Class, Member, What};
use crate::Vocabulary;

/// `globals`: each name with its kind (`class`, `object`, `given`, `function`, `refused`), doc and, where it
/// has one, class or signature. `classes`: by name, each with its doc, constructor, members, statics, and
/// whether its objects have the fields of a record. A member says whether it is supported; of one that is
/// not, the doc is the reason.
pub fn completion(vocabulary: Vocabulary) -> Value {
    let api = Api::of(vocabulary);
    let classes: Map<String, Value> =
        api.all_classes().into_iter().map(|class| (class.name.to_owned(), class_data(class))).collect();
    json!({ "vocabulary": vocabulary.word(), "globals": globals(api), "classes": classes })
}

fn globals(api: &Api) -> Vec<Value> {
    let classes = api.classes.iter().map(|class| {
        json!({ "name": class.name, "kind": "class", "class": class.name,
                "signature": class.constructor, "doc": class.doc })
    });
    let named = |kind: &'static str, names: &'static [(&'static str, &'static Class)]| {
        names.iter().map(
            move |(name, class)| json!({ "name": name, "kind": kind, "class": class.name, "doc": class.doc }),
        )
    };
    let functions = api.functions.iter().map(|one| {
        let kind = if one.is_supported() { "function" } else { "refused" };
        json!({ "name": one.name, "kind": kind, "signature": one.signature, "doc": one.doc })
    });
    let refused =
        api.refused.iter().map(|(name, why)| json!({ "name": name, "kind": "refused", "doc": why }));
    classes
        .chain(named("object", api.objects))
        .chain(named("given", api.given))
        .chain(functions)
        .chain(refused)
        .collect()
}

fn class_data(class: &Class) -> Value {
    json!({
        "doc": class.doc,
        "constructor": class.make.is_some().then_some(class.constructor),
        "fields": class.fields.is_some(),
        "members": class.members.iter().map(member).collect::<Vec<_>>(),
        "statics": class.statics.iter().map(member).collect::<Vec<_>>(),
    })
}

fn member(member: &Member) -> Value {
    let kind = match member.what {
        What::Method(_) => "method",
        What::Property(..) => "property",
        What::Refused => "refused",
    };
    json!({ "name": member.name, "kind": kind, "signature": member.signature, "doc": member.doc,
            "supported": member.is_supported() })
}
