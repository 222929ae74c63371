//! Guards before a document is built of HTML: one pass over its tags that gives upper bounds of what the parser and
//! the renderer would have to do. They are quadratic, or worse, in what is bounded here.

use std::collections::HashMap;

use crate::limits::{MAX_HTML_DEPTH, MAX_HTML_NODES};

/// Attributes of one tag (the parser compares each with each).
const MAX_ATTRIBUTES: usize = 500;

/// Texts and elements between the cells of tables (each is moved in front of its table, past all before it).
const MAX_MISPLACED: usize = 2_000;

/// Elements that never nest by themselves: empty ones, and those that the next of their kind closes.
const NOT_NESTING: &[&[u8]] = &[
    b"br", b"img", b"hr", b"meta", b"link", b"input", b"area", b"base", b"col", b"embed", b"source",
    b"track", b"wbr", b"p", b"li", b"td", b"th", b"tr", b"tbody", b"thead", b"tfoot", b"dt", b"dd",
    b"option", b"html", b"head", b"body",
];

/// Elements that are opened again in every block behind the one that they were left open in.
const FORMATTING: &[&[u8]] = &[
    b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt",
    b"u",
];

/// Elements whose every line is written with a prefix.
const INDENTING: &[&[u8]] = &[b"blockquote", b"ul", b"ol", b"dl"];

/// Prefixes of a line that cost as much as an element.
const PREFIXES_PER_NODE: usize = 8;

/// Characters of the first number of a list: more of them reach the end of the numbers that the renderer counts in.
const MAX_START_CHARS: usize = 18;

/// Elements whose content is text up to their closing tag.
const RAW_TEXT: &[&[u8]] =
    &[b"script", b"style", b"title", b"textarea", b"xmp", b"iframe", b"noembed", b"noframes"];

/// Elements that belong between the cells of a table.
const TABLE_PARTS: &[&[u8]] = &[
    b"tr",
    b"tbody",
    b"thead",
    b"tfoot",
    b"col",
    b"colgroup",
    b"style",
    b"script",
    b"template",
    b"form",
    b"input",
];

/// Whether more than [`MAX_HTML_DEPTH`] elements are open at once, a parser would make more than [`MAX_HTML_NODES`] of
/// the tags, or something else is there that only hostile HTML has.
pub(super) fn is_too_complex(html: &[u8]) -> bool {
    let mut counts = Counts::default();
    let mut rest = html;
    while let Some((tag, after)) = next_tag(rest) {
        if counts.tag(&tag) || tag.attributes > MAX_ATTRIBUTES || counts.misplaced > MAX_MISPLACED {
            return true;
        }
        rest = after;
        if !tag.closing && RAW_TEXT.contains(&tag.name.as_slice()) {
            rest = behind_raw_text(rest, &tag.name);
        }
        if counts.is_between_cells() && !rest.trim_ascii_start().starts_with(b"<") {
            counts.misplaced += 1;
        }
    }
    has_huge_start(html)
}

struct Tag {
    /// In lower case; at most 16 bytes of it.
    name: Vec<u8>,
    closing: bool,
    attributes: usize,
}

/// What is open at a place of the document, and what it has cost so far.
#[derive(Default)]
struct Counts {
    open: HashMap<Vec<u8>, usize>,
    depth: usize,
    formatting: usize,
    indents: usize,
    nodes: usize,
    misplaced: usize,
    /// Of each open table: a cell of it is open.
    tables: Vec<bool>,
}

impl Counts {
    /// Counts a tag; true when there is too much.
    fn tag(&mut self, tag: &Tag) -> bool {
        // A closing tag may make an element, too (`</p>`); an opening one also all formatting that is still open.
        let reopened = if tag.closing { 0 } else { self.formatting };
        self.nodes += 1 + self.indents / PREFIXES_PER_NODE + reopened;
        self.table(tag);
        if !NOT_NESTING.contains(&tag.name.as_slice()) {
            self.nesting(tag);
        }
        self.nodes > MAX_HTML_NODES || self.depth > MAX_HTML_DEPTH
    }

    fn nesting(&mut self, tag: &Tag) {
        let is_formatting = usize::from(FORMATTING.contains(&tag.name.as_slice()));
        let is_indenting = usize::from(INDENTING.contains(&tag.name.as_slice()));
        // A closing tag counts only if its element is open: stray ones close nothing in a browser either.
        let count = self.open.entry(tag.name.clone()).or_default();
        if tag.closing {
            let closes = usize::from(*count > 0);
            *count -= closes;
            self.depth -= closes;
            self.formatting -= closes * is_formatting;
            self.indents -= closes * is_indenting;
        } else {
            *count += 1;
            self.depth += 1;
            self.formatting += is_formatting;
            self.indents += is_indenting;
        }
    }

