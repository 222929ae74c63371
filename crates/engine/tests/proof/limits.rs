//! Limits of one decision: what fits, and what the first step beyond it does.

use std::fmt::Write as _;

use rejoinder_engine::events::Raise;
use rejoinder_engine::inbound::attachment::SIGNATURE_IMAGE_BYTES_MAX;
use rejoinder_engine::limits::{
    ACTIONS_PER_MAIL_MAX, ATTACHMENT_BYTES_MAX, COMMENT_CHARS_MAX, COPIED_ADDRESSES_MAX, COPIED_USERS_MAX,
    EVENT_DEPTH_MAX, QUERY_ROWS_MAX, SKIPPED_SAID_MAX,
};
use rejoinder_engine::notify;
use rejoinder_engine::plan::{Actor, Guard, Plan, RecordOp, Unit};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::Record;
use rejoinder_engine::request::Change;
use rejoinder_engine::trace::Step;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::Query;

use crate::support::loading::SHIPPED;
use crate::support::mailing::receive;
use crate::support::world::World;

fn mail(subject: &str, more: &str, text: &str) -> Vec<u8> {
    format!("From: anna@example.com\r\nSubject: {subject}\r\n{more}\r\n{text}\r\n").into_bytes()
}

/// A world with an incident of Anna's that numbers in subjects lead to.
fn with_incident() -> World {
    let mut world = World::new();
    world.write(
        "[email_account.\"Help desk\"]\nnumber_policy = \"accept\"\n[incident.INC0000001]\nsubject = \"Printer\"\ncaller = \"Anna Ivanova\"\n",
    );
    world
}

/// Lines of text of so many characters in all, line ends included.
fn lines_of(chars: usize) -> String {
    let mut text = "abcdefghi\n".repeat(chars / 10);
    text.push_str(&"x".repeat(chars % 10));
    text
}

#[test]
fn a_comment_ends_at_its_limit_and_says_so() {
    let comment = |chars: usize| {
        let text = lines_of(chars).trim_end().to_owned() + "x";
        let plan = receive(&mut with_incident(), mail("INC0000001", "", &text));
        plan.activities[0].text.clone()
    };
    assert_eq!(comment(COMMENT_CHARS_MAX).chars().count(), COMMENT_CHARS_MAX);
    let cut = comment(COMMENT_CHARS_MAX + 1);
    assert!(cut.ends_with("…\n[cut: the whole text is in the mail]"), "{}", &cut[cut.len() - 60..]);
    assert_eq!(cut.chars().take_while(|c| *c != '…').count(), COMMENT_CHARS_MAX);
}

/// How many follow the incident of a mail that was copied to `strangers` and then to `users`.
fn followers_of(strangers: usize, users: usize) -> usize {
    let mut world = World::new();
    let mut written = String::new();
    for n in 0..users {
        writeln!(written, "[user.\"User {n}\"]\nemail = \"user-{n}@example.com\"").unwrap();
    }
    world.write(&written);
    let strangers = (0..strangers).map(|n| format!("stranger-{n}@example.net"));
    let copied: Vec<String> = strangers.chain((0..users).map(|n| format!("user-{n}@example.com"))).collect();
    let plan =
        receive(&mut world, mail("Printer", &format!("Cc: {}\r\n", copied.join(",\r\n ")), "It blinks."));
    let followers = plan.records.iter().find_map(|operation| match operation {
        RecordOp::Insert { fields, .. } => fields.get("followers").map(|list| list.items().len()),
        _ => None,
    });
    followers.unwrap_or_default()
}

#[test]
fn only_so_many_copied_people_follow() {
    assert_eq!(followers_of(0, COPIED_USERS_MAX), COPIED_USERS_MAX);
    assert_eq!(followers_of(0, COPIED_USERS_MAX + 1), COPIED_USERS_MAX);
    assert_eq!(followers_of(COPIED_ADDRESSES_MAX - 1, 1), 1);
    assert_eq!(followers_of(COPIED_ADDRESSES_MAX, 1), 0);
}

