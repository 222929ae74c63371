//! Listing, reading and removing mails.

use std::collections::BTreeMap;

use super::Pop3;
use crate::endpoint::{Failure, Fault, Kind};

/// Longest line of an answer or a mail, in octets. RFC 5322 has 998, real mails have more; a longer one ends the session.
pub const LINE_MAX: usize = 1024 * 1024;
/// Mails that are listed; a mailbox with more is not read ([`Kind::TooLarge`], in mails).
pub const LISTED_MAX: usize = 1_000_000;
/// Longest unique id (RFC 1939, 7: 70). Longer ones are taken too, up to this.
const UIDL_MAX: usize = 512;

/// A mail as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Names the mail in this session.
    pub number: u32,
    /// Names the mail for ever, in this mailbox.
    pub uidl: String,
    /// Octets, as the server says: an estimate, on many servers.
    pub size: u64,
}

impl Pop3 {
    /// All mails of the mailbox, in the order of their numbers. A server without `UIDL` is [`Kind::NoUniqueIds`].
    pub async fn list(&mut self) -> Result<Vec<Listed>, Failure> {
        let mut sizes = BTreeMap::new();
        self.table("LIST", &mut |number, rest| {
            let size =
                rest.split(' ').next().unwrap_or_default().parse::<u64>().map_err(|_| Fault::Garbled)?;
            sizes.insert(number, size);
            if sizes.len() > LISTED_MAX { Err(Fault::TooLong(LISTED_MAX)) } else { Ok(()) }
        })
        .await?;
        let mut mails = Vec::with_capacity(sizes.len());
        let mut on_row = |number: u32, rest: &str| {
            let uidl = rest.trim_end();
            if uidl.is_empty() || uidl.len() > UIDL_MAX {
                return Err(Fault::Garbled);
            }
            // A mailbox does not change while it is locked; what was not listed does not count.
            if let Some(size) = sizes.remove(&number) {
                mails.push(Listed { number, uidl: uidl.to_owned(), size });
            }
            Ok(())
        };
        self.table("UIDL", &mut on_row).await.map_err(|failure| match failure.kind {
            Kind::ServerSaid => Failure { kind: Kind::NoUniqueIds, ..failure },
            _ => failure,
        })?;
        if !sizes.is_empty() {
            return Err(self.fail(Kind::NoUniqueIds));
        }
        mails.sort_unstable_by_key(|mail| mail.number);
        Ok(mails)
    }

    /// Reads a mail whole. One of more than `max_bytes` is [`Kind::TooLarge`] and ends the session, because POP3 cannot
    /// stop half-way: ask for its size, or its [`Pop3::top`], first.
    pub async fn retrieve(&mut self, number: u32, max_bytes: usize) -> Result<Vec<u8>, Failure> {
        self.text(&format!("RETR {number}"), max_bytes).await
    }

    /// The header of a mail, with the empty line after it; under the same limit.
    pub async fn top(&mut self, number: u32, max_bytes: usize) -> Result<Vec<u8>, Failure> {
        self.text(&format!("TOP {number} 0"), max_bytes).await
    }

    /// Marks a mail, to be removed by [`Pop3::quit`].
    pub async fn delete(&mut self, number: u32) -> Result<(), Failure> {
        self.ask(&format!("DELE {number}")).await.map(drop).map_err(missing)
    }

    async fn text(&mut self, command: &str, max: usize) -> Result<Vec<u8>, Failure> {
        self.ask(command).await.map_err(missing)?;
        let mut octets = Vec::new();
        let mut on_line = |line: &[u8]| {
            if octets.len() + line.len() + 2 > max {
                return Err(Fault::TooLong(max));
            }
            octets.extend_from_slice(line);
            octets.extend_from_slice(b"\r\n");
            Ok(())
        };
        let read = self.channel.lines(&mut on_line).await;
        read.map_err(|fault| self.broken(fault))?;
        Ok(octets)
    }

    /// Lines of a number and something that belongs to it.
    async fn table(
        &mut self,
        command: &str,
        on_row: &mut (dyn FnMut(u32, &str) -> Result<(), Fault> + Send),
    ) -> Result<(), Failure> {
        self.ask(command).await?;
        let mut on_line = |line: &[u8]| {
            let text = std::str::from_utf8(line).map_err(|_| Fault::Garbled)?;
            let (number, rest) = text.trim_start().split_once(' ').ok_or(Fault::Garbled)?;
            on_row(number.parse().map_err(|_| Fault::Garbled)?, rest.trim_start())
        };
        let read = self.channel.lines(&mut on_line).await;
        read.map_err(|fault| self.broken(fault))
    }
}

/// A command on a mail is refused, without a code, when there is no such mail.
fn missing(failure: Failure) -> Failure {
    match failure.kind {
        Kind::ServerSaid if !failure.said.as_deref().unwrap_or_default().starts_with('[') => {
            Failure { kind: Kind::MailMissing, ..failure }
        }
        _ => failure,
    }
}
