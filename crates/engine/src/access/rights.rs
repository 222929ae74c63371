//! Whose rights count: the program's own, or a person's.

use std::collections::BTreeSet;

use crate::condition::Condition;
use crate::id::Id;
use crate::record::Record;

/// The role that may do everything.
pub const ADMIN: &str = "admin";
/// The role of those who work on records.
pub const AGENT: &str = "agent";

/// A person, as far as access rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their user.
    pub user: Id,
    /// Their roles.
    pub roles: BTreeSet<String>,
}

impl Person {
    /// By the record of their user.
    pub fn of(user: &Record) -> Self {
        Self { user: user.id, roles: user.get("roles").items().iter().cloned().collect() }
    }

    /// Whether they have the role.
    pub fn has(&self, role: &str) -> bool {
        self.roles.contains(role)
    }

    /// Whether they work on records.
    pub fn is_agent(&self) -> bool {
        self.has(AGENT) || self.has(ADMIN)
    }

    /// A condition of a rule, asked by this person.
    pub(super) fn resolve(&self, condition: &Condition) -> Condition {
        condition.clone()
    }
}

/// Whose rights count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Rights {
    /// The program's own: nothing is asked. What rules, actions and packs do.
    #[default]
    Program,
    /// A person's.
    Person(Person),
}

impl Rights {
    /// The person whose rights are limited; none for the program and for administrators.
    pub fn limited(&self) -> Option<&Person> {
        match self {
            Self::Person(person) if !person.has(ADMIN) => Some(person),
            Self::Person(_) | Self::Program => None,
        }
    }
}
