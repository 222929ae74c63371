//! SimpleRecord and SimpleReference: one assertion of a value for every member and every trap.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{World, at, effects, error, run_in, value};
use rejoinder_script::{FieldKind, Filter, Host, HostError, Limits, ScriptError, Term, Value};

/// Numbers of the incidents that a condition selects.
fn selected(condition: &str) -> String {
    value(&format!(
        "var r = new SimpleRecord('incident'); {condition}; r.query(); var found = []; \
         while (r.next()) found.push(r.number); found.join(' ')"
    ))
}

/// The condition that reached the host.
fn asked(condition: &str) -> Filter {
    let mut world = World::new();
    run_in(
        &mut world,
        &format!("var r = new SimpleRecord('user'); {condition}; r.query()"),
        Limits::default(),
    );
    world.queries.pop().map(|query| query.filter).unwrap()
}

fn term(field: &str, value: &str) -> Filter {
    Filter::Term(Term { field: field.to_owned(), operator: "=".to_owned(), value: value.into() })
}

// Reading one record

#[test]
fn get_by_id_returns_the_record_itself() {
    assert_eq!(
        value(
            "var r = new SimpleRecord('incident'); var same = r.get('i2') === r; [same, r.sys_id, r.number]"
        ),
        r#"[true,"i2","INC2"]"#
    );
}

#[test]
fn get_of_an_unknown_id_leaves_the_record_blank() {
    assert_eq!(
        value("var r = new SimpleRecord('incident'); r.get('i1'); r.get('nothing'); [!r.sys_id, r.number]"),
        "[true,null]"
    );
}

