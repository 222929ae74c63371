//! What is read off mails, whole and broken.

use super::*;
use crate::limits::{MAX_ATTACHMENT_BYTES, MAX_HTML_DEPTH, MAX_REFERENCES, MAX_TEXT_BYTES};

fn mail(text: &str) -> Mail {
    parse(text.as_bytes())
}

/// A mail of one multipart with `b` as its boundary.
fn multipart(subtype: &str, parts: &[&str]) -> Mail {
    let body: String = parts.iter().fold(String::new(), |text, part| text + "--b\n" + part + "\n");
    mail(&format!("From: a@x.org\nContent-Type: multipart/{subtype}; boundary=b\n\n{body}--b--\n"))
}

const PLAIN: &str = "Content-Type: text/plain\n\nplain";
const HTML: &str = "Content-Type: text/html\n\n<p>html</p>";
const FILE: &str = "Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nfile";
const IMAGE: &str =
    "Content-Type: image/png\nContent-ID: <i@x>\nContent-Transfer-Encoding: base64\n\niVBORw0=";

#[test]
fn a_mail_is_read_field_by_field() {
    let mail = mail(
        "Return-Path: <bounce@x.org>\nMessage-ID: <1@x.org>\nIn-Reply-To: <0@x.org>\nReferences: <r@x.org>\n <0@x.org>\n\
         From: Anna <a@x.org>\nSender: s@x.org\nReply-To: r@x.org\nTo: t@x.org, u@x.org\nCc: c@x.org\nBcc: d@x.org\n\
         Date: Tue, 14 Nov 2023 22:13:20 +0000\nSubject: =?utf-8?q?=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82?=\n\nHello\n",
    );
    assert_eq!(mail.return_path, ReturnPath::Address("bounce@x.org".into()));
    assert_eq!(mail.message_id.as_deref(), Some("1@x.org"));
    assert_eq!(mail.in_reply_to, ["0@x.org"]);
    assert_eq!(mail.references, ["r@x.org", "0@x.org"]);
    assert_eq!(mail.from, Some(Address::with_name("Anna", "a@x.org")));
    assert_eq!(mail.sender, Some(Address::new("s@x.org")));
    assert_eq!((mail.reply_to.len(), mail.to.len(), mail.cc.len(), mail.bcc.len()), (1, 2, 1, 1));
    assert_eq!(mail.date, Some(1_700_000_000_000_000));
    assert_eq!(mail.subject, "Привет");
    assert_eq!(mail.header("subject"), Some("Привет"));
    assert_eq!(mail.headers_named("TO").count(), 1);
    assert_eq!((mail.text.as_str(), mail.html.as_deref(), mail.text_from_html), ("Hello\n", None, false));
    assert_eq!(mail.defects, []);
}

#[test]
fn the_sender_stands_in_for_a_missing_author() {
    assert_eq!(mail("Sender: s@x.org\n\n").from, Some(Address::new("s@x.org")));
    assert_eq!(mail("From: nobody here\nSender: s@x.org\n\n").from, Some(Address::new("s@x.org")));
    assert_eq!(mail("From: root\n\n").from, Some(Address::new("root")));
}

#[test]
fn an_empty_return_path_is_null() {
    assert_eq!(mail("Return-Path: <>\n\n").return_path, ReturnPath::Null);
    assert_eq!(mail("Subject: x\n\n").return_path, ReturnPath::Absent);
}

#[test]
fn alternatives_give_text_and_html() {
    let mail = multipart("alternative", &[PLAIN, HTML]);
    assert_eq!(
        (mail.text.as_str(), mail.html.as_deref(), mail.text_from_html),
        ("plain", Some("<p>html</p>"), false)
    );
    let mail = multipart("alternative", &["Content-Type: text/plain\n\n \n", HTML]);
    assert_eq!((mail.text.as_str(), mail.text_from_html), ("html\n", true));
}

#[test]
fn text_is_made_from_html_where_there_is_no_other() {
    let mail = mail("Content-Type: text/html; charset=utf-8\n\n<p>Привет</p>");
    assert_eq!((mail.text.as_str(), mail.text_from_html), ("Привет\n", true));
}

#[test]
fn html_that_is_too_complex_is_told_whether_or_not_the_text_is_made_of_it() {
    let deep = |levels: usize| format!("Content-Type: text/html\n\n{}html", "<div>".repeat(levels));
    let plain = multipart("alternative", &[PLAIN, &deep(MAX_HTML_DEPTH)]);
    assert_eq!((plain.text.as_str(), plain.has_defect(Defect::HtmlTooComplex)), ("plain", false));
    let plain = multipart("alternative", &[PLAIN, &deep(MAX_HTML_DEPTH + 1)]);
    assert_eq!((plain.text.as_str(), plain.has_defect(Defect::HtmlTooComplex)), ("plain", true));
    let only = multipart("mixed", &[&deep(MAX_HTML_DEPTH + 1)]);
    assert_eq!((only.text.trim(), only.has_defect(Defect::HtmlTooComplex)), ("html", true));
}

