//! Reading mails: what is there, and their octets. Nothing is changed by it, not even `\Seen`.

use std::collections::BTreeMap;

use imap_proto::{AttributeValue, MailboxDatum, Response};

use super::{
    Imap,
    channel::{begins_with, numbered},
    command::{Command, sets},
    date,
};
use crate::endpoint::{Failure, Fault, Step};

/// Mails that are asked for with one command. More are asked for with several.
pub const FETCH_MAILS: usize = 100;
/// Octets, by the sizes that the server has listed, that are asked for with one command; a larger mail is asked for alone.
/// Bounds the time until a command ends, not the memory: each mail is handed on as it comes.
pub const FETCH_BYTES: u64 = 16 * 1024 * 1024;
/// What a mail may be larger than its listed size, in octets: some servers only estimate. A larger one ends the session.
const SIZE_SLACK: u64 = 1024 * 1024;
/// Largest header that is read, in octets. A larger one ends the session.
const HEADER_MAX: u64 = 2 * 1024 * 1024;
/// UIDs that are looked through at once for a listing, at least.
const WINDOW_MIN: u32 = 256;

/// A mail as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Names the mail in its folder, as long as the folder's `UIDVALIDITY` stays.
    pub uid: u32,
    /// Octets, as the server says.
    pub size: u64,
    /// When the server took it, in seconds since 1970; none if the server says nothing sensible.
    pub internal_date: Option<i64>,
}

/// A mail as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID.
    pub uid: u32,
    /// Its octets.
    pub bytes: Vec<u8>,
}

/// Hears each mail as it comes.
pub type OnFetched<'a> = &'a mut (dyn FnMut(Fetched) + Send);

impl Imap {
    /// The first `max` mails of the selected folder whose UID is above `after_uid`, in the order of their UIDs.
    pub async fn list(&mut self, after_uid: u32, max: usize) -> Result<Vec<Listed>, Failure> {
        // Brings the notices of mails that have come.
        self.noop().await?;
        self.channel.news = false;
        let mut found = BTreeMap::new();
        let Some(highest) = self.highest_uid().await?.filter(|highest| *highest > after_uid && max > 0)
        else {
            return Ok(Vec::new());
        };
        let mut window = u32::try_from(max).unwrap_or(u32::MAX).max(WINDOW_MIN);
        let mut first = after_uid.saturating_add(1);
        while found.len() < max {
            let last = first.saturating_add(window - 1).min(highest);
            let before = found.len();
            self.list_range(first, last, max, &mut found).await?;
            if last == highest {
                break;
            }
            first = last + 1;
            // Over wide gaps by ever wider steps.
            if found.len() == before {
                window = window.saturating_mul(2);
            }
        }
        Ok(found.into_values().collect())
    }

    /// The UID of the last mail; none in an empty folder.
    async fn highest_uid(&mut self) -> Result<Option<u32>, Failure> {
        if self.channel.exists == 0 {
            return Ok(None);
        }
        let mut highest = None;
        let mut on_data = |data: &[u8]| {
            each(data, &mut |item| {
                if let AttributeValue::Uid(uid) = item {
                    highest = highest.max(Some(*uid));
                }
            })
        };
        self.ask_for(Step::Transfer, None, &Command::new("UID FETCH * (UID)"), &mut on_data).await?;
        Ok(highest)
    }

    /// Keeps the `max` smallest UIDs in `found`. What the server names outside the range is left out: asked for `9:*`, it
    /// names the last mail even where that is 5.
    async fn list_range(
        &mut self,
        first: u32,
        last: u32,
        max: usize,
        found: &mut BTreeMap<u32, Listed>,
    ) -> Result<(), Failure> {
        let command = Command::new(format!("UID FETCH {first}:{last} (UID RFC822.SIZE INTERNALDATE)"));
        let mut on_data = |data: &[u8]| {
            let (mut uid, mut size, mut internal_date) = (None, None, None);
            each(data, &mut |item| match item {
                AttributeValue::Uid(number) => uid = Some(*number),
                AttributeValue::Rfc822Size(octets) => size = Some(u64::from(*octets)),
                AttributeValue::InternalDate(text) => internal_date = date::read(text),
                _ => {}
            })?;
            // Others are notices of changed flags.
            if let (Some(uid), Some(size)) = (uid.filter(|uid| (first..=last).contains(uid)), size) {
                found.insert(uid, Listed { uid, size, internal_date });
                if found.len() > max {
                    found.pop_last();
                }
            }
            Ok(())
        };
        self.ask_for(Step::Transfer, None, &command, &mut on_data).await.map(drop)
    }

