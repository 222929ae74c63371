//! What is checked of the machine: the data folder, its disk, the clocks.

use std::path::Path;

use super::{Finding, Health, finding};
use crate::app::App;
use crate::error::AppError;

/// Bytes that should be free for mails to come.
const SPACE_WANTED: u64 = 1024 * 1024 * 1024;
/// Bytes below which no mail may soon be kept any more.
const SPACE_NEEDED: u64 = 100 * 1024 * 1024;
/// How far the database's clock may be from ours, in microseconds: leases of several processes hang on it.
const DRIFT_MAX: i64 = 2_000_000;

/// How much is free on the data folder's disk; nothing where the system does not say.
pub(super) fn space(data: &Path) -> Option<Finding> {
    let known = rustix::fs::statvfs(data).ok()?;
    let free = known.f_bavail.saturating_mul(known.f_frsize);
    let health = match free {
        ..SPACE_NEEDED => Health::Bad,
        SPACE_NEEDED..SPACE_WANTED => Health::Look,
        SPACE_WANTED.. => Health::Good,
    };
    let mebibytes = free / (1024 * 1024);
    let more = if health == Health::Good { "" } else { ": make room, or mail can no longer be kept" };
    Some(finding("disk", health, format!("{mebibytes} MiB are free where {} is{more}", data.display())))
}

/// The database's clock against ours, where it has its own.
pub(super) fn clock_of_database(app: &App) -> Result<Option<Finding>, AppError> {
    let before = app.env.now();
    let Some(theirs) = app.store.clock()? else { return Ok(None) };
    let after = app.env.now();
    let drift = if theirs < before {
        before.micros() - theirs.micros()
    } else {
        (theirs.micros() - after.micros()).max(0)
    };
    Ok(Some(if drift > DRIFT_MAX {
        let text = format!("the database's clock is {} s away from ours: set both (NTP)", drift / 1_000_000);
        finding("clock of the database", Health::Bad, text)
    } else {
        finding("clock of the database", Health::Good, "it agrees with ours")
    }))
}

pub(super) fn folder(data: &Path) -> Finding {
    let probe = data.join(".doctor");
    let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => finding("data folder", Health::Good, format!("{} can be written", data.display())),
        Err(error) => {
            let text = format!("{} cannot be written: {error}. Mend its rights or its disk", data.display());
            finding("data folder", Health::Bad, text)
        }
    }
}

/// A clock before the first release is wrong for certain: mail would carry wrong dates.
pub(super) fn clock(app: &App) -> Finding {
    const FIRST_RELEASE: i64 = 1_763_000_000_000_000;
    let now = app.env.now();
    if now.micros() < FIRST_RELEASE {
        return finding("clock", Health::Bad, format!("it says {now}, which is in the past: set it (NTP)"));
    }
    finding("clock", Health::Good, format!("{now}"))
}
