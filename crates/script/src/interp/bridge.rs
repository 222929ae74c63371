//! The one function by which the prelude reaches the host. It converts, counts and calls; what a
//! member of a vocabulary means is decided in the prelude, what a table means by the host.

use std::rc::Rc;

use rquickjs::function::Rest;
use rquickjs::{self as js, Array, Ctx, Exception, Function};
use scoped_tls_hkt::scoped_thread_local;

use super::convert::{self, Halt};
use super::fault::NOT_SUPPORTED;
use super::shared::{Shared, Stop};
use crate::nearest::nearest;
use crate::{FieldKind, Host, HostError, Level, Operator, Query, Row, Term, Value};

// QuickJS keeps its callbacks for as long as it likes, so they cannot borrow the host; while a run
// lasts, they find it here. A nested run, started by a host, covers the outer one and uncovers it.
scoped_thread_local!(static mut HOST: for<'a> &'a mut (dyn Host + 'a));

/// Terms of one query; `addQuery` after `addOrCondition` multiplies them.
const MAX_TERMS: usize = 1_000;

/// Makes the host reachable while `body` runs.
pub(super) fn with_host<T>(host: &mut dyn Host, body: impl FnOnce() -> T) -> T {
    HOST.set(host, body)
}

/// `native(operation, ...arguments)`. Returns `undefined` when, and only when, the run is over.
pub(super) fn native<'js>(ctx: &Ctx<'js>, shared: &Rc<Shared>) -> js::Result<Function<'js>> {
    let shared = Rc::clone(shared);
    Function::new(ctx.clone(), move |ctx: Ctx<'js>, Rest(arguments): Rest<js::Value<'js>>| {
        let call = Call { ctx: &ctx, shared: &shared, arguments: &arguments };
        let halt = match call.answer() {
            Ok(answer) if shared.stopped().is_none() => return Ok(answer),
            Ok(_) => return Ok(js::Value::new_undefined(ctx.clone())),
            Err(halt) => halt,
        };
        match halt {
            Halt::Stop(stop) => {
                shared.stop(stop);
                Ok(js::Value::new_undefined(ctx.clone()))
            }
            Halt::Js(error) => Err(error),
            Halt::TooDeep => {
                Err(Exception::throw_range(&ctx, "the value is nested too deeply or refers to itself"))
            }
            Halt::Host(error) => Err(refuse(&ctx, &error)),
        }
    })
}

/// A refusal of the host as a JavaScript error with its `code`.
fn refuse(ctx: &Ctx<'_>, error: &HostError) -> js::Error {
    let exception = Exception::from_message(ctx.clone(), &error.message).and_then(|exception| {
        exception.as_object().set("code", error.code)?;
        Ok(exception)
    });
    match exception {
        Ok(exception) => exception.throw(),
        Err(failed) => failed,
    }
}

/// A panic of the host crosses the interpreter as an exception, which a script could catch; it is
/// passed on where the run ends, so the run must end.
struct EndOnPanic<'a>(&'a Shared);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop(Stop::Host(HostError::fatal("host_panicked", "the host failed")));
        }
    }
}

/// One call of the host.
struct Call<'a, 'js> {
    ctx: &'a Ctx<'js>,
    shared: &'a Shared,
    arguments: &'a [js::Value<'js>],
}

type Answer<'js> = Result<js::Value<'js>, Halt>;

