//! The traps of ServiceNow's vocabulary: where a script that looks right means something else than it would
//! elsewhere. One test for each.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{World, shown};
use rejoinder_script::{Filter, Limits, Outcome, ScriptError, Value, Vocabulary};

fn run(world: &mut World, source: &str) -> Outcome {
    common::run_with(world, Vocabulary::ServiceNow, source, Limits::default())
}

fn value(source: &str) -> String {
    match run(&mut World::new(), source).result {
        Ok(value) => value.to_json().to_string(),
        Err(error) => panic!("{error}\n{source}"),
    }
}

/// The effects of a script and its log.
fn effects(source: &str) -> (Vec<String>, Vec<String>) {
    let mut world = World::new();
    let outcome = run(&mut world, source);
    if let Err(error) = outcome.result {
        panic!("{error}\n{source}");
    }
    (world.effects, outcome.log.into_iter().map(|line| line.text).collect())
}

#[test]
fn trap_1_elements_compare_and_test_by_value() {
    assert_eq!(value("[changed.state == previous.state, changed.state != previous.state]"), "[false,true]");
    assert_eq!(
        value("[current.active == true, current.active == 'true', current.active == 'false']"),
        "[true,true,false]"
    );
    assert_eq!(value("[current.closed_at == null, current.caller == null]"), "[true,false]");
    assert_eq!(value("if (current.closed_at) 1; else if (!current.active) 2; else 3"), "3");
    assert_eq!(value("current.state === '1'"), "false");
}

