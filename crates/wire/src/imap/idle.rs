//! Waiting for mails (RFC 2177).

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Imap, reply::Outcome};
use crate::endpoint::{Failure, Kind, Step};

/// Longest wait: servers end sessions that are silent for half an hour (RFC 2177, 3). A longer one is cut to it.
pub const IDLE_MAX: Duration = Duration::from_mins(29);

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Mails have come since the last [`Imap::list`] or [`Imap::select`].
    Mails,
    /// Nothing has come in time.
    TimedOut,
    /// The wait was stopped.
    Stopped,
}

impl Imap {
    /// Waits until mails come into the selected folder, at most for `max`, or until `stop`. The session may be used
    /// further after all three.
    pub async fn idle(&mut self, max: Duration, stop: &CancellationToken) -> Result<News, Failure> {
        if !self.offers.idle {
            return Err(self.fail(Step::Transfer, Kind::NotOffered { what: "IDLE" }));
        }
        if !self.usable() {
            return Err(self.fail(Step::Transfer, Kind::Unusable));
        }
        // Told with the answer to an earlier command: the server does not tell it again.
        if self.channel.news {
            return Ok(News::Mails);
        }
        let end = stop.child_token();
        let alarm = async {
            sleep(max.min(IDLE_MAX)).await;
            end.cancel();
            // The wait still has its last words to exchange.
            std::future::pending::<()>().await;
        };
        let ended = tokio::select! {
            ended = self.channel.idle(&end) => ended,
            () = alarm => Ok(None),
        };
        match ended {
            Ok(None) => {}
            Ok(Some(reply)) if reply.outcome == Outcome::Ok => {}
            Ok(Some(reply)) => return Err(self.refused(Step::Transfer, None, &reply)),
            Err(fault) => return Err(self.broken(Step::Transfer, fault)),
        }
        Ok(match (self.channel.news, stop.is_cancelled()) {
            (true, _) => News::Mails,
            (false, true) => News::Stopped,
            (false, false) => News::TimedOut,
        })
    }
}