impl<'js> Call<'_, 'js> {
    fn answer(&self) -> Answer<'js> {
        if self.shared.stopped().is_some() {
            return Ok(self.null());
        }
        let operation: String = self.arguments.first().map_or(Ok(String::new()), js::Value::get)?;
        match operation.as_str() {
            "get" => self.get(),
            "query" => self.query(),
            "insert" => self.insert(),
            "update" => self.update(),
            "delete" => self.delete(),
            "display" => self.display(),
            "table" => self.table(),
            "event" => self.event(),
            "copy" => self.copy(),
            "property" => {
                let name = self.text(1)?;
                match self.host(|host| host.property(&name))? {
                    Some(text) => Ok(convert::text_to_js(self.ctx, &text)?),
                    None => Ok(self.null()),
                }
            }
            "user" => Ok(convert::text_to_js(self.ctx, &self.host(|host| Ok(host.user_id()))?)?),
            "operator" => self.operator(),
            "log" => self.log(),
            "text" => Ok(convert::text_to_js(self.ctx, &self.shown(1)?)?),
            "abort" => Err(Stop::Aborted(self.text(1)?).into()),
            "unsupported" => self.unsupported(),
            other => Err(HostError::fatal("no_such_operation", format!("no operation {other}")).into()),
        }
    }

    fn host<T>(&self, body: impl FnOnce(&mut dyn Host) -> Result<T, HostError>) -> Result<T, Halt> {
        let _guard = EndOnPanic(self.shared);
        HOST.with(|host| body(host)).map_err(Halt::from)
    }

    fn get(&self) -> Answer<'js> {
        let (table, id) = (self.text(1)?, self.text(2)?);
        self.shared.count_query()?;
        let Some(row) = self.host(|host| host.get(&table, &id))? else { return Ok(self.null()) };
        self.shared.count_rows(1)?;
        self.row(&row)
    }

    fn query(&self) -> Answer<'js> {
        let one_too_many = self.shared.rows_left().saturating_add(1);
        let limit = match self.value(4)? {
            Value::Number(limit) => whole(limit).min(one_too_many),
            _ => one_too_many,
        };
        let query = Query {
            table: self.text(1)?,
            any_of: alternatives(self.value(2)?)?,
            order: order(self.value(3)?),
            limit: Some(limit),
        };
        self.shared.count_query()?;
        let rows = self.host(|host| host.query(&query))?;
        self.shared.count_rows(rows.len())?;
        let array = Array::new(self.ctx.clone())?;
        for (index, row) in rows.iter().enumerate() {
            array.set(index, self.row(row)?)?;
        }
        Ok(array.into_value())
    }

    fn insert(&self) -> Answer<'js> {
        let (table, fields) = (self.text(1)?, self.fields(2)?);
        self.shared.count_effect()?;
        Ok(convert::text_to_js(self.ctx, &self.host(|host| host.insert(&table, fields))?)?)
    }

    fn update(&self) -> Answer<'js> {
        let (table, id, fields) = (self.text(1)?, self.text(2)?, self.fields(3)?);
        self.shared.count_effect()?;
        self.host(|host| host.update(&table, &id, fields))?;
        Ok(self.null())
    }

    fn delete(&self) -> Answer<'js> {
        let (table, id) = (self.text(1)?, self.text(2)?);
        self.shared.count_effect()?;
        self.host(|host| host.delete(&table, &id))?;
        Ok(self.null())
    }

    fn display(&self) -> Answer<'js> {
        let (table, id) = (self.text(1)?, self.text(2)?);
        let field = self.value(3)?;
        self.shared.count_query()?;
        let text = self.host(|host| host.display(&table, &id, field.as_text()))?;
        Ok(convert::text_to_js(self.ctx, &text)?)
    }

    /// The kinds of a table's fields by name.
    fn table(&self) -> Answer<'js> {
        let name = self.text(1)?;
        let table = self.host(|host| host.table(&name))?;
        let kinds = super::bare(self.ctx)?;
        for field in &table.fields {
            let kind = match &field.kind {
                FieldKind::Scalar => "scalar",
                FieldKind::List => "list",
                FieldKind::Journal => "journal",
                FieldKind::Boolean => "boolean",
                FieldKind::Reference(table) => &format!("reference:{table}"),
            };
            kinds.set(field.name.as_str(), kind)?;
        }
        Ok(kinds.into_value())
    }

    fn event(&self) -> Answer<'js> {
        let (name, table, id) = (self.text(1)?, self.text(2)?, self.text(3)?);
        let params = match self.value(4)? {
            Value::List(params) => {
                params.into_iter().map(|param| param.as_text().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        self.shared.count_effect()?;
        self.host(|host| host.event(&name, &table, &id, params))?;
        Ok(self.null())
    }

    fn copy(&self) -> Answer<'js> {
        let (from_table, from_id) = (self.text(1)?, self.text(2)?);
        let (to_table, to_id) = (self.text(3)?, self.text(4)?);
        self.shared.count_effect()?;
        let copied = self.host(|host| host.copy_attachments(&from_table, &from_id, &to_table, &to_id))?;
        Ok(js::Value::new_bool(self.ctx.clone(), copied))
    }

    /// `[name, is unary]`, or null.
    fn operator(&self) -> Answer<'js> {
        let Some(operator) = Operator::parse(&self.text(1)?) else { return Ok(self.null()) };
        let array = Array::new(self.ctx.clone())?;
        array.set(0, operator.name())?;
        array.set(1, operator.is_unary())?;
        Ok(array.into_value())
    }

    fn log(&self) -> Answer<'js> {
        if self.shared.log_is_full() {
            self.shared.leave_out_log_line();
            return Ok(self.null());
        }
        let level = match self.text(1)?.as_str() {
            "debug" => Level::Debug,
            "warning" => Level::Warning,
            "error" => Level::Error,
            _ => Level::Info,
        };
        let text = self.shown(2)?;
        self.shared.log(level, text);
        Ok(self.null())
    }

    /// Throws: a member of that name does not exist.
    fn unsupported(&self) -> Answer<'js> {
        let (owner, name) = (self.text(1)?, self.text(2)?);
        let names = match self.value(3)? {
            Value::List(names) => names,
            _ => Vec::new(),
        };
        let known = names.iter().filter_map(Value::as_text).filter(|name| *name != "constructor");
        let near = nearest(&name, known);
        let member = if owner.is_empty() { name.clone() } else { format!("{owner}.{name}") };
        let message = match near {
            Some(near) => format!("{member} is not supported; did you mean {near}?"),
            None => format!("{member} is not supported"),
        };
        let exception = Exception::from_message(self.ctx.clone(), &message)?;
        exception.as_object().set("name", NOT_SUPPORTED)?;
        exception.as_object().set("member", member)?;
        exception.as_object().set("nearest", near)?;
        Err(exception.throw().into())
    }

    fn null(&self) -> js::Value<'js> {
        js::Value::new_null(self.ctx.clone())
    }

    /// `[id, fields]`
    fn row(&self, row: &Row) -> Answer<'js> {
        let array = Array::new(self.ctx.clone())?;
        array.set(0, row.id.as_str())?;
        array.set(1, convert::fields_to_js(self.ctx, &row.fields)?)?;
        Ok(array.into_value())
    }

    fn value(&self, index: usize) -> Result<Value, Halt> {
        match self.arguments.get(index) {
            Some(value) => convert::from_js(self.ctx, self.shared, value),
            None => Ok(Value::Null),
        }
    }

    fn text(&self, index: usize) -> Result<String, Halt> {
        match self.arguments.get(index).and_then(js::Value::as_string) {
            Some(text) => convert::text_from_js(self.ctx, self.shared, text),
            None => Ok(String::new()),
        }
    }

    fn fields(&self, index: usize) -> Result<Vec<(String, Value)>, Halt> {
        match self.value(index)? {
            Value::Map(fields) => Ok(fields),
            _ => Ok(Vec::new()),
        }
    }

    /// A value as a log shows it. Whatever the value is, this fails only when the run is over.
    fn shown(&self, index: usize) -> Result<String, Halt> {
        if self.shared.log_is_full() {
            return Ok(String::new());
        }
        match self.value(index) {
            Ok(Value::Text(text)) => Ok(text),
            Ok(other) => Ok(other.to_json().to_string()),
            Err(Halt::Stop(stop)) => Err(stop.into()),
            Err(Halt::Js(error)) => {
                if self.ctx.has_exception() {
                    let thrown = self.ctx.catch();
                    if thrown.is_uncatchable_error() {
                        return Err(Halt::Js(self.ctx.throw(thrown)));
                    }
                }
                drop(error);
                Ok("(a value that cannot be shown)".to_owned())
            }
            Err(Halt::TooDeep | Halt::Host(_)) => Ok("(a value that cannot be shown)".to_owned()),
        }
    }
}

