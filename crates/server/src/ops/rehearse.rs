//! What a mail would do, without doing it: the same decision, shown instead of applied.

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::inbound::{Arrival, decide};
use rejoinder_engine::plan::Plan;

use crate::app::{App, context};
use crate::error::AppError;
use crate::ops::ingest::find_account;

/// The plan that this mail would have now. Nothing is written and no number is used up.
pub fn rehearse(app: &App, bytes: Vec<u8>, account: Option<&str>) -> Result<Plan, AppError> {
    let account = find_account(app, &bytes, account)?;
    let seed = app.env.seed()?;
    let now = app.env.now();
    let arrival = Arrival {
        id: seed.id("arrival", now),
        seq: 0,
        epoch: 0,
        account,
        bytes,
        envelope_from: None,
        envelope_to: Vec::new(),
        authentication: String::new(),
    };
    let config = app.config()?;
    let view = app.store.view()?;
    Ok(decide(context(&config, &view, now, seed, &NextNumber), &arrival)?)
}
