//! What a script of an inbound action reaches: reads through the draft, writes into it, and the mail itself.
//!
//! Their names of tables and fields become ours here (aliases of the packs); nothing below knows of them.

use rejoinder_script::{
    FieldInfo, FieldKind, Host, HostError, Operator as Ask, Query as Question, Row, TableInfo, Term,
    Value as Script,
};

use super::{Found, Work};
use crate::condition::source::resolve_path;
use crate::condition::{Clause, Condition, Operand, Operator};
use crate::dictionary::label;
use crate::display::{Reader, display, name_of};
use crate::draft::ChangeError;
use crate::id::Id;
use crate::limits::QUERY_ROWS_MAX;
use crate::plan::Why;
use crate::record::{Fields, Record, RecordKey};
use crate::time::Timestamp;
use crate::trace::Step;
use crate::value::{Kind, Value};
use crate::view::Query;

/// The vocabulary whose aliases are used.
pub const SIMPLE_ONE: &str = "simpleone";
/// Our name of the mail's own table.
pub const EMAIL: &str = "email";
/// The fields of the mail that scripts read.
const EMAIL_FIELDS: [&str; 9] = [
    "subject",
    "from",
    "to",
    "body_text",
    "new_text",
    "body_html",
    "message_id",
    "message_type",
    "has_attachments",
];

/// The host of one script run.
pub struct ScriptHost<'a, 'b> {
    /// What the stages work on.
    pub work: &'b mut Work<'a>,
    /// What they found.
    pub found: &'b Found,
    /// The name of the action.
    pub action: &'b str,
}

fn refuse(code: &'static str, message: impl Into<String>) -> HostError {
    HostError::refused(code, message)
}

fn view_error(error: crate::view::ViewError) -> HostError {
    refuse("not_readable", error.to_string())
}

fn change_error(error: ChangeError) -> HostError {
    refuse(error.code(), error.to_string())
}

/// The mail itself, as scripts read it.
pub fn mail_fields(work: &Work<'_>, found: &Found) -> Vec<(String, Script)> {
    let facts = &work.facts;
    let value = |name: &str| match name {
        "has_attachments" => Script::Bool(!facts.mail.attachments.is_empty()),
        "subject" => Script::Text(facts.mail.subject.clone()),
        "from" => Script::Text(found.sender.address.clone()),
        "to" => Script::Text(super::mail_table::recipients(work).join(", ")),
        "body_text" => Script::Text(facts.mail.text.clone()),
        "new_text" => Script::Text(facts.new_text.clone()),
        "body_html" => Script::Text(facts.mail.html.clone().unwrap_or_default()),
        "message_id" => Script::Text(facts.mail.message_id.clone().unwrap_or_default()),
        _ => Script::Text(super::mail_table::message_type(found.class).to_owned()),
    };
    EMAIL_FIELDS.iter().map(|name| ((*name).to_owned(), value(name))).collect()
}

/// The values of a record that scripts may read: all but the secret ones.
pub fn visible(work: &Work<'_>, table: &str, fields: &Fields) -> Vec<(String, Script)> {
    let info = work.context.config.dictionary.table(table);
    let readable = |name: &str| info.and_then(|info| info.field(name)).is_some_and(|field| !field.secret);
    let fields = fields.iter().filter(|(name, _)| readable(name));
    fields.map(|(name, value)| (name.clone(), to_script(value))).collect()
}

impl ScriptHost<'_, '_> {
    fn ours(&self, table: &str) -> String {
        self.work.context.config.table_alias(SIMPLE_ONE, table).to_owned()
    }

    fn field(&self, table: &str, theirs: &str) -> String {
        let config = self.work.context.config;
        theirs.split('.').map(|part| config.alias(SIMPLE_ONE, table, part)).collect::<Vec<_>>().join(".")
    }

    fn info(&self, table: &str) -> Result<std::sync::Arc<crate::dictionary::TableInfo>, HostError> {
        let info = self.work.context.config.dictionary.table(table).cloned();
        info.ok_or_else(|| refuse("unknown_table", format!("there is no table `{table}`")))
    }

    fn key(&self, table: &str, id: &str) -> Result<RecordKey, HostError> {
        let id: Id = id.parse().map_err(|error: crate::id::BadId| refuse("bad_id", error.to_string()))?;
        let found = self.work.draft.reads.get(table, id).map_err(view_error)?;
        let found =
            found.ok_or_else(|| refuse("no_record", format!("there is no record {id} in `{table}`")))?;
        Ok(found.key())
    }

