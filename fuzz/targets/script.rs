//! Scripts before they run: what is rewritten still has the syntax that it had, and advice points into the source.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_script::{Script, Vocabulary, check, lint};

fuzz_target!(|source: &str| {
    for vocabulary in [Vocabulary::SimpleOne, Vocabulary::ServiceNow] {
        let script = Script { name: "fuzz", source, vocabulary };
        drop(check(&script));
        lint(&script, &["Helper"]);
    }
});