    fn table(&mut self, tag: &Tag) {
        let name = tag.name.as_slice();
        if name == b"table" {
            if tag.closing {
                self.tables.pop();
            } else {
                self.tables.push(false);
            }
            return;
        }
        let Some(in_cell) = self.tables.last_mut() else { return };
        if matches!(name, b"td" | b"th" | b"caption") {
            *in_cell = !tag.closing;
        } else if matches!(name, b"tr" | b"tbody" | b"thead" | b"tfoot") {
            *in_cell = false;
        } else if !*in_cell && !TABLE_PARTS.contains(&name) {
            self.misplaced += 1;
        }
    }

    fn is_between_cells(&self) -> bool {
        self.tables.last() == Some(&false)
    }
}

/// The next tag, and what follows it; none behind the last one. Comments are passed over.
fn next_tag(html: &[u8]) -> Option<(Tag, &[u8])> {
    let mut rest = html;
    loop {
        let at = rest.iter().position(|&byte| byte == b'<')?;
        rest = rest.get(at + 1..)?;
        if let Some(comment) = rest.strip_prefix(b"!--") {
            rest = behind(comment, b"-->").unwrap_or_default();
            continue;
        }
        let (closing, text) = rest.strip_prefix(b"/").map_or((false, rest), |text| (true, text));
        if text.first().is_some_and(u8::is_ascii_alphabetic) {
            let length = text.iter().take_while(|byte| !is_end_of_name(**byte)).count();
            let (name, attributes) = text.split_at_checked(length)?;
            let name = name.iter().take(16).map(u8::to_ascii_lowercase).collect();
            let (attributes, after) = attributes_of(attributes);
            return Some((Tag { name, closing, attributes }, after));
        }
    }
}

const fn is_end_of_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

/// The number of attributes up to the end of a tag, and what follows the tag (the states of the HTML standard, 13.2.5).
fn attributes_of(text: &[u8]) -> (usize, &[u8]) {
    enum State {
        BeforeName,
        Name,
        AfterName,
        BeforeValue,
        Quoted(u8),
        Unquoted,
    }
    let mut state = State::BeforeName;
    let mut count = 0;
    for (at, &byte) in text.iter().enumerate() {
        let is_space = byte.is_ascii_whitespace();
        if byte == b'>' && !matches!(state, State::Quoted(_)) {
            return (count, text.get(at + 1..).unwrap_or_default());
        }
        state = match state {
            State::BeforeName | State::AfterName if is_space => state,
            State::AfterName if byte == b'=' => State::BeforeValue,
            State::BeforeName | State::AfterName if byte == b'/' => State::BeforeName,
            State::BeforeName | State::AfterName => {
                count += 1;
                State::Name
            }
            State::Name if is_space => State::AfterName,
            State::Name if byte == b'/' => State::BeforeName,
            State::Name if byte == b'=' => State::BeforeValue,
            State::BeforeValue if matches!(byte, b'"' | b'\'') => State::Quoted(byte),
            State::BeforeValue if !is_space => State::Unquoted,
            State::Quoted(quote) if byte == quote => State::BeforeName,
            State::Unquoted if is_space => State::BeforeName,
            other => other,
        };
    }
    (count, &[])
}

/// What follows the first `end`.
fn behind<'a>(text: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(end.len()).position(|window| window == end)?;
    text.get(at + end.len()..)
}

/// The closing tag of raw text, and what follows it.
fn behind_raw_text<'a>(text: &'a [u8], name: &[u8]) -> &'a [u8] {
    let mut rest = text;
    while let Some(at) = rest.windows(2).position(|window| window == b"</") {
        rest = rest.get(at..).unwrap_or_default();
        let after = rest.get(2..).unwrap_or_default();
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return rest;
        }
        rest = after;
    }
    &[]
}

