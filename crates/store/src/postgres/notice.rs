//! Notices between the processes on one PostgreSQL database: "there may be work" (`LISTEN`, `NOTIFY`).
//!
//! A notice is a hint and carries nothing but the name of who sent it. Nobody may depend on one: it is lost while a
//! connection is being made, and whoever waits polls as well. Sent outside of every other transaction, because
//! PostgreSQL lets transactions that notify commit only one after the other.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;
use tokio_postgres::{AsyncMessage, Config, Error, NoTls};

/// The channel.
pub(super) const CHANNEL: &str = "rejoinder";
/// After how long a lost connection is made again.
const AGAIN: Duration = Duration::from_secs(1);

/// Calls `heard` for every notice of another than `own`, and whenever notices may have been missed; until `stop`.
pub(super) async fn listen(config: Config, own: String, heard: impl Fn(), stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        tokio::select! {
            ended = hear(&config, &own, &heard) => {
                tracing::debug!(?ended, "notices of other processes are not heard at the moment");
            }
            () = &mut stop => return,
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = &mut stop => return,
        }
    }
}

/// One connection, until it ends.
async fn hear(config: &Config, own: &str, heard: &impl Fn()) -> Result<(), Error> {
    let (client, mut connection) = config.connect(NoTls).await?;
    let mut messages = poll_fn(move |context| connection.poll_message(context));
    let asking = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        heard();
        // The connection ends when its client is dropped.
        std::future::pending().await
    };
    let hearing = async {
        while let Some(message) = messages.next().await {
            if let AsyncMessage::Notification(notice) = message?
                && notice.payload() != own
            {
                heard();
            }
        }
        Ok(())
    };
    tokio::select! {
        ended = asking => ended,
        ended = hearing => ended,
    }
}
