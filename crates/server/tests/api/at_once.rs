//! Many clients at once, on both databases: one of them wins, and a repeat has no second effect.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::time::Duration;

use rejoinder_engine::pack::record_id;
use rejoinder_server::env::pause;
use rejoinder_server::limits::{KEPT_ANSWER_BYTES, KEY_CHARS_MAX, KEY_KEPT, KEY_LEASE};
use rejoinder_store::{KeyedRequest, Known};
use serde_json::{Value as Json, json};

use super::{Answer, World};

/// How many clients ask at the same moment.
const CLIENTS: usize = 32;

/// Asks from all clients at the same moment.
fn at_once(ask: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let barrier = Barrier::new(CLIENTS);
    std::thread::scope(|scope| {
        let (ask, barrier) = (&ask, &barrier);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || {
                    barrier.wait();
                    ask(client)
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

fn incidents(world: &World, token: &str) -> usize {
    let (_, listed) = world.ask("GET", "/api/v1/records/incident?limit=200", Some(token), None);
    listed["items"].as_array().unwrap().len()
}

#[test]
fn exactly_one_of_many_writers_with_the_same_etag_wins() {
    World::on_both("at-once-etag", |world| {
        let boris = world.token_of("demo:people/boris");
        let bearer = format!("Bearer {boris}");
        let incident = json!({ "fields": { "subject": "One" } });
        let made =
            world.send("POST", "/api/v1/records/incident", &[("Authorization", &bearer)], Some(&incident));
        let (path, tag) =
            (format!("/api/v1/records/incident/{}", made.body["id"].as_str().unwrap()), made.header("etag"));
        let answers = at_once(|client| {
            let body = json!({ "fields": { "subject": format!("Writer {client}") } });
            world.send("PATCH", &path, &[("Authorization", &bearer), ("If-Match", tag)], Some(&body))
        });
        let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|one| one.status).collect::<Vec<_>>());
        let lost = answers.iter().filter(|answer| answer.status == 412);
        assert_eq!(lost.count(), CLIENTS - 1);
        let read = world.send("GET", &path, &[("Authorization", &bearer)], None);
        assert_eq!(read.body, won[0].body);
        for answer in answers.iter().filter(|answer| answer.status == 412) {
            assert_eq!(
                (answer.code(), &answer.body["error"]["version"]),
                ("conflict", &read.body["version"])
            );
        }
        let now = read.header("etag");
        let known = [("Authorization", bearer.as_str()), ("If-None-Match", now)];
        let again = world.send("GET", &path, &known, None);
        assert_eq!((again.status, again.header("etag"), &again.body), (304, now, &Json::Null));
        let known = [("Authorization", bearer.as_str()), ("If-None-Match", tag)];
        assert_eq!(world.send("GET", &path, &known, None).status, 200);
        let stale = [("Authorization", bearer.as_str()), ("If-Match", tag)];
        assert_eq!(world.send("DELETE", &path, &stale, None).status, 412);
    });
}

#[test]
fn many_repeats_of_one_creation_make_one_record_and_get_equal_answers() {
    World::on_both("at-once-key", |world| {
        let boris = world.token_of("demo:people/boris");
        let bearer = format!("Bearer {boris}");
        let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "\"one\"")];
        let incident = json!({ "fields": { "subject": "Once" } });
        let answers = at_once(|_| {
            loop {
                let answer = world.send("POST", "/api/v1/records/incident", &headers, Some(&incident));
                if answer.status != 409 {
                    return answer;
                }
                assert_eq!((answer.code(), answer.header("retry-after")), ("under_way", "1"));
                pause(Duration::from_millis(20));
            }
        });
        assert_eq!(incidents(world, &boris), 1);
        let mut replayed = 0;
        for answer in &answers {
            let said = (answer.status, &answer.body, answer.header("etag"), answer.header("content-type"));
            assert_eq!(said, (201, &answers[0].body, "\"1\"", "application/json"));
            replayed += usize::from(answer.header("idempotent-replay") == "true");
        }
        assert_eq!(replayed, CLIENTS - 1);
        let other = json!({ "fields": { "subject": "Another" } });
        let answer = world.send("POST", "/api/v1/records/incident", &headers, Some(&other));
        assert_eq!((answer.status, answer.code()), (422, "key_reused"));
        let vera = world.token_of("core:people/admin");
        let bearer = format!("Bearer {vera}");
        let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "\"one\"")];
        let answer = world.send("POST", "/api/v1/records/incident", &headers, Some(&other));
        assert_eq!(answer.status, 201, "a key is its user's own");
        assert_eq!(incidents(world, &boris), 2);
    });
}

