//! Changing mails: marks, moves, removals, and new ones. Only mails that are named are touched.

use std::borrow::Cow;

use super::{
    Flag, Imap, Removal,
    command::{self, Command, sets},
};
use crate::endpoint::{Failure, Kind, Step};

impl Imap {
    /// Sets marks on mails of the selected folder; those that they have stay. Mails that are gone are passed over.
    pub async fn flag(&mut self, uids: &[u32], flags: &[Flag]) -> Result<(), Failure> {
        self.store(uids, '+', flags).await
    }

    /// Takes marks off.
    pub async fn unflag(&mut self, uids: &[u32], flags: &[Flag]) -> Result<(), Failure> {
        self.store(uids, '-', flags).await
    }

    async fn store(&mut self, uids: &[u32], sign: char, flags: &[Flag]) -> Result<(), Failure> {
        let flags = self.written(flags)?;
        for set in sets(uids) {
            let command = Command::new(format!("UID STORE {set} {sign}FLAGS.SILENT {flags}"));
            self.ask(Step::Transfer, None, &command).await?;
        }
        Ok(())
    }

    fn written(&self, flags: &[Flag]) -> Result<String, Failure> {
        command::flags(flags).map_err(|flag| self.fail(Step::Transfer, Kind::FlagUnspeakable { flag }))
    }

    /// Moves mails of the selected folder into another one.
    ///
    /// Without `MOVE` they are copied and then removed as by [`Imap::delete`]; a copy that fails removes nothing. A
    /// failure between the two leaves the mail in both folders, never in none.
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<Removal, Failure> {
        for set in sets(uids) {
            let word = if self.offers.moves { "MOVE" } else { "COPY" };
            let command = Command::new(format!("UID {word} {set} ")).folder(folder);
            self.ask(Step::Transfer, Some(folder), &command).await?;
        }
        if self.offers.moves { Ok(Removal::Removed) } else { self.delete(uids).await }
    }

    /// Removes mails of the selected folder. Without `UIDPLUS` they are only marked; see [`Removal::Marked`].
    pub async fn delete(&mut self, uids: &[u32]) -> Result<Removal, Failure> {
        self.flag(uids, &[Flag::Deleted]).await?;
        if !self.offers.uidplus {
            return Ok(Removal::Marked);
        }
        for set in sets(uids) {
            self.ask(Step::Transfer, None, &Command::new(format!("UID EXPUNGE {set}"))).await?;
        }
        Ok(Removal::Removed)
    }

    /// Puts a mail into a folder; its UID there, where the server says it (`UIDPLUS`). Line ends of any kind become
    /// `CRLF`. After a failure that is no refusal the mail may be there all the same: look for its Message-ID.
    pub async fn append(
        &mut self,
        folder: &str,
        mail: &[u8],
        flags: &[Flag],
    ) -> Result<Option<u32>, Failure> {
        let flags = self.written(flags)?;
        let command = Command::new("APPEND ").folder(folder).raw(&format!(" {flags} ")).mail(with_crlf(mail));
        let reply = self.ask(Step::Transfer, Some(folder), &command).await?;
        let uid = reply.code_arguments("APPENDUID").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        Ok(uid)
    }
}

fn with_crlf(mail: &[u8]) -> Cow<'_, [u8]> {
    let mut before = None;
    let bare = |octet: &u8| {
        let found = (*octet == b'\n' && before != Some(b'\r')) || (*octet != b'\n' && before == Some(b'\r'));
        before = Some(*octet);
        found
    };
    if !mail.iter().any(bare) && mail.last() != Some(&b'\r') {
        return Cow::Borrowed(mail);
    }
    let mut octets = Vec::with_capacity(mail.len() + mail.len() / 32);
    let mut rest = mail.iter().peekable();
    while let Some(octet) = rest.next() {
        match octet {
            b'\r' | b'\n' => {
                if *octet == b'\r' {
                    rest.next_if(|next| **next == b'\n');
                }
                octets.extend_from_slice(b"\r\n");
            }
            other => octets.push(*other),
        }
    }
    Cow::Owned(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_goes_with_crlf_only_and_is_copied_only_for_it() {
        assert!(matches!(with_crlf(b"A: b\r\n\r\ntext\r\n"), Cow::Borrowed(_)));
        for (mail, wire) in [
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd"),
            ("a\r", "a\r\n"),
            ("\n\n", "\r\n\r\n"),
            ("a\r\r\n", "a\r\n\r\n"),
        ] {
            assert_eq!(with_crlf(mail.as_bytes()), wire.as_bytes(), "{mail:?}");
        }
    }
}
