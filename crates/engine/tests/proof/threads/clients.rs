//! Mail programs: what each writes around a mail that it answers or forwards, in two languages.

use std::fmt::Write as _;

use super::dice::Dice;

/// A mail as somebody has it in their mailbox.
#[derive(Debug, Clone)]
pub(super) struct Got {
    /// Its Message-ID as it came through, without angle brackets.
    pub(super) message_id: String,
    /// What it refers to itself.
    pub(super) references: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    /// Where answers to it go.
    pub(super) answer_to: String,
    /// Who got it.
    pub(super) recipient: String,
}

/// The body of a mail as it is written.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Text(String),
    Html(String),
    Both(String, String),
}

/// A mail program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    Gmail,
    GmailHtml,
    Outlook,
    OutlookHtml,
    OriginalMessage,
    AppleMail,
    Thunderbird,
    BelowTheQuote,
    Yandex,
    MailRu,
    Bat,
}

pub(super) const CLIENTS: [Client; 11] = [
    Client::Gmail,
    Client::GmailHtml,
    Client::Outlook,
    Client::OutlookHtml,
    Client::OriginalMessage,
    Client::AppleMail,
    Client::Thunderbird,
    Client::BelowTheQuote,
    Client::Yandex,
    Client::MailRu,
    Client::Bat,
];

fn quoted(text: &str) -> String {
    let mut out = String::new();
    for line in text.trim_end().lines() {
        let joint = if line.is_empty() || line.starts_with('>') { "" } else { " " };
        writeln!(out, ">{joint}{line}").unwrap();
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn lines(text: &str) -> String {
    escaped(text).lines().fold(String::new(), |html, line| html + "<div>" + line + "</div>")
}

impl Client {
    /// What it puts before the subject of an answer.
    pub(super) fn reply_prefix(self, russian: bool, dice: &mut Dice) -> &'static str {
        match self {
            Self::Bat => dice.pick(&["Re[2]: ", "Re[4]: "]),
            Self::Outlook | Self::OutlookHtml | Self::OriginalMessage if russian => {
                dice.pick(&["RE: ", "Отв: ", "HA: "])
            }
            Self::Outlook | Self::OutlookHtml | Self::OriginalMessage => dice.pick(&["RE: ", "AW: ", "SV: "]),
            _ => "Re: ",
        }
    }

    /// What it puts before the subject of a forwarded mail.
    pub(super) const fn forward_prefix(self, russian: bool) -> &'static str {
        match self {
            Self::Outlook | Self::OutlookHtml | Self::OriginalMessage if russian => "Пересл: ",
            Self::Outlook | Self::OutlookHtml | Self::OriginalMessage => "FW: ",
            _ => "Fwd: ",
        }
    }

    /// The line or block above what it quotes.
    fn head(self, russian: bool, got: &Got) -> String {
        let (from, subject, to) = (&got.answer_to, &got.subject, &got.recipient);
        match (self, russian) {
            (Self::Outlook | Self::OutlookHtml, false) => format!(
                "From: Help desk <{from}>\nSent: Monday, November 23, 2026 3:00 PM\nTo: {to}\nSubject: {subject}\n"
            ),
            (Self::Outlook | Self::OutlookHtml | Self::OriginalMessage, true) => format!(
                "От: Help desk <{from}>\nОтправлено: 23 ноября 2026 г. 15:00\nКому: {to}\nТема: {subject}\n"
            ),
            (Self::OriginalMessage, false) => format!(
                "-----Original Message-----\nFrom: Help desk <{from}>\nSent: Monday, November 23, 2026 3:00 PM\nTo: {to}\nSubject: {subject}\n"
            ),
            (Self::AppleMail, false) => {
                format!("On 23 Nov 2026, at 15:00, Help desk <{from}> wrote:\n")
            }
            (Self::AppleMail, true) => {
                format!("23 нояб. 2026 г., в 15:00, Help desk <{from}> написал(а):\n")
            }
            (Self::Thunderbird | Self::BelowTheQuote, false) => {
                "On 11/23/26 15:00, Help desk wrote:".to_owned()
            }
            (Self::Thunderbird | Self::BelowTheQuote, true) => {
                "23.11.2026 15:00, Help desk пишет:".to_owned()
            }
            (Self::Yandex, _) => format!("23.11.2026, 15:00, \"Help desk\" <{from}>:"),
            (Self::MailRu, _) => {
                format!("Понедельник, 23 ноября 2026, 15:00 +03:00 от Help desk <{from}>:\n")
            }
            (Self::Bat, false) => "Monday, November 23, 2026, 3:00:00 PM, you wrote:\n".to_owned(),
            (Self::Bat, true) => "Понедельник, 23 ноября 2026 г., 15:00:00, вы писали:\n".to_owned(),
            (_, false) => format!("On Mon, Nov 23, 2026 at 3:00 PM Help desk <{from}> wrote:\n"),
            (_, true) => format!("пн, 23 нояб. 2026 г. в 15:00, Help desk <{from}>:\n"),
        }
    }

    /// An answer with what it answers around it.
    pub(super) fn answer(self, russian: bool, new: &str, got: &Got) -> Body {
        let head = self.head(russian, got);
        match self {
            Self::Outlook | Self::OriginalMessage => Body::Text(format!("{new}\n\n{head}\n{}", got.text)),
            Self::BelowTheQuote => Body::Text(format!("{head}\n{}\n{new}\n", quoted(&got.text))),
            Self::GmailHtml => Body::Both(
                format!("{new}\n\n{head}\n{}", quoted(&got.text)),
                format!(
                    "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\">{}</blockquote></div>",
                    lines(new),
                    escaped(head.trim_end()),
                    lines(&got.text)
                ),
            ),
            Self::OutlookHtml => Body::Html(format!(
                "<html><body><div class=\"WordSection1\">{}<div style=\"border:none;border-top:solid #E1E1E1 1.0pt\">{}</div>{}</div></body></html>",
                lines(new),
                lines(&head),
                lines(&got.text)
            )),
            _ => Body::Text(format!("{new}\n\n{head}\n{}", quoted(&got.text))),
        }
    }

    /// A mail sent on, with a note above it.
    pub(super) fn forward(self, russian: bool, note: &str, got: &Got) -> Body {
        let (from, subject, to) = (&got.answer_to, &got.subject, &got.recipient);
        let head = match (self, russian) {
            (Self::Outlook | Self::OutlookHtml | Self::OriginalMessage, _) => self.head(russian, got),
            (Self::AppleMail, false) => format!(
                "Begin forwarded message:\n\nFrom: Help desk <{from}>\nSubject: {subject}\nDate: 23 November 2026 at 15:00:00 GMT\nTo: {to}\n"
            ),
            (Self::AppleMail, true) => format!(
                "Начало переадресованного сообщения:\n\nОт: Help desk <{from}>\nТема: {subject}\nДата: 23 ноября 2026 г. в 15:00:00 GMT\nКому: {to}\n"
            ),
            (_, false) => format!(
                "---------- Forwarded message ---------\nFrom: Help desk <{from}>\nDate: Mon, Nov 23, 2026 at 3:00 PM\nSubject: {subject}\nTo: <{to}>\n"
            ),
            (_, true) => format!(
                "---------- Пересылаемое сообщение ---------\nОт: Help desk <{from}>\nДата: пн, 23 нояб. 2026 г. в 15:00\nТема: {subject}\nКому: <{to}>\n"
            ),
        };
        let text = format!("{note}\n\n{head}\n{}", got.text);
        match self {
            Self::OutlookHtml => Body::Html(format!(
                "<html><body>{}<hr>{}{}</body></html>",
                lines(note),
                lines(&head),
                lines(&got.text)
            )),
            _ => Body::Text(text),
        }
    }
}

