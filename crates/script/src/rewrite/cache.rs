//! Sources that were rewritten lately: parsing one takes longer than running it. A source is always
//! rewritten to the same text, so that nobody can tell whether it was remembered.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Rewritten, Unreadable, rewrite};
use crate::limits::{MAX_REWRITTEN, MAX_REWRITTEN_BYTES};

struct Known {
    source: String,
    rewritten: Result<Option<Rc<Rewritten>>, Unreadable>,
}

thread_local! {
    /// The latest first.
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// The source rewritten; see [`rewrite`].
pub(crate) fn rewritten(source: &str) -> Result<Option<Rc<Rewritten>>, Unreadable> {
    KNOWN.with_borrow_mut(|known| {
        if let Some(place) = known.iter().position(|one| one.source == source) {
            if let Some(latest) = known.get_mut(..=place) {
                latest.rotate_right(1);
            }
            return known.first().map_or(Ok(None), |one| one.rewritten.clone());
        }
        let rewritten = rewrite(source).map(|done| done.map(Rc::new));
        if source.len() <= MAX_REWRITTEN_BYTES {
            known.insert(0, Known { source: source.to_owned(), rewritten: rewritten.clone() });
            known.truncate(MAX_REWRITTEN);
        }
        rewritten
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered() -> usize {
        KNOWN.with_borrow(Vec::len)
    }

    #[test]
    fn a_source_is_rewritten_to_the_same_text_whether_it_is_remembered_or_not() {
        for number in 0..MAX_REWRITTEN * 2 {
            let source = format!("if (a == {number}) b()");
            let text = || rewritten(&source).map(|done| done.map(|done| done.text.clone()));
            let first = text();
            assert_eq!(first, rewrite(&source).map(|done| done.map(|done| done.text)));
            assert_eq!(first, text());
        }
        assert_eq!(remembered(), MAX_REWRITTEN);
    }

    #[test]
    fn a_large_source_is_not_remembered() {
        let before = remembered();
        let source = format!("if (a) b();{}", " ".repeat(MAX_REWRITTEN_BYTES));
        assert!(rewritten(&source).is_ok_and(|done| done.is_some()));
        assert_eq!(remembered(), before);
    }
}
