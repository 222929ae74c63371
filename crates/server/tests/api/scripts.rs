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
    assert_eq!(check("new Greeter();")[0]["message"], "there is no Greeter");
    let include = json!({ "fields": { "name": "Greeter", "script": "class Greeter {}" } });
    assert_eq!(world.json("POST", "/api/v1/records/script_include", &admin, &include).0, 201);
    assert_eq!(check("new Greeter();"), json!([]), "includes are known");
    assert_eq!(
        checked(&world, &admin, "new Greeter();", "servicenow")[0]["severity"],
        "warning",
        "to their own vocabulary"
    );
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

fn ran(world: &World, token: &str, body: &Json) -> Json {
    let (status, answer) = world.json("POST", "/api/v1/scripts/run", token, body);
    assert_eq!(status, 200, "{answer}");
    answer
}

/// An incident of a subject; its id and number.
fn incident(world: &World, token: &str, subject: &str) -> (String, String) {
    let body = json!({ "fields": { "subject": subject } });
    let (status, made) = world.json("POST", "/api/v1/records/incident", token, &body);
    assert_eq!(status, 201, "{made}");
    (made["id"].as_str().unwrap().to_owned(), made["fields"]["number"].as_str().unwrap().to_owned())
}

const SOURCE: &str = "
    current.subject = 'By script';
    current.update();
    ss.info('it was ' + current.number);
    return { number: current.number };
";

#[test]
fn a_script_run_by_hand_changes_nothing_until_it_is_applied() {
    let world = World::new("script-run");
    let admin = world.token_of("core:people/admin");
    let (id, number) = incident(&world, &admin, "By hand");
    let read = || world.ask("GET", &format!("/api/v1/records/incident/{id}"), Some(&admin), None).1;
    let before = read();
    let mut asked = json!({ "source": SOURCE, "record": { "table": "itsm_incident", "id": number } });
    let dry = ran(&world, &admin, &asked);
    assert_eq!(dry["value"], json!({ "number": number }));
    assert_eq!(dry["log"], json!([{ "level": "info", "text": format!("it was {number}") }]));
    assert_eq!((&dry["error"], &dry["applied"]), (&Json::Null, &json!(false)), "{dry}");
    let change = &dry["changes"][0];
    assert_eq!((&change["operation"], &change["record"]["id"]), (&json!("update"), &json!(id)));
    assert_eq!(change["fields"][0]["field"], "subject", "{change}");
    let values = ["before", "after"].map(|part| change["fields"][0][part].clone());
    assert_eq!(values, [json!("By hand"), json!("By script")]);
    assert_eq!(dry["usage"]["effects"], 1);
    let text = dry["text"].as_str().unwrap();
    assert!(text.contains("would change:") && text.contains("subject: By hand → By script"), "{text}");
    assert_eq!(read(), before, "a dry run writes nothing");

    asked["apply"] = json!(true);
    let done = ran(&world, &admin, &asked);
    assert_eq!(done["applied"], true);
    assert!(done["text"].as_str().unwrap().contains("\nchanged:"), "{done}");
    assert_eq!(read()["fields"]["subject"], "By script");
    let changes = world.ask("GET", &format!("/api/v1/changes?record={id}"), Some(&admin), None).1;
    assert!(changes.to_string().contains("Administrator"), "{changes}");
}

#[test]
fn a_script_that_fails_says_where_and_changes_nothing() {
    let world = World::new("script-fails");
    let admin = world.token_of("core:people/admin");
    let (id, _) = incident(&world, &admin, "By hand");
    let source = "current.subject = 'x';\ncurrent.update();\n  nothing.here();";
    let asked = json!({ "source": source, "record": { "table": "incident", "id": id }, "apply": true, "name": "try" });
    let answer = ran(&world, &admin, &asked);
    let error = &answer["error"];
    assert_eq!((&error["script"], &error["line"]), (&json!("try"), &json!(3)), "{answer}");
    assert_eq!(error["code"], "script_thrown");
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("3 |   nothing.here();\n    |   ^"), "{text}");
    assert_eq!((&answer["applied"], &answer["changes"]), (&json!(false), &json!([])));
    let read = world.ask("GET", &format!("/api/v1/records/incident/{id}"), Some(&admin), None).1;
    assert_eq!(read["fields"]["subject"], "By hand");
    let syntax = ran(&world, &admin, &json!({ "source": "let a = ;" }));
    assert_eq!((&syntax["error"]["code"], &syntax["error"]["line"]), (&json!("script_syntax"), &json!(1)));
}

#[test]
fn a_script_runs_as_whom_it_is_said_and_may_what_they_may() {
    let world = World::new("script-as");
    let admin = world.token_of("core:people/admin");
    let (id, _) = incident(&world, &admin, "By hand");
    let asked = |user: &str| {
        json!({ "source": "current.subject = 'x'; current.update(); return ss.getUserID();", "user": user,
                "record": { "table": "incident", "id": id } })
    };
    let boris = ran(&world, &admin, &asked("boris@example.com"));
    let of_boris = rejoinder_engine::pack::record_id("demo", "people/boris").to_string();
    assert_eq!(
        (&boris["value"], boris["changes"].as_array().unwrap().len()),
        (&json!(of_boris), 1),
        "{boris}"
    );
    let (status, answer) = world.json("POST", "/api/v1/scripts/run", &admin, &asked("anna@example.com"));
    assert_eq!((status, code(&answer)), (404, "not_found"), "it is not hers: she does not see it");
    let caller = json!({ "fields": { "caller": rejoinder_engine::pack::record_id("demo", "people/anna").to_string() } });
    assert_eq!(world.json("PATCH", &format!("/api/v1/records/incident/{id}"), &admin, &caller).0, 200);
    let anna = ran(&world, &admin, &asked("anna@example.com"));
    assert_eq!(anna["changes"], json!([]), "Anna may not change it: {anna}");
    assert!(!anna["refused_writes"].as_array().unwrap().is_empty(), "{anna}");
    let (status, answer) = world.json("POST", "/api/v1/scripts/run", &admin, &asked("nobody@example.com"));
    assert_eq!((status, code(&answer)), (404, "not_found"));
    let record = json!({ "source": "1", "record": { "table": "incident", "id": "INC9999999" } });
    let (status, answer) = world.json("POST", "/api/v1/scripts/run", &admin, &record);
    assert_eq!((status, code(&answer)), (404, "not_found"));
}

#[test]
fn a_link_that_a_script_has_made_leads_to_the_record() {
    let world = World::new("script-link");
    let admin = world.token_of("core:people/admin");
    let (id, number) = incident(&world, &admin, "Printer");
    for table in ["incident", "itsm_incident"] {
        let path = format!("/api/v1/records/{table}/{id}");
        let (status, record) = world.ask("GET", &path, Some(&admin), None);
        assert_eq!((status, &record["table"]), (200, &json!("incident")), "{record}");
        assert_eq!(record["fields"]["number"], json!(number), "{record}");
    }
    let path = format!("/api/v1/records/no_such_table/{id}");
    assert_eq!(world.ask("GET", &path, Some(&admin), None).0, 404);
}
