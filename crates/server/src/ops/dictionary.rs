//! Changes of the dictionary while the program runs: decided, held against the records, applied as one plan.
//!
//! What would hold up writers is done ahead ([`Store::prepare_layout`](rejoinder_store::Store::prepare_layout)). Must
//! not know HTTP, nor what a definition may say: that is [`rejoinder_engine::dictionary::edit`].

mod fill;
mod usage;

use rejoinder_engine::dictionary::Table;
use rejoinder_engine::dictionary::edit::{Definition, Edit, EditError, Rule, decide};
use rejoinder_engine::plan::{Actor, Cause, CauseKind, Guard, Plan, Unit};
use rejoinder_engine::trace::Trace;
use rejoinder_store::{ApplyError, Breaches, DbError, Definitions, LANE_HELD_MAX, Layout, StoreError};

use crate::app::{App, request_id};
use crate::env::pause;
use crate::error::AppError;
use crate::limits::LANE_WAIT;

pub use usage::Use;

/// How often a change is decided again before its asker is told.
const TRIES: usize = 8;
/// The lane of the dictionary: no name that a table may have.
const LANE: &str = "dictionary__";

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The change.
    pub edit: Edit,
    /// Whether records without a value get the default where the field becomes mandatory.
    pub fill: bool,
    /// The version of the definition that the asker has seen, where they say it.
    pub seen: Option<i64>,
    /// Who asks.
    pub actor: Actor,
}

/// Records that break a rule which is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTheWay {
    /// The rule.
    pub rule: Rule,
    /// How many, and a few of them.
    pub found: Breaches,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// All definitions once it is done.
    pub definitions: Vec<Definition>,
    /// What happens to SQL tables.
    pub layout: Layout,
    /// What stands in its way; it is refused where there is something.
    pub in_the_way: Vec<InTheWay>,
    /// How many records get the default.
    pub fills: i64,
    /// Rules, actions and the like that name what is taken out.
    pub used_by: Vec<Use>,
}

/// Why a change is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What it says.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// What records hold.
    #[error("{}", .0.iter().map(told).collect::<Vec<_>>().join("; "))]
    InTheWay(Vec<InTheWay>),
    /// What still names a table.
    #[error("`{table}` is named by {}", .by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Used {
        /// The table.
        table: String,
        /// By what.
        by: Vec<Use>,
    },
    /// What SQL cannot follow.
    #[error("{0}")]
    Layout(String),
    /// Another version than the one that was seen.
    #[error("the definition has changed since it was read")]
    Stale,
    /// Anything else.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::KindClash { .. } | StoreError::TooManyColumns { .. } | StoreError::RootChange(_) => {
                Self::Layout(error.to_string())
            }
            other => Self::App(other.into()),
        }
    }
}

/// What stands in the way, in a sentence with the count and a few examples.
pub fn told(one: &InTheWay) -> String {
    let Rule { table, field, text, .. } = &one.rule;
    let records = if one.found.count == 1 { "record" } else { "records" };
    let some = if one.found.examples.is_empty() {
        String::new()
    } else {
        format!(" ({})", one.found.examples.join(", "))
    };
    format!("`{table}.{field}`: {} {records} {text}{some}", one.found.count)
}

/// What the change would do. Writes nothing.
pub fn preview(app: &App, asked: &Asked) -> Result<Outcome, Refusal> {
    look(app, asked).map(|(_, outcome, _)| outcome)
}

/// Does the change.
pub fn edit(app: &App, asked: &Asked) -> Result<Outcome, Refusal> {
    let turn = Turn::take(app)?;
    let done = try_edit(app, asked);
    turn.end(app);
    done
}

/// On a shared database changes of the dictionary wait for one another: two that build indexes at the same time would
/// wait for each other's transactions. One that takes longer than a lane may be held is no longer waited for; then the
/// other may have to be asked for again.
struct Turn(Option<String>);

impl Turn {
    fn take(app: &App) -> Result<Self, AppError> {
        if !app.store.is_shared() {
            return Ok(Self(None));
        }
        let by = format!("{}/{}", app.node, request_id(&app.env)?);
        let end = app.env.now().plus(LANE_HELD_MAX);
        while app.env.now() <= end {
            let now = app.env.now();
            if app.store.lane_take(&[LANE.to_owned()], &by, now, now.plus(LANE_HELD_MAX))? {
                return Ok(Self(Some(by)));
            }
            pause(LANE_WAIT);
        }
        Err(AppError::Conflict)
    }

    fn end(self, app: &App) {
        let Self(Some(by)) = self else { return };
        if let Err(error) = app.store.lane_release(&by) {
            tracing::warn!(%error, "the turn of a change of the dictionary was not given back; it ends by itself");
        }
    }
}

