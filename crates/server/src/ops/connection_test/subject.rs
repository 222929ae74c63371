//! What is tested: an account as it is saved, or as somebody is about to save it.

use rejoinder_engine::account::{Account, EMAIL_ACCOUNT, PASSWORD};
use rejoinder_engine::dictionary::TableInfo;
use rejoinder_engine::draft::ChangeError;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::value::Value;
use rejoinder_engine::view::View;
use rejoinder_wire::endpoint::Login;

use crate::app::App;
use crate::connection::login;
use crate::error::AppError;

/// An account to test.
pub struct Subject {
    pub(super) account: Account,
    /// Given with the values; the saved one is used otherwise.
    password: Option<rejoinder_wire::endpoint::Secret>,
}

impl Subject {
    /// The saved account of this id, or of this name.
    pub fn saved(app: &App, name: &str) -> Result<Self, AppError> {
        let config = app.config()?;
        let account = config.account_called(name).cloned();
        let account = account.ok_or_else(|| AppError::NotFound { what: "account", name: name.to_owned() })?;
        Ok(Self { account, password: None })
    }

    /// A saved account.
    pub const fn of(account: Account) -> Self {
        Self { account, password: None }
    }

    /// An account that is not saved: a new one of `table`, or the saved one of `id` with these values in place of its
    /// own. Fields that are not named have their defaults, or the saved values.
    pub fn given(app: &App, table: &str, id: Option<Id>, mut fields: Fields) -> Result<Self, AppError> {
        let config = app.config()?;
        let dictionary = &config.dictionary;
        let info = dictionary.table(table).filter(|_| dictionary.is_a(table, EMAIL_ACCOUNT));
        let info = info.ok_or_else(|| {
            AppError::Refused(format!("`{table}` holds no accounts: test those of email_account or mailbox"))
        })?;
        let password = match fields.remove(PASSWORD) {
            Some(Value::Text(text)) if !text.is_empty() => Some(rejoinder_wire::endpoint::Secret::new(text)),
            Some(_) => Some(rejoinder_wire::endpoint::Secret::new("")),
            None => None,
        };
        let mut record = match id {
            Some(id) => saved(app, table, id)?,
            None => blank(info, app)?,
        };
        for (field, value) in fields {
            record.set(&field, value);
        }
        Ok(Self { account: Account::read(dictionary, &record), password })
    }

    /// Whether the saved password would be told to another server, or less protected, than the saved account says.
    pub fn moves_saved_password(&self, app: &App) -> Result<bool, AppError> {
        let config = app.config()?;
        let Some(saved) = config.accounts.get(&self.account.id) else { return Ok(false) };
        let servers = |account: &Account| {
            let receives = account.receives.as_ref().map(|how| how.server.clone());
            (receives, account.sends.as_ref().map(|how| how.server.clone()))
        };
        let tells = self.password.is_none() && self.account.password.is_some();
        Ok(tells && servers(saved) != servers(&self.account))
    }

    /// Who logs in.
    pub(super) fn login(&self, app: &App) -> Result<Option<Login>, Why> {
        match (&self.password, &self.account.user) {
            (Some(password), Some(user)) => Ok(Some(Login::new(user.clone(), password.expose()))),
            _ => login(app, &self.account),
        }
    }
}

fn saved(app: &App, table: &str, id: Id) -> Result<Record, AppError> {
    let found = app.store.view()?.get(table, id)?;
    found.ok_or_else(|| AppError::NotFound { what: "account", name: id.to_string() })
}

/// A record of defaults, under an id that nobody has.
fn blank(info: &TableInfo, app: &App) -> Result<Record, AppError> {
    let id = app.env.seed()?.id("connection test", app.env.now());
    let mut record = Record { table: info.table.name.clone(), id, version: 0, fields: Fields::new() };
    for field in info.fields.values() {
        let Some(default) = &field.default else { continue };
        let value = Value::parse(field.kind, default).map_err(|error| ChangeError::Field {
            table: info.table.name.clone(),
            field: field.name.clone(),
            code: "bad_value",
            rule: error.to_string(),
        })?;
        record.set(&field.name, value);
    }
    Ok(record)
}
