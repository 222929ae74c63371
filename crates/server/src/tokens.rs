//! API tokens: made here, kept as digests, written for their owner into a file that only they can read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::Record;
use rejoinder_engine::request::Change;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::AppError;
use crate::ops::change::{Asked, change, change_asked};

/// What tokens begin with, so that one that leaks is recognised.
const PREFIX: &str = "rj_";

/// The digest under which a token is kept.
pub fn digest(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// What a token is to be.
pub struct NewToken<'a> {
    /// Who makes it.
    pub actor: Actor,
    /// Its name.
    pub name: &'a str,
    /// As whom it acts.
    pub user: Id,
    /// What it is for; for everything that its user may where there is none.
    pub scopes: Vec<String>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// The identity of the request, where it may be repeated.
    pub request: Option<Id>,
}

/// Makes a token that acts as `user` and may all that they may.
pub fn make(app: &App, name: &str, user: Id) -> Result<String, AppError> {
    let new =
        NewToken { actor: Actor::system(), name, user, scopes: Vec::new(), expires_at: None, request: None };
    make_for(app, new).map(|(token, _)| token)
}

/// Makes a token; gives it with its record.
pub fn make_for(app: &App, new: NewToken<'_>) -> Result<(String, Record), AppError> {
    let random = app.env.seed()?.bytes();
    let token = format!("{PREFIX}{}", data_encoding::BASE32_NOPAD.encode(&random).to_ascii_lowercase());
    let digest = Value::text(digest(&token));
    let fields = [
        ("name".to_owned(), Value::text(new.name)),
        ("user".to_owned(), Value::Ref(new.user)),
        ("digest".to_owned(), digest.clone()),
        ("active".to_owned(), Value::Bool(true)),
        ("scopes".to_owned(), Value::list(new.scopes)),
        ("expires_at".to_owned(), new.expires_at.map_or(Value::Null, Value::Time)),
    ];
    let insert = Change::Insert { table: "api_token".to_owned(), id: None, fields: fields.into() };
    let asked = Asked { id: new.request, ..Asked::new(new.actor.clone(), vec![insert]) };
    let made = change_asked(app, asked)?.into_iter().next();
    let made = made.ok_or_else(|| AppError::NotFound { what: "token", name: new.name.to_owned() })?;
    if *made.get("digest") == digest {
        return Ok((token, made));
    }
    // An earlier try of the same request made it and could not tell: what it is called by is given anew.
    let update = Change::Update { key: made.key(), fields: [("digest".to_owned(), digest)].into() };
    let changed = change(app, new.actor, vec![update])?.into_iter().next();
    Ok((token, changed.unwrap_or(made)))
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
