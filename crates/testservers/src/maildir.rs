//! Dovecot's Maildir on disk, read beside a running server: which file holds which mail.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The list of a folder's UIDs with their files.
const UID_LIST: &str = "dovecot-uidlist";

/// The Maildir of a folder below a user's home. Names are in UTF-8, levels are parted by dots.
pub(crate) fn path(home: &Path, folder: &str) -> PathBuf {
    let root = home.join("Maildir");
    if folder.eq_ignore_ascii_case("INBOX") {
        root
    } else {
        root.join(format!(".{}", folder.replace('/', ".")))
    }
}

/// Removes what Dovecot knows of a folder's UIDs, so that it numbers its mails anew.
pub(crate) fn forget_uids(maildir: &Path) {
    let names = fs::read_dir(maildir).into_iter().flatten().flatten();
    for entry in names {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("dovecot.index") || name == UID_LIST {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// The files of a folder's mails.
pub(crate) struct Files {
    /// UID → name of the file, without flags.
    names: HashMap<u32, String>,
    /// Name of the file, without flags → its path.
    paths: HashMap<String, PathBuf>,
}

impl Files {
    pub(crate) fn read(maildir: &Path) -> Self {
        let list = fs::read_to_string(maildir.join(UID_LIST)).unwrap_or_default();
        // `UID fields :name`, after a line about the folder.
        let names = list.lines().skip(1).filter_map(|line| {
            let (uid, rest) = line.split_once(' ')?;
            let name = rest.split_once(':')?.1;
            Some((uid.parse().ok()?, base(name).to_owned()))
        });
        let mut paths = HashMap::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(maildir.join(part)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                paths.insert(base(&name).to_owned(), entry.path());
            }
        }
        Self { names: names.collect(), paths }
    }

    /// The bytes of a mail, lines ending with CR LF.
    #[track_caller]
    pub(crate) fn bytes(&self, uid: u32) -> Vec<u8> {
        let path = self.names.get(&uid).and_then(|name| self.paths.get(name));
        let path = path.unwrap_or_else(|| panic!("the mail with UID {uid} has no file"));
        let stored = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        with_crlf(&stored)
    }
}

/// A file's name without its flags.
fn base(name: &str) -> &str {
    name.split_once(":2,").map_or(name, |(base, _)| base)
}

fn with_crlf(stored: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(stored.len() + stored.len() / 32);
    let mut last = 0;
    for byte in stored {
        if *byte == b'\n' && last != b'\r' {
            bytes.push(b'\r');
        }
        bytes.push(*byte);
        last = *byte;
    }
    bytes
}
