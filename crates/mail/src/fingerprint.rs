//! The fingerprint that recognises a second copy of a mail, whichever way it came.

use sha2::{Digest, Sha256};

use crate::{Address, Mail};

/// Version of what goes into a fingerprint; a change of it makes old and new fingerprints differ on purpose.
const VERSION: &[u8] = b"rejoinder mail fingerprint 1";

/// SHA-256 over From, Date, Subject, To, Cc and the decoded parts.
///
/// Trace fields (`Received`, `Delivered-To`, signatures …), transfer encodings, boundaries, line ends and white
/// space at the ends of lines do not count: relays change them.
pub fn fingerprint(mail: &Mail) -> [u8; 32] {
    let mut hasher = Hasher(Sha256::new());
    hasher.field(VERSION);
    hasher.addresses(mail.from.as_slice());
    hasher.field(mail.date.map(|date| date.to_string()).unwrap_or_default().as_bytes());
    hasher.field(mail.subject.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
    hasher.addresses(&mail.to);
    hasher.addresses(&mail.cc);
    hasher.text(&mail.text);
    hasher.text(mail.html.as_deref().unwrap_or_default());
    hasher.count(mail.attachments.len());
    for attachment in &mail.attachments {
        hasher.field(attachment.file_name.as_bytes());
        hasher.field(attachment.media_type.as_bytes());
        if attachment.media_type.starts_with("text/") || attachment.media_type.starts_with("message/") {
            hasher.text(&String::from_utf8_lossy(&attachment.bytes));
        } else {
            hasher.field(&attachment.bytes);
        }
    }
    hasher.0.finalize().into()
}

/// Feeds fields with their lengths, so that no two lists of fields feed the same bytes.
struct Hasher(Sha256);

impl Hasher {
    fn field(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn count(&mut self, number: usize) {
        self.0.update(u64::try_from(number).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn addresses(&mut self, addresses: &[Address]) {
        self.count(addresses.len());
        for address in addresses {
            self.field(address.normalized().as_bytes());
        }
    }

    fn text(&mut self, text: &str) {
        let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
        self.field(lines.join("\n").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    const HEAD: &str = "From: Anna <a@x.org>\r\nTo: t@x.org\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\nSubject: Printer\r\n";

    fn of(extra: &str, body: &str) -> [u8; 32] {
        fingerprint(&parse(format!("{extra}{HEAD}{body}").as_bytes()))
    }

    #[test]
    fn trace_fields_do_not_count() {
        let body = "\r\nHello\r\n";
        let traced = "Received: from a by b; Tue, 14 Nov 2023 22:13:21 +0000\r\nDelivered-To: t@x.org\r\nDKIM-Signature: v=1; b=x\r\n";
        assert_eq!(of("", body), of(traced, body));
        assert_eq!(of("Message-ID: <1@x>\r\n", body), of("", body));
    }

    #[test]
    fn transfer_encodings_and_boundaries_do_not_count() {
        let eight_bit = "Content-Type: text/plain; charset=utf-8\r\n\r\ncafé\r\n";
        let quoted = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9\r\n";
        let base64 = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nY2Fmw6kNCg==\r\n";
        assert_eq!(of("", eight_bit), of("", quoted));
        assert_eq!(of("", eight_bit), of("", base64));
        let parts = |b: &str| {
            format!("Content-Type: multipart/mixed; boundary={b}\r\n\r\n--{b}\r\n\r\nHello\r\n--{b}--\r\n")
        };
        assert_eq!(of("", &parts("one")), of("", &parts("two")));
    }

    #[test]
    fn everything_that_is_said_counts() {
        let body = "\r\nHello\r\n";
        let reference = of("", body);
        assert_ne!(reference, of("", "\r\nHello!\r\n"));
        assert_ne!(reference, of("Cc: c@x.org\r\n", body));
        for (old, new) in
            [("Printer", "Scanner"), ("a@x.org", "b@x.org"), ("t@x.org", "u@x.org"), ("22:13:20", "22:13:21")]
        {
            let changed = format!("{HEAD}{body}").replace(old, new);
            assert_ne!(reference, fingerprint(&parse(changed.as_bytes())), "{old}");
        }
        let file = |content: &str| {
            format!(
                "Content-Type: application/x-y; name=f\r\nContent-Disposition: attachment\r\n\r\n{content}"
            )
        };
        assert_ne!(of("", &file("1")), of("", &file("2")));
    }
}
