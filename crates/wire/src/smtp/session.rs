//! One connection on which mails are sent one after the other.
//!
//! The path of a mail is a row of steps; the first that fails settles every recipient that is still open. Whatever is
//! not known to be refused or taken is deferred before the final dot and uncertain after it.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    Cause, RecipientOutcome, SendReport, Stage, Transmission,
    channel::{Channel, DotFault, Fault},
    encode::{Encoded, encode},
    offers::Offers,
};
use crate::{address, endpoint};

/// How many times the endpoint's limit the reply to the final dot is waited for: the server stores, scans and
/// delivers before it, and giving up means uncertainty (RFC 5321, 4.5.3.2.6: 10 minutes, against 5 for commands).
const FINAL_PATIENCE: u32 = 2;
/// Longest wait for the answer to `QUIT`, which changes nothing any more.
const QUIT_TIME: Duration = Duration::from_secs(2);
/// Longest wait for the reason of a server that stopped reading in the middle of a mail.
const REASON_TIME: Duration = Duration::from_secs(2);

/// A connection that was greeted. Used by one mail at a time.
pub struct Session {
    channel: Channel,
    offers: Offers,
    usable: bool,
    /// A mail was begun since the last `RSET` or `EHLO`.
    begun: bool,
}

/// A step failed for everyone who is still open.
struct Setback {
    outcome: RecipientOutcome,
    /// The connection may serve another mail.
    in_step: bool,
}

/// The outcomes so far.
struct Sheet(Vec<Option<RecipientOutcome>>);

impl Sheet {
    fn settle(&mut self, recipient: usize, outcome: RecipientOutcome) {
        if let Some(place) = self.0.get_mut(recipient) {
            *place = Some(outcome);
        }
    }

    fn is_open(&self, recipient: usize) -> bool {
        matches!(self.0.get(recipient), Some(None))
    }

    fn any_open(&self) -> bool {
        self.0.iter().any(Option::is_none)
    }

    fn settle_open(&mut self, outcome: &RecipientOutcome) {
        for place in &mut self.0 {
            place.get_or_insert_with(|| outcome.clone());
        }
    }

    fn into_report(self) -> SendReport {
        let unasked =
            || RecipientOutcome::Deferred { cause: Cause::local("4.4.2", "the mail was not offered") };
        SendReport { recipients: self.0.into_iter().map(|place| place.unwrap_or_else(unasked)).collect() }
    }
}

impl Session {
    pub(super) fn new(channel: Channel, offers: Offers) -> Self {
        Self { channel, offers, usable: true, begun: false }
    }

    /// Whether another mail may be sent. Never again after a time limit, a broken connection, `421`, or a `send` that was
    /// dropped half-way.
    pub fn usable(&self) -> bool {
        self.usable
    }

    /// Makes the session ready for the next mail with `RSET`, unless it is; false if the connection turns out to be
    /// gone. `send` does it by itself; calling it before tells a connection that was closed while idle from a mail
    /// that was deferred.
    pub async fn renew(&mut self) -> bool {
        if !self.usable {
            return false;
        }
        self.usable = false;
        self.usable = self.reset().await.is_ok();
        self.usable
    }

    /// Sends one mail. `on_stage` hears each stage from [`Stage::Mail`] on before it begins.
    pub async fn send(
        &mut self,
        mail: &Transmission<'_>,
        on_stage: &mut (dyn FnMut(Stage) + Send),
    ) -> SendReport {
        self.send_if(mail, on_stage, &mut || true).await
    }

    /// Sends one mail, if `may_end` still allows it when everything but the final dot is out. Otherwise the connection
    /// is given up, the server has nothing, and the recipients are deferred.
    pub async fn send_if(
        &mut self,
        mail: &Transmission<'_>,
        on_stage: &mut (dyn FnMut(Stage) + Send),
        may_end: &mut (dyn FnMut() -> bool + Send),
    ) -> SendReport {
        let mut sheet = Sheet(vec![None; mail.rcpt_to.len()]);
        if !self.usable {
            let cause = Cause::local("4.4.2", "the connection is no longer usable");
            sheet.settle_open(&RecipientOutcome::Deferred { cause });
            return sheet.into_report();
        }
        // Stays false if this future is dropped: nobody knows then where in the conversation we are.
        self.usable = false;
        self.usable = match self.transact(mail, &mut sheet, on_stage, may_end).await {
            Ok(()) => true,
            Err(setback) => {
                sheet.settle_open(&setback.outcome);
                setback.in_step
            }
        };
        sheet.into_report()
    }

