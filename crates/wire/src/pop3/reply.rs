//! A server's answer, and what its response code means (RFC 2449, 8; RFC 3206).

use crate::endpoint::{Kind, shown};

/// The first line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) ok: bool,
    /// All after the first word, fit to be shown.
    pub(super) words: String,
}

impl Reply {
    /// Reads `+OK words` or `-ERR words`; none if it is neither.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let (first, words) = match line.iter().position(|octet| *octet == b' ') {
            Some(at) => line.split_at_checked(at)?,
            None => (line, [].as_slice()),
        };
        let ok = match first {
            _ if first.eq_ignore_ascii_case(b"+OK") => true,
            _ if first.eq_ignore_ascii_case(b"-ERR") => false,
            _ => return None,
        };
        Some(Self { ok, words: shown(words) })
    }

    /// What stands in brackets at the start, in capitals.
    fn code(&self) -> String {
        let code = self.words.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        code.map(|(code, _)| code.to_ascii_uppercase()).unwrap_or_default()
    }

    /// What a refusal means.
    pub(super) fn kind(&self) -> Kind {
        match self.code().as_str() {
            "AUTH" => Kind::LoginRefused,
            "IN-USE" => Kind::InUse,
            "LOGIN-DELAY" => Kind::LoginTooSoon,
            "SYS/TEMP" => Kind::Unavailable,
            _ => Kind::ServerSaid,
        }
    }

    /// What a refusal of a login means. Without a code it can only be the login.
    pub(super) fn login_kind(&self) -> Kind {
        match self.kind() {
            Kind::ServerSaid if self.code().is_empty() => Kind::LoginRefused,
            kind => kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusals_code_says_what_it_means() {
        for (line, kind, login_kind) in [
            ("-ERR [AUTH] Authentication failed.", Kind::LoginRefused, Kind::LoginRefused),
            ("-ERR [in-use] locked", Kind::InUse, Kind::InUse),
            ("-ERR [LOGIN-DELAY] wait", Kind::LoginTooSoon, Kind::LoginTooSoon),
            ("-ERR [SYS/TEMP] later", Kind::Unavailable, Kind::Unavailable),
            ("-ERR [SYS/PERM] never", Kind::ServerSaid, Kind::ServerSaid),
            ("-ERR no", Kind::ServerSaid, Kind::LoginRefused),
            ("-ERR", Kind::ServerSaid, Kind::LoginRefused),
        ] {
            let reply = Reply::read(line.as_bytes()).unwrap();
            assert_eq!((reply.kind(), reply.login_kind()), (kind, login_kind), "{line}");
        }
    }

    #[test]
    fn an_answer_is_one_of_two() {
        assert_eq!(Reply::read(b"+ok 2 messages"), Some(Reply { ok: true, words: "2 messages".to_owned() }));
        for line in ["220 smtp", "* OK imap", "+OKAY", "", "OK", "+ AAAA"] {
            assert_eq!(Reply::read(line.as_bytes()), None, "{line}");
        }
    }
}
