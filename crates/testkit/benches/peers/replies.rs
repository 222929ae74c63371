//! The mails that follow: replies to what each system has answered, and what comes back by itself.

use std::collections::BTreeMap;

use rejoinder_mail::Mail;

use crate::letters::{Answer, DESK, Home, Letter, Writer, again, as_bounce, beside_file, html, report};
use crate::mime::{Charset, Part, Transfer, multipart, text};
use crate::texts::Tongue;

/// What a system sent to the writer of a mail: the raw mails by the mark of the mail.
pub(crate) type Sent = BTreeMap<String, Vec<String>>;

/// What a reply goes to: a mail and the answer to it.
struct To<'a> {
    letter: &'a Letter,
    answer: Mail,
}

/// Replies to the answers of one system, of the same kinds and texts for each.
pub(crate) fn replies(writer: &mut Writer, conversations: &[Letter], sent: &Sent) -> Vec<Letter> {
    let mut open = conversations.iter().map(|letter| to(letter, sent));
    let mut all: Vec<Letter> = Vec::new();
    let mut add = |count: usize, one: &mut dyn FnMut(&To<'_>) -> Letter| {
        all.extend(open.by_ref().take(count).map(|to| one(&to)));
    };
    add(50, &mut |to| usual(writer, to));
    add(20, &mut |to| {
        let mut reply = quoting(writer, "reply by its headers only", to);
        thread(&mut reply, to, true);
        other_subject(reply)
    });
    add(10, &mut |to| {
        let mut reply = plain(writer, "reply by References only", to);
        thread(&mut reply, to, false);
        other_subject(reply)
    });
    add(15, &mut |to| plain(writer, "reply by the number in its subject only", to));
    add(20, &mut |to| to_oneself(writer, to));
    add(10, &mut |to| other_subject(quoting(writer, "reply that only quotes the answer", to)));
    add(15, &mut |to| with_file(writer, to));
    add(15, &mut |to| absent(writer, to));
    add(8, &mut |to| bounced(writer, "a bounce of the answer (Postfix)", to, true));
    add(7, &mut |to| bounced(writer, "a bounce of the answer, not marked automatic", to, false));
    let copies: Vec<Letter> = all.iter().step_by(4).take(10).map(again).collect();
    all.extend(copies);
    all
}

/// Without an answer there is only the mail itself to reply to.
fn to<'a>(letter: &'a Letter, sent: &Sent) -> To<'a> {
    let answers = sent.get(&letter.expects.mark);
    let raw = answers.and_then(|answers| answers.first()).map(String::as_bytes);
    let own = letter.bytes();
    To { letter, answer: rejoinder_mail::parse(raw.unwrap_or(&own)) }
}

fn quote(to: &To<'_>) -> String {
    let lines: Vec<String> = to.answer.text.trim().lines().map(|line| format!("> {line}")).collect();
    format!("On Mon, 23 Nov 2026 at 12:00, Help desk <{DESK}> wrote:\n{}\n", lines.join("\n"))
}

/// A reply of the same person with the subject of the answer, and without any header that leads to it.
fn reply(writer: &mut Writer, kind: &'static str, to: &To<'_>, content: impl FnOnce(&str) -> Part) -> Letter {
    let mut letter = writer.letter(kind, Tongue::Plain, |_, body| content(body));
    letter.from.clone_from(&to.letter.from);
    letter.mime.return_path.clone_from(&to.letter.from);
    letter.mime.from.clone_from(&to.letter.mime.from);
    letter.mime.subject = Some(format!("Re: {}", to.answer.subject));
    let answer_to =
        to.answer.reply_to.first().or(to.answer.from.as_ref()).map(|address| address.email.clone());
    let own = answer_to.as_deref() == Some(to.letter.from.as_str());
    letter.mime.to = answer_to.filter(|_| !own).unwrap_or_else(|| DESK.to_owned());
    letter.expects.home = Home::Of(to.letter.expects.mark.clone());
    letter.expects.answer = Answer::Any;
    letter.expects.subject = None;
    letter
}

fn plain(writer: &mut Writer, kind: &'static str, to: &To<'_>) -> Letter {
    reply(writer, kind, to, |body| text("text/plain", Charset::Utf8, Transfer::EightBit, body))
}

