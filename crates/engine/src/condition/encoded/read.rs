//! Reads encoded queries.

use super::normal::build;
use super::number::{BEGIN, END, Head, inside};
use super::term::{SCRIPT, our_path, term, unreadable};
use super::words::longest;
use super::{Dialect, EncodedError, Name, Query};
use crate::condition::source::{Asked, Source};
use crate::limits::{CONDITION_DEPTH_MAX, ENCODED_CHARS_MAX, ENCODED_CLAUSES_MAX};

type Names<'a> = &'a dyn Fn(Name<'_>) -> String;

pub(super) fn query(text: &str, dialect: Dialect, names: Names<'_>) -> Result<Query, EncodedError> {
    if text.chars().count() > ENCODED_CHARS_MAX {
        return Err(EncodedError::TooLarge { limit: ENCODED_CHARS_MAX, what: "characters" });
    }
    if text.starts_with(SCRIPT) {
        let what = "all of it is a script, and none is run here; write the query itself";
        return Err(unreadable(text, what));
    }
    let query = match dialect {
        Dialect::ServiceNow => by_precedence(text, names)?,
        Dialect::SimpleOne => in_parentheses(text, names)?,
    };
    if query.source.clauses().len() > ENCODED_CLAUSES_MAX {
        return Err(EncodedError::TooLarge { limit: ENCODED_CLAUSES_MAX, what: "conditions" });
    }
    Ok(query)
}

/// What a part of the text is, by its beginning. Orders are looked for before `OR`.
enum Part<'a> {
    Order(&'a str, bool),
    Group(&'a str),
    NewQuery(&'a str),
    End,
    Or(&'a str),
    And(&'a str),
}

fn part(text: &str) -> Part<'_> {
    let after = |prefix| text.strip_prefix(prefix);
    if let Some(path) = after("ORDERBYDESC") {
        Part::Order(path, true)
    } else if let Some(path) = after("ORDERBY") {
        Part::Order(path, false)
    } else if let Some(path) = after("GROUPBY") {
        Part::Group(path)
    } else if let Some(rest) = after("NQ") {
        Part::NewQuery(rest)
    } else if text == "EQ" {
        Part::End
    } else if let Some(rest) = after("OR") {
        Part::Or(rest)
    } else {
        Part::And(text)
    }
}

/// Parts between single carets; a doubled one is a caret of a value, and stays doubled here.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((place, c)) = rest.next() {
        if c == '^' && rest.next_if(|(_, next)| *next == '^').is_none() {
            parts.push(text.get(start..place).unwrap_or_default());
            start = place + 1;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The same with those of a number of related records as one: from its beginning up to its end, which is left out.
fn whole_parts(text: &str) -> Result<Vec<String>, EncodedError> {
    let mut whole = Vec::new();
    let mut parts = parts(text).into_iter();
    while let Some(first) = parts.next() {
        let begins = ["", "OR", "NQ"].iter().any(|word| first.strip_prefix(word).is_some_and(is_number));
        let mut one = first.to_owned();
        if !begins {
            whole.push(one);
            continue;
        }
        loop {
            match parts.next() {
                Some(END) => break,
                Some(next) if is_number(next) => {
                    return Err(unreadable(
                        next,
                        "records that are counted are not counted by others in turn",
                    ));
                }
                Some(next) => {
                    one.push('^');
                    one.push_str(next);
                }
                None => return Err(unreadable(first, "RLQUERY is never closed by ^ENDRLQUERY")),
            }
        }
        whole.push(one);
    }
    Ok(whole)
}

fn is_number(text: &str) -> bool {
    text.starts_with(BEGIN)
}

/// A number of related records: its head, and the condition of the others.
fn number(text: &str, names: Names<'_>) -> Result<Asked, EncodedError> {
    let (head, rest) = Head::read(text, names)?;
    let others = rest.strip_prefix([',', '^']).unwrap_or(rest);
    if others.len() == rest.len() && !rest.is_empty() {
        return Err(unreadable(rest, "behind the number stands `,` with a condition, or ^ENDRLQUERY"));
    }
    let query = by_precedence(others, &|name| inside(&head.table, name, names))?;
    head.asked(query)
}

/// The path at the beginning of a question, and the rest.
fn path(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.'));
    text.split_at(end.unwrap_or(text.len()))
}

fn question(text: &str, separator: char, names: Names<'_>) -> Result<Vec<Asked>, EncodedError> {
    if is_number(text) {
        return Ok(vec![number(text, names)?]);
    }
    let text = text.replace("^^", "^");
    let text = text.as_str();
    let (path, rest) = path(text);
    let (word, value) = longest(rest).ok_or_else(|| unreadable(text, NO_OPERATOR))?;
    let needless = matches!(word, super::words::Word::Refused(_));
    if path.is_empty() && !needless {
        return Err(unreadable(text, "no field stands before the operator"));
    }
    term(path, word, value, separator, names)
}

const NO_OPERATOR: &str =
    "no operator follows the field; operators are written in capitals, such as STARTSWITH";

fn field(path: &str, names: Names<'_>) -> Result<String, EncodedError> {
    if path.is_empty() {
        return Err(unreadable("ORDERBY or GROUPBY", "no field follows it"));
    }
    Ok(our_path(path, names))
}

fn by_precedence(text: &str, names: Names<'_>) -> Result<Query, EncodedError> {
    let mut query = Query::new(Source::always());
    let mut groups: Vec<Vec<Vec<Asked>>> = vec![Vec::new()];
    for text in whole_parts(text)?.iter().filter(|text| !text.is_empty()) {
        match part(text) {
            Part::Order(path, descending) => query.order.push((field(path, names)?, descending)),
            Part::Group(path) => query.group_by.push(field(path, names)?),
            Part::End => {}
            Part::NewQuery(rest) => groups.push(vec![question(rest, ',', names)?]),
            Part::Or(rest) => {
                let last = groups.last_mut().and_then(|group| group.last_mut());
                let last = last.ok_or_else(|| unreadable(text, "nothing stands before ^OR"))?;
                last.extend(question(rest, ',', names)?);
            }
            Part::And(rest) => {
                let one = question(rest, ',', names)?;
                if let Some(group) = groups.last_mut() {
                    group.push(one);
                }
            }
        }
    }
    // A query that begins with ^NQ has nothing before it.
    if groups.len() > 1 {
        groups.retain(|group| !group.is_empty());
    }
    query.source = build(groups);
    Ok(query)
}

/// The text of SimpleOne's way of writing, from a place on.
struct Reader<'a, 'b> {
    text: &'a str,
    query: Query,
    names: Names<'b>,
    /// Whether it is the condition of records that are counted, which ends with [`END`].
    counted: bool,
}

fn in_parentheses(text: &str, names: Names<'_>) -> Result<Query, EncodedError> {
    let mut reader = Reader { text, query: Query::new(Source::always()), names, counted: false };
    let source = reader.level(0)?;
    Ok(Query { source, ..reader.query })
}

/// One of several: alone where there is one.
fn joined(mut parts: Vec<Source>, group: fn(Vec<Source>) -> Source) -> Source {
    match parts.len() {
        1 => parts.pop().unwrap_or_else(Source::always),
        _ => group(parts),
    }
}

fn any(parts: Vec<Source>) -> Source {
    joined(parts, |any| Source::Any { any })
}

fn all(parts: Vec<Source>) -> Source {
    joined(parts, |all| Source::All { all })
}

impl Reader<'_, '_> {
    fn eat(&mut self, prefix: &str) -> bool {
        let rest = self.text.strip_prefix(prefix);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn ends_here(&self) -> bool {
        self.text.strip_prefix('^').is_some_and(|rest| rest.starts_with(END))
    }

    /// A number of related records: its head, and the condition of the others up to the end.
    fn number(&mut self) -> Result<Asked, EncodedError> {
        if self.counted {
            return Err(unreadable(self.text, "records that are counted are not counted by others in turn"));
        }
        let (head, rest) = Head::read(self.text, self.names)?;
        let begun = rest.strip_prefix(',').unwrap_or(rest);
        let names = |name: Name<'_>| inside(&head.table, name, self.names);
        let mut others =
            Reader { text: begun, query: Query::new(Source::always()), names: &names, counted: true };
        // Its level is one of its own, in which no parenthesis is open.
        let source = others.level(0)?;
        if !others.ends_here() {
            return Err(unreadable(self.text, "RLQUERY is never closed by ^ENDRLQUERY"));
        }
        others.eat("^");
        others.eat(END);
        let Reader { text: rest, query, .. } = others;
        self.text = rest;
        head.asked(Query { source, ..query })
    }

    /// What stands up to the parenthesis that closes this level, or up to the end. `^OR` binds tighter than `^`.
    fn level(&mut self, depth: usize) -> Result<Source, EncodedError> {
        if depth > CONDITION_DEPTH_MAX {
            return Err(EncodedError::TooLarge { limit: CONDITION_DEPTH_MAX, what: "nested groups" });
        }
        let mut groups: Vec<Vec<Vec<Source>>> = vec![Vec::new()];
        loop {
            let closed = depth > 0 && self.text.starts_with(')');
            if self.text.is_empty() || closed || (self.counted && self.ends_here()) {
                break;
            }
            // A `^EQ` ends a query and means nothing.
            if self.order()? || self.eat("^EQ") {
                continue;
            }
            if self.eat("^NQ") {
                let item = self.item(depth)?;
                groups.push(vec![vec![item]]);
            } else if self.eat("^OR") {
                let item = self.item(depth)?;
                let last = groups.last_mut().and_then(|group| group.last_mut());
                last.ok_or_else(|| unreadable(self.text, "nothing stands before ^OR"))?.push(item);
            } else {
                self.eat("^");
                if self.text.is_empty() {
                    break;
                }
                let item = self.item(depth)?;
                if let Some(group) = groups.last_mut() {
                    group.push(vec![item]);
                }
            }
        }
        groups.retain(|group| !group.is_empty());
        if groups.is_empty() {
            return Ok(Source::always());
        }
        let groups = groups.into_iter().map(|group| all(group.into_iter().map(any).collect()));
        Ok(any(groups.collect()))
    }

    /// Reads an order, where one stands here; they are looked for before `^OR`.
    fn order(&mut self) -> Result<bool, EncodedError> {
        let caret = self.text.strip_prefix('^').unwrap_or(self.text);
        let (descending, grouped) = (caret.starts_with("ORDERBYDESC"), caret.starts_with("GROUPBY"));
        if !grouped && !caret.starts_with("ORDERBY") {
            return Ok(false);
        }
        let word = if descending {
            "ORDERBYDESC"
        } else if grouped {
            "GROUPBY"
        } else {
            "ORDERBY"
        };
        let (found, rest) = path(caret.strip_prefix(word).unwrap_or_default());
        self.text = rest;
        let path = field(found, self.names)?;
        if grouped {
            self.query.group_by.push(path);
        } else {
            self.query.order.push((path, descending));
        }
        Ok(true)
    }

    fn item(&mut self, depth: usize) -> Result<Source, EncodedError> {
        if !self.eat("(") {
            let asked = self.question(depth)?;
            return Ok(any(asked.into_iter().map(Source::Clause).collect()));
        }
        let inner = self.level(depth + 1)?;
        if !self.eat(")") {
            return Err(unreadable(self.text, "a parenthesis is never closed"));
        }
        Ok(inner)
    }

    fn question(&mut self, depth: usize) -> Result<Vec<Asked>, EncodedError> {
        if self.text.starts_with(')') {
            return Err(unreadable(self.text, "a parenthesis is closed that was never opened"));
        }
        if is_number(self.text) {
            return Ok(vec![self.number()?]);
        }
        let (path, rest) = path(self.text);
        let (word, rest) = longest(rest).ok_or_else(|| unreadable(self.text, NO_OPERATOR))?;
        if path.is_empty() {
            return Err(unreadable(self.text, "no field stands before the operator"));
        }
        let (value, rest) = if rest.starts_with('{') { braced(rest)? } else { bare(rest, depth) };
        self.text = rest;
        term(path, word, &value, '@', self.names)
    }
}

/// A value in braces, in which parentheses mean nothing; a doubled closing brace or caret is one of the value.
fn braced(text: &str) -> Result<(String, &str), EncodedError> {
    let mut value = String::new();
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((place, c)) = rest.next() {
        let doubled = matches!(c, '}' | '^') && rest.next_if(|(_, next)| *next == c).is_some();
        match c {
            '}' if !doubled => return Ok((value, text.get(place + 1..).unwrap_or_default())),
            '^' if !doubled => break,
            _ => value.push(c),
        }
    }
    Err(unreadable(text, "a brace is never closed, or a single ^ stands in it"))
}

/// A value up to the next caret, or to the parenthesis that closes its group.
fn bare(text: &str, depth: usize) -> (String, &str) {
    let mut value = String::new();
    let mut open = 0_usize;
    let mut rest = text.char_indices().peekable();
    while let Some((place, c)) = rest.next() {
        let ends = match c {
            '^' => rest.next_if(|(_, next)| *next == '^').is_none(),
            ')' if depth > 0 && open == 0 => true,
            _ => false,
        };
        if ends {
            return (value, text.get(place..).unwrap_or_default());
        }
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        value.push(c);
    }
    (value, "")
}
