//! Step 3: the caller answers as mail programs do, with everything that they got quoted below the new text.

use super::api::{Letter, text};
use super::letters::Draft;
use super::{Failure, HELP, Incident, Play};

impl Play<'_> {
    pub(super) fn answer(&mut self, incident: &Incident, asked: &Letter) -> Result<(), Failure> {
        let caller = self.cast.caller.clone();
        let heading = format!("{} answers that mail and quotes all of it below the new text", caller.name);
        self.report.step("3", &heading)?;
        let [written, _] = self.cast.answers.clone();
        let draft = Draft::answer(&caller, asked, &written, self.cast.language, self.post.stamp());
        let watermark = asked.text.lines().rfind(|line| line.starts_with("Ref: ")).unwrap_or_default();
        self.report.contains("the quoted text has the watermark", watermark, draft.text())?;
        self.post.send(&draft, &[HELP])?;
        self.agent.settle("the answer is worked on")?;
        let comments = self.entries(incident, "comment")?;
        self.report.count("comments: the question and the answer", 2, comments.len())?;
        let newest = comments.into_iter().next().unwrap_or_default();
        self.report.is("the new text, and only that, is the comment", &written, text(&newest, "/text"))?;
        self.report.is("who commented", &caller.name, text(&newest, "/actor"))?;
        self.state_is("state", "in_progress", incident)?;
        let told = self.agents_letters(incident, 1)?;
        self.report.letter("the agent", &told)?;
        let first = written.lines().next().unwrap_or_default();
        self.report.contains("it has the new text", first, &told.text)?;
        self.letters(&caller, 2)?;
        Ok(())
    }
}