/// `[[[field, operator, value], …], …]` as terms.
fn alternatives(value: Value) -> Result<Vec<Vec<Term>>, Halt> {
    let any_of: Vec<Vec<Term>> =
        items(value).map(|all| items(all).filter_map(term).collect::<Vec<_>>()).collect();
    let terms: usize = any_of.iter().map(Vec::len).sum();
    if terms > MAX_TERMS {
        let message = format!("the condition has {terms} terms, more than {MAX_TERMS}");
        return Err(HostError::refused("condition_too_large", message).into());
    }
    Ok(any_of)
}

fn term(value: Value) -> Option<Term> {
    let mut parts = items(value);
    let (Value::Text(field), Value::Text(operator)) = (parts.next()?, parts.next()?) else { return None };
    Some(Term { field, operator: Operator::parse(&operator)?, value: parts.next().unwrap_or_default() })
}

fn order(value: Value) -> Vec<(String, bool)> {
    items(value)
        .filter_map(|key| {
            let mut parts = items(key);
            match (parts.next()?, parts.next()?) {
                (Value::Text(field), Value::Bool(descending)) => Some((field, descending)),
                _ => None,
            }
        })
        .collect()
}

fn items(value: Value) -> impl Iterator<Item = Value> {
    match value {
        Value::List(items) => items.into_iter(),
        _ => Vec::new().into_iter(),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
fn whole(number: f64) -> u32 {
    number as u32
}
