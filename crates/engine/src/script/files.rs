//! Files of records, as scripts read, copy, write, rename and remove them: all of it through the plan.

use rejoinder_script::{Attachment, HostError};

use super::host::{ScriptHost, change_error, refuse};
use crate::draft::ChangeError;
use crate::file::NewFile;
use crate::id::Id;
use crate::inbound::attachment::file_id;
use crate::view::KnownFile;

/// A file as scripts are told of it.
pub(super) fn shown(file: &KnownFile) -> Attachment {
    Attachment {
        id: file.id.to_string(),
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
    }
}

impl ScriptHost<'_, '_> {
    pub(super) fn known_file(&self, id: &str) -> Result<Option<KnownFile>, HostError> {
        let Ok(id) = id.parse::<Id>() else { return Ok(None) };
        self.draft.file(id).map_err(change_error)
    }

    /// Files that the record has already stay as they are.
    pub(super) fn copy_files(
        &mut self,
        from: (&str, &str),
        to: (&str, &str),
    ) -> Result<Vec<String>, HostError> {
        let target = self.key(to.0, to.1)?;
        let context = self.draft.context;
        let is_mail = self.mail_of(&self.ours(from.0)).is_some_and(|mail| mail.is(from.1));
        if let Some(mail) = self.mail.as_mut().filter(|_| is_mail) {
            if !mail.files_to.contains(&target) {
                mail.files_to.push(target.clone());
            }
            let ids = (0..mail.files.len()).map(|place| file_id(context, place, Some(&target)).to_string());
            return Ok(ids.collect());
        }
        let source = self.key(from.0, from.1)?;
        let mut ids = Vec::new();
        for file in self.draft.files_of(&source).map_err(change_error)? {
            match self.draft.copy_file(&file, &target) {
                Ok(id) => ids.push(id.to_string()),
                Err(ChangeError::File { why, .. }) if why.code == "repeated" => {}
                Err(error) => return Err(change_error(error)),
            }
        }
        Ok(ids)
    }

    pub(super) fn write_file(
        &mut self,
        to: (&str, &str),
        name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<String, HostError> {
        if self.mail_of(&self.ours(to.0)).is_some() {
            return Err(refuse("read_only", "a mail is kept as it came: scripts cannot change it"));
        }
        let key = self.key(to.0, to.1)?;
        let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
        let file = NewFile { name: name.to_owned(), media_type: media_type.to_owned(), bytes };
        self.draft.attach(&key, &file).map(|id| id.to_string()).map_err(change_error)
    }
}
