//! Events and scheduled jobs through the API: what is refused with what words, and what comes back.

use rejoinder_engine::pack::record_id;
use rejoinder_server::limits::NEXT_TIMES_MAX;
use serde_json::{Value as Json, json};

use super::{World, code};

/// A world with an incident, and its path.
fn with_incident(name: &str) -> (World, String, String, String) {
    let world = World::new(name);
    let (boris, admin) = (world.token_of("demo:people/boris"), world.token_of("core:people/admin"));
    let incident = json!({ "fields": { "subject": "Printer" } });
    let (_, made) = world.json("POST", "/api/v1/records/incident", &boris, &incident);
    let path = format!("/api/v1/records/incident/{}", made.pointer("/id").and_then(Json::as_str).unwrap());
    (world, boris, admin, path)
}

fn text<'a>(body: &'a Json, pointer: &str) -> &'a str {
    body.pointer(pointer).and_then(Json::as_str).unwrap_or_else(|| panic!("no {pointer} in {body}"))
}

#[test]
fn an_event_that_is_not_registered_is_refused_with_the_nearest_name() {
    let (world, boris, _, incident) = with_incident("api-unknown-event");
    let raise = |path: &str, body: Json| world.json("POST", path, &boris, &body);
    let events = format!("{incident}/events");
    let (status, answer) = raise(&events, json!({ "name": "incident.remindr" }));
    assert_eq!((status, code(&answer)), (422, "unknown_event"));
    assert!(text(&answer, "/error/hint").contains("did you mean `incident.reminder`?"), "{answer}");
    let (status, answer) = raise(&events, json!({ "name": "incident.updated" }));
    assert_eq!((status, code(&answer)), (422, "refused"));
    let (status, answer) = raise("/api/v1/events", json!({ "name": "incident.reminder" }));
    assert_eq!((status, code(&answer)), (422, "refused"), "it is about an incident: {answer}");
    for wrong in [
        json!({ "name": "incident.reminder", "params": ["1", "2", "3", "4", "5", "6"] }),
        json!({ "name": "incident.reminder", "params": ["x".repeat(1001)] }),
        json!({ "name": "incident.reminder", "at": "2999-01-01T00:00:00Z" }),
        json!({ "name": "incident.reminder", "key": "" }),
    ] {
        let (status, answer) = raise(&events, wrong);
        assert_eq!((status, code(&answer)), (422, "refused"), "{answer}");
    }
    let (status, answer) = raise(&events, json!({ "name": "incident.reminder", "at": "tomorrow" }));
    assert_eq!((status, code(&answer)), (400, "bad_request"), "{answer}");
    let (_, listed) = world.ask("GET", "/api/v1/events?state=scheduled", Some(&boris), None);
    assert_eq!(listed.pointer("/items"), Some(&json!([])), "nothing was raised");
}

#[test]
fn an_event_raised_ahead_is_listed_replaced_by_its_key_and_called_off() {
    let (world, boris, _, incident) = with_incident("api-ahead");
    let now = world.running.as_ref().unwrap().app.env.now();
    let at = |days: i64| now.plus(days * rejoinder_engine::time::DAY).rfc3339();
    let raise = |days: i64, on_same_key: &str| {
        let body = json!({ "name": "incident.reminder", "params": ["three days"], "at": at(days), "key": "k",
            "on_same_key": on_same_key });
        let (status, answer) = world.json("POST", &format!("{incident}/events"), &boris, &body);
        assert_eq!(status, 202, "{answer}");
        answer
    };
    let first = raise(1, "replace");
    assert_eq!((text(&first, "/outcome"), text(&first, "/event/state")), ("raised", "scheduled"));
    assert_eq!(text(&first, "/event/due_at"), at(1));
    let second = raise(2, "replace");
    let third = raise(3, "ignore");
    assert_eq!(
        (text(&third, "/outcome"), text(&third, "/event/id")),
        ("ignored", text(&second, "/event/id"))
    );
    let (_, listed) = world.ask("GET", "/api/v1/events?state=scheduled", Some(&boris), None);
    assert_eq!(listed.pointer("/items").and_then(Json::as_array).unwrap().len(), 1);
    assert_eq!(listed.pointer("/items/0/params"), Some(&json!(["three days"])));
    let cancel = format!("/api/v1/events/{}/cancel", text(&second, "/event/id"));
    let (status, answer) = world.ask("POST", &cancel, Some(&boris), None);
    assert_eq!((status, text(&answer, "/state")), (200, "cancelled"));
    assert!(text(&answer, "/reason/text").contains("Boris"), "{answer}");
    assert_eq!(world.ask("POST", &cancel, Some(&boris), None).0, 409);
}