    fn row(&self, record: &Record) -> Row {
        Row { id: record.id.to_string(), fields: visible(self.work, &record.table, &record.fields) }
    }

    fn email_row(&self) -> Row {
        Row { id: self.work.email.to_string(), fields: mail_fields(self.work, self.found) }
    }

    fn fields(&self, table: &str, given: Vec<(String, Script)>) -> Result<Fields, HostError> {
        let info = self.info(table)?;
        let mut fields = Fields::new();
        for (theirs, value) in given {
            let name = self.field(table, &theirs);
            let kind = info.field(&name).map_or(Kind::Text, |field| field.kind);
            let value = from_script(kind, &value)
                .map_err(|text| refuse("bad_value", format!("`{table}.{name}`: {text}")))?;
            fields.insert(name, value);
        }
        Ok(fields)
    }

    fn condition(&self, table: &str, term: &Term) -> Result<Condition, HostError> {
        let info = self.info(table)?;
        let path = resolve_path(&self.work.context.config.dictionary, &info, &self.field(table, &term.field))
            .map_err(|error| refuse("bad_query", error.to_string()))?;
        let kind = path.last().map_or(Kind::String, |step| step.kind);
        let clause = |operator: Operator, operands: Vec<Value>| {
            let operands = operands.into_iter().map(Operand::Value).collect();
            Condition::Clause(Clause::new(path.clone(), operator, operands))
        };
        let one = |value: &Script| from_script(kind, value).map_err(|text| refuse("bad_query", text));
        let items = || -> Result<Vec<Value>, HostError> {
            match &term.value {
                Script::List(items) => items.iter().map(&one).collect(),
                other => {
                    plain(other).split([',', '@']).map(|item| one(&Script::Text(item.to_owned()))).collect()
                }
            }
        };
        let part = || match (&term.value, kind) {
            (value, Kind::ReferenceList | Kind::TextList) => Ok(Value::text(plain(value))),
            (value, _) => one(value),
        };
        Ok(match term.operator {
            Ask::Equals => clause(Operator::Is, vec![one(&term.value)?]),
            Ask::NotEquals => clause(Operator::IsNot, vec![one(&term.value)?]),
            Ask::Greater => clause(Operator::GreaterThan, vec![one(&term.value)?]),
            Ask::Less => clause(Operator::LessThan, vec![one(&term.value)?]),
            Ask::GreaterOrEquals => clause(Operator::GreaterOrEqual, vec![one(&term.value)?]),
            Ask::LessOrEquals => clause(Operator::LessOrEqual, vec![one(&term.value)?]),
            Ask::In => clause(Operator::In, items()?),
            Ask::NotIn => clause(Operator::NotIn, items()?),
            Ask::Like | Ask::Has => clause(Operator::Contains, vec![part()?]),
            Ask::NotLike | Ask::HasNot => clause(Operator::NotContains, vec![part()?]),
            Ask::StartsWith => clause(Operator::StartsWith, vec![one(&term.value)?]),
            Ask::IsEmpty | Ask::Nothing => clause(Operator::IsEmpty, vec![]),
            Ask::IsNotEmpty => clause(Operator::IsNotEmpty, vec![]),
            Ask::Anything => Condition::always(),
            other => {
                let text = format!("the operator {} cannot be used here yet", other.name());
                return Err(refuse("unsupported_operator", text));
            }
        })
    }

    fn refuse_mail(table: &str) -> Result<(), HostError> {
        if table == EMAIL {
            return Err(refuse("read_only", "a mail is kept as it came: scripts cannot change it"));
        }
        Ok(())
    }
}

impl ScriptHost<'_, '_> {
    /// SimpleOne's scripts are told of a refused write by a return value, which few of them look at: a person is
    /// told as well, because an answer may be lost with it.
    fn tell<T>(&mut self, done: Result<T, HostError>) -> Result<T, HostError> {
        if let Err(error) = &done {
            let why = Why::new("write_refused", error.to_string());
            self.work.errors.push(format!("{}: {}", self.action, why.text));
            self.work.trace().push(Step::Error { of: self.action.to_owned(), why });
        }
        done
    }

