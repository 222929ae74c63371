//! The scenario, played and checked through the listener's port and the REST API alone.
//!
//! The seed changes names, subjects, language and picture. What is printed was read from the program. The one
//! part of step 4 that needs a crash is played by the kill harness instead (`crates/rejoinder/tests/kills.rs`).

mod api;
mod cast;
mod letters;
mod photo;
mod post;
mod report;

use std::io::Write;

use serde_json::{Value as Json, json};

use super::Place;
use api::{Api, Letter, text, wait};
use cast::{Cast, Person};
use letters::{Draft, by_another_way};
use post::{Post, bytes};
pub use report::Failure;
use report::Report;

/// Where the demo takes mail.
const HELP: &str = "help@example.com";
/// Its second mailbox.
const SUPPORT: &str = "support@example.com";

/// The play: who, with what, and what was seen so far.
struct Play<'a> {
    cast: Cast,
    agent: Api,
    admin: Api,
    post: Post,
    report: Report<'a>,
    caller: String,
}

/// Plays steps 1 to 4 for `seed`; the first check that does not hold is the error.
pub fn play(place: &Place, seed: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let mut play = Play {
        cast: Cast::new(seed, 0),
        agent: Api::new(place.http, &place.tokens.agent),
        admin: Api::new(place.http, &place.tokens.admin),
        post: Post::new(place.smtp)?,
        report: Report::new(out),
        caller: String::new(),
    };
    let played = play.all();
    play.report.end(seed, usize::from(played.is_err()))?;
    played
}

