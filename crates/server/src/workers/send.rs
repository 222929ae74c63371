//! Outgoing mail: claims deliveries, sends them over SMTP, settles each by the server's answer.
//!
//! The stage is durable before the final dot goes out, so that a delivery found afterwards with an expired lease
//! is known to be uncertain or safe to repeat. No network call happens inside a database transaction.

mod supervisor;
mod waiting;

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::account::{Account, Sending};
use rejoinder_engine::config::Config;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_engine::time::Timestamp;
use rejoinder_store::stage::{Inside, Stage as Hit, enter};
use rejoinder_store::{ClaimedDelivery, DeliveryStage, Outcome, QueueError};
use rejoinder_wire::endpoint::Login;
use rejoinder_wire::smtp::{Cause, RecipientOutcome, SendReport, Session, Stage, Transmission, connect};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::in_parallel;
use super::process::micros;
use super::retry::next_attempt;
use crate::advice::{Conversation, Language, advice};
use crate::app::App;
use crate::connection::{endpoint, helo, login};
use crate::env::pause;
use crate::error::AppError;
use crate::limits::{
    DELIVERY_LEASE, MAILS_PER_CONNECTION, SEND_CONNECTIONS, SEND_ROWS, SETTLE_AGAIN, SETTLE_AGAIN_MAX,
};

pub use supervisor::run;
pub use waiting::Waiting;

/// What sending raises begins so, so that it is cleared when sending works again, and nothing else is.
const PREFIX: &str = "sending_";
/// Authentication is required (RFC 4954, 6).
const LOGIN_WANTED: u16 = 530;

/// Deliveries that are ours to send.
struct Claimed {
    config: Arc<Config>,
    deliveries: Vec<ClaimedDelivery>,
    /// From then on no further mail is begun: the lease must not end while one is under way.
    until: Timestamp,
}

/// Claims what is due, but for the accounts in `left_out` and those that wait; none where sending is switched off.
fn claim(app: &App, mut left_out: Vec<Id>) -> Result<Option<Claimed>, AppError> {
    let config = app.config()?;
    if !config.settings.sends() {
        return Ok(None);
    }
    let claim = app.claim("send", SEND_ROWS, DELIVERY_LEASE);
    left_out.extend(app.waiting.paused(claim.now));
    let claimed = app.store.claim_deliveries(&claim, SEND_ROWS, &left_out)?;
    if config.settings.resends_uncertain() {
        for id in &claimed.uncertain {
            app.store.resend_delivery(*id, "setting", claim.now)?;
        }
    }
    let until = claim.now.plus(micros(DELIVERY_LEASE / 2));
    Ok(Some(Claimed { config, deliveries: claimed.deliveries, until }))
}

/// Sends the deliveries that wait, and waits for all of them; says how many it claimed. Called on a blocking thread
/// of a runtime. The running program uses [`run`], in which no account waits for another.
pub fn tick(app: &App) -> Result<usize, AppError> {
    let Some(claimed) = claim(app, Vec::new())? else { return Ok(0) };
    let (count, until) = (claimed.deliveries.len(), claimed.until);
    let (handle, stop) = (Handle::current(), CancellationToken::new());
    let accounts: Vec<_> = by_account(claimed.deliveries).into_values().collect();
    in_parallel(&accounts, accounts.len(), |deliveries| {
        send_account(app, &claimed.config, &handle, &stop, until, deliveries);
    });
    Ok(count)
}

fn by_account(deliveries: Vec<ClaimedDelivery>) -> BTreeMap<Id, Vec<ClaimedDelivery>> {
    let mut by_account: BTreeMap<Id, Vec<ClaimedDelivery>> = BTreeMap::new();
    for delivery in deliveries {
        by_account.entry(delivery.account).or_default().push(delivery);
    }
    by_account
}

/// Sends the deliveries of one account, over at most [`SEND_CONNECTIONS`] connections.
fn send_account(
    app: &App,
    config: &Config,
    handle: &Handle,
    stop: &CancellationToken,
    until: Timestamp,
    deliveries: &[ClaimedDelivery],
) {
    let account = deliveries.first().and_then(|delivery| config.accounts.get(&delivery.account));
    let Some((account, sending)) = account.and_then(|account| Some((account, account.sends.as_ref()?)))
    else {
        let why = Why::new(
            "no_account",
            "the account that should send this is gone or does not send: send it again by another",
        );
        return deliveries
            .iter()
            .for_each(|one| settle(app, one, &Outcome::Failed { why: why.clone(), reply: None }));
    };
    let login = match account.incomplete().map_or_else(|| login(app, account), Err) {
        Ok(login) => login,
        Err(why) => return account_waits(app, account, &why.code, why.text, deliveries),
    };
    let sender = Sender { app, config, handle, stop, until, account, sending, login: login.as_ref() };
    let size = deliveries.len().div_ceil(SEND_CONNECTIONS).clamp(1, MAILS_PER_CONNECTION);
    let batches: Vec<&[ClaimedDelivery]> = deliveries.chunks(size).collect();
    in_parallel(&batches, SEND_CONNECTIONS, |batch| sender.send_batch(batch));
}

