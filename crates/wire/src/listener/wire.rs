//! Both directions of one connection, buffered: lines and data in, replies out.
//!
//! Replies are gathered as long as pipelined commands (RFC 2920) are waiting, and written before the next read that
//! could block. Every method may be cancelled at any await without losing octets: time limits are laid around them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{
    answer::Answer,
    data::{DataDecoder, DataEnd},
};

/// Longest command line in octets with its line end. RFC 5321 asks for 512 and more for extensions; a longer
/// line is read to its end and refused (`500 5.5.2`).
pub(super) const LINE_MAX: usize = 2048;
/// A line that has not ended after so many octets ends the session.
pub(super) const LINE_ENDLESS: usize = 64 * 1024;
/// Octets that one read asks for.
const READ_SIZE: usize = 16 * 1024;
/// Replies in the buffer, in octets, that are written although more commands wait: a client that pipelines
/// without end and reads nothing gets no more memory than this and one reply.
const OUTPUT_MAX: usize = 16 * 1024;

/// A line that came in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Without its line end.
    Text(Vec<u8>),
    /// Longer than [`LINE_MAX`]; read to its end, the next line is in step.
    TooLong,
    /// Longer than [`LINE_ENDLESS`]; its end was not read.
    Endless,
}

/// The buffers around one stream.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    input: Vec<u8>,
    /// Octets of an overlong line that were thrown away already; 0 when no such line is under way.
    skipped: usize,
    output: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, input: Vec::new(), skipped: 0, output: Vec::new() }
    }

    /// Queues a reply.
    pub(super) fn say(&mut self, answer: &Answer, utf8: bool) {
        answer.write(&mut self.output, utf8);
    }

    /// Queues octets as they are (replies of several lines).
    pub(super) fn say_raw(&mut self, octets: &[u8]) {
        self.output.extend_from_slice(octets);
    }

    /// Writes what was queued.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let written = self.stream.write(&self.output).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.output.drain(..written.min(self.output.len()));
        }
        self.stream.flush().await
    }

    /// The next command line. It ends at `LF`; a missing `CR` is forgiven here, where it cannot hide anything.
    pub(super) async fn line(&mut self) -> io::Result<Line> {
        loop {
            if let Some(line) = self.buffered_line() {
                if self.output.len() > OUTPUT_MAX {
                    self.flush().await?;
                }
                return Ok(line);
            }
            self.flush().await?;
            self.fill().await?;
        }
    }

    /// Reads the data of one mail into `decoder`. What follows its end stays for [`Wire::line`].
    pub(super) async fn data(&mut self, decoder: &mut DataDecoder) -> io::Result<DataEnd> {
        self.flush().await?;
        loop {
            let (used, end) = decoder.push(&self.input);
            self.input.drain(..used.min(self.input.len()));
            if let Some(end) = end {
                return Ok(end);
            }
            self.fill().await?;
        }
    }

    /// Ends our direction and reads away what the client still sends, so that the last reply is not lost with the
    /// reset that unread octets would cause.
    pub(super) async fn linger(&mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        loop {
            self.input.clear();
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.input.reserve(READ_SIZE);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    fn buffered_line(&mut self) -> Option<Line> {
        let Some(end) = self.input.iter().position(|&b| b == b'\n') else {
            if self.skipped + self.input.len() > LINE_ENDLESS {
                return Some(Line::Endless);
            }
            if self.skipped > 0 || self.input.len() > LINE_MAX {
                self.skipped += self.input.len();
                self.input.clear();
            }
            return None;
        };
        let mut line: Vec<u8> = self.input.drain(..=end).collect();
        if std::mem::take(&mut self.skipped) > 0 || line.len() > LINE_MAX {
            return Some(Line::TooLong);
        }
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(Line::Text(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines of `input`, until it ends or a line has no end.
    async fn lines(input: &[u8]) -> Vec<Line> {
        let mut wire = Wire::new(tokio::io::join(input, tokio::io::sink()));
        let mut lines = Vec::new();
        while let Ok(line) = wire.line().await {
            let last = line == Line::Endless;
            lines.push(line);
            if last {
                break;
            }
        }
        lines
    }

    fn text(line: &str) -> Line {
        Line::Text(line.into())
    }

    #[tokio::test]
    async fn lines_end_at_lf_and_one_cr_before_it_belongs_to_the_end() {
        assert_eq!(
            lines(b"NOOP\r\nRSET\nX\r\r\n\r\nhalf").await,
            [text("NOOP"), text("RSET"), text("X\r"), text("")]
        );
    }

    #[tokio::test]
    async fn the_longest_line_passes_and_one_octet_more_is_refused_in_step() {
        let fits = "a".repeat(LINE_MAX - 2);
        let input = format!("{fits}\r\n{fits}a\r\nNOOP\r\n");
        assert_eq!(lines(input.as_bytes()).await, [text(&fits), Line::TooLong, text("NOOP")]);
    }

    #[tokio::test]
    async fn a_line_over_many_reads_is_refused_in_step_up_to_the_limit() {
        let long = "a".repeat(LINE_ENDLESS - 2);
        assert_eq!(lines(format!("{long}\r\nNOOP\r\n").as_bytes()).await, [Line::TooLong, text("NOOP")]);
        let endless = "a".repeat(LINE_ENDLESS + 1);
        assert_eq!(lines(endless.as_bytes()).await, [Line::Endless]);
    }

    #[tokio::test]
    async fn replies_wait_for_the_pipeline_but_not_without_bound() {
        let answer = Answer::new(250, "2.0.0", "Ok");
        let (client, server) = tokio::io::duplex(1 << 20);
        let (mut reader, mut writer) = tokio::io::split(client);
        let mut wire = Wire::new(server);
        writer.write_all(&b"NOOP\r\n".repeat(READ_SIZE / 8)).await.unwrap();
        let mut said = 0;
        while wire.output.len() <= OUTPUT_MAX {
            assert_eq!(wire.line().await.unwrap(), text("NOOP"));
            wire.say(&answer, false);
            said += 1;
        }
        wire.line().await.unwrap();
        assert!(wire.output.is_empty(), "written although lines are waiting");
        let mut got = vec![0; said * "250 2.0.0 Ok\r\n".len()];
        reader.read_exact(&mut got).await.unwrap();
    }
}
