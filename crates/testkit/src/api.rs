//! The REST API as a test asks it.

use std::time::Duration;

use serde_json::{Value as Json, json};

/// The API of one running program.
#[derive(Clone)]
pub struct Api {
    agent: ureq::Agent,
    base: String,
    token: String,
}

impl Api {
    /// The API at `base`, asked with `token`.
    pub fn new(base: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build();
        Self { agent: config.into(), base: base.to_owned(), token: token.to_owned() }
    }

    /// The same API, asked as another user: `token` is made for it here, by whoever may.
    pub fn on_behalf_of(&self, user: &str, token: &str) -> Self {
        let digest = rejoinder_server::tokens::digest(token);
        self.insert("api_token", &json!({ "name": token, "user": user, "digest": digest, "active": true }));
        Self { agent: self.agent.clone(), base: self.base.clone(), token: token.to_owned() }
    }

    /// An answer, or what went wrong with its status.
    pub fn try_get(&self, path: &str) -> Result<Json, String> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("Authorization", &self.bearer());
        read(request.call())
    }

    /// An answer; a failure ends the test.
    pub fn get(&self, path: &str) -> Json {
        self.try_get(path).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// What a POST answers; a failure ends the test.
    pub fn post(&self, path: &str, body: &Json) -> Json {
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("Authorization", &self.bearer())
            .header("Content-Type", "application/json");
        read(request.send(body.to_string())).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// What a PATCH answers; a failure ends the test.
    pub fn patch(&self, path: &str, body: &Json) -> Json {
        let request = self
            .agent
            .patch(format!("{}{path}", self.base))
            .header("Authorization", &self.bearer())
            .header("Content-Type", "application/json");
        read(request.send(body.to_string())).unwrap_or_else(|error| panic!("PATCH {path}: {error}"))
    }

    /// Makes a record and gives its id.
    pub fn insert(&self, table: &str, fields: &Json) -> String {
        let made = self.post(&format!("/api/v1/records/{table}"), &json!({ "fields": fields }));
        made.get("id").and_then(Json::as_str).expect("a record has an id").to_owned()
    }

    /// Sets fields of a record.
    pub fn update(&self, table: &str, id: &str, fields: &Json) {
        self.patch(&format!("/api/v1/records/{table}/{id}"), &json!({ "fields": fields }));
    }

    /// The status and the text of whatever is answered.
    pub fn send(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, String) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", self.bearer())
            .header("Content-Type", "application/json");
        let body = body.map(Json::to_string).unwrap_or_default();
        let request = request.body(body).expect("a request can be made");
        let mut answer = self.agent.run(request).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap_or_default())
    }

    /// All rows of a list, page by page.
    pub fn all(&self, path: &str) -> Vec<Json> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{joint}limit=200{cursor}"));
            rows.extend(page.get("items").and_then(Json::as_array).cloned().unwrap_or_default());
            match page.get("next").and_then(Json::as_str) {
                Some(next) => cursor = format!("&cursor={}", rejoinder_server::client::escaped(next)),
                None => return rows,
            }
        }
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

fn read(called: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Json, String> {
    let mut answer = called.map_err(|error| error.to_string())?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
        .map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        return serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"));
    }
    Err(format!("{}: {text}", answer.status()))
}
