//! Outgoing mail: claims deliveries, sends them over SMTP, settles each by the server's answer.
//!
//! The stage is durable before the final dot goes out, so that a delivery found afterwards with an expired lease
//! is known to be uncertain or safe to repeat. No network call happens inside a database transaction.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rejoinder_engine::account::Account;
use rejoinder_engine::config::Config;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_engine::time::Timestamp;
use rejoinder_store::stage::{Inside, Stage as Hit, enter};
use rejoinder_store::{ClaimedDelivery, DeliveryStage, Outcome, QueueError};
use rejoinder_wire::smtp::{Cause, RecipientOutcome, SendReport, Session, Stage, Transmission, connect};
use tokio::runtime::Handle;

use super::in_parallel;
use super::retry::next_attempt;
use crate::app::App;
use crate::connection::{endpoint, login};
use crate::error::AppError;
use crate::limits::{CLAIM_ROWS, DELIVERY_LEASE, MAILS_PER_CONNECTION, SEND_CONNECTIONS, SMTP_TIMEOUT};

/// Accounts that cannot send at the moment: how often they failed, and until when they wait.
#[derive(Default)]
pub struct Waiting(Mutex<BTreeMap<Id, (u32, Timestamp)>>);

/// The longest an account waits before its server is asked again, in microseconds.
const ACCOUNT_WAIT_MAX: i64 = 5 * 60 * 1_000_000;

impl Waiting {
    fn paused(&self, now: Timestamp) -> Vec<Id> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|(_, (_, until))| *until > now).map(|(id, _)| *id).collect()
    }

    /// Notes a failure; says until when the account waits: 1 s, 2 s, 4 s … at most five minutes.
    fn failed(&self, account: Id, now: Timestamp) -> Timestamp {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = all.entry(account).or_insert((0, now));
        let wait = (1_000_000_i64 << entry.0.min(20)).min(ACCOUNT_WAIT_MAX);
        *entry = (entry.0 + 1, now.plus(wait));
        entry.1
    }

    fn works(&self, account: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}

/// Sends the deliveries that wait; says how many it claimed. Called on a blocking thread of a runtime.
pub fn tick(app: &App) -> Result<usize, AppError> {
    let config = app.config()?;
    if !config.settings.sends() {
        return Ok(0);
    }
    let claim = app.claim("send", CLAIM_ROWS, DELIVERY_LEASE);
    let paused = app.waiting.paused(claim.now);
    let claimed = app.store.claim_deliveries(&claim, CLAIM_ROWS, &paused)?;
    if config.settings.resends_uncertain() {
        for id in &claimed.uncertain {
            app.store.resend_delivery(*id, "setting", claim.now)?;
        }
    }
    let batches = batches(&claimed.deliveries);
    let handle = Handle::current();
    in_parallel(&batches, SEND_CONNECTIONS * 4, |batch| send_batch(app, &config, &handle, batch));
    Ok(claimed.deliveries.len())
}

/// The deliveries of one account on each of its connections.
fn batches(deliveries: &[ClaimedDelivery]) -> Vec<Vec<&ClaimedDelivery>> {
    let mut by_account: BTreeMap<Id, Vec<&ClaimedDelivery>> = BTreeMap::new();
    for delivery in deliveries {
        by_account.entry(delivery.account).or_default().push(delivery);
    }
    let mut batches = Vec::new();
    for all in by_account.into_values() {
        let size = all.len().div_ceil(SEND_CONNECTIONS).clamp(1, MAILS_PER_CONNECTION);
        batches.extend(all.chunks(size).map(<[_]>::to_vec));
    }
    batches
}

fn send_batch(app: &App, config: &Config, handle: &Handle, batch: &[&ClaimedDelivery]) {
    let account = batch.first().and_then(|delivery| config.accounts.get(&delivery.account));
    let Some((account, sending)) = account.and_then(|account| Some((account, account.sends.as_ref()?)))
    else {
        let why = Why::new(
            "no_account",
            "the account that should send this is gone or does not send: send it again by another",
        );
        return batch
            .iter()
            .for_each(|one| settle(app, one, &Outcome::Failed { why: why.clone(), reply: None }));
    };
    let login = match account.incomplete().map_or_else(|| login(app, account), Err) {
        Ok(login) => login,
        Err(why) => return account_waits(app, account, why, batch),
    };
    let mut session: Option<Session> = None;
    for (place, delivery) in batch.iter().enumerate() {
        let ready = match session.take() {
            Some(mut known) => handle.block_on(known.renew()).then_some(known),
            None => None,
        };
        let ready = match ready {
            Some(known) => Ok(known),
            None => {
                let endpoint = endpoint(app, &sending.server, SMTP_TIMEOUT);
                handle.block_on(connect(&endpoint, helo(account), login.as_ref(), &mut |_| {}))
            }
        };
        match ready {
            Ok(mut open) => {
                app.waiting.works(account.id);
                send_one(app, config, handle, &mut open, delivery);
                session = open.usable().then_some(open);
            }
            Err(error) => {
                let rest = batch.get(place..).unwrap_or_default();
                let text = format!("the account {} cannot send: {}", account.name, chain(&error));
                return account_waits(app, account, Why::new("account_unreachable", text), rest);
            }
        }
    }
    if let Some(open) = session {
        handle.block_on(open.quit());
    }
}

