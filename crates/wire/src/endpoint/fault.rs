//! What ends the use of a connection, below any protocol, and how a server's words are made fit to be shown.

use std::{io, time::Duration};

use thiserror::Error;

use super::Kind;

/// Longest piece of a server's words that is kept, in octets.
const SHOWN_MAX: usize = 1024;

/// What ends the use of a connection.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    #[error("the server closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Io(io::Error),
    #[error("the server did not answer within {0:?}")]
    Timeout(Duration),
    #[error("the server's answer cannot be understood")]
    Garbled,
    #[error("the server's answer is longer than {0} octets")]
    TooLong(usize),
}

impl Fault {
    /// A TLS connection that ends without its farewell has ended, too.
    pub(super) fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl From<Fault> for Kind {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Closed => Self::Closed,
            Fault::Io(error) if is_end(error.kind()) => Self::Closed,
            Fault::Io(error) => Self::Broken { reason: error.to_string() },
            Fault::Timeout(limit) => Self::Timeout(limit),
            Fault::Garbled => Self::Garbled,
            Fault::TooLong(limit) => Self::TooLarge { limit: limit as u64 },
        }
    }
}

/// Ways in which the system says that the other side has left.
fn is_end(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe
    )
}

/// A server's words as one line that can be shown, stored and logged.
pub(crate) fn shown(octets: &[u8]) -> String {
    let octets = octets.get(..SHOWN_MAX).unwrap_or(octets);
    let text: String =
        String::from_utf8_lossy(octets).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_are_one_short_line() {
        assert_eq!(shown(b" a\r\nb\x1b[31m\xff \r\n"), "a  b [31m\u{fffd}");
        assert_eq!(shown(&[b'a'; SHOWN_MAX + 1]).len(), SHOWN_MAX);
    }
}
