//! What names a mail at its source. Pure.

use rejoinder_store::Again;

/// A mail of an IMAP folder: its UID means nothing without the folder's UIDVALIDITY (RFC 9051, 2.3.1.1).
pub(super) fn imap(folder: &str, validity: u32, uid: u32) -> String {
    format!("{}{uid}", imap_validity(folder, validity))
}

fn imap_folder(folder: &str) -> String {
    format!("imap:{folder}\n")
}

fn imap_validity(folder: &str, validity: u32) -> String {
    format!("{}{validity}\n", imap_folder(folder))
}

/// Where mails that are known from before are looked for, after a folder's UIDs were given anew.
pub(super) fn again(folder: &str, validity: u32) -> Again {
    Again { folder: imap_folder(folder), validity: imap_validity(folder, validity) }
}

/// A mail of a POP3 mailbox (RFC 1939, UIDL).
pub(super) fn pop3(uidl: &str) -> String {
    format!("pop3:{uidl}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_whose_name_begins_like_another_shares_no_keys_with_it() {
        let key = imap("Archive", 7, 3);
        assert!(key.starts_with(&again("Archive", 7).validity));
        assert!(!imap("Archive/2026", 7, 3).starts_with(&again("Archive", 7).folder));
        assert!(!imap("Archive", 71, 3).starts_with(&again("Archive", 7).validity));
    }
}
