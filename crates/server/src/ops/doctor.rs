//! What is in order and what is not: settings, database, accounts, secrets, clocks, folders, queues; and, asked apart
//! because it goes over the network, whether the accounts can connect.

mod jobs;
mod machine;

use std::path::Path;
use std::sync::Arc;

use rejoinder_engine::account::Account;
use rejoinder_engine::setting;

use tokio::task::JoinSet;

use super::accounts;
use super::connection_test::{Limits, Report, Subject, test};
use crate::advice::Language;
use crate::app::App;
use crate::error::AppError;
use crate::limits::{DOCTOR_ACCOUNTS, DOCTOR_STEP, DOCTOR_TOTAL};
use crate::secrets::SecretError;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// In order.
    Good,
    /// It works, and somebody should look.
    Look,
    /// It does not work.
    Bad,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub what: &'static str,
    /// How it came out.
    pub health: Health,
    /// What was found, and what to do.
    pub text: String,
}

fn finding(what: &'static str, health: Health, text: impl Into<String>) -> Finding {
    Finding { what, health, text: text.into() }
}

/// Checks everything that can be checked without another machine.
pub fn doctor(app: &App, data: &Path) -> Result<Vec<Finding>, AppError> {
    let mut findings = vec![machine::folder(data)];
    findings.extend(machine::space(data));
    let config = app.config()?;
    let text = format!("it answers; configuration generation {}, schema in order", config.generation);
    findings.push(finding("database", Health::Good, text));
    findings.push(machine::clock(app));
    findings.extend(machine::clock_of_database(app)?);
    findings.extend(mail(app)?);
    findings.extend(rules(app)?);
    findings.extend(jobs::jobs(&config, app.env.now()));
    findings.extend(links(app)?);
    findings.extend(queues(app)?);
    Ok(findings)
}

/// Tries the connections of all active accounts at once; waits no longer than [`DOCTOR_TOTAL`] for them.
pub async fn connections(app: &Arc<App>) -> Result<Vec<Finding>, AppError> {
    let reader = app.clone();
    let config = tokio::task::spawn_blocking(move || reader.config()).await;
    let config =
        config.map_err(|error| AppError::Refused(format!("the accounts were not read: {error}")))??;
    let usable = config.accounts.values().filter(|account| {
        let talks = account.fetches().is_some() || account.sends.is_some();
        account.active && talks && account.faults.is_empty()
    });
    let accounts: Vec<Account> = usable.cloned().collect();
    let left_out = accounts.len().saturating_sub(DOCTOR_ACCOUNTS);
    let limits = Limits { step: DOCTOR_STEP, total: DOCTOR_TOTAL };
    let mut trials = JoinSet::new();
    for (place, account) in accounts.into_iter().take(DOCTOR_ACCOUNTS).enumerate() {
        let app = app.clone();
        trials.spawn(
            async move { (place, test(&app, &Subject::of(account), limits, Language::English).await) },
        );
    }
    let mut reports = Vec::new();
    while let Some(tried) = trials.join_next().await {
        match tried {
            Ok(report) => reports.push(report),
            Err(error) => tracing::error!(%error, "the test of a connection ended badly"),
        }
    }
    reports.sort_by_key(|(place, _)| *place);
    let mut findings: Vec<Finding> = reports.iter().map(|(_, report)| connected(report)).collect();
    if left_out > 0 {
        let text = format!("{left_out} further accounts were not tried: use rejoinder test-connection");
        findings.push(finding("connection", Health::Look, text));
    }
    Ok(findings)
}

fn connected(report: &Report) -> Finding {
    let name = &report.account;
    let Some(step) = report.failed() else {
        return finding("connection", Health::Good, format!("{name} connects and logs in"));
    };
    let said = step.said.as_ref().map(|said| format!("; the server said: {said}")).unwrap_or_default();
    let advice = step.advice.as_deref().unwrap_or_default();
    let text =
        format!("{name} fails at {} ({}): {}{said}. {advice}", step.step, step.part.word(), step.detail);
    finding("connection", Health::Bad, text)
}

fn mail(app: &App) -> Result<Vec<Finding>, AppError> {
    let config = app.config()?;
    let complete = |account: &&Account| account.faults.is_empty();
    let receiving = config.accounts.values().filter(complete).filter_map(accounts::receives);
    let mut findings: Vec<Finding> =
        receiving.map(|text| finding("receiving account", Health::Good, text)).collect();
    let sending = config.sending_account(None).filter(complete).and_then(accounts::sends);
    findings.extend(sending.map(|text| finding("sending account", Health::Good, text)));
    let notices = accounts::notices(&config, &app.secrets);
    findings.extend(notices.into_iter().map(|one| finding(one.what, one.health, one.text)));
    findings.push(match app.secrets.key_ids().as_slice() {
        [] => finding("secrets", Health::Look, SecretError::NoKey.to_string()),
        [key, ..] => finding("secrets", Health::Good, format!("the key {key} encrypts passwords")),
    });
    Ok(findings)
}

fn rules(app: &App) -> Result<Vec<Finding>, AppError> {
    let config = app.config()?;
    let actions = config.actions.iter().map(|action| {
        let bad = action.condition.as_ref().err().or(action.mapping.as_ref().err());
        ("inbound action", &action.name, bad)
    });
    let rules =
        config.rules.iter().map(|rule| ("notification rule", &rule.name, rule.condition.as_ref().err()));
    let access = config.access.all().map(|rule| ("access rule", &rule.name, rule.condition.as_ref().err()));
    let bad: Vec<Finding> = actions
        .chain(rules)
        .chain(access)
        .filter_map(|(what, name, error)| {
            error.map(|error| finding(what, Health::Bad, format!("{name}: {error}")))
        })
        .collect();
    if !bad.is_empty() {
        return Ok(bad);
    }
    let (actions, rules, access) = (config.actions.len(), config.rules.len(), config.access.all().count());
    let text = format!("{actions} actions, {rules} rules and {access} access rules can be evaluated");
    Ok(vec![finding("rules", Health::Good, text)])
}

fn links(app: &App) -> Result<Option<Finding>, AppError> {
    let set = app.config()?.settings.instance_uri().is_some();
    let text = format!("mails carry no links, because {} is not set", setting::INSTANCE_URI);
    Ok((!set).then(|| finding("links", Health::Look, text)))
}

fn queues(app: &App) -> Result<Vec<Finding>, AppError> {
    let counts = app.store.queue_counts()?;
    let waiting: Vec<String> =
        counts.iter().map(|count| format!("{} {} {}", count.count, count.queue, count.state)).collect();
    let failed = counts.iter().any(|count| matches!(count.state.as_str(), "failed" | "parked"));
    let health = if failed { Health::Look } else { Health::Good };
    let text = if waiting.is_empty() { "empty".to_owned() } else { waiting.join(", ") };
    Ok(vec![finding("queues", health, text)])
}

/// The findings for a person, a line for each.
pub fn tell(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let sign = match finding.health {
            Health::Good => "ok  ",
            Health::Look => "look",
            Health::Bad => "BAD ",
        };
        format!("{sign}  {}: {}", finding.what, finding.text)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
