//! Lines of an installation's own that end the new text of an answer, beside the program's.

use super::REPLY_SEPARATORS;
use crate::limits::{REPLY_SEPARATOR_CHARS_MAX, REPLY_SEPARATOR_CHARS_MIN, REPLY_SEPARATORS_MAX};

/// The separators of a setting, one a line. What could not be saved has no effect.
pub(super) fn read(value: &str) -> Vec<String> {
    let fitting = lines(value).filter(|line| line_fault(line).is_none());
    fitting.take(REPLY_SEPARATORS_MAX).map(str::to_owned).collect()
}

fn lines(value: &str) -> impl Iterator<Item = &str> {
    value.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// What is wrong with the value; `None` where nothing is, or the setting is another one's.
pub(super) fn fault(name: &str, value: &str) -> Option<String> {
    if name != REPLY_SEPARATORS {
        return None;
    }
    if lines(value).count() > REPLY_SEPARATORS_MAX {
        return Some(format!(
            "at most {REPLY_SEPARATORS_MAX} lines; every line of every mail is held against each"
        ));
    }
    lines(value).find_map(line_fault)
}

fn line_fault(line: &str) -> Option<String> {
    // As they are compared: spaces as one each.
    let chars = line.split_whitespace().collect::<Vec<_>>().join(" ").chars().count();
    let (least, most) = (REPLY_SEPARATOR_CHARS_MIN, REPLY_SEPARATOR_CHARS_MAX);
    let short: String = line.chars().take(40).collect();
    (!(least..=most).contains(&chars)).then(|| {
        format!(
            "`{short}`: a separator has {least} to {most} characters; a shorter one would cut ordinary text"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_lines_of_some_characters_and_of_a_number() {
        let of = |chars: usize| "x".repeat(chars);
        let fits = |value: &str| fault(REPLY_SEPARATORS, value).is_none();
        assert!(fits(&of(REPLY_SEPARATOR_CHARS_MIN)) && fits(&of(REPLY_SEPARATOR_CHARS_MAX)) && fits(" \n"));
        assert!(!fits(&of(REPLY_SEPARATOR_CHARS_MIN - 1)) && !fits(&of(REPLY_SEPARATOR_CHARS_MAX + 1)));
        let many = |count: usize| "-- ниже цитата --\n".repeat(count);
        assert!(fits(&many(REPLY_SEPARATORS_MAX)) && !fits(&many(REPLY_SEPARATORS_MAX + 1)));
        assert_eq!(read(&many(REPLY_SEPARATORS_MAX + 1)).len(), REPLY_SEPARATORS_MAX);
        assert_eq!(read("##\n ## Above ## \n"), ["## Above ##"]);
        assert_eq!(fault("another", "x"), None);
    }
}
