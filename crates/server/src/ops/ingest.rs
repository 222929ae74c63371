//! Mail from a file, an mbox, a Maildir, standard input or the API: kept like any other.

use std::path::Path;

use rejoinder_engine::id::Id;
use rejoinder_engine::setting::DEFAULT_READ_ACCOUNT;
use rejoinder_store::Accepted;

use crate::accept::{Incoming, keep, receiving_account_for};
use crate::app::{App, Work};
use crate::error::AppError;

/// Bytes of one file that is read at once; larger ones are refused with their name.
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Keeps one mail. The account is named, or follows from the recipients of the mail itself, or is the only one.
pub fn ingest(app: &App, bytes: Vec<u8>, account: Option<&str>, source: &str) -> Result<Accepted, AppError> {
    let account = find_account(app, &bytes, account)?;
    let copy = Incoming {
        account,
        source: source.to_owned(),
        source_key: None,
        envelope_from: None,
        envelope_to: Vec::new(),
        bytes,
        refused: None,
    };
    let kept = keep(app, vec![copy])?;
    app.wake.tell(Work::Arrivals);
    kept.into_iter().next().ok_or(AppError::Conflict)
}

/// The account that takes a mail which came without an envelope.
pub fn find_account(app: &App, bytes: &[u8], name: Option<&str>) -> Result<Id, AppError> {
    let config = app.config()?;
    if let Some(name) = name {
        let found = config.account_called(name).filter(|account| account.is_receiving());
        return found
            .map(|account| account.id)
            .ok_or_else(|| AppError::NotFound { what: "active receiving account", name: name.to_owned() });
    }
    let mail = rejoinder_mail::parse(bytes);
    let mut recipients = mail.to.iter().chain(&mail.cc);
    let addressed = recipients.find_map(|address| receiving_account_for(&config, &address.email));
    addressed.or_else(|| config.receiving_account().map(|account| account.id)).ok_or_else(|| {
        AppError::Refused(format!(
            "the mail is addressed to none of our accounts: name one (on the command line with --account NAME), or \
             name the usual one in {DEFAULT_READ_ACCOUNT}"
        ))
    })
}

/// The mails in a file (one mail, or an mbox), or in a Maildir (`new` and `cur`).
pub fn read_mails(path: &Path) -> Result<Vec<Vec<u8>>, AppError> {
    if !path.is_dir() {
        return Ok(split_mbox(read(path)?));
    }
    let mut mails = Vec::new();
    for folder in ["new", "cur"] {
        let folder = path.join(folder);
        if !folder.is_dir() {
            continue;
        }
        let entries =
            std::fs::read_dir(&folder).map_err(AppError::machine(format!("reading {}", folder.display())))?;
        let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        files.sort();
        for file in files.iter().filter(|file| file.is_file()) {
            mails.push(read(file)?);
        }
    }
    if mails.is_empty() {
        return Err(AppError::Refused(format!("{} is no Maildir with mail in it", path.display())));
    }
    Ok(mails)
}

fn read(path: &Path) -> Result<Vec<u8>, AppError> {
    let what = || format!("reading {}", path.display());
    let size = std::fs::metadata(path).map_err(AppError::machine(what()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(AppError::Refused(format!("{} is larger than {FILE_BYTES_MAX} bytes", path.display())));
    }
    std::fs::read(path).map_err(AppError::machine(what()))
}

/// The mails of an mbox (a file that begins with `From `), each without its separator and with `>From` undone;
/// any other file is one mail.
pub fn split_mbox(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    if !bytes.starts_with(b"From ") {
        return vec![bytes];
    }
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut blank = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if blank && line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            let quoted = line.iter().take_while(|byte| **byte == b'>').count();
            let undo = quoted > 0 && line.get(quoted..).is_some_and(|rest| rest.starts_with(b"From "));
            mail.extend_from_slice(if undo { line.get(1..).unwrap_or_default() } else { line });
        }
        blank = matches!(line, b"\n" | b"\r\n");
    }
    mails
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_is_its_mails_and_anything_else_is_one() {
        let mbox =
            b"From a@x Mon\nSubject: 1\n\nOne\n>From here\n\nFrom b@x Tue\nSubject: 2\n\nTwo\n".to_vec();
        let mails = split_mbox(mbox);
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], b"Subject: 1\n\nOne\nFrom here\n\n");
        assert_eq!(mails[1], b"Subject: 2\n\nTwo\n");
        assert_eq!(split_mbox(b"Subject: x\n\nFrom y\n".to_vec()).len(), 1);
    }

    #[test]
    fn a_file_over_the_limit_is_refused_by_its_size_alone() {
        let path = std::env::temp_dir().join(format!("rejoinder-large-{}", std::process::id()));
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(FILE_BYTES_MAX + 1).unwrap();
        assert!(matches!(read(&path), Err(AppError::Refused(_))));
        std::fs::remove_file(&path).unwrap();
    }
}