/// One account that sends.
struct Sender<'a> {
    app: &'a App,
    config: &'a Config,
    handle: &'a Handle,
    stop: &'a CancellationToken,
    until: Timestamp,
    account: &'a Account,
    sending: &'a Sending,
    login: Option<&'a Login>,
}

impl Sender<'_> {
    /// Sends over one connection, which is made anew where it breaks. The outcome of a mail is written down while the
    /// next one is on its way: two commits that wait for the disk together.
    fn send_batch(&self, batch: &[ClaimedDelivery]) {
        std::thread::scope(|scope| {
            let mut session: Option<Session> = None;
            for (place, delivery) in batch.iter().enumerate() {
                let rest = batch.get(place..).unwrap_or_default();
                // What is left when the program stops is given back with its other claims.
                if self.stop.is_cancelled() {
                    break;
                }
                if self.app.env.now() > self.until {
                    return self.later(rest);
                }
                let known = match session.take() {
                    Some(mut known) => self.handle.block_on(known.renew()).then_some(known),
                    None => None,
                };
                let Some(mut open) = known.or_else(|| self.connect(rest)) else { return };
                match send_one(self.app, self.config, self.handle, &mut open, delivery) {
                    Ended::Outcome(outcome) => {
                        scope.spawn(move || settle_patiently(self.app, delivery, &outcome));
                    }
                    Ended::LoginWanted(said) => return self.login_wanted(&said, rest),
                }
                session = open.usable().then_some(open);
            }
            if let Some(open) = session {
                self.handle.block_on(open.quit());
            }
        });
    }

    fn login_wanted(&self, said: &str, rest: &[ClaimedDelivery]) {
        let text = format!(
            "{} wants a login: set user and password of the account; the server said: {said}",
            self.sending.server.host
        );
        account_waits(self.app, self.account, "login_wanted", text, rest);
    }

    /// A new connection; without one the account waits, with `rest`. One that is being made when the program stops is
    /// given up: no mail was offered over it.
    fn connect(&self, rest: &[ClaimedDelivery]) -> Option<Session> {
        let endpoint = endpoint(self.app, &self.sending.server, self.app.smtp_timeout);
        let debug = self.account.debug;
        let mut on_step = |report: rejoinder_wire::endpoint::StepReport| {
            if debug {
                tracing::info!(account = self.account.name, step = %report.step, progress = ?report.progress, "connection");
            }
        };
        let connecting = connect(&endpoint, helo(self.account), self.login, &mut on_step);
        let made = self.handle.block_on(async {
            tokio::select! {
                made = connecting => Some(made),
                () = self.stop.cancelled() => None,
            }
        })?;
        match made {
            Ok(open) => {
                self.works();
                Some(open)
            }
            Err(failure) => {
                let conversation = Conversation { protocol: "SMTP", security: endpoint.security };
                let advice = advice(&failure, conversation, Language::English);
                account_waits(self.app, self.account, failure.code(), format!("{failure}. {advice}"), rest);
                None
            }
        }
    }

    fn works(&self) {
        let (app, account) = (self.app, self.account.id);
        app.waiting.works(account);
        let cleared =
            app.store.clear_attention_of("account", account, PREFIX, "sending works again", app.env.now());
        if let Err(error) = cleared {
            tracing::error!(%error, "attention could not be cleared");
        }
    }

    /// The server is so slow that the claim would end: the rest is claimed anew.
    fn later(&self, rest: &[ClaimedDelivery]) {
        let why = Why::new("slow_server", "the server is slow; the mail has not been offered to it yet");
        let next_at = self.app.env.now();
        for delivery in rest {
            settle(self.app, delivery, &Outcome::NotTried { why: why.clone(), next_at });
        }
    }
}

