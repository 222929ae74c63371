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

use super::batch::{Most, batches};
use super::keys;
use super::mailbox::{Session, not_given, too_large};
use super::trouble::Trouble;
use crate::accept::Incoming;
use crate::limits::{POP3_BATCH_BYTES, POP3_BATCH_MAILS, POP3_SESSION_MAILS};

/// What a POP3 server may send beyond the size that it lists: it may count line ends otherwise.
const SIZE_SLACK: u64 = 64 * 1024;

/// How a mail that was too large, and one that was not given, come to be read after all.
const AGAIN: &str = "raise the account's size limit, and have the mail sent again";
const SENT_AGAIN: &str = "look at it with a mail program, and have it sent again";

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
        listed.iter().partition(|mail| known.contains(&keys::pop3(&mail.uidl)));
    if removes {
        remove_kept(session, &mut pop3, &old).await?;
    }
    let left = fresh.len() > POP3_SESSION_MAILS;
    let now: Vec<&Listed> = fresh.into_iter().take(POP3_SESSION_MAILS).collect();
    let most = Most { mails: POP3_BATCH_MAILS, bytes: POP3_BATCH_BYTES };
    for batch in batches(&now, |mail| mail.size, most) {
        keep(session, reading, &mut pop3, batch).await?;
        if removes {
            remove_kept(session, &mut pop3, batch).await?;
        }
    }
    let _inside = enter(Stage::Dispose);
    pop3.quit().await?;
    Ok(left)
}

/// Those of the mails that are there which were kept, refused or passed over before, by their keys.
async fn known(session: &Session, listed: &[Listed]) -> Result<BTreeSet<String>, Trouble> {
    let keys: Vec<String> = listed.iter().map(|mail| keys::pop3(&mail.uidl)).collect();
    let account = session.account.id;
    session.blocking(move |app| app.store.known_sources(account, &keys)).await
}

/// Removes those of the mails that are kept whole.
async fn remove_kept(session: &Session, pop3: &mut Pop3, mails: &[&Listed]) -> Result<(), Trouble> {
    let kept = session.kept(mails.iter().map(|mail| keys::pop3(&mail.uidl)).collect()).await?;
    for mail in mails.iter().filter(|mail| kept.contains(&keys::pop3(&mail.uidl))) {
        remove(pop3, mail).await?;
    }
    Ok(())
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
    session.keep(reading, copies, None).await
}

/// One mail; `None` where it is gone by now. Of one that is too large, or that the server does not give, the headers.
async fn fetch(session: &Session, pop3: &mut Pop3, mail: &Listed) -> Result<Option<Incoming>, Trouble> {
    let limit = session.receiving.size_limit;
    let most = usize::try_from(mail.size.max(limit) + SIZE_SLACK).unwrap_or(usize::MAX);
    let why = if mail.size <= limit {
        match pop3.retrieve(mail.number, most).await {
            Ok(bytes) => return Ok(Some(session.incoming(keys::pop3(&mail.uidl), bytes, None))),
            Err(failure) if !pop3.usable() => return Err(failure.into()),
            // POP3 does not say whether the mail is gone or cannot be given; one that is there has headers.
            Err(_) => not_given(SENT_AGAIN),
        }
    } else {
        too_large(mail.size, limit, AGAIN)
    };
    if !pop3.offers().top {
        // Headers cannot be asked for: the row of the queue alone tells of the mail.
        return Ok(Some(session.incoming(keys::pop3(&mail.uidl), Vec::new(), Some(why))));
    }
    match pop3.top(mail.number, most).await {
        Err(failure) if failure.kind == Kind::MailMissing => Ok(None),
        headers => Ok(Some(session.incoming(keys::pop3(&mail.uidl), headers?, Some(why)))),
    }
}

async fn remove(pop3: &mut Pop3, mail: &Listed) -> Result<(), Trouble> {
    let _inside = enter(Stage::Dispose);
    match pop3.delete(mail.number).await {
        Err(failure) if failure.kind != Kind::MailMissing => Err(failure.into()),
        _ => Ok(()),
    }
}
