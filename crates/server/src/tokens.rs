//! API tokens: made here, kept as digests, written for their owner into a file that only they can read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rejoinder_engine::id::Id;
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::AppError;
use crate::ops::change::{Asker, change};

/// What tokens begin with, so that one that leaks is recognised.
const PREFIX: &str = "rj_";

/// The digest under which a token is kept.
pub fn digest(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Makes a token that acts as `user`.
pub fn make(app: &App, name: &str, user: Id) -> Result<String, AppError> {
    let random = app.env.seed()?.bytes();
    let token = format!("{PREFIX}{}", data_encoding::BASE32_NOPAD.encode(&random).to_ascii_lowercase());
    let fields = [
        ("name".to_owned(), Value::text(name)),
        ("user".to_owned(), Value::Ref(user)),
        ("digest".to_owned(), Value::text(digest(&token))),
        ("active".to_owned(), Value::Bool(true)),
    ];
    let table = "api_token".to_owned();
    change(app, Asker::program(), vec![Change::Insert { table, id: None, fields: fields.into() }])?;
    Ok(token)
}

/// The token in `path`; one is made and written there where the file is not yet there.
pub fn kept_in(app: &App, path: &Path, name: &str, user: Id) -> Result<String, AppError> {
    if let Ok(token) = std::fs::read_to_string(path) {
        return Ok(token.trim().to_owned());
    }
    let token = make(app, name, user)?;
    write_private(path, &token)?;
    Ok(token)
}

/// Makes a file that only its owner reads, whole and on the disk or not at all. One that is there already stays.
pub fn write_new_private(path: &Path, text: &str) -> Result<(), AppError> {
    let what = format!("writing {}", path.display());
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}", std::process::id()));
    let part = Path::new(&part);
    write_private(part, text)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = std::fs::File::open(part)
        .and_then(|file| file.sync_all())
        .and_then(|()| match std::fs::hard_link(part, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        })
        .and_then(|()| std::fs::File::open(folder)?.sync_all());
    drop(std::fs::remove_file(part));
    written.map_err(AppError::machine(what))
}

/// Writes a file that only its owner reads.
pub fn write_private(path: &Path, text: &str) -> Result<(), AppError> {
    let what = format!("writing {}", path.display());
    let opened = std::fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(path);
    let mut file = opened.map_err(AppError::machine(what.clone()))?;
    file.write_all(text.as_bytes()).map_err(AppError::machine(what))
}