    /// Says good-bye. What the server answers changes nothing, so nothing is returned.
    pub async fn quit(mut self) {
        if self.usable {
            drop(timeout(QUIT_TIME, self.channel.command("QUIT")).await);
        }
    }

    async fn transact(
        &mut self,
        mail: &Transmission<'_>,
        sheet: &mut Sheet,
        on_stage: &mut (dyn FnMut(Stage) + Send),
        may_end: &mut (dyn FnMut() -> bool + Send),
    ) -> Result<(), Setback> {
        self.settle_unspeakable(mail, sheet);
        if !sheet.any_open() {
            return Ok(());
        }
        let encoded = encode(mail.bytes);
        on_stage(Stage::Mail);
        self.reset().await?;
        self.mail_from(mail, sheet, &encoded).await?;
        on_stage(Stage::Rcpt);
        self.rcpt_to(mail, sheet).await?;
        if !sheet.any_open() {
            return Ok(());
        }
        on_stage(Stage::Data);
        self.data().await?;
        on_stage(Stage::Body);
        self.body(&encoded.wire).await?;
        on_stage(Stage::FinalDot);
        if !may_end() {
            let cause = Cause::local("4.3.0", "it was called off before its end");
            return Err(Setback { outcome: deferred(cause), in_step: false });
        }
        self.final_dot(sheet, on_stage).await
    }

    /// Settles, before a word is said, whom SMTP or this server cannot name.
    fn settle_unspeakable(&self, mail: &Transmission<'_>, sheet: &mut Sheet) {
        if let Some(cause) = mail.mail_from.and_then(|sender| self.unspeakable(sender, "sender", "5.1.7")) {
            sheet.settle_open(&RecipientOutcome::Failed { cause });
            return;
        }
        for (at, recipient) in mail.rcpt_to.iter().enumerate() {
            if let Some(cause) = self.unspeakable(recipient, "recipient", "5.1.3") {
                sheet.settle(at, RecipientOutcome::Failed { cause });
            }
        }
    }

    fn unspeakable(&self, address: &str, role: &str, enhanced: &'static str) -> Option<Cause> {
        if let Err(fault) = address::check(address) {
            return Some(Cause::local(enhanced, format!("the {role} is not valid: {fault}")));
        }
        (!address.is_ascii() && !self.offers.smtp_utf8).then(|| {
            Cause::local("5.6.7", format!("the {role} is not ASCII and the server does not offer SMTPUTF8"))
        })
    }

    /// Between two mails, so that nothing of the first clings to the second.
    async fn reset(&mut self) -> Result<(), Setback> {
        if !self.begun {
            return Ok(());
        }
        let reply = self.channel.command("RSET").await.map_err(|fault| lost(fault, Stage::Mail))?;
        if !reply.is_success() {
            // RSET cannot be refused (RFC 5321, 4.1.1.5): the two sides are not where they think they are.
            return Err(Setback { outcome: deferred(Cause::Reply(reply)), in_step: false });
        }
        self.begun = false;
        Ok(())
    }

    async fn mail_from(
        &mut self,
        mail: &Transmission<'_>,
        sheet: &Sheet,
        encoded: &Encoded,
    ) -> Result<(), Setback> {
        let sender = mail.mail_from.unwrap_or_default();
        let speakable = mail.rcpt_to.iter().enumerate().filter(|(at, _)| sheet.is_open(*at));
        let needs_utf8 = !sender.is_ascii() || speakable.map(|(_, address)| address).any(|a| !a.is_ascii());
        let size = if self.offers.size { format!(" SIZE={}", encoded.size) } else { String::new() };
        let eight_bit = self.offers.eight_bit && (encoded.eight_bit || needs_utf8);
        let body = if eight_bit { " BODY=8BITMIME" } else { "" };
        let utf8 = if needs_utf8 { " SMTPUTF8" } else { "" };
        let line = format!("MAIL FROM:<{sender}>{size}{body}{utf8}");
        self.begun = true;
        let reply = self.channel.command(&line).await.map_err(|fault| lost(fault, Stage::Mail))?;
        if reply.is_success() { Ok(()) } else { Err(refused(reply)) }
    }

