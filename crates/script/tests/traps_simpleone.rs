//! The traps of the platforms that concern SimpleOne's scripts, one test each: where an engine that does
//! what looks right would do something else than the platform.

mod common;

use common::{World, at, effects, error, run_in, value};
use rejoinder_script::{Filter, Limits, Outcome, ScriptError};

fn outcome(source: &str) -> Outcome {
    run_in(&mut World::new(), source, Limits::default())
}

fn counted(condition: &str) -> String {
    value(&format!("var r = new SimpleRecord('incident'); {condition}; r.query(); r.getRowCount()"))
}

// 1. Coercion

#[test]
fn fields_are_primitives_and_need_no_rewriting() {
    let source = "[typeof current.state, current.state === '1', current.active === true, current.state == 1, \
                  current.caller == 'u1', current.caller + '' === 'u1', fresh.caller.email || 'none']";
    assert_eq!(value(source), r#"["string",true,true,true,true,true,"none"]"#);
}

// 2. One element per record and field

#[test]
fn values_that_were_kept_do_not_move_with_the_cursor() {
    let source = "var r = new SimpleRecord('incident'), kept = [], callers = []; r.query(); \
                  while (r.next()) { kept.push(r.number); callers.push(r.caller) } [kept, callers.map(String)]";
    assert_eq!(value(source), r#"[["INC1","INC2","INC3"],["u1","u2",""]]"#);
}

// 3. Null, empty text, missing

#[test]
fn a_condition_on_nothing_is_dropped_and_one_on_the_empty_text_selects_nothing() {
    assert_eq!(counted("r.addQuery('state', undefined)"), "3");
    assert_eq!(counted("r.addQuery('state', null)"), "3");
    assert_eq!(counted("r.addQuery('state', '')"), "0");
}

#[test]
fn in_encoded_text_it_is_the_other_way_round() {
    assert_eq!(counted("r.addEncodedQuery('state=undefined')"), "0");
    assert_eq!(counted("r.addEncodedQuery('state=null')"), "0");
    assert_eq!(counted("r.addEncodedQuery('state=')"), "3");
    assert_eq!(counted("r.addEncodedQuery('(state=)^(number=INC1)')"), "1");
    let source = "var r = new SimpleRecord('incident'); r.addEncodedQuery('state=' + undefined); r.query(); r.getErrors()";
    assert_eq!(value(source), r#"["the condition state=undefined has no value: it selects nothing"]"#);
}

#[test]
fn nothing_is_written_to_all_rows_when_a_condition_was_dropped() {
    for condition in ["addQuery('state', undefined)", "addEncodedQuery('state=')"] {
        for (run, write) in
            [("", "deleteMultiple()"), ("r.query();", "deleteMultiple()"), ("r.query();", "updateMultiple()")]
        {
            let source = format!(
                "var r = new SimpleRecord('incident'); r.{condition}; {run} r.setMultipleValue('state', '7'); \
                 answer = [r.{write}, r.getErrors().length]"
            );
            assert_eq!(value(&source), "[false,1]", "{source}");
            assert_eq!(effects(&source), [""; 0], "{source}");
        }
    }
}

// 4. How alternatives are joined

#[test]
fn an_alternative_is_one_to_everything_so_far() {
    assert_eq!(
        counted("r.addQuery('state', '1'); r.addQuery('active', true); r.addOrCondition('number', 'INC2')"),
        "2"
    );
    let source = "var r = new SimpleRecord('incident'); r.addQuery('state', '1'); r.addQuery('active', true); \
                  r.addOrCondition('number', 'INC2'); var text = r.getConditionQuery(); r.query(); \
                  [text, r.getConditionQuery()]";
    assert_eq!(value(source), r#"["((state=1)^(active=1))^OR(number=INC2)",""]"#);
    let mut world = World::new();
    run_in(&mut world, source, Limits::default());
    assert!(matches!(world.queries[0].filter, Filter::Any(_)), "{:?}", world.queries);
}

// 6. References and display values

#[test]
fn a_name_written_into_a_reference_is_not_resolved() {
    assert_eq!(
        effects("current.caller = 'Boris Ivanov'; current.update()"),
        ["update incident i1 caller=Boris Ivanov"]
    );
}

// 7. Writes and recursion

#[test]
fn silent_mode_belongs_to_one_object() {
    let source = "current.silentMode(); current.state = '2'; current.update(); \
                  var same = new SimpleRecord('incident').get('i1'); same.state = '3'; same.update()";
    assert_eq!(effects(source), ["update silently incident i1 state=2", "update incident i1 state=3"]);
}

#[test]
fn the_record_of_a_rule_that_runs_before_is_written_once_by_its_change() {
    use rejoinder_script::{Global, RecordHandle, Run, Script, Value, Vocabulary, run};
    let current = RecordHandle {
        table: "incident".to_owned(),
        id: Some("i1".to_owned()),
        fields: vec![("state".to_owned(), "1".into())],
        old: Some(vec![("state".to_owned(), "0".into())]),
        pending: true,
        ..RecordHandle::default()
    };
    let source = "current.state = '5'; answer = [current.update(), current.insert()]";
    let mut world = World::new();
    let done = run(
        &Run {
            script: Script { name: "before", source, vocabulary: Vocabulary::SimpleOne },
            globals: vec![("current".to_owned(), Global::Record(current))],
            now_micros: common::NOW_MICROS,
            seed: [1; 32],
            limits: Limits::default(),
        },
        &mut world,
    );
    assert_eq!(done.result.unwrap().to_json().to_string(), r#"["i1","i1"]"#);
    assert_eq!(done.pending, [("state".to_owned(), Value::from("5"))]);
    assert_eq!(world.effects, [""; 0]);
}

// 8. Abort

#[test]
fn set_abort_action_ends_the_script_at_once() {
    let done = outcome(
        "try { current.setAbortAction(true, 'no') } catch (e) { } finally { ss.info('late') } ss.info('later')",
    );
    assert!(matches!(done.result, Err(ScriptError::Aborted { .. })), "{:?}", done.result);
    assert_eq!((done.aborted.as_deref(), done.log), (Some("no"), vec![]));
}

// 9. get, next, query

#[test]
fn get_gives_the_record_and_next_moves_on_from_it() {
    assert_eq!(value("var r = new SimpleRecord('incident'); r.get('nothing') === r && !r.sys_id"), "true");
    assert_eq!(
        value("var r = new SimpleRecord('incident').get('state', '1'); [r.number, r.next()]"),
        r#"["INC1",false]"#
    );
}

#[test]
fn a_field_never_hides_a_method() {
    let source = "var r = new SimpleRecord('incident'); r.query(); [typeof r.next, r.next() === r, r.getValue('next')]";
    assert_eq!(value(source), r#"["function",true,null]"#);
}

#[test]
fn behind_the_last_row_there_is_none() {
    let source = "var r = new SimpleRecord('user'); r.query(); while (r.next()); [r.name, r.sys_id]";
    assert_eq!(value(source), r#"[null,""]"#);
}

// 10. What writes return

#[test]
fn a_refused_insert_gives_a_zero_that_is_true() {
    assert_eq!(value("var id = current.insert(); [id, id == 0, id === 0, !!id]"), r#"["0",true,false,true]"#);
}

#[test]
fn update_refuses_a_new_row() {
    assert_eq!(value("[fresh.update(), fresh.getErrors().length]"), r#"["0",1]"#);
    assert_eq!(effects("fresh.update()"), [""; 0]);
}

#[test]
fn delete_multiple_tells_whether() {
    assert_eq!(
        value("var r = new SimpleRecord('incident'); r.addQuery('state', '2'); r.deleteMultiple()"),
        "true"
    );
}

// 11. Journals

#[test]
fn of_two_entries_in_one_script_the_last_is_kept_and_reading_gives_nothing() {
    let source = "current.work_notes = 'one'; current.work_notes = 'two'; answer = current.work_notes; current.update()";
    assert_eq!(effects(source), ["update incident i1 work_notes=two"]);
    assert_eq!(value(source), r#""""#);
}

// 13. The record of an inbound action

#[test]
fn a_new_record_that_was_inserted_is_updated_from_then_on() {
    assert_eq!(
        effects("fresh.insert(); fresh.state = '2'; fresh.update()"),
        ["insert incident new1 subject=from the mail", "update incident new1 state=2"]
    );
}

// 15. Coercion of arguments

#[test]
fn objects_that_are_passed_are_what_they_stand_for() {
    let done = outcome(
        "ss.info(current); template.print(current.caller); template.print(undefined); template.print(null); \
         email.addAddressCc(current.caller.email, current.caller)",
    );
    assert_eq!(done.log[0].text, "i1");
    assert_eq!(done.printed, "u1undefinednull");
    assert_eq!(done.letter.unwrap().cc, [("anna@example.org".to_owned(), "u1".to_owned())]);
}

// 16. Identifiers

#[test]
fn long_ids_stay_texts() {
    assert_eq!(
        effects("var r = new SimpleRecord('incident'); r.caller = '155931135900000001'; r.insert()"),
        ["insert incident new1 caller=155931135900000001"]
    );
    assert_eq!(
        value("ss.getRecordIdByDocId(ss.getDocIdByIds('user', '155931135900000001'))"),
        r#""155931135900000001""#
    );
}

// 17. Names of the other platform

#[test]
fn names_of_the_other_platform_are_the_scripts_own_if_it_makes_them() {
    assert_eq!(
        value(
            "var gs = { info: () => 'mine' }; function GlideRecord() { this.x = 1 } gs.info() + new GlideRecord().x"
        ),
        r#""mine1""#
    );
    let ScriptError::NotSupported { member, .. } = error("gs.log('x')") else { panic!() };
    assert_eq!(member, "gs.log");
}

// 18. Waiting

#[test]
fn sleep_is_refused_and_costs_no_time() {
    let ScriptError::NotSupported { member, .. } = error("sleep(60)") else { panic!() };
    assert_eq!(member, "sleep");
}

// The vocabulary's own

#[test]
fn dollars_look_at_the_most_specific_table_and_are_nothing_where_that_has_no_such_field() {
    let task = "var task = new SimpleRecord('task').get('i1');";
    assert_eq!(
        value(&format!(
            "{task} [task.sys_db_table_id, task.number, task.$$state, task.$$caller.name, task.$$none]"
        )),
        r#"["incident","INC1","1","anna",null]"#
    );
    assert!(matches!(error(&format!("{task} task.state")), ScriptError::NotSupported { .. }));
}

#[test]
fn messages_and_letters_go_to_whoever_runs_the_script() {
    let done = outcome(
        "ss.addInfoMessage('greeting', {name: 'Anna'}); ss.addErrorMessage('Broken'); email.setFrom('desk@example.org'); \
         email.setSubject('x'); event.state = 'stop_processing'; template.print('<b>'); template.space(1)",
    );
    let messages: Vec<&str> = done.messages.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(messages, ["Hello Anna", "Broken"]);
    let letter = done.letter.unwrap();
    assert_eq!((letter.from.as_str(), letter.subject.as_str()), ("desk@example.org", "x"));
    assert!(done.stopped);
    assert_eq!(done.printed, "<b>&nbsp;");
}

// Includes

#[test]
fn an_include_brings_functions_and_classes_once() {
    let source = "ss.importIncludeScript('Counting'); ss.importIncludeScript('Counting'); ss.importIncludeScript('Mutual'); \
                  ss.importIncludeScript('Helpers'); [counted, twice(2), new Box(1) instanceof Box]";
    assert_eq!(value(source), "[1,4,true]");
    assert_eq!(value(&format!("{source}; return [counted, twice(2)]")), "[1,4]");
}

#[test]
fn an_include_has_the_names_that_it_alone_mentions() {
    assert_eq!(
        value("ss.importIncludeScript('Helpers'); [first(), when()]"),
        r#"["Hello all","2026-11-24T10:00:00.500Z"]"#
    );
    assert_eq!(value("var SimpleMessage = 5; ss.importIncludeScript('Helpers'); SimpleMessage"), "5");
}

#[test]
fn an_error_in_an_include_is_located_in_it() {
    let failed = error("ss.importIncludeScript('Helpers');\nbroken();");
    assert_eq!(at(&failed), "7:3");
    assert_eq!(failed.location().unwrap().script, "Helpers");
    let ScriptError::Thrown { stack, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(stack, "broken (Helpers:7:3)\nOpen an incident:2:1");
    let failed = error("ss.importIncludeScript('Failing')");
    assert_eq!((at(&failed).as_str(), failed.location().unwrap().script.as_str()), ("3:13", "Failing"));
}

#[test]
fn an_include_that_cannot_be_read_is_located_in_it() {
    let failed = error("\nss.importIncludeScript('Unreadable')");
    assert!(failed.to_string().starts_with("SyntaxError"), "{failed}");
    assert_eq!((at(&failed).as_str(), failed.location().unwrap().script.as_str()), ("2:5", "Unreadable"));
}

#[test]
fn an_include_that_failed_is_not_taken_for_loaded() {
    let source = "var failed = 0; for (var i = 0; i < 2; i++) try { ss.importIncludeScript('Failing') } catch (e) { failed++ } failed";
    assert_eq!(value(source), "2");
}

#[test]
fn an_include_ends_the_run_as_the_script_itself_would() {
    let done = outcome("try { ss.importIncludeScript('Aborting') } catch (e) { } ss.info('later')");
    let failed = done.result.unwrap_err();
    assert!(matches!(failed, ScriptError::Aborted { .. }), "{failed:?}");
    assert_eq!((at(&failed).as_str(), failed.location().unwrap().script.as_str()), ("2:24", "Aborting"));
    assert_eq!((done.aborted.as_deref(), done.log), (Some("from the include"), vec![]));
    let short = Limits { time_ms: 300, ..Limits::default() };
    let failed = run_in(&mut World::new(), "try { ss.importIncludeScript('Endless') } catch (e) { }", short)
        .result
        .unwrap_err();
    assert!(matches!(failed, ScriptError::Time { .. }), "{failed:?}");
    assert_eq!(failed.location().unwrap().script, "Endless");
}

#[test]
fn an_include_of_the_other_vocabulary_is_refused() {
    assert!(error("ss.importIncludeScript('Theirs')").to_string().contains("is written for servicenow"));
}
