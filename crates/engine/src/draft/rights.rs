//! What whoever asks may do: every change of a record passes here.

use super::{ChangeError, Draft};
use crate::access::Operation;
use crate::dictionary::TableInfo;
use crate::record::{Record, RecordKey};

/// What somebody may not do, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// The table.
    pub table: String,
    /// The field, where the record itself might be changed.
    pub field: Option<String>,
    /// What.
    pub operation: Operation,
}

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (table, word) = (&self.table, self.operation.word());
        match &self.field {
            Some(field) => write!(f, "no access rule lets you {word} `{table}.{field}`"),
            None => write!(f, "no access rule lets you {word} this record of `{table}`"),
        }
    }
}

impl Draft<'_> {
    /// The record's own key, where whoever asks may change it.
    pub(super) fn changeable(&self, key: &RecordKey) -> Result<RecordKey, ChangeError> {
        let record = self.existing(key)?;
        let info = self.info(&record.table)?;
        self.may(Operation::Update, &info, &record, &[])?;
        Ok(record.key())
    }

    /// Whether whoever asks may know of the record at all.
    pub(crate) fn is_readable(&self, record: &Record) -> Result<bool, ChangeError> {
        let config = self.context.config;
        let Some(info) = config.dictionary.table(&record.table) else { return Ok(true) };
        let grant = config.access.records(&config.dictionary, &self.rights, Operation::Read, info);
        Ok(grant.covers(&self.reads, record)?)
    }

    /// Refuses what whoever asks may not do with the record and the `written` fields of it.
    pub(super) fn may(
        &self,
        operation: Operation,
        info: &TableInfo,
        record: &Record,
        written: &[String],
    ) -> Result<(), ChangeError> {
        let config = self.context.config;
        let (access, dictionary) = (&config.access, &config.dictionary);
        let refuse = |field: Option<&str>| {
            let (table, field) = (info.table.name.clone(), field.map(str::to_owned));
            Err(ChangeError::Forbidden(Forbidden { table, field, operation }))
        };
        if !access.records(dictionary, &self.rights, operation, info).covers(&self.reads, record)? {
            return refuse(None);
        }
        for field in written.iter().filter_map(|name| info.field(name)) {
            if !access.field(dictionary, &self.rights, operation, info, field).covers(&self.reads, record)? {
                return refuse(Some(&field.name));
            }
        }
        Ok(())
    }
}
