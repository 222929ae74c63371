//! The names that templates of an action use: the mail, its sender, its record, and what look-ups find.

use std::collections::BTreeMap;

use rejoinder_mail::Address;

use super::mapping::MAPPED_CHARS_MAX;
use super::original::{self, OriginalSender};
use super::rights::of_sender;
use super::{Found, Work, lead};
use crate::condition::Step;
use crate::condition::source::resolve_path;
use crate::config::Action;
use crate::display::{Reader, display_path};
use crate::names::{RecordNames, link};
use crate::reads::Reads;
use crate::record::{Record, RecordKey};
use crate::render::Names;
use crate::template::{LookUp, Search};
use crate::view::ViewError;

/// The names of the occasion; they win over fields of the record.
pub(crate) const OWN: [&str; 18] = [
    "mail",
    "mail.subject",
    "mail.from",
    "mail.text",
    "mail.first_line",
    "mail.authenticity",
    "mail.bounced",
    "original",
    "original.name",
    "original.email",
    "original.guest",
    "original.text",
    "language",
    "sender",
    "sender.name",
    "sender.email",
    "guest.email",
    "link",
];
/// What fields of the sender's user begin with.
pub(crate) const SENDER: &str = "sender.";

/// The names for one template.
pub struct MailNames<'b> {
    own: BTreeMap<&'static str, String>,
    reader: Reader,
    record: Option<Record>,
    sender: Option<Record>,
    reads: &'b Reads<'b>,
    search: Option<Search<'b>>,
}

impl<'b> MailNames<'b> {
    /// Names for a template of the action.
    pub fn new(work: &'b Work<'_>, found: &Found, (action, target): (&Action, Option<&RecordKey>)) -> Self {
        let key = target.or(found.matched.record.as_ref()).or(found.matched.related.as_ref());
        let record = key.and_then(|key| work.draft.reads.get(&key.table, key.id).ok().flatten());
        let uri = work.context.config.settings.instance_uri();
        let mail = &work.facts.mail;
        // Only who may and can be written to: programs, lists, forged senders and bare names (`root`) are nobody's
        // contact.
        let guest = found.sender.user.is_none()
            && found.do_not_answer.is_none()
            && Address::new(found.sender.address.clone()).is_valid();
        let guest = if guest { found.sender.address.clone() } else { String::new() };
        let reader = found.sender.reader();
        let original = original::sender(work).ok().flatten();
        let of_original = |text: fn(&OriginalSender) -> &str| original.as_ref().map_or("", text).to_owned();
        let own = [
            mail.subject.clone(),
            work.facts.signs.core_subject.clone(),
            found.sender.address.clone(),
            work.body(action.body).to_owned(),
            lead::first_line(&work.facts.new_text),
            found.sender.authenticity.word().to_owned(),
            bounced(work),
            of_original(|one| &one.name),
            of_original(|one| &one.name),
            of_original(|one| &one.address),
            of_original(OriginalSender::guest),
            attached_text(work),
            reader.language.clone(),
            found.sender.name.clone(),
            found.sender.name.clone(),
            found.sender.address.clone(),
            guest,
            record.as_ref().map(|record| link(uri, record)).unwrap_or_default(),
        ];
        let sender = found.sender.user.clone();
        let reads = shorten_lifetime(&work.draft.reads);
        Self { own: OWN.into_iter().zip(own).collect(), reader, record, sender, reads, search: None }
    }

