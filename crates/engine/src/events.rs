//! The names of events: which can occur, and what may be raised under them.
//!
//! Changes of records raise events of themselves (`incident.updated`), in every table with `events = true`; every other
//! name stands in the table `event_register`. Must not decide who hears of an event; the notification rules do.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::id::{Id, Seed};
use crate::limits::{
    EVENT_AHEAD_DAYS_MAX, EVENT_KEY_CHARS_MAX, EVENT_NAME_CHARS_MAX, EVENT_PARAM_CHARS_MAX, EVENT_PARAMS_MAX,
};
use crate::plan::{Attention, NewEvent, SameKey, Why};
use crate::record::{Record, RecordKey};
use crate::time::{DAY, Timestamp};

/// The table of the names. An event without a record of its own is about its entry here.
pub const EVENT_REGISTER: &str = "event_register";
/// What the program raises itself when records change.
pub const OPERATIONS: [&str; 3] = ["inserted", "updated", "deleted"];
/// Names further away than so many edits are no help and are not offered.
const NEAR_EDITS: usize = 4;

/// An entry of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its record.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The table of its records; `None` where it may be about any record, or none.
    pub table: Option<String>,
    /// What it means.
    pub description: String,
    /// What its parameters mean, the first one first.
    pub params: Vec<String>,
    /// Whether it may be raised.
    pub active: bool,
}

impl Registered {
    /// Reads an entry.
    pub fn read(row: &Record) -> Self {
        let place = |number| row.text(&format!("param_{number}")).to_owned();
        let mut params: Vec<String> = (1..=EVENT_PARAMS_MAX).map(place).collect();
        while params.last().is_some_and(String::is_empty) {
            params.pop();
        }
        Self {
            id: row.id,
            name: row.text("name").to_owned(),
            table: row.get("table").as_text().map(str::to_owned),
            description: row.text("description").to_owned(),
            params,
            active: row.get("active").is_true(),
        }
    }

    /// The entry as a record.
    pub fn key(&self) -> RecordKey {
        RecordKey { table: EVENT_REGISTER.to_owned(), id: self.id }
    }
}

/// An event to be raised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Raise {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<Option<String>>,
    /// When it is to be processed; now where nothing is said or the moment is over.
    pub at: Option<Timestamp>,
    /// What happens where one waits already under the same key.
    pub same: Option<SameKey>,
}

impl Raise {
    /// An event of this name, now, without parameters.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The moment for which it waits; `None` for one that is processed at once.
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        self.at.filter(|at| *at > now)
    }

    /// Refuses what is too much of anything.
    pub fn check(&self, now: Timestamp) -> Result<(), ChangeError> {
        let refuse = |rule: String| Err(fault(&self.name, "refused", rule, None));
        if !is_name(&self.name) {
            return refuse(NAME_RULE.to_owned());
        }
        if self.params.len() > EVENT_PARAMS_MAX {
            return refuse(format!("it has at most {EVENT_PARAMS_MAX} parameters"));
        }
        let too_long = |param: &String| param.chars().count() > EVENT_PARAM_CHARS_MAX;
        if let Some(place) = self.params.iter().position(|param| param.as_ref().is_some_and(too_long)) {
            return refuse(format!(
                "parameter {} has more than {EVENT_PARAM_CHARS_MAX} characters",
                place + 1
            ));
        }
        if self.at.is_some_and(|at| at > now.plus(EVENT_AHEAD_DAYS_MAX * DAY)) {
            return refuse(format!("it can wait for at most {EVENT_AHEAD_DAYS_MAX} days"));
        }
        let chars = self.same.as_ref().map(|same| same.key.chars().count());
        if chars.is_some_and(|chars| chars == 0 || chars > EVENT_KEY_CHARS_MAX) {
            return refuse(format!("its key has 1 to {EVENT_KEY_CHARS_MAX} characters"));
        }
        Ok(())
    }
}

