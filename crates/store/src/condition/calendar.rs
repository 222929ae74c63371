//! Parts of moments and days, and two of them side by side, as SQL. The zones are those of the engine, not of the database, so that both
//! databases and the evaluator in memory know the same changes of the clock.

use std::fmt::Write as _;

use rejoinder_engine::condition::{
    By, Distance, Operator, PARTS_END, PARTS_FIRST, Part, Side, Unit, fixed_length, months_of, offsets,
};
use rejoinder_engine::time::{DAY, HOUR, SECOND};

use super::Expression;
use crate::dialect::Dialect;
use crate::schema::Storage;

/// The part of a value, no value where there is none.
pub(super) fn part(dialect: Dialect, part: Part, zone: &str, value: &Expression) -> String {
    let sql = &value.sql;
    match (value.storage, part) {
        (Storage::Date, Part::Hour) => "NULL".to_owned(),
        (Storage::Date, _) => dialect.day_part(part, sql),
        (Storage::Datetime, _) => {
            let local = format!("({sql} + {})", offset(zone, sql));
            let asked = if part == Part::Hour {
                format!("{} / {HOUR}", rest(&local, DAY))
            } else {
                dialect.day_part(part, &dialect.day_text(&days(&local)))
            };
            within_calendar(sql, &asked)
        }
        _ => "NULL".to_owned(),
    }
}

/// The value, no value for a moment beyond the calendar: there nothing overflows, as zones are below a day from UTC.
fn within_calendar(moment: &str, value: &str) -> String {
    let (first, end) = (PARTS_FIRST.micros(), PARTS_END.micros());
    format!("CASE WHEN {moment} >= {first} AND {moment} < {end} THEN {value} END")
}

/// What is left of a division, never negative.
fn rest(value: &str, length: i64) -> String {
    format!("((({value} % {length}) + {length}) % {length})")
}

/// Whole days since 1970. Division cuts towards zero: what is divided is made whole days first.
fn days(shown: &str) -> String {
    format!("(({shown} - {}) / {DAY})", rest(shown, DAY))
}

/// What a clock in the zone shows, in microseconds since 1970; no value where there is none.
fn shown(dialect: Dialect, zone: &str, value: &Expression) -> Option<String> {
    let sql = &value.sql;
    match value.storage {
        Storage::Date => Some(format!("{} * {DAY}", dialect.day_number(sql))),
        Storage::Datetime => Some(within_calendar(sql, &format!("({sql} + {})", offset(zone, sql)))),
        _ => None,
    }
}

/// Whether two values lie in one unit, or so far apart; unknown where one of them is no value. Each is read once, under
/// a name: its zone makes a long expression of it, and the limit keeps databases from writing it wherever the name is.
pub(super) fn beside(
    dialect: Dialect,
    by: &By,
    operator: Operator,
    (one, other): (&Expression, &Expression),
    alias: &str,
) -> Option<String> {
    let exact = by.distance.is_some() && matches!(by.unit, Unit::Minute | Unit::Hour);
    let zone = if exact { "UTC" } else { by.zone.as_deref().unwrap_or("UTC") };
    let (one_shown, other_shown) = (shown(dialect, zone, one)?, shown(dialect, zone, other)?);
    let read = format!(
        "(SELECT {} AS a, {one_shown} AS a_shown, {} AS b, {other_shown} AS b_shown LIMIT 1) AS {alias}",
        one.sql, other.sql
    );
    let asked = match by.distance {
        None => {
            let place = |name: &str| place(dialect, by, name);
            format!("{} = {}", place("a"), place("b"))
        }
        Some(distance) => apart(dialect, by.unit, distance, operator)?,
    };
    Some(format!("(SELECT {asked} FROM {read})"))
}

/// The number of the unit in which a value lies.
fn place(dialect: Dialect, by: &By, name: &str) -> String {
    let shown = format!("{name}_shown");
    let day = days(&shown);
    match (by.unit, fixed_length(by.unit)) {
        (Unit::Minute | Unit::Hour, Some(length)) => format!("({name} - {})", rest(&shown, length)),
        (Unit::Week, _) => {
            let days = format!("({day} + {})", by.week_start.days_before_1970());
            format!("(({days} - {}) / 7)", rest(&days, 7))
        }
        (_, Some(_)) => day,
        (unit, None) => format!("({} / {})", month(dialect, &shown), months_of(unit)),
    }
}

/// Months since the year 0.
fn month(dialect: Dialect, shown: &str) -> String {
    let day = dialect.day_text(&days(shown));
    format!("({} * 12 + {} - 1)", dialect.day_part(Part::Year, &day), dialect.day_part(Part::Month, &day))
}

fn apart(dialect: Dialect, unit: Unit, distance: Distance, operator: Operator) -> Option<String> {
    let Distance { amount, side } = distance;
    let amount = if side == Side::Before { -i64::from(amount) } else { i64::from(amount) };
    let (sign, inside) = match (operator, side) {
        (Operator::FartherThan, Side::Before) => ("<", ""),
        (Operator::FartherThan, Side::After) => (">", ""),
        (Operator::NearerThan, Side::Before) => (">", " AND a <= b"),
        (Operator::NearerThan, Side::After) => ("<", " AND a >= b"),
        _ => return None,
    };
    if let Some(length) = fixed_length(unit) {
        return Some(format!("a_shown {sign} b_shown + ({}){inside}", amount * length));
    }
    let months = amount * months_of(unit);
    let day_of = |days: &str| dialect.day_part(Part::Day, &dialect.day_text(days));
    let (one, other) = (days("a_shown"), days("b_shown"));
    // The last day of a month stands for those that it lacks.
    let (own, wanted, next) = (day_of(&one), day_of(&other), day_of(&format!("({one} + 1)")));
    let day = format!("CASE WHEN {next} = 1 AND {own} < {wanted} THEN {wanted} ELSE {own} END");
    Some(format!(
        "({}, {day}, {}) {sign} ({} + ({months}), {wanted}, {}){inside}",
        month(dialect, "a_shown"),
        rest("a_shown", DAY),
        month(dialect, "b_shown"),
        rest("b_shown", DAY),
    ))
}

/// The offset from UTC at a moment, in microseconds.
fn offset(zone: &str, sql: &str) -> String {
    let mut known = offsets(zone);
    let earliest = known.pop().map_or(0, |(_, offset)| i64::from(offset) * SECOND);
    if known.is_empty() {
        return format!("({earliest})");
    }
    let mut text = String::from("CASE");
    for (from, offset) in known {
        let _ = write!(text, " WHEN {sql} >= {} THEN {}", from.micros(), i64::from(offset) * SECOND);
    }
    let _ = write!(text, " ELSE {earliest} END");
    text
}
