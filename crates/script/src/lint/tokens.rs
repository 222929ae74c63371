//! The words and signs of a source, without comments, texts and regular expressions. Good enough to find
//! names; it understands no grammar and never fails.

use std::iter::Peekable;
use std::str::CharIndices;

/// A piece of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name or keyword, and where it begins, in bytes.
    Word(&'a str, usize),
    /// A sign.
    Sign(char),
    /// `=>`.
    Arrow,
    /// `==` and `===`, `!=`, `<=` and the like: a comparison that ends in `=`.
    Compared,
    /// A number, a text or a regular expression.
    Literal,
}

/// Keywords behind which a `/` begins a regular expression.
const BEFORE_EXPRESSION: [&str; 9] =
    ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new"];

/// Braces that are open: a block, or the inside of `${…}` in a template.
#[derive(PartialEq, Eq)]
enum Brace {
    Block,
    Template,
}

struct Reader<'a> {
    source: &'a str,
    rest: Peekable<CharIndices<'a>>,
    found: Vec<Token<'a>>,
    braces: Vec<Brace>,
}

/// All tokens of a source.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut reader =
        Reader { source, rest: source.char_indices().peekable(), found: Vec::new(), braces: Vec::new() };
    while let Some((at, c)) = reader.rest.next() {
        reader.take(at, c);
    }
    reader.found
}

impl Reader<'_> {
    fn take(&mut self, at: usize, c: char) {
        match c {
            '/' if self.ahead() == Some('/') => self.skip_until(|_, c| c == '\n'),
            '/' if self.ahead() == Some('*') => {
                self.rest.next();
                self.skip_until(|before, c| before == '*' && c == '/');
            }
            '/' if self.begins_expression() => self.regular_expression(),
            '"' | '\'' => self.text(c),
            '`' => self.template(),
            '{' => {
                self.braces.push(Brace::Block);
                self.found.push(Token::Sign(c));
            }
            '}' => match self.braces.pop() {
                Some(Brace::Template) => self.template(),
                _ => self.found.push(Token::Sign(c)),
            },
            '=' if self.ahead() == Some('>') => {
                self.rest.next();
                self.found.push(Token::Arrow);
            }
            '=' | '!' | '<' | '>' if self.ahead() == Some('=') => {
                while self.ahead() == Some('=') {
                    self.rest.next();
                }
                self.found.push(Token::Compared);
            }
            c if c.is_ascii_digit() => {
                self.skip_word();
                self.found.push(Token::Literal);
            }
            c if is_part(c) => {
                let end = self.skip_word();
                self.found.push(Token::Word(self.source.get(at..end).unwrap_or_default(), at));
            }
            c if c.is_whitespace() => {}
            c => self.found.push(Token::Sign(c)),
        }
    }

    fn ahead(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, c)| *c)
    }

    /// Goes on to the end of a word; where that is, in bytes.
    fn skip_word(&mut self) -> usize {
        while self.ahead().is_some_and(is_part) {
            self.rest.next();
        }
        self.rest.peek().map_or(self.source.len(), |(at, _)| *at)
    }

    fn skip_until(&mut self, is_end: impl Fn(char, char) -> bool) {
        let mut before = ' ';
        for (_, c) in self.rest.by_ref() {
            if is_end(before, c) {
                return;
            }
            before = c;
        }
    }

    /// Whether a `/` here is no division.
    fn begins_expression(&self) -> bool {
        match self.found.last() {
            None | Some(Token::Arrow | Token::Compared) => true,
            Some(Token::Sign(sign)) => !")]}".contains(*sign),
            Some(Token::Word(word, _)) => BEFORE_EXPRESSION.contains(word),
            Some(Token::Literal) => false,
        }
    }

    fn regular_expression(&mut self) {
        let mut in_class = false;
        while let Some((_, c)) = self.rest.next() {
            match c {
                '\\' => drop(self.rest.next()),
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => break,
                '\n' => break,
                _ => {}
            }
        }
        self.skip_word();
        self.found.push(Token::Literal);
    }

    fn text(&mut self, quote: char) {
        while let Some((_, c)) = self.rest.next() {
            match c {
                '\\' => drop(self.rest.next()),
                c if c == quote || c == '\n' => break,
                _ => {}
            }
        }
        self.found.push(Token::Literal);
    }

    /// The text of a template up to its end or to the next `${`.
    fn template(&mut self) {
        self.found.push(Token::Literal);
        while let Some((_, c)) = self.rest.next() {
            match c {
                '\\' => drop(self.rest.next()),
                '`' => return,
                '$' if self.ahead() == Some('{') => {
                    self.rest.next();
                    self.braces.push(Brace::Template);
                    // What stands in it is an expression of its own.
                    self.found.push(Token::Sign(';'));
                    return;
                }
                _ => {}
            }
        }
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    fn words(source: &str) -> Vec<&str> {
        let word = |token: Token<'static>| match token {
            Token::Word(word, _) => Some(word),
            _ => None,
        };
        let source: &'static str = Box::leak(source.to_owned().into_boxed_str());
        tokens(source).into_iter().filter_map(word).collect()
    }

    #[test]
    fn comments_texts_and_regular_expressions_hold_no_words() {
        assert_eq!(words("a // b\n/* c\nd */ e 'f\\'g' \"h\" k"), ["a", "e", "k"]);
        assert_eq!(words("x = /a[/]b/gi.test(y); z = x / y / w"), ["x", "test", "y", "z", "x", "y", "w"]);
        assert_eq!(words("return /a/ + b"), ["return", "b"]);
    }

    #[test]
    fn the_expressions_of_a_template_are_code() {
        assert_eq!(words("`a ${b + `c ${d} e`} f` + g"), ["b", "d", "g"]);
        assert_eq!(words("`${ {x: y} } z`; w"), ["x", "y", "w"]);
    }

    #[test]
    fn what_has_no_end_ends_with_the_source() {
        for source in ["'a", "`a ${b", "/* a", "/a", "a\\"] {
            tokens(source);
        }
    }
}
