//! Works out every verdict of a trace again, from its stored text alone and with rules written here a second time;
//! and compares what was asked with the version of the rule or action that the trace names.

use std::cmp::Ordering;

use rejoinder_engine::condition::Condition;
use rejoinder_engine::condition::eval::Reason;
use rejoinder_engine::config::Config;
use rejoinder_engine::fold::fold;
use rejoinder_engine::id::Id;
use rejoinder_engine::trace::{Step, Trace};
use serde_json::Value as Json;

/// Checks all verdicts of a trace; how many there were.
pub(crate) fn check(trace: &Trace, config: &Config) -> usize {
    let text = serde_json::to_string(trace).unwrap();
    let stored: Json = serde_json::from_str(&text).unwrap();
    let steps = stored["steps"].as_array().unwrap();
    let mut checked = 0;
    for (place, step) in steps.iter().enumerate().filter(|(_, step)| step["step"] == "considered") {
        let (name, outcome) = (&step["name"], step["outcome"].as_str().unwrap());
        let said = match (step.get("because"), step.get("reason")) {
            (None | Some(Json::Null), Some(reason)) if !reason.is_null() => {
                if holds(reason) {
                    "ran"
                } else {
                    "skipped"
                }
            }
            (Some(why), None | Some(Json::Null)) if !why.is_null() => without_condition(steps, place, why),
            // The condition holds, and its script has answered no.
            (Some(why), Some(reason)) if why["code"] == "condition_script" => {
                let asked = |fact: &&Json| fact["step"] == "script" && fact["kind"] == "condition";
                let answer = steps[..place].iter().rfind(asked).unwrap();
                assert!(holds(reason), "its condition holds: {step}");
                assert_eq!((&answer["id"], &answer["outcome"]), (&step["id"], &Json::from("no")), "{step}");
                "skipped"
            }
            other => panic!("{name}: a verdict without a reason: {other:?}"),
        };
        assert_eq!(outcome, said, "{name}: {step}");
        checked += 1;
    }
    for step in &trace.steps {
        if let Step::Considered { .. } = step {
            asked(step, config);
        }
    }
    complete(trace, config);
    checked
}

/// The outcome that a reason other than a condition has, and the fact of the trace that bears it out.
fn without_condition(steps: &[Json], place: usize, why: &Json) -> &'static str {
    let (code, text) = (why["code"].as_str().unwrap(), why["text"].as_str().unwrap());
    let fact = |step: &str, field: &str| {
        let found = steps[..place].iter().rfind(|fact| fact["step"] == step);
        found.map(|fact| fact[field].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
    };
    // What ran when the mail was decided before still stops.
    let has_run = |step: &&Json| step["outcome"] == "ran" || step["because"]["code"] == "done_before";
    let mut ran = steps[..place].iter().filter(|step| step["step"] == "considered").filter(has_run);
    match code {
        "message_type" => assert!(text.ends_with(&fact("class", "class")), "{text}"),
        "not_verified" => assert_ne!(fact("sender", "authenticity"), "verified", "{text}"),
        "stopped" => {
            assert!(ran.any(|step| text.starts_with(step["name"].as_str().unwrap())), "{text}");
        }
        // What the record, the account or the participants say; the text names it.
        "no_record" | "other_table" | "as_work_note" | "not_participant" | "account" | "too_many"
        | "not_the_sender" | "no_rights" | "done_before" => {}
        // Whatever went wrong is a fact of its own, of the same rule, with the same code.
        _ => {
            let told = |step: &Json| step["step"] == "error" && step["why"]["code"] == why["code"];
            assert!(steps.iter().any(told), "an error that is told nowhere: {why}");
            return "error";
        }
    }
    "skipped"
}

/// Whether the condition holds by the values that it saw.
pub(crate) fn holds(reason: &Json) -> bool {
    let (kind, body) = reason.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "all" => !body.as_array().unwrap().iter().any(|part| !holds(part)),
        "any" => body.as_array().unwrap().iter().any(holds),
        "not" => !holds(body),
        "clause" => clause_holds(body),
        other => panic!("`{other}` is no part of a reason"),
    }
}

