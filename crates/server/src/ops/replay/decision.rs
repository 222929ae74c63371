//! What was decided on a mail, in lines that can be compared: from what is stored, and from a plan. A name stands for each
//! record, so that both say the same of the same.

use std::collections::BTreeMap;

use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{ActivityKind, Direction, EmailState, Plan, RecordOp, Unit, Why};
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::trace::{Step, Trace};
use rejoinder_engine::value::Value;
use rejoinder_engine::view::View;
use rejoinder_store::{DecidedMail, EmailDetail, Store};

use super::Difference;
use crate::error::AppError;
use crate::limits::REPLAY_VALUE_CHARS;

/// What is compared, in the order in which it is told.
const ASPECTS: [&str; 9] =
    ["outcome", "class", "sender", "record", "actions", "changes", "feed", "files", "answers"];

/// The lines of each aspect.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decision(BTreeMap<&'static str, Vec<String>>);

/// Records by name: those that are new with the decision, those of the view, else a word that says so.
pub(super) struct Names<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) view: &'a dyn View,
    pub(super) new: BTreeMap<Id, Record>,
}

impl Names<'_> {
    fn key(&self, key: &RecordKey) -> String {
        let stored = || self.view.get(&key.table, key.id).ok().flatten();
        self.new
            .get(&key.id)
            .cloned()
            .or_else(stored)
            .map_or_else(|| "‹gone›".to_owned(), |one| self.record(&one))
    }

    fn record(&self, record: &Record) -> String {
        let display = self.dictionary.table(&record.table).map_or("", |info| info.table.display.as_str());
        match record.get(display) {
            Value::Ref(id) => self.id(*id),
            Value::Null => record.id.to_string(),
            other => other.plain(),
        }
    }

    /// A record of whatever table.
    fn id(&self, id: Id) -> String {
        let roots = self.dictionary.tables().filter(|info| info.root == info.table.name);
        let stored = || roots.into_iter().find_map(|info| self.view.get(&info.table.name, id).ok().flatten());
        let found = self.new.get(&id).cloned().or_else(stored);
        let display = |record: Record| {
            let display = self.dictionary.table(&record.table).map_or("", |info| info.table.display.as_str());
            record.get(display).plain()
        };
        found.map_or_else(|| "‹gone›".to_owned(), display)
    }

    fn user(&self, id: Option<Id>) -> String {
        let key = |id| RecordKey { table: "user".to_owned(), id };
        id.map_or_else(|| "guest".to_owned(), |id| self.key(&key(id)))
    }

    fn value(&self, value: &Value) -> String {
        let text = match value {
            Value::Null => "nothing".to_owned(),
            Value::Ref(id) => self.id(*id),
            Value::List(items) => {
                let item = |item: &String| item.parse().map_or_else(|_| item.clone(), |id| self.id(id));
                items.iter().map(item).collect::<Vec<_>>().join(", ")
            }
            other => other.plain(),
        };
        short(&text)
    }

    fn fields(&self, fields: &Fields) -> String {
        let program = ["created_at", "created_by", "updated_at", "updated_by"];
        let told =
            fields.iter().filter(|(name, value)| !program.contains(&name.as_str()) && !value.is_null());
        told.map(|(name, value)| format!("{name} = {}", self.value(value))).collect::<Vec<_>>().join("; ")
    }
}

/// The characters of a token that leads to a record; it is signed with the key of the day.
const TOKEN_CHARS: usize = 42;

/// The text with the same word in the place of every token.
fn masked(text: &str) -> String {
    let is_token = |word: &str| {
        word.len() == TOKEN_CHARS && word.chars().all(|c| c.is_ascii_lowercase() || ('2'..='7').contains(&c))
    };
    let mut out = String::new();
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let rest = piece.get(word.len()..).unwrap_or_default();
        out.push_str(if is_token(word) { "‹token›" } else { word });
        out.push_str(rest);
    }
    out
}

fn short(text: &str) -> String {
    let line = masked(text).replace('\n', " ⏎ ");
    if line.chars().count() <= REPLAY_VALUE_CHARS {
        return line;
    }
    // The end counts, too: two long texts are the same only where their lengths are.
    let cut: String = line.chars().take(REPLAY_VALUE_CHARS).collect();
    format!("{cut}… ({} characters)", line.chars().count())
}

impl Decision {
    fn add(&mut self, aspect: &'static str, line: impl Into<String>) {
        self.0.entry(aspect).or_default().push(line.into());
    }

    fn outcome(&mut self, state: EmailState, why: Option<&Why>) {
        let code = why.map(|why| format!(" ({})", why.code)).unwrap_or_default();
        self.add("outcome", format!("{state}{code}"));
    }

    /// Actions that ran or failed; those that were skipped are those of every other mail, too.
    fn actions(&mut self, trace: &Trace) {
        for step in &trace.steps {
            if let Step::Considered { kind, name, outcome, because, .. } = step
                && kind == "action"
                && outcome != "skipped"
            {
                let code = because.as_ref().map(|why| format!(" ({})", why.code)).unwrap_or_default();
                self.add("actions", format!("{name}: {outcome}{code}"));
            }
        }
    }

