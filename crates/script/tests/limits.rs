//! What a script may use, at each limit and one beyond it; and attacks, after each of which the
//! process lives and the next run works.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{World, at, effects, error, run_in, run_with, shown, value};
use rejoinder_script::limits::{
    MAX_CONDITION_TERMS, MAX_FILE_BYTES, MAX_LETTER_ADDRESSES, MAX_MESSAGE_KEY_CHARS, MAX_PATTERN_BYTES,
    MAX_PREFERENCE_CHARS, MAX_READ_FILE_BYTES, MAX_ROWS_OF_A_QUESTION, MAX_TEMPLATE_BUTTONS,
};
use rejoinder_script::{HostError, Limits, Outcome, ScriptError, Value, Vocabulary};

/// Little of everything but time, since the machine may be busy.
const TIGHT: Limits = Limits {
    time_ms: 20_000,
    memory_bytes: 8 << 20,
    stack_bytes: 128 << 10,
    queries: 5,
    rows: 6,
    effects: 3,
    log_lines: 4,
};

/// For scripts that would never end.
const SHORT: Limits = Limits { time_ms: 300, ..TIGHT };

/// Runs an attack and sees that the next run in a fresh sandbox works.
fn attack(source: &str, limits: Limits) -> Outcome {
    let outcome = run_in(&mut World::new(), source, limits);
    assert_eq!(value("current.caller.name + 1"), r#""anna1""#, "after {source}");
    outcome
}

fn stopped_by(source: &str, limits: Limits) -> &'static str {
    attack(source, limits).result.map_err(|error| error.code()).unwrap_err()
}

// Time

#[test]
fn nothing_outlives_the_time_limit() {
    for source in [
        "for (;;);",
        "while (true) { try { while (true) {} } catch (e) {} finally {} }",
        "(function f() { try { for (;;); } finally { f(); } })()",
        "function f() { for (;;) { try { for (;;); } catch (e) { f(); } } } f()",
        "/^(a+)+$/.test('a'.repeat(40) + '!')",
        "/(x+x+)+y/.exec('x'.repeat(64))",
        "function* g() { for (;;) yield 1 } for (const x of g());",
        "[...(function* () { for (;;) {} })()]",
        "Function('for (;;);')()",
        "(0, eval)('for (;;);')",
        "[3, 2, 1].sort(() => { for (;;); })",
        "(function f() { Promise.resolve().then(f) })()",
        "(async () => { for (;;) await null })()",
        "new Promise(() => { for (;;); })",
        "({get a() { for (;;); }}).a",
        "answer = {toJSON() { for (;;); }}",
        "ss.info({toJSON() { for (;;); }}); ss.info('never')",
        "throw {toJSON() { for (;;); }}",
        "current.subject = {toString() { for (;;); }}; current.addQuery({toString() { for (;;); }}, 1)",
        "Object.defineProperty(globalThis, 'answer', {get() { for (;;); }})",
        "throw new (class extends Error { get message() { for (;;); } })",
        "return (function f() { for (;;); })()",
    ] {
        let outcome = attack(source, SHORT);
        let error = outcome.result.unwrap_err();
        assert!(matches!(error, ScriptError::Time { limit_ms: 300, .. }), "{source}: {error:?}");
        assert_eq!(outcome.log, [], "{source}");
    }
}

#[test]
fn the_place_of_an_endless_loop_is_named() {
    let error =
        attack("var a = 1;\nfunction spin() {\n  for (;;) a++;\n}\nspin();", SHORT).result.unwrap_err();
    assert_eq!(error.location().unwrap().line, 3, "{error}");
}

#[test]
fn no_time_is_no_run() {
    let outcome = run_in(&mut World::new(), "for (;;);", Limits { time_ms: 0, ..SHORT });
    assert_eq!(outcome.result.unwrap_err().code(), "script_time_limit");
}

// Memory

#[test]
fn nothing_outgrows_the_memory_limit() {
    for source in [
        "var a = []; for (;;) a.push(new Array(1000).fill('x'))",
        "var s = 'x'; for (;;) s += s",
        "new Array(1e8).join('x')",
        "'x'.repeat(1e8)",
        "new Uint8Array(1e9)",
        "var o = {}; for (var i = 0; ; i++) o['k' + i] = {i}",
        "var m = new Map(); for (var i = 0; ; i++) m.set({}, 'x'.repeat(1000))",
        "var c = () => {}; for (;;) c = c.bind(null, new Array(100).fill(1))",
    ] {
        let error = attack(source, TIGHT).result.unwrap_err();
        let too_long = ["RangeError", "InternalError: string too long"];
        let refused = matches!(&error, ScriptError::Thrown { message, .. } if too_long.iter().any(|m| message.starts_with(m)));
        assert!(matches!(error, ScriptError::Memory { .. }) || refused, "{source}: {error:?}");
    }
}

