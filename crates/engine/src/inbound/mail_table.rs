//! The table that conditions of inbound actions ask: the mail, its sender, and its record as fields.

use std::collections::BTreeMap;

use rejoinder_mail::Address;

use super::participant::{is_caller, is_participant, reaches_caller};
use super::{Found, Work, copied, lead, original};
use crate::condition::eval::Subject;
use crate::condition::{Clause, Hierarchy, Related, Step};
use crate::dictionary::{Dictionary, Field, Table, TableInfo};
use crate::display::is_agent;
use crate::id::Id;
use crate::plan::Class;
use crate::record::{Record, RecordKey};
use crate::value::{Kind, Value};
use crate::view::ViewError;

/// The fields of the mail itself: name, kind, and the table of references.
const FIELDS: [(&str, Kind, Option<&str>); 31] = [
    ("subject", Kind::String, None),
    ("core_subject", Kind::String, None),
    ("text", Kind::Text, None),
    ("new_text", Kind::Text, None),
    ("first_line", Kind::String, None),
    ("first_word", Kind::String, None),
    ("subject_word", Kind::String, None),
    ("from", Kind::Email, None),
    ("from_domain", Kind::String, None),
    ("to", Kind::TextList, None),
    ("cc", Kind::TextList, None),
    ("copied_users", Kind::ReferenceList, Some("user")),
    ("account", Kind::String, None),
    ("message_type", Kind::String, None),
    ("authenticity", Kind::String, None),
    ("protection", Kind::String, None),
    ("evidence", Kind::String, None),
    ("known_sender", Kind::Boolean, None),
    ("has_attachments", Kind::Boolean, None),
    ("sender_is_caller", Kind::Boolean, None),
    ("sender_is_participant", Kind::Boolean, None),
    ("do_not_answer", Kind::Boolean, None),
    ("record_is_new", Kind::Boolean, None),
    ("sender", Kind::Reference, Some("user")),
    ("sender_is_agent", Kind::Boolean, None),
    ("sender_is_trusted", Kind::Boolean, None),
    ("original_sender", Kind::Reference, Some("user")),
    ("original_from", Kind::Email, None),
    ("bounced", Kind::TextList, None),
    ("caller_bounced", Kind::Boolean, None),
    ("language", Kind::String, None),
];

/// The mail as a table, for an action on `table`; an error sentence where that table does not exist.
pub fn mail_table(dictionary: &Dictionary, table: &str) -> Result<TableInfo, String> {
    if dictionary.table(table).is_none() {
        return Err(format!("there is no table `{table}`"));
    }
    let own = FIELDS.iter().map(|(name, kind, target)| field(name, *kind, *target));
    let records = ["record", "related"].into_iter().map(|name| field(name, Kind::Reference, Some(table)));
    let fields: BTreeMap<String, Field> =
        own.chain(records).map(|field| (field.name.clone(), field)).collect();
    let definition: Table = Table {
        name: "mail".to_owned(),
        label: BTreeMap::new(),
        extends: None,
        number_prefix: None,
        display: "subject".to_owned(),
        configuration: false,
        audited: false,
        events: false,
        fields: fields.values().cloned().collect(),
    };
    Ok(TableInfo { root: "mail".to_owned(), numbered_by: None, table: definition, fields })
}

/// A field of a table that is not in the dictionary.
pub fn field(name: &str, kind: Kind, table: Option<&str>) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        label: BTreeMap::new(),
        table: table.map(str::to_owned),
        choices: Vec::new(),
        mandatory: false,
        unique: false,
        read_only: true,
        secret: false,
        encrypted: false,
        agents_only: false,
        indexed: false,
        default: None,
        max_length: None,
    }
}

/// The message type that actions ask for.
pub const fn message_type(class: Class) -> &'static str {
    match class {
        Class::Reply => "reply",
        Class::Forward => "forward",
        Class::New => "new",
        other => other.word(),
    }
}

/// The mail as the subject of a condition.
pub struct MailSubject<'a, 'b> {
    /// What the stages work on.
    pub work: &'b Work<'a>,
    /// What they found.
    pub found: &'b Found,
}

impl MailSubject<'_, '_> {
    fn record(&self, key: Option<&RecordKey>) -> Result<Option<Record>, ViewError> {
        key.map(|key| self.work.draft.reads.get(&key.table, key.id)).transpose().map(Option::flatten)
    }

    /// The record that sender conditions speak of: the mail's own, else the one it mentions.
    fn about(&self) -> Result<Option<Record>, ViewError> {
        let matched = &self.found.matched;
        self.record(matched.record.as_ref().or(matched.related.as_ref()))
    }

