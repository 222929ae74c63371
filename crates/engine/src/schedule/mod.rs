//! Scheduled jobs: what raises an event or runs a script at set times, once or for each record that fulfils a condition.
//!
//! [`due`] decides what becomes of a time that has come (a run, or a skipped one), and [`run::decide`] what one step of
//! a run raises or runs. Must not read a clock.

pub mod cron;
mod due;
pub mod run;

use jiff::tz::TimeZone;

use crate::automation::vocabulary;
use crate::condition::source::{Source, resolve_path};
use crate::condition::{Clause, Condition, Operand, Operator, Step};
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::id::Id;
use crate::limits::EVENT_PARAMS_MAX;
use crate::record::Record;
use crate::script::Vocabulary;
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::value::{Kind, Value};

use cron::Cron;
pub use due::{Waiting, by_hand, due};

/// The table of the jobs.
pub const SCHEDULED_JOB: &str = "scheduled_job";

/// When a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

impl Schedule {
    /// Reads a cron expression and the name of a time zone; the error names the field.
    fn read(cron: &str, zone: &str) -> Result<Self, (&'static str, String)> {
        let cron = Cron::parse(cron).map_err(|rule| ("cron", rule))?;
        let zone = TimeZone::get(zone).map_err(|_| {
            ("time_zone", format!("there is no time zone `{zone}`: write one as `Europe/Berlin`"))
        })?;
        Ok(Self { cron, zone })
    }

    /// The first time after `after`; `None` where none ever comes.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        self.cron.next(after, &self.zone)
    }

    /// The first `count` times after `after`.
    pub fn times(&self, after: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next(after), |last| self.next(*last)).take(count).collect()
    }
}

/// What happens to runs that were missed while the program was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// They are made up for by one run.
    Once,
    /// They are left out.
    Skip,
}

/// The records that a job raises its event for.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// The table, with those that extend it.
    pub table: String,
    /// What they fulfil.
    pub condition: Condition,
    /// The field of a moment, and how long ago it must lie, in microseconds.
    pub older: Option<(Step, i64)>,
}

impl Targets {
    /// The condition at a moment.
    pub fn condition_at(&self, now: Timestamp) -> Condition {
        let Some((step, span)) = &self.older else { return self.condition.clone() };
        let operands = vec![Operand::Value(Value::Time(now.plus(-span)))];
        let older = Clause::new(vec![step.clone()], Operator::LessThan, operands);
        Condition::All(vec![self.condition.clone(), Condition::Clause(older)])
    }
}

/// A job, compiled. What cannot be read is kept with its error.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduledJob {
    /// Its identity.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Whether it runs by itself.
    pub active: bool,
    /// When its record was last written; `None` where nobody says.
    pub changed_at: Option<Timestamp>,
    /// When, or what is wrong with that.
    pub schedule: Result<Schedule, String>,
    /// The name of its time zone.
    pub time_zone: String,
    /// What decides when it runs, as one text: another text moves its next run.
    pub fingerprint: String,
    /// What happens to missed runs.
    pub missed: Missed,
    /// The event that it raises; empty for one that runs a script.
    pub event: String,
    /// The script that it runs; empty for one that raises an event.
    pub script: String,
    /// The names and classes that the script uses.
    pub vocabulary: Vocabulary,
    /// The version of its record, for what people are told.
    pub version: i64,
    /// The parameters of the event.
    pub params: Vec<Option<String>>,
    /// For which records; `None` for once, without a record. Or what is wrong with that.
    pub targets: Result<Option<Targets>, String>,
}

impl ScheduledJob {
    /// Reads a record of [`SCHEDULED_JOB`].
    pub fn read(row: &Record, dictionary: &Dictionary) -> Self {
        let (cron, zone) = (row.text("cron"), zone_of(row));
        let active = row.get("active").is_true();
        let items = row.get("event_params").items();
        Self {
            id: row.id,
            name: row.text("name").to_owned(),
            active,
            changed_at: if let Value::Time(at) = row.get("updated_at") { Some(*at) } else { None },
            schedule: Schedule::read(cron, zone).map_err(|(field, rule)| format!("{field}: {rule}")),
            time_zone: zone.to_owned(),
            fingerprint: format!("{cron}|{zone}|{active}"),
            missed: if row.text("missed") == "skip" { Missed::Skip } else { Missed::Once },
            event: row.text("event_name").to_owned(),
            script: row.text("script").to_owned(),
            vocabulary: vocabulary(row),
            version: row.version,
            params: items.iter().map(|item| Some(item.clone())).collect(),
            targets: targets(row, dictionary).map_err(|(field, rule)| format!("{field}: {rule}")),
        }
    }

