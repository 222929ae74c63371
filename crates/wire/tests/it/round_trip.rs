//! Our client against our listener: what goes in comes out, octet for octet.

use std::{fs, path::Path};

use rejoinder_wire::smtp::{RecipientOutcome, Session};

use crate::{
    fake_server::{all_shown, connect_to, endpoint, send_bytes},
    keeper::Served,
};

async fn session(served: &Served) -> Session {
    connect_to(&endpoint(served.address.port())).await.unwrap()
}

/// Sends each mail and returns what the listener kept of it.
async fn carried(mails: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let served = Served::smtp().await;
    let mut session = session(&served).await;
    for mail in mails {
        let (report, _) = send_bytes(&mut session, &["help@example.org"], mail).await;
        assert_eq!(all_shown(&report), ["sent 250 2.0.0 Ok: queued as help"]);
    }
    session.quit().await;
    served.stop.cancel();
    served.ended().await.kept().into_iter().map(|(_, bytes)| bytes).collect()
}

#[tokio::test]
async fn mails_with_crlf_arrive_octet_for_octet() {
    let every_octet: Vec<u8> = (0..=255).filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let mails = [
        Vec::new(),
        b"\r\n".to_vec(),
        b"Subject: x\r\n\r\ntext\r\n".to_vec(),
        b".\r\n..\r\n...\r\n.x\r\n \r\n.\r\n".to_vec(),
        b"\r\n\r\n.\r\n\r\n".to_vec(),
        [&every_octet[..], b"\r\n"].concat(),
        [&vec![b'a'; 100_000][..], b"\r\n"].concat(),
        b".0123456789abcdef\r\n".repeat(50_000),
    ];
    assert_eq!(carried(&mails).await, mails);
}

#[tokio::test]
async fn other_line_ends_arrive_as_crlf() {
    assert_eq!(
        carried(&[b"a\n.\nb\r.\rc\r\n.\nMAIL FROM:<x@example.org>".to_vec()]).await,
        [b"a\r\n.\r\nb\r\n.\r\nc\r\n.\r\nMAIL FROM:<x@example.org>\r\n"]
    );
}

#[tokio::test]
async fn refusals_of_the_listener_reach_the_clients_report() {
    let served = Served::smtp().await;
    let mut session = session(&served).await;
    let to = [
        "one@example.org",
        "unknown@example.org",
        "busy@example.org",
        "panic@example.org",
        "анна@example.org",
    ];
    let (report, _) = send_bytes(&mut session, &to, b"x\r\n").await;
    assert_eq!(
        all_shown(&report),
        [
            "sent 250 2.0.0 Ok: queued as one",
            "failed 550 5.1.1 no mailbox unknown@example.org  250 x",
            "deferred 451 4.3.0 come back",
            "deferred 451 4.3.0 The recipient could not be checked",
            "sent 250 2.0.0 Ok: queued as one",
        ]
    );
    assert!(served.keeper.kept()[0].0.smtp_utf8);
    for (recipient, expected) in [
        ("refused@example.org", "failed 554 5.7.1 no"),
        ("full@example.org", "deferred 451 4.3.0 mailbox full"),
        ("broken@example.org", "deferred 451 4.3.0 The mail could not be handled"),
    ] {
        assert_eq!(all_shown(&send_bytes(&mut session, &[recipient], b"x\r\n").await.0), [expected]);
    }
}

#[tokio::test]
async fn a_mail_larger_than_the_listener_takes_fails_with_its_words() {
    let served = Served::smtp().await;
    let mut session = session(&served).await;
    let (report, _) = send_bytes(&mut session, &["help@example.org"], &vec![b'a'; 26_214_399]).await;
    assert_eq!(all_shown(&report), ["failed 552 5.3.4 The mail is larger than 26214400 octets"]);
    let (report, _) = send_bytes(&mut session, &["help@example.org"], &vec![b'a'; 26_214_398]).await;
    assert!(matches!(report.recipients[..], [RecipientOutcome::Sent { .. }]));
}

#[tokio::test]
async fn the_mails_of_the_corpus_arrive_octet_for_octet() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    if !folder.is_dir() {
        println!("left out: the mails of the corpus, because {} is not there", folder.display());
        return;
    }
    let mut mails = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                mails.push(with_crlf(&fs::read(path).unwrap()));
            }
        }
    }
    assert!(!mails.is_empty());
    let arrived = carried(&mails).await;
    assert_eq!(arrived.len(), mails.len());
    for (arrived, sent) in arrived.iter().zip(&mails) {
        assert!(arrived == sent, "{}", String::from_utf8_lossy(sent));
    }
    println!("{} mails of the corpus arrived octet for octet", mails.len());
}

/// Every line end as `CRLF`, the last line included; written unlike the client's own to be a check on it.
fn with_crlf(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, &octet) in mail.iter().enumerate() {
        match octet {
            b'\n' if at > 0 && mail[at - 1] == b'\r' => {}
            b'\r' | b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}
