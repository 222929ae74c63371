//! Attacks on the sandbox, by kind. Each is stopped within the limits or comes to nothing; the process
//! lives, and the script after it finds everything as it should be.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{World, run_with};
use rejoinder_script::limits::{MAX_ARRAY_LENGTH, MAX_SEARCH_STEPS};
use rejoinder_script::{Limits, Outcome, ScriptError, Vocabulary};

/// Little of everything, so that every attack meets its limit soon.
const LIMITS: Limits = Limits {
    time_ms: 250,
    memory_bytes: 8 << 20,
    stack_bytes: 128 << 10,
    queries: 20,
    rows: 40,
    effects: 5,
    log_lines: 20,
};

/// Runs an attack, and then a script that uses what attacks like to break.
fn attack(vocabulary: Vocabulary, source: &str) -> (Outcome, World) {
    let mut world = World::new();
    let outcome = run_with(&mut world, vocabulary, source, LIMITS);
    assert!(world.effects.len() <= 5, "{source}: {:?}", world.effects);
    assert!(outcome.usage.queries <= 20 && outcome.usage.rows <= 40, "{source}: {:?}", outcome.usage);
    assert!(outcome.log.len() <= 20, "{source}");
    let (next, wanted) = match vocabulary {
        Vocabulary::SimpleOne => (
            "var r = new SimpleRecord('user'); r.addQuery('name', 'anna'); r.query(); r.next(); [r.email, [3, 1, 2].sort().join(), JSON.stringify({a: 1}), 'x'.toUpperCase()].join('|')",
            "anna@example.org|1,2,3|{\"a\":1}|X",
        ),
        Vocabulary::ServiceNow => (
            "var r = new GlideRecord('user'); r.addQuery('name', 'anna'); r.query(); r.next(); [r.email + '', [3, 1, 2].sort().join(), JSON.stringify({a: 1}), 'x'.toUpperCase()].join('|')",
            "anna@example.org|1,2,3|{\"a\":1}|X",
        ),
    };
    let after = run_with(&mut World::new(), vocabulary, next, Limits::default()).result;
    assert_eq!(after.unwrap().as_text(), Some(wanted), "after {source}");
    (outcome, world)
}

/// Whether an error is a limit's, or the interpreter's refusal of what is too large.
fn is_a_limit(error: &ScriptError) -> bool {
    let refusals = ["RangeError", "InternalError", "out of memory", "Maximum call stack"];
    match error {
        ScriptError::Time { .. }
        | ScriptError::Memory { .. }
        | ScriptError::Stack { .. }
        | ScriptError::Queries { .. }
        | ScriptError::Rows { .. }
        | ScriptError::Effects { .. }
        | ScriptError::Result => true,
        ScriptError::Thrown { message, host_code, .. } => {
            refusals.iter().any(|refusal| message.contains(refusal))
                || host_code.as_deref() == Some("condition_too_large")
        }
        ScriptError::Syntax { message, .. } => message.contains("stack") || message.contains("too"),
        _ => false,
    }
}

