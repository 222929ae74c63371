//! The support tables of the documentation: every class with its members, and what is not supported with
//! the reason. Only the description in another form.

use std::fmt::Write;

use super::{Api, Class, Member, What};
use crate::Vocabulary;

/// The whole page of a vocabulary, as it stands in `docs`.
pub fn markdown(vocabulary: Vocabulary) -> String {
    let api = Api::of(vocabulary);
    let name = match vocabulary {
        Vocabulary::SimpleOne => "SimpleOne",
        Vocabulary::ServiceNow => "ServiceNow",
    };
    let word = vocabulary.word();
    let mut text = format!(
        "# Scripts in {name}'s vocabulary\n\n\
         What scripts with the vocabulary `{word}` find. How scripts work is told in [scripting.md](scripting.md); \
         the same as TypeScript declarations is in [typings/{word}.d.ts](typings/{word}.d.ts). This page is made \
         from the description that the program itself works by (`UPDATE_DOCS=1 cargo test -p rejoinder-script \
         --test docs`).\n\n"
    );
    let classes = api.all_classes();
    let members =
        || classes.iter().flat_map(|class| class.members.iter().chain(class.statics)).chain(api.functions);
    let refused = members().filter(|one| !one.is_supported()).count() + api.refused.len();
    let supported = members().filter(|one| one.is_supported()).count();
    _ = writeln!(
        text,
        "{} classes with {supported} members and functions are supported; {refused} names that the platform has are \
         not, and say so when they are used. Any other name fails too, and the error offers the nearest that exists.",
        classes.len()
    );
    globals(&mut text, api);
    for class in classes {
        section(&mut text, class);
    }
    text
}

fn globals(text: &mut String, api: &Api) {
    text.push_str("\n## Global names\n\n| name | type | what it is |\n|---|---|---|\n");
    for class in api.classes {
        let made = if class.make.is_some() {
            format!("new {}{}", class.name, class.constructor)
        } else {
            String::new()
        };
        row(text, class.name, &made, class.doc);
    }
    for (name, class) in api.objects {
        row(text, name, class.name, class.doc);
    }
    for (name, class) in api.given {
        row(text, name, class.name, &format!("Only where a script is given it. {}", class.doc));
    }
    for one in api.functions.iter().filter(|one| one.is_supported()) {
        row(text, one.name, &shown(one), one.doc);
    }
    for (name, why) in api.refused {
        row(text, name, "", &format!("**Not supported.** {why}"));
    }
    for one in api.functions.iter().filter(|one| !one.is_supported()) {
        row(text, one.name, "", &format!("**Not supported.** {}", one.doc));
    }
}

fn section(text: &mut String, class: &Class) {
    _ = writeln!(text, "\n## {}\n\n{}", class.name, class.doc);
    if class.make.is_some() {
        _ = writeln!(text, "\n`new {}{}`", class.name, class.constructor);
    }
    if class.fields.is_some() {
        text.push_str("\nBeside its members, an object has the fields of its record under their names.\n");
    }
    if class.members.is_empty() && class.statics.is_empty() {
        return;
    }
    text.push_str("\n| member | signature | what it does |\n|---|---|---|\n");
    for (before, members) in [(format!("{}.", class.name), class.statics), (String::new(), class.members)] {
        for one in members.iter().filter(|one| one.is_supported()) {
            row(text, &format!("{before}{}", one.name), &shown(one), one.doc);
        }
        for one in members.iter().filter(|one| !one.is_supported()) {
            row(text, &format!("{before}{}", one.name), "", &format!("**Not supported.** {}", one.doc));
        }
    }
}

fn shown(member: &Member) -> String {
    match member.what {
        What::Property(_, None) => format!("{} (read only)", member.signature),
        _ => member.signature.to_owned(),
    }
}

fn row(text: &mut String, name: &str, signature: &str, doc: &str) {
    let code = |text: &str| {
        if text.is_empty() { String::new() } else { format!("`{}`", text.replace('|', "\\|")) }
    };
    _ = writeln!(text, "| {} | {} | {} |", code(name), code(signature), doc.replace('|', "\\|"));
}
