//! Commands out, answers in. A whole answer is framed and bounded first (a line and its literals), and understood after.

use tokio_util::sync::CancellationToken;

use super::{command::Command, reply::Reply};
use crate::endpoint::{Fault, Pipe, shown};

/// The one command to which `BYE` is no surprise.
pub(super) const LOGOUT: &[u8] = b"LOGOUT";
/// Longest line of an answer in octets, literals aside: a `SEARCH` with 100 000 hits. A longer one ends the session.
const LINE_MAX: usize = 1024 * 1024;
/// Largest answer in octets, literals included, unless a larger mail is asked for. A larger one ends the session.
const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// One connection.
pub(super) struct Channel {
    pipe: Pipe,
    tag: u32,
    usable: bool,
    /// What the server said with `BYE`.
    farewell: Option<String>,
    /// Mails in the selected folder, by the server's notices.
    pub(super) exists: u32,
    /// More have come since the last listing.
    pub(super) news: bool,
    /// Largest answer at the moment.
    answer_max: usize,
}

/// One answer.
enum Answer {
    /// `*`: without it, its line ends kept where literals follow.
    Data(Vec<u8>),
    /// `+`
    GoOn,
    /// The tag, and what follows it.
    Last(Vec<u8>),
}

impl Channel {
    pub(super) fn new(pipe: Pipe) -> Self {
        let answer_max = ANSWER_MAX;
        Self { pipe, tag: 0, usable: true, farewell: None, exists: 0, news: false, answer_max }
    }

    pub(super) fn usable(&self) -> bool {
        self.usable
    }

    pub(super) fn farewell(&self) -> Option<&str> {
        self.farewell.as_deref()
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.pipe.is_encrypted()
    }

    pub(super) fn into_pipe(self) -> Pipe {
        self.pipe
    }

    /// Lets answers with literals of `octets` through, where that is more than otherwise.
    pub(super) fn expect(&mut self, octets: usize) {
        self.answer_max = octets.saturating_add(LINE_MAX).max(ANSWER_MAX);
    }

    /// The first line of the server, without the star.
    pub(super) async fn greeting(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let line = self.pipe.line(LINE_MAX).await?;
        Ok(line.strip_prefix(b"* ").map(<[u8]>::to_vec))
    }

    /// Runs a command; `on_data` hears each untagged answer. Unless it comes to its end the session is over: nobody
    /// knows then where in the conversation the two sides are.
    pub(super) async fn run(
        &mut self,
        command: &Command<'_>,
        on_data: super::OnData<'_>,
    ) -> Result<Reply, Fault> {
        self.usable = false;
        let tag = self.start(&command.first).await?;
        let mut answers = command.more.iter();
        let mut mail = command.mail.as_deref();
        loop {
            match self.answer(&tag).await? {
                Answer::Data(data) => {
                    if command.first.as_slice() != LOGOUT {
                        self.check_farewell()?;
                    }
                    on_data(&data)?;
                }
                Answer::GoOn => {
                    if let Some(octets) = answers.next() {
                        self.pipe.write_line(&[octets]).await?;
                    } else {
                        self.pipe.write(mail.take().ok_or(Fault::Garbled)?).await?;
                        self.pipe.write(b"\r\n").await?;
                    }
                }
                Answer::Last(line) => return self.finish(&line),
            }
        }
    }

