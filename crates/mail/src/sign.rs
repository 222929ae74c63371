//! The signs by which a mail is classified: facts of its own header and body, without records or users.
//!
//! What follows from them (the class, whether it is answered) is decided above; only the reason code of *do not
//! answer automatically* is given here, because every automatic answer must respect it.

mod automatic;

pub use crate::subject::{PrefixHit, PrefixLists};

use crate::{
    Mail, ReturnPath,
    forwarded::is_message,
    quote_lines::{is_forward_marker, is_header_block},
    report::{self, DeliveryReport},
    subject::{self, Class},
};

/// Lines of the body in which a forwarded block is looked for.
const MAX_BLOCK_LINES: usize = 5_000;

/// The mail was written by a program in answer to another (RFC 3834).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutomaticAnswer {
    /// The sign: `auto_submitted`, `vacation_header`, `read_receipt` or, weakest, `subject`.
    pub why: &'static str,
}

/// The signs of one mail.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signs {
    /// The first token of `Auto-Submitted` (RFC 3834, 5), in lower case.
    pub auto_submitted: Option<String>,
    /// The tokens of `X-Auto-Response-Suppress`, in lower case.
    pub suppress: Vec<String>,
    /// The value of `Precedence`, in lower case.
    pub precedence: Option<String>,
    /// The mail went through a mailing list (RFC 2369, RFC 2919).
    pub list: bool,
    /// The envelope sender is `<>`.
    pub null_return_path: bool,
    /// Nobody reads what is sent to the address that an answer would go to.
    pub no_reply_sender: bool,
    /// What a delivery report says.
    pub delivery_report: Option<DeliveryReport>,
    /// The mail is an automatic answer; never set for delivery reports.
    pub automatic_answer: Option<AutomaticAnswer>,
    /// The METHOD of an invitation or an answer to one (RFC 5546, 1.4), in upper case; `PUBLISH` is neither.
    pub calendar: Option<String>,
    /// The outermost prefix is one of replies.
    pub reply_prefix: Option<PrefixHit>,
    /// The outermost prefix is one of forwards.
    pub forward_prefix: Option<PrefixHit>,
    /// The body holds a forwarded mail.
    pub forwarded_block: bool,
    /// The subject without prefixes, spaces collapsed.
    pub core_subject: String,
    /// Why the mail must not be answered automatically, as a reason code; none when it may be.
    pub do_not_answer: Option<&'static str>,
}

/// Reads the signs of a mail.
pub fn signs(mail: &Mail, prefixes: &PrefixLists) -> Signs {
    let delivery_report = report::read(mail);
    let automatic_answer = if delivery_report.is_some() { None } else { automatic::detect(mail) };
    let mut signs = Signs {
        auto_submitted: automatic::auto_submitted(mail),
        suppress: suppress(mail),
        precedence: mail.header("Precedence").map(first_token).filter(|token| !token.is_empty()),
        list: is_list(mail),
        null_return_path: mail.return_path == ReturnPath::Null,
        no_reply_sender: is_no_reply(mail),
        delivery_report,
        automatic_answer,
        calendar: mail.has_calendar.clone().filter(|method| method != "PUBLISH"),
        forwarded_block: has_forwarded_block(mail),
        ..Signs::default()
    };
    read_subject(mail, prefixes, &mut signs);
    signs.do_not_answer = do_not_answer(&signs);
    signs
}

/// The first word of a header value before `;`, `,`, `(` or a space, in lower case.
fn first_token(value: &str) -> String {
    value.trim().split([';', ',', '(', ' ', '\t']).next().unwrap_or_default().to_lowercase()
}

fn suppress(mail: &Mail) -> Vec<String> {
    mail.headers_named("X-Auto-Response-Suppress")
        .flat_map(|value| value.split([',', ';', ' ']))
        .map(|token| token.trim().to_lowercase())
        .filter(|token| !token.is_empty())
        .collect()
}

fn is_list(mail: &Mail) -> bool {
    const FIELDS: &[&str] = &[
        "List-Id",
        "List-Unsubscribe",
        "List-Post",
        "List-Help",
        "List-Subscribe",
        "List-Owner",
        "List-Archive",
        "Mailing-List",
        "X-Mailing-List",
        "X-Mailman-Version",
        "X-BeenThere",
    ];
    FIELDS.iter().any(|field| mail.header(field).is_some())
}

/// An answer goes to Reply-To where there is one: a form that writes as `noreply@` for a person names that person.
fn is_no_reply(mail: &Mail) -> bool {
    match mail.reply_to.first() {
        Some(reply_to) => reply_to.is_no_reply(),
        None => mail.from.as_ref().is_some_and(crate::Address::is_no_reply),
    }
}

fn has_forwarded_block(mail: &Mail) -> bool {
    let is_report =
        mail.header("Content-Type").is_some_and(|value| value.to_lowercase().starts_with("multipart/report"));
    if !is_report && mail.attachments.iter().any(is_message) {
        return true;
    }
    let lines: Vec<&str> = mail.text.lines().take(MAX_BLOCK_LINES).collect();
    (0..lines.len()).any(|at| {
        let rest = lines.get(at..).unwrap_or_default();
        rest.first().is_some_and(|line| is_forward_marker(line)) || is_header_block(rest)
    })
}

fn read_subject(mail: &Mail, prefixes: &PrefixLists, signs: &mut Signs) {
    let split = subject::split(&mail.subject, prefixes);
    let is_reply = !mail.in_reply_to.is_empty() || !mail.references.is_empty();
    match split.first {
        Some((Class::Reply, word)) => signs.reply_prefix = Some(PrefixHit { word, weak: false }),
        Some((Class::Forward, word)) => signs.forward_prefix = Some(PrefixHit { word, weak: false }),
        Some((Class::Weak, word)) if is_reply => signs.reply_prefix = Some(PrefixHit { word, weak: true }),
        Some((Class::Weak, word)) if signs.forwarded_block => {
            signs.forward_prefix = Some(PrefixHit { word, weak: true });
        }
        // An ordinary word after all: it belongs to the subject.
        Some((Class::Weak, _)) => {
            signs.core_subject = mail.subject.split_whitespace().collect::<Vec<_>>().join(" ");
            return;
        }
        None => {}
    }
    signs.core_subject = split.core;
}

/// The first reason that applies, strongest first.
fn do_not_answer(signs: &Signs) -> Option<&'static str> {
    const STOPPING: &[&str] = &["all", "autoreply", "oof"];
    let reasons = [
        (signs.delivery_report.is_some(), "delivery_report"),
        (signs.null_return_path, "null_return_path"),
        (signs.auto_submitted.as_deref().is_some_and(|token| token != "no"), "auto_submitted"),
        (signs.automatic_answer.is_some(), "automatic_answer"),
        (signs.suppress.iter().any(|token| STOPPING.contains(&token.as_str())), "auto_response_suppress"),
        (matches!(signs.precedence.as_deref(), Some("bulk" | "junk" | "list" | "auto_reply")), "precedence"),
        (signs.list, "list"),
        (signs.no_reply_sender, "no_reply_sender"),
    ];
    reasons.into_iter().find(|(applies, _)| *applies).map(|(_, reason)| reason)
}

#[cfg(test)]
mod tests;
