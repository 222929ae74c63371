//! One POP3 session: lists the mailbox, reads what is not known, keeps it, then removes it where the account says so.
//!
//! A mail is known by its UIDL (RFC 1939). Removal happens when the session ends; a session that breaks before leaves
//! the mails there, and the next one only removes them.

use std::collections::BTreeSet;

use rejoinder_engine::account::{AfterReading, FirstRun};
use rejoinder_store::Reading;
use rejoinder_store::stage::{Stage, enter};
use rejoinder_wire::endpoint::Kind;
use rejoinder_wire::pop3::{Listed, Pop3};

use super::keys;
use super::mailbox::{Session, too_large};
use super::trouble::Trouble;
use crate::accept::{Incoming, arrival};
use crate::app::Work;
use crate::error::AppError;
use crate::limits::{POP3_BATCH_BYTES, POP3_BATCH_MAILS, POP3_SESSION_MAILS};

/// What a POP3 server may send beyond the size that it lists: it may count line ends otherwise.
const SIZE_SLACK: u64 = 64 * 1024;

/// How a mail that was too large comes to be read after all.
const AGAIN: &str = "raise the account's size limit, and have the mail sent again";

/// Reads the mailbox once.
pub(super) async fn read(session: &Session, reading: &mut Reading) -> Result<(), Trouble> {
    // A mailbox with very many mails is read in several sessions, so that what is removed is removed soon.
    while pass(session, reading).await? {}
    session.passed(reading).await
}

/// One session; whether mails were left for another.
async fn pass(session: &Session, reading: &mut Reading) -> Result<bool, Trouble> {
    let mut pop3 =
        Pop3::connect(&session.endpoint, &session.login, &mut |report| session.debug(&report)).await?;
    let listed = pop3.list().await?;
    let known = known(session, &listed).await?;
    if reading.uid_validity.is_none() {
        begin(session, reading, &listed).await?;
        if session.receiving.first_run == FirstRun::New {
            pop3.quit().await?;
            return Ok(false);
        }
    }
    let removes = session.receiving.after_reading == AfterReading::Delete;
    let (old, fresh): (Vec<&Listed>, Vec<&Listed>) =
        listed.iter().partition(|mail| known.contains_key(&keys::pop3(&mail.uidl)));
    if removes {
        for mail in old.into_iter().filter(|mail| known.is_kept(&keys::pop3(&mail.uidl))) {
            remove(&mut pop3, mail).await?;
        }
    }
    let left = fresh.len() > POP3_SESSION_MAILS;
    let now: Vec<&Listed> = fresh.into_iter().take(POP3_SESSION_MAILS).collect();
    for batch in batches(&now) {
        keep(session, reading, &mut pop3, batch).await?;
        if removes {
            for mail in batch.iter().filter(|mail| mail.size <= session.receiving.size_limit) {
                remove(&mut pop3, mail).await?;
            }
        }
    }
    let _inside = enter(Stage::Dispose);
    pop3.quit().await?;
    Ok(left)
}

/// What is known of the mails that are there.
struct Known {
    keys: BTreeSet<String>,
    kept: BTreeSet<String>,
}

