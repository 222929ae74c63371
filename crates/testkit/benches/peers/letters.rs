//! The mails that everyone gets first: new ones of many kinds, and what should come of each.

use rejoinder_store::blob_digest;
use rejoinder_testkit::random::Random;

use crate::mime::{Charset, Mime, Part, Transfer, file, multipart, raw, text};
use crate::texts::{Tongue, index, noise, sentences, subject};

/// The address that all mails go to.
pub(crate) const DESK: &str = "desk@help.example";
/// People that the systems know before.
pub(crate) const PEOPLE: usize = 100;

/// A mail, and what should come of it.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Its row in the table.
    pub(crate) kind: &'static str,
    /// The sender's address, in the envelope, too; what an automatic answer would go to.
    pub(crate) from: String,
    /// The mail itself.
    pub(crate) mime: Mime,
    /// What should come of it.
    pub(crate) expects: Expects,
}

/// What should come of a mail.
#[derive(Debug, Clone)]
pub(crate) struct Expects {
    /// A word that stands in its new text and in no other mail's.
    pub(crate) mark: String,
    /// What the kept text holds, white space aside.
    pub(crate) says: Vec<String>,
    /// What it must not hold.
    pub(crate) never: Option<&'static str>,
    /// The subject of the new record.
    pub(crate) subject: Option<String>,
    /// SHA-256 of the files that its record holds, each once.
    pub(crate) files: Vec<String>,
    pub(crate) home: Home,
    pub(crate) answer: Answer,
}

/// Where the text of a mail belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// A new record.
    New,
    /// The record that the mail with this mark made, and only there.
    Of(String),
    /// Once, wherever the first copy is.
    Once,
    /// No new record; added to one or left out as the system likes.
    NoNew,
    /// As the system likes.
    Any,
}

/// Whether the system may answer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Must,
    MustNot,
    Any,
}

impl Letter {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.mime.bytes()
    }
}

/// Who writes mail `n`.
pub(crate) fn person(n: usize) -> (String, String) {
    const NAMES: [&str; 5] = ["Anna Muñoz", "Jörg Weiß", "Пётр Иванов", "Li Wei", "Zoë O'Neill"];
    let n = n % PEOPLE;
    (NAMES[n % NAMES.len()].to_owned(), format!("person{n}@people.example"))
}

/// Writes mails, one after the other, each with a number of its own.
pub(crate) struct Writer {
    pub(crate) random: Random,
    next: usize,
    word: &'static str,
}

impl Writer {
    /// The same seed writes the same mails. `word` begins every mark.
    pub(crate) const fn new(seed: u64, word: &'static str) -> Self {
        Self { random: Random::new(seed), next: 0, word }
    }

    /// A mail in a tongue, whose content is made of its text.
    pub(crate) fn letter(
        &mut self,
        kind: &'static str,
        tongue: Tongue,
        content: impl FnOnce(&mut Random, &str) -> Part,
    ) -> Letter {
        self.next += 1;
        let n = self.next;
        let mark = format!("{}{n:04}", self.word);
        let from = person(n);
        let mut says: Vec<String> =
            sentences(&mut self.random, tongue).into_iter().map(str::to_owned).collect();
        let subject = subject(&mut self.random, n);
        says.insert(0, format!("Reference {mark} of today."));
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|at| says.get(at).cloned().unwrap_or_default());
        let body = format!("{first}\n{second}\n\n{third}\n{fourth}\n");
        let mime = Mime {
            return_path: from.1.clone(),
            from: from.clone(),
            to: DESK.to_owned(),
            subject: Some(subject.clone()),
            message_id: Some(format!("{mark}.{}@people.example", self.random.below(1 << 32))),
            headers: Vec::new(),
            content: content(&mut self.random, &body),
        };
        let expects = Expects {
            mark,
            says,
            never: None,
            subject: Some(subject),
            files: Vec::new(),
            home: Home::New,
            answer: Answer::Must,
        };
        Letter { kind, from: from.1, mime, expects }
    }

    fn written(
        &mut self,
        kind: &'static str,
        tongue: Tongue,
        charset: Charset,
        transfer: Transfer,
    ) -> Letter {
        self.letter(kind, tongue, |_, body| text("text/plain", charset, transfer, &signed(body)))
    }
}

fn signed(body: &str) -> String {
    format!("{body}\n-- \nRoom 214, extension 4711\n")
}

/// HTML as mail programs write it.
pub(crate) fn html(body: &str) -> String {
    let escaped =
        body.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&#39;").replace('ü', "&uuml;");
    let mut paragraphs = String::new();
    for line in escaped.lines().filter(|line| !line.is_empty()) {
        paragraphs.extend(["<p class=\"MsoNormal\">", line, "</p>\r\n"]);
    }
    format!(
        "<html><head><style>p.MsoNormal {{ margin: 0; font-family: Calibri }}</style></head>\r\n\
         <body lang=\"EN-GB\"><div>{paragraphs}</div></body></html>\r\n"
    )
}

