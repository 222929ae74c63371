//! `rejoinder try`: mails tried without doing anything. Beside a running program it asks its API; alone, it does the
//! same over the database.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use rejoinder_server::api::try_mail_alone;
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
    #[arg(required = true)]
    mails: Vec<PathBuf>,
    /// An inbound action that is not saved, as a file of a pack; may be given more than once. It takes the place of the
    /// saved one of its name.
    #[arg(long)]
    action: Vec<PathBuf>,
    /// Only this action, by name or id, also where it is not active.
    #[arg(long)]
    only: Option<String>,
    /// The account that receives the mail; found by its recipients where nothing is said.
    #[arg(long)]
    account: Option<String>,
    /// Print what comes of it as JSON, as the API answers it.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run_try(asked: &Try) -> Result<ExitCode> {
    let client = running(&asked.place.data)?;
    let own = if client.is_none() { Some(app(&asked.place)?) } else { None };
    for path in &asked.mails {
        for bytes in mails(path)? {
            let body = json!({
                "source_base64": data_encoding::BASE64.encode(&bytes),
                "account": asked.account,
                "only": asked.only,
            });
            let answer = match (&client, &own) {
                (Some(client), _) => client.try_mail(&body)?,
                (None, Some(app)) => try_mail_alone(app, body)?,
                (None, None) => return Err(anyhow!("neither a running program nor a database")),
            };
            let said = answer.get("text").and_then(Value::as_str).unwrap_or_default();
            let text = if asked.json { serde_json::to_string_pretty(&answer)? } else { said.to_owned() };
            print(&format!("{}:\n{text}", path.display())).context("the answer cannot be printed")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
