//! The complete effect of one decision, as data, before anything is written.
//!
//! A plan is made by deciding and carried out by the store's `apply`, in one transaction that also settles the
//! unit of work it was made for. It carries what it read (its guards): if that changed, it is decided again.

mod cause;
mod effect;
mod mail;
mod word;

use serde::{Deserialize, Serialize};

use crate::dictionary::Table;
use crate::file::{Renamed, TakenOff};
use crate::id::{Id, Seed};
use crate::time::Timestamp;
use crate::trace::Trace;

pub use cause::{Actor, Breach, Cause, CauseKind, Guard, Unit, Why};
pub use effect::{Activity, ActivityKind, NewAttachment, NewEvent, RecordOp, SameKey};
pub use mail::{
    Authenticity, Class, DeliveryReportOp, DeliveryState, Direction, Done, EmailState, IncomingEmail, Link,
    NewDelivery, OutgoingEmail, PassedOver, Protection, Purpose, Redecided, Slot,
};

/// Work that goes on in steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewJob {
    /// Its identity.
    pub id: Id,
    /// What it does.
    pub work: JobWork,
    /// The seed of its steps.
    pub seed: Seed,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobWork {
    /// Mails the rest of the recipients of one rule and event.
    FanOut {
        /// The event, which stays readable while the job runs.
        event: Id,
        /// The rule.
        rule: Id,
        /// The mail that stands for all.
        parent: Id,
    },
    /// One run of a scheduled job.
    Run {
        /// The scheduled job.
        job: Id,
        /// When it was due.
        due: Timestamp,
        /// Who asked for it; `None` where its time had come.
        by: Option<String>,
    },
    /// A run of a scheduled job that is left out. Only kept for people: nobody works on it.
    Skipped {
        /// The scheduled job.
        job: Id,
        /// When it was due.
        due: Timestamp,
        /// Why it is left out.
        why: Why,
    },
    /// Decides mails once more, one in each step.
    Reprocess {
        /// Their arrivals, in the order in which they came.
        arrivals: Vec<Id>,
        /// Who asked for it.
        by: String,
    },
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Its identity, derived from what it is about, so that a person is told once.
    pub id: Id,
    /// Why, and what to do.
    pub why: Why,
    /// What it is about: `email`, `event`, `job`, `account`.
    pub subject: String,
    /// Which of these.
    pub subject_id: Id,
}

/// The complete effect of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The unit it settles.
    pub unit: Unit,
    /// The time of the decision.
    pub now: Timestamp,
    /// Who is the cause of its changes.
    pub actor: Actor,
    /// What caused them.
    pub cause: Cause,
    /// The configuration generation it was decided with; `None` where it read no configuration.
    pub generation: Option<i64>,
    /// What it read.
    pub guards: Vec<Guard>,
    /// Changes of records, in order.
    pub records: Vec<RecordOp>,
    /// Entries of feeds.
    pub activities: Vec<Activity>,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Files taken off records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_off: Vec<TakenOff>,
    /// Files of records that get another name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// Events raised.
    pub events: Vec<NewEvent>,
    /// The incoming mail's row, where the plan makes one.
    pub incoming: Option<IncomingEmail>,
    /// The arrival that is decided once more, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Redecided>,
    /// The arrival that was to be decided once more and is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_over: Option<PassedOver>,
    /// Outgoing mails.
    pub outgoing: Vec<OutgoingEmail>,
    /// Mails put on records.
    pub links: Vec<Link>,
    /// Deliveries that a report settles.
    pub reports: Vec<DeliveryReportOp>,
    /// Work that goes on in steps.
    pub jobs: Vec<NewJob>,
    /// Tables to define.
    pub tables: Vec<Table>,
    /// Tables that leave the dictionary; their rows and columns stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_tables: Vec<String>,
    /// Tables as the program ships them, kept beside the definitions to tell what was changed here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipped_tables: Vec<Table>,
    /// What a person should look at.
    pub attention: Vec<Attention>,
    /// The complete reason.
    pub trace: Trace,
}

impl Plan {
    /// A plan that only settles its unit.
    pub fn new(unit: Unit, now: Timestamp, actor: Actor, cause: Cause, trace: Trace) -> Self {
        Self {
            unit,
            now,
            actor,
            cause,
            generation: None,
            guards: Vec::new(),
            records: Vec::new(),
            activities: Vec::new(),
            attachments: Vec::new(),
            taken_off: Vec::new(),
            renamed: Vec::new(),
            events: Vec::new(),
            incoming: None,
            again: None,
            passed_over: None,
            outgoing: Vec::new(),
            links: Vec::new(),
            reports: Vec::new(),
            jobs: Vec::new(),
            tables: Vec::new(),
            removed_tables: Vec::new(),
            shipped_tables: Vec::new(),
            attention: Vec::new(),
            trace,
        }
    }

    /// The canonical text of the plan: two plans are the same exactly where these bytes are.
    pub fn canonical(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|error| format!("unwritable plan: {error}"))
    }
}
