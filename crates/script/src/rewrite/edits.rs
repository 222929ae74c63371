//! Edits of a source that keep its lines, and the way back from columns of the edited text.

use super::Rewritten;

/// A piece of a source that was replaced. Neither the piece nor what stands in its place has a line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Where, in bytes of the source.
    at: usize,
    /// Bytes of the source that it takes away.
    taken: usize,
    /// Bytes that it puts there.
    put: usize,
}

/// What of several edits at one place comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Ends, those of inner expressions first.
    Close,
    /// Replaced signs.
    Replace,
    /// Starts, those of outer expressions first.
    Open,
}

struct Planned {
    at: usize,
    rank: Rank,
    order: usize,
    taken: usize,
    text: &'static [&'static str],
}

/// Edits as they are found, in any order of their places; outer expressions before inner ones.
#[derive(Default)]
pub(super) struct Edits {
    planned: Vec<Planned>,
}

impl Edits {
    /// Text before an expression that starts here.
    pub(super) fn open(&mut self, at: usize, text: &'static [&'static str]) {
        let order = self.planned.len();
        self.planned.push(Planned { at, rank: Rank::Open, order, taken: 0, text });
    }

    /// Text after an expression that ends here.
    pub(super) fn close(&mut self, at: usize, text: &'static [&'static str]) {
        let order = usize::MAX - self.planned.len();
        self.planned.push(Planned { at, rank: Rank::Close, order, taken: 0, text });
    }

    /// Text in the place of a piece.
    pub(super) fn replace(&mut self, at: usize, taken: usize, text: &'static [&'static str]) {
        let order = self.planned.len();
        self.planned.push(Planned { at, rank: Rank::Replace, order, taken, text });
    }

    /// The edited source; `None` where nothing changes.
    pub(super) fn apply(mut self, source: &str) -> Option<Rewritten> {
        if self.planned.is_empty() {
            return None;
        }
        self.planned.sort_unstable_by_key(|one| (one.at, one.rank, one.order));
        let mut text = String::with_capacity(source.len() + self.planned.len() * 12);
        let mut edits = Vec::with_capacity(self.planned.len());
        let mut done = 0;
        for one in &self.planned {
            text.push_str(source.get(done..one.at)?);
            let before = text.len();
            // `return"x" == a`: the name of the helper must not become a part of the word.
            if one.rank == Rank::Open && text.ends_with(is_part_of_name) {
                text.push(' ');
            }
            one.text.iter().for_each(|part| text.push_str(part));
            edits.push(Edit { at: one.at, taken: one.taken, put: text.len() - before });
            done = one.at + one.taken;
        }
        text.push_str(source.get(done..)?);
        Some(Rewritten { text, edits })
    }
}

fn is_part_of_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == '$'
}

/// The column of the source, in bytes from 0, that a column of the edited text comes from. The line, which
/// is the same in both, starts at byte `start` of the source.
pub(crate) fn original_column(edits: &[Edit], start: usize, column: usize) -> usize {
    let first = edits.partition_point(|edit| edit.at < start);
    // How far the edited text is ahead of the source.
    let (mut put, mut taken) = (0, 0);
    for edit in edits.get(first..).unwrap_or_default() {
        let place = edit.at - start + put - taken;
        if column < place {
            break;
        }
        if column < place + edit.put {
            return edit.at - start;
        }
        put += edit.put;
        taken += edit.taken;
    }
    column + taken - put
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_behind_edits_are_those_of_the_source() {
        let mut edits = Edits::default();
        let source = "x;\nif (a) b == c";
        edits.open(7, &["T("]);
        edits.close(8, &[")"]);
        edits.open(10, &["E("]);
        edits.replace(12, 2, &[", "]);
        edits.close(16, &[")"]);
        let done =
            edits.apply(source).unwrap_or_else(|| Rewritten { text: String::new(), edits: Vec::new() });
        assert_eq!(done.text, "x;\nif (T(a)) E(b ,  c)");
        let column = |sign: &str| {
            let line = done.text.split('\n').next_back().unwrap_or_default();
            original_column(&done.edits, 3, line.find(sign).unwrap_or(usize::MAX))
        };
        assert_eq!([column("if"), column("a"), column("b"), column("c")], [0, 4, 7, 12]);
        assert_eq!(column("T("), 4);
        assert_eq!(column("E("), 7);
    }
}
