//! A case file: the sentence that it proves, then sections, each begun by a line `== name options`. Reads the text and
//! refuses what the language does not know, with the line; must not play anything.

use crate::error::{CaseError, Fault};
use crate::limits::{CASE_BYTES_MAX, CASE_SECTIONS_MAX};
use crate::words::{self, Body, Form, SECTIONS, SectionWord, written};

/// What begins a section.
const MARK: &str = "== ";
/// What a line of a body begins with that would otherwise begin a section.
const ESCAPED: &str = "\\== ";
/// The section that states outcomes.
pub const EXPECT: &str = "expect";

/// One section of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The first word of its line.
    pub name: String,
    /// The line of the file, from 1; 0 where there is no file.
    pub line: usize,
    /// The words after it, quotes taken off.
    pub options: Vec<String>,
    /// The lines below it.
    pub body: String,
}

impl Section {
    /// A section of no file.
    pub fn new(name: &str, body: impl Into<String>) -> Self {
        Self { name: name.to_owned(), line: 0, options: Vec::new(), body: body.into() }
    }

    /// The value of `name=value`.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether the word stands on its line.
    pub fn has(&self, word: &str) -> bool {
        self.options.iter().any(|option| option == word)
    }

    /// What follows the word `after`.
    pub fn after(&self, after: &str) -> Option<&str> {
        let place = self.options.iter().position(|option| option == after)?;
        self.options.get(place + 1).map(String::as_str)
    }

    /// The first word after the name; the reader has seen to it that it is there where it must be.
    pub fn first(&self) -> &str {
        self.options.first().map_or("", String::as_str)
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its file, as people name it.
    pub path: String,
    /// What it is called in reports.
    pub name: String,
    /// The comment at its beginning.
    pub sentence: String,
    /// Its sections in order.
    pub sections: Vec<Section>,
}

impl Case {
    /// A case of no file.
    pub fn of(name: &str, sections: Vec<Section>) -> Self {
        Self { path: String::new(), name: name.to_owned(), sentence: String::new(), sections }
    }

    /// Reads the text of a case file.
    pub fn read(path: &str, name: &str, text: &str) -> Result<Self, CaseError> {
        let fail = |line: usize, fault: Fault| CaseError::of(path, line, fault);
        if text.len() > CASE_BYTES_MAX {
            let problem = format!("a case of more than {CASE_BYTES_MAX} bytes is not read");
            return Err(fail(1, Fault::new(problem).hint("make several of it")));
        }
        let mut sentence = Vec::new();
        let mut sections: Vec<Section> = Vec::new();
        for (place, line) in text.lines().enumerate() {
            if let Some(head) = line.strip_prefix(MARK) {
                sections.push(begun(head, place + 1).map_err(|fault| fail(place + 1, fault))?);
            } else if let Some(section) = sections.last_mut() {
                section.body.push_str(if line.starts_with(ESCAPED) {
                    line.get(1..).unwrap_or_default()
                } else {
                    line
                });
                section.body.push('\n');
            } else if let Some(comment) = line.strip_prefix('#') {
                sentence.push(comment.trim());
            } else if !line.trim().is_empty() {
                let problem = "before the first section only comments stand";
                let hint = "begin it with `#`, or with `== ` where it begins a section";
                return Err(fail(place + 1, Fault::new(problem).hint(hint)));
            }
        }
        let sentence = sentence.join(" ");
        let case = Self { path: path.to_owned(), name: name.to_owned(), sentence, sections };
        case.check(text.lines().count()).map_err(|(line, fault)| fail(line, fault))?;
        Ok(case)
    }

