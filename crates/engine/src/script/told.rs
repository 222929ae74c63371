//! What a draft remembers of the scripts that have run in it: how many, inside of which, and what the trace is told.

use rejoinder_script::Level;

use crate::id::Id;
use crate::limits::TRACE_BYTES_MAX;
use crate::plan::{Attention, Why};
use crate::trace::Step;

/// The scripts of one decision.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    /// How many have begun.
    pub(crate) ran: usize,
    /// How many are running inside of each other.
    pub(crate) depth: usize,
    /// The names of these, the outermost first.
    line: Vec<String>,
    steps: Vec<Step>,
    bytes: usize,
    /// The business rules that are running, each with its record.
    pub(crate) active: Vec<(Id, Id)>,
    /// What people should look at.
    attention: Vec<Attention>,
}

impl Scripts {
    /// A script begins; the place where the trace tells of it.
    pub(super) fn begin(&mut self, name: &str) -> usize {
        self.ran += 1;
        self.depth += 1;
        self.line.push(name.to_owned());
        self.steps.len()
    }

    /// It has ended.
    pub(super) fn end(&mut self, place: usize, step: Step) {
        self.depth = self.depth.saturating_sub(1);
        self.line.pop();
        self.steps.insert(place.min(self.steps.len()), step);
    }

    /// Which run inside of which.
    pub(super) fn line(&self) -> String {
        self.line.join(" → ")
    }

    /// Keeps a fact for the trace. What no trace could hold is left out here already, so that logs take no memory.
    pub(crate) fn tell(&mut self, step: Step) {
        if self.bytes > TRACE_BYTES_MAX && matches!(step, Step::Log { .. }) {
            return;
        }
        if let Step::Log { text, .. } = &step {
            self.bytes += text.len();
        }
        self.steps.push(step);
    }

    /// Keeps what a script says to whoever is at the screen.
    pub(crate) fn tell_messages(&mut self, messages: &[(Level, String)]) {
        for (_, text) in messages {
            self.tell(Step::Note { why: Why::new("message", text.clone()) });
        }
    }

    /// Keeps something that a person should look at, once.
    pub(crate) fn attend(&mut self, attention: Attention) {
        if self.attention.iter().all(|one| one.id != attention.id) {
            self.attention.push(attention);
        }
    }

    /// What is to be told, which is told once.
    pub(crate) fn take_steps(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }

    /// What people should look at, likewise.
    pub(crate) fn take_attention(&mut self) -> Vec<Attention> {
        std::mem::take(&mut self.attention)
    }
}
