//! Runs one script of a decision: what it may use, what it is given, and what the trace is told of it.

use rejoinder_script::{Global, LogLine, Outcome, RecordHandle, Run, Script};

use super::host::ScriptHost;
use super::mail::Mail;
use super::{CONDITION, ScriptSource, Vocabulary, is_yes};
use crate::access::Rights;
use crate::draft::Draft;
use crate::id::Id;
use crate::limits::{NESTED_STACK_BYTES, SCRIPT_DEPTH_MAX, SCRIPT_RUNS_MAX};
use crate::plan::Why;
use crate::record::RecordKey;
use crate::trace::{ScriptUsage, Step};

/// As whom a script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RunsAs {
    /// Whoever acts in the draft.
    #[default]
    Actor,
    /// A user.
    User(Id),
    /// Nobody that the program knows.
    Nobody,
}

/// What a script is given.
#[derive(Default)]
pub(crate) struct Given {
    /// Context variables.
    pub(crate) globals: Vec<(String, Global)>,
    /// The record that it is about, for the trace.
    pub(crate) record: Option<RecordKey>,
    /// As whom it runs.
    pub(crate) runs_as: RunsAs,
    /// The mail that it works on.
    pub(crate) mail: Option<Mail>,
    /// Whether it may do only what whoever asks may; else what the program may.
    pub(crate) with_rights: bool,
}

/// What came of a run.
pub(crate) struct Ran {
    /// The sandbox's own account.
    pub(crate) outcome: Outcome,
    /// Writes that were refused, each with its reason.
    pub(crate) refused: Vec<String>,
    /// The mail that it worked on.
    pub(crate) mail: Option<Mail>,
}

impl Ran {
    /// Why the script failed, in words.
    pub(crate) fn error(&self) -> Option<Why> {
        self.outcome.result.as_ref().err().map(|error| Why::new(error.code(), error.to_string()))
    }
}

/// Runs a script over a draft. Refused where one decision has run too many, or where scripts caused each other too
/// often.
pub(crate) fn run(draft: &mut Draft<'_>, script: &ScriptSource<'_>, given: Given) -> Result<Ran, Why> {
    if draft.scripts.ran >= SCRIPT_RUNS_MAX {
        let text = format!(
            "one decision runs at most {SCRIPT_RUNS_MAX} scripts: let rules ask more in their conditions"
        );
        return Err(Why::new("too_many_scripts", text));
    }
    if draft.scripts.depth >= SCRIPT_DEPTH_MAX {
        let text =
            format!("scripts cause each other more than {SCRIPT_DEPTH_MAX} times: {}", draft.scripts.line());
        return Err(Why::new("script_cycle", text));
    }
    let context = draft.context;
    let mut limits = context.config.settings.script_limits();
    if draft.scripts.depth > 0 {
        // Each run inside of another one stands on the same native stack.
        limits.stack_bytes = limits.stack_bytes.min(NESTED_STACK_BYTES);
    }
    let label = format!("script:{}:{}", script.name, draft.scripts.ran);
    let sandbox = Run {
        script: Script { name: script.name, source: script.text, vocabulary: script.vocabulary },
        globals: given.globals,
        now_micros: context.now.micros(),
        seed: context.seed.derive(&label).bytes(),
        limits,
    };
    let place = draft.scripts.begin(script.name);
    let asker = if given.with_rights { draft.rights.clone() } else { std::mem::take(&mut draft.rights) };
    let email = draft.email;
    let mut host = ScriptHost::new(draft, script.vocabulary);
    host.user = match given.runs_as {
        RunsAs::Actor => host.user,
        RunsAs::User(user) => Some(user),
        RunsAs::Nobody => None,
    };
    host.mail = given.mail;
    host.rights = Some(asker.clone()).filter(|rights| matches!(rights, Rights::Person(_)));
    let outcome = rejoinder_script::run(&sandbox, &mut host);
    let ScriptHost { mail, refused, .. } = host;
    draft.rights = asker;
    draft.email = email;
    let ran = Ran { outcome, refused, mail };
    tell(draft, script, given.record, &ran, place);
    Ok(ran)
}

/// The run itself stands before what it has caused, its log after it.
fn tell(
    draft: &mut Draft<'_>,
    script: &ScriptSource<'_>,
    record: Option<RecordKey>,
    ran: &Ran,
    place: usize,
) {
    let usage = ran.outcome.usage;
    let why = ran.error();
    let aborted = ran.outcome.aborted.is_some();
    let step = Step::Script {
        kind: script.kind.to_owned(),
        script: script.name.to_owned(),
        id: script.id,
        record,
        outcome: match &ran.outcome.result {
            _ if aborted => "aborted",
            Err(_) => "error",
            Ok(value) if script.kind == CONDITION => answer(value),
            Ok(_) => "ran",
        }
        .to_owned(),
        because: if aborted { None } else { why },
        usage: ScriptUsage { queries: usage.queries, rows: usage.rows, effects: usage.effects },
    };
    draft.scripts.end(place, step);
    for line in &ran.outcome.log {
        draft.scripts.tell(log_step(script.name, line));
    }
    if usage.log_lines_left_out > 0 {
        let text = format!(
            "{} more lines of {} are left out: its log is too long",
            usage.log_lines_left_out, script.name
        );
        draft.scripts.tell(Step::Note { why: Why::new("log_cut", text) });
    }
}

/// The answer of a condition, as the trace has it.
fn answer(value: &rejoinder_script::Value) -> &'static str {
    if is_yes(value) { "yes" } else { "no" }
}

fn log_step(script: &str, line: &LogLine) -> Step {
    Step::Log {
        script: script.to_owned(),
        level: format!("{:?}", line.level).to_lowercase(),
        text: line.text.clone(),
    }
}

/// A record as a context variable, as the decision sees it now.
pub(crate) fn handle(
    draft: &Draft<'_>,
    vocabulary: Vocabulary,
    record: &crate::record::Record,
) -> RecordHandle {
    let row = super::host::row(draft, vocabulary, record);
    RecordHandle { table: row.table, id: Some(row.id), fields: row.fields, ..RecordHandle::default() }
}
