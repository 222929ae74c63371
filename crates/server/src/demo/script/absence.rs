//! Step 4, first half: an absence assistant answers the question; that answers nothing.

use super::api::{Letter, text};
use super::letters::Draft;
use super::{Failure, HELP, Incident, Play};

impl Play<'_> {
    pub(super) fn be_absent(&mut self, incident: &Incident, asked: &Letter) -> Result<(), Failure> {
        let caller = self.cast.caller.clone();
        let heading = format!("{} is away: an absence assistant answers the mail of step 2", caller.name);
        self.report.step("4", &heading)?;
        self.ask(incident, 2)?;
        self.state_is("the incident waits", "information_needed", incident)?;
        let got = self.agent.mailbox(&caller.email)?.len();
        let (version, comments) = (self.version(incident)?, self.entries(incident, "comment")?.len());
        let draft = Draft::absence(&caller, asked, &self.cast.absence, self.post.stamp());
        self.post.send(&draft, &[HELP])?;
        self.agent.settle("the automatic answer is worked on")?;
        let mail = self.agent.mail(&caller.email, draft.message_id())?;
        self.report.is("it is known as", "automatic_answer", text(&mail, "/email/class"))?;
        let noted = self.entries(incident, "automatic_answer")?;
        self.report.count("automatic answers noted on the incident", 1, noted.len())?;
        let noted = noted.into_iter().next().unwrap_or_default();
        let (_, words) = &self.cast.absence;
        self.report.is("as", words, text(&noted, "/text"))?;
        self.report.count("comments, as before", comments, self.entries(incident, "comment")?.len())?;
        self.report.is("version of the incident, as before", &version, &self.version(incident)?)?;
        self.state_is("state, as before", "information_needed", incident)?;
        self.letters(&caller, got)?;
        self.agents_letters(incident, 2)?;
        Ok(())
    }
}
