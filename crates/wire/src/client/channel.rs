//! Commands out, replies in, strictly in turn.
//!
//! A reply is only ever read as the answer to the command before it. Octets that arrive when no command is open are a
//! fault and never kept for the next one: a stray `250` must not be taken for the answer to a final dot.

use std::{io, time::Duration};

use mail_send::SmtpClient;
use smtp_proto::response::parser::ResponseReceiver;
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::Reply;

/// Octets that one read takes.
const READ_SIZE: usize = 4096;
/// Octets of a mail that are written under one time limit.
const WRITE_SIZE: usize = 64 * 1024;

/// What ends the use of a connection.
#[derive(Debug, Error)]
pub(super) enum Fault {
    #[error("the server closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Io(io::Error),
    #[error("the server did not answer within {0:?}")]
    Timeout(Duration),
    #[error("the server's answer is no SMTP reply")]
    Garbled,
    /// What the library that reads the answer to `EHLO` can tell.
    #[error("the server closed the connection, or its answer is no SMTP reply")]
    ClosedOrGarbled,
    /// A reply to nothing: 421 on the way out, mostly.
    #[error("the server said, unasked: {0}")]
    Unasked(Reply),
}

/// How far the final dot got.
#[derive(Debug)]
pub(super) enum DotFault {
    /// Not one octet of it left this process.
    Unsent(Fault),
    /// Some or all of it may have.
    MaybeSent(Fault),
}

/// One connection.
pub(super) struct Channel {
    client: SmtpClient<TcpStream>,
    /// Read together with the last reply, and asked for by nobody.
    surplus: Vec<u8>,
}

impl Channel {
    pub(super) fn new(stream: TcpStream, timeout: Duration) -> Self {
        Self { client: SmtpClient { stream, timeout }, surplus: Vec::new() }
    }

    /// The longest wait for one reply.
    pub(super) fn limit(&self) -> Duration {
        self.client.timeout
    }

    /// For the commands whose replies another crate reads.
    pub(super) fn client(&mut self) -> &mut SmtpClient<TcpStream> {
        &mut self.client
    }

    /// Sends one command line (without its line end) and reads its reply.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Fault> {
        self.check_quiet()?;
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.reply(self.limit()).await
    }

    /// Reads one reply, at most for `limit`.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<Reply, Fault> {
        timeout(limit, self.read_reply()).await.map_err(|_| Fault::Timeout(limit))?
    }

    /// Writes octets in pieces, each under the time limit.
    pub(super) async fn write(&mut self, octets: &[u8]) -> Result<(), Fault> {
        let limit = self.limit();
        for piece in octets.chunks(WRITE_SIZE) {
            timeout(limit, self.client.stream.write_all(piece))
                .await
                .map_err(|_| Fault::Timeout(limit))?
                .map_err(Fault::Io)?;
        }
        Ok(())
    }

    /// Writes the end of a mail and reads the reply. The first octet taken by the system is the point of no return.
    pub(super) async fn final_dot(&mut self, patience: Duration) -> Result<Reply, DotFault> {
        const DOT: &[u8] = b".\r\n";
        let limit = self.limit();
        let mut left = DOT;
        while !left.is_empty() {
            // A write that is cancelled by the time limit has written nothing.
            let written = match timeout(limit, self.client.stream.write(left)).await {
                Ok(Ok(written)) if written > 0 => written,
                Ok(Ok(_)) => return Err(dot_fault(left, Fault::Closed)),
                Ok(Err(error)) => return Err(dot_fault(left, Fault::Io(error))),
                Err(_) => return Err(dot_fault(left, Fault::Timeout(limit))),
            };
            left = left.get(written..).unwrap_or_default();
        }
        return self.reply(patience).await.map_err(DotFault::MaybeSent);

        fn dot_fault(left: &[u8], fault: Fault) -> DotFault {
            if left.len() == DOT.len() { DotFault::Unsent(fault) } else { DotFault::MaybeSent(fault) }
        }
    }

    /// Fails if the server has closed, or has said something that nobody asked for. It looks and does not wait.
    pub(super) fn check_quiet(&mut self) -> Result<(), Fault> {
        let mut octets = [0; READ_SIZE];
        match self.client.stream.try_read(&mut octets) {
            Ok(0) if self.surplus.is_empty() => return Err(Fault::Closed),
            Ok(read) => self.surplus.extend_from_slice(octets.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if self.surplus.is_empty() => return Err(Fault::Io(error)),
            Err(_) => {}
        }
        if self.surplus.is_empty() {
            return Ok(());
        }
        let said = std::mem::take(&mut self.surplus);
        match ResponseReceiver::default().parse(&mut said.iter()).ok().and_then(sound) {
            Some(reply) if !reply.is_success() => Err(Fault::Unasked(reply)),
            _ => Err(Fault::Garbled),
        }
    }

    async fn read_reply(&mut self) -> Result<Reply, Fault> {
        let mut receiver = ResponseReceiver::default();
        let mut octets = [0; READ_SIZE];
        loop {
            let read = self.client.stream.read(&mut octets).await.map_err(Fault::Io)?;
            if read == 0 {
                return Err(Fault::Closed);
            }
            let mut rest = octets.get(..read).unwrap_or_default().iter();
            match receiver.parse(&mut rest) {
                Ok(response) => {
                    self.surplus.extend_from_slice(rest.as_slice());
                    return sound(response).ok_or(Fault::Garbled);
                }
                Err(smtp_proto::Error::NeedsMoreData { .. }) => {}
                Err(_) => return Err(Fault::Garbled),
            }
        }
    }
}

/// Three digits alone are no reply: the code has to be one that SMTP has.
fn sound(response: smtp_proto::Response<String>) -> Option<Reply> {
    (200..600).contains(&response.code).then(|| response.into())
}
