//! Decide, apply, and decide again where what was read has changed; the lane ends a storm of conflicts.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rejoinder_engine::config::Config;
use rejoinder_engine::limits::REDECIDE_MAX;
use rejoinder_engine::plan::{Guard, Plan, Why};
use rejoinder_engine::view::View;
use rejoinder_store::{Applied, ApplyError};

use crate::app::App;
use crate::env::pause;
use crate::error::AppError;
use crate::limits::{LANE, LANE_WAIT};
use crate::workers::panic_text;

/// How a unit of work ended.
#[derive(Debug)]
pub enum Ended {
    /// Its plan is applied.
    Applied(Applied),
    /// Somebody else has taken it over, or did it already.
    Fenced,
    /// It cannot be done now; trying again may help.
    Later(Why),
    /// It cannot be done at all.
    Never(Why),
}

/// Decides with `decide` and applies, until it is done.
pub fn settle(app: &App, mut decide: impl FnMut(&Config, &dyn View) -> Result<Plan, AppError>) -> Ended {
    let worker = format!("{}/{:?}", app.node, std::thread::current().id());
    let mut lane = false;
    let mut conflicts = 0;
    let ended = loop {
        let plan = match attempt(app, &mut decide) {
            Ok(plan) => plan,
            Err(ended) => break ended,
        };
        let applied = if lane { app.store.apply_in_lane(&plan, &worker) } else { app.store.apply(&plan) };
        match applied {
            Ok(applied) => break Ended::Applied(applied),
            Err(ApplyError::Fenced) => break Ended::Fenced,
            Err(ApplyError::LaneBusy { .. }) => pause(LANE_WAIT),
            Err(ApplyError::Conflict(what)) => {
                conflicts += 1;
                tracing::debug!(conflicts, %what, "decided again");
                if let Err(error) = app.config() {
                    break Ended::Later(Why::new("database", error.to_string()));
                }
                lane = lane || (conflicts >= REDECIDE_MAX && take_lane(app, &plan, &worker));
            }
            Err(error @ ApplyError::Unique { .. }) => {
                break Ended::Never(Why::new("not_unique", error.to_string()));
            }
            Err(error) => break Ended::Later(Why::new("database", error.to_string())),
        }
    };
    if lane && let Err(error) = app.store.lane_release(&worker) {
        tracing::warn!(%error, "a lane was not given back; it ends by itself");
    }
    ended
}

/// One decision. A panic is a bug that must not take the process or the mail with it.
fn attempt(
    app: &App,
    decide: &mut impl FnMut(&Config, &dyn View) -> Result<Plan, AppError>,
) -> Result<Plan, Ended> {
    let _inside = rejoinder_store::stage::enter(rejoinder_store::stage::Stage::Decide);
    let decided = catch_unwind(AssertUnwindSafe(|| {
        let config: Arc<Config> = app.known_config()?;
        let view = app.store.view()?;
        decide(&config, &view)
    }));
    match decided {
        Ok(Ok(plan)) => Ok(plan),
        Ok(Err(error @ (AppError::Store(_) | AppError::View(_) | AppError::Queue(_)))) => {
            Err(Ended::Later(Why::new(error.code(), error.to_string())))
        }
        Ok(Err(error)) => Err(Ended::Never(Why::new(error.code(), error.to_string()))),
        Err(panic) => {
            let text = format!("a defect of the program stopped the decision: {}", panic_text(&*panic));
            tracing::error!(%text, "a decision panicked");
            Err(Ended::Never(Why::new("bug", text)))
        }
    }
}

/// Takes the lanes of every table that the plan read or writes; waits a little while another has one.
fn take_lane(app: &App, plan: &Plan, worker: &str) -> bool {
    let dictionary = app.store.dictionary();
    let tables = plan.guards.iter().map(|guard| match guard {
        Guard::Version { table, .. } | Guard::TableCounter { table, .. } | Guard::NoRecord { table, .. } => {
            table
        }
        Guard::Query { query, .. } => &query.table,
    });
    let written = plan.records.iter().map(|op| &op.key().table);
    let roots: BTreeSet<String> = tables
        .chain(written)
        .filter_map(|table| dictionary.table(table).map(|info| info.root.clone()))
        .collect();
    let roots: Vec<String> = roots.into_iter().collect();
    let tries = LANE.as_millis() / LANE_WAIT.as_millis();
    for _ in 0..tries {
        let now = app.env.now();
        let until = now.plus(i64::try_from(LANE.as_micros()).unwrap_or(i64::MAX));
        match app.store.lane_take(&roots, worker, now, until) {
            Ok(true) => return true,
            Ok(false) => pause(LANE_WAIT),
            Err(error) => {
                tracing::warn!(%error, "no lane could be taken");
                return false;
            }
        }
    }
    false
}
