//! `ss`, `SimpleAttachment`, `console`, and what is not there.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{World, at, effects, error, run_in, value};
use rejoinder_script::{Level, Limits, ScriptError, Vocabulary};

fn logged(source: &str) -> Vec<(Level, String)> {
    let outcome = run_in(&mut World::new(), source, Limits::default());
    outcome.result.unwrap();
    outcome.log.into_iter().map(|line| (line.level, line.text)).collect()
}

#[test]
fn levels_of_the_log() {
    assert_eq!(
        logged("ss.debug('a'); ss.info('b'); ss.warning('c'); ss.error('d')"),
        [(Level::Debug, "a"), (Level::Info, "b"), (Level::Warning, "c"), (Level::Error, "d")]
            .map(|(level, text)| (level, text.to_owned()))
    );
}

#[test]
fn the_log_takes_any_value() {
    for (argument, line) in [
        ("", "undefined"),
        ("undefined", "undefined"),
        ("null", "null"),
        ("5", "5"),
        ("{a: [1, true], b: undefined}", r#"{"a":[1,true]}"#),
        ("current", "i1"),
        ("{who: current.caller}", r#"{"who":"u1"}"#),
        ("fresh", ""),
        ("new Error('broken')", "Error: broken"),
        ("() => 1", "null"),
        ("Symbol('x')", "null"),
        ("{get a() { throw new Error('x') }}", "(a value that cannot be shown)"),
        ("(() => { var a = {}; a.a = a; return a })()", "(a value that cannot be shown)"),
        ("new Proxy({}, {ownKeys() { throw 1 }})", "(a value that cannot be shown)"),
    ] {
        assert_eq!(logged(&format!("ss.info({argument})")), [(Level::Info, line.to_owned())], "{argument}");
    }
}

#[test]
fn the_console_joins_its_arguments() {
    assert_eq!(
        logged(
            "console.log('a', 1, {b: 2}, current); console.warn('w'); console.error('e'); console.debug('d'); console.info('i')"
        ),
        [
            (Level::Info, r#"a 1 {"b":2} i1"#),
            (Level::Warning, "w"),
            (Level::Error, "e"),
            (Level::Debug, "d"),
            (Level::Info, "i")
        ]
        .map(|(level, text)| (level, text.to_owned()))
    );
}

#[test]
fn the_log_is_kept_when_the_script_fails() {
    let outcome = run_in(&mut World::new(), "ss.info('before'); throw 1", Limits::default());
    assert!(outcome.result.is_err());
    assert_eq!(outcome.log[0].text, "before");
}

#[test]
fn properties() {
    assert_eq!(
        value("[ss.getProperty('simple.instance.uri'), ss.getProperty('none')]"),
        r#"["https://desk.example.org",null]"#
    );
}

#[test]
fn the_user_has_an_id_in_both_spellings() {
    assert_eq!(value("[ss.getUserID(), ss.getUserId()]"), r#"["u1","u1"]"#);
}

#[test]
fn events_name_a_record_and_up_to_five_parameters() {
    assert_eq!(
        effects(
            "ss.eventQueue('incident.escalated', current, 'a', 2, current.caller, null, undefined, 'sixth')"
        ),
        [r#"event incident.escalated incident i1 [Some("a"), Some("2"), Some("u1"), None, None]"#]
    );
}

#[test]
fn events_need_a_saved_record() {
    for record in ["fresh", "null", "'i1'", "{}"] {
        let error = error(&format!("ss.eventQueue('x', {record})"));
        assert!(error.to_string().contains("argument 2 must be a saved record"), "{record}: {error}");
    }
}

#[test]
fn attachments_are_copied() {
    let source = "[new SimpleAttachment().copy('email', 'e1', 'incident', current), \
                   new SimpleAttachment().copy('incident', current.sys_id, 'incident', 'i2')]";
    assert_eq!(value(source), "[true,false]");
    assert_eq!(effects(source), ["copy email e1 incident i1", "copy incident i1 incident i2"]);
}

#[test]
fn members_that_do_not_exist_are_named_with_the_nearest() {
    for (source, name, near) in [
        ("ss.getPropertys('x')", "ss.getPropertys", Some("getProperty")),
        ("ss.eventQueues", "ss.eventQueues", Some("eventQueue")),
        ("current.addEncodedQuerys('a=b')", "SimpleRecord.addEncodedQuerys", Some("addEncodedQuery")),
        ("current.caller.getvalue()", "SimpleReference.getvalue", Some("getValue")),
        ("new SimpleAttachment().writes('x')", "SimpleAttachment.writes", Some("write")),
        ("email.addAdress('x')", "email.addAdress", Some("addAddress")),
        ("template.prnt('x')", "template.prnt", Some("print")),
        ("new SimpleWorkflow('x')", "SimpleWorkflow", None),
        ("SimpleVcs.commit()", "SimpleVcs.commit", None),
        ("current.rem_attr.x", "SimpleRecord.rem_attr", None),
        ("ss.generateUrlAction('u1', 'x', 'y')", "ss.generateUrlAction", None),
        ("sleep(1)", "sleep", None),
        ("fetch('https://example.org')", "fetch", None),
        ("require('fs')", "require", None),
        ("setTimeout(() => {}, 1)", "setTimeout", None),
        ("sws.restRequestV1()", "sws.restRequestV1", None),
        ("gs.info('x')", "gs.info", None),
        ("new GlideRecord('incident')", "GlideRecord", None),
        ("class Mine extends GlideRecord { }", "GlideRecord", None),
        ("current instanceof GlideRecord", "GlideRecord", None),
    ] {
        let error = error(&format!("\n{source}"));
        let ScriptError::NotSupported { member, nearest, .. } = &error else { panic!("{source}: {error:?}") };
        assert_eq!((member.as_str(), nearest.as_deref()), (name, near), "{source}");
        assert!(at(&error).starts_with("2:"), "{source}: {}", at(&error));
    }
}

#[test]
fn what_is_not_supported_can_be_caught() {
    assert_eq!(
        value("try { ss.nothing() } catch (e) { answer = e.name + ' ' + e.message }"),
        r#""NotSupported ss.nothing is not supported""#
    );
    assert_eq!(
        value("try { sleep(1) } catch (e) { answer = e.message }"),
        r#""sleep is not supported: a script does not wait; raise an event for later with ss.eventQueueScheduled, and go on in its action""#
    );
}

#[test]
fn a_script_may_use_these_names_for_its_own() {
    assert_eq!(value("var gs = {info: () => 'mine'}; gs.info()"), r#""mine""#);
    assert_eq!(value("let fetch = () => 'mine'; function print() { return fetch() } print()"), r#""mine""#);
    assert_eq!(value("const current = 5; current"), "5");
}

#[test]
fn the_global_object_holds_the_language_and_the_vocabulary_only() {
    let language = "AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView \
        Date Error EvalError Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array \
        InternalError Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set \
        SharedArrayBuffer String SuppressedError DisposableStack AsyncDisposableStack Symbol SyntaxError TypeError URIError \
        Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI \
        encodeURIComponent escape eval globalThis queueMicrotask isFinite isNaN parseFloat parseInt undefined unescape";
    let names: Vec<String> = serde_json::from_str(&value(
        "Object.getOwnPropertyNames(globalThis).filter(n => { try { globalThis[n](); } catch (e) { \
         if (e.name === 'NotSupported') return false } return true })",
    ))
    .unwrap();
    let given =
        ["current", "fresh", "mail", "email", "template", "event", "logger", "classifier", "incoming"];
    let ours = given.into_iter().chain(rejoinder_script::describe::Api::of(Vocabulary::SimpleOne).names());
    let ours: Vec<&str> = ours.collect();
    for name in &names {
        assert!(language.split_whitespace().chain(ours.iter().copied()).any(|known| known == name), "{name}");
    }
    assert!(names.len() > 50, "{names:?}");
}
