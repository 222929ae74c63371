//! `winmail.dat` inside of a mail.
#![no_main]

use data_encoding::BASE64;
use libfuzzer_sys::fuzz_target;
use rejoinder_mail::parse;

fuzz_target!(|container: &[u8]| {
    let head = "From: a@example.com\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n";
    let mail = parse(format!("{head}{}\r\n", BASE64.encode(container)).as_bytes());
    let bytes: usize = mail.attachments.iter().map(|file| file.bytes.len()).sum();
    // Its files, and the container where not all of it was understood.
    assert!(bytes <= container.len() * 4 + 1_000, "{bytes} bytes out of {}", container.len());
});
