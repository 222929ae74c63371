//! What a process that was killed left open on PostgreSQL.
//!
//! The server goes on for a while after its client is gone: it commits what it was told to commit, and where the
//! client's machine was lost it holds locks until the network gives up. A node that starts again ends these sessions
//! before it looks at its claims of before; a claim that was committed afterwards would be nobody's until its lease ends.
//! Must not touch the sessions of another node or another database.

use std::time::Duration;

use tokio_postgres::Client;

use super::tx::meaning;
use crate::error::StoreError;
use crate::limits::LEFT_OVER_WAIT_MS;

/// Milliseconds between two looks at what is left.
const LOOK_MS: u64 = 20;
/// The longest name of a session (PostgreSQL cuts `application_name` there).
const NAME_BYTES_MAX: usize = 63;

/// How the sessions of a node are named. Names that PostgreSQL would change or cut are told apart by their digest.
pub(super) fn session_name(node: &str) -> String {
    let name = format!("rejoinder {node}");
    if name.len() <= NAME_BYTES_MAX && name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return name;
    }
    format!("rejoinder {:.40}", crate::blob::digest(node.as_bytes()))
}

/// Ends the sessions of this name but our own, and waits until none is left. Called before there is a second one.
pub(super) async fn end(client: &Client, name: &str) -> Result<(), StoreError> {
    for _ in 0..LEFT_OVER_WAIT_MS / LOOK_MS {
        if tell_to_end(client, name).await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
    }
    match tell_to_end(client, name).await? {
        0 => Ok(()),
        count => Err(StoreError::LeftOver { name: name.to_owned(), count }),
    }
}

/// How many there are. What the server answers for each is not looked at: for one that has just ended it is the same
/// as for one that will not.
async fn tell_to_end(client: &Client, name: &str) -> Result<usize, StoreError> {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = CAST($1 AS TEXT) \
               AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()";
    Ok(client.query(sql, &[&name]).await.map_err(meaning)?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_by_its_node_as_far_as_postgresql_keeps_names() {
        assert_eq!(session_name("one"), "rejoinder one");
        let longest = "n".repeat(NAME_BYTES_MAX - "rejoinder ".len());
        assert_eq!(session_name(&longest), format!("rejoinder {longest}"));
        for changed in [format!("{longest}n"), "\u{443}\u{437}\u{435}\u{43b}".to_owned(), "a\tb".to_owned()] {
            let name = session_name(&changed);
            assert!(name.is_ascii() && name.len() <= NAME_BYTES_MAX, "{name}");
        }
        assert_ne!(session_name(&format!("{longest}a")), session_name(&format!("{longest}b")));
    }
}