    fn insert_record(&mut self, table: &str, fields: Vec<(String, Script)>) -> Result<String, HostError> {
        let table = self.ours(table);
        Self::refuse_mail(&table)?;
        let fields = self.fields(&table, fields)?;
        let key = self.work.draft.insert(&table, fields).map_err(change_error)?;
        Ok(key.id.to_string())
    }

    fn update_record(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Script)>,
    ) -> Result<(), HostError> {
        let table = self.ours(table);
        Self::refuse_mail(&table)?;
        let key = self.key(&table, id)?;
        let fields = self.fields(&key.table, fields)?;
        self.work.draft.update(&key, fields).map(|_| ()).map_err(change_error)
    }

    fn delete_record(&mut self, table: &str, id: &str) -> Result<(), HostError> {
        let table = self.ours(table);
        Self::refuse_mail(&table)?;
        let key = self.key(&table, id)?;
        self.work.draft.delete(&key).map_err(change_error)
    }
}

impl Host for ScriptHost<'_, '_> {
    fn get(&mut self, table: &str, id: &str) -> Result<Option<Row>, HostError> {
        let table = self.ours(table);
        if table == EMAIL {
            return Ok((id == self.work.email.to_string()).then(|| self.email_row()));
        }
        self.info(&table)?;
        let Ok(id) = id.parse::<Id>() else { return Ok(None) };
        let record = self.work.draft.reads.get(&table, id).map_err(view_error)?;
        Ok(record.map(|record| self.row(&record)))
    }

    fn query(&mut self, question: &Question) -> Result<Vec<Row>, HostError> {
        let table = self.ours(&question.table);
        let mut alternatives = Vec::new();
        for terms in &question.any_of {
            alternatives.push(Condition::All(
                terms.iter().map(|term| self.condition(&table, term)).collect::<Result<_, _>>()?,
            ));
        }
        let mut query = Query::new(&table, Condition::Any(alternatives));
        query.order = question.order.iter().map(|(field, down)| (self.field(&table, field), *down)).collect();
        let info = self.info(&table)?;
        let secret = |(field, _): &&(String, bool)| info.field(field).is_some_and(|field| field.secret);
        if let Some((field, _)) = query.order.iter().find(secret) {
            return Err(refuse("bad_query", format!("`{table}.{field}` is secret: nothing is sorted by it")));
        }
        query.limit = question.limit.unwrap_or(QUERY_ROWS_MAX).min(QUERY_ROWS_MAX);
        let rows = self.work.draft.reads.query(&query).map_err(view_error)?;
        Ok(rows.iter().map(|record| self.row(record)).collect())
    }

    fn insert(&mut self, table: &str, fields: Vec<(String, Script)>) -> Result<String, HostError> {
        let done = self.insert_record(table, fields);
        self.tell(done)
    }

    fn update(&mut self, table: &str, id: &str, fields: Vec<(String, Script)>) -> Result<(), HostError> {
        let done = self.update_record(table, id, fields);
        self.tell(done)
    }

    fn delete(&mut self, table: &str, id: &str) -> Result<(), HostError> {
        let done = self.delete_record(table, id);
        self.tell(done)
    }

