//! What one run of a script may use, as the settings say.

use rejoinder_script::Limits;

use super::Settings;

/// Milliseconds that one script may take.
pub const TIME_MS: &str = "script.time_ms";
/// Bytes that one script may hold.
pub const MEMORY_BYTES: &str = "script.memory_bytes";
/// Bytes of stack of one script, which bounds the depth of its calls.
pub const STACK_BYTES: &str = "script.stack_bytes";
/// Reads of one script.
pub const QUERIES: &str = "script.queries";
/// Rows that the reads of one script return.
pub const ROWS: &str = "script.rows";
/// Changes and events of one script.
pub const EFFECTS: &str = "script.effects";

/// The least that a setting may be, and the most.
fn bounds(name: &str) -> Option<(u64, u64)> {
    let bytes = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
    Some(match name {
        TIME_MS => (1, Limits::MAX_TIME_MS),
        MEMORY_BYTES => (bytes(Limits::MIN_MEMORY_BYTES), bytes(Limits::MAX_MEMORY_BYTES)),
        STACK_BYTES => (bytes(Limits::MIN_STACK_BYTES), bytes(Limits::MAX_STACK_BYTES)),
        QUERIES => (0, Limits::MAX_QUERIES.into()),
        ROWS => (0, Limits::MAX_ROWS.into()),
        EFFECTS => (0, Limits::MAX_EFFECTS.into()),
        _ => return None,
    })
}

/// What is wrong with the value of a setting of scripts; `None` where nothing is, or the setting is another one's.
pub(super) fn fault(name: &str, value: &str) -> Option<String> {
    let (least, most) = bounds(name)?;
    let number = value.trim().parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    (number.is_none() && !value.trim().is_empty())
        .then(|| format!("a whole number from {least} to {most} is wanted, not `{value}`"))
}

impl Settings {
    /// What one run of a script may use. A value that is none, or beyond the hard maximum, has no effect.
    pub fn script_limits(&self) -> Limits {
        let number = |name: &str, usual: u64| {
            let stored = self.get(name).and_then(|text| text.trim().parse::<u64>().ok());
            let (least, most) = bounds(name).unwrap_or((0, u64::MAX));
            stored.filter(|number| (least..=most).contains(number)).unwrap_or(usual)
        };
        let usual = Limits::default();
        let small = |name: &str, usual: u32| u32::try_from(number(name, usual.into())).unwrap_or(usual);
        let size = |name: &str, usual: usize| {
            usize::try_from(number(name, u64::try_from(usual).unwrap_or(u64::MAX))).unwrap_or(usual)
        };
        Limits {
            time_ms: number(TIME_MS, usual.time_ms),
            memory_bytes: size(MEMORY_BYTES, usual.memory_bytes),
            stack_bytes: size(STACK_BYTES, usual.stack_bytes),
            queries: small(QUERIES, usual.queries),
            rows: small(ROWS, usual.rows),
            effects: small(EFFECTS, usual.effects),
            ..usual
        }
    }

    /// What is wrong with the settings of scripts, each with its name.
    pub fn script_faults(&self) -> Vec<(String, String)> {
        let names = [TIME_MS, MEMORY_BYTES, STACK_BYTES, QUERIES, ROWS, EFFECTS];
        let faults = names.into_iter().filter_map(|name| Some((name, fault(name, self.get(name)?)?)));
        faults.map(|(name, fault)| (name.to_owned(), fault)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(name: &str, value: &str) -> Limits {
        Settings::new([(name.to_owned(), value.to_owned())].into()).script_limits()
    }

    #[test]
    fn each_limit_of_scripts_is_set_up_to_its_hard_maximum_and_refused_beyond() {
        let usual = Limits::default();
        assert_eq!(Settings::default().script_limits(), usual);
        assert_eq!(limits(TIME_MS, "30000").time_ms, Limits::MAX_TIME_MS);
        assert_eq!(limits(TIME_MS, "30001").time_ms, usual.time_ms);
        assert_eq!(limits(MEMORY_BYTES, "1048576").memory_bytes, Limits::MIN_MEMORY_BYTES);
        assert_eq!(limits(MEMORY_BYTES, "1048575").memory_bytes, usual.memory_bytes);
        assert_eq!(limits(STACK_BYTES, "524288").stack_bytes, Limits::MAX_STACK_BYTES);
        assert_eq!(limits(STACK_BYTES, "x").stack_bytes, usual.stack_bytes);
        assert_eq!(limits(QUERIES, "10000").queries, Limits::MAX_QUERIES);
        assert_eq!(limits(QUERIES, "10001").queries, usual.queries);
        assert_eq!(limits(ROWS, "100000").rows, Limits::MAX_ROWS);
        assert_eq!(limits(ROWS, "100001").rows, usual.rows);
        assert_eq!(limits(EFFECTS, "10000").effects, Limits::MAX_EFFECTS);
        assert_eq!(limits(EFFECTS, "10001").effects, usual.effects);
    }

    #[test]
    fn a_bad_value_is_told_with_its_setting() {
        let settings = Settings::new([(ROWS.to_owned(), "many".to_owned())].into());
        let faults = settings.script_faults();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].0, ROWS);
        assert!(faults[0].1.contains("from 0 to 100000"), "{}", faults[0].1);
        assert_eq!(fault("rejoinder.time_zone", "x"), None);
    }
}
