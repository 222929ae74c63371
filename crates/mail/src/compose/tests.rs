//! What composed mails look like, and that they read back.

use super::*;
use crate::parse;

fn outgoing() -> Outgoing {
    Outgoing {
        from: Address::with_name("Служба поддержки", "help@example.org"),
        to: vec![Address::with_name("Smith, \"Anna\"", "anna@example.org"), Address::new("bert@example.org")],
        cc: vec![Address::new("carl@example.org")],
        reply_to: Some(Address::new("help+token@example.org")),
        subject: "[INC0000042] Принтер не печатает: очень длинная тема, которая не помещается в одну строку заголовка".into(),
        message_id: "1.abc@example.org".into(),
        in_reply_to: Some("0.abc@example.org".into()),
        references: vec!["r.abc@example.org".into(), "0.abc@example.org".into()],
        date: 1_700_000_000_000_000,
        text: "Здравствуйте,\nваше обращение принято.\n".into(),
        html: Some("<p>Здравствуйте</p>\n".into()),
        headers: vec![
            ("Auto-Submitted".into(), "auto-generated".into()),
            ("List-Unsubscribe".into(), "<mailto:u@example.org?subject=unsubscribe>, <https://example.org/u/1234567890123456789012345678901234567890>".into()),
        ],
        attachments: vec![OutgoingAttachment { file_name: "отчёт.txt".into(), media_type: "text/plain".into(), bytes: b"a\nb\r\nc\rd\0".to_vec() }],
        boundary_seed: [7; 16],
    }
}

/// Every line ends with CRLF, is no longer than the limit, and there is no stray CR or LF.
fn assert_lines(bytes: &[u8]) {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.ends_with("\r\n"));
    for line in text.split_terminator("\r\n") {
        assert!(!line.contains(['\r', '\n']), "{line:?}");
        assert!(line.len() <= MAX_LINE_BYTES, "{} bytes", line.len());
    }
}

#[test]
fn what_is_written_is_read_again() {
    let outgoing = outgoing();
    let bytes = compose(&outgoing).unwrap();
    assert_lines(&bytes);
    let mail = parse(&bytes);
    assert_eq!(mail.defects, []);
    assert_eq!(mail.from.as_ref(), Some(&outgoing.from));
    assert_eq!((&mail.to, &mail.cc), (&outgoing.to, &outgoing.cc));
    assert_eq!(mail.reply_to.first(), outgoing.reply_to.as_ref());
    assert_eq!(mail.subject, outgoing.subject);
    assert_eq!(mail.message_id.as_ref(), Some(&outgoing.message_id));
    assert_eq!(mail.in_reply_to.first(), outgoing.in_reply_to.as_ref());
    assert_eq!(mail.references, outgoing.references);
    assert_eq!(mail.date, Some(outgoing.date));
    assert_eq!(mail.text, outgoing.text);
    assert_eq!(mail.html, outgoing.html);
    for (name, value) in &outgoing.headers {
        assert_eq!(mail.header(name), Some(value.as_str()));
    }
    let file = mail.attachments.first().unwrap();
    assert_eq!(
        (&file.file_name, &file.media_type, &file.bytes),
        (
            &outgoing.attachments[0].file_name,
            &outgoing.attachments[0].media_type,
            &outgoing.attachments[0].bytes
        )
    );
}

#[test]
fn the_same_value_gives_the_same_bytes() {
    assert_eq!(compose(&outgoing()), compose(&outgoing()));
    let other = Outgoing { boundary_seed: [8; 16], ..outgoing() };
    assert_ne!(compose(&outgoing()), compose(&other));
}

#[test]
fn plain_text_is_one_part() {
    let plain = Outgoing { html: None, attachments: vec![], text: "Hello".into(), ..outgoing() };
    let bytes = compose(&plain).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(!text.contains("boundary") && text.ends_with("\r\n\r\nHello\r\n"), "{text}");
    assert_eq!(parse(&bytes).text.trim_end(), "Hello");
}

#[test]
fn line_ends_of_all_kinds_become_crlf_and_long_lines_are_encoded() {
    let text = format!("a\rb\nc\r\nd\0\n{}\n.\nFrom x\n", "x".repeat(5_000));
    let plain = Outgoing { html: Some(text.clone()), text: text.clone(), ..outgoing() };
    let bytes = compose(&plain).unwrap();
    assert_lines(&bytes);
    assert_eq!(parse(&bytes).text, clean_text(&text));
}

