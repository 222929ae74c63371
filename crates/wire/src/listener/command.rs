//! One command line (RFC 5321, 4.1) as a value, or the reply that refuses it.
//!
//! The order of commands, limits and what they lead to are the session's business. Parameters of extensions that the
//! listener does not offer are refused, not ignored: a client that asked for `REQUIRETLS` must not believe it got it.
//!
//! It is written here because the parser of smtp-proto 0.2.5 drops quotes (`"a@b"@c` becomes `a@b@c`) and bare `CR`
//! from addresses and makes `<postmaster>` an empty one.

use super::answer::Answer;
use crate::address;

/// Words that HTTP clients begin with. A browser can be made to post SMTP commands inside a request; the first line
/// gives it away, and the session ends before the rest is read.
const FOREIGN: [&str; 9] =
    ["GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "HOST:", "USER-AGENT:", "CONTENT-TYPE:"];

/// A command with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Ehlo(String),
    Helo(String),
    Lhlo(String),
    Mail(MailFrom),
    Rcpt(String),
    Data,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    /// `BDAT`, never offered: the octets that follow it would be read as commands, so the session has to end.
    Bdat,
    /// What other protocols say; the session has to end.
    Foreign,
}

/// `MAIL FROM` with what it announced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MailFrom {
    /// `None`: the null return path `<>`.
    pub(super) address: Option<String>,
    /// `SIZE=` in octets (RFC 1870).
    pub(super) size: Option<u64>,
    /// `BODY=8BITMIME` (RFC 6152).
    pub(super) eight_bit: bool,
    /// `SMTPUTF8` (RFC 6531).
    pub(super) smtp_utf8: bool,
}

/// Reads one line without its line end.
pub(super) fn parse(line: &[u8]) -> Result<Command, Answer> {
    let text = str::from_utf8(line)
        .ok()
        .filter(|text| !text.chars().any(|c| c.is_control() && c != '\t'))
        .ok_or_else(|| Answer::new(500, "5.5.2", "The line is no UTF-8 text or holds control characters"))?;
    let (verb, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let rest = rest.trim();
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" => host(rest).map(Command::Ehlo),
        "HELO" => host(rest).map(Command::Helo),
        "LHLO" => host(rest).map(Command::Lhlo),
        "MAIL" => mail(rest).map(Command::Mail),
        "RCPT" => recipient(rest).map(Command::Rcpt),
        "DATA" => alone(rest, Command::Data),
        "RSET" => alone(rest, Command::Rset),
        "QUIT" => alone(rest, Command::Quit),
        "NOOP" => Ok(Command::Noop),
        "HELP" => Ok(Command::Help),
        "VRFY" if rest.is_empty() => Err(syntax("VRFY needs a name")),
        "VRFY" => Ok(Command::Vrfy),
        "BDAT" => Ok(Command::Bdat),
        "EXPN" | "ETRN" | "AUTH" | "STARTTLS" | "BURL" => {
            Err(Answer::new(502, "5.5.1", "The command is not offered here"))
        }
        foreign if FOREIGN.contains(&foreign) => Ok(Command::Foreign),
        _ => Err(Answer::new(500, "5.5.1", "The command is unknown")),
    }
}

fn syntax(text: impl Into<String>) -> Answer {
    Answer::new(501, "5.5.4", text)
}

fn alone(rest: &str, command: Command) -> Result<Command, Answer> {
    if rest.is_empty() { Ok(command) } else { Err(syntax("The command takes no argument")) }
}

/// The argument of `EHLO` is kept for the trace and never believed, so that what devices really send (spaces,
/// underscores, nothing resembling a name) is no reason to lose their mail.
fn host(rest: &str) -> Result<String, Answer> {
    if rest.is_empty() || rest.len() > address::DOMAIN_MAX {
        return Err(syntax("The command needs the name of your host"));
    }
    Ok(rest.to_owned())
}

