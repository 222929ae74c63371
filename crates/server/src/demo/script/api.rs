//! The REST API as the script asks it, and the wait for what happens by itself.

use std::time::Duration;

use serde_json::Value as Json;

use super::report::Failure;
use crate::client::escaped;
use crate::env::pause;

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);

/// A mail as its reader sees it in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) received_at: String,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) message_id: Option<String>,
    pub(super) references: Vec<String>,
}

/// The API, asked with one token.
pub(super) struct Api {
    agent: ureq::Agent,
    base: String,
    token: String,
}

/// A text of an answer; empty where there is none.
pub(super) fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

impl Api {
    pub(super) fn new(http: std::net::SocketAddr, token: &str) -> Self {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        Self { agent: config.into(), base: format!("http://{http}"), token: token.to_owned() }
    }

    pub(super) fn get(&self, path: &str) -> Result<Json, Failure> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        read("GET", path, request.call())
    }

    /// The rows of a list, its first 200.
    pub(super) fn list(&self, path: &str) -> Result<Vec<Json>, Failure> {
        let answer = self.get(path)?;
        Ok(answer.get("items").and_then(Json::as_array).cloned().unwrap_or_default())
    }

    pub(super) fn create(&self, table: &str, fields: Json) -> Result<String, Failure> {
        let path = format!("/api/v1/records/{table}");
        let request = self.agent.post(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        let body = serde_json::json!({ "fields": fields }).to_string();
        let answer = read("POST", &path, request.header("Content-Type", "application/json").send(body))?;
        Ok(text(&answer, "/id").to_owned())
    }

    pub(super) fn change(&self, table: &str, id: &str, fields: Json) -> Result<Json, Failure> {
        let path = format!("/api/v1/records/{table}/{id}");
        let request = self.agent.patch(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        let body = serde_json::json!({ "fields": fields }).to_string();
        read("PATCH", &path, request.header("Content-Type", "application/json").send(body))
    }

    /// The mails in somebody's mailbox, oldest first.
    pub(super) fn mailbox(&self, address: &str) -> Result<Vec<Letter>, Failure> {
        let rows = self.list(&format!("/api/v1/demo/mailboxes/{}", escaped(address)))?;
        let letter = |row: &Json| Letter {
            received_at: text(row, "/received_at").to_owned(),
            from: text(row, "/from").to_owned(),
            subject: text(row, "/subject").to_owned(),
            text: text(row, "/text").to_owned(),
            message_id: row.get("message_id").and_then(Json::as_str).map(str::to_owned),
            references: row
                .get("references")
                .and_then(Json::as_array)
                .map(|all| all.iter().filter_map(Json::as_str).map(str::to_owned).collect())
                .unwrap_or_default(),
        };
        Ok(rows.iter().map(letter).collect())
    }

    /// The incidents with this subject, newest first.
    pub(super) fn incidents(&self, subject: &str) -> Result<Vec<Json>, Failure> {
        let filter = serde_json::json!({ "field": "subject", "operator": "is", "value": subject });
        self.list(&format!("/api/v1/records/incident?limit=200&filter={}", escaped(&filter.to_string())))
    }

    /// Whether anything waits to be worked on or sent.
    pub(super) fn busy(&self) -> Result<bool, Failure> {
        let status = self.get("/api/v1/status")?;
        let queues = status.get("queues").and_then(Json::as_array).cloned().unwrap_or_default();
        Ok(queues.iter().any(|row| matches!(text(row, "/state"), "ready" | "in_process" | "sending")))
    }

    /// Waits until everything that was begun is done.
    pub(super) fn settle(&self, what: &str) -> Result<(), Failure> {
        wait(what, || Ok((!self.busy()?).then_some(())))
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// Looks until there is something to see.
pub(super) fn wait<T>(
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        pause(LOOK);
    }
    Err(Failure::Late { what: what.to_owned(), seconds: PATIENCE.as_secs() })
}

fn read(
    method: &'static str,
    path: &str,
    called: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Json, Failure> {
    let failed = |said: String| Failure::Api { method, path: path.to_owned(), said };
    let mut answer = called.map_err(|error| failed(error.to_string()))?;
    let text = answer.body_mut().read_to_string().map_err(|error| failed(error.to_string()))?;
    if answer.status().is_success() {
        return serde_json::from_str(&text).map_err(|error| failed(error.to_string()));
    }
    Err(failed(format!("{}: {text}", answer.status())))
}
