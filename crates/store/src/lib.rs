//! Keeps everything: SQLite or PostgreSQL behind one synchronous face. The only SQL of the project.
//!
//! Reading order: [`db`] (the store, its transactions), [`tx`] (how a statement is run on either database),
//! [`schema`] and [`ddl`] (the dictionary as tables), [`condition`] and [`record`] (the engine's terms as SQL),
//! [`view`] (what decisions read).
//!
//! Nothing here decides: plans are written as they are, or refused whole.

mod again;
mod apply;
mod arrival;
mod attention;
pub mod blob;
mod breach;
mod condition;
pub mod config;
pub mod db;
mod ddl;
mod definition;
mod delivery;
pub mod dialect;
pub mod error;
mod event;
#[doc(hidden)]
pub mod fault;
pub mod hash;
pub mod history;
mod idempotency;
mod job;
mod lane;
mod layout;
pub mod limits;
mod lists;
pub mod migrate;
mod number;
mod postgres;
mod queue;
mod reading;
mod record;
#[doc(hidden)]
pub mod replay;
mod report;
mod row;
mod schedule;
pub mod schema;
mod sign_in;
mod sqlite;
pub mod stage;
pub mod tx;
pub mod view;

pub use again::{ArrivalFilter, DecidedBefore, ReprocessRow, Reprocessed};
pub use apply::{Applied, ApplyError, SEARCH_TEXT_CHARS};
pub use arrival::{
    Accepted, ClaimedArrival, KEY_BYTES_MAX, KEYS_MAX, NOT_GIVEN, NewArrival, Numbers, TOO_LARGE,
};
pub use blob::digest as blob_digest;
pub use breach::Breaches;
pub use db::{OpenOptions, Store, Target};
pub use ddl::Layout;
pub use definition::{DefinitionChange, Definitions};
pub use delivery::{ClaimedDeliveries, ClaimedDelivery, DeliveryStage, Outcome, sum as delivery_sum};
pub use error::{DbError, StoreError};
pub use event::{DUE_MAX, PARKED_BLOCKS, StoredEvent};
#[doc(hidden)]
pub use fault::FaultKind;
pub use idempotency::{KeyedRequest, Known};
pub use job::ClaimedJob;
pub use lane::LANE_HELD_MAX;
pub use lists::{
    ActivityRow, ArrivalRow, AttachmentRow, AttentionFilter, AttentionRow, AuditFilter, ChangeNews,
    ChangeRow, Count, DecidedFilter, DecidedMail, DeliveryRow, EmailDetail, EmailFilter, EmailLinkRow,
    EmailRow, EventRow, FeedItem, JobRow, Listed, NoteRow, ORDER_FIELDS_MAX, PAGE_ROWS_MAX, Page, QueueCount,
    RecordList, StateNews,
};
pub use number::{NUMBER_BLOCK, NUMBER_DIGITS, NUMBERS_PER_ARRIVAL_MAX, NumberBlocks, format_number};
pub use queue::{
    ARRIVAL_ATTEMPTS_MAX, CLAIM_MAX, Claim, DELIVERY_LOST_MAX, EVENT_ATTEMPTS_MAX, EXPIRED_MAX,
    JOB_ATTEMPTS_MAX, QueueError, Released,
};
pub use reading::{Again, Reading, SentCopy};
pub use schedule::{RUNS_KEPT, RUNS_KEPT_DAYS, RunRow};
pub use schema::Schema;
pub use sign_in::{Attempts, NewSession, SessionRow, SignInKind, SignInNote, SignInRow, Throttle};
pub use view::{Snapshot, TxView};