#[test]
fn a_header_cannot_be_broken_out_of() {
    let attack = "x\r\nBcc: victim@example.org\r\n\r\nbody";
    let mut hostile = outgoing();
    hostile.subject = attack.into();
    hostile.from.name = Some(attack.into());
    hostile.headers = vec![("X-Test".into(), attack.into()), ("X-Тест".into(), "x".into())];
    hostile.attachments[0].file_name = attack.into();
    assert_eq!(compose(&hostile), Err(ComposeError::InvalidHeaderName { name: "X-Тест".into() }));
    hostile.headers.pop();
    let bytes = compose(&hostile).unwrap();
    assert_lines(&bytes);
    let mail = parse(&bytes);
    assert_eq!((mail.header("Bcc"), mail.bcc.len()), (None, 0));
    assert_eq!(mail.text, hostile.text);
    assert_eq!(mail.header("X-Test"), Some("x  Bcc: victim@example.org    body"));
}

#[test]
fn what_would_be_invalid_is_refused() {
    let refused = |change: &dyn Fn(&mut Outgoing)| {
        let mut mail = outgoing();
        change(&mut mail);
        compose(&mail).unwrap_err()
    };
    let email = "a@x.org>\r\nBcc: b@x.org";
    assert!(matches!(
        refused(&|mail| mail.to[0].email = email.into()),
        ComposeError::InvalidAddress { field: "To", .. }
    ));
    assert!(matches!(
        refused(&|mail| mail.from.email.clear()),
        ComposeError::InvalidAddress { field: "From", .. }
    ));
    assert!(matches!(
        refused(&|mail| mail.message_id = "a b@x".into()),
        ComposeError::InvalidMessageId { field: "Message-ID", .. }
    ));
    assert!(matches!(
        refused(&|mail| mail.in_reply_to = Some("ab".into())),
        ComposeError::InvalidMessageId { .. }
    ));
    assert!(matches!(
        refused(&|mail| mail.headers = vec![("subject".into(), "x".into())]),
        ComposeError::ReservedHeader { .. }
    ));
    assert!(matches!(
        refused(&|mail| mail.headers = vec![("X:".into(), "x".into())]),
        ComposeError::InvalidHeaderName { .. }
    ));
}

#[test]
fn at_the_limit_of_a_header_word() {
    let with = |length: usize| Outgoing { headers: vec![("X-Y".into(), "v".repeat(length))], ..outgoing() };
    assert_lines(&compose(&with(MAX_LINE_BYTES - 5)).unwrap());
    assert_eq!(compose(&with(MAX_LINE_BYTES - 4)), Err(ComposeError::HeaderTooLong { name: "X-Y".into() }));
}

#[test]
fn at_the_limit_of_an_id() {
    let with =
        |length: usize| Outgoing { message_id: format!("{}@x.org", "i".repeat(length - 6)), ..outgoing() };
    assert_lines(&compose(&with(MAX_ID_BYTES)).unwrap());
    assert!(compose(&with(MAX_ID_BYTES + 1)).is_err());
}

#[test]
fn references_are_the_root_and_the_last_ten() {
    let with =
        |count: usize| Outgoing { references: (0..count).map(|n| format!("{n}@x")).collect(), ..outgoing() };
    let read = |count: usize| parse(&compose(&with(count)).unwrap()).references;
    assert_eq!(read(0), Vec::<String>::new());
    assert_eq!(read(MAX_LATEST_REFERENCES).len(), MAX_LATEST_REFERENCES);
    let all = read(30);
    assert_eq!((all.len(), all[0].as_str(), all[1].as_str(), all[10].as_str()), (11, "0@x", "20@x", "29@x"));
}

#[test]
fn without_recipients_the_field_says_so() {
    let bytes = compose(&Outgoing { to: vec![], cc: vec![], ..outgoing() }).unwrap();
    assert!(String::from_utf8(bytes.clone()).unwrap().contains("To: undisclosed-recipients:;\r\n"));
    assert_eq!(parse(&bytes).to, []);
}

#[test]
fn a_body_that_holds_the_boundary_gets_another() {
    let mut mail = outgoing();
    mail.html = Some(format!("\r\n--{}\r\n\r\nfake", boundary(&mail, 'a')));
    let parsed = parse(&compose(&mail).unwrap());
    assert_eq!((parsed.attachments.len(), parsed.text), (1, mail.text));
}

#[test]
fn odd_media_types_are_octets() {
    for (given, written) in [
        ("message/rfc822", "application/octet-stream"),
        ("no type", "application/octet-stream"),
        ("a/b\r\nX: y", "application/octet-stream"),
        ("image/png", "image/png"),
    ] {
        let mut mail = outgoing();
        mail.attachments[0].media_type = given.into();
        assert_eq!(parse(&compose(&mail).unwrap()).attachments[0].media_type, written);
    }
}
