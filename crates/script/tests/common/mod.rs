//! A host over rows in memory that notes every effect as a line of text, and the shortest way to run
//! a script against it.
#![expect(unreachable_pub, reason = "shared by the test files")]
#![allow(dead_code, reason = "no test file needs all of it")]

pub mod dates;
pub mod one;
pub mod sn;

use std::collections::BTreeMap;

use rejoinder_script::{
    Attachment, Event, FieldInfo, FieldKind, Filter, Global, Host, HostError, How, Include, JournalEntry,
    Limits, Outcome, Query, RecordHandle, Right, Row, Run, Schedule, Script, ScriptError, TableInfo, Term,
    User, Value, Vocabulary, run,
};

/// 2026-11-24 10:00:00.5 UTC.
pub const NOW_MICROS: i64 = 1_795_514_400_500_000;

pub struct World {
    pub rows: BTreeMap<(String, String), Vec<(String, Value)>>,
    pub effects: Vec<String>,
    pub queries: Vec<Query>,
    pub gets: u32,
    pub refuse: Option<HostError>,
    /// Whether conditions with unknown fields are left out.
    pub drops_terms: bool,
    /// An include beside the others: its name and source.
    pub own_include: Option<(&'static str, &'static str)>,
    /// The setting `email.validation.reg_exp`.
    pub pattern: String,
    /// Language and zone of the user.
    pub language: String,
    pub zone: String,
    inserted: u32,
}

impl World {
    pub fn new() -> Self {
        let mut world = Self {
            rows: BTreeMap::new(),
            effects: Vec::new(),
            queries: Vec::new(),
            gets: 0,
            refuse: None,
            drops_terms: false,
            own_include: None,
            pattern: "@example\\.(org|com)$".to_owned(),
            language: "en".to_owned(),
            zone: "Europe/Moscow".to_owned(),
            inserted: 0,
        };
        let user = |name: &str, manager: &str| {
            vec![text("name", name), text("email", &format!("{name}@example.org")), text("manager", manager)]
        };
        world.put("user", "u1", user("anna", "u2"));
        world.put("user", "u2", user("boris", ""));
        for (id, number, state, caller, active) in
            [("i1", "INC1", "1", "u1", true), ("i2", "INC2", "2", "u2", true), ("i3", "INC3", "1", "", false)]
        {
            let row = vec![
                text("number", number),
                text("subject", &format!("subject of {number}")),
                text("state", state),
                text("caller", caller),
                ("active".to_owned(), Value::Bool(active)),
                ("followers".to_owned(), Value::List(vec!["u1".into(), "u2".into()])),
                ("score".to_owned(), Value::Number(2.5)),
                ("closed_at".to_owned(), Value::Null),
            ];
            world.put("incident", id, row);
        }
        for (table, id, row) in one::rows().into_iter().chain(sn::rows()).chain(dates::rows()) {
            world.put(table, id, row);
        }
        world
    }

    fn put(&mut self, table: &str, id: &str, fields: Vec<(String, Value)>) {
        self.rows.insert((table.to_owned(), id.to_owned()), fields);
    }

    /// The filter with what it says of other tables as lists of values.
    fn related(&self, filter: &Filter) -> Filter {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.related(part)).collect();
        match filter {
            Filter::All(parts) => Filter::All(all(parts)),
            Filter::Any(parts) => Filter::Any(all(parts)),
            Filter::Related { table, own, other, filter } => {
                let rows = self.rows.iter().filter(|((of, id), row)| of == table && fulfils(filter, id, row));
                let named = rows.filter_map(|(_, row)| row.iter().find(|(name, _)| name == other));
                let value = Value::List(named.map(|(_, value)| value.clone()).collect());
                Filter::Term(Term { field: own.clone(), operator: "IN".to_owned(), value })
            }
            other => other.clone(),
        }
    }

    fn refused(&self) -> Result<(), HostError> {
        self.refuse.clone().map_or(Ok(()), Err)
    }
}

fn text(name: &str, value: &str) -> (String, Value) {
    (name.to_owned(), value.into())
}

pub fn shown(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned)
}

fn listed(fields: &[(String, Value)]) -> String {
    let parts: Vec<String> = fields.iter().map(|(name, value)| format!(" {name}={}", shown(value))).collect();
    parts.concat()
}

fn manner(how: How) -> &'static str {
    match (how.silent, how.stamped) {
        (false, true) => "",
        (true, true) => " silently",
        (false, false) => " unstamped",
        (true, false) => " silently unstamped",
    }
}