const NAME_RULE: &str =
    "a name has 1 to 100 small letters, digits, `.`, `_` and `-`, such as `incident.reminder`";

fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.len() <= EVENT_NAME_CHARS_MAX && name.chars().all(fits)
}

fn fault(name: &str, code: &'static str, rule: String, hint: Option<String>) -> ChangeError {
    ChangeError::Event { name: name.chars().take(EVENT_NAME_CHARS_MAX).collect(), code, rule, hint }
}

/// Whether the program raises an event of this name by itself: `incident.updated`.
pub fn is_record_event(dictionary: &Dictionary, name: &str) -> bool {
    let Some((table, operation)) = name.rsplit_once('.') else { return false };
    OPERATIONS.contains(&operation) && dictionary.table(table).is_some_and(|info| info.table.events)
}

/// The names of the events that the program raises by itself, with their tables.
pub fn record_events(dictionary: &Dictionary) -> impl Iterator<Item = (String, &str)> {
    let tables = dictionary.tables().filter(|info| info.table.events);
    tables.flat_map(|info| {
        let table = info.table.name.as_str();
        OPERATIONS.iter().map(move |operation| (format!("{table}.{operation}"), table))
    })
}

/// The entry under which an event may be raised by hand on a record of `table`, or with none; else why not.
pub fn allowed<'a>(
    config: &'a Config,
    name: &str,
    table: Option<&str>,
) -> Result<&'a Registered, ChangeError> {
    if is_record_event(&config.dictionary, name) {
        let rule = "the program raises it by itself when a record changes; raise one of a name of its own";
        return Err(fault(name, "refused", rule.to_owned(), None));
    }
    let Some(entry) = config.events.get(name) else {
        let near = nearest(name, config.events.keys().map(String::as_str));
        let hint = near.map_or_else(
            || format!("make an entry of this name in `{EVENT_REGISTER}`"),
            |near| {
                format!("did you mean `{near}`? Otherwise make an entry of this name in `{EVENT_REGISTER}`")
            },
        );
        return Err(fault(name, "unknown_event", "no such event is registered".to_owned(), Some(hint)));
    };
    if !entry.active {
        let rule = format!("its entry in `{EVENT_REGISTER}` is switched off");
        return Err(fault(name, "refused", rule, None));
    }
    match (&entry.table, table) {
        (Some(wanted), Some(table)) if !config.dictionary.is_a(table, wanted) => {
            let rule = format!("it is about records of `{wanted}`, and this one is of `{table}`");
            Err(fault(name, "refused", rule, None))
        }
        (Some(wanted), None) => {
            let rule = format!("it is about a record of `{wanted}`: raise it on one");
            Err(fault(name, "refused", rule, None))
        }
        _ => Ok(entry),
    }
}

/// What a person is told once per name about an event that a script has raised and nobody could by hand; `None` where all
/// is well.
pub fn unregistered(config: &Config, event: &NewEvent) -> Option<Attention> {
    let table = Some(event.record.table.as_str()).filter(|table| *table != EVENT_REGISTER);
    let error = allowed(config, &event.name, table).err()?;
    let (code, hint) = match &error {
        ChangeError::Event { code: "unknown_event", hint, .. } => ("unregistered_event", hint.as_deref()),
        _ => ("odd_event", None),
    };
    let hint = hint.unwrap_or("mend the script or the entry");
    let text = format!("a script has raised {error}. It was raised all the same; {hint}");
    let id = Seed::new([0; 32]).id(&format!("{code}:{}", event.name), Timestamp::from_micros(0));
    Some(Attention { id, why: Why::new(code, text), subject: EVENT_REGISTER.to_owned(), subject_id: id })
}

