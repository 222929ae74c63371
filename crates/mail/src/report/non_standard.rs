//! Reports in prose: qmail, Exim, old Sendmail, Exchange and the many that imitate them.
//!
//! A mail is taken for such a report only if it comes from a mail system and names a recipient; what it names is
//! looked for from the surest place to the least sure, and the first place that has an address decides.

use super::{
    Action, DeliveryReport, Kind, Reason, ReportedRecipient,
    fields::{action_of_status, header_recipients, status_code, typed_address},
    original_message_id, original_recipients,
};
use crate::{
    Mail, ReturnPath,
    address::{self, is_valid_email},
    message_id,
};

/// Lines of the text that are read.
const MAX_LINES: usize = 2_000;
/// Lines of explanation taken behind a recipient.
const MAX_DIAGNOSTIC_LINES: usize = 8;
/// Characters of the explanation.
const MAX_DIAGNOSTIC_CHARS: usize = 1_000;

/// Local parts that mail systems send their reports from.
const DAEMONS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "mail-daemon",
    "maildaemon",
    "mdaemon",
    "mailsystem",
    "mail-system",
    "bounce",
    "bounces",
];

/// Beginnings of the subjects of reports, in lower case.
const SUBJECTS: &[&str] = &[
    "undelivered mail",
    "undeliverable",
    "undeliverable mail",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery notification",
    "delivery error",
    "delivery report",
    "failure notice",
    "failure delivery",
    "failed delivery",
    "failed mail",
    "returned mail",
    "return mail",
    "mail delivery",
    "mail system error",
    "mail could not be delivered",
    "mail failure",
    "mail error",
    "message delivery",
    "message undeliverable",
    "message not delivered",
    "message could not be delivered",
    "message status",
    "non delivery",
    "non-delivery",
    "nondeliverable",
    "nondelivery",
    "not delivered",
    "unable to deliver",
    "could not send message",
    "warning: could not send",
    "warning: message",
    "dsn:",
    "dsn ",
    "permanent delivery failure",
    "rejected mail",
    "user unknown",
    "unzustellbar",
    "unzustellbare",
    "nicht zustellbar",
    "mail konnte nicht",
    "message non remis",
    "non remis",
    "échec de la remise",
    "メールエラー",
    "配信エラー",
    "配送エラー",
    "送信エラー",
    "no se puede entregar",
    "недоставленное",
    "сообщение не доставлено",
    "не доставлено",
    "недоставленное сообщение",
    "the results of your email commands",
    "e-mail delivery",
    "email delivery",
    "deferred mail",
    "inform",
    "mensaje no entregado",
    "mancato recapito",
    "não entregue",
    "notification d'échec",
];

/// What reports say, in lower case.
const FAILURES: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such user",
    "no such",
    "does not exist",
    "doesn't exist",
    "not exist",
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "wasn't able to deliver",
    "was not able to deliver",
    "unable to deliver",
    "not delivered",
    "undeliverable",
    "undelivered",
    "fatal error",
    "permanent error",
    "permanent failure",
    "delivery failed",
    "delivery failure",
    "delivery to the following",
    "mailbox full",
    "mailbox is full",
    "over quota",
    "quota exceeded",
    "exceeded",
    "host unknown",
    "unknown host",
    "host not found",
    "domain not found",
    "unrouteable",
    "unroutable",
    "rejected",
    "refused",
    "returned",
    "bounced",
    "has not been delivered",
    "не удалось доставить",
    "не доставлено",
    "не существует",
    "delayed",
    "not been able",
    "not found",
    "failed",
    "invalid recipient",
    "unknown",
    "disabled",
    "not deliver",
    "suppressed",
    "エラー",
    "見つかりません",
    "送信できません",
    "届きません",
    "配信できません",
    "お届けできませんでした",
    "送れません",
];