#[test]
fn a_repeat_after_a_crash_finds_what_the_first_one_did() {
    World::on_both("at-once-crash", |world| {
        let boris = world.token_of("demo:people/boris");
        let bearer = format!("Bearer {boris}");
        let app = &world.running.as_ref().unwrap().app;
        let mut firsts = BTreeMap::new();
        let bodies = [
            ("/api/v1/records/incident", json!({ "fields": { "subject": "Once" } })),
            ("/api/v1/tokens", json!({ "name": "Once" })),
        ];
        for (path, body) in &bodies {
            let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", *path)];
            let first = world.send("POST", path, &headers, Some(body));
            assert_eq!(first.status, 201, "{}", first.body);
            firsts.insert(*path, first.body["id"].clone());
        }
        // As if the program had died between the effect and the answer: the answers are lost, the leases over.
        app.store.lose_answers().unwrap();
        for (path, body) in &bodies {
            let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", *path)];
            let again = world.send("POST", path, &headers, Some(body));
            assert_eq!((again.status, &again.body["id"]), (201, &firsts[path]), "{}", again.body);
            if let Some(token) = again.body["token"].as_str() {
                assert_eq!(world.ask("GET", "/api/v1/session", Some(token), None).0, 200, "it is good");
            }
        }
        assert_eq!(incidents(world, &boris), 1);
    });
}

#[test]
fn a_key_is_free_after_a_refusal_bounded_and_forgotten_after_its_time() {
    World::on_both("key-ends", |world| {
        let boris = world.token_of("demo:people/boris");
        let bearer = format!("Bearer {boris}");
        let post = |key: &str, body: &Json| {
            let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", key)];
            world.send("POST", "/api/v1/records/incident", &headers, Some(body))
        };
        let good = json!({ "fields": { "subject": "Good" } });
        assert_eq!(post("free", &json!({ "fields": {} })).status, 422);
        assert_eq!(post("free", &good).status, 201, "what was refused changed nothing");
        let longest = "k".repeat(KEY_CHARS_MAX);
        assert_eq!(post(&longest, &good).status, 201);
        assert_eq!(post(&(longest + "k"), &good).code(), "bad_request");
        assert_eq!(post("", &good).code(), "bad_request");
        let store = &world.running.as_ref().unwrap().app.store;
        let start = rejoinder_engine::time::Timestamp::from_micros(1_900_000_000_000_000);
        let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap();
        let asked = |at: i64, label: &str| {
            let now = start.plus(at);
            KeyedRequest {
                key: "key".to_owned(),
                fingerprint: "same".to_owned(),
                request: record_id("request", label),
                now,
                lease_until: now.plus(micros(KEY_LEASE)),
                by: label.to_owned(),
                forgotten: now.plus(-micros(KEY_KEPT)),
            }
        };
        let first = record_id("request", "a");
        let begin = |at: i64, label: &str| store.begin_request(&asked(at, label)).unwrap();
        assert_eq!(begin(0, "a"), Known::ToDo(first));
        assert_eq!(begin(micros(KEY_LEASE) - 1, "b"), Known::UnderWay);
        assert_eq!(begin(micros(KEY_LEASE), "b"), Known::ToDo(first), "under the same identity");
        store.answer_request(first, "a", 201, "late").unwrap();
        assert_eq!(begin(micros(KEY_LEASE), "c"), Known::UnderWay, "whose lease is over answers nothing");
        store.answer_request(first, "b", 201, "answer").unwrap();
        let answered = Known::Answered { request: first, status: 201, answer: "answer".to_owned() };
        assert_eq!(begin(micros(KEY_KEPT), "c"), answered);
        assert_eq!(begin(micros(KEY_KEPT) + 1, "c"), Known::ToDo(record_id("request", "c")));
        const { assert!(KEPT_ANSWER_BYTES > 4_000_000, "a record with a text of the longest kind is kept") };
    });
}

#[test]
fn other_creations_are_repeated_too() {
    let world = World::new("at-once-others");
    let boris = world.token_of("demo:people/boris");
    let bearer = format!("Bearer {boris}");
    let incident = json!({ "fields": { "subject": "One" } });
    let (_, made) = world.json("POST", "/api/v1/records/incident", &boris, &incident);
    let events = format!("/api/v1/records/incident/{}/events", made["id"].as_str().unwrap());
    let raise = json!({ "name": "incident.escalated" });
    let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "event")];
    for replay in ["", "true"] {
        let answer = world.send("POST", &events, &headers, Some(&raise));
        assert_eq!((answer.status, answer.header("idempotent-replay")), (202, replay));
    }
    let path = format!("/api/v1/events?record={}", made["id"].as_str().unwrap());
    let (_, raised) = world.ask("GET", &path, Some(&boris), None);
    let named = raised["items"].as_array().unwrap().iter().filter(|one| one["name"] == raise["name"]);
    assert_eq!(named.count(), 1, "{raised}");
    let sign_in = json!({ "login": "boris@example.com", "password": "demo" });
    let keyed = [("Idempotency-Key", "session")];
    let cookies = [(); 2].map(|()| world.send("POST", "/api/v1/session", &keyed, Some(&sign_in)));
    assert_ne!(cookies[0].header("set-cookie"), cookies[1].header("set-cookie"));
}
