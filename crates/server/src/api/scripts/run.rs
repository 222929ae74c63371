//! A script that an administrator runs by hand, dry or applied.

use axum::Json;
use axum::extract::State;
use rejoinder_script::{Level, Usage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::Caller;
use crate::api::error::{ApiError, ScriptErrors};
use crate::api::extract::Body;
use crate::api::state::ApiState;
use crate::api::value::FieldValue;
use crate::api::words::{Reason, RecordName};
use crate::app::App;
use crate::error::AppError;
use crate::ops::diff::{Entry, FieldChange, RecordChange};
use crate::ops::script_run::{Ran, Wanted, run, runner};
use crate::ops::script_told::{level, told};
use crate::ops::scripts::without_place;

/// Which record `current` is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ScriptRunRecord {
    /// Its table, also under the vocabulary's name.
    table: String,
    /// Its id, or its number.
    id: String,
}

/// A script that is to be run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ScriptRun {
    /// JavaScript; at most 1 MiB.
    source: String,
    /// `simpleone` (where nothing is said) or `servicenow`.
    #[serde(default)]
    vocabulary: String,
    /// The name that errors carry; `script` where nothing is said.
    name: Option<String>,
    /// The record that `current` is; without one, `current` is `null`.
    record: Option<ScriptRunRecord>,
    /// As whom it runs, by id or address; whoever asks where nothing is said.
    user: Option<String>,
    /// Whether what it would do is done. Where nothing is said, nothing is changed.
    #[serde(default)]
    apply: bool,
}

/// A line of the log, or a message for whoever is at the screen.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptLine {
    /// `debug`, `info`, `warning` or `error`.
    level: &'static str,
    /// Its text.
    text: String,
}

impl From<(Level, String)> for ScriptLine {
    fn from((weight, text): (Level, String)) -> Self {
        Self { level: level(weight), text }
    }
}

/// Why a script failed.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptFailure {
    /// A stable code.
    code: String,
    /// What went wrong.
    message: String,
    /// The script in which: the one that was run, or one that it includes; `null` where the place is not known.
    #[schema(required)]
    script: Option<String>,
    /// Line, from 1; `null` likewise.
    #[schema(required)]
    line: Option<u32>,
    /// Column in characters, from 1; `null` likewise.
    #[schema(required)]
    column: Option<u32>,
}

/// What a script used.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptUsage {
    /// Reads.
    queries: u32,
    /// Rows that they returned.
    rows: u32,
    /// Changes, also refused ones.
    effects: u32,
    /// Lines of the log that the limit left out.
    log_lines_left_out: u32,
}

impl From<Usage> for ScriptUsage {
    fn from(usage: Usage) -> Self {
        let Usage { queries, rows, effects, log_lines_left_out } = usage;
        Self { queries, rows, effects, log_lines_left_out }
    }
}

/// A field that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptFieldChange {
    /// The field.
    field: String,
    /// What people call it.
    label: String,
    /// Its value before.
    before: FieldValue,
    /// Its value after.
    after: FieldValue,
    /// The value before, as the caller reads it.
    before_shown: String,
    /// The value after, as the caller reads it.
    after_shown: String,
}

impl From<FieldChange> for ScriptFieldChange {
    fn from(field: FieldChange) -> Self {
        Self {
            before: FieldValue::shown(&field.values.0),
            after: FieldValue::shown(&field.values.1),
            field: field.field,
            label: field.label,
            before_shown: field.shown.0,
            after_shown: field.shown.1,
        }
    }
}

/// A record that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptRecordChange {
    /// `insert`, `update` or `delete`.
    operation: &'static str,
    /// The record.
    record: RecordName,
    /// Its number or name.
    name: String,
    /// Its fields that change.
    fields: Vec<ScriptFieldChange>,
}

impl From<RecordChange> for ScriptRecordChange {
    fn from(change: RecordChange) -> Self {
        let fields = change.fields.into_iter().map(ScriptFieldChange::from);
        Self {
            operation: change.operation,
            record: change.key.into(),
            name: change.name,
            fields: fields.collect(),
        }
    }
}

/// What is written into the feed of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptEntry {
    /// The record.
    record: RecordName,
    /// `comment`, `work_note`, `file`, `automatic_answer` or `delivery_report`.
    kind: &'static str,
    /// The text, or the name of the file.
    text: String,
}

impl From<Entry> for ScriptEntry {
    fn from(one: Entry) -> Self {
        Self { record: one.key.into(), kind: one.kind, text: one.text }
    }
}

