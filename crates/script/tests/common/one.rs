//! What the fixture has for the members of SimpleOne and for the mail objects of both vocabularies:
//! rights, texts, includes, files, tables of preferences, delegations, criteria and templates.

use rejoinder_script::{
    Attachment, FieldKind, Filter, Global, Include, Letter, Right, Term, User, Value, Vocabulary,
};

use super::text;

/// Fields of a table by name.
pub fn fields(table: &str) -> Option<Vec<(&'static str, FieldKind)>> {
    let user = || FieldKind::Reference("user".to_owned());
    let texts = || FieldKind::List(String::new());
    Some(match table {
        "task" => vec![("number", FieldKind::Text), ("subject", FieldKind::Text)],
        "user_preference" => {
            vec![("user", user()), ("name", FieldKind::Text), ("value", FieldKind::Text)]
        }
        "delegation" => vec![
            ("delegator", user()),
            ("delegate", user()),
            ("types", texts()),
            ("starts_at", FieldKind::Moment),
            ("ends_at", FieldKind::Moment),
            ("active", FieldKind::Boolean),
        ],
        "user_criteria" => vec![
            ("name", FieldKind::Text),
            ("users", FieldKind::List("user".to_owned())),
            ("groups", FieldKind::List("group".to_owned())),
            ("roles", texts()),
            ("match_all", FieldKind::Boolean),
            ("active", FieldKind::Boolean),
        ],
        "record_template" => {
            vec![("name", FieldKind::Text), ("table", FieldKind::Text), ("values", FieldKind::Text)]
        }
        "message" => vec![
            ("key", FieldKind::Text),
            ("category", FieldKind::Text),
            ("language", FieldKind::Choice),
            ("text", FieldKind::Text),
        ],
        _ => return None,
    })
}

type Stored = (&'static str, &'static str, Vec<(String, Value)>);