fn html_beside(body: &str) -> Part {
    let plain = text("text/plain", Charset::Utf8, Transfer::QuotedPrintable, &signed(body));
    let html = text("text/html", Charset::Utf8, Transfer::QuotedPrintable, &html(body));
    multipart("alternative", &[plain, html])
}

/// New mails that each get an answer: what is replied to later is one of them.
pub(crate) fn conversations(writer: &mut Writer) -> Vec<Letter> {
    let mut all = Vec::new();
    let mut add = |count: usize, one: &mut dyn FnMut() -> Letter| all.extend((0..count).map(|_| one()));
    add(60, &mut || writer.written("plain text", Tongue::Wide, Charset::Utf8, Transfer::EightBit));
    add(20, &mut || writer.written("latin1, 8 bit", Tongue::Western, Charset::Latin1, Transfer::EightBit));
    add(20, &mut || {
        writer.written(
            "latin1, quoted-printable",
            Tongue::Western,
            Charset::Latin1,
            Transfer::QuotedPrintable,
        )
    });
    add(20, &mut || {
        writer.written("windows-1251, base64", Tongue::Russian, Charset::Windows1251, Transfer::Base64)
    });
    add(20, &mut || writer.written("UTF-8, base64", Tongue::Wide, Charset::Utf8, Transfer::Base64));
    add(30, &mut || writer.letter("HTML beside the text", Tongue::Western, |_, body| html_beside(body)));
    all
}

/// New mails of the other kinds.
pub(crate) fn others(writer: &mut Writer, conversations: &[Letter]) -> Vec<Letter> {
    let mut all = Vec::new();
    let mut add = |count: usize, one: &mut dyn FnMut() -> Letter| all.extend((0..count).map(|_| one()));
    add(10, &mut || {
        writer.written("backslashes (C:\\new\\x41)", Tongue::Backslashes, Charset::Utf8, Transfer::EightBit)
    });
    add(25, &mut || only_html(writer));
    add(30, &mut || with_file(writer));
    add(10, &mut || with_picture(writer));
    add(10, &mut || forwarded(writer));
    add(5, &mut || forwarded_as_file(writer));
    add(5, &mut || bare(writer));
    add(10, &mut || of_list(writer));
    add(10, &mut || machine(writer, "a machine's (Auto-Submitted)", ("Auto-Submitted", "auto-generated")));
    add(10, &mut || {
        machine(
            writer,
            "asks for silence (X-Auto-Response-Suppress)",
            ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        )
    });
    add(10, &mut || bounce_of_others(writer));
    add(5, &mut || own(writer));
    all.extend(conversations.iter().step_by(6).take(10).map(again));
    all
}

/// The same mail once more, byte for byte.
pub(crate) fn again(letter: &Letter) -> Letter {
    let mut copy = letter.clone();
    copy.kind = "the same mail again";
    copy.expects.home = Home::Once;
    copy.expects.answer = Answer::MustNot;
    copy.expects.subject = None;
    copy
}

fn only_html(writer: &mut Writer) -> Letter {
    let mut letter = writer.letter("HTML only", Tongue::Western, |_, body| {
        text("text/html", Charset::Utf8, Transfer::QuotedPrintable, &html(body))
    });
    letter.expects.never = Some("MsoNormal");
    letter
}

/// A text with a file, of which the record gets the bytes as they are.
pub(crate) fn beside_file(random: &mut Random, body: &str, name: &str) -> (Part, String) {
    let length = 4_000 + index(random, 40_000);
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend(noise(random, length));
    let digest = blob_digest(&bytes);
    let plain = text("text/plain", Charset::Utf8, Transfer::EightBit, body);
    (multipart("mixed", &[plain, file("application/pdf", name, None, &bytes)]), digest)
}

fn with_file(writer: &mut Writer) -> Letter {
    let name = ["report.pdf", "Übersicht größer.pdf", "Отчёт за ноябрь.pdf"][index(&mut writer.random, 3)];
    let mut digest = String::new();
    let mut letter = writer.letter("with a file", Tongue::Wide, |random, body| {
        let (part, of) = beside_file(random, body, name);
        digest = of;
        part
    });
    letter.expects.files.push(digest);
    letter
}

fn with_picture(writer: &mut Writer) -> Letter {
    let mut digest = String::new();
    let mut letter = writer.letter("picture in the HTML", Tongue::Western, |random, body| {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend(noise(random, 20_000));
        digest = blob_digest(&bytes);
        let html = html(body).replace("</div>", "<img src=\"cid:shot@people.example\"></div>");
        let html = text("text/html", Charset::Utf8, Transfer::QuotedPrintable, &html);
        let picture = file("image/png", "shot.png", Some("shot@people.example"), &bytes);
        let related = multipart("related", &[html, picture]);
        let plain = text("text/plain", Charset::Utf8, Transfer::QuotedPrintable, body);
        multipart("alternative", &[plain, related])
    });
    letter.expects.files.push(digest);
    letter
}