fn holds(term: &Term, id: &str, fields: &[(String, Value)]) -> bool {
    let own = fields.iter().find(|(name, _)| *name == term.field).map(|(_, value)| shown(value));
    let own = if term.field == "sys_id" { id.to_owned() } else { own.unwrap_or_default() };
    match (term.operator.as_str(), &term.value) {
        ("=", value) => own == shown(value),
        ("!=", value) => own != shown(value),
        ("LIKE", value) => own.contains(&shown(value)),
        ("IN", Value::List(values)) => values.iter().any(|value| shown(value) == own),
        ("<=", value) => own <= shown(value),
        (">", value) => own > shown(value),
        ("NOT IN", Value::List(values)) => values.iter().all(|value| shown(value) != own),
        ("ISEMPTY", _) => own.is_empty() || own == "null",
        ("ISNOTEMPTY", _) => !own.is_empty() && own != "null",
        (operator, _) => panic!("the fixture does not know {operator:?}"),
    }
}

fn fulfils(filter: &Filter, id: &str, fields: &[(String, Value)]) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| fulfils(part, id, fields)),
        Filter::Any(parts) => parts.iter().any(|part| fulfils(part, id, fields)),
        Filter::Term(term) => holds(term, id, fields),
        Filter::Encoded(text) => fulfils(&one::encoded(text), id, fields),
        Filter::Related { own, .. } => panic!("the fixture cannot relate by {own} here"),
    }
}

impl Host for World {
    fn get(&mut self, table: &str, id: &str) -> Result<Option<Row>, HostError> {
        self.refused()?;
        self.gets += 1;
        // Incidents are tasks.
        let tables = if table == "task" { vec!["task", "incident"] } else { vec![table] };
        let found = tables
            .into_iter()
            .find_map(|table| Some((table, self.rows.get(&(table.to_owned(), id.to_owned())).cloned()?)));
        Ok(found.map(|(table, fields)| Row { id: id.to_owned(), table: table.to_owned(), fields }))
    }

    fn query(&mut self, query: &Query) -> Result<Vec<Row>, HostError> {
        self.refused()?;
        self.queries.push(query.clone());
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .filter(|((table, id), fields)| {
                *table == query.table && fulfils(&self.related(&query.filter), id, fields)
            })
            .map(|((table, id), fields)| Row { id: id.clone(), table: table.clone(), fields: fields.clone() })
            .collect();
        for (field, descending) in query.order.iter().rev() {
            let key = |row: &Row| row.fields.iter().find(|(name, _)| name == field).map(|(_, v)| shown(v));
            rows.sort_by_key(key);
            if *descending {
                rows.reverse();
            }
        }
        Ok(rows.into_iter().skip(query.skip as usize).take(query.limit as usize).collect())
    }

    fn insert(&mut self, table: &str, fields: Vec<(String, Value)>, how: How) -> Result<String, HostError> {
        self.refused()?;
        self.inserted += 1;
        let id = format!("new{}", self.inserted);
        self.effects.push(format!("insert{} {table} {id}{}", manner(how), listed(&fields)));
        self.put(table, &id, fields);
        Ok(id)
    }

