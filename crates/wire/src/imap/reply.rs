//! A server's last word on a command, and what its response code means (RFC 3501, 7.1; RFC 5530).

use crate::endpoint::Kind;

/// The three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    No,
    Bad,
}

/// A status line without its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) outcome: Outcome,
    /// What stands in brackets: `UIDVALIDITY 7`.
    pub(super) code: Option<String>,
    /// All after the first word, as the server wrote it.
    pub(super) words: String,
}

impl Reply {
    /// Reads `OK [CODE] text`; none if it is no status line.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        let (first, words) = line.split_once(' ').unwrap_or((&line, ""));
        let outcome = match first.to_ascii_uppercase().as_str() {
            "OK" => Outcome::Ok,
            "NO" => Outcome::No,
            "BAD" => Outcome::Bad,
            _ => return None,
        };
        let code =
            words.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(code, _)| code.to_owned());
        Some(Self { outcome, code, words: words.to_owned() })
    }

    /// The first word of the code, in capitals.
    pub(super) fn code_word(&self) -> String {
        let code = self.code.as_deref().unwrap_or_default();
        code.split(' ').next().unwrap_or_default().to_ascii_uppercase()
    }

    /// What follows the first word of the code, if that is `word`.
    pub(super) fn code_arguments(&self, word: &str) -> Option<&str> {
        let (first, rest) = self.code.as_deref()?.split_once(' ')?;
        first.eq_ignore_ascii_case(word).then_some(rest)
    }

    /// What a refusal means where `folder` was asked for.
    pub(super) fn kind(&self, folder: Option<&str>) -> Kind {
        let named = || folder.unwrap_or_default().to_owned();
        match self.code_word().as_str() {
            "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED" => Kind::LoginRefused,
            "PRIVACYREQUIRED" => Kind::LoginNotOffered,
            "OVERQUOTA" => Kind::OverQuota,
            "NONEXISTENT" | "TRYCREATE" => Kind::FolderMissing { folder: named() },
            "ALREADYEXISTS" => Kind::FolderExists { folder: named() },
            "INUSE" => Kind::InUse,
            "UNAVAILABLE" | "LIMIT" => Kind::Unavailable,
            // Servers from before the codes.
            _ if self.outcome == Outcome::No && self.words.to_ascii_lowercase().contains("quota") => {
                Kind::OverQuota
            }
            _ => Kind::ServerSaid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusals_code_says_what_it_means() {
        let missing = || Kind::FolderMissing { folder: "Заявки".to_owned() };
        for (line, kind) in [
            ("NO [AUTHENTICATIONFAILED] Authentication failed.", Kind::LoginRefused),
            ("NO [authorizationfailed] no", Kind::LoginRefused),
            ("NO [PRIVACYREQUIRED] Plaintext authentication disallowed", Kind::LoginNotOffered),
            ("NO [OVERQUOTA] Quota exceeded", Kind::OverQuota),
            ("NO Mailbox is over quota", Kind::OverQuota),
            ("NO [TRYCREATE] Mailbox doesn't exist: x", missing()),
            ("NO [NONEXISTENT] Unknown Mailbox: x", missing()),
            ("NO [ALREADYEXISTS] Mailbox already exists", Kind::FolderExists { folder: "Заявки".to_owned() }),
            ("NO [INUSE] Mailbox in use", Kind::InUse),
            ("NO [UNAVAILABLE] Temporary authentication failure.", Kind::Unavailable),
            ("NO sorry", Kind::ServerSaid),
            ("BAD quota is no command", Kind::ServerSaid),
        ] {
            assert_eq!(Reply::read(line.as_bytes()).unwrap().kind(Some("Заявки")), kind, "{line}");
        }
    }

    #[test]
    fn a_status_line_is_read_with_its_code() {
        let reply = Reply::read(b"ok [APPENDUID 7 42] done").unwrap();
        assert_eq!((reply.outcome, reply.code_arguments("appenduid")), (Outcome::Ok, Some("7 42")));
        assert_eq!(reply.words, "[APPENDUID 7 42] done");
        assert_eq!(Reply::read(b"NO").unwrap().code, None);
        assert_eq!(Reply::read(b"OKAY then"), None);
        assert_eq!(Reply::read(b"220 smtp ready"), None);
    }
}
