//! Copies of sent mails into the account's folder of sent mail, so that people who look into the mailbox see both sides.
//!
//! A copy that is there already, by its Message-ID, is not made again: a process that dies after it appended and before
//! it noted so finds it. A copy that cannot be made holds up neither reading nor sending.

use rejoinder_engine::account::SentFolder;
use rejoinder_store::SentCopy;
use rejoinder_wire::endpoint::{Failure, Kind};
use rejoinder_wire::imap::{Flag, Imap, SpecialUse};

use super::mailbox::{Session, conversation};
use super::trouble::Trouble;
use crate::limits::{SENT_COPIES, SENT_COPY_AGAIN};
use crate::workers::process::micros;

/// The folder where nothing better is known.
const USUAL: &str = "Sent";

/// Makes the copies that are due; whether another folder was selected for it.
pub(super) async fn copy(session: &Session, imap: &mut Imap) -> Result<bool, Trouble> {
    let Some(asked) = session.account.sends.as_ref().and_then(|sending| sending.sent_folder.as_ref()) else {
        return Ok(false);
    };
    let account = session.account.id;
    let due =
        session.blocking(move |app| app.store.sent_copies_due(account, app.env.now(), SENT_COPIES)).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let folder = match asked {
        SentFolder::Named(name) => name.clone(),
        SentFolder::BySpecialUse => sent_folder(imap).await?,
    };
    for one in due {
        match append(session, imap, &folder, &one).await {
            Ok(()) => session.blocking(move |app| app.store.sent_copy_done(one.email)).await?,
            Err(trouble) if imap.usable() => later(session, &one, trouble).await?,
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(true)
}

/// The folder that the server names for sent mail (RFC 6154), else the usual one.
async fn sent_folder(imap: &mut Imap) -> Result<String, Failure> {
    let folders = imap.folders().await?;
    let named = folders.into_iter().find(|folder| folder.special_use == Some(SpecialUse::Sent));
    Ok(named.map_or_else(|| USUAL.to_owned(), |folder| folder.name))
}

async fn append(session: &Session, imap: &mut Imap, folder: &str, one: &SentCopy) -> Result<(), Trouble> {
    let digest = one.digest.clone();
    let Some(bytes) = session.blocking(move |app| app.store.blob(&digest)).await? else {
        tracing::warn!(email = %one.email, "the bytes of a sent mail are gone; no copy of it is made");
        return Ok(());
    };
    match imap.select(folder).await {
        Ok(_) => {}
        Err(failure) if matches!(failure.kind, Kind::FolderMissing { .. }) => {
            imap.create(folder).await?;
            imap.select(folder).await?;
        }
        Err(failure) => return Err(failure.into()),
    }
    if imap.search_message_id(&format!("<{}>", one.message_id)).await?.is_empty() {
        imap.append(folder, &bytes, &[Flag::Seen]).await?;
    }
    Ok(())
}

/// The copy waits, and a person is told why.
async fn later(session: &Session, one: &SentCopy, trouble: Trouble) -> Result<(), Trouble> {
    let Some(mut why) = trouble.why(conversation(&session.account)) else { return Err(Trouble::Elsewhere) };
    why.text = format!(
        "the account {} cannot keep a copy of a sent mail: {}. The mail itself was sent",
        session.account.name, why.text
    );
    let (account, email) = (session.account.id, one.email);
    session
        .blocking(move |app| {
            let now = app.env.now();
            // Not a code of reading: that reading works says nothing about copies.
            let why = rejoinder_engine::plan::Why::new("sent_copy", why.text);
            app.store.raise_attention("account", account, &why, now)?;
            app.store.sent_copy_later(email, now.plus(micros(SENT_COPY_AGAIN)))
        })
        .await
}
