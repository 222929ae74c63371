//! HTML bodies as text. For reading, searching and taking quotes off; never for display as HTML.

use html2text::render::TextDecorator;

use crate::limits::MAX_HTML_LAYOUT_BYTES;
#[cfg(doc)]
use crate::limits::{MAX_HTML_DEPTH, MAX_HTML_NODES};

mod guard;

/// Columns that text is laid out in: wide enough that prose is not wrapped (a mail's paragraph is one line).
const WIDTH: usize = 4_000;

/// Line feeds in a row that are kept: one empty line between paragraphs.
const MAX_LINE_FEEDS: usize = 2;

/// The text of an HTML document: paragraphs, lists and quotes (`> `) as lines, links as their text, no images.
///
/// Linear for any input: what is nested deeper than [`MAX_HTML_DEPTH`], larger than [`MAX_HTML_LAYOUT_BYTES`] or of
/// more than [`MAX_HTML_NODES`] elements is converted without layout, before any document is built of it.
pub fn to_text(html: &str) -> String {
    to_text_noting(html).0
}

/// [`to_text`], and whether the layout was given up.
pub(crate) fn to_text_noting(html: &str) -> (String, bool) {
    if is_too_complex(html) {
        return (tidy(&mail_parser::decoders::html::html_to_text(html)), true);
    }
    let rendered = html2text::config::with_decorator(Prose)
        .no_table_borders()
        .link_footnotes(false)
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH);
    match rendered {
        Ok(text) => (tidy(&text), false),
        Err(_) => (tidy(&mail_parser::decoders::html::html_to_text(html)), true),
    }
}

/// Whether HTML is over a limit of layout: no document should be built of it, here or elsewhere. One pass.
pub fn is_too_complex(html: &str) -> bool {
    html.len() > MAX_HTML_LAYOUT_BYTES || guard::is_too_complex(html.as_bytes())
}

/// Trims lines, shortens rules, and keeps at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut line_feeds = MAX_LINE_FEEDS;
    for line in text.lines() {
        let line = line.trim_end();
        let is_rule = line.len() > 100 && line.chars().all(|character| matches!(character, '─' | '-' | '='));
        if line.is_empty() {
            if line_feeds < MAX_LINE_FEEDS {
                tidy.push('\n');
                line_feeds += 1;
            }
            continue;
        }
        tidy.push_str(if is_rule { "---" } else { line });
        tidy.push('\n');
        line_feeds = 1;
    }
    let end = tidy.trim_end().len();
    tidy.truncate(end);
    if !tidy.is_empty() {
        tidy.push('\n');
    }
    crate::lines::clean_text(&tidy.replace('\u{a0}', " "))
}

/// Plain prose: no marks but those of lists and quotes.
#[derive(Clone)]
struct Prose;

impl TextDecorator for Prose {
    type Annotation = ();

    fn decorate_link_start(&mut self, _url: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        String::new()
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _src: &str, _title: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    fn unordered_item_prefix(&self) -> String {
        "* ".to_owned()
    }

    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_HTML_DEPTH;

    #[test]
    fn paragraphs_lists_and_quotes_become_lines() {
        let html = "<h1>Title</h1><p>One &amp; <b>two</b>\nthree</p><ul><li>a</li><li>b</li></ul><blockquote>said</blockquote>";
        assert_eq!(to_text(html), "Title\n\nOne & two three\n* a\n* b\n\n> said\n");
    }

    #[test]
    fn links_are_their_text_and_styles_are_nothing() {
        let html = "<style>p{color:red}</style><script>x()</script><p><a href=\"https://example.org\">click</a><img src=x alt=y></p>";
        assert_eq!(to_text(html), "click\n");
    }

    #[test]
    fn long_prose_is_not_wrapped() {
        let prose = "word ".repeat(200);
        assert_eq!(to_text(&format!("<p>{prose}</p>")).trim(), prose.trim());
    }

    #[test]
    fn lists_that_begin_at_the_end_of_numbers_have_no_layout() {
        for start in [
            "9223372036854775807",
            "-9223372036854775808",
            "'9223372036854775807'",
            "\"&#57;223372036854775807\"",
        ] {
            let html = format!("<ol Start = {start}><li>a<li>b</ol>");
            let (text, plain) = to_text_noting(&html);
            assert!(plain && text.contains('a') && text.contains('b'), "{start}");
        }
        let (text, plain) =
            to_text_noting("<a href='?start=20201111T1111111111111'>x</a><ol start=7><li>a</ol>");
        assert_eq!((text.as_str(), plain), ("x\n7. a\n", false));
    }

    #[test]
    fn at_the_limits() {
        let deep = |levels: usize| format!("{}text{}", "<div>".repeat(levels), "</div>".repeat(levels));
        assert!(!to_text_noting(&deep(MAX_HTML_DEPTH)).1);
        let (text, plain) = to_text_noting(&deep(MAX_HTML_DEPTH + 1));
        assert_eq!((text.trim(), plain), ("text", true));
        let large = format!("<p>text</p>{}", " ".repeat(MAX_HTML_LAYOUT_BYTES - 11));
        assert!(!to_text_noting(&large).1);
        let (text, plain) = to_text_noting(&format!("{large} "));
        assert_eq!((text.trim(), plain), ("text", true));
    }
}
