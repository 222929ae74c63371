//! Commands out, replies in, strictly in turn.
//!
//! A reply is only ever read as the answer to the command before it. Octets that arrive when no command is open are a
//! fault and never kept for the next one: a stray `250` must not be taken for the answer to a final dot.

use std::time::Duration;

use smtp_proto::{Response, response::parser::ResponseReceiver};
use thiserror::Error;

use super::Reply;
use crate::endpoint::{self, Dial, Failure, Kind, Pipe, within};

/// What ends the use of a connection.
#[derive(Debug, Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Connection(#[from] endpoint::Fault),
    #[error("the server's answer is no SMTP reply")]
    Garbled,
    /// A reply to nothing: 421 on the way out, mostly.
    #[error("the server said, unasked: {0}")]
    Unasked(Reply),
}

impl Fault {
    /// The kind of it, and the server's words.
    pub(super) fn told(self) -> (Kind, Option<String>) {
        match self {
            Self::Connection(fault) => (fault.into(), None),
            Self::Garbled => (Kind::Garbled, None),
            Self::Unasked(reply) => (Kind::ServerSaid, Some(reply.to_string())),
        }
    }
}

/// How far the final dot got.
#[derive(Debug)]
pub(super) enum DotFault {
    /// Nothing of it that the server could read left this process.
    Unsent(Fault),
    /// Some or all of it may have.
    MaybeSent(Fault),
}

/// One connection.
pub(super) struct Channel {
    pipe: Pipe,
}

impl Channel {
    pub(super) fn new(pipe: Pipe) -> Self {
        Self { pipe }
    }

    /// The longest wait for one reply.
    pub(super) fn limit(&self) -> Duration {
        self.pipe.limit()
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.pipe.is_encrypted()
    }

    /// Changes to TLS, after the server has agreed to it.
    pub(super) async fn secured(self, dial: &mut Dial<'_>) -> Result<Self, Failure> {
        dial.secure(self.pipe).await.map(Self::new)
    }

    /// Sends one command line (without its line end) and reads its reply.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Fault> {
        self.response(line).await.map(Reply::from)
    }

    /// The same, with the reply's lines as they came.
    pub(super) async fn response(&mut self, line: &str) -> Result<Response<String>, Fault> {
        self.check_quiet().await?;
        self.pipe.write_line(&[line.as_bytes()]).await?;
        let limit = self.limit();
        self.read(limit).await
    }

    /// Reads one reply, at most for `limit`.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<Reply, Fault> {
        self.read(limit).await.map(Reply::from)
    }

    /// Writes octets in pieces, each under the time limit.
    pub(super) async fn write(&mut self, octets: &[u8]) -> Result<(), Fault> {
        Ok(self.pipe.write(octets).await?)
    }

    /// Writes the end of a mail and reads the reply. The first octet that the connection takes is the point of no
    /// return; over TLS that is before it reaches the network.
    pub(super) async fn final_dot(&mut self, patience: Duration) -> Result<Reply, DotFault> {
        const DOT: &[u8] = b".\r\n";
        let mut left = DOT;
        while !left.is_empty() {
            match self.pipe.write_some(left).await {
                Ok(written) => left = left.get(written..).unwrap_or_default(),
                Err(fault) if left.len() == DOT.len() => return Err(DotFault::Unsent(fault.into())),
                Err(fault) => return Err(DotFault::MaybeSent(fault.into())),
            }
        }
        self.pipe.flush().await.map_err(|fault| DotFault::MaybeSent(fault.into()))?;
        self.reply(patience).await.map_err(DotFault::MaybeSent)
    }

    /// Fails if the server has closed, or has said something that nobody asked for. It looks and does not wait.
    pub(super) async fn check_quiet(&mut self) -> Result<(), Fault> {
        self.pipe.look().await?;
        let said = self.pipe.ahead().to_vec();
        if said.is_empty() {
            return Ok(());
        }
        self.pipe.consume(said.len());
        match ResponseReceiver::default().parse(&mut said.iter()).ok().and_then(sound) {
            Some(response) if !(200..300).contains(&response.code) => Err(Fault::Unasked(response.into())),
            _ => Err(Fault::Garbled),
        }
    }

    async fn read(&mut self, limit: Duration) -> Result<Response<String>, Fault> {
        let pipe = &mut self.pipe;
        let reading = async move {
            let mut receiver = ResponseReceiver::default();
            loop {
                let ahead = pipe.ahead();
                let mut rest = ahead.iter();
                let result = receiver.parse(&mut rest);
                let used = ahead.len() - rest.as_slice().len();
                pipe.consume(used);
                match result {
                    Ok(response) => return Ok(sound(response)),
                    Err(smtp_proto::Error::NeedsMoreData { .. }) => pipe.fill_patiently().await?,
                    Err(_) => return Ok(None),
                }
            }
        };
        within(limit, reading).await?.ok_or(Fault::Garbled)
    }
}

/// Three digits alone are no reply: the code has to be one that SMTP has.
fn sound(response: Response<String>) -> Option<Response<String>> {
    (200..600).contains(&response.code).then_some(response)
}
