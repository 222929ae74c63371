//! Conditions: one typed tree for rules, actions and lists.
//!
//! [`source`] is what people write (TOML, JSON), [`encoded`] its other text form, the encoded query;
//! [`check`](source::Source::check) turns it into a [`Condition`] whose operands have the kind of their field.
//! What depends on the occasion ("me", "today", the hour in a zone) is put in by [`resolve`](resolve::resolve).
//! [`eval`] then decides in memory and keeps the reason; the store turns the same tree into SQL, and both must
//! agree (text by its folded form, no value is no unknown: `is_not x` holds where there is no value).

mod apart;
pub mod encoded;
mod error;
pub mod eval;
mod hierarchy;
mod operator;
mod part;
mod period;
mod related;
mod resolve;
pub mod source;
mod typed;
mod words;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::value::{Kind, Value};

pub use apart::{By, Distance, Side, fixed as fixed_length, months as months_of};
pub use error::ConditionError;
pub use hierarchy::Hierarchy;
pub use operator::{Operator, Takes};
pub use part::{END as PARTS_END, FIRST as PARTS_FIRST, Part, offsets};
pub use period::{Length, Period, Relative, Unit, WeekStart};
pub use related::{Related, counted_up_to};
pub use resolve::{Occasion, resolve};

/// The field that stands for the record itself, as a reference to its own table.
pub const RECORD_FIELD: &str = "sys_id";
/// The field that stands for the name of the record's own table.
pub const TABLE_FIELD: &str = "sys_table";

/// One field on the way to a value: `caller.email` has two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The field.
    pub field: String,
    /// Its kind.
    pub kind: Kind,
    /// The table that the field points to, where it is a reference.
    pub table: Option<String>,
}

/// Who is meant depends on whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dynamic {
    /// The user.
    Me,
    /// One of the user's groups.
    MyGroups,
}

impl Dynamic {
    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::MyGroups => "my_groups",
        }
    }

    /// The table of whoever is meant.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Me => "user",
            Self::MyGroups => "group",
        }
    }
}

/// From the first value on up to, and without, the second. No value means no end on that side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first that belongs to it.
    pub from: Value,
    /// The first after it that does not.
    pub to: Value,
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// A value.
    Value(Value),
    /// What is not a value as it stands.
    Other(Other),
}

/// An operand that is not a value as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// The value at the end of another path.
    Field(Vec<Step>),
    /// From one value to before another: what days and periods become.
    Range(Range),
    /// Whoever is meant; to be resolved.
    Dynamic(Dynamic),
    /// A named period; to be resolved.
    Period(Period),
    /// A day in the zone of whoever asks; to be resolved.
    Day(Date),
    /// A moment that lies so far from now; to be resolved.
    Moment(Relative),
}

impl Operand {
    /// The value, where it is one.
    pub const fn value(&self) -> Option<&Value> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }

    /// Whether it depends on who asks, when and where.
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Value(_) | Self::Other(Other::Field(_) | Other::Range(_)))
    }
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// A part of a moment or day, which is asked in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// Which.
    pub part: Part,
    /// In which zone; not yet known before the condition is resolved.
    pub zone: Option<String>,
}

/// A question about one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The way to the value: references, then the field asked.
    pub path: Vec<Step>,
    /// The part of the value that is asked; the whole value where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartOf>,
    /// By which unit the value is compared with another field; as a whole where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<By>>,
    /// The records whose number is asked: those that refer to the record at the end of the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related: Option<Box<Related>>,
    /// The hierarchy in which the record at the end of the path is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hierarchy: Option<Box<Hierarchy>>,
    /// The texts of the record at the end of the path in which words are looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<Step>>,
    /// What is asked.
    pub operator: Operator,
    /// What it is compared with, in the kind of the field: as many as the operator [takes](Operator::takes).
    pub operands: Vec<Operand>,
    /// What was written where a value now stands: `me`, `today`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
}

impl Clause {
    /// A question about the whole value at the end of a path.
    pub const fn new(path: Vec<Step>, operator: Operator, operands: Vec<Operand>) -> Self {
        Self {
            path,
            part: None,
            by: None,
            related: None,
            hierarchy: None,
            texts: None,
            operator,
            operands,
            word: None,
        }
    }

