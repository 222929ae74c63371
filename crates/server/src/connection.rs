//! From an account to what the network crate needs: where to connect, how it is protected, whom to believe, who logs
//! in. Opens no connection itself.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use rejoinder_engine::account::{Account, Security as Asked, Server};
use rejoinder_engine::plan::Why;
use rejoinder_wire::endpoint::{Endpoint, Login, Security, Trust};

use crate::app::App;
use crate::error::AppError;

/// The certificate authorities that servers are checked with: the system's, and further ones of this installation.
/// The system's are read when the first connection needs them.
#[derive(Default)]
pub struct Authorities {
    further: Vec<Vec<u8>>,
    trust: OnceLock<Trust>,
}

impl Authorities {
    /// The system's and those in `files`, each PEM or DER. A file without one is an error that names it.
    pub fn read(files: &[PathBuf]) -> Result<Self, AppError> {
        let mut further = Vec::with_capacity(files.len());
        for file in files {
            let reading = format!("reading the certificate authorities in {}", file.display());
            let bytes = std::fs::read(file).map_err(AppError::machine(reading))?;
            Trust::only([&bytes]).map_err(|error| {
                AppError::Refused(format!("{} holds no certificate authority: {error}", file.display()))
            })?;
            further.push(bytes);
        }
        Ok(Self { further, trust: OnceLock::new() })
    }

    fn trust(&self) -> Trust {
        let read = || {
            Trust::new(&self.further).unwrap_or_else(|error| {
                tracing::error!(%error, "a further certificate authority cannot be used");
                Trust::nobody()
            })
        };
        self.trust.get_or_init(read).clone()
    }
}

/// How a connection is protected.
pub const fn security(asked: Asked) -> Security {
    match asked {
        Asked::None => Security::None,
        Asked::StartTls => Security::StartTls,
        Asked::Tls => Security::Tls,
    }
}

/// Where an account connects to; each step of a conversation may take `timeout`.
pub fn endpoint(app: &App, server: &Server, timeout: Duration) -> Endpoint {
    let security = security(server.security);
    // Reading the system's authorities costs some milliseconds, which a connection in the clear does not need.
    let trust = if security == Security::None { Trust::nobody() } else { app.authorities.trust() };
    let (host, port) = (server.host.clone(), server.port);
    Endpoint { host, port, security, trust, verify: server.verify, timeout, egress: app.egress }
}

/// Who logs in; `None` where the account names no user. The password is decrypted here and lives as long as the
/// answer.
pub fn login(app: &App, account: &Account) -> Result<Option<Login>, Why> {
    let Some(user) = &account.user else { return Ok(None) };
    let password =
        app.secrets.password(account).map_err(|error| Why::new(error.code(), error.to_string()))?;
    let secret = password.as_ref().map_or("", |password| password.expose());
    Ok(Some(Login::new(user.clone(), secret)))
}

/// The name this server gives itself to others: the domain that the account sends from.
pub fn helo(account: &Account) -> &str {
    account.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}
