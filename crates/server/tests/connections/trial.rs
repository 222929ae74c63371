//! One fault, one test of an account, one expected step with its words and its advice.

use std::sync::Arc;

use rejoinder_engine::record::Fields;
use rejoinder_server::advice::Language;
use rejoinder_server::app::App;
use rejoinder_server::ops::connection_test::{Limits, Report, State, Subject, test};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::world::SECRET;

/// A row of the table.
pub struct Row {
    pub name: String,
    pub fields: Fields,
    /// The step that fails.
    pub step: &'static str,
    pub code: &'static str,
    /// In the server's words; empty where it says nothing.
    pub said: &'static str,
    /// In what is to be done.
    pub advice: &'static str,
}

/// Tests an account that is not saved.
pub async fn try_out(
    app: &Arc<App>,
    table: &str,
    fields: Fields,
    limits: Limits,
    language: Language,
) -> Report {
    let (given, table) = (app.clone(), table.to_owned());
    let subject = tokio::task::spawn_blocking(move || Subject::given(&given, &table, None, fields));
    test(app, &subject.await.unwrap().unwrap(), limits, language).await
}

/// What is wrong with how a row came out.
fn complaint(row: &Row, report: &Report) -> Option<String> {
    let told = report.tell();
    let says = || format!("{}: {told}", row.name);
    let Some(failed) = report.failed() else { return Some(format!("nothing failed: {}", says())) };
    let right = failed.step == row.step
        && failed.code.as_deref() == Some(row.code)
        && failed.said.clone().unwrap_or_default().contains(row.said)
        && failed.advice.clone().unwrap_or_default().contains(row.advice)
        && !row.advice.is_empty();
    let place = report.steps.iter().position(|step| step == failed).unwrap_or_default();
    let before = report.steps.iter().take(place).all(|step| step.state != State::Skipped);
    let after = report.steps.iter().skip(place + 1).all(|step| step.state != State::Failed);
    let silent = !told.contains(SECRET);
    (!(right && before && after && silent))
        .then(|| format!("wanted {} {} `{}` `{}`; {}", row.step, row.code, row.said, row.advice, says()))
}

/// Tests all rows at once.
pub fn all(app: &Arc<App>, rows: Vec<Row>, limits: Limits) {
    let runtime = Runtime::new().unwrap();
    let wrong: Vec<String> = runtime.block_on(async {
        let mut trials = JoinSet::new();
        for row in rows {
            let app = app.clone();
            trials.spawn(async move {
                let report =
                    try_out(&app, "email_account", row.fields.clone(), limits, Language::English).await;
                complaint(&row, &report)
            });
        }
        trials.join_all().await.into_iter().flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
