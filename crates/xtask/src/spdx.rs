//! SPDX licence expressions: whether a choice of licences is acceptable. Knows `AND`, `OR`, `WITH`, parentheses, and
//! the `/` that old packages write for `OR`; which licences are acceptable is the caller's part.

/// Whether an expression can be met with licences that `accept` takes (`A WITH B` is offered as one).
/// An expression that cannot be read gives an error that names the place.
pub fn acceptable(expression: &str, accept: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut parser = Parser { words: spaced.split_whitespace().rev().collect(), accept };
    let verdict = parser.either()?;
    match parser.words.pop() {
        None => Ok(verdict),
        Some(word) => Err(format!("`{expression}` cannot be read at `{word}`")),
    }
}

struct Parser<'a> {
    /// What is left to read, the next word last.
    words: Vec<&'a str>,
    accept: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.last() == Some(&word);
        if found {
            self.words.pop();
        }
        found
    }

    fn either(&mut self) -> Result<bool, String> {
        let mut verdict = self.both()?;
        while self.take("OR") {
            verdict |= self.both()?;
        }
        Ok(verdict)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut verdict = self.one()?;
        while self.take("AND") {
            verdict &= self.one()?;
        }
        Ok(verdict)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let verdict = self.either()?;
            return if self.take(")") { Ok(verdict) } else { Err("a parenthesis is not closed".to_owned()) };
        }
        let name = self.words.pop().ok_or("a licence is missing at the end")?;
        if matches!(name, "AND" | "OR" | "WITH" | ")") {
            return Err(format!("a licence is missing before `{name}`"));
        }
        if self.take("WITH") {
            let exception = self.words.pop().ok_or("an exception is missing after `WITH`")?;
            return Ok((self.accept)(&format!("{name} WITH {exception}")));
        }
        Ok((self.accept)(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_mit_and_isc(expression: &str) -> Result<bool, String> {
        acceptable(expression, &|name| matches!(name, "MIT" | "ISC" | "Apache-2.0 WITH LLVM-exception"))
    }

    #[test]
    fn a_choice_needs_one_and_a_sum_needs_all() {
        let cases = [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0", false),
            ("MIT AND ISC", true),
            ("GPL-3.0 OR MIT AND ISC", true),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("(GPL-3.0 OR MIT) AND LGPL-2.1", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0 WITH Other-exception", false),
        ];
        for (expression, expected) in cases {
            assert_eq!(with_mit_and_isc(expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_no_yes() {
        for expression in ["", "MIT OR", "AND MIT", "(MIT", "MIT)", "MIT ISC", "MIT WITH"] {
            assert!(with_mit_and_isc(expression).is_err(), "{expression}");
        }
    }
}
