//! A folder of a server's own, removed at the end. Its path is short: the servers keep sockets in it, and the path of
//! a socket is bounded to 107 bytes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::wait;

/// The longest folder of temporary files, in bytes, that leaves room for the names of sockets.
const LONGEST_PARENT: usize = 40;
/// How long children of a server may go on writing after their parent's end.
const LAST_WRITES: Duration = Duration::from_secs(5);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self, String> {
        let mut parent = std::env::temp_dir();
        if parent.as_os_str().len() > LONGEST_PARENT {
            parent = PathBuf::from("/tmp");
        }
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("rj-{}-{count}", std::process::id()));
            match fs::create_dir(&path) {
                // One of a killed process of the same number.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(format!("{} cannot be made: {error}", path.display())),
                Ok(()) => {
                    let folder = Self(path);
                    // The servers' own users pass through it.
                    folder.allow("", 0o755)?;
                    return Ok(folder);
                }
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file below the folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        Ok(path)
    }

    /// Makes a folder below the folder.
    pub(crate) fn create(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{} cannot be made: {error}", path.display()))?;
        Ok(path)
    }

    /// Sets the mode of something below the folder.
    pub(crate) fn allow(&self, name: &str, mode: u32) -> Result<(), String> {
        let path = self.0.join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))
            .map_err(|error| format!("{}: its mode cannot be set: {error}", path.display()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        wait::within(LAST_WRITES, || fs::remove_dir_all(&self.0).is_ok() || !self.0.exists());
    }
}
