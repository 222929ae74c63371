//! Step 4, second half: two alerts of one subject at the same moment are one incident.

use super::api::text;
use super::letters::Draft;
use super::{Failure, HELP, Incident, Play};

impl Play<'_> {
    pub(super) fn alert_twice(&mut self) -> Result<(), Failure> {
        self.report.step("", "Two monitoring alerts of one subject arrive at the same moment")?;
        let (monitor, subject) = (self.cast.monitor.clone(), self.cast.alert.clone());
        let probes = ["The first probe sees it.", "The second probe sees it."];
        let [one, two] =
            probes.map(|probe| Draft::fresh(&monitor, &[HELP], (&subject, probe), self.post.stamp()));
        self.post.send_both([&one, &two], HELP)?;
        self.agent.settle("the alerts are worked on")?;
        let made = self.agent.records("incident", &[("subject", &subject)])?;
        self.report.count(&format!("incidents \"{subject}\""), 1, made.len())?;
        let record = made.into_iter().next().unwrap_or_default();
        let number = text(&record, "/fields/number").to_owned();
        let incident = Incident { id: text(&record, "/id").to_owned(), number };
        let notes = self.entries(&incident, "work_note")?;
        self.report.count("work notes on it", 1, notes.len())?;
        // Either of the two may have been first.
        let first = text(&record, "/fields/description").trim().to_owned();
        let second = probes.into_iter().find(|probe| *probe != first).unwrap_or_default();
        let note = notes.into_iter().next().unwrap_or_default();
        self.report.holds(
            "the first one is the incident",
            &probes.join(" or "),
            &first,
            probes.contains(&first.as_str()),
        )?;
        self.report.contains("the second one is the note", second, text(&note, "/text"))
    }
}
