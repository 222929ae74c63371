//! The REST API as the script asks it, and the wait for what happens by itself.

use std::time::Duration;

use serde_json::{Value as Json, json};

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
    pub(super) in_reply_to: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) auto_submitted: String,
}

impl Letter {
    /// Stands for a mail that is not there, so that the next check says so.
    pub(super) const NONE: Self = Self {
        received_at: String::new(),
        from: String::new(),
        subject: String::new(),
        text: String::new(),
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        auto_submitted: String::new(),
    };
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

fn texts(row: &Json, name: &str) -> Vec<String> {
    let all = row.get(name).and_then(Json::as_array);
    all.map(|all| all.iter().filter_map(Json::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

/// The rows inside an answer.
pub(super) fn rows<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    value.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
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
        Ok(rows(&self.get(path)?, "items").to_vec())
    }

    pub(super) fn create(&self, table: &str, fields: Json) -> Result<String, Failure> {
        let path = format!("/api/v1/records/{table}");
        let request = self.agent.post(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        let body = json!({ "fields": fields }).to_string();
        let answer = read("POST", &path, request.header("Content-Type", "application/json").send(body))?;
        Ok(text(&answer, "/id").to_owned())
    }

    pub(super) fn change(&self, table: &str, id: &str, fields: Json) -> Result<Json, Failure> {
        let path = format!("/api/v1/records/{table}/{id}");
        let request = self.agent.patch(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        let body = json!({ "fields": fields }).to_string();
        read("PATCH", &path, request.header("Content-Type", "application/json").send(body))
    }

    /// The content of a file.
    pub(super) fn bytes(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let failed = |said: String| Failure::Api { method: "GET", path: path.to_owned(), said };
        let request = self.agent.get(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        let mut answer = request.call().map_err(|error| failed(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(failed(answer.status().to_string()));
        }
        answer.body_mut().read_to_vec().map_err(|error| failed(error.to_string()))
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
            in_reply_to: texts(row, "in_reply_to"),
            references: texts(row, "references"),
            auto_submitted: text(row, "/auto_submitted").to_owned(),
        };
        Ok(rows.iter().map(letter).collect())
    }

    /// The records for which all of these hold, newest first.
    pub(super) fn records(&self, table: &str, fields: &[(&str, &str)]) -> Result<Vec<Json>, Failure> {
        let clause =
            |(field, value): &(&str, &str)| json!({ "field": field, "operator": "is", "value": value });
        let filter = json!({ "all": fields.iter().map(clause).collect::<Vec<_>>() });
        self.list(&format!("/api/v1/records/{table}?limit=200&filter={}", escaped(&filter.to_string())))
    }

    /// A mail that the program received or sent, with everything that hangs on it; it may be known twice, where an
    /// id was used twice.
    pub(super) fn mail(&self, address: &str, message_id: &str) -> Result<Json, Failure> {
        let rows = self.list(&format!("/api/v1/emails?limit=200&address={}", escaped(address)))?;
        let found = rows.iter().find(|row| text(row, "/message_id") == message_id);
        match found {
            Some(row) => self.get(&format!("/api/v1/emails/{}", text(row, "/id"))),
            None => Ok(Json::Null),
        }
    }

    /// Whether anything waits to be worked on or sent.
    pub(super) fn busy(&self) -> Result<bool, Failure> {
        let status = self.get("/api/v1/status")?;
        Ok(rows(&status, "queues")
            .iter()
            .any(|row| matches!(text(row, "/state"), "ready" | "in_process" | "sending")))
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
