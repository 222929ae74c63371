//! A connection with what was read from it and not yet used. Every wait has a limit.

use std::{future::poll_fn, pin::Pin, task::Poll, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    task::coop::unconstrained,
    time::timeout,
};

use zeroize::Zeroizing;

use super::{Fault, stream::Stream};

/// Octets that there is room for before a read.
const READ_SIZE: usize = 64 * 1024;
/// Octets that are written under one time limit.
const WRITE_SIZE: usize = 64 * 1024;

/// A connection and its read-ahead.
pub(crate) struct Pipe {
    stream: Stream,
    /// Read and not yet used, from `start` on.
    buffer: Vec<u8>,
    start: usize,
    /// The longest wait for one read or write.
    limit: Duration,
}

impl Pipe {
    pub(super) fn new(stream: Stream, limit: Duration) -> Self {
        Self { stream, buffer: Vec::new(), start: 0, limit }
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// What was read and not yet used.
    pub(crate) fn ahead(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Uses up the first `count` octets of what was read.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.buffer.len());
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        }
    }

    /// The bare connection, for the change to TLS. What was read ahead has to be looked at before.
    pub(super) fn into_stream(self) -> Stream {
        self.stream
    }

    /// Writes octets in pieces, each under the time limit, until the system has them all.
    pub(crate) async fn write(&mut self, octets: &[u8]) -> Result<(), Fault> {
        let limit = self.limit;
        for piece in octets.chunks(WRITE_SIZE) {
            let written = async {
                self.stream.write_all(piece).await?;
                self.stream.flush().await
            };
            timeout(limit, written).await.map_err(|_| Fault::Timeout(limit))?.map_err(Fault::of)?;
        }
        Ok(())
    }

    /// Writes a line and its end, in one piece.
    pub(crate) async fn write_line(&mut self, line: &[&[u8]]) -> Result<(), Fault> {
        let mut octets = Zeroizing::new(line.concat());
        octets.extend_from_slice(b"\r\n");
        self.write(&octets).await
    }

    /// Writes what it can at once of `octets`. A write that fails, or is cut off by the time limit, has handed nothing
    /// to the network that the server could read: over TLS an incomplete record is none.
    pub(crate) async fn write_some(&mut self, octets: &[u8]) -> Result<usize, Fault> {
        let limit = self.limit;
        match timeout(limit, self.stream.write(octets)).await {
            Ok(Ok(0)) => Err(Fault::Closed),
            Ok(Ok(written)) => Ok(written),
            Ok(Err(error)) => Err(Fault::of(error)),
            Err(_) => Err(Fault::Timeout(limit)),
        }
    }

    /// Hands to the system what TLS holds back.
    pub(crate) async fn flush(&mut self) -> Result<(), Fault> {
        let limit = self.limit;
        timeout(limit, self.stream.flush()).await.map_err(|_| Fault::Timeout(limit))?.map_err(Fault::of)
    }

    /// Reads more, under the time limit.
    pub(crate) async fn fill(&mut self) -> Result<(), Fault> {
        let limit = self.limit;
        timeout(limit, self.fill_patiently()).await.map_err(|_| Fault::Timeout(limit))?
    }

    /// Reads more, for as long as it takes: for callers that hold a limit of their own. A read that is dropped has
    /// read nothing.
    pub(crate) async fn fill_patiently(&mut self) -> Result<(), Fault> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.reserve(READ_SIZE);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err(Fault::Closed),
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::of(error)),
        }
    }

    /// Reads one line; at most `max` octets without its end, `CRLF` or a bare `LF`. The time limit is for all of it, so
    /// that a server cannot hold us by an octet now and then.
    pub(crate) async fn line(&mut self, max: usize) -> Result<Vec<u8>, Fault> {
        within(self.limit, self.line_patiently(max)).await
    }

    async fn line_patiently(&mut self, max: usize) -> Result<Vec<u8>, Fault> {
        let mut searched = 0;
        loop {
            let ahead = self.ahead();
            let found = ahead.iter().skip(searched).position(|octet| *octet == b'\n');
            if let Some(end) = found.map(|at| at + searched) {
                let line = ahead.get(..end).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                if line.len() > max {
                    return Err(Fault::TooLong(max));
                }
                let line = line.to_vec();
                self.consume(end + 1);
                return Ok(line);
            }
            searched = ahead.len();
            if searched > max + 1 {
                return Err(Fault::TooLong(max));
            }
            self.fill_patiently().await?;
        }
    }

    /// Appends the next `count` octets to `into`.
    pub(crate) async fn octets(&mut self, mut count: usize, into: &mut Vec<u8>) -> Result<(), Fault> {
        loop {
            let part = self.ahead();
            let part = part.get(..count).unwrap_or(part);
            into.extend_from_slice(part);
            let taken = part.len();
            self.consume(taken);
            count -= taken;
            if count == 0 {
                return Ok(());
            }
            self.fill().await?;
        }
    }

    /// Looks, without waiting, whether the server has said something, and reads it. Its end is an error only when
    /// nothing is left to be looked at.
    pub(crate) async fn look(&mut self) -> Result<(), Fault> {
        let mut space = [0; 4096];
        // Outside the scheduler's budget: an exhausted one would look like silence.
        let seen = unconstrained(poll_fn(|cx| {
            let mut octets = ReadBuf::new(&mut space);
            Poll::Ready(match Pin::new(&mut self.stream).poll_read(cx, &mut octets) {
                Poll::Pending => None,
                Poll::Ready(result) => Some(result.map(|()| octets.filled().len())),
            })
        }))
        .await;
        let fault = match seen {
            None => return Ok(()),
            Some(Ok(0)) => Fault::Closed,
            Some(Ok(count)) => {
                self.buffer.extend_from_slice(space.get(..count).unwrap_or_default());
                return Ok(());
            }
            Some(Err(error)) => Fault::of(error),
        };
        if self.ahead().is_empty() { Err(fault) } else { Ok(()) }
    }
}

/// Holds a whole exchange to one limit.
pub(crate) async fn within<T>(
    limit: Duration,
    exchange: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    timeout(limit, exchange).await.map_err(|_| Fault::Timeout(limit))?
}
