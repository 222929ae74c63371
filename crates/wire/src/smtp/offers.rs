//! What a server can do, as its answer to `EHLO` says (RFC 5321, 4.1.1.1).

use crate::endpoint::shown;

/// Lines of the answer that are kept to be shown.
const LINES_MAX: usize = 100;

/// What the server can do, of what we use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) eight_bit: bool,
    pub(super) size: bool,
    pub(super) smtp_utf8: bool,
    pub(super) start_tls: bool,
    pub(super) auth_plain: bool,
    pub(super) auth_login: bool,
    /// As the server wrote them.
    pub(super) lines: Vec<String>,
}

impl Offers {
    /// Reads the lines of the answer; the first is the server's name.
    pub(super) fn read(text: &str) -> Self {
        let mut offers = Self::default();
        for line in text.lines().skip(1).take(LINES_MAX) {
            let line = shown(line.as_bytes());
            // `AUTH=PLAIN` is how servers wrote it before RFC 2554, some beside the new form.
            let mut words = line.split([' ', '=']).map(str::to_ascii_uppercase);
            match words.next().as_deref() {
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SIZE") => offers.size = true,
                Some("SMTPUTF8") => offers.smtp_utf8 = true,
                Some("STARTTLS") => offers.start_tls = true,
                Some("AUTH") => words.for_each(|mechanism| match mechanism.as_str() {
                    "PLAIN" => offers.auth_plain = true,
                    "LOGIN" => offers.auth_login = true,
                    _ => {}
                }),
                _ => {}
            }
            offers.lines.push(line);
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_after_the_first_is_an_offer() {
        let text =
            "SIZE.example at your service\nsize 1000\n8BITMIME\nAUTH=LOGIN\nAUTH CRAM-MD5 plain\nX-NEW  y";
        let offers = Offers::read(text);
        assert!(offers.size && offers.eight_bit && offers.auth_plain && offers.auth_login);
        assert!(!offers.smtp_utf8 && !offers.start_tls);
        assert_eq!(offers.lines, ["size 1000", "8BITMIME", "AUTH=LOGIN", "AUTH CRAM-MD5 plain", "X-NEW  y"]);
        assert_eq!(Offers::read("STARTTLS"), Offers::default(), "the server's name is no offer");
    }

    #[test]
    fn lines_beyond_the_limit_are_not_kept() {
        let text = "name".to_owned() + &"\nX".repeat(LINES_MAX + 1);
        assert_eq!(Offers::read(&text).lines.len(), LINES_MAX);
    }
}
