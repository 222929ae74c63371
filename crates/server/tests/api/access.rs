//! Access rules over the API: what a caller sees and does of what concerns them, why, and the audit of it all.

use rejoinder_engine::pack::record_id;
use serde_json::{Value as Json, json};

use super::{World, code};

/// Anna, whose incident it is; Boris, an agent; and the administrator, by their tokens; and the incident.
struct People {
    world: World,
    anna: String,
    boris: String,
    admin: String,
    incident: String,
}

impl People {
    fn new(name: &str) -> Self {
        let world = World::new(name);
        let [anna, boris] = ["anna", "boris"].map(|who| world.token_of(&format!("demo:people/{who}")));
        let admin = world.token_of("core:people/admin");
        let fields = json!({ "fields": { "subject": "Hers", "caller": user("anna"), "impact": "high" } });
        let (status, made) = world.json("POST", "/api/v1/records/incident", &boris, &fields);
        assert_eq!(status, 201, "{made}");
        let incident = made["id"].as_str().unwrap().to_owned();
        Self { world, anna, boris, admin, incident }
    }

    fn change(&self, who: &str, fields: Json) -> (u16, Json) {
        let path = format!("/api/v1/records/incident/{}", self.incident);
        self.world.json("PATCH", &path, who, &json!({ "fields": fields }))
    }

    fn get(&self, who: &str, path: &str) -> (u16, Json) {
        self.world.ask("GET", &format!("/api/v1{path}"), Some(who), None)
    }

    fn rule(&self, fields: Json) -> String {
        let body = json!({ "fields": fields });
        let (status, made) = self.world.json("POST", "/api/v1/records/access_rule", &self.admin, &body);
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }
}

fn user(name: &str) -> String {
    record_id("demo", &format!("people/{name}")).to_string()
}

#[test]
fn a_caller_sees_comments_and_registers_what_concerns_them_and_nothing_else() {
    let people = People::new("access-caller");
    let (_, others) = people.world.json(
        "POST",
        "/api/v1/records/incident",
        &people.boris,
        &json!({ "fields": { "subject": "Of somebody else" } }),
    );
    let (status, list) = people.get(&people.anna, "/records/incident?count=true");
    assert_eq!(status, 200, "{list}");
    let seen: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(seen, [people.incident.as_str()]);
    assert_eq!(list["count"]["value"], 1, "what is not seen is not counted either");
    let (status, _) =
        people.get(&people.anna, &format!("/records/incident/{}", others["id"].as_str().unwrap()));
    assert_eq!(status, 404);

    let (status, said) = people.change(&people.anna, json!({ "additional_comments": "It smokes" }));
    assert_eq!(status, 200, "{said}");
    let (status, refused) = people.change(&people.anna, json!({ "state": "closed" }));
    assert_eq!((status, code(&refused)), (403, "forbidden"), "{refused}");
    assert_eq!(refused["error"]["field"], json!({ "table": "incident", "field": "state" }));

    let own = json!({ "fields": { "subject": "Another", "caller": user("anna") } });
    assert_eq!(people.world.json("POST", "/api/v1/records/incident", &people.anna, &own).0, 201);
    let for_other = json!({ "fields": { "subject": "Another", "caller": user("boris") } });
    let (status, refused) = people.world.json("POST", "/api/v1/records/incident", &people.anna, &for_other);
    assert_eq!((status, code(&refused)), (403, "forbidden"));
    let forged = json!({ "fields": { "subject": "x", "caller": user("anna"), "state": "closed" } });
    let (status, refused) = people.world.json("POST", "/api/v1/records/incident", &people.anna, &forged);
    assert_eq!((status, code(&refused)), (403, "forbidden"), "a new one has the state that it has");
}

#[test]
fn a_caller_never_reads_what_agents_note() {
    let people = People::new("access-notes");
    let notes = json!({ "work_notes": "She is a nuisance", "additional_comments": "We are on it" });
    assert_eq!(people.change(&people.boris, notes).0, 200);
    let feed =
        |who: &str| people.get(who, &format!("/records/incident/{}/feed", people.incident)).1.to_string();
    assert!(feed(&people.boris).contains("nuisance") && feed(&people.boris).contains("We are on it"));
    assert!(!feed(&people.anna).contains("nuisance"), "{}", feed(&people.anna));
    assert!(feed(&people.anna).contains("We are on it"));
}