fn with_file(media_type: &str, name: &str, bytes: usize, html: &str) -> Vec<u8> {
    let mut text = mail("Printer", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", "");
    let head = format!(
        "--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b\r\nContent-Type: {media_type}\r\nContent-ID: <p>\r\nContent-Transfer-Encoding: binary\r\nContent-Disposition: attachment; filename={name}\r\n\r\n"
    );
    text.extend(head.bytes());
    text.extend(std::iter::repeat_n(b'x', bytes));
    text.extend(b"\r\n--b--\r\n");
    text
}

fn left_out(plan: &Plan) -> Option<&str> {
    plan.attachments[0].left_out.as_ref().map(|why| why.code.as_str())
}

#[test]
fn a_file_ends_at_its_limit() {
    let file = |bytes| receive(&mut World::new(), with_file("text/csv", "a.csv", bytes, "Text."));
    assert_eq!(left_out(&file(ATTACHMENT_BYTES_MAX)), None);
    let large = file(ATTACHMENT_BYTES_MAX + 1);
    assert_eq!(left_out(&large), Some("too_large"));
    assert_eq!(large.attachments[0].record, None);
}

#[test]
fn a_picture_of_a_signature_is_small_and_shown() {
    let shown = "<img src=\"cid:p\">";
    let picture = |bytes, html| receive(&mut World::new(), with_file("image/png", "p.png", bytes, html));
    assert_eq!(left_out(&picture(SIGNATURE_IMAGE_BYTES_MAX - 1, shown)), Some("signature_image"));
    assert_eq!(left_out(&picture(SIGNATURE_IMAGE_BYTES_MAX, shown)), None);
    assert_eq!(left_out(&picture(SIGNATURE_IMAGE_BYTES_MAX - 1, "Text.")), None);
}

#[test]
fn actions_of_one_mail_end_at_their_number() {
    let mut world = World::new();
    let mut text = String::new();
    for place in 0..=ACTIONS_PER_MAIL_MAX {
        writeln!(
            text,
            "[inbound_action.\"Note {place:03}\"]\ntable = \"incident\"\norder = 105\ntarget = \"record\""
        )
        .unwrap();
        writeln!(text, "mapping = [{{ field = \"work_notes\", from = \"constant\", value = \"{place}\" }}]")
            .unwrap();
    }
    world.write(&text);
    let plan = receive(&mut world, mail("Printer", "", "Text."));
    let outcome = |wanted: &str| {
        let considered = plan.trace.steps.iter().filter_map(|step| match step {
            Step::Considered { outcome, because, .. } => Some((outcome.as_str(), because)),
            _ => None,
        });
        considered
            .filter(|(outcome, because)| {
                *outcome == wanted && because.as_ref().is_none_or(|why| why.code == "too_many")
            })
            .count()
    };
    assert_eq!(plan.activities.len(), ACTIONS_PER_MAIL_MAX - 1, "one of the hundred made the incident");
    assert_eq!(outcome("ran"), ACTIONS_PER_MAIL_MAX);
    assert!(outcome("skipped") >= 3, "two notes and the answer were too many");
}

#[test]
fn a_trace_names_so_many_actions_that_were_passed_over_and_counts_the_others() {
    let mut world = World::new();
    let mut text = String::new();
    for place in 0..2 * SKIPPED_SAID_MAX {
        let name = format!("For forwards {place:03}");
        writeln!(text, "[inbound_action.\"{name}\"]\ntable = \"incident\"\nmessage_type = \"forward\"")
            .unwrap();
    }
    let shipped = {
        let plan = receive(&mut World::new(), mail("Printer", "", "Text."));
        passed_over(&plan)
    };
    world.write(&text);
    let plan = receive(&mut world, mail("Printer", "", "Text."));
    assert_eq!(passed_over(&plan), SKIPPED_SAID_MAX);
    let more = 2 * SKIPPED_SAID_MAX + shipped - SKIPPED_SAID_MAX;
    assert!(
        plan.trace.tell().contains(&format!("{more} more actions were passed over")),
        "{}",
        plan.trace.tell()
    );
}

/// Actions of a trace that were skipped, their condition unasked.
fn passed_over(plan: &Plan) -> usize {
    let skipped =
        |step: &&Step| matches!(step, Step::Considered { outcome, reason: None, .. } if outcome == "skipped");
    plan.trace.steps.iter().filter(skipped).count()
}

#[test]
fn a_chain_of_events_ends_at_its_limit() {
    let mut world = with_incident();
    world.write("[event_register.\"incident.ordered\"]");
    let key = world.view.numbered("INC0000001").unwrap().key();
    let raise = Change::Raise { key, raise: Raise::named("incident.ordered") };
    world.request(Actor::system(), vec![raise]).unwrap();
    let event = world.events.pop().unwrap();
    let parked = |world: &mut World, depth: usize| {
        let event = notify::Event { chain: vec!["A".to_owned(); depth], ..event.clone() };
        let view = world.view.clone();
        let plan = world.decide(event.seed, &view, |context| notify::decide(context, &event).unwrap());
        let Unit::Event { parked, .. } = plan.unit else { panic!("no event") };
        parked.map(|why| why.code)
    };
    assert_eq!(parked(&mut world, EVENT_DEPTH_MAX - 1), None);
    assert_eq!(parked(&mut world, EVENT_DEPTH_MAX).as_deref(), Some("event_cycle"));
}

#[test]
fn a_query_of_the_limit_is_guarded_by_the_table() {
    let mut world = World::new();
    let name = |place: u32| ("name".to_owned(), Value::text(format!("Group {place}")));
    let insert =
        |place: u32| Change::Insert { table: "group".to_owned(), id: None, fields: [name(place)].into() };
    // One group is shipped.
    let changes = (2..QUERY_ROWS_MAX).map(insert).collect();
    world.request(Actor::system(), changes).unwrap();
    let guard = |world: &World| {
        let reads = Reads::new(&world.view, &SHIPPED.dictionary);
        let rows: Vec<Record> =
            reads.query(&Query::new("group", rejoinder_engine::condition::Condition::always())).unwrap();
        (rows.len(), reads.into_guards().remove(0))
    };
    let (rows, below) = guard(&world);
    assert!(rows + 1 == QUERY_ROWS_MAX as usize && matches!(below, Guard::Query { .. }));
    world.request(Actor::system(), vec![insert(QUERY_ROWS_MAX)]).unwrap();
    let (rows, at) = guard(&world);
    assert!(rows == QUERY_ROWS_MAX as usize && matches!(at, Guard::TableCounter { .. }));
}

#[test]
fn evidence_that_a_trace_names_is_bounded_and_the_mail_still_decided() {
    let mut world = with_incident();
    receive(&mut world, mail("INC0000001", "Message-ID: <one@mail.example.net>\r\n", "Text."));
    let unknown: Vec<String> = (0..190).map(|place| format!(" <unknown-{place}@mail.example.net>")).collect();
    let references = unknown.join("\r\n");
    let more = format!("References: <one@mail.example.net>\r\n{references}\r\n");
    let plan = receive(&mut world, mail("Re: Printer", &more, "More."));
    assert!(matches!(&plan.records[0], RecordOp::Update { .. }));
}
