//! A saved password is told only to the server that it was saved for, whoever asks for a connection test.

use rejoinder_engine::pack::record_id;
use rejoinder_testservers::Sink;
use serde_json::{Value as Json, json};

use super::World;
use super::roles::token;

fn test(world: &World, asker: &str, id: &str, fields: &Json) -> (u16, Json) {
    let path = format!("/api/v1/records/email_account/{id}/connection-test");
    let body = json!({ "fields": fields }).to_string();
    world.ask("POST", &path, Some(asker), Some(("application/json", body.as_bytes())))
}

#[test]
fn only_who_may_change_the_account_sends_its_saved_password_elsewhere() {
    let world = World::new("saved-password");
    let [admin, email_admin] = ["admin", "email_admin"].map(|role| token(&world, role).unwrap());
    // As it ships, whoever tests connections also keeps the accounts.
    let rule = record_id("core", "access/email-administrators-update-accounts");
    let off = json!({ "fields": { "roles": ["admin"] } });
    let (status, said) = world.json("PATCH", &format!("/api/v1/records/access_rule/{rule}"), &admin, &off);
    assert_eq!(status, 200, "{said}");
    let fields = json!({ "name": "Saved", "type": "imap", "server": "127.0.0.1", "port": 1, "encryption": "none",
                         "user_name": "anna", "password": "swordfish" });
    let body = json!({ "fields": fields }).to_string();
    let made = ("application/json", body.as_bytes());
    let (status, made) = world.ask("POST", "/api/v1/records/email_account", Some(&admin), Some(made));
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();

    let elsewhere = Sink::start();
    let port = elsewhere.address().port();
    for fields in [json!({ "port": port }), json!({ "server": "localhost" }), json!({ "encryption": "tls" })]
    {
        let (status, said) = test(&world, &email_admin, id, &fields);
        assert_eq!((status, said["error"]["code"].as_str()), (422, Some("refused")), "{fields}: {said}");
    }
    assert_eq!(elsewhere.connections(), 0, "nobody was even asked");

    let (status, said) = test(&world, &email_admin, id, &json!({}));
    assert_eq!((status, said["ok"].as_bool()), (200, Some(false)), "the saved server is tried: {said}");
    let (status, _) =
        test(&world, &email_admin, id, &json!({ "server": "localhost", "password": "another" }));
    assert_eq!(status, 200, "a password of one's own goes where one likes");
    let (status, _) = test(&world, &admin, id, &json!({ "server": "localhost" }));
    assert_eq!(status, 200);
}