/// What came of a script.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptRan {
    /// All of it for a terminal.
    text: String,
    /// The value of the script: of a `return`, of `setResult`, of `answer`, or of its last statement.
    #[schema(value_type = Object, nullable)]
    value: serde_json::Value,
    /// Its log.
    log: Vec<ScriptLine>,
    /// Messages for whoever is at the screen.
    messages: Vec<ScriptLine>,
    /// What it printed.
    printed: String,
    /// What it used.
    usage: ScriptUsage,
    /// Why it failed; then it changes nothing.
    #[schema(required)]
    error: Option<ScriptFailure>,
    /// Why it was not run at all.
    #[schema(required)]
    refused: Option<Reason>,
    /// Writes that were refused, with their reasons.
    refused_writes: Vec<String>,
    /// Why the change of `current` was called off.
    #[schema(required)]
    aborted: Option<String>,
    /// What it would change, or has changed; what business rules add included.
    changes: Vec<ScriptRecordChange>,
    /// What it would write into feeds, or has written.
    entries: Vec<ScriptEntry>,
    /// The events that it would raise, or has raised, by name.
    events: Vec<String>,
    /// Whether it was done.
    applied: bool,
}

impl ScriptRan {
    fn new(ran: Ran, source: &str) -> Self {
        let text = told(&ran, source);
        let Ran { outcome, changes, entries, applied, .. } = ran;
        let error = outcome.error.map(|error| ScriptFailure {
            code: error.code().to_owned(),
            message: without_place(&error),
            script: error.location().map(|at| at.script.clone()),
            line: error.location().map(|at| at.line),
            column: error.location().map(|at| at.column),
        });
        Self {
            text,
            value: outcome.value.to_json(),
            log: outcome.log.into_iter().map(|line| (line.level, line.text).into()).collect(),
            messages: outcome.messages.into_iter().map(ScriptLine::from).collect(),
            printed: outcome.printed,
            usage: outcome.usage.into(),
            error,
            refused: outcome.refused.map(Reason::from),
            refused_writes: outcome.refused_writes,
            aborted: outcome.aborted,
            changes: changes.into_iter().map(ScriptRecordChange::from).collect(),
            entries: entries.into_iter().map(ScriptEntry::from).collect(),
            events: outcome.events,
            applied,
        }
    }
}

fn wanted(asked: ScriptRun) -> (Wanted, Option<String>) {
    let ScriptRun { source, vocabulary, name, record, user, apply } = asked;
    let wanted = Wanted {
        name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| "script".to_owned()),
        source,
        vocabulary,
        record: record.map(|of| (of.table, of.id)),
        apply,
    };
    (wanted, user)
}

/// Runs a script as the command line does where no program runs: what the API would answer.
pub fn run_script_alone(app: &App, asked: serde_json::Value) -> Result<serde_json::Value, AppError> {
    let asked: ScriptRun =
        serde_json::from_value(asked).map_err(|error| AppError::Refused(error.to_string()))?;
    let (wanted, user) = wanted(asked);
    let (asker, reader) = runner(app, user.as_deref())?;
    let ran = run(app, &asker, &reader, &wanted)?;
    let body = serde_json::to_value(ScriptRan::new(ran, &wanted.source));
    body.map_err(|error| AppError::Refused(format!("the answer cannot be written: {error}")))
}

/// Runs a script and tells what it would do; nothing is changed unless `apply` is true. For administrators.
#[utoipa::path(post, path = "/scripts/run", tag = "scripts", security(("token" = ["admin"])),
    request_body = ScriptRun, responses((status = 200, body = ScriptRan), ScriptErrors))]
pub(in crate::api) async fn run_script(
    State(state): State<ApiState>,
    caller: Caller,
    Body(asked): Body<ScriptRun>,
) -> Result<Json<ScriptRan>, ApiError> {
    caller.must_be_admin("scripts are run by hand")?;
    let ran = state.run(move |app| {
        let (wanted, user) = wanted(asked);
        let reader = caller.reader.clone();
        let asker = match user {
            None => caller.asker(),
            Some(user) => {
                let (mut asker, _) = runner(app, Some(&user))?;
                // Whoever looks at what happened sees who did it in whose name.
                if asker.actor.user != Some(caller.id()) {
                    asker.actor.label = format!("{} (by {})", asker.actor.label, caller.name());
                }
                asker
            }
        };
        let ran = run(app, &asker, &reader, &wanted)?;
        Ok(ScriptRan::new(ran, &wanted.source))
    });
    ran.await.map(Json)
}
