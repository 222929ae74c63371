//! Encoded queries: each word of the grammar and its traps by hand, and ten thousand random ones there and back.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what fails ends the test with its place"
)]

mod random;

use rejoinder_engine::condition::Operator;
use rejoinder_engine::condition::encoded::{
    Dialect, EncodedError, Name, Query, normal, parse, same_names, write,
};
use rejoinder_engine::condition::source::{Asked, Source};
use rejoinder_engine::limits::{CONDITION_DEPTH_MAX, ENCODED_CHARS_MAX, ENCODED_CLAUSES_MAX};
use serde_json::{Value as Json, json};

use Dialect::{ServiceNow, SimpleOne};

const BOTH: [Dialect; 2] = [ServiceNow, SimpleOne];

fn read(text: &str, dialect: Dialect) -> Query {
    parse(text, dialect, &same_names).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn written(source: Source, dialect: Dialect) -> Result<String, EncodedError> {
    write(&Query::new(source), dialect, &same_names)
}

fn json_of(text: &str, dialect: Dialect) -> Json {
    serde_json::to_value(read(text, dialect).source).unwrap()
}

fn is(field: &str, value: &str) -> Json {
    json!({"field": field, "operator": "is", "value": value})
}

fn one(operator: &str, value: impl Into<Json>) -> Json {
    json!({"field": "f", "operator": operator, "value": value.into()})
}

fn none(operator: &str) -> Json {
    json!({"field": "f", "operator": operator})
}

/// Reads `text`, compares, and reads again what is written.
fn reads_as(text: &str, dialect: Dialect, wanted: &Json) {
    let query = read(text, dialect);
    assert_eq!(&serde_json::to_value(&query.source).unwrap(), wanted, "{text}");
    let again = write(&query, dialect, &same_names).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(
        read(&again, dialect),
        Query { source: normal(&query.source, dialect).unwrap(), ..query },
        "{again}"
    );
}

/// Questions about values, other fields and people.
fn plain_cases() -> Vec<(&'static str, Json)> {
    vec![
        ("f=a", is("f", "a")),
        ("f!=a", one("is_not", "a")),
        ("f=", none("is_empty")),
        ("f!=", none("is_not_empty")),
        ("f<1", one("less_than", "1")),
        ("f<=1", one("less_or_equal", "1")),
        ("f>1", one("greater_than", "1")),
        ("f>=1", one("greater_or_equal", "1")),
        ("fLIKEa", one("contains", "a")),
        ("f*a", one("contains", "a")),
        ("fCONTAINSa", one("contains", "a")),
        ("fNOT LIKEa", one("not_contains", "a")),
        ("fNOTLIKEa", one("not_contains", "a")),
        ("f!*a", one("not_contains", "a")),
        ("fDOESNOTCONTAINa", one("not_contains", "a")),
        ("fDOES NOT CONTAINa", one("not_contains", "a")),
        ("fSTARTSWITHa", one("starts_with", "a")),
        ("fENDSWITHa", one("ends_with", "a")),
        ("f%a", one("ends_with", "a")),
        ("fISEMPTY", none("is_empty")),
        ("fEMPTYSTRING", none("is_empty")),
        ("fNOTHING", none("is_empty")),
        ("fISNOTEMPTY", none("is_not_empty")),
        ("fANYTHING", none("anything")),
        ("fBETWEEN1@2", json!({"field": "f", "operator": "between", "values": ["1", "2"]})),
        ("fSAMEASg.h", one("same_as", json!({"field": "g.h"}))),
        ("fNSAMEASg", one("not_same_as", json!({"field": "g"}))),
        ("fGT_FIELDg", one("greater_than", json!({"field": "g"}))),
        ("fLT_FIELDg", one("less_than", json!({"field": "g"}))),
        ("fGT_OR_EQUALS_FIELDg", one("greater_or_equal", json!({"field": "g"}))),
        ("fLT_OR_EQUALS_FIELDg", one("less_or_equal", json!({"field": "g"}))),
        ("fDYNAMIC90d1921e5f510100a9ad2572f2b477fe", one("is", json!({"dynamic": "me"}))),
        ("fDYNAMICd6435e965f510100a9ad2572f2b47744", one("is", json!({"dynamic": "my_groups"}))),
        ("fISNOT_DYNAMICme", one("is_not", json!({"dynamic": "me"}))),
        ("fCONTAINS_DYNAMICme", one("has", json!({"dynamic": "me"}))),
        ("fDOESNOTCONTAIN_DYNAMICmy_groups", one("has_not", json!({"dynamic": "my_groups"}))),
        (
            "sys_class_nameINSTANCEOFtask",
            json!({"field": "sys_id", "operator": "instance_of", "value": "task"}),
        ),
        ("f.sys_class_nameINSTANCEOFtask", one("instance_of", "task")),
        ("fINSTANCEOFtask", one("instance_of", "task")),
        ("sys_class_name=task", is("sys_table", "task")),
        ("123TEXTQUERY321=a b", json!({"field": "sys_id", "operator": "has_words", "value": "a b"})),
        ("f.123TEXTQUERY321=a", one("has_words", "a")),
        (
            "fIN_HIERARCHYparent@123",
            json!({"field": "f", "by": "parent", "operator": "in_hierarchy", "value": "123"}),
        ),
        (
            "sys_idIN_HIERARCHY_DYNAMICparent@d6435e965f510100a9ad2572f2b47744",
            json!({"field": "sys_id", "by": "parent", "operator": "in_hierarchy", "value": {"dynamic": "my_groups"}}),
        ),
        ("fVALCHANGES", none("changes")),
        ("fCHANGESFROMa", one("changes_from", "a")),
        ("fCHANGESTOa", one("changes_to", "a")),
        ("fHASa", one("has", "a")),
        ("fHASNOTa", one("has_not", "a")),
    ]
}

/// Questions about time.
fn time_cases() -> Vec<(String, Json)> {
    let today = "Today@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()";
    let day =
        "x@javascript:gs.dateGenerate('2026-11-23','start')@javascript:gs.dateGenerate('2026-11-23','end')";
    let part = |text: &str| format!("fDATEPARTx@javascript:gs.datePart({text})");
    vec![
        (format!("fON{today}"), one("on", json!({"period": "today"}))),
        (format!("fNOTON{today}"), one("not_on", json!({"period": "today"}))),
        (format!("fON{day}"), one("on", "2026-11-23")),
        ("fON2026-11-23".into(), one("on", "2026-11-23")),
        ("fONlast_7_days".into(), one("on", json!({"period": "last_7_days"}))),
        ("f<javascript:gs.beginningOfToday()".into(), one("less_than", json!({"period": "today"}))),
        ("f>javascript:gs.endOfLastWeek()".into(), one("greater_than", json!({"period": "last_week"}))),
        ("fRELATIVEGT@hour@ago@1".into(), one("greater_than", json!({"ago": {"amount": 1, "unit": "hour"}}))),
        (
            "fRELATIVELT@dayofweek@ahead@2".into(),
            one("less_than", json!({"ahead": {"amount": 2, "unit": "day"}})),
        ),
        (
            "fRELATIVEGE@month@ago@3".into(),
            one("greater_or_equal", json!({"ago": {"amount": 3, "unit": "month"}})),
        ),
        (
            "fRELATIVELE@quarter@ago@4".into(),
            one("less_or_equal", json!({"ago": {"amount": 4, "unit": "quarter"}})),
        ),
        ("fRELATIVEEE@year@ago@5".into(), one("on", json!({"ago": {"amount": 5, "unit": "year"}}))),
        (
            part("'dayofweek','monday','EE'"),
            json!({"field": "f", "part": "day_of_week", "operator": "is", "value": "monday"}),
        ),
        (
            part("'hour','9','GE'"),
            json!({"field": "f", "part": "hour", "operator": "greater_or_equal", "value": "9"}),
        ),
        (
            "fMORETHANg.h@day@before@3".into(),
            one("farther_than", json!({"before": {"amount": 3, "unit": "day", "field": "g.h"}})),
        ),
        (
            "fLESSTHANg@dayofweek@after@10".into(),
            one("nearer_than", json!({"after": {"amount": 10, "unit": "day", "field": "g"}})),
        ),
        (
            "fSAMEASg.h@day".into(),
            json!({"field": "f", "unit": "day", "operator": "same_as", "value": {"field": "g.h"}}),
        ),
        (
            "fNSAMEASg@quarter".into(),
            json!({"field": "f", "unit": "quarter", "operator": "not_same_as", "value": {"field": "g"}}),
        ),
        ("fYEAR_IS2026".into(), json!({"field": "f", "part": "year", "operator": "is", "value": "2026"})),
        ("fQUATER_IS1".into(), json!({"field": "f", "part": "quarter", "operator": "is", "value": "1"})),
        ("fMONTH_IS1".into(), json!({"field": "f", "part": "month", "operator": "is", "value": "1"})),
        ("fWEEK_IS1".into(), json!({"field": "f", "part": "week", "operator": "is", "value": "1"})),
        ("fDAY_IS1".into(), json!({"field": "f", "part": "day", "operator": "is", "value": "1"})),
        (
            "fDAY_OF_WEEK_IS1".into(),
            json!({"field": "f", "part": "day_of_week", "operator": "is", "value": "1"}),
        ),
        ("fHOUR_IS1".into(), json!({"field": "f", "part": "hour", "operator": "is", "value": "1"})),
    ]
}

#[test]
fn every_operator_is_read_in_either_dialect() {
    let plain = plain_cases().into_iter().map(|(text, wanted)| (text.to_owned(), wanted));
    let cases: Vec<(String, Json)> = plain.chain(time_cases()).collect();
    for (text, wanted) in &cases {
        for dialect in BOTH {
            reads_as(text, dialect, wanted);
        }
    }
    let asked: std::collections::BTreeSet<Operator> = cases
        .iter()
        .filter_map(|(_, wanted)| serde_json::from_value(wanted["operator"].clone()).ok())
        .collect();
    let lists = [Operator::In, Operator::NotIn];
    let missing: Vec<_> =
        Operator::ALL.iter().filter(|one| !asked.contains(one) && !lists.contains(one)).collect();
    assert_eq!(missing, Vec::<&Operator>::new());
}

#[test]
fn lists_have_commas_in_one_dialect_and_at_signs_in_the_other() {
    let list = |operator: &str, values: Json| json!({"field": "f", "operator": operator, "values": values});
    reads_as("fINa,b", ServiceNow, &list("in", json!(["a", "b"])));
    reads_as("fNOT INa,b", ServiceNow, &list("not_in", json!(["a", "b"])));
    reads_as("fINa@b", SimpleOne, &list("in", json!(["a", "b"])));
    reads_as("fNOT INa@b", SimpleOne, &list("not_in", json!(["a", "b"])));
    reads_as("fINa,b", SimpleOne, &list("in", json!(["a,b"])));
    reads_as("fIN", ServiceNow, &list("in", json!([""])));
}

#[test]
fn a_number_of_related_records_is_read_in_either_dialect() {
    let number = |operator: &str, value: &str, condition: Option<Json>| {
        let mut related = json!({"table": "task", "field": "parent"});
        if let Some(condition) = condition {
            related["condition"] = condition;
        }
        json!({"field": "sys_id", "related": related, "operator": operator, "value": value})
    };
    for dialect in BOTH {
        for (sign, operator) in [
            ("=", "is"),
            ("!=", "is_not"),
            ("<", "less_than"),
            ("<=", "less_or_equal"),
            (">", "greater_than"),
            (">=", "greater_or_equal"),
        ] {
            let text = format!("RLQUERYtask.parent,{sign}3^ENDRLQUERY");
            reads_as(&text, dialect, &number(operator, "3", None));
        }
        let a = || Some(is("a", "1"));
        reads_as("RLQUERYtask.parent,>=1,a=1^ENDRLQUERY", dialect, &number("greater_or_equal", "1", a()));
        let with_more = json!({"all": [number("is", "0", a()), is("b", "2")]});
        reads_as("RLQUERYtask.parent,=0,a=1^ENDRLQUERY^b=2", dialect, &with_more);
        let caret = Some(is("a", "^ENDRLQUERY"));
        reads_as("RLQUERYtask.parent,=0,a=^^ENDRLQUERY^ENDRLQUERY", dialect, &number("is", "0", caret));
        let or = json!({"any": [is("b", "2"), number("is", "0", a())]});
        reads_as("b=2^ORRLQUERYtask.parent,=0,a=1^ENDRLQUERY", dialect, &or);
    }
    // Also behind a caret, as lists of the other product write it.
    let both = || Some(json!({"all": [is("a", "1"), {"any": [is("b", "2"), is("c", "3")]}]}));
    let wanted = number("less_than", "2", both());
    reads_as("RLQUERYtask.parent,<2^a=1^b=2^ORc=3^ENDRLQUERY", ServiceNow, &wanted);
    reads_as("(RLQUERYtask.parent,<2,(a=1)^((b=2)^OR(c=3))^ENDRLQUERY)", SimpleOne, &wanted);
}

#[test]
fn or_binds_tighter_than_and_and_a_new_query_is_a_group_of_its_own() {
    let (a, b, c, d) = (is("a", "1"), is("b", "2"), is("c", "3"), is("d", "4"));
    reads_as("a=1^ORb=2^c=3", ServiceNow, &json!({"all": [{"any": [a, b]}, c]}));
    reads_as("a=1^b=2^ORc=3", ServiceNow, &json!({"all": [a, {"any": [b, c]}]}));
    reads_as("a=1^b=2^NQc=3^d=4", ServiceNow, &json!({"any": [{"all": [a, b]}, {"all": [c, d]}]}));
    reads_as("a=1^b=2^NQc=3^ORd=4", ServiceNow, &json!({"any": [{"all": [a, b]}, {"any": [c, d]}]}));
    reads_as("a=1^ORb=2^NQc=3", ServiceNow, &json!({"any": [a, b, c]}));
    reads_as("a=1^EQ", ServiceNow, &a);
    reads_as("", ServiceNow, &json!({"all": []}));
    reads_as("^a=1^", ServiceNow, &a);
}

#[test]
fn parentheses_group_in_the_other_dialect() {
    let (a, b, c) = (is("a", "1"), is("b", "2"), is("c", "3"));
    reads_as("((a=1)^(b=2))^OR(c=3)", SimpleOne, &json!({"any": [{"all": [a, b]}, c]}));
    reads_as("(a=1)^((b=2)^OR(c=3))", SimpleOne, &json!({"all": [a, {"any": [b, c]}]}));
    reads_as("a=1^b=2^ORc=3", SimpleOne, &json!({"all": [a, {"any": [b, c]}]}));
    reads_as("(active=1)", SimpleOne, &is("active", "1"));
    reads_as("((a=1))", SimpleOne, &a);
    reads_as("(a={x (y)})^(b=2)", SimpleOne, &json!({"all": [is("a", "x (y)"), b]}));
    reads_as("(a={x}}y})", SimpleOne, &is("a", "x}y"));
    reads_as("(a=f(x))", SimpleOne, &is("a", "f(x)"));
    let query = read("(a=1)^ORDERBYDESCnumber", SimpleOne);
    assert_eq!(query.order, [("number".to_owned(), true)]);
}

#[test]
fn orders_are_no_or_wherever_they_stand() {
    for dialect in BOTH {
        let query = read("a=1^ORDERBYnumber^b=2^ORDERBYDESCopened.by^GROUPBYstate", dialect);
        assert_eq!(
            json!({"all": [is("a", "1"), is("b", "2")]}),
            serde_json::to_value(&query.source).unwrap()
        );
        assert_eq!(query.order, [("number".to_owned(), false), ("opened.by".to_owned(), true)]);
        assert_eq!(query.group_by, ["state"]);
        assert_eq!(read(&write(&query, dialect, &same_names).unwrap(), dialect), query);
        assert_eq!(read("ORDERBYnumber", dialect).order.len(), 1);
    }
    let query = read("a=1^ORDERBYnumber^ORb=2", ServiceNow);
    assert_eq!(serde_json::to_value(&query.source).unwrap(), json!({"any": [is("a", "1"), is("b", "2")]}));
}

#[test]
fn carets_of_values_are_doubled() {
    for dialect in BOTH {
        reads_as("a=x^^y^b=1", dialect, &json!({"all": [is("a", "x^y"), is("b", "1")]}));
        reads_as("a=x^^^b=1", dialect, &json!({"all": [is("a", "x^"), is("b", "1")]}));
        reads_as("a=x^^ORb=1", dialect, &is("a", "x^ORb=1"));
        reads_as("a=^^^^", dialect, &is("a", "^^"));
    }
}

#[test]
fn values_may_look_like_anything() {
    for text in
        ["=", "==", "a=b", "ISEMPTY", "ORb=1", "NQ", "@", ",", "'", "javascript", "undefined", " a ", "日本"]
    {
        for dialect in BOTH {
            let source = Source::from(Asked::one("f", Operator::Is, text));
            let query = read(&written(source.clone(), dialect).unwrap(), dialect);
            assert_eq!(query.source, source, "{text}");
        }
    }
}

#[test]
fn a_text_that_would_mean_something_else_is_never_written() {
    for asked in [
        Asked::one("f", Operator::LessThan, "=5"),
        Asked::one("f", Operator::Is, "javascript:alert(1)"),
        Asked::one("f", Operator::Has, "NOTx"),
        Asked::one("F", Operator::Is, "x"),
        Asked::one("f", Operator::On, "today"),
    ] {
        assert!(
            matches!(written(asked.clone().into(), SimpleOne), Err(EncodedError::NoForm(_))),
            "{asked:?}"
        );
    }
    // What can be said in other words is.
    let listed = Asked::several("f", Operator::In, vec!["a,b".into(), "c".into()]);
    assert_eq!(written(listed.into(), ServiceNow).unwrap(), "f=a,b^ORf=c");
    let longer = Asked::several("f", Operator::In, vec!["STANCEOFx".into()]);
    assert_eq!(written(longer.into(), ServiceNow).unwrap(), "f=STANCEOFx");
    let pair = Asked::several("f", Operator::Between, vec!["a@x".into(), "b@x".into()]);
    assert_eq!(written(pair.into(), ServiceNow).unwrap(), "f>=a@x^f<=b@x");
}

#[test]
fn not_is_said_by_opposites() {
    let not = |source: Source| Source::Not { not: Box::new(source) };
    let text = |source: Source| written(source, ServiceNow).unwrap();
    assert_eq!(text(not(Asked::one("f", Operator::Is, "a").into())), "f!=a");
    assert_eq!(text(not(Asked::one("f", Operator::LessThan, "5").into())), "f>=5^ORfISEMPTY");
    let pair = Asked::several("f", Operator::Between, vec!["1".into(), "2".into()]);
    assert_eq!(text(not(pair.into())), "f<1^ORf>2^ORfISEMPTY");
    let (a, b) =
        (Source::from(Asked::one("a", Operator::Is, "1")), Source::from(Asked::one("b", Operator::Is, "2")));
    assert_eq!(text(not(Source::All { all: vec![a.clone(), b.clone()] })), "a!=1^ORb!=2");
    assert_eq!(text(not(Source::Any { any: vec![a, not(b)] })), "a!=1^b=2");
    assert_eq!(text(not(Source::always())), "sys_idISEMPTY");
    let begins = not(Asked::one("f", Operator::StartsWith, "a").into());
    let error = written(begins, ServiceNow).unwrap_err().to_string();
    assert!(error.contains("`f starts_with`") && error.contains("leave out the `not`"), "{error}");
}

#[test]
fn deeper_groups_are_multiplied_out_up_to_a_limit() {
    let a = |name: &str| Source::from(Asked::one(name, Operator::Is, "1"));
    let pair = |one: &str, other: &str| Source::All { all: vec![a(one), a(other)] };
    let deep = Source::All { all: vec![Source::Any { any: vec![pair("a", "b"), a("c")] }, a("d")] };
    assert_eq!(written(deep, ServiceNow).unwrap(), "a=1^b=1^d=1^NQc=1^d=1");
    let wide = |groups: usize| {
        let any = (0..groups).map(|_| Source::Any { any: vec![pair("a", "b"), a("c")] });
        Source::All { all: any.collect() }
    };
    assert!(written(wide(4), ServiceNow).is_ok());
    let too_large = EncodedError::TooLarge { limit: ENCODED_CLAUSES_MAX, what: "conditions" };
    assert_eq!(written(wide(40), ServiceNow), Err(too_large.clone()));
    assert!(written(wide(40), SimpleOne).is_ok());
    let flat = |clauses: usize| Source::All { all: (0..clauses).map(|_| a("a")).collect() };
    assert!(written(flat(ENCODED_CLAUSES_MAX), ServiceNow).is_ok());
    assert_eq!(written(flat(ENCODED_CLAUSES_MAX + 1), ServiceNow), Err(too_large.clone()));
    let text = |clauses: usize| vec!["a=1"; clauses].join("^");
    assert!(parse(&text(ENCODED_CLAUSES_MAX), ServiceNow, &same_names).is_ok());
    assert_eq!(parse(&text(ENCODED_CLAUSES_MAX + 1), ServiceNow, &same_names), Err(too_large));
}

#[test]
fn long_and_deep_texts_end_at_their_limits() {
    let long = |chars: usize| format!("a={}", "ж".repeat(chars - 2));
    assert!(parse(&long(ENCODED_CHARS_MAX), ServiceNow, &same_names).is_ok());
    assert!(matches!(
        parse(&long(ENCODED_CHARS_MAX + 1), ServiceNow, &same_names),
        Err(EncodedError::TooLarge { limit: ENCODED_CHARS_MAX, .. })
    ));
    let deep = |depth: usize| format!("{}a=1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&deep(CONDITION_DEPTH_MAX), SimpleOne, &same_names).is_ok());
    assert!(matches!(
        parse(&deep(CONDITION_DEPTH_MAX + 1), SimpleOne, &same_names),
        Err(EncodedError::TooLarge { limit: CONDITION_DEPTH_MAX, .. })
    ));
}

#[test]
fn scripts_are_kept_and_said_to_be_scripts() {
    for dialect in BOTH {
        reads_as("f=javascript:gs.getUserID()", dialect, &one("is", json!({"script": "gs.getUserID()"})));
        let on = "fONx@javascript:gs.daysAgoStart(3)@javascript:gs.daysAgoEnd(3)";
        let script = "gs.daysAgoStart(3)@javascript:gs.daysAgoEnd(3)";
        reads_as(on, dialect, &one("on", json!({"script": script})));
        // Off by one moment from the period, so that it is not taken for it.
        reads_as(
            "f>javascript:gs.beginningOfToday()",
            dialect,
            &one("greater_than", json!({"script": "gs.beginningOfToday()"})),
        );
    }
    reads_as(
        "fINjavascript:getIds(1,2)",
        ServiceNow,
        &json!({"field": "f", "operator": "in", "values": [{"script": "getIds(1,2)"}]}),
    );
    assert!(parse("javascript:query()", ServiceNow, &same_names).is_err());
}

#[test]
fn two_moments_are_between_or_not() {
    let (from, to) = ("2026-11-01 00:00:00", "2026-11-30 23:59:59");
    let between = json!({"field": "f", "operator": "between", "values": [from, to]});
    assert_eq!(json_of(&format!("fONx@{from}@{to}"), ServiceNow), between);
    let not = json!({"any": [one("less_than", from), one("greater_than", to), none("is_empty")]});
    assert_eq!(json_of(&format!("fNOTONx@{from}@{to}"), ServiceNow), not);
    assert_eq!(json_of(&format!("(fNOTONx@{from}@{to})"), SimpleOne), not);
}

#[test]
fn what_cannot_be_read_says_which_part_and_why() {
    for (text, why) in [
        ("f", "no operator"),
        ("fequals1", "no operator"),
        ("=1", "no field"),
        ("^ORa=1", "nothing stands before ^OR"),
        ("fBETWEEN1", "from@to"),
        ("fRELATIVEGT@fortnight@ago@1", "@unit@ago@3"),
        ("fRELATIVEGT@hour@ago@x", "@unit@ago@3"),
        ("fDATEPARTx", "gs.datePart"),
        ("fDYNAMIC123", "only `me` and `my_groups`"),
        ("fGT_FIELDg@day", "leave out"),
        ("fSAMEASg@fortnight", "such as `day`"),
        ("fMORETHANg@day@before", "field@unit@before@3"),
        ("fMORETHANg@day@ago@3", "field@unit@before@3"),
        ("fLESSTHANg@day@before@-3", "field@unit@before@3"),
        ("fIN_HIERARCHYx", "parent@record"),
        ("fIN_HIERARCHY_DYNAMICx@y", "only `me` and `my_groups`"),
        ("fIS_CALCULATEDx", "script"),
        ("fTEXTQUERY321=x", "123TEXTQUERY321=words"),
        ("f123TEXTQUERY321=x", "123TEXTQUERY321=words"),
        ("RLQUERYtask.parent,>=1", "never closed"),
        ("RLQUERYtask,>=1^ENDRLQUERY", "RLQUERYtable.field,>=1"),
        ("RLQUERYtask.parent,1^ENDRLQUERY", "RLQUERYtable.field,>=1"),
        ("RLQUERYtask.parent,>=x^ENDRLQUERY", "RLQUERYtable.field,>=1"),
        ("RLQUERYtask.parent,>=1a=1^ENDRLQUERY", "behind the number"),
        ("RLQUERYtask.parent,>=1^a=1^ORDERBYb^ENDRLQUERY", "no order"),
        ("RLQUERYtask.parent,>=1^RLQUERYa.b,=1^ENDRLQUERY^ENDRLQUERY", "in turn"),
        ("fRLQUERYtask.parent,>=1^ENDRLQUERY", "without a field before it"),
        ("a=1^ORDERBY", "no field follows"),
        ("a=1^ENDRLQUERY", "no operator"),
    ] {
        let error = parse(text, ServiceNow, &same_names).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
    for (text, why) in [
        ("(RLQUERYt.p,>=1,(a=1)", "never closed"),
        ("RLQUERYt.p,>=1,(a=1^ENDRLQUERY", "never closed"),
        ("(a=1", "never closed"),
        ("a=1^(b=2))", "never opened"),
        ("(a={x)", "brace"),
        ("()^=1", "no field"),
    ] {
        let error = parse(text, SimpleOne, &same_names).unwrap_err().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn names_are_ours_in_the_condition_and_theirs_in_the_text() {
    let ours = |name: Name<'_>| match name {
        Name::Path("short_description") => "subject".to_owned(),
        Name::Table("sc_req_item") => "service_request".to_owned(),
        other => other.text().to_owned(),
    };
    let theirs = |name: Name<'_>| match name {
        Name::Path("subject") => "short_description".to_owned(),
        Name::Table("service_request") => "sc_req_item".to_owned(),
        other => other.text().to_owned(),
    };
    let above = "short_description.short_descriptionIN_HIERARCHYparent@1";
    assert_eq!(
        parse(above, ServiceNow, &same_names).unwrap().source.clauses()[0].by.as_deref(),
        Some("parent")
    );
    let text = "short_descriptionLIKEx^numberSAMEASshort_description^sys_class_nameINSTANCEOFsc_req_item^ORDERBYshort_description";
    let query = parse(text, ServiceNow, &ours).unwrap();
    let fields: Vec<&str> = query.source.clauses().iter().map(|asked| asked.field.as_str()).collect();
    assert_eq!(fields, ["subject", "number", "sys_id"]);
    assert_eq!(write(&query, ServiceNow, &theirs).unwrap(), text);
}