    /// How it is called where it is the cause of something.
    pub fn label(&self) -> String {
        format!("job {}", self.name)
    }

    /// When it runs next by itself; `None` where it is switched off, cannot be read or never comes.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        self.schedule.as_ref().ok().filter(|_| self.active)?.next(after)
    }
}

fn zone_of(row: &Record) -> &str {
    Some(row.text("time_zone")).filter(|zone| !zone.is_empty()).unwrap_or("UTC")
}

type Fault = (&'static str, String);

fn targets(row: &Record, dictionary: &Dictionary) -> Result<Option<Targets>, Fault> {
    let (table, condition) = (row.text("table"), row.text("condition"));
    let (field, span) = (row.text("older_field"), row.text("older_than"));
    if table.is_empty() {
        let alone = [("condition", condition), ("older_field", field), ("older_than", span)];
        return match alone.into_iter().find(|(_, text)| !text.is_empty()) {
            Some((name, _)) => Err((name, "it needs a table, whose records it chooses".to_owned())),
            None => Ok(None),
        };
    }
    let info = dictionary.table(table).ok_or_else(|| ("table", format!("there is no table `{table}`")))?;
    let source = Source::parse(condition).map_err(|error| ("condition", error.to_string()))?;
    let condition = source.check(dictionary, table).map_err(|error| ("condition", error.to_string()))?;
    if let Some(clause) = condition.clauses().into_iter().find(|clause| clause.operator.looks_back()) {
        let word = clause.operator.word();
        return Err(("condition", format!("`{word}` looks back at a change, and a job sees none")));
    }
    let older = match (field, span) {
        ("", "") => None,
        ("", _) => return Err(("older_field", "name the field that holds the moment".to_owned())),
        (_, "") => return Err(("older_than", "say how long ago, such as `3d`".to_owned())),
        (field, span) => {
            let path =
                resolve_path(dictionary, info, field).map_err(|error| ("older_field", error.to_string()))?;
            let [step] = path.as_slice() else {
                return Err(("older_field", "a field of the table itself is wanted".to_owned()));
            };
            if step.kind != Kind::Datetime {
                return Err(("older_field", format!("`{field}` holds no moment")));
            }
            Some((step.clone(), read_span(span).map_err(|rule| ("older_than", rule))?))
        }
    };
    Ok(Some(Targets { table: table.to_owned(), condition, older }))
}

/// A span as people write it, in microseconds: `30m`, `12h`, `3d`.
fn read_span(text: &str) -> Result<i64, String> {
    let wrong =
        || format!("`{}` is no span: write `30m`, `12h` or `3d`", text.chars().take(20).collect::<String>());
    let unit = match text.chars().last() {
        Some('m') => MINUTE,
        Some('h') => HOUR,
        Some('d') => DAY,
        _ => return Err(wrong()),
    };
    let number = text.get(..text.len().saturating_sub(1)).and_then(|digits| digits.parse::<u32>().ok());
    let number = number.filter(|number| *number > 0).ok_or_else(wrong)?;
    i64::from(number).checked_mul(unit).ok_or_else(wrong)
}

/// Refuses a job that cannot be read, with what is wrong.
pub fn check(dictionary: &Dictionary, after: &Record) -> Result<(), ChangeError> {
    if after.table != SCHEDULED_JOB {
        return Ok(());
    }
    let refuse = |(field, rule): Fault| ChangeError::Field {
        table: SCHEDULED_JOB.to_owned(),
        field: field.to_owned(),
        code: "bad_value",
        rule,
    };
    Schedule::read(after.text("cron"), zone_of(after)).map_err(refuse)?;
    targets(after, dictionary).map_err(refuse)?;
    match (after.text("event_name"), after.text("script").trim()) {
        ("", "") => {
            let rule = "it does nothing: name an event to raise, or write a script".to_owned();
            return Err(refuse(("event_name", rule)));
        }
        (event, script) if !event.is_empty() && !script.is_empty() => {
            let rule = "it raises an event already: a job does one or the other".to_owned();
            return Err(refuse(("script", rule)));
        }
        _ => {}
    }
    if after.get("event_params").items().len() > EVENT_PARAMS_MAX {
        return Err(refuse(("event_params", format!("an event has at most {EVENT_PARAMS_MAX} parameters"))));
    }
    Ok(())
}
