//! Limits of conditions, templates and traces: what fits, and what the first step beyond it does.

use rejoinder_engine::condition::eval::{Reason, Subject, evaluate};
use rejoinder_engine::condition::source::{Apart, Asked, ConditionError, Related, Source, Special};
use rejoinder_engine::condition::{Clause, Condition, Dynamic, Length, Operator, Part, Unit};
use rejoinder_engine::limits::{
    BODY_BYTES_MAX, CONDITION_CLAUSES_MAX, CONDITION_DEPTH_MAX, PATH_STEPS_MAX, RELATED_COUNT_MAX,
    RELATIVE_AMOUNT_MAX, SUBJECT_CHARS_MAX, TEMPLATE_FUEL, TEXT_QUERY_WORDS_MAX, TRACE_BYTES_MAX,
    TRACE_VALUE_CHARS_MAX,
};
use rejoinder_engine::render::{Format, Names, RenderError, render};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::trace::{Step, Trace};
use rejoinder_engine::value::{Kind, Value};

use crate::support::loading::SHIPPED;

fn check(source: &Source) -> Result<Condition, ConditionError> {
    source.check(&SHIPPED.dictionary, "incident")
}

fn clause(field: &str) -> Source {
    Asked::new(field, Operator::IsEmpty).into()
}

#[test]
fn a_path_ends_at_its_limit() {
    let path = |steps: usize| {
        let parents = vec!["parent"; steps - 1].join(".");
        clause(&format!("{parents}.subject"))
    };
    assert!(check(&path(PATH_STEPS_MAX)).is_ok());
    assert!(matches!(
        check(&path(PATH_STEPS_MAX + 1)),
        Err(ConditionError::TooLarge { limit: PATH_STEPS_MAX, .. })
    ));
}

#[test]
fn a_time_from_now_ends_at_its_limit() {
    let ago = |amount: u32| {
        let length = Length { amount, unit: Unit::Year };
        Source::from(Asked::one("created_at", Operator::LessThan, Special::Ago(length)))
    };
    assert!(check(&ago(RELATIVE_AMOUNT_MAX)).is_ok());
    assert!(matches!(check(&ago(RELATIVE_AMOUNT_MAX + 1)), Err(ConditionError::BadOperand { .. })));
    let far = |amount: u32| {
        let apart = Apart { amount, ..apart("updated_at") };
        Source::from(Asked::one("created_at", Operator::FartherThan, Special::After(apart)))
    };
    assert!(check(&far(RELATIVE_AMOUNT_MAX)).is_ok());
    assert!(matches!(check(&far(RELATIVE_AMOUNT_MAX + 1)), Err(ConditionError::BadOperand { .. })));
}

fn above(by: Option<&str>, field: &str) -> Asked {
    let root = "0190a0b0c0d07000800000000000000a";
    Asked { by: by.map(str::to_owned), ..Asked::one(field, Operator::InHierarchy, root) }
}

fn apart(field: &str) -> Apart {
    Apart { amount: 1, unit: Unit::Day, field: field.to_owned() }
}

fn number(value: &str, table: &str, field: &str, condition: Option<Source>) -> Asked {
    let condition = condition.map(Box::new);
    let related = Some(Related { table: table.to_owned(), field: field.to_owned(), condition });
    Asked { related, ..Asked::one("sys_id", Operator::Is, value) }
}

#[test]
fn related_records_are_counted_up_to_a_limit() {
    let up_to = |number_: u32| check(&number(&number_.to_string(), "incident", "parent", None).into());
    assert!(up_to(RELATED_COUNT_MAX).is_ok());
    let error = up_to(RELATED_COUNT_MAX + 1).unwrap_err().to_string();
    assert!(error.contains("`101`") && error.contains("from 0 to 100"), "{error}");
    let clauses = |count: usize| {
        let condition = Source::All { all: vec![clause("subject"); count] };
        check(&number("1", "incident", "parent", Some(condition)).into())
    };
    assert!(clauses(CONDITION_CLAUSES_MAX - 1).is_ok());
    assert!(matches!(clauses(CONDITION_CLAUSES_MAX), Err(ConditionError::TooLarge { .. })));
}