impl Known {
    fn contains_key(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether its bytes are kept whole: only then it may be removed.
    fn is_kept(&self, key: &str) -> bool {
        self.kept.contains(key)
    }
}

async fn known(session: &Session, listed: &[Listed]) -> Result<Known, Trouble> {
    let keys: Vec<String> = listed.iter().map(|mail| keys::pop3(&mail.uidl)).collect();
    let account = session.account.id;
    session
        .blocking(move |app| {
            let kept = app.store.kept_sources(account, &keys)?;
            Ok::<_, AppError>(Known { keys: app.store.known_sources(account, &keys)?, kept })
        })
        .await
}

/// The first pass: mails that are there already are passed over where the account says so.
async fn begin(session: &Session, reading: &mut Reading, listed: &[Listed]) -> Result<(), Trouble> {
    let skipped: Vec<String> = match session.receiving.first_run {
        FirstRun::New => listed.iter().map(|mail| keys::pop3(&mail.uidl)).collect(),
        FirstRun::All => Vec::new(),
    };
    // POP3 has no UIDVALIDITY; that there is one says that the mailbox was looked at.
    reading.uid_validity = Some(1);
    let kept = reading.clone();
    session.blocking(move |app| app.store.skip_sources(&kept, &skipped)).await
}

fn batches<'a>(mails: &'a [&'a Listed]) -> Vec<&'a [&'a Listed]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (place, mail) in mails.iter().enumerate() {
        if place > start && (place - start >= POP3_BATCH_MAILS || bytes + mail.size > POP3_BATCH_BYTES) {
            batches.extend(mails.get(start..place));
            (start, bytes) = (place, 0);
        }
        bytes += mail.size;
    }
    batches.extend(mails.get(start..).filter(|rest| !rest.is_empty()));
    batches
}

async fn keep(
    session: &Session,
    reading: &Reading,
    pop3: &mut Pop3,
    batch: &[&Listed],
) -> Result<(), Trouble> {
    let mut copies = Vec::with_capacity(batch.len());
    for mail in batch {
        let _inside = enter(Stage::Fetch);
        copies.extend(fetch(session, pop3, mail).await?);
    }
    let count = copies.len();
    let kept = reading.clone();
    session
        .blocking(move |app| {
            let arrivals: Result<Vec<_>, AppError> =
                copies.into_iter().map(|copy| arrival(app, copy)).collect();
            app.store.accept_read(&kept, arrivals?, None).map_err(Trouble::from)
        })
        .await?;
    if session.account.debug {
        tracing::info!(account = session.account.name, mails = count, "mails are kept");
    }
    if count > 0 {
        session.app.wake.tell(Work::Arrivals);
    }
    Ok(())
}

/// One mail; `None` where it is gone by now.
async fn fetch(session: &Session, pop3: &mut Pop3, mail: &Listed) -> Result<Option<Incoming>, Trouble> {
    let limit = session.receiving.size_limit;
    let most = |size: u64| usize::try_from(size + SIZE_SLACK).unwrap_or(usize::MAX);
    let (bytes, refused) = if mail.size <= limit {
        (pop3.retrieve(mail.number, most(mail.size.max(limit))).await, None)
    } else {
        (pop3.top(mail.number, most(limit)).await, Some(too_large(mail.size, limit, AGAIN)))
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(failure) if failure.kind == Kind::MailMissing => return Ok(None),
        Err(failure) => return Err(failure.into()),
    };
    Ok(Some(Incoming {
        account: session.account.id,
        source: "pop3".to_owned(),
        source_key: Some(keys::pop3(&mail.uidl)),
        envelope_from: None,
        envelope_to: Vec::new(),
        bytes,
        refused,
    }))
}

async fn remove(pop3: &mut Pop3, mail: &Listed) -> Result<(), Trouble> {
    let _inside = enter(Stage::Dispose);
    match pop3.delete(mail.number).await {
        Err(failure) if failure.kind != Kind::MailMissing => Err(failure.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(sizes: &[u64]) -> Vec<usize> {
        let listed: Vec<Listed> = (1..)
            .zip(sizes)
            .map(|(number, size)| Listed { number, uidl: number.to_string(), size: *size })
            .collect();
        let mails: Vec<&Listed> = listed.iter().collect();
        batches(&mails).iter().map(|batch| batch.len()).collect()
    }

    #[test]
    fn a_batch_is_bounded_by_mails_and_by_bytes() {
        assert_eq!(lengths(&[]), Vec::<usize>::new());
        assert_eq!(lengths(&[1; POP3_BATCH_MAILS]), [POP3_BATCH_MAILS]);
        assert_eq!(lengths(&[1; POP3_BATCH_MAILS + 1]), [POP3_BATCH_MAILS, 1]);
        assert_eq!(lengths(&[POP3_BATCH_BYTES, 1]), [1, 1]);
        assert_eq!(lengths(&[POP3_BATCH_BYTES - 1, 1, 1]), [2, 1]);
    }
}
