//! The lines a listener writes: reply code, enhanced code (RFC 3463) and one line of text.
//!
//! Texts may come from outside (an acceptor, a parser). Here they become one line that cannot end early, cannot
//! exceed the line limit and cannot hold bytes that the client did not agree to.

/// Longest text of a reply in octets: code, enhanced code and line end stay within the 512 octets of RFC 5321
/// (4.5.3.1.5). Longer texts are cut.
pub(super) const TEXT_MAX: usize = 480;

/// One reply of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    code: u16,
    enhanced: &'static str,
    text: String,
}

impl Answer {
    /// `enhanced` is empty where RFC 2034 wants none: greetings, `354`, answers to `EHLO`.
    pub(super) fn new(code: u16, enhanced: &'static str, text: impl Into<String>) -> Self {
        Self { code, enhanced, text: text.into() }
    }

    /// 2xx: the client got what it asked for.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 5xx: counted against the session.
    pub(super) fn is_error(&self) -> bool {
        self.code >= 500
    }

    /// Appends the reply as it goes over the wire. `utf8`: the client has announced SMTPUTF8 (RFC 6531, 3.7.4.2),
    /// so that the text need not be ASCII.
    pub(super) fn write(&self, out: &mut Vec<u8>, utf8: bool) {
        let mut line = format!("{} ", self.code);
        if !self.enhanced.is_empty() {
            line.push_str(self.enhanced);
            line.push(' ');
        }
        let mut length = 0;
        for c in self.text.chars().map(|c| one_line(c, utf8)) {
            length += c.len_utf8();
            if length > TEXT_MAX {
                break;
            }
            line.push(c);
        }
        line.push_str("\r\n");
        out.extend_from_slice(line.as_bytes());
    }
}

fn one_line(c: char, utf8: bool) -> char {
    match c {
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => ' ',
        c if !utf8 && !c.is_ascii() => '?',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(answer: &Answer, utf8: bool) -> String {
        let mut out = Vec::new();
        answer.write(&mut out, utf8);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_reply_is_one_line() {
        assert_eq!(line(&Answer::new(250, "2.1.0", "Ok"), false), "250 2.1.0 Ok\r\n");
        assert_eq!(line(&Answer::new(354, "", "Go on"), false), "354 Go on\r\n");
        assert_eq!(
            line(&Answer::new(550, "5.1.1", "no\r\n250 2.0.0 yes\0"), false),
            "550 5.1.1 no  250 2.0.0 yes \r\n"
        );
    }

    #[test]
    fn other_scripts_need_smtputf8() {
        let answer = Answer::new(550, "5.1.1", "нет é");
        assert_eq!(line(&answer, false), "550 5.1.1 ??? ?\r\n");
        assert_eq!(line(&answer, true), "550 5.1.1 нет é\r\n");
    }

    #[test]
    fn a_long_text_is_cut_at_the_limit_and_never_inside_a_character() {
        let fits = Answer::new(250, "2.0.0", "a".repeat(TEXT_MAX));
        assert_eq!(line(&fits, false).len(), TEXT_MAX + "250 2.0.0 \r\n".len());
        let longer = Answer::new(250, "2.0.0", "a".repeat(TEXT_MAX + 1));
        assert_eq!(line(&longer, false), line(&fits, false));
        assert!(line(&longer, false).len() <= 512);
        let wide = Answer::new(250, "2.0.0", format!("a{}", "é".repeat(TEXT_MAX)));
        assert_eq!(line(&wide, true).len(), TEXT_MAX - 1 + "250 2.0.0 \r\n".len());
    }
}
