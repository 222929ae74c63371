//! The folded form of a text, by which texts are compared, searched and sorted on every database.
//!
//! NFKC and full Unicode case folding, in binary order: the databases' own functions differ, and one of them
//! knows only ASCII. What is stored beside a text as its shadow is exactly this.

use unicode_normalization::UnicodeNormalization;

/// The folded form of `text`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    caseless::default_case_fold_str(&text.nfkc().collect::<String>()).nfkc().collect()
}

/// `text` without what no database takes: NUL becomes U+FFFD (lone surrogates cannot occur in UTF-8).
pub fn clean(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_in_any_alphabet() {
        assert_eq!(fold("ПРИНТЕР"), fold("принтер"));
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
    }

    #[test]
    fn composed_and_combining_letters_are_one() {
        assert_eq!(fold("e\u{301}"), fold("\u{e9}"));
        assert_eq!(fold("\u{FB01}x"), fold("fix"));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İstanbul", "ǅ", "ﬀ", "Ångström", "ẞ"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }

    #[test]
    fn nul_becomes_the_replacement_character() {
        assert_eq!(clean("a\0b"), "a\u{FFFD}b");
    }
}
