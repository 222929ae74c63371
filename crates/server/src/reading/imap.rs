//! One IMAP session: reads what is new in the folder, keeps it, then marks, moves or removes it, and waits for more.
//!
//! A mail is new by its UID; `\Seen` plays no part (RFC 9051, 2.3.1.1). Two cursors are kept: up to `read_uid` every mail
//! is kept, up to `done_uid` it is disposed of as the account says. What lies between is disposed of after what is new was
//! kept. A server that answers OK and does nothing is believed: the mail stays there and is not read again.

use std::collections::BTreeSet;

use rejoinder_engine::account::{AfterReading, FirstRun};
use rejoinder_store::stage::{Stage, enter};
use rejoinder_store::{Again, Reading};
use rejoinder_wire::endpoint::{Failure, Kind};
use rejoinder_wire::imap::{FETCH_BYTES, FETCH_MAILS, Fetched, Flag, IDLE_MAX, Imap, Listed, News, Selected};

use super::batch::{Most, batches};
use super::keys;
use super::mailbox::{Session, not_given, too_large};
use super::sent;
use super::trouble::Trouble;
use crate::accept::Incoming;
use crate::limits::{IDLE_LOOK, LISTED_MAX};

/// The mark of a mail that was read, beside `\Seen`, where the folder keeps keywords: for people and other programs.
pub const KEYWORD: &str = "$Rejoinder";

/// Reads until told to stop, or until the connection ends.
pub(super) async fn read(session: &Session, reading: &mut Reading) -> Result<(), Trouble> {
    let mut imap =
        Imap::connect(&session.endpoint, &session.login, &mut |report| session.debug(&report)).await?;
    let outcome = read_on(session, reading, &mut imap).await;
    if outcome.is_ok() && imap.usable() {
        imap.logout().await;
    }
    outcome
}

async fn read_on(session: &Session, reading: &mut Reading, imap: &mut Imap) -> Result<(), Trouble> {
    let mut selected = open(session, reading, imap).await?;
    loop {
        while pass(session, reading, imap, &selected).await? {}
        session.passed(reading).await?;
        if sent::copy(session, imap).await? {
            selected = open(session, reading, imap).await?;
            continue;
        }
        match wait(session, imap).await? {
            News::Stopped if session.stop.is_cancelled() => return Ok(()),
            // Selecting tells whether the UIDs are still those of before.
            News::TimedOut => selected = open(session, reading, imap).await?,
            News::Stopped | News::Mails => {}
        }
    }
}

/// Waits until there may be more.
async fn wait(session: &Session, imap: &mut Imap) -> Result<News, Trouble> {
    let wake = session.stop.child_token();
    // Without IDLE the mailbox is asked again after the account's interval; with it, now and then all the same, because
    // a notice that is lost on the way would otherwise be missed for ever.
    let (idles, most) = (imap.offers().idle, IDLE_LOOK.min(IDLE_MAX));
    let news = async {
        if idles {
            return imap.idle(most, &wake).await;
        }
        tokio::select! {
            () = tokio::time::sleep(session.interval()) => Ok(News::TimedOut),
            () = wake.cancelled() => Ok(News::Stopped),
        }
    };
    tokio::pin!(news);
    tokio::select! {
        news = &mut news => return Ok(news?),
        // A mail was sent whose copy belongs here.
        () = session.app.wake.sent().notified() => wake.cancel(),
    }
    Ok(news.await?)
}

/// Selects the folder and sees to it that the cursor belongs to its UIDs.
async fn open(session: &Session, reading: &mut Reading, imap: &mut Imap) -> Result<Selected, Trouble> {
    let selected = imap.select(&reading.folder).await?;
    if selected.read_only && session.receiving.after_reading != AfterReading::Leave {
        let text = format!(
            "the folder {} may only be looked at, and its mails are to be changed after reading: choose `leave`, or give \
             the user the right to write",
            reading.folder
        );
        return Err(Trouble::new("folder_read_only", text));
    }
    if reading.uid_validity == Some(selected.uid_validity) {
        return Ok(selected);
    }
    let first = reading.uid_validity.is_none();
    reading.uid_validity = Some(selected.uid_validity);
    let newest = newest(imap, &selected).await?;
    if first && session.receiving.first_run == FirstRun::New {
        (reading.read_uid, reading.done_uid, reading.again_uid) = (newest, newest, 0);
    } else {
        (reading.read_uid, reading.done_uid) = (0, 0);
        reading.again_uid = if first { 0 } else { newest };
    }
    if !first {
        tracing::info!(
            account = session.account.name,
            folder = reading.folder,
            "the folder's UIDs were given anew"
        );
    }
    keep_cursor(session, reading).await?;
    Ok(selected)
}

