//! Lists: filters, pages and what hangs on a mail.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;
mod plans;

use common::{both, explain};

use plans::{activity, arrival, claim, define, id, incoming, key, outgoing, request, settling, why};
use rejoinder_engine::plan::{ActivityKind, Direction, EmailState};
use rejoinder_store::replay;
use rejoinder_store::{EmailFilter, PAGE_ROWS_MAX, Page, SEARCH_TEXT_CHARS, Store};

fn mails(store: &Store, count: usize) {
    for k in 0..count {
        // Three to each moment: the cursor must tell apart mails of one moment.
        let mut plan = request(&format!("mail {k}"), i64::try_from(k / 3).unwrap());
        plan.outgoing = vec![outgoing(&format!("mail {k}"), "sender", &[&format!("Person{k}@Example.org")])];
        store.apply(&plan).unwrap();
    }
}

fn subjects(store: &Store, filter: &EmailFilter) -> Vec<String> {
    let listed = store.emails(filter, &Page::default()).unwrap();
    listed.items.into_iter().filter_map(|mail| mail.subject).collect()
}

both! {
    fn pages_show_every_row_once(store) {
        define(store);
        mails(store, 11);
        let (mut page, mut seen) = (Page { after: None, limit: 4 }, Vec::new());
        loop {
            let listed = store.emails(&EmailFilter::default(), &page).unwrap();
            seen.extend(listed.items.iter().map(|mail| (mail.created_at, mail.id)));
            let Some(next) = listed.next else { break };
            assert_eq!(listed.items.len(), 4);
            page.after = Some(next);
            mails_between(store, seen.len());
        }
        assert_eq!(seen.len(), 11, "mails that came in meanwhile are on no later page");
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
    }

    fn rows_of_queues_are_paged_by_their_place(store) {
        for k in 0..5 {
            store.accept(arrival(&format!("mail {k}"), 0, &[])).unwrap();
        }
        let first = store.arrivals(None, &Page { after: None, limit: 3 }).unwrap();
        let second = store.arrivals(None, &Page { after: first.next, limit: 3 }).unwrap();
        assert_eq!(first.items.iter().map(|one| one.seq).collect::<Vec<_>>(), [5, 4, 3]);
        assert_eq!(second.items.iter().map(|one| one.seq).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(second.next, None);
        let strange = Page { after: Some("no cursor".to_owned()), limit: 0 };
        assert_eq!(store.arrivals(None, &strange).unwrap().items.len(), 1, "at least one row, from the beginning");
    }

    fn a_page_ends_at_its_limit(store) {
        define(store);
        let mut plan = request("activities", 0);
        plan.activities = (0..=PAGE_ROWS_MAX).map(|k| activity(&format!("{k}"), "one")).collect();
        store.apply(&plan).unwrap();
        let listed = store.activities(id("one"), true, &Page { after: None, limit: u32::MAX }).unwrap();
        assert_eq!(listed.items.len(), PAGE_ROWS_MAX as usize);
        assert!(listed.next.is_some());
    }

    fn mails_are_found_by_what_people_know_of_them(store) {
        define(store);
        mails(store, 3);
        store.accept(arrival("mail", 0, &[])).unwrap();
        let claimed = store.claim_arrivals(&claim(0, "worker")).unwrap().pop().unwrap();
        let mut plan = settling(&claimed);
        let mut mail = incoming(&plan, None);
        mail.record = Some(key("incident", "two"));
        plan.incoming = Some(mail);
        store.apply(&plan).unwrap();

        let text = |text: &str| EmailFilter { text: Some(text.to_owned()), ..EmailFilter::default() };
        assert_eq!(subjects(store, &text("ПРИНТЕР")), ["Принтер не печатает"]);
        assert_eq!(subjects(store, &text("about MAIL 1")), ["About mail 1"]);
        assert!(subjects(store, &text("100%")).is_empty());
        let to = EmailFilter { address: Some("person2@EXAMPLE.org".to_owned()), ..EmailFilter::default() };
        assert_eq!(subjects(store, &to), ["About mail 2"]);
        let from = EmailFilter { address: Some("anna@example.ORG".to_owned()), ..EmailFilter::default() };
        assert_eq!(subjects(store, &from), ["Принтер не печатает"]);
        let on = EmailFilter { record: Some(id("two")), ..EmailFilter::default() };
        assert_eq!(subjects(store, &on), ["Принтер не печатает"]);
        let open = EmailFilter {
            direction: Some(Direction::Outgoing),
            state: Some(EmailState::InProcess),
            rule: Some("a rule".to_owned()),
            ..EmailFilter::default()
        };
        assert_eq!(subjects(store, &open).len(), 3);
    }

    fn the_mails_of_an_address_are_found_by_indexes(store) {
        define(store);
        mails(store, 3);
        replay::record_reads();
        let filter = EmailFilter { address: Some("person2@example.org".to_owned()), ..EmailFilter::default() };
        assert_eq!(subjects(store, &filter), ["About mail 2"]);
        let asked = replay::recorded_reads().into_iter().find(|one| one.sql.contains("sender_folded"));
        let way = explain(store, &asked.unwrap());
        for index in ["email_sender", "delivery_address"] {
            assert!(way.contains(index), "{index}: {way}");
        }
        assert!(!way.contains("SCAN e") && !way.contains("Seq Scan"), "{way}");
        let newest = store.newest_of_address("PERSON2@example.org", 2).unwrap();
        let [mail] = newest.as_slice() else { panic!("{}", newest.len()) };
        assert_eq!(mail.row.subject.as_deref(), Some("About mail 2"));
    }

    fn the_beginning_of_a_text_is_searched(store) {
        define(store);
        let mut plan = request("long", 0);
        let mut mail = outgoing("long", "sender", &["a@example.org"]);
        mail.text = format!("{}inside outside", " ".repeat(SEARCH_TEXT_CHARS - "inside".len()));
        plan.outgoing = vec![mail];
        store.apply(&plan).unwrap();
        let found = |text: &str| {
            subjects(store, &EmailFilter { text: Some(text.to_owned()), ..EmailFilter::default() }).len()
        };
        assert_eq!((found("inside"), found("outside")), (1, 0));
    }

    fn work_notes_are_for_agents(store) {
        define(store);
        let mut plan = request("activities", 0);
        let mut note = activity("note", "one");
        note.kind = ActivityKind::WorkNote;
        plan.activities = vec![activity("comment", "one"), note];
        store.apply(&plan).unwrap();
        let seen = |internal| store.activities(id("one"), internal, &Page::default()).unwrap().items.len();
        assert_eq!((seen(false), seen(true)), (1, 2));
    }

    fn health_counts_what_waits(store) {
        define(store);
        mails(store, 2);
        store.accept(arrival("a", 7, &[])).unwrap();
        store.accept(arrival("b", 8, &[])).unwrap();
        let one = store.claim_arrivals(&rejoinder_store::Claim { limit: 1, ..claim(9, "w") }).unwrap().pop().unwrap();
        store.fail_arrival((one.seq, one.epoch), &why("x"), None, plans::at(9)).unwrap();
        let counts: Vec<_> = store.queue_counts().unwrap().into_iter().map(|one| (one.queue, one.state, one.count)).collect();
        let expected = [("arrival", "failed", 1), ("arrival", "ready", 1), ("delivery", "ready", 2)];
        assert_eq!(counts, expected.map(|(queue, state, rows)| (queue, state.to_owned(), rows)));
    }
}

fn mails_between(store: &Store, k: usize) {
    let mut plan = request(&format!("newer {k}"), 1_000);
    plan.outgoing = vec![outgoing(&format!("newer {k}"), "sender", &["new@example.org"])];
    store.apply(&plan).unwrap();
}
