//! What is in order and what is not: settings, database, accounts, clock, folders, queues.

use std::path::Path;

use rejoinder_engine::setting;

use crate::app::App;
use crate::error::AppError;

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
    findings.extend(accounts(app)?);
    findings.extend(rules(app)?);
    findings.extend(switches(app)?);
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

fn accounts(app: &App) -> Result<Vec<Finding>, AppError> {
    let config = app.config()?;
    let mut findings = Vec::new();
    let receiving = config.accounts.values().filter(|account| account.active && !account.sends);
    let mut any = false;
    for account in receiving {
        any = true;
        if account.addresses.is_empty() {
            let text = format!("{} receives mail for no address: fill in its addresses", account.name);
            findings.push(finding("receiving account", Health::Bad, text));
        } else {
            let text = format!("{} receives mail for {}", account.name, account.addresses.join(", "));
            findings.push(finding("receiving account", Health::Good, text));
        }
    }
    if !any {
        let text = "none is active: no mail comes in. Make an account of the type listener";
        findings.push(finding("receiving account", Health::Look, text));
    }
    findings.push(match config.sending_account(None) {
        Some(account) => {
            let text = format!(
                "{} sends through {}:{} as {}",
                account.name, account.server, account.port, account.from
            );
            finding("sending account", Health::Good, text)
        }
        None => {
            let text = format!(
                "none: make an account of the type smtp and name it in {}",
                setting::DEFAULT_SEND_ACCOUNT
            );
            finding("sending account", Health::Bad, text)
        }
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

fn switches(app: &App) -> Result<Vec<Finding>, AppError> {
    let settings = &app.config()?.settings;
    let mut findings = Vec::new();
    if !settings.sends() {
        findings.push(finding(
            "sending",
            Health::Look,
            format!("it is switched off by {}", setting::SEND_ACTIVE),
        ));
    }
    if !settings.receives() {
        findings.push(finding(
            "receiving",
            Health::Look,
            format!("it is switched off by {}", setting::READ_ACTIVE),
        ));
    }
    if settings.instance_uri().is_none() {
        let text = format!("mails carry no links, because {} is not set", setting::INSTANCE_URI);
        findings.push(finding("links", Health::Look, text));
    }
    Ok(findings)
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
