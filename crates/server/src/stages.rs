//! The kill harness's window into this process: how many threads are in which stage, in a file.
//!
//! On only where the environment names a file; what the harness reads after a kill is what was true at the kill,
//! because a write to the page cache survives the process.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;

use rejoinder_store::stage::{STAGES, set_recorder};

use crate::error::AppError;

/// The environment variable that names the file.
pub const VARIABLE: &str = "REJOINDER_STAGE_FILE";

static FILE: OnceLock<File> = OnceLock::new();

/// Begins to record into `path`: one little-endian `u32` for each stage, in their order.
pub fn record_into(path: &Path) -> Result<(), AppError> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(AppError::machine(format!("opening {}", path.display())))?;
    if FILE.set(file).is_ok() {
        set_recorder(record);
    }
    Ok(())
}

fn record(counts: [u32; STAGES]) {
    let mut bytes = [0_u8; STAGES * 4];
    for (place, count) in bytes.chunks_exact_mut(4).zip(counts) {
        place.copy_from_slice(&count.to_le_bytes());
    }
    if let Some(file) = FILE.get() {
        // A record that cannot be written makes the harness's histogram thinner, and nothing else worse.
        drop(file.write_at(&bytes, 0));
    }
}
