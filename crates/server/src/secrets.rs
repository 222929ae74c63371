//! Secrets at rest: encrypted before they enter a plan, decrypted by the worker that needs them and nobody else.
//!
//! XChaCha20-Poly1305 with a random nonce. What is authenticated beside the text is its place (table, record, field),
//! so that a ciphertext copied to another place opens nowhere. The keys stand in a file beside the database or in the
//! environment, never in the database: the first one encrypts, the others only read. Must not log what it opens.

use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rejoinder_engine::account::{Account, EMAIL_ACCOUNT, PASSWORD};
use rejoinder_engine::dictionary::{Dictionary, Field};
use rejoinder_engine::draft::ChangeError;
use rejoinder_engine::id::Id;
use rejoinder_engine::record::Fields;
use rejoinder_engine::request::Change;
use rejoinder_engine::sealed::{KEY_ID_CHARS, Sealed};
use rejoinder_engine::value::{Kind, Value};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::env::Env;
use crate::error::AppError;
use crate::tokens::write_new_private;

/// The file of the keys in the data folder.
pub const KEY_FILE: &str = "secret.key";
/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;

/// Why a secret cannot be encrypted or read. Holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no key at all.
    #[error("there is no key for secrets: give one in REJOINDER_SECRET_KEY or a file with --secret-key-file")]
    NoKey,
    /// The key that it was encrypted with is not among ours.
    #[error(
        "a secret was encrypted with the key {key}, which is not here: add that key to the file of keys, or set the secret anew"
    )]
    UnknownKey {
        /// The name of the key.
        key: String,
    },
    /// It was changed, or belongs to another place.
    #[error("a secret cannot be read: it was changed, or copied from another record; set it anew")]
    Damaged,
    /// The keys cannot be read.
    #[error("{place} holds no keys: one key of 64 hex digits a line is wanted, the first one encrypts")]
    BadKeys {
        /// Where they were looked for.
        place: String,
    },
}

impl SecretError {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "secret_no_key",
            Self::UnknownKey { .. } => "secret_unknown_key",
            Self::Damaged => "secret_damaged",
            Self::BadKeys { .. } => "secret_bad_keys",
        }
    }
}

/// A secret in the clear. It is shown nowhere, and wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself, for the one conversation that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where the keys are.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// Given as they are, as in the environment.
    Given(Zeroizing<String>),
    /// In this file.
    File(PathBuf),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("Given(…)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

impl KeySource {
    /// The file in the data folder, where nothing else is said.
    pub fn or_in(source: Option<Self>, data: &Path) -> Self {
        source.unwrap_or_else(|| Self::File(data.join(KEY_FILE)))
    }
}

/// The field of a record where a secret stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The root of its table: the same, whichever of a line of extending tables it is asked by.
    pub root: &'a str,
    /// The record.
    pub id: Id,
    /// The field.
    pub field: &'a str,
}

impl Place<'_> {
    /// The bytes that are authenticated; a name holds no line end.
    fn bytes(&self) -> Vec<u8> {
        format!("rejoinder secret\n{}\n{}\n{}", self.root, self.id, self.field).into_bytes()
    }
}

struct NamedKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// The keys of an installation, by which its secrets are encrypted and read.
#[derive(Default)]
pub struct Secrets {
    keys: Vec<NamedKey>,
    /// The file of the keys, where others than its owner may read it.
    exposed: Option<PathBuf>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.key_ids()).finish()
    }
}

