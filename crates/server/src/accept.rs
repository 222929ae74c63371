//! The listener's side of the queue: who mail is taken for, and the commit before the 250.

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::account::Account;
use rejoinder_engine::config::Config;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_mail::Address;
use rejoinder_mail::header_scan::scan;
use rejoinder_store::{Accepted, NewArrival};
use rejoinder_wire::listener::{Acceptor, DataReply, Envelope, Protocol, RcptReply};
use sha2::{Digest, Sha256};

use crate::app::{App, Work};
use crate::error::AppError;

/// Takes mail from the listener.
pub struct Accept {
    /// The program.
    pub app: Arc<App>,
    /// The name in the greeting.
    pub host: String,
}

/// The active account of the type listener with this address; a token behind `+` does not matter.
pub fn account_for(config: &Config, address: &str) -> Option<Id> {
    with_address(config, address, Account::is_listening)
}

/// The active receiving account, of whatever type, with this address.
pub fn receiving_account_for(config: &Config, address: &str) -> Option<Id> {
    with_address(config, address, Account::is_receiving)
}

fn with_address(config: &Config, address: &str, usable: fn(&Account) -> bool) -> Option<Id> {
    let address = Address::new(address).normalized();
    let bare = address.split_once('@').map(|(local, domain)| {
        let local = local.split_once('+').map_or(local, |(local, _)| local);
        format!("{local}@{domain}")
    })?;
    let mut all = config.accounts.values().filter(|account| usable(account));
    all.find(|account| account.addresses.iter().any(|own| *own == address || *own == bare))
        .map(|found| found.id)
}

impl Acceptor for Accept {
    fn host_name(&self) -> String {
        self.host.clone()
    }

    async fn recipient(&self, _: &Envelope, recipient: &str) -> RcptReply {
        // Mostly the configuration in memory says yes, and no other thread needs to be asked.
        if let Some(config) = self.app.config_in_memory()
            && config.settings.receives()
            && account_for(&config, recipient).is_some()
        {
            return RcptReply::Accept;
        }
        let app = self.app.clone();
        let recipient = recipient.to_owned();
        let answer = tokio::task::spawn_blocking(move || recipient_reply(&app, &recipient)).await;
        answer.unwrap_or_else(|_| later())
    }

    async fn message(&self, envelope: Envelope, bytes: Vec<u8>) -> Vec<DataReply> {
        let answers = if envelope.protocol == Protocol::Lmtp { envelope.rcpt_to.len() } else { 1 };
        let app = self.app.clone();
        let work = move || {
            let accepted = accept(&app, source(&envelope), &envelope, bytes);
            app.wake.tell(Work::Arrivals);
            accepted
        };
        #[cfg(feature = "sabotage")]
        {
            // What must never be done: the source is told before the commit.
            drop(tokio::task::spawn_blocking(work));
            return vec![DataReply::Accepted { queue_id: "sabotage".to_owned() }; answers];
        }
        #[cfg(not(feature = "sabotage"))]
        {
            let reply = match tokio::task::spawn_blocking(work).await {
                Ok(Ok(queue_id)) => DataReply::Accepted { queue_id },
                Ok(Err(error)) => {
                    tracing::error!(code = error.code(), %error, "a mail could not be kept; its sender will try again");
                    DataReply::Later { text: "the mail could not be kept, try again later".to_owned() }
                }
                Err(_) => DataReply::Later { text: "the mail could not be kept, try again later".to_owned() },
            };
            vec![reply; answers]
        }
    }
}

const fn source(envelope: &Envelope) -> &'static str {
    match envelope.protocol {
        Protocol::Smtp => "smtp",
        Protocol::Lmtp => "lmtp",
    }
}

fn later() -> RcptReply {
    RcptReply::Later { text: "mail cannot be taken at the moment, try again later".to_owned() }
}

