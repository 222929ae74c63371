//! Elements compare and test by value: each row of the table of coercions, and the places of errors in
//! scripts that were rewritten for it.
#![expect(clippy::panic, reason = "tests")]

mod common;

use common::{World, at};
use rejoinder_script::{Limits, ScriptError, Vocabulary};

fn outcome(source: &str) -> Result<String, ScriptError> {
    let outcome = common::run_with(&mut World::new(), Vocabulary::ServiceNow, source, Limits::default());
    outcome.result.map(|value| value.to_json().to_string())
}

fn value(source: &str) -> String {
    outcome(source).unwrap_or_else(|error| panic!("{error}\n{source}"))
}

fn failure(source: &str) -> ScriptError {
    match outcome(source) {
        Ok(value) => panic!("gives {value}\n{source}"),
        Err(error) => error,
    }
}

/// All of these are as said; each is told by itself when it is not.
fn all(cases: &[(&str, &str)]) {
    for (source, wanted) in cases {
        assert_eq!(value(source), *wanted, "{source}");
    }
}

#[test]
fn typeof_is_object() {
    all(&[("typeof current.state", r#""object""#), ("typeof current.nothing_here", r#""undefined""#)]);
}

#[test]
fn equality_compares_the_stored_value() {
    all(&[
        ("current.state == '1'", "true"),
        ("current.state != '1'", "false"),
        ("'1' == current.state", "true"),
        ("current.state == 1", "true"),
        ("current.caller == 'u1'", "true"),
        ("current.score == 2.5 && current.score == '2.5' && current.score == '2.50'", "true"),
        ("current.closed_at == null && current.closed_at == undefined && current.closed_at == ''", "true"),
        ("current.state == null", "false"),
        ("current.closed_at != null", "false"),
        ("current.nothing_here == null", "true"),
    ]);
}

#[test]
fn strict_equality_and_switch_never_hold_for_a_primitive() {
    all(&[
        ("current.state === '1'", "false"),
        ("current.state !== '1'", "true"),
        ("switch (current.state) { case '1': 'text'; break; default: 'no text' }", r#""no text""#),
        ("switch (current.state.toString()) { case '1': 'text'; break; default: 'no text' }", r#""text""#),
    ]);
}

#[test]
fn two_elements_are_compared_by_their_values() {
    all(&[
        ("changed.state == previous.state", "false"),
        ("changed.state != previous.state", "true"),
        ("changed.number == previous.number", "true"),
        ("current.caller == previous.caller.sys_id", "true"),
    ]);
}

#[test]
fn a_field_that_is_true_or_false_equals_both_forms() {
    all(&[
        ("current.active == true", "true"),
        ("current.active == 'true'", "true"),
        ("current.active == '1' && current.active == 1", "true"),
        ("current.active == false || current.active == 'false'", "false"),
        ("changed.active == previous.active", "true"),
        (
            "var gr = new GlideRecord('incident'); gr.get('i3'); [gr.active == false, gr.active == 'false', !gr.active]",
            "[true,true,true]",
        ),
    ]);
}

#[test]
fn conversion_to_text_gives_the_stored_value() {
    all(&[
        ("current.state + ''", r#""1""#),
        ("String(current.number)", r#""INC1""#),
        ("current.active + ''", r#""true""#),
        ("current.getValue('active')", r#""1""#),
        ("'' + current.closed_at", r#""""#),
        ("'is ' + current.number + ' of ' + current.caller.name", r#""is INC1 of anna""#),
        ("`${current.number}`", r#""INC1""#),
    ]);
}

#[test]
fn order_and_arithmetic_are_numeric() {
    all(&[
        ("current.score > 2 && current.score < 3 && current.score >= 2.5 && current.score <= 2.5", "true"),
        ("current.score - 1", "1.5"),
        ("current.score++; current.score + ''", r#""3.5""#),
        ("current.score += 2; current.score - 0", "4.5"),
        ("--current.score; current.score * 2", "3"),
        ("current.state < 10", "true"),
        ("changed.state > previous.state", "true"),
        ("+current.active", "1"),
        ("current.work_notes = 'a'; current.work_notes += 'b'; current.work_notes + ''", r#""ab""#),
    ]);
}

#[test]
fn only_numbers_are_added_and_everything_else_is_joined() {
    all(&[
        ("current.score + 1", "3.5"),
        ("current.state + 1", r#""11""#),
        ("1 + current.number", r#""1INC1""#),
    ]);
}

#[test]
fn a_test_goes_by_the_value() {
    all(&[
        ("if (current.caller) 'yes'; else 'no'", r#""yes""#),
        ("if (current.closed_at) 'yes'; else 'no'", r#""no""#),
        ("!current.active", "false"),
        ("!current.closed_at", "true"),
        ("!!current.caller.name", "true"),
        ("current.closed_at ? 1 : 2", "2"),
        ("var n = 0; while (current.active && n < 3) n++; n", "3"),
        ("var n = 0; do n++; while (current.closed_at); n", "1"),
        ("var n = 0; for (; current.active; n++) if (n == 2) break; n", "2"),
        ("var gr = new GlideRecord('incident'); gr.get('i3'); gr.active ? 1 : 2", "2"),
        ("var gr = new GlideRecord('incident'); gr.get('i3'); gr.caller.name ? 1 : 2", "2"),
    ]);
}

#[test]
fn and_and_or_give_the_operand_back() {
    all(&[
        ("var x = current.caller || 'nobody'; typeof x + ' ' + x", r#""object u1""#),
        ("var x = current.closed_at || 'open'; x", r#""open""#),
        ("var x = current.caller && current.caller.name; x + ''", r#""anna""#),
        ("var x = current.closed_at && 'closed'; typeof x + x.getName()", r#""objectclosed_at""#),
        ("var x = 0 && current; x", "0"),
        ("var x = '' || 0 || null; x", "null"),
        (
            "var calls = 0; function f() { calls++; return current.closed_at } var x = f() || f() || 'z'; [x, calls]",
            r#"["z",2]"#,
        ),
        ("var x = (current.caller && current.closed_at) || (current.active && 'last'); x", r#""last""#),
        ("function f(a) { return a && a.name } [f(null), f({name: 1})]", "[null,1]"),
    ]);
}

#[test]
fn methods_of_strings_work_on_the_value() {
    all(&[
        ("current.followers.split(',')", r#"["u1","u2"]"#),
        ("current.subject.indexOf('of')", "8"),
        ("current.closed_at.indexOf('x')", "-1"),
        ("current.subject.match(/INC\\d/)[0]", r#""INC1""#),
        ("current.subject.replace('subject', 'title').toUpperCase()", r#""TITLE OF INC1""#),
        ("current.subject.length", "15"),
    ]);
}

#[test]
fn an_argument_is_its_value() {
    all(&[
        ("var gr = new GlideRecord('user'); gr.get(current.caller); gr.name + ''", r#""anna""#),
        (
            "var gr = new GlideRecord('incident'); gr.addQuery('caller', current.caller); gr.query(); gr.getRowCount()",
            "1",
        ),
        ("var gr = new GlideRecord('incident'); gr.subject = current.number; gr.subject + ''", r#""INC1""#),
        ("JSON.stringify({ a: current.number, b: current.active })", r#""{\"a\":\"INC1\",\"b\":\"true\"}""#),
    ]);
}

#[test]
fn an_element_is_a_glide_element() {
    all(&[
        ("current.state instanceof GlideElement", "true"),
        ("'x' instanceof GlideElement", "false"),
        ("current instanceof GlideRecord", "true"),
    ]);
}

#[test]
fn the_value_of_a_condition_is_true_or_false() {
    all(&[
        ("current.active", "true"),
        ("var gr = new GlideRecord('incident'); gr.get('i3'); gr.active", "false"),
        ("answer = current.active", "true"),
        ("current.active && current.state == 1", "true"),
        ("(function () { return current.closed_at.nil() })()", "true"),
    ]);
}

#[test]
fn each_walks_over_values() {
    all(&[
        ("var s = ''; for each (var x in ['a', 'b']) { s += x } s", r#""ab""#),
        ("var s = ''; for each (var x in {p: 'a', q: 'b'}) s += x; s", r#""ab""#),
    ]);
}

#[test]
fn errors_name_the_column_of_the_administrators_source() {
    for (source, place) in [
        ("if (current.active == true) missing()", "1:29"),
        ("var a = 1;\nif (current.active && current.state == 1 && missing.x) a", "2:45"),
        ("var x = current.closed_at && 1 || current.state != '1' || absent + 1", "1:59"),
        ("/* жук */ if (current.active == nowhere) 1", "1:33"),
        ("var a = !current.active ? 1 : gone.x;", "1:31"),
        ("if (current.active) return missing();", "1:28"),
        ("if (current.active == true) {\n  current.addQeury('a', 1);\n}", "2:3"),
        ("if (current.active == true) { a", "1:32"),
    ] {
        assert_eq!(at(&failure(source)), place, "{source}\n{}", failure(source));
    }
}

#[test]
fn errors_in_an_include_name_its_own_place() {
    let error = failure("if (current.active == true) Broken.fail(current)");
    let place = error.location().map(|at| (at.script.as_str(), at.line, at.column));
    assert_eq!(place, Some(("Broken", 3, 22)), "{error}");
    let error = failure("Malformed.a");
    assert_eq!(error.location().map(|at| (at.script.as_str(), at.line)), Some(("Malformed", 2)), "{error}");
}

#[test]
fn no_script_can_replace_the_helpers() {
    all(&[
        ("__rj4Qz7e = function () { return true }; current.state == 'x'", "false"),
        (
            "try { if (!current) 1; Object.defineProperty(globalThis, '__rj4' + 'Qz7e', {value: 1}); 'replaced' } catch (e) { 'refused' }",
            r#""refused""#,
        ),
        ("delete globalThis['__rj4' + 'Qz7e']; if (current.state == 'x') 1; else 2", "2"),
    ]);
}

#[test]
fn a_script_that_runs_without_being_rewritten_says_so() {
    let source = "{ using: 1 } if (current.closed_at) 'object'; else 'value'";
    let outcome = common::run_with(&mut World::new(), Vocabulary::ServiceNow, source, Limits::default());
    assert_eq!(outcome.result, Ok("object".into()));
    assert!(outcome.log[0].text.starts_with("the script has syntax that is not known"), "{:?}", outcome.log);
    let source = "if (current.closed_at {";
    let outcome = common::run_with(&mut World::new(), Vocabulary::ServiceNow, source, Limits::default());
    assert!(matches!(outcome.result, Err(ScriptError::Syntax { .. })) && outcome.log.is_empty());
}
