//! The nearest existing name to one that does not exist, for messages. Only names, no meaning.

/// Names further away than this many edits are no help and are not offered.
const MAX_EDITS: usize = 3;
/// Longer names are not compared: the table of edits is quadratic in their length.
const MAX_NAME_CHARS: usize = 64;

/// The candidate with the fewest edits, without regard to case, at most [`MAX_EDITS`] and fewer than
/// half of the name. A candidate that the name begins or ends with is near, too: `addQuery` for
/// `addEncodedQuery` is no typing error, but it is what there is.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().take(MAX_NAME_CHARS).flat_map(char::to_lowercase).collect();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let there: Vec<char> =
                candidate.chars().take(MAX_NAME_CHARS).flat_map(char::to_lowercase).collect();
            let edits = edits(&wanted, &there);
            let close = edits <= MAX_EDITS && edits * 2 < wanted.len().max(2);
            let rank = match (close, shared_ends(&wanted, &there)) {
                (true, _) => (0, edits),
                (false, shared) if shared == there.len() && shared > 3 => (1, wanted.len() - shared),
                _ => return None,
            };
            Some((rank, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many characters the two have in common at the start and the end together.
fn shared_ends(a: &[char], b: &[char]) -> usize {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let room = a.len().min(b.len()) - start;
    start + a.iter().rev().zip(b.iter().rev()).take(room).take_while(|(x, y)| x == y).count()
}

/// Levenshtein distance, one row at a time.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let cost = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, cost);
            left = cost;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["addQuery", "addOrCondition", "getValue", "update", "insert"];

    #[test]
    fn typing_errors_and_other_cases_find_the_name() {
        for (typed, meant) in [
            ("addquery", "addQuery"),
            ("getvalue", "getValue"),
            ("udpate", "update"),
            ("getVale", "getValue"),
            ("addEncodedQuery", "addQuery"),
            ("updateMultiple", "update"),
        ] {
            assert_eq!(nearest(typed, NAMES), Some(meant), "{typed}");
        }
    }

    #[test]
    fn what_is_too_far_is_not_offered() {
        assert_eq!(nearest("silentMode", NAMES), None);
        assert_eq!(nearest("x", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
    }

    #[test]
    fn three_edits_are_near_and_four_are_not() {
        assert_eq!(nearest("abcdefghi---", ["abcdefghixyz"]), Some("abcdefghixyz"));
        assert_eq!(nearest("abcdefgh----", ["abcdefghwxyz"]), None);
    }
}
