//! What the fixture has for dates and users of ServiceNow: working hours, a record with a length of time,
//! a user's record, files.

use rejoinder_script::{FieldKind, Schedule, Value};

use super::text;

type Stored = (&'static str, &'static str, Vec<(String, Value)>);

/// Fields of tables by name.
pub fn fields(table: &str) -> Option<Vec<(&'static str, FieldKind)>> {
    Some(match table {
        "visit" => {
            vec![("at", FieldKind::Moment), ("day", FieldKind::Date), ("lasts", FieldKind::Duration)]
        }
        "sys_attachment" => vec![
            ("file_name", FieldKind::Text),
            ("table_name", FieldKind::Text),
            ("table_sys_id", FieldKind::Text),
        ],
        _ => return None,
    })
}

/// Rows of these tables.
pub fn rows() -> Vec<Stored> {
    let file = |name: &str| {
        vec![text("file_name", name), text("table_name", "incident"), text("table_sys_id", "i1")]
    };
    let visit = vec![
        text("at", "2026-11-24 21:30:00"),
        text("day", "2026-11-24"),
        ("lasts".to_owned(), Value::Number(93_784_000.0)),
    ];
    let user = vec![
        text("first_name", "Anna"),
        text("last_name", "Smirnova"),
        text("company", "c1"),
        text("department", "d1"),
        text("manager", "u2"),
    ];
    vec![
        ("visit", "v1", visit),
        ("visit", "v2", Vec::new()),
        ("sys_user", "u1", user),
        ("sys_attachment", "a1", file("note.txt")),
        ("sys_attachment", "a2", file("dot.png")),
    ]
}

/// `office`: Monday to Friday 9 to 18 in Moscow, not on 1 January 2027. `never` has no hours.
pub fn schedule(id: &str) -> Option<Schedule> {
    let schedule = Schedule {
        name: "Office hours".to_owned(),
        zone: "Europe/Moscow".to_owned(),
        weekly: (1..=5).map(|day| (day, 32_400, 64_800)).collect(),
        excluded: vec![("2027-01-01".to_owned(), "2027-01-01".to_owned())],
    };
    match id {
        "office" => Some(schedule),
        "never" => Some(Schedule { name: "Never".to_owned(), weekly: Vec::new(), ..schedule }),
        _ => None,
    }
}