fn forwarded(writer: &mut Writer) -> Letter {
    let inner = "The server room is 31 degrees warm since the morning.";
    let mut letter = writer.letter("forwarded in the text", Tongue::Plain, |_, body| {
        let body = format!(
            "{body}\n---------- Forwarded message ---------\nFrom: Olga <olga@people.example>\n\
             Date: Mon, 23 Nov 2026 at 09:00\nSubject: Warm\nTo: Anna <person1@people.example>\n\n{inner}\n"
        );
        text("text/plain", Charset::Utf8, Transfer::EightBit, &body)
    });
    forward(&mut letter);
    letter.expects.says.push(inner.to_owned());
    letter
}

fn forward(letter: &mut Letter) {
    let subject = letter.mime.subject.take().unwrap_or_default();
    letter.mime.subject = Some(format!("Fwd: {subject}"));
}

fn forwarded_as_file(writer: &mut Writer) -> Letter {
    let mut letter = writer.letter("forwarded as a file", Tongue::Plain, |_, body| {
        let inner = b"From: Olga <olga@people.example>\r\nTo: person1@people.example\r\nSubject: Warm\r\n\
            Message-ID: <warm@people.example>\r\n\r\nThe server room is 31 degrees warm.\r\n";
        let mut inner = raw("message/rfc822", inner.to_vec());
        inner
            .headers
            .push(("Content-Disposition".to_owned(), "attachment; filename=\"Warm.eml\"".to_owned()));
        multipart("mixed", &[text("text/plain", Charset::Utf8, Transfer::EightBit, body), inner])
    });
    forward(&mut letter);
    letter
}

fn bare(writer: &mut Writer) -> Letter {
    let mut letter =
        writer.written("no Subject and no Message-ID", Tongue::Plain, Charset::Utf8, Transfer::EightBit);
    letter.mime.subject = None;
    letter.mime.message_id = None;
    letter.expects.subject = None;
    letter
}

fn of_list(writer: &mut Writer) -> Letter {
    let mut letter = writer.written("of a mailing list", Tongue::Plain, Charset::Utf8, Transfer::EightBit);
    let subject = letter.mime.subject.take().unwrap_or_default();
    letter.mime.subject = Some(format!("[facility-news] {subject}"));
    "news-bounces@lists.example".clone_into(&mut letter.mime.return_path);
    for (name, value) in [("List-Id", "<facility-news.lists.example>"), ("Precedence", "list")] {
        letter.mime.headers.push((name.to_owned(), value.to_owned()));
    }
    silent(letter)
}

/// What is kept is as the system likes, but nobody is answered.
fn silent(mut letter: Letter) -> Letter {
    letter.expects.home = Home::Any;
    letter.expects.answer = Answer::MustNot;
    letter.expects.subject = None;
    letter
}

fn machine(writer: &mut Writer, kind: &'static str, header: (&str, &str)) -> Letter {
    let mut letter = writer.written(kind, Tongue::Plain, Charset::Utf8, Transfer::EightBit);
    letter.mime.headers.push((header.0.to_owned(), header.1.to_owned()));
    silent(letter)
}

fn own(writer: &mut Writer) -> Letter {
    let mut letter =
        writer.written("from the system's own address", Tongue::Plain, Charset::Utf8, Transfer::EightBit);
    DESK.clone_into(&mut letter.from);
    DESK.clone_into(&mut letter.mime.return_path);
    letter.mime.from = ("Help desk".to_owned(), DESK.to_owned());
    silent(letter)
}

fn bounce_of_others(writer: &mut Writer) -> Letter {
    let mut letter = writer.letter("a bounce of somebody else's mail", Tongue::Plain, |_, body| {
        report(
            body,
            "unknown@people.example",
            b"Message-ID: <other@elsewhere.example>\r\nSubject: Invoice\r\n",
        )
    });
    as_bounce(&mut letter, true);
    silent(letter)
}

/// The envelope and the header of a delivery report.
pub(crate) fn as_bounce(letter: &mut Letter, automatic: bool) {
    "mailer-daemon@mx.load.example".clone_into(&mut letter.from);
    letter.mime.return_path.clear();
    letter.mime.from = ("Mail Delivery System".to_owned(), letter.from.clone());
    letter.mime.subject = Some("Undelivered Mail Returned to Sender".to_owned());
    if automatic {
        letter.mime.headers.push(("Auto-Submitted".to_owned(), "auto-replied".to_owned()));
    }
}

/// A delivery report (RFC 3464) about a mail of which only the header comes back.
pub(crate) fn report(body: &str, recipient: &str, original: &[u8]) -> Part {
    let text =
        text("text/plain", Charset::Utf8, Transfer::EightBit, &format!("This is the mail system.\n\n{body}"));
    let status = format!(
        "Reporting-MTA: dns; mx.load.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: failed\r\n\
         Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
    );
    let status = raw("message/delivery-status", status.into_bytes());
    let original = raw("text/rfc822-headers", original.to_vec());
    let mut whole = multipart("report", &[text, status, original]);
    for (name, value) in &mut whole.headers {
        if name == "Content-Type" {
            value.push_str("; report-type=delivery-status");
        }
    }
    whole
}
