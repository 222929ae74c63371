//! The mails of the threads: for each kind the bytes that somebody would send, and what is right about it.

use rejoinder_engine::id::Id;

use super::clients::{Body, CLIENTS, Client, Got, Letter};
use super::desk::{Desk, Person, Thread};
use super::kinds::Kind;

const HELP: &str = "help@example.com";
const MATTERS: [&str; 8] = [
    "Printer on floor 3",
    "Access to the archive",
    "Notebook does not start",
    "Не работает принтер",
    "Нужен доступ к папке",
    "Замена монитора",
    "Invoice 2026-117",
    "Monitor",
];
const TEXTS: [&str; 8] = [
    "It still does not work.",
    "Thank you, that helped.",
    "It blinks red.\n\nIn room 12, since this morning.",
    "Could you look at it today?",
    "Спасибо, теперь работает.",
    "Мигает красным.\n\nКабинет 12, с утра.",
    "Когда это будет сделано?",
    "1. yes\n2. no\n3. From Monday: perhaps",
];
/// People who take no part in any record.
const STRANGERS: [(&str, &str); 3] = [
    ("Carl Colleague", "carl@partner.example"),
    ("Дина", "dina@partner.example"),
    ("Emil", "emil@else.example.org"),
];

/// A mail with what is known about it.
pub(super) struct Written {
    /// Its kind; another one than asked for where the mailbox does not hold what that needs.
    pub(super) kind: Kind,
    /// Records that it mentions and is not about.
    pub(super) mentions: Vec<Id>,
    pub(super) letter: Letter,
}

fn text(desk: &mut Desk) -> &'static str {
    desk.dice.pick(&TEXTS)
}

fn named(name: &str, address: &str) -> String {
    if name.is_ascii() { format!("{name} <{address}>") } else { address.to_owned() }
}

/// A matter of its own.
pub(super) fn first(desk: &mut Desk, owner: Person) -> Letter {
    let (subject, text) = (desk.dice.pick(&MATTERS), text(desk));
    Letter {
        from: named(owner.name, owner.address),
        to: vec![HELP.to_owned()],
        subject: subject.to_owned(),
        message_id: desk.next_id(),
        body: Some(Body::Text(text.to_owned())),
        ..Letter::default()
    }
}

/// What a letter of a thread is made of.
struct Desktop {
    thread: Thread,
    /// Our mail that is answered.
    got: Got,
    /// A mail about another record that lies in the same mailbox, and the record.
    other: Option<(Got, Id)>,
}

impl Desktop {
    /// An answer with prefix, headers and quote.
    fn answer(&self, desk: &mut Desk) -> Letter {
        let Thread { owner, client, .. } = &self.thread;
        let prefix = client.reply_prefix(owner.russian, &mut desk.dice);
        let body = client.answer(owner.russian, text(desk), &self.got);
        self.letter(desk, format!("{prefix}{}", self.got.subject), body)
    }

    /// The same headers around another subject and body.
    fn letter(&self, desk: &mut Desk, subject: String, body: Body) -> Letter {
        let owner = self.thread.owner;
        let mut references = self.got.references.clone();
        references.push(self.got.message_id.clone());
        Letter {
            from: named(owner.name, owner.address),
            to: vec![self.got.answer_to.clone()],
            subject,
            message_id: desk.next_id(),
            in_reply_to: Some(self.got.message_id.clone()),
            references,
            body: Some(body),
            ..Letter::default()
        }
    }

    /// Nothing of the headers, to the address that everybody knows.
    fn bare(&self, desk: &mut Desk, subject: &str, body: Body) -> Letter {
        let mut letter = self.letter(desk, subject.to_owned(), body);
        (letter.in_reply_to, letter.references) = (None, Vec::new());
        letter.to = vec![HELP.to_owned()];
        letter
    }
}

/// A mail of a thread, of this kind where that can be.
pub(super) fn write(desk: &mut Desk, place: usize, kind: Kind) -> Written {
    let thread = desk.threads[place].clone();
    let mails = desk.got(thread.record, thread.owner.address);
    let records: Vec<Id> = desk.threads.iter().map(|other| other.record).collect();
    let others: Vec<(Id, Vec<Got>)> = records
        .into_iter()
        .filter(|record| *record != thread.record)
        .map(|record| (record, desk.got(record, thread.owner.address)))
        .filter(|(_, mails)| !mails.is_empty())
        .collect();
    if mails.is_empty() {
        return own_mail(desk, &thread);
    }
    // Mostly the newest is answered.
    let place = if desk.dice.chance(75) { mails.len() - 1 } else { desk.dice.below(mails.len()) };
    let got = mails[place].clone();
    let other = (!others.is_empty()).then(|| {
        let (record, mails) = &others[desk.dice.below(others.len())];
        (mails[desk.dice.below(mails.len())].clone(), *record)
    });
    let desktop = Desktop { thread, got, other };
    of_kind(desk, &desktop, kind).unwrap_or_else(|| {
        let letter = desktop.answer(desk);
        Written { kind: Kind::Answer, mentions: Vec::new(), letter }
    })
}

