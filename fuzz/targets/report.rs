//! Delivery reports: as a status part, and as a text that some server thought of.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_mail::limits::MAX_REPORTED_RECIPIENTS;
use rejoinder_mail::{parse, report};

fuzz_target!(|bytes: &[u8]| {
    let head = "From: MAILER-DAEMON@example.net\r\nSubject: Undelivered Mail\r\n";
    let status = "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\nSorry\r\n\
                  --r\r\nContent-Type: message/delivery-status\r\n\r\n";
    for (head, end) in [("", ""), (&format!("{head}\r\n"), ""), (&format!("{head}{status}"), "\r\n--r--\r\n")]
    {
        let mail = parse(&[head.as_bytes(), bytes, end.as_bytes()].concat());
        let recipients = report::read(&mail).map_or(0, |report| report.recipients.len());
        assert!(recipients <= MAX_REPORTED_RECIPIENTS);
    }
});