#[test]
fn what_cannot_be_counted_says_why() {
    let told = |asked: Asked| check(&asked.into()).unwrap_err().to_string();
    let inner = |asked: Asked| number("1", "incident", "parent", Some(asked.into()));
    for (asked, part) in [
        (number("x", "incident", "parent", None), "no number from 0"),
        (number("-1", "incident", "parent", None), "no number from 0"),
        (number("1", "nothing", "parent", None), "no such table"),
        (number("1", "incident", "caller", None), "does not refer to records of `incident`"),
        (number("1", "incident", "subject", None), "does not refer to records of `incident`"),
        (number("1", "incident", "parent.parent", None), "of that table itself"),
        (number("1", "api_token", "digest", None), "secret"),
        (Asked { field: "subject".to_owned(), ..number("1", "incident", "parent", None) }, "no reference"),
        (
            Asked { operator: Operator::Contains, ..number("1", "incident", "parent", None) },
            "cannot be asked",
        ),
        (inner(number("1", "incident", "parent", None)), "ask one of the two"),
        (inner(Asked::new("state", Operator::Changes)), "looks back"),
        (inner(Asked::new("nothing", Operator::IsEmpty)), "no field `nothing`"),
    ] {
        let text = told(asked);
        assert!(text.contains(part), "{text}: {part}");
    }
}

#[test]
fn words_are_looked_for_up_to_a_limit() {
    let words = |count: usize| {
        let words: Vec<String> = (0..count).map(|word| format!("word{word}")).collect();
        check(&Asked::one("sys_id", Operator::HasWords, words.join(" ").as_str()).into())
    };
    assert!(words(TEXT_QUERY_WORDS_MAX).is_ok());
    for count in [0, TEXT_QUERY_WORDS_MAX + 1] {
        let error = words(count).unwrap_err().to_string();
        assert!(error.contains("sys_id has_words") && error.contains("from one word to 10"), "{error}");
    }
}

#[test]
fn words_are_looked_for_in_texts_and_never_in_secrets() {
    let texts = |table: &str| {
        let source = Source::from(Asked::one("sys_id", Operator::HasWords, "x"));
        let condition = source.check(&SHIPPED.dictionary, table).unwrap();
        let texts = condition.clauses()[0].texts.clone().unwrap();
        texts.into_iter().map(|step| step.field).collect::<Vec<_>>()
    };
    assert_eq!(texts("incident"), ["contact_address", "description", "number", "subject"]);
    assert_eq!(texts("user"), ["email", "name", "time_zone"]);
    assert!(!texts("api_token").contains(&"digest".to_owned()));
}

#[test]
fn a_trace_says_which_words_were_found() {
    let asked = Source::from(Asked::one("sys_id", Operator::HasWords, "Printer BERLIN printer floor"));
    let condition = check(&asked).unwrap();
    let told = |text: &str| {
        let reason = evaluate(&condition, &One(Value::text(text))).unwrap();
        reason.failing().map(rejoinder_engine::trace::tell_clause)
    };
    assert_eq!(told("A floor in Berlin with printers"), None);
    let wanted = "sys_id has_words `Printer`, `BERLIN`, `floor`";
    assert_eq!(told("Berlin").unwrap(), format!("{wanted}: only `BERLIN` was found"));
    assert_eq!(told("nothing").unwrap(), format!("{wanted}: none of them was found"));
}

#[test]
fn a_trace_says_how_many_were_counted() {
    let condition = check(&number("1", "incident", "parent", None).into()).unwrap();
    let id = rejoinder_engine::id::Seed::new([1; 32]).id("x", Timestamp::from_micros(0));
    let reason = evaluate(&condition, &One(Value::Ref(id))).unwrap();
    let text = rejoinder_engine::trace::tell_clause(reason.failing().unwrap());
    assert_eq!(text, "number of incident.parent of sys_id is `1`: it is `2` or more");
}