fn clause_holds(clause: &Json) -> bool {
    // A text that was cut has its verdict beside it, because the rest of it is gone.
    if let Some(holds) = clause.get("cut").and_then(Json::as_bool) {
        return holds;
    }
    let (actual, old) = (&clause["actual"], clause.get("old"));
    let operands = clause["operands"].as_array().unwrap();
    let first = operands.first();
    let is = |value: &Json| first.is_some_and(|operand| same(operand, value));
    let changed = old.is_some_and(|old| !same(old, actual));
    let one_of = || actual != "null" && operands.iter().any(|operand| same(operand, actual));
    let holds = || match (text(actual), actual.get("list"), first.and_then(text)) {
        (Some(whole), _, Some(part)) => fold(whole).contains(&fold(part)),
        (_, Some(items), Some(item)) => items.as_array().unwrap().iter().any(|one| one == item),
        _ => false,
    };
    let ends = |test: fn(&str, &str) -> bool| match (text(actual), first.and_then(text)) {
        (Some(whole), Some(part)) => test(&fold(whole), &fold(part)),
        _ => false,
    };
    // Where the value lies: before all of the operand, within it, or after all of it.
    let place = |operand: &Json| match operand.get("range") {
        None => order(actual, operand),
        Some(range) => match (order(actual, &range["from"])?, order(actual, &range["to"])) {
            (Ordering::Less, _) => Some(Ordering::Less),
            (_, Some(Ordering::Equal | Ordering::Greater)) => Some(Ordering::Greater),
            _ => Some(Ordering::Equal),
        },
    };
    let lies = |places: &[Ordering]| first.and_then(place).is_some_and(|place| places.contains(&place));
    match clause["operator"].as_str().unwrap() {
        "anything" => true,
        "is" => is(actual),
        "is_not" => !is(actual),
        "in" | "instance_of" => one_of(),
        "has_words" => operands.iter().all(|word| word.get("text").is_some_and(|word| is_item(actual, word))),
        "in_hierarchy" => {
            operands.iter().any(|root| root.get("ref").is_some_and(|root| is_item(actual, root)))
        }
        "not_in" => !one_of(),
        "is_empty" => actual == "null",
        "is_not_empty" => actual != "null",
        "contains" | "has" => holds(),
        "not_contains" | "has_not" => !holds(),
        "starts_with" => ends(|whole, part| whole.starts_with(part)),
        "ends_with" => ends(|whole, part| whole.ends_with(part)),
        "less_than" => lies(&[Ordering::Less]),
        "less_or_equal" => lies(&[Ordering::Less, Ordering::Equal]),
        "greater_than" => lies(&[Ordering::Greater]),
        "greater_or_equal" => lies(&[Ordering::Greater, Ordering::Equal]),
        "between" => {
            let last = operands.get(1).and_then(place);
            lies(&[Ordering::Greater, Ordering::Equal])
                && matches!(last, Some(Ordering::Less | Ordering::Equal))
        }
        "on" => lies(&[Ordering::Equal]),
        "not_on" => !lies(&[Ordering::Equal]),
        "same_as" | "not_same_as" => {
            let same = match clause.get("by") {
                Some(by) => first.is_some_and(|other| in_one_unit(by, actual, other)),
                None => actual != "null" && is(actual),
            };
            same == (clause["operator"] == "same_as")
        }
        operator @ ("farther_than" | "nearer_than") => {
            first.is_some_and(|other| is_apart(&clause["by"], operator, actual, other))
        }
        "changes" => changed,
        "changes_to" => changed && is(actual),
        "changes_from" => changed && old.is_some_and(is),
        other => panic!("`{other}` is no operator"),
    }
}

/// What a clock in the zone shows at a moment, or the beginning of a day.
fn shown(by: &Json, value: &Json) -> Option<jiff::ZonedDateTime> {
    let zone = jiff::tz::TimeZone::get(by["zone"].as_str()?).unwrap();
    match (value.get("time"), value.get("date")) {
        (Some(at), _) => Some(jiff::Timestamp::from_microsecond(at.as_i64()?).ok()?.to_zoned_datetime(zone)),
        (_, Some(day)) => {
            day.as_str()?.parse::<jiff::civil::Date>().ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()
        }
        _ => None,
    }
}

