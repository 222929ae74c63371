//! Bytes of mails and files, stored once under their SHA-256 and compressed where that gains something.

use std::cell::RefCell;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};

use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::limits::COMPRESS_BYTES_MIN;
use crate::tx::{Statement, Tx};

/// The level of zstd: the fastest that still halves a mail.
const LEVEL: i32 = 1;

/// The name of `bytes`: their SHA-256 in lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

thread_local! {
    /// Making a context costs more than a small mail's compression.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(known) => known.compress(bytes),
        None => kept.insert(Compressor::new(LEVEL)?).compress(bytes),
    })
}

fn decompress(bytes: &[u8], size: usize) -> std::io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(known) => known.decompress(bytes, size),
        None => kept.insert(Decompressor::new()?).decompress(bytes, size),
    })
}

/// The statement that keeps `bytes` under their digest. Compresses now, so that a transaction need not.
pub(crate) fn put(digest: &str, bytes: &[u8]) -> Statement {
    let compressed = if bytes.len() < COMPRESS_BYTES_MIN { None } else { compress(bytes).ok() };
    let (encoding, kept) = match compressed {
        Some(compressed) if compressed.len() < bytes.len() => ("zstd", compressed),
        _ => ("raw", bytes.to_vec()),
    };
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Statement::new(
        "INSERT INTO blob (digest, size, encoding, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (digest) DO NOTHING",
        vec![digest.into(), size.into(), encoding.into(), kept.into()],
    )
}

/// The bytes under a digest, checked against it.
pub(crate) fn get(tx: &mut dyn Tx, wanted: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let rows = tx.query("SELECT size, encoding, bytes FROM blob WHERE digest = ?1", &[wanted.into()])?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let size = usize::try_from(row.int(0)?).map_err(|_| DbError::Column { column: 0, wanted: "size" })?;
    let kept = row.blob(2)?;
    let broken = |why: String| StoreError::Corrupt(format!("blob {wanted}: {why}"));
    let bytes = match row.text(1)?.as_str() {
        "raw" => kept,
        "zstd" => decompress(&kept, size).map_err(|error| broken(error.to_string()))?,
        other => return Err(broken(format!("unknown encoding `{other}`"))),
    };
    if digest(&bytes) == wanted {
        Ok(Some(bytes))
    } else {
        Err(broken("other bytes than its digest".to_owned()))
    }
}

impl Store {
    /// The bytes under a digest; `None` where there are none.
    pub fn blob(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|tx| get(tx, digest))
    }

    /// Keeps bytes that belong to nothing yet, such as an upload; their digest.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let digest = digest(bytes);
        let statement = put(&digest, bytes);
        self.write(move |tx| Ok::<_, StoreError>(tx.batch(std::slice::from_ref(&statement))?))?;
        Ok(digest)
    }
}
