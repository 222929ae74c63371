//! `rejoinder script …`: runs scripts from files, checks them, and writes the typings. Beside a running program it asks
//! its API; alone, it does the same over the database. A script changes nothing unless `--apply` is said.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use rejoinder_server::api::run_script_alone;
use rejoinder_server::limits::SCRIPT_BYTES_MAX;
use rejoinder_server::ops::scripts::{self, Severity, pointed_at};
use rejoinder_server::script::{Script as Source, describe};
use serde_json::{Value, json};

use crate::Place;
use crate::beside::running;
use crate::commands::{app, print};

/// What the shell is told of a script that failed, or of one with faults; 1 is a command that could not be carried out,
/// 2 one that was not understood.
const FAILED: u8 = 3;

/// What is done with scripts.
#[derive(Subcommand)]
pub(crate) enum Script {
    /// Run a script and show what it would do; nothing is changed without --apply. Ends with 3 where the script fails.
    Run(Run),
    /// Check scripts without running them: syntax, and names that do not exist. Ends with 3 where one has a fault.
    Check(Check),
    /// Print TypeScript declarations of what scripts find (rejoinder.d.ts).
    Typings(Typings),
}

#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    place: Place,
    /// The script; `-` is standard input.
    file: PathBuf,
    /// The record that `current` is, as TABLE/NUMBER or TABLE/ID.
    #[arg(long, value_parser = record)]
    record: Option<(String, String)>,
    /// The names that the script uses: `simpleone` or `servicenow`.
    #[arg(long, default_value = "simpleone", value_parser = vocabulary)]
    vocabulary: String,
    /// As whom it runs, by address or id; the administrator where nobody is said.
    #[arg(long)]
    user: Option<String>,
    /// Do what it would do.
    #[arg(long)]
    apply: bool,
    /// Print what came of it as JSON, as the API answers it.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    place: Place,
    /// The scripts; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The names that the scripts use: `simpleone` or `servicenow`.
    #[arg(long, default_value = "simpleone", value_parser = vocabulary)]
    vocabulary: String,
    /// Print the faults as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Typings {
    /// The names that scripts use: `simpleone` or `servicenow`.
    #[arg(long, default_value = "simpleone", value_parser = vocabulary)]
    vocabulary: String,
}

fn record(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('/').filter(|(table, id)| !table.is_empty() && !id.is_empty());
    let (table, id) = parts.ok_or_else(|| "write TABLE/NUMBER, as in incident/INC0000001".to_owned())?;
    Ok((table.to_owned(), id.to_owned()))
}

fn vocabulary(text: &str) -> Result<String, String> {
    let known =
        scripts::vocabulary(text).map_err(|_| format!("`{text}` is none of simpleone, servicenow"))?;
    Ok(known.word().to_owned())
}

pub(crate) fn run(asked: Script) -> Result<ExitCode> {
    match asked {
        Script::Run(asked) => run_script(&asked),
        Script::Check(asked) => check(&asked),
        Script::Typings(asked) => {
            print(&describe::typings(scripts::vocabulary(&asked.vocabulary)?))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn source(path: &Path) -> Result<String> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let most = u64::try_from(SCRIPT_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        std::io::stdin()
            .lock()
            .take(most)
            .read_to_end(&mut bytes)
            .context("standard input cannot be read")?;
        bytes
    } else {
        std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?
    };
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("{} is no UTF-8 text", path.display()))?;
    // Editors on some systems begin a file with a mark that is no part of the script.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// What errors call the script.
fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn run_script(asked: &Run) -> Result<ExitCode> {
    let body = json!({
        "source": source(&asked.file)?,
        "name": name(&asked.file),
        "vocabulary": asked.vocabulary,
        "record": asked.record.as_ref().map(|(table, id)| json!({ "table": table, "id": id })),
        "user": asked.user,
        "apply": asked.apply,
    });
    let answer = match running(&asked.place.data)? {
        Some(client) => client.run_script(&body)?,
        None => run_script_alone(app(&asked.place)?.as_ref(), body)?,
    };
    let said = answer.get("text").and_then(Value::as_str).unwrap_or_default();
    print(&if asked.json { serde_json::to_string_pretty(&answer)? } else { said.to_owned() })?;
    let is_well = |part: &str| answer.get(part).is_none_or(Value::is_null);
    let well = is_well("error") && is_well("refused");
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn check(asked: &Check) -> Result<ExitCode> {
    let vocabulary = scripts::vocabulary(&asked.vocabulary)?;
    // Names of includes are the installation's; a script can be checked without one all the same.
    let known = match running(&asked.place.data)? {
        Some(client) => client.script_includes(&asked.vocabulary)?,
        None if asked.place.is_there() => scripts::includes(app(&asked.place)?.as_ref(), vocabulary)?,
        None => Vec::new(),
    };
    let (mut all, mut lines) = (Vec::new(), Vec::new());
    for path in &asked.files {
        let (text, shown) = (source(path)?, path.display().to_string());
        let faults = scripts::check(&Source { name: &name(path), source: &text, vocabulary }, &known)?;
        if faults.is_empty() {
            lines.push(format!("{shown}: no faults"));
        }
        for fault in faults {
            let place = fault.line.zip(fault.column);
            let at = place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
            lines.push(format!("{shown}{at}: {}: {}", fault.severity.word(), fault.message));
            lines.extend(place.and_then(|(line, column)| pointed_at(&text, line, column)));
            all.push((shown.clone(), fault));
        }
    }
    if asked.json {
        let fault = |(file, fault): &(String, scripts::Fault)| {
            json!({ "file": file, "line": fault.line, "column": fault.column, "message": fault.message,
                    "severity": fault.severity.word() })
        };
        print(&serde_json::to_string_pretty(&all.iter().map(fault).collect::<Vec<_>>())?)?;
    } else {
        print(&lines.join("\n"))?;
    }
    let fails = all.iter().any(|(_, fault)| matches!(fault.severity, Severity::Error | Severity::Warning));
    Ok(if fails { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}
