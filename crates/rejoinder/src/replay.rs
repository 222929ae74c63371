//! `rejoinder replay …`: decides the mails of a period again, and tells what would come otherwise. Beside a running program it
//! asks its API; alone, it reads the database. Nothing is changed.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use rejoinder_server::api::replay_alone;
use rejoinder_server::ops::rule_tests::read_pack;
use serde_json::{Value, json};

use crate::Place;
use crate::beside::running;
use crate::commands::{app, print};

/// Something would come otherwise.
const CHANGED: u8 = 1;
/// A mail could not be decided again, or the command not be carried out.
const FAILED: u8 = 2;

#[derive(Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    place: Place,
    /// Mails that came not before this day (2026-11-23, in UTC) or moment (2026-11-23T14:05:00Z).
    #[arg(long, value_name = "DATE", value_parser = moment)]
    from: String,
    /// Mails that came before this day or moment; until now where nothing is said.
    #[arg(long, value_name = "DATE", value_parser = moment)]
    to: Option<String>,
    /// The folder of a pack that is laid over today's configuration, and not installed; may be given more than once.
    #[arg(long, value_name = "DIR")]
    pack: Vec<PathBuf>,
    /// Mails of this account, by name or id.
    #[arg(long)]
    account: Option<String>,
    /// Decide on the records as they were when the mail came (`then`), or as they are (`now`).
    #[arg(long, default_value = "then", value_parser = ["then", "now"])]
    records: String,
    /// Print every mail as JSON, one object a line, as the API answers it.
    #[arg(long)]
    json: bool,
}

/// A day, or a moment as RFC 3339.
fn moment(text: &str) -> Result<String, String> {
    let whole = if text.len() == "2026-11-23".len() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let known = rejoinder_server::ops::replay::moment(&whole);
    known.ok_or_else(|| "write 2026-11-23 or 2026-11-23T14:05:00Z".to_owned())
}

/// How the mails ended.
#[derive(Default)]
struct Count {
    unchanged: u64,
    changed: u64,
    failed: u64,
}

pub(crate) fn run(asked: &Replay) -> ExitCode {
    replayed(asked).unwrap_or_else(|error| {
        tracing::error!("{}", crate::sentence(&error));
        ExitCode::from(FAILED)
    })
}

fn replayed(asked: &Replay) -> Result<ExitCode> {
    let packs = asked.pack.iter().map(|folder| {
        let pack = read_pack(folder).with_context(|| format!("the pack {}", folder.display()))?;
        Ok(json!({ "name": pack.name, "files": pack.files }))
    });
    let packs: Vec<Value> = packs.collect::<Result<_>>()?;
    let client = running(&asked.place.data)?;
    let own = if client.is_none() { Some(app(&asked.place)?) } else { None };
    let mut order = json!({ "from": asked.from, "records": asked.records, "packs": packs });
    let parts = [("to", &asked.to), ("account", &asked.account)];
    for (name, value) in parts.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        insert(&mut order, name, json!(value));
    }
    let mut count = Count::default();
    loop {
        let page = match (&client, &own) {
            (Some(client), _) => client.replay(&order)?,
            (None, Some(app)) => replay_alone(app, order.clone())?,
            (None, None) => anyhow::bail!("neither a running program nor a database"),
        };
        for mail in page.get("items").and_then(Value::as_array).into_iter().flatten() {
            tell(asked, mail, &mut count)?;
        }
        let done = count.unchanged + count.changed + count.failed;
        let Some(next) = page.get("next").and_then(Value::as_str) else { break };
        tracing::info!(mails = done, "decided again so far");
        insert(&mut order, "cursor", json!(next));
    }
    if !asked.json {
        print(&summary(asked, &count))?;
    }
    Ok(match (count.failed, count.changed) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(CHANGED),
        _ => ExitCode::from(FAILED),
    })
}

fn insert(order: &mut Value, name: &str, value: Value) {
    if let Some(object) = order.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn tell(asked: &Replay, mail: &Value, count: &mut Count) -> Result<()> {
    let result = text(mail, "/result");
    let counter = match result {
        "unchanged" => &mut count.unchanged,
        "changed" => &mut count.changed,
        _ => &mut count.failed,
    };
    *counter += 1;
    if asked.json {
        return print(&mail.to_string());
    }
    if result == "unchanged" {
        return Ok(());
    }
    let head = format!(
        "{result}: {} from {} \"{}\" ({})",
        text(mail, "/received_at"),
        text(mail, "/from"),
        text(mail, "/subject"),
        text(mail, "/email")
    );
    let mut out = head;
    if let Some(reason) = mail.get("reason").filter(|reason| !reason.is_null()) {
        let _ = write!(out, "\n  {}: {}", text(reason, "/code"), text(reason, "/text"));
    }
    for one in mail.get("differences").and_then(Value::as_array).into_iter().flatten() {
        let _ = write!(out, "\n  {}", text(one, "/what"));
        for (mark, name) in [('-', "before"), ('+', "now")] {
            for line in one.get(name).and_then(Value::as_array).into_iter().flatten() {
                let _ = write!(out, "\n    {mark} {}", line.as_str().unwrap_or_default());
            }
        }
    }
    print(&out)
}

fn summary(asked: &Replay, count: &Count) -> String {
    let records = if asked.records == "now" {
        "decided on the records as they are now"
    } else {
        "decided on the records as they were when each mail came"
    };
    let Count { unchanged, changed, failed } = count;
    format!(
        "\n{unchanged} unchanged, {changed} changed (- was decided, + would be), {failed} could not be decided again; {records}"
    )
}
