//! What expressions mean, moment for moment, and what is said about wrong ones.

use super::*;
use crate::time::{HOUR, SECOND};

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The moments after `after` and before `before`, in UTC.
fn between(cron: &str, zone: &TimeZone, after: &str, before: &str) -> Vec<String> {
    let cron = Cron::parse(cron).unwrap();
    let mut all = Vec::new();
    let mut last = at(after);
    while let Some(next) = cron.next(last, zone).filter(|next| *next < at(before)) {
        assert!(next > last, "a search only goes forward");
        all.push(next.rfc3339().chars().take(16).collect());
        last = next;
    }
    all
}

#[test]
fn lists_ranges_steps_names_and_nicknames_mean_what_they_mean_elsewhere() {
    let day = |cron| between(cron, &TimeZone::UTC, "2026-11-22T23:59:59Z", "2026-11-24T00:00:00Z");
    assert_eq!(
        day("*/30 9-10 * * mon"),
        ["2026-11-23T09:00", "2026-11-23T09:30", "2026-11-23T10:00", "2026-11-23T10:30"]
    );
    assert_eq!(day("5/20 7 * nov 1,7"), ["2026-11-23T07:05", "2026-11-23T07:25", "2026-11-23T07:45"]);
    assert_eq!(day("@daily"), ["2026-11-23T00:00"]);
    assert_eq!(day("@HOURLY").len(), 24);
    assert_eq!(day("0 12 1 * mon"), ["2026-11-23T12:00"], "either day is enough where both are named");
    assert_eq!(day("0 12 1 * *"), [""; 0]);
    assert_eq!(
        day("0 12 */2 * mon"),
        ["2026-11-23T12:00"],
        "both days count where one of them is a step of all"
    );
    let sunday = |cron| between(cron, &TimeZone::UTC, "2026-11-21T12:00:00Z", "2026-11-23T00:00:00Z");
    assert_eq!(sunday("0 8 * * 7"), ["2026-11-22T08:00"]);
    assert_eq!(sunday("0 8 * * 0"), sunday("0 8 * * sun"));
}

#[test]
fn what_is_wrong_is_said_with_its_field() {
    let wrong = |text: &str| Cron::parse(text).unwrap_err();
    assert_eq!(wrong("0 25 * * *"), "the hour: 25 is not between 0 and 23");
    assert_eq!(wrong("0 0 0 * *"), "the day of the month: 0 is not between 1 and 31");
    assert_eq!(wrong("x * * * *"), "the minute: `x` is no number, `*`, list, range or step");
    assert_eq!(wrong("*/0 * * * *"), "the minute: `*/0` needs a number above 0 behind `/`");
    assert_eq!(wrong("0 5-2 * * *"), "the hour: `5-2` runs backwards");
    assert!(wrong("0 0 * *").starts_with("it has 4 fields and needs five"));
    assert!(wrong("0 0 0 * * *").starts_with("it has 6 fields"), "there are no seconds");
    assert!(wrong("").starts_with("it has 0 fields"));
    assert!(wrong("@often").starts_with("`@often` is none of @hourly"));
    assert!(wrong("1,,2 * * * *").contains("`` is no number"));
    assert!(Cron::parse(&format!("{:<CRON_CHARS_MAX$}", "@daily")).is_ok());
    assert!(Cron::parse(&format!("{:<1$}", "@daily", CRON_CHARS_MAX + 1)).is_err());
}

#[test]
fn a_time_that_does_not_exist_runs_at_the_next_valid_moment_once() {
    // Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
    let night = |cron| between(cron, &berlin(), "2026-03-28T22:00:00Z", "2026-03-29T22:00:00Z");
    assert_eq!(night("30 2 * * *"), ["2026-03-29T01:00"]);
    assert_eq!(night("0,15,30 2 * * *"), ["2026-03-29T01:00"], "all three of them together once");
    assert_eq!(night("30 2,3 * * *"), ["2026-03-29T01:00", "2026-03-29T01:30"]);
    assert_eq!(night("0 2,3 * * *"), ["2026-03-29T01:00"], "03:00 is that moment itself");
    assert_eq!(night("30 1 * * *"), ["2026-03-29T00:30"]);
    assert_eq!(
        night("30 * * * *").len(),
        24,
        "a job of every hour goes by real time: 23 hours of the day and one of before"
    );
}

#[test]
fn a_time_that_comes_twice_runs_once_the_first_time() {
    // Berlin, 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC.
    let night = |cron| between(cron, &berlin(), "2026-10-24T21:59:59Z", "2026-10-25T23:00:00Z");
    assert_eq!(night("30 2 * * *"), ["2026-10-25T00:30"]);
    assert_eq!(night("*/20 2 * * *"), ["2026-10-25T00:00", "2026-10-25T00:20", "2026-10-25T00:40"]);
    assert_eq!(night("0 3 * * *"), ["2026-10-25T02:00"]);
    assert_eq!(night("30 * * * *").len(), 25, "a day of 25 hours");
}

#[test]
fn a_job_of_every_minute_runs_every_minute_over_both_changes() {
    let zone = berlin();
    for (after, before) in
        [("2026-03-28T23:59:59Z", "2026-03-29T03:00:00Z"), ("2026-10-24T23:59:59Z", "2026-10-25T03:00:00Z")]
    {
        let runs = between("* * * * *", &zone, after, before);
        assert_eq!(runs.len(), 180, "each minute of three hours of real time, none twice and none left out");
    }
}

#[test]
fn the_next_moment_is_after_and_never_at_the_given_one() {
    let cron = Cron::parse("* * * * *").unwrap();
    let noon = at("2026-11-23T12:00:00Z");
    assert_eq!(cron.next(noon, &TimeZone::UTC), Some(noon.plus(60 * SECOND)));
    assert_eq!(cron.next(noon.plus(-1), &TimeZone::UTC), Some(noon));
    let fixed = Cron::parse("0 12 * * *").unwrap();
    assert_eq!(fixed.next(noon, &TimeZone::UTC), Some(noon.plus(24 * HOUR)));
    assert_eq!(fixed.next(noon.plus(-1), &TimeZone::UTC), Some(noon));
}

#[test]
fn a_leap_day_is_found_over_eight_years_and_the_thirtieth_of_february_never() {
    let after = at("2096-03-01T00:00:00Z");
    for cron in ["0 0 29 2 *", "0 * 29 2 *"] {
        let next = Cron::parse(cron).unwrap().next(after, &TimeZone::UTC).unwrap();
        assert_eq!(next, at("2104-02-29T00:00:00Z"), "2100 is no leap year");
    }
    const { assert!(CRON_SEARCH_DAYS > 8 * 366, "or a leap day would be taken for one that never comes") };
    for cron in ["0 0 30 2 *", "* * 31 4,6 *"] {
        assert_eq!(Cron::parse(cron).unwrap().next(after, &berlin()), None);
    }
}

#[test]
fn a_day_that_a_zone_left_out_runs_at_the_first_moment_after_it() {
    let apia = TimeZone::get("Pacific/Apia").unwrap();
    let next = Cron::parse("0 9 30 12 *").unwrap().next(at("2011-12-29T20:00:00Z"), &apia).unwrap();
    assert_eq!(next, at("2011-12-30T10:00:00Z"), "midnight of the 31st there");
}
