//! People with a mail program: they write, answer what they really got, and send over a server with their login.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rejoinder_mail::compose::{Outgoing, OutgoingAttachment, compose};
use rejoinder_mail::{Address, Mail};
use rejoinder_wire::endpoint::{Egress, Endpoint, Login, Security, Trust};
use rejoinder_wire::smtp::{RecipientOutcome, Transmission, connect};

/// How long the server may take for each answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// 2026-11-23T12:00:00Z, the date of all letters.
const DATE: i64 = 1_795_435_200_000_000;

/// One who writes mail.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub name: &'static str,
    /// The address, which is also the user of mailbox and submission.
    pub address: &'static str,
    /// The password.
    pub password: &'static str,
}

impl Person {
    /// A fresh mail; `id` is the left part of its Message-ID.
    pub fn writes(&self, id: &str, to: &[&str], subject: &str, text: &str) -> Outgoing {
        Outgoing {
            from: Address::with_name(self.name, self.address),
            to: to.iter().map(|one| Address::new(*one)).collect(),
            subject: subject.to_owned(),
            message_id: format!("{id}@mail.people.test"),
            date: DATE,
            text: text.to_owned(),
            boundary_seed: *b"letters of peopl",
            ..Outgoing::default()
        }
    }

    /// An answer to a mail that was really got, all of it quoted below the new text.
    pub fn answers(&self, id: &str, got: &Mail, text: &str) -> Outgoing {
        let from = got.from.as_ref().map(|from| from.email.clone()).unwrap_or_default();
        let quoted: Vec<String> = got.text.trim_end().lines().map(|line| format!("> {line}")).collect();
        let text = format!(
            "{text}\n\nOn Mon, 23 Nov 2026 at 12:00, Help desk <{from}> wrote:\n{}",
            quoted.join("\n")
        );
        let mut draft = self.writes(id, &[&from], &format!("Re: {}", got.subject), &text);
        thread(&mut draft, got);
        draft
    }

    /// What an absence assistant sends by itself (RFC 3834): it refers to the mail and quotes nothing.
    pub fn is_absent(&self, id: &str, got: &Mail, text: &str) -> Outgoing {
        let from = got.from.as_ref().map(|from| from.email.clone()).unwrap_or_default();
        let mut draft = self.writes(id, &[&from], &format!("Out of office: {}", got.subject), text);
        thread(&mut draft, got);
        draft.headers = vec![("Auto-Submitted".to_owned(), "auto-replied".to_owned())];
        draft
    }
}

fn thread(draft: &mut Outgoing, got: &Mail) {
    draft.in_reply_to.clone_from(&got.message_id);
    draft.references = got.references.iter().cloned().chain(got.message_id.clone()).collect();
}

/// A picture beside the text.
pub fn with_photo(mut draft: Outgoing, name: &str, bytes: &[u8]) -> Outgoing {
    let photo = OutgoingAttachment {
        file_name: name.to_owned(),
        media_type: "image/png".to_owned(),
        bytes: bytes.to_vec(),
    };
    draft.attachments.push(photo);
    draft
}

/// The bytes of a mail.
pub fn bytes(draft: &Outgoing) -> Vec<u8> {
    compose(draft).expect("a letter can be written")
}

/// The server that people send over.
pub struct Post {
    endpoint: Endpoint,
    runtime: tokio::runtime::Runtime,
}

impl Post {
    /// Submission at `address` with STARTTLS, its certificate checked with this authority (PEM).
    pub fn over(address: SocketAddr, authority: &Path) -> Self {
        let pem = std::fs::read(authority).expect("the authority can be read");
        let endpoint = Endpoint {
            security: Security::StartTls,
            trust: Trust::only([pem]).expect("the authority is one"),
            ..Endpoint::plain(address.ip().to_string(), address.port(), TIMEOUT, Egress::LoopbackOnly)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self { endpoint, runtime: runtime.expect("a runtime can be started") }
    }

    /// Sends a mail with the writer's login; the server has taken it for all when this returns.
    #[track_caller]
    pub fn send(&self, from: &Person, draft: &Outgoing) {
        let bytes = bytes(draft);
        let to: Vec<String> = draft.to.iter().map(|one| one.email.clone()).collect();
        let login = Login::new(from.address, from.password);
        let report = self.runtime.block_on(async {
            let mut session = connect(&self.endpoint, "mail.people.test", Some(&login), &mut |_| {})
                .await
                .unwrap_or_else(|failure| panic!("{}: {failure}", from.address));
            let mail = Transmission { mail_from: Some(from.address), rcpt_to: &to, bytes: &bytes };
            let report = session.send(&mail, &mut |_| {}).await;
            session.quit().await;
            report
        });
        let all = report.recipients.iter().all(|one| matches!(one, RecipientOutcome::Sent { .. }));
        assert!(all, "{}: {:?}", draft.subject, report.recipients);
    }
}

/// A mail as it lies in a mailbox, read.
pub fn read(bytes: &[u8]) -> Mail {
    rejoinder_mail::parse(bytes)
}