    async fn rcpt_to(&mut self, mail: &Transmission<'_>, sheet: &mut Sheet) -> Result<(), Setback> {
        for (at, recipient) in mail.rcpt_to.iter().enumerate() {
            if !sheet.is_open(at) {
                continue;
            }
            let line = format!("RCPT TO:<{recipient}>");
            let reply = self.channel.command(&line).await.map_err(|fault| lost(fault, Stage::Rcpt))?;
            match reply.code {
                200..300 => {}
                // The server leaves: those it has accepted get nothing either.
                421 => return Err(refused(reply)),
                400..600 => sheet.settle(at, RecipientOutcome::refused(reply)),
                _ => return Err(out_of_step(reply)),
            }
        }
        Ok(())
    }

    async fn data(&mut self) -> Result<(), Setback> {
        let reply = self.channel.command("DATA").await.map_err(|fault| lost(fault, Stage::Data))?;
        match reply.code {
            354 => Ok(()),
            400..600 => Err(refused(reply)),
            _ => Err(out_of_step(reply)),
        }
    }

    async fn body(&mut self, octets: &[u8]) -> Result<(), Setback> {
        let written = self.channel.write(octets).await;
        match (written, self.channel.check_quiet().await) {
            (Ok(()), Ok(())) => Ok(()),
            // A server that speaks before the end has refused the mail, and has said why.
            (_, Err(Fault::Unasked(reply))) => Err(Setback { in_step: false, ..refused(reply) }),
            (Err(Fault::Connection(fault @ (endpoint::Fault::Io(_) | endpoint::Fault::Closed))), _) => {
                match self.channel.reply(REASON_TIME.min(self.channel.limit())).await {
                    Ok(reply) if !reply.is_success() => Err(Setback { in_step: false, ..refused(reply) }),
                    _ => Err(lost(fault.into(), Stage::Body)),
                }
            }
            (Err(fault), _) | (_, Err(fault)) => Err(lost(fault, Stage::Body)),
        }
    }

    async fn final_dot(
        &mut self,
        sheet: &mut Sheet,
        on_stage: &mut (dyn FnMut(Stage) + Send),
    ) -> Result<(), Setback> {
        let patience = self.channel.limit().saturating_mul(FINAL_PATIENCE);
        let reply = match self.channel.final_dot(patience).await {
            Ok(reply) => reply,
            Err(DotFault::Unsent(fault)) => return Err(lost(fault, Stage::FinalDot)),
            Err(DotFault::MaybeSent(fault)) => {
                let cause = Cause::from_fault(fault, Stage::FinalDot);
                return Err(Setback { outcome: RecipientOutcome::Uncertain { cause }, in_step: false });
            }
        };
        match reply.code {
            200..300 => {
                on_stage(Stage::Replied);
                sheet.settle_open(&RecipientOutcome::Sent { reply });
                Ok(())
            }
            400..600 => {
                on_stage(Stage::Replied);
                Err(refused(reply))
            }
            _ => {
                let cause = Cause::Reply(reply);
                Err(Setback { outcome: RecipientOutcome::Uncertain { cause }, in_step: false })
            }
        }
    }
}

fn deferred(cause: Cause) -> RecipientOutcome {
    RecipientOutcome::Deferred { cause }
}

/// Before the final dot a lost connection has sent nothing.
fn lost(fault: Fault, stage: Stage) -> Setback {
    Setback { outcome: deferred(Cause::from_fault(fault, stage)), in_step: false }
}

/// 421 announces that the server closes the connection (RFC 5321, 3.8).
fn refused(reply: super::Reply) -> Setback {
    Setback { in_step: reply.code != 421, outcome: RecipientOutcome::refused(reply) }
}

/// A reply that the command cannot have: the two sides are not where they think they are.
fn out_of_step(reply: super::Reply) -> Setback {
    Setback { outcome: deferred(Cause::Reply(reply)), in_step: false }
}
