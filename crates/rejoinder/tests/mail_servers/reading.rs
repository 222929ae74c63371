//! What is read: by UID and never by `\Seen`, across a change of UIDVALIDITY, from the beginning or from now on, and up
//! to the size limit.

use rejoinder_testservers::{Fault, FaultProxy, Rule, SmtpConversation, When};
use serde_json::json;
use std::time::Duration;

use crate::world::{HELP, SUPPORT, Security, World, small, text, wait};

/// Mails of a large folder: more than are listed at once.
const LARGE: usize = 1_050;

#[test]
fn mails_that_somebody_marked_as_seen_before_are_read_and_ours_are_not_marked() {
    let Some(world) = World::start("seen") else { return };
    world.dovecot.deliver(HELP, "INBOX", &small(1));
    world.dovecot.deliver(HELP, "INBOX", &small(2));
    world.dovecot.doveadm(&["flags", "add", "-u", HELP, "\\Seen", "mailbox", "INBOX", "uid", "1"]);
    world.reads(HELP, "imap", Security::StartTls, &json!({ "after_reading": "leave" }));
    assert_eq!(world.incidents_after(2), ["Small 1", "Small 2"]);
    // And one that somebody looks at while we do.
    world.dovecot.deliver(HELP, "INBOX", &small(3));
    world.dovecot.doveadm(&["flags", "add", "-u", HELP, "\\Seen", "mailbox", "INBOX", "uid", "3"]);
    assert_eq!(world.incidents_after(3), ["Small 1", "Small 2", "Small 3"]);
    let flags: Vec<bool> =
        world.dovecot.mails(HELP, "INBOX").iter().map(|mail| mail.flags == ["\\Seen"]).collect();
    assert_eq!(flags, [true, false, true], "our reading marks nothing");
}

#[test]
fn a_change_of_uidvalidity_loses_nothing_and_repeats_nothing_with_or_without_message_id() {
    let Some(mut world) = World::start("validity") else { return };
    let without_id =
        |n: usize| String::from_utf8(small(n)).unwrap().replace("Message-ID", "X-None").into_bytes();
    world.dovecot.deliver(HELP, "INBOX", &small(1));
    world.dovecot.deliver(HELP, "INBOX", &without_id(2));
    world.dovecot.deliver(HELP, "INBOX", &without_id(3));
    world.reads(HELP, "imap", Security::Tls, &json!({ "after_reading": "leave" }));
    assert_eq!(world.incidents_after(3).len(), 3);
    // While we are connected; Dovecot does not always tell, or disconnect, who waits in the folder.
    world.dovecot.change_uid_validity(HELP, "INBOX");
    world.dovecot.doveadm(&["kick", HELP]);
    world.dovecot.deliver(HELP, "INBOX", &without_id(4));
    assert_eq!(world.incidents_after(4), ["Small 1", "Small 2", "Small 3", "Small 4"]);
    // While we are away, with a mail that comes in between.
    world.stop();
    world.dovecot.deliver(HELP, "INBOX", &without_id(5));
    world.dovecot.change_uid_validity(HELP, "INBOX");
    world.dovecot.deliver(HELP, "INBOX", &small(6));
    world.restart();
    let all = ["Small 1", "Small 2", "Small 3", "Small 4", "Small 5", "Small 6"];
    assert_eq!(world.incidents_after(6), all);
}

/// Puts very many mails into a mailbox over one connection.
fn fill(world: &World, user: &str) {
    let mut lmtp = SmtpConversation::connect(world.dovecot.lmtp());
    lmtp.reply();
    lmtp.expect("LHLO outside.test", 250);
    for n in 0..LARGE {
        lmtp.expect("MAIL FROM:<sender@outside.test>", 250);
        lmtp.expect(&format!("RCPT TO:<{user}>"), 250);
        lmtp.expect("DATA", 354);
        lmtp.send_mail(&small(n));
        assert_eq!(lmtp.reply().code, 250);
    }
    lmtp.expect("QUIT", 221);
}

/// A large folder of which nothing is read; then one new mail, which is.
fn reads_only_what_is_new(name: &str, protocol: &str, at_the_end: &str) {
    let Some(world) = World::start(name) else { return };
    fill(&world, SUPPORT);
    let target = if protocol == "imap" { world.dovecot.imap() } else { world.dovecot.pop3() };
    let proxy = FaultProxy::start(target);
    proxy.script([Rule::new(When::client_says(at_the_end), Fault::Delay(Duration::ZERO))]);
    let fields = json!({ "port": proxy.address().port(), "encryption": "none", "first_run": "new",
        "after_reading": "delete" });
    world.reads(SUPPORT, protocol, Security::StartTls, &fields);
    wait("the first look is over", || proxy.hits() > 0);
    world.dovecot.deliver(SUPPORT, "INBOX", &small(LARGE));
    assert_eq!(world.incidents_after(1), [format!("Small {LARGE}")]);
    wait("what was read is deleted", || world.dovecot.count(SUPPORT, "INBOX") <= LARGE);
    assert_eq!(world.dovecot.count(SUPPORT, "INBOX"), LARGE, "what was there before stays");
}

#[test]
fn of_a_large_folder_nothing_old_is_read_at_first_over_imap() {
    reads_only_what_is_new("large-new-imap", "imap", "IDLE");
}

#[test]
fn of_a_large_mailbox_nothing_old_is_read_at_first_over_pop3() {
    reads_only_what_is_new("large-new-pop3", "pop3", "QUIT");
}

#[test]
fn all_of_a_large_folder_is_read_where_the_account_says_so() {
    let Some(world) = World::start("large-all") else { return };
    fill(&world, HELP);
    world.reads(HELP, "imap", Security::Tls, &json!({ "after_reading": "delete", "first_run": "all" }));
    let mut all: Vec<String> = (0..LARGE).map(|n| format!("Small {n}")).collect();
    all.sort();
    assert!(world.incidents_after(LARGE) == all, "one incident of each");
    wait("the folder is empty", || world.dovecot.count(HELP, "INBOX") == 0);
}

/// A mail that is too large between two small ones: it is known, refused, and stays where it is.
fn refuses_what_is_too_large(name: &str, protocol: &str) {
    let Some(world) = World::start(name) else { return };
    let large = [small(2), b"Long. ".repeat(10_000), b"\r\n".to_vec()].concat();
    for mail in [small(1), large, small(3)] {
        world.dovecot.deliver(HELP, "INBOX", &mail);
    }
    let fields = json!({ "after_reading": "delete", "size_limit": 20_000 });
    world.reads(HELP, protocol, Security::Tls, &fields);
    assert_eq!(world.incidents_after(3), ["Small 1", "Small 3"]);
    let arrivals = world.api().all("/api/v1/arrivals");
    let refused: Vec<_> = arrivals.iter().filter(|row| text(row, "/reason/code") == "too_large").collect();
    assert_eq!(refused.len(), 1, "{arrivals:#?}");
    assert!(text(refused[0], "/reason/text").contains("20000"), "{refused:#?}");
    wait("the small ones are deleted", || world.dovecot.count(HELP, "INBOX") == 1);
    let told = world.api().all("/api/v1/attention");
    assert!(told.iter().any(|row| text(row, "/reason/code") == "too_large"), "a person is told: {told:#?}");
}

#[test]
fn a_mail_over_the_size_limit_is_refused_with_a_reason_and_others_go_on_over_imap() {
    refuses_what_is_too_large("size-imap", "imap");
}

#[test]
fn a_mail_over_the_size_limit_is_refused_with_a_reason_and_others_go_on_over_pop3() {
    refuses_what_is_too_large("size-pop3", "pop3");
}
