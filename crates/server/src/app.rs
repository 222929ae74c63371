//! The running program: the store, the configuration of its generation, time and seeds.
//!
//! What the workers, the API and the command line share. Knows no HTTP and no SMTP.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, Numbers};
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::token::{Keys, SigningKey};
use rejoinder_engine::view::View;
use rejoinder_store::{Applied, Claim, NumberBlocks, Snapshot, Store};
use tokio::sync::Notify;

use rejoinder_wire::endpoint::Egress;

use crate::connection::Authorities;
use crate::env::Env;
use crate::error::AppError;
use crate::limits::{DECIDE_THREADS, DECIDE_THREADS_SHARED, SMTP_TIMEOUT};
use crate::secrets::Secrets;
use crate::workers::deciders::Deciders;
use crate::workers::send::Waiting;

/// The running program.
pub struct App {
    /// The database.
    pub store: Store,
    /// Time and seeds.
    pub env: Env,
    /// Numbers reserved for new records.
    pub numbers: NumberBlocks,
    /// Wakes the workers after something was committed.
    pub wake: Wake,
    /// The name of this process among others on the same database.
    pub node: String,
    /// Where connections may go.
    pub egress: Egress,
    /// Whose certificates are believed.
    pub authorities: Authorities,
    /// The threads that decide.
    pub deciders: Deciders,
    /// Accounts that cannot send at the moment.
    pub waiting: Waiting,
    /// How long each step of sending may take; [`SMTP_TIMEOUT`] until [`App::with_smtp_timeout`].
    pub smtp_timeout: Duration,
    /// The keys of secrets; none until [`App::with_secrets`].
    pub secrets: Secrets,
    config: RwLock<Option<Arc<Config>>>,
}

/// What may wait for a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Incoming mail.
    Arrivals,
    /// Events.
    Events,
    /// Deliveries.
    Deliveries,
    /// Jobs.
    Jobs,
    /// Times of scheduled jobs.
    Schedule,
}

/// Who is woken by what.
#[derive(Default)]
pub struct Wake {
    arrivals: Notify,
    events: Notify,
    deliveries: Notify,
    jobs: Notify,
    schedule: Notify,
    others: Notify,
    sent: Notify,
    applied: Notify,
}

impl Wake {
    /// Wakes the worker of this process, and has the other processes on the database told.
    pub fn tell(&self, work: Work) {
        self.of(work).notify_one();
        self.applied.notify_one();
        self.others.notify_one();
    }

    /// Wakes the workers who have something to do after this was applied, and has the others told.
    pub fn tell_applied(&self, applied: &Applied) {
        let all = [
            (applied.events > 0, Work::Events),
            (applied.deliveries > 0, Work::Deliveries),
            (applied.jobs > 0, Work::Jobs),
        ];
        for (_, work) in all.into_iter().filter(|(some, _)| *some) {
            self.of(work).notify_one();
        }
        self.applied.notify_one();
        self.others.notify_one();
    }

    /// Wakes every worker, and has the other processes on the database told.
    pub fn tell_all(&self) {
        self.hear();
        self.others.notify_one();
    }

    /// Wakes the workers of this process: another one has told that there is work.
    pub fn hear(&self) {
        for work in [Work::Arrivals, Work::Events, Work::Deliveries, Work::Jobs, Work::Schedule] {
            self.of(work).notify_one();
        }
        self.applied.notify_one();
    }

    /// What the worker waits for.
    pub const fn of(&self, work: Work) -> &Notify {
        match work {
            Work::Arrivals => &self.arrivals,
            Work::Events => &self.events,
            Work::Deliveries => &self.deliveries,
            Work::Jobs => &self.jobs,
            Work::Schedule => &self.schedule,
        }
    }

    /// A mail was sent whose copy belongs into a mailbox: the tasks that read mailboxes look.
    pub fn tell_sent(&self) {
        self.sent.notify_waiters();
    }

    /// What the tasks that read mailboxes wait for.
    pub const fn sent(&self) -> &Notify {
        &self.sent
    }

    /// What the feeder of streams waits for: something was applied here, or another process has told of work.
    pub const fn applied(&self) -> &Notify {
        &self.applied
    }

    /// What the announcer waits for.
    pub const fn others(&self) -> &Notify {
        &self.others
    }
}

impl App {
    /// A program over an open store, under a name that no other process on the same database has; a random one
    /// where nothing is said. Makes a signing key where there is none.
    pub fn new(store: Store, env: Env, egress: Egress, node: Option<String>) -> Result<Self, AppError> {
        let random = env.seed()?.to_string().chars().take(12).collect();
        let node = node.unwrap_or(random);
        if store.signing_keys()?.iter().all(|key| key.retired_at.is_some()) {
            let id = env.seed()?.id("signing key", env.now()).to_string();
            store.add_signing_key(&id, &env.seed()?.bytes(), env.now())?;
        }
        let config = RwLock::new(None);
        let (numbers, wake, waiting) = (NumberBlocks::new(), Wake::default(), Waiting::default());
        let (secrets, authorities) = (Secrets::default(), Authorities::default());
        let smtp_timeout = SMTP_TIMEOUT;
        Ok(Self {
            store,
            env,
            numbers,
            wake,
            deciders: Deciders::default(),
            node,
            egress,
            authorities,
            waiting,
            smtp_timeout,
            secrets,
            config,
        })
    }

