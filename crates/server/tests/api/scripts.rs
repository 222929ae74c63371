//! Scripts over the API: what is wrong in one, and what one finds.

use serde_json::{Value as Json, json};

use super::{World, code};

fn checked(world: &World, token: &str, source: &str, vocabulary: &str) -> Json {
    let body = json!({ "source": source, "vocabulary": vocabulary });
    let (status, answer) = world.json("POST", "/api/v1/scripts/check", token, &body);
    assert_eq!(status, 200, "{answer}");
    answer["faults"].clone()
}

#[test]
fn a_script_is_checked_without_being_run() {
    let world = World::new("script-check");
    let admin = world.token_of("core:people/admin");
    let check = |source: &str| checked(&world, &admin, source, "simpleone");
    assert_eq!(check("const a = 1;\nreturn a;"), json!([]));
    let faults = check("const a = 1;\nconst b = ;");
    let place = ["line", "severity"].map(|part| faults[0][part].clone());
    assert_eq!(place, [json!(2), json!("error")], "{faults}");
    let wanted = json!([{ "line": 2, "column": 4, "severity": "warning",
        "message": "there is no ss.inf; did you mean ss.info?" }]);
    assert_eq!(check("var x;\nss.inf('x')"), wanted);
    let insert = "const r = new SimpleRecord('incident'); r.initialize(); r.subject = 'x'; r.insert();";
    assert_eq!(check(insert), json!([]));
    let (_, incidents) = world.ask("GET", "/api/v1/records/incident", Some(&admin), None);
    assert_eq!(incidents["items"], json!([]), "nothing was run");
}

#[test]
fn what_cannot_be_checked_is_said() {
    let world = World::new("script-check-bad");
    let admin = world.token_of("core:people/admin");
    let ask = |body: &Json| {
        let (status, answer) = world.json("POST", "/api/v1/scripts/check", &admin, body);
        (status, code(&answer).to_owned())
    };
    assert_eq!(ask(&json!({ "source": "1", "vocabulary": "rhino" })), (404, "not_found".to_owned()));
    assert_eq!(ask(&json!({})), (400, "bad_request".to_owned()));
    let long = " ".repeat(rejoinder_server::limits::SCRIPT_BYTES_MAX + 1);
    assert_eq!(ask(&json!({ "source": long })), (422, "refused".to_owned()));
}

#[test]
fn editors_get_names_of_the_vocabulary_and_of_the_dictionary() {
    let world = World::new("script-vocabulary");
    let admin = world.token_of("core:people/admin");
    let path = "/api/v1/scripts/vocabularies/simpleone";
    let (status, body) = world.ask("GET", path, Some(&admin), None);
    assert_eq!(status, 200, "{body}");
    let globals = body["api"]["globals"].as_array().unwrap();
    assert!(globals.iter().any(|one| one["name"] == "ss" && one["kind"] == "object"), "{globals:?}");
    let members = body["api"]["classes"]["SimpleRecord"]["members"].as_array().unwrap();
    assert!(members.iter().any(|one| one["name"] == "addQuery" && one["supported"] == true), "{members:?}");
    let tables = body["tables"].as_array().unwrap();
    let table = |name: &str| tables.iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(table("itsm_incident")["table"], "incident", "under the vocabulary's name");
    let fields = table("incident")["fields"].as_array().unwrap();
    let field = |name: &str| fields.iter().find(|one| one["name"] == name);
    assert_eq!(field("sys_created_at").unwrap()["field"], "created_at");
    assert_eq!(field("caller").unwrap()["kind"], "reference");
    let secrets = table("mailbox")["fields"].as_array().unwrap();
    assert!(secrets.iter().all(|one| one["name"] != "password"), "secrets are not for scripts");
    assert_eq!(world.ask("GET", "/api/v1/scripts/vocabularies/rhino", Some(&admin), None).0, 404);
}

#[test]
fn typings_are_text() {
    let world = World::new("script-typings");
    let admin = format!("Bearer {}", world.token_of("core:people/admin"));
    let headers = [("Authorization", admin.as_str())];
    let answer = world.send("GET", "/api/v1/scripts/typings/simpleone", &headers, None);
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
}
