//! HTML to text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_mail::html::{is_too_complex, to_text};

fuzz_target!(|html: &str| {
    let text = to_text(html);
    assert!(!text.contains("\n\n\n"), "at most one empty line");
    is_too_complex(html);
});
