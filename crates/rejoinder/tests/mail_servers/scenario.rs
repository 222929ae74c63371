//! The scenario: a mail with a photo becomes an incident, the agent asks, the caller answers, her absence assistant
//! answers nothing, and a mail that comes to two mailboxes has one effect.

use rejoinder_testkit::api::Api;
use rejoinder_testkit::letters::{read, with_photo};
use rejoinder_testservers::StoredMail;
use serde_json::{Value as Json, json};

use crate::world::{ANNA, BORIS, HELP, PASSWORD, SUPPORT, Security, World, text, wait};

const SUBJECT: &str = "Printer on floor 3 is dead";
const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n not a picture, but the same bytes at both ends \0\x01\xFE\xFF";
const QUESTION: &str = "Which number is on its label?";
const ANSWER: &str = "The label says 4.\n\nIt is the one next to the window.";

/// Plays all steps; the accounts are there, the second mailbox too.
fn play(world: &World) {
    let (_anna, boris) = (world.user(&ANNA, &[]), world.user(&BORIS, &["agent"]));
    let (path, number) = register(world);
    // Step 2.
    let agent = world.api().on_behalf_of(&boris, "rj_boris");
    agent.patch(&path, &json!({ "fields": { "assigned_user": boris, "state": "assigned" } }));
    world.settles();
    let told = world.dovecot.count(BORIS.address, "INBOX");
    ask(world, &agent, &path);
    let asked = read(&world.gets(&ANNA, 2).bytes);
    assert!(asked.subject.contains(&number) && asked.subject.contains(SUBJECT), "{}", asked.subject);
    assert!(asked.text.contains(QUESTION), "{}", asked.text);
    assert_eq!(world.dovecot.count(BORIS.address, "INBOX"), told, "who acts is not mailed");
    // Step 3.
    world.post.send(&ANNA, &ANNA.answers("answer", &asked, ANSWER));
    world.works_on(3);
    let incident = world.api().get(&path);
    assert_eq!(text(&incident, "/fields/state"), "in_progress");
    let comments = entries(world, &path, "comment");
    assert_eq!(comments.len(), 2, "the question and the answer: {comments:#?}");
    assert_eq!(text(&comments[0], "/text"), ANSWER, "the new text and only that");
    let answer = read(&world.gets(&BORIS, told + 1).bytes);
    assert!(answer.text.contains("The label says 4."), "{}", answer.text);
    world.gets(&ANNA, 2);
    be_absent(world, &agent, &path, told + 1);
}

/// Step 1: one incident and one answer of a mail that came to two mailboxes.
fn register(world: &World) -> (String, String) {
    let mail = ANNA.writes("first", &[HELP, SUPPORT], SUBJECT, "It hums, then the lamp goes red.");
    world.post.send(&ANNA, &with_photo(mail, "printer.png", PHOTO));
    world.works_on(2);
    let made = world.records("incident");
    assert_eq!(made.len(), 1, "one mail in two mailboxes: {made:#?}");
    let (id, number) = (text(&made[0], "/id"), text(&made[0], "/fields/number").to_owned());
    assert_eq!(text(&made[0], "/fields/subject"), SUBJECT);
    assert_eq!(text(&made[0], "/display/caller"), ANNA.name);
    let path = format!("/api/v1/records/incident/{id}");
    let files = world.api().all(&format!("{path}/attachments"));
    assert_eq!(files.len(), 1, "{files:#?}");
    assert_eq!(text(&files[0], "/file_name"), "printer.png");
    assert_eq!(files[0]["size"], PHOTO.len(), "{files:#?}");
    let answer = read(&world.gets(&ANNA, 1).bytes);
    assert!(answer.subject.contains(&number), "{}", answer.subject);
    assert_eq!(answer.in_reply_to, ["first@mail.people.test"]);
    assert_eq!(answer.header("Auto-Submitted"), Some("auto-replied"));
    (path, number)
}

fn ask(world: &World, agent: &Api, path: &str) {
    let fields = json!({ "state": "information_needed", "additional_comments": QUESTION });
    agent.patch(path, &json!({ "fields": fields }));
    world.settles();
}

/// Step 4: the absence assistant's answer is noted, and nothing else happens.
fn be_absent(world: &World, agent: &Api, path: &str, told: usize) {
    ask(world, agent, path);
    let asked = read(&world.gets(&ANNA, 3).bytes);
    let before = world.api().get(path);
    let comments = entries(world, path, "comment").len();
    world.post.send(&ANNA, &ANNA.is_absent("absent", &asked, "I am away until Monday."));
    world.works_on(4);
    assert_eq!(entries(world, path, "automatic_answer").len(), 1);
    assert_eq!(entries(world, path, "comment").len(), comments);
    assert_eq!(world.api().get(path)["version"], before["version"], "nobody wrote to the incident");
    world.gets(&ANNA, 3);
    world.gets(&BORIS, told);
}