    fn update(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Value)>,
        how: How,
    ) -> Result<(), HostError> {
        self.refused()?;
        self.effects.push(format!("update{} {table} {id}{}", manner(how), listed(&fields)));
        if let Some(row) = self.rows.get_mut(&(table.to_owned(), id.to_owned())) {
            for (name, value) in fields {
                row.retain(|(known, _)| *known != name);
                row.push((name, value));
            }
        }
        Ok(())
    }

    fn delete(&mut self, table: &str, id: &str, how: How) -> Result<(), HostError> {
        self.refused()?;
        self.effects.push(format!("delete{} {table} {id}", manner(how)));
        self.rows.remove(&(table.to_owned(), id.to_owned()));
        Ok(())
    }

    fn display(&mut self, table: &str, id: &str, field: Option<&str>) -> Result<String, HostError> {
        self.refused()?;
        Ok(format!("<{table} {id} {}>", field.unwrap_or("-")))
    }

    fn table(&mut self, table: &str) -> Result<TableInfo, HostError> {
        let user = || FieldKind::Reference("user".to_owned());
        let fields = match table {
            "incident" => vec![
                ("number", FieldKind::Text),
                ("subject", FieldKind::Text),
                ("state", FieldKind::Choice),
                ("score", FieldKind::Number),
                ("closed_at", FieldKind::Moment),
                ("next", FieldKind::Text),
                ("active", FieldKind::Boolean),
                ("caller", user()),
                ("followers", FieldKind::List("user".to_owned())),
                ("work_notes", FieldKind::Journal),
            ],
            "user" => vec![("name", FieldKind::Text), ("email", FieldKind::Text), ("manager", user())],
            other => one::fields(other)
                .or_else(|| sn::fields(other))
                .or_else(|| dates::fields(other))
                .ok_or_else(|| HostError::refused("no_such_table", format!("there is no table {table}")))?,
        };
        let fields = fields.into_iter().map(|(name, kind)| FieldInfo {
            name: name.to_owned(),
            label: name.to_uppercase(),
            choices: if name == "state" {
                vec![("1".to_owned(), "New".to_owned()), ("2".to_owned(), "In Progress".to_owned())]
            } else {
                Vec::new()
            },
            length: if name == "number" { 40 } else { 0 },
            kind,
            default: ((table, name) == ("delegation", "active")).then_some(Value::Bool(true)),
            ..FieldInfo::default()
        });
        Ok(TableInfo {
            name: table.to_owned(),
            label: table.to_uppercase(),
            display: if table == "user" { "name" } else { "number" }.to_owned(),
            parents: if table == "incident" { vec!["task".to_owned()] } else { Vec::new() },
            fields: fields.collect(),
        })
    }

    fn event(&mut self, event: &Event) -> Result<(), HostError> {
        self.refused()?;
        let (table, id) = event.record.clone().unwrap_or_default();
        let at = event.at_micros.map(|at| format!(" at {at}")).unwrap_or_default();
        self.effects.push(format!("event {} {table} {id} {:?}{at}", event.name, event.params));
        Ok(())
    }

    fn display_of(&mut self, table: &str, field: &str, value: &Value) -> Result<String, HostError> {
        self.refused()?;
        Ok(format!("<{table} {field} {}>", shown(value)))
    }

    fn property(&mut self, name: &str) -> Result<Option<String>, HostError> {
        self.refused()?;
        match name {
            "nested run" => return Ok(Some(value("current.caller.name"))),
            "panic" => panic!("a defect of the host"),
            _ => {}
        }
        Ok(match name {
            "simple.instance.uri" => Some("https://desk.example.org".to_owned()),
            "glide.invalid_query.returns_no_rows" if self.drops_terms => Some("false".to_owned()),
            "email.validation.reg_exp" => Some(self.pattern.clone()),
            _ => None,
        })
    }

    fn matches(&mut self, _: &str, row: &Row, filter: &Filter) -> Result<bool, HostError> {
        self.refused()?;
        Ok(fulfils(filter, &row.id, &row.fields))
    }

    fn extending(&mut self, table: &str) -> Result<Vec<String>, HostError> {
        Ok(if table == "task" { vec!["incident".to_owned()] } else { Vec::new() })
    }

    fn set_property(&mut self, name: &str, value: &str, description: Option<&str>) -> Result<(), HostError> {
        self.refused()?;
        self.effects.push(format!("set {name}={value} {description:?}"));
        Ok(())
    }

    fn user_called(&mut self, name: &str) -> Result<Option<User>, HostError> {
        Ok(one::user_called(name))
    }

    fn may(
        &mut self,
        right: Right,
        table: &str,
        id: Option<&str>,
        field: Option<&str>,
    ) -> Result<bool, HostError> {
        Ok(one::may(right, table, id, field))
    }

    fn message(
        &mut self,
        key: &str,
        category: &str,
        language: Option<&str>,
    ) -> Result<Option<String>, HostError> {
        Ok(one::message(key, category, language))
    }

    fn include(&mut self, name: &str) -> Result<Option<Include>, HostError> {
        let own = self.own_include.filter(|(known, _)| *known == name).map(|(_, source)| Include {
            name: name.to_owned(),
            source: source.into(),
            vocabulary: Vocabulary::ServiceNow,
        });
        Ok(own.or_else(|| one::include(name)).or_else(|| sn::include(name)))
    }

    fn includes(&mut self) -> Vec<String> {
        sn::includes().into_iter().chain(self.own_include.map(|(name, _)| name.to_owned())).collect()
    }

    fn journal(
        &mut self,
        _: &str,
        id: &str,
        field: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, HostError> {
        self.refused()?;
        Ok(sn::journal(id, field, limit))
    }

    fn stored_of(&mut self, _: &str, field: &str, text: &str) -> Result<Option<Value>, HostError> {
        self.refused()?;
        Ok(sn::stored_of(field, text))
    }

    fn encoded(&mut self, _: &str, filter: &Filter) -> Result<String, HostError> {
        self.refused()?;
        sn::encoded(filter)
    }

    fn attachments(&mut self, table: &str, id: &str) -> Result<Vec<Attachment>, HostError> {
        let has = (table, id) == ("incident", "i1");
        Ok(if has { one::files().into_iter().map(|(file, _)| file).collect() } else { Vec::new() })
    }

    fn attachment(&mut self, id: &str) -> Result<Option<(Attachment, String, String)>, HostError> {
        let file = one::files().into_iter().map(|(file, _)| file).find(|file| file.id == id);
        Ok(file.map(|file| (file, "incident".to_owned(), "i1".to_owned())))
    }

    fn attachment_bytes(&mut self, id: &str) -> Result<Option<Vec<u8>>, HostError> {
        Ok(one::files().into_iter().find(|(file, _)| file.id == id).map(|(_, bytes)| bytes))
    }

    fn write_attachment(
        &mut self,
        to: (&str, &str),
        name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<String, HostError> {
        self.refused()?;
        self.effects.push(format!("file {} {} {name} {media_type} {bytes:?}", to.0, to.1));
        Ok("a9".to_owned())
    }

    fn rename_attachment(&mut self, id: &str, name: &str) -> Result<bool, HostError> {
        self.effects.push(format!("rename {id} {name}"));
        Ok(id == "a1")
    }

    fn delete_attachment(&mut self, id: &str) -> Result<bool, HostError> {
        self.effects.push(format!("delete file {id}"));
        Ok(id == "a1")
    }

    fn schedule(&mut self, id: &str) -> Result<Option<Schedule>, HostError> {
        self.refused()?;
        Ok(dates::schedule(id))
    }

    fn link(&mut self, table: &str, id: &str) -> Result<String, HostError> {
        Ok(format!("/{table}/{id}"))
    }

    fn user(&mut self) -> Result<User, HostError> {
        Ok(User {
            id: "u1".to_owned(),
            login: "anna".to_owned(),
            name: "Anna Smirnova".to_owned(),
            email: "anna@example.org".to_owned(),
            language: self.language.clone(),
            zone: self.zone.clone(),
            roles: vec!["user".to_owned(), "agent".to_owned()],
            groups: vec![("g1".to_owned(), "Service desk".to_owned())],
        })
    }

    fn copy_attachments(&mut self, from: (&str, &str), to: (&str, &str)) -> Result<Vec<String>, HostError> {
        self.refused()?;
        self.effects.push(format!("copy {} {} {} {}", from.0, from.1, to.0, to.1));
        Ok(if from.0 == "email" { vec!["a9".to_owned()] } else { Vec::new() })
    }
}

/// The row `i1` as `current`, and a plain value `mail`.
pub fn globals(world: &World) -> Vec<(String, Global)> {
    let fields = world.rows[&("incident".to_owned(), "i1".to_owned())].clone();
    let current = RecordHandle {
        table: "incident".to_owned(),
        id: Some("i1".to_owned()),
        fields,
        ..RecordHandle::default()
    };
    let fresh = RecordHandle {
        table: "incident".to_owned(),
        id: None,
        fields: vec![("subject".to_owned(), "from the mail".into())],
        ..RecordHandle::default()
    };
    let mail = Value::Map(vec![
        ("subject".to_owned(), "Help".into()),
        ("to".to_owned(), Value::List(vec!["desk@example.org".into()])),
    ]);
    let mut globals = vec![
        ("current".to_owned(), Global::Record(current)),
        ("fresh".to_owned(), Global::Record(fresh)),
        ("mail".to_owned(), Global::Value(mail)),
    ];
    globals.extend(one::globals());
    globals
}

pub fn run_in(world: &mut World, source: &str, limits: Limits) -> Outcome {
    run_with(world, Vocabulary::SimpleOne, source, limits)
}

pub fn run_with(world: &mut World, vocabulary: Vocabulary, source: &str, limits: Limits) -> Outcome {
    let script = Script { name: "Open an incident", source, vocabulary };
    let mut globals = globals(world);
    if vocabulary == Vocabulary::ServiceNow {
        globals.extend(sn::globals());
    }
    run(&Run { script, globals, now_micros: NOW_MICROS, seed: [7; 32], limits }, world)
}

/// The result of a script in a fresh world, as JSON text.
pub fn value(source: &str) -> String {
    let outcome = run_in(&mut World::new(), source, Limits::default());
    match outcome.result {
        Ok(value) => value.to_json().to_string(),
        Err(error) => panic!("{error}\n{source}"),
    }
}

/// The effects of a script that succeeds.
pub fn effects(source: &str) -> Vec<String> {
    let mut world = World::new();
    run_in(&mut world, source, Limits::default()).result.unwrap();
    world.effects
}

/// The error of a script that fails.
pub fn error(source: &str) -> ScriptError {
    run_in(&mut World::new(), source, Limits::default()).result.unwrap_err()
}

/// `line:column` of an error.
pub fn at(error: &ScriptError) -> String {
    error.location().map_or_else(|| "nowhere".to_owned(), |at| format!("{}:{}", at.line, at.column))
}
