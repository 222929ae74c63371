//! What was applied, told to those who look on: one task of the process looks, and every stream listens to it.
//!
//! A look is short reads of the database, at once after something was applied here or told of by another process, and
//! every [`STREAM_POLL`] otherwise, while anybody listens. Notices say that something is new, not what: who wants to
//! know reads it. They may come twice, never not at all. Knows no HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rejoinder_engine::id::Id;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::AppError;
use crate::limits::{STREAM_NOTICES, STREAM_OVERLAP, STREAM_PAUSE, STREAM_POLL, STREAM_ROWS};

/// What is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A record was made, changed or removed.
    Record {
        /// Which.
        record: RecordKey,
        /// Its version since then.
        version: i64,
        /// `insert`, `update` or `delete`.
        operation: String,
    },
    /// A mail came in or is to go out, or its state changed soon after.
    Email {
        /// Which.
        id: Id,
        /// `incoming` or `outgoing`.
        direction: String,
        /// Its state.
        state: String,
    },
    /// A delivery has another state.
    Delivery {
        /// Which.
        id: Id,
        /// Its mail.
        email: String,
        /// Its state.
        state: String,
    },
    /// Something needs attention, or does no longer.
    Attention {
        /// Which entry.
        id: Id,
        /// Whether it is open.
        open: bool,
    },
    /// The queues hold something else.
    Status,
    /// More was missed than is told again: everything is to be read anew.
    Reset,
}

/// A notice with its place in the stream: the moment from which on a listener who has it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The moment.
    pub at: Timestamp,
    /// What is new.
    pub news: News,
}

/// Where the listeners of a process listen. Ended with the process.
#[derive(Debug)]
pub struct Hub(Mutex<Option<Sender<Arc<Notice>>>>);

impl Default for Hub {
    fn default() -> Self {
        Self(Mutex::new(Some(channel(STREAM_NOTICES).0)))
    }
}

impl Hub {
    fn with<T>(&self, work: impl FnOnce(&mut Option<Sender<Arc<Notice>>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins to listen; nobody does any more where the program stops.
    pub fn listen(&self) -> Option<Receiver<Arc<Notice>>> {
        self.with(|sender| sender.as_ref().map(Sender::subscribe))
    }

    fn listeners(&self) -> usize {
        self.with(|sender| sender.as_ref().map_or(0, Sender::receiver_count))
    }

    fn tell(&self, notices: Vec<Notice>) {
        self.with(|sender| {
            if let Some(sender) = sender {
                for notice in notices {
                    // Nobody listens any more: then nobody misses it.
                    drop(sender.send(Arc::new(notice)));
                }
            }
        });
    }

    fn end(&self) {
        self.with(Option::take);
    }
}

/// What was seen already. Bounded by what [`STREAM_OVERLAP`] holds and what is not done.
#[derive(Debug, Default)]
struct Seen {
    /// Before it nothing is looked for any more.
    newest: Option<Timestamp>,
    changes: BTreeMap<(Id, i64), Timestamp>,
    emails: BTreeMap<Id, String>,
    deliveries: BTreeMap<Id, String>,
    attention: BTreeSet<Id>,
    queues: Vec<(String, i64)>,
}

/// Deliveries that are looked at because they are new.
const DELIVERIES_NEWEST: u32 = 200;
/// Deliveries that are looked at because they were not done.
const DELIVERIES_OPEN: usize = 500;
/// Troubles that are looked at.
const ATTENTION_NEWEST: u32 = 200;
/// States of deliveries that change by themselves.
const OPEN_STATES: [&str; 3] = ["ready", "sending", "deferred"];

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Looks and tells until `stop`; then every stream ends.
pub async fn feed(app: Arc<App>, hub: Arc<Hub>, stop: CancellationToken) {
    let mut seen = Seen::default();
    while !stop.is_cancelled() {
        tokio::select! {
            () = app.wake.applied().notified() => {}
            () = tokio::time::sleep(STREAM_POLL) => {}
            () = stop.cancelled() => break,
        }
        if hub.listeners() == 0 {
            seen = Seen::default();
            continue;
        }
        let looking = app.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let told = look(&looking, &mut seen);
            (seen, told)
        });
        let told = match looked.await {
            Ok((after, told)) => {
                seen = after;
                told
            }
            Err(error) => {
                tracing::error!(%error, "a look for what is new ended badly");
                seen = Seen::default();
                continue;
            }
        };
        match told {
            Ok(notices) => hub.tell(notices),
            Err(error) => tracing::warn!(%error, "what is new cannot be read at the moment"),
        }
        tokio::time::sleep(STREAM_PAUSE).await;
    }
    hub.end();
}

