//! Message-IDs (RFC 5322, 3.6.4) in the fields that carry them.

use crate::limits::{MAX_MESSAGE_ID_BYTES, MAX_REFERENCES};

/// The ids of a field in order, without angle brackets, each once.
///
/// Text without any brackets is split at spaces and commas, as some clients write it; beside bracketed ids,
/// other words (`Your message of …`) are no ids.
pub(crate) fn parse_list(value: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut keep = |id: String| {
        if !id.is_empty() && id.len() <= MAX_MESSAGE_ID_BYTES && seen.insert(id.clone()) {
            ids.push(id);
        }
    };
    if value.contains('<') {
        for piece in value.split('<').skip(1) {
            keep(clean(piece.split('>').next().unwrap_or_default()));
        }
    } else {
        for word in value.split([' ', ',', '\t']).filter(|word| word.contains('@')) {
            keep(clean(word));
        }
    }
    ids
}

/// The id of a `Message-ID` field: the first bracketed one, else the whole value if it is one word.
pub(crate) fn parse_one(value: &str) -> Option<String> {
    let first = parse_list(value).into_iter().next();
    first.or_else(|| {
        let id = clean(value.trim().trim_matches(['<', '>']));
        let one_word = !id.is_empty() && id.len() <= MAX_MESSAGE_ID_BYTES && !value.trim().contains(' ');
        one_word.then_some(id)
    })
}

/// Whether the field has the form `<left@right>` and nothing else.
pub(crate) fn is_well_formed(value: &str) -> bool {
    value
        .trim()
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .and_then(|id| id.split_once('@'))
        .is_some_and(|(left, right)| {
            !left.is_empty()
                && !right.is_empty()
                && !value.trim().contains([' ', '\t'])
                && !right.contains(['<', '>', '@'])
        })
}

fn clean(id: &str) -> String {
    id.chars()
        .filter(|character| !character.is_whitespace() && !character.is_control() && *character != '\u{fffd}')
        .collect()
}

/// The first id and the newest ones, [`MAX_REFERENCES`] in all; true when the middle was left out.
pub(crate) fn bounded(mut ids: Vec<String>) -> (Vec<String>, bool) {
    let excess = ids.len().saturating_sub(MAX_REFERENCES);
    if excess > 0 {
        ids.drain(1..=excess);
    }
    (ids, excess > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_order_and_once() {
        assert_eq!(parse_list("<a@x> <b@x>\t<a@x>"), ["a@x", "b@x"]);
        assert_eq!(parse_list("Your message of Monday <a@x>"), ["a@x"]);
        assert_eq!(parse_list("a@x, b@x"), ["a@x", "b@x"]);
        assert_eq!(parse_list("Monday's mail"), Vec::<String>::new());
        assert_eq!(parse_list("<broken @x> <b@x"), ["broken@x", "b@x"]);
    }

    #[test]
    fn one_id_may_lack_its_form() {
        assert_eq!(parse_one("<a@x>").as_deref(), Some("a@x"));
        assert_eq!(parse_one("12345").as_deref(), Some("12345"));
        assert_eq!(parse_one("no id at all"), None);
        assert_eq!(parse_one("<>"), None);
        assert!(
            is_well_formed(" <a@x> ")
                && !is_well_formed("a@x")
                && !is_well_formed("<a>")
                && !is_well_formed("<a@x> <b@x>")
        );
    }

    #[test]
    fn at_the_limits() {
        let ids: Vec<String> = (0..=MAX_REFERENCES).map(|number| format!("{number}@x")).collect();
        let (kept, cut) = bounded(ids.get(1..).unwrap().to_vec());
        assert_eq!((kept.len(), cut), (MAX_REFERENCES, false));
        let (kept, cut) = bounded(ids);
        assert_eq!((kept.len(), cut), (MAX_REFERENCES, true));
        assert_eq!((kept[0].as_str(), kept[1].as_str()), ("0@x", "2@x"));
        assert_eq!(parse_list(&format!("<{}>", "a".repeat(MAX_MESSAGE_ID_BYTES))).len(), 1);
        assert_eq!(parse_list(&format!("<{}>", "a".repeat(MAX_MESSAGE_ID_BYTES + 1))).len(), 0);
    }
}
