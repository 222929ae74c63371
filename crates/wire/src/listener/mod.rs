//! An SMTP (RFC 5321) or LMTP (RFC 2033) server for mail that is to be kept here.
//!
//! It speaks the protocol and asks an [`Acceptor`] for every decision: whether a recipient is one of ours, and
//! whether a mail is kept. `250` is written only after the acceptor said so; a panic, a missing answer or a stop
//! becomes a temporary refusal, upon which the client keeps the mail. It relays nothing, stores nothing, and adds no
//! trace header: it has no clock, and the mail's octets are handed over as they came.
//!
//! `CHUNKING`, `STARTTLS` and `AUTH` are not offered.

mod answer;
mod command;
mod data;
mod limits;
mod session;
mod wire;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

pub use limits::{
    ANSWER_TIME, COMMAND_TIME, CONNECTIONS_MAX, DATA_TIME, ERRORS_MAX, GRACE_TIME, ListenerLimits,
    MESSAGE_MAX, RECIPIENTS_MAX,
};
use session::{Session, Stop};

/// How long the last replies may take after the grace time, and a refusal to a connection too many.
const LAST_WORDS_TIME: Duration = Duration::from_secs(1);
/// Pause after a failed accept (no file descriptors left, mostly), so that the failure does not fill a processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Which of the two protocols a port speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 5321: one answer for the mail.
    Smtp,
    /// RFC 2033: one answer for each recipient.
    Lmtp,
}

/// What the client said about a mail before its data. Nothing in it is proven but `peer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The protocol that the mail comes by.
    pub protocol: Protocol,
    /// The other end of the connection.
    pub peer: SocketAddr,
    /// The name the client gave itself.
    pub helo: String,
    /// The return path; `None` is the null return path `<>` of reports.
    pub mail_from: Option<String>,
    /// The recipients accepted so far, in order, repeated if the client repeats them. `postmaster` may stand without
    /// a domain.
    pub rcpt_to: Vec<String>,
    /// The client announced SMTPUTF8 (RFC 6531).
    pub smtp_utf8: bool,
    /// The client announced `BODY=8BITMIME` (RFC 6152).
    pub eight_bit: bool,
}

/// What is said to `RCPT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RcptReply {
    /// `250 2.1.5`: one of ours.
    Accept,
    /// Never. A `code` that is no 5xx is written as 550, an `enhanced` that is no `5.x.x` as `5.1.1`.
    Refuse {
        /// Reply code, 500 to 599.
        code: u16,
        /// Enhanced status code (RFC 3463), `5.x.x`.
        enhanced: &'static str,
        /// For the sender's report; one line, cut at 480 octets.
        text: String,
    },
    /// `451 4.3.0`: not now.
    Later {
        /// For the client's log; one line, cut at 480 octets.
        text: String,
    },
}

/// What is said to the final dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataReply {
    /// `250 2.0.0`: the mail is kept, durably. From here on it is ours.
    Accepted {
        /// What the client's log will call the mail.
        queue_id: String,
    },
    /// `554 5.7.1`: never.
    Refuse {
        /// For the sender's report; one line, cut at 480 octets.
        text: String,
    },
    /// `451 4.3.0`: not now.
    Later {
        /// For the client's log; one line, cut at 480 octets.
        text: String,
    },
}

/// Decides about the mail that a listener is offered.
///
/// A method that panics, or takes longer than [`ListenerLimits::answer`], is answered with `451 4.3.0` for it. Its
/// future is then dropped: a mail must be kept entirely or not at all at each of its awaits.
pub trait Acceptor: Send + Sync + 'static {
    /// The name of this host in the greeting.
    fn host_name(&self) -> String {
        "localhost".to_owned()
    }

    /// Whether mail to `rcpt` is taken. `env` holds the recipients accepted before it.
    fn recipient(&self, env: &Envelope, rcpt: &str) -> impl Future<Output = RcptReply> + Send;

    /// Keeps a mail. Done means committed: `250` is written right after. Over SMTP the first reply counts for the
    /// mail; over LMTP there is one for each of `env.rcpt_to`, in order. A missing reply is `451 4.3.0`.
    fn message(&self, env: Envelope, bytes: Vec<u8>) -> impl Future<Output = Vec<DataReply>> + Send;
}

/// Serves `socket` until `stop`.
///
/// After `stop` no connection is accepted, idle sessions end at once with `421`, and mails under way have
/// [`ListenerLimits::grace`] to end. Returns when the last session has ended.
pub async fn serve<A: Acceptor>(
    socket: TcpListener,
    protocol: Protocol,
    acceptor: Arc<A>,
    limits: ListenerLimits,
    stop: CancellationToken,
) {
    let limits = Arc::new(limits);
    let stop = Stop { soft: stop, hard: CancellationToken::new() };
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.soft.cancelled() => break,
            Some(ended) = sessions.join_next() => note_panic(ended),
            accepted = socket.accept() => match accepted {
                Ok((stream, peer)) if sessions.len() < limits.connections => {
                    let session = Session::new(protocol, peer, Arc::clone(&acceptor), Arc::clone(&limits), stop.clone());
                    sessions.spawn(async move {
                        if let Err(error) = stream.set_nodelay(true) {
                            debug!(%peer, %error, "no TCP_NODELAY");
                        }
                        session.run(stream).await;
                    });
                }
                Ok((stream, peer)) => turn_away(stream, peer).await,
                Err(error) => {
                    warn!(%error, "a connection could not be accepted");
                    drop(timeout(ACCEPT_PAUSE, stop.soft.cancelled()).await);
                }
            },
        }
    }
    drop(socket);
    finish(sessions, limits.grace, &stop.hard).await;
}

/// Lets sessions end by themselves, then by word, then by force.
async fn finish(mut sessions: JoinSet<()>, grace: Duration, hard: &CancellationToken) {
    if timeout(grace, all_ended(&mut sessions)).await.is_ok() {
        return;
    }
    hard.cancel();
    if timeout(LAST_WORDS_TIME, all_ended(&mut sessions)).await.is_err() {
        sessions.shutdown().await;
    }
}

async fn all_ended(sessions: &mut JoinSet<()>) {
    while let Some(ended) = sessions.join_next().await {
        note_panic(ended);
    }
}

/// Acceptors are caught one by one; what arrives here is a fault of the session itself.
fn note_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        warn!(%error, "a session ended by a fault");
    }
}

/// Says why before it closes. The buffer of a new connection takes a line at once; the limit is for the case that
/// it does not, because meanwhile nobody is accepted.
async fn turn_away(mut stream: TcpStream, peer: SocketAddr) {
    debug!(%peer, "turned away: too many connections");
    let line = b"421 4.7.0 Too many connections, try again later\r\n";
    drop(timeout(LAST_WORDS_TIME, stream.write_all(line)).await);
}
