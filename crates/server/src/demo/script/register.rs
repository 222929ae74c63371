//! Step 1: a mail becomes an incident, and its writer reads the number; however often it comes.

use super::api::{Letter, rows, text};
use super::letters::{Draft, by_another_way};
use super::post::bytes;
use super::{Failure, HELP, Incident, Play, SUPPORT, photo};

impl Play<'_> {
    pub(super) fn register(&mut self) -> Result<Incident, Failure> {
        let caller = self.cast.caller.clone();
        let heading = format!("{} mails {HELP}: \"{}\", with a photo", caller.name, self.cast.subject);
        self.report.step("1", &heading)?;
        let (width, height, colour) = self.cast.picture;
        let picture = photo::draw(width, height, colour);
        let texts = (self.cast.subject.as_str(), self.cast.description.as_str());
        let draft = Draft::fresh(&caller, &[HELP, SUPPORT], texts, self.post.stamp())
            .with_photo(&self.cast.photo, picture.clone());
        let said = self.post.send(&draft, &[HELP])?;
        self.report.says(&format!("the listener: {said}"))?;
        let said = self.post.send(&draft, &[HELP])?;
        self.report.says(&format!("the same once more, as after a lost answer: {said}"))?;
        let said = self.post.send_bytes(&draft, &[SUPPORT], &by_another_way(&bytes(&draft)?))?;
        self.report.says(&format!("and another copy to {SUPPORT}: {said}"))?;
        self.agent.settle("the mail is worked on")?;
        let incident = self.registered(&picture)?;
        let answer = self.letters(&caller, 1)?;
        self.answered(&incident, &draft, &answer)?;
        self.linked(&incident, &draft)?;
        Ok(incident)
    }

    /// What the incident holds.
    fn registered(&mut self, picture: &[u8]) -> Result<Incident, Failure> {
        let made = self.agent.records("incident", &[("caller", &self.people.caller)])?;
        self.report.count("incidents made of it", 1, made.len())?;
        let record = made.into_iter().next().unwrap_or_default();
        let number = text(&record, "/fields/number").to_owned();
        let incident = Incident { id: text(&record, "/id").to_owned(), number };
        let digits = incident.number.strip_prefix("INC").unwrap_or_default();
        let numbered = digits.len() >= 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
        self.report.holds("number", "INC and seven digits", &incident.number, numbered)?;
        self.report.is("caller", &self.cast.caller.name, text(&record, "/display/caller"))?;
        self.report.is("subject", &self.cast.subject, text(&record, "/fields/subject"))?;
        self.report.is("description", &self.cast.description, text(&record, "/fields/description").trim())?;
        self.report.is("state", "registered", text(&record, "/fields/state"))?;
        let files = self.agent.list(&format!("/api/v1/records/incident/{}/attachments", incident.id))?;
        self.report.count("files", 1, files.len())?;
        let file = files.into_iter().next().unwrap_or_default();
        self.report.is("the photo's name", &self.cast.photo, text(&file, "/file_name"))?;
        let content = self.agent.bytes(&format!("/api/v1/attachments/{}/content", text(&file, "/id")))?;
        let (drawn, kept) = (format!("{} bytes", picture.len()), format!("{} bytes", content.len()));
        self.report.holds("the photo, byte for byte", &drawn, &kept, picture == content)?;
        Ok(incident)
    }

    /// What the caller reads.
    fn answered(&mut self, incident: &Incident, draft: &Draft, answer: &Letter) -> Result<(), Failure> {
        self.report.letter(&self.cast.caller.name, answer)?;
        self.report.contains("its subject has the number", &incident.number, &answer.subject)?;
        self.report.contains("its text has the subject", &self.cast.subject, &answer.text)?;
        self.report.is("it answers the mail", draft.message_id(), &answer.in_reply_to.join(" "))?;
        self.report.is("and says that it is automatic", "auto-replied", &answer.auto_submitted)
    }

    /// Mails and record are linked; the copies are known and have no further effect.
    fn linked(&mut self, incident: &Incident, draft: &Draft) -> Result<(), Failure> {
        let mails = self.agent.list(&format!("/api/v1/emails?record={}", incident.id))?;
        let mut linked: Vec<&str> = mails.iter().map(|mail| text(mail, "/direction")).collect();
        linked.sort_unstable();
        self.report.is("mails on the incident", "incoming, outgoing", &linked.join(", "))?;
        let mail = self.agent.mail(&self.cast.caller.email, draft.message_id())?;
        let copies = rows(&mail, "arrivals").iter().map(|copy| match text(copy, "/reason/code") {
            "" => text(copy, "/state").to_owned(),
            code => format!("{} ({code})", text(copy, "/state")),
        });
        let copies = copies.collect::<Vec<_>>().join(", ");
        self.report.is("copies of it in two mailboxes", "processed, ignored (duplicate)", &copies)
    }
}
