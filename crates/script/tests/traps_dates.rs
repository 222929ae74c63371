//! The traps of the platforms that concern dates, logs and Java's lists, one test each: where an engine
//! that does what looks right would do something else than the platform.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![expect(dead_code, reason = "the fixture has more than this file of tests needs")]

mod common;

use common::{World, run_with};
use rejoinder_script::{Level, Limits, Outcome, Vocabulary};

fn outcome(world: &mut World, vocabulary: Vocabulary, source: &str) -> Outcome {
    run_with(world, vocabulary, source, Limits::default())
}

fn in_world(mut world: World, vocabulary: Vocabulary, source: &str) -> String {
    match outcome(&mut world, vocabulary, source).result {
        Ok(value) => value.to_json().to_string(),
        Err(error) => panic!("{error}\n{source}"),
    }
}

fn simple(source: &str) -> String {
    in_world(World::new(), Vocabulary::SimpleOne, source)
}

fn glide(source: &str) -> String {
    in_world(World::new(), Vocabulary::ServiceNow, source)
}

fn world(language: &str, zone: &str) -> World {
    let mut world = World::new();
    language.clone_into(&mut world.language);
    zone.clone_into(&mut world.zone);
    world
}

// 5. Dates

#[test]
fn local_time_given_to_a_moment_counts_as_utc() {
    let source = "var v = new GlideRecord('visit'); v.get('v1'); \
                  var shown = new GlideDateTime(v.at).getDisplayValue(); \
                  [shown, new GlideDateTime(shown).getValue(), new GlideDateTime(shown).getDisplayValue()]";
    assert_eq!(glide(source), r#"["2026-11-25 00:30:00","2026-11-25 00:30:00","2026-11-25 03:30:00"]"#);
}

#[test]
fn the_start_of_a_day_is_the_users_and_told_in_utc() {
    let source = "[gs.daysAgoStart(0), gs.beginningOfToday(), gs.nowDateTime()]";
    assert_eq!(glide(source), r#"["2026-11-23 21:00:00","2026-11-23 21:00:00","2026-11-24 13:00:00"]"#);
    let elsewhere = in_world(world("en", "America/New_York"), Vocabulary::ServiceNow, source);
    assert_eq!(elsewhere, r#"["2026-11-24 05:00:00","2026-11-24 05:00:00","2026-11-24 05:00:00"]"#);
}

#[test]
fn differences_are_those_of_local_times() {
    // The night in which the clocks go forward has an hour less.
    let source = "gs.dateDiff('2026-03-29 00:00:00', '2026-03-29 12:00:00', true)";
    assert_eq!(glide(source), r#""43200""#);
    assert_eq!(in_world(world("en", "Europe/Berlin"), Vocabulary::ServiceNow, source), r#""39600""#);
}

#[test]
fn numbers_are_milliseconds_in_one_vocabulary_and_seconds_in_the_other() {
    assert_eq!(glide("new GlideDateTime('2026-11-24 10:00:00').getNumericValue()"), "1795514400000");
    assert_eq!(simple("new SimpleDateTime('2026-11-24 10:00:00').getNumericValue()"), "1795514400");
    assert_eq!(glide("new GlideDuration(90000).getDurationValue()"), r#""00:01:30""#);
    assert_eq!(simple("new SimpleDuration(90).getDurationValue()"), r#""00:01:30""#);
}

#[test]
fn durations_of_records_are_milliseconds_in_both() {
    let mut one = World::new();
    let source =
        "var v = new SimpleRecord('visit'); v.get('v1'); v.lasts = new SimpleDuration(90); v.update()";
    outcome(&mut one, Vocabulary::SimpleOne, source).result.unwrap();
    assert_eq!(one.effects, ["update visit v1 lasts=90000"]);
    let mut other = World::new();
    let source =
        "var v = new GlideRecord('visit'); v.get('v1'); v.lasts = new GlideDuration(90000); v.update()";
    outcome(&mut other, Vocabulary::ServiceNow, source).result.unwrap();
    assert_eq!(other.effects, one.effects);
}

#[test]
fn months_clamp_in_one_vocabulary_and_run_over_in_the_other() {
    assert_eq!(
        glide("var d = new GlideDateTime('2026-01-31'); d.addMonthsUTC(1); d.getValue()"),
        r#""2026-02-28 00:00:00""#
    );
    assert_eq!(
        simple("var d = new SimpleDateTime('2026-01-31'); d.addMonths(1); d.getValue()"),
        r#""2026-03-03 00:00:00""#
    );
}

#[test]
fn after_is_strict_in_one_vocabulary_and_inclusive_in_the_other() {
    let source = |class: &str| {
        format!("var d = new {class}('2026-01-31'); [d.after(new {class}(d)), d.before(new {class}(d))]")
    };
    assert_eq!(glide(&source("GlideDateTime")), "[false,false]");
    assert_eq!(simple(&source("SimpleDateTime")), "[true,true]");
}

#[test]
fn weeks_begin_on_sunday_in_one_vocabulary_and_on_monday_in_the_other() {
    // A Sunday.
    assert_eq!(glide("new GlideDateTime('2026-01-04').getWeekOfYearUTC()"), "2");
    assert_eq!(simple("new SimpleDateTime('2026-01-04').getWeekOfYearUTC()"), "1");
    assert_eq!(glide("new GlideDateTime('2022-12-31').getWeekOfYearUTC()"), "53");
    assert_eq!(simple("new SimpleDateTime('2021-01-03').getWeekOfYearUTC()"), "53");
}

#[test]
fn days_of_the_week_are_numbers_in_one_vocabulary_and_names_in_the_other() {
    assert_eq!(glide("new GlideDateTime('2026-11-24').getDayOfWeekUTC()"), "2");
    let source = "var d = new SimpleDateTime('2026-11-24'); [d.getDayOfWeekUTC(), d.getMonthUTC()]";
    assert_eq!(simple(source), r#"["Tue","November"]"#);
    assert_eq!(in_world(world("ru", "UTC"), Vocabulary::SimpleOne, source), r#"["Вт","Ноябрь"]"#);
}

#[test]
fn lengths_of_time_are_told_in_the_users_language() {
    let russian = || world("ru", "UTC");
    let source = "new SimpleDuration('2 05:01:00').getDisplayValue()";
    assert_eq!(in_world(russian(), Vocabulary::SimpleOne, source), r#""2 дня 5 часов 1 минута""#);
    let source = "new GlideDuration('5 01:00:00').getDisplayValue()";
    assert_eq!(in_world(russian(), Vocabulary::ServiceNow, source), r#""5 дней 1 час""#);
}

#[test]
fn wall_clocks_stay_where_a_member_says_so() {
    let source = |member: &str| {
        format!("var d = new GlideDateTime('2026-03-28 12:00:00'); d.{member}(1); d.getDisplayValue()")
    };
    let berlin = || world("en", "Europe/Berlin");
    assert_eq!(in_world(berlin(), Vocabulary::ServiceNow, &source("addDaysUTC")), r#""2026-03-29 14:00:00""#);
    assert_eq!(
        in_world(berlin(), Vocabulary::ServiceNow, &source("addDaysLocalTime")),
        r#""2026-03-29 13:00:00""#
    );
}

#[test]
fn a_user_whose_zone_is_none_is_in_utc() {
    let source = "new SimpleDateTime('2026-11-24 10:00:00').getDisplayValue()";
    assert_eq!(in_world(world("en", "Mars/Base"), Vocabulary::SimpleOne, source), r#""2026-11-24 10:00:00""#);
    assert_eq!(in_world(world("en", ""), Vocabulary::SimpleOne, source), r#""2026-11-24 10:00:00""#);
}

#[test]
fn a_run_has_one_now() {
    let source = "var a = new GlideDateTime(); for (var i = 0; i < 100000; i++) {} \
                  [new GlideDateTime().getNumericValue() - a.getNumericValue(), gs.nowNoTZ() == a.getValue()]";
    assert_eq!(glide(source), "[0,true]");
}

// 14. Java leftovers

#[test]
fn lists_of_java_are_arrays_with_size_and_get() {
    let source = "var g = gs.getUser().getMyGroups(), seen = []; \
                  for (var i = 0; i < g.size(); i++) seen.push(g.get(i)); \
                  [seen, g.length, Array.isArray(g), JSON.stringify(g)]";
    assert_eq!(glide(source), r#"[["g1"],1,true,"[\"g1\"]"]"#);
}

// 15. Text of arguments

#[test]
fn what_is_logged_is_what_the_platform_prints() {
    let source = "gs.info(current); gs.info(current.number); gs.info(new GlideDateTime('2026-01-31')); \
                  gs.info(undefined); gs.info(null); gs.log([1, 2], 'list')";
    let outcome = outcome(&mut World::new(), Vocabulary::ServiceNow, source);
    let lines: Vec<&str> = outcome.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["i1", "INC1", "2026-01-31 00:00:00", "undefined", "null", "list: 1,2"]);
}

#[test]
fn logging_never_fails() {
    let source = "var loop = {}; loop.own = loop; \
                  gs.info(loop); gs.info(Symbol('s')); gs.info({ toString: function () { throw new Error('no') } }); \
                  gs.error({ get x() { throw 1 } }); gs.warn(function () {}); gs.debug(Object.create(null)); \
                  gs.info('{0}', { toString: function () { throw 2 } }); 'done'";
    let outcome = outcome(&mut World::new(), Vocabulary::ServiceNow, source);
    assert_eq!(outcome.result.unwrap().as_text(), Some("done"));
    assert_eq!(outcome.log.len(), 7);
}

#[test]
fn an_endless_text_of_a_logged_value_ends_with_the_run() {
    let limits = Limits { time_ms: 50, ..Limits::default() };
    let source = "try { gs.info({ toString: function () { for (;;) {} } }) } catch (e) {} 'went on'";
    let outcome = run_with(&mut World::new(), Vocabulary::ServiceNow, source, limits);
    assert!(outcome.result.is_err());
}

#[test]
fn messages_are_collected_with_their_weight() {
    let source =
        "gs.addInfoMessage('saved'); gs.addErrorMessage(current.number); gs.addMessage('warning', 'late')";
    let outcome = outcome(&mut World::new(), Vocabulary::ServiceNow, source);
    let expected = [(Level::Info, "saved"), (Level::Error, "INC1"), (Level::Warning, "late")];
    let messages: Vec<(Level, &str)> =
        outcome.messages.iter().map(|(level, text)| (*level, text.as_str())).collect();
    assert_eq!(messages, expected);
}

#[test]
fn the_time_comes_last_in_one_vocabulary_and_third_in_the_other() {
    let mut one = World::new();
    let source = "ss.eventQueueScheduled('e', current, new SimpleDateTime('2026-12-01 09:00:00'), 'a', 'b')";
    outcome(&mut one, Vocabulary::SimpleOne, source).result.unwrap();
    let mut other = World::new();
    let source = "gs.eventQueueScheduled('e', current, 'a', 'b', new GlideDateTime('2026-12-01 09:00:00'))";
    outcome(&mut other, Vocabulary::ServiceNow, source).result.unwrap();
    let (first, second) = (one.effects.concat(), other.effects.concat());
    assert!(
        first.contains(" at 1796115600000000") && second.contains(" at 1796115600000000"),
        "{first} {second}"
    );
    assert!(first.contains(r#"Some("a"), Some("b")"#) && second.contains(r#"Some("a"), Some("b")"#));
}

#[test]
fn identities_follow_the_seed_of_the_run() {
    let source = "[gs.generateGUID(), gs.generateGUID()]";
    assert_eq!(glide(source), glide(source));
}

#[test]
fn what_has_no_equivalent_says_why() {
    for (source, why) in [
        ("new sn_ws.RESTMessageV2()", "scripts do not reach the network"),
        ("new RESTMessageV2('x', 'get')", "scripts do not reach the network"),
        ("new GlideHTTPRequest('http://example.org')", "scripts do not reach the network"),
        ("new Workflow().cancel(current)", "there are no workflows"),
        ("new Cart()", "there is no service catalog"),
        ("new GlideExcelParser()", "spreadsheets are not read"),
        ("new XMLDocument('<a/>')", "use JSON"),
        ("gs.sleep(1000)", "a script must not wait"),
        ("gs.nowDatetime()", "did you mean nowDateTime?"),
    ] {
        let error = outcome(&mut World::new(), Vocabulary::ServiceNow, source).result.unwrap_err();
        assert!(error.to_string().contains(why), "{source}: {error}");
    }
}

#[test]
fn long_values_in_many_places_are_bounded() {
    let source = "var long = 'x'.repeat(1000000); gs.info('{0}'.repeat(100000), long); 'logged'";
    let logged = outcome(&mut World::new(), Vocabulary::ServiceNow, source);
    assert_eq!(logged.result.unwrap().as_text(), Some("logged"));
    assert_eq!(logged.log[0].text.len(), 8_192);
    let source = "gs.getMessage('{0}'.repeat(100000), ['x'.repeat(1000000)])";
    let error = outcome(&mut World::new(), Vocabulary::ServiceNow, source).result.unwrap_err();
    assert_eq!(error.code(), "script_memory_limit");
}