impl Play<'_> {
    fn all(&mut self) -> Result<(), Failure> {
        self.report.title(&format!("Rejoinder, the scenario as {} lives it", self.cast.caller.name))?;
        self.people()?;
        let incident = self.step_one()?;
        let asked = self.step_two(&incident)?;
        self.step_three(&incident, &asked)?;
        self.step_three_b(&incident)?;
        self.step_four(&incident)?;
        self.alerts()?;
        self.explanations()
    }

    fn people(&mut self) -> Result<(), Failure> {
        let language = self.cast.language.code();
        let person =
            |person: &Person| json!({ "name": person.name, "email": person.email, "language": language });
        self.caller = self.admin.create("user", person(&self.cast.caller))?;
        self.admin.create("user", person(&self.cast.neighbour))?;
        let mut monitor = person(&self.cast.monitor);
        if let Some(fields) = monitor.as_object_mut() {
            fields.insert("roles".to_owned(), json!(["monitoring"]));
        }
        self.admin.create("user", monitor)?;
        Ok(())
    }

    fn incident(&self, id: &str) -> Result<Json, Failure> {
        self.agent.get(&format!("/api/v1/records/incident/{id}"))
    }

    fn entries(&self, id: &str, kind: &str) -> Result<Vec<Json>, Failure> {
        let all = self.agent.list(&format!("/api/v1/records/incident/{id}/feed?limit=200"))?;
        Ok(all.into_iter().filter(|entry| text(entry, "/kind") == kind).collect())
    }

    fn only_incident(&mut self, subject: &str) -> Result<Json, Failure> {
        self.agent.settle("the mail is worked on")?;
        let found = self.agent.incidents(subject)?;
        self.report.count(&format!("incidents with the subject \"{subject}\""), 1, found.len())?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    fn step_one(&mut self) -> Result<Json, Failure> {
        let caller = self.cast.caller.clone();
        self.report.step(
            "1",
            &format!("{} mails {HELP} with a photo; it comes twice and in two mailboxes", caller.name),
        )?;
        let (width, height, colour) = self.cast.picture;
        let stamp = self.post.stamp();
        let texts = (self.cast.subject.as_str(), self.cast.description.as_str());
        let draft = Draft::fresh(&caller, &[HELP], texts, stamp)
            .with_photo(&self.cast.photo, photo::draw(width, height, colour));
        self.post.send(&draft, &[HELP])?;
        self.post.send(&draft, &[HELP])?;
        let other_way = by_another_way(&bytes(&draft)?);
        self.post.send_bytes(&draft, &[SUPPORT], &other_way)?;
        let subject = self.cast.subject.clone();
        let incident = self.only_incident(&subject)?;
        let id = text(&incident, "/id").to_owned();
        self.report.is("caller", &self.caller.clone(), text(&incident, "/fields/caller"))?;
        self.report.contains(
            "description",
            self.cast.description.lines().next().unwrap_or_default(),
            text(&incident, "/fields/description"),
        )?;
        let files = self.agent.list(&format!("/api/v1/records/incident/{id}/attachments"))?;
        self.report.count("files", 1, files.len())?;
        let photo = self.cast.photo.clone();
        self.report.is(
            "the photo",
            &photo,
            files.first().map(|file| text(file, "/file_name")).unwrap_or_default(),
        )?;
        let number = text(&incident, "/fields/number").to_owned();
        let got = self.letters(&caller, 1, "the answer with the number")?;
        let answer = got.first().cloned().unwrap_or_else(no_letter);
        self.report.contains("the answer names the number", &number, &answer.subject)?;
        self.report.letter(&caller.name, &answer)?;
        let linked = self.agent.list(&format!("/api/v1/emails?record={id}"))?;
        self.report.count("mails on the incident: hers and the answer", 2, linked.len())?;
        Ok(incident)
    }

    /// The mails in a person's mailbox, as soon as there are so many and nothing is under way; not more.
    fn letters(&mut self, person: &Person, wanted: usize, what: &str) -> Result<Vec<Letter>, Failure> {
        wait(what, || {
            let got = self.agent.mailbox(&person.email)?;
            Ok((got.len() >= wanted).then_some(()))
        })?;
        self.agent.settle(what)?;
        let got = self.agent.mailbox(&person.email)?;
        self.report.count(&format!("mails that {} got so far", person.name), wanted, got.len())?;
        Ok(got)
    }

    /// The agent waits for information, with a question that the caller reads.
    fn ask(&self, incident: &Json, place: usize) -> Result<String, Failure> {
        let question = self.cast.questions.get(place).copied().unwrap_or_default();
        let fields = json!({ "state": "information_needed", "additional_comments": question });
        self.agent.change("incident", text(incident, "/id"), fields)?;
        Ok(question.to_owned())
    }

    fn step_two(&mut self, incident: &Json) -> Result<Letter, Failure> {
        self.report.step("2", "The agent takes it and asks for information")?;
        let agents = self.agent.list(&format!(
            "/api/v1/records/user?filter={}",
            crate::client::escaped(
                &json!({ "field": "email", "operator": "is", "value": super::AGENT }).to_string()
            )
        ))?;
        let agent = agents.first().map(|agent| text(agent, "/id").to_owned()).unwrap_or_default();
        self.agent.change(
            "incident",
            text(incident, "/id"),
            json!({ "assigned_user": agent, "state": "assigned" }),
        )?;
        let question = self.ask(incident, 0)?;
        let caller = self.cast.caller.clone();
        let got = self.letters(&caller, 2, "the question")?;
        let asked = got.last().cloned().unwrap_or_else(no_letter);
        self.report.contains(
            "the subject names the number",
            text(incident, "/fields/number"),
            &asked.subject,
        )?;
        self.report.contains("the text holds the question", &question, &asked.text)?;
        self.report.letter(&caller.name, &asked)?;
        Ok(asked)
    }

    fn answer(&self, place: usize) -> String {
        self.cast.answers.get(place).cloned().unwrap_or_default()
    }

    fn agent_mails(&self) -> Result<usize, Failure> {
        Ok(self.agent.mailbox(super::AGENT)?.len())
    }

    fn step_three(&mut self, incident: &Json, asked: &Letter) -> Result<(), Failure> {
        let caller = self.cast.caller.clone();
        self.report
            .step("3", &format!("{} answers from her mail client, quoting what she got", caller.name))?;
        self.agent.settle("the agent's mails")?;
        let before = self.agent_mails()?;
        let answer = self.answer(0);
        let stamp = self.post.stamp();
        let draft = Draft::answer(&caller, asked, &answer, self.cast.language, stamp);
        self.post.send(&draft, &[HELP])?;
        self.agent.settle("the answer is worked on")?;
        let id = text(incident, "/id");
        let comments = self.entries(id, "comment")?;
        self.report.count("comments: the question and the answer", 2, comments.len())?;
        let newest = comments.first().map(|entry| text(entry, "/text").trim().to_owned()).unwrap_or_default();
        self.report.is("only the new text is a comment", answer.trim(), &newest)?;
        let now = self.incident(id)?;
        self.report.is("state", "in_progress", text(&now, "/fields/state"))?;
        let after = self.agent_mails()?;
        self.report.count("mails that the agent got for it", 1, after.saturating_sub(before))?;
        self.letters(&caller, 2, "nothing for the caller")?;
        Ok(())
    }

    fn step_three_b(&mut self, incident: &Json) -> Result<(), Failure> {
        let (caller, neighbour) = (self.cast.caller.clone(), self.cast.neighbour.clone());
        self.report.step("3b", "Fresh mails, without reply headers or token")?;
        self.ask(incident, 1)?;
        let number = text(incident, "/fields/number").to_owned();
        let id = text(incident, "/id").to_owned();
        let theirs = self.others(&neighbour)?;
        let topic = format!("Information needed {number}");
        let misses = [
            ("without the topic", &caller, format!("About {number}")),
            ("without the number", &caller, "Information needed".to_owned()),
            ("with another record's number", &caller, format!("Information needed {theirs}")),
            ("from somebody who is not the caller", &neighbour, topic.clone()),
        ];
        let comments = self.entries(&id, "comment")?.len();
        for (what, from, subject) in misses {
            self.fresh(from, &subject)?;
            let now = self.entries(&id, "comment")?.len();
            self.report.count(&format!("comments on {number} after a mail {what}"), comments, now)?;
            let now = self.incident(&id)?;
            self.report.is("and its state", "information_needed", text(&now, "/fields/state"))?;
        }
        self.fresh(&caller, &topic)?;
        let now = self.entries(&id, "comment")?.len();
        self.report.count("comments after hers with topic and number", comments + 1, now)?;
        let now = self.incident(&id)?;
        self.report.is("state", "in_progress", text(&now, "/fields/state"))
    }

    /// An incident of somebody else; gives its number.
    fn others(&mut self, neighbour: &Person) -> Result<String, Failure> {
        let subject = self.cast.neighbours_subject.clone();
        self.fresh(neighbour, &subject)?;
        let other = self.only_incident(&subject)?;
        Ok(text(&other, "/fields/number").to_owned())
    }

    fn fresh(&mut self, from: &Person, subject: &str) -> Result<(), Failure> {
        let answer = self.answer(1);
        let stamp = self.post.stamp();
        let draft = Draft::fresh(from, &[HELP], (subject, &answer), stamp);
        self.post.send(&draft, &[HELP])?;
        self.agent.settle("the mail is worked on")
    }

    fn step_four(&mut self, incident: &Json) -> Result<(), Failure> {
        let caller = self.cast.caller.clone();
        self.report.step("4", "An absence assistant answers the next question")?;
        let before = self.agent.mailbox(&caller.email)?.len();
        self.ask(incident, 2)?;
        let got = self.letters(&caller, before + 1, "the next question")?;
        let asked = got.last().cloned().unwrap_or_else(no_letter);
        let id = text(incident, "/id").to_owned();
        let comments = self.entries(&id, "comment")?.len();
        let words = self.cast.absence.clone();
        let stamp = self.post.stamp();
        let draft = Draft::absence(&caller, &asked, &words, stamp);
        self.post.send(&draft, &[HELP])?;
        self.agent.settle("the automatic answer is worked on")?;
        let noted = self.entries(&id, "automatic_answer")?;
        self.report.count("automatic answers noted on the incident", 1, noted.len())?;
        let now = self.entries(&id, "comment")?.len();
        self.report.count("comments, as before", comments, now)?;
        let now = self.incident(&id)?;
        self.report.is("state, as before", "information_needed", text(&now, "/fields/state"))?;
        self.letters(&caller, before + 1, "no answer to it")?;
        Ok(())
    }

    fn alerts(&mut self) -> Result<(), Failure> {
        self.report.step("4", "Two monitoring alerts of one subject arrive at the same moment")?;
        let monitor = self.cast.monitor.clone();
        let subject = self.cast.alert.clone();
        let (one, two) = (self.post.stamp(), self.post.stamp());
        let first = Draft::fresh(&monitor, &[HELP], (&subject, "The first probe sees it."), one);
        let second = Draft::fresh(&monitor, &[HELP], (&subject, "The second probe sees it."), two);
        self.post.send_both([&first, &second], HELP)?;
        let incident = self.only_incident(&subject)?;
        let notes = self.entries(text(&incident, "/id"), "work_note")?;
        self.report.count("notes of the second alert on it", 1, notes.len())
    }

    fn explanations(&mut self) -> Result<(), Failure> {
        self.report.step("5", "Each mail explains itself")?;
        for (subject, message_id) in self.post.sent.clone() {
            let key = crate::client::escaped(&message_id);
            let told = self.agent.get(&format!("/api/v1/explanations/{key}"))?;
            let told = text(&told, "/text").to_owned();
            self.report.contains("what it is", "  class", &told)?;
            let lines = told.lines().map(str::trim_start).filter(|line| {
                ["class", "record", "change", "mail "].iter().any(|word| line.starts_with(word))
                    || line.contains(": ran")
            });
            self.report.explained(&format!("\"{subject}\""), &lines.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

/// Stands for a mail that is missing, so that the next check says so.
const fn no_letter() -> Letter {
    Letter {
        received_at: String::new(),
        from: String::new(),
        subject: String::new(),
        text: String::new(),
        message_id: None,
        references: Vec::new(),
    }
}
