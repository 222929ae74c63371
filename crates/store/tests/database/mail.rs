//! What decisions read of mails: whose a Message-ID is, what an address has seen, how often it was written to.

use rejoinder_engine::condition::Condition;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryState, Direction, Purpose};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::view::{Query, View};
use rejoinder_store::Store;
use rejoinder_store::limits::THREAD_LAST;

use crate::plans::{arrival, at, attachment, claim, define, everything, id, insert, key, outgoing, request};

/// An incident `one`; an arrival that makes the incident `whole` with everything; an answer about `one` to Anna and
/// Boris; a mail about `one` that was suppressed for Anna. All at second 5 but the incident.
fn mails(store: &Store) -> Id {
    define(store);
    let mut plan = request("incident", 0);
    plan.records = vec![insert("incident", "one", &[("subject", "one")])];
    store.apply(&plan).unwrap();
    store.accept(arrival("mail", 5, &[])).unwrap();
    let claimed = store.claim_arrivals(&claim(5, "worker")).unwrap().pop().unwrap();
    store.apply(&everything(&claimed)).unwrap();
    let mut plan = request("more", 5);
    let mut answer = outgoing("direct answer", "sender", &["anna@example.org"]);
    answer.purpose = Purpose::Answer;
    let mut suppressed = outgoing("suppressed", "sender", &["anna@example.org"]);
    suppressed.deliveries.iter_mut().for_each(|delivery| delivery.state = DeliveryState::Suppressed);
    plan.outgoing = vec![answer, suppressed];
    let mut left_out = attachment("left out", "whole");
    left_out.left_out = Some(crate::plans::why("signature_image"));
    plan.attachments = vec![left_out];
    store.apply(&plan).unwrap();
    id(&format!("email {}", claimed.id))
}

fn one() -> RecordKey {
    key("incident", "one")
}

pub(crate) fn check(store: &Store) {
    let received = mails(store);
    let view = store.view().unwrap();

    let ours = view.known_mail("answer@example.com").unwrap().unwrap();
    assert_eq!((ours.email, ours.direction), (id("email answer"), Direction::Outgoing));
    assert_eq!((ours.record, ours.account), (Some(one()), id("sender")));
    let theirs = view.known_mail(&format!("{received}@example.org")).unwrap().unwrap();
    assert_eq!((theirs.email, theirs.direction), (received, Direction::Incoming));
    assert_eq!(theirs.record, Some(key("incident", "whole")));
    assert_eq!(view.known_mail("nobody@example.com").unwrap(), None);
    assert_eq!(view.same_mail("fingerprint").unwrap(), Some(received));
    assert_eq!(view.same_mail("another").unwrap(), None);

    // Addresses are one whatever their case; what was suppressed was never written.
    let mut seen = view.thread(&one(), "ANNA@Example.ORG").unwrap();
    seen.last.sort();
    assert_eq!(seen.last, ["answer@example.com", "direct.answer@example.com"]);
    assert_eq!(view.thread(&one(), "carol@example.org").unwrap().root, None);
    let written = view.thread(&key("incident", "whole"), "anna@EXAMPLE.org").unwrap();
    assert_eq!(written.root, Some(format!("{received}@example.org")));

    assert!(view.was_mailed(&one(), "Boris@example.org").unwrap());
    assert!(!view.was_mailed(&one(), "carol@example.org").unwrap());
    assert!(!view.was_mailed(&key("incident", "whole"), "boris@example.org").unwrap());
    let mails = |since| view.mails_since(&one(), "anna@example.org", at(since)).unwrap();
    assert_eq!((mails(5), mails(6)), (2, 0));
    let answers = |account| view.answers_since(id(account), "anna@example.org", at(5)).unwrap();
    assert_eq!((answers("sender"), answers("another")), (1, 0));

    assert_eq!(
        view.attachment_digests(&key("incident", "whole")).unwrap(),
        [attachment("whole", "whole").digest]
    );
    let deliveries = view.deliveries("answer@example.com").unwrap();
    let to: Vec<&str> = deliveries.iter().map(|delivery| delivery.address.as_str()).collect();
    assert_eq!(to, ["anna@example.org", "boris@example.org"]);
    assert_eq!((deliveries[0].state, deliveries[0].record.clone()), (DeliveryState::Ready, Some(one())));
    let comments = view.comments(&key("incident", "whole"), false, 10).unwrap();
    assert_eq!((comments.len(), comments[0].text.as_str()), (1, "a comment"));
    assert!(view.comments(&key("incident", "whole"), true, 0).unwrap().is_empty());
    assert!(view.table_counter("incident").unwrap() >= 3);
}

pub(crate) fn check_past(store: &Store) {
    let received = mails(store);
    let past = store.view_as_of(at(4)).unwrap();
    assert_eq!(past.known_mail(&format!("{received}@example.org")).unwrap(), None);
    assert_eq!(past.same_mail("fingerprint").unwrap(), None);
    assert!(!past.was_mailed(&one(), "anna@example.org").unwrap());
    assert_eq!(past.thread(&one(), "anna@example.org").unwrap().root, None);
    assert!(past.deliveries("answer@example.com").unwrap().is_empty());
    assert!(past.attachment_digests(&key("incident", "whole")).unwrap().is_empty());
    assert!(past.comments(&key("incident", "whole"), true, 10).unwrap().is_empty());
    assert_eq!(past.answers_since(id("sender"), "anna@example.org", at(0)).unwrap(), 0);
    assert_eq!(past.mails_since(&one(), "anna@example.org", at(0)).unwrap(), 0);
    let incidents = past.query(&Query::new("incident", Condition::always())).unwrap();
    assert_eq!(incidents.iter().map(|record| record.text("subject")).collect::<Vec<_>>(), ["one"]);
}

/// Mails number 1, 2, … of a record, written by Anna, each later than the one before.
fn written(store: &Store, record: &'static str, count: i64) {
    let write = store.write(move |tx| {
        tx.execute(
            "INSERT INTO email (id, direction, state, account, message_id, recipients, created_at, \
             sender_address, sender_folded, search_folded, \
             record_table, record_id, cause_kind, cause_id) \
             WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
             SELECT CAST(?2 AS TEXT) || i, 'incoming', 'processed', '', 'm' || i, '[]', i, 'anna@example.org', 'anna@example.org', '', \
             'incident', CAST(?3 AS TEXT), 'request', '' FROM n",
            &[count.into(), record.into(), id(record).into()],
        )
    });
    write.map_err(|error: rejoinder_store::DbError| error).unwrap();
}

pub(crate) fn check_thread(store: &Store) {
    let last = i64::try_from(THREAD_LAST).unwrap();
    for (record, count) in [("short", last), ("long", last + 1)] {
        written(store, record, count);
        let thread = store.view().unwrap().thread(&key("incident", record), "anna@example.org").unwrap();
        let expected: Vec<String> = (count - last + 1..=count).map(|number| format!("m{number}")).collect();
        assert_eq!((thread.root.as_deref(), thread.last), (Some("m1"), expected), "{record}");
    }
}
