//! How often may be asked: told in every answer, refused beyond, and nobody pays for another.

use serde_json::json;

use super::World;

#[test]
fn who_asks_too_often_is_told_to_wait_and_others_go_on() {
    let world = World::new("pace");
    let (admin, boris) = (world.token_of("core:people/admin"), world.token_of("demo:people/boris"));
    let set = |name: &str, value: &str| {
        let fields = json!({ "fields": { "name": name, "value": value } });
        let (status, said) = world.json("POST", "/api/v1/records/setting", &admin, &fields);
        assert_eq!(status, 201, "{said}");
    };
    set("rejoinder.api.requests_per_minute", "5");
    set("rejoinder.api.requests_per_minute_without_token", "3");
    let ask = |token: &str| {
        world.send("GET", "/api/v1/session", &[("Authorization", &format!("Bearer {token}"))], None)
    };
    let answers: Vec<_> = (0..12).map(|_| ask(&boris)).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty() && answers[0].status == 200);
    let last = answers.last().unwrap();
    assert_eq!((last.status, last.code()), (429, "too_many_requests"));
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(last.header("ratelimit").starts_with("\"api\";r=0;t="), "{}", last.header("ratelimit"));
    assert_eq!(last.header("ratelimit-policy"), "\"api\";q=5;w=60");
    let guesses: Vec<_> = (0..6).map(|guess| ask(&format!("rj_{guess}")).status).collect();
    assert_eq!(guesses.last(), Some(&429), "guessing tokens is not free: {guesses:?}");
    let health = world.send("GET", "/health/live", &[], None);
    assert_eq!(health.status, 200, "probes are not counted");
}