    /// The same with look-ups, as whoever has the address `to` may read them.
    pub fn with_look_ups(
        work: &'b Work<'_>,
        found: &Found,
        about: (&Action, Option<&RecordKey>),
        (look_ups, to): (&'b [LookUp], &Address),
    ) -> Result<Self, ViewError> {
        let names = Self::new(work, found, about);
        // Somebody who is not proven to be the sender reads nothing where the answer goes to another address.
        let elsewhere = found.sender.restricted && to.normalized() != found.sender.address;
        let rights = if elsewhere { None } else { of_sender(work, found)? };
        let user = names.sender.as_ref().map(|user| user.id);
        let place = (names.reads, work.context);
        let search = Search::new(place, names.reader.clone(), (rights, user), look_ups);
        Ok(Self { search: Some(search), ..names })
    }
}

/// As much of the text of an attached mail as one mapped value takes.
fn attached_text(work: &Work<'_>) -> String {
    let original = work.facts.original.as_ref();
    let text = original.and_then(|original| original.attached_text.as_deref()).unwrap_or_default();
    text.trim().chars().take(MAPPED_CHARS_MAX).collect()
}

/// The addresses that a report says were not reached, one a line with the reason.
fn bounced(work: &Work<'_>) -> String {
    let lines = work.bounced.iter().map(|(address, why)| format!("{address}: {why}"));
    lines.collect::<Vec<_>>().join(
        "
",
    )
}

/// Reads are only read here, for less time than they live.
fn shorten_lifetime<'b>(reads: &'b Reads<'_>) -> &'b Reads<'b> {
    reads
}

impl MailNames<'_> {
    /// The way to a field of the sender's user, where there is such a field.
    fn of_sender(&self, name: &str) -> Option<Vec<Step>> {
        let info = self.reads.dictionary.table("user")?;
        resolve_path(self.reads.dictionary, info, name.strip_prefix(SENDER)?).ok()
    }
}

impl Names for MailNames<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        if let Some(text) = self.own.get(name) {
            return Ok(Some(text.clone()));
        }
        if let Some(steps) = self.of_sender(name) {
            let Some(user) = &self.sender else { return Ok(Some(String::new())) };
            let text = display_path(self.reads, &self.reader, user, &steps);
            return text.map(Some).map_err(|error| error.to_string());
        }
        let (reads, reader, record) = (self.reads, &self.reader, self.record.as_ref());
        RecordNames { reads, reader, record, extra: BTreeMap::new() }.text(name)
    }

    fn found(&self, look_up: &str) -> Result<Option<usize>, String> {
        self.search.as_ref().map_or(Ok(None), |search| search.count(look_up, &Values(self)))
    }

    fn of_found(&self, look_up: &str, place: usize, path: &str) -> Result<Option<String>, String> {
        self.search.as_ref().map_or(Ok(None), |search| search.text(look_up, place, path))
    }
}

/// The same names in a condition, where a reference is an id and a choice its stored word, and not what people read.
struct Values<'a, 'b>(&'a MailNames<'b>);

impl Values<'_, '_> {
    fn stored(&self, record: Option<&Record>, steps: &[Step]) -> Result<Option<String>, String> {
        let names = self.0;
        let Some(record) = record else { return Ok(Some(String::new())) };
        // What the reader may not read narrows nothing, so that nothing can be told from what is found.
        let shown =
            display_path(names.reads, &names.reader, record, steps).map_err(|error| error.to_string())?;
        if shown.is_empty() {
            return Ok(Some(String::new()));
        }
        let value = names.reads.walk_path(record, steps).map_err(|error| error.to_string())?;
        Ok(Some(value.plain()))
    }
}

impl Names for Values<'_, '_> {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let names = self.0;
        match name {
            "sender" => {
                return Ok(Some(names.sender.as_ref().map(|user| user.id.to_string()).unwrap_or_default()));
            }
            "record" => {
                return Ok(Some(names.record.as_ref().map(|one| one.id.to_string()).unwrap_or_default()));
            }
            _ if names.own.contains_key(name) => return names.text(name),
            _ => {}
        }
        if let Some(steps) = names.of_sender(name) {
            return self.stored(names.sender.as_ref(), &steps);
        }
        let path = name.strip_prefix("record.").unwrap_or(name);
        let record = names.record.as_ref();
        let info = record.and_then(|record| names.reads.dictionary.table(&record.table));
        let steps = info.and_then(|info| resolve_path(names.reads.dictionary, info, path).ok());
        steps.map_or(Ok(None), |steps| self.stored(record, &steps))
    }
}