#[test]
fn parts_in_sequence_are_joined() {
    let mail = multipart("mixed", &[PLAIN, "Content-Type: text/plain\n\nfooter", IMAGE]);
    assert_eq!((mail.text.as_str(), mail.attachments.len()), ("plain\nfooter", 1));
    let mail = multipart("mixed", &["Content-Type: text/plain\n\na < b", HTML]);
    assert_eq!(
        (mail.text.as_str(), mail.html.as_deref()),
        ("a < b\nhtml\n", Some("<pre>a &lt; b</pre><p>html</p>"))
    );
}

#[test]
fn named_text_is_an_attachment_and_related_images_are_inline() {
    let mail = multipart("mixed", &[PLAIN, FILE]);
    let file = mail.attachments.first().unwrap();
    assert_eq!(
        (file.file_name.as_str(), file.media_type.as_str(), file.inline, file.bytes.as_slice()),
        ("a.txt", "text/plain", false, &b"file"[..])
    );
    let mail = multipart("related", &[HTML, IMAGE]);
    let image = mail.attachments.first().unwrap();
    assert_eq!(
        (image.file_name.as_str(), image.content_id.as_deref(), image.inline),
        ("part-1.png", Some("i@x"), true)
    );
}

#[test]
fn messages_inside_stay_closed() {
    let mail = multipart(
        "mixed",
        &[PLAIN, "Content-Type: message/rfc822\n\nSubject: In/side\nFrom: b@x.org\n\nbody"],
    );
    let inside = mail.attachments.first().unwrap();
    assert_eq!((inside.file_name.as_str(), inside.media_type.as_str()), ("In_side.eml", "message/rfc822"));
    assert_eq!(parse(&inside.bytes).subject, "In/side");
}

#[test]
fn calendar_parts_state_their_method() {
    let invitation = "Content-Type: text/calendar; method=request\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\n";
    assert_eq!(multipart("alternative", &[PLAIN, invitation]).has_calendar.as_deref(), Some("REQUEST"));
    let written = "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\r\nMETHOD:reply\r\n";
    assert_eq!(multipart("alternative", &[PLAIN, written]).has_calendar.as_deref(), Some("REPLY"));
    let booking =
        "Content-Type: text/calendar; name=trip.ics\nContent-Disposition: attachment\n\nMETHOD:PUBLISH\n";
    assert_eq!(multipart("mixed", &[PLAIN, booking]).has_calendar, None);
}

#[test]
fn at_the_limit_of_addresses_and_references() {
    let list = |count: usize| vec!["a@x.org"; count].join(", ");
    assert!(
        !mail(&format!("From: a@x.org\nTo: {}\n\n", list(MAX_ADDRESSES)))
            .has_defect(Defect::TooManyAddresses)
    );
    let mail_over = mail(&format!("From: a@x.org\nTo: {}\nTo: b@x.org\n\n", list(MAX_ADDRESSES)));
    assert!(mail_over.has_defect(Defect::TooManyAddresses));
    assert_eq!(mail_over.to.len(), MAX_ADDRESSES);
    let ids = |count: usize| (0..count).map(|number| format!("<{number}@x>")).collect::<Vec<_>>().join("\n ");
    assert!(!mail(&format!("References: {}\n\n", ids(MAX_REFERENCES))).has_defect(Defect::TooManyReferences));
    let over = mail(&format!("References: {}\n\n", ids(MAX_REFERENCES + 1)));
    assert_eq!((over.references.len(), over.has_defect(Defect::TooManyReferences)), (MAX_REFERENCES, true));
}

#[test]
fn at_the_limit_of_the_subject() {
    let subject = "я".repeat(MAX_SUBJECT_CHARS);
    assert_eq!(mail(&format!("From: a@x.org\nSubject: {subject}\n\n")).defects, []);
    let over = mail(&format!("From: a@x.org\nSubject: {subject}!\n\n"));
    assert_eq!((over.subject, over.defects.as_slice()), (subject, &[Defect::HeaderTooLong][..]));
}

#[test]
fn at_the_limit_of_the_text() {
    let line = "0123456789abcde\n";
    let text = line.repeat(MAX_TEXT_BYTES / line.len());
    assert_eq!(mail(&format!("From: a@x.org\n\n{text}")).defects, []);
    let over = mail(&format!("From: a@x.org\n\n{text}!"));
    assert_eq!((over.text.len(), over.defects.as_slice()), (MAX_TEXT_BYTES, &[Defect::TextTooLong][..]));
}

#[test]
fn at_the_limit_of_an_attachment() {
    let head = b"From: a@x.org\nContent-Type: application/x-y; name=big\nContent-Disposition: attachment\nContent-Transfer-Encoding: binary\n\n";
    let mut bytes = head.to_vec();
    bytes.resize(head.len() + MAX_ATTACHMENT_BYTES, b'x');
    let exact = parse(&bytes);
    assert_eq!((exact.attachments[0].bytes.len(), exact.defects.len()), (MAX_ATTACHMENT_BYTES, 0));
    bytes.push(b'x');
    let over = parse(&bytes);
    let file = &over.attachments[0];
    assert_eq!(
        (file.file_name.as_str(), file.bytes.len(), over.defects.as_slice()),
        ("big", 0, &[Defect::AttachmentTooLarge][..])
    );
}
