//! The smallest SMTP client, for loads: one connection, one mail after the other, the server's word for each.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A connection that has said EHLO.
pub struct Smtp {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Smtp {
    /// Connects and greets.
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let answers = BufReader::new(stream.try_clone()?);
        let mut smtp = Self { stream, answers };
        smtp.expect('2')?;
        smtp.say("EHLO load.example\r\n", '2')?;
        Ok(smtp)
    }

    /// Sends one mail; when this is `Ok`, the server has said 250 to its final dot. `bytes` end with CRLF and hold
    /// no line that begins with a dot.
    pub fn send(&mut self, from: &str, to: &str, bytes: &[u8]) -> Result<()> {
        self.say(&format!("MAIL FROM:<{from}>\r\n"), '2')?;
        self.say(&format!("RCPT TO:<{to}>\r\n"), '2')?;
        self.say("DATA\r\n", '3')?;
        let mut content = bytes.to_vec();
        content.extend_from_slice(b".\r\n");
        self.stream.write_all(&content)?;
        self.expect('2')
    }

    fn say(&mut self, line: &str, wanted: char) -> Result<()> {
        self.stream.write_all(line.as_bytes())?;
        self.expect(wanted)
    }

    fn expect(&mut self, wanted: char) -> Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.answers.read_line(&mut line)? == 0 {
                return Err(Error::other("the server closed the connection"));
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        if line.starts_with(wanted) { Ok(()) } else { Err(Error::other(line.trim().to_owned())) }
    }
}
