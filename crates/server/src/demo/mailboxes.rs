//! The mailboxes that the demo keeps itself, so that what it sends can be read and answered on the same machine.
//!
//! An SMTP server for any recipient: one folder for each address, one file for each mail, its bytes untouched. It
//! forwards nothing, knows no records, and stands only in the demo: whoever can connect can write to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use rejoinder_engine::time::Timestamp;
use rejoinder_mail::Address;
use rejoinder_wire::listener::{Acceptor, DataReply, Envelope, RcptReply};

use crate::env::Env;
use crate::error::AppError;

/// Mails of one mailbox; the oldest make room for more, and [`MailboxSummary::removed`] says how many did.
pub const MAILS_PER_MAILBOX_MAX: usize = 500;
/// Mailboxes; mail to one more address gets `451`, so that a loop over made-up addresses cannot fill the disk.
pub const MAILBOXES_MAX: usize = 500;
/// Bytes of a folder name; an address that needs more is refused with `550`. File systems allow 255.
pub const FOLDER_NAME_BYTES_MAX: usize = 240;

const ENDING: &str = "eml";
const UNFINISHED: &str = "part";

/// The mailboxes. Clones share them.
#[derive(Clone)]
pub struct Mailboxes(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    env: Env,
    known: Mutex<BTreeMap<String, Shelf>>,
}

/// What one folder holds, in the order in which it came.
#[derive(Debug, Clone, Default)]
struct Shelf {
    ids: Vec<u64>,
    last: u64,
    removed: u64,
}

impl Shelf {
    fn over_limit(&mut self) -> Vec<u64> {
        let oldest: Vec<u64> =
            self.ids.drain(..self.ids.len().saturating_sub(MAILS_PER_MAILBOX_MAX)).collect();
        self.removed += u64::try_from(oldest.len()).unwrap_or_default();
        oldest
    }
}

/// One mail as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Its number in the mailbox, from 1; a number is never used again.
    pub id: u64,
    /// When it was received.
    pub received_at: Timestamp,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
}

/// How much a mailbox holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxSummary {
    /// Its address, in the normal form.
    pub address: String,
    /// The mails in it.
    pub mails: usize,
    /// The mails that made room, see [`MAILS_PER_MAILBOX_MAX`].
    pub removed: u64,
}

impl Mailboxes {
    /// The mailboxes in `folder`, which is made where it is missing; mails of an earlier run are there again.
    pub fn open(folder: &Path, env: Env) -> Result<Self, AppError> {
        let failed =
            |folder: &Path| AppError::machine(format!("opening the mailboxes in {}", folder.display()));
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let mut known = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(failed(folder))? {
            let path = entry.map_err(failed(folder))?.path();
            let address = path.file_name().and_then(|name| address_of(name.to_str()?));
            if let Some(address) = address.filter(|_| path.is_dir()) {
                known.insert(address, shelf(&path).map_err(failed(&path))?);
            }
        }
        let folder = folder.to_owned();
        Ok(Self(Arc::new(Inner { folder, env, known: Mutex::new(known) })))
    }

    /// The mailboxes that hold or held mail, by address.
    pub fn addresses(&self) -> Vec<MailboxSummary> {
        let known = self.0.lock();
        let summary = |(address, shelf): (&String, &Shelf)| MailboxSummary {
            address: address.clone(),
            mails: shelf.ids.len(),
            removed: shelf.removed,
        };
        known.iter().map(summary).collect()
    }

    /// The mails of a mailbox, oldest first; none where nobody wrote to the address yet.
    pub fn mails(&self, address: &str) -> Result<Vec<StoredMail>, AppError> {
        let address = normal(address);
        let ids = self.0.lock().get(&address).map(|shelf| shelf.ids.clone()).unwrap_or_default();
        let mut mails = Vec::with_capacity(ids.len());
        for id in ids {
            mails.extend(self.0.read(&address, id)?);
        }
        Ok(mails)
    }

    /// One mail of a mailbox.
    pub fn mail(&self, address: &str, id: u64) -> Result<Option<StoredMail>, AppError> {
        let address = normal(address);
        let there = self.0.lock().get(&address).is_some_and(|shelf| shelf.ids.contains(&id));
        if there { self.0.read(&address, id) } else { Ok(None) }
    }
}

impl Acceptor for Mailboxes {
    fn host_name(&self) -> String {
        "mailboxes.example.com".to_owned()
    }

    async fn recipient(&self, _: &Envelope, recipient: &str) -> RcptReply {
        let address = normal(recipient);
        if folder_of(&address).is_none() {
            let text = "the demo keeps no mailbox with so long a name".to_owned();
            return RcptReply::Refuse { code: 550, enhanced: "5.1.1", text };
        }
        let known = self.0.lock();
        if known.len() < MAILBOXES_MAX || known.contains_key(&address) {
            return RcptReply::Accept;
        }
        RcptReply::Later {
            text: format!("the demo keeps {MAILBOXES_MAX} mailboxes, and they are all in use"),
        }
    }

