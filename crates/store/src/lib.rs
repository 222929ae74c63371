//! Keeps everything: SQLite or PostgreSQL behind one synchronous face. The only SQL of the project.
//!
//! Reading order: [`db`] (the store, its transactions), [`tx`] (how a statement is run on either database),
//! [`schema`] and [`ddl`] (the dictionary as tables), [`condition`] and [`record`] (the engine's terms as SQL),
//! [`view`] (what decisions read).
//!
//! Nothing here decides: plans are written as they are, or refused whole.

pub mod blob;
mod condition;
pub mod config;
pub mod db;
mod ddl;
pub mod dialect;
pub mod error;
#[doc(hidden)]
pub mod fault;
pub mod hash;
pub mod history;
pub mod limits;
pub mod migrate;
mod postgres;
mod record;
pub mod schema;
mod sqlite;
pub mod tx;
pub mod view;

pub use db::{OpenOptions, Store, Target};
pub use error::{DbError, StoreError};
pub use schema::Schema;
pub use view::{Snapshot, TxView};