#[test]
fn what_does_not_fit_says_the_field_the_operator_the_kind_and_what_to_do() {
    let told = |asked: Asked| check(&asked.into()).unwrap_err().to_string();
    let me = || Special::Dynamic(Dynamic::Me);
    for (asked, parts) in [
        (
            Asked::one("followers", Operator::LessThan, "x"),
            ["followers", "reference_list", "less_than", "has_not"],
        ),
        (
            Asked::one("created_at", Operator::On, "soon"),
            ["created_at on", "datetime", "`soon`", "2026-11-23"],
        ),
        (
            Asked::one("created_at", Operator::Is, "2026-11-23"),
            ["created_at is", "datetime", "is a day", "`on`"],
        ),
        (Asked::one("subject", Operator::Is, me()), ["subject is", "string", "`me`", "reference to `user`"]),
        (
            Asked::one("assignment_group", Operator::Is, me()),
            ["assignment_group is", "reference", "`me`", "`user`"],
        ),
        (
            Asked::one("caller", Operator::SameAs, Special::Field("subject".to_owned())),
            ["caller same_as", "reference", "`subject`", "one kind"],
        ),
        (
            Asked::one("sys_id", Operator::InstanceOf, "nothing"),
            ["sys_id instance_of", "reference", "table", "`nothing`"],
        ),
        (
            Asked::several("state", Operator::Between, vec!["a".into()]),
            ["state", "between", "two", "first and the last"],
        ),
        (
            Asked { part: Some(Part::Hour), ..Asked::one("subject", Operator::Is, "1") },
            ["subject", "hour", "part", "moments"],
        ),
        (
            Asked { part: Some(Part::Hour), ..Asked::one("created_at", Operator::Contains, "1") },
            ["created_at", "hour", "contains", "ask `is`"],
        ),
    ] {
        let text = told(asked);
        assert!(parts.iter().all(|part| text.contains(part)), "{text}: {parts:?}");
    }
}

#[test]
fn what_does_not_fit_of_two_fields_or_of_a_hierarchy_says_it_too() {
    let told = |asked: Asked| check(&asked.into()).unwrap_err().to_string();
    let me = || Special::Dynamic(Dynamic::Me);
    for (asked, parts) in [
        (
            Asked {
                unit: Some(Unit::Day),
                ..Asked::one("subject", Operator::SameAs, Special::Field("number".to_owned()))
            },
            ["subject same_as", "string", "`unit`", "leave it out"],
        ),
        (
            Asked { unit: Some(Unit::Day), ..Asked::one("created_at", Operator::LessThan, "2026-11-23") },
            ["created_at less_than", "datetime", "`unit`", "`same_as`"],
        ),
        (
            Asked::one("created_at", Operator::LessThan, Special::Before(apart("updated_at"))),
            ["created_at less_than", "datetime", "distance", "`farther_than`"],
        ),
        (
            Asked::one("created_at", Operator::FartherThan, Special::Before(apart("subject"))),
            ["created_at farther_than", "datetime", "`subject`", "one kind"],
        ),
        (
            Asked::one("created_at", Operator::NearerThan, "2026-11-23"),
            ["created_at nearer_than", "takes", "distance", "before"],
        ),
        (above(None, "caller"), ["caller in_hierarchy", "reference", "record above", "`\"by\": \"parent\"`"]),
        (above(Some("name"), "caller"), ["caller in_hierarchy", "`name`", "`user`", "no reference"]),
        (above(Some("caller"), "sys_id"), ["sys_id in_hierarchy", "`caller`", "`incident`", "to itself"]),
        (
            above(Some("parent.parent"), "sys_id"),
            ["sys_id in_hierarchy", "`parent.parent`", "path", "itself"],
        ),
        (
            Asked { operator: Operator::Is, ..above(Some("parent"), "parent") },
            ["parent is", "`by`", "`in_hierarchy`", "leave it out"],
        ),
        (
            Asked { value: Some(me().into()), ..above(Some("parent"), "parent") },
            ["parent in_hierarchy", "reference", "`me`", "`user`"],
        ),
    ] {
        let text = told(asked);
        assert!(parts.iter().all(|part| text.contains(part)), "{text}: {parts:?}");
    }
}

#[test]
fn groups_end_at_their_depth() {
    let nested =
        |depth: usize| (0..depth).fold(clause("subject"), |inner, _| Source::Not { not: Box::new(inner) });
    assert!(check(&nested(CONDITION_DEPTH_MAX)).is_ok());
    assert!(matches!(check(&nested(CONDITION_DEPTH_MAX + 1)), Err(ConditionError::TooLarge { .. })));
}

#[test]
fn clauses_end_at_their_number() {
    let many = |count: usize| Source::All { all: vec![clause("subject"); count] };
    assert!(check(&many(CONDITION_CLAUSES_MAX)).is_ok());
    assert!(matches!(check(&many(CONDITION_CLAUSES_MAX + 1)), Err(ConditionError::TooLarge { .. })));
}

#[test]
fn a_secret_field_can_be_neither_asked_nor_shown() {
    let asked = clause("digest").check(&SHIPPED.dictionary, "api_token");
    assert_eq!(asked, Err(ConditionError::Secret { path: "digest".to_owned() }));
}

