//! Commands out, answers in, in turn.

use super::{mails::LINE_MAX, reply::Reply};
use crate::endpoint::{Fault, Pipe};

/// One connection.
pub(super) struct Channel {
    pipe: Pipe,
    usable: bool,
}

impl Channel {
    pub(super) fn new(pipe: Pipe) -> Self {
        Self { pipe, usable: true }
    }

    pub(super) fn usable(&self) -> bool {
        self.usable
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.pipe.is_encrypted()
    }

    pub(super) fn into_pipe(self) -> Pipe {
        self.pipe
    }

    /// The first line of the server.
    pub(super) async fn greeting(&mut self) -> Result<Option<Reply>, Fault> {
        Ok(Reply::read(&self.pipe.line(LINE_MAX).await?))
    }

    /// Sends a command line and reads the first line of its answer. Unless that comes, the session is over.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Fault> {
        let first = self.exchange(line).await?;
        let reply = Reply::read(&first).ok_or(Fault::Garbled)?;
        self.usable = true;
        Ok(reply)
    }

    /// The same, for a command to which the server may say to go on (`+ `): then it is none.
    pub(super) async fn opening(&mut self, line: &str) -> Result<Option<Reply>, Fault> {
        let first = self.exchange(line).await?;
        let reply = match first.as_slice() {
            b"+" | [b'+', b' ', ..] => None,
            other => Some(Reply::read(other).ok_or(Fault::Garbled)?),
        };
        self.usable = true;
        Ok(reply)
    }

    async fn exchange(&mut self, line: &str) -> Result<Vec<u8>, Fault> {
        self.usable = false;
        // What came unasked would be taken for the answer.
        if !self.pipe.ahead().is_empty() {
            return Err(Fault::Garbled);
        }
        self.pipe.write_line(&[line.as_bytes()]).await?;
        self.pipe.line(LINE_MAX).await
    }

    /// Reads the lines that follow a positive answer, up to the dot; `on_line` hears each without its line end and
    /// without the dot that was put before it (RFC 1939, 3).
    pub(super) async fn lines(
        &mut self,
        on_line: &mut (dyn FnMut(&[u8]) -> Result<(), Fault> + Send),
    ) -> Result<(), Fault> {
        self.usable = false;
        loop {
            let line = self.pipe.line(LINE_MAX).await?;
            match line.as_slice() {
                b"." => break,
                [b'.', rest @ ..] => on_line(rest)?,
                whole => on_line(whole)?,
            }
        }
        self.usable = true;
        Ok(())
    }
}
