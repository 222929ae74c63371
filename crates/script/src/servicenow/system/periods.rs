//! Moments by the periods of the user's calendar (`gs.daysAgoStart`, `gs.beginningOfLastMonth`), in UTC.

use crate::date::period::{Period, Place};
use crate::date::run::{now, zone};
use crate::describe::Member;
use crate::interp::kit::{Answer, Call};

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method("minutesAgo", AGO, "So many minutes ago.", |call| ago(call, Period::Minute, Place::Same)),
    Member::method("minutesAgoStart", AGO, "The first second of the minute so many minutes ago.", |call| {
        ago(call, Period::Minute, Place::Start)
    }),
    Member::method("minutesAgoEnd", AGO, "The last second of the minute so many minutes ago.", |call| {
        ago(call, Period::Minute, Place::End)
    }),
    Member::method("hoursAgo", AGO, "So many hours ago.", |call| ago(call, Period::Hour, Place::Same)),
    Member::method("hoursAgoStart", AGO, "The first second of the hour so many hours ago.", |call| {
        ago(call, Period::Hour, Place::Start)
    }),
    Member::method("hoursAgoEnd", AGO, "The last second of the hour so many hours ago.", |call| {
        ago(call, Period::Hour, Place::End)
    }),
    Member::method("daysAgo", AGO, "So many days ago.", |call| ago(call, Period::Day, Place::Same)),
    Member::method("daysAgoStart", AGO, "The first second of the day so many days ago.", |call| {
        ago(call, Period::Day, Place::Start)
    }),
    Member::method("daysAgoEnd", AGO, "The last second of the day so many days ago.", |call| {
        ago(call, Period::Day, Place::End)
    }),
    Member::method("weeksAgo", AGO, "So many weeks ago.", |call| ago(call, Period::Week, Place::Same)),
    Member::method("weeksAgoStart", AGO, "The first second of the week so many weeks ago.", |call| {
        ago(call, Period::Week, Place::Start)
    }),
    Member::method("weeksAgoEnd", AGO, "The last second of the week so many weeks ago.", |call| {
        ago(call, Period::Week, Place::End)
    }),
    Member::method("monthsAgo", AGO, "So many months ago.", |call| ago(call, Period::Month, Place::Same)),
    Member::method("monthsAgoStart", AGO, "The first second of the month so many months ago.", |call| {
        ago(call, Period::Month, Place::Start)
    }),
    Member::method("monthsAgoEnd", AGO, "The last second of the month so many months ago.", |call| {
        ago(call, Period::Month, Place::End)
    }),
    Member::method("quartersAgo", AGO, "So many quarters ago.", |call| {
        ago(call, Period::Quarter, Place::Same)
    }),
    Member::method(
        "quartersAgoStart",
        AGO,
        "The first second of the quarter so many quarters ago.",
        |call| ago(call, Period::Quarter, Place::Start),
    ),
    Member::method("quartersAgoEnd", AGO, "The last second of the quarter so many quarters ago.", |call| {
        ago(call, Period::Quarter, Place::End)
    }),
    Member::method("yearsAgo", AGO, "So many years ago.", |call| ago(call, Period::Year, Place::Same)),
    Member::method("yearsAgoStart", AGO, "The first second of the year so many years ago.", |call| {
        ago(call, Period::Year, Place::Start)
    }),
    Member::method("yearsAgoEnd", AGO, "The last second of the year so many years ago.", |call| {
        ago(call, Period::Year, Place::End)
    }),
    Member::method("yesterday", FIXED, "A day ago.", |call| at(call, Period::Day, -1, Place::Same)),
    Member::method("lastWeek", FIXED, "A week ago.", |call| at(call, Period::Week, -1, Place::Same)),
    Member::method("beginningOfToday", FIXED, "The first second of today.", |call| {
        at(call, Period::Day, 0, Place::Start)
    }),
    Member::method("endOfToday", FIXED, "The last second of today.", |call| {
        at(call, Period::Day, 0, Place::End)
    }),
    Member::method("beginningOfYesterday", FIXED, "The first second of yesterday.", |call| {
        at(call, Period::Day, -1, Place::Start)
    }),
    Member::method("endOfYesterday", FIXED, "The last second of yesterday.", |call| {
        at(call, Period::Day, -1, Place::End)
    }),
    Member::method("beginningOfTomorrow", FIXED, "The first second of tomorrow.", |call| {
        at(call, Period::Day, 1, Place::Start)
    }),
    Member::method("endOfTomorrow", FIXED, "The last second of tomorrow.", |call| {
        at(call, Period::Day, 1, Place::End)
    }),
    Member::method("beginningOfThisWeek", FIXED, "The first second of this week.", |call| {
        at(call, Period::Week, 0, Place::Start)
    }),
    Member::method("endOfThisWeek", FIXED, "The last second of this week.", |call| {
        at(call, Period::Week, 0, Place::End)
    }),
    Member::method("beginningOfLastWeek", FIXED, "The first second of the last week.", |call| {
        at(call, Period::Week, -1, Place::Start)
    }),
    Member::method("endOfLastWeek", FIXED, "The last second of the last week.", |call| {
        at(call, Period::Week, -1, Place::End)
    }),
    Member::method("beginningOfNextWeek", FIXED, "The first second of the next week.", |call| {
        at(call, Period::Week, 1, Place::Start)
    }),
    Member::method("endOfNextWeek", FIXED, "The last second of the next week.", |call| {
        at(call, Period::Week, 1, Place::End)
    }),
    Member::method("beginningOfThisMonth", FIXED, "The first second of this month.", |call| {
        at(call, Period::Month, 0, Place::Start)
    }),
    Member::method("endOfThisMonth", FIXED, "The last second of this month.", |call| {
        at(call, Period::Month, 0, Place::End)
    }),
    Member::method("beginningOfLastMonth", FIXED, "The first second of the last month.", |call| {
        at(call, Period::Month, -1, Place::Start)
    }),
    Member::method("endOfLastMonth", FIXED, "The last second of the last month.", |call| {
        at(call, Period::Month, -1, Place::End)
    }),
    Member::method("beginningOfNextMonth", FIXED, "The first second of the next month.", |call| {
        at(call, Period::Month, 1, Place::Start)
    }),
    Member::method("endOfNextMonth", FIXED, "The last second of the next month.", |call| {
        at(call, Period::Month, 1, Place::End)
    }),
    Member::method("beginningOfThisQuarter", FIXED, "The first second of this quarter.", |call| {
        at(call, Period::Quarter, 0, Place::Start)
    }),
    Member::method("endOfThisQuarter", FIXED, "The last second of this quarter.", |call| {
        at(call, Period::Quarter, 0, Place::End)
    }),
    Member::method("beginningOfLastQuarter", FIXED, "The first second of the last quarter.", |call| {
        at(call, Period::Quarter, -1, Place::Start)
    }),
    Member::method("endOfLastQuarter", FIXED, "The last second of the last quarter.", |call| {
        at(call, Period::Quarter, -1, Place::End)
    }),
    Member::method("beginningOfNextQuarter", FIXED, "The first second of the next quarter.", |call| {
        at(call, Period::Quarter, 1, Place::Start)
    }),
    Member::method("endOfNextQuarter", FIXED, "The last second of the next quarter.", |call| {
        at(call, Period::Quarter, 1, Place::End)
    }),
    Member::method("beginningOfThisYear", FIXED, "The first second of this year.", |call| {
        at(call, Period::Year, 0, Place::Start)
    }),
    Member::method("endOfThisYear", FIXED, "The last second of this year.", |call| {
        at(call, Period::Year, 0, Place::End)
    }),
    Member::method("beginningOfLastYear", FIXED, "The first second of the last year.", |call| {
        at(call, Period::Year, -1, Place::Start)
    }),
    Member::method("endOfLastYear", FIXED, "The last second of the last year.", |call| {
        at(call, Period::Year, -1, Place::End)
    }),
    Member::method("beginningOfNextYear", FIXED, "The first second of the next year.", |call| {
        at(call, Period::Year, 1, Place::Start)
    }),
    Member::method("endOfNextYear", FIXED, "The last second of the next year.", |call| {
        at(call, Period::Year, 1, Place::End)
    }),
    Member::method("beginningOfCurrentHour", FIXED, "The first second of the current hour.", |call| {
        at(call, Period::Hour, 0, Place::Start)
    }),
    Member::method("endOfCurrentHour", FIXED, "The last second of the current hour.", |call| {
        at(call, Period::Hour, 0, Place::End)
    }),
    Member::method("beginningOfLastHour", FIXED, "The first second of the last hour.", |call| {
        at(call, Period::Hour, -1, Place::Start)
    }),
    Member::method("endOfLastHour", FIXED, "The last second of the last hour.", |call| {
        at(call, Period::Hour, -1, Place::End)
    }),
    Member::method("beginningOfCurrentMinute", FIXED, "The first second of the current minute.", |call| {
        at(call, Period::Minute, 0, Place::Start)
    }),
    Member::method("endOfCurrentMinute", FIXED, "The last second of the current minute.", |call| {
        at(call, Period::Minute, 0, Place::End)
    }),
    Member::method("beginningOfLastMinute", FIXED, "The first second of the last minute.", |call| {
        at(call, Period::Minute, -1, Place::Start)
    }),
    Member::method("endOfLastMinute", FIXED, "The last second of the last minute.", |call| {
        at(call, Period::Minute, -1, Place::End)
    }),
];

const AGO: &str = "(count: number): string";
const FIXED: &str = "(): string";

fn ago<'js>(call: &Call<'_, 'js>, period: Period, place: Place) -> Answer<'js> {
    let count = call.whole(0, 0)?;
    at(call, period, count.saturating_neg(), place)
}

fn at<'js>(call: &Call<'_, 'js>, period: Period, by: i64, place: Place) -> Answer<'js> {
    let moment = period.moved(now(call)?, &zone(call)?, by, place)?;
    call.give_text(&moment.text())
}