struct One(Value);

impl Subject for One {
    fn value(&self, _: &Clause) -> Result<Value, String> {
        Ok(self.0.clone())
    }
    fn count(
        &self,
        _: &rejoinder_engine::condition::Related,
        _: rejoinder_engine::id::Id,
        limit: u32,
    ) -> Result<u32, String> {
        Ok(limit)
    }
    fn above(
        &self,
        _: &rejoinder_engine::condition::Hierarchy,
        _: rejoinder_engine::id::Id,
    ) -> Result<Option<rejoinder_engine::id::Id>, String> {
        Ok(None)
    }
    fn old_value(&self, _: &Clause) -> Result<Option<Value>, String> {
        Ok(None)
    }
}

#[test]
fn a_quoted_value_ends_at_its_limit_and_keeps_its_verdict() {
    let seen = |value: Value, operator: Operator, asked: &str| {
        let condition = Condition::clause("f", Kind::Text, operator, vec![Value::text(asked)]);
        let Ok(Reason::Clause(clause)) = evaluate(&condition, &One(value)) else { panic!("no clause") };
        (clause.holds(), clause.cut, clause.actual)
    };
    let text = "x".repeat(TRACE_VALUE_CHARS_MAX);
    assert_eq!(seen(Value::text(&text), Operator::Contains, "x"), (true, None, Value::text(&text)));
    let (holds, cut, actual) = seen(Value::text(format!("{text}y")), Operator::Contains, "y");
    assert_eq!((holds, cut), (true, Some(true)));
    assert_eq!(actual, Value::text(format!("{text}…")));
    let items = vec!["a".repeat(TRACE_VALUE_CHARS_MAX), "b".to_owned()];
    let (holds, cut, actual) = seen(Value::list(items.clone()), Operator::Contains, "b");
    assert_eq!((holds, cut, actual), (true, Some(true), Value::list(vec![items[0].clone(), "…".to_owned()])));
    let (_, cut, _) = seen(Value::list(vec![items[0].clone()]), Operator::Contains, "b");
    assert_eq!(cut, None);
}

#[test]
fn a_trace_ends_at_its_limit_and_says_what_is_missing() {
    let id = rejoinder_engine::id::Seed::new([1; 32]).id("t", Timestamp::from_micros(0));
    let trace = |notes: usize| {
        let mut trace = Trace::new("arrival", id, Timestamp::from_micros(0), 1);
        (0..notes).for_each(|_| trace.note("a_note", "x".repeat(1_000)));
        trace.bounded()
    };
    assert_eq!(trace(60).steps.len(), 60, "what fits is kept");
    let cut = trace(100);
    assert!(serde_json::to_string(&cut).unwrap().len() <= TRACE_BYTES_MAX);
    let Some(Step::Note { why }) = cut.steps.last() else { panic!("no note") };
    assert_eq!(why.code, "trace_cut");
    assert!(why.text.starts_with(&format!("{} more facts", 100 - (cut.steps.len() - 1))));
}

struct NoNames;

impl Names for NoNames {
    fn text(&self, _: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

#[test]
fn a_subject_ends_at_its_limit() {
    let subject =
        |length: usize| render(&"x".repeat(length), Format::Line, &NoNames).unwrap().chars().count();
    assert_eq!(subject(SUBJECT_CHARS_MAX), SUBJECT_CHARS_MAX);
    assert_eq!(subject(SUBJECT_CHARS_MAX + 1), SUBJECT_CHARS_MAX);
}

#[test]
fn a_body_of_the_limit_is_made_and_a_longer_one_is_an_error() {
    let body = |length: usize| render(&"y".repeat(length), Format::Text, &NoNames);
    assert_eq!(body(BODY_BYTES_MAX).unwrap().len(), BODY_BYTES_MAX);
    assert_eq!(body(BODY_BYTES_MAX + 1), Err(RenderError::TooLarge));
}

#[test]
fn a_template_ends_with_its_fuel() {
    let body = |turns: u64| {
        render(&format!("{{% for a in range({turns}) %}}x{{% endfor %}}"), Format::Text, &NoNames)
    };
    // One turn burns a few steps: a tenth of the fuel in turns is enough, all of it in turns is not.
    assert!(body(TEMPLATE_FUEL / 10).is_ok());
    assert_eq!(body(TEMPLATE_FUEL), Err(RenderError::Fuel));
}