fn own_mail(desk: &mut Desk, thread: &Thread) -> Written {
    let id = thread.sent[desk.dice.below(thread.sent.len())].clone();
    let text = text(desk);
    let letter = Letter {
        from: named(thread.owner.name, thread.owner.address),
        to: vec![HELP.to_owned()],
        subject: "Re: what I wrote".to_owned(),
        message_id: desk.next_id(),
        in_reply_to: Some(id.clone()),
        references: vec![id],
        body: Some(Body::Text(text.to_owned())),
        ..Letter::default()
    };
    Written { kind: Kind::OwnMail, mentions: Vec::new(), letter }
}

/// A mail of this kind; `None` where the mailbox does not hold what it needs.
fn of_kind(desk: &mut Desk, at: &Desktop, kind: Kind) -> Option<Written> {
    let own = text(desk);
    let known = desk.knows(&at.got.message_id);
    let mut mentions = Vec::new();
    let letter = match kind {
        Kind::Answer | Kind::First => {
            let mut letter = at.answer(desk);
            // The address that somebody picked for a copy belongs to another record.
            letter.cc.extend(at.other.iter().map(|(other, _)| other.answer_to.clone()));
            letter.cc.retain(|_| desk.dice.chance(25));
            letter
        }
        Kind::HeadersOnly if known => {
            let subject = desk.dice.pick(&["A thought", "Ещё одно", "Question"]);
            at.letter(desk, subject.to_owned(), Body::Text(own.to_owned()))
        }
        Kind::ReferencesOnly if known => {
            let subject = desk_subject(desk);
            let mut letter = at.letter(desk, subject, Body::Text(own.to_owned()));
            letter.in_reply_to = None;
            letter
        }
        Kind::WatermarkOnly => watermark_only(desk, at, own),
        Kind::TokenOnly if desk.tokens => {
            let subject = format!("Re: {}", desk.dice.pick(&MATTERS));
            let mut letter = at.bare(desk, &subject, Body::Text(own.to_owned()));
            letter.to = vec![at.got.answer_to.clone()];
            letter
        }
        Kind::SecondAddress => {
            let second = at.thread.owner.second?;
            let mut letter = at.answer(desk);
            letter.from = named(at.thread.owner.name, second);
            letter
        }
        Kind::OwnMail => return Some(own_mail(desk, &at.thread)),
        Kind::QuotesAnother if known => quotes_another(desk, at, own)?,
        Kind::QuotesAnotherOnly => quotes_another_only(desk, at, own)?,
        Kind::NamesAnother if known => {
            let (other, _) = at.other.as_ref()?;
            let subject = format!("Re: {}", other.subject);
            let body = at.thread.client.answer(at.thread.owner.russian, own, &at.got);
            at.letter(desk, subject, body)
        }
        Kind::Topic => topic(desk, at, own)?,
        Kind::Absent => {
            let subject = format!("Out of office: {}", at.got.subject);
            let mut letter = at.letter(desk, subject, Body::Text("I am back on Monday.".to_owned()));
            letter.automatic = true;
            letter
        }
        Kind::Stranger => stranger(desk, at, own),
        _ => mentioning(desk, at, (kind, own), &mut mentions)?,
    };
    Some(Written { kind, mentions, letter })
}

/// A mail that mentions the record, or others, and may not be filed there; `None` where the mailbox does not hold
/// what it needs.
fn mentioning(
    desk: &mut Desk,
    at: &Desktop,
    (kind, own): (Kind, &str),
    mentions: &mut Vec<Id>,
) -> Option<Letter> {
    let plain = Body::Text(own.to_owned());
    mentions.push(at.thread.record);
    Some(match kind {
        Kind::NumberOnly => at.bare(desk, &format!("Re: {}", at.got.subject), plain),
        Kind::StrangerToSender => {
            let (name, address) = desk.dice.pick(&STRANGERS);
            let mut letter = own_mail(desk, &at.thread).letter;
            letter.from = named(name, address);
            letter
        }
        Kind::NewToToken if desk.tokens => {
            let subject = desk.dice.pick(&MATTERS);
            let mut letter = at.bare(desk, subject, plain);
            letter.to = vec![at.got.answer_to.clone()];
            letter
        }
        Kind::NewNamesAnother => {
            let number = number(desk, at.thread.record);
            let subject = match desk.dice.below(3) {
                0 => format!("Same as {number}, another room"),
                1 => format!("Как в «{number}», но другое"),
                _ => format!("After {number}: a new question"),
            };
            at.bare(desk, &subject, plain)
        }
        Kind::Forwarded => {
            let Thread { owner, client, .. } = &at.thread;
            let subject = format!("{}{}", client.forward_prefix(owner.russian), at.got.subject);
            let body = client.forward(owner.russian, own, &at.got);
            let mut letter = at.letter(desk, subject, body);
            letter.to = vec![HELP.to_owned()];
            letter
        }
        Kind::Ambiguous => {
            let (other, record) = at.other.as_ref()?;
            mentions.push(*record);
            let body = format!("{own}\n\n{}\n\n{}", reference(&at.got), reference(other));
            at.bare(desk, "Two at once", Body::Text(body))
        }
        _ => return None,
    })
}

