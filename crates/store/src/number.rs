//! Numbers of records (`INC0000042`): reserved durably in blocks, assigned to an arrival once.
//!
//! Reserving is a transaction of its own, so that a plan that is given up leaves a gap and never a repeat. An
//! arrival that is decided again gets the numbers it had. Dry runs do not come here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::arrival::Numbers;
use crate::db::Store;
use crate::error::StoreError;
use crate::queue::QueueError;
use crate::row::params;

/// Numbers that a process reserves at once; what it has not used when it ends becomes a gap.
pub const NUMBER_BLOCK: u32 = 100;
/// Digits of a number; a larger one is written with as many as it needs.
pub const NUMBER_DIGITS: usize = 7;
/// Numbers that one decision may be given for one table; a plan with more new records is an error of its action.
pub const NUMBERS_PER_ARRIVAL_MAX: usize = 1_000;

/// The number as people read it: the table's prefix and at least [`NUMBER_DIGITS`] digits.
pub fn format_number(prefix: &str, number: i64) -> String {
    format!("{prefix}{number:0NUMBER_DIGITS$}")
}

/// The numbers that this process has reserved and not yet given away.
#[derive(Debug, Default)]
pub struct NumberBlocks {
    blocks: Mutex<BTreeMap<String, Range<i64>>>,
}

impl NumberBlocks {
    /// Nothing reserved yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next number of `table`; reserves a block where none is left.
    pub fn next(&self, store: &Store, table: &str) -> Result<i64, StoreError> {
        if let Some(number) = self.take(table) {
            return Ok(number);
        }
        // Not under the lock: another thread may reserve too, and one of the blocks then waits behind the other.
        let mut reserved = store.reserve_numbers(table, NUMBER_BLOCK)?;
        let first =
            reserved.next().ok_or_else(|| StoreError::Corrupt("an empty block of numbers".to_owned()))?;
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let block = blocks.entry(table.to_owned()).or_insert(0..0);
        if block.is_empty() {
            *block = reserved;
        }
        Ok(first)
    }

    fn take(&self, table: &str) -> Option<i64> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).get_mut(table)?.next()
    }
}

impl Store {
    /// Reserves `count` numbers of a table. They are given to nobody else, whatever becomes of this process.
    pub fn reserve_numbers(&self, table: &str, count: u32) -> Result<Range<i64>, StoreError> {
        let table = table.to_owned();
        let count = i64::from(count);
        self.write_committed(move |tx| {
            let rows = tx.query(
                "INSERT INTO number_series (table_name, next_number) VALUES (?1, 1 + ?2) \
                 ON CONFLICT (table_name) DO UPDATE SET next_number = number_series.next_number + ?2 \
                 RETURNING next_number",
                &params![&table, count],
            )?;
            let row =
                rows.first().ok_or_else(|| StoreError::Corrupt("a number series vanished".to_owned()))?;
            let end = row.int(0)?;
            Ok::<_, StoreError>(end - count..end)
        })
    }

    /// Makes sure that numbers from now on are larger than `used`, as an import of records wants.
    pub fn numbers_used(&self, table: &str, used: i64) -> Result<(), StoreError> {
        let table = table.to_owned();
        self.write(move |tx| {
            tx.execute(
                "INSERT INTO number_series (table_name, next_number) VALUES (?1, ?2) ON CONFLICT (table_name) \
                 DO UPDATE SET next_number = excluded.next_number \
                 WHERE number_series.next_number < excluded.next_number",
                &params![&table, used.saturating_add(1)],
            )?;
            Ok::<(), StoreError>(())
        })
    }

    /// Gives an arrival its `k`-th number (from 0) of `table`: the one it has already, else `number`, which is
    /// kept with the arrival. Numbers are asked for in order. Fenced by the claim `(seq, epoch)`.
    pub fn assign_number(
        &self,
        claimed: (i64, i64),
        table: &str,
        k: usize,
        number: i64,
    ) -> Result<i64, QueueError> {
        let (seq, epoch) = claimed;
        let table = table.to_owned();
        self.write(move |tx| {
            let rows = tx.query(
                "SELECT numbers FROM arrival WHERE seq = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
                &params![seq, epoch],
            )?;
            let mut numbers: Numbers = rows.first().ok_or(QueueError::Fenced)?.json(0)?;
            let assigned = numbers.entry(table.clone()).or_default();
            if let Some(known) = assigned.get(k) {
                return Ok(*known);
            }
            if k != assigned.len() || k >= NUMBERS_PER_ARRIVAL_MAX {
                let text =
                    format!("number {k} of `{table}` is out of order or over {NUMBERS_PER_ARRIVAL_MAX}");
                return Err(QueueError::NotPossible(text));
            }
            assigned.push(number);
            let numbers = crate::row::json(&numbers)?;
            tx.execute("UPDATE arrival SET numbers = ?2 WHERE seq = ?1", &params![seq, numbers])?;
            Ok(number)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::format_number;

    #[test]
    fn a_number_has_seven_digits_and_more_where_it_needs_them() {
        assert_eq!(format_number("INC", 42), "INC0000042");
        assert_eq!(format_number("INC", 9_999_999), "INC9999999");
        assert_eq!(format_number("INC", 10_000_000), "INC10000000");
    }
}