fn mail(rest: &str) -> Result<MailFrom, Answer> {
    let (path, parameters) = path(rest, "FROM:", "5.1.7")?;
    let mut mail = MailFrom::default();
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (name.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
            ("SIZE", digits) => {
                let size = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
                mail.size = Some(size.ok_or_else(|| syntax("SIZE= needs a number of octets"))?);
            }
            ("BODY", "7BIT") => mail.eight_bit = false,
            ("BODY", "8BITMIME") => mail.eight_bit = true,
            ("BODY", _) => return Err(syntax("BODY= is 7BIT or 8BITMIME")),
            ("SMTPUTF8", "") if parameter.len() == name.len() => mail.smtp_utf8 = true,
            _ => return Err(unknown(name)),
        }
    }
    if !path.is_empty() {
        mailbox(path, "5.1.7")?;
        if !path.is_ascii() && !mail.smtp_utf8 {
            return Err(Answer::new(553, "5.6.7", "An address beyond ASCII needs the parameter SMTPUTF8"));
        }
        mail.address = Some(path.to_owned());
    }
    Ok(mail)
}

fn recipient(rest: &str) -> Result<String, Answer> {
    let (path, parameters) = path(rest, "TO:", "5.1.3")?;
    if let Some(parameter) = parameters.split_ascii_whitespace().next() {
        return Err(unknown(parameter.split_once('=').map_or(parameter, |(name, _)| name)));
    }
    // RFC 5321, 4.5.1: the only recipient that needs no domain.
    if !path.eq_ignore_ascii_case("postmaster") {
        mailbox(path, "5.1.3")?;
    }
    Ok(path.to_owned())
}

fn unknown(parameter: &str) -> Answer {
    Answer::new(555, "5.5.4", format!("The parameter {parameter} is not offered here"))
}

fn mailbox(path: &str, enhanced: &'static str) -> Result<(), Answer> {
    address::check(path).map_err(|fault| Answer::new(553, enhanced, fault.to_string()))
}

/// `FROM:<path> parameters` as path and parameters. A space after the colon and a path without brackets are taken,
/// because devices send them. A source route is cut off, as RFC 5321 (appendix C) wants.
fn path<'a>(rest: &'a str, keyword: &str, enhanced: &'static str) -> Result<(&'a str, &'a str), Answer> {
    let wrong = || syntax(format!("The command is written {keyword}<address>"));
    let (given, after) = rest.split_at_checked(keyword.len()).ok_or_else(wrong)?;
    if !given.eq_ignore_ascii_case(keyword) {
        return Err(wrong());
    }
    let after = after.trim_start();
    let Some(bracketed) = after.strip_prefix('<') else {
        let (path, parameters) = after.split_once([' ', '\t']).unwrap_or((after, ""));
        return if path.is_empty() { Err(wrong()) } else { Ok((path, parameters)) };
    };
    let (path, parameters) =
        split_at_bracket(bracketed).ok_or_else(|| Answer::new(501, enhanced, "The address has no end"))?;
    if !(parameters.is_empty() || parameters.starts_with([' ', '\t'])) {
        return Err(Answer::new(501, enhanced, "A space has to follow the address"));
    }
    let routed = path.strip_prefix('@').and_then(|route| route.split_once(':'));
    let path = routed.map_or(path, |(_, mailbox)| mailbox);
    Ok((path, parameters))
}

