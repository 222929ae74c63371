//! Mails as clients of all kinds write them, down to charset and transfer encoding. Knows nothing of what they say.
//!
//! Not the product's own composer: what that writes, the product reads well.

use data_encoding::BASE64;

/// How characters become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Latin1,
    Windows1251,
}

/// How bytes become lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    EightBit,
    QuotedPrintable,
    Base64,
}

/// A part of a mail: its header fields and its lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A mail as it lies in front of the systems: delivered, with its return path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mime {
    /// Empty for the null path.
    pub(crate) return_path: String,
    pub(crate) from: (String, String),
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Part,
}

/// Bytes of an encoded word before it is encoded.
const WORD_BYTES: usize = 42;
/// Characters of a line of base64.
const LINE: usize = 76;

impl Mime {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = String::new();
        let mut field = |name: &str, value: &str| out.push_str(&format!("{name}: {value}\r\n"));
        field("Return-Path", &format!("<{}>", self.return_path));
        field(
            "Received",
            "from mx.load.example (mx.load.example [192.0.2.7])\r\n\tby mail.help.example with ESMTP id 4hT2;\r\n\t\
             Mon, 23 Nov 2026 12:00:01 +0000",
        );
        field("From", &format!("{} <{}>", encoded(&self.from.0), self.from.1));
        field("To", &self.to);
        if let Some(subject) = &self.subject {
            field("Subject", &encoded(subject));
        }
        if let Some(id) = &self.message_id {
            field("Message-ID", &format!("<{id}>"));
        }
        field("Date", "Mon, 23 Nov 2026 12:00:00 +0000");
        for (name, value) in self.headers.iter().chain([("MIME-Version".to_owned(), "1.0".to_owned())].iter())
        {
            field(name, value);
        }
        for (name, value) in &self.content.headers {
            field(name, value);
        }
        out.push_str("\r\n");
        let mut bytes = out.into_bytes();
        bytes.extend_from_slice(&self.content.body);
        bytes
    }
}

/// A value of a header field; what is not ASCII as encoded words (RFC 2047), each on a line of its own.
fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for character in text.chars() {
        if words.last().is_some_and(|word| word.len() + character.len_utf8() > WORD_BYTES) {
            words.push(String::new());
        }
        words.last_mut().unwrap().push(character);
    }
    let words: Vec<String> =
        words.iter().map(|word| format!("=?UTF-8?B?{}?=", BASE64.encode(word.as_bytes()))).collect();
    words.join("\r\n ")
}

impl Charset {
    const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Latin1 => "iso-8859-1",
            Self::Windows1251 => "windows-1251",
        }
    }

    fn bytes(self, text: &str) -> Vec<u8> {
        if self == Self::Utf8 {
            return text.as_bytes().to_vec();
        }
        text.chars().map(|character| self.byte(character)).collect()
    }

    fn byte(self, character: char) -> u8 {
        let code = u32::from(character);
        let byte = match self {
            Self::Windows1251 if (0x410..0x450).contains(&code) => Some(code - 0x410 + 0xC0),
            Self::Windows1251 => (code < 0x80).then_some(code),
            Self::Utf8 | Self::Latin1 => Some(code),
        };
        byte.and_then(|byte| u8::try_from(byte).ok()).expect("a text holds only characters of its charset")
    }
}

/// A text; `text` has line ends of any kind and gets CRLF.
pub(crate) fn text(kind: &str, charset: Charset, transfer: Transfer, text: &str) -> Part {
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let bytes = charset.bytes(&text);
    let (name, body) = match transfer {
        Transfer::EightBit => ("8bit", bytes),
        Transfer::QuotedPrintable => ("quoted-printable", quoted_printable(&bytes)),
        Transfer::Base64 => ("base64", base64(&bytes)),
    };
    let mut part = Part { headers: Vec::new(), body };
    part.headers.push(("Content-Type".to_owned(), format!("{kind}; charset={}", charset.name())));
    part.headers.push(("Content-Transfer-Encoding".to_owned(), name.to_owned()));
    part
}

/// Lines of base64.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in BASE64.encode(bytes).as_bytes().chunks(LINE) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Lines of quoted-printable (RFC 2045, 6.7); CRLF stays.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    let mut line = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let ends_line = matches!(bytes.get(at + 1), Some(b'\r'));
        let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') && !(line == 0 && *byte == b'.');
        match byte {
            b'\r' => out.push(b'\r'),
            b'\n' => {
                out.push(b'\n');
                line = 0;
            }
            _ => {
                if line + 3 > LINE - 1 {
                    out.extend_from_slice(b"=\r\n");
                    line = 0;
                }
                if plain || (*byte == b' ' && !ends_line) {
                    out.push(*byte);
                    line += 1;
                } else {
                    out.extend_from_slice(format!("={byte:02X}").as_bytes());
                    line += 3;
                }
            }
        }
    }
    out
}

/// A container of parts.
pub(crate) fn multipart(kind: &str, parts: &[Part]) -> Part {
    let boundary = format!(
        "----=_Part_{}_{}",
        kind.replace('/', "_").split(';').next().unwrap_or_default(),
        parts.len()
    );
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        for (name, value) in &part.headers {
            body.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(&part.body);
        if !part.body.ends_with(b"\r\n") {
            body.extend_from_slice(b"\r\n");
        }
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let headers = vec![("Content-Type".to_owned(), format!("multipart/{kind}; boundary=\"{boundary}\""))];
    Part { headers, body }
}

/// A file. A name beyond ASCII is written as RFC 2231 wants it.
pub(crate) fn file(media_type: &str, name: &str, content_id: Option<&str>, bytes: &[u8]) -> Part {
    let parameter = if name.is_ascii() {
        format!("filename=\"{name}\"")
    } else {
        let hex = |byte: &u8| {
            if byte.is_ascii_alphanumeric() || *byte == b'.' {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        format!("filename*=UTF-8''{}", name.as_bytes().iter().map(hex).collect::<String>())
    };
    let disposition = if content_id.is_some() { "inline" } else { "attachment" };
    let mut headers = vec![
        ("Content-Type".to_owned(), media_type.to_owned()),
        ("Content-Transfer-Encoding".to_owned(), "base64".to_owned()),
        ("Content-Disposition".to_owned(), format!("{disposition}; {parameter}")),
    ];
    headers.extend(content_id.map(|id| ("Content-ID".to_owned(), format!("<{id}>"))));
    Part { headers, body: base64(bytes) }
}

/// A part whose lines are given.
pub(crate) fn raw(media_type: &str, body: Vec<u8>) -> Part {
    Part { headers: vec![("Content-Type".to_owned(), media_type.to_owned())], body }
}