#[test]
fn trap_1_also_inside_functions_includes_and_callbacks() {
    assert_eq!(value("new DeskUtils('#').title(current)"), r##""#INC1""##);
    assert_eq!(value("[1, 2].filter(function (n) { return current.state == n })"), "[1]");
    assert_eq!(value("[current].map(gr => gr.closed_at ? 'closed' : 'open')[0]"), r#""open""#);
}

#[test]
fn trap_2_an_element_follows_the_cursor_and_is_kept_by_its_text() {
    let walk = "var gr = new GlideRecord('incident'); gr.orderBy('number'); gr.setLimit(2); gr.query(); var live = [], kept = []; \
                while (gr.next()) { live.push(gr.number); kept.push(gr.number.toString()) }";
    assert_eq!(
        value(&format!("{walk} [String(live[0]), String(live[1]), kept[0], kept[1]]")),
        r#"["","","INC1","INC2"]"#
    );
    assert_eq!(
        value("var gr = new GlideRecord('incident'); gr.get('i1'); var f = gr.number; gr.get('i2'); f + ''"),
        r#""INC2""#
    );
    assert_eq!(value("var f = current.subject; f.setValue('x'); current.subject + ''"), r#""x""#);
}

#[test]
fn trap_2_what_is_assigned_or_written_as_json_is_the_value_of_the_moment() {
    let source = "var gr = new GlideRecord('incident'); gr.get('i1'); var other = new GlideRecord('incident'); \
                  other.subject = gr.number; var json = JSON.stringify({n: gr.number}); gr.get('i2'); [other.subject + '', json]";
    assert_eq!(value(source), r#"["INC1","{\"n\":\"INC1\"}"]"#);
}

#[test]
fn trap_3_null_empty_and_missing_differ() {
    assert_eq!(
        value(
            "[current.getValue('closed_at'), current.closed_at + '', current.nothing === undefined, \
               current.getValue('nothing'), current.getValue('active'), current.active + '']"
        ),
        r#"[null,"",true,null,"1","true"]"#
    );
}

#[test]
fn trap_3_a_condition_on_an_unknown_field_selects_nothing_unless_a_setting_says_otherwise() {
    let count =
        "var gr = new GlideRecord('incident'); gr.addQuery('nothing', 'x'); gr.query(); gr.getRowCount()";
    let mut world = World::new();
    assert_eq!(run(&mut world, count).result, Ok(0.0.into()));
    world.drops_terms = true;
    let outcome = run(&mut world, count);
    assert_eq!(outcome.result, Ok(3.0.into()));
    assert_eq!(outcome.log[0].text, "incident has no field nothing: the condition is left out");
}

#[test]
fn trap_3_nothing_is_written_to_all_rows_when_a_condition_was_left_out() {
    for write in ["gr.deleteMultiple()", "gr.setValue('state', '9'); gr.updateMultiple()"] {
        let mut world = World::new();
        world.drops_terms = true;
        let source = format!("var gr = new GlideRecord('incident'); gr.addQuery('nothing', 'x'); {write}");
        let error = run(&mut world, &source).result;
        assert!(
            matches!(&error, Err(ScriptError::Thrown { host_code: Some(code), .. }) if code == "condition_left_out"),
            "{error:?}"
        );
        assert_eq!(world.effects, [""; 0]);
    }
}

#[test]
fn trap_4_or_binds_to_its_condition() {
    let mut world = World::new();
    let source = "var gr = new GlideRecord('incident'); var q = gr.addQuery('state', '1'); q.addOrCondition('state', '2'); \
                  gr.addQuery('active', true); gr.query(); gr.getRowCount()";
    assert_eq!(run(&mut world, source).result, Ok(2.0.into()));
    let Filter::All(parts) = &world.queries[0].filter else { panic!("{:?}", world.queries) };
    assert!(matches!(&parts[..], [Filter::Any(either), Filter::Term(_)] if either.len() == 2), "{parts:?}");
}

#[test]
fn trap_4_a_condition_added_later_still_counts() {
    let source = "var gr = new GlideRecord('incident'); var q = gr.addQuery('number', 'INC1'); gr.addActiveQuery(); \
                  q.addOrCondition('number', 'INC2'); gr.query(); gr.getRowCount()";
    assert_eq!(value(source), "2");
}

#[test]
fn trap_6_a_reference_keeps_the_text_that_it_is_given() {
    let (effects, _) =
        effects("var gr = new GlideRecord('incident'); gr.get('i1'); gr.caller = 'boris'; gr.update()");
    assert_eq!(effects, ["update incident i1 caller=boris"]);
}

#[test]
fn trap_6_a_display_value_that_is_none_or_several_changes_nothing() {
    let (effects, log) = effects(
        "var gr = new GlideRecord('incident'); gr.get('i1'); gr.setDisplayValue('caller', 'several'); gr.update()",
    );
    assert_eq!(effects, [""; 0]);
    assert_eq!(
        log,
        ["incident.caller: nothing, or more than one, is shown as \"several\": the field stays as it is"]
    );
}

#[test]
fn trap_7_an_update_of_the_pending_record_writes_nothing_by_itself() {
    let mut world = World::new();
    let outcome =
        run(&mut world, "pending.state = '7'; pending.work_notes = 'n'; pending.update(); pending.insert();");
    assert_eq!(world.effects, [""; 0]);
    let pending: Vec<String> =
        outcome.pending.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
    assert_eq!(pending, ["state=7", "work_notes=n"]);
}

#[test]
fn trap_7_set_workflow_belongs_to_one_object_and_its_later_writes() {
    let (effects, _) = effects(
        "var a = new GlideRecord('incident'); a.get('i1'); var b = new GlideRecord('incident'); b.get('i2'); \
         a.state = '2'; a.update(); a.setWorkflow(false); a.state = '3'; a.update(); b.state = '4'; b.update();",
    );
    assert_eq!(
        effects,
        ["update incident i1 state=2", "update silently incident i1 state=3", "update incident i2 state=4"]
    );
}

#[test]
fn trap_8_an_abort_calls_the_write_off_and_the_script_goes_on() {
    let mut world = World::new();
    let outcome = run(&mut world, "pending.setAbortAction(true); 'went on'");
    assert_eq!(outcome.result, Ok("went on".into()));
    assert_eq!(outcome.aborted, Some(String::new()));
    let outcome = run(&mut world, "pending.setAbortAction(true); pending.setAbortAction(false);");
    assert_eq!(outcome.aborted, None);
}

#[test]
fn trap_8_without_a_pending_write_it_blocks_the_next_one_of_that_object() {
    let (effects, _) = effects(
        "current.setAbortAction(true); current.state = '2'; current.update(); var gr = new GlideRecord('incident'); \
         gr.get('i2'); gr.state = '3'; gr.update();",
    );
    assert_eq!(effects, ["update incident i2 state=3"]);
}

#[test]
fn trap_9_get_stands_on_the_row_and_next_moves_on() {
    let source = "var gr = new GlideRecord('incident'); gr.get('state', '1'); gr.next(); gr.number + ''";
    assert_eq!(value(source), r#""INC3""#);
    assert_eq!(value("var gr = new GlideRecord('incident'); gr.get('i1'); gr.next()"), "false");
}

#[test]
fn trap_9_get_with_an_unknown_id_looks_for_what_is_shown_so() {
    assert_eq!(value("var gr = new GlideRecord('user'); [gr.get('anna'), gr.sys_id + '']"), r#"[true,"u1"]"#);
}

#[test]
fn trap_9_before_the_first_and_behind_the_last_row_fields_are_empty() {
    let source = "var gr = new GlideRecord('incident'); gr.query(); var before = gr.number + ''; while (gr.next()); \
                  [before, gr.number + '', gr.isValidRecord()]";
    assert_eq!(value(source), r#"["","",false]"#);
}

#[test]
fn trap_9_methods_win_over_fields_of_the_same_name() {
    assert_eq!(value("typeof new GlideRecord('incident').next"), r#""function""#);
    assert_eq!(
        value("var gr = new GlideRecord('incident'); gr.query(); [gr._next(), gr.getValue('next')]"),
        "[true,null]"
    );
}

#[test]
fn trap_10_insert_gives_the_id_and_update_of_a_missing_row_inserts() {
    let (effects, _) = effects(
        "var gr = new GlideRecord('incident'); if (!gr.get('none')) { gr.subject = 'made'; answer = gr.update(); }",
    );
    assert_eq!(effects, ["insert incident new1 subject=made"]);
}

#[test]
fn trap_10_a_refused_write_gives_null_and_is_told() {
    let mut world = World::new();
    let outcome = run(
        &mut world,
        "var gr = new GlideRecordSecure('user'); gr.name = 'x'; [gr.insert(), gr.getLastErrorMessage()]",
    );
    let why = "whoever the script runs as may not make records of user";
    assert_eq!(outcome.result, Ok(Value::List(vec![Value::Null, why.into()])));
    assert_eq!(outcome.log[0].text, format!("user: {why}"));
    assert_eq!(world.effects, [""; 0]);
}

#[test]
fn trap_10_a_limit_does_not_bound_delete_multiple() {
    let (effects, _) = effects(
        "var gr = new GlideRecord('incident'); gr.setLimit(1); gr.addActiveQuery(); gr.deleteMultiple()",
    );
    assert_eq!(effects, ["delete incident i1", "delete incident i2"]);
}

#[test]
fn trap_11_journals_are_inputs_and_the_last_assignment_counts() {
    let (effects, _) = effects(
        "current.work_notes = 'one'; current.work_notes = 'two'; current.work_notes += ' and more'; current.update();",
    );
    assert_eq!(effects, ["update incident i1 work_notes=two and more"]);
    assert_eq!(value("current.work_notes = 'x'; current.update(); current.work_notes + ''"), r#""""#);
}

#[test]
fn trap_11_a_pending_entry_is_a_change() {
    assert_eq!(value("[changed.work_notes.changes(), current.work_notes.changes()]"), "[true,false]");
    assert_eq!(
        value("current.work_notes = 'x'; [current.work_notes.changes(), current.work_notes.nil()]"),
        "[true,false]"
    );
}

#[test]
fn trap_13_update_or_insert_of_a_new_current_makes_one_record() {
    for first in ["insert", "update"] {
        let (effects, _) = effects(&format!(
            "fresh.state = '1'; fresh.{first}(); fresh.state = '2'; fresh.update(); fresh.update();"
        ));
        assert_eq!(
            effects,
            ["insert incident new1 subject=from the mail state=1", "update incident new1 state=2"]
        );
    }
}

#[test]
fn trap_14_lists_have_the_methods_of_java() {
    assert_eq!(
        value("var f = current.getFields(); [f.size(), f.get(0).getName(), f.length]"),
        r#"[10,"number",10]"#
    );
    assert_eq!(value("[JSUtil.nil(current.closed_at), '' + current.number]"), r#"[true,"INC1"]"#);
    assert_eq!(value("new JSON().encode({n: current.number})"), r#""{\"n\":\"INC1\"}""#);
    let error = run(&mut World::new(), "Packages.java.lang.String").result;
    assert!(error.is_err_and(|error| error.to_string().starts_with("Packages.java is not supported: ")));
}

#[test]
fn trap_15_objects_of_the_host_become_their_values_as_arguments() {
    let (effects, _) = effects(
        "var gr = new GlideRecord('incident'); gr.caller = current.caller; gr.subject = current; gr.insert()",
    );
    assert_eq!(effects, ["insert incident new1 caller=u1 subject=i1"]);
    let mut world = World::new();
    run(&mut world, "template.print(current.number); template.print(null); template.print(current.active)")
        .result
        .ok();
}

#[test]
fn trap_17_names_of_the_other_vocabulary_are_free() {
    assert_eq!(value("var ss = {info: function () { return 'mine' }}; ss.info()"), r#""mine""#);
    assert_eq!(value("typeof SimpleRecord"), r#""undefined""#);
}

#[test]
fn trap_18_no_loop_over_a_table_outlasts_the_limits() {
    for source in [
        "var gr = new GlideRecord('incident'); while (true) { gr.query(); }",
        "while (true) { try { new GlideRecord('incident').get('i1') } catch (e) {} }",
        "for (;;) { var ga = new GlideAggregate('incident'); ga.query(); }",
    ] {
        let error = run(&mut World::new(), source).result;
        assert!(
            matches!(error, Err(ScriptError::Queries { .. } | ScriptError::Rows { .. })),
            "{source}: {error:?}"
        );
    }
}

#[test]
fn an_include_of_the_administrators_own_comes_before_what_is_shipped() {
    let mut world = World::new();
    let source = "var ArrayUtil = Class.create(); ArrayUtil.prototype = { contains: function () { return 'theirs' } };";
    world.own_include = Some(("ArrayUtil", source));
    assert_eq!(run(&mut world, "new ArrayUtil().contains([1], 1)").result, Ok("theirs".into()));
    assert_eq!(value("new ArrayUtil().contains([1], 1)"), "true");
}

#[test]
fn an_include_is_evaluated_when_its_name_is_used_and_not_before() {
    let mut world = World::new();
    world.own_include = Some(("Loud", "gs.info('loaded'); var Loud = 5;"));
    let outcome =
        run(&mut world, "gs.info('start'); function f() { return Loud + Loud } gs.info('end'); f()");
    assert_eq!(outcome.result, Ok(10.0.into()));
    let log: Vec<&str> = outcome.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(log, ["start", "end", "loaded"]);
}

#[test]
fn a_script_may_use_the_name_of_an_include_for_its_own() {
    let mut world = World::new();
    world.own_include = Some(("Loud", "gs.info('loaded');"));
    for source in
        ["var Loud = 1; Loud", "Loud = 1; Loud", "function Loud() {} Loud = 1; Loud", "let Loud = 1; Loud"]
    {
        let outcome = run(&mut world, source);
        assert_eq!((outcome.result, outcome.log.len()), (Ok(1.0.into()), 0), "{source}");
    }
}

#[test]
fn methods_are_members_also_before_they_are_used() {
    assert_eq!(
        value("['addQuery' in current, 'number' in current, 'nothing' in current]"),
        "[true,true,false]"
    );
    assert_eq!(
        value(
            "class Mine extends GlideRecord { next() { return 'mine ' + super.next() } } \
                      var m = new Mine('incident'); m.query(); [m.next(), m.number + '']"
        ),
        r#"["mine true","INC1"]"#
    );
    assert_eq!(value("GlideRecord.prototype.getValue.call(current, 'number')"), r#""INC1""#);
}
