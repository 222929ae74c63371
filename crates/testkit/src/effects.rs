//! What a load of mails ([`crate::load`]) must have led to: one incident, one number and one answer for each, and
//! a receiver's log that fits the deliveries.

use std::collections::BTreeMap;
use std::time::Duration;

use rejoinder_server::env::pause;
use serde_json::Value as Json;

use crate::api::Api;
use crate::receiver::Receiver;

/// Between two looks at the queues.
const LOOK: Duration = Duration::from_millis(100);

/// A text of a row; empty where there is none.
fn text<'a>(row: &'a Json, field: &str) -> &'a str {
    row.get(field).and_then(Json::as_str).unwrap_or_default()
}

/// What waits to be decided, told or sent, or is under way; a few rows of each.
const OPEN: [&str; 6] = [
    "/api/v1/arrivals?state=ready&limit=2",
    "/api/v1/arrivals?state=in_process&limit=2",
    "/api/v1/events?state=ready&limit=2",
    "/api/v1/events?state=in_process&limit=2",
    "/api/v1/deliveries?state=ready&limit=2",
    "/api/v1/deliveries?state=sending&limit=2",
];

fn rows(api: &Api, path: &str) -> Vec<Json> {
    api.get(path).get("items").and_then(Json::as_array).cloned().unwrap_or_default()
}

/// Whether nothing waits to be decided, told or sent.
pub fn is_idle(api: &Api) -> bool {
    OPEN.iter().all(|path| rows(api, path).is_empty())
}

/// Waits until nothing is left to do.
pub fn drain(api: &Api, patience: Duration) {
    for _ in 0..patience.as_millis() / LOOK.as_millis() {
        if is_idle(api) {
            return;
        }
        pause(LOOK);
    }
    let left: Vec<Json> = OPEN.iter().flat_map(|path| rows(api, path)).collect();
    panic!("the queues did not run empty within {patience:?}; left is, among others: {left:#?}");
}

/// What became of a load.
pub struct Effects {
    /// What is not as it must be.
    pub violations: Vec<String>,
    /// How many deliveries are uncertain.
    pub uncertain: usize,
}

impl Effects {
    /// Of the first `mails` mails of a load.
    pub fn of_load(api: &Api, receiver: &Receiver, mails: usize) -> Self {
        let mut effects = Self { violations: Vec::new(), uncertain: 0 };
        effects.incidents(api, mails);
        effects.answers(api, receiver, mails);
        effects
    }

    /// Notes what does not hold.
    pub fn must(&mut self, holds: bool, what: String) {
        if !holds {
            self.violations.push(what);
        }
    }

    fn incidents(&mut self, api: &Api, mails: usize) {
        let mut subjects: BTreeMap<String, u32> = BTreeMap::new();
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        for incident in api.all("/api/v1/records/incident") {
            let fields = incident.get("fields").unwrap_or(&Json::Null);
            *subjects.entry(text(fields, "subject").to_owned()).or_default() += 1;
            *numbers.entry(text(fields, "number").to_owned()).or_default() += 1;
        }
        for n in 0..mails {
            let count = subjects.remove(&format!("Load {n}")).unwrap_or_default();
            self.must(count == 1, format!("mail {n} has {count} incidents"));
        }
        self.must(subjects.is_empty(), format!("incidents of no mail: {subjects:?}"));
        for (number, count) in numbers {
            self.must(count == 1, format!("{count} incidents share the number {number}"));
        }
        let incoming = api.all("/api/v1/emails?direction=incoming").len();
        self.must(incoming == mails, format!("{incoming} incoming mails instead of {mails}"));
    }

    fn answers(&mut self, api: &Api, receiver: &Receiver, mails: usize) {
        let mut log: BTreeMap<String, u32> = BTreeMap::new();
        for received in receiver.received() {
            *log.entry(received.message_id).or_default() += 1;
        }
        let deliveries: BTreeMap<String, Json> = api
            .all("/api/v1/deliveries")
            .into_iter()
            .map(|row| (text(&row, "email").to_owned(), row))
            .collect();
        let answers = api.all("/api/v1/emails?direction=outgoing");
        self.must(answers.len() == mails, format!("{} answers instead of {mails}", answers.len()));
        for answer in answers {
            let got = log.remove(text(&answer, "message_id")).unwrap_or_default();
            let delivery = deliveries.get(text(&answer, "id"));
            match delivery.map(|row| text(row, "state")) {
                Some("sent") => {
                    self.must(got == 1, format!("an answer that is `sent` was received {got} times"));
                }
                Some("uncertain") => {
                    self.uncertain += 1;
                    self.must(got <= 1, format!("an uncertain answer was received {got} times"));
                }
                _ => self.must(false, format!("an answer ended as {delivery:?}")),
            }
        }
        self.must(log.is_empty(), format!("{} mails were received that nobody planned", log.len()));
    }
}
