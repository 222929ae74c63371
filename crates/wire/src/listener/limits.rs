//! What one listener puts up with. Every value is handed in, so that tests can make hours short.

use std::time::Duration;

/// Largest mail in octets, announced as `SIZE`: 25 MiB, what the large providers take. Larger mails get `552 5.3.4`.
pub const MESSAGE_MAX: usize = 25 * 1024 * 1024;
/// Recipients of one mail (RFC 5321, 4.5.3.1.8 asks for at least 100). The next ones get `452 4.5.3` and come later.
pub const RECIPIENTS_MAX: usize = 100;
/// 5xx replies of a session without a mail accepted in between; with the last one the session ends (`421 4.7.0`).
pub const ERRORS_MAX: u32 = 20;
/// Sessions at the same time; one more is turned away with `421 4.7.0`. Bounds the memory of the mails being read to
/// this times [`MESSAGE_MAX`].
pub const CONNECTIONS_MAX: usize = 100;
/// Wait for a whole command line (RFC 5321, 4.5.3.2.7: 5 minutes), then `421 4.4.2`.
pub const COMMAND_TIME: Duration = Duration::from_mins(5);
/// Wait for a whole mail after `354`, then `421 4.4.2`. Longer than the 3 minutes per block of RFC 5321 (4.5.3.2.5),
/// but for all blocks together, so that one octet a minute does not hold a place for ever.
pub const DATA_TIME: Duration = Duration::from_mins(10);
/// Wait for the acceptor, then `451 4.3.0`. Half of what clients wait after the final dot (RFC 5321, 4.5.3.2.6).
pub const ANSWER_TIME: Duration = Duration::from_mins(5);
/// Wait after a stop for the mails under way, then `421 4.3.2`.
pub const GRACE_TIME: Duration = Duration::from_secs(10);

/// The limits of one listener. [`Default`] is the constants of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerLimits {
    /// Largest mail, in octets as they are stored (line ends included, stuffing dots not).
    pub message: usize,
    /// Accepted recipients of one mail.
    pub recipients: usize,
    /// Errors of one session since its last accepted mail.
    pub errors: u32,
    /// Sessions at the same time.
    pub connections: usize,
    /// For a whole command line, and for the client to read our replies.
    pub command: Duration,
    /// For a whole mail.
    pub data: Duration,
    /// For one decision of the acceptor.
    pub answer: Duration,
    /// For mails under way when the listener is told to stop.
    pub grace: Duration,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            message: MESSAGE_MAX,
            recipients: RECIPIENTS_MAX,
            errors: ERRORS_MAX,
            connections: CONNECTIONS_MAX,
            command: COMMAND_TIME,
            data: DATA_TIME,
            answer: ANSWER_TIME,
            grace: GRACE_TIME,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_named_limits_and_ask_no_client_to_hurry_more_than_the_standard() {
        let limits = ListenerLimits::default();
        assert_eq!(limits.message, MESSAGE_MAX);
        assert_eq!(limits.connections, CONNECTIONS_MAX);
        assert_eq!(limits.command, COMMAND_TIME);
        // RFC 5321, 4.5.3.2: five minutes for a command, three for a block of data, ten after the final dot.
        assert!(COMMAND_TIME >= Duration::from_mins(5));
        assert!(DATA_TIME >= Duration::from_mins(3));
        assert!(ANSWER_TIME < Duration::from_mins(10), "the client must still be there for the answer");
        assert!(
            limits.grace == GRACE_TIME && GRACE_TIME < COMMAND_TIME,
            "a stop waits less than a session may"
        );
    }
}
