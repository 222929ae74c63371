//! The demonstration: mailboxes that the program keeps itself, and a script that plays and
//! checks the whole scenario.
//!
//! Only for the demo: `serve` knows nothing of it. The script sees the program as anybody else does,
//! through its ports.

pub mod mailboxes;
pub mod script;
mod welcome;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::View;

pub use mailboxes::{MailboxSummary, Mailboxes, StoredMail};
pub use script::{Failure, play};
pub use welcome::welcome;

use crate::app::App;
use crate::error::AppError;
use crate::ops::passwords;
use crate::serve::TOKEN_FILE;
use crate::tokens;

/// The file in the data folder with the token of the demo's agent.
const AGENT_TOKEN_FILE: &str = "agent.token";

/// The address of the demo's agent, as the demo pack has it.
pub const AGENT: &str = "boris@example.com";

/// Where a running demo is.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where it takes mail by SMTP.
    pub smtp: SocketAddr,
    /// Where its API and its page are.
    pub http: SocketAddr,
    /// With what one gets in.
    pub tokens: Tokens,
    /// Where it keeps everything.
    pub data: PathBuf,
}

/// The API tokens of the demo's people.
#[derive(Clone)]
pub struct Tokens {
    /// Of the administrator.
    pub admin: String,
    /// Of the agent, see [`AGENT`].
    pub agent: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// The password of everybody in the demo, who can be signed in from this machine alone.
pub const PASSWORD: &str = "demo";
/// Who has it.
const PEOPLE: [&str; 4] = ["people/anna", "people/vera", "people/boris", "people/admin"];

/// Gives the demo's people their password where they have none. Where the page can be reached from elsewhere, nobody
/// keeps it.
pub fn passwords(app: &App, on_loopback: bool) -> Result<(), AppError> {
    let view = app.store.view()?;
    let mut known = Vec::new();
    for person in PEOPLE {
        known.extend(view.get(passwords::USERS, record_id("demo", person))?);
    }
    drop(view);
    // One salt for all: what everybody is told needs none.
    let mut digest = None;
    for user in known {
        let kept = passwords::digest_of(&user);
        if on_loopback && kept.is_none() {
            let digest = match &digest {
                Some(digest) => String::clone(digest),
                None => digest.insert(passwords::digest(app, PASSWORD)?).clone(),
            };
            passwords::keep(app, Actor::system(), user.id, Value::text(digest))?;
        } else if !on_loopback && passwords::fits(PASSWORD, kept) {
            passwords::keep(app, Actor::system(), user.id, Value::Null)?;
        }
    }
    Ok(())
}

/// The tokens kept in the data folder; made where they are missing.
pub fn tokens(app: &App, data: &Path) -> Result<Tokens, AppError> {
    let admin =
        tokens::kept_in(app, &data.join(TOKEN_FILE), "Administrator", record_id("core", "people/admin"))?;
    let boris = record_id("demo", "people/boris");
    let agent = tokens::kept_in(app, &data.join(AGENT_TOKEN_FILE), "Agent of the demo", boris)?;
    Ok(Tokens { admin, agent })
}
