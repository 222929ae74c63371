//! The language around the vocabulary: what a script's value is, what time and chance are, and where
//! an error is said to be.

mod common;

use common::{World, at, effects, error, run_in, value};
use rejoinder_script::{Limits, Script, ScriptError, Vocabulary, check};

fn checked(source: &str) -> Result<(), ScriptError> {
    check(&Script { name: "checked", source, vocabulary: Vocabulary::SimpleOne })
}

#[test]
fn the_value_is_that_of_the_last_expression() {
    assert_eq!(value("1; 'a' + 'b'"), r#""ab""#);
    assert_eq!(value("if (mail.to.length === 1) mail.subject === 'Help'; else false"), "true");
    assert_eq!(value("var x = 1"), "null");
    assert_eq!(value(""), "null");
    assert_eq!(
        value("({a: [1, null, undefined, 2.5], b: {c: 'x'}, d: undefined})"),
        r#"{"a":[1,null,null,2.5],"b":{"c":"x"}}"#
    );
}

#[test]
fn the_variable_answer_wins_over_the_last_expression() {
    for declared in
        ["answer = [1, 2];", "var answer = [1, 2];", "let answer = [1, 2];", "const answer = [1, 2];"]
    {
        assert_eq!(value(&format!("{declared} 'other'")), "[1,2]", "{declared}");
    }
    assert_eq!(value("answer = 1; if (true) return;"), "1");
    assert_eq!(value("answer = false; 'other'"), "false");
}

#[test]
fn a_bare_return_is_legal_and_its_value_wins() {
    assert_eq!(value("if (current.state === '1') return 'new';\nreturn 'old';"), r#""new""#);
    assert_eq!(value("answer = 1; return 2; // no line break"), "2");
}

#[test]
fn sloppy_scripts_run() {
    assert_eq!(value("x = 5; var y = 010; (function () { return this === globalThis })() && x + y"), "13");
}

#[test]
fn modern_syntax_runs() {
    assert_eq!(
        value(
            "class A { #x = 1; get x() { return this.#x } } const f = ({a, ...r}) => [a ?? 3, ...Object.keys(r)]; \
               try { null.x } catch { } `${new A().x} ${f({b: 1})} ${2n ** 64n}`"
        ),
        r#""1 3,b 18446744073709551616""#
    );
}

#[test]
fn time_is_the_decisions_and_local_time_is_utc() {
    for (source, expected) in [
        ("Date.now()", "1795514400500"),
        ("new Date().getTime()", "1795514400500"),
        ("new Date() - new Date()", "0"),
        ("new Date().toISOString()", r#""2026-11-24T10:00:00.500Z""#),
        ("JSON.stringify(new Date(0))", r#""\"1970-01-01T00:00:00.000Z\"""#),
        ("new Date()", r#""2026-11-24T10:00:00.500Z""#),
        ("Date()", r#""Tue Nov 24 2026 10:00:00 GMT+0000 (UTC)""#),
        ("'' + new Date(2020, 1, 29, 12)", r#""Sat Feb 29 2020 12:00:00 GMT+0000 (UTC)""#),
        ("new Date('2020-02-29T12:30:00').getHours()", "12"),
        ("new Date('2020-02-29 12:30:00').toISOString()", r#""2020-02-29T12:30:00.000Z""#),
        ("new Date('2020-02-29T12:30:00+03:00').getHours()", "9"),
        ("Date.parse('2020-02-29')", "1582934400000"),
        ("Date.parse('nonsense')", "null"),
        ("new Date().getTimezoneOffset()", "0"),
        ("new Date().toLocaleString()", r#""2026-11-24 10:00:00""#),
        ("new Date().toLocaleDateString() + new Date().toDateString()", r#""2026-11-24Tue Nov 24 2026""#),
        (
            "var d = new Date(0); d.setHours(5); d.getDay() + d.toISOString()",
            r#""41970-01-01T05:00:00.000Z""#,
        ),
        ("new Date(NaN).toString()", r#""Invalid Date""#),
        ("new Date(new Date(5)).getTime()", "5"),
        ("new Date() instanceof Date && new Date().constructor === Date", "true"),
        ("Object.getPrototypeOf(class extends Date {}) === Date", "true"),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn the_machines_clock_is_out_of_reach() {
    assert_eq!(value("typeof globalThis['Da' + 'te']"), r#""undefined""#);
    assert_eq!(value("// Date\nglobalThis['Da' + 'te'].prototype.constructor.now()"), "1795514400500");
}

#[test]
fn chance_comes_from_the_seed() {
    let source = "[Math.random(), Math.random(), Math.random()].join()";
    let first = value(source);
    assert_eq!(value(source), first);
    let texts: Vec<&str> = first.trim_matches('"').split(',').collect();
    let numbers: Vec<f64> = texts.iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(numbers.len(), 3);
    assert!(numbers.iter().all(|n| (0.0..1.0).contains(n)) && texts[0] != texts[1]);
}

#[test]
fn two_runs_share_nothing() {
    assert_eq!(value("globalThis.kept = 1; Array.prototype.kept = 2; 1"), "1");
    assert_eq!(value("typeof kept + typeof [].kept"), r#""undefinedundefined""#);
}

#[test]
fn a_syntax_error_is_located() {
    let error = error("var a = 1;\nvar b = = 2;");
    assert_eq!((error.code(), at(&error).as_str()), ("script_syntax", "2:9"));
    assert!(error.to_string().ends_with("(at Open an incident:2:9)"), "{error}");
}

#[test]
fn a_syntax_error_beside_a_bare_return_is_located_in_the_administrators_source() {
    for (source, place) in [("return 1; var = 2;", "1:15"), ("return 1;\nvar = 2;", "2:5")] {
        let error = error(source);
        assert_eq!((error.code(), at(&error).as_str()), ("script_syntax", place), "{error}");
        assert_eq!(at(&checked(source).unwrap_err()), place);
    }
}

#[test]
fn a_thrown_error_is_located_with_its_calls() {
    let error = error("function inner() {\n  throw new TypeError('no');\n}\ninner();");
    let ScriptError::Thrown { message, stack, host_code, .. } = &error else { panic!("{error:?}") };
    assert_eq!(message, "TypeError: no");
    assert_eq!(at(&error), "2:13");
    assert_eq!(stack, "inner (Open an incident:2:13)\nOpen an incident:4:1");
    assert_eq!(*host_code, None);
}

#[test]
fn an_error_inside_the_wrapper_of_a_return_is_located_too() {
    assert_eq!(at(&error("if (false) return; nothing();")), "1:20");
    assert_eq!(at(&error("if (false) return;\n\n  nothing();")), "3:3");
}

#[test]
fn an_error_of_a_member_is_located_at_its_call() {
    let error = error("var r = new SimpleRecord('incident');\n\n  r.get('');");
    assert_eq!(at(&error), "3:5");
    assert!(error.to_string().starts_with("TypeError: get: argument 1 must not be empty"), "{error}");
    let ScriptError::Thrown { stack, .. } = error else { panic!("{error:?}") };
    assert_eq!(stack, "Open an incident:3:5");
}

#[test]
fn columns_count_characters() {
    assert_eq!(at(&error("'жуки'; nothing();")), "1:9");
    assert_eq!(at(&error("if (0) return; 'жуки'; nothing();")), "1:24");
    assert_eq!(at(&error("'жуки'; var = 1;")), "1:13");
    assert_eq!(at(&checked("'жуки'; var = 1;").unwrap_err()), "1:13");
}

#[test]
fn what_is_no_error_can_be_thrown() {
    for (source, message) in [
        ("throw 'plain'", "plain"),
        ("throw 5", "5"),
        ("throw {a: 1}", r#"{"a":1}"#),
        ("throw undefined", "null"),
        ("throw new Error('')", "Error"),
        ("throw new (class Odd extends Error { name = 'Odd' })('x')", "Odd: x"),
        ("throw {get a() { throw 1 }}", "a thrown object"),
    ] {
        let ScriptError::Thrown { message: thrown, .. } = error(source) else { panic!("{source}") };
        assert_eq!(thrown, message, "{source}");
    }
}

#[test]
fn errors_of_evaluated_code_are_not_errors_of_the_scripts_syntax() {
    for source in ["eval('var = 1')", "new Function('var = 1')", "JSON.parse('{')", "new RegExp('(')"] {
        let error = error(source);
        assert_eq!(error.code(), "script_thrown", "{source}: {error}");
        assert_ne!(at(&error), "nowhere", "{source}");
    }
}

#[test]
fn promises_are_waited_for() {
    assert_eq!(value("(async () => { await null; return 'later' })()"), r#""later""#);
    assert_eq!(
        value("var n = 0; Promise.resolve().then(() => n = 1).then(() => { answer = n + 1 }); 0"),
        "2"
    );
    assert_eq!(value("new Promise(() => {})"), "null");
    assert_eq!(value("Promise.reject(new Error('x')).catch(() => 3)"), "3");
}

#[test]
fn a_rejection_that_nobody_hears_is_an_error() {
    for source in
        ["Promise.reject(new Error('unheard')); 1", "(async () => {\nthrow new Error('unheard') })(); 1"]
    {
        let error = error(source);
        assert!(error.to_string().starts_with("unheard (at Open an incident:"), "{error}");
    }
}

#[test]
fn a_result_that_cannot_be_represented() {
    assert_eq!(value("var a = []; a.push(a); a"), "null", "nobody asked for the value of the last statement");
    for source in ["var answer = []; answer.push(answer);", "var a = {}; a.a = a; return a;"] {
        assert_eq!(error(source), ScriptError::Result);
    }
    let nested = |depth: usize| format!("answer = {}{};", "[".repeat(depth), "]".repeat(depth));
    assert!(value(&nested(64)).starts_with("[[[["));
    assert_eq!(error(&nested(65)), ScriptError::Result);
}

#[test]
fn text_survives_the_border_and_what_cannot_is_replaced() {
    assert_eq!(value("'Жуки 🐞'"), r#""Жуки 🐞""#);
    assert_eq!(value("'a\\ud83d' + '\\0' + '\\udc1e'"), r#""a��""#.replace("��", "\u{fffd}\u{fffd}\u{fffd}"));
    assert_eq!(value("'a\0b'.length"), "3");
}

#[test]
fn a_strange_script_name_changes_nothing() {
    let name = "x (y:1:2)\n\0: z";
    let script = Script { name, source: "\nnothing()", vocabulary: Vocabulary::SimpleOne };
    let mut world = World::new();
    let run = rejoinder_script::Run {
        script,
        globals: vec![],
        now_micros: 0,
        seed: [0; 32],
        limits: Limits::default(),
    };
    let error = rejoinder_script::run(&run, &mut world).result.unwrap_err();
    assert_eq!(at(&error), "2:1");
    assert_eq!(error.location().unwrap().script, name);
}

#[test]
fn check_finds_errors_of_syntax_and_runs_nothing() {
    for good in
        ["return 1", "for (;;);", "throw new Error('never')", "/a+/.test('a')", "'use strict'; var x", ""]
    {
        assert_eq!(checked(good), Ok(()), "{good}");
    }
    let error = checked("one(\ntwo three)").unwrap_err();
    assert_eq!((error.code(), at(&error).as_str()), ("script_syntax", "2:5"));
    assert_eq!(at(&checked("var = 1").unwrap_err()), "1:5");
    let outside = checked("}); for (;;); (function () { return 1");
    assert!(!matches!(outside, Err(ScriptError::Time { .. })), "{outside:?}");
}

#[test]
fn equal_runs_have_equal_outcomes() {
    let source = "ss.info(Math.random() + ' ' + new Date()); current.caller.name";
    let outcome = || run_in(&mut World::new(), source, Limits::default());
    assert_eq!(outcome(), outcome());
    assert_eq!(outcome().usage.queries, 1);
    assert_eq!(effects(source), [""; 0]);
}