fn recipient_reply(app: &App, recipient: &str) -> RcptReply {
    let takes = |config: &Config| account_for(config, recipient).is_some();
    // A refusal is final for the sender: it is said only by the newest configuration.
    let config = app.known_config().and_then(|known| if takes(&known) { Ok(known) } else { app.config() });
    match config {
        Ok(config) if !config.settings.receives() => later(),
        Ok(config) if takes(&config) => RcptReply::Accept,
        Ok(_) => RcptReply::Refuse {
            code: 550,
            enhanced: "5.1.1",
            text: "no mailbox here has this address".to_owned(),
        },
        Err(_) => later(),
    }
}

/// One arrival for each account that the recipients lead to, all in one commit; gives the queue's name of it.
fn accept(app: &App, source: &str, envelope: &Envelope, bytes: Vec<u8>) -> Result<String, AppError> {
    let config = app.known_config()?;
    let mut accounts: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for recipient in &envelope.rcpt_to {
        if let Some(account) = account_for(&config, recipient) {
            accounts.entry(account).or_default().push(recipient.clone());
        }
    }
    let from = Some(envelope.mail_from.clone().unwrap_or_default());
    let arrivals = accounts.into_iter().map(|(account, to)| Incoming {
        account,
        source: source.to_owned(),
        source_key: None,
        refused: None,
        envelope_from: from.clone(),
        envelope_to: to,
        bytes: bytes.clone(),
    });
    let kept = keep(app, arrivals.collect())?;
    Ok(kept.first().map(|one| one.id.to_string()).unwrap_or_default())
}

/// One copy of a mail, from whatever source.
pub struct Incoming {
    /// The account that receives it.
    pub account: Id,
    /// `smtp`, `lmtp`, `imap`, `pop3`, `http`, `cli`.
    pub source: String,
    /// What names this copy at its source. Where nothing does, a mail that is handed in again byte for byte, as after
    /// a lost 250, is the same one; without a Message-ID it is not: devices send the same bytes on different days.
    pub source_key: Option<String>,
    /// The envelope's return path: `None` without an envelope, empty where it is null.
    pub envelope_from: Option<String>,
    /// The envelope's recipients.
    pub envelope_to: Vec<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Why it is kept but not worked on.
    pub refused: Option<Why>,
}

/// Commits the copies; when this returns, their source may be told.
pub fn keep(app: &App, copies: Vec<Incoming>) -> Result<Vec<Accepted>, AppError> {
    let arrivals: Result<Vec<NewArrival>, AppError> =
        copies.into_iter().map(|copy| arrival(app, copy)).collect();
    Ok(app.store.accept_all(arrivals?)?)
}

/// The row of the queue that a copy becomes.
pub fn arrival(app: &App, copy: Incoming) -> Result<NewArrival, AppError> {
    let keys = scan(&copy.bytes);
    let seed = app.env.seed()?;
    let received_at = app.env.now();
    let id = seed.id("arrival", received_at);
    let message_ids = keys.message_id.iter().chain(&keys.in_reply_to).chain(&keys.references);
    let mut conversation: Vec<String> = message_ids.map(|id| format!("m:{id}")).collect();
    conversation.extend(keys.from.iter().map(|from| format!("s:{}", from.to_lowercase())));
    conversation.sort();
    conversation.dedup();
    let by_bytes = || match keys.message_id {
        Some(_) => data_encoding::HEXLOWER.encode(&Sha256::digest(&copy.bytes)),
        None => id.to_string(),
    };
    Ok(NewArrival {
        id,
        account: copy.account,
        source: copy.source,
        source_key: copy.source_key.unwrap_or_else(by_bytes),
        envelope_from: copy.envelope_from,
        envelope_to: copy.envelope_to,
        received_at,
        seed,
        bytes: copy.bytes,
        keys: conversation,
        subject: keys.subject,
        sender: keys.from,
        authentication: String::new(),
        refused: copy.refused,
    })
}