/// What stands above the returned copy.
const COPY_MARKERS: &[&str] = &[
    "--- below this line is a copy",
    "--- below the next line is a copy",
    "--- enclosed is a copy",
    "------ this is a copy of",
    "this is a copy of the message",
    "----- original message follows",
    "original message follows",
    "----- unsent message follows",
    "----- message header follows",
    "--- the header of the original",
    "--- original message",
    "-----original message",
    "---- original message",
    "----- original message",
    "message header follows",
    "original message header",
    "--- message header",
    "the following message headers",
    "original message headers",
    "--- returned message",
    "--- start of message",
    "below is a copy of the original",
    "here is the original message",
    "*** original message",
    "contents of this message",
    "--- undelivered message follows",
    "the original message was:",
    "original message details",
];

/// Reads a report in prose; none when the mail is no report or names nobody.
pub(super) fn read(mail: &Mail) -> Option<DeliveryReport> {
    let Text { report, copy } = Text::of(mail);
    if !is_from_mail_system(mail, &report) {
        return None;
    }
    let found = named_recipients(mail, &report, &copy);
    if found.is_empty() {
        return None;
    }
    let whole = report.join(" ");
    let recipients = found.into_iter().map(|named| named.reported(&report, &whole)).collect();
    let id = original_message_id(mail).or_else(|| message_id_in_text(&copy.join("\n")));
    Some(DeliveryReport { recipients, original_message_id: id, kind: Kind::NonStandard })
}

/// The first Message-ID field inside a text.
pub(super) fn message_id_in_text(text: &str) -> Option<String> {
    let mut lines = text.lines().take(MAX_LINES).map(|line| line.trim_start_matches(['>', ' ', '\t', '|']));
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.trim().eq_ignore_ascii_case("message-id") {
            let value = if value.trim().is_empty() { lines.next().unwrap_or_default() } else { value };
            return message_id::parse_list(value).into_iter().next();
        }
    }
    None
}

/// The text of the mail, parted into the report and the returned copy.
struct Text {
    report: Vec<String>,
    copy: Vec<String>,
}

impl Text {
    fn of(mail: &Mail) -> Self {
        let mut lines = mail.text.lines().take(MAX_LINES).map(str::to_owned);
        let mut report = Vec::new();
        let mut copy = Vec::new();
        for line in lines.by_ref() {
            let lower = line.trim().to_lowercase();
            let header = ["received:", "return-path:"].iter().any(|name| lower.starts_with(name));
            if header || COPY_MARKERS.iter().any(|marker| lower.starts_with(marker)) {
                copy.push(line);
                break;
            }
            report.push(line);
        }
        copy.extend(lines);
        Self { report, copy }
    }
}

fn is_from_mail_system(mail: &Mail, report: &[String]) -> bool {
    let sender = mail.from.as_ref().map(|from| from.email.to_lowercase()).unwrap_or_default();
    let local = sender.split('@').next().unwrap_or_default();
    let name = mail.from.as_ref().and_then(|from| from.name.clone()).unwrap_or_default().to_lowercase();
    let is_daemon = DAEMONS.iter().any(|daemon| {
        local == *daemon || local.starts_with(&format!("{daemon}+")) || local.ends_with(&format!("-{daemon}"))
    }) || ["mail delivery", "mail administrator", "mailer-daemon", "mail deliver"]
        .iter()
        .any(|known| name.contains(known));
    let subject = mail.subject.trim().trim_start_matches(['*', '[', '<', '#']).to_lowercase();
    let known_subject = SUBJECTS.iter().any(|known| subject.starts_with(known));
    if mail.header("X-Failed-Recipients").is_some() {
        return true;
    }
    // A vacation program also writes from `<>`; it says nothing of a failure.
    let is_answer = mail
        .header("Auto-Submitted")
        .is_some_and(|value| value.trim().to_lowercase().starts_with("auto-replied"));
    let lower = report.join("\n").to_lowercase();
    let tells_failure =
        status_code(&lower).is_some() || FAILURES.iter().any(|failure| lower.contains(failure));
    if is_daemon {
        return tells_failure || known_subject;
    }
    known_subject && tells_failure && !(is_answer && mail.return_path != ReturnPath::Null)
}