    /// Waits in `IDLE` for [`Self::news`] or `stop`. What the server has to answer at once, at both ends of the wait, is
    /// under the usual limit. A reply is one that ended the wait: a refusal, mostly.
    pub(super) async fn idle(&mut self, stop: &CancellationToken) -> Result<Option<Reply>, Fault> {
        self.usable = false;
        let tag = self.start(b"IDLE").await?;
        loop {
            match self.answer(&tag).await? {
                Answer::GoOn => break,
                Answer::Data(_) => self.check_farewell()?,
                // Refused, or ended before it began.
                Answer::Last(line) => return self.finish(&line).map(Some),
            }
        }
        while !self.news && !stop.is_cancelled() {
            if !self.pipe.ahead().contains(&b'\n') {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => break,
                    filled = self.pipe.fill_patiently() => filled?,
                }
                continue;
            }
            if let Answer::Last(line) = self.answer(&tag).await? {
                return self.finish(&line).map(Some);
            }
            self.check_farewell()?;
        }
        self.pipe.write(b"DONE\r\n").await?;
        loop {
            if let Answer::Last(line) = self.answer(&tag).await? {
                return self.finish(&line).map(|_| None);
            }
        }
    }

    /// After `BYE` nothing follows but the end of the connection, and some servers leave that to us.
    fn check_farewell(&self) -> Result<(), Fault> {
        if self.farewell.is_some() { Err(Fault::Closed) } else { Ok(()) }
    }

    async fn start(&mut self, line: &[u8]) -> Result<String, Fault> {
        self.tag += 1;
        let tag = format!("R{}", self.tag);
        self.pipe.write_line(&[tag.as_bytes(), b" ", line]).await?;
        Ok(tag)
    }

    fn finish(&mut self, line: &[u8]) -> Result<Reply, Fault> {
        let reply = Reply::read(line).ok_or(Fault::Garbled)?;
        self.usable = self.farewell.is_none();
        self.answer_max = ANSWER_MAX;
        Ok(reply)
    }

    async fn answer(&mut self, tag: &str) -> Result<Answer, Fault> {
        let line = self.pipe.line(LINE_MAX).await?;
        if line == b"+" || line.starts_with(b"+ ") {
            return Ok(Answer::GoOn);
        }
        if let Some(data) = line.strip_prefix(b"* ") {
            let mut data = data.to_vec();
            if !is_words(&data) {
                self.literals(&mut data).await?;
            }
            self.notice(&data);
            return Ok(Answer::Data(data));
        }
        match line.strip_prefix(tag.as_bytes()).and_then(|rest| rest.strip_prefix(b" ")) {
            Some(last) => Ok(Answer::Last(last.to_vec())),
            None => Err(Fault::Garbled),
        }
    }

    /// Reads on after each line that ends with `{n}`. Only the server's own line is asked, never the end of a literal,
    /// which is a stranger's.
    async fn literals(&mut self, data: &mut Vec<u8>) -> Result<(), Fault> {
        let mut next = literal(data);
        while let Some(size) = next {
            if data.len().saturating_add(size) > self.answer_max {
                return Err(Fault::TooLong(self.answer_max));
            }
            data.extend_from_slice(b"\r\n");
            // No more than this is believed beforehand.
            data.reserve(size.min(LINE_MAX));
            self.pipe.octets(size, data).await?;
            let rest = self.pipe.line(LINE_MAX).await?;
            next = literal(&rest);
            data.extend_from_slice(&rest);
        }
        Ok(())
    }

    /// Notes what is true whatever was asked.
    fn notice(&mut self, data: &[u8]) {
        if let Some(words) = data.strip_prefix(b"BYE") {
            self.farewell = Some(shown(words));
            return;
        }
        let Some((number, word)) = numbered(data) else { return };
        match word.as_str() {
            "EXISTS" => {
                self.news |= number > self.exists;
                self.exists = number;
            }
            "EXPUNGE" => self.exists = self.exists.saturating_sub(1),
            _ => {}
        }
    }
}

/// Status lines are words to their end, also where they look like a literal.
fn is_words(data: &[u8]) -> bool {
    [b"OK ".as_slice(), b"NO ", b"BAD ", b"BYE ", b"PREAUTH "]
        .iter()
        .any(|word| data.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// The size in a final `{n}` or `~{n}`.
fn literal(line: &[u8]) -> Option<usize> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|octet| *octet == b'{')?;
    let digits = inner.get(open + 1..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether the first word is this one, in any case.
pub(super) fn begins_with(data: &[u8], word: &str) -> bool {
    data.split(|octet| *octet == b' ').next().is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()))
}

/// `12 EXISTS`: the number and the word after it, in capitals.
pub(super) fn numbered(data: &[u8]) -> Option<(u32, String)> {
    let mut words = data.split(|octet| *octet == b' ');
    let number = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let word = String::from_utf8_lossy(words.next()?).to_ascii_uppercase();
    Some((number, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_announced_at_the_end_of_a_line() {
        for (line, size) in [
            ("1 FETCH (BODY[] {120}", Some(120)),
            ("1 FETCH (BINARY[] ~{3}", Some(3)),
            ("{0}", Some(0)),
            ("{}", None),
            ("{-1}", None),
            ("{12} ", None),
            ("12}", None),
            ("{99999999999999999999}", None),
        ] {
            assert_eq!(literal(line.as_bytes()), size, "{line}");
        }
        assert!(is_words(b"ok hello {5}") && !is_words(b"1 FETCH (BODY[] {5}"));
    }

    #[test]
    fn a_number_and_its_word_are_found() {
        assert_eq!(numbered(b"12 exists"), Some((12, "EXISTS".to_owned())));
        assert_eq!(numbered(b"LIST () \"/\" x"), None);
        assert_eq!(numbered(b"4294967296 EXISTS"), None);
    }
}
