//! The engine's specification by cases: records, mail and changes in, the readable outcome out.
//!
//! Each file under `cases/` is one story with the sentence of the specification as its first line; `support` plays
//! it over records in memory, `proof` holds what is true of every case and at every limit. `UPDATE_CASES=1` writes
//! the outcome into the files, to be reviewed sentence by sentence.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod proof;
mod support;
