//! Feeds: activities, changes and mails merged by time, page by page, also of one moment.

use rejoinder_engine::plan::{ActivityKind, RecordOp};
use rejoinder_engine::record::Fields;
use rejoinder_engine::value::Value;
use rejoinder_store::{FeedItem, Page, Store, StoreError};

use crate::common::{Backend, on_postgres, on_sqlite};
use crate::plans::{activity, define, id, key, outgoing, request};

/// One line for each entry.
fn line(item: &FeedItem) -> String {
    match item {
        FeedItem::Activity(row) => format!("{} activity {}", row.at.micros(), row.text),
        FeedItem::Change(row) => format!("{} change {}", row.at.micros(), row.sequence),
        FeedItem::Mail(row) => format!("{} mail {}", row.created_at.micros(), row.id),
    }
}

/// Entries of all kinds, many of one moment, and some of another record.
fn fill(store: &Store) -> usize {
    define(store);
    let mut entries = 0;
    for round in 0..8_i64 {
        for (record, counted) in [("one", true), ("other", false)] {
            // Two plans to each moment, and moments that go back: what is decided later may be older.
            let mut plan = request(
                &format!("{record} {round}"),
                [4, 4, 2, 2, 9, 9, 1, 1][usize::try_from(round).unwrap()],
            );
            plan.records = vec![if round == 0 {
                RecordOp::Insert { key: key("incident", record), fields: Fields::new() }
            } else {
                RecordOp::Update {
                    key: key("incident", record),
                    version: round,
                    old: Fields::new(),
                    new: [("weight".to_owned(), Value::Int(round))].into(),
                }
            }];
            plan.activities = (0..3).map(|k| activity(&format!("{record} {round} {k}"), record)).collect();
            plan.outgoing = (0..2)
                .map(|k| {
                    let mut mail = outgoing(&format!("{record} {round} {k}"), "sender", &["a@example.org"]);
                    mail.record = Some(key("incident", record));
                    mail
                })
                .collect();
            entries += if counted { 1 + 3 + 2 } else { 0 };
            store.apply(&plan).unwrap();
        }
    }
    entries
}

fn check(store: &Backend) {
    let entries = fill(store);
    let whole: Vec<String> = store
        .feed(id("one"), true, &Page { after: None, limit: 200 })
        .unwrap()
        .items
        .iter()
        .map(line)
        .collect();
    assert_eq!(whole.len(), entries, "everything of the record, and nothing of the other");
    let moments: Vec<i64> =
        whole.iter().map(|line| line.split_once(' ').unwrap().0.parse().unwrap()).collect();
    assert!(moments.windows(2).all(|pair| pair[0] >= pair[1]), "newest first");
    for limit in [1, 2, 3, 5, 7] {
        let (mut page, mut seen) = (Page { after: None, limit }, Vec::new());
        loop {
            let listed = store.feed(id("one"), true, &page).unwrap();
            seen.extend(listed.items.iter().map(line));
            let Some(next) = listed.next else { break };
            assert_eq!(listed.items.len(), limit as usize);
            page.after = Some(next);
            let mut newer = request(&format!("newer {limit} {}", seen.len()), 1_000);
            newer.activities = vec![activity(&format!("newer {limit} {}", seen.len()), "one")];
            store.apply(&newer).unwrap();
        }
        // What came in meanwhile is newer than everything: it was before the first page.
        let older: Vec<&String> = seen.iter().filter(|line| whole.contains(line)).collect();
        assert_eq!(older, whole.iter().collect::<Vec<_>>(), "pages of {limit}");
    }
}

#[test]
fn pages_of_a_feed_lose_nothing_of_one_moment_sqlite() {
    on_sqlite(check);
}

#[test]
fn pages_of_a_feed_lose_nothing_of_one_moment_postgres() {
    on_postgres(check);
}

fn check_bounds(store: &Backend) {
    fill(store);
    let mut notes = request("notes", 3);
    let mut note = activity("note", "one");
    note.kind = ActivityKind::WorkNote;
    notes.activities = vec![note];
    store.apply(&notes).unwrap();
    let page = Page { after: None, limit: 200 };
    let seen = |internal| store.feed(id("one"), internal, &page).unwrap().items.len();
    assert_eq!(seen(true), seen(false) + 1, "work notes are for agents");
    let first = store.feed(id("one"), true, &Page { after: None, limit: 2 }).unwrap().next;
    let other = Page { after: first, limit: 2 };
    for (record, internal) in [("other", true), ("one", false)] {
        assert!(matches!(store.feed(id(record), internal, &other), Err(StoreError::BadCursor)));
    }
    let broken = Page { after: Some("2026-11-30T00:00:00Z".to_owned()), limit: 2 };
    assert!(matches!(store.feed(id("one"), true, &broken), Err(StoreError::BadCursor)));
}

#[test]
fn a_feed_shows_notes_to_agents_and_takes_its_own_cursors_only_sqlite() {
    on_sqlite(check_bounds);
}

#[test]
fn a_feed_shows_notes_to_agents_and_takes_its_own_cursors_only_postgres() {
    on_postgres(check_bounds);
}