fn try_edit(app: &App, asked: &Asked) -> Result<Outcome, Refusal> {
    for _ in 0..TRIES {
        let (known, outcome, rules) = look(app, asked)?;
        if outcome.fills > 0 && outcome.in_the_way.is_empty() {
            return fill::edit(app, asked, &outcome);
        }
        if !outcome.in_the_way.is_empty() {
            return Err(Refusal::InTheWay(outcome.in_the_way));
        }
        if matches!(asked.edit, Edit::RemoveTable { .. }) && !outcome.used_by.is_empty() {
            return Err(Refusal::Used { table: asked.edit.table().to_owned(), by: outcome.used_by });
        }
        let name = asked.edit.table();
        let new = outcome.definitions.iter().find(|one| one.table.name == name).map(|one| &one.table);
        if new == known.get(name).map(|one| &one.table) {
            return Ok(outcome);
        }
        let tables: Vec<Table> = new.cloned().into_iter().collect();
        match app.store.prepare_layout(&tables) {
            // Somebody has written such a value meanwhile: the next look counts them.
            Err(StoreError::Unique { .. } | StoreError::Db(DbError::Retry(_))) => continue,
            other => other?,
        }
        let plan = plan(app, asked, &known, tables, rules)?;
        match app.store.apply(&plan) {
            Ok(_) => {
                app.reload()?;
                app.wake.tell_all();
                return Ok(outcome);
            }
            Err(ApplyError::Conflict(_) | ApplyError::LaneBusy { .. } | ApplyError::Unique { .. }) => {}
            Err(ApplyError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(AppError::from(error).into()),
        }
    }
    Err(AppError::Conflict.into())
}

fn plan(
    app: &App,
    asked: &Asked,
    known: &Definitions,
    tables: Vec<Table>,
    rules: Vec<Rule>,
) -> Result<Plan, AppError> {
    let id = request_id(&app.env)?;
    let cause = Cause { kind: CauseKind::Request, id, chain: Vec::new() };
    let trace = Trace::new("request", id, app.env.now(), known.generation);
    let mut plan = Plan::new(Unit::Request { id }, app.env.now(), asked.actor.clone(), cause, trace);
    plan.generation = Some(known.generation);
    if tables.is_empty() {
        plan.removed_tables.push(asked.edit.table().to_owned());
    }
    plan.tables = tables;
    let guard = |rule: Rule| Guard::NoRecord { table: rule.table, field: rule.field, breach: rule.breach };
    plan.guards = rules.into_iter().map(guard).collect();
    Ok(plan)
}

/// Decides the change and looks at what it meets.
fn look(app: &App, asked: &Asked) -> Result<(Definitions, Outcome, Vec<Rule>), Refusal> {
    // The store then has the columns of these definitions, or the plan is refused by its generation.
    app.config()?;
    let known = app.store.definitions()?;
    let name = asked.edit.table();
    let version = known.get(name).map(|one| one.version);
    if asked.seen.is_some() && asked.seen != version && version.is_some() {
        return Err(Refusal::Stale);
    }
    let edited = decide(&known.all, &asked.edit)?;
    let tables: Vec<Table> = edited.table.clone().into_iter().collect();
    let removed: Vec<String> = if tables.is_empty() { vec![name.to_owned()] } else { Vec::new() };
    let layout = app.store.layout(&tables, &removed)?;
    let mut in_the_way = Vec::new();
    let mut fills = 0;
    for rule in &edited.rules {
        let found = app.store.breaches(&rule.table, &rule.field, &rule.breach)?;
        if asked.fill && rule.code == "mandatory" && fill::can_fill(&edited, &rule.field, found.count)? {
            fills = found.count;
        } else if found.count > 0 {
            in_the_way.push(InTheWay { rule: rule.clone(), found });
        }
    }
    let used_by = if asked.edit.removes() { usage::find(app, name, asked.edit.field())? } else { Vec::new() };
    let definitions = after(&known.all, name, edited.table);
    Ok((known, Outcome { definitions, layout, in_the_way, fills, used_by }, edited.rules))
}

/// The definitions with the one of `name` in its new form.
fn after(known: &[Definition], name: &str, new: Option<Table>) -> Vec<Definition> {
    let old = known.iter().find(|one| one.table.name == name);
    let mut all: Vec<Definition> = known.iter().filter(|one| one.table.name != name).cloned().collect();
    all.extend(new.map(|table| Definition {
        version: old.map_or(1, |old| old.version + i64::from(old.table != table)),
        shipped: old.and_then(|old| old.shipped.clone()),
        table,
    }));
    all
}
