//! `rejoinder try` and `rejoinder reprocess`: what mails would do, and mails that are decided once more. Beside a running
//! program they ask its API; alone, they do the same over the database.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use rejoinder_server::api::{reprocess_alone, try_mail_alone};
use rejoinder_server::app::App;
use rejoinder_server::client::Client;
use rejoinder_server::ops::{action_file, try_mail};
use serde_json::{Value, json};

use crate::Place;
use crate::beside::running;
use crate::commands::{app, mails, print};

/// What is tried.
#[derive(Args)]
pub(crate) struct Try {
    #[command(flatten)]
    place: Place,
    /// The mails: one .eml, an mbox, a Maildir, or `-` for standard input.
    #[arg(required_unless_present = "arrival")]
    mails: Vec<PathBuf>,
    /// A mail that came, by the id of its arrival; may be given more than once. It is tried beside what it did.
    #[arg(long)]
    arrival: Vec<String>,
    /// An inbound action that is not saved, as a file of a pack (`table = "inbound_action"`, then `[fields]`); may be
    /// given more than once. It takes the place of the saved one of its name.
    #[arg(long)]
    action: Vec<PathBuf>,
    /// Only this action, by name or id, also where it is not active.
    #[arg(long)]
    only: Option<String>,
    /// The account that receives the mail; found by its recipients where nothing is said.
    #[arg(long)]
    account: Option<String>,
    /// What the mail's source vouches for about its sender: `verified` or `failed`.
    #[arg(long, value_parser = ["verified", "failed"])]
    authentication: Option<String>,
    /// The records of a mail that came: as they were `then`, or `today`.
    #[arg(long, value_parser = ["then", "today"])]
    records: Option<String>,
    /// Print what comes of it as JSON, as the API answers it.
    #[arg(long)]
    json: bool,
}

/// What is decided once more.
#[derive(Args)]
pub(crate) struct Reprocess {
    #[command(flatten)]
    place: Place,
    /// Mails, by the ids of their arrivals.
    #[arg(required_unless_present_any = ["state", "reason", "attention", "account", "since", "until"],
        conflicts_with_all = ["state", "reason", "attention", "account", "since", "until"])]
    arrivals: Vec<String>,
    /// Those in this state: `processed`, `failed` or `ignored`.
    #[arg(long)]
    state: Option<String>,
    /// Those that ended with this reason, as `no_action`.
    #[arg(long)]
    reason: Option<String>,
    /// Those about which something of this code is open, as `action_failed`.
    #[arg(long)]
    attention: Option<String>,
    /// Those of this account, by name or id.
    #[arg(long)]
    account: Option<String>,
    /// Those received at or after this moment, as 2026-11-23T08:00:00Z.
    #[arg(long)]
    since: Option<String>,
    /// Those received before this moment.
    #[arg(long)]
    until: Option<String>,
    /// Do it, in the background: a running program does it at once, else the next one that runs.
    #[arg(long)]
    apply: bool,
    /// Print what comes of it as JSON, as the API answers it.
    #[arg(long)]
    json: bool,
}

/// Who is asked.
enum Asked {
    /// A running program.
    Running(Client),
    /// The database, which no program has open.
    Alone(Arc<App>),
}

impl Asked {
    fn at(place: &Place) -> Result<Self> {
        Ok(match running(&place.data)? {
            Some(client) => Self::Running(client),
            None => Self::Alone(app(place)?),
        })
    }

    fn try_mail(&self, body: Value) -> Result<Value> {
        Ok(match self {
            Self::Running(client) => client.try_mail(&body)?,
            Self::Alone(app) => try_mail_alone(app, body)?,
        })
    }

    fn reprocess(&self, body: Value) -> Result<Value> {
        Ok(match self {
            Self::Running(client) => client.reprocess(&body)?,
            Self::Alone(app) => reprocess_alone(app, body)?,
        })
    }

    /// The id of the saved action of this name.
    fn action_called(&self, name: &str) -> Result<Option<String>> {
        Ok(match self {
            Self::Running(client) => client.record_called(try_mail::TABLE, name)?,
            Self::Alone(app) => try_mail::action_called(app, name)?.map(|id| id.to_string()),
        })
    }
}

pub(crate) fn run_try(asked: &Try) -> Result<ExitCode> {
    let program = Asked::at(&asked.place)?;
    let mut actions = Vec::new();
    for path in &asked.action {
        let fields = action_file::read(path)?;
        let name = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        actions.push(json!({ "id": program.action_called(&name)?, "fields": fields }));
    }
    let body = |mail: (&str, String)| {
        let mut body = json!({
            "account": asked.account,
            "authentication": asked.authentication,
            "records": asked.records,
            "actions": actions,
            "only": asked.only,
        });
        if let Some(all) = body.as_object_mut() {
            all.insert(mail.0.to_owned(), Value::String(mail.1));
        }
        body
    };
    for arrival in &asked.arrival {
        let answer = program.try_mail(body(("arrival", arrival.clone())))?;
        show(&answer, arrival, asked.json)?;
    }
    for path in &asked.mails {
        for bytes in mails(path)? {
            let answer = program.try_mail(body(("source_base64", data_encoding::BASE64.encode(&bytes))))?;
            show(&answer, &path.display().to_string(), asked.json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn run_reprocess(asked: &Reprocess) -> Result<ExitCode> {
    let mut body = json!({ "arrivals": asked.arrivals, "apply": asked.apply });
    if let Some(all) = body.as_object_mut().filter(|_| asked.arrivals.is_empty()) {
        let filter = json!({
            "state": asked.state,
            "reason": asked.reason,
            "attention": asked.attention,
            "account": asked.account,
            "since": asked.since,
            "until": asked.until,
        });
        all.insert("filter".to_owned(), filter);
    }
    let answer = Asked::at(&asked.place)?.reprocess(body)?;
    let found = answer.get("found").and_then(Value::as_u64).unwrap_or_default();
    print(&text(&answer, asked.json)?)?;
    if !asked.apply && !asked.json && found > 0 {
        print("Nothing is done yet: --apply does it.")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(answer: &Value, json: bool) -> Result<String> {
    let said = answer.get("text").and_then(Value::as_str).unwrap_or_default();
    Ok(if json { serde_json::to_string_pretty(answer)? } else { said.to_owned() })
}

fn show(answer: &Value, name: &str, json: bool) -> Result<()> {
    let text = text(answer, json)?;
    print(&if json { text } else { format!("{name}:\n{text}") })
}