/// Refuses an entry whose name cannot be one, or is taken by the program itself.
pub fn check(dictionary: &Dictionary, after: &Record) -> Result<(), ChangeError> {
    if after.table != EVENT_REGISTER {
        return Ok(());
    }
    let refuse = |field: &str, rule: String| {
        let (table, field) = (EVENT_REGISTER.to_owned(), field.to_owned());
        Err(ChangeError::Field { table, field, code: "bad_value", rule })
    };
    let name = after.text("name");
    if !is_name(name) {
        return refuse("name", NAME_RULE.to_owned());
    }
    if is_record_event(dictionary, name) {
        return refuse("name", "the program raises an event of this name by itself".to_owned());
    }
    match after.get("table").as_text() {
        Some(table) if dictionary.table(table).is_none() => {
            refuse("table", format!("there is no table `{table}`"))
        }
        _ => Ok(()),
    }
}

/// The registry by name.
pub fn registry<'a>(rows: impl Iterator<Item = &'a Record>) -> BTreeMap<String, Registered> {
    rows.map(Registered::read).map(|entry| (entry.name.clone(), entry)).collect()
}

/// The nearest of the names, where one is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().take(EVENT_NAME_CHARS_MAX).collect();
    let near = known.map(|known| (edits(&wanted, &known.chars().collect::<Vec<_>>()), known));
    near.filter(|(edits, _)| *edits <= NEAR_EDITS.min(wanted.len() / 2)).min().map(|(_, known)| known)
}

/// Levenshtein distance, one row at a time.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (place, left) in a.iter().enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        for (right, slot) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(left != right)).min(before + 1).min(*slot + 1);
            diagonal = *slot;
            *slot = here;
            before = here;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(change: impl FnOnce(&mut Raise)) -> Result<(), ChangeError> {
        let mut raise = Raise::named("incident.reminder");
        change(&mut raise);
        raise.check(Timestamp::from_micros(0))
    }

    #[test]
    fn each_limit_of_an_event_holds_at_its_edge() {
        let params = |count, chars: usize| vec![Some("x".repeat(chars)); count];
        assert!(raise(|one| one.params = params(EVENT_PARAMS_MAX, EVENT_PARAM_CHARS_MAX)).is_ok());
        assert!(raise(|one| one.params = params(EVENT_PARAMS_MAX + 1, 1)).is_err());
        assert!(raise(|one| one.params = params(1, EVENT_PARAM_CHARS_MAX + 1)).is_err());
        assert!(raise(|one| one.name = "n".repeat(EVENT_NAME_CHARS_MAX)).is_ok());
        assert!(raise(|one| one.name = "n".repeat(EVENT_NAME_CHARS_MAX + 1)).is_err());
        let same = |chars| Some(SameKey { key: "k".repeat(chars), replace: true });
        assert!(raise(|one| one.same = same(EVENT_KEY_CHARS_MAX)).is_ok());
        assert!(raise(|one| one.same = same(EVENT_KEY_CHARS_MAX + 1)).is_err());
        assert!(raise(|one| one.same = same(0)).is_err());
        let at = |micros| Some(Timestamp::from_micros(micros));
        assert!(raise(|one| one.at = at(EVENT_AHEAD_DAYS_MAX * DAY)).is_ok());
        assert!(raise(|one| one.at = at(EVENT_AHEAD_DAYS_MAX * DAY + 1)).is_err());
        assert!(NAME_RULE.contains(&EVENT_NAME_CHARS_MAX.to_string()));
    }

    #[test]
    fn a_moment_that_is_over_is_now() {
        let now = Timestamp::from_micros(5);
        let due = |at| Raise { at: Some(Timestamp::from_micros(at)), ..Raise::default() }.due(now);
        assert_eq!((due(4), due(5), due(6)), (None, None, Some(Timestamp::from_micros(6))));
    }

    #[test]
    fn the_nearest_name_is_offered_only_where_it_is_near() {
        let known = ["incident.reminder", "incident.escalated"];
        let near = |name: &str| nearest(name, known.into_iter());
        assert_eq!(near("incident.remindr"), Some("incident.reminder"));
        assert_eq!(near("incidnt.escalate"), Some("incident.escalated"));
        assert_eq!(near("change.approved"), None);
        assert_eq!(near("x"), None);
    }
}
