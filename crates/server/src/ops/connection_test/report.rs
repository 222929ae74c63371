//! What a connection test found out.

use rejoinder_wire::endpoint::Certificate;

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Mail comes in.
    Receive,
    /// Mail goes out.
    Send,
}

impl Part {
    /// The word in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Send => "send",
        }
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should.
    Ok,
    /// It works, and something should be looked at.
    Warning,
    /// Not at all; what comes after it was not tried.
    Failed,
    /// It was not tried, or is not needed.
    Skipped,
}

impl State {
    /// The word in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestStep {
    /// The direction.
    pub part: Part,
    /// `settings`, `name`, `connect`, `tls`, `greeting`, `hello`, `starttls`, `login`, `folder` or `list`.
    pub step: &'static str,
    /// How it went.
    pub state: State,
    /// A stable word for what went wrong, where something did.
    pub code: Option<String>,
    /// What the server said, one line.
    pub said: Option<String>,
    /// What was found.
    pub detail: String,
    /// What to do, where something is to be done.
    pub advice: Option<String>,
    /// The server's certificate, of the step `tls`.
    pub certificate: Option<Certificate>,
}

impl TestStep {
    pub(super) const fn new(part: Part, step: &'static str) -> Self {
        Self {
            part,
            step,
            state: State::Skipped,
            code: None,
            said: None,
            detail: String::new(),
            advice: None,
            certificate: None,
        }
    }

    /// The step on a line or more, for a terminal.
    fn tell(&self) -> String {
        let sign = match self.state {
            State::Ok => "ok     ",
            State::Warning => "WARNING",
            State::Failed => "FAILED ",
            State::Skipped => "skipped",
        };
        let mut text = format!("{sign} {:7} {:8} {}", self.part.word(), self.step, self.detail);
        for (label, more) in [("the server said", &self.said), ("what to do", &self.advice)] {
            if let Some(more) = more {
                text.push_str(&format!("\n        {label}: {more}"));
            }
        }
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

/// A whole test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The account's name.
    pub account: String,
    /// The steps of receiving, then those of sending.
    pub steps: Vec<TestStep>,
}

impl Report {
    /// Whether no step failed.
    pub fn passed(&self) -> bool {
        self.failed().is_none()
    }

    /// The first step that failed.
    pub fn failed(&self) -> Option<&TestStep> {
        self.steps.iter().find(|step| step.state == State::Failed)
    }

    /// The report for a terminal, a line or more for each step.
    pub fn tell(&self) -> String {
        let verdict = if self.passed() { "works" } else { "does not work" };
        let steps: Vec<String> = self.steps.iter().map(TestStep::tell).collect();
        format!("{}\n{} {verdict}", steps.join("\n"), self.account)
    }
}
