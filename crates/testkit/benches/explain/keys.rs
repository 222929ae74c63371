//! What is asked about: ids, numbers and Message-IDs of mails, worked out from those of the real run.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Direction;
use rejoinder_engine::view::View as _;
use rejoinder_store::{EmailFilter, EmailRow, Page, Store};
use rejoinder_testkit::random::Random;

use super::copies::{beginning, copied_id, copied_message_id, copied_number};
use super::{PERSON, QUESTIONS, THREAD};

/// Pages of the newest mails among which those of the real run are.
const PAGES: usize = 12;

/// A name for people, where it is asked, and the keys; `{}` stands for one.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) keys: Vec<String>,
}

/// The mails of the real run.
fn real(store: &Store, direction: Direction) -> Vec<EmailRow> {
    let filter = EmailFilter { direction: Some(direction), ..EmailFilter::default() };
    let (begin, mut found, mut after) = (format!("{:06x}", beginning(store)), Vec::new(), None);
    for _ in 0..PAGES {
        let page = store.emails(&filter, &Page { after, limit: 100 }).unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.retain(|mail| mail.id.to_string().starts_with(&begin) && mail.record.is_some());
    assert!(found.len() > 400, "{} mails of the real run are found", found.len());
    found
}

/// Keys of each kind, from all copies.
pub(crate) fn of(store: &Store, copies: u64) -> Vec<Kind> {
    let random = &mut Random::new(5);
    let (begin, view) = (beginning(store), store.view().unwrap());
    let (came, went) = (real(store, Direction::Incoming), real(store, Direction::Outgoing));
    let number = |record: Id, copy| {
        let record = view.get("incident", record).unwrap().unwrap();
        copied_number(record.text("number"), copy)
    };
    let mut draw = |mails: &[EmailRow], key: &dyn Fn(&EmailRow, u64) -> String| -> Vec<String> {
        let one = |_| {
            let place = usize::try_from(random.below(mails.len() as u64)).unwrap();
            key(mails.get(place).unwrap(), random.below(copies + 1))
        };
        (0..QUESTIONS).map(one).collect()
    };
    let id = |mail: &EmailRow, copy| copied_id(&mail.id.to_string(), begin, copy);
    let record = |mail: &EmailRow, copy| number(mail.record.as_ref().unwrap().id, copy);
    let long = came.iter().filter(|mail| is_of_thread(mail)).cloned().collect::<Vec<_>>();
    let ordinary = came.iter().filter(|mail| !is_of_thread(mail)).cloned().collect::<Vec<_>>();
    let by_key = "/api/v1/explanations/{}";
    let kind = |name, path, keys| Kind { name, path, keys };
    vec![
        kind("a mail that came", "/api/v1/emails/{}/explanation", draw(&came, &id)),
        kind("a mail that went", "/api/v1/emails/{}/explanation", draw(&went, &id)),
        kind("a record by its number", by_key, draw(&ordinary, &record)),
        kind("a record with 80 mails", by_key, draw(&long, &record)),
        kind(
            "a mail by its Message-ID",
            by_key,
            draw(&ordinary, &|mail, copy| {
                copied_message_id(mail.message_id.as_deref().unwrap(), begin, copy)
            }),
        ),
        kind("an address", by_key, draw(&ordinary, &|mail, _| mail.from.clone().unwrap())),
        kind("a person who writes much", by_key, vec![PERSON.to_owned(); QUESTIONS / 10]),
        kind(
            "the mails of an address",
            "/api/v1/emails?address={}",
            draw(&ordinary, &|mail, _| mail.from.clone().unwrap()),
        ),
    ]
}

fn is_of_thread(mail: &EmailRow) -> bool {
    mail.subject.as_deref().is_some_and(|subject| subject.contains(&format!("Printer {THREAD} on")))
}
