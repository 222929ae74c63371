//! What a proxy does, and when.

use std::time::Duration;

/// The moment at which a fault happens. Lines end with LF; they are looked at until the client says STARTTLS or STLS,
/// after which (and with TLS from the first byte) only bytes can be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// A client connects.
    Connect,
    /// This many bytes of the server have been passed on, on one connection. What comes after them is hit.
    ServerBytes(u64),
    /// The server sends its n-th line of a connection, from 1: the greeting is the first.
    ServerLine(u64),
    /// The server sends a line that begins with this.
    ServerSays(String),
    /// The client sends its n-th line of a connection, from 1.
    ClientLine(u64),
    /// The client sends a line that begins with this word or these words, in any case, with or without a tag before
    /// them: `RETR`, `DATA`, `UID FETCH`, `.` (the final dot).
    ClientSays(String),
}

impl When {
    /// [`When::ClientSays`].
    pub fn client_says(words: &str) -> Self {
        Self::ClientSays(words.to_owned())
    }

    /// [`When::ServerSays`].
    pub fn server_says(start: &str) -> Self {
        Self::ServerSays(start.to_owned())
    }
}

/// What happens then. *The hit* is what the condition speaks of: the server's bytes or line; for a client's line it is
/// the server's answer to it, that is the next bytes that the server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection stays open, and nothing passes any more in either direction: neither the hit nor the client's
    /// line.
    Stall,
    /// Both sides are closed; neither the hit nor the client's line passes.
    Cut,
    /// As `Cut`, but the client sees a reset.
    Reset,
    /// The client's line passes, its answer does not: both sides are closed when it comes. The server has done what it
    /// was told, and the client cannot know.
    LoseAnswer,
    /// The bytes of the hit are replaced by as many wrong ones; line ends stay.
    Garble,
    /// The hit passes after this time. A client's line itself is held back.
    Delay(Duration),
    /// The hit passes twice.
    Repeat,
    /// The client's line does not pass, and the client reads this answer and CR LF in its place, `{tag}` being the
    /// line's first word: `{tag} OK done`. On a line of the server: it is replaced.
    Answer(String),
}

impl Fault {
    /// Swallows a POP3 command and says that it was done.
    pub fn pop3_ok() -> Self {
        Self::Answer("+OK".to_owned())
    }

    /// Swallows an IMAP command and says that it was done.
    pub fn imap_ok() -> Self {
        Self::Answer("{tag} OK done".to_owned())
    }
}

/// A fault at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(super) when: When,
    pub(super) fault: Fault,
    pub(super) skip: usize,
    pub(super) times: usize,
}

impl Rule {
    /// A fault each time that the moment comes, on every connection.
    pub fn new(when: When, fault: Fault) -> Self {
        Self { when, fault, skip: 0, times: usize::MAX }
    }

    /// Only the first `times` times, counted over all connections.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Only the first time.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Not the first `skip` times, counted over all connections.
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }
}

/// Whether a client's line begins with these words, after its tag or without one.
pub(super) fn says(line: &str, words: &str) -> bool {
    let line = line.trim_end();
    begins(line, words) || line.split_once(' ').is_some_and(|(_, rest)| begins(rest, words))
}

fn begins(line: &str, words: &str) -> bool {
    let start = line.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words));
    start
        && line.as_bytes().get(words.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_says_a_word_with_or_without_a_tag_and_in_any_case() {
        for line in ["UID STORE 1 +FLAGS", "a1 uid store 1", "UID STORE"] {
            assert!(says(line, "UID STORE"), "{line}");
        }
        for line in ["UID STORED", "a b UID STORE", "UIDSTORE", ""] {
            assert!(!says(line, "UID STORE"), "{line}");
        }
    }

    #[test]
    fn the_final_dot_is_told_from_a_stuffed_one() {
        assert!(says(".\r\n", "."));
        assert!(!says("..\r\n", "."));
        assert!(!says(".a line", "."));
    }
}