/// A mail on its way to us.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) cc: Vec<String>,
    pub(super) subject: String,
    pub(super) message_id: String,
    pub(super) in_reply_to: Option<String>,
    pub(super) references: Vec<String>,
    /// Whether a program wrote it.
    pub(super) automatic: bool,
    pub(super) body: Option<Body>,
}

fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(text.as_bytes()))
}

fn part(kind: &str, text: &str, base64: bool) -> String {
    let head = format!("Content-Type: text/{kind}; charset=utf-8\r\n");
    if base64 {
        let code = data_encoding::BASE64_MIME.encode(text.replace('\n', "\r\n").as_bytes());
        return format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{code}\r\n");
    }
    format!("{head}Content-Transfer-Encoding: 8bit\r\n\r\n{}\r\n", text.replace('\n', "\r\n"))
}

impl Letter {
    /// Its bytes.
    pub(super) fn bytes(&self, dice: &mut Dice) -> Vec<u8> {
        let ids = |ids: &[String]| ids.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join("\r\n ");
        let mut out = format!("From: {}\r\nTo: {}\r\n", self.from, self.to.join(", "));
        let mut header = |name: &str, value: String| write!(out, "{name}: {value}\r\n").unwrap();
        if !self.cc.is_empty() {
            header("Cc", self.cc.join(", "));
        }
        header("Subject", encoded(&self.subject));
        header("Message-ID", format!("<{}>", self.message_id));
        header("Date", "Mon, 23 Nov 2026 12:00:00 +0000".to_owned());
        if let Some(id) = &self.in_reply_to {
            header("In-Reply-To", format!("<{id}>"));
        }
        if !self.references.is_empty() {
            header("References", ids(&self.references));
        }
        if self.automatic {
            header("Auto-Submitted", "auto-replied".to_owned());
        }
        header("MIME-Version", "1.0".to_owned());
        let base64 = dice.chance(30);
        match self.body.as_ref().unwrap() {
            Body::Text(text) => out.push_str(&part("plain", text, base64)),
            Body::Html(html) => out.push_str(&part("html", html, base64)),
            Body::Both(text, html) => {
                out.push_str("Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n--b1\r\n");
                out.push_str(&part("plain", text, base64));
                out.push_str("--b1\r\n");
                out.push_str(&part("html", html, base64));
                out.push_str("--b1--\r\n");
            }
        }
        out.into_bytes()
    }
}