/// A recipient and where the report names it.
struct Named {
    address: String,
    line: Option<usize>,
}

impl Named {
    fn anywhere(address: String) -> Self {
        Self { address, line: None }
    }

    fn reported(self, report: &[String], whole: &str) -> ReportedRecipient {
        let diagnostic = self.line.map(|line| diagnostic(report, line)).filter(|text| !text.is_empty());
        let status = diagnostic.as_deref().and_then(status_code).or_else(|| status_code(whole));
        let action = if is_delay(whole) && !status.as_deref().is_some_and(|code| code.starts_with('5')) {
            Action::Delayed
        } else {
            match action_of_status(status.as_deref()) {
                // 4.x.x in a report that does not speak of a delay: the server gave up.
                Action::Delayed => Action::Failed,
                other => other,
            }
        };
        ReportedRecipient {
            address: self.address,
            original_address: None,
            action,
            status,
            diagnostic,
            reason: Reason::Unknown,
        }
    }
}

fn is_delay(text: &str) -> bool {
    let lower = text.to_lowercase();
    const DELAYS: &[&str] = &[
        "will be retried",
        "will continue to be",
        "still trying",
        "will keep trying",
        "has not yet been delivered",
        "not been delivered yet",
        "delivery attempts will continue",
        "you do not need to resend",
        "no action is required on your part",
        "has been delayed",
        "is delayed",
    ];
    DELAYS.iter().any(|delay| lower.contains(delay))
}

/// The lines from that of the recipient to the next empty line.
fn diagnostic(report: &[String], line: usize) -> String {
    let mut words: Vec<&str> = Vec::new();
    for (number, line) in report.iter().skip(line).take(MAX_DIAGNOSTIC_LINES).enumerate() {
        if number > 0 && line.trim().is_empty() {
            break;
        }
        words.extend(line.split_whitespace());
    }
    words.join(" ").chars().take(MAX_DIAGNOSTIC_CHARS).collect()
}

/// The recipients, from the first place that names any.
fn named_recipients(mail: &Mail, report: &[String], copy: &[String]) -> Vec<Named> {
    let header: Vec<Named> = mail
        .headers_named("X-Failed-Recipients")
        .flat_map(address::parse_list)
        .map(|address| Named::anywhere(address.email))
        .filter(|named| is_valid_email(&named.address))
        .collect();
    let own: Vec<String> = mail
        .to
        .iter()
        .chain(mail.from.as_ref())
        .chain(&mail.reply_to)
        .map(crate::Address::normalized)
        .collect();
    let foreign = |named: &Named| !own.contains(&named.address.to_lowercase()) && !is_role(&named.address);
    let places: [&dyn Fn() -> Vec<Named>; 7] = [
        &|| header.iter().map(|named| Named::anywhere(named.address.clone())).collect(),
        &|| by_line(report, &labelled),
        &|| by_line(report, &bracketed_start),
        &|| by_line(report, &alone).into_iter().filter(|named| foreign(named)).collect(),
        &|| by_line(report, &in_transcript).into_iter().filter(|named| foreign(named)).take(1).collect(),
        &|| by_line(report, &anywhere).into_iter().filter(|named| foreign(named)).take(1).collect(),
        &|| returned_recipients(mail, copy).into_iter().map(Named::anywhere).collect(),
    ];
    places.iter().map(|place| place()).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Addresses of the reporting side.
fn is_role(address: &str) -> bool {
    let lower = address.to_lowercase();
    ["postmaster@", "mailer-daemon@", "abuse@", "support@", "helpdesk@", "admin@", "root@"]
        .iter()
        .any(|role| lower.starts_with(role))
}

fn returned_recipients(mail: &Mail, copy: &[String]) -> Vec<String> {
    let found = original_recipients(mail);
    if !found.is_empty() {
        return found;
    }
    // The marker line and empty lines stand above the header of the copy.
    let start = copy.iter().position(|line| {
        line.split_once(':').is_some_and(|(name, _)| !name.contains(' ') && !name.is_empty())
    });
    let header: String =
        copy.iter().skip(start.unwrap_or(copy.len())).map(|line| line.clone() + "\n").collect();
    header_recipients(header.as_bytes())
}

/// One address per line, as `read` finds it, each once.
fn by_line(report: &[String], read: &dyn Fn(&str) -> Option<String>) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    for (line, text) in report.iter().enumerate() {
        let Some(address) = read(text).filter(|address| is_valid_email(address)) else { continue };
        if !found.iter().any(|named| named.address.eq_ignore_ascii_case(&address)) {
            found.push(Named { address, line: Some(line) });
        }
    }
    found
}

