//! Why somebody may do something with a record, or may not: the access rules that were asked, for administrators.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::access::explain::{Considered, Question, Verdict, explain};
use rejoinder_engine::access::{Operation, Person, Rights, Scope};
use rejoinder_engine::condition::eval::{ClauseReason, Reason};
use rejoinder_engine::condition::{Operand, Other};
use rejoinder_engine::dictionary::TableInfo;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::Record;
use rejoinder_engine::view::View;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{AccessErrors, ApiError, ErrorCode};
use super::extract::{Params, id};
use super::state::ApiState;
use super::words::word;
use crate::app::App;

/// The clause that decided against a rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ClauseBody {
    /// The path of the value.
    path: String,
    /// What was asked.
    operator: String,
    /// What it was compared with.
    expected: Vec<String>,
    /// What was found.
    found: String,
}

/// A rule that was asked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsideredBody {
    /// The id of the rule.
    rule: String,
    /// The version of it.
    version: i64,
    /// Its name.
    name: String,
    /// The table it is about, or `all records` or `all configuration`.
    about: String,
    /// Whether the person has one of its roles.
    role: bool,
    /// The clause of its condition that does not hold.
    failing: Option<ClauseBody>,
    /// What is wrong with the rule.
    error: Option<String>,
    /// Whether it grants.
    grants: bool,
}

/// The verdict about the record, or one of its fields.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VerdictBody {
    /// `read`, `create`, `update` or `delete`.
    operation: String,
    /// The field; `null`: the record.
    field: Option<String>,
    /// Whether it may be done.
    allowed: bool,
    /// Why: `administrator`, `granted`, `not_granted`, `no_rule`, `as_record` or `agents_only`.
    because: String,
    /// The rules that were asked.
    considered: Vec<ConsideredBody>,
}

/// What a person may do, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessBody {
    /// The id of the user.
    user: String,
    /// Their name.
    name: String,
    /// Their roles.
    roles: Vec<String>,
    /// About the record first, then about the field that was asked, or about each that a rule narrows.
    verdicts: Vec<VerdictBody>,
}

/// What is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessQuery {
    /// The id of the user.
    user: String,
    /// The table.
    table: String,
    /// The id of a record; without one, rules with a condition grant nothing.
    record: Option<String>,
    /// `read`, `create`, `update` or `delete`.
    operation: String,
    /// A field; without one, all that a rule narrows.
    field: Option<String>,
}

fn clause(clause: &ClauseReason) -> ClauseBody {
    ClauseBody {
        path: clause.path.clone(),
        operator: clause.operator.word().to_owned(),
        expected: clause.operands.iter().map(operand).collect(),
        found: clause.actual.plain(),
    }
}

/// What a value was compared with, as it is written.
fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Value(value) => value.plain(),
        Operand::Other(Other::Field(path)) => {
            path.iter().map(|step| step.field.as_str()).collect::<Vec<_>>().join(".")
        }
        Operand::Other(other) => serde_json::to_string(other).unwrap_or_default(),
    }
}

fn considered(one: Considered) -> ConsideredBody {
    let about = match one.scope {
        Scope::Table(table) => table,
        Scope::Records => "all records".to_owned(),
        Scope::Configuration => "all configuration".to_owned(),
    };
    ConsideredBody {
        rule: one.rule.to_string(),
        version: one.version,
        name: one.name,
        about,
        role: one.role,
        failing: one.reason.as_ref().and_then(Reason::failing).map(clause),
        error: one.error,
        grants: one.grants,
    }
}

fn verdict(verdict: Verdict) -> VerdictBody {
    let because = serde_json::to_value(verdict.because).ok();
    VerdictBody {
        operation: verdict.operation.word().to_owned(),
        field: verdict.field,
        allowed: verdict.allowed,
        because: because.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default(),
        considered: verdict.considered.into_iter().map(considered).collect(),
    }
}

/// Explains what a person may do with a record, or with records of a table: each rule that was asked, and what it saw.
#[utoipa::path(get, path = "/access/explanation", tag = "access", security(("token" = ["admin"])), params(AccessQuery),
    responses((status = 200, body = AccessBody), AccessErrors))]
pub(super) async fn explain_access(
    State(state): State<ApiState>,
    caller: Caller,
    Params(asked): Params<AccessQuery>,
) -> Result<Json<AccessBody>, ApiError> {
    caller.must_be_admin("rights of others are explained")?;
    state.run(move |app| answer(app, &asked)).await.map(Json)
}

fn answer(app: &App, asked: &AccessQuery) -> Result<AccessBody, ApiError> {
    let operation = word("operation", Some(&asked.operation), Operation::from_word)?;
    let operation = operation.ok_or_else(|| ApiError::fault("an operation that is no word"))?;
    let config = app.config()?;
    let view = app.store.view()?;
    let user = view.get("user", id("user", &asked.user)?)?;
    let user = user.ok_or_else(|| ApiError::missing("user", &asked.user))?;
    let unknown = || ApiError::new(ErrorCode::UnknownTable, format!("there is no table `{}`", asked.table));
    let info = config.dictionary.table(&asked.table).ok_or_else(unknown)?;
    let record = match &asked.record {
        None => None,
        Some(text) => {
            let found = view.get(&asked.table, id("record", text)?)?;
            Some(found.ok_or_else(|| ApiError::missing("record", text))?)
        }
    };
    let info = record.as_ref().and_then(|record| config.dictionary.table(&record.table)).unwrap_or(info);
    let reads = Reads::new(&view, &config.dictionary);
    let rights = Rights::Person(Person::of(&user, &config, &reads, app.env.now())?);
    let question =
        Question { rights: &rights, operation, info: info.as_ref(), field: None, record: record.as_ref() };
    let mut verdicts = vec![verdict(explain(&config.access, &reads, question))];
    for field in fields(info, asked.field.as_deref(), record.as_ref())? {
        let told = explain(&config.access, &reads, Question { field: Some(field), ..question });
        let told = verdict(told);
        if asked.field.is_some() || told.because != "as_record" {
            verdicts.push(told);
        }
    }
    let roles = user.get("roles").items().to_vec();
    Ok(AccessBody { user: user.id.to_string(), name: user.text("name").to_owned(), roles, verdicts })
}

/// The field that is asked about, or all.
fn fields<'a>(
    info: &'a TableInfo,
    asked: Option<&str>,
    record: Option<&Record>,
) -> Result<Vec<&'a rejoinder_engine::dictionary::Field>, ApiError> {
    let Some(name) = asked else { return Ok(info.fields.values().collect()) };
    let table = record.map_or(&info.table.name, |record| &record.table);
    let unknown = || {
        ApiError::new(ErrorCode::UnknownField, format!("`{table}` has no field `{name}`")).about(table, name)
    };
    Ok(vec![info.field(name).ok_or_else(unknown)?])
}
