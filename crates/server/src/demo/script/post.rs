//! Sends the play's mails to the listener's port, as a mail program would, and keeps the list of what was sent.

use std::net::SocketAddr;
use std::time::Duration;

use rejoinder_engine::time::Timestamp;
use rejoinder_wire::endpoint::{Egress, Endpoint};
use rejoinder_wire::smtp::{RecipientOutcome, SendReport, Session, Transmission, connect};
use tokio::runtime::{Builder, Runtime};

use super::letters::Draft;
use super::report::Failure;
use crate::env::Env;

/// How long the listener may take for each answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The name that the play gives itself.
const HELO: &str = "mail.example.org";

/// The way to the listener.
pub(super) struct Post {
    smtp: SocketAddr,
    runtime: Runtime,
    env: Env,
    /// Subject and Message-ID of each mail sent, once.
    pub(super) sent: Vec<(String, String)>,
    written: usize,
}

impl Post {
    pub(super) fn new(smtp: SocketAddr) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { smtp, runtime, env: Env::machine(), sent: Vec::new(), written: 0 })
    }

    /// The time for the next mail, and its place among all.
    pub(super) fn stamp(&mut self) -> (Timestamp, usize) {
        self.written += 1;
        (self.env.now(), self.written)
    }

    /// Sends one mail to the recipients; gives the listener's answer.
    pub(super) fn send(&mut self, draft: &Draft, to: &[&str]) -> Result<String, Failure> {
        let bytes = bytes(draft)?;
        self.send_bytes(draft, to, &bytes)
    }

    /// Sends these bytes as the mail.
    pub(super) fn send_bytes(&mut self, draft: &Draft, to: &[&str], bytes: &[u8]) -> Result<String, Failure> {
        self.remember(draft);
        let to: Vec<String> = to.iter().map(|one| (*one).to_owned()).collect();
        let endpoint = self.endpoint();
        self.runtime.block_on(async {
            let mut session = open(&endpoint, draft).await?;
            let report = session.send(&transmission(draft, &to, bytes), &mut |_| {}).await;
            session.quit().await;
            accepted(draft, report)
        })
    }

    /// Sends two mails at the same moment: both connections stand before the first byte of either goes out.
    pub(super) fn send_both(&mut self, drafts: [&Draft; 2], to: &str) -> Result<(), Failure> {
        drafts.iter().for_each(|draft| self.remember(draft));
        let to = [to.to_owned()];
        let endpoint = self.endpoint();
        let [one, two] = drafts;
        let (one_bytes, two_bytes) = (bytes(one)?, bytes(two)?);
        self.runtime.block_on(async {
            let (mut first, mut second) = (open(&endpoint, one).await?, open(&endpoint, two).await?);
            let (mut nothing, mut nothing_either) = (|_| {}, |_| {});
            let (one_mail, two_mail) =
                (transmission(one, &to, &one_bytes), transmission(two, &to, &two_bytes));
            let (one_report, two_report) = tokio::join!(
                first.send(&one_mail, &mut nothing),
                second.send(&two_mail, &mut nothing_either)
            );
            tokio::join!(first.quit(), second.quit());
            accepted(one, one_report)?;
            accepted(two, two_report)?;
            Ok(())
        })
    }

    fn remember(&mut self, draft: &Draft) {
        let entry = (draft.subject().to_owned(), draft.message_id().to_owned());
        if !self.sent.contains(&entry) {
            self.sent.push(entry);
        }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::plain(self.smtp.ip().to_string(), self.smtp.port(), TIMEOUT, Egress::LoopbackOnly)
    }
}

/// The bytes of a mail.
pub(super) fn bytes(draft: &Draft) -> Result<Vec<u8>, Failure> {
    draft.bytes().map_err(|error| refused(draft, &error))
}

fn transmission<'a>(draft: &'a Draft, to: &'a [String], bytes: &'a [u8]) -> Transmission<'a> {
    Transmission { mail_from: Some(draft.from()), rcpt_to: to, bytes }
}

async fn open(endpoint: &Endpoint, draft: &Draft) -> Result<Session, Failure> {
    connect(endpoint, HELO, None, &mut |_| {}).await.map_err(|error| refused(draft, &error))
}

/// The last answer, if every recipient was accepted.
fn accepted(draft: &Draft, report: SendReport) -> Result<String, Failure> {
    let mut answer = String::new();
    for outcome in report.recipients {
        match outcome {
            RecipientOutcome::Sent { reply } => answer = reply.to_string(),
            RecipientOutcome::Deferred { cause }
            | RecipientOutcome::Failed { cause }
            | RecipientOutcome::Uncertain { cause } => return Err(refused(draft, &cause)),
        }
    }
    Ok(answer)
}

fn refused(draft: &Draft, said: &dyn std::fmt::Display) -> Failure {
    Failure::Mail { subject: draft.subject().to_owned(), said: said.to_string() }
}