    /// Every path that it reads: its own, and those of the fields that it compares with.
    pub fn paths(&self) -> impl Iterator<Item = &[Step]> {
        let others = self.operands.iter().filter_map(|operand| match operand {
            Operand::Other(Other::Field(path)) => Some(path.as_slice()),
            _ => None,
        });
        std::iter::once(self.path.as_slice()).chain(others)
    }

    /// Only the way to a value, for looking it up.
    pub fn way(path: &[Step]) -> Self {
        Self::new(path.to_vec(), Operator::Anything, Vec::new())
    }

    /// The path as it is written: `caller.email`.
    pub fn path_text(&self) -> String {
        path_text(&self.path)
    }

    /// The kind of the value that is asked.
    pub fn kind(&self) -> Kind {
        match (&self.part, &self.related) {
            (Some(_), _) | (_, Some(_)) => Kind::Integer,
            _ => self.path.last().map_or(Kind::String, |step| step.kind),
        }
    }

    /// Whether it must be resolved before it can be asked.
    pub fn is_open(&self) -> bool {
        let moment = self.path.last().is_some_and(|step| step.kind == Kind::Datetime);
        let part = self.part.as_ref().is_some_and(|part| moment && part.zone.is_none());
        let by = self.by.as_ref().is_some_and(|by| by.zone.is_none());
        let related = self.related.as_ref().is_some_and(|related| related.condition.is_open());
        part || by || related || self.operands.iter().any(Operand::is_open)
    }
}

/// A path as it is written.
pub fn path_text(path: &[Step]) -> String {
    path.iter().map(|step| step.field.as_str()).collect::<Vec<_>>().join(".")
}

/// A condition. The empty one ([`Condition::always`]) holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every one holds; none is true.
    All(Vec<Condition>),
    /// At least one holds; none is false.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A question about one value.
    Clause(Clause),
}

impl Condition {
    /// The condition that always holds.
    pub const fn always() -> Self {
        Self::All(Vec::new())
    }

    /// `field operator value` for a field of the table itself.
    pub fn clause(field: &str, kind: Kind, operator: Operator, operands: Vec<Value>) -> Self {
        let step = Step { field: field.to_owned(), kind, table: None };
        let operands = operands.into_iter().map(Operand::Value).collect();
        Self::Clause(Clause::new(vec![step], operator, operands))
    }

    /// Every clause of the tree, in order; those about related records are [theirs](Related::condition).
    pub fn clauses(&self) -> Vec<&Clause> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::clauses).collect(),
            Self::Not(part) => part.clauses(),
            Self::Clause(clause) => vec![clause],
        }
    }

    /// Whether anything in it depends on who asks, when and where.
    pub fn is_open(&self) -> bool {
        self.clauses().iter().any(|clause| clause.is_open())
    }

    /// Whether it asks for the groups of whoever asks.
    pub fn asks_for_groups(&self) -> bool {
        let groups = Operand::Other(Other::Dynamic(Dynamic::MyGroups));
        self.clauses().iter().any(|clause| {
            let related = clause.related.as_ref().is_some_and(|related| related.condition.asks_for_groups());
            related || clause.operands.contains(&groups)
        })
    }

    /// The same, to be changed.
    pub fn clauses_mut(&mut self) -> Vec<&mut Clause> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().flat_map(Self::clauses_mut).collect(),
            Self::Not(part) => part.clauses_mut(),
            Self::Clause(clause) => vec![clause],
        }
    }

    /// How many clauses there are, those about related records included.
    pub fn size(&self) -> usize {
        let related = |clause: &&Clause| clause.related.as_ref().map(|related| related.condition.size());
        let clauses = self.clauses();
        clauses.len() + clauses.iter().filter_map(related).sum::<usize>()
    }

    /// Whether a clause leads beyond the record itself: by its path, by that of another field, to related records or to
    /// those above.
    pub fn leaves_the_record(&self) -> bool {
        self.clauses().iter().any(|clause| {
            let others = clause.operands.iter().map(|operand| match operand {
                Operand::Other(Other::Field(path)) => path.len(),
                _ => 1,
            });
            let own = clause.path.last().is_some_and(|step| step.field == RECORD_FIELD);
            let texts = clause.texts.is_some() && !own;
            let reads = texts || clause.related.is_some() || clause.hierarchy.is_some();
            reads || others.chain([clause.path.len()]).any(|steps| steps > 1)
        })
    }
}
