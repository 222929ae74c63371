//! Who may ask what: the matrix in `roles.matrix`, written by hand, against the routes that there are and the answers
//! that they give.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use rejoinder_engine::dictionary::edit::Edit;
use rejoinder_engine::dictionary::{Field, Table};
use rejoinder_engine::file::NewFile;
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Why;
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_server::api::openapi_json;
use rejoinder_server::app::App;
use rejoinder_server::env::pause;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::ops::dictionary::{self, Asked};
use rejoinder_server::ops::reprocess::begin;
use rejoinder_server::tokens;
use serde_json::{Value as Json, json};

use super::World;

const MATRIX: &str = include_str!("../roles.matrix");
/// Routes that the OpenAPI document leaves out: itself, and the page.
const UNDESCRIBED: [&str; 3] = ["/", "/assets/{file}", "/api/v1/openapi.json"];
/// What is mailed: it makes an incident with a file, an event and an answer.
const MAIL: &str = "From: anna@example.com\r\nTo: help@example.com\r\nSubject: Roles\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nOne line.\r\n--b--\r\n";
/// How long what the mail does may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One line of the matrix.
struct Row {
    method: &'static str,
    route: &'static str,
    table: &'static str,
    answers: Vec<u16>,
}

/// The roles of the matrix's columns, and its lines.
fn matrix() -> (Vec<&'static str>, Vec<Row>) {
    let mut lines = MATRIX
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let rows = lines.map(|words| {
        assert_eq!(words.len(), head.len(), "{words:?}");
        let answers = words[3..].iter().map(|word| word.parse().unwrap()).collect();
        Row { method: words[0], route: words[1], table: words[2], answers }
    });
    (head[3..].to_vec(), rows.collect())
}

