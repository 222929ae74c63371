//! Who waits at the door: passwords are computed with few at a time, because each takes much memory.
//!
//! Kept in this process alone.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{ApiError, ErrorCode};
use crate::limits::{PASSWORDS_AT_ONCE, PASSWORDS_WAITING};

/// What the handlers of one process share to bound their work.
#[derive(Debug, Clone)]
pub(super) struct Guests {
    computing: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Guests {
    fn default() -> Self {
        Self {
            computing: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)),
            waiting: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE + PASSWORDS_WAITING)),
        }
    }
}

/// A place among those who compute with a password; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _computing: OwnedSemaphorePermit,
    _waiting: OwnedSemaphorePermit,
}

impl Guests {
    /// Waits for one's turn; refused where too many wait already.
    pub(super) async fn turn(&self) -> Result<Turn, ApiError> {
        let busy = || {
            ApiError::new(
                ErrorCode::TooManyAttempts,
                "too many sign in at this moment; try again in a moment",
            )
            .retry_after(1)
        };
        let waiting = self.waiting.clone().try_acquire_owned().map_err(|_| busy())?;
        let computing = self.computing.clone().acquire_owned().await.map_err(|_| busy())?;
        Ok(Turn { _computing: computing, _waiting: waiting })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_compute_at_once_some_wait_and_the_next_is_refused() {
        let guests = Guests::default();
        let mut computing = Vec::new();
        for _ in 0..PASSWORDS_AT_ONCE {
            computing.push(guests.turn().await.unwrap());
        }
        let mut waiting: Vec<_> = (0..PASSWORDS_WAITING)
            .map(|_| {
                let guests = guests.clone();
                Box::pin(async move { guests.turn().await })
            })
            .collect();
        for one in &mut waiting {
            assert!(futures_poll(one.as_mut()).await.is_none(), "it waits");
        }
        assert_eq!(guests.turn().await.unwrap_err().code(), ErrorCode::TooManyAttempts);
        drop(computing.pop());
        let first = waiting.remove(0).await;
        assert!(first.is_ok());
    }

    /// What a future has to say at once.
    async fn futures_poll<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
