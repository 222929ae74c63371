//! The typings of a vocabulary (`rejoinder.d.ts`): what an editor with TypeScript needs to complete and
//! to check scripts. Only text from the description; it says nothing that the description does not.

use std::fmt::Write;

use super::{Api, Class, LANGUAGE, Member, What};
use crate::Vocabulary;

/// TypeScript declarations of everything that scripts of a vocabulary find. What is not supported is
/// declared as well, of type `never` and deprecated with the reason, so that editors say it.
pub fn typings(vocabulary: Vocabulary) -> String {
    let api = Api::of(vocabulary);
    let mut text = format!(
        "// Rejoinder: what scripts of the vocabulary `{}` find. Made from the program's own description by\n\
         // `rejoinder script typings --vocabulary {0}`. Use it with `\"lib\": [\"ES2023\"]` and without the DOM.\n",
        vocabulary.word()
    );
    for class in api.all_classes() {
        text.push('\n');
        declare(&mut text, api, class);
    }
    for (title, names) in
        [("There is one of each.", api.objects), ("Only some scripts are given these.", api.given)]
    {
        if !names.is_empty() {
            _ = writeln!(text, "\n// {title}");
        }
        objects(&mut text, names);
    }
    functions(&mut text, api);
    text
}

/// A name that is given in several forms, one here and another there, has the members of all.
fn objects(text: &mut String, names: &[(&str, &Class)]) {
    let mut done: Vec<&str> = Vec::new();
    for (name, _) in names {
        if done.contains(name) {
            continue;
        }
        done.push(name);
        let forms: Vec<&Class> =
            names.iter().filter(|(other, _)| other == name).map(|(_, class)| *class).collect();
        let docs: Vec<&str> = forms.iter().map(|class| class.doc).collect();
        let types: Vec<&str> = forms.iter().map(|class| class.name).collect();
        doc(text, "", &docs.join(" Elsewhere: "));
        _ = writeln!(text, "declare const {name}: {};", types.join(" & "));
    }
}

fn functions(text: &mut String, api: &Api) {
    if !api.functions.is_empty() || !api.refused.is_empty() {
        text.push('\n');
    }
    for one in api.functions {
        match one.what {
            What::Method(_) => function(text, one),
            What::Property(..) => {
                doc(text, "", one.doc);
                _ = writeln!(text, "declare const {}: {};", one.name, one.signature);
            }
            What::Refused => refused_global(text, one.name, one.doc),
        }
    }
    for (name, why) in api.refused {
        refused_global(text, name, why);
    }
}

/// A function of its own, or one that the vocabulary adds to an object of the language, as in
/// `Object.extendsObject`.
fn function(text: &mut String, one: &Member) {
    let Some((object, name)) = one.name.split_once('.') else {
        doc(text, "", one.doc);
        _ = writeln!(text, "declare function {}{};", one.name, one.signature);
        return;
    };
    if LANGUAGE.contains(&object) {
        _ = writeln!(text, "interface {object}Constructor {{");
    } else {
        _ = writeln!(text, "declare namespace {object} {{");
    }
    doc(text, "    ", one.doc);
    let word = if LANGUAGE.contains(&object) { "" } else { "function " };
    _ = writeln!(text, "    {word}{name}{};\n}}", one.signature);
}

/// A name that is no identifier, such as one of a namespace, cannot be declared by itself.
fn refused_global(text: &mut String, name: &str, why: &str) {
    if is_identifier(name) {
        doc(text, "", &deprecated(why));
        _ = writeln!(text, "declare const {name}: never;");
    }
}

fn declare(text: &mut String, api: &Api, class: &Class) {
    doc(text, "", class.doc);
    let global = api.names().any(|name| name == class.name);
    let is_of_language = LANGUAGE.contains(&class.name);
    let word = if global && !is_of_language { "declare class" } else { "interface" };
    _ = writeln!(text, "{word} {} {{", class.name);
    if is_of_language {
        // The language declares it already: what scripts find beside that is added to it.
        _ = writeln!(text, "    new {}: {};", class.constructor, class.name);
    } else if global && class.make.is_some() {
        _ = writeln!(text, "    constructor{};", class.constructor);
    } else if global {
        text.push_str("    private constructor();\n");
    }
    for one in class.statics {
        member(text, "static ", one);
    }
    for one in class.members {
        member(text, "", one);
    }
    if class.fields.is_some() {
        text.push_str("    /** A field. */\n    [field: string]: any;\n");
    }
    text.push_str("}\n");
}

fn member(text: &mut String, before: &str, member: &Member) {
    let is_symbol = member.name.starts_with("[Symbol.");
    let is_name = is_identifier(member.name) && !["new", "constructor"].contains(&member.name);
    let name = if is_name || is_symbol { member.name.to_owned() } else { format!("{:?}", member.name) };
    let indent = "    ";
    match member.what {
        What::Method(_) => {
            doc(text, indent, member.doc);
            _ = writeln!(text, "{indent}{before}{name}{};", member.signature);
        }
        What::Property(_, set) => {
            doc(text, indent, member.doc);
            let readonly = if set.is_none() { "readonly " } else { "" };
            _ = writeln!(text, "{indent}{before}{readonly}{name}: {};", member.signature);
        }
        What::Refused => {
            doc(text, indent, &deprecated(member.doc));
            _ = writeln!(text, "{indent}{before}readonly {name}: never;");
        }
    }
}

fn deprecated(why: &str) -> String {
    format!("@deprecated Not supported: {why}")
}

fn doc(text: &mut String, indent: &str, sentence: &str) {
    _ = writeln!(text, "{indent}/** {} */", sentence.replace("*/", "* /"));
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || "_$".contains(first))
        && characters.all(|c| c.is_alphanumeric() || "_$".contains(c))
}
