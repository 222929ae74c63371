//! Mail addresses: reading address fields (RFC 5322, 3.4), checking (RFC 5321, 4.1.2; RFC 6531) and comparing.
//!
//! Reading is lenient, checking is strict. Nothing here asks whether an address exists.

use unicode_normalization::UnicodeNormalization;

use crate::{encoded_word, limits::MAX_ADDRESSES, lines::one_line};

/// Octets of the part before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// Octets of the domain (RFC 5321, 4.5.3.1.2).
const MAX_DOMAIN_BYTES: usize = 255;
/// Octets of the whole address: a path of 256 without its angle brackets (RFC 5321, 4.5.3.1.3).
const MAX_ADDRESS_BYTES: usize = 254;
/// Octets of one label of a domain (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// Beginnings of local parts, without their punctuation, behind which nobody reads.
const NO_REPLY_STARTS: &[&str] = &[
    "noreply",
    "donotreply",
    "dontreply",
    "noanswer",
    "mailerdaemon",
    "autoreply",
    "autoresponder",
    "autoresponse",
    "nepasrepondre",
    "nereponsezpas",
    "pasdereponse",
    "noresponder",
    "nocontestar",
    "naoresponda",
    "naoresponder",
    "nonrispondere",
    "nichtantworten",
    "keineantwort",
    "bittenichtantworten",
    "nietbeantwoorden",
    "svarainte",
    "svarikke",
    "eivastauksia",
    "nieodpowiadaj",
    "neodpovidat",
    "neotvechat",
    "neotvechay",
    "neotvechayte",
    "неотвечать",
    "неотвечайте",
];
/// Local parts, without their punctuation, behind which a program reads.
const NO_REPLY_NAMES: &[&str] =
    &["bounce", "bounces", "listserv", "majordomo", "nobody", "mailer", "devnull"];

/// One mailbox: a display name and an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// The display name, decoded, one line; none when there is none.
    pub name: Option<String>,
    /// The address as it was written, without angle brackets. Possibly invalid: see [`Address::is_valid`].
    pub email: String,
}

impl Address {
    /// An address without a display name.
    pub fn new(email: impl Into<String>) -> Self {
        Self { name: None, email: email.into() }
    }

    /// An address with a display name.
    pub fn with_name(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: Some(name.into()), email: email.into() }
    }

    /// Reads the first mailbox of `text` (`Anna <anna@example.org>`, `anna@example.org (Anna)` …).
    pub fn parse(text: &str) -> Option<Self> {
        parse_list(text).into_iter().next()
    }

    /// The address for comparisons: NFC, lower case. Internationalised domains stay in the form they came in.
    pub fn normalized(&self) -> String {
        self.email.trim().nfc().collect::<String>().to_lowercase()
    }

    /// What follows the last `@`, in lower case; none when there is no `@`.
    pub fn domain(&self) -> Option<String> {
        self.email
            .rsplit_once('@')
            .map(|(_, domain)| domain.trim().to_lowercase())
            .filter(|domain| !domain.is_empty())
    }

    /// Whether mail can be sent to this address: the syntax of RFC 5321 with the characters of RFC 6531, without
    /// control characters, line ends or angle brackets anywhere.
    pub fn is_valid(&self) -> bool {
        is_valid_email(&self.email)
    }

    /// Whether the local part says that nobody reads answers (`noreply`, `mailer-daemon`, `…-bounces` …).
    pub fn is_no_reply(&self) -> bool {
        let local =
            self.email.rsplit_once('@').map_or(self.email.as_str(), |(local, _)| local).to_lowercase();
        let plain: String = local.chars().filter(|character| character.is_alphanumeric()).collect();
        NO_REPLY_STARTS.iter().any(|start| plain.starts_with(start))
            || NO_REPLY_NAMES.contains(&plain.as_str())
            || ["-bounces", "-bounce", "-request", "_bounces"].iter().any(|end| local.ends_with(end))
            || ["bounces+", "bounce+", "bounces-", "bounce-", "owner-", "noreply"]
                .iter()
                .any(|start| local.starts_with(start))
            || local.ends_with("-noreply")
            || local.ends_with(".noreply")
            || local.ends_with("-no-reply")
    }
}