/// The name this server gives itself: the domain it sends from.
fn helo(account: &Account) -> &str {
    account.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

/// The account cannot be used, or its relay not be reached: nobody's fault but ours, so that mail never expires
/// for it.
fn account_waits(app: &App, account: &Account, why: Why, rest: &[&ClaimedDelivery]) {
    let now = app.env.now();
    let next_at = app.waiting.failed(account.id, now);
    tracing::warn!(account = account.name, code = why.code, reason = why.text, "the account does not send");
    if let Err(error) = app.store.raise_attention("account", account.id, &why, now) {
        tracing::error!(%error, "attention could not be raised");
    }
    for delivery in rest {
        settle(app, delivery, &Outcome::NotTried { why: why.clone(), next_at });
    }
}

/// An error with its causes, each once.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

fn send_one(app: &App, config: &Config, handle: &Handle, session: &mut Session, delivery: &ClaimedDelivery) {
    let bytes = match app.store.blob(&delivery.digest) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let why = Why::new("no_bytes", "the bytes of the mail are gone from the database");
            return settle(app, delivery, &Outcome::Failed { why, reply: None });
        }
        Err(error) => {
            let why = Why::new("database", error.to_string());
            let next_at = app.env.now().plus(super::process::micros(crate::limits::RETRY_FAULT));
            return settle(app, delivery, &Outcome::NotTried { why, next_at });
        }
    };
    let to = [delivery.address.clone()];
    let mail = Transmission { mail_from: Some(&delivery.from), rcpt_to: &to, bytes: &bytes };
    let mut inside: Option<Inside> = None;
    let mut on_stage = |stage: Stage| match stage {
        Stage::Data => inside = Some(enter(Hit::Data)),
        Stage::FinalDot => record_dot(app, delivery),
        Stage::Replied => inside = None,
        _ => {}
    };
    // What must never be done: a delivery is settled apart from what is known of it.
    #[cfg(feature = "sabotage")]
    settle(app, delivery, &Outcome::Sent { reply: "sabotage".to_owned(), copy: false });
    let report = handle.block_on(session.send(&mail, &mut on_stage));
    drop(inside);
    let outcome = outcome(app, config, delivery, report);
    settle(app, delivery, &outcome);
}

/// Writes down that the final dot comes next. On a thread of its own: the store waits, and this is asked from
/// inside a conversation. A claim that is over is found out when the outcome is settled.
fn record_dot(app: &App, delivery: &ClaimedDelivery) {
    let written = std::thread::scope(|scope| {
        scope.spawn(|| app.store.delivery_stage(delivery.id, delivery.epoch, DeliveryStage::Dot)).join()
    });
    if !matches!(written, Ok(Ok(()))) {
        tracing::warn!(delivery = %delivery.id, "the stage of a delivery could not be written");
    }
}

fn outcome(app: &App, config: &Config, delivery: &ClaimedDelivery, report: SendReport) -> Outcome {
    let Some(first) = report.recipients.into_iter().next() else {
        let why = Why::new("no_outcome", "the conversation ended without an outcome");
        return Outcome::Uncertain { why };
    };
    match first {
        RecipientOutcome::Sent { reply } => {
            let sends = config.accounts.get(&delivery.account).and_then(|account| account.sends.as_ref());
            let copy = sends.is_some_and(|sending| sending.sent_folder.is_some());
            Outcome::Sent { reply: reply.to_string(), copy }
        }
        RecipientOutcome::Uncertain { cause } => {
            Outcome::Uncertain { why: Why::new("uncertain", format!("the mail may have been sent: {cause}")) }
        }
        RecipientOutcome::Failed { cause } => {
            Outcome::Failed { why: Why::new("refused", cause.to_string()), reply: reply_of(&cause) }
        }
        RecipientOutcome::Deferred { cause } => {
            let now = app.env.now();
            let first = delivery.first_attempt_at.unwrap_or(now);
            let hours = config.settings.retry_hours();
            match next_attempt(delivery.id, delivery.attempts + 1, first, now, hours) {
                Some(next_at) => {
                    let why = Why::new("deferred", cause.to_string());
                    Outcome::Deferred { why, reply: reply_of(&cause), next_at }
                }
                None => {
                    let text = format!("tried for {hours} hours; the last answer was: {cause}");
                    Outcome::Failed { why: Why::new("expired", text), reply: reply_of(&cause) }
                }
            }
        }
    }
}

fn reply_of(cause: &Cause) -> Option<String> {
    if let Cause::Reply(reply) = cause { Some(reply.to_string()) } else { None }
}

fn settle(app: &App, delivery: &ClaimedDelivery, outcome: &Outcome) {
    match app.store.settle_delivery(delivery.id, delivery.epoch, outcome, app.env.now()) {
        Ok(()) if matches!(outcome, Outcome::Sent { copy: true, .. }) => app.wake.tell_sent(),
        Ok(()) => {}
        Err(QueueError::Fenced) => {
            tracing::warn!(delivery = %delivery.id, "another worker has this delivery now");
        }
        Err(error) => {
            tracing::error!(delivery = %delivery.id, %error, "an outcome could not be kept; the lease ends by itself");
        }
    }
}