#[test]
fn a_field_that_somebody_may_not_read_is_in_no_answer_and_no_filter_asks_for_it() {
    let people = People::new("access-field");
    people.rule(
        json!({ "name": "Impact for agents", "operation": "read", "table": "incident", "field": "impact",
                        "roles": ["agent"] }),
    );
    assert_eq!(people.change(&people.boris, json!({ "impact": "low" })).0, 200);
    let one = format!("/records/incident/{}", people.incident);
    assert_eq!(people.get(&people.boris, &one).1["fields"]["impact"], "low");
    let (status, seen) = people.get(&people.anna, &one);
    assert_eq!(
        (status, &seen["fields"]["impact"], &seen["display"]["impact"]),
        (200, &Json::Null, &Json::Null)
    );
    let feed = people.get(&people.anna, &format!("{one}/feed")).1;
    assert!(!feed.to_string().contains("impact"), "{feed}");
    let (_, changes) = people.get(&people.anna, &format!("/changes?record={}", people.incident));
    assert!(!changes.to_string().contains("impact"), "{changes}");

    let filter = "%7B%22field%22:%22impact%22,%22operator%22:%22is%22,%22value%22:%22low%22%7D";
    let (status, refused) = people.get(&people.anna, &format!("/records/incident?filter={filter}"));
    assert_eq!((status, code(&refused)), (403, "forbidden"), "{refused}");
    let (status, refused) = people.get(&people.anna, "/records/incident?order=impact");
    assert_eq!((status, code(&refused)), (403, "forbidden"), "{refused}");
    let dotted = "%7B%22field%22:%22assigned_user.email%22,%22operator%22:%22is_not_empty%22%7D";
    let (status, refused) = people.get(&people.anna, &format!("/records/incident?filter={dotted}"));
    assert_eq!((status, code(&refused)), (403, "forbidden"), "users are not for her to search: {refused}");
    assert_eq!(people.get(&people.boris, &format!("/records/incident?filter={dotted}")).0, 200);
}

#[test]
fn nobody_counts_related_records_that_they_may_not_read() {
    let people = People::new("access-number");
    let below = json!({ "fields": { "subject": "Below, of somebody else", "parent": people.incident } });
    assert_eq!(people.world.json("POST", "/api/v1/records/incident", &people.boris, &below).0, 201);
    let number = |who: &str, related: &str| {
        let path = format!("/records/incident?query=RLQUERY{related}%5EENDRLQUERY%5EsubjectSTARTSWITHHers");
        let (status, list) = people.get(who, &path);
        (status, list["items"].as_array().map(Vec::len))
    };
    for (related, of_an_agent, of_the_caller) in [
        ("incident.parent,%3E=1", 1, 0),
        ("incident.parent,=0", 0, 1),
        ("incident.parent,%3E=1,subjectLIKEbelow", 1, 0),
        ("incident.parent,%3E=1,subjectLIKEabove", 0, 0),
    ] {
        assert_eq!(number(&people.boris, related), (200, Some(of_an_agent)), "{related}");
        assert_eq!(number(&people.anna, related), (200, Some(of_the_caller)), "{related}");
    }
    people.rule(
        json!({ "name": "Impact for agents", "operation": "read", "table": "incident", "field": "impact",
                        "roles": ["agent"] }),
    );
    // What the others must fulfil is asked of them as in a list of them.
    let hidden = "incident.parent,=0,impact=high";
    assert_eq!((number(&people.boris, hidden).0, number(&people.anna, hidden).0), (200, 403));
    let dotted = "incident.parent,=0,assigned_user.emailISNOTEMPTY";
    assert_eq!((number(&people.boris, dotted).0, number(&people.anna, dotted).0), (200, 403));
}

/// How many incidents a query finds for somebody, or the status of the refusal.
fn found(people: &People, who: &str, query: &str) -> Result<usize, u16> {
    let (status, list) = people.get(who, &format!("/records/incident?query={query}"));
    list["items"].as_array().map(Vec::len).ok_or(status)
}