/// Whether `email` is a valid address; see [`Address::is_valid`].
pub fn is_valid_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    email.len() <= MAX_ADDRESS_BYTES
        && !email.chars().any(|character| character.is_control() || matches!(character, '<' | '>'))
        && is_valid_local(local)
        && is_valid_domain(domain)
}

fn is_valid_local(local: &str) -> bool {
    if local.is_empty() || local.len() > MAX_LOCAL_BYTES {
        return false;
    }
    if let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut escaped = false;
        for character in quoted.chars() {
            escaped = match character {
                '"' if !escaped => return false,
                '\\' => !escaped,
                _ => false,
            };
        }
        return !escaped && local.len() >= 2;
    }
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

/// The characters of an atom (RFC 5322, 3.2.3) and everything beyond ASCII but spaces (RFC 6531, 3.3).
fn is_atom_char(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(character)
        || (!character.is_ascii() && !character.is_whitespace() && !is_invisible(character))
}

/// Characters that show nothing and can make two addresses look alike.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

fn is_valid_domain(domain: &str) -> bool {
    if domain.is_empty() || domain.len() > MAX_DOMAIN_BYTES {
        return false;
    }
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return !literal.is_empty()
            && literal.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '[' | ']' | '\\'));
    }
    domain.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= MAX_LABEL_BYTES
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || c == '-'
                    || (!c.is_ascii() && !c.is_whitespace() && !c.is_control() && !is_invisible(c))
            })
    })
}

/// Reads an address list: mailboxes and groups (flattened), separated by commas or, as some clients do, semicolons.
///
/// Encoded words are decoded in display names only, so that no decoded text can pass for an address. At most
/// [`MAX_ADDRESSES`] are returned.
pub fn parse_list(text: &str) -> Vec<Address> {
    parse_list_counted(text).0
}

/// [`parse_list`], and whether addresses were left out.
pub(crate) fn parse_list_counted(text: &str) -> (Vec<Address>, bool) {
    let mut reader = Reader::default();
    let mut chars = text.chars();
    while let Some(character) = chars.next() {
        if reader.found.len() >= MAX_ADDRESSES {
            return (reader.found, character != ',' || !chars.as_str().trim().is_empty());
        }
        reader.take(character, &mut chars);
    }
    reader.finish();
    let too_many = reader.found.len() > MAX_ADDRESSES;
    reader.found.truncate(MAX_ADDRESSES);
    (reader.found, too_many)
}

/// One mailbox while it is being read, and those that were found.
#[derive(Default)]
struct Reader {
    /// Words outside brackets and comments, with the quotes of quoted strings.
    words: String,
    /// The same without the quotes: what would be the display name.
    display: String,
    /// What stood in angle brackets.
    angle: Option<String>,
    /// What stood in the last comment.
    comment: String,
    found: Vec<Address>,
    /// Words that ended at a comma without being an address: an unquoted `Doe, John <…>`.
    unfinished: String,
    /// No quote closes any more: looking for one again at each quote would be quadratic.
    unclosed: bool,
}

impl Reader {
    fn take(&mut self, character: char, chars: &mut std::str::Chars<'_>) {
        match character {
            '"' => self.quoted(chars),
            '(' => self.comment = comment(chars),
            '<' => self.angle = Some(angle(chars, &mut self.unclosed)),
            '>' => {}
            ',' => self.end_item(true),
            ';' => self.end_item(false),
            // The name of a group ends here; after an `@` a colon is part of a broken address.
            ':' if self.angle.is_none() && !self.words.contains('@') => {
                self.words.clear();
                self.display.clear();
                self.unfinished.clear();
            }
            other => {
                self.words.push(other);
                self.display.push(other);
            }
        }
    }