#[test]
fn who_catches_the_end_of_memory_is_bounded_by_time() {
    let source =
        "var kept = []; for (;;) try { for (;;) kept.push('x'.repeat(1e5) + kept.length) } catch (e) {}";
    assert!(["script_time_limit", "script_memory_limit"].contains(&stopped_by(source, SHORT)));
}

#[test]
fn what_crosses_the_border_counts_as_memory() {
    for source in [
        "answer = []; answer[1e9] = 1",
        "var s = 'x'.repeat(1e6); answer = new Array(20).fill(s)",
        "var a = [1]; for (var i = 0; i < 40; i++) a = [a, a]; answer = a",
        "current.followers = new Array(9).fill('x'.repeat(1e6)); current.update()",
        "for (;;) template.print('x'.repeat(1e5))",
        "template.space(1e9)",
        "for (;;) email.setBody('x'.repeat(1e6))",
        "for (;;) ss.addInfoMessage('x'.repeat(1e5))",
        "ss.addInfoMessage('{a}'.repeat(1e5), {a: 'x'.repeat(1e5)})",
        "for (;;) new SimpleEmailTemplate('x'.repeat(1e5))",
        "ss.eventQueue('x'.repeat(5e6), current); try { ss.eventQueue('x'.repeat(5e6), current) } catch (e) { }",
    ] {
        assert_eq!(stopped_by(source, TIGHT), "script_memory_limit", "{source}");
    }
}

// Stack

#[test]
fn deep_recursion_is_an_error() {
    for source in [
        "(function f() { f() })()",
        "var o = {get a() { return this.a }}; o.a",
        "var p = new Proxy({}, {get(t, k, r) { return r[k] }}); p.x",
        "var p = {}; for (var i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
        "var a = []; for (var i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "JSON.parse('['.repeat(1e5))",
        "'x'.replace(/x/g, function f() { return 'x'.replace(/x/g, f) })",
        "eval('('.repeat(1e5))",
        "new RegExp('('.repeat(1e5))",
        "class A { constructor() { new A() } } new A()",
        "var t = {toJSON() { return JSON.stringify(t) }}; JSON.stringify(t)",
    ] {
        let error = attack(source, TIGHT).result.unwrap_err();
        let known = matches!(
            error,
            ScriptError::Stack { .. } | ScriptError::Thrown { .. } | ScriptError::Memory { .. }
        );
        assert!(known, "{source}: {error:?}");
    }
    assert!(matches!(error("(function f() { f() })()"), ScriptError::Stack { at: Some(_) }));
}

#[test]
fn a_source_that_is_nested_too_deeply_is_an_error() {
    for source in [
        "(".repeat(100_000),
        "[".repeat(100_000),
        "{".repeat(100_000),
        "a=>".repeat(100_000),
        "!".repeat(100_000),
    ] {
        assert!(attack(&source, TIGHT).result.is_err());
    }
}

// Queries, rows, effects, log

#[test]
fn queries_are_counted_and_the_one_too_many_is_the_end() {
    let reads = |count: u32| {
        format!(
            "var i = 0; try {{ while (i < {count}) {{ new SimpleRecord('user').get('none'); i++ }} }} catch (e) {{ }} finally {{ answer = i }}"
        )
    };
    let outcome = attack(&reads(5), TIGHT);
    assert_eq!((outcome.result.unwrap(), outcome.usage.queries), (Value::Number(5.0), 5));
    let outcome = attack(&reads(6), TIGHT);
    assert!(matches!(outcome.result.unwrap_err(), ScriptError::Queries { limit: 5, at: Some(_) }));
    assert_eq!(outcome.usage.queries, 5);
}

#[test]
fn walks_and_display_values_are_queries() {
    for read in
        ["current.caller.name", "current.getDisplayValue()", "var r = new SimpleRecord('user'); r.query()"]
    {
        assert_eq!(run_in(&mut World::new(), read, TIGHT).usage.queries, 1, "{read}");
    }
}

