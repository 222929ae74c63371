//! Whether two plans are the same, to the byte; where a dry run shows what stands for a number, up to this alone.

use rejoinder_engine::plan::{OutgoingEmail, Plan};
use rejoinder_mail::Mail;
use rejoinder_store::blob_digest;

use super::numbers::Given;

/// The same bytes, those of mails and files included.
pub(crate) fn same(one: &Plan, other: &Plan, what: &str) {
    let (left, right) = (one.canonical(), other.canonical());
    for (left, right) in left.lines().zip(right.lines()).filter(|(left, right)| left != right).take(5) {
        println!("{what}:\n{left}\n{right}");
    }
    assert!(left == right, "{what}");
    // The canonical text has digests in place of bytes.
    assert_eq!(one, other, "{what}: bytes");
    for mail in one.outgoing.iter().filter(|mail| !mail.bytes.is_empty()) {
        assert_eq!(mail.digest, blob_digest(&mail.bytes), "{what}: a digest names other bytes");
    }
}

/// The plan of the dry run is the one that is applied, once its placeholders are filled with the numbers given.
///
/// A mail with a number in it is other bytes under another digest, because `‹next›` is written in another charset
/// than digits. Such a mail is compared as a reader has it: every header, text and file.
pub(crate) fn same_but_for_numbers(rehearsed: &Plan, applied: &Plan, given: &Given) {
    if given.is_empty() {
        return same(rehearsed, applied, "the dry run and the plan applied");
    }
    let filled = |text: &str| {
        given.iter().fold(text.to_owned(), |text, (placeholder, number)| text.replace(placeholder, number))
    };
    let mut text = filled(&rehearsed.canonical());
    assert_eq!(rehearsed.outgoing.len(), applied.outgoing.len());
    for (shown, sent) in rehearsed.outgoing.iter().zip(&applied.outgoing) {
        if shown.digest == sent.digest {
            assert_eq!(shown.bytes, sent.bytes);
            continue;
        }
        let names = given.iter().any(|(placeholder, _)| readable(shown).contains(placeholder));
        assert!(names, "a mail without a number differs:\n{}", String::from_utf8_lossy(&shown.bytes));
        assert_eq!(filled(&readable(shown)), readable(sent));
        assert_eq!(shown.digest, blob_digest(&shown.bytes));
        assert_eq!(sent.digest, blob_digest(&sent.bytes));
        text = text.replace(&shown.digest, &sent.digest);
    }
    assert_eq!(text, applied.canonical(), "more than the number differs");
    let files = |plan: &Plan| plan.attachments.iter().map(|file| file.bytes.clone()).collect::<Vec<_>>();
    assert_eq!(files(rehearsed), files(applied));
}

/// A mail as its reader has it: everything but how its text is wrapped for the way.
fn readable(mail: &OutgoingEmail) -> String {
    let mut mail: Mail = rejoinder_mail::parse(&mail.bytes);
    mail.headers.retain(|header| !header.name.eq_ignore_ascii_case("Content-Transfer-Encoding"));
    format!("{mail:#?}")
}
