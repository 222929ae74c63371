//! Mails that go away under our feet, and servers that do not do what they say they did.

use std::time::Duration;

use rejoinder_testservers::{Fault, FaultProxy, Rule, When};
use serde_json::{Value as Json, json};

use crate::world::{HELP, World, small, wait};

/// For how long a command is held back; the mail is removed meanwhile.
const HELD: Duration = Duration::from_secs(3);

/// An account that reads the help desk through a proxy, in the clear, so that the proxy understands what is said.
fn reads_through(world: &World, proxy: &FaultProxy, protocol: &str, more: &Json) {
    let mut fields = json!({ "port": proxy.address().port(), "encryption": "none" });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    world.reads(HELP, protocol, crate::world::Security::StartTls, &fields);
}

#[test]
fn a_mail_that_is_deleted_between_listing_and_fetching_holds_up_no_other_over_imap() {
    let Some(world) = World::start("gone-imap") else { return };
    let proxy = FaultProxy::start(world.dovecot.imap());
    proxy.script([Rule::new(When::client_says("UID FETCH 1:3 (UID BODY.PEEK["), Fault::Delay(HELD)).once()]);
    (1..=3).for_each(|n| world.dovecot.deliver(HELP, "INBOX", &small(n)));
    reads_through(&world, &proxy, "imap", &json!({ "after_reading": "delete" }));
    wait("the mails were listed and are about to be fetched", || proxy.hits() == 1);
    world.dovecot.expunge(HELP, "INBOX", 2);
    assert_eq!(world.incidents_after(2), ["Small 1", "Small 3"]);
    world.dovecot.deliver(HELP, "INBOX", &small(4));
    assert_eq!(world.incidents_after(3), ["Small 1", "Small 3", "Small 4"]);
    wait("the mailbox is empty", || world.dovecot.count(HELP, "INBOX") == 0);
}

#[test]
fn a_mail_that_is_deleted_between_listing_and_fetching_holds_up_no_other_over_pop3() {
    let Some(world) = World::start("gone-pop3") else { return };
    let proxy = FaultProxy::start(world.dovecot.pop3());
    proxy.script([Rule::new(When::client_says("RETR 2"), Fault::Delay(HELD)).once()]);
    (1..=3).for_each(|n| world.dovecot.deliver(HELP, "INBOX", &small(n)));
    reads_through(&world, &proxy, "pop3", &json!({ "after_reading": "delete" }));
    wait("the mails were listed and one is about to be fetched", || proxy.hits() == 1);
    world.dovecot.expunge(HELP, "INBOX", 2);
    assert_eq!(world.incidents_after(2), ["Small 1", "Small 3"]);
    wait("the mailbox is empty", || world.dovecot.count(HELP, "INBOX") == 0);
}

/// Reads three mails over a server that says OK and does nothing, then a fourth, then starts again: four effects.
fn ignores(name: &str, protocol: &str, rules: Vec<Rule>, disposal: &Json) -> Option<(World, FaultProxy)> {
    let mut world = World::start(name)?;
    let target = if protocol == "imap" { world.dovecot.imap() } else { world.dovecot.pop3() };
    let proxy = FaultProxy::start(target);
    proxy.script(rules);
    (1..=3).for_each(|n| world.dovecot.deliver(HELP, "INBOX", &small(n)));
    reads_through(&world, &proxy, protocol, disposal);
    assert_eq!(world.incidents_after(3), ["Small 1", "Small 2", "Small 3"]);
    world.dovecot.deliver(HELP, "INBOX", &small(4));
    let all = ["Small 1", "Small 2", "Small 3", "Small 4"];
    assert_eq!(world.incidents_after(4), all);
    let before = proxy.connections();
    world.restart();
    wait("the mailbox is read again, to the end", || proxy.connections() >= before + 2 || protocol == "imap");
    world.dovecot.deliver(HELP, "INBOX", &small(5));
    assert_eq!(world.incidents_after(5), [&all[..], &["Small 5"]].concat());
    assert_eq!(world.dovecot.count(HELP, "INBOX"), 5, "the server did nothing");
    Some((world, proxy))
}

#[test]
fn an_imap_server_that_ignores_deletes_is_asked_once_for_each_mail_and_nothing_is_read_twice() {
    let rules =
        ["UID STORE", "UID EXPUNGE"].map(|words| Rule::new(When::client_says(words), Fault::imap_ok()));
    let disposal = json!({ "after_reading": "delete" });
    let Some((_world, proxy)) = ignores("ignore-imap", "imap", rules.to_vec(), &disposal) else { return };
    // Two commands for each batch, and there are three to five of them: three mails at once or one by one.
    let hits = proxy.hits();
    assert!((6..=10).contains(&hits), "{hits} commands were sent");
}

#[test]
fn an_imap_server_that_ignores_moves_is_asked_once_for_each_mail_and_nothing_is_read_twice() {
    let rules = vec![Rule::new(When::client_says("UID MOVE"), Fault::imap_ok())];
    let disposal = json!({ "after_reading": "move", "move_to_folder": "Done" });
    let Some((_world, proxy)) = ignores("ignore-move", "imap", rules, &disposal) else { return };
    let hits = proxy.hits();
    assert!((3..=5).contains(&hits), "{hits} commands were sent");
}

#[test]
fn a_pop3_server_that_ignores_deletes_is_asked_again_at_each_session_and_nothing_is_read_twice() {
    let rules = vec![Rule::new(When::client_says("DELE"), Fault::pop3_ok())];
    let disposal = json!({ "after_reading": "delete" });
    let Some((_world, proxy)) = ignores("ignore-pop3", "pop3", rules, &disposal) else { return };
    let (hits, sessions) = (proxy.hits(), proxy.connections());
    assert!(hits <= sessions * 5, "{hits} commands in {sessions} sessions of at most five mails");
}
