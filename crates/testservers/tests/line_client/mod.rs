//! A client that sends and reads lines, over plain TCP.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How long silence must last to be taken for silence.
const SILENCE: Duration = Duration::from_millis(300);

pub(crate) struct Lines {
    stream: BufReader<TcpStream>,
}

impl Lines {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(ANSWER)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    pub(crate) fn send(&mut self, line: &str) {
        self.send_bytes(format!("{line}\r\n").as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// The next line without its end.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.stream.read_until(b'\n', &mut bytes);
        assert!(matches!(read, Ok(1..)), "no line came: {read:?}");
        String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.send(line);
        self.line()
    }

    /// Sends an IMAP command and reads to its tagged answer: everything if it is OK, else that answer.
    #[track_caller]
    pub(crate) fn imap(&mut self, command: &str) -> Result<String, String> {
        self.send(&format!("t {command}"));
        let mut answer = String::new();
        loop {
            let line = self.line();
            if let Some(end) = line.strip_prefix("t ") {
                return if end.starts_with("OK") { Ok(answer) } else { Err(line) };
            }
            answer.push_str(&line);
            answer.push_str("\r\n");
        }
    }

    /// Whether nothing comes for a while, and the connection stays open.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.stream.get_ref().set_read_timeout(Some(SILENCE)).unwrap();
        let read = self.stream.fill_buf().map(<[u8]>::len);
        self.stream.get_ref().set_read_timeout(Some(ANSWER)).unwrap();
        matches!(read, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    /// Whether the other side ends the connection, whatever it says before.
    pub(crate) fn is_closed_by_peer(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }

    /// Reads to the end of the connection.
    pub(crate) fn read_to_end(&mut self, text: &mut String) {
        self.stream.read_to_string(text).unwrap();
    }

    /// The kind of the error that ends the connection; `None` is an orderly end.
    pub(crate) fn end(&mut self) -> Option<ErrorKind> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).err().map(|error| error.kind())
    }
}