#[test]
fn words_are_not_looked_for_where_somebody_may_not_read() {
    let people = People::new("access-words");
    assert_eq!(people.change(&people.boris, json!({ "description": "The Plotter burns" })).0, 200);
    let of_the_caller = |query: &str| found(&people, &people.anna, query);
    let of_an_agent = |query: &str| found(&people, &people.boris, query);
    // One word in the subject, the other in the description.
    let query = "123TEXTQUERY321=plott+HERS";
    assert_eq!((of_an_agent(query), of_the_caller(query)), (Ok(1), Ok(1)));
    assert_eq!(of_an_agent("123TEXTQUERY321=plott+nobody"), Ok(0));
    people.rule(
        json!({ "name": "Descriptions for agents", "operation": "read", "table": "incident", "field": "description",
                        "roles": ["agent"] }),
    );
    assert_eq!((of_an_agent(query), of_the_caller(query)), (Ok(1), Ok(0)));
    assert_eq!(of_the_caller("123TEXTQUERY321=hers"), Ok(1), "what she may read is still looked into");
    let not = "/records/incident?filter=%7B%22not%22:%7B%22field%22:%22sys_id%22,%22operator%22:%22has_words%22,%22value%22:%22plotter%22%7D%7D";
    let (status, list) = people.get(&people.anna, not);
    assert_eq!(
        (status, list["items"].as_array().unwrap().len()),
        (200, 1),
        "nor does `not` tell of it: {list}"
    );
    // Nor among records that are counted.
    let below = json!({ "fields": { "subject": "Below", "parent": people.incident, "caller": user("anna"),
                                    "description": "A secret plan" } });
    assert_eq!(people.world.json("POST", "/api/v1/records/incident", &people.boris, &below).0, 201);
    let counted = "RLQUERYincident.parent,%3E=1,123TEXTQUERY321=secret%5EENDRLQUERY";
    assert_eq!((of_an_agent(counted), of_the_caller(counted)), (Ok(1), Ok(0)));
    let of_people = "caller.123TEXTQUERY321=anna";
    assert_eq!((of_an_agent(of_people), of_the_caller(of_people)), (Ok(2), Err(403)));
}

#[test]
fn a_hierarchy_is_asked_by_those_who_may_read_all_of_it() {
    let people = People::new("access-hierarchy");
    let below = json!({ "fields": { "subject": "Below", "parent": people.incident } });
    assert_eq!(people.world.json("POST", "/api/v1/records/incident", &people.boris, &below).0, 201);
    for (field, count) in [("sys_id", 2), ("parent", 1)] {
        let query = format!("{field}IN_HIERARCHYparent@{}", people.incident);
        assert_eq!(found(&people, &people.boris, &query), Ok(count), "{field}");
        assert_eq!(found(&people, &people.anna, &query), Err(403), "{field}");
    }
}

#[test]
fn people_choose_their_own_language_and_zone_and_nothing_else_of_their_user() {
    let people = People::new("access-profile");
    let change = |who: &str, of: &str, fields: Json| {
        let path = format!("/api/v1/records/user/{}", user(of));
        people.world.json("PATCH", &path, who, &json!({ "fields": fields })).0
    };
    assert_eq!(change(&people.anna, "anna", json!({ "language": "ru", "time_zone": "Asia/Tomsk" })), 200);
    assert_eq!(change(&people.anna, "anna", json!({ "roles": ["admin"] })), 403);
    assert_eq!(change(&people.anna, "anna", json!({ "email": "boss@example.com" })), 403);
    assert_eq!(change(&people.boris, "anna", json!({ "language": "en" })), 403);
}

#[test]
fn why_somebody_may_or_may_not_is_told_rule_by_rule() {
    let people = People::new("access-why");
    let ask = |who: &str, more: &str| {
        let path = format!("/access/explanation?user={}&table=incident&{more}", user(who));
        let (status, told) = people.get(&people.admin, &path);
        assert_eq!(status, 200, "{told}");
        told
    };
    let record = format!("record={}", people.incident);
    let told = ask("anna", &format!("{record}&operation=read"));
    assert_eq!(told["verdicts"][0]["because"], "granted");
    let named = |told: &Json, name: &str| {
        let rules = told["verdicts"][0]["considered"].as_array().unwrap().clone();
        rules.into_iter().find(|rule| rule["name"] == name).unwrap()
    };
    assert_eq!(named(&told, "People read what concerns them")["grants"], true);
    assert_eq!(named(&told, "Agents read tasks")["role"], false);

    people.change(&people.boris, json!({ "caller": user("boris") }));
    let told = ask("anna", &format!("{record}&operation=read"));
    assert_eq!(told["verdicts"][0]["because"], "not_granted");
    let failing = named(&told, "People read what concerns them")["failing"].clone();
    assert_eq!(failing["path"], "followers", "the last of three ways: {failing}");

    let told = ask("anna", "operation=update&field=state");
    assert_eq!(
        (&told["verdicts"][1]["field"], &told["verdicts"][1]["allowed"]),
        (&json!("state"), &json!(false))
    );
    let (status, _) = people.get(
        &people.boris,
        &format!("/access/explanation?user={}&table=incident&operation=read", user("anna")),
    );
    assert_eq!(status, 403);
}