#[test]
fn rows_are_counted_and_no_more_are_asked_for_than_may_be_read() {
    let incidents = "var r = new SimpleRecord('incident'); r.query(); ";
    let mut world = World::new();
    let outcome = run_in(&mut world, &incidents.repeat(2), TIGHT);
    assert_eq!((outcome.result.is_ok(), outcome.usage.rows), (true, 6));
    assert_eq!(world.queries.iter().map(|query| query.limit).collect::<Vec<_>>(), [7, 4]);
    let error = attack(&format!("{} try {{ {incidents} }} catch (e) {{ }}", incidents.repeat(2)), TIGHT)
        .result
        .unwrap_err();
    assert!(matches!(error, ScriptError::Rows { limit: 6, at: Some(_) }), "{error:?}");
}

#[test]
fn effects_are_counted_and_the_one_too_many_does_not_happen() {
    let updates = |count: u32| {
        format!(
            "for (var i = 0; i < {count}; i++) {{ current.subject = '' + i; try {{ current.update() }} catch (e) {{ }} }}"
        )
    };
    let mut world = World::new();
    assert!(run_in(&mut world, &updates(3), TIGHT).result.is_ok());
    assert_eq!(world.effects.len(), 3);
    let mut world = World::new();
    let outcome = run_in(&mut world, &updates(4), TIGHT);
    assert!(matches!(outcome.result.unwrap_err(), ScriptError::Effects { limit: 3, at: Some(_) }));
    assert_eq!((world.effects.len(), outcome.usage.effects), (3, 3));
}

#[test]
fn every_effect_counts_also_a_refused_one() {
    for effect in [
        "new SimpleRecord('user').insert()",
        "current.state = '7'; current.update()",
        "current.deleteRecord()",
        "try { ss.eventQueue('x', current) } catch (e) { }",
        "try { new SimpleAttachment().copy('email', 'e', 'incident', 'i1') } catch (e) { }",
    ] {
        let mut world = World::new();
        world.refuse = Some(HostError::refused("no_right", "no"));
        let outcome = run_in(&mut world, effect, TIGHT);
        assert_eq!((outcome.result.is_ok(), outcome.usage.effects), (true, 1), "{effect}");
    }
}

#[test]
fn log_lines_beyond_the_limit_are_left_out_and_counted() {
    let lines = |count: u32| attack(&format!("for (var i = 0; i < {count}; i++) ss.info(i); 'done'"), TIGHT);
    let outcome = lines(4);
    assert_eq!((outcome.log.len(), outcome.usage.log_lines_left_out), (4, 0));
    let outcome = lines(10_000);
    assert_eq!(shown(&outcome.result.unwrap()), "done");
    assert_eq!((outcome.log.len(), outcome.usage.log_lines_left_out), (4, 9_996));
    assert_eq!(outcome.log[3].text, "3");
}

#[test]
fn a_long_log_line_is_cut_at_a_character() {
    let outcome = attack(
        "ss.info('x'.repeat(8192)); ss.info('x' + 'ж'.repeat(1e6)); console.log('x'.repeat(9000), 1)",
        TIGHT,
    );
    let lengths: Vec<usize> = outcome.log.iter().map(|line| line.text.len()).collect();
    assert_eq!(lengths, [8_192, 8_191, 8_192]);
}

// Limits of members

#[test]
fn a_condition_is_never_nested_deeper_than_it_may_have_terms() {
    let source = "var r = new SimpleRecord('incident'); \
                  for (var i = 0; i < 100000; i++) { r.addQuery('state', '1'); r.addOrCondition('state', '2') } \
                  r.getConditionQuery(); r.query(); r.getErrors()[0]";
    let limits = Limits { memory_bytes: 64 << 20, ..TIGHT };
    let terms = 200_000;
    assert_eq!(
        shown(&attack(source, limits).result.unwrap()),
        format!("the condition has {terms} terms, more than {MAX_CONDITION_TERMS}")
    );
}

#[test]
fn a_mail_has_so_many_recipients() {
    let add = |count: usize| {
        format!(
            "for (var i = 1; i < {count}; i++) email.addAddressCc('a' + i + '@example.org'); email.getAddressesCc().length"
        )
    };
    assert_eq!(value(&add(MAX_LETTER_ADDRESSES)), (MAX_LETTER_ADDRESSES - 1).to_string());
    assert!(error(&add(MAX_LETTER_ADDRESSES + 1)).to_string().contains("a mail has at most 500 recipients"));
}