#[test]
fn an_event_without_a_record_is_about_its_entry() {
    let (world, boris, admin, _) = with_incident("api-alone");
    let entry = json!({ "fields": { "name": "night.report" } });
    let (status, made) = world.json("POST", "/api/v1/records/event_register", &admin, &entry);
    assert_eq!(status, 201, "{made}");
    let (status, answer) = world.json("POST", "/api/v1/events", &boris, &json!({ "name": "night.report" }));
    assert_eq!(status, 202, "{answer}");
    assert_eq!(text(&answer, "/event/record/table"), "event_register");
    assert_eq!(text(&answer, "/event/record/id"), text(&made, "/id"));
    let (_, names) = world.ask("GET", "/api/v1/event-names", Some(&boris), None);
    let names = names.pointer("/items").and_then(Json::as_array).unwrap().clone();
    let of = |name: &str| names.iter().find(|one| one.get("name") == Some(&json!(name))).unwrap();
    assert_eq!(of("night.report").get("kind"), Some(&json!("registered")));
    assert_eq!(of("incident.updated").get("kind"), Some(&json!("record")));
    assert_eq!(of("incident.reminder").get("rules"), Some(&json!(["Reminder to the caller"])));
}

#[test]
fn a_wrong_cron_is_refused_at_saving_and_a_right_one_shows_its_times() {
    let (world, boris, admin, _) = with_incident("api-cron");
    let save = |cron: &str| {
        let fields = json!({ "name": cron, "cron": cron, "event_name": "incident.reminder", "table": "incident",
            "time_zone": "Europe/Berlin" });
        world.json("POST", "/api/v1/records/scheduled_job", &admin, &json!({ "fields": fields }))
    };
    let (status, answer) = save("0 25 * * *");
    assert_eq!((status, code(&answer)), (422, "bad_value"));
    assert_eq!(text(&answer, "/error/field/field"), "cron");
    assert!(text(&answer, "/error/message").contains("the hour: 25 is not between 0 and 23"), "{answer}");
    let (status, made) = save("30 9 * * *");
    assert_eq!(status, 201, "{made}");
    let next = |count: &str| {
        let path = format!("/api/v1/scheduled-jobs/{}/next{count}", text(&made, "/id"));
        let (status, answer) = world.ask("GET", &path, Some(&boris), None);
        assert_eq!(status, 200, "{answer}");
        answer.pointer("/items").and_then(Json::as_array).unwrap().clone()
    };
    assert_eq!(
        (next("").len(), next("?count=3").len(), next("?count=100000").len()),
        (10, 3, NEXT_TIMES_MAX)
    );
    let times = next("");
    assert!(
        times.iter().all(|time| time.get("local").and_then(Json::as_str).unwrap().ends_with(" 09:30")),
        "{times:?}"
    );
    let (status, answer) = world.ask("GET", "/api/v1/scheduled-jobs/nothing/next", Some(&boris), None);
    assert_eq!((status, code(&answer)), (404, "not_found"));
}

#[test]
fn a_job_that_is_run_by_hand_is_listed_among_its_runs_and_explained() {
    let (world, boris, admin, _) = with_incident("api-run");
    let job = record_id("itsm", "jobs/remind-callers");
    let (status, begun) = world.ask("POST", &format!("/api/v1/scheduled-jobs/{job}/run"), Some(&admin), None);
    assert_eq!(status, 202, "{begun}");
    let (_, runs) = world.ask("GET", &format!("/api/v1/scheduled-jobs/{job}/runs"), Some(&boris), None);
    assert_eq!(text(&runs, "/items/0/id"), text(&begun, "/id"));
    assert_eq!(text(&runs, "/items/0/by"), "Administrator");
    let path = format!("/api/v1/explanations/{}", text(&begun, "/id"));
    let (status, told) = world.ask("GET", &path, Some(&boris), None);
    assert_eq!((status, text(&told, "/of")), (200, "run"));
    assert!(text(&told, "/text").contains("Run of the job Remind callers"), "{told}");
}