/// `Final-Recipient: rfc822; anna@example.org` and its relatives.
fn labelled(line: &str) -> Option<String> {
    const LABELS: &[&str] = &[
        "final-recipient",
        "x-actual-recipient",
        "original-recipient",
        "failed recipient",
        "failed recipients",
        "recipient address",
        "recipient",
        "recipients",
        "unknown user",
        "failed address",
        "invalid recipient",
        "undeliverable address",
        "original recipient",
    ];
    let (label, value) = line.trim().trim_start_matches(['*', '-', '>', ' ']).split_once(':')?;
    LABELS
        .contains(&label.trim().to_lowercase().as_str())
        .then(|| typed_address(value.trim().trim_matches(['[', ']'])))
        .flatten()
}

/// `<anna@example.org>: host said …`, `<anna@example.org>... User unknown`
fn bracketed_start(line: &str) -> Option<String> {
    let inner = line.trim_start().trim_start_matches(['"', '\'']).strip_prefix('<')?;
    let (address, _) = inner.split_once('>')?;
    address.contains('@').then(|| address.trim().trim_start_matches("mailto:").to_owned())
}

/// A line that is an address and at most a few marks: `  anna@example.org`, `* anna@example.org:`
fn alone(line: &str) -> Option<String> {
    let marks = |c: char| {
        c.is_whitespace()
            || matches!(c, '*' | '-' | '•' | '>' | '<' | ':' | '"' | '\'' | ',' | ';' | '(' | ')' | '[' | ']')
    };
    let word = line.trim_matches(marks).trim_end_matches('.');
    let first = word.split([' ', '\t', '(', '<']).next().unwrap_or_default().trim_matches(marks);
    // `anna@example.org (reason)` and `anna@example.org on 14.11.2023` count; a sentence does not begin with an address.
    (first.contains('@') && !word.starts_with("smtp;") && line.split_whitespace().count() <= 12)
        .then(|| first.to_owned())
}

/// `>>> RCPT To:<anna@example.org>`, `550 5.1.1 <anna@example.org>... User unknown`
fn in_transcript(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    let starts_with_code = lower
        .trim_start_matches(['<', '>', ' ', '-', '.'])
        .get(..3)
        .is_some_and(|code| matches!(code.as_bytes(), [b'4' | b'5', b'0'..=b'5', b'0'..=b'9']));
    (lower.contains("rcpt to:") || starts_with_code || FAILURES.iter().any(|failure| lower.contains(failure)))
        .then(|| anywhere(line))
        .flatten()
}

/// The first address anywhere in a line.
fn anywhere(line: &str) -> Option<String> {
    line.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '"'
                    | '\''
                    | ','
                    | ';'
                    | ':'
                    | '“'
                    | '”'
                    | '='
                    | '「'
                    | '」'
            )
    })
    .map(|word| word.trim_matches(['.', '!', '?', '*', '`', '-']))
    .find(|word| is_valid_email(word) && word.contains('.'))
    .map(str::to_owned)
}
