//! A bare SMTP and LMTP client: sends what it is told and reads replies. It checks nothing, so that tests can say
//! wrong things too.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long one reply may take.
const REPLY: Duration = Duration::from_secs(30);

/// A reply of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its code.
    pub code: u16,
    /// Its lines without code, joined by `\n`.
    pub text: String,
}

/// A conversation in SMTP or LMTP, without TLS.
#[derive(Debug)]
pub struct SmtpConversation {
    stream: BufReader<TcpStream>,
}

impl SmtpConversation {
    /// Connects; the greeting is the first [`reply`](Self::reply).
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        stream.set_read_timeout(Some(REPLY)).expect("a time-out can be set");
        stream.set_nodelay(true).expect("the option can be set");
        Self { stream: BufReader::new(stream) }
    }

    /// Sends one command and reads its reply.
    #[track_caller]
    pub fn command(&mut self, line: &str) -> Reply {
        self.send(format!("{line}\r\n").as_bytes());
        self.reply()
    }

    /// Sends a command that must be answered by this code.
    #[track_caller]
    pub fn expect(&mut self, line: &str, code: u16) -> Reply {
        let reply = self.command(line);
        assert_eq!(reply.code, code, "{line}: {}", reply.text);
        reply
    }

    /// Sends bytes as they are.
    #[track_caller]
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("the server reads");
    }

    /// Sends a mail after `354`: dots are stuffed, lines end with CR LF, the final dot is added. Reads no reply.
    #[track_caller]
    pub fn send_mail(&mut self, mail: &[u8]) {
        self.send(&stuffed(mail));
    }

    /// The connection itself, for what comes after STARTTLS.
    pub fn into_stream(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// Reads one reply.
    #[track_caller]
    pub fn reply(&mut self) -> Reply {
        let mut lines = Vec::new();
        loop {
            let mut bytes = Vec::new();
            let read = self.stream.read_until(b'\n', &mut bytes);
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            assert!(read.is_ok() && !line.is_empty(), "the server sent no reply: {read:?}");
            let code = line.get(..3).and_then(|code| code.parse().ok());
            let code = code.unwrap_or_else(|| panic!("no reply: {line}"));
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Reply { code, text: lines.join("\n") };
            }
        }
    }
}

/// A mail as it goes over the wire, final dot included.
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + 5);
    let body = mail.strip_suffix(b"\n").unwrap_or(mail);
    for line in body.split(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            wire.push(b'.');
        }
        wire.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}