    fn change(&mut self, names: &Names<'_>, operation: &str, key: &RecordKey, fields: &Fields) {
        let values = names.fields(fields);
        let rest =
            if operation == "delete" || values.is_empty() { String::new() } else { format!(": {values}") };
        self.add("changes", format!("{operation} {} {}{rest}", key.table, names.key(key)));
    }

    fn note(
        &mut self,
        names: &Names<'_>,
        record: &RecordKey,
        kind: ActivityKind,
        text: &str,
        mark: Option<&str>,
    ) {
        // That fields changed is said by the changes, and that the mail is there by its record.
        if matches!(kind, ActivityKind::Change | ActivityKind::Mail) {
            return;
        }
        let mark = mark.map(|mark| format!(" ({mark})")).unwrap_or_default();
        self.add("feed", format!("{kind} on {}{mark}: {}", names.key(record), short(text)));
    }

    fn file(&mut self, names: &Names<'_>, name: &str, record: Option<&RecordKey>, left_out: Option<&Why>) {
        let place = match (record, left_out) {
            (Some(record), None) => format!("on {}", names.key(record)),
            (_, Some(why)) => format!("stays on the mail ({})", why.code),
            (None, None) => "stays on the mail".to_owned(),
        };
        self.add("files", format!("{name}: {place}"));
    }

    fn answer(&mut self, to: &[String], subject: &str, rule: &str, text: &str) {
        self.add(
            "answers",
            format!("to {}: \"{subject}\" by {rule}: {}", to.join(", "), short(text.trim_end())),
        );
    }

    /// What a plan would do.
    pub(super) fn planned(plan: &Plan, names: &Names<'_>) -> Self {
        let mut decision = Self::default();
        if let Unit::Arrival { state, why, .. } = &plan.unit {
            decision.outcome(*state, why.as_ref());
        }
        if let Some(mail) = &plan.incoming {
            decision.add("class", mail.class.to_string());
            decision.add("sender", format!("{}, {}", names.user(mail.sender), mail.authenticity));
            decision
                .add("record", mail.record.as_ref().map_or_else(|| "none".to_owned(), |key| names.key(key)));
        }
        decision.actions(&plan.trace);
        for operation in &plan.records {
            let (word, fields) = match operation {
                RecordOp::Insert { fields, .. } => ("insert", fields),
                RecordOp::Update { new, .. } => ("update", new),
                RecordOp::Delete { old, .. } => ("delete", old),
            };
            decision.change(names, word, operation.key(), fields);
        }
        let mail = plan.incoming.as_ref().map(|mail| mail.id);
        for one in plan.activities.iter().filter(|one| one.email.is_some() && one.email == mail) {
            decision.note(names, &one.record, one.kind, &one.text, one.mark.as_deref());
        }
        for file in plan.attachments.iter().filter(|file| file.email.is_some() && file.email == mail) {
            decision.file(names, &file.file_name, file.record.as_ref(), file.left_out.as_ref());
        }
        for email in &plan.outgoing {
            let to: Vec<String> = email.deliveries.iter().map(|one| one.address.clone()).collect();
            decision.answer(&to, &email.subject, &email.rule, &email.text);
        }
        decision.sorted()
    }

    /// What was done, as it is stored.
    pub(super) fn stored(
        store: &Store,
        mail: &DecidedMail,
        stored: &Stored,
        names: &Names<'_>,
    ) -> Result<Self, AppError> {
        let mut decision = Self::default();
        let detail = &stored.mail;
        decision.outcome(detail.row.state, detail.row.why.as_ref());
        decision.add("class", detail.row.class.map_or_else(|| "none".to_owned(), |class| class.to_string()));
        let authenticity = detail.authenticity.map(|one| one.to_string()).unwrap_or_default();
        decision.add("sender", format!("{}, {authenticity}", names.user(detail.sender)));
        let record = detail.row.record.as_ref();
        decision.add("record", record.map_or_else(|| "none".to_owned(), |key| names.key(key)));
        stored.traces.iter().for_each(|trace| decision.actions(trace));
        for change in &stored.changes {
            let fields = if change.operation == "delete" { &change.old } else { &change.new };
            decision.change(names, &change.operation, &change.record, fields);
        }
        let mut records: Vec<Id> = detail.links.iter().map(|link| link.record.id).collect();
        records.extend(stored.changes.iter().map(|change| change.record.id));
        records.sort();
        records.dedup();
        for record in records {
            for note in store.notes_of_mail(mail.email, record, mail.received_at)? {
                decision.note(names, &note.record, note.kind, &note.text, note.mark.as_deref());
            }
        }
        for file in &detail.attachments {
            let name = file.file_name.as_deref().unwrap_or_default();
            decision.file(names, name, file.record.as_ref(), file.left_out.as_ref());
        }
        for answer in &stored.answers {
            let to: Vec<String> = answer.deliveries.iter().map(|one| one.address.clone()).collect();
            let (subject, rule) = (answer.row.subject.as_deref(), answer.row.rule.as_deref());
            let text = answer.text.as_deref().unwrap_or_default();
            decision.answer(&to, subject.unwrap_or_default(), rule.unwrap_or_default(), text);
        }
        Ok(decision.sorted())
    }

