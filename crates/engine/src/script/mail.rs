//! The mail that an inbound action works on, as scripts read it: one row of the table `email`, which no database has.

use rejoinder_script::{Attachment, FieldInfo, FieldKind, Row, TableInfo, Value as Script};

use crate::id::Id;
use crate::record::RecordKey;

/// Our name of the mail's own table.
pub(crate) const EMAIL: &str = "email";

/// The mail, and what becomes of its files.
pub(crate) struct Mail {
    /// Its row's id.
    pub(crate) id: Id,
    /// Its values.
    pub(crate) fields: Vec<(String, Script)>,
    /// Its files.
    pub(crate) files: Vec<Attachment>,
    /// The records that the script gives its files to.
    pub(crate) files_to: Vec<RecordKey>,
}

impl Mail {
    pub(super) fn row(&self) -> Row {
        Row { id: self.id.to_string(), table: String::new(), fields: self.fields.clone() }
    }

    pub(super) fn is(&self, id: &str) -> bool {
        id == self.id.to_string()
    }

    pub(super) fn table(&self, asked: &str) -> TableInfo {
        let kind = |value: &Script| {
            if matches!(value, Script::Bool(_)) { FieldKind::Boolean } else { FieldKind::Text }
        };
        let field = |(name, value): &(String, Script)| FieldInfo {
            name: name.clone(),
            label: name.clone(),
            kind: kind(value),
            type_name: "string".to_owned(),
            ..FieldInfo::default()
        };
        TableInfo {
            name: asked.to_owned(),
            label: "Email".to_owned(),
            display: "subject".to_owned(),
            parents: Vec::new(),
            fields: self.fields.iter().map(field).collect(),
        }
    }
}
