//! Folders: which there are, opening one, making one.

use imap_proto::{MailboxDatum, NameAttribute, Response};

use super::{
    Imap,
    channel::begins_with,
    command::Command,
    name,
    reply::{Outcome, Reply},
};
use crate::endpoint::{Failure, Kind, Step, shown};

/// Folders that are listed; further ones are left out.
const FOLDERS_MAX: usize = 10_000;

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its whole name, in Unicode. `INBOX` is always written so.
    pub name: String,
    /// What divides the names of a folder and one inside it; none where folders hold none.
    pub delimiter: Option<String>,
    /// What it is for, where the server says so (RFC 6154).
    pub special_use: Option<SpecialUse>,
    /// Whether it can hold mails. One that cannot only holds folders.
    pub selectable: bool,
}

/// What a folder is for (RFC 6154, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialUse {
    /// All mails of the user, a view.
    All,
    /// Mails that are done with.
    Archive,
    /// Drafts.
    Drafts,
    /// Marked mails, a view.
    Flagged,
    /// Spam.
    Junk,
    /// Copies of sent mails.
    Sent,
    /// Removed mails.
    Trash,
}

/// A folder that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Changes when the UIDs known so far mean nothing any more (RFC 3501, 2.3.1.1). 0 for a server that has none: its
    /// UIDs cannot be kept.
    pub uid_validity: u32,
    /// The UID that the next mail will have at least, where the server says so.
    pub uid_next: Option<u32>,
    /// Mails in it.
    pub exists: u32,
    /// Whether a new [`Flag::Keyword`](super::Flag::Keyword) stays on a mail.
    pub keeps_keywords: bool,
    /// Nothing can be changed in it.
    pub read_only: bool,
}

impl Imap {
    /// All folders that the user sees, at most 10 000.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, Failure> {
        let extended = self.offers.special_use && self.offers.list_extended;
        let ask = if extended { "LIST \"\" \"*\" RETURN (SPECIAL-USE)" } else { "LIST \"\" \"*\"" };
        let mut folders = Vec::new();
        let mut on_data = |data: &[u8]| {
            if folders.len() < FOLDERS_MAX {
                folders.extend(folder(data));
            }
            Ok(())
        };
        self.ask_for(Step::Folder, None, &Command::new(ask), &mut on_data).await?;
        Ok(folders)
    }

    /// Opens a folder, for reading and writing. The one that was open is closed in any case, and nothing in it removed.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, Failure> {
        let mut selected =
            Selected { uid_validity: 0, uid_next: None, exists: 0, keeps_keywords: false, read_only: false };
        let mut on_data = |data: &[u8]| {
            if let Some(reply) = Reply::read(data) {
                let number = |word| reply.code_arguments(word).and_then(|rest| rest.trim().parse().ok());
                selected.uid_validity = number("UIDVALIDITY").unwrap_or(selected.uid_validity);
                selected.uid_next = number("UIDNEXT").or(selected.uid_next);
                selected.keeps_keywords |=
                    reply.code_arguments("PERMANENTFLAGS").is_some_and(|flags| flags.contains("\\*"));
            }
            Ok(())
        };
        let command = Command::new("SELECT ").folder(folder);
        self.channel.exists = 0;
        let reply = self.run(Step::Folder, &command, &mut on_data).await?;
        match (reply.outcome, &reply.code) {
            (Outcome::Ok, _) => {}
            // Servers from before the codes say no to this in words only.
            (Outcome::No, None) => {
                let missing = Kind::FolderMissing { folder: folder.to_owned() };
                return Err(self.endpoint.failure(
                    Step::Folder,
                    missing,
                    Some(shown(reply.words.as_bytes())),
                ));
            }
            _ => return Err(self.refused(Step::Folder, Some(folder), &reply)),
        }
        self.channel.news = false;
        selected.exists = self.channel.exists;
        selected.read_only = reply.code_word() == "READ-ONLY";
        Ok(selected)
    }

    /// Makes a folder. One that is there already is [`Kind::FolderExists`], where the server has a code for it.
    pub async fn create(&mut self, folder: &str) -> Result<(), Failure> {
        let command = Command::new("CREATE ").folder(folder);
        self.ask(Step::Folder, Some(folder), &command).await.map(drop)
    }
}

fn folder(data: &[u8]) -> Option<Folder> {
    // Others are not shown to the parser, which panics over some status lines.
    if !begins_with(data, "LIST") {
        return None;
    }
    let line = [b"* ", data, b"\r\n"].concat();
    let (_, Response::MailboxData(MailboxDatum::List(list))) = Response::parse(&line).ok()? else {
        return None;
    };
    let missing = |attribute: &NameAttribute<'_>| match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(word) => word.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    };
    // The parser leaves the backslashes of a quoted string in it. A name ends the line.
    let quoted = data.ends_with(b"\"") && !data.contains(&b'\n');
    let name = if quoted { unescaped(&list.name) } else { list.name.into_owned() };
    Some(Folder {
        name: name::decode(&name),
        delimiter: list.delimiter.map(|delimiter| unescaped(&delimiter)),
        special_use: list.name_attributes.iter().find_map(special_use),
        selectable: !list.name_attributes.iter().any(missing),
    })
}

/// What a quoted string stands for (RFC 3501, 9: `quoted`).
fn unescaped(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted.chars();
    while let Some(c) = rest.next() {
        text.extend(if c == '\\' { rest.next() } else { Some(c) });
    }
    text
}

fn special_use(attribute: &NameAttribute<'_>) -> Option<SpecialUse> {
    match attribute {
        NameAttribute::All => Some(SpecialUse::All),
        NameAttribute::Archive => Some(SpecialUse::Archive),
        NameAttribute::Drafts => Some(SpecialUse::Drafts),
        NameAttribute::Flagged => Some(SpecialUse::Flagged),
        NameAttribute::Junk => Some(SpecialUse::Junk),
        NameAttribute::Sent => Some(SpecialUse::Sent),
        NameAttribute::Trash => Some(SpecialUse::Trash),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_line_with_octets_behind_its_code_is_no_folder_and_no_panic() {
        assert_eq!(folder("OK [PERMANENTFLAGS (\\Seen)]\u{fffd} x".as_bytes()), None);
    }

    #[test]
    fn a_folder_is_read_with_its_use() {
        let read = |text: &str| folder(text.as_bytes()).unwrap();
        let sent = read("LIST (\\HasNoChildren \\Sent) \".\" &BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-");
        assert_eq!((sent.name.as_str(), sent.special_use), ("Отправленные", Some(SpecialUse::Sent)));
        assert_eq!((sent.delimiter.as_deref(), sent.selectable), (Some("."), true));
        let parent = read("LIST (\\Noselect \\HasChildren) \"/\" \"a \\\"b\\\"\"");
        assert_eq!((parent.name.as_str(), parent.selectable), ("a \"b\"", false));
        assert!(!read("LIST (\\NonExistent) NIL x").selectable);
        assert_eq!(read("LIST () \"\\\\\" x").delimiter.as_deref(), Some("\\"));
        assert_eq!(read("LIST () NIL inbox").name, "INBOX");
        assert_eq!(read("LIST () \"/\" {7}\r\nR&-D \"x").name, "R&D \"x");
        assert_eq!(folder(b"SEARCH 1 2"), None);
    }
}
