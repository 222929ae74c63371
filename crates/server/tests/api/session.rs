//! Sessions of browsers: who gets one, what it may do, who else may not use it, and when it ends.

use rejoinder_engine::pack::record_id;
use serde_json::{Value as Json, json};

use super::{Answer, World};

const PATH: &str = "/api/v1/session";

fn sign_in(world: &World, login: &str, password: &str) -> Answer {
    world.send("POST", PATH, &[], Some(&json!({ "login": login, "password": password })))
}

/// The cookie as a browser sends it, and what changes bring.
fn begun(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (cookie, answer.body["csrf"].as_str().unwrap().to_owned())
}

fn who(world: &World, cookie: &str) -> Answer {
    world.send("GET", PATH, &[("Cookie", cookie)], None)
}

#[test]
fn somebody_signs_in_is_known_and_signs_out() {
    let world = World::new("session");
    let answer = sign_in(&world, "Boris@Example.com", "demo");
    let (cookie, csrf) = begun(&answer);
    let attributes = answer.header("set-cookie");
    for wanted in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(attributes.contains(wanted), "{attributes}");
    }
    assert!(!attributes.contains("Secure"), "the demo has no TLS");
    let boris = record_id("demo", "people/boris").to_string();
    let user = json!({ "id": boris, "name": "Boris Petrov", "email": "boris@example.com", "language": "en",
                       "time_zone": "Europe/Berlin", "roles": ["agent"] });
    assert_eq!(answer.body["user"], user);
    assert!(answer.body["expires_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(who(&world, &cookie).body, answer.body);

    let by_token = world.token_of("demo:people/boris");
    let bearer = format!("Bearer {by_token}");
    let known = world.send("GET", PATH, &[("Authorization", &bearer)], None);
    assert_eq!(known.body, json!({ "user": user, "csrf": null, "expires_at": null }));

    let out = world.send("DELETE", PATH, &[("Cookie", &cookie), ("X-CSRF-Token", &csrf)], None);
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(who(&world, &cookie).code(), "unauthorized");
}

#[test]
fn a_user_without_a_role_is_known_and_may_not_work_on_records() {
    let world = World::new("session-user");
    let (cookie, _) = begun(&sign_in(&world, "anna@example.com", "demo"));
    assert_eq!(who(&world, &cookie).body["user"]["roles"], json!([]));
    let records = world.send("GET", "/api/v1/records/incident", &[("Cookie", &cookie)], None);
    assert_eq!((records.status, records.code()), (403, "forbidden"));
}

#[test]
fn what_changes_something_brings_the_token_and_comes_from_our_own_page() {
    let world = World::new("session-csrf");
    let (cookie, csrf) = begun(&sign_in(&world, "boris@example.com", "demo"));
    let (other, _) = begun(&sign_in(&world, "boris@example.com", "demo"));
    assert_ne!(cookie, other, "each session has a token of its own");
    let incident = json!({ "fields": { "subject": "By session" } });
    let create = |headers: &[(&str, &str)]| {
        let mut all = vec![("Cookie", cookie.as_str())];
        all.extend(headers);
        world.send("POST", "/api/v1/records/incident", &all, Some(&incident))
    };
    let token = ("X-CSRF-Token", csrf.as_str());
    assert_eq!(create(&[]).code(), "csrf_token");
    assert_eq!(create(&[("X-CSRF-Token", "0")]).code(), "csrf_token");
    assert_eq!(create(&[token, ("Sec-Fetch-Site", "cross-site")]).code(), "cross_site");
    assert_eq!(create(&[token, ("Origin", "https://evil.example")]).code(), "cross_site");
    assert_eq!(create(&[token]).status, 201);
    assert_eq!(create(&[token, ("Sec-Fetch-Site", "same-origin")]).status, 201);
    let foreign = [("Cookie", cookie.as_str()), ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(world.send("GET", PATH, &foreign, None).code(), "cross_site");
    let login = json!({ "login": "boris@example.com", "password": "demo" });
    let planted = world.send("POST", PATH, &[("Sec-Fetch-Site", "cross-site")], Some(&login));
    assert_eq!(planted.code(), "cross_site", "nobody is signed in by another page");
}

#[test]
fn a_wrong_password_an_unknown_login_and_a_locked_user_get_the_same_answer() {
    let world = World::new("session-refused");
    let admin = world.token_of("core:people/admin");
    let vera = format!("/api/v1/records/user/{}", record_id("demo", "people/vera"));
    assert_eq!(world.json("PATCH", &vera, &admin, &json!({ "fields": { "locked": true } })).0, 200);
    let answers = [
        sign_in(&world, "boris@example.com", "wrong"),
        sign_in(&world, "nobody@example.com", "demo"),
        sign_in(&world, "vera@example.com", "demo"),
        sign_in(&world, "monitor@example.com", "demo"),
    ];
    for answer in &answers {
        assert_eq!((answer.status, answer.code()), (401, "bad_login"));
        assert_eq!(answer.body, answers[0].body);
        assert_eq!(answer.header("set-cookie"), "");
    }
    let (_, listed) = world.ask("GET", "/api/v1/sign-ins?kind=failed", Some(&admin), None);
    let logins: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap()).collect();
    assert_eq!(
        logins,
        ["monitor@example.com", "vera@example.com", "nobody@example.com", "boris@example.com"]
    );
    assert_eq!(listed["items"][3]["name"], json!("Boris Petrov"));
    assert!(listed["items"][3]["address"].as_str().unwrap().starts_with("127."));
}

#[test]
fn a_user_who_is_locked_loses_the_session_at_once_and_for_good() {
    let world = World::new("session-locked");
    let admin = world.token_of("core:people/admin");
    let (cookie, _) = begun(&sign_in(&world, "boris@example.com", "demo"));
    let boris = format!("/api/v1/records/user/{}", record_id("demo", "people/boris"));
    let lock = |locked: bool| {
        let done = world.json("PATCH", &boris, &admin, &json!({ "fields": { "locked": locked } }));
        assert_eq!(done.0, 200, "{}", done.1);
    };
    lock(true);
    lock(false);
    assert_eq!(who(&world, &cookie).status, 401, "it does not come back with the user");
    begun(&sign_in(&world, "boris@example.com", "demo"));
}

#[test]
fn a_new_password_ends_the_other_sessions_and_needs_the_old_one() {
    let world = World::new("session-password");
    let (cookie, csrf) = begun(&sign_in(&world, "boris@example.com", "demo"));
    let (other, _) = begun(&sign_in(&world, "boris@example.com", "demo"));
    let path = format!("/api/v1/users/{}/password", record_id("demo", "people/boris"));
    let put = |path: &str, body: Json| {
        world.send("PUT", path, &[("Cookie", &cookie), ("X-CSRF-Token", &csrf)], Some(&body))
    };
    let new = "a much longer one";
    assert_eq!(put(&path, json!({ "password": new })).code(), "wrong_password");
    assert_eq!(put(&path, json!({ "password": new, "current": "dem" })).code(), "wrong_password");
    assert_eq!(put(&path, json!({ "password": "too short", "current": "demo" })).code(), "bad_password");
    let anna = format!("/api/v1/users/{}/password", record_id("demo", "people/anna"));
    assert_eq!(put(&anna, json!({ "password": new, "current": "demo" })).code(), "forbidden");
    assert_eq!(put(&path, json!({ "password": new, "current": "demo" })).status, 204);
    assert_eq!(who(&world, &cookie).status, 200, "one's own goes on");
    assert_eq!(who(&world, &other).status, 401);
    assert_eq!(sign_in(&world, "boris@example.com", "demo").status, 401);
    begun(&sign_in(&world, "boris@example.com", new));
    let admin = world.token_of("core:people/admin");
    let boris = format!("/api/v1/records/user/{}", record_id("demo", "people/boris"));
    let (_, shown) = world.ask("GET", &boris, Some(&admin), None);
    let changes = format!("/api/v1/changes?record={}", record_id("demo", "people/boris"));
    let (_, history) = world.ask("GET", &changes, Some(&admin), None);
    assert!(!format!("{shown}{history}").contains("argon2"), "no digest is ever shown: {shown} {history}");
    let fields = json!({ "fields": { "password_digest": "x" } });
    let (status, said) = world.json("PATCH", &boris, &admin, &fields);
    assert_eq!((status, super::code(&said)), (422, "read_only"), "the program alone sets it");
}

#[test]
fn too_many_failures_of_one_login_are_told_to_wait() {
    let world = World::new("session-throttle");
    let answers: Vec<Answer> = (0..7).map(|_| sign_in(&world, "boris@example.com", "wrong")).collect();
    let last = answers.last().unwrap();
    assert_eq!((last.status, last.code()), (429, "too_many_attempts"));
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(sign_in(&world, "boris@example.com", "demo").status, 429, "the right one waits, too");
    begun(&sign_in(&world, "anna@example.com", "demo"));
}