#[test]
fn a_mail_of_a_template_has_so_many_buttons() {
    let add = |count: usize| {
        format!(
            "var t = new SimpleEmailTemplate(''); for (var i = 0; i < {count}; i++) t.addButton('a', '/a'); t.getButtons().length"
        )
    };
    assert_eq!(value(&add(MAX_TEMPLATE_BUTTONS)), MAX_TEMPLATE_BUTTONS.to_string());
    assert!(error(&add(MAX_TEMPLATE_BUTTONS + 1)).to_string().contains("a mail has at most 50 buttons"));
}

#[test]
fn a_preference_is_short() {
    let set = |chars: usize| format!("new SimpleUser().setPreference('a', 'ж'.repeat({chars})); 'set'");
    assert_eq!(value(&set(MAX_PREFERENCE_CHARS)), r#""set""#);
    assert!(error(&set(MAX_PREFERENCE_CHARS + 1)).to_string().contains("longer than 255 characters"));
}

#[test]
fn a_text_with_a_long_key_is_its_own_text() {
    let get = |chars: usize| format!("new SimpleMessage().getMessage('k'.repeat({chars})).length");
    assert_eq!(value(&get(MAX_MESSAGE_KEY_CHARS)), "4");
    assert_eq!(value(&get(MAX_MESSAGE_KEY_CHARS + 1)), "501");
}

#[test]
fn files_that_are_too_large_are_not_read() {
    // `a4` has as many bytes as may be read, `a3` one more.
    assert_eq!(common::one::files()[2].0.size, MAX_READ_FILE_BYTES + 1);
    assert_eq!(common::one::files()[3].0.size, MAX_READ_FILE_BYTES);
    assert_eq!(
        value("var a = new SimpleAttachment(); [a.getContent('a3'), a.getContent('a4')]"),
        r#"[null,"as if large"]"#
    );
}

#[test]
fn a_pattern_that_is_too_large_is_not_asked() {
    let fitting = format!("^a{{{}}}$", 1_000);
    let large = format!("^(ж{{1000}}){{{}}}$", MAX_PATTERN_BYTES / 1_000);
    for (pattern, asked) in [(fitting, true), (large, false)] {
        let mut world = World::new();
        world.pattern = pattern;
        let outcome = run_in(&mut world, "email.setFrom('desk@example.org')", TIGHT);
        assert_eq!(outcome.result.is_err(), asked, "{outcome:?}");
        assert_eq!(outcome.log.len(), usize::from(!asked));
    }
}

#[test]
fn one_question_about_a_user_reads_so_many_rows() {
    let mut world = World::new();
    let limits = Limits { rows: 5_000, ..TIGHT };
    run_in(&mut world, "new SimpleUser().getPreference('theme')", limits).result.unwrap();
    assert_eq!(world.queries[0].limit, MAX_ROWS_OF_A_QUESTION);
}

// The sandbox itself

#[test]
fn nothing_of_the_machine_is_in_reach() {
    for name in [
        "process",
        "os",
        "std",
        "Deno",
        "Bun",
        "performance",
        "WeakRef",
        "FinalizationRegistry",
        "scriptArgs",
        "SharedArrayBuffer",
        "navigator",
        "__host",
        "native",
    ] {
        assert_eq!(value(&format!("typeof {name}")), r#""undefined""#, "{name}");
    }
    assert_eq!(error("import('fs').then(m => { answer = m })").code(), "script_thrown");
    assert!(matches!(error("import fs from 'fs'"), ScriptError::Syntax { .. }));
    assert!(
        error("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e9)")
            .to_string()
            .starts_with("ReferenceError")
    );
}

#[test]
fn the_prelude_does_not_use_what_a_script_has_replaced() {
    let poison = "const evil = () => { throw new Error('evil') };
        const { defineProperty, getOwnPropertyDescriptor } = Object, { ownKeys } = Reflect;
        const protos = [Array, String, WeakMap, Function, Map, Number, Proxy, Error].map(c => c.prototype ?? {});
        const keys = protos.map(ownKeys);
        for (var i = 0; i < protos.length; i++) for (var j = 0; j < keys[i].length; j++)
          if (keys[i][j] !== 'constructor' && getOwnPropertyDescriptor(protos[i], keys[i][j]).configurable)
            defineProperty(protos[i], keys[i][j], {value: evil, configurable: true, writable: true});
        defineProperty(Object.prototype, 'toJSON', {value: undefined});
        Object.prototype.kind = 'reference:user'; Object.prototype.changed = evil;
        Proxy = Error = TypeError = String = WeakMap = Object = Reflect = Array = evil;";
    let work = "var r = new SimpleRecord('incident'); r.addQuery('state', 'IN', ['1']); r.addOrCondition('number', 'INC2'); \
        r.orderByDesc('number'); r.query(); r.next(); var n = r.number + r.caller.name + r.getRowCount(); \
        current.state = '4'; current.update(); ss.info('logged'); \
        ss.eventQueue('e', current, 'p'); new SimpleRecord('user').insert(); answer = n + current.caller.name;";
    let mut world = World::new();
    let outcome = run_in(&mut world, &format!("{poison} {work}"), Limits::default());
    assert_eq!(shown(&outcome.result.unwrap()), "INC3undefined3anna");
    assert_eq!(
        world.effects,
        [
            "update incident i1 state=4",
            r#"event e incident i1 [Some("p"), None, None, None, None]"#,
            "insert user new1"
        ]
    );
    assert_eq!(outcome.log[0].text, "logged");
}

#[test]
fn the_vocabulary_cannot_be_changed() {
    for source in [
        "'use strict'; SimpleRecord.prototype.get = 1",
        "'use strict'; ss.info = 1",
        "'use strict'; console.log = 1",
        "'use strict'; delete ss.info",
        "Object.defineProperty(SimpleRecord.prototype, 'get', {value: 1})",
        "'use strict'; SimpleReference; Object.getPrototypeOf(current).update = 1",
        "delete SimpleRecord.prototype.get; 'use strict'; (() => { 'use strict'; delete SimpleRecord.prototype.get })()",
    ] {
        assert_eq!(error(source).code(), "script_thrown", "{source}");
    }
}

#[test]
fn methods_work_on_records_only() {
    for source in [
        "SimpleRecord.prototype.get.call({}, 'i1')",
        "SimpleRecord.prototype.update.call(null)",
        "SimpleRecord.prototype.update.call(new Proxy(current, {}))",
        "Object.create(current).update()",
        "SimpleRecord('incident')",
    ] {
        assert!(error(source).to_string().contains("TypeError"), "{source}");
    }
}

#[test]
fn a_forged_record_is_no_record() {
    let source = "var forged = {__proto__: SimpleRecord.prototype, table: 'user', id: 'u2', sys_id: 'u2', stored: {}, changed: {name: 'x'}}; \
                  try { forged.update() } catch (e) { answer = 'refused' }";
    assert_eq!(value(source), r#""refused""#);
    assert_eq!(effects(source), [""; 0]);
}

#[test]
fn names_of_the_language_are_ordinary_field_names() {
    for name in ["__proto__", "constructor", "hasOwnProperty"] {
        let error = error(&format!("current.setValue('{name}', {{sys_id: 1}})"));
        assert!(matches!(error, ScriptError::NotSupported { .. }), "{name}: {error:?}");
    }
}

#[test]
fn the_host_is_not_asked_again_once_the_run_is_over() {
    let mut world = World::new();
    let source = "Promise.resolve().then(() => current.deleteRecord()); \
                  try { current.setAbortAction(true) } finally { current.deleteRecord() }";
    let error = run_in(&mut world, source, Limits::default()).result.unwrap_err();
    assert_eq!((error.code(), at(&error).as_str() != "nowhere"), ("script_aborted", true));
    assert_eq!(world.effects, [""; 0]);
}

#[test]
fn a_host_may_run_a_script_itself() {
    assert_eq!(value("ss.getProperty('nested run') + current.caller.name"), r#""\"anna\"anna""#);
}

#[test]
fn a_panic_of_the_host_is_passed_on_and_cannot_be_caught() {
    let source = "try { ss.getProperty('panic') } catch (e) { ss.info('never mind') }";
    let panic = std::panic::catch_unwind(|| run_in(&mut World::new(), source, TIGHT)).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a defect of the host"));
    assert_eq!(value("1 + 1"), "2");
}

#[test]
fn files_that_scripts_write_have_a_largest_size() {
    let written = |bytes: usize| {
        let source =
            format!("new GlideSysAttachment().write(current, 'a.txt', 'text/plain', 'x'.repeat({bytes}))");
        run_with(&mut World::new(), Vocabulary::ServiceNow, &source, Limits::default()).result
    };
    assert_eq!(written(MAX_FILE_BYTES).unwrap().as_text(), Some("a9"));
    let error = written(MAX_FILE_BYTES + 1).unwrap_err().to_string();
    assert!(error.contains("has 5242881 bytes, more than the 5242880"), "{error}");
}