    async fn message(&self, envelope: Envelope, bytes: Vec<u8>) -> Vec<DataReply> {
        let inner = self.0.clone();
        let kept = tokio::task::spawn_blocking(move || inner.keep(&envelope.rcpt_to, &bytes)).await;
        vec![match kept {
            Ok(Ok(queue_id)) => DataReply::Accepted { queue_id },
            Ok(Err(error)) => {
                tracing::error!(%error, "a mail could not be put into a mailbox of the demo");
                DataReply::Later { text: "the mailbox cannot be written, try again later".to_owned() }
            }
            Err(_) => DataReply::Later { text: "the mailbox cannot be written, try again later".to_owned() },
        }]
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Shelf>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a mail into the mailboxes of all recipients. Everything that can fail for want of space happens before
    /// the first file gets its name, so that a repeated attempt finds no copy.
    fn keep(&self, recipients: &[String], bytes: &[u8]) -> io::Result<String> {
        let mut written = Vec::new();
        let addresses: BTreeSet<String> = recipients.iter().map(|one| normal(one)).collect();
        for address in addresses {
            let Some(name) = folder_of(&address) else { continue };
            let folder = self.folder.join(name);
            fs::create_dir_all(&folder)?;
            let id = self.next(&address);
            let path = folder.join(format!("{id:08}.{UNFINISHED}"));
            written.push((address, folder, id, path.clone()));
            if let Err(error) = self.write(&path, bytes) {
                written.iter().for_each(|(.., path)| drop(fs::remove_file(path)));
                return Err(error);
            }
        }
        let mut queue_id = Vec::new();
        for (address, folder, id, path) in written {
            fs::rename(&path, path.with_extension(ENDING))?;
            File::open(&folder)?.sync_all()?;
            self.list(&address, id);
            self.make_room(&address, &folder);
            queue_id.push(format!("{address}/{id}"));
        }
        Ok(queue_id.join(" "))
    }

    /// The next number of a mailbox; where the mail then cannot be written, the number is lost.
    fn next(&self, address: &str) -> u64 {
        let mut known = self.lock();
        let shelf = known.entry(address.to_owned()).or_default();
        shelf.last += 1;
        shelf.last
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        // The time of the file is the time of receipt, so that it is there again after a restart.
        let now = u64::try_from(self.env.now().micros()).unwrap_or_default();
        file.set_modified(UNIX_EPOCH + Duration::from_micros(now))?;
        file.sync_all()
    }

    fn list(&self, address: &str, id: u64) {
        let mut known = self.lock();
        let shelf = known.entry(address.to_owned()).or_default();
        let place = shelf.ids.partition_point(|other| *other < id);
        shelf.ids.insert(place, id);
    }

    /// Removes the oldest mails over the limit. One that cannot be removed is no longer listed and is back after a
    /// restart: nobody waits for that.
    fn make_room(&self, address: &str, folder: &Path) {
        let oldest = self.lock().get_mut(address).map(Shelf::over_limit).unwrap_or_default();
        for id in oldest {
            if let Err(error) = fs::remove_file(file_of(folder, id)) {
                tracing::warn!(%error, address, id, "an old mail could not be removed");
            }
        }
    }

    /// `None` where it made room in the meantime.
    fn read(&self, address: &str, id: u64) -> Result<Option<StoredMail>, AppError> {
        let Some(name) = folder_of(address) else { return Ok(None) };
        let path = file_of(&self.folder.join(name), id);
        let read = || -> io::Result<StoredMail> {
            let bytes = fs::read(&path)?;
            let since = fs::metadata(&path)?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            let received_at = Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
            Ok(StoredMail { id, received_at, bytes })
        };
        match read() {
            Ok(mail) => Ok(Some(mail)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(AppError::machine(format!("reading a mail of {address}"))(error)),
        }
    }
}

/// What a folder holds; mails that were not finished are removed, their senders were never told `250`.
fn shelf(folder: &Path) -> io::Result<Shelf> {
    let mut shelf = Shelf::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending == UNFINISHED {
            fs::remove_file(&path)?;
            continue;
        }
        let id: Option<u64> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        shelf.ids.extend(id.filter(|_| ending == ENDING));
    }
    shelf.ids.sort_unstable();
    shelf.last = shelf.ids.last().copied().unwrap_or_default();
    // Numbers go up by one, so that those below the first are the mails that made room.
    shelf.removed = shelf.ids.first().map_or(0, |first| first.saturating_sub(1));
    Ok(shelf)
}

fn file_of(folder: &Path, id: u64) -> PathBuf {
    folder.join(format!("{id:08}.{ENDING}"))
}

/// One person has one mailbox, however their address is written.
fn normal(address: &str) -> String {
    Address::new(address.trim()).normalized()
}

/// The folder of an address: letters, digits and `@._+-` stand for themselves, any other byte is `%XX`, and so is a
/// dot at the beginning. No address leads out of the mailboxes, and no two share a folder.
fn folder_of(address: &str) -> Option<String> {
    let mut name = String::new();
    for (place, byte) in address.bytes().enumerate() {
        let plain = byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"@_+-".contains(&byte);
        if plain || (byte == b'.' && place > 0) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    (!name.is_empty() && name.len() <= FOLDER_NAME_BYTES_MAX).then_some(name)
}

/// The address of a folder; `None` for one that is not ours.
fn address_of(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let code = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&code).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let address = String::from_utf8(bytes).ok()?;
    (folder_of(&address).as_deref() == Some(name)).then_some(address)
}

#[cfg(test)]
mod tests;