    /// Reads mails whole. Each is handed on as it comes, in any order; one that is gone is left out. The sizes of the
    /// listing bound the answers.
    pub async fn fetch(&mut self, mails: &[Listed], on_fetched: OnFetched<'_>) -> Result<(), Failure> {
        for batch in batches(mails) {
            let uids: Vec<u32> = batch.iter().map(|mail| mail.uid).collect();
            let largest = batch.iter().map(|mail| mail.size).max().unwrap_or_default();
            self.fetch_part(&uids, "BODY.PEEK[]", largest, on_fetched).await?;
        }
        Ok(())
    }

    /// The header of a mail, with the empty line after it; none if the mail is gone.
    pub async fn fetch_headers(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Failure> {
        let mut header = None;
        self.fetch_part(&[uid], "BODY.PEEK[HEADER]", HEADER_MAX, &mut |fetched| header = Some(fetched.bytes))
            .await?;
        Ok(header)
    }

    async fn fetch_part(
        &mut self,
        uids: &[u32],
        part: &str,
        largest: u64,
        on_fetched: OnFetched<'_>,
    ) -> Result<(), Failure> {
        for set in sets(uids) {
            let slack = largest.max(SIZE_SLACK);
            self.channel.expect(usize::try_from(largest.saturating_add(slack)).unwrap_or(usize::MAX));
            let command = Command::new(format!("UID FETCH {set} (UID {part})"));
            let mut on_data = |data: &[u8]| {
                if let Some(fetched) = fetched(data)?.filter(|fetched| uids.contains(&fetched.uid)) {
                    on_fetched(fetched);
                }
                Ok(())
            };
            let reply = self.run(Step::Transfer, &command, &mut on_data).await?;
            // Some servers say no when one of the mails is gone (RFC 5530); the others have come.
            if reply.outcome != super::Outcome::Ok && reply.code_word() != "EXPUNGEISSUED" {
                return Err(self.refused(Step::Transfer, None, &reply));
            }
        }
        Ok(())
    }

    /// The UIDs of mails in the selected folder whose `Message-ID` contains `id`, written with its angle brackets.
    pub async fn search_message_id(&mut self, id: &str) -> Result<Vec<u32>, Failure> {
        let mut uids = Vec::new();
        let command = Command::new("UID SEARCH HEADER Message-ID ").string(id);
        let mut on_data = |data: &[u8]| {
            uids.extend(hits(data));
            Ok(())
        };
        self.ask_for(Step::Transfer, None, &command, &mut on_data).await?;
        uids.sort_unstable();
        Ok(uids)
    }
}

/// Neighbours that are asked for together.
fn batches(mails: &[Listed]) -> Vec<&[Listed]> {
    let mut batches = Vec::new();
    let mut rest = mails;
    while !rest.is_empty() {
        let mut octets = 0_u64;
        let fits = rest.iter().take(FETCH_MAILS).take_while(|mail| {
            octets = octets.saturating_add(mail.size);
            octets <= FETCH_BYTES
        });
        let (batch, tail) = rest.split_at_checked(fits.count().max(1)).unwrap_or((rest, &[]));
        batches.push(batch);
        rest = tail;
    }
    batches
}

fn line(data: &[u8]) -> Vec<u8> {
    [b"* ", data, b"\r\n"].concat()
}

fn parsed(line: &[u8]) -> Option<Response<'_>> {
    Response::parse(line).ok().map(|(_, response)| response)
}

/// What a `SEARCH` answer names. Others are not shown to the parser, which panics over some status lines.
fn hits(data: &[u8]) -> Vec<u32> {
    if !begins_with(data, "SEARCH") {
        return Vec::new();
    }
    match parsed(&line(data)) {
        Some(Response::MailboxData(MailboxDatum::Search(found))) => found,
        _ => Vec::new(),
    }
}

fn is_fetch(data: &[u8]) -> bool {
    // The number and the word stand at the start, the rest can be large.
    let start = data.get(..32).unwrap_or(data);
    numbered(start).is_some_and(|(_, word)| word == "FETCH")
}