/// No headers, and a subject that was picked from the list of those written before, or a new one.
fn watermark_only(desk: &mut Desk, at: &Desktop, own: &str) -> Letter {
    let body = at.thread.client.answer(at.thread.owner.russian, own, &at.got);
    let picked = at.other.as_ref().filter(|_| desk.dice.chance(30));
    let subject = match picked {
        Some((other, _)) => other.subject.clone(),
        None => desk_subject(desk),
    };
    at.bare(desk, &subject, body)
}

fn desk_subject(desk: &mut Desk) -> String {
    desk.dice.pick(&["One more thing", "Дополнение", "Photo", "Re: question"]).to_owned()
}

fn number(desk: &Desk, record: Id) -> String {
    desk.world.view.records[&record].text("number").to_owned()
}

/// The line with the watermark.
fn reference(got: &Got) -> &str {
    got.text.lines().find(|line| line.contains("rj.")).unwrap()
}

/// An answer with headers, in which a mail about another record is pasted.
fn quotes_another(desk: &mut Desk, at: &Desktop, own: &str) -> Option<Letter> {
    let (other, _) = at.other.as_ref()?;
    let new = format!("{own}\n\nBefore you wrote:\n{}\n{}", other.subject, other.text);
    let client = desk.dice.pick(&[Client::Gmail, Client::Outlook, Client::BelowTheQuote, Client::GmailHtml]);
    let body = client.answer(at.thread.owner.russian, &new, &at.got);
    let subject = format!("Re: {}", at.got.subject);
    Some(at.letter(desk, subject, body))
}

/// No headers: what is quoted first decides, wherever the mail about the other record stands.
fn quotes_another_only(desk: &mut Desk, at: &Desktop, own: &str) -> Option<Letter> {
    let (other, _) = at.other.as_ref()?;
    let russian = at.thread.owner.russian;
    let subject = desk_subject(desk);
    let body = if desk.dice.chance(50) {
        // The mail that is answered was itself sent below another one.
        let mut got = at.got.clone();
        let inner = desk.dice.pick(&[Client::Gmail, Client::AppleMail, Client::Thunderbird]);
        let Body::Text(text) = inner.answer(russian, got.text.trim_end(), other) else { return None };
        got.text = text;
        desk.dice.pick(&[Client::Gmail, Client::AppleMail, Client::Yandex]).answer(russian, own, &got)
    } else {
        let new = format!("{own}\n\nThe other one was {}", reference(other));
        desk.dice
            .pick(&[Client::Gmail, Client::Outlook, Client::OriginalMessage])
            .answer(russian, &new, &at.got)
    };
    Some(at.bare(desk, &subject, body))
}

/// A fresh mail with the topic and the number, where the caller was asked.
fn topic(desk: &mut Desk, at: &Desktop, own: &str) -> Option<Letter> {
    let record = &desk.world.view.records[&at.thread.record];
    if record.text("state") != "information_needed" {
        return None;
    }
    let subject = format!("Information needed {}", record.text("number"));
    Some(at.bare(desk, &subject, Body::Text(own.to_owned())))
}

/// Somebody was forwarded our mail, and answers it: themselves to us, or as an answer to the forwarded one.
fn stranger(desk: &mut Desk, at: &Desktop, own: &str) -> Letter {
    let (name, address) = desk.dice.pick(&STRANGERS);
    let russian = at.thread.owner.russian;
    let client = desk.dice.pick(&CLIENTS);
    let mut letter = if desk.dice.chance(50) {
        let prefix = client.reply_prefix(russian, &mut desk.dice);
        let body = client.answer(russian, own, &at.got);
        at.letter(desk, format!("{prefix}{}", at.got.subject), body)
    } else {
        // What they got is the owner's forward, which nobody here has seen.
        let forwarded = at.thread.client.forward(russian, "Can you answer this?", &at.got);
        let text = match forwarded {
            Body::Text(text) | Body::Both(text, _) => text,
            Body::Html(html) => rejoinder_mail::html::to_text(&html),
        };
        let got = Got {
            message_id: desk.next_id(),
            references: Vec::new(),
            subject: format!("Fwd: {}", at.got.subject),
            text,
            answer_to: at.thread.owner.address.to_owned(),
            recipient: address.to_owned(),
        };
        let body = client.answer(russian, own, &got);
        let mut letter = at.bare(desk, &format!("Re: {}", at.got.subject), body);
        (letter.in_reply_to, letter.references) = (Some(got.message_id.clone()), vec![got.message_id]);
        letter
    };
    letter.from = named(name, address);
    letter
}