    fn own(&self, name: &str) -> Result<Value, ViewError> {
        let (facts, sender) = (&self.work.facts, &self.found.sender);
        let text = |text: &str| Value::text(text);
        Ok(match name {
            "subject" => text(&facts.mail.subject),
            "core_subject" => text(&facts.signs.core_subject),
            "text" => text(&facts.mail.text),
            "new_text" => text(&facts.new_text),
            "first_line" => text(&lead::first_line(&facts.new_text)),
            "first_word" => text(&lead::word(&lead::first_line(&facts.new_text))),
            "subject_word" => {
                let dictionary = &self.work.context.config.dictionary;
                text(&lead::subject_word(dictionary, &facts.signs.core_subject))
            }
            "from" => text(&sender.address),
            "from_domain" => {
                text(sender.address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default())
            }
            "to" => Value::list(recipients(self.work)),
            "cc" => Value::list(normalized(&facts.mail.cc)),
            "copied_users" => {
                let users = copied::users(self.work, self.found)?;
                Value::list(users.iter().map(ToString::to_string).collect())
            }
            "account" => text(&self.work.account.name),
            "message_type" => text(message_type(self.found.class)),
            "authenticity" => text(sender.authenticity.word()),
            "protection" => text(facts.mail.protection.code()),
            "evidence" => text(self.found.matched.by.unwrap_or_default()),
            "sender_is_agent" => Value::Bool(sender.user.as_ref().is_some_and(is_agent)),
            "sender_is_trusted" => Value::Bool(sender.is_trusted()),
            "original_from" => {
                text(&original::sender(self.work)?.map(|original| original.address).unwrap_or_default())
            }
            "bounced" => Value::list(self.work.bounced.iter().map(|(address, _)| address.clone()).collect()),
            "caller_bounced" => Value::Bool(self.caller_bounced()?),
            "language" => text(&sender.reader().language),
            "known_sender" => Value::Bool(sender.user.is_some()),
            "has_attachments" => Value::Bool(!facts.mail.attachments.is_empty()),
            "do_not_answer" => Value::Bool(self.found.do_not_answer.is_some()),
            "record_is_new" => Value::Bool(
                self.found.matched.record.as_ref().is_some_and(|key| self.work.created.contains(key)),
            ),
            "sender_is_caller" => Value::Bool(self.about()?.is_some_and(|record| is_caller(&record, sender))),
            "sender_is_participant" => {
                let record = self.about()?;
                let takes_part = |record| is_participant(&self.work.draft.reads, &record, sender);
                Value::Bool(record.map(takes_part).transpose()?.unwrap_or(false))
            }
            _ => Value::Null,
        })
    }

    fn caller_bounced(&self) -> Result<bool, ViewError> {
        let Some(record) = self.about()? else { return Ok(false) };
        for (address, _) in &self.work.bounced {
            if reaches_caller(&self.work.draft.reads, &record, address)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn start(&self, step: &Step) -> Result<Option<Record>, ViewError> {
        match step.field.as_str() {
            "sender" => Ok(self.found.sender.user.clone()),
            "original_sender" => Ok(original::sender(self.work)?.and_then(|original| original.user)),
            "record" => self.record(self.found.matched.record.as_ref()),
            "related" => self.record(self.found.matched.related.as_ref()),
            _ => Ok(None),
        }
    }

    fn look(&self, clause: &Clause) -> Result<Value, ViewError> {
        let Some((first, rest)) = clause.path.split_first() else { return Ok(Value::Null) };
        if first.kind != Kind::Reference {
            return self.own(&first.field);
        }
        let Some(record) = self.start(first)? else { return Ok(Value::Null) };
        // An action on one table does not see the fields of a record of another.
        let fits = first
            .table
            .as_deref()
            .is_some_and(|table| self.work.context.config.dictionary.is_a(&record.table, table));
        if !fits {
            return Ok(Value::Null);
        }
        if rest.is_empty() {
            return Ok(Value::Ref(record.id));
        }
        self.work.draft.reads.walk_path(&record, rest)
    }
}

impl Subject for MailSubject<'_, '_> {
    fn value(&self, clause: &Clause) -> Result<Value, String> {
        self.look(clause).map_err(|error| error.to_string())
    }

    fn old_value(&self, _: &Clause) -> Result<Option<Value>, String> {
        Err("a mail has no value before: ask `is` instead of `changes`".to_owned())
    }

    fn count(&self, related: &Related, id: Id, limit: u32) -> Result<u32, String> {
        self.work.draft.reads.count(related, id, limit).map_err(|error| error.to_string())
    }

    fn above(&self, hierarchy: &Hierarchy, id: Id) -> Result<Option<Id>, String> {
        self.work.draft.reads.above(hierarchy, id).map_err(|error| error.to_string())
    }
}

/// The addresses in To and Cc, in their normal form.
pub fn recipients(work: &Work<'_>) -> Vec<String> {
    let mail = &work.facts.mail;
    let mut all = normalized(&mail.to);
    all.extend(normalized(&mail.cc));
    all
}

fn normalized(addresses: &[Address]) -> Vec<String> {
    addresses.iter().map(Address::normalized).collect()
}
