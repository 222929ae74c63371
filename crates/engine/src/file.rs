//! Files that come to records: which are refused, whoever brings them.

use sha2::{Digest, Sha256};

use crate::id::Id;
use crate::limits::{ATTACHMENT_BYTES_MAX, FILE_NAME_CHARS_MAX};
use crate::plan::Why;
use crate::record::RecordKey;

/// Endings of files that can act on the machine of whoever opens them.
const DANGEROUS: [&str; 22] = [
    "exe", "com", "scr", "bat", "cmd", "pif", "msi", "msp", "vbs", "vbe", "js", "jse", "wsf", "wsh", "ps1",
    "hta", "cpl", "jar", "lnk", "reg", "iso", "img",
];

/// A file that somebody puts on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its name, without folders.
    pub name: String,
    /// Its media type (RFC 2046), as the bringer says.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that somebody takes off a record. Its bytes and its row stay, for the mail it came with and for the history.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TakenOff {
    /// The file.
    pub attachment: Id,
    /// The record that has it.
    pub record: RecordKey,
    /// Why it is off, for people.
    pub why: Why,
}

/// A file of a record that gets another name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Renamed {
    /// The file.
    pub attachment: Id,
    /// The record that has it.
    pub record: RecordKey,
    /// Its new name.
    pub name: String,
}

/// Why a file of this name and size goes to no record; `None` where it may.
pub fn refused(name: &str, bytes: usize) -> Option<Why> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if DANGEROUS.contains(&ending.as_str()) {
        let text = format!("files ending in .{ending} can do harm when opened");
        return Some(Why::new("dangerous_type", text));
    }
    (bytes > ATTACHMENT_BYTES_MAX)
        .then(|| Why::new("too_large", format!("it is larger than {ATTACHMENT_BYTES_MAX} bytes")))
}

/// The name without folders and control characters, as long as it may be; `file` where nothing is left.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS_MAX).collect();
    let plain = plain.trim().trim_matches('.').to_owned();
    if plain.is_empty() { "file".to_owned() } else { plain }
}

/// The name under which bytes are stored: lower-case hex SHA-256.
pub fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_act_on_a_machine_and_what_is_too_large_is_refused() {
        assert_eq!(refused("report.pdf", ATTACHMENT_BYTES_MAX), None);
        assert_eq!(refused("report.pdf", ATTACHMENT_BYTES_MAX + 1).unwrap().code, "too_large");
        assert_eq!(refused("report.pdf.EXE", 1).unwrap().code, "dangerous_type");
        assert_eq!(refused("exe", 1), None, "a name without an ending");
    }

    #[test]
    fn a_name_has_no_folders_and_no_controls_and_ends_at_its_limit() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\x\\фото.jpg"), "фото.jpg");
        assert_eq!(plain_name("a\r\nb.txt"), "ab.txt");
        assert_eq!(plain_name(" .. "), "file");
        let long = "x".repeat(FILE_NAME_CHARS_MAX + 1);
        assert_eq!(plain_name(&long).chars().count(), FILE_NAME_CHARS_MAX);
    }
}
