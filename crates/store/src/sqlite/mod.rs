//! SQLite: one file, one writer thread that commits many units at once, a few readers.
//!
//! WAL with full synchronisation: what a unit was answered with is on the disk. A lock file beside the database
//! keeps a second process out. Must not be opened over a network file system.

mod connection;
mod readers;
mod statistics;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use readers::{Reader, Readers};
pub(crate) use writer::{Unit, Writer};

use crate::error::{DbError, StoreError};

/// See [`crate::replay`].
pub(crate) fn replay(path: &Path, ran: &[crate::replay::Ran]) -> Result<crate::replay::Costs, StoreError> {
    connection::replay(path, ran)
}

/// An open SQLite database.
pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Arc<Readers>,
    /// Held until everything else is closed: fields are dropped in order.
    _lock: File,
}

impl Sqlite {
    /// Opens or creates the database at `path` and brings it to this program's schema.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = lock(path)?;
        let mut connection = connection::open(path, false)?;
        crate::migrate::sqlite(&mut connection)?;
        statistics::refresh(&connection)?;
        let readers = Arc::new(Readers::open(path)?);
        Ok(Self { path: path.to_owned(), writer: Writer::start(connection)?, readers, _lock: lock })
    }

    /// Looks at the sizes of tables that have changed much; whether there were any.
    pub(crate) fn refresh_statistics(&self) -> Result<bool, StoreError> {
        let changed = statistics::refresh(&connection::open(&self.path, false)?)?;
        if changed {
            self.readers.renew();
        }
        Ok(changed)
    }

    pub(crate) fn reader(&self) -> Result<Reader, DbError> {
        Reader::begin(Arc::clone(&self.readers))
    }

    pub(crate) fn submit(&self, unit: Box<dyn Unit>) -> Result<(), DbError> {
        self.writer.submit(unit)
    }
}

/// Takes the lock file beside the database; the operating system gives it back when the process ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let file_error =
        |cause: std::io::Error| StoreError::File { path: lock_path.clone(), cause: Arc::new(cause) };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(file_error)?;
    }
    let file =
        File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(file_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::DatabaseLocked(path.to_owned())),
        Err(std::fs::TryLockError::Error(cause)) => Err(file_error(cause)),
    }
}
