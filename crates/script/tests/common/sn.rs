//! What the fixture has for the members of ServiceNow: records in the midst of a change, feeds, includes,
//! text forms of conditions.

use rejoinder_script::{
    FieldKind, Filter, Global, HostError, Include, JournalEntry, RecordHandle, Term, Value, Vocabulary,
};

use super::{shown, text};

/// Fields of tables by name.
pub fn fields(table: &str) -> Option<Vec<(&'static str, FieldKind)>> {
    Some(match table {
        "sys_template" => vec![("name", FieldKind::Text), ("template", FieldKind::Text)],
        "membership" => vec![("user", FieldKind::Reference("user".to_owned())), ("role", FieldKind::Text)],
        _ => return None,
    })
}

type Stored = (&'static str, &'static str, Vec<(String, Value)>);

/// Rows of these tables.
pub fn rows() -> Vec<Stored> {
    vec![
        (
            "sys_template",
            "st1",
            vec![text("name", "Urgent"), text("template", "state=2^subject=Now!^work_notes=hi")],
        ),
        ("membership", "m1", vec![text("user", "u2"), text("role", "itil")]),
        ("membership", "m2", vec![text("user", "u1"), text("role", "guest")]),
    ]
}

fn row(state: &str, active: bool, caller: &str) -> Vec<(String, Value)> {
    vec![
        text("number", "INC1"),
        text("subject", "subject of INC1"),
        text("state", state),
        text("caller", caller),
        ("active".to_owned(), Value::Bool(active)),
        ("score".to_owned(), Value::Number(2.5)),
    ]
}

/// Records in the midst of a change: `changed` has been updated (state 1 → 2, caller u1 → u2, a note), `born`
/// has been inserted, `pending` and `coming` are about to be; `previous` is what `changed` was.
pub fn globals() -> Vec<(String, Global)> {
    let handle =
        |id: Option<&str>, fields: Vec<(String, Value)>, old: Option<Vec<(String, Value)>>, pending| {
            RecordHandle {
                table: "incident".to_owned(),
                id: id.map(str::to_owned),
                fields,
                old,
                journal: if pending {
                    Vec::new()
                } else {
                    vec![("work_notes".to_owned(), "called back".to_owned())]
                },
                pending,
                removed: false,
            }
        };
    let old = || row("1", true, "u1");
    let new = || row("2", true, "u2");
    let previous = RecordHandle { journal: Vec::new(), ..handle(Some("i1"), old(), None, false) };
    let records = [
        ("changed", handle(Some("i1"), new(), Some(old()), false)),
        ("born", handle(Some("i1"), new(), Some(Vec::new()), false)),
        ("previous", previous),
        ("coming", handle(None, new(), Some(Vec::new()), true)),
        ("leaving", RecordHandle { removed: true, ..handle(Some("i1"), old(), Some(old()), false) }),
        ("pending", handle(Some("i1"), new(), Some(old()), true)),
    ];
    records.into_iter().map(|(name, record)| (name.to_owned(), Global::Record(record))).collect()
}

pub fn journal(id: &str, field: Option<&str>, limit: u32) -> Vec<JournalEntry> {
    let entry = |minute: i64, who: &str, text: &str| JournalEntry {
        field: "work_notes".to_owned(),
        at_micros: super::NOW_MICROS - minute * 60_000_000,
        who: who.to_owned(),
        text: text.to_owned(),
    };
    let all = vec![
        entry(1, "Boris Ivanov", "Third"),
        entry(5, "Anna Smirnova", "Second"),
        entry(9, "System", "First"),
    ];
    let of_field = id == "i1" && field.is_none_or(|field| field == "work_notes");
    if of_field { all.into_iter().take(limit as usize).collect() } else { Vec::new() }
}

/// The value that is shown as a text.
pub fn stored_of(field: &str, text: &str) -> Option<Value> {
    match (field, text) {
        ("state", "In Progress") => Some("2".into()),
        ("caller", "boris") => Some("u2".into()),
        _ => None,
    }
}

/// The text of a condition.
pub fn encoded(filter: &Filter) -> Result<String, HostError> {
    Ok(match filter {
        Filter::Term(Term { field, operator, value: Value::Null }) => format!("{field}{operator}"),
        Filter::Term(Term { field, operator, value: Value::List(values) }) => {
            let values: Vec<String> = values.iter().map(shown).collect();
            format!("{field}{operator}{}", values.join(","))
        }
        Filter::Term(Term { field, operator, value }) => format!("{field}{operator}{}", shown(value)),
        Filter::Encoded(text) if text.contains("nonsense") => {
            return Err(HostError::refused("bad_query", format!("{text} is no condition")));
        }
        Filter::Encoded(text) => text.clone(),
        Filter::All(parts) => {
            let parts: Result<Vec<String>, HostError> = parts.iter().map(encoded).collect();
            parts?.join("^")
        }
        Filter::Any(parts) => {
            let parts: Result<Vec<String>, HostError> = parts.iter().map(encoded).collect();
            parts?.join("^OR")
        }
        Filter::Related { .. } => return Err(HostError::refused("no_text", "this condition has no text")),
    })
}

const INCLUDES: [(&str, &str); 9] = [
    (
        "DeskUtils",
        "var DeskUtils = Class.create();\nDeskUtils.prototype = {\n  initialize: function (prefix) { this.prefix = prefix; },\n  \
         title: function (gr) {\n    if (gr.caller == 'u1' && gr.active) return this.prefix + gr.number;\n    return 'none';\n  },\n  \
         type: 'DeskUtils'\n};\nDeskUtils.version = '7';",
    ),
    (
        "MailUtils",
        "var MailUtils = Class.create();\nMailUtils.prototype = Object.extendsObject(DeskUtils, {\n  \
         shout: function (gr) { return this.title(gr).toUpperCase(); },\n  type: 'MailUtils'\n});",
    ),
    ("isNumeric", "function isNumeric(text) { return /^\\d+$/.test(text); }"),
    (
        "Modern",
        "class Modern { static who() { return 'modern'; } when() { return new Date().getUTCFullYear(); } }",
    ),
    (
        "Ajax",
        "var Ajax = Class.create();\nAjax.prototype = Object.extendsObject(AbstractAjaxProcessor, {\n  \
              ask: function () { return this.getParameter('sysparm_id') == null ? 'no parameter' : 'one'; }\n});",
    ),
    (
        "Broken",
        "var Broken = {\n  fail: function (gr) {\n    if (gr.active && missing == 1) return 1;\n  }\n};",
    ),
    ("Malformed", "var Malformed = {\n  a: 1,,\n};"),
    ("Empty", "var other = 1;"),
    ("Once", "var Once = { count: (typeof runs == 'undefined' ? (runs = 1) : ++runs) };"),
];

pub fn includes() -> Vec<String> {
    INCLUDES.iter().map(|(name, _)| (*name).to_owned()).collect()
}

pub fn include(name: &str) -> Option<Include> {
    let (_, source) = INCLUDES.iter().find(|(known, _)| *known == name)?;
    Some(Include { name: name.to_owned(), source: (*source).into(), vocabulary: Vocabulary::ServiceNow })
}
