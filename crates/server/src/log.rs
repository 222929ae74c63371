//! The log: to standard error, filtered, readable or as JSON.

use tracing_subscriber::EnvFilter;

/// Starts the log. Dependencies that would write what mails say are kept at `info`, whatever is asked.
pub fn start(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first log.
    let started =
        if json { builder.json().try_init() } else { builder.compact().with_target(false).try_init() };
    drop(started);
}
