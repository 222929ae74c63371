//! What is found in a script without running it, and what is left alone because it may work.

use rejoinder_script::{Script, Vocabulary, lint};

fn found(source: &str) -> Vec<String> {
    let script = Script { name: "rule", source, vocabulary: Vocabulary::SimpleOne };
    let told = |finding: rejoinder_script::Finding| {
        format!("{}:{} {}", finding.at.line, finding.at.column, finding.message)
    };
    lint(&script, &["Helper"]).into_iter().map(told).collect()
}

#[test]
fn a_member_that_does_not_exist_is_found_at_its_place() {
    assert_eq!(found("var a = 1;\n  ss.inf('x');"), ["2:6 there is no ss.inf; did you mean ss.info?"]);
    assert_eq!(
        found("`${ss.getPropertie('x')}`"),
        ["1:7 there is no ss.getPropertie; did you mean ss.getProperty?"]
    );
    assert_eq!(found("ss?.nothingLikeIt()"), ["1:5 there is no ss.nothingLikeIt"]);
}

#[test]
fn an_object_of_a_class_that_nobody_declares_is_found() {
    assert_eq!(
        found("const r = new SimpleRecrd('task');"),
        ["1:15 there is no SimpleRecrd; did you mean SimpleRecord?"]
    );
    assert_eq!(found("new SimpleRecord('task'); new Helper(); new Date(); new Map()"), Vec::<String>::new());
}

#[test]
fn what_a_script_declares_or_may_have_is_left_alone() {
    for source in [
        "ss.info('x'); // ss.nope()",
        "const ss = {}; ss.nope();",
        "function f(ss) { ss.nope(); }",
        "(ss) => { ss.nope(); };",
        "ss => ss.nope()",
        "var a = 1, ss; ss.nope();",
        "try {} catch (ss) { ss.nope(); }",
        "class Own {} new Own();",
        "var Own = function () {}; new Own();",
        "ss.importIncludeScript('x'); new FromThere();",
        "my.ss.nope(); x = { ss: 1 }; 'ss.nope()'",
        "ss.nope = function () {}; ss.toString();",
        "typeof ss.nope",
        "JSON.parse('{}'); JSON.stringify({}); Object.keys({}); Math.max(1, 2); new Date().getTime()",
        "current.any_field = 1; console.log(1)",
    ] {
        assert_eq!(found(source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn what_the_language_has_is_left_alone_where_a_vocabulary_adds_to_it() {
    let source =
        "JSON.parse('{}'); new JSON().encode({}); Object.extendsObject(A, {}); var A = Class.create();";
    let script = Script { name: "rule", source, vocabulary: Vocabulary::ServiceNow };
    assert_eq!(lint(&script, &[]), []);
}
