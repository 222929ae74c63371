//! Templates of administrators: bounded in time and size, and nothing of a value is markup.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_engine::limits::BODY_BYTES_MAX;
use rejoinder_engine::render::{Format, Names, render};

struct Anything;

impl Names for Anything {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        Ok((!name.starts_with("no")).then(|| format!("<b>{name}</b>")))
    }
}

fuzz_target!(|source: &str| {
    for format in [Format::Line, Format::Text, Format::Html] {
        if let Ok(text) = render(source, format, &Anything) {
            assert!(text.len() <= BODY_BYTES_MAX, "{} bytes", text.len());
            assert!(format != Format::Line || !text.contains(['\r', '\n']), "one line");
        }
    }
});
