//! What is asked of the filled database: lists of three indexed conditions, their values drawn anew each time.

use rejoinder_engine::time::{SECOND, Timestamp};
use rejoinder_testkit::random::Random;
use serde_json::{Value as Json, json};

use super::people::{END, GROUPS, OPEN, SPAN, Size, group, user};

/// Draws the parts of a condition.
type Draw = fn(&mut Random, Size) -> Vec<Json>;

/// How a list is narrowed, by a name for people.
pub(crate) const KINDS: [(&str, Draw); 8] = [
    ("open state, group, last 30 days", |random, _| {
        vec![is("state", open(random)), a_group(random), after(END - 30 * DAY)]
    }),
    ("closed, group, one month", |random, _| {
        let [from, to] = range(random, 30);
        vec![is("state", "closed"), a_group(random), from, to]
    }),
    ("three open states, agent, one year", |random, size| {
        let states: Vec<&str> = (0..3).map(|_| open(random)).collect();
        let [from, to] = range(random, 365);
        vec![json!({"field": "state", "operator": "in", "values": states}), agent(random, size), from, to]
    }),
    ("caller, state, one year", |random, size| {
        let [from, to] = range(random, 365);
        vec![caller(random, size), is("state", any(random)), from, to]
    }),
    ("group, agent, one quarter", |random, size| {
        let group_of = skewed(random, GROUPS);
        let agent = user(size.agent_of(group_of, random.below(5))).to_string();
        let [from, to] = range(random, 90);
        vec![is("assignment_group", &group(group_of).to_string()), is("assigned_user", &agent), from, to]
    }),
    ("caller, group, closed", |random, size| {
        vec![caller(random, size), a_group(random), is("state", "closed")]
    }),
    ("any state, group, agent", |random, size| {
        vec![is("state", any(random)), a_group(random), agent(random, size)]
    }),
    ("rare state, group, all three years", |random, _| {
        let states = ["rejected_by_user", "postponed", "information_needed"];
        let state = pick(&states, random);
        vec![is("state", state), a_group(random), after(END - SPAN)]
    }),
];

const DAY: i64 = 86_400;

fn is(field: &str, value: &str) -> Json {
    json!({"field": field, "operator": "is", "value": value})
}

fn after(seconds: i64) -> Json {
    let at = Timestamp::from_micros(seconds * SECOND).rfc3339();
    json!({"field": "created_at", "operator": "greater_than", "value": at})
}

/// Some days, anywhere in the three years.
fn range(random: &mut Random, days: i64) -> [Json; 2] {
    let span = u64::try_from(SPAN - days * DAY).expect("less than three years");
    let from = END - SPAN + i64::try_from(random.below(span)).expect("seconds");
    let at = Timestamp::from_micros((from + days * DAY) * SECOND).rfc3339();
    [after(from), json!({"field": "created_at", "operator": "less_than", "value": at})]
}

pub(crate) fn pick<'a>(all: &[&'a str], random: &mut Random) -> &'a str {
    let place = random.below(all.len() as u64);
    all.get(usize::try_from(place).unwrap_or(0)).copied().unwrap_or_default()
}

fn open(random: &mut Random) -> &'static str {
    pick(&OPEN, random)
}

fn any(random: &mut Random) -> &'static str {
    if random.below(2) == 0 { open(random) } else { pick(&["closed", "completed"], random) }
}

fn skewed(random: &mut Random, limit: u64) -> u64 {
    let dice = random.below(1_000);
    dice * dice * limit / 1_000_000
}

fn a_group(random: &mut Random) -> Json {
    is("assignment_group", &group(skewed(random, GROUPS)).to_string())
}

fn agent(random: &mut Random, size: Size) -> Json {
    is("assigned_user", &user(random.below(size.agents())).to_string())
}

fn caller(random: &mut Random, size: Size) -> Json {
    is("caller", &user(skewed(random, size.users)).to_string())
}

/// The condition that all of these hold.
pub(crate) fn all(parts: Vec<Json>) -> String {
    json!({ "all": parts }).to_string()
}

/// Whether a record as the API gives it fulfils the parts.
pub(crate) fn holds(item: &Json, parts: &[Json]) -> bool {
    let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    parts.iter().all(|part| {
        let found = item.pointer(&format!("/fields/{}", text(part, "field"))).and_then(Json::as_str);
        let (found, value) = (found.unwrap_or_default(), text(part, "value"));
        match text(part, "operator").as_str() {
            "is" => found == value,
            "in" => {
                part.get("values").and_then(Json::as_array).is_some_and(|all| all.contains(&found.into()))
            }
            // RFC 3339 in UTC is in the order of its text, as far as seconds go.
            "greater_than" => found.get(..19) >= value.get(..19),
            _ => found.get(..19) <= value.get(..19),
        }
    })
}
