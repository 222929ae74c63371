//! Free loopback ports for servers that cannot be told to take any (port 0). A port stays reserved for its holder,
//! across restarts of its server, by a lock on a file: two test processes never choose the same one.

use std::fs::{self, File, TryLockError};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Below the range from which the kernel takes ports for outgoing connections, and beside that of
/// scripts/with-postgres.
const FIRST: u16 = 11_000;
const COUNT: u16 = 8_900;

static NEXT: Mutex<Option<u16>> = Mutex::new(None);

/// A port that nobody else takes as long as this value lives. Nothing listens on it yet.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) address: SocketAddr,
    _lock: File,
}

impl Port {
    pub(crate) fn reserve(host: Ipv4Addr) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("rejoinder-ports-{}", user_id()?));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for _ in 0..COUNT {
            let number = next();
            let path = folder.join(number.to_string());
            let lock = File::options().create(true).append(true).open(&path);
            let lock = lock.map_err(|error| format!("{}: {error}", path.display()))?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(format!("{}: {error}", path.display())),
            }
            // Held by a program that knows nothing of the locks.
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::UNSPECIFIED, number)) {
                drop(listener);
                return Ok(Self { address: SocketAddr::from((host, number)), _lock: lock });
            }
        }
        Err(format!("no port from {FIRST} to {} is free", FIRST + COUNT - 1))
    }
}

/// Each process begins elsewhere, so that two that start at once seldom meet.
fn next() -> u16 {
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    let start = u16::try_from(std::process::id().wrapping_mul(37) % u32::from(COUNT)).unwrap_or_default();
    let place = next.map_or(start, |place| (place + 1) % COUNT);
    *next = Some(place);
    FIRST + place
}

/// The number of the user that this process runs as.
pub(crate) fn user_id() -> Result<u32, String> {
    let own = fs::metadata("/proc/self").map_err(|error| format!("/proc/self: {error}"))?;
    Ok(own.uid())
}
