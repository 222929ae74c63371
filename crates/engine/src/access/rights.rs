//! Whose rights count: the program's own, or a person's.

use std::collections::BTreeSet;

use crate::condition::{Condition, Occasion, resolve};
use crate::config::Config;
use crate::occasion::groups_of;
use crate::reads::Reads;
use crate::record::Record;
use crate::time::Timestamp;
use crate::view::ViewError;

/// The role that may do everything.
pub const ADMIN: &str = "admin";
/// The role of those who work on records.
pub const AGENT: &str = "agent";

/// A person, as far as access rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their roles.
    pub roles: BTreeSet<String>,
    /// Who they are, their groups, and when and in which zone they ask.
    pub occasion: Occasion,
}

impl Person {
    /// By the record of their user, at a moment, in their own zone. Their groups are read where a rule asks for them.
    pub fn of(user: &Record, config: &Config, reads: &Reads<'_>, now: Timestamp) -> Result<Self, ViewError> {
        let groups = if config.access.ask_for_groups() { groups_of(reads, user.id)? } else { Vec::new() };
        let settings = &config.settings;
        let zone = Some(user.text("time_zone")).filter(|zone| !zone.is_empty());
        let occasion = Occasion {
            now,
            time_zone: zone.unwrap_or(settings.time_zone()).to_owned(),
            week_start: settings.week_start(),
            user: Some(user.id),
            groups,
        };
        Ok(Self { roles: user.get("roles").items().iter().cloned().collect(), occasion })
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
        resolve(condition, &self.occasion).into_owned()
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