/// Whether an attribute `start` has more than [`MAX_START_CHARS`] characters, entities as they are written.
fn has_huge_start(html: &[u8]) -> bool {
    const NAME: &[u8] = b"start";
    let before = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'/');
    let mut rest = html;
    while let Some(at) = rest.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME)) {
        let is_attribute = at.checked_sub(1).and_then(|last| rest.get(last)).is_some_and(before);
        rest = rest.get(at + NAME.len()..).unwrap_or_default();
        if !is_attribute {
            continue;
        }
        let Some(value) = rest.trim_ascii_start().strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
        let ends = |byte: &u8| matches!(byte, b'"' | b'\'' | b'>');
        if value.iter().take_while(|byte| !ends(byte)).nth(MAX_START_CHARS).is_some() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{super::to_text_noting, *};

    #[test]
    fn unclosed_paragraphs_are_not_deep() {
        assert!(!is_too_complex("<p>x<br>".repeat(10_000).as_bytes()));
        assert!(is_too_complex("<div></b>".repeat(10_000).as_bytes()));
    }

    #[test]
    fn at_the_limit_of_nodes() {
        let flat = |tags: usize| "<br>".repeat(tags) + "text";
        assert!(!is_too_complex(flat(MAX_HTML_NODES).as_bytes()));
        let (text, plain) = to_text_noting(&flat(MAX_HTML_NODES + 1));
        assert_eq!((text.trim(), plain), ("text", true));
    }

    /// Each paragraph would be given all formatting again that the first one left open.
    #[test]
    fn formatting_that_stays_open_counts_in_every_paragraph() {
        let bomb = |open: usize, paragraphs: usize| {
            let formatting = (0..open).fold(String::new(), |text, number| text + &format!("<b id={number}>"));
            format!("<p>{formatting}</p>{}", "<p>x</p>".repeat(paragraphs))
        };
        assert!(!is_too_complex(bomb(10, 1_000).as_bytes()));
        assert!(is_too_complex(bomb(200, 1_000).as_bytes()));
        let (text, plain) = to_text_noting(&bomb(250, 200_000));
        assert_eq!((text.matches('x').count(), plain), (200_000, true));
        let closed = "<p><b><font color=red>x</font></b></p>".repeat(10_000);
        assert!(!is_too_complex(closed.as_bytes()));
    }

    #[test]
    fn prefixes_of_many_lines_count() {
        let quoted = |depth: usize, lines: usize| "<blockquote>".repeat(depth) + &"<p>x</p>".repeat(lines);
        assert!(!is_too_complex(quoted(20, 10_000).as_bytes()));
        assert!(is_too_complex(quoted(250, 10_000).as_bytes()));
        let (text, _) = to_text_noting(&quoted(3, 2));
        assert_eq!(text, "> > > x\n> > >\n> > > x\n");
    }

    #[test]
    fn at_the_limit_of_attributes() {
        let tag = |count: usize| {
            let list = (0..count).fold(String::new(), |text, number| {
                text + &format!(" a{number}='>' b{number} = x/y/z{number}")
            });
            format!("<p{list}>text")
        };
        assert!(!is_too_complex(tag(MAX_ATTRIBUTES / 2).as_bytes()));
        let (text, plain) = to_text_noting(&tag(MAX_ATTRIBUTES / 2 + 1));
        assert!(plain && text.contains("text"));
    }

    #[test]
    fn at_the_limit_of_what_stands_between_cells() {
        let table = |count: usize| format!("<table>\n{}", "x<br>".repeat(count));
        assert!(!is_too_complex(table(MAX_MISPLACED / 2).as_bytes()));
        assert!(is_too_complex(table(MAX_MISPLACED / 2 + 1).as_bytes()));
        for opening in
            ["<table><!-- <td> -->", "<table title='<td>'>", "<table><style><td></style>", "<table ='<td>'>"]
        {
            assert!(
                is_too_complex(format!("{opening}{}", "x<br>".repeat(MAX_MISPLACED)).as_bytes()),
                "{opening}"
            );
        }
        let ordinary =
            "<table> <tr><td>x<br>y <table><tr><td><b>z</b></td></tr></table></td></tr></table><p>x<br>"
                .repeat(1_000);
        assert!(!is_too_complex(ordinary.as_bytes()));
    }

    #[test]
    fn tags_are_found_as_a_parser_finds_them() {
        let tags = |html: &str| {
            let mut found = Vec::new();
            let mut rest = html.as_bytes();
            while let Some((tag, after)) = next_tag(rest) {
                found.push((String::from_utf8(tag.name).unwrap(), tag.closing, tag.attributes));
                rest = after;
            }
            found
        };
        let tag = |name: &str, closing: bool, attributes: usize| (name.to_owned(), closing, attributes);
        assert_eq!(
            tags("<P class=a id='<b>'>1 < 2 <3 <!-- <i> --></p\n><x-y a=\"1\"b/c = d><u"),
            [tag("p", false, 2), tag("p", true, 0), tag("x-y", false, 3), tag("u", false, 0)]
        );
    }
}
