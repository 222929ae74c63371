//! Commands beside a running program: they ask it through its API instead of opening the database a second time.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use rejoinder_server::client::Client;
use rejoinder_server::serve::RUNNING_FILE;

/// The running program of this data folder; `None` where none answers.
pub(crate) fn running(data: &Path) -> Result<Option<Client>> {
    let path = data.join(RUNNING_FILE);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let value: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))?;
    let part = |name: &str| {
        let text = value.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        text.ok_or_else(|| anyhow!("{} lacks `{name}`", path.display()))
    };
    let client = Client::new(&part("api")?, &part("token")?);
    // A file that a killed program left behind leads nowhere.
    Ok(client.is_live().then_some(client))
}