/// Method and path of every operation of the OpenAPI document.
fn described() -> BTreeSet<(String, String)> {
    let document: Json = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    let paths = document.pointer("/paths").and_then(Json::as_object).unwrap();
    let methods = |(path, methods): (&String, &Json)| {
        let methods = methods.as_object().unwrap().keys().map(|method| method.to_uppercase());
        methods.map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// The paths that the sources give to a router by hand, beside the OpenAPI document.
fn by_hand(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            by_hand(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let routes = text.split(".route(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            found.extend(routes.filter_map(|rest| rest.split_once('"')).map(|(route, _)| route.to_owned()));
        }
    }
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let (_, rows) = matrix();
    let described = described();
    let undescribed = |route: &str| UNDESCRIBED.contains(&route);
    let in_matrix: BTreeSet<(String, String)> = rows
        .iter()
        .filter(|row| !undescribed(row.route))
        .map(|row| (row.method.to_owned(), row.route.to_owned()))
        .collect();
    let without_row: Vec<_> = described.difference(&in_matrix).collect();
    assert!(without_row.is_empty(), "routes without a row in roles.matrix: {without_row:?}");
    let without_route: Vec<_> = in_matrix.difference(&described).collect();
    assert!(without_route.is_empty(), "rows of roles.matrix without a route: {without_route:?}");
    let mut found = BTreeSet::new();
    by_hand(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert_eq!(found, UNDESCRIBED.map(str::to_owned).into(), "routes that the document leaves out");
    for route in UNDESCRIBED {
        assert!(rows.iter().any(|row| row.route == route), "{route} has no row");
    }
}

/// What the routes are asked about: made by one mail before the first is asked.
struct Things {
    arrival: String,
    email: String,
    delivery: String,
    event: String,
    file: String,
}

fn app(world: &World) -> &App {
    &world.running.as_ref().unwrap().app
}

/// Takes the mail in and waits until its incident is made and its answer delivered.
fn things(world: &World, admin: &str) -> Things {
    let entry = [("name".to_owned(), Value::text("roles.asked"))].into();
    let register = Change::Insert { table: "event_register".to_owned(), id: None, fields: entry };
    change(app(world), Asker::program(), vec![register]).unwrap();
    let mail = Some(("message/rfc822", MAIL.as_bytes()));
    let (status, kept) = world.ask("POST", "/api/v1/inbound", Some(admin), mail);
    assert_eq!(status, 202, "{kept}");
    let list = |path: &str| world.ask("GET", path, Some(admin), None).1;
    let first = |body: &Json, field: &str| {
        let found = body.pointer(&format!("/items/0/{field}")).and_then(Json::as_str);
        found.map(str::to_owned)
    };
    for _ in 0..PATIENCE.as_millis() / 20 {
        let (sent, done) = (list("/api/v1/deliveries?state=sent"), list("/api/v1/events?state=processed"));
        if let (Some(delivery), Some(event)) = (first(&sent, "id"), first(&done, "id")) {
            let incident = first(&list("/api/v1/records/incident"), "id").unwrap();
            let files = list(&format!("/api/v1/records/incident/{incident}/attachments"));
            return Things {
                arrival: kept.pointer("/arrival").and_then(Json::as_str).unwrap().to_owned(),
                // What is asked of a mail is asked of the one that came.
                email: first(&list("/api/v1/emails?direction=incoming"), "id").unwrap(),
                delivery,
                event,
                file: first(&files, "id").unwrap(),
            };
        }
        pause(Duration::from_millis(20));
    }
    panic!("the mail was not worked on: {}", list("/api/v1/deliveries"));
}

/// Mandatory values of a new record, and a name that no other has.
fn values(world: &World, table: &str, label: &str) -> Json {
    let anna = record_id("demo", "people/anna").to_string();
    let desk = record_id("demo", "groups/desk").to_string();
    let address = format!("{label}@example.net");
    match table {
        "incident" => json!({ "subject": label }),
        "user" => json!({ "name": label, "email": address }),
        "user_address" => json!({ "user": anna, "email": address }),
        "group" | "setting" | "event_register" => json!({ "name": label }),
        "group_member" => json!({ "group": desk, "user": anna }),
        "email_account" => json!({ "name": label, "type": "listener" }),
        "mailbox" => json!({ "name": label, "type": "imap", "active": "false" }),
        "notification_rule" => {
            json!({ "name": label, "table": "incident", "subject": "x", "body_text": "x" })
        }
        "inbound_action" => json!({ "name": label, "table": "incident" }),
        "script_alias" => json!({ "vocabulary": "simpleone", "theirs": label, "ours": "incident" }),
        "scheduled_job" => json!({ "name": label, "cron": "@daily", "event_name": "roles.asked" }),
        "api_token" => json!({ "name": label, "user": anna, "digest": tokens::digest(label) }),
        other => {
            let known = app(world).store.dictionary().table(other).is_some();
            panic!("say here what a new record of `{other}` needs; it is a table: {known}")
        }
    }
}

/// A record that nobody has touched.
fn made(world: &World, table: &str, label: &str) -> String {
    let app = app(world);
    if table == "api_token" {
        tokens::make(app, label, record_id("demo", "people/anna")).unwrap();
        let rows = app.store.records_of(table).unwrap();
        return rows.iter().find(|row| row.text("name") == label).unwrap().id.to_string();
    }
    let values = values(world, table, label);
    let field = |(name, value): (&String, &Json)| {
        (name.clone(), {
            let kind = if name == "active" { Kind::Boolean } else { Kind::String };
            Value::parse(kind, value.as_str().unwrap()).unwrap()
        })
    };
    let fields: Fields = values.as_object().unwrap().iter().map(field).collect();
    let insert = Change::Insert { table: table.to_owned(), id: None, fields };
    change(app, Asker::program(), vec![insert]).unwrap()[0].id.to_string()
}

/// The path with what it is asked for, and the body.
fn asked(world: &World, things: &Things, row: &Row, label: &str) -> (String, Option<(&'static str, String)>) {
    let record = || made(world, row.table, label);
    let path = row.route.replace("{table}", row.table).replace("{key}", "INC0000001");
    let path = path.replace("{address}", "anna@example.com").replace("{file}", "gone.js");
    let path = match row.route {
        "/api/v1/changes" => format!("{path}?record={}", record()),
        "/api/v1/access/explanation" => {
            let anna = record_id("demo", "people/anna");
            format!("{path}?user={anna}&table=incident&operation=read&record={}", record())
        }
        "/api/v1/records/{table}/{id}/attachments" if row.method == "POST" => {
            format!("{}?name=notes.txt", path.replace("{id}", &record()))
        }
        "/api/v1/attachments/{id}" => path.replace("{id}", &file(world, label)),
        route if route.starts_with("/api/v1/tables") => defined(world, row, &path, label),
        route if route.starts_with("/api/v1/scripts/") => path.replace("{name}", "simpleone"),
        route if !route.contains("{id}") => path,
        route if route.starts_with("/api/v1/records/") => path.replace("{id}", &record()),
        route if route.starts_with("/api/v1/attachments/") => path.replace("{id}", &things.file),
        route if route.starts_with("/api/v1/arrivals/") => path.replace("{id}", &things.arrival),
        route if route.starts_with("/api/v1/emails/") => path.replace("{id}", &things.email),
        route if route.starts_with("/api/v1/deliveries/") => path.replace("{id}", &things.delivery),
        route if route.starts_with("/api/v1/events/") => path.replace("{id}", &things.event),
        route if route.starts_with("/api/v1/scheduled-jobs/") => {
            path.replace("{id}", &record_id("itsm", "jobs/remind-callers").to_string())
        }
        route if route.starts_with("/api/v1/demo/") => path.replace("{id}", "1"),
        "/api/v1/users/{id}/password" | "/api/v1/tokens/{id}" => path.replace("{id}", &record()),
        "/api/v1/reprocess-jobs/{id}" => path.replace("{id}", &reprocess_job(world, things)),
        "/api/v1/attention/{id}/clear" => path.replace("{id}", &notice(world, label)),
        other => panic!("say here what `{other}` is asked about"),
    };
    (path, body(world, row, label))
}

/// The body that a route is sent, with its media type.
fn body(world: &World, row: &Row, label: &str) -> Option<(&'static str, String)> {
    match (row.method, row.route) {
        ("POST", "/api/v1/inbound") => {
            Some(("message/rfc822", format!("Message-ID: <{label}@example.net>\r\n{MAIL}")))
        }
        ("POST", "/api/v1/inbound-actions/try") => {
            Some(("application/json", json!({ "source": MAIL }).to_string()))
        }
        ("POST", "/api/v1/arrivals/reprocess") => {
            let filter = json!({ "reason": "roles" });
            Some(("application/json", json!({ "filter": filter }).to_string()))
        }
        ("POST", "/api/v1/attention/clear" | "/api/v1/attention/retry") => {
            Some(("application/json", json!({ "ids": [notice(world, label)] }).to_string()))
        }
        ("POST", "/api/v1/records/{table}" | "/api/v1/records/{table}/connection-test") => {
            Some(("application/json", json!({ "fields": values(world, row.table, label) }).to_string()))
        }
        ("POST", "/api/v1/records/{table}/{id}/attachments") => Some(("text/plain", label.to_owned())),
        ("POST", "/api/v1/records/{table}/{id}/connection-test") => {
            Some(("application/json", json!({}).to_string()))
        }
        ("POST", "/api/v1/records/{table}/{id}/events" | "/api/v1/events") => {
            Some(("application/json", json!({ "name": "roles.asked" }).to_string()))
        }
        ("POST", "/api/v1/scripts/check" | "/api/v1/scripts/run") => {
            Some(("application/json", json!({ "source": "ss.info(1)" }).to_string()))
        }
        ("POST", "/api/v1/replays") => {
            Some(("application/json", json!({ "from": "2020-01-01T00:00:00Z" }).to_string()))
        }
        ("POST", "/api/v1/session") => {
            let boris = json!({ "login": "boris@example.com", "password": "demo" });
            Some(("application/json", boris.to_string()))
        }
        ("POST", "/api/v1/tokens") => Some(("application/json", json!({ "name": label }).to_string())),
        ("PUT", "/api/v1/users/{id}/password") => {
            Some(("application/json", json!({ "password": "correct horse battery" }).to_string()))
        }
        ("POST", "/api/v1/tables") => {
            Some(("application/json", json!({ "name": name_of(label) }).to_string()))
        }
        ("POST", "/api/v1/tables/{table}/fields") => {
            let field = json!({ "name": format!("new_{}", name_of(label)), "kind": "integer" });
            Some(("application/json", field.to_string()))
        }
        ("PATCH", route) if route.starts_with("/api/v1/tables") => {
            Some(("application/json", json!({ "label": { "en": label } }).to_string()))
        }
        ("PATCH", _) => {
            let display = if row.table == "incident" { "subject" } else { "name" };
            Some(("application/json", json!({ "fields": { display: format!("{label} x") } }).to_string()))
        }
        _ => None,
    }
}

/// A file on a record of its own.
fn file(world: &World, label: &str) -> String {
    let incident: Id = made(world, "incident", label).parse().unwrap();
    let key = RecordKey { table: "incident".to_owned(), id: incident };
    let (media_type, bytes) = ("text/plain".to_owned(), label.as_bytes().to_vec());
    let file = NewFile { name: "notes.txt".to_owned(), media_type, bytes };
    change(app(world), Asker::program(), vec![Change::Attach { key, file }]).unwrap();
    app(world).store.attachments(incident).unwrap().remove(0).id.to_string()
}

/// A label as a table or field can be called.
fn name_of(label: &str) -> String {
    label.replace('-', "_")
}

/// The path of a table or field that is there: one that may go where it is to be deleted.
fn defined(world: &World, row: &Row, path: &str, label: &str) -> String {
    let define = |edit: Edit| {
        let asked = Asked { edit, fill: false, seen: None, actor: rejoinder_engine::plan::Actor::system() };
        dictionary::edit(app(world), &asked).unwrap();
    };
    let name = name_of(label);
    match (row.method, row.route) {
        ("DELETE", "/api/v1/tables/{table}") => {
            define(Edit::AddTable(Table::new(&name, "created_at", Vec::new())));
            row.route.replace("{table}", &name)
        }
        (_, route) if route.ends_with("{field}") => {
            let base = rejoinder_engine::dictionary::base_fields().remove(0);
            let field = Field { name: name.clone(), read_only: false, ..base };
            define(Edit::AddField { table: row.table.to_owned(), field });
            path.replace("{field}", &name)
        }
        _ => path.to_owned(),
    }
}

/// A job that decides a mail once more.
fn reprocess_job(world: &World, things: &Things) -> String {
    let arrivals = vec![things.arrival.parse().unwrap()];
    begin(app(world), rejoinder_engine::plan::Actor::system(), arrivals, None).unwrap().to_string()
}

/// Something that needs attention.
fn notice(world: &World, label: &str) -> String {
    let store = &app(world).store;
    let about: Id = record_id("roles", label);
    store.raise_attention("account", about, &Why::new("roles", label), app(world).env.now()).unwrap();
    let open = store.attention(true, &rejoinder_store::Page::default()).unwrap().items;
    open.iter().find(|one| one.subject_id == about).unwrap().id.to_string()
}

/// The token of a user who has this one role, or what the column says instead.
pub(super) fn token(world: &World, column: &str) -> Option<String> {
    let (roles, locked) = match column {
        "nobody" => return None,
        "unknown" => return Some("rj_nobody-has-this-token".to_owned()),
        "locked" => (vec!["admin".to_owned()], true),
        "user" => (Vec::new(), false),
        role => (vec![role.to_owned()], false),
    };
    let fields: Fields = [
        ("name".to_owned(), Value::text(column)),
        ("email".to_owned(), Value::text(format!("{column}@example.net"))),
        ("roles".to_owned(), Value::list(roles)),
        ("locked".to_owned(), Value::Bool(locked)),
    ]
    .into();
    let insert = Change::Insert { table: "user".to_owned(), id: None, fields };
    let user = change(app(world), Asker::program(), vec![insert]).unwrap()[0].id;
    Some(tokens::make(app(world), column, user).unwrap())
}

#[test]
fn every_route_answers_every_role_as_the_matrix_says() {
    let (roles, rows) = matrix();
    let world = World::new("api-matrix");
    let tokens: Vec<Option<String>> = roles.iter().map(|role| token(&world, role)).collect();
    let things = things(&world, tokens.last().unwrap().as_deref().unwrap());
    let (mut wrong, mut asked_for) = (Vec::new(), 0);
    for (line, row) in rows.iter().enumerate() {
        for ((role, token), expected) in roles.iter().zip(&tokens).zip(&row.answers) {
            let (path, body) = asked(&world, &things, row, &format!("r{line}-{}", role.replace('_', "-")));
            let body = body.as_ref().map(|(media_type, text)| (*media_type, text.as_bytes()));
            let (status, answer) = world.ask(row.method, &path, token.as_deref(), body);
            asked_for += 1;
            if status != *expected {
                wrong.push(format!("{} {path} as {role}: {status} and not {expected}: {answer}", row.method));
            }
        }
    }
    println!("{asked_for} answers to {} roles on {} rows", roles.len(), rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