/// One look. The first one only sees what is there, and tells nothing of before.
fn look(app: &App, seen: &mut Seen) -> Result<Vec<Notice>, AppError> {
    let now = app.env.now();
    let first = seen.newest.is_none();
    let since = seen.newest.unwrap_or(now).plus(-micros(STREAM_OVERLAP));
    let mut news = Vec::new();
    let changes = app.store.changes_since(since, STREAM_ROWS)?;
    let cut = changes.len() >= STREAM_ROWS as usize;
    let newest = if cut { changes.last().map_or(now, |last| last.at) } else { now };
    for change in changes {
        let key = (change.record.id, change.version);
        if seen.changes.insert(key, change.at).is_none()
            && (!first || change.at >= now.plus(-micros(STREAM_POLL)))
        {
            let (record, version, operation) = (change.record, change.version, change.operation);
            news.push(News::Record { record, version, operation });
        }
    }
    seen.changes.retain(|_, at| *at >= since);
    mails(app, seen, since, &mut news)?;
    troubles(app, seen, &mut news)?;
    seen.newest = Some(newest);
    if first {
        news.retain(|one| matches!(one, News::Record { .. }));
    }
    Ok(news.into_iter().map(|news| Notice { at: newest, news }).collect())
}

fn mails(app: &App, seen: &mut Seen, since: Timestamp, news: &mut Vec<News>) -> Result<(), AppError> {
    let mut emails = BTreeMap::new();
    for mail in app.store.emails_since(since, STREAM_ROWS)? {
        if seen.emails.get(&mail.id) != Some(&mail.state) {
            news.push(News::Email { id: mail.id, direction: mail.of, state: mail.state.clone() });
        }
        emails.insert(mail.id, mail.state);
    }
    seen.emails = emails;
    let open = seen.deliveries.iter().filter(|(_, state)| OPEN_STATES.contains(&state.as_str()));
    let open: Vec<Id> = open.map(|(id, _)| *id).take(DELIVERIES_OPEN).collect();
    let mut deliveries = BTreeMap::new();
    for delivery in app.store.deliveries_now(DELIVERIES_NEWEST, &open)? {
        if seen.deliveries.get(&delivery.id) != Some(&delivery.state)
            && !deliveries.contains_key(&delivery.id)
        {
            let (id, email, state) = (delivery.id, delivery.of, delivery.state.clone());
            news.push(News::Delivery { id, email, state });
        }
        deliveries.insert(delivery.id, delivery.state);
    }
    seen.deliveries = deliveries;
    Ok(())
}

fn troubles(app: &App, seen: &mut Seen, news: &mut Vec<News>) -> Result<(), AppError> {
    let open: BTreeSet<Id> =
        app.store.attention_now(ATTENTION_NEWEST)?.into_iter().map(|one| one.id).collect();
    news.extend(open.difference(&seen.attention).map(|id| News::Attention { id: *id, open: true }));
    news.extend(seen.attention.difference(&open).map(|id| News::Attention { id: *id, open: false }));
    seen.attention = open;
    let queues = app.store.queue_counts()?.into_iter();
    let queues: Vec<_> = queues.map(|row| (format!("{}/{}", row.queue, row.state), row.count)).collect();
    if queues != seen.queues {
        news.push(News::Status);
    }
    seen.queues = queues;
    Ok(())
}

/// What a listener missed since `at`; `None` where that is more than is told again.
pub fn missed(app: &App, at: Timestamp) -> Result<Option<Vec<Notice>>, AppError> {
    let since = at.plus(-micros(STREAM_OVERLAP));
    let (changes, emails) =
        (app.store.changes_since(since, STREAM_ROWS)?, app.store.emails_since(since, STREAM_ROWS)?);
    if changes.len().max(emails.len()) >= STREAM_ROWS as usize {
        return Ok(None);
    }
    let now = app.env.now();
    let records = changes.into_iter().map(|change| News::Record {
        record: change.record,
        version: change.version,
        operation: change.operation,
    });
    let mails =
        emails.into_iter().map(|mail| News::Email { id: mail.id, direction: mail.of, state: mail.state });
    let all = records.chain(mails).chain([News::Status]);
    Ok(Some(all.map(|news| Notice { at: now, news }).collect()))
}
