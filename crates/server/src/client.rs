//! A small client of our own API, for commands beside a running program.

use std::time::Duration;

use crate::error::AppError;
use crate::ops::users;

/// How long the running program may take to answer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The running program.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: String,
}

impl Client {
    /// The program at `base` (`http://127.0.0.1:8025`), asked with `token`.
    pub fn new(base: &str, token: &str) -> Self {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false).build();
        Self { agent: config.into(), base: base.trim_end_matches('/').to_owned(), token: token.to_owned() }
    }

    /// Whether it answers.
    pub fn is_live(&self) -> bool {
        self.agent.get(format!("{}/health/live", self.base)).call().is_ok_and(|answer| answer.status() == 200)
    }

    /// Hands a mail in; gives the id of its arrival.
    pub fn hand_in(&self, bytes: &[u8], account: Option<&str>) -> Result<String, AppError> {
        let answer = self.post_mail("/api/v1/inbound", bytes, account)?;
        Ok(text_of(&answer, "arrival"))
    }

    /// What a mail would do; what the API answers.
    pub fn try_mail(&self, asked: &serde_json::Value) -> Result<serde_json::Value, AppError> {
        self.post_json("/api/v1/inbound-actions/try", asked)
    }

    /// Decides mails once more, or shows what that would do; what the API answers.
    pub fn reprocess(&self, asked: &serde_json::Value) -> Result<serde_json::Value, AppError> {
        self.post_json("/api/v1/arrivals/reprocess", asked)
    }

    /// What was decided, and why.
    pub fn explain(&self, key: &str) -> Result<String, AppError> {
        let answer = self.get(&format!("/api/v1/explanations/{}", escaped(key)))?;
        Ok(text_of(&answer, "text"))
    }

    /// What is in order and what is not, as text, and whether nothing is bad.
    pub fn doctor(&self) -> Result<(String, bool), AppError> {
        let found = self.get("/api/v1/doctor")?;
        let checks = found.get("checks").and_then(serde_json::Value::as_array);
        let bad = |check: &serde_json::Value| text_of(check, "health") == "bad";
        Ok((text_of(&found, "text"), checks.is_some_and(|checks| !checks.iter().any(bad))))
    }

    /// Tests the connections of the account that has this name or id; the report as text, and whether all is well.
    pub fn test_connection(&self, name: &str, language: &str) -> Result<(String, bool), AppError> {
        let id = self.account_called(name)?;
        let path = format!("{}/api/v1/records/email_account/{id}/connection-test", self.base);
        let body = serde_json::json!({ "language": language }).to_string();
        let request = self
            .agent
            .post(path)
            .header("Authorization", self.bearer())
            .header("Content-Type", "application/json");
        let report = answer(request.send(body.as_bytes()))?;
        let ok = report.get("ok").and_then(serde_json::Value::as_bool) == Some(true);
        Ok((text_of(&report, "text"), ok))
    }

    /// Sets the password of the user with this address; see [`crate::ops::users::set_password`].
    pub fn set_password(&self, address: &str, password: &str, administrator: bool) -> Result<(), AppError> {
        let filter = serde_json::json!({ "field": "email", "operator": "is", "value": address }).to_string();
        let found = self.get(&format!("/api/v1/records/user?filter={}", escaped(&filter)))?;
        let known = found.pointer("/items/0/id").and_then(serde_json::Value::as_str).map(str::to_owned);
        let id = match known {
            Some(id) => id,
            None if administrator => self.name_administrator(address)?,
            None => return Err(users::no_user(address)),
        };
        let body = serde_json::json!({ "password": password }).to_string();
        let request = self.agent.put(format!("{}/api/v1/users/{id}/password", self.base));
        let request =
            request.header("Authorization", self.bearer()).header("Content-Type", "application/json");
        answer(request.send(body.as_bytes())).map(drop)
    }

    /// Runs a script; what the API answers.
    pub fn run_script(&self, asked: &serde_json::Value) -> Result<serde_json::Value, AppError> {
        self.post_json("/api/v1/scripts/run", asked)
    }

    fn post_json(&self, path: &str, asked: &serde_json::Value) -> Result<serde_json::Value, AppError> {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request =
            request.header("Authorization", self.bearer()).header("Content-Type", "application/json");
        answer(request.send(asked.to_string().as_bytes()))
    }

    /// Decides mails again; what the API answers.
    pub fn replay(&self, order: &serde_json::Value) -> Result<serde_json::Value, AppError> {
        let request = self.agent.post(format!("{}/api/v1/replays", self.base));
        let request =
            request.header("Authorization", self.bearer()).header("Content-Type", "application/json");
        answer(request.send(order.to_string().as_bytes()))
    }

    /// The names of the script includes.
    pub fn script_includes(&self, vocabulary: &str) -> Result<Vec<String>, AppError> {
        let found = self.get(&format!("/api/v1/scripts/vocabularies/{}", escaped(vocabulary)))?;
        let names = found.get("includes").and_then(serde_json::Value::as_array).into_iter().flatten();
        Ok(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }

    fn name_administrator(&self, address: &str) -> Result<String, AppError> {
        let id = users::administrator().id.to_string();
        let path = format!("/api/v1/records/user/{id}");
        if self.get(&path)?.pointer("/fields/email").is_some() {
            return Err(users::taken());
        }
        let body = serde_json::json!({ "fields": { "email": address } }).to_string();
        let request = self.agent.patch(format!("{}{path}", self.base));
        let request =
            request.header("Authorization", self.bearer()).header("Content-Type", "application/json");
        answer(request.send(body.as_bytes()))?;
        Ok(id)
    }

    fn account_called(&self, name: &str) -> Result<String, AppError> {
        if name.parse::<rejoinder_engine::id::Id>().is_ok() {
            return Ok(name.to_owned());
        }
        let found = self.record_called("email_account", name)?;
        found.ok_or_else(|| AppError::NotFound { what: "account", name: name.to_owned() })
    }

    /// The id of the record of a table that has this name; `None` where none has.
    pub fn record_called(&self, table: &str, name: &str) -> Result<Option<String>, AppError> {
        let filter = serde_json::json!({ "field": "name", "operator": "is", "value": name }).to_string();
        let found = self.get(&format!("/api/v1/records/{table}?filter={}", escaped(&filter)))?;
        let id = found.pointer("/items/0/id").and_then(serde_json::Value::as_str);
        Ok(id.map(str::to_owned))
    }

    /// A job that decides mails once more; what the API answers.
    pub fn reprocess_job(&self, id: &str) -> Result<serde_json::Value, AppError> {
        self.get(&format!("/api/v1/reprocess-jobs/{}", escaped(id)))
    }

    fn get(&self, path: &str) -> Result<serde_json::Value, AppError> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("Authorization", self.bearer());
        answer(request.call())
    }

    fn post_mail(
        &self,
        path: &str,
        bytes: &[u8],
        account: Option<&str>,
    ) -> Result<serde_json::Value, AppError> {
        let query = account.map(|name| format!("?account={}", escaped(name))).unwrap_or_default();
        let request = self
            .agent
            .post(format!("{}{path}{query}", self.base))
            .header("Authorization", self.bearer())
            .header("Content-Type", "message/rfc822");
        answer(request.send(bytes))
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

fn answer(
    called: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<serde_json::Value, AppError> {
    let unreadable =
        |error: ureq::Error| AppError::Refused(format!("the running program cannot be asked: {error}"));
    let mut answer = called.map_err(unreadable)?;
    let text = answer.body_mut().read_to_string().map_err(unreadable)?;
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    if answer.status().is_success() {
        return Ok(value);
    }
    let said = value.pointer("/error/message").and_then(serde_json::Value::as_str);
    Err(AppError::Refused(
        said.map_or_else(|| format!("the running program answered {}", answer.status()), str::to_owned),
    ))
}

fn text_of(value: &serde_json::Value, field: &str) -> String {
    value.get(field).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// A part of an address: everything but letters, digits and `-._~` as `%XX` (RFC 3986, 2.3).
pub fn escaped(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn an_address_part_carries_any_text() {
        assert_eq!(escaped("a b/<x@y>~"), "a%20b%2F%3Cx%40y%3E~");
    }
}