#[test]
fn the_audit_says_who_changed_what_of_the_configuration_and_of_people() {
    let people = People::new("access-audit");
    let rule =
        people.rule(json!({ "name": "Fresh", "operation": "read", "table": "incident", "roles": ["user"] }));
    let path = format!("/api/v1/records/access_rule/{rule}");
    let body = json!({ "fields": { "roles": ["user", "agent"] } });
    assert_eq!(people.world.json("PATCH", &path, &people.admin, &body).0, 200);
    assert_eq!(people.change(&people.boris, json!({ "impact": "low" })).0, 200);
    let (status, audit) = people.get(&people.admin, "/audit?limit=2");
    assert_eq!(status, 200, "{audit}");
    let newest = &audit["items"][0];
    assert_eq!(
        (&newest["name"], &newest["operation"], &newest["actor"]),
        (&json!("Fresh"), &json!("update"), &json!("Administrator"))
    );
    assert_eq!(
        (&newest["old"]["roles"], &newest["new"]["roles"]),
        (&json!(["user"]), &json!(["user", "agent"]))
    );
    assert_eq!(audit["items"][1]["operation"], "insert");
    let (_, members) = people.get(&people.admin, "/audit?table=group_member");
    assert_eq!(
        members["items"][0]["name"], "Boris Petrov",
        "a member of a group is called by its user: {members}"
    );
    let (_, of_incidents) = people.get(&people.admin, "/audit?table=incident");
    assert_eq!(of_incidents["items"], json!([]), "work on records is in their own history");
    let (status, wrong) = people.get(&people.admin, "/audit?since=yesterday");
    assert_eq!((status, code(&wrong)), (400, "bad_request"));
}

#[test]
fn files_are_put_on_a_record_and_taken_off_by_those_who_may_change_it() {
    let people = People::new("access-files");
    let path = |name: &str| format!("/api/v1/records/incident/{}/attachments?name={name}", people.incident);
    let put = |who: &str, name: &str, bytes: &[u8]| {
        people.world.ask("POST", &path(name), Some(who), Some(("text/plain", bytes)))
    };
    let (status, file) = put(&people.anna, "photo.txt", b"smoke");
    assert_eq!((status, &file["file_name"], &file["size"]), (201, &json!("photo.txt"), &json!(5)), "{file}");
    let (status, refused) = put(&people.boris, "again.txt", b"smoke");
    assert_eq!((status, code(&refused)), (422, "refused"), "the same bytes: {refused}");
    let (status, refused) = put(&people.boris, "run.exe", b"x");
    assert_eq!((status, code(&refused)), (422, "refused"), "{refused}");

    let (status, other) = put(&people.boris, "ours.txt", b"ours");
    assert_eq!(status, 201);
    let ours = format!("/api/v1/attachments/{}", other["id"].as_str().unwrap());
    let (status, refused) = people.world.ask("DELETE", &ours, Some(&people.anna), None);
    assert_eq!((status, code(&refused)), (403, "forbidden"), "an agent's is not hers to take off: {refused}");
    assert_eq!(people.world.ask("DELETE", &ours, Some(&people.boris), None).0, 204);

    let id = file["id"].as_str().unwrap();
    let feed = people.get(&people.anna, &format!("/records/incident/{}/feed", people.incident)).1;
    assert!(feed["items"].as_array().unwrap().iter().any(|one| one["kind"] == "file_added"), "{feed}");
    let off = |who: &str| people.world.ask("DELETE", &format!("/api/v1/attachments/{id}"), Some(who), None);
    assert_eq!(off(&people.boris).0, 204);
    let (status, again) = off(&people.boris);
    assert_eq!((status, code(&again)), (409, "not_possible"), "{again}");
    let (_, files) = people.get(&people.boris, &format!("/records/incident/{}/attachments", people.incident));
    assert_eq!(files["items"], json!([]));
}

#[test]
fn a_rule_that_could_not_be_read_and_a_role_that_there_is_not_are_refused() {
    let people = People::new("access-bad");
    let try_rule = |fields: Json| {
        let body = json!({ "fields": fields });
        people.world.json("POST", "/api/v1/records/access_rule", &people.admin, &body)
    };
    for (fields, wrong) in [
        (json!({ "name": "a", "operation": "read", "table": "nowhere" }), "table"),
        (json!({ "name": "a", "operation": "read", "table": "incident", "roles": ["agnet"] }), "roles"),
        (
            json!({ "name": "a", "operation": "read", "table": "incident",
                 "condition": "{\"field\":\"nothing\",\"operator\":\"is_empty\"}" }),
            "condition",
        ),
    ] {
        let (status, refused) = try_rule(fields);
        assert_eq!((status, &refused["error"]["field"]["field"]), (422, &json!(wrong)), "{refused}");
    }
}
