//! What callers may do with records: the access rules of the configuration, asked for them.
//!
//! Operations about mail, queues and the program itself are for agents and administrators ([`Caller`]); records are for
//! everybody whom a rule lets. Must not know how somebody was recognised.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use rejoinder_engine::access::{Grant, Operation};
use rejoinder_engine::account::EMAIL_ACCOUNT;
use rejoinder_engine::condition::{Condition, RECORD_FIELD};
use rejoinder_engine::config::Config;
use rejoinder_engine::dictionary::{Field, TableInfo};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::Record;

use super::super::error::{ACCESS_HINT, ApiError, ErrorCode};
use super::super::state::ApiState;
use super::scopes::holds;
use super::who::{Caller, Way, asking, has};

/// The table of tokens: administrators alone may read it.
pub(super) const TOKENS: &str = "api_token";
/// Tables beside the configuration that say who somebody is and what they may do.
pub(super) const PEOPLE: [&str; 4] = ["user", "user_address", "group", "group_member"];

impl Caller {
    /// What they may do with records whose most specific table is `info`.
    pub(in crate::api) fn grant(&self, config: &Config, operation: Operation, info: &TableInfo) -> Grant {
        config.access.records(&config.dictionary, self.rights(), operation, info)
    }

    /// What they may read of a field.
    fn field(&self, config: &Config, info: &TableInfo, field: &Field) -> Grant {
        config.access.field(&config.dictionary, self.rights(), Operation::Read, info, field)
    }

    /// Refuses a caller who may do this with no record of `table`. The record itself is looked at when it is known.
    pub(in crate::api) fn may(
        &self,
        config: &Config,
        operation: Operation,
        table: &str,
    ) -> Result<(), ApiError> {
        let tables = config.dictionary.with_extending(table);
        let mut infos = tables.iter().filter_map(|name| config.dictionary.table(name));
        if infos.any(|info| self.grant(config, operation, info) != Grant::None) {
            return Ok(());
        }
        let text = format!("no access rule lets you {} records of `{table}`", operation.word());
        Err(ApiError::new(ErrorCode::Forbidden, text).hint(ACCESS_HINT))
    }

    /// Refuses a caller who may see no record of `table`.
    pub(in crate::api) fn may_read(&self, config: &Config, table: &str) -> Result<(), ApiError> {
        self.may(config, Operation::Read, table)
    }

    /// Refuses a caller who may change no record of `table`.
    pub(in crate::api) fn may_write(&self, config: &Config, table: &str) -> Result<(), ApiError> {
        self.may(config, Operation::Update, table)
    }

    /// Whether they may see the record.
    pub(in crate::api) fn sees(
        &self,
        config: &Config,
        reads: &Reads<'_>,
        record: &Record,
    ) -> Result<bool, ApiError> {
        let Some(info) = config.dictionary.table(&record.table) else { return Ok(false) };
        Ok(self.grant(config, Operation::Read, info).covers(reads, record)?)
    }

    /// The condition that the records of `table` and those that extend it fulfil which they may see.
    pub(in crate::api) fn visible(&self, config: &Config, table: &str) -> Condition {
        config.access.visible(&config.dictionary, self.rights(), table)
    }

    /// Whether they may see every record of `table`.
    pub(in crate::api) fn sees_all(&self, config: &Config, table: &str) -> bool {
        self.visible(config, table) == Condition::always()
    }

    /// The fields that they may not read in every record, with what they may.
    pub(in crate::api) fn narrowed(&self, config: &Config, info: &TableInfo) -> Vec<(String, Grant)> {
        let all = info.fields.values().map(|field| (field.name.clone(), self.field(config, info, field)));
        all.filter(|(_, grant)| *grant != Grant::All).collect()
    }

    /// Whether what they may read of some field depends on the record, so that its other fields are needed to tell.
    pub(in crate::api) fn is_asked_each(&self, config: &Config, table: &str) -> bool {
        let tables = config.dictionary.with_extending(table);
        let mut infos = tables.iter().filter_map(|name| config.dictionary.table(name));
        infos
            .any(|info| self.narrowed(config, info).iter().any(|(_, grant)| matches!(grant, Grant::Where(_))))
    }