    fn quoted(&mut self, chars: &mut std::str::Chars<'_>) {
        // A quote that is never closed is an ordinary character: otherwise it would eat all addresses behind it.
        let Some(inner) = closed_quote(chars, &mut self.unclosed) else {
            self.display.push('"');
            return;
        };
        self.words.push('"');
        self.words.push_str(&inner);
        self.words.push('"');
        let mut escaped = false;
        for character in inner.chars() {
            if character == '\\' && !escaped {
                escaped = true;
            } else {
                self.display.push(character);
                escaped = false;
            }
        }
    }

    fn end_item(&mut self, may_go_on: bool) {
        let words = std::mem::take(&mut self.words);
        let display = std::mem::take(&mut self.display);
        let comment = std::mem::take(&mut self.comment);
        let unfinished = std::mem::take(&mut self.unfinished);
        if let Some(inside) = self.angle.take() {
            let email = clean_email(&inside);
            let name =
                if unfinished.is_empty() { display } else { format!("{unfinished}, {}", display.trim()) };
            let name = clean_name(&name).or_else(|| clean_name(&comment));
            if !email.is_empty() {
                self.found.push(Address { name, email });
            }
            return;
        }
        if words.contains('@') {
            let email = clean_email(&words);
            // `Anna anna@example.org`, without brackets: the last word is the address.
            let (name, email) = match email_in_words(&words) {
                Some((name, email)) => (clean_name(&name).or_else(|| clean_name(&comment)), email),
                None => (clean_name(&comment), email),
            };
            self.found.push(Address { name, email });
        } else if may_go_on && !words.trim().is_empty() {
            self.unfinished = unfinished;
            if !self.unfinished.is_empty() {
                self.unfinished.push_str(", ");
            }
            self.unfinished.push_str(words.trim());
        } else if !words.trim().is_empty() {
            self.bare_word(&words, &comment);
        } else {
            self.unfinished = unfinished;
        }
    }

    /// A word without `@`: a local user such as `MAILER-DAEMON`, or nothing that mail can be sent to.
    fn bare_word(&mut self, words: &str, comment: &str) {
        let word = words.trim();
        if !word.contains(char::is_whitespace) && !word.contains("=?") {
            self.found.push(Address { name: clean_name(comment), email: clean_email(word) });
        }
    }

    fn finish(&mut self) {
        self.end_item(false);
        if !self.unfinished.is_empty() && self.found.is_empty() {
            let words = std::mem::take(&mut self.unfinished);
            self.bare_word(words.trim_end_matches(','), "");
        }
    }
}

