//! Files that somebody puts on a record or takes off. Those of a mail come another way (`inbound::attachment`).

use super::{ChangeError, Draft, Forbidden};
use crate::access::Operation;
use crate::file::{NewFile, TakenOff};
use crate::id::Id;
use crate::limits::FILES_PER_RECORD_MAX;
use crate::plan::{ActivityKind, NewAttachment, Why};
use crate::record::RecordKey;

impl Draft<'_> {
    /// Plans a file for a record.
    pub fn attach(&mut self, key: &RecordKey, file: &NewFile) -> Result<(), ChangeError> {
        let key = self.changeable(key)?;
        let name = crate::file::plain_name(&file.name);
        let refuse = |why: Why| Err(ChangeError::File { name: name.clone(), why });
        if let Some(why) = crate::file::refused(&name, file.bytes.len()) {
            return refuse(why);
        }
        let digest = crate::file::digest(&file.bytes);
        let known = self.context.view.attachment_digests(&key)?;
        let planned = self.state.files.iter().filter(|one| one.record.as_ref() == Some(&key));
        if known.contains(&digest) || planned.clone().any(|one| one.digest == digest) {
            return refuse(Why::new("repeated", "the record already has this file"));
        }
        if known.len() + planned.count() >= FILES_PER_RECORD_MAX {
            let text = format!("a record has at most {FILES_PER_RECORD_MAX} files: take one off first");
            return refuse(Why::new("too_many", text));
        }
        let place = self.state.files.len();
        self.state.files.push(NewAttachment {
            id: self.context.seed.id(&format!("file:{place}"), self.context.now),
            record: Some(key.clone()),
            email: None,
            file_name: name.clone(),
            media_type: file.media_type.clone(),
            content_id: None,
            digest,
            bytes: file.bytes.clone(),
            left_out: None,
        });
        self.activity(&key, ActivityKind::FileAdded, &name, None);
        Ok(())
    }

    /// Plans that a file is no longer on a record. Those who do not work on records take off what they brought.
    pub fn take_off(
        &mut self,
        key: &RecordKey,
        attachment: Id,
        name: &str,
        brought_by: Option<Id>,
    ) -> Result<(), ChangeError> {
        let key = self.changeable(key)?;
        let person = self.rights.limited().filter(|person| !person.is_agent());
        if person.is_some_and(|person| brought_by.is_none() || person.occasion.user != brought_by) {
            let (table, operation) = (key.table, Operation::Delete);
            let field = Some("attachment".to_owned());
            return Err(ChangeError::Forbidden(Forbidden { table, field, operation }));
        }
        let why = Why::new("taken_off", format!("{} took it off the record", self.actor.label));
        self.state.taken_off.push(TakenOff { attachment, record: key.clone(), why });
        self.activity(&key, ActivityKind::FileRemoved, name, None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::context::{Context, NextNumber};
    use crate::dictionary::{Dictionary, Table};
    use crate::id::Seed;
    use crate::plan::{Actor, Plan};
    use crate::record::Record;
    use crate::request::{Change, Request, decide};
    use crate::time::Timestamp;
    use crate::token::Keys;
    use crate::view::one::One;

    fn attach(view: &One, key: &RecordKey, names: &[&str]) -> Result<Plan, ChangeError> {
        let table: Table = toml::from_str("name='user'\ndisplay='created_at'\nfields=[]").unwrap();
        let dictionary = Dictionary::new(vec![table]).unwrap();
        let config = Config::new(1, dictionary.into(), &[], Keys(Vec::new()));
        let (now, seed) = (Timestamp::from_micros(5), Seed::new([9; 32]));
        let context = Context { config: &config, view, now, seed, numbers: &NextNumber };
        let file = |name: &&str| {
            let (media_type, bytes) = ("text/plain".to_owned(), name.as_bytes().to_vec());
            NewFile { name: (*name).to_owned(), media_type, bytes }
        };
        let changes =
            names.iter().map(|name| Change::Attach { key: key.clone(), file: file(name) }).collect();
        let rights = crate::access::Rights::Program;
        let request = Request { id: seed.id("request", now), actor: Actor::system(), rights, changes };
        decide(context, &request).map(|(plan, _)| plan)
    }

    fn record() -> Record {
        let id = Seed::new([1; 32]).id("x", Timestamp::from_micros(1));
        Record { table: "user".to_owned(), id, version: 1, fields: std::collections::BTreeMap::new() }
    }

    fn code(refused: Result<Plan, ChangeError>) -> String {
        match refused.unwrap_err() {
            ChangeError::File { why, .. } => why.code,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_file_goes_to_the_record_with_an_entry_in_its_feed() {
        let record = record();
        let plan = attach(&One::of(record.clone()), &record.key(), &["a/notes.txt", "other.txt"]).unwrap();
        let names: Vec<&str> = plan.attachments.iter().map(|file| file.file_name.as_str()).collect();
        assert_eq!(names, ["notes.txt", "other.txt"]);
        assert_ne!(plan.attachments[0].id, plan.attachments[1].id);
        assert_eq!(plan.activities.len(), 2);
        assert_eq!(
            (plan.activities[0].kind, plan.activities[0].text.as_str()),
            (ActivityKind::FileAdded, "notes.txt")
        );
    }

    #[test]
    fn a_file_that_the_record_has_is_refused_and_one_that_can_do_harm_and_one_too_many() {
        let record = record();
        let mut view = One::of(record.clone());
        assert_eq!(code(attach(&view, &record.key(), &["a.txt", "a.txt"])), "repeated");
        assert_eq!(code(attach(&view, &record.key(), &["a.exe"])), "dangerous_type");
        view.files = vec![crate::file::digest(b"a.txt")];
        assert_eq!(code(attach(&view, &record.key(), &["a.txt"])), "repeated");
        view.files = vec![String::new(); FILES_PER_RECORD_MAX - 1];
        assert_eq!(attach(&view, &record.key(), &["a.txt"]).unwrap().attachments.len(), 1);
        assert_eq!(code(attach(&view, &record.key(), &["a.txt", "b.txt"])), "too_many");
    }
}