    fn display(&mut self, table: &str, id: &str, field: Option<&str>) -> Result<String, HostError> {
        let table = self.ours(table);
        if table == EMAIL {
            let row = self.email_row();
            let wanted = field.unwrap_or("subject");
            return Ok(row
                .fields
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| plain(value))
                .unwrap_or_default());
        }
        let key = self.key(&table, id)?;
        let reads = &self.work.draft.reads;
        let record = reads.get(&key.table, key.id).map_err(view_error)?;
        let Some(record) = record else { return Ok(String::new()) };
        let Some(name) = field else { return Ok(name_of(reads, &record)) };
        let name = self.field(&key.table, name);
        let info = self.info(&key.table)?;
        let Some(field) = info.field(&name) else { return Ok(String::new()) };
        let reader = Reader { agent: true, ..Reader::guest() };
        display(reads, &reader, field, record.get(&name)).map_err(view_error)
    }

    fn table(&mut self, table: &str) -> Result<TableInfo, HostError> {
        let name = self.ours(table);
        let scalar =
            |name: &str| FieldInfo { name: name.to_owned(), label: name.to_owned(), kind: FieldKind::Scalar };
        if name == EMAIL {
            let fields = EMAIL_FIELDS.iter().map(|name| scalar(name)).collect();
            return Ok(TableInfo { name, label: "Email".to_owned(), fields });
        }
        let info = self.info(&name)?;
        let mut fields: Vec<FieldInfo> = info
            .fields
            .values()
            .filter(|field| !field.secret)
            .map(|field| FieldInfo {
                name: field.name.clone(),
                label: label(&field.label, "en", &field.name).to_owned(),
                kind: field_kind(field),
            })
            .collect();
        // Their names of fields stand beside ours, with the same kind.
        let aliases = self.work.context.config.aliases.iter();
        for ((vocabulary, of, theirs), ours) in aliases {
            if vocabulary == SIMPLE_ONE
                && *of == name
                && let Some(known) = fields.iter().find(|field| field.name == *ours).cloned()
            {
                fields.push(FieldInfo { name: theirs.clone(), ..known });
            }
        }
        let label = label(&info.table.label, "en", &name).to_owned();
        Ok(TableInfo { name, label, fields })
    }

    fn event(
        &mut self,
        name: &str,
        table: &str,
        id: &str,
        params: Vec<Option<String>>,
    ) -> Result<(), HostError> {
        let table = self.ours(table);
        let key = self.key(&table, id)?;
        self.work.draft.raise(name, &key, params).map_err(change_error)
    }

    fn property(&mut self, name: &str) -> Result<Option<String>, HostError> {
        Ok(self.work.context.config.settings.get(name).map(str::to_owned))
    }

    fn user_id(&mut self) -> String {
        self.found.sender.user.as_ref().map(|user| user.id.to_string()).unwrap_or_default()
    }

    fn copy_attachments(
        &mut self,
        from: &str,
        from_id: &str,
        to: &str,
        to_id: &str,
    ) -> Result<bool, HostError> {
        let (from, to) = (self.ours(from), self.ours(to));
        if from != EMAIL || from_id != self.work.email.to_string() {
            return Err(refuse("unsupported", "only the files of the mail itself can be copied here"));
        }
        let key = self.key(&to, to_id)?;
        if !self.work.files_to.contains(&key) {
            self.work.files_to.push(key);
        }
        Ok(!self.work.facts.mail.attachments.is_empty())
    }
}

fn field_kind(field: &crate::dictionary::Field) -> FieldKind {
    match field.kind {
        Kind::Reference => FieldKind::Reference(field.table.clone().unwrap_or_default()),
        Kind::ReferenceList | Kind::TextList => FieldKind::List,
        Kind::Journal => FieldKind::Journal,
        Kind::Boolean => FieldKind::Boolean,
        _ => FieldKind::Scalar,
    }
}

/// A stored value as scripts see it: moments as `YYYY-MM-DD HH:mm:ss` in UTC.
pub fn to_script(value: &Value) -> Script {
    match value {
        Value::Null => Script::Null,
        Value::Bool(flag) => Script::Bool(*flag),
        Value::Time(at) => {
            Script::Text(at.rfc3339().chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect())
        }
        Value::List(items) => Script::List(items.iter().map(|item| Script::Text(item.clone())).collect()),
        other => Script::Text(other.plain()),
    }
}

/// A script's value for a field of `kind`; an error sentence where it does not fit.
pub fn from_script(kind: Kind, value: &Script) -> Result<Value, String> {
    if let (Script::List(items), Kind::ReferenceList | Kind::TextList) = (value, kind) {
        return Ok(Value::list(items.iter().map(plain).collect()));
    }
    let text = plain(value);
    if kind == Kind::Datetime && text.len() == 19 && text.contains(' ') {
        let at = Timestamp::parse(&format!("{}Z", text.replacen(' ', "T", 1)));
        return at.map(Value::Time).ok_or_else(|| format!("`{text}` is no moment"));
    }
    Value::parse(kind, &text).map_err(|error| error.to_string())
}

/// A script's value as text.
pub fn plain(value: &Script) -> String {
    match value {
        Script::Null => String::new(),
        Script::Bool(flag) => flag.to_string(),
        Script::Number(number) => number.to_string(),
        Script::Text(text) => text.clone(),
        Script::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Script::Map(_) => value.to_json().to_string(),
    }
}