/// Rows of these tables.
pub fn rows() -> Vec<Stored> {
    let active = || ("active".to_owned(), Value::Bool(true));
    let list = |name: &str, entries: &[&str]| {
        (name.to_owned(), Value::List(entries.iter().map(|entry| Value::from(*entry)).collect()))
    };
    let told = |key: &str, language: &str, words: &str| {
        vec![text("key", key), text("category", "app"), text("language", language), text("text", words)]
    };
    vec![
        ("message", "m1", told("farewell", "en", "Bye {name}")),
        ("message", "m2", told("farewell", "ru", "Пока, {name}")),
        ("message", "m3", told(&"k".repeat(500), "en", "kept")),
        ("message", "m4", told(&"k".repeat(501), "en", "too long")),
        ("user_preference", "p1", vec![text("user", "u1"), text("name", "theme"), text("value", "dark")]),
        (
            "delegation",
            "d1",
            vec![
                text("delegator", "u2"),
                text("delegate", "u1"),
                list("types", &["access", "approvals"]),
                text("starts_at", "2026-11-01 00:00:00"),
                text("ends_at", "2026-11-30 00:00:00"),
                active(),
            ],
        ),
        (
            "user_criteria",
            "c1",
            vec![list("users", &["u2"]), list("groups", &[]), list("roles", &[]), active()],
        ),
        (
            "user_criteria",
            "c2",
            vec![
                list("groups", &["g1"]),
                list("roles", &["auditor"]),
                ("match_all".to_owned(), Value::Bool(true)),
                active(),
            ],
        ),
        ("user_criteria", "c3", vec![list("groups", &["g1"]), text("roles", "auditor, nobody"), active()]),
        ("user_criteria", "c4", vec![active()]),
        (
            "record_template",
            "t1",
            vec![
                text("name", "Printer"),
                text("table", "incident"),
                text("values", r#"{"subject":"Printer is broken","state":"2"}"#),
            ],
        ),
    ]
}

/// Nobody reads `u2` and the addresses of users, changes users, or deletes incidents.
pub fn may(right: Right, table: &str, id: Option<&str>, field: Option<&str>) -> bool {
    match (right, table) {
        (Right::Read, "user") => id != Some("u2") && field != Some("email"),
        (Right::Create | Right::Update | Right::Delete, "user") | (Right::Delete, "incident") => false,
        (Right::Update, "incident") => field != Some("state"),
        _ => true,
    }
}

pub fn message(key: &str, category: &str, language: Option<&str>) -> Option<String> {
    let found = match (key, category, language) {
        ("greeting", "app", None | Some("en")) => "Hello {name}",
        ("greeting", "app", Some("ru")) => "Привет, {name}",
        ("greeting", "mail", _) => "Dear {name}",
        _ => return None,
    };
    Some(found.to_owned())
}

pub fn include(name: &str) -> Option<Include> {
    let (source, vocabulary) = match name {
        "Helpers" => (
            "function twice(x) { return x * 2; }\nclass Box {\n  constructor(v) { this.v = v; }\n}\nvar ready = true;\n\
             function broken() {\n  nothing();\n}\nfunction when() { return new Date().toISOString(); }\n\
             function first() { var u = new SimpleMessage(); return u.getMessage('greeting', 'app', {name: 'all'}); }",
            Vocabulary::SimpleOne,
        ),
        "Counting" => {
            ("counted = (typeof counted === 'undefined' ? 0 : counted) + 1;", Vocabulary::SimpleOne)
        }
        "Unreadable" => ("var a = 1;\nvar = 2;", Vocabulary::SimpleOne),
        "Failing" => ("var a = 1;\n\n  throw new Error('include failed');", Vocabulary::SimpleOne),
        "Mutual" => {
            ("ss.importIncludeScript('Counting'); ss.importIncludeScript('Mutual');", Vocabulary::SimpleOne)
        }
        "Aborting" => ("\ncurrent.setAbortAction(true, 'from the include');", Vocabulary::SimpleOne),
        "Endless" => ("\n\nfor (;;);", Vocabulary::SimpleOne),
        "Theirs" => ("gs.info('x')", Vocabulary::ServiceNow),
        _ => return None,
    };
    Some(Include { name: name.to_owned(), source: source.into(), vocabulary })
}

pub fn user_called(name: &str) -> Option<User> {
    (name == "u2" || name == "boris").then(|| User {
        id: "u2".to_owned(),
        login: "boris".to_owned(),
        name: "Boris Ivanov".to_owned(),
        email: "boris@example.org".to_owned(),
        language: "ru".to_owned(),
        zone: "UTC".to_owned(),
        ..User::default()
    })
}

/// Files of `i1`, with their bytes.
pub fn files() -> Vec<(Attachment, Vec<u8>)> {
    let file = |id: &str, name: &str, media_type: &str, size: u64, bytes: &[u8]| {
        let (id, name, media_type) = (id.to_owned(), name.to_owned(), media_type.to_owned());
        (Attachment { id, name, media_type, size }, bytes.to_vec())
    };
    vec![
        file("a1", "note.txt", "text/plain; charset=utf-8", 5, b"hello"),
        file("a2", "dot.png", "image/png", 3, &[1, 2, 255]),
        file("a3", "film.txt", "text/plain", (10 << 20) + 1, b""),
        file("a4", "book.txt", "text/plain", 10 << 20, b"as if large"),
    ]
}

/// What mail scripts and inbound actions are given.
pub fn globals() -> Vec<(String, Global)> {
    let letter = Letter {
        to: vec![("anna@example.org".to_owned(), "Anna".to_owned())],
        subject: "INC1 is registered".to_owned(),
        body: "<p>Hello</p>".to_owned(),
        watermark: "Ref:MSG0000001".to_owned(),
        ..Letter::default()
    };
    let event = vec![
        text("name", "incident.escalated"),
        text("instance", "i1"),
        text("param_1", "first"),
        text("parm1", "first"),
    ];
    let attachment = vec![text("file_name", "note.txt"), text("content_type", "text/plain")];
    let incoming = vec![
        text("subject", "Help ME"),
        text("body_text", "priority: 2"),
        text("origemail", "anna@example.org"),
        ("body".to_owned(), Value::Map(vec![text("priority", "2"), text("assign_to", "boris")])),
        ("recipients_array".to_owned(), Value::List(vec!["desk@example.org".into()])),
        ("attachments".to_owned(), Value::List(vec![Value::Map(attachment)])),
    ];
    vec![
        ("email".to_owned(), Global::Letter(letter)),
        ("template".to_owned(), Global::Printer),
        ("event".to_owned(), Global::Event(event)),
        ("logger".to_owned(), Global::Logger),
        ("classifier".to_owned(), Global::Classifier("reply".to_owned())),
        ("incoming".to_owned(), Global::Incoming(incoming)),
    ]
}

/// The simplest texts of conditions: `field=value`, `fieldLIKEvalue` and `fieldISEMPTY` joined by `^`.
pub fn encoded(condition: &str) -> Filter {
    let terms = condition.split('^').map(|part| {
        let part = part.trim_matches(['(', ')']);
        let (field, operator, value) = ["!=", "=", "LIKE", "ISEMPTY"]
            .into_iter()
            .find_map(|operator| part.split_once(operator).map(|(field, value)| (field, operator, value)))
            .unwrap_or_else(|| panic!("the fixture does not know {condition}"));
        Filter::Term(Term { field: field.to_owned(), operator: operator.to_owned(), value: value.into() })
    });
    Filter::All(terms.collect())
}
