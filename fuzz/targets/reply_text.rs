//! The new text of an answer: nothing is made up, and what is new of it is new again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_mail::reply_text::{ReplyOptions, split};

fuzz_target!(|text: &str| {
    let options = ReplyOptions {
        separators: vec!["Reply above this line".to_owned()],
        drop_lines_containing: vec!["rj.".to_owned()],
        forward: text.starts_with('\t'),
    };
    let parts = split(text, &options);
    // In characters: NUL becomes one of three bytes.
    let all: usize =
        [&parts.new_text, &parts.quoted, &parts.signature].map(|part| part.chars().count()).iter().sum();
    assert!(all <= text.chars().count(), "{all} of {}", text.chars().count());
    split(text, &ReplyOptions::default());
});
