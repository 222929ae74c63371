//! What the signs of a mail say, on mails made here.

use super::*;
use crate::parse;

fn of(header: &str, body: &str) -> Signs {
    signs(
        &parse(format!("From: Anna <anna@example.org>\n{header}\n{body}").as_bytes()),
        &PrefixLists::default(),
    )
}

fn stopped_by(header: &str) -> Option<&'static str> {
    of(header, "Hello").do_not_answer
}

#[test]
fn an_ordinary_mail_has_no_signs() {
    let signs = of(
        "Subject:  Printer   broken\nReturn-Path: <anna@example.org>\nAuto-Submitted: no\nPrecedence: first-class\n",
        "Hello",
    );
    assert_eq!(signs.core_subject, "Printer broken");
    assert_eq!(
        (signs.do_not_answer, signs.automatic_answer, signs.reply_prefix, signs.forward_prefix),
        (None, None, None, None)
    );
    assert!(!signs.forwarded_block && !signs.list && signs.delivery_report.is_none());
}

#[test]
fn each_reason_not_to_answer() {
    assert_eq!(stopped_by("Auto-Submitted: Auto-Generated; x=y\n"), Some("auto_submitted"));
    assert_eq!(stopped_by("Auto-Submitted: auto-replied (vacation)\n"), Some("auto_submitted"));
    assert_eq!(stopped_by("X-Auto-Response-Suppress: DR, OOF,RN\n"), Some("auto_response_suppress"));
    assert_eq!(stopped_by("X-Auto-Response-Suppress: All\n"), Some("auto_response_suppress"));
    assert_eq!(stopped_by("X-Auto-Response-Suppress: DR, RN, NRN\n"), None);
    for value in ["bulk", "Junk", "list", "auto_reply"] {
        assert!(stopped_by(&format!("Precedence: {value}\n")).is_some(), "{value}");
    }
    assert_eq!(stopped_by("List-Id: <list.example.org>\n"), Some("list"));
    assert_eq!(stopped_by("List-Unsubscribe: <mailto:x@example.org>\n"), Some("list"));
    assert_eq!(stopped_by("Return-Path: <>\n"), Some("null_return_path"));
    assert_eq!(stopped_by("Reply-To: no-reply@example.org\n"), Some("no_reply_sender"));
    assert_eq!(stopped_by("X-Autoreply: yes\n"), Some("automatic_answer"));
    assert_eq!(stopped_by("Subject: Automatic reply: x\n"), Some("automatic_answer"));
}

#[test]
fn a_person_behind_a_form_can_be_answered() {
    let form = parse(b"From: noreply@example.org\nReply-To: anna@example.org\n\nHello");
    assert!(!signs(&form, &PrefixLists::default()).no_reply_sender);
    let bare = parse(b"From: noreply@example.org\n\nHello");
    assert!(signs(&bare, &PrefixLists::default()).no_reply_sender);
}

#[test]
fn automatic_answers_are_told_by_the_strongest_sign() {
    let why = |header: &str| of(header, "I am away").automatic_answer.map(|answer| answer.why);
    assert_eq!(why("Auto-Submitted: auto-replied\nSubject: Out of office\n"), Some("auto_submitted"));
    assert_eq!(why("X-Autorespond: x\n"), Some("vacation_header"));
    assert_eq!(why("X-Autoreply: no\n"), None);
    assert_eq!(why("Precedence: auto_reply\n"), Some("vacation_header"));
    assert_eq!(why("Subject: Автоматический ответ: Принтер\n"), Some("subject"));
    assert_eq!(why("Auto-Submitted: auto-generated\n"), None);
    assert_eq!(
        why("Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n"),
        Some("read_receipt")
    );
}

#[test]
fn strong_prefixes_count_alone_and_weak_ones_with_company() {
    let reply = of("Subject: AW: Printer\n", "x");
    assert_eq!(
        (reply.reply_prefix, reply.core_subject.as_str()),
        (Some(PrefixHit { word: "aw".into(), weak: false }), "Printer")
    );
    let forward = of("Subject: Fwd: Printer\n", "x");
    assert_eq!(forward.forward_prefix, Some(PrefixHit { word: "fwd".into(), weak: false }));

    let alone = of("Subject: R: Printer\n", "x");
    assert_eq!(
        (alone.reply_prefix, alone.forward_prefix, alone.core_subject.as_str()),
        (None, None, "R: Printer")
    );
    let with_headers = of("Subject: R: Printer\nIn-Reply-To: <1@x>\n", "x");
    assert_eq!(
        (with_headers.reply_prefix, with_headers.core_subject.as_str()),
        (Some(PrefixHit { word: "r".into(), weak: true }), "Printer")
    );
    let with_block = of("Subject: RV: Printer\n", "---------- Forwarded message ---------\nFrom: x\n");
    assert_eq!(with_block.forward_prefix, Some(PrefixHit { word: "rv".into(), weak: true }));
    assert!(with_block.reply_prefix.is_none());
}

#[test]
fn forwarded_blocks_are_found() {
    assert!(of("", "See\n\nFrom: A\nSent: today\nTo: B\nSubject: C\n").forwarded_block);
    assert!(of("", "См. ниже\n-------- Пересылаемое сообщение --------\n").forwarded_block);
    assert!(
        of(
            "Content-Type: multipart/mixed; boundary=b\n",
            "--b\n\nx\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\nz\n--b--\n"
        )
        .forwarded_block
    );
    assert!(!of("", "From: here\nto there").forwarded_block);
    let marker = "Begin forwarded message:\n";
    assert!(of("", &("x\n".repeat(MAX_BLOCK_LINES - 1) + marker)).forwarded_block);
    assert!(!of("", &("x\n".repeat(MAX_BLOCK_LINES) + marker)).forwarded_block);
}

#[test]
fn invitations_are_a_sign_and_published_events_are_none() {
    let with = |method: &str| {
        of(&format!("Content-Type: text/calendar; method={method}\n"), "BEGIN:VCALENDAR\n").calendar
    };
    assert_eq!(with("REPLY").as_deref(), Some("REPLY"));
    assert_eq!(with("publish"), None);
}