/// The account cannot be used, or its relay not be reached: nobody's fault but ours, so that mail never expires
/// for it.
fn account_waits(app: &App, account: &Account, code: &str, text: String, rest: &[ClaimedDelivery]) {
    let now = app.env.now();
    let next_at = app.waiting.failed(account.id, now);
    let why =
        Why::new(&format!("{PREFIX}{code}"), format!("the account {} cannot send: {text}", account.name));
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

/// How one attempt ended.
enum Ended {
    Outcome(Outcome),
    /// The server wants a login first, and says so only now: that is the account's trouble and not the mail's.
    LoginWanted(String),
}

/// Sends one mail.
fn send_one(
    app: &App,
    config: &Config,
    handle: &Handle,
    session: &mut Session,
    delivery: &ClaimedDelivery,
) -> Ended {
    let bytes = match app.store.blob(&delivery.digest) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let why = Why::new("no_bytes", "the bytes of the mail are gone from the database");
            return Ended::Outcome(Outcome::Failed { why, reply: None });
        }
        Err(error) => return Ended::Outcome(not_tried(app, error.to_string())),
    };
    let to = [delivery.address.clone()];
    let mail = Transmission { mail_from: Some(&delivery.from), rcpt_to: &to, bytes: &bytes };
    let mut inside: Option<Inside> = None;
    let mut on_stage = |stage: Stage| match stage {
        Stage::Data => inside = Some(enter(Hit::Data)),
        Stage::Replied => inside = None,
        _ => {}
    };
    let mut unwritten = None;
    let mut may_end = || {
        unwritten = record_dot(app, delivery).err();
        unwritten.is_none()
    };
    // What must never be done: a delivery is settled apart from what is known of it.
    #[cfg(feature = "sabotage")]
    settle(app, delivery, &Outcome::Sent { reply: "sabotage".to_owned(), copy: false });
    let report = handle.block_on(session.send_if(&mail, &mut on_stage, &mut may_end));
    drop(inside);
    if let Some(why) = unwritten {
        return Ended::Outcome(not_tried(app, why));
    }
    if let Some(RecipientOutcome::Failed { cause: Cause::Reply(reply) }) = report.recipients.first()
        && reply.code == LOGIN_WANTED
    {
        return Ended::LoginWanted(reply.to_string());
    }
    Ended::Outcome(outcome(app, config, delivery, report))
}

/// The database was in the way: nothing was sent.
fn not_tried(app: &App, text: String) -> Outcome {
    let next_at = app.env.now().plus(micros(crate::limits::RETRY_FAULT));
    Outcome::NotTried { why: Why::new("database", text), next_at }
}

/// Writes down that the final dot comes next; without it the dot must not be sent, because nobody could know afterwards
/// that the mail may have been. Fails, too, where another worker has the delivery by now. On a thread of its own: the
/// store waits, and this is asked from inside a conversation.
fn record_dot(app: &App, delivery: &ClaimedDelivery) -> Result<(), String> {
    let written = std::thread::scope(|scope| {
        scope.spawn(|| app.store.delivery_stage(delivery.id, delivery.epoch, DeliveryStage::Dot)).join()
    });
    match written {
        Ok(written) => written.map_err(|error| error.to_string()),
        Err(panic) => Err(super::panic_text(&*panic)),
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

/// Writes an outcome down. One that cannot be kept is found when the lease ends.
fn settle(app: &App, delivery: &ClaimedDelivery, outcome: &Outcome) {
    if let Err(error) = try_settle(app, delivery, outcome) {
        tracing::error!(delivery = %delivery.id, %error, "an outcome could not be kept; the lease ends by itself");
    }
}

/// The same for what came of a conversation: a server does not tell twice, so that a database which cannot be written at
/// the moment is asked again for a while.
fn settle_patiently(app: &App, delivery: &ClaimedDelivery, outcome: &Outcome) {
    let mut wait = SETTLE_AGAIN;
    while wait <= SETTLE_AGAIN_MAX {
        let Err(error) = try_settle(app, delivery, outcome) else { return };
        tracing::warn!(delivery = %delivery.id, %error, "an outcome could not be kept yet");
        pause(wait);
        wait *= 2;
    }
    settle(app, delivery, outcome);
}

fn try_settle(app: &App, delivery: &ClaimedDelivery, outcome: &Outcome) -> Result<(), QueueError> {
    match app.store.settle_delivery(delivery.id, delivery.epoch, outcome, app.env.now()) {
        Err(QueueError::Fenced) => {
            tracing::warn!(delivery = %delivery.id, "another worker has this delivery now");
            Ok(())
        }
        Ok(()) => {
            if matches!(outcome, Outcome::Sent { copy: true, .. }) {
                app.wake.tell_sent();
            }
            Ok(())
        }
        failed => failed,
    }
}
