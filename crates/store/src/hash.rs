//! One digest over everything that a database holds, so that a test can show that a dry run left no trace.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::tx::{SqlValue, Tx};

/// The column whose bytes its neighbour `digest` stands for.
const NAMED_BY_DIGEST: (&str, &str) = ("blob", "bytes");

impl Store {
    /// SHA-256 in lower-case hex over all rows of all tables. Every table is read whole: for tests and for
    /// comparing a restored database, not for operation.
    pub fn content_hash(&self) -> Result<String, StoreError> {
        self.read(|tx| {
            let mut hash = Sha256::new();
            let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for row in tx.query(tx.dialect().list_columns(), &[])? {
                tables.entry(row.text(0)?).or_default().push(row.text(1)?);
            }
            for (table, columns) in tables {
                part(&mut hash, table.as_bytes());
                hash.update(table_hash(tx, &table, &columns)?);
            }
            Ok(HEXLOWER.encode(&hash.finalize()))
        })
    }
}

/// The rows' digests in the order of the digests: no table needs to be sorted.
fn table_hash(tx: &mut dyn Tx, table: &str, columns: &[String]) -> Result<Vec<u8>, DbError> {
    let quoted: Vec<String> = columns
        .iter()
        .filter(|column| (table, column.as_str()) != NAMED_BY_DIGEST)
        .map(|column| format!("\"{column}\""))
        .collect();
    let sql = format!("SELECT {} FROM \"{table}\"", quoted.join(", "));
    let mut rows: Vec<[u8; 32]> = tx.query(&sql, &[])?.iter().map(|row| row_hash(&row.0)).collect();
    rows.sort_unstable();
    let mut hash = Sha256::new();
    for column in columns {
        part(&mut hash, column.as_bytes());
    }
    for row in &rows {
        hash.update(row);
    }
    Ok(hash.finalize().to_vec())
}

fn row_hash(values: &[SqlValue]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for value in values {
        match value {
            SqlValue::Null => hash.update([0]),
            SqlValue::Int(number) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            SqlValue::Text(text) => {
                hash.update([2]);
                part(&mut hash, text.as_bytes());
            }
            SqlValue::Blob(bytes) => {
                hash.update([3]);
                part(&mut hash, bytes);
            }
        }
    }
    hash.finalize().into()
}

/// Bytes with their length before them, so that two parts never read as one.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