/// The entries of one kind in the feed, newest first.
fn entries(world: &World, path: &str, kind: &str) -> Vec<Json> {
    let mut all = world.api().all(&format!("{path}/feed"));
    all.retain(|entry| text(entry, "/kind") == kind);
    all
}

/// Plays over accounts that read both mailboxes by one protocol and dispose of mails in one way.
fn play_over(name: &str, protocol: &str, security: Security, disposal: &Json, check: fn(&World)) {
    let Some(world) = World::start(name) else { return };
    // The folder to move to has to be there.
    [HELP, SUPPORT].iter().for_each(|user| world.dovecot.create_folder(user, "Done"));
    world.reads(HELP, protocol, security, disposal);
    world.reads(SUPPORT, protocol, security, disposal);
    world.sends(security);
    play(&world);
    check(&world);
}

fn source(world: &World) -> Vec<StoredMail> {
    world.dovecot.mails(HELP, "INBOX")
}

#[test]
fn the_scenario_over_imap_with_tls_where_mails_are_flagged() {
    play_over("scenario-flag", "imap", Security::Tls, &json!({ "after_reading": "flag" }), |world| {
        wait("all mails are flagged", || source(world).iter().all(|mail| !mail.flags.is_empty()));
        let mails = source(world);
        assert_eq!(mails.len(), 3, "they stay");
        for mail in mails {
            assert_eq!(mail.flags, ["$Rejoinder", "\\Seen"]);
        }
    });
}

#[test]
fn the_scenario_over_imap_with_starttls_where_mails_are_moved() {
    let disposal = json!({ "after_reading": "move", "move_to_folder": "Done" });
    play_over("scenario-move", "imap", Security::StartTls, &disposal, |world| {
        wait("the inbox is empty", || source(world).is_empty());
        assert_eq!(world.dovecot.count(HELP, "Done"), 3);
        assert_eq!(world.dovecot.count(SUPPORT, "Done"), 1);
    });
}

#[test]
fn the_scenario_over_pop3_with_tls_where_mails_are_deleted() {
    play_over("scenario-delete", "pop3", Security::Tls, &json!({ "after_reading": "delete" }), |world| {
        for address in [HELP, SUPPORT] {
            wait("the mailbox is empty", || world.dovecot.count(address, "INBOX") == 0);
        }
    });
}

#[test]
fn the_scenario_over_pop3_with_starttls_where_mails_are_left() {
    play_over("scenario-leave", "pop3", Security::StartTls, &json!({ "after_reading": "leave" }), |world| {
        let mails = source(world);
        assert_eq!(mails.len(), 3);
        // A POP3 server may note that a mail was fetched; we mark nothing.
        assert!(mails.iter().all(|mail| !mail.flags.contains(&"$Rejoinder".to_owned())), "{mails:?}");
    });
}

#[test]
fn the_scenario_over_one_mailbox_that_carries_it_both_ways_and_keeps_copies_of_what_was_sent() {
    let Some(world) = World::start("scenario-mailbox") else { return };
    let (imap, smtp) = (world.mailbox_server("imap", Security::Tls), world.smtp_server(Security::StartTls));
    let fields = json!({ "name": "Help desk", "type": "imap", "server": "127.0.0.1", "port": imap.port(),
        "encryption": "tls", "user_name": HELP, "password": PASSWORD, "from_address": HELP, "interval": 5,
        "first_run": "all", "after_reading": "delete", "sends": true, "smtp_server": "127.0.0.1",
        "smtp_port": smtp.port(), "smtp_encryption": "starttls", "save_sent": true });
    world.api().insert("mailbox", &fields);
    world.reads(SUPPORT, "imap", Security::StartTls, &json!({ "after_reading": "delete" }));
    world.sends_by("Help desk");
    play(&world);
    wait("the inbox is empty", || source(&world).is_empty());
    // Everything that Anna and Boris got was sent by this mailbox.
    let got = [ANNA, BORIS].into_iter().flat_map(|person| world.dovecot.mails(person.address, "INBOX"));
    let mut ids: Vec<String> = got.filter_map(|mail| read(&mail.bytes).message_id).collect();
    wait("each has its copy", || world.dovecot.count(HELP, "Sent") >= ids.len());
    let copies = world.dovecot.mails(HELP, "Sent");
    assert!(copies.iter().all(|copy| copy.flags == ["\\Seen"]));
    let mut copied: Vec<String> = copies.iter().filter_map(|copy| read(&copy.bytes).message_id).collect();
    ids.sort();
    copied.sort();
    assert_eq!(copied, ids, "exactly one copy of each, under its Message-ID");
}