fn in_one_unit(by: &Json, one: &Json, other: &Json) -> bool {
    let unit = by["unit"].as_str().unwrap();
    let place = |value: &Json| {
        let at = shown(by, value)?;
        Some(match unit {
            "minute" => at.strftime("%Y-%m-%d %H:%M %z").to_string(),
            "hour" => at.strftime("%Y-%m-%d %H %z").to_string(),
            "day" => at.date().to_string(),
            "week" => {
                let begins = match by["week_start"].as_str().unwrap() {
                    "monday" => jiff::civil::Weekday::Monday,
                    "sunday" => jiff::civil::Weekday::Sunday,
                    _ => jiff::civil::Weekday::Saturday,
                };
                let into = at.weekday().since(begins);
                (at.date() - jiff::Span::new().days(i64::from(into))).to_string()
            }
            "quarter" => format!("{} {}", at.year(), (at.month() + 2) / 3),
            "month" => at.strftime("%Y-%m").to_string(),
            _ => at.year().to_string(),
        })
    };
    place(one).is_some() && place(one) == place(other)
}

fn is_apart(by: &Json, operator: &str, one: &Json, other: &Json) -> bool {
    let (amount, before) = (by["distance"]["amount"].as_i64().unwrap(), by["distance"]["side"] == "before");
    let (Some(here), Some(there)) = (shown(by, one), shown(by, other)) else { return false };
    let span = jiff::Span::new();
    let (span, exact) = match by["unit"].as_str().unwrap() {
        "minute" => (span.minutes(amount), true),
        "hour" => (span.hours(amount), true),
        "day" => (span.days(amount), false),
        "week" => (span.weeks(amount), false),
        "month" => (span.months(amount), false),
        "quarter" => (span.months(3 * amount), false),
        _ => (span.years(amount), false),
    };
    let span = if before { -span } else { span };
    let place = if exact {
        here.timestamp().cmp(&(there.timestamp() + span))
    } else {
        here.datetime().cmp(&(there.datetime() + span))
    };
    let farther = if before { Ordering::Less } else { Ordering::Greater };
    let within =
        if before { here.timestamp() <= there.timestamp() } else { here.timestamp() >= there.timestamp() };
    if operator == "farther_than" { place == farther } else { place == farther.reverse() && within }
}

/// Whether a list holds exactly this.
fn is_item(list: &Json, item: &Json) -> bool {
    list.get("list").and_then(Json::as_array).is_some_and(|items| items.contains(item))
}

fn text(value: &Json) -> Option<&str> {
    value.get("text")?.as_str()
}

fn same(one: &Json, other: &Json) -> bool {
    match (text(one), text(other)) {
        (Some(one), Some(other)) => fold(one) == fold(other),
        _ => one == other,
    }
}

/// The order of two values of one kind that has an order.
fn order(one: &Json, other: &Json) -> Option<Ordering> {
    let ((kind, one), (same_kind, other)) =
        (one.as_object()?.iter().next()?, other.as_object()?.iter().next()?);
    match (kind.as_str(), kind == same_kind) {
        ("text", true) => Some(fold(one.as_str()?).cmp(&fold(other.as_str()?))),
        ("int" | "decimal" | "time" | "duration", true) => Some(one.as_i64()?.cmp(&other.as_i64()?)),
        ("bool", true) => Some(one.as_bool()?.cmp(&other.as_bool()?)),
        ("ref" | "date", true) => Some(one.as_str()?.cmp(other.as_str()?)),
        _ => None,
    }
}

