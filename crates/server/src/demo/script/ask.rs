//! Step 2: the agent asks for information, and the caller gets one mail made of the record.

use serde_json::json;

use super::api::{Letter, text};
use super::{Failure, Incident, Play};

impl Play<'_> {
    pub(super) fn ask_for_information(&mut self, incident: &Incident) -> Result<Letter, Failure> {
        self.report.step("2", "The agent takes it and sets \"Information needed\" with a public comment")?;
        self.change(incident, json!({ "assigned_user": self.people.agent, "state": "assigned" }))?;
        let question = self.ask(incident, 0)?;
        let caller = self.cast.caller.clone();
        let asked = self.letters(&caller, 2)?;
        self.report.letter(&caller.name, &asked)?;
        let subject = format!("[{}] Information needed: {}", incident.number, self.cast.subject);
        self.report.is("its subject is made of the record", &subject, &asked.subject)?;
        self.report.contains("its text has the comment", &question, &asked.text)?;
        self.report.is("and says that it is automatic", "auto-generated", &asked.auto_submitted)?;
        let sent = asked.message_id.clone().unwrap_or_default();
        let mail = self.agent.mail(&caller.email, &sent)?;
        self.report.is("the rule that sent it", "Information needed", text(&mail, "/email/rule"))?;
        self.agents_letters(incident, 0)?;
        Ok(asked)
    }

    /// The agent waits for information, with a question that the caller reads.
    pub(super) fn ask(&self, incident: &Incident, place: usize) -> Result<String, Failure> {
        let question = self.cast.questions.get(place).copied().unwrap_or_default().to_owned();
        self.change(incident, json!({ "state": "information_needed", "additional_comments": question }))?;
        Ok(question)
    }
}
