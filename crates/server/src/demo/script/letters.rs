//! The mails that the people of the play write, as their mail programs would. Pure: time is handed in.

use rejoinder_engine::time::Timestamp;
use rejoinder_mail::Address;
use rejoinder_mail::compose::{ComposeError, Outgoing, OutgoingAttachment, compose};

use super::api::Letter;
use super::cast::{Language, Person};

/// A mail ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Draft(Outgoing);

impl Draft {
    /// A fresh mail. `nth` tells the mails of one moment apart.
    pub(super) fn fresh(
        from: &Person,
        to: &[&str],
        texts: (&str, &str),
        (now, nth): (Timestamp, usize),
    ) -> Self {
        let (subject, text) = texts;
        let (_, host) = from.email.split_once('@').unwrap_or(("", "example.org"));
        let seconds = now.micros() / 1_000_000 * 1_000_000;
        Self(Outgoing {
            from: Address::with_name(from.name.clone(), from.email.clone()),
            to: to.iter().map(|one| Address::new(*one)).collect(),
            subject: subject.to_owned(),
            message_id: format!("{}.{nth}@mail.{host}", now.micros()),
            date: seconds,
            text: text.to_owned(),
            boundary_seed: now.micros().unsigned_abs().to_be_bytes().repeat(2).try_into().unwrap_or_default(),
            ..Outgoing::default()
        })
    }

    /// An answer to a mail that was really got: its subject, the reply headers, and its text quoted below the new one.
    pub(super) fn answer(
        from: &Person,
        to: &Letter,
        text: &str,
        language: Language,
        when: (Timestamp, usize),
    ) -> Self {
        let body = format!("{text}\n\n{}", quoted(to, language));
        let subject = format!("Re: {}", to.subject);
        let mut draft = Self::fresh(from, &[bare(&to.from)], (&subject, &body), when);
        draft.thread(to);
        draft
    }

    /// What an absence assistant sends by itself (RFC 3834): it refers to the mail and quotes nothing.
    pub(super) fn absence(
        from: &Person,
        to: &Letter,
        words: &(String, String),
        when: (Timestamp, usize),
    ) -> Self {
        let subject = format!("{}{}", words.0, to.subject);
        let mut draft = Self::fresh(from, &[bare(&to.from)], (&subject, &words.1), when);
        draft.thread(to);
        draft.0.headers = vec![("Auto-Submitted".to_owned(), "auto-replied".to_owned())];
        draft
    }

    fn thread(&mut self, to: &Letter) {
        let id = to.message_id.clone().unwrap_or_default();
        self.0.references.clone_from(&to.references);
        self.0.references.push(id.clone());
        self.0.in_reply_to = Some(id);
    }

    pub(super) fn with_photo(mut self, name: &str, bytes: Vec<u8>) -> Self {
        let photo =
            OutgoingAttachment { file_name: name.to_owned(), media_type: "image/png".to_owned(), bytes };
        self.0.attachments.push(photo);
        self
    }

    pub(super) fn subject(&self) -> &str {
        &self.0.subject
    }

    pub(super) fn text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn message_id(&self) -> &str {
        &self.0.message_id
    }

    pub(super) fn from(&self) -> &str {
        &self.0.from.email
    }

    pub(super) fn bytes(&self) -> Result<Vec<u8>, ComposeError> {
        compose(&self.0)
    }
}

/// The same mail as it comes by another way: only the trace fields differ (RFC 5321, 4.4).
pub(super) fn by_another_way(bytes: &[u8]) -> Vec<u8> {
    let trace = "Received: from relay.example.org ([192.0.2.7]) by mx2.example.org with ESMTP id 4711;\r\n\
                 \tMon, 23 Nov 2026 12:00:00 +0000\r\n";
    [trace.as_bytes(), bytes].concat()
}

/// The text below an answer: the line that introduces it, in the words of the writer's program, and `>` before
/// each line.
fn quoted(mail: &Letter, language: Language) -> String {
    let (day, rest) = mail.received_at.split_once('T').unwrap_or((&mail.received_at, ""));
    let clock: String = rest.chars().take(5).collect();
    let from = &mail.from;
    let introduction = match language {
        Language::English => format!("On {day} at {clock}, {from} wrote:"),
        Language::Russian => {
            let day: Vec<&str> = day.rsplit('-').collect();
            format!("{} {clock}, {from} пишет:", day.join("."))
        }
    };
    let lines = mail.text.trim_end().lines().map(|line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
    std::iter::once(introduction).chain(lines).collect::<Vec<_>>().join("\n")
}

/// The address inside `Name <address>`.
fn bare(from: &str) -> &str {
    from.rsplit_once('<').map_or(from, |(_, rest)| rest.trim_end_matches('>'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rejoinder_mail::reply_text::{ReplyOptions, split};

    fn got() -> Letter {
        Letter {
            received_at: "2026-11-23T12:00:07Z".to_owned(),
            from: "Help desk <help@example.com>".to_owned(),
            subject: "[INC0000001] Printer".to_owned(),
            text: "Please answer above this line\n\nWhich number?\n\nRef: RJ.abc\n".to_owned(),
            message_id: Some("two@example.com".to_owned()),
            in_reply_to: vec!["one@example.com".to_owned()],
            references: vec!["one@example.com".to_owned()],
            auto_submitted: "auto-generated".to_owned(),
        }
    }

    fn anna() -> Person {
        Person { name: "Анна".to_owned(), email: "anna@example.org".to_owned() }
    }

    const WHEN: (Timestamp, usize) = (Timestamp::from_micros(1_700_000_000_000_001), 3);

    #[test]
    fn an_answer_quotes_what_was_got_and_only_the_new_text_is_new() {
        for language in [Language::English, Language::Russian] {
            let bytes =
                Draft::answer(&anna(), &got(), "It is 5.\n\nRegards", language, WHEN).bytes().unwrap();
            let mail = rejoinder_mail::parse(&bytes);
            assert_eq!(mail.subject, "Re: [INC0000001] Printer");
            assert_eq!(mail.in_reply_to, ["two@example.com"]);
            assert_eq!(mail.references, ["one@example.com", "two@example.com"]);
            assert_eq!(mail.to[0].email, "help@example.com");
            let parts = split(&mail.text, &ReplyOptions::default());
            assert_eq!(parts.new_text, "It is 5.\n\nRegards");
            assert!(parts.quoted.contains("> Ref: RJ.abc") && parts.quoted.contains("> Which number?"));
        }
    }

    #[test]
    fn an_absence_says_that_it_is_automatic() {
        let words = ("Away: ".to_owned(), "Until Monday.".to_owned());
        let mail = rejoinder_mail::parse(&Draft::absence(&anna(), &got(), &words, WHEN).bytes().unwrap());
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-replied"));
        assert_eq!(
            (mail.subject.as_str(), mail.text.trim()),
            ("Away: [INC0000001] Printer", "Until Monday.")
        );
    }

    #[test]
    fn the_copy_by_another_way_differs_in_its_bytes_and_not_in_its_fingerprint() {
        let draft =
            Draft::fresh(&anna(), &["help@example.com"], ("A", "B"), WHEN).with_photo("p.png", vec![1, 2]);
        let bytes = draft.bytes().unwrap();
        let copy = by_another_way(&bytes);
        let print = |bytes: &[u8]| rejoinder_mail::fingerprint(&rejoinder_mail::parse(bytes));
        assert_ne!(bytes, copy);
        assert_eq!(print(&bytes), print(&copy));
    }
}
