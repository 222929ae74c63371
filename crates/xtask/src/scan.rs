//! Rust source as the checks see it: code without comments and without the insides of literals, the string literals
//! apart, and which lines are only compiled for tests.
//!
//! This is a scanner, not a parser: it knows comments, literals and braces, which is what the checks need, and must
//! not grow a notion of types or names.

/// One source text, taken apart. All parts keep the line numbers of the text.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The words and signs of the code, in order.
    pub tokens: Vec<Token>,
    /// The string literals, in order.
    pub literals: Vec<Token>,
    /// Modules declared for tests only (`#[cfg(test)] mod name;`), whose text is in a file of its own.
    pub test_modules: Vec<String>,
    test_lines: Vec<(usize, usize)>,
}

/// A word (identifier, keyword, number), a single sign, or the inside of a string literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Line of its first character, counted from 1.
    pub line: usize,
    /// The text itself; escapes in literals are left as they are written.
    pub text: String,
}

impl Scan {
    /// Takes a source text apart. Total: text that is not Rust gives some tokens, never an error.
    pub fn of(text: &str) -> Self {
        let mut reader = Reader { chars: text.chars().collect(), at: 0, line: 1, scan: Self::default() };
        while reader.step() {}
        let mut scan = reader.scan;
        scan.find_test_items();
        scan
    }

    /// Whether the line (counted from 1) is compiled for tests only.
    pub fn is_test_line(&self, line: usize) -> bool {
        self.test_lines.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }

    /// Lines at which these tokens follow one another.
    pub fn lines_of(&self, sequence: &[&str]) -> Vec<usize> {
        self.tokens.windows(sequence.len()).filter_map(|window| starts_with(window, sequence)).collect()
    }

    fn find_test_items(&mut self) {
        const INNER: [&str; 8] = ["#", "!", "[", "cfg", "(", "test", ")", "]"];
        const PLAIN: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
        const AND_MORE: [&str; 7] = ["#", "[", "cfg", "(", "all", "(", "test"];
        if !self.lines_of(&INNER).is_empty() {
            self.test_lines.push((1, usize::MAX));
        }
        let mut rest: &[Token] = &self.tokens;
        while let Some((_, after)) = rest.split_first() {
            if let Some(first) = starts_with(rest, &PLAIN).or_else(|| starts_with(rest, &AND_MORE)) {
                let (last, module) = end_of_item(rest);
                self.test_lines.push((first, last));
                self.test_modules.extend(module);
            }
            rest = after;
        }
    }
}

fn starts_with(tokens: &[Token], sequence: &[&str]) -> Option<usize> {
    let equal = tokens.len() >= sequence.len()
        && tokens.iter().zip(sequence).all(|(token, text)| token.text == *text);
    if equal { tokens.first().map(|token| token.line) } else { None }
}