/// The version of the rule or action is the one that was decided with, and its condition is the one that was asked.
fn asked(step: &Step, config: &Config) {
    let Step::Considered { kind, id, name, version, reason, .. } = step else { return };
    let known = match kind.as_str() {
        "rule" => {
            let rule = config.rules.iter().find(|rule| rule.id == *id).unwrap();
            (&rule.name, rule.version, &rule.condition)
        }
        "template" => return asked_of_template(*id, name, *version, reason.as_ref(), config),
        "business_rule" => {
            let rule = config.automation.business_rules.iter().find(|rule| rule.id == *id).unwrap();
            (&rule.name, rule.version, &rule.condition)
        }
        "event_action" => {
            let action = config.automation.event_actions.iter().find(|action| action.id == *id).unwrap();
            (&action.name, action.version, &action.condition)
        }
        _ => {
            let action = config.actions.iter().find(|action| action.id == *id).unwrap();
            (&action.name, action.version, &action.condition)
        }
    };
    assert_eq!((known.0, known.1), (name, *version), "the rule as it was");
    let Some(reason) = reason else { return };
    let condition = known.2.as_ref().unwrap_or_else(|error| panic!("{name} was asked: {error}"));
    assert!(is_of(reason, condition), "{name}: {reason:?} is no reason for {condition:?}");
}

/// The template is the one that was chosen from, and its condition that of an action that names it.
fn asked_of_template(id: Id, name: &str, version: i64, reason: Option<&Reason>, config: &Config) {
    let template = config.templates.by_id(id).unwrap();
    assert_eq!((template.name.as_str(), template.version), (name, version), "the template as it was");
    let choices = config.actions.iter().filter_map(|action| action.reply_templates.as_ref().ok()).flatten();
    let mut conditions = choices.filter(|(template, _)| template == name).map(|(_, condition)| condition);
    assert!(conditions.any(|condition| is_of(reason.unwrap(), condition)), "{name}: {reason:?}");
}

/// Whether the reason looks at the clauses of the condition, in their order, and leaves out only what was not asked.
fn is_of(reason: &Reason, condition: &Condition) -> bool {
    let each = |reasons: &[Reason], conditions: &[Condition], stop: bool| {
        let all = reasons.len() == conditions.len();
        let stopped =
            reasons.len() < conditions.len() && reasons.last().is_some_and(|last| last.holds() == stop);
        (all || stopped) && reasons.iter().zip(conditions).all(|(reason, condition)| is_of(reason, condition))
    };
    match (reason, condition) {
        (Reason::All(reasons), Condition::All(conditions)) => each(reasons, conditions, false),
        (Reason::Any(reasons), Condition::Any(conditions)) => each(reasons, conditions, true),
        (Reason::Not(reason), Condition::Not(condition)) => is_of(reason, condition),
        // What depended on the occasion was put in, and its word kept beside it.
        (Reason::Clause(seen), Condition::Clause(clause)) if clause.is_open() => {
            seen.path == clause.path_text() && (seen.word.is_some() || seen.part.is_some())
        }
        (Reason::Any(_) | Reason::All(_), Condition::Clause(clause)) => clause.is_open(),
        // The value of another field took the place of its path.
        (Reason::Clause(seen), Condition::Clause(clause)) if seen.word.is_some() => {
            (&seen.path, seen.operator) == (&clause.path_text(), clause.operator)
                && seen.operands.len() == clause.operands.len()
        }
        (Reason::Clause(seen), Condition::Clause(clause)) => {
            seen.path == clause.path_text()
                && (seen.operator, &seen.operands) == (clause.operator, &clause.operands)
        }
        _ => false,
    }
}

/// A mail for which one action was considered has a verdict on every action, in the order in which they run; of very many
/// that were passed over it has the number.
fn complete(trace: &Trace, config: &Config) {
    let cut = |step: &Step| matches!(step, Step::Note { why } if why.code == "trace_cut");
    let considered: Vec<_> = trace
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Considered { kind, id, .. } if kind == "action" => Some(*id),
            _ => None,
        })
        .collect();
    if considered.is_empty() || trace.steps.iter().any(cut) {
        return;
    }
    let mut all = config.actions.iter().map(|action| action.id);
    assert!(
        considered.iter().all(|id| all.any(|action| action == *id)),
        "verdicts in the order of the actions"
    );
    let counted = trace.steps.iter().find_map(|step| match step {
        Step::Note { why } if why.code == "skipped_cut" => why.text.split(' ').next()?.parse::<usize>().ok(),
        _ => None,
    });
    let verdicts = considered.len() + counted.unwrap_or_default();
    assert_eq!(
        verdicts,
        config.actions.len(),
        "a verdict on every action, or its place in the number of those passed over"
    );
}
