//! Which files of a mail go to its record, and why the others do not. All stay on the mail.

use super::Work;
use crate::context::Context;
use crate::id::Id;
use crate::plan::{NewAttachment, Why};
use crate::record::RecordKey;
use crate::view::ViewError;

/// Bytes of an inline picture below which it counts as part of a signature.
pub const SIGNATURE_IMAGE_BYTES_MAX: usize = 12 * 1024;
/// Plans the rows of all files of the mail; `records` are those that get them.
pub fn plan(work: &mut Work<'_>, records: &[RecordKey]) -> Result<(), ViewError> {
    let mut known: Vec<(RecordKey, Vec<String>)> = Vec::new();
    for key in records {
        known.push((key.clone(), work.context.view.attachment_digests(key)?));
    }
    let mut planned = Vec::new();
    for (place, file) in work.facts.mail.attachments.iter().enumerate() {
        let digest = crate::file::digest(&file.bytes);
        if work.before.is_some_and(|before| before.files.contains(&digest)) {
            continue;
        }
        let refused = refused(work, file);
        let mut row = |record: Option<RecordKey>, left_out: Option<Why>| {
            planned.push(NewAttachment {
                id: file_id(work.context, place, record.as_ref()),
                record,
                email: Some(work.email),
                file_name: file.file_name.clone(),
                media_type: file.media_type.clone(),
                content_id: file.content_id.clone(),
                digest: digest.clone(),
                bytes: file.bytes.clone(),
                left_out,
            });
        };
        if refused.is_some() || known.is_empty() {
            row(None, refused);
            continue;
        }
        for (key, digests) in &mut known {
            if digests.contains(&digest) {
                row(None, Some(Why::new("repeated", "the record already has this file")));
            } else {
                digests.push(digest.clone());
                row(Some(key.clone()), None);
            }
        }
    }
    for file in &planned {
        if let Some(why) = &file.left_out {
            work.plan
                .trace
                .note(&why.code, format!("the file {} stays on the mail: {}", file.file_name, why.text));
        }
    }
    work.plan.attachments.extend(planned);
    Ok(())
}

/// The id of a file of the mail by its place, on a record or only on the mail.
pub(crate) fn file_id(context: Context<'_>, place: usize, record: Option<&RecordKey>) -> Id {
    let whom = record.map(|key| key.id.to_string()).unwrap_or_default();
    context.seed.id(&format!("attachment:{place}:{whom}"), context.now)
}

fn refused(work: &Work<'_>, file: &rejoinder_mail::Attachment) -> Option<Why> {
    if let Some(why) = crate::file::refused(&file.file_name, file.bytes.len()) {
        return Some(why);
    }
    let shown = || {
        let id = file.content_id.as_deref()?;
        work.facts.mail.html.as_ref()?.contains(&format!("cid:{id}")).then_some(())
    };
    let picture = file.media_type.starts_with("image/") && file.bytes.len() < SIGNATURE_IMAGE_BYTES_MAX;
    (picture && shown().is_some())
        .then(|| Why::new("signature_image", "a small picture inside the text counts as part of a signature"))
}