/// The last line of the item that these tokens (attributes first) begin with, and its name if it is a module whose
/// text is elsewhere.
fn end_of_item(tokens: &[Token]) -> (usize, Option<String>) {
    let mut braces = 0_usize;
    let mut others = 0_usize;
    let mut module = None;
    let mut previous = "";
    for token in tokens {
        match token.text.as_str() {
            "(" | "[" => others += 1,
            ")" | "]" => others = others.saturating_sub(1),
            "{" => braces += 1,
            "}" if braces <= 1 => return (token.line, None),
            "}" => braces -= 1,
            ";" if braces == 0 && others == 0 => return (token.line, module),
            word if previous == "mod" && braces == 0 => module = Some(word.to_owned()),
            _ => {}
        }
        previous = &token.text;
    }
    (tokens.last().map_or(1, |token| token.line), None)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    scan: Scan,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self) -> Option<char> {
        let found = self.peek(0)?;
        self.at += 1;
        if found == '\n' {
            self.line += 1;
        }
        Some(found)
    }

    /// Reads one comment, literal, word or sign; false at the end of the text.
    fn step(&mut self) -> bool {
        let Some(next) = self.peek(0) else { return false };
        match (next, self.peek(1)) {
            ('/', Some('/')) => while self.peek(0).is_some_and(|c| c != '\n') && self.advance().is_some() {},
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => {
                self.advance();
                self.string();
            }
            ('\'', _) => self.quote(),
            _ if is_word(next) => self.word(),
            _ => {
                let line = self.line;
                self.advance();
                if !next.is_whitespace() {
                    self.scan.tokens.push(Token { line, text: next.to_string() });
                }
            }
        }
        true
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(found) = self.advance() {
            match (found, self.peek(0)) {
                ('/', Some('*')) => {
                    self.advance();
                    depth += 1;
                }
                ('*', Some('/')) => {
                    self.advance();
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// The rest of a literal after its opening quotation mark.
    fn string(&mut self) {
        let line = self.line;
        let mut text = String::new();
        while let Some(found) = self.advance() {
            match found {
                '"' => break,
                '\\' => {
                    text.push('\\');
                    text.extend(self.advance());
                }
                _ => text.push(found),
            }
        }
        self.scan.literals.push(Token { line, text });
    }

    /// The rest of a raw literal after its opening quotation mark.
    fn raw_string(&mut self, hashes: usize) {
        let line = self.line;
        let mut text = String::new();
        while let Some(found) = self.advance() {
            if found == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(found);
        }
        self.scan.literals.push(Token { line, text });
    }

    /// A character literal, or the mark of a lifetime or label (whose name is then read as a word).
    fn quote(&mut self) {
        self.advance();
        if self.peek(0) == Some('\\') {
            self.advance();
            self.advance();
            while self.peek(0).is_some_and(|c| c != '\'' && c != '\n') && self.advance().is_some() {}
            self.advance();
        } else if self.peek(1) == Some('\'') {
            self.advance();
            self.advance();
        }
    }

    fn word(&mut self) {
        let line = self.line;
        let mut text = String::new();
        while let Some(found) = self.peek(0).filter(|c| is_word(*c)) {
            text.push(found);
            self.advance();
        }
        let raw = matches!(text.as_str(), "r" | "br" | "cr");
        let signs = self.chars.iter().skip(self.at);
        let hashes = if raw { signs.take_while(|c| **c == '#').count() } else { 0 };
        if raw && self.peek(hashes) == Some('"') {
            self.at += hashes + 1;
            self.raw_string(hashes);
        } else if matches!(text.as_str(), "b" | "c") && self.peek(0) == Some('"') {
            self.advance();
            self.string();
        } else {
            self.scan.tokens.push(Token { line, text });
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        Scan::of(text).tokens.into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    fn literals(text: &str) -> Vec<String> {
        Scan::of(text).literals.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        assert_eq!(words("a // async\n/* await /* nested */ still */ b \"async\" c"), "a b c");
        assert_eq!(words(r##"x r#"a "quoted" await"# y b"async" z"##), "x y z");
        assert_eq!(
            words("let q = '\"'; let s = '\\''; fn f<'a>(x: &'a str) {}"),
            "let q = ; let s = ; fn f < a > ( x : & a str ) { }"
        );
        assert_eq!(words("r#async"), "r # async");
    }

    #[test]
    fn literals_keep_their_text_and_line() {
        assert_eq!(
            literals("f(\"one\", r\"two\", br##\"th\"#ree\"##, b\"four\", c\"five\")"),
            ["one", "two", "th\"#ree", "four", "five"]
        );
        assert_eq!(literals(r#""a \" b""#), [r#"a \" b"#]);
        let scan = Scan::of("a\n\n \"x\ny\" b");
        assert_eq!(scan.literals.first().map(|literal| literal.line), Some(3));
        assert_eq!(scan.lines_of(&["b"]), [4]);
    }

    #[test]
    fn test_items_are_known_to_their_last_line() {
        let scan =
            Scan::of("fn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n  fn b() { }\n}\nfn c() {}\n");
        let tests: Vec<usize> = (1..=7).filter(|line| scan.is_test_line(*line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 6]);
        assert!(scan.test_modules.is_empty());
        assert!(Scan::of("#![cfg(test)]\nfn a() {}").is_test_line(2));
    }

    #[test]
    fn a_test_module_in_another_file_is_named() {
        let scan = Scan::of("#[cfg(test)]\nmod tests;\nmod parse;\n#[cfg(all(test, unix))]\nmod more;\n");
        assert_eq!(scan.test_modules, ["tests", "more"]);
        assert!(!scan.is_test_line(3));
    }

    #[test]
    fn text_that_ends_early_is_still_read() {
        for text in ["\"open", "/* open", "'", "r#\"open", "#[cfg(test)] mod x {", "'\\"] {
            Scan::of(text);
        }
        assert_eq!(words("a /* open"), "a");
    }
}
