//! What is in order and what is not: settings, database, accounts, secrets, clock, folders, queues.

use std::path::Path;

use rejoinder_engine::account::Account;
use rejoinder_engine::setting;

use super::accounts;
use crate::app::App;
use crate::error::AppError;
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
    let mut findings = vec![folder(data)];
    let config = app.config()?;
    let text = format!("it answers; configuration generation {}, schema in order", config.generation);
    findings.push(finding("database", Health::Good, text));
    findings.push(clock(app));
    findings.extend(mail(app)?);
    findings.extend(rules(app)?);
    findings.extend(links(app)?);
    findings.extend(queues(app)?);
    Ok(findings)
}

fn folder(data: &Path) -> Finding {
    let probe = data.join(".doctor");
    let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => finding("data folder", Health::Good, format!("{} can be written", data.display())),
        Err(error) => {
            let text = format!("{} cannot be written: {error}. Mend its rights or its disk", data.display());
            finding("data folder", Health::Bad, text)
        }
    }
}

/// A clock before the first release is wrong for certain: mail would carry wrong dates.
fn clock(app: &App) -> Finding {
    const FIRST_RELEASE: i64 = 1_763_000_000_000_000;
    let now = app.env.now();
    if now.micros() < FIRST_RELEASE {
        return finding("clock", Health::Bad, format!("it says {now}, which is in the past: set it (NTP)"));
    }
    finding("clock", Health::Good, format!("{now}"))
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
    let bad: Vec<Finding> = actions
        .chain(rules)
        .filter_map(|(what, name, error)| {
            error.map(|error| finding(what, Health::Bad, format!("{name}: {error}")))
        })
        .collect();
    if !bad.is_empty() {
        return Ok(bad);
    }
    let text = format!("{} actions and {} rules can be evaluated", config.actions.len(), config.rules.len());
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
