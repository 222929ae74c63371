//! Bytes to a mail: it is total, and what is read of it twice is read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_mail::reply_text::{ReplyOptions, split_mail};
use rejoinder_mail::sign::{PrefixLists, signs};
use rejoinder_mail::{fingerprint, header_scan, parse};

fuzz_target!(|bytes: &[u8]| {
    let (mail, keys) = (parse(bytes), header_scan::scan(bytes));
    let from = mail.from.as_ref().map(|from| from.email.clone());
    assert_eq!(
        (&keys.message_id, &keys.in_reply_to, &keys.references, &keys.from),
        (&mail.message_id, &mail.in_reply_to, &mail.references, &from)
    );
    assert!(!mail.text.contains(['\0', '\r']) && !mail.subject.contains(char::is_control));
    assert!(mail.attachments.iter().all(|file| !file.file_name.is_empty()));
    assert_eq!(fingerprint(&mail), fingerprint(&parse(bytes)));
    signs(&mail, &PrefixLists::default());
    split_mail(&mail, &ReplyOptions::default());
});