    fn check(&self, lines: usize) -> Result<(), (usize, Fault)> {
        if self.sentence.is_empty() {
            let fault = Fault::new("the case does not say what it proves");
            return Err((1, fault.hint("write it in the first line: `# A mail of … becomes …`")));
        }
        if self.sections.len() > CASE_SECTIONS_MAX {
            let fault = Fault::new(format!("the case has more than {CASE_SECTIONS_MAX} sections"));
            return Err((lines, fault.hint("make several of it")));
        }
        for section in &self.sections {
            let none = words::section(&section.name).is_some_and(|word| word.body == Body::None);
            let stray = section.body.lines().position(|line| !line.trim().is_empty());
            if let Some(place) = stray.filter(|_| none) {
                let fault = Fault::new(format!("below `== {}` nothing stands", section.name)).at(place + 1);
                return Err((section.line, fault));
            }
        }
        match self.sections.last() {
            Some(last) if last.name == EXPECT => Ok(()),
            _ => {
                let fault = Fault::new("the case does not end with `== expect`");
                Err((
                    lines.max(1),
                    fault.hint("add the line; `rejoinder test --update` writes what lies below it"),
                ))
            }
        }
    }

    /// The expectations, in order.
    pub fn stated(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.name == EXPECT)
    }
}

/// Reads the line that begins a section.
fn begun(head: &str, line: usize) -> Result<Section, Fault> {
    let mut words = split(head)?.into_iter();
    let name = words.next().unwrap_or_default();
    let Some(known) = words::section(&name) else {
        let names = SECTIONS.iter().map(|section| section.name);
        return Err(Fault::unknown(format!("`== {name}` is no section"), &name, names));
    };
    let options: Vec<String> = words.collect();
    check_options(known, &options)?;
    Ok(Section { name, line, options, body: String::new() })
}

fn check_options(section: &SectionWord, options: &[String]) -> Result<(), Fault> {
    let of = |form: Form| section.options.iter().filter(move |option| option.form == form);
    let mut words = options.iter();
    if let Some(first) = of(Form::First).next() {
        let known = |word: &String| of(Form::Flag).any(|flag| flag.name == word);
        if words.next().is_none_or(known) {
            let problem = format!("`== {}` names no {}", section.name, first.name.to_lowercase());
            return Err(
                Fault::new(problem).hint(format!("`== {} {}`: {}", section.name, first.name, first.says))
            );
        }
    }
    while let Some(word) = words.next() {
        let follows = |option: &&crate::words::OptionWord| {
            matches!(option.form, Form::After | Form::MustFollow) && option.name == word
        };
        let value = word.split_once('=').map(|(name, _)| name);
        if let Some(option) = section.options.iter().find(follows) {
            if words.next().is_none() {
                return Err(
                    Fault::new(format!("`{}` is not followed by anything", option.name)).hint(option.says)
                );
            }
        } else if !of(Form::Flag).any(|flag| flag.name == word)
            && !of(Form::Value).any(|option| Some(option.name) == value)
        {
            let forms = section.options.iter().filter(|option| option.form != Form::First);
            let names: Vec<&str> = forms.map(|option| option.name).collect();
            let problem = format!("`{word}` is no option of `== {}`", section.name);
            return Err(Fault::unknown(problem, value.unwrap_or(word), names));
        }
    }
    let missing = of(Form::MustFollow).find(|option| !options.iter().any(|word| word == option.name));
    missing.map_or(Ok(()), |option| {
        Err(Fault::new(format!("`== {}` has no `{}`", section.name, written(option))).hint(option.says))
    })
}

/// Words between blanks; a value with blanks stands in double quotes: `account="Help desk"`.
fn split(head: &str) -> Result<Vec<String>, Fault> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in head.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if quoted {
        return Err(Fault::new("a quotation mark is not closed").hint("write `name=\"a value\"`"));
    }
    if any {
        words.push(word);
    }
    Ok(words)
}

/// The text of the case with these outcomes in the places of its expectations, in order.
pub fn rewritten(text: &str, outcomes: &[String]) -> String {
    let mut written = String::new();
    let mut outcomes = outcomes.iter();
    let mut skipping = false;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix(MARK) {
            skipping = head.split_whitespace().next() == Some(EXPECT);
            written.push_str(line);
            written.push('\n');
            if skipping {
                written.push_str(outcomes.next().map_or("", String::as_str));
            }
        } else if !skipping {
            written.push_str(line);
            written.push('\n');
        }
    }
    written
}