fn quoting(writer: &mut Writer, kind: &'static str, to: &To<'_>) -> Letter {
    let quote = quote(to);
    reply(writer, kind, to, |body| {
        text("text/plain", Charset::Utf8, Transfer::QuotedPrintable, &format!("{body}\n{quote}"))
    })
}

/// As mail programs do it; every other one with HTML.
fn usual(writer: &mut Writer, to: &To<'_>) -> Letter {
    const KIND: &str = "reply as mail programs write it";
    let mut letter = if writer.random.below(2) == 0 {
        quoting(writer, KIND, to)
    } else {
        let quote = quote(to);
        reply(writer, KIND, to, |body| {
            let plain = format!("{body}\n{quote}");
            let plain = text("text/plain", Charset::Utf8, Transfer::QuotedPrintable, &plain);
            let html = html(body).replace("</body>", "<blockquote type=\"cite\">…</blockquote></body>");
            multipart(
                "alternative",
                &[plain, text("text/html", Charset::Utf8, Transfer::QuotedPrintable, &html)],
            )
        })
    };
    thread(&mut letter, to, true);
    letter
}

fn thread(letter: &mut Letter, to: &To<'_>, in_reply_to: bool) {
    let Some(id) = &to.answer.message_id else { return };
    let own = to.letter.mime.message_id.as_deref().filter(|own| own != id);
    let references: Vec<String> = own.into_iter().chain([id.as_str()]).map(|id| format!("<{id}>")).collect();
    if in_reply_to {
        letter.mime.headers.push(("In-Reply-To".to_owned(), format!("<{id}>")));
    }
    letter.mime.headers.push(("References".to_owned(), references.join(" ")));
}

fn other_subject(mut letter: Letter) -> Letter {
    letter.mime.subject = Some(format!("One more thing {}", letter.expects.mark.replace("mark", "thing")));
    letter
}

/// A person adds to the own mail from the folder of sent mails.
fn to_oneself(writer: &mut Writer, to: &To<'_>) -> Letter {
    let mut letter = plain(writer, "reply to one's own first mail", to);
    let subject = to.letter.mime.subject.clone().unwrap_or_default();
    letter.mime.subject = Some(format!("Re: {subject}"));
    let id = format!("<{}>", to.letter.mime.message_id.clone().unwrap_or_default());
    for name in ["In-Reply-To", "References"] {
        letter.mime.headers.push((name.to_owned(), id.clone()));
    }
    DESK.clone_into(&mut letter.mime.to);
    letter
}

fn with_file(writer: &mut Writer, to: &To<'_>) -> Letter {
    let mut random = rejoinder_testkit::random::Random::new(writer.random.below(1 << 40));
    let mut digest = String::new();
    let quote = quote(to);
    let mut letter = reply(writer, "reply with a file", to, |body| {
        let (part, of) = beside_file(&mut random, &format!("{body}\n{quote}"), "Protokoll.pdf");
        digest = of;
        part
    });
    thread(&mut letter, to, true);
    letter.expects.files.push(digest);
    letter
}

/// What an absence assistant answers to the answer.
fn absent(writer: &mut Writer, to: &To<'_>) -> Letter {
    let mut letter = plain(writer, "out of office, to the answer", to);
    thread(&mut letter, to, true);
    letter.mime.subject = Some(format!("Automatic reply: {}", to.answer.subject));
    letter.mime.return_path.clear();
    letter.mime.headers.push(("Auto-Submitted".to_owned(), "auto-replied".to_owned()));
    letter.expects.home = Home::NoNew;
    letter.expects.answer = Answer::MustNot;
    letter
}

fn bounced(writer: &mut Writer, kind: &'static str, to: &To<'_>, automatic: bool) -> Letter {
    let answer = &to.answer;
    let original = format!(
        "From: {DESK}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}>\r\n",
        to.letter.from,
        if answer.subject.is_ascii() { &answer.subject } else { "your message" },
        answer.message_id.clone().unwrap_or_default()
    );
    let mut letter = reply(writer, kind, to, |body| report(body, &to.letter.from, original.as_bytes()));
    as_bounce(&mut letter, automatic);
    letter.expects.home = Home::NoNew;
    letter.expects.answer = Answer::MustNot;
    letter
}