    /// The same with another limit for each step of sending.
    pub fn with_smtp_timeout(mut self, timeout: Duration) -> Self {
        self.smtp_timeout = timeout;
        self
    }

    /// The same with further certificate authorities.
    pub fn with_authorities(mut self, authorities: Authorities) -> Self {
        self.authorities = authorities;
        self
    }

    /// The same with the keys of its secrets.
    pub fn with_secrets(mut self, secrets: Secrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// The configuration of the newest generation.
    pub fn config(&self) -> Result<Arc<Config>, AppError> {
        let generation = self.store.configuration_generation()?;
        if let Some(config) = self.config_in_memory().filter(|config| config.generation == generation) {
            return Ok(config);
        }
        self.reload()
    }

    /// The configuration of the newest generation, and a view of the same moment.
    pub fn moment(&self) -> Result<(Arc<Config>, Snapshot), AppError> {
        let view = self.store.view()?;
        let known = self.config_in_memory().filter(|config| config.generation == view.generation());
        if let Some(config) = known {
            return Ok((config, view));
        }
        // What is read from now on must not be older than the configuration.
        drop(view);
        let config = self.reload()?;
        Ok((config, self.store.view()?))
    }

    /// The configuration as it was last read; what is decided with an older one is refused by its generation.
    pub fn known_config(&self) -> Result<Arc<Config>, AppError> {
        self.config_in_memory().map_or_else(|| self.reload(), Ok)
    }

    /// The same without reading the database; `None` before the first reading.
    pub fn config_in_memory(&self) -> Option<Arc<Config>> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the configuration anew.
    pub fn reload(&self) -> Result<Arc<Config>, AppError> {
        // Before everything that belongs to it: what is written meanwhile makes this reading an old one, and never an
        // old reading look new.
        let generation = self.store.configuration_generation()?;
        self.store.reload_dictionary()?;
        let dictionary = self.store.dictionary().dictionary().clone();
        let mut records = Vec::new();
        for table in dictionary.configuration() {
            records.extend(self.store.records_of(&table.table.name)?);
        }
        let keys = self.store.signing_keys()?.into_iter().map(|key| SigningKey {
            id: key.id,
            secret: key.secret,
            retired: key.retired_at.is_some(),
        });
        let config = Arc::new(Config::new(generation, dictionary, &records, Keys(keys.collect())));
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Some(config.clone());
        Ok(config)
    }

    /// How many threads of one tick decide at once.
    pub fn decide_threads(&self) -> usize {
        if self.store.is_shared() { DECIDE_THREADS_SHARED } else { DECIDE_THREADS }
    }

    /// A claim of `limit` rows for `lease`, by this process.
    pub fn claim(&self, worker: &str, limit: u32, lease: std::time::Duration) -> Claim {
        let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
        Claim { now: self.env.now(), lease, limit, by: format!("{}/{worker}", self.node) }
    }
}

/// The input of a decision.
pub fn context<'a>(
    config: &'a Config,
    view: &'a dyn View,
    now: Timestamp,
    seed: Seed,
    numbers: &'a dyn Numbers,
) -> Context<'a> {
    Context { config, view, now, seed, numbers }
}

/// An id for a request of our own.
pub fn request_id(env: &Env) -> Result<Id, AppError> {
    Ok(env.seed()?.id("request", env.now()))
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Whether the worker was woken since it was asked last.
    fn is_woken(wake: &Wake, work: Work) -> bool {
        let notified = pin!(wake.of(work).notified());
        notified.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    #[test]
    fn what_was_applied_wakes_those_who_have_something_to_do_and_nobody_else() {
        let applied = |events, deliveries, jobs| Applied { events, deliveries, jobs, ..Applied::default() };
        let all = [Work::Arrivals, Work::Events, Work::Deliveries, Work::Jobs, Work::Schedule];
        for (applied, expected) in [
            (applied(0, 0, 0), [false; 5]),
            (applied(1, 0, 0), [false, true, false, false, false]),
            (applied(0, 2, 0), [false, false, true, false, false]),
            (applied(0, 0, 1), [false, false, false, true, false]),
            (applied(1, 1, 1), [false, true, true, true, false]),
        ] {
            let wake = Wake::default();
            wake.tell_applied(&applied);
            assert_eq!(all.map(|work| is_woken(&wake, work)), expected, "{applied:?}");
        }
        let wake = Wake::default();
        wake.tell_all();
        assert_eq!(all.map(|work| is_woken(&wake, work)), [true; 5]);
    }
}