impl Secrets {
    /// The keys at `source`; none where its file is not there.
    pub fn load(source: &KeySource) -> Result<Self, AppError> {
        match source {
            KeySource::Given(text) => Ok(Self::parse(text, "REJOINDER_SECRET_KEY")?),
            KeySource::File(path) => match std::fs::read_to_string(path).map(Zeroizing::new) {
                Ok(text) => {
                    let keys = Self::parse(&text, &path.display().to_string())?;
                    let mode = std::fs::metadata(path).map(|known| known.permissions().mode());
                    let exposed = mode.is_ok_and(|mode| mode & 0o077 != 0).then(|| path.clone());
                    Ok(Self { exposed, ..keys })
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
                Err(error) => Err(AppError::machine(format!("reading {}", path.display()))(error)),
            },
        }
    }

    /// The same; where the file is not there, it is made with a random key. It is on the disk before a secret is.
    pub fn load_or_make(source: &KeySource, env: &Env) -> Result<Self, AppError> {
        let found = Self::load(source)?;
        let KeySource::File(path) = source else { return Ok(found) };
        if !found.keys.is_empty() {
            return Ok(found);
        }
        let mut key = env.seed()?.bytes();
        let text = Zeroizing::new(format!("{}\n", data_encoding::HEXLOWER.encode(&key)));
        key.zeroize();
        write_new_private(path, &text)?;
        Self::load(source)
    }

    /// Keys of 64 hex digits, separated by lines, blanks or commas; what follows `#` on a line is not read.
    fn parse(text: &str, place: &str) -> Result<Self, SecretError> {
        let bad = || SecretError::BadKeys { place: place.to_owned() };
        let mut keys = Vec::new();
        let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(line, _)| line));
        for word in lines.flat_map(|line| line.split([' ', '\t', ','])).filter(|word| !word.is_empty()) {
            let bytes = Zeroizing::new(
                data_encoding::HEXLOWER_PERMISSIVE.decode(word.as_bytes()).map_err(|_| bad())?,
            );
            let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| bad())?;
            keys.push(NamedKey::new(&Zeroizing::new(bytes)));
        }
        if keys.is_empty() { Err(bad()) } else { Ok(Self { keys, exposed: None }) }
    }

    /// The names of the keys, the one that encrypts first.
    pub fn key_ids(&self) -> Vec<&str> {
        self.keys.iter().map(|key| key.id.as_str()).collect()
    }

    /// The file of the keys, where others than its owner may read it.
    pub fn exposed(&self) -> Option<&Path> {
        self.exposed.as_deref()
    }

    /// Encrypts `text` for its place. `nonce` must be random.
    pub fn seal(
        &self,
        place: &Place<'_>,
        text: &str,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<Sealed, SecretError> {
        let key = self.keys.first().ok_or(SecretError::NoKey)?;
        let payload = Payload { msg: text.as_bytes(), aad: &place.bytes() };
        let ciphertext =
            key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SecretError::Damaged)?;
        Sealed::new(&key.id, [&nonce[..], &ciphertext].concat()).ok_or(SecretError::Damaged)
    }

    /// Decrypts what stands at `place`.
    pub fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Secret, SecretError> {
        let unknown = || SecretError::UnknownKey { key: sealed.key().to_owned() };
        let key = self.keys.iter().find(|key| key.id == sealed.key()).ok_or_else(unknown)?;
        let (nonce, ciphertext) =
            sealed.bytes().split_first_chunk::<NONCE_BYTES>().ok_or(SecretError::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: &place.bytes() };
        let bytes = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SecretError::Damaged)?;
        let text = String::from_utf8(bytes).map_err(|_| SecretError::Damaged)?;
        Ok(Secret(Zeroizing::new(text)))
    }

    /// The password of an account; `None` where it has none.
    pub fn password(&self, account: &Account) -> Result<Option<Secret>, SecretError> {
        let place = Place { root: EMAIL_ACCOUNT, id: account.id, field: PASSWORD };
        account.password.as_ref().map(|sealed| self.open(&place, sealed)).transpose()
    }

    /// The changes with everything encrypted that is to be: nothing else may go into a plan. A new record whose
    /// secret is bound to its id gets that id here.
    pub fn seal_changes(
        &self,
        dictionary: &Dictionary,
        changes: Vec<Change>,
        env: &Env,
    ) -> Result<Vec<Change>, AppError> {
        changes.into_iter().map(|change| self.seal_change(dictionary, change, env)).collect()
    }

    fn seal_change(&self, dictionary: &Dictionary, change: Change, env: &Env) -> Result<Change, AppError> {
        match change {
            Change::Insert { table, id, mut fields } if holds_encrypted(dictionary, &table, &fields) => {
                let id = match id {
                    Some(id) => id,
                    None => env.seed()?.id("record", env.now()),
                };
                self.seal_fields(dictionary, &table, id, &mut fields, env)?;
                Ok(Change::Insert { table, id: Some(id), fields })
            }
            Change::Update { key, mut fields } if holds_encrypted(dictionary, &key.table, &fields) => {
                self.seal_fields(dictionary, &key.table, key.id, &mut fields, env)?;
                Ok(Change::Update { key, fields })
            }
            other => Ok(other),
        }
    }

    fn seal_fields(
        &self,
        dictionary: &Dictionary,
        table: &str,
        id: Id,
        fields: &mut Fields,
        env: &Env,
    ) -> Result<(), AppError> {
        let Some(info) = dictionary.table(table) else { return Ok(()) };
        for (name, value) in fields {
            let Some(field) = info.field(name).filter(|field| field.encrypted) else { continue };
            let Value::Text(text) = value else { continue };
            checked(table, field, text)?;
            let seed = env.seed()?.bytes();
            let nonce = *seed.first_chunk::<NONCE_BYTES>().ok_or(SecretError::Damaged)?;
            let sealed = self.seal(&Place { root: &info.root, id, field: name }, text, nonce)?;
            text.zeroize();
            *value = Value::text(sealed.text());
        }
        Ok(())
    }
}

impl NamedKey {
    /// A key is named by a digest of it, which says nothing of a key of 256 random bits.
    fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let digest = Sha256::new().chain_update(b"rejoinder secret key\n").chain_update(bytes).finalize();
        let mut id = data_encoding::HEXLOWER.encode(&digest);
        id.truncate(KEY_ID_CHARS);
        Self { id, cipher: XChaCha20Poly1305::new(&Key::from(*bytes)) }
    }
}

fn holds_encrypted(dictionary: &Dictionary, table: &str, fields: &Fields) -> bool {
    let encrypted = |name: &String| {
        let info = dictionary.table(table);
        info.and_then(|info| info.field(name)).is_some_and(|field| field.encrypted)
    };
    fields.iter().any(|(name, value)| !value.is_null() && encrypted(name))
}

/// What must hold of the text, and cannot be known once it is encrypted: its length, and that a secret of one line
/// does not break out of the line in which a server is told it.
fn checked(table: &str, field: &Field, text: &str) -> Result<(), ChangeError> {
    let (code, rule) = if text.chars().count() > field.chars_max() {
        ("too_long", format!("at most {} characters fit", field.chars_max()))
    } else if field.kind == Kind::String && text.chars().any(char::is_control) {
        ("bad_value", "it holds a control character or a line end".to_owned())
    } else {
        return Ok(());
    };
    Err(ChangeError::Field { table: table.to_owned(), field: field.name.clone(), code, rule })
}

#[cfg(test)]
mod tests;
