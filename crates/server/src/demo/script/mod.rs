//! The scenario, played and checked through the listener's port and the REST API alone.
//!
//! The seed changes people, language, wording and files; what is printed was read from the API or from a mailbox. One
//! act, one file. That a crash changes nothing is not played here but by the kill harness, from outside the process
//! (`crates/rejoinder/tests/kills.rs`).

mod absence;
mod alerts;
mod answer;
mod api;
mod ask;
mod cast;
mod explain;
mod letters;
mod photo;
mod post;
mod register;
mod report;
mod topic;

use std::io::Write;

use serde_json::{Value as Json, json};

use super::{AGENT, Place};
use api::{Api, Letter, text, wait};
use cast::{Cast, Person};
use post::Post;
use report::Report;

pub use report::Failure;

/// Where the demo takes mail.
const HELP: &str = "help@example.com";
/// Its second mailbox.
const SUPPORT: &str = "support@example.com";
/// Runs of one seed on one demo; the next one is refused with what to do.
const RUNS_MAX: u32 = 1_000;

/// The play: who, with what, and what was seen so far.
struct Play<'a> {
    cast: Cast,
    agent: Api,
    admin: Api,
    post: Post,
    report: Report<'a>,
    people: People,
}

/// The users of the play in the demo.
#[derive(Debug, Clone, Default)]
struct People {
    caller: String,
    neighbour: String,
    agent: String,
}

/// An incident as it was when it was last looked at.
#[derive(Debug, Clone)]
struct Incident {
    id: String,
    number: String,
}

/// Plays steps 1 to 4 for `seed`; the first check that does not hold is the error. It can be repeated on the same
/// demo: each run has people of its own.
pub fn play(place: &Place, seed: u64, out: &mut dyn Write) -> Result<(), Failure> {
    let mut report = Report::new(out);
    let ended = match begin(place, seed) {
        Ok((cast, agent, admin, post)) => {
            let people = People::default();
            let mut play = Play { cast, agent, admin, post, report, people };
            let ended = play.all();
            report = play.report;
            ended
        }
        Err(failure) => Err(failure),
    };
    report.end(seed, usize::from(ended.is_err()))?;
    ended
}

fn begin(place: &Place, seed: u64) -> Result<(Cast, Api, Api, Post), Failure> {
    let admin = Api::new(place.http, &place.tokens.admin);
    let agent = Api::new(place.http, &place.tokens.agent);
    for run in 1..=RUNS_MAX {
        let cast = Cast::new(seed, run);
        if admin.records("user", &[("email", &cast.caller.email)])?.is_empty() {
            return Ok((cast, agent, admin, Post::new(place.smtp)?));
        }
    }
    Err(Failure::UsedUp { seed, runs: RUNS_MAX })
}

impl Play<'_> {
    fn all(&mut self) -> Result<(), Failure> {
        let caller = self.cast.caller.clone();
        self.report.title(&format!("Rejoinder, the scenario as {} lives it", caller.name))?;
        self.invite()?;
        let incident = self.register()?;
        let asked = self.ask_for_information(&incident)?;
        self.answer(&incident, &asked)?;
        self.write_by_topic(&incident)?;
        self.be_absent(&incident, &asked)?;
        self.alert_twice()?;
        self.explain_all(&asked)
    }

    /// Makes the users of the play, as an administrator would.
    fn invite(&mut self) -> Result<(), Failure> {
        let Cast { caller, neighbour, monitor, language, .. } = &self.cast;
        let language = language.code();
        let user = |person: &Person, language: &str, roles: &[&str]| json!({ "name": person.name, "email": person.email, "language": language, "roles": roles });
        self.people.caller = self.admin.create("user", user(caller, language, &[]))?;
        self.people.neighbour = self.admin.create("user", user(neighbour, "en", &[]))?;
        self.admin.create("user", user(monitor, "en", &["monitoring"]))?;
        let agents = self.agent.records("user", &[("email", AGENT)])?;
        self.people.agent = agents.first().map(|agent| text(agent, "/id").to_owned()).unwrap_or_default();
        Ok(())
    }

    fn read(&self, incident: &Incident) -> Result<Json, Failure> {
        self.agent.get(&format!("/api/v1/records/incident/{}", incident.id))
    }

    /// The version of a record: it stays where nobody writes to it.
    fn version(&self, incident: &Incident) -> Result<String, Failure> {
        Ok(self.read(incident)?.get("version").map(Json::to_string).unwrap_or_default())
    }

    /// The entries of one kind in the feed, newest first.
    fn entries(&self, incident: &Incident, kind: &str) -> Result<Vec<Json>, Failure> {
        let all = self.agent.list(&format!("/api/v1/records/incident/{}/feed?limit=200", incident.id))?;
        Ok(all.into_iter().filter(|entry| text(entry, "/kind") == kind).collect())
    }

    /// Sets fields of an incident, as the agent does in a form.
    fn change(&self, incident: &Incident, fields: Json) -> Result<(), Failure> {
        self.agent.change("incident", &incident.id, fields)?;
        self.agent.settle("the rules have looked at the change")
    }

    /// Looks at a state that must be so.
    fn state_is(&mut self, fact: &str, expected: &str, incident: &Incident) -> Result<(), Failure> {
        let now = self.read(incident)?;
        self.report.is(fact, expected, text(&now, "/fields/state"))
    }

    /// The mails in a person's mailbox: exactly so many, and nothing more under way.
    fn letters(&mut self, person: &Person, wanted: usize) -> Result<Letter, Failure> {
        let name = &person.name;
        let what = format!("{wanted} mails in the mailbox of {name}");
        wait(&what, || Ok((self.agent.mailbox(&person.email)?.len() >= wanted).then_some(())))?;
        self.agent.settle(&what)?;
        let got = self.agent.mailbox(&person.email)?;
        self.report.count(&format!("mails that {name} got so far"), wanted, got.len())?;
        Ok(got.last().cloned().unwrap_or(Letter::NONE))
    }

    /// What the agent got about an incident: exactly so many mails, of which the newest is given.
    fn agents_letters(&mut self, incident: &Incident, wanted: usize) -> Result<Letter, Failure> {
        let mut got = self.agent.mailbox(AGENT)?;
        got.retain(|letter| letter.subject.contains(&incident.number));
        let number = &incident.number;
        self.report.count(&format!("mails that the agent got about {number} so far"), wanted, got.len())?;
        Ok(got.last().cloned().unwrap_or(Letter::NONE))
    }
}

#[cfg(test)]
mod tests;
