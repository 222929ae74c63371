//! Sends the mail of each account on a task of its own, so that a server that keeps one account waiting holds up no
//! other: what is claimed next leaves out the accounts that are busy or wait.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rejoinder_engine::id::Id;
use rejoinder_store::ClaimedDelivery;
use tokio::runtime::Handle;
use tokio::task::{self, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Claimed, by_account, claim, send_account};
use crate::app::{App, Work};
use crate::limits::{POLL, SEND_ACCOUNTS};

/// The tasks of the accounts that send now.
#[derive(Default)]
struct Busy {
    tasks: JoinSet<()>,
    accounts: HashMap<task::Id, Id>,
}

impl Busy {
    fn ids(&self) -> Vec<Id> {
        self.accounts.values().copied().collect()
    }

    fn begin(&mut self, app: &Arc<App>, claimed: Claimed, stop: &CancellationToken) {
        let groups: BTreeMap<Id, Vec<ClaimedDelivery>> = by_account(claimed.deliveries);
        for (account, deliveries) in groups {
            let (app, config, stop, until) =
                (app.clone(), claimed.config.clone(), stop.clone(), claimed.until);
            let work = move || send_account(&app, &config, &Handle::current(), &stop, until, &deliveries);
            let task = self.tasks.spawn_blocking(work);
            self.accounts.insert(task.id(), account);
        }
    }

    fn ended(&mut self, ended: Result<(task::Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "the sending of an account ended badly; its leases end by themselves");
                error.id()
            }
        };
        self.accounts.remove(&id);
    }
}

/// Sends until told to stop, then waits for the mails that are under way.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut busy = Busy::default();
    while !stop.is_cancelled() {
        while let Some(ended) = busy.tasks.try_join_next_with_id() {
            busy.ended(ended);
        }
        if busy.accounts.len() < SEND_ACCOUNTS && begin_more(&app, &mut busy, &stop).await {
            continue;
        }
        tokio::select! {
            Some(ended) = busy.tasks.join_next_with_id() => busy.ended(ended),
            () = app.wake.of(Work::Deliveries).notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stop.cancelled() => {}
        }
    }
    while let Some(ended) = busy.tasks.join_next_with_id().await {
        busy.ended(ended);
    }
}

/// Claims what is due of the accounts that are free, and begins with it. Whether there was any.
async fn begin_more(app: &Arc<App>, busy: &mut Busy, stop: &CancellationToken) -> bool {
    let (claimer, left_out) = (app.clone(), busy.ids());
    match task::spawn_blocking(move || claim(&claimer, left_out)).await {
        Ok(Ok(Some(claimed))) if !claimed.deliveries.is_empty() => {
            busy.begin(app, claimed, stop);
            return true;
        }
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(code = error.code(), %error, "deliveries could not be claimed"),
        Err(error) => tracing::error!(%error, "the claim of deliveries ended badly"),
    }
    false
}