/// Every one of these is stopped by a limit, in both vocabularies.
fn stopped(sources: &[&str]) {
    let mut faults = Vec::new();
    for source in sources {
        for vocabulary in Vocabulary::ALL {
            match attack(vocabulary, source).0.result {
                Err(error) if is_a_limit(&error) => {}
                other => faults.push(format!("{source}: {other:.100?}")),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// These end by themselves, with or without an error, and have changed nothing.
fn comes_to_nothing(vocabulary: Vocabulary, sources: &[&str]) {
    for source in sources {
        let (_, world) = attack(vocabulary, source);
        assert!(world.effects.is_empty(), "{source}: {:?}", world.effects);
    }
}

#[test]
fn loops_in_every_construct() {
    stopped(&[
        "for (;;);",
        "for (var i = 0; i < 1; i += 0);",
        "while (true);",
        "do {} while (true);",
        "a: for (;;) { for (;;) continue a; }",
        "a: { for (;;) { try { break a; } finally { continue; } } }",
        "for (var x of { [Symbol.iterator]() { return { next() { return { done: false } } } } });",
        "var o = { a: 1 }; for (;;) for (var k in o);",
        "for (var x of (function* () { for (;;) yield 1; })());",
        "[...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }]",
        "var [...rest] = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) };",
        "Array.from({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })",
        "new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) })",
        "Object.fromEntries({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: ['a', 1] }) }) })",
        "[2, 1].sort(function () { for (;;); })",
        "[1].map(function () { for (;;); })",
        "[1].forEach(function () { while (1); })",
        "[1, 2].reduce(function () { for (;;); })",
        "[1].flatMap(() => { for (;;); })",
        "'a'.replace(/a/, function () { for (;;); })",
        "'a'.replaceAll('a', () => { for (;;); })",
        "JSON.stringify({ toJSON() { for (;;); } })",
        "JSON.stringify([1], () => { for (;;); })",
        "JSON.parse('[1]', () => { for (;;); })",
        "`${{ toString() { for (;;); } }}`",
        "+{ valueOf() { for (;;); } }",
        "({ [Symbol.toPrimitive]() { for (;;); } }) + 1",
        "(() => { for (;;); })``",
        "class A { static { for (;;); } }",
        "class A { static x = (() => { for (;;); })(); }",
        "new (class { constructor() { for (;;); } })",
        "({ get a() { for (;;); } }).a",
        "({ set a(v) { for (;;); } }).a = 1",
        "new Proxy({}, { get() { for (;;); } }).x",
        "for (var k in new Proxy({}, { ownKeys() { for (;;); } }));",
        "'x' in new Proxy({}, { has() { for (;;); } })",
        "({}) instanceof ({ [Symbol.hasInstance]() { for (;;); } })",
        "eval('for (;;);')",
        "(0, eval)('while (true);')",
        "Function('for (;;);')()",
        "new Function('a = (() => { for (;;); })()', '')()",
        "with ({ get x() { for (;;); } }) x",
        "switch (1) { case (() => { for (;;); })(): }",
        "(function f() { try { for (;;); } finally { f(); } })()",
        "try { for (;;); } catch (e) { for (;;); } finally { for (;;); }",
        "for (;;) try { throw 1 } catch (e) {}",
        "/^(a+)+$/.test('a'.repeat(64) + '!')",
        "/(a*)*b/.test('a'.repeat(64))",
        "/(x+x+)+y/.exec('x'.repeat(64))",
        "/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(64))",
        "'x'.repeat(64).match(/(?=(x+x+)+y)/)",
        "Array.prototype.concat.call(1, { length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })",
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
        "Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {})",
        "var a = []; a.length = 2 ** 32 - 1; a.reverse()",
        "var a = []; a.length = 2 ** 32 - 1; a.sort()",
        "var a = []; a.length = 2 ** 32 - 1; a.splice(0, 1)",
        "var a = []; a.length = 2 ** 32 - 1; a.shift()",
        "var a = []; a.length = 2 ** 32 - 1; a.unshift(1)",
        "var a = []; a.length = 2 ** 32 - 1; a.copyWithin(0, 1)",
        "var a = []; a.length = 2 ** 32 - 1; a.join()",
        "var a = []; a.length = 2 ** 32 - 1; `${a}`",
        "var a = []; a.length = 2 ** 32 - 1; a.slice(1)",
        "var a = []; a.length = 2 ** 32 - 1; [1].concat(a)",
        "var a = []; a.length = 2 ** 32 - 1; [a].flat()",
        "var a = []; a.length = 2 ** 32 - 1; [1].flatMap(() => a)",
        "Array.prototype.join.call({ length: 2 ** 53 - 1 })",
        "Array.prototype.slice.call({ length: 2 ** 53 - 1 }, 1)",
        "var n = 0; Array.prototype.join.call({ get length() { return n++ ? 2 ** 53 - 1 : 1e9 } })",
        "String.raw({ raw: { length: 2 ** 53 - 1 } })",
        "'x'.repeat(3e6).indexOf('x'.repeat(1.5e6) + 'y')",
        "'x'.repeat(3e6).includes('x'.repeat(1.5e6) + 'y')",
        "'xy'.repeat(1e6).lastIndexOf('xy'.repeat(5e5) + 'z')",
        "'x'.repeat(3e6).split('x'.repeat(1.5e6) + 'y')",
        "'x'.repeat(3e6).replace({ toString: () => 'x'.repeat(1.5e6) + 'y' }, '')",
        "Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 1)",
        "Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)",
        "throw { toString() { for (;;); }, toJSON() { for (;;); } }",
        "answer = { toJSON() { for (;;); } }",
    ]);
}

#[test]
fn bombs_of_memory_and_text() {
    stopped(&[
        "var a = []; for (;;) a.push(new Array(1000).fill('x'));",
        "var s = 'x'; for (;;) s += s;",
        "var s = ['x']; for (;;) s = s.concat(s);",
        "'x'.repeat(2 ** 30)",
        "'x'.padStart(2 ** 30)",
        "new Array(1e8).join('x')",
        "new Array(1e7).fill('x'.repeat(10)).join('')",
        "Array.from({ length: 1e9 }, (_, i) => i)",
        "[].concat(...new Array(1e6).fill([1, 2, 3]))",
        "new Uint8Array(1e9)",
        "new ArrayBuffer(2 ** 40)",
        "var o = {}; for (var i = 0; ; i++) o['k' + i] = { i };",
        "var m = new Map(); for (var i = 0; ; i++) m.set({}, 'x'.repeat(1000));",
        "var m = new Set(); for (var i = 0; ; i++) m.add('k'.repeat(100) + i);",
        "var c = () => {}; for (;;) c = c.bind(null, new Array(100).fill(1));",
        "var f = []; for (;;) f.push(Function('return ' + f.length));",
        "var s = []; for (;;) s.push(Symbol('x'.repeat(1000) + s.length));",
        "var l = null; for (;;) l = { l, x: new Array(100) };",
        "2n ** 100000000n",
        "var b = 3n; for (;;) b *= b;",
        "var s = 'x'.repeat(1000); for (;;) s = s.replace(/x/g, 'xx');",
        "var s = '{}'; for (;;) s = JSON.stringify({ s, t: s });",
        "var s = 'ab'; for (;;) s = s.split('').join(s);",
        "var s = 'a'; for (;;) s = encodeURIComponent(s + '%');",
        "var s = '%'; for (;;) s = escape(s) + s;",
        "Object.assign({}, ...new Array(1e6).fill(0).map((_, i) => ({ ['k' + i]: 'x'.repeat(1000) })))",
        "var r = new RegExp('x'.repeat(1e6)); var a = []; for (;;) a.push(new RegExp(r.source + a.length));",
        "answer = new Array(1e6).fill('x'.repeat(100))",
        "answer = { get a() { return 'x'.repeat(1e6) }, get b() { return this } }; answer.c = new Array(1e5).fill(answer.a)",
    ]);
}

#[test]
fn recursion() {
    stopped(&[
        "(function f() { f(); })()",
        "(function f() { return [f()]; })()",
        "function a() { b() } function b() { a() } a()",
        "var o = { get x() { return this.x } }; o.x",
        "var o = { toString() { return '' + this } }; '' + o",
        "var o = { valueOf() { return +this } }; +o",
        "var p = new Proxy({}, { get(t, k, r) { return r[k] } }); p.x",
        "var p = {}; for (var i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
        "JSON.parse('['.repeat(1e6))",
        "var a = []; for (var i = 0; i < 1e6; i++) a = [a]; JSON.stringify(a)",
        "var a = []; a[0] = a; a.flat(Infinity)",
        "var a = []; a[0] = a; answer = a",
        "eval('('.repeat(1e5) + ')'.repeat(1e5))",
        "var f = () => 1; for (var i = 0; i < 1e6; i++) f = f.bind(null); f()",
        "class A { constructor() { new this.constructor() } } new A()",
        "(function f() { try { f() } catch (e) { f() } })()",
        "(function f() { try { f() } finally { f() } })()",
        "[1].map(function f(x) { return [x].map(f) })",
        "'a'.replace(/a/, function f() { return 'a'.replace(/a/, f) })",
        "JSON.stringify({ toJSON() { return JSON.stringify(this) } })",
        "(function f() { eval('f()') })()",
        "function* g() { yield* g() } [...g()]",
    ]);
}

#[test]
fn exploding_expressions() {
    stopped(&[
        "var a = [1]; for (var i = 0; i < 40; i++) a = [a, a]; JSON.stringify(a)",
        "var a = [1]; for (var i = 0; i < 40; i++) a = [a, a]; '' + a",
        "var a = [1]; for (var i = 0; i < 40; i++) a = [a, a]; answer = a",
        "var o = { v: 1 }; for (var i = 0; i < 40; i++) o = { a: o, b: o }; answer = o",
        "var s = 'x'; for (var i = 0; i < 40; i++) s = `${s}${s}`; s",
        "function t(n) { return n ? t(n - 1) + t(n - 1) : 'x' } t(40)",
        "var e = '1'; for (var i = 0; i < 30; i++) e = '(' + e + '+' + e + ')'; eval(e)",
        "(function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) })(60)",
        "var a = [0]; for (var i of a) { a.push(i, i); }",
    ]);
}

#[test]
fn floods_of_promises() {
    stopped(&[
        "(function f() { Promise.resolve().then(f); })()",
        "(async function f() { for (;;) await null; })()",
        "(async function f() { await f(); })(); for (;;);",
        "(async () => { for await (var x of (async function* () { for (;;) yield 1; })()); })()",
        "var t = { then(r) { r(t) } }; Promise.resolve(t)",
        "(function f() { Promise.reject(1); Promise.resolve().then(f) })()",
        "(function f() { Promise.all([1]).then(f); Promise.race([1]).then(f); })()",
        "(function f() { new Promise((y, n) => n(1)).catch(f); })()",
        "(function f() { Promise.resolve().finally(f); })()",
        "for (;;) Promise.resolve(new Array(100).fill(1)).then(x => x);",
        "new Promise(() => { for (;;); })",
    ]);
}

#[test]
fn endless_queries_of_simpleone() {
    for source in [
        "var r = new SimpleRecord('incident'); for (;;) r.query();",
        "var r = new SimpleRecord('incident'); for (;;) { r.query(); while (r.next()) r.update(); }",
        "for (;;) new SimpleRecord('user').get('u1');",
        "for (;;) try { new SimpleRecord('user').get('u1') } catch (e) {}",
        "for (;;) current.caller.name;",
        "for (;;) current.getDisplayValue();",
        "for (;;) current.caller.manager.manager.name;",
        "var r = new SimpleRecord('incident'); for (;;) { r.setLimit(1e9); r.query(); }",
        "for (;;) new SimpleRecord('user').insert();",
        "for (;;) { current.subject = '' + Math.random(); current.update(); }",
        "for (;;) ss.eventQueue('x', current);",
        "for (;;) { try { current.deleteRecord() } catch (e) {} finally { continue } }",
    ] {
        let (outcome, _) = attack(Vocabulary::SimpleOne, source);
        assert!(is_a_limit(&outcome.result.unwrap_err()), "{source}");
    }
}

#[test]
fn endless_queries_of_servicenow() {
    for source in [
        "var r = new GlideRecord('incident'); for (;;) r.query();",
        "var r = new GlideRecord('incident'); for (;;) { r.query(); while (r.next()) r.update(); }",
        "for (;;) new GlideRecord('user').get('u1');",
        "for (;;) current.caller.name + '';",
        "for (;;) current.getDisplayValue();",
        "for (;;) current.caller.manager.manager.name + '';",
        "for (;;) { var a = new GlideAggregate('incident'); a.addAggregate('COUNT'); a.query(); }",
        "for (;;) new GlideRecord('user').insert();",
        "for (;;) { current.subject = '' + Math.random(); current.update(); }",
        "for (;;) gs.eventQueue('x', current, '', '');",
        "var r = new GlideRecord('user'); while (true) { r.initialize(); r.insert(); }",
    ] {
        let (outcome, _) = attack(Vocabulary::ServiceNow, source);
        assert!(is_a_limit(&outcome.result.unwrap_err()), "{source}");
    }
}

/// What they try on host objects, said once for both vocabularies.
const TRICKS: [&str; 44] = [
    // Prototypes.
    "Object.setPrototypeOf(current, null); current.number",
    "current.__proto__ = {}; current.number",
    "Object.defineProperty(current, 'number', { value: 'x' })",
    "Object.defineProperty(current, 'number', { get() { return 'x' } })",
    "delete current.number; delete current.update;",
    "Object.freeze(current); Object.seal(current); Object.preventExtensions(current)",
    "Object.assign(current, null, undefined)",
    "RECORD.prototype.next = () => true; RECORD.prototype.update = null;",
    "Object.getPrototypeOf(current).getValue = () => 'x'; current.getValue('number')",
    "RECORD.prototype.getValue.call({}, 'number')",
    "RECORD.prototype.getValue.call(null, 'number')",
    "RECORD.prototype.getValue.call(SYSTEM, 'number')",
    "RECORD.prototype.getValue.call(RECORD.prototype, 'number')",
    "SYSTEM.info.call(current, 'x')",
    "Reflect.construct(RECORD, ['user'], Array).length",
    "Reflect.construct(RECORD, ['user'], function () {}).getValue",
    "RECORD('user')",
    "new RECORD({ toString() { throw 1 } })",
    "new RECORD('no such table').query()",
    "class Evil extends RECORD { get number() { return 'x' } } new Evil('incident').number",
    "class Evil extends RECORD { constructor() { super('incident'); this.caller = this } } new Evil()",
    "current.constructor.constructor('return this')().x = 1",
    "Object.prototype.get = function () { return 1 }; Object.prototype.set = null; current.number",
    "Object.prototype.toJSON = function () { throw 1 }; SYSTEM.info({}); current.number",
    "Array.prototype.push = null; Array.prototype[Symbol.iterator] = null; current.number",
    "Function.prototype.call = null; Function.prototype.apply = null; current.getValue('number')",
    "String.prototype.split = null; String.prototype.toString = () => { throw 1 }; current.number",
    "Symbol.prototype[Symbol.toPrimitive] = null; current.number",
    "globalThis.SYSTEM = null; globalThis.RECORD = null;",
    "Proxy = Reflect = Object = Array = String = undefined; current.number",
    // Proxies.
    "new Proxy(current, {}).getValue('number')",
    "new Proxy(current, { get() { return () => 'x' } }).update()",
    "var r = Proxy.revocable({}, {}); r.revoke(); SYSTEM.info(r.proxy)",
    "SYSTEM.info(new Proxy([], { get(t, k) { return k === 'length' ? 2 ** 32 : 1 } }))",
    "SYSTEM.info(new Proxy({}, { ownKeys() { return ['a'] }, getOwnPropertyDescriptor() { throw 1 } }))",
    "SYSTEM.info(new Proxy(function () {}, { apply() { throw 1 } }))",
    // Throwing getters.
    "SYSTEM.info({ get a() { throw 1 } })",
    "SYSTEM.info({ toJSON() { throw null } })",
    "SYSTEM.info({ toString() { throw {} }, toJSON: undefined })",
    "current.subject = { toString() { throw new Error('x') }, toJSON() { throw new Error('x') } }",
    "throw { get message() { throw { get message() { throw 1 } } } }",
    "throw new Proxy({}, { get() { throw 1 } })",
    // Re-entrance.
    "var r = new RECORD('incident'); r.addQuery('number', { toString() { r.query(); return 'INC1' }, toJSON() { r.query(); return 'INC1' } }); r.query(); r.next()",
    "var r = new RECORD('incident'); r.query(); while (r.next()) { r.get('i1'); break }",
];

#[test]
fn tricks_on_the_host_objects_of_simpleone() {
    let tricks: Vec<String> =
        TRICKS.iter().map(|trick| trick.replace("RECORD", "SimpleRecord").replace("SYSTEM", "ss")).collect();
    comes_to_nothing(Vocabulary::SimpleOne, &tricks.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn tricks_on_the_host_objects_of_servicenow() {
    let tricks: Vec<String> =
        TRICKS.iter().map(|trick| trick.replace("RECORD", "GlideRecord").replace("SYSTEM", "gs")).collect();
    comes_to_nothing(Vocabulary::ServiceNow, &tricks.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn what_looks_endless_and_is_not() {
    for vocabulary in Vocabulary::ALL {
        comes_to_nothing(
            vocabulary,
            &[
                "function* g() { for (;;) { try { yield 1 } finally { continue } } } for (var x of g()) break;",
                "Array.prototype.reverse.call({ length: 2 ** 53 - 1 })",
                "Array.prototype.sort.call(new Proxy([], { get: (t, k) => k === 'length' ? 2 ** 53 - 1 : t[k] }))",
                "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))",
                "Promise.reject(1)",
                "new Promise(() => {})",
                "var a = []; a.length = 2 ** 32 - 1; a.indexOf(1)",
            ],
        );
    }
}

#[test]
fn arrays_and_searches_are_bounded_at_their_limits() {
    let run = |source: String| {
        run_with(&mut World::new(), Vocabulary::SimpleOne, &source, Limits::default()).result
    };
    let sliced = |length: u32| run(format!("var a = []; a.length = {length}; a.slice(0, 1).length"));
    assert!(sliced(MAX_ARRAY_LENGTH).is_ok());
    assert!(is_a_limit(&sliced(MAX_ARRAY_LENGTH + 1).unwrap_err()));
    let text = 1_u64 << 20;
    let found = |part: u64| run(format!("'ab'.repeat({text} / 2).includes('x'.repeat({part}))"));
    assert!(found(MAX_SEARCH_STEPS / text).is_ok());
    assert!(is_a_limit(&found(MAX_SEARCH_STEPS / text + 1).unwrap_err()));
}

#[test]
fn guarded_functions_are_those_of_the_language() {
    for (source, wanted) in [
        ("[3, 1, 2].sort().reverse().join('-')", "3-2-1"),
        ("[1, [2, [3, [4]]]].flat(2).length + '|' + [1, 2].flatMap(x => [x, [x]]).length", "4|4"),
        (
            "[1].concat([2], 3, [[4]]).length + '|' + [0].concat({ length: 1, 0: 'a', [Symbol.isConcatSpreadable]: true }).join()",
            "4|0,a",
        ),
        ("(function () { return Array.prototype.slice.call(arguments, 1).join() })(1, 2, 3)", "2,3"),
        ("Array.prototype.join.call('abc', '-') + [,'a',null,undefined].join('.')", "a-b-c.a.."),
        (
            "var a = [1, 2, 3, 4]; a.splice(1, 2, 'x'); a.unshift(0); a.shift(); a.copyWithin(0, 1); `${a}`",
            "x,4,4",
        ),
        (
            "'a.b.c'.split('.').length + 'a1b2'.replace(/[0-9]/g, d => d * 2) + 'aXbX'.replaceAll('X', '-') + 'abc'.indexOf('c', 1)",
            "3a2b4a-b-2",
        ),
        (
            "'abc'.split(undefined).length + 'x'.replace('x', '$&$&') + 'null'.includes(null) + 'abcabc'.lastIndexOf('b')",
            "1xxtrue4",
        ),
        (
            "String.raw`a\\n${1}b` + 'a,b'.split(/,/).length + 'aa'.replace({ [Symbol.replace]: (s, r) => r + s }, 'z')",
            "a\\n1b2zaa",
        ),
        ("[].concat.length + ' ' + [].slice.name + ' ' + ''.indexOf.length", "1 slice 1"),
    ] {
        let (outcome, _) = attack(Vocabulary::SimpleOne, source);
        assert_eq!(outcome.result.unwrap().as_text(), Some(wanted), "{source}");
    }
}

#[test]
fn a_script_that_writes_while_it_is_being_read_writes_no_more_than_it_says() {
    for source in [
        "current.subject = { toString() { current.update(); return 'x' }, toJSON() { current.update(); return 'x' } }; current.update();",
        "var o = { toString() { current.work_notes = 'a'; return 'b' }, toJSON() { return 'c' } }; current.subject = o; current.update();",
    ] {
        for vocabulary in Vocabulary::ALL {
            let (outcome, world) = attack(vocabulary, source);
            assert!(outcome.result.is_ok(), "{source}: {:?}", outcome.result);
            assert!(world.effects.len() <= 2, "{source}: {:?}", world.effects);
        }
    }
}

#[test]
fn terms_of_a_condition_explode() {
    let (outcome, _) = attack(
        Vocabulary::SimpleOne,
        "var r = new SimpleRecord('incident'); for (var i = 0; i < 5000; i++) r.addOrCondition('number', i); r.query(); r.getErrors()[0]",
    );
    // A condition that cannot be asked selects nothing there, and says why.
    let value = outcome.result.unwrap();
    assert!(value.as_text().is_some_and(|text| text.contains("more than 1000")), "{value:?}");
    let (outcome, _) = attack(
        Vocabulary::ServiceNow,
        "var r = new GlideRecord('incident'); var q = r.addQuery('number', 'x'); for (var i = 0; i < 5000; i++) q.addOrCondition('number', i); r.query(); r.getRowCount()",
    );
    assert!(outcome.result.map_or_else(|error| is_a_limit(&error), |count| count.to_json() == 0));
}

#[test]
fn nothing_of_the_machine_is_in_reach() {
    for name in [
        "process",
        "require",
        "module",
        "std",
        "os",
        "Deno",
        "Bun",
        "WebAssembly",
        "Worker",
        "SharedArrayBuffer",
        "Atomics",
        "performance",
        "WeakRef",
        "FinalizationRegistry",
        "importScripts",
    ] {
        for vocabulary in Vocabulary::ALL {
            // What people may look for is named in an error; nothing else is there.
            let source = format!(
                "typeof {name} === 'undefined' || (() => {{ try {{ {name}() }} catch (e) {{ return e.name === 'NotSupported' }} }})()"
            );
            let (outcome, _) = attack(vocabulary, &source);
            assert!(outcome.result.is_ok_and(|value| value.is_truthy()), "{name}");
        }
    }
    for vocabulary in Vocabulary::ALL {
        let (outcome, _) = attack(vocabulary, "import('fs')");
        assert!(!outcome.result.is_ok_and(|value| value.is_truthy()));
    }
}
