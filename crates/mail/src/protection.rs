//! Whether a mail is signed or encrypted, and the text of a mail that is signed in its text (RFC 9580, 7).
//!
//! No signature is checked and nothing is decrypted. Who may be believed is decided above.

/// What the content of a mail is wrapped in. Only what it claims: no signature is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Protection {
    /// Nothing.
    #[default]
    None,
    /// The content, or a part of it, is signed. It was read like any other.
    Signed,
    /// The content, or a part of it, is encrypted. It cannot be read here; it was kept as attachments, or as the
    /// armoured text that it is.
    Encrypted,
}

impl Protection {
    /// The stable word for it: `none`, `signed`, `encrypted`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Signed => "signed",
            Self::Encrypted => "encrypted",
        }
    }
}

const ENCRYPTED: &str = "-----BEGIN PGP MESSAGE-----";
const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const SIGNATURE_END: &str = "-----END PGP SIGNATURE-----";

/// What a text (LF line ends) that begins with the armour of OpenPGP is wrapped in, and the text without the armour
/// of a signature. Quoted and later armour does not count.
pub(crate) fn unwrap_text(text: &str) -> (Protection, Option<String>) {
    let start = text.trim_start();
    if start.starts_with(ENCRYPTED) {
        return (Protection::Encrypted, None);
    }
    match start.strip_prefix(SIGNED).and_then(signed_text) {
        Some(text) => (Protection::Signed, Some(text)),
        None => (Protection::None, None),
    }
}

/// The text between the armour lines, and what follows the signature; none without a whole signature.
fn signed_text(armoured: &str) -> Option<String> {
    let mut lines = armoured.lines();
    // The rest of the armour line; then the names of the digests up to an empty line.
    lines.next()?;
    lines.by_ref().find(|line| line.trim().is_empty())?;
    let mut text = String::new();
    loop {
        let line = lines.next()?;
        if line.trim_end() == SIGNATURE {
            break;
        }
        text.push_str(line.strip_prefix("- ").unwrap_or(line));
        text.push('\n');
    }
    lines.by_ref().find(|line| line.trim_end() == SIGNATURE_END)?;
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_text_is_read_without_its_armour() {
        let text = "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\nHash: SHA512\n\nHello\n\n- -- \nAnna\n- -----BEGIN PGP SIGNATURE-----\n\
                    -----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\nlist footer\n";
        let expected = "Hello\n\n-- \nAnna\n-----BEGIN PGP SIGNATURE-----\nlist footer\n";
        assert_eq!(unwrap_text(text), (Protection::Signed, Some(expected.into())));
    }

    #[test]
    fn half_a_signature_and_quoted_armour_are_text() {
        for text in [
            "-----BEGIN PGP SIGNED MESSAGE-----\n\nHello\n",
            "-----BEGIN PGP SIGNED MESSAGE-----\n\nHello\n-----BEGIN PGP SIGNATURE-----\n",
            "-----BEGIN PGP SIGNED MESSAGE-----",
            "> -----BEGIN PGP MESSAGE-----\n",
            "Hello\n-----BEGIN PGP MESSAGE-----\n",
        ] {
            assert_eq!(unwrap_text(text), (Protection::None, None), "{text}");
        }
    }

    #[test]
    fn encrypted_text_is_told() {
        assert_eq!(unwrap_text(" \n-----BEGIN PGP MESSAGE-----\n\nhQEM"), (Protection::Encrypted, None));
        assert_eq!(Protection::Encrypted.max(Protection::Signed).code(), "encrypted");
        assert_eq!((Protection::None.code(), Protection::Signed.code()), ("none", "signed"));
    }
}