#[test]
fn get_by_field_takes_the_first_match() {
    assert_eq!(value("new SimpleRecord('incident').get('state', '1').number"), r#""INC1""#);
    assert_eq!(value("!new SimpleRecord('incident').get('state', 'none').sys_id"), "true");
}

#[test]
fn get_by_field_without_a_value_gives_a_blank_record() {
    for nothing in ["undefined", "null", "''"] {
        let source = format!("var r = new SimpleRecord('incident').get('number', {nothing}); r.sys_id");
        assert_eq!(value(&source), r#""""#, "{nothing}");
    }
}

#[test]
fn get_without_an_id_throws() {
    for nothing in ["", "undefined", "null", "''", "fresh.caller"] {
        let error = error(&format!("new SimpleRecord('incident').get({nothing})"));
        assert!(error.to_string().contains("argument 1 must not be empty"), "{error}");
    }
}

#[test]
fn get_takes_a_reference() {
    assert_eq!(value("new SimpleRecord('user').get(current.caller).name"), r#""anna""#);
}

// Conditions

#[test]
fn conditions_are_joined_by_and() {
    assert_eq!(selected("r.addQuery('state', '1')"), r#""INC1 INC3""#);
    assert_eq!(selected("r.addQuery('state', '1').addQuery('active', true)"), r#""INC1""#);
    assert_eq!(selected(""), r#""INC1 INC2 INC3""#);
}

#[test]
fn or_joins_with_everything_so_far() {
    assert_eq!(
        asked("r.addQuery('name', 'a').addQuery('email', 'b').addOrCondition('name', 'c')"),
        Filter::Any(vec![Filter::All(vec![term("name", "a"), term("email", "b")]), term("name", "c")])
    );
    assert_eq!(
        asked("r.addQuery('name', 'a').addOrCondition('name', 'b').addQuery('email', 'c')"),
        Filter::All(vec![Filter::Any(vec![term("name", "a"), term("name", "b")]), term("email", "c")])
    );
    assert_eq!(asked("r.addOrCondition('name', 'a')"), term("name", "a"));
}

#[test]
fn a_condition_without_a_value_is_dropped() {
    for nothing in ["undefined", "null", "'!=', undefined", "'=', null"] {
        assert_eq!(asked(&format!("r.addQuery('name', {nothing})")), Filter::everything(), "{nothing}");
        assert_eq!(asked(&format!("r.addOrCondition('name', {nothing})")), Filter::everything(), "{nothing}");
    }
    assert_eq!(asked("r.addQuery('name')"), Filter::everything());
}

#[test]
fn a_condition_on_the_empty_text_selects_nothing_and_asks_nobody() {
    let mut world = World::new();
    let source = "var r = new SimpleRecord('incident'); r.addQuery('state', ''); r.query(); r.getRowCount()";
    assert_eq!(run_in(&mut world, source, Limits::default()).result.unwrap(), Value::Number(0.0));
    assert_eq!(world.queries, []);
    assert_eq!(selected("r.addQuery('caller', fresh.caller)"), r#""""#, "nor does one on an empty reference");
    assert_eq!(selected("r.addQuery('state', '').addOrCondition('state', '2')"), r#""INC2""#);
}

#[test]
fn operators_stand_in_the_middle_and_in_any_case() {
    assert_eq!(selected("r.addQuery('state', '!=', '1')"), r#""INC2""#);
    assert_eq!(selected("r.addQuery('number', 'like', 'C3')"), r#""INC3""#);
    assert_eq!(selected("r.addQuery('number', 'contains', 'C3')"), r#""INC3""#);
    assert_eq!(selected("r.addQuery('number', 'IN', ['INC1', 'INC3'])"), r#""INC1 INC3""#);
    assert_eq!(selected("r.addQuery('caller', 'isempty')"), r#""INC3""#);
    assert_eq!(selected("r.addQuery('state', '2').addOrCondition('caller', 'ISEMPTY')"), r#""INC2 INC3""#);
}

#[test]
fn values_of_conditions_may_be_numbers_booleans_and_records() {
    assert_eq!(selected("r.addQuery('score', 2.5)"), r#""INC1 INC2 INC3""#);
    assert_eq!(selected("r.addQuery('active', false)"), r#""INC3""#);
    assert_eq!(selected("r.addQuery('caller', current.caller)"), r#""INC1""#);
    assert_eq!(selected("r.addQuery('sys_id', 'IN', [current])"), r#""INC1""#);
}

#[test]
fn an_unknown_operator_selects_nothing_and_says_so() {
    let source = "var r = new SimpleRecord('incident'); r.addQuery('state', 'SOUNDSLIKE', '1'); r.query(); \
                  [r.getRowCount(), r.getErrors().length]";
    let outcome = run_in(&mut World::new(), source, Limits::default());
    assert_eq!(outcome.result.unwrap().to_json().to_string(), "[0,1]");
    assert!(outcome.log[0].text.contains("SOUNDSLIKE"), "{:?}", outcome.log);
}

#[test]
fn a_condition_of_too_many_terms_is_refused() {
    let asked = |terms: usize| {
        error(&format!(
            "var r = new SimpleRecord('user'); for (var i = 0; i < {terms}; i++) r.addQuery('name', 'x'); \
             r.query(); throw r.getErrors()[0] || 'asked'"
        ))
    };
    assert_eq!(asked(1_000).to_string(), "asked");
    assert!(asked(1_001).to_string().contains("1001 terms, more than 1000"));
}

// The cursor

#[test]
fn order_and_limit() {
    assert_eq!(selected("r.orderByDesc('number')"), r#""INC3 INC2 INC1""#);
    assert_eq!(selected("r.orderBy('state'); r.orderByDesc('number')"), r#""INC3 INC1 INC2""#);
    assert_eq!(selected("r.setLimit(2)"), r#""INC1 INC2""#);
    assert_eq!(selected("r.setLimit('1')"), r#""INC1""#);
    assert_eq!(selected("r.setLimit(0)"), r#""""#);
    assert!(error("new SimpleRecord('user').setLimit('many')").to_string().contains("setLimit"));
}

#[test]
fn the_row_count_respects_the_limit() {
    let counted =
        "var r = new SimpleRecord('incident'); var before = r.getRowCount(); r.setLimit(2); r.query();";
    assert_eq!(value(&format!("{counted} [before, r.getRowCount()]")), "[0,2]");
}

#[test]
fn next_returns_the_record_and_false_at_the_end() {
    assert_eq!(
        value(
            "var r = new SimpleRecord('user'); r.query(); \
               [r.name, r.next() === r, r.name, r.next() === r, r.name, r.next(), r.name, r.sys_id, r.next()]"
        ),
        r#"[null,true,"anna",true,"boris",false,null,"",false]"#
    );
}

#[test]
fn a_query_uses_its_conditions_up() {
    assert_eq!(
        value(
            "var r = new SimpleRecord('user'); r.addQuery('name', 'anna'); r.setLimit(1); r.query(); r.query(); r.getRowCount()"
        ),
        "2"
    );
}

#[test]
fn rows_that_were_kept_in_a_loop_are_plain_values() {
    assert_eq!(
        value(
            "var r = new SimpleRecord('user'); r.query(); var ids = []; while (r.next()) ids.push(r.sys_id); ids"
        ),
        r#"["u1","u2"]"#
    );
}

// Fields

#[test]
fn fields_are_plain_values() {
    assert_eq!(
        value(
            "[current.state === '1', current.active === true, current.score, current.followers, current.closed_at]"
        ),
        r#"[true,true,2.5,"u1,u2",null]"#
    );
    assert_eq!(value("current.followers.split(',').length"), "2");
}

#[test]
fn get_value_gives_ids_of_references_and_lists() {
    assert_eq!(
        value(
            "[current.getValue('caller'), current.getValue('followers'), current.getValue('active'), current.getValue('sys_id')]"
        ),
        r#"["u1","u1,u2",true,"i1"]"#
    );
}

#[test]
fn display_values_come_from_the_host() {
    assert_eq!(
        value(
            "[current.getDisplayValue(), current.getDisplayValue('caller'), current.caller.getDisplayValue(), \
               current.caller.getDisplayValue('name'), fresh.getDisplayValue()]"
        ),
        r#"["<incident i1 ->","<incident i1 caller>","<user u1 ->","<user u1 name>",""]"#
    );
}

#[test]
fn display_values_of_unsaved_changes_are_the_new_ones() {
    assert_eq!(
        value(
            "current.subject = 'new'; current.caller = 'u2'; current.closed_at = null; \
               [current.getDisplayValue('subject'), current.getDisplayValue('caller'), current.getDisplayValue('closed_at')]"
        ),
        r#"["<incident subject new>","<incident caller u2>","<incident i1 closed_at>"]"#
    );
}

#[test]
fn journals_are_write_only() {
    let read = "[current.work_notes, current.getValue('work_notes'), current.getDisplayValue('work_notes')]";
    assert_eq!(value(&format!("current.work_notes = 'seen'; {read}")), r#"["","",""]"#);
    assert_eq!(
        effects(
            "current.work_notes = 'seen'; current.update(); current.update(); current.work_notes += 'again'; current.update()"
        ),
        ["update incident i1 work_notes=seen", "update incident i1 work_notes=again"]
    );
}

#[test]
fn set_value_and_property_are_the_same() {
    assert_eq!(
        effects("current.setValue('state', 3); current['subject'] = 'x'; current.update()"),
        ["update incident i1 state=3 subject=x"]
    );
}

#[test]
fn written_fields_read_back() {
    assert_eq!(
        value("current.state = '9'; current.caller = 'u2'; [current.state, current.caller.name]"),
        r#"["9","boris"]"#
    );
}

#[test]
fn a_record_written_into_a_field_is_its_id() {
    assert_eq!(
        effects(
            "var u = new SimpleRecord('user').get('u2'); current.caller = u; current.followers = [u, current.caller]; current.update()"
        ),
        [r#"update incident i1 caller=u2 followers=["u2","u2"]"#]
    );
}

#[test]
fn a_method_wins_over_a_column_of_its_name() {
    assert_eq!(value("[typeof current.next, current.getValue('next')]"), r#"["function",null]"#);
}

#[test]
fn records_and_references_are_their_ids_as_text() {
    assert_eq!(
        value(
            "[String(current), `${current.caller}`, current + '', current.caller == 'u1', \
               JSON.stringify({a: current, b: current.caller}), '' + fresh, '' + fresh.caller]"
        ),
        r#"["i1","u1","i1",true,"{\"a\":\"i1\",\"b\":\"u1\"}","",""]"#
    );
}

#[test]
fn records_are_instances_and_know_their_fields() {
    assert_eq!(
        value(
            "[current instanceof SimpleRecord, 'state' in current, 'nothing' in current, typeof current.then, typeof current.$$extra]"
        ),
        r#"[true,true,false,"undefined","undefined"]"#
    );
    assert_eq!(value("[current.getTableName(), current.caller.getTableName()]"), r#"["incident","user"]"#);
}

#[test]
fn the_id_is_not_writable() {
    assert!(error("current.sys_id = 'x'").to_string().contains("sys_id cannot be written"));
}

#[test]
fn a_field_that_does_not_exist_is_named_with_the_nearest() {
    for source in [
        "current.sate",
        "current.sate = 1",
        "current.getValue('sate')",
        "current.setValue('sate', 1)",
        "current.getDisplayValue('sate')",
    ] {
        let ScriptError::NotSupported { member, nearest, .. } = error(source) else { panic!("{source}") };
        assert!(member.ends_with("sate"), "{member}");
        assert_eq!(nearest.as_deref(), Some("state"), "{source}");
    }
}

#[test]
fn a_table_that_does_not_exist_is_refused_with_the_hosts_code() {
    let ScriptError::Thrown { message, host_code, .. } = error("new SimpleRecord('inc')") else { panic!() };
    assert_eq!((message.as_str(), host_code.as_deref()), ("there is no table inc", Some("no_such_table")));
}

// References

#[test]
fn references_are_walked() {
    assert_eq!(
        value("[current.caller.name, current.caller.manager.email]"),
        r#"["anna","boris@example.org"]"#
    );
    assert_eq!(value("[current.caller.getValue(), current.caller.getValue('manager')]"), r#"["u1","u2"]"#);
}

#[test]
fn walking_an_empty_reference_gives_nothing_and_reads_nothing() {
    let mut world = World::new();
    let source =
        "[fresh.caller.email, fresh.caller.manager.manager.name, fresh.caller.sys_id, !fresh.caller.email]";
    let outcome = run_in(&mut world, source, Limits::default());
    assert_eq!(outcome.result.unwrap().to_json().to_string(), r#"[null,null,"",true]"#);
    assert_eq!((world.gets, outcome.usage.queries), (0, 0));
}

#[test]
fn walking_a_reference_to_a_record_that_is_gone_gives_nothing() {
    assert_eq!(
        value("current.caller = 'gone'; [current.caller.name, current.caller.sys_id]"),
        r#"[null,"gone"]"#
    );
}

#[test]
fn a_reference_is_read_once() {
    let mut world = World::new();
    let source = "current.caller.name + current.caller.email + current.caller.name";
    assert_eq!(run_in(&mut world, source, Limits::default()).usage.queries, 1);
    assert_eq!(world.gets, 1);
}

#[test]
fn a_reference_moves_with_its_record() {
    assert_eq!(
        value(
            "var r = new SimpleRecord('incident'); r.query(); var names = []; while (r.next()) names.push(r.caller.name || '-'); names"
        ),
        r#"["anna","boris","-"]"#
    );
}

#[test]
fn nothing_is_written_through_a_reference() {
    assert!(
        error("current.caller.name = 'x'").to_string().contains("name cannot be written through a reference")
    );
}

// Writing

#[test]
fn update_sends_what_changed_and_the_second_time_what_changed_since() {
    assert_eq!(
        effects(
            "current.state = '2'; current.update(); current.subject = 'x'; current.update(); current.update()"
        ),
        ["update incident i1 state=2", "update incident i1 subject=x"]
    );
}

#[test]
fn what_was_set_to_its_old_value_did_not_change() {
    assert_eq!(effects("current.state = '1'; current.closed_at = ''; current.update()"), [""; 0]);
    assert_eq!(effects("current.state = '2'; current.state = '1'; current.update()"), [""; 0]);
}

#[test]
fn update_returns_the_id() {
    assert_eq!(value("current.state = '2'; [current.update(), current.update()]"), r#"["i1","i1"]"#);
}

#[test]
fn update_of_a_record_that_was_never_saved_fails() {
    assert_eq!(
        value("fresh.state = '1'; [fresh.update(), fresh.getErrors()]"),
        r#"["0",["the record was never saved: use insert()"]]"#
    );
}

#[test]
fn insert_returns_the_new_id_at_once_and_then_updates() {
    let source = "var r = new SimpleRecord('incident'); r.subject = 'a'; r.work_notes = 'n'; var id = r.insert(); \
                  r.state = '2'; r.update(); [id, r.sys_id, r.subject]";
    assert_eq!(value(source), r#"["new1","new1","a"]"#);
    assert_eq!(
        effects(source),
        ["insert incident new1 subject=a work_notes=n", "update incident new1 state=2"]
    );
}

#[test]
fn a_new_record_of_the_context_is_inserted_with_what_it_starts_with() {
    assert_eq!(
        effects("fresh.state = '1'; fresh.insert()"),
        ["insert incident new1 subject=from the mail state=1"]
    );
}

#[test]
fn insert_again_makes_another_and_initialize_starts_afresh() {
    assert_eq!(
        effects(
            "var r = new SimpleRecord('user'); r.name = 'a'; r.insert(); r.email = 'b'; r.insert(); r.initialize(); r.name = 'c'; r.insert()"
        ),
        ["insert user new1 name=a", "insert user new2 name=a email=b", "insert user new3 name=c"]
    );
}

#[test]
fn insert_of_a_stored_record_fails() {
    assert_eq!(value("[current.insert(), current.getErrors().length]"), r#"["0",1]"#);
}

#[test]
fn delete_record_tells_whether() {
    let source = "var r = new SimpleRecord('incident').get('i3'); [r.deleteRecord(), r.sys_id, r.deleteRecord(), r.getErrors().length, r.deleteRecord('i2')]";
    assert_eq!(value(source), r#"[true,"",false,1,true]"#);
    assert_eq!(effects(source), ["delete incident i3", "delete incident i2"]);
}

fn refusing(source: &str, refusal: HostError) -> (Result<Value, ScriptError>, Vec<String>) {
    let mut world = World::new();
    world.refuse = Some(refusal);
    (run_in(&mut world, source, Limits::default()).result, world.effects)
}

#[test]
fn a_refused_write_is_told_by_its_value_and_by_get_errors() {
    let source = "current.state = '2'; var r = new SimpleRecord('user'); \
                  [r.insert(), r.getErrors()[0], current.update(), current.deleteRecord(), current.getErrors()[0], current.state]";
    let (result, effects) = refusing(source, HostError::refused("no_right", "not allowed"));
    assert_eq!(result.unwrap().to_json().to_string(), r#"["0","not allowed","0",false,"not allowed","2"]"#);
    assert_eq!(effects, [""; 0]);
}

#[test]
fn an_exception_of_the_scripts_own_is_no_refusal() {
    let source = "current.subject = {toJSON() { throw new Error('mine') }}; current.update()";
    assert!(error(source).to_string().starts_with("mine"));
}

#[test]
fn a_refused_read_is_an_exception_that_can_be_caught() {
    let source = "try { new SimpleRecord('user').get('u1') } catch (e) { answer = [e instanceof Error, e.code, e.message] }";
    let (result, _) = refusing(source, HostError::refused("no_right", "not allowed"));
    assert_eq!(result.unwrap().to_json().to_string(), r#"[true,"no_right","not allowed"]"#);
}

#[test]
fn a_fatal_error_of_the_host_cannot_be_caught() {
    for call in ["current.caller.name", "new SimpleRecord('user').insert()", "ss.getProperty('x')"] {
        let source =
            format!("try {{\n {call} }} catch (e) {{ answer = 1 }} finally {{ answer = 2 }} answer = 3");
        let (result, _) = refusing(&source, HostError::fatal("stale", "read again"));
        let error = result.unwrap_err();
        let ScriptError::Host { code, message, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*code, message.as_str()), ("stale", "read again"));
        assert!(at(&error).starts_with("2:"), "{}", at(&error));
    }
}

#[test]
fn abort_ends_the_script_at_once_and_cannot_be_caught() {
    let source = "try {\n  current.setAbortAction(true, 'closed already'); ss.info('never') } \
                  catch (e) { ss.info('never') } finally { ss.info('never') } current.update()";
    let mut world = World::new();
    let outcome = run_in(&mut world, source, Limits::default());
    let error = outcome.result.unwrap_err();
    let ScriptError::Aborted { message, .. } = &error else { panic!("{error:?}") };
    assert_eq!((message.as_str(), error.code()), ("closed already", "script_aborted"));
    assert!(at(&error).starts_with("2:"), "{}", at(&error));
    assert_eq!((outcome.log, world.effects), (vec![], vec![]));
}

#[test]
fn abort_with_a_false_flag_does_nothing() {
    assert_eq!(value("current.setAbortAction(false); 'on'"), r#""on""#);
}

#[test]
fn the_fixture_has_every_kind_of_field() {
    let fields = World::new().table("incident").unwrap().fields;
    for kind in [
        FieldKind::Text,
        FieldKind::Number,
        FieldKind::Choice,
        FieldKind::Moment,
        FieldKind::Boolean,
        FieldKind::Reference("user".to_owned()),
        FieldKind::List("user".to_owned()),
        FieldKind::Journal,
    ] {
        assert!(fields.iter().any(|field| field.kind == kind), "{kind:?}");
    }
}