/// The highest UID of the folder; 0 where it is empty.
async fn newest(imap: &mut Imap, selected: &Selected) -> Result<u32, Trouble> {
    if let Some(next) = selected.uid_next {
        return Ok(next.saturating_sub(1));
    }
    let mut newest = 0;
    loop {
        let listed = imap.list(newest, LISTED_MAX).await?;
        match listed.last() {
            Some(last) => newest = last.uid,
            None => return Ok(newest),
        }
    }
}

/// Keeps what is new, then disposes of what is kept; whether there may be more. In this order, so that mails are read
/// also while something is wrong with what is to be done with them.
async fn pass(
    session: &Session,
    reading: &mut Reading,
    imap: &mut Imap,
    selected: &Selected,
) -> Result<bool, Trouble> {
    let fresh = imap.list(reading.read_uid, LISTED_MAX).await?;
    let nothing_open = reading.done_uid >= reading.read_uid;
    let more_fresh = fresh.len() >= LISTED_MAX;
    keep(session, reading, imap, &fresh).await?;
    let mut open = fresh;
    if !nothing_open {
        open = imap.list(reading.done_uid, LISTED_MAX).await?;
        open.retain(|mail| mail.uid <= reading.read_uid);
    }
    let more = open.len() >= LISTED_MAX;
    let done = reading.done_uid;
    for batch in open.chunks(FETCH_MAILS) {
        dispose(session, reading, imap, selected, batch).await?;
    }
    if !more && reading.done_uid < reading.read_uid {
        // What is not there any more needs nothing done.
        reading.done_uid = reading.read_uid;
    }
    // Once for all: what is disposed of again after an interruption stays as it is.
    if reading.done_uid != done {
        keep_cursor(session, reading).await?;
    }
    Ok(more || more_fresh)
}

/// A batch that was fetched, with the cursor behind it.
struct Read {
    next: Reading,
    copies: Vec<Incoming>,
    again: Option<Again>,
}

/// Fetches the mails in batches and commits each with the cursor behind it: one while the next is on its way. A mail that
/// is larger than a batch may be has the memory for itself.
async fn keep(
    session: &Session,
    reading: &mut Reading,
    imap: &mut Imap,
    fresh: &[Listed],
) -> Result<(), Trouble> {
    let mut read = None;
    for batch in batches(fresh, |mail| mail.size, Most { mails: FETCH_MAILS, bytes: FETCH_BYTES }) {
        if batch.iter().any(|mail| mail.size > FETCH_BYTES) {
            commit(session, reading, read.take()).await?;
        }
        let before = reading.clone();
        let (kept, fetched) =
            tokio::join!(commit(session, reading, read.take()), fetch(session, &before, imap, batch));
        kept?;
        read = Some(fetched?);
    }
    commit(session, reading, read).await
}

async fn commit(session: &Session, reading: &mut Reading, read: Option<Read>) -> Result<(), Trouble> {
    let Some(Read { next, copies, again }) = read else { return Ok(()) };
    session.keep(&next, copies, again).await?;
    *reading = next;
    Ok(())
}

/// Fetches a batch; the cursor behind it is that of its last mail.
async fn fetch(
    session: &Session,
    reading: &Reading,
    imap: &mut Imap,
    batch: &[Listed],
) -> Result<Read, Trouble> {
    let read_uid = batch.last().map_or(reading.read_uid, |last| last.uid);
    let validity = reading.uid_validity.unwrap_or_default();
    let again = (batch.first().is_some_and(|mail| mail.uid <= reading.again_uid))
        .then(|| keys::again(&reading.folder, validity));
    let copies = fetch_copies(session, reading, imap, batch).await?;
    Ok(Read { next: Reading { read_uid, ..reading.clone() }, copies, again })
}

fn key(reading: &Reading, uid: u32) -> String {
    keys::imap(&reading.folder, reading.uid_validity.unwrap_or_default(), uid)
}

