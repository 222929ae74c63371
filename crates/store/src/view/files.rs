//! Files of records, as decisions read them.

use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::KnownFile;

use super::mail::record_key;
use crate::blob;
use crate::error::{DbError, StoreError};
use crate::tx::{Row, Tx};

const COLUMNS: &str =
    "SELECT id, record_table, record_id, file_name, media_type, size, digest FROM attachment";

fn read(row: &Row) -> Result<KnownFile, DbError> {
    Ok(KnownFile {
        id: row.id(0)?,
        record: record_key(row, 1)?,
        name: row.opt_text(3)?.unwrap_or_default(),
        media_type: row.text(4)?,
        size: u64::try_from(row.int(5)?).unwrap_or_default(),
        digest: row.text(6)?,
    })
}

/// The files of a record, oldest first.
pub(super) fn of_record(tx: &mut dyn Tx, record: Id, until: Timestamp) -> Result<Vec<KnownFile>, DbError> {
    let sql = format!(
        "{COLUMNS} WHERE record_id = ?1 AND left_out_code IS NULL AND created_at <= ?2 ORDER BY created_at, id"
    );
    tx.query(&sql, &[record.into(), until.into()])?.iter().map(read).collect()
}

/// One file.
pub(super) fn one(tx: &mut dyn Tx, id: Id, until: Timestamp) -> Result<Option<KnownFile>, DbError> {
    let sql = format!("{COLUMNS} WHERE id = ?1 AND created_at <= ?2");
    tx.query(&sql, &[id.into(), until.into()])?.first().map(read).transpose()
}

/// The bytes under a digest.
pub(super) fn bytes(tx: &mut dyn Tx, digest: &str) -> Result<Option<Vec<u8>>, DbError> {
    blob::get(tx, digest).map_err(|error| match error {
        StoreError::Db(error) => error,
        _ => DbError::Column { column: 2, wanted: "bytes of its digest" },
    })
}
