//! Delivery reports of every kind, read from mails made here.

use super::*;
use crate::{limits::MAX_REPORTED_RECIPIENTS, parse};

fn report(text: &str) -> Option<DeliveryReport> {
    read(&parse(text.as_bytes()))
}

fn standard(status: &str) -> Option<DeliveryReport> {
    report(&format!(
        "From: MAILER-DAEMON@x.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\
         --b\nContent-Type: message/delivery-status\n\n{status}\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@us>\nTo: anna@x.org\n\nhi\n--b--\n"
    ))
}

#[test]
fn the_fields_of_each_recipient_are_read() {
    let report = standard(
        "Reporting-MTA: dns; mx.x.org\n\nOriginal-Recipient: rfc822;anna@y.org\nFinal-Recipient: RFC822; <anna@x.org>\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1\n no such user\n\nFinal-Recipient: rfc822; bert@x.org\nAction: delayed (will retry)\nStatus: 4.0.0\n",
    )
    .unwrap();
    assert_eq!((report.kind, report.original_message_id.as_deref()), (Kind::Rfc3464, Some("1@us")));
    let [anna, bert] = report.recipients.as_slice() else { panic!("{report:?}") };
    assert_eq!((anna.address.as_str(), anna.original_address.as_deref()), ("anna@x.org", Some("anna@y.org")));
    assert_eq!(
        (anna.action, anna.status.as_deref(), anna.diagnostic.as_deref()),
        (Action::Failed, Some("5.1.1"), Some("550 5.1.1 no such user"))
    );
    assert_eq!(
        (bert.action, bert.status.as_deref(), bert.diagnostic.as_deref()),
        (Action::Delayed, Some("4.0.0"), None)
    );
}

#[test]
fn what_is_missing_is_inferred() {
    let report = standard(
        "Final-Recipient: anna@x.org\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\n",
    )
    .unwrap();
    assert_eq!(
        (report.recipients[0].action, report.recipients[0].status.as_deref()),
        (Action::Failed, Some("5.2.2"))
    );
    let report = standard("Final-Recipient: anna@x.org\nStatus: 2.0.0\n").unwrap();
    assert_eq!(report.recipients[0].action, Action::Delivered);
}

#[test]
fn a_complaint_is_a_report_of_a_delivered_mail() {
    let report = report(
        "From: fbl@x.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nAbuse.\n\
         --b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <anna@x.org>\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@us>\n\nhi\n--b--\n",
    )
    .unwrap();
    assert_eq!((report.kind, report.original_message_id.as_deref()), (Kind::Arf, Some("1@us")));
    assert_eq!(
        (report.recipients[0].address.as_str(), report.recipients[0].action),
        ("anna@x.org", Action::Delivered)
    );
}

#[test]
fn the_reason_is_in_the_words_or_in_the_code() {
    let reason = |status: &str, words: &str| {
        let text = format!(
            "From: MAILER-DAEMON@x.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nUndelivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.org\n\n\
             Final-Recipient: rfc822; anna@x.org\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n--b--\n"
        );
        report(&text).unwrap().recipients[0].reason
    };
    assert_eq!(
        reason("5.0.0", "550 5.0.0 Mailbox full"),
        Reason::MailboxFull,
        "words before a code of everything"
    );
    assert_eq!(reason("5.2.2", "552 sorry"), Reason::MailboxFull);
    assert_eq!(
        reason("5.7.1", "550 <anna@x.org>: Recipient address rejected: User unknown"),
        Reason::UserUnknown
    );
    assert_eq!(reason("5.7.1", "554 rejected"), Reason::Refused);
    assert_eq!(reason("5.1.8", "553 Domain of sender address me@us.org does not exist"), Reason::Refused);
    assert_eq!(reason("4.4.1", "connect to x.org: Connection timed out"), Reason::NotReached);
    assert_eq!(reason("5.0.0", "550 no"), Reason::Unknown);
}

#[test]
fn qmail_exim_and_plain_servers_are_understood() {
    let qmail = report(
        "From: MAILER-DAEMON@x.org\nTo: me@us.org\nSubject: failure notice\n\nHi. This is the qmail-send program at x.org.\n\n<anna@x.org>:\n\
         Remote host said: 550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <me@us.org>\nMessage-ID: <1@us>\nTo: anna@x.org\n",
    )
    .unwrap();
    assert_eq!((qmail.kind, qmail.original_message_id.as_deref()), (Kind::NonStandard, Some("1@us")));
    assert_eq!(
        (qmail.recipients[0].address.as_str(), qmail.recipients[0].status.as_deref()),
        ("anna@x.org", Some("5.1.1"))
    );
    let exim = report(
        "From: Mail Delivery System <Mailer-Daemon@x.org>\nTo: me@us.org\nX-Failed-Recipients: anna@x.org, bert@x.org\nSubject: Mail delivery failed\n\nmessage body\n",
    )
    .unwrap();
    assert_eq!(exim.recipients.len(), 2);
    let delayed = report(
        "From: postmaster@x.org\nTo: me@us.org\nSubject: Delivery delayed\n\nYour message has not yet been delivered:\n\n  anna@x.org\n  Delay reason: 4.4.1 timeout\n",
    )
    .unwrap();
    assert_eq!(
        (delayed.recipients[0].address.as_str(), delayed.recipients[0].action),
        ("anna@x.org", Action::Delayed)
    );
}

#[test]
fn people_who_write_about_reports_are_no_mail_systems() {
    assert_eq!(
        report(
            "From: anna@x.org\nSubject: Re: Undelivered mail\n\nI got this: bert@x.org 550 5.1.1 user unknown\n"
        ),
        None
    );
    assert_eq!(
        report(
            "From: postmaster@x.org\nSubject: Maintenance\n\nThe mail server will be down tonight, ask anna@x.org.\n"
        ),
        None
    );
    assert_eq!(
        report(
            "From: anna@x.org\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nI am away, ask bert@x.org.\n"
        ),
        None
    );
}

#[test]
fn at_the_limit_of_recipients() {
    let fields = |count: usize| {
        (0..count).fold(String::new(), |text, n| {
            text + &format!("Final-Recipient: rfc822; a{n}@x.org\nAction: failed\n\n")
        })
    };
    assert_eq!(standard(&fields(MAX_REPORTED_RECIPIENTS)).unwrap().recipients.len(), MAX_REPORTED_RECIPIENTS);
    assert_eq!(
        standard(&fields(MAX_REPORTED_RECIPIENTS + 1)).unwrap().recipients.len(),
        MAX_REPORTED_RECIPIENTS
    );
}
