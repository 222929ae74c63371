//! Who we are to a server. The secret is shown nowhere: not by `Debug`, not by an error, not when a server repeats it.

use std::fmt;

use data_encoding::BASE64;
use zeroize::Zeroizing;

/// What stands in the place of a secret.
const HIDDEN: &str = "[hidden]";

/// A password. Its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps a password.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The password, to be written to the server and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// As the server knows the user; an address, mostly.
    pub user: String,
    /// The password.
    pub secret: Secret,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(")?;
        f.write_str(HIDDEN)?;
        f.write_str(")")
    }
}

impl Login {
    /// A user and a password.
    pub fn new(user: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { user: user.into(), secret: Secret::new(secret) }
    }

    /// The message of SASL PLAIN (RFC 4616), encoded.
    pub(crate) fn sasl_plain(&self) -> Zeroizing<String> {
        let message = Zeroizing::new(format!("\0{}\0{}", self.user, self.secret.expose()));
        Zeroizing::new(BASE64.encode(message.as_bytes()))
    }

    /// Neither part can end a line or a SASL message.
    pub(crate) fn is_speakable(&self) -> bool {
        let bad = |text: &str| text.contains(['\0', '\r', '\n']);
        !self.user.is_empty() && !bad(&self.user) && !bad(self.secret.expose())
    }

    /// The text without the secret in any form in which it was said: some servers repeat a command that they refuse.
    pub(crate) fn scrubbed(&self, text: &str) -> String {
        let secret = self.secret.expose();
        let coded = Zeroizing::new(BASE64.encode(secret.as_bytes()));
        let plain = self.sasl_plain();
        let mut text = text.to_owned();
        for form in [plain.as_str(), coded.as_str(), secret].into_iter().filter(|form| !form.is_empty()) {
            text = text.replace(form, HIDDEN);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_shows_neither_user_nor_password() {
        let login = Login::new("anna@example.org", "swordfish");
        let shown = format!("{login:?} {login:#?} {:?} {:#?}", login.secret, login.secret);
        assert!(!shown.contains("swordfish") && !shown.contains("anna"), "{shown}");
    }

    #[test]
    fn the_password_is_gone_from_what_a_server_repeats() {
        let login = Login::new("anna", "swordfish");
        let said = format!(
            "unknown: AUTH PLAIN {} LOGIN anna swordfish {}",
            login.sasl_plain().as_str(),
            BASE64.encode(b"swordfish")
        );
        assert_eq!(login.scrubbed(&said), "unknown: AUTH PLAIN [hidden] LOGIN anna [hidden] [hidden]");
        assert_eq!(Login::new("anna", "").scrubbed("no change"), "no change");
    }

    #[test]
    fn a_login_that_would_become_a_command_is_not_said() {
        for (user, secret, speakable) in [
            ("anna", "p", true),
            ("anna", "пароль \"\\", true),
            ("", "p", false),
            ("anna\r\nx", "p", false),
            ("anna", "p\n", false),
            ("an\0na", "p", false),
        ] {
            assert_eq!(Login::new(user, secret).is_speakable(), speakable, "{user:?} {secret:?}");
        }
    }
}
