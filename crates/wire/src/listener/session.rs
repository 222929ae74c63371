//! One connection from greeting to end: the order of commands, the limits, and what is said when.
//!
//! The session decides nothing about mail; it asks the acceptor. It never writes `250` to a final dot on its own.

use std::{
    io,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};

use super::{
    Acceptor, DataReply, Envelope, LAST_WORDS_TIME, ListenerLimits, Protocol, RcptReply,
    answer::Answer,
    command::{self, Command, MailFrom},
    data::{DataDecoder, DataEnd},
    wire::{Line, Wire},
};
use crate::address;

/// The two degrees of stopping.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// Finish what is under way.
    pub(super) soft: CancellationToken,
    /// Finish now.
    pub(super) hard: CancellationToken,
}

/// Why a session is over.
#[derive(Debug, Error)]
enum End {
    #[error("the client said QUIT")]
    Quit,
    /// Nobody hears a reply.
    #[error("the connection is gone: {0}")]
    Gone(io::Error),
    #[error("waited too long")]
    TimedOut,
    #[error("the listener stops")]
    Stopped,
    #[error("too many errors")]
    TooManyErrors,
    /// The reply was queued.
    #[error("the stream is no SMTP, or can no longer be read in step")]
    Cut,
}

/// What the session knows besides the stream.
pub(super) struct Session<A> {
    protocol: Protocol,
    peer: SocketAddr,
    acceptor: Arc<A>,
    limits: Arc<ListenerLimits>,
    stop: Stop,
    host: String,
    helo: Option<String>,
    /// The open transaction, from `MAIL` to `DATA`.
    mail: Option<Envelope>,
    /// A recipient of the open transaction was refused.
    refused: bool,
    /// The open transaction allows UTF-8 in replies.
    utf8: bool,
    /// Errors since the last accepted mail.
    errors: u32,
}

impl<A: Acceptor> Session<A> {
    pub(super) fn new(
        protocol: Protocol,
        peer: SocketAddr,
        acceptor: Arc<A>,
        limits: Arc<ListenerLimits>,
        stop: Stop,
    ) -> Self {
        let host = Some(acceptor.host_name()).filter(|name| address::is_host(name));
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        Self {
            protocol,
            peer,
            acceptor,
            limits,
            stop,
            host,
            helo: None,
            mail: None,
            refused: false,
            utf8: false,
            errors: 0,
        }
    }

    /// Talks until the end.
    pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin + Send>(mut self, stream: S) {
        let mut wire = Wire::new(stream);
        let kind = match self.protocol {
            Protocol::Smtp => "ESMTP",
            Protocol::Lmtp => "LMTP",
        };
        wire.say(&Answer::new(220, "", format!("{} {kind} Rejoinder", self.host)), false);
        let end = loop {
            if let Err(end) = self.turn(&mut wire).await {
                break end;
            }
        };
        debug!(peer = %self.peer, reason = %end, "session over");
        self.take_leave(&mut wire, &end).await;
    }

    /// One command and its answer.
    async fn turn<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Result<(), End> {
        let line = tokio::select! {
            biased;
            () = self.stop.soft.cancelled(), if self.mail.is_none() => return Err(End::Stopped),
            line = self.bounded(self.limits.command, wire.line()) => line?.map_err(End::Gone)?,
        };
        let command = match line {
            Line::Text(text) => command::parse(&text),
            Line::TooLong => Err(Answer::new(500, "5.5.2", "The line is too long")),
            Line::Endless => {
                wire.say(&Answer::new(500, "5.5.2", "The line has no end"), false);
                return Err(End::Cut);
            }
        };
        let answer = match command {
            Ok(Command::Ehlo(name)) if self.protocol == Protocol::Smtp => {
                self.hello(wire, name, true);
                return Ok(());
            }
            Ok(Command::Helo(name)) if self.protocol == Protocol::Smtp => {
                self.hello(wire, name, false);
                return Ok(());
            }
            Ok(Command::Lhlo(name)) if self.protocol == Protocol::Lmtp => {
                self.hello(wire, name, true);
                return Ok(());
            }
            Ok(Command::Data) => return self.data(wire).await,
            Ok(Command::Quit) => {
                wire.say(&Answer::new(221, "2.0.0", "Good bye"), false);
                return Err(End::Quit);
            }
            Ok(Command::Bdat) => {
                wire.say(&Answer::new(502, "5.5.1", "BDAT is not offered here"), false);
                return Err(End::Cut);
            }
            Ok(Command::Foreign) => {
                wire.say(&Answer::new(421, "4.7.0", "This is a mail server"), false);
                return Err(End::Cut);
            }
            Ok(command) => self.answer(command).await?,
            Err(answer) => answer,
        };
        self.say(wire, &answer)
    }

