//! Reads the mailboxes of IMAP and POP3 accounts, each on a task of its own, so that none waits for another.
//!
//! The supervisor compares what runs with what the configuration asks for: a new account begins, a changed one begins
//! anew, one that is gone or switched off ends. A mail is kept first and marked, moved or removed at its source
//! afterwards ([`imap`], [`pop3`]); nothing here decides what a mail means.

mod batch;
mod imap;
mod keys;
mod mailbox;
mod pop3;
mod sent;
mod trouble;

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::account::Account;
use rejoinder_engine::id::Id;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::AppError;
use crate::limits::POLL;

pub use imap::KEYWORD;

/// The task of one account.
struct Task {
    account: Account,
    stop: CancellationToken,
    handle: JoinHandle<()>,
}

/// Keeps one task for each account that is to be read, until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut tasks: BTreeMap<Id, Task> = BTreeMap::new();
    while !stop.is_cancelled() {
        match wanted(&app).await {
            Ok(wanted) => arrange(&app, &stop, &mut tasks, wanted).await,
            Err(error) => {
                tracing::error!(code = error.code(), %error, "which accounts are to be read is not known");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = stop.cancelled() => {}
        }
    }
    for task in tasks.into_values() {
        drop(task.handle.await);
    }
}

/// The accounts that are to be read, as they are configured now.
async fn wanted(app: &Arc<App>) -> Result<BTreeMap<Id, Account>, AppError> {
    let app = app.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let config = app.config()?;
        if !config.settings.receives() {
            return Ok(BTreeMap::new());
        }
        let fetched = config.accounts.values().filter(|account| account.fetches().is_some());
        Ok(fetched.map(|account| (account.id, account.clone())).collect())
    });
    asked
        .await
        .unwrap_or_else(|error| Err(AppError::Refused(format!("the configuration was not read: {error}"))))
}

async fn arrange(
    app: &Arc<App>,
    stop: &CancellationToken,
    tasks: &mut BTreeMap<Id, Task>,
    mut wanted: BTreeMap<Id, Account>,
) {
    let stale: Vec<Id> = tasks
        .iter()
        .filter(|(id, task)| task.handle.is_finished() || wanted.get(id) != Some(&task.account))
        .map(|(id, _)| *id)
        .collect();
    for id in stale {
        if let Some(task) = tasks.remove(&id) {
            task.stop.cancel();
            // Its claim is given back before the next one asks for it.
            drop(task.handle.await);
        }
    }
    wanted.retain(|id, _| !tasks.contains_key(id));
    for (id, account) in wanted {
        let stop = stop.child_token();
        let handle = tokio::spawn(mailbox::run(app.clone(), account.clone(), stop.clone()));
        tasks.insert(id, Task { account, stop, handle });
    }
}
