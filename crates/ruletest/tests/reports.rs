//! Reports that other programs read, and packs that cannot be a world.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod shipped;

use rejoinder_engine::pack::Pack;
use rejoinder_ruletest::compare::{Compared, Difference};
use rejoinder_ruletest::junit::{Result, document};
use rejoinder_ruletest::{Base, CaseError, Verdict};
use roxmltree::{Document, Node};

fn result(suite: &str, name: &str, verdict: Verdict) -> Result {
    let path = format!("{suite}/tests/{name}.case");
    Result { suite: suite.to_owned(), name: name.to_owned(), path, micros: 1_500, verdict }
}

fn failed() -> Verdict {
    let lines = vec![
        Compared::Both("mail \"x\"".to_owned()),
        Compared::Expected("to <anna@example.com> & \u{1}\u{1b}[0m".to_owned()),
        Compared::Got("to ]]> \u{FFFF}".to_owned()),
    ];
    Verdict::Failed(vec![Difference { line: 7, lines }])
}

fn broken() -> Verdict {
    let (path, problem) = ("b/tests/c.case".to_owned(), "`== mial` is no section".to_owned());
    Verdict::Broken(CaseError { path, line: 2, problem, hint: "did you mean `mail`?".to_owned() })
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Vec<Node<'a, 'a>> {
    node.children().filter(|child| child.has_tag_name(name)).collect()
}

#[test]
fn junit_is_what_a_parser_of_xml_reads() {
    let results = [
        result("a", "first", Verdict::Passed),
        result("a", "a <\"second\"> & 'last' & ]]>", failed()),
        result("b", "third", broken()),
    ];
    let text = document(&results);
    let xml = Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let root = xml.root_element();
    let is =
        |node: Node<'_, '_>, name: &str, value: &str| assert_eq!(node.attribute(name), Some(value), "{text}");
    assert!(root.has_tag_name("testsuites"));
    [("tests", "3"), ("failures", "1"), ("errors", "1"), ("time", "0.004500")]
        .into_iter()
        .for_each(|(name, value)| is(root, name, value));
    let suites = child(root, "testsuite");
    let [first, second] = suites.as_slice() else { panic!("{text}") };
    [("name", "a"), ("tests", "2"), ("failures", "1"), ("errors", "0")]
        .into_iter()
        .for_each(|(name, value)| is(*first, name, value));
    [("name", "b"), ("tests", "1"), ("failures", "0"), ("errors", "1")]
        .into_iter()
        .for_each(|(name, value)| is(*second, name, value));
    let cases = child(*first, "testcase");
    let [passed, failed] = cases.as_slice() else { panic!("{text}") };
    assert!(!passed.has_children());
    is(*failed, "name", "a <\"second\"> & 'last' & ]]>");
    is(*failed, "classname", "a");
    let failure = child(*failed, "failure");
    is(failure[0], "type", "difference");
    let told = failure[0].text().unwrap();
    for part in [
        "a <\"second\"> & 'last' & ]]>.case:7\n",
        "  - to <anna@example.com> & \\u{1}\\u{1b}[0m\n",
        "  + to ]]> \\u{ffff}\n",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let error = child(child(*second, "testcase")[0], "error")[0];
    is(error, "message", "b/tests/c.case:2: `== mial` is no section; did you mean `mail`?");
}

/// What is said of a pack of one file over the shipped ones.
fn refused(path: &str, text: &str) -> String {
    let mut packs = shipped::packs();
    packs.push(Pack { name: "acme".to_owned(), files: [(path.to_owned(), text.to_owned())].into() });
    Base::new(&packs, Vec::new()).unwrap_err().to_string()
}

#[test]
fn what_a_pack_would_be_refused_for_is_said_with_its_file_and_line() {
    let rule = "table = \"notification_rule\"\n[fields]\nname = \"x\"\ntable = \"incident\"\non_insert = true\nsubject = \"x\"\nbody_text = \"x\"\n";
    for (path, text, said) in [
        (
            "rules/a.toml",
            format!("{rule}condition = {{ field = \"nothing\", operator = \"is\", value = \"x\" }}\n"),
            "acme/rules/a.toml:8: ",
        ),
        ("rules/a.toml", format!("{rule}weight = \"heavy\"\n"), "acme/rules/a.toml:8: `weight`: "),
        (
            "rules/a.toml",
            format!("{rule}wait = 3\n"),
            "acme/rules/a.toml:8: `notification_rule` has no field `wait`",
        ),
        (
            "rules/a.toml",
            "table = \"notification_rul\"\n[fields]\n".to_owned(),
            "acme/rules/a.toml:1: there is no table `notification_rul`; did you mean `notification_rule`?",
        ),
        (
            "tables/a.toml",
            "name = \"a\"\ndisplay = \"b\"\nfields = []\n".to_owned(),
            "acme/tables/a.toml: the tables do not fit together: table `a` is displayed by `b`",
        ),
        (
            "people/a.toml",
            "table = \"user\"\n[fields]\nname = \"A\"\nemail = \"a@example.com\"\nstate = \"odd\"\n"
                .to_owned(),
            "acme/people/a.toml",
        ),
    ] {
        let told = refused(path, &text);
        assert!(told.starts_with(said), "{told}");
    }
}
