//! Users as scripts ask about them, and what they may do.

use rejoinder_script::{HostError, Right, User};

use super::host::{ScriptHost, refuse, view_error};
use crate::access::{Operation, Person, Rights};
use crate::condition::{Condition, Operator};
use crate::display::{Reader, name_of};
use crate::id::Id;
use crate::occasion::groups_of;
use crate::record::Record;
use crate::value::{Kind, Value};
use crate::view::Query;

/// The table of users.
const USER: &str = "user";

impl ScriptHost<'_, '_> {
    fn user_record(&self) -> Result<Option<Record>, HostError> {
        let Some(id) = self.user else { return Ok(None) };
        self.draft.reads.get(USER, id).map_err(view_error)
    }

    /// How values are shown to the script: in the language and zone of whoever it runs as, else in the zone of the
    /// settings.
    pub(super) fn reader(&self) -> Result<Reader, HostError> {
        let zone = self.draft.context.config.settings.time_zone();
        let nobody = Reader { time_zone: zone.to_owned(), ..Reader::guest() };
        let reader = self.user_record()?.map_or(nobody, |user| Reader::user(&user));
        // What a script shows goes where its author sends it; it may read everything itself.
        Ok(Reader { agent: true, ..reader })
    }

    /// As whom the script runs.
    pub(super) fn acting(&self) -> Result<User, HostError> {
        match self.user_record()? {
            Some(record) => self.person(&record),
            None => {
                let reader = self.reader()?;
                let name = self.draft.actor.label.clone();
                Ok(User { name, language: reader.language, zone: reader.time_zone, ..User::default() })
            }
        }
    }

    fn person(&self, record: &Record) -> Result<User, HostError> {
        let reads = &self.draft.reads;
        let reader = Reader::user(record);
        let mut roles: Vec<String> = record.get("roles").items().to_vec();
        let mut groups = Vec::new();
        for id in groups_of(reads, record.id).map_err(view_error)? {
            let Some(group) = reads.get("group", id).map_err(view_error)? else { continue };
            roles.extend(group.get("roles").items().iter().cloned());
            groups.push((id.to_string(), name_of(reads, &group)));
        }
        roles.sort_unstable();
        roles.dedup();
        // There is no login beside the address: people sign in with it.
        let email = record.text("email").to_owned();
        Ok(User {
            id: record.id.to_string(),
            login: email.clone(),
            name: name_of(reads, record),
            email,
            language: reader.language,
            zone: reader.time_zone,
            roles,
            groups,
        })
    }

    /// The user of this id or address.
    pub(super) fn called(&self, name: &str) -> Result<Option<User>, HostError> {
        let by_id = match name.parse::<Id>() {
            Ok(id) => self.draft.reads.get(USER, id).map_err(view_error)?,
            Err(_) => None,
        };
        if let Some(record) = by_id {
            return self.person(&record).map(Some);
        }
        if name.is_empty() {
            return Ok(None);
        }
        let address = Condition::clause("email", Kind::Email, Operator::Is, vec![Value::text(name)]);
        let found = self.draft.reads.query(&Query::new(USER, address)).map_err(view_error)?;
        found.first().map(|record| self.person(record)).transpose()
    }

    /// Whether whoever the script runs as may do something. The program itself may everything.
    pub(super) fn allowed(
        &self,
        right: Right,
        table: &str,
        id: Option<&str>,
        field: Option<&str>,
    ) -> Result<bool, HostError> {
        let operation = match right {
            Right::Read => Operation::Read,
            Right::Create => Operation::Create,
            Right::Update => Operation::Update,
            Right::Delete => Operation::Delete,
        };
        let (config, reads) = (self.draft.context.config, &self.draft.reads);
        let rights = match (&self.rights, self.user_record()?) {
            (Some(rights), _) => rights.clone(),
            (None, Some(user)) => {
                Rights::Person(Person::of(&user, config, reads, self.draft.context.now).map_err(view_error)?)
            }
            (None, None) => Rights::Program,
        };
        let name = self.ours(table);
        let mut info = self.info(&name)?;
        let record = match id {
            Some(id) => Some(self.existing(table, id)?),
            None => None,
        };
        if let Some(record) = &record {
            info = self.info(&record.table)?;
        }
        let of_record = config.access.records(&config.dictionary, &rights, operation, &info);
        let of_field = match field {
            None => crate::access::Grant::All,
            Some(field) => {
                let path = self.path(&info.table.name, field);
                let found = info.field(&path);
                let found = found
                    .ok_or_else(|| refuse("unknown_field", format!("`{name}` has no field `{field}`")))?;
                config.access.field(&config.dictionary, &rights, operation, &info, found)
            }
        };
        let mut may = true;
        for grant in [of_record, of_field] {
            may &= match &record {
                Some(record) => grant.covers(reads, record).map_err(view_error)?,
                // Of the table alone: whether there is any record of which it may be done.
                None => grant != crate::access::Grant::None,
            };
        }
        Ok(may)
    }
}
