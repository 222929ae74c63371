//! Parts of moments and days as SQL. The zones are those of the engine, not of the database, so that both
//! databases and the evaluator in memory know the same changes of the clock.

use std::fmt::Write as _;

use rejoinder_engine::condition::{PARTS_END, PARTS_FIRST, Part, offsets};
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
            let (first, end) = (PARTS_FIRST.micros(), PARTS_END.micros());
            // Zones are below a day from UTC, so that nothing overflows between the two limits.
            let local = format!("({sql} + {})", offset(zone, sql));
            let asked = if part == Part::Hour {
                format!("((({local} % {DAY}) + {DAY}) % {DAY}) / {HOUR}")
            } else {
                // Division cuts towards zero: what is divided is made whole days first.
                let days = format!("(({local} - ((({local} % {DAY}) + {DAY}) % {DAY})) / {DAY})");
                dialect.day_part(part, &dialect.day_text(&days))
            };
            format!("CASE WHEN {sql} >= {first} AND {sql} < {end} THEN {asked} END")
        }
        _ => "NULL".to_owned(),
    }
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
