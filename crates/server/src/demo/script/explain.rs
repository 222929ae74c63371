//! The end of the play: what was decided about each mail of it, and why, as `rejoinder explain` tells it.

use crate::client::escaped;

use super::api::{Letter, text};
use super::{Failure, Play};

/// Words that begin the lines of the short form; the others tell what was considered and refused.
const SHORT: [&str; 7] = ["class ", "record ", "change ", "mail ", "note ", "recipient ", "to "];

impl Play<'_> {
    pub(super) fn explain_all(&mut self, asked: &Letter) -> Result<(), Failure> {
        self.report
            .step("5", "What was decided about each mail, in short; `rejoinder explain` tells all of it")?;
        for (subject, message_id) in self.post.sent.clone() {
            let told = self.explained(&subject, &message_id)?;
            let decided: Vec<&str> = told.lines().filter_map(decider).collect();
            let expected = "an action that ran, or a note";
            self.report.holds("decided by", expected, &decided.join(", "), !decided.is_empty())?;
        }
        let told = self.explained(&asked.subject, &asked.message_id.clone().unwrap_or_default())?;
        self.report.contains(
            "the question went to",
            &format!("to {}: sent", self.cast.caller.email),
            &told,
        )?;
        self.report.contains("and the comment rule gave way", "superseded", &told)
    }

    /// The explanation of a mail; its short form is printed.
    fn explained(&mut self, subject: &str, message_id: &str) -> Result<String, Failure> {
        let answer = self.agent.get(&format!("/api/v1/explanations/{}", escaped(message_id)))?;
        let told = text(&answer, "/text");
        let lines: Vec<&str> = told.lines().map(str::trim).filter(|line| is_short(line)).collect();
        self.report.explained(&format!("\"{subject}\""), &lines)?;
        Ok(told.to_owned())
    }
}

fn is_short(line: &str) -> bool {
    SHORT.iter().any(|word| line.starts_with(word)) || line.ends_with(": ran")
}

/// The action that a line says ran, or that the mail was only noted.
fn decider(line: &str) -> Option<&str> {
    let line = line.trim();
    let action = line.strip_prefix("action").and_then(|rest| rest.strip_suffix(": ran"));
    let noted = || line.ends_with("[automatic_answer]").then_some("noted as an automatic answer");
    action.map(str::trim).or_else(noted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_keeps_what_ran_and_names_who_decided() {
        assert!(is_short("class     new, because of nothing that says otherwise"));
        assert!(is_short("rule      Registered: ran") && !is_short("rule      Completed: skipped (state …)"));
        assert_eq!(decider("  action    Create incident: ran"), Some("Create incident"));
        assert_eq!(decider("  action    Comment: skipped (it is new)"), None);
        assert_eq!(decider("  rule      Registered: ran"), None);
        assert_eq!(decider("  note      noted [automatic_answer]"), Some("noted as an automatic answer"));
    }
}
