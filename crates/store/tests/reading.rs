//! Mailboxes that are read: claims, cursors, mails that are known again, and copies of sent mails.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;
mod plans;

use common::both;

use plans::{LEASE, arrival, at, claim, define, id, outgoing, page, request, why};
use rejoinder_store::{Again, ClaimedDelivery, NewArrival, Outcome, QueueError, Reading, Store};

fn claimed(store: &Store, by: &str, seconds: i64) -> Option<Reading> {
    store.claim_reading(id("account"), "INBOX", by, at(seconds), at(seconds).plus(LEASE)).unwrap()
}

/// A mail at a place of an IMAP folder; the label is its content.
fn mail(label: &str, validity: u32, uid: u32) -> NewArrival {
    let mut mail = arrival(label, 0, &[]);
    mail.id = id(&format!("arrival {label} {validity} {uid}"));
    "imap".clone_into(&mut mail.source);
    mail.source_key = format!("imap:INBOX\n{validity}\n{uid}");
    mail
}

fn again(validity: u32) -> Again {
    Again { folder: "imap:INBOX\n".to_owned(), validity: format!("imap:INBOX\n{validity}\n") }
}

fn count(store: &Store) -> usize {
    store.arrivals(None, &page()).unwrap().items.len()
}

fn sending(store: &Store, label: &str, to: &[&str]) -> Vec<ClaimedDelivery> {
    define(store);
    let mut plan = request(&format!("mail {label}"), 0);
    plan.outgoing = vec![outgoing(label, "account", to)];
    store.apply(&plan).unwrap();
    store.claim_deliveries(&claim(0, "sender"), 10, &[]).unwrap().deliveries
}

