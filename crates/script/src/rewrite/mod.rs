//! Rewrites scripts of ServiceNow's vocabulary so that elements compare and test by value: an object is
//! always true in JavaScript and equals nothing but itself, and no object can change that. Equality and
//! tests of what could be an element are put into calls of helpers; `===`, `switch` and `typeof` stay as
//! they are, arithmetic and order go by the element's own conversion.
//!
//! A pure function of the source. Lines stay lines, and columns are found again by the list of edits.

mod cache;
mod edits;
mod syntax;

pub(crate) use cache::rewritten;
pub(crate) use edits::{Edit, original_column};

use edits::Edits;

/// Equality of two values, one of which may be an element.
pub(crate) const EQUAL: &str = "__rj4Qz7e";
/// Its opposite.
pub(crate) const UNEQUAL: &str = "__rj4Qz7n";
/// Whether a value counts as true.
pub(crate) const TRUE: &str = "__rj4Qz7t";
/// The same; a value that does not is kept for [`KEPT`].
pub(crate) const TRUE_OR_KEEP: &str = "__rj4Qz7k";
/// The value that the last [`TRUE_OR_KEEP`] found false.
pub(crate) const KEPT: &str = "__rj4Qz7l";
/// A value that counts as true as it is, any other as a plain false value.
pub(crate) const OR_FALSE: &str = "__rj4Qz7o";
/// The values of an object or list, one after the other.
pub(crate) const VALUES: &str = "__rj4Qz7v";
/// How all helpers begin: a source that has this is left as it is.
const PREFIX: &str = "__rj4Qz7";

/// A source as it is evaluated, and what was changed in it.
pub(crate) struct Rewritten {
    /// The text.
    pub(crate) text: String,
    /// The changes, in the order of their places.
    pub(crate) edits: Vec<Edit>,
}

/// A source that does not parse. What is wrong with it QuickJS tells better; should it find nothing, the script
/// runs as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The source rewritten; `None` where nothing needs it.
pub(crate) fn rewrite(source: &str) -> Result<Option<Rewritten>, Unreadable> {
    if source.contains(PREFIX) || !may_need(source) {
        return Ok(None);
    }
    let mut edits = Edits::default();
    let parsable = syntax::without_each(source);
    syntax::collect(source, &parsable, &mut edits).ok_or(Unreadable)?;
    Ok(edits.apply(source))
}

/// Whether the source has anything at all that could be rewritten.
fn may_need(source: &str) -> bool {
    ["==", "!", "if", "?", "&&", "||", "while", "for"].iter().any(|sign| source.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rewritten source with short names.
    fn rewritten(source: &str) -> String {
        let text = rewrite(source).ok().flatten().map_or_else(|| source.to_owned(), |done| done.text);
        text.replace(PREFIX, "$")
    }

    #[test]
    fn equality_becomes_a_call_unless_both_sides_are_plain() {
        for (source, wanted) in [
            ("a == b", "$e(a , b)"),
            ("a != 'x'", "$n(a , 'x')"),
            ("a == b == c", "$e($e(a , b) , c)"),
            ("a === b; a !== b", "a === b; a !== b"),
            ("typeof a == 'undefined'", "typeof a == 'undefined'"),
            ("1 == 2", "1 == 2"),
            ("return'x'==a", "return $e('x',a)"),
            ("a == // why\n b", "$e(a , // why\n b)"),
        ] {
            assert_eq!(rewritten(source), wanted, "{source}");
        }
    }

    #[test]
    fn tests_become_calls() {
        for (source, wanted) in [
            ("if (a) b()", "if ($t(a)) b()"),
            ("if (a && !b || c.d) {}", "if ($t(a) && !$t(b) || $t(c.d)) {}"),
            ("while (gr.next()) {}", "while (gr.next()) {}"),
            ("for (; a; ) {}", "for (; $t(a); ) {}"),
            ("for (;;) a", "for (;;) a"),
            ("do {} while (a.b)", "do {} while ($t(a.b))"),
            ("x = a ? b : c", "x = $t(a) ? b : c"),
            ("if (a > 1) {}", "if (a > 1) {}"),
            ("if (a, b) {}", "if (a, $t(b)) {}"),
            ("if (a = b) {}", "if ($t(a = b)) {}"),
            ("!!a", "!!$t(a)"),
        ] {
            assert_eq!(rewritten(source), wanted, "{source}");
        }
    }

    #[test]
    fn the_operand_itself_is_given_back() {
        for (source, wanted) in [
            ("x = a || b", "x = $o(a) || b"),
            ("x = a && b", "x = ($k(a) ? b:$l())"),
            ("x = 1 && b", "x = 1 && b"),
            ("x = 1\na && b()", "x = 1\n$t(a) && b()"),
            ("f(a && b || c)", "f($o(($k(a) ? b:$l())) || c)"),
        ] {
            assert_eq!(rewritten(source), wanted, "{source}");
        }
    }

    #[test]
    fn each_walks_over_values() {
        assert_eq!(
            rewritten("for each (var x in list) { if (x) y() }"),
            "for      (var x of $v(list)) { if ($t(x)) y() }"
        );
        assert_eq!(rewritten("s = 'for each (x in y)'; if (a) b"), "s = 'for each (x in y)'; if ($t(a)) b");
    }

    #[test]
    fn what_does_not_parse_stays_as_it_is() {
        assert_eq!(rewrite("if (a { b == c").err(), Some(Unreadable));
    }

    #[test]
    fn what_names_a_helper_stays_as_it_is() {
        assert!(rewrite("if (a) __rj4Qz7e = 1").is_ok_and(|done| done.is_none()));
    }

    #[test]
    fn deep_nesting_does_no_harm() {
        let source = format!("if ({}a{}) b", "(".repeat(50_000), ")".repeat(50_000));
        assert!(rewrite(&source).is_ok_and(|done| done.is_some_and(|done| done.text.len() > source.len())));
        let sum = format!("x = {}a; if (x) y", "a + ".repeat(50_000));
        assert!(rewrite(&sum).is_ok_and(|done| done.is_some_and(|done| done.text.len() > sum.len())));
    }

    #[test]
    fn sources_that_are_no_programs_are_told_apart() {
        for part in [
            "( [ { ",
            "a b c ) ] } = == => , ; ' ",
            "`${",
            "<a ",
            "for each (x in y) ",
            "function ( { if ) else [ ",
        ] {
            let source = format!("if (a) {}", part.repeat(2_000));
            assert_eq!(rewrite(&source).err(), Some(Unreadable), "{part}");
        }
        for (start, end) in [("[", "]"), ("{a:", "}"), ("a ? ", ": 1"), ("f(", ")"), ("a && ", "")] {
            let source = format!("if (a) x = {}1{}", start.repeat(2_000), end.repeat(2_000));
            assert!(rewrite(&source).is_ok_and(|done| done.is_some()), "{start}");
        }
    }
}
