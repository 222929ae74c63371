//! Dates of `gs`: now, moments of a day, differences, tests.

use jiff::civil::{Date, DateTime};

use crate::date::calendar::{day_text, text_of, weekday};
use crate::date::run::{moment_of, now, zone};
use crate::date::{DateError, Moment, input, length};
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::servicenow::date_time;

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method("now", "(): string", "Today in the user's zone, `yyyy-MM-dd`.", |call| {
        call.give_text(&day_text(now(call)?.local(&zone(call)?).date()))
    }),
    Member::method("nowDateTime", "(): string", "Now in the user's zone, `yyyy-MM-dd HH:mm:ss`.", |call| {
        call.give_text(&text_of(now(call)?.local(&zone(call)?)))
    }),
    Member::method("nowNoTZ", "(): string", "Now in UTC, `yyyy-MM-dd HH:mm:ss`.", |call| {
        call.give_text(&now(call)?.text())
    }),
    Member::method("nowGlideDateTime", "(): GlideDateTime", "Now.", |call| {
        date_time::object(call, call.shared.now_micros)
    }),
    Member::method(
        "dateGenerate",
        "(date: string, range: string): string",
        "A time of a day in the user's zone, in UTC: `start`, `end` or `HH:mm:ss`.",
        generate,
    ),
    Member::method(
        "dateDiff",
        "(start: string, end: string, numeric?: boolean): string | null",
        "The time between two moments in the user's zone: seconds, or `d HH:mm:ss`; null where one is no moment.",
        difference,
    ),
    Member::method(
        "calDateDiff",
        "(start: string, end: string, numeric?: boolean): string | null",
        "The same as `dateDiff`.",
        difference,
    ),
    Member::method(
        "datePart",
        "(unit: string, value: string, operator: string): string",
        "The value of a `DATEPART` condition, as encoded queries write it.",
        |call| {
            let quoted = |index: usize| Ok::<_, Halt>(format!("'{}'", call.text(index)?.replace('\'', "")));
            let parts = [quoted(0)?, quoted(1)?, quoted(2)?];
            call.give_text(&format!("javascript:gs.datePart({})", parts.join(",")))
        },
    ),
    Member::method(
        "isFirstDayOfWeek",
        TEST,
        "Whether a moment is on a Monday of the user's calendar.",
        |call| tested(call, |day| weekday(day) == 1),
    ),
    Member::method(
        "isLastDayOfWeek",
        TEST,
        "Whether a moment is on a Sunday of the user's calendar.",
        |call| tested(call, |day| weekday(day) == 7),
    ),
    Member::method(
        "isFirstDayOfMonth",
        TEST,
        "Whether a moment is on the first day of a month of the user's calendar.",
        |call| tested(call, |day| day.day() == 1),
    ),
    Member::method(
        "isLastDayOfMonth",
        TEST,
        "Whether a moment is on the last day of a month of the user's calendar.",
        |call| tested(call, |day| day == day.last_of_month()),
    ),
    Member::method(
        "isFirstDayOfYear",
        TEST,
        "Whether a moment is on 1 January of the user's calendar.",
        |call| tested(call, |day| day == day.first_of_year()),
    ),
    Member::method(
        "isLastDayOfYear",
        TEST,
        "Whether a moment is on 31 December of the user's calendar.",
        |call| tested(call, |day| day == day.last_of_year()),
    ),
];

const TEST: &str = "(at?: GlideDateTime | string): boolean";

fn generate<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (date, range) = (call.text(0)?, call.text(1)?);
    let day = input::glide(&date).ok_or(DateError::Text(date))?.date();
    let time = match range.as_str() {
        "start" => Some(jiff::civil::Time::midnight()),
        "end" => input::time("23:59:59"),
        other => input::time(other),
    };
    let time = time.ok_or(DateError::Form { text: range, form: "start, end or HH:mm:ss".to_owned() })?;
    call.give_text(&Moment::from_local(DateTime::from_parts(day, time), &zone(call)?)?.text())
}

fn local(call: &Call<'_, '_>, index: usize) -> Result<Option<Moment>, Halt> {
    let Some(at) = input::glide(&call.text(index)?) else { return Ok(None) };
    Ok(Some(Moment::from_local(at, &zone(call)?)?))
}

fn difference<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (Some(start), Some(end)) = (local(call, 0)?, local(call, 1)?) else { return Ok(call.null()) };
    let seconds = end.seconds() - start.seconds();
    if call.flag(2, false)? {
        return call.give_text(&seconds.to_string());
    }
    call.give_text(&length::text(seconds * length::SECOND))
}

fn tested<'js>(call: &Call<'_, 'js>, test: fn(Date) -> bool) -> Answer<'js> {
    let at = match moment_of(call, 0)? {
        Some(at) => at,
        None => now(call)?,
    };
    Ok(call.give_flag(test(at.local(&zone(call)?).date())))
}