    /// What has no order of its own gets one.
    fn sorted(mut self) -> Self {
        for aspect in ["changes", "feed", "files", "answers"] {
            self.0.entry(aspect).or_default().sort();
        }
        self
    }

    /// Where two decisions differ, each with the lines that only one of them has.
    pub(super) fn differences(&self, now: &Self) -> Vec<Difference> {
        let nothing = Vec::new();
        let differing = |aspect: &&'static str| {
            let before = self.0.get(aspect).unwrap_or(&nothing);
            let now = now.0.get(aspect).unwrap_or(&nothing);
            let only = |these: &[String], others: &[String]| {
                these.iter().filter(|line| !others.contains(line)).cloned().collect::<Vec<_>>()
            };
            let (mut gone, mut new) = (only(before, now), only(now, before));
            if before != now && gone.is_empty() && new.is_empty() {
                // The same lines in another order, or another number of them.
                (gone, new) = (before.clone(), now.clone());
            }
            (before != now).then(|| Difference { what: (*aspect).to_owned(), before: gone, now: new })
        };
        ASPECTS.iter().filter_map(differing).collect()
    }
}

/// What is stored of a decision.
pub(super) struct Stored {
    pub(super) mail: EmailDetail,
    pub(super) answers: Vec<EmailDetail>,
    pub(super) traces: Vec<Trace>,
    pub(super) changes: Vec<rejoinder_store::ChangeRow>,
}

impl Stored {
    /// Reads it; `None` where the mail is gone.
    pub(super) fn read(store: &Store, mail: &DecidedMail) -> Result<Option<Self>, AppError> {
        let Some(detail) = store.email(mail.email)? else { return Ok(None) };
        let caused = store.emails_caused_by(mail.arrival)?;
        let answers = caused.into_iter().filter(|email| email.row.direction == Direction::Outgoing).collect();
        let traces = store.traces(mail.arrival)?;
        let changes = store.changes_caused_by(mail.arrival, mail.received_at)?;
        Ok(Some(Self { mail: detail, answers, traces, changes }))
    }

    /// The records that the decision made.
    pub(super) fn made(&self) -> BTreeMap<Id, Record> {
        let inserts = self.changes.iter().filter(|change| change.operation == "insert");
        let record = |change: &rejoinder_store::ChangeRow| Record {
            table: change.record.table.clone(),
            id: change.record.id,
            version: 1,
            fields: change.new.clone(),
        };
        inserts.map(|change| (change.record.id, record(change))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(lines: &[(&'static str, &str)]) -> Decision {
        let mut decision = Decision::default();
        lines.iter().for_each(|(aspect, line)| decision.add(aspect, *line));
        decision.sorted()
    }

    #[test]
    fn only_the_lines_that_one_side_has_are_told() {
        let was = decision(&[("class", "new"), ("actions", "A: ran"), ("actions", "B: ran"), ("feed", "x")]);
        let now = decision(&[("class", "new"), ("actions", "B: ran"), ("answers", "y"), ("feed", "x")]);
        let told: Vec<(String, Vec<String>, Vec<String>)> =
            was.differences(&now).into_iter().map(|one| (one.what, one.before, one.now)).collect();
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                ("actions".to_owned(), lines(&["A: ran"]), vec![]),
                ("answers".to_owned(), vec![], lines(&["y"]))
            ]
        );
        assert_eq!(was.differences(&was), []);
    }

    #[test]
    fn another_order_of_actions_is_a_difference_and_of_changes_none() {
        let (one, other) = (("actions", "A: ran"), ("actions", "B: ran"));
        assert_eq!(decision(&[one, other]).differences(&decision(&[other, one]))[0].before.len(), 2);
        let (one, other) = (("changes", "a"), ("changes", "b"));
        assert_eq!(decision(&[one, other]).differences(&decision(&[other, one])), []);
    }

    #[test]
    fn tokens_of_two_keys_are_the_same_word_and_long_texts_differ_by_their_length() {
        let token = |c: char| format!("Ref: rj.{}\n", c.to_string().repeat(TOKEN_CHARS));
        assert_eq!(short(&token('a')), short(&token('b')));
        assert_eq!(short(&token('a')), "Ref: rj.‹token› ⏎ ");
        assert!(short(&"a".repeat(TOKEN_CHARS + 1)).starts_with("aaa"));
        let long = |more: usize| short(&"x".repeat(REPLAY_VALUE_CHARS + more));
        assert_eq!(long(0).len(), REPLAY_VALUE_CHARS);
        assert_ne!(long(1), long(2));
    }
}