/// The inside of a quoted string whose quote was just read; none (and nothing read) when it is not closed.
fn closed_quote(chars: &mut std::str::Chars<'_>, unclosed: &mut bool) -> Option<String> {
    if *unclosed {
        return None;
    }
    let mut ahead = chars.clone();
    let mut inner = String::new();
    let mut escaped = false;
    while let Some(character) = ahead.next() {
        match character {
            '"' if !escaped => {
                *chars = ahead;
                return Some(inner);
            }
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
        inner.push(character);
    }
    *unclosed = true;
    None
}

/// The inside of a comment whose parenthesis was just read; comments nest (RFC 5322, 3.2.2).
fn comment(chars: &mut std::str::Chars<'_>) -> String {
    let mut depth = 1usize;
    let mut inner = String::new();
    while let Some(character) = chars.next() {
        match character {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            '\\' => {
                inner.extend(chars.next());
                continue;
            }
            _ => {}
        }
        inner.push(character);
    }
    inner
}

/// The inside of angle brackets, without comments; quoted strings may hold `>`.
fn angle(chars: &mut std::str::Chars<'_>, unclosed: &mut bool) -> String {
    let mut inner = String::new();
    while let Some(character) = chars.next() {
        match character {
            '>' => break,
            '(' => {
                comment(chars);
            }
            '"' => match closed_quote(chars, unclosed) {
                Some(quoted) => {
                    inner.push('"');
                    inner.push_str(&quoted);
                    inner.push('"');
                }
                None => inner.push('"'),
            },
            '<' => inner.clear(),
            other => inner.push(other),
        }
    }
    inner
}

/// The address without spaces, obsolete source route (RFC 5322, 4.4) and `mailto:`.
fn clean_email(text: &str) -> String {
    let text = text.trim();
    let text = match text.strip_prefix('@').and_then(|route| route.split_once(':')) {
        Some((_, address)) => address,
        None => text,
    };
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let mut quoted = false;
    text.chars()
        .filter(|&character| {
            quoted ^= character == '"';
            !character.is_control() && (quoted || !character.is_whitespace())
        })
        .collect()
}

/// Splits `Anna Smith anna@example.org` before its last word, when that word is the only address.
fn email_in_words(words: &str) -> Option<(String, String)> {
    let trimmed = words.trim();
    let (name, email) = trimmed.rsplit_once(char::is_whitespace)?;
    (!name.contains('@') && !name.contains('"') && email.find('@').is_some_and(|at| at > 0))
        .then(|| (name.trim().to_owned(), clean_email(email)))
}

/// A display name, decoded and on one line; none when nothing is left.
fn clean_name(text: &str) -> Option<String> {
    let (decoded, _) = encoded_word::decode(text.trim());
    let name = one_line(&decoded);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let unquoted = ['\'', '"']
        .into_iter()
        .find_map(|quote| name.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(&name);
    // A single quote mark was meant to have a partner; a pair inside belongs to the name.
    let name =
        if unquoted.matches('"').count() == 1 { unquoted.replace('"', "") } else { unquoted.to_owned() };
    let name = name.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<(String, String)> {
        parse_list(text)
            .into_iter()
            .map(|address| (address.name.unwrap_or_default(), address.email))
            .collect()
    }

    fn one(name: &str, email: &str) -> Vec<(String, String)> {
        vec![(name.into(), email.into())]
    }

    #[test]
    fn the_usual_forms() {
        assert_eq!(list("anna@example.org"), one("", "anna@example.org"));
        assert_eq!(list("<anna@example.org>"), one("", "anna@example.org"));
        assert_eq!(list("Anna Smith <anna@example.org>"), one("Anna Smith", "anna@example.org"));
        assert_eq!(
            list("\"Smith, \\\"Anna\\\"\" <anna@example.org>"),
            one("Smith, \"Anna\"", "anna@example.org")
        );
        assert_eq!(list("anna@example.org (Anna (of) Kiel)"), one("Anna (of) Kiel", "anna@example.org"));
        assert_eq!(list("=?utf-8?q?=D0=90=D0=BD=D0=BD=D0=B0?= <a@b.ru>"), one("Анна", "a@b.ru"));
        assert_eq!(list("\"john doe\"@example.org"), one("", "\"john doe\"@example.org"));
    }

    #[test]
    fn lists_groups_and_odd_separators() {
        assert_eq!(list("a@x.org, B <b@x.org>;c@x.org").len(), 3);
        assert_eq!(list("Team: a@x.org, b@x.org;, c@x.org").len(), 3);
        assert_eq!(list("undisclosed-recipients:;"), []);
        assert_eq!(list(",, ,a@x.org,"), one("", "a@x.org"));
    }

    #[test]
    fn broken_forms_are_read_as_they_were_meant() {
        assert_eq!(list("Doe, John <john@x.org>"), one("Doe, John", "john@x.org"));
        assert_eq!(list("\"John <john@x.org>"), one("John", "john@x.org"));
        assert_eq!(list("Anna anna@x.org"), one("Anna", "anna@x.org"));
        assert_eq!(list("<@relay.org,@other.org:a@x.org>"), one("", "a@x.org"));
        assert_eq!(list("<mailto:a@x.org>"), one("", "a@x.org"));
        assert_eq!(list("a (comment) @ (another) x.org"), one("another", "a@x.org"));
        assert_eq!(list("<<a@x.org>>"), one("", "a@x.org"));
        assert_eq!(list("MAILER-DAEMON (Mail Delivery)"), one("Mail Delivery", "MAILER-DAEMON"));
        assert_eq!(list("Anna <a@x.org"), one("Anna", "a@x.org"));
        assert_eq!(list("no address here"), []);
        assert_eq!(list(&format!("{}, a@x.org", r#""\""#.repeat(9_000))).len(), 1);
        assert_eq!(list(&format!("{}a@x.org", "word,".repeat(9_000))).len(), 1);
    }

    #[test]
    fn decoded_text_never_passes_for_an_address() {
        let found = list("=?utf-8?q?boss=40x.org_=3Cboss=40x.org=3E=2C?= <mallory@evil.org>");
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().map(|(_, email)| email.as_str()), Some("mallory@evil.org"));
    }

    #[test]
    fn validity_follows_the_rfcs_and_refuses_injection() {
        for good in
            ["a@b", "a.b+c@x-y.org", "\"a b\"@x.org", "анна@пример.рф", "a@[192.0.2.1]", "o'neil@x.org"]
        {
            assert!(is_valid_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@x.org",
            "a@",
            "a..b@x.org",
            ".a@x.org",
            "a@x..org",
            "a@-x.org",
            "a b@x.org",
            "a@x.org\r\nBcc: b@x.org",
            "<a@x.org>",
            "a@x.org>",
            "a@x_y.org",
            "a\u{202e}b@x.org",
            "a@x.org\0",
            "\"a\"b\"@x.org",
        ] {
            assert!(!is_valid_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn at_the_limits_of_length() {
        let local = "a".repeat(MAX_LOCAL_BYTES);
        assert!(is_valid_email(&format!("{local}@x.org")));
        assert!(!is_valid_email(&format!("{local}a@x.org")));
        let label = "b".repeat(MAX_LABEL_BYTES);
        assert!(is_valid_email(&format!("a@{label}.org")));
        assert!(!is_valid_email(&format!("a@{label}b.org")));
        let long = format!("aa@{}", [label.as_str(); 4].join("."));
        assert!(!is_valid_email(&long) && long.len() > MAX_ADDRESS_BYTES);
        assert!(is_valid_email(long.get(..MAX_ADDRESS_BYTES).unwrap()));
        assert!(!is_valid_email(long.get(..=MAX_ADDRESS_BYTES).unwrap()));
        assert!(!is_valid_domain(&[label.as_str(); 5].join(".")) && MAX_DOMAIN_BYTES < 5 * MAX_LABEL_BYTES);
        let many = "a@x.org,".repeat(MAX_ADDRESSES);
        assert_eq!((parse_list_counted(&many).0.len(), parse_list_counted(&many).1), (MAX_ADDRESSES, false));
        let more = format!("{many}b@x.org");
        assert_eq!((parse_list_counted(&more).0.len(), parse_list_counted(&more).1), (MAX_ADDRESSES, true));
    }

    #[test]
    fn comparison_ignores_case_and_composition() {
        assert_eq!(Address::new("Anna@Example.ORG").normalized(), "anna@example.org");
        assert_eq!(Address::new("cafe\u{301}@x.org").normalized(), "café@x.org");
        assert_eq!(Address::new("a@X.org").domain().as_deref(), Some("x.org"));
        assert_eq!(Address::new("a").domain(), None);
    }

    #[test]
    fn nobody_reads_behind_these() {
        for email in [
            "noreply@x.org",
            "No-Reply@x.org",
            "do_not_reply@x.org",
            "MAILER-DAEMON@x.org",
            "MAILER-DAEMON",
            "list-bounces@x.org",
            "owner-list@x.org",
            "no-reply+token@x.org",
            "bounces+1-a=b@x.org",
            "alerts-noreply@x.org",
        ] {
            assert!(Address::new(email).is_no_reply(), "{email}");
        }
        for email in ["anna@x.org", "reply@x.org", "norely@x.org", "mailer.smith@x.org", "noreen@x.org"] {
            assert!(!Address::new(email).is_no_reply(), "{email}");
        }
    }
}