async fn fetch_copies(
    session: &Session,
    reading: &Reading,
    imap: &mut Imap,
    batch: &[Listed],
) -> Result<Vec<Incoming>, Trouble> {
    let _inside = enter(Stage::Fetch);
    let limit = session.receiving.size_limit;
    let wanted = batch.iter().copied().filter(|mail| is_wanted(session, reading, mail));
    let (fitting, mut partly): (Vec<Listed>, Vec<Listed>) = wanted.partition(|mail| mail.size <= limit);
    let mut copies = Vec::with_capacity(fitting.len());
    let mut given = BTreeSet::new();
    let mut take = |mail: Fetched| {
        if given.insert(mail.uid) {
            copies.push(session.incoming(key(reading, mail.uid), mail.bytes, None));
        }
    };
    if let Err(refusal) = imap.fetch(&fitting, &mut take).await {
        // One mail that the server cannot give must not hold up the others: each is asked for alone, and one that is
        // refused again is left to its headers. Where these are refused too, it is not the mail.
        unless_lost(imap, refusal)?;
        for mail in fitting.iter().filter(|_| fitting.len() > 1) {
            if let Err(refusal) = imap.fetch(&[*mail], &mut take).await {
                unless_lost(imap, refusal)?;
            }
        }
    }
    // What was asked for and not given was removed meanwhile; or the server cannot give it, and then has its headers.
    partly.extend(fitting.into_iter().filter(|mail| !given.contains(&mail.uid)));
    for mail in partly {
        if let Some(headers) = imap.fetch_headers(mail.uid).await? {
            let why =
                if mail.size > limit { too_large(mail.size, limit, AGAIN) } else { not_given(MOVED_BACK) };
            copies.push(session.incoming(key(reading, mail.uid), headers, Some(why)));
        }
    }
    Ok(copies)
}

/// A refusal leaves the session in use; anything else ends it.
fn unless_lost(imap: &Imap, failure: Failure) -> Result<(), Failure> {
    if imap.usable() { Ok(()) } else { Err(failure) }
}

/// How a mail that was too large, and one that was not given, come to be read after all.
const AGAIN: &str = "raise the account's size limit, and move the mail out of the folder and back";
const MOVED_BACK: &str = "look at it with a mail program, and move it out of the folder and back";

/// Whether a mail is to be read. After a folder's UIDs were given anew, those that were there before the first reading
/// come up again.
fn is_wanted(session: &Session, reading: &Reading, mail: &Listed) -> bool {
    let from_before = mail.uid <= reading.again_uid
        && session.receiving.first_run == FirstRun::New
        && mail.internal_date.is_some_and(|at| at < reading.started_at.micros() / 1_000_000);
    !from_before
}

/// Does with kept mails what the account says, and moves the second cursor. What the database does not hold whole stays
/// as it is.
async fn dispose(
    session: &Session,
    reading: &mut Reading,
    imap: &mut Imap,
    selected: &Selected,
    mails: &[Listed],
) -> Result<(), Trouble> {
    let Some(last) = mails.last() else { return Ok(()) };
    let kept = session.kept(mails.iter().map(|mail| key(reading, mail.uid)).collect()).await?;
    let uids: Vec<u32> =
        mails.iter().map(|mail| mail.uid).filter(|uid| kept.contains(&key(reading, *uid))).collect();
    let inside = enter(Stage::Dispose);
    if !uids.is_empty() {
        match &session.receiving.after_reading {
            AfterReading::Leave => {}
            AfterReading::Flag => imap.flag(&uids, &marks(selected)).await?,
            AfterReading::Move(folder) => move_to(imap, &uids, folder).await?,
            AfterReading::Delete => drop(imap.delete(&uids).await?),
        }
    }
    drop(inside);
    reading.done_uid = reading.done_uid.max(last.uid);
    Ok(())
}

async fn keep_cursor(session: &Session, reading: &Reading) -> Result<(), Trouble> {
    let kept = reading.clone();
    session.blocking(move |app| app.store.keep_reading(&kept)).await
}

/// Moves mails; a folder that is not there is made.
async fn move_to(imap: &mut Imap, uids: &[u32], folder: &str) -> Result<(), Failure> {
    match imap.move_to(uids, folder).await {
        Err(failure) if matches!(failure.kind, Kind::FolderMissing { .. }) => {
            imap.create(folder).await?;
            imap.move_to(uids, folder).await.map(|_| ())
        }
        moved => moved.map(|_| ()),
    }
}

fn marks(selected: &Selected) -> Vec<Flag> {
    let keyword = selected.keeps_keywords.then(|| Flag::Keyword(KEYWORD.to_owned()));
    [Flag::Seen].into_iter().chain(keyword).collect()
}
