//! Files that somebody puts on a record or takes off. Those of a mail come another way (`inbound::attachment`).

use super::{ChangeError, Draft, Forbidden};
use crate::access::Operation;
use crate::file::{NewFile, Renamed, TakenOff};
use crate::id::Id;
use crate::limits::FILES_PER_RECORD_MAX;
use crate::plan::{ActivityKind, NewAttachment, Why};
use crate::record::RecordKey;
use crate::view::KnownFile;

impl Draft<'_> {
    /// Plans a file for a record; its id.
    pub fn attach(&mut self, key: &RecordKey, file: &NewFile) -> Result<Id, ChangeError> {
        let name = crate::file::plain_name(&file.name);
        if let Some(why) = crate::file::refused(&name, file.bytes.len()) {
            return Err(ChangeError::File { name, why });
        }
        let digest = crate::file::digest(&file.bytes);
        self.place_file(key, (name, &file.media_type), digest, file.bytes.clone())
    }

    /// Plans a copy of a file, stored or planned; its id.
    pub(crate) fn copy_file(&mut self, file: &KnownFile, to: &RecordKey) -> Result<Id, ChangeError> {
        // The bytes of a stored file are kept already.
        let planned = self.state.files.iter().find(|one| one.id == file.id);
        let bytes = planned.map(|one| one.bytes.clone()).unwrap_or_default();
        self.place_file(to, (file.name.clone(), &file.media_type), file.digest.clone(), bytes)
    }

    fn place_file(
        &mut self,
        key: &RecordKey,
        (name, media_type): (String, &str),
        digest: String,
        bytes: Vec<u8>,
    ) -> Result<Id, ChangeError> {
        let key = self.changeable(key)?;
        let refuse = |why: Why| Err(ChangeError::File { name: name.clone(), why });
        let known = self.files_of(&key)?;
        if known.iter().any(|one| one.digest == digest) {
            return refuse(Why::new("repeated", "the record already has this file"));
        }
        if known.len() >= FILES_PER_RECORD_MAX {
            let text = format!("a record has at most {FILES_PER_RECORD_MAX} files: take one off first");
            return refuse(Why::new("too_many", text));
        }
        let place = self.state.files_begun;
        self.state.files_begun += 1;
        let id = self.context.seed.id(&format!("file:{place}"), self.context.now);
        self.state.files.push(NewAttachment {
            id,
            record: Some(key.clone()),
            email: None,
            file_name: name.clone(),
            media_type: media_type.to_owned(),
            content_id: None,
            digest,
            bytes,
            left_out: None,
        });
        self.activity(&key, ActivityKind::FileAdded, &name, None);
        Ok(id)
    }

    /// The files of a record as the plan leaves them.
    pub(crate) fn files_of(&self, key: &RecordKey) -> Result<Vec<KnownFile>, ChangeError> {
        let mut files = self.context.view.files(key)?;
        files.retain(|file| self.state.taken_off.iter().all(|gone| gone.attachment != file.id));
        for file in &mut files {
            self.renamed_as(file);
        }
        let planned = self.state.files.iter().filter(|one| one.record.as_ref() == Some(key));
        files.extend(planned.map(known));
        Ok(files)
    }

    /// One file as the plan leaves it.
    pub(crate) fn file(&self, id: Id) -> Result<Option<KnownFile>, ChangeError> {
        if let Some(planned) = self.state.files.iter().find(|one| one.id == id) {
            return Ok(Some(known(planned)));
        }
        if self.state.taken_off.iter().any(|gone| gone.attachment == id) {
            return Ok(None);
        }
        let mut found = self.context.view.file(id)?;
        if let Some(file) = &mut found {
            self.renamed_as(file);
        }
        Ok(found)
    }

    /// The bytes of a file.
    pub(crate) fn file_bytes(&self, file: &KnownFile) -> Result<Option<Vec<u8>>, ChangeError> {
        let planned = self.state.files.iter().find(|one| one.id == file.id && !one.bytes.is_empty());
        match planned {
            Some(planned) => Ok(Some(planned.bytes.clone())),
            None => Ok(self.context.view.file_bytes(&file.digest)?),
        }
    }

    fn renamed_as(&self, file: &mut KnownFile) {
        if let Some(renamed) = self.state.renamed.iter().rfind(|one| one.attachment == file.id) {
            file.name.clone_from(&renamed.name);
        }
    }

    /// Plans another name of a file.
    pub(crate) fn rename_file(&mut self, file: &KnownFile, name: &str) -> Result<(), ChangeError> {
        let name = crate::file::plain_name(name);
        if let Some(why) = crate::file::refused(&name, 0) {
            return Err(ChangeError::File { name, why });
        }
        self.state.effects += 1;
        if let Some(planned) = self.state.files.iter_mut().find(|one| one.id == file.id) {
            planned.file_name = name;
            return Ok(());
        }
        let Some(record) = &file.record else { return Ok(()) };
        let record = self.changeable(record)?;
        self.state.renamed.retain(|one| one.attachment != file.id);
        self.state.renamed.push(Renamed { attachment: file.id, record, name });
        Ok(())
    }

    /// Plans that a file is on no record any more; one that the plan has made is not made.
    pub(crate) fn remove_file(&mut self, file: &KnownFile) -> Result<(), ChangeError> {
        let before = self.state.files.len();
        self.state.files.retain(|one| one.id != file.id);
        let Some(record) = file.record.as_ref().filter(|_| self.state.files.len() == before) else {
            self.state.effects += 1;
            return Ok(());
        };
        self.state.renamed.retain(|one| one.attachment != file.id);
        self.take_off(record, file.id, &file.name, None)
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

/// A planned file, as it will be.
fn known(planned: &NewAttachment) -> KnownFile {
    KnownFile {
        id: planned.id,
        record: planned.record.clone(),
        name: planned.file_name.clone(),
        media_type: planned.media_type.clone(),
        size: u64::try_from(planned.bytes.len()).unwrap_or_default(),
        digest: planned.digest.clone(),
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
        let stored = |place: usize, digest: String| {
            let now = Timestamp::from_micros(1);
            KnownFile {
                id: Seed::new([2; 32]).id(&format!("file:{place}"), now),
                record: Some(record.key()),
                name: "stored".to_owned(),
                media_type: "text/plain".to_owned(),
                size: 1,
                digest,
            }
        };
        view.files = vec![stored(0, crate::file::digest(b"a.txt"))];
        assert_eq!(code(attach(&view, &record.key(), &["a.txt"])), "repeated");
        view.files = (1..FILES_PER_RECORD_MAX).map(|place| stored(place, String::new())).collect();
        assert_eq!(attach(&view, &record.key(), &["a.txt"]).unwrap().attachments.len(), 1);
        assert_eq!(code(attach(&view, &record.key(), &["a.txt", "b.txt"])), "too_many");
    }
}