    /// Queues an answer and counts it if it is an error.
    fn say<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        answer: &Answer,
    ) -> Result<(), End> {
        wire.say(answer, self.utf8);
        if answer.is_error() {
            self.errors += 1;
            if self.errors >= self.limits.errors {
                return Err(End::TooManyErrors);
            }
        }
        Ok(())
    }

    /// `EHLO`, `HELO` and `LHLO` also end an open transaction (RFC 5321, 4.1.4).
    fn hello<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>, name: String, extended: bool) {
        self.helo = Some(name);
        self.reset();
        let host = &self.host;
        if !extended {
            return wire.say(&Answer::new(250, "", host), false);
        }
        let size = self.limits.message;
        wire.say_raw(
            format!(
                "250-{host}\r\n250-PIPELINING\r\n250-SIZE {size}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
                 250 ENHANCEDSTATUSCODES\r\n"
            )
            .as_bytes(),
        );
    }

    /// The commands whose answer is one line.
    async fn answer(&mut self, command: Command) -> Result<Answer, End> {
        Ok(match command {
            Command::Mail(mail) => self.mail(mail),
            Command::Rcpt(address) => self.rcpt(address).await?,
            Command::Rset => {
                self.reset();
                Answer::new(250, "2.0.0", "Ok")
            }
            Command::Noop => Answer::new(250, "2.0.0", "Ok"),
            Command::Vrfy => Answer::new(252, "2.5.0", "Send the mail and see"),
            Command::Help => Answer::new(214, "2.0.0", "RFC 5321 and RFC 2033 say it all"),
            // Greeting words of the other protocol (RFC 2033, 4.1).
            _ => Answer::new(500, "5.5.1", "This port speaks the other of SMTP and LMTP"),
        })
    }

    fn mail(&mut self, mail: MailFrom) -> Answer {
        let Some(helo) = self.helo.clone() else {
            return Answer::new(503, "5.5.1", "Say EHLO first");
        };
        if self.mail.is_some() {
            return Answer::new(503, "5.5.1", "A mail is under way; RSET drops it");
        }
        if mail.size.is_some_and(|size| usize::try_from(size).map_or(true, |size| size > self.limits.message))
        {
            return self.too_large();
        }
        self.utf8 = mail.smtp_utf8;
        self.mail = Some(Envelope {
            protocol: self.protocol,
            peer: self.peer,
            helo,
            mail_from: mail.address,
            rcpt_to: Vec::new(),
            smtp_utf8: mail.smtp_utf8,
            eight_bit: mail.eight_bit,
        });
        Answer::new(250, "2.1.0", "Ok")
    }

    fn too_large(&self) -> Answer {
        Answer::new(552, "5.3.4", format!("The mail is larger than {} octets", self.limits.message))
    }

    async fn rcpt(&mut self, address: String) -> Result<Answer, End> {
        let Some(envelope) = &self.mail else {
            return Ok(Answer::new(503, "5.5.1", "Say MAIL first"));
        };
        if !address.is_ascii() && !envelope.smtp_utf8 {
            self.refused = true;
            return Ok(Answer::new(553, "5.6.7", "An address beyond ASCII needs SMTPUTF8 with MAIL"));
        }
        if envelope.rcpt_to.len() >= self.limits.recipients {
            return Ok(Answer::new(452, "4.5.3", "Too many recipients; send the mail again to the others"));
        }
        let decision = self.decide(async { self.acceptor.recipient(envelope, &address).await }).await?;
        let answer = recipient_answer(decision);
        if answer.is_success()
            && let Some(envelope) = &mut self.mail
        {
            envelope.rcpt_to.push(address);
        }
        self.refused |= !answer.is_success();
        Ok(answer)
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> Result<(), End> {
        let Some(envelope) = self.mail.take_if(|mail| !mail.rcpt_to.is_empty()) else {
            let answer = if self.refused && self.protocol == Protocol::Smtp {
                Answer::new(554, "5.5.1", "No recipient was accepted")
            } else {
                Answer::new(503, "5.5.1", "Say MAIL and RCPT first")
            };
            return self.say(wire, &answer);
        };
        let due = match self.protocol {
            Protocol::Smtp => 1,
            Protocol::Lmtp => envelope.rcpt_to.len(),
        };
        wire.say(&Answer::new(354, "", "End the mail with a dot on a line of its own"), false);
        let mut decoder = DataDecoder::new(self.limits.message);
        let end = self.bounded(self.limits.data, wire.data(&mut decoder)).await?.map_err(End::Gone)?;
        let answers = match end {
            DataEnd::Complete => self.keep(envelope, decoder.into_content(), due).await?,
            DataEnd::TooLarge => vec![self.too_large(); due],
            DataEnd::Endless => {
                wire.say(&self.too_large(), false);
                return Err(End::Cut);
            }
        };
        if answers.iter().any(Answer::is_success) {
            self.errors = 0;
        }
        // Every answer is written, also when one of them is an error too many: a 250 must not get lost.
        let said: Vec<_> = answers.iter().map(|answer| self.say(wire, answer)).collect();
        self.reset();
        said.into_iter().collect()
    }

    /// Hands the mail over and returns as many answers as are due.
    async fn keep(&mut self, envelope: Envelope, content: Vec<u8>, due: usize) -> Result<Vec<Answer>, End> {
        let decisions = self.decide(async { self.acceptor.message(envelope, content).await }).await?;
        let mut answers: Vec<Answer> =
            decisions.unwrap_or_default().into_iter().take(due).map(data_answer).collect();
        answers.resize_with(due, || not_now("The mail could not be handled"));
        Ok(answers)
    }

    fn reset(&mut self) {
        self.mail = None;
        self.refused = false;
        self.utf8 = false;
    }

    /// Waits for the acceptor; `None` if it panicked or took too long.
    async fn decide<T>(&self, decision: impl Future<Output = T> + Send) -> Result<Option<T>, End> {
        match self.bounded(self.limits.answer, caught(decision)).await {
            Ok(Some(decided)) => Ok(Some(decided)),
            Ok(None) => {
                error!(peer = %self.peer, "the acceptor panicked");
                Ok(None)
            }
            Err(End::TimedOut) => {
                error!(peer = %self.peer, limit = ?self.limits.answer, "the acceptor took too long");
                Ok(None)
            }
            Err(end) => Err(end),
        }
    }

    /// Waits for `work` at most `limit`, and not beyond the grace time of a stop.
    async fn bounded<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, End> {
        tokio::select! {
            biased;
            () = self.stop.hard.cancelled() => Err(End::Stopped),
            done = timeout(limit, work) => done.map_err(|_| End::TimedOut),
        }
    }

    async fn take_leave<S: AsyncRead + AsyncWrite + Unpin>(&self, wire: &mut Wire<S>, end: &End) {
        match end {
            End::Gone(_) => return,
            End::TimedOut => wire.say(&Answer::new(421, "4.4.2", "Waited too long"), false),
            End::Stopped => wire.say(&Answer::new(421, "4.3.2", "The service stops, try again later"), false),
            End::TooManyErrors => wire.say(&Answer::new(421, "4.7.0", "Too many errors"), false),
            End::Quit | End::Cut => {}
        }
        let heard = timeout(LAST_WORDS_TIME, wire.flush()).await;
        if matches!(end, End::Cut | End::TooManyErrors) && matches!(heard, Ok(Ok(()))) {
            drop(timeout(LAST_WORDS_TIME, wire.linger()).await);
        }
    }
}

fn not_now(text: impl Into<String>) -> Answer {
    Answer::new(451, "4.3.0", text)
}

fn recipient_answer(decision: Option<RcptReply>) -> Answer {
    match decision {
        Some(RcptReply::Accept) => Answer::new(250, "2.1.5", "Ok"),
        Some(RcptReply::Refuse { code, enhanced, text }) => {
            let code = if (500..600).contains(&code) { code } else { 550 };
            let enhanced = if enhanced.starts_with("5.") { enhanced } else { "5.1.1" };
            Answer::new(code, enhanced, text)
        }
        Some(RcptReply::Later { text }) => not_now(text),
        None => not_now("The recipient could not be checked"),
    }
}

fn data_answer(decision: DataReply) -> Answer {
    match decision {
        DataReply::Accepted { queue_id } => Answer::new(250, "2.0.0", format!("Ok: queued as {queue_id}")),
        DataReply::Refuse { text } => Answer::new(554, "5.7.1", text),
        DataReply::Later { text } => not_now(text),
    }
}

/// Runs `work` to its end; `None` if it panicked. The half-done state is dropped with it and seen by nobody.
async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}