/// Splits at the first `>` that does not stand in a quoted string.
fn split_at_bracket(text: &str) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => {
                let (path, rest) = text.split_at_checked(at)?;
                return Some((path, rest.strip_prefix('>').unwrap_or(rest)));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(line: &str) -> String {
        let mut out = Vec::new();
        parse(line.as_bytes()).expect_err(line).write(&mut out, true);
        String::from_utf8(out).unwrap().chars().take("555 5.5.4".len()).collect()
    }

    fn sender(line: &str) -> MailFrom {
        match parse(line.as_bytes()) {
            Ok(Command::Mail(mail)) => mail,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn rcpt(line: &str) -> String {
        match parse(line.as_bytes()) {
            Ok(Command::Rcpt(address)) => address,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn verbs_are_read_in_any_case() {
        assert_eq!(parse(b"ehlo client.example"), Ok(Command::Ehlo("client.example".into())));
        assert_eq!(parse(b"LHLO  [127.0.0.1] "), Ok(Command::Lhlo("[127.0.0.1]".into())));
        assert_eq!(parse(b"data"), Ok(Command::Data));
        assert_eq!(parse(b"NOOP whatever it says"), Ok(Command::Noop));
        assert_eq!(parse(b"vrfy anna"), Ok(Command::Vrfy));
        assert_eq!(parse(b"BDAT 5 LAST"), Ok(Command::Bdat));
        assert_eq!(parse(b"POST / HTTP/1.1"), Ok(Command::Foreign));
    }

    #[test]
    fn what_mail_announces() {
        assert_eq!(sender("MAIL FROM:<>"), MailFrom::default());
        assert_eq!(
            sender("mail from:<a@b.example> SIZE=1234 body=8bitmime SMTPUTF8"),
            MailFrom {
                address: Some("a@b.example".into()),
                size: Some(1234),
                eight_bit: true,
                smtp_utf8: true
            }
        );
        assert_eq!(sender("MAIL FROM: <a@b.example>").address.as_deref(), Some("a@b.example"));
        assert_eq!(sender("MAIL FROM:a@b.example SIZE=1").address.as_deref(), Some("a@b.example"));
        assert_eq!(sender("MAIL FROM:<анна@пример.рф> SMTPUTF8").address.as_deref(), Some("анна@пример.рф"));
    }

    #[test]
    fn recipients_keep_their_quotes_and_lose_their_route() {
        assert_eq!(rcpt("RCPT TO:<a@b.example>"), "a@b.example");
        assert_eq!(rcpt("RCPT TO:<\"a@b\"@c.example>"), "\"a@b\"@c.example");
        assert_eq!(rcpt("RCPT TO:<@relay.example,@other.example:a@b.example>"), "a@b.example");
        assert_eq!(rcpt("RCPT TO:<Postmaster>"), "Postmaster");
    }

    #[test]
    fn what_is_refused_and_how() {
        for (line, expected) in [
            ("", "500 5.5.1"),
            ("HELLO", "500 5.5.1"),
            ("NOOP\r", "500 5.5.2"),
            ("NOOP \0", "500 5.5.2"),
            ("EHLO", "501 5.5.4"),
            ("DATA now", "501 5.5.4"),
            ("VRFY", "501 5.5.4"),
            ("STARTTLS", "502 5.5.1"),
            ("AUTH PLAIN AAAA", "502 5.5.1"),
            ("MAIL", "501 5.5.4"),
            ("MAIL TO:<a@b>", "501 5.5.4"),
            ("MAIL FROM:", "501 5.5.4"),
            ("MAIL FROM:<a@b", "501 5.1.7"),
            ("MAIL FROM:<a@b>SIZE=1", "501 5.1.7"),
            ("MAIL FROM:<a>", "553 5.1.7"),
            ("MAIL FROM:<a@b> SIZE=", "501 5.5.4"),
            ("MAIL FROM:<a@b> SIZE=+1", "501 5.5.4"),
            ("MAIL FROM:<a@b> SIZE=99999999999999999999", "501 5.5.4"),
            ("MAIL FROM:<a@b> BODY=BINARYMIME", "501 5.5.4"),
            ("MAIL FROM:<a@b> SMTPUTF8=1", "555 5.5.4"),
            ("MAIL FROM:<a@b> REQUIRETLS", "555 5.5.4"),
            ("MAIL FROM:<a@b> AUTH=<>", "555 5.5.4"),
            ("MAIL FROM:<é@b>", "553 5.6.7"),
            ("RCPT TO:<>", "553 5.1.3"),
            ("RCPT TO:<a@b@c>", "553 5.1.3"),
            ("RCPT TO:<a@b> NOTIFY=NEVER", "555 5.5.4"),
        ] {
            assert_eq!(code(line), expected, "{line:?}");
        }
        assert!(parse(b"NOOP \xe9").is_err(), "Latin-1 is no UTF-8");
    }

    #[test]
    fn a_host_name_has_a_limit() {
        let ehlo = |length: usize| format!("EHLO {}", "a".repeat(length));
        assert!(parse(ehlo(address::DOMAIN_MAX).as_bytes()).is_ok());
        assert_eq!(code(&ehlo(address::DOMAIN_MAX + 1)), "501 5.5.4");
    }
}
