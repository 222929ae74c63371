//! The task of one account: claims its folder, reads it again and again, waits longer the more often that failed, and
//! says what is wrong where a person looks.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rejoinder_engine::account::{Account, Protocol, Receiving, Security};
use rejoinder_engine::plan::Why;
use rejoinder_store::{Again, NOT_GIVEN, Reading, StoreError, TOO_LARGE};
use rejoinder_wire::endpoint::{Endpoint, Login, StepReport};
use tokio_util::sync::CancellationToken;

use super::trouble::{PREFIX, Trouble};
use super::{imap, pop3};
use crate::accept::{Incoming, arrival};
use crate::advice::Conversation;
use crate::app::{App, Work};
use crate::connection::{endpoint, login, security};
use crate::error::AppError;
use crate::limits::{READ_TIMEOUT, READING_LEASE, READING_WAIT_MAX};
use crate::workers::process::micros;

/// What a session needs.
pub(super) struct Session {
    pub(super) app: Arc<App>,
    pub(super) account: Account,
    pub(super) receiving: Receiving,
    pub(super) endpoint: Endpoint,
    pub(super) login: Login,
    pub(super) stop: CancellationToken,
}

impl Session {
    /// Runs what waits for the database on a thread where waiting is allowed.
    pub(super) async fn blocking<T: Send + 'static, E: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Trouble>
    where
        Trouble: From<E>,
    {
        let app = self.app.clone();
        Ok(tokio::task::spawn_blocking(move || work(&app)).await??)
    }

    /// Everything that was there is read: what reading had raised is over.
    pub(super) async fn passed(&self, reading: &Reading) -> Result<(), Trouble> {
        let (reading, account) = (reading.clone(), self.account.id);
        self.blocking(move |app| {
            let now = app.env.now();
            app.store.clear_attention_of("account", account, PREFIX, "reading works again", now)?;
            app.store.reading_passed(&reading, now)
        })
        .await
    }

    /// Commits mails together with the cursor behind them: when this returns, their source may be changed.
    pub(super) async fn keep(
        &self,
        reading: &Reading,
        copies: Vec<Incoming>,
        again: Option<Again>,
    ) -> Result<(), Trouble> {
        let (count, kept) = (copies.len(), reading.clone());
        self.blocking(move |app| {
            let arrivals: Result<Vec<_>, AppError> =
                copies.into_iter().map(|copy| arrival(app, copy)).collect();
            app.store.accept_read(&kept, arrivals?, again).map_err(Trouble::from)
        })
        .await?;
        if self.account.debug {
            tracing::info!(
                account = self.account.name,
                folder = reading.folder,
                mails = count,
                "mails are kept"
            );
        }
        if count > 0 {
            self.app.wake.tell(Work::Arrivals);
        }
        Ok(())
    }

    /// Those of the source keys whose mails are kept with all their bytes: only these may be changed at the source.
    pub(super) async fn kept(&self, keys: Vec<String>) -> Result<BTreeSet<String>, Trouble> {
        let account = self.account.id;
        self.blocking(move |app| app.store.kept_sources(account, &keys)).await
    }

    /// One copy of a mail as this account's source gives it.
    pub(super) fn incoming(&self, key: String, bytes: Vec<u8>, refused: Option<Why>) -> Incoming {
        let source = if self.receiving.protocol == Protocol::Pop3 { "pop3" } else { "imap" };
        Incoming {
            account: self.account.id,
            source: source.to_owned(),
            source_key: Some(key),
            envelope_from: None,
            envelope_to: Vec::new(),
            bytes,
            refused,
        }
    }

    /// Logs a step of the connection where the account asks for it. Steps hold no password.
    pub(super) fn debug(&self, report: &StepReport) {
        if self.account.debug {
            tracing::info!(account = self.account.name, step = %report.step, progress = ?report.progress, "connection");
        }
    }

    /// How long the mailbox is left alone after it was read.
    pub(super) fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.receiving.interval_seconds))
    }
}

/// Why a mail is left where it is; `again` is what to do about it.
pub(super) fn too_large(size: u64, limit: u64, again: &str) -> Why {
    let text = format!(
        "the mail has {size} bytes and the account takes {limit}: only its headers were read, and it was left in the \
         mailbox. To have it read, {again}"
    );
    Why::new(TOO_LARGE, text)
}

/// Why a mail is left where it is that the server lists and does not give; `again` is what to do about it.
pub(super) fn not_given(again: &str) -> Why {
    let text = format!(
        "the server lists the mail, gives its headers and not the mail itself: it was left in the mailbox. To have it \
         read, {again}"
    );
    Why::new(NOT_GIVEN, text)
}

