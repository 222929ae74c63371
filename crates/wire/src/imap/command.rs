//! A command as it is written: strings quoted, or sent as literals where they cannot be (RFC 3501, 4.3).

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::{Flag, name};

/// UIDs in one command, so that a line stays under the 8192 octets that servers take (RFC 7162, 4).
pub(super) const UIDS_MAX: usize = 500;

/// A command: a first line without its end, and what is sent each time the server says to go on. Wiped when dropped: it
/// may hold the password.
pub(super) struct Command<'a> {
    pub(super) first: Zeroizing<Vec<u8>>,
    pub(super) more: Vec<Zeroizing<Vec<u8>>>,
    /// A mail: the last literal, which is not copied.
    pub(super) mail: Option<Cow<'a, [u8]>>,
}

impl<'a> Command<'a> {
    pub(super) fn new(start: impl Into<String>) -> Self {
        let first = Zeroizing::new(start.into().into_bytes());
        Self { first, more: Vec::new(), mail: None }
    }

    /// Text as it is.
    pub(super) fn raw(mut self, text: &str) -> Self {
        self.end().extend_from_slice(text.as_bytes());
        self
    }

    /// A string, quoted or as a literal.
    pub(super) fn string(mut self, text: &str) -> Self {
        if text.chars().all(|c| c.is_ascii() && !c.is_ascii_control()) {
            let quoted = Zeroizing::new(text.replace('\\', "\\\\").replace('"', "\\\""));
            let end = self.end();
            end.push(b'"');
            end.extend_from_slice(quoted.as_bytes());
            end.push(b'"');
        } else {
            self.end().extend_from_slice(format!("{{{}}}", text.len()).as_bytes());
            self.more.push(Zeroizing::new(text.as_bytes().to_vec()));
        }
        self
    }

    /// The name of a folder.
    pub(super) fn folder(self, folder: &str) -> Self {
        self.string(&name::encode(folder))
    }

    /// What is sent when the server asks for it.
    pub(super) fn answer(mut self, text: &str) -> Self {
        self.more.push(Zeroizing::new(text.as_bytes().to_vec()));
        self
    }

    /// A mail as the last literal.
    pub(super) fn mail(mut self, octets: Cow<'a, [u8]>) -> Self {
        self.end().extend_from_slice(format!("{{{}}}", octets.len()).as_bytes());
        self.mail = Some(octets);
        self
    }

    fn end(&mut self) -> &mut Vec<u8> {
        self.more.last_mut().unwrap_or(&mut self.first)
    }
}

/// UIDs as sets (`1:3,7`), each with at most [`UIDS_MAX`] of them.
pub(super) fn sets(uids: &[u32]) -> Vec<String> {
    let mut uids: Vec<u32> = uids.iter().copied().filter(|uid| *uid > 0).collect();
    uids.sort_unstable();
    uids.dedup();
    uids.chunks(UIDS_MAX).map(set).collect()
}

fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let texts: Vec<String> = ranges
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") })
        .collect();
    texts.join(",")
}

/// `(\Seen $Word)`; the flag that is no atom, if there is one.
pub(super) fn flags(flags: &[Flag]) -> Result<String, String> {
    let mut words = Vec::with_capacity(flags.len());
    for flag in flags {
        words.push(match flag {
            Flag::Seen => "\\Seen",
            Flag::Answered => "\\Answered",
            Flag::Flagged => "\\Flagged",
            Flag::Draft => "\\Draft",
            Flag::Deleted => "\\Deleted",
            Flag::Keyword(word) if is_atom(word) => word,
            Flag::Keyword(word) => return Err(word.clone()),
        });
    }
    Ok(format!("({})", words.join(" ")))
}

fn is_atom(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic() && !b"(){%*\"\\]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_become_ranges_and_long_lists_several_sets() {
        assert_eq!(sets(&[3, 1, 2, 7, 7, 9, 8, 0]), ["1:3,7:9"]);
        assert_eq!(sets(&[u32::MAX, u32::MAX - 1]), ["4294967294:4294967295"]);
        assert!(sets(&[]).is_empty());
        let sparse: Vec<u32> =
            (0..=UIDS_MAX).map(|n| 4_000_000_000 + u32::try_from(n).unwrap() * 2).collect();
        let sets = sets(&sparse);
        assert_eq!(sets.len(), 2);
        assert!(sets.iter().all(|set| set.len() < 8000));
        assert!(!sets[1].contains(','));
    }

    #[test]
    fn strings_are_quoted_or_sent_as_literals() {
        let command =
            Command::new("LOGIN ").string("a\"b\\c").raw(" ").string("пароль").raw(" x").string("y\r\nz");
        assert_eq!(command.first.as_slice(), b"LOGIN \"a\\\"b\\\\c\" {12}");
        assert_eq!(command.more[0].as_slice(), "пароль x{4}".as_bytes());
        assert_eq!(command.more[1].as_slice(), b"y\r\nz");
    }

    #[test]
    fn a_keyword_that_is_no_atom_is_not_written() {
        let good = [Flag::Seen, Flag::Keyword("$Processed".to_owned())];
        assert_eq!(flags(&good).unwrap(), "(\\Seen $Processed)");
        for bad in ["", "a b", "a)", "\\Seen", "слово", "a\r\nb", "a\"", "x]"] {
            assert_eq!(flags(&[Flag::Keyword(bad.to_owned())]), Err(bad.to_owned()));
        }
    }
}