/// Shows the items of a `FETCH` answer. One that cannot be read is a fault: a mail would be missed.
fn each(data: &[u8], on_item: &mut dyn FnMut(&AttributeValue<'_>)) -> Result<(), Fault> {
    if !is_fetch(data) {
        return Ok(());
    }
    match parsed(&line(data)) {
        Some(Response::Fetch(_, items)) => items.iter().for_each(on_item),
        _ => return Err(Fault::Garbled),
    }
    Ok(())
}

/// A text as it is meant. One that came as a quoted string, without a literal in the answer, has its backslashes yet.
fn plain(octets: &[u8], answer: &[u8]) -> Vec<u8> {
    if answer.contains(&b'\n') {
        return octets.to_vec();
    }
    let mut text = Vec::with_capacity(octets.len());
    let mut rest = octets.iter();
    while let Some(octet) = rest.next() {
        text.extend(if *octet == b'\\' { rest.next() } else { Some(octet) });
    }
    text
}

/// The mail in an answer; none where there is no text, as in notices of changed flags and for mails that are gone.
fn fetched(data: &[u8]) -> Result<Option<Fetched>, Fault> {
    let (mut uid, mut bytes) = (None, None);
    each(data, &mut |item| match item {
        AttributeValue::Uid(number) => uid = Some(*number),
        AttributeValue::BodySection { data: Some(octets), .. } => bytes = Some(plain(octets, data)),
        _ => {}
    })?;
    match (uid, bytes) {
        (Some(uid), Some(bytes)) => Ok(Some(Fetched { uid, bytes })),
        (None, Some(_)) => Err(Fault::Garbled),
        (_, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(sizes: &[u64]) -> Vec<Listed> {
        (1..).zip(sizes).map(|(uid, size)| Listed { uid, size: *size, internal_date: None }).collect()
    }

    fn lengths(sizes: &[u64]) -> Vec<usize> {
        batches(&listed(sizes)).iter().map(|batch| batch.len()).collect()
    }

    #[test]
    fn a_batch_is_bounded_by_mails_and_by_octets() {
        assert_eq!(lengths(&[1; FETCH_MAILS]), [FETCH_MAILS]);
        assert_eq!(lengths(&[1; FETCH_MAILS + 1]), [FETCH_MAILS, 1]);
        assert_eq!(lengths(&[FETCH_BYTES / 2, FETCH_BYTES / 2, 1]), [2, 1]);
        assert_eq!(lengths(&[1, FETCH_BYTES + 1, 1, 1]), [1, 1, 2]);
        assert!(lengths(&[]).is_empty());
    }

    #[test]
    fn a_mail_is_read_from_its_answer_and_other_answers_hold_none() {
        let mail = fetched(b"3 FETCH (FLAGS (\\Recent) UID 9 BODY[] {5}\r\na\r\n)\x00 X-NEW 1)").unwrap();
        assert_eq!(mail, Some(Fetched { uid: 9, bytes: b"a\r\n)\x00".to_vec() }));
        assert_eq!(fetched(b"3 FETCH (UID 9 FLAGS (\\Seen))").unwrap(), None);
        assert_eq!(fetched(b"3 FETCH (UID 9 BODY[] NIL)").unwrap(), None);
        assert_eq!(fetched(b"3 EXISTS").unwrap(), None);
        let quoted = fetched(b"3 FETCH (UID 9 BODY[] \"a \\\"b\\\" \\\\\")").unwrap();
        assert_eq!(quoted, Some(Fetched { uid: 9, bytes: b"a \"b\" \\".to_vec() }));
        let literal = fetched(b"3 FETCH (UID 9 BODY[] {2}\r\n\\x)").unwrap();
        assert_eq!(literal.unwrap().bytes, b"\\x");
        assert!(fetched(b"3 FETCH (BODY[] {1}\r\nx)").is_err(), "whose is it?");
        assert!(fetched(b"3 FETCH (UID 9 BODY[] {1}\r\nx").is_err());
    }

    #[test]
    fn a_status_line_with_octets_behind_its_code_is_no_hit_and_no_panic() {
        assert!(hits("OK [PERMANENTFLAGS (\\Seen)]\u{fffd} x".as_bytes()).is_empty());
        assert_eq!(hits(b"search 3 7"), [3, 7]);
    }
}