/// Reads the account until told to stop.
pub(super) async fn run(app: Arc<App>, account: Account, stop: CancellationToken) {
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        let interval = match session(&app, &account, &stop).await {
            Ok(interval) => {
                failures = 0;
                interval
            }
            Err(trouble) => match trouble.why(conversation(&account)) {
                Some(why) => {
                    failures += 1;
                    tell(&app, &account, why).await;
                    wait_after(failures)
                }
                None => READING_LEASE / 3,
            },
        };
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// What the account asks for, as advice needs to know.
pub(super) fn conversation(account: &Account) -> Conversation {
    let receiving = account.fetches();
    let protocol = match receiving.map(|receiving| receiving.protocol) {
        Some(Protocol::Pop3) => "POP3",
        _ => "IMAP",
    };
    let asked = receiving.map_or(Security::Tls, |receiving| receiving.server.security);
    Conversation { protocol, security: security(asked) }
}

/// 1 s, 2 s, 4 s … at most [`READING_WAIT_MAX`].
fn wait_after(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.saturating_sub(1).min(16)).min(READING_WAIT_MAX)
}

async fn tell(app: &Arc<App>, account: &Account, why: Why) {
    tracing::warn!(account = account.name, code = why.code, reason = why.text, "a mailbox could not be read");
    let (teller, id) = (app.clone(), account.id);
    let why = Why::new(&why.code, format!("the account {} cannot be read: {}", account.name, why.text));
    let raised = tokio::task::spawn_blocking(move || {
        teller.store.raise_attention("account", id, &why, teller.env.now())
    });
    if let Ok(Err(error)) = raised.await {
        tracing::error!(%error, "attention could not be raised");
    }
}

/// One claim of the folder, and everything that is done under it. Says how long to wait before the next.
async fn session(app: &Arc<App>, account: &Account, stop: &CancellationToken) -> Result<Duration, Trouble> {
    let session = prepare(app, account, stop)?;
    let Some(reading) = claim(&session).await? else { return Err(Trouble::Elsewhere) };
    let ended = CancellationToken::new();
    let renewing = tokio::spawn(renew(app.clone(), reading.clone(), ended.clone()));
    let mut reading = reading;
    let read = async {
        match session.receiving.protocol {
            Protocol::Pop3 => pop3::read(&session, &mut reading).await,
            _ => imap::read(&session, &mut reading).await,
        }
    };
    let outcome = tokio::select! {
        outcome = read => outcome,
        () = ended.cancelled() => Err(Trouble::Elsewhere),
        // A pass that is under way when the program stops is cut off: what is kept is kept, the rest comes again.
        () = stop.cancelled() => Ok(()),
    };
    ended.cancel();
    renewing.await?;
    let given_back = session.blocking(move |app| app.store.release_reading(&reading)).await;
    outcome?;
    given_back?;
    Ok(session.interval())
}

fn prepare(app: &Arc<App>, account: &Account, stop: &CancellationToken) -> Result<Session, Trouble> {
    if let Some(why) = account.incomplete() {
        return Err(Trouble::new(&why.code, why.text));
    }
    let Some(receiving) = account.fetches().cloned() else {
        return Err(Trouble::new("account_incomplete", "the account does not read a mailbox"));
    };
    let login = login(app, account).map_err(|why| Trouble::new(&why.code, why.text))?;
    let Some(login) = login else {
        return Err(Trouble::new("account_incomplete", "the account names no user to log in"));
    };
    let endpoint = endpoint(app, &receiving.server, READ_TIMEOUT);
    Ok(Session { app: app.clone(), account: account.clone(), receiving, endpoint, login, stop: stop.clone() })
}

async fn claim(session: &Session) -> Result<Option<Reading>, Trouble> {
    let folder = match session.receiving.protocol {
        Protocol::Imap => session.receiving.folder.clone(),
        _ => String::new(),
    };
    let account = session.account.id;
    session
        .blocking(move |app| {
            let now = app.env.now();
            let by = format!("{}/read", app.node);
            app.store.claim_reading(account, &folder, &by, now, now.plus(micros(READING_LEASE)))
        })
        .await
}

/// Keeps the claim alive; cancels `ended` when it is lost.
async fn renew(app: Arc<App>, reading: Reading, ended: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(READING_LEASE / 3) => {}
            () = ended.cancelled() => return,
        }
        let (renewer, claimed) = (app.clone(), reading.clone());
        let renewed = tokio::task::spawn_blocking(move || {
            let until = renewer.env.now().plus(micros(READING_LEASE));
            renewer.store.renew_reading(&claimed, until)
        });
        match renewed.await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return ended.cancel(),
            // The claim may still be ours; each write says for itself whether it is.
            Ok(Err(error)) => log_unrenewed(&error),
            Err(error) => tracing::error!(%error, "a claim was not renewed"),
        }
    }
}

fn log_unrenewed(error: &StoreError) {
    tracing::warn!(%error, "the claim of a mailbox was not renewed");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::IDLE_LOOK;

    #[test]
    fn a_mailbox_that_fails_is_left_alone_longer_each_time_up_to_the_limit() {
        let seconds: Vec<u64> = (1..=4).map(|failures| wait_after(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8]);
        assert_eq!(wait_after(40), READING_WAIT_MAX);
    }

    #[test]
    fn a_claim_is_renewed_while_a_step_takes_its_time() {
        assert!(READ_TIMEOUT > READING_LEASE, "else a claim would need no renewal during a step");
        assert!(IDLE_LOOK < rejoinder_wire::imap::IDLE_MAX, "servers end a longer wait (RFC 2177)");
        assert!(IDLE_LOOK > READING_LEASE);
    }
}
