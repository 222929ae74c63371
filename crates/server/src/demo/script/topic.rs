//! Step 3b: fresh mails, without reply headers or token, of which only one is filed as the caller's answer.

use serde_json::json;

use super::api::text;
use super::cast::Person;
use super::letters::Draft;
use super::{Failure, HELP, Incident, Play};

/// A mail that looks like the answer and is none.
struct NearMiss {
    what: &'static str,
    from: Person,
    user: String,
    subject: String,
}

impl Play<'_> {
    pub(super) fn write_by_topic(&mut self, incident: &Incident) -> Result<(), Failure> {
        let caller = self.cast.caller.clone();
        let heading = format!("{} writes a fresh mail instead: topic and number in its subject", caller.name);
        self.report.step("3b", &heading)?;
        let other = self.neighbours_incident()?;
        self.ask(incident, 1)?;
        self.state_is("the incident waits again", "information_needed", incident)?;
        self.state_is("and so does one of somebody else", "information_needed", &other)?;
        let topic = format!("Information needed {}", incident.number);
        for miss in self.near_misses(incident, &other, &topic) {
            self.is_not_filed(&miss, [incident, &other])?;
        }
        let written = self.fresh(&caller, &topic)?;
        let comments = self.entries(incident, "comment")?;
        let newest = comments.into_iter().next().unwrap_or_default();
        self.report.says(&format!("\"{topic}\" from {}:", caller.name))?;
        self.report.is("is filed as the answer", &written, text(&newest, "/text"))?;
        self.report.is("who commented", &caller.name, text(&newest, "/actor"))?;
        self.state_is("state", "in_progress", incident)?;
        self.agents_letters(incident, 2)?;
        Ok(())
    }

    /// An incident of somebody else that waits for information, too.
    fn neighbours_incident(&mut self) -> Result<Incident, Failure> {
        let neighbour = self.cast.neighbour.clone();
        let subject = self.cast.neighbours_subject.clone();
        self.fresh(&neighbour, &subject)?;
        let found = self.agent.records("incident", &[("caller", &self.people.neighbour)])?;
        let record = found.into_iter().next().unwrap_or_default();
        let number = text(&record, "/fields/number").to_owned();
        let other = Incident { id: text(&record, "/id").to_owned(), number };
        self.change(&other, json!({ "state": "information_needed" }))?;
        Ok(other)
    }

    fn near_misses(&self, incident: &Incident, other: &Incident, topic: &str) -> [NearMiss; 4] {
        let caller = |what, subject| NearMiss {
            what,
            from: self.cast.caller.clone(),
            user: self.people.caller.clone(),
            subject,
        };
        [
            caller("without the topic", format!("About {}", incident.number)),
            caller("without the number", "Information needed".to_owned()),
            caller("with the number of another record", format!("Information needed {}", other.number)),
            NearMiss {
                what: "from somebody else",
                from: self.cast.neighbour.clone(),
                user: self.people.neighbour.clone(),
                subject: topic.to_owned(),
            },
        ]
    }

    /// The mail becomes an incident of its own; those that were there stay as they are.
    fn is_not_filed(&mut self, miss: &NearMiss, there: [&Incident; 2]) -> Result<(), Failure> {
        let [incident, other] = there;
        let before = (self.version(incident)?, self.version(other)?);
        let wanted = [("caller", miss.user.as_str()), ("subject", miss.subject.as_str())];
        let known = self.agent.records("incident", &wanted)?.len();
        self.fresh(&miss.from, &miss.subject)?;
        self.report.says(&format!("\"{}\", {}:", miss.subject, miss.what))?;
        let now = self.agent.records("incident", &wanted)?;
        self.report.count("new incidents of its own", 1, now.len().saturating_sub(known))?;
        let after = (self.version(incident)?, self.version(other)?);
        let fact = format!("{} and {} are as before", incident.number, other.number);
        let shown = |(one, two): &(String, String)| format!("versions {one} and {two}");
        self.report.is(&fact, &shown(&before), &shown(&after))
    }

    /// Sends a mail that is no answer to anything; gives its text.
    fn fresh(&mut self, from: &Person, subject: &str) -> Result<String, Failure> {
        let [_, written] = self.cast.answers.clone();
        let draft = Draft::fresh(from, &[HELP], (subject, &written), self.post.stamp());
        self.post.send(&draft, &[HELP])?;
        self.agent.settle("the mail is worked on")?;
        Ok(written)
    }
}
