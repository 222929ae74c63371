//! What a server said, as one line that can be shown, stored and logged.

use std::fmt;

/// A server's reply (RFC 5321, 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Reply code, 200 to 599.
    pub code: u16,
    /// Enhanced status code (RFC 3463), `5.1.1`, where the server gave one.
    pub enhanced: Option<String>,
    /// The text of all lines, joined with spaces, without control characters; at most 4096 octets.
    pub text: String,
}

impl Reply {
    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4xx: it may go well another time.
    pub fn is_transient(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// 5xx: it will not.
    pub fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = &self.enhanced {
            write!(f, " {enhanced}")?;
        }
        if !self.text.is_empty() {
            write!(f, " {}", self.text)?;
        }
        Ok(())
    }
}

impl From<smtp_proto::Response<String>> for Reply {
    fn from(response: smtp_proto::Response<String>) -> Self {
        let [class, subject, detail] = response.esc;
        let text: String = response.message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self {
            code: response.code,
            enhanced: matches!(class, 2 | 4 | 5).then(|| format!("{class}.{subject}.{detail}")),
            text: text.trim().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use smtp_proto::response::parser::ResponseReceiver;

    use super::*;

    fn read(wire: &str) -> Reply {
        ResponseReceiver::default().parse(&mut wire.as_bytes().iter()).unwrap().into()
    }

    #[test]
    fn a_reply_reads_as_the_server_wrote_it() {
        for line in ["250 2.0.0 Ok: queued as ABC", "550 5.7.27 no", "451 later", "250"] {
            assert_eq!(read(&format!("{line}\r\n")).to_string(), line);
        }
    }

    #[test]
    fn lines_are_joined_and_control_characters_are_gone() {
        let reply = read("550-5.1.1 first\r\n550-5.1.1 second\t\x1b[31m\r\n550 5.1.1 third\r\n");
        assert_eq!(reply.enhanced.as_deref(), Some("5.1.1"));
        assert_eq!(reply.text, "first second  [31m third");
        assert!(reply.is_permanent() && !reply.is_transient() && !reply.is_success());
    }
}