both! {
    fn one_reads_a_folder_at_a_time_and_another_when_its_lease_ran_out(store) {
        let first = claimed(store, "one/read", 0).unwrap();
        assert!(claimed(store, "two/read", 1).is_none());
        let lease = LEASE / rejoinder_engine::time::SECOND;
        let second = claimed(store, "two/read", lease).unwrap();
        assert!(second.epoch > first.epoch);
        assert!(!store.renew_reading(&first, at(lease + 9)).unwrap());
        assert!(store.renew_reading(&second, at(lease + 9)).unwrap());
    }

    fn a_reader_that_wakes_up_after_its_lease_keeps_nothing(store) {
        let mut first = claimed(store, "one/read", 0).unwrap();
        let second = claimed(store, "two/read", LEASE / rejoinder_engine::time::SECOND).unwrap();
        first.read_uid = 7;
        let kept = store.accept_read(&first, vec![mail("late", 1, 7)], None);
        assert!(matches!(kept, Err(QueueError::Fenced)), "{kept:?}");
        assert!(matches!(store.keep_reading(&first), Err(QueueError::Fenced)));
        assert!(matches!(store.skip_sources(&first, &["a".to_owned()]), Err(QueueError::Fenced)));
        assert_eq!(count(store), 0);
        assert_eq!(second.read_uid, 0);
    }

    fn a_node_that_starts_again_reads_on_at_once_where_it_was(store) {
        let mut first = claimed(store, "one/read", 0).unwrap();
        (first.uid_validity, first.read_uid, first.done_uid) = (Some(9), 5, 3);
        store.accept_read(&first, vec![mail("a", 9, 5)], None).unwrap();
        store.void_claims("one", at(1)).unwrap();
        let second = claimed(store, "two/read", 1).unwrap();
        assert_eq!((second.uid_validity, second.read_uid, second.done_uid), (Some(9), 5, 3));
        assert_eq!(second.started_at, at(0));
        store.release_claims("two").unwrap();
        assert!(claimed(store, "three/read", 2).is_some());
    }

    fn mails_and_cursor_are_kept_together_or_not_at_all(store) {
        let mut reading = claimed(store, "one/read", 0).unwrap();
        reading.read_uid = 2;
        // The identity of an arrival that is in use makes the second of two fail.
        let mut clash = mail("b", 1, 2);
        clash.id = mail("a", 1, 1).id;
        store.accept_read(&reading, vec![mail("a", 1, 1), clash], None).unwrap_err();
        assert_eq!(count(store), 0);
        store.void_claims("one", at(1)).unwrap();
        assert_eq!(claimed(store, "two/read", 1).unwrap().read_uid, 0);
    }

    fn after_uids_were_given_anew_each_known_mail_is_known_once(store) {
        let reading = claimed(store, "one/read", 0).unwrap();
        // Two mails of equal bytes, as devices send them, and one of their own.
        let before = vec![mail("twin", 1, 4), mail("twin", 1, 6), mail("other", 1, 7)];
        assert!(store.accept_read(&reading, before, None).unwrap().iter().all(|one| one.new));
        let after = vec![mail("other", 2, 1), mail("twin", 2, 2), mail("twin", 2, 3), mail("twin", 2, 4)];
        let accepted = store.accept_read(&reading, after, Some(again(2))).unwrap();
        let new: Vec<bool> = accepted.iter().map(|one| one.new).collect();
        assert_eq!(new, [false, false, false, true], "a third twin is a new mail");
        assert_eq!(count(store), 4);
        let once_more = store.accept_read(&reading, vec![mail("twin", 2, 3)], Some(again(2))).unwrap();
        assert!(!once_more[0].new);
        assert_eq!(count(store), 4);
    }

    fn the_same_bytes_in_another_folder_or_account_are_another_copy(store) {
        let reading = claimed(store, "one/read", 0).unwrap();
        let mut elsewhere = mail("a", 1, 1);
        "imap:Archive\n1\n1".clone_into(&mut elsewhere.source_key);
        store.accept_read(&reading, vec![elsewhere], None).unwrap();
        assert!(store.accept_read(&reading, vec![mail("a", 2, 1)], Some(again(2))).unwrap()[0].new);
    }

    fn a_refused_mail_waits_for_a_person_and_is_not_worked_on(store) {
        let reading = claimed(store, "one/read", 0).unwrap();
        let mut large = mail("large", 1, 1);
        large.refused = Some(why("too_large"));
        store.accept_read(&reading, vec![large.clone()], None).unwrap();
        assert!(store.claim_arrivals(&claim(9, "worker")).unwrap().is_empty());
        let row = store.arrival(large.id).unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.why.unwrap().code.as_str()), ("failed", "too_large"));
        assert_eq!(store.attention(true, &page()).unwrap().items.len(), 1);
        let retried = store.retry_arrival(large.id, "admin", at(9));
        assert!(matches!(retried, Err(QueueError::NotPossible(_))), "only its headers are here");
        let keys = [large.source_key.clone(), "pop3:x".to_owned()];
        store.skip_sources(&reading, &keys[1..]).unwrap();
        assert_eq!(store.known_sources(id("account"), &keys).unwrap().len(), 2);
        assert!(store.kept_sources(id("account"), &keys).unwrap().is_empty());
        assert!(store.known_sources(id("another"), &keys).unwrap().is_empty());
    }

    fn a_sent_mail_is_copied_once_however_many_received_it(store) {
        let sent = |copy| Outcome::Sent { reply: "250 ok".to_owned(), copy };
        let to = sending(store, "one", &["a@example.org", "b@example.org"]);
        store.settle_delivery(to[0].id, to[0].epoch, &sent(true), at(1)).unwrap();
        let due = store.sent_copies_due(id("account"), at(1), 9).unwrap();
        assert_eq!((due.len(), due[0].message_id.as_str()), (1, "one@example.com"));
        store.sent_copy_later(due[0].email, at(9)).unwrap();
        assert!(store.sent_copies_due(id("account"), at(8), 9).unwrap().is_empty());
        assert_eq!(store.sent_copies_due(id("account"), at(9), 9).unwrap()[0].attempts, 1);
        store.sent_copy_done(due[0].email).unwrap();
        store.settle_delivery(to[1].id, to[1].epoch, &sent(true), at(10)).unwrap();
        assert!(store.sent_copies_due(id("account"), at(99), 9).unwrap().is_empty());
        let other = sending(store, "two", &["a@example.org"]);
        store.settle_delivery(other[0].id, other[0].epoch, &sent(false), at(1)).unwrap();
        assert!(store.sent_copies_due(id("account"), at(99), 9).unwrap().is_empty());
    }

    fn attention_of_one_kind_is_cleared_when_the_trouble_is_over(store) {
        for code in ["reading_timeout", "reading_login_refused", "login_refused"] {
            store.raise_attention("account", id("account"), &why(code), at(0)).unwrap();
        }
        store.raise_attention("account", id("another"), &why("reading_timeout"), at(0)).unwrap();
        store.clear_attention_of("account", id("account"), "reading_", "it works", at(1)).unwrap();
        let open = store.attention(true, &page()).unwrap().items;
        let mut codes: Vec<String> = open.into_iter().map(|row| row.why.code).collect();
        codes.sort();
        assert_eq!(codes, ["login_refused", "reading_timeout"]);
    }
}