    /// Refuses to ask or sort by what they may not read in every record: the answer would tell it.
    pub(in crate::api) fn may_ask(
        &self,
        config: &Config,
        table: &str,
        condition: &Condition,
        order: &[(String, bool)],
    ) -> Result<(), ApiError> {
        let own = |field: &str| self.may_ask_field(config, table, field);
        order.iter().try_for_each(|(field, _)| own(field))?;
        for related in condition.clauses().iter().filter_map(|clause| clause.related.as_ref()) {
            self.may_read(config, &related.table)?;
            self.may_ask_field(config, &related.table, &related.field.field)?;
            self.may_ask(config, &related.table, &related.condition, &[])?;
        }
        for step in condition
            .clauses()
            .iter()
            .filter(|clause| clause.texts.is_some())
            .filter_map(|clause| clause.path.last())
        {
            let target = step.table.as_deref().filter(|_| step.field != RECORD_FIELD);
            target.map_or(Ok(()), |target| self.may_ask_records(config, target, "texts"))?;
        }
        for hierarchy in condition.clauses().iter().filter_map(|clause| clause.hierarchy.as_ref()) {
            self.may_ask_records(config, &hierarchy.table, &hierarchy.by.field)?;
            self.may_ask_field(config, &hierarchy.table, &hierarchy.by.field)?;
        }
        for path in condition.clauses().iter().flat_map(|clause| clause.paths()) {
            let mut current = table;
            for (place, step) in path.iter().enumerate() {
                if place > 0 {
                    self.may_ask_records(config, current, &step.field)?;
                }
                self.may_ask_field(config, current, &step.field)?;
                current = step.table.as_deref().unwrap_or(current);
            }
        }
        Ok(())
    }

    /// The condition as this caller asks it: related records that they may not see are not counted, and words are not
    /// looked for in fields that they may not read of every record.
    pub(in crate::api) fn narrow(&self, config: &Config, mut condition: Condition) -> Condition {
        condition.keep_texts(&|table, field| self.may_ask_field(config, table, field).is_ok());
        for clause in condition.clauses_mut() {
            if let Some(related) = &mut clause.related {
                let visible = self.visible(config, &related.table);
                if visible != Condition::always() {
                    let own = std::mem::replace(related.condition.as_mut(), Condition::always());
                    *related.condition = Condition::All(vec![own, visible]);
                }
            }
        }
        condition
    }

    fn may_ask_field(&self, config: &Config, table: &str, field: &str) -> Result<(), ApiError> {
        let tables = config.dictionary.with_extending(table);
        let mut infos = tables.iter().filter_map(|name| config.dictionary.table(name));
        let narrowed = infos
            .any(|info| info.field(field).is_some_and(|field| self.field(config, info, field) != Grant::All));
        if !narrowed {
            return Ok(());
        }
        let text =
            format!("you may not read `{table}.{field}` of every record, so lists cannot be asked for it");
        Err(ApiError::new(ErrorCode::Forbidden, text).about(table, field).hint(ACCESS_HINT))
    }

    fn may_ask_records(&self, config: &Config, table: &str, field: &str) -> Result<(), ApiError> {
        let all = self.sees_all(config, table);
        let text =
            format!("you may not read every record of `{table}`, so lists cannot be asked for its `{field}`");
        if all { Ok(()) } else { Err(ApiError::new(ErrorCode::Forbidden, text).hint(ACCESS_HINT)) }
    }

    /// Whether their way in is for this, too: a token with scopes is only for those that it names.
    pub(in crate::api) fn has_scope(&self, scope: &str) -> bool {
        match self.way() {
            Way::Session(_) => true,
            Way::Token(token) => {
                let held = token.get("scopes").items();
                held.is_empty() || holds(held, scope)
            }
        }
    }

    /// Refuses everybody but administrators.
    pub(in crate::api) fn must_be_admin(&self, what: &str) -> Result<(), ApiError> {
        if self.is_admin() { Ok(()) } else { Err(admins_only(what)) }
    }
}

fn admins_only(what: &str) -> ApiError {
    ApiError::new(ErrorCode::Forbidden, format!("{what} by administrators only"))
}

/// Whoever may test connections: an active user with the role `admin` or `email_admin`.
#[derive(Debug, Clone)]
pub(in crate::api) struct MailAdmin(pub(in crate::api) Caller);

impl MailAdmin {
    /// Whether they may also write accounts, and so could have a saved password told to any server.
    pub(in crate::api) fn writes_accounts(&self, config: &Config) -> bool {
        let info = config.dictionary.table(EMAIL_ACCOUNT);
        info.is_some_and(|info| self.0.grant(config, Operation::Update, info) == Grant::All)
    }
}

impl FromRequestParts<ApiState> for MailAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        asking(parts, state, |user| has(user, "admin") || has(user, "email_admin")).await.map(Self)
    }
}
