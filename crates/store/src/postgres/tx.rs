//! One transaction of PostgreSQL, driven from a blocking thread.

use std::sync::Arc;

use deadpool_postgres::Object;
use futures_util::future::join_all;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::dialect::Dialect;
use crate::error::DbError;
use crate::limits::PIPELINE_MAX;
use crate::stage::{self, Stage};
use crate::tx::{Row, SqlValue, Statement, Tx};

/// A transaction; dropped without [`PgTx::commit`] it keeps nothing and its connection is closed.
pub(crate) struct PgTx {
    client: Option<Object>,
    handle: Handle,
    /// An error after which nothing may be kept.
    pub(super) doom: Option<DbError>,
}

impl PgTx {
    pub(super) fn begin(client: Object, handle: Handle, begin: &str) -> Result<Self, DbError> {
        handle.block_on(client.batch_execute(begin)).map_err(meaning)?;
        Ok(Self { client: Some(client), handle, doom: None })
    }

    pub(super) fn commit(&mut self) -> Result<(), DbError> {
        let _inside = stage::enter(Stage::Commit);
        self.end("COMMIT")
    }

    pub(crate) fn rollback(&mut self) -> Result<(), DbError> {
        self.end("ROLLBACK")
    }

    fn end(&mut self, command: &str) -> Result<(), DbError> {
        let client = self.client.as_ref().ok_or(DbError::Stopped)?;
        self.handle.block_on(client.batch_execute(command)).map_err(meaning)?;
        self.client = None;
        Ok(())
    }

    fn run<T>(&mut self, work: impl AsyncFnOnce(&Object) -> Result<T, DbError>) -> Result<T, DbError> {
        if let Some(doom) = &self.doom {
            return Err(doom.clone());
        }
        let client = self.client.as_ref().ok_or(DbError::Stopped)?;
        let outcome = self.handle.block_on(work(client));
        // PostgreSQL refuses everything after an error, and would answer COMMIT with a rollback that looks fine.
        if let Err(error) = &outcome
            && !matches!(error, DbError::Rows { .. } | DbError::Column { .. })
        {
            self.doom = Some(error.clone());
        }
        outcome
    }
}

impl Drop for PgTx {
    fn drop(&mut self) {
        // The state of the transaction is unknown here, so that the connection is not given to the next user.
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Tx for PgTx {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        crate::replay::note_read(sql, params);
        self.run(async |client| {
            let statement =
                client.prepare_cached(&Dialect::Postgres.parameters(sql)).await.map_err(meaning)?;
            let rows = client.query(&statement, &refs(params)).await.map_err(meaning)?;
            rows.iter().map(read).collect()
        })
    }

    fn execute(&mut self, sql: &str, params: &[SqlValue]) -> Result<u64, DbError> {
        self.run(async |client| {
            let statement =
                client.prepare_cached(&Dialect::Postgres.parameters(sql)).await.map_err(meaning)?;
            client.execute(&statement, &refs(params)).await.map_err(meaning)
        })
    }

    fn batch(&mut self, statements: &[Statement]) -> Result<(), DbError> {
        self.run(async |client| {
            for (piece, part) in statements.chunks(PIPELINE_MAX).enumerate() {
                pipeline(client, part, piece * PIPELINE_MAX).await?;
            }
            Ok(())
        })
    }

    fn doom(&mut self, error: &DbError) {
        self.doom = Some(error.clone());
    }
}

/// Sends all statements, then reads all answers. Futures are polled first in their order, and the first poll
/// sends: so the statements arrive in order.
async fn pipeline(client: &Object, statements: &[Statement], first: usize) -> Result<(), DbError> {
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in statements {
        let text = Dialect::Postgres.parameters(&statement.sql);
        let params = refs(&statement.params);
        prepared.push((client.prepare_cached(&text).await.map_err(meaning)?, params, statement.expect));
    }
    let answers =
        join_all(prepared.iter().map(|(statement, params, _)| client.execute(statement, params))).await;
    for (place, (answer, (_, _, expect))) in answers.into_iter().zip(&prepared).enumerate() {
        expect.check(first + place, answer.map_err(meaning)?)?;
    }
    Ok(())
}

fn refs(params: &[SqlValue]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| -> &(dyn ToSql + Sync) { param }).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let values = row.columns().iter().enumerate().map(|(place, column)| {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(place).map(SqlValue::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(place).map(|value| value.map(i64::from).into()),
            Type::BOOL => row.try_get::<_, Option<bool>>(place).map(SqlValue::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place).map(SqlValue::from),
            _ => row.try_get::<_, Option<String>>(place).map(SqlValue::from),
        };
        value.map_err(meaning)
    });
    values.collect::<Result<_, _>>().map(Row)
}

impl ToSql for SqlValue {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Self::Text(text) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Self::Blob(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            _ => Err(format!("a parameter of another kind than {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What an error of PostgreSQL means for the transaction. Its `DETAIL` quotes values and is not kept.
pub(super) fn meaning(error: tokio_postgres::Error) -> DbError {
    let Some(answer) = error.as_db_error() else {
        let broken =
            std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
        return if broken || error.is_closed() {
            DbError::Unreachable(Arc::new(error))
        } else {
            DbError::Sql(Arc::new(error))
        };
    };
    let code = answer.code();
    if *code == SqlState::QUERY_CANCELED {
        return DbError::TooLong;
    }
    let in_the_way =
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE];
    if in_the_way.contains(code) {
        DbError::Retry(Arc::new(error))
    } else if *code == SqlState::UNIQUE_VIOLATION {
        unique_violation(answer)
    } else if *code == SqlState::DISK_FULL || *code == SqlState::OUT_OF_MEMORY || *code == SqlState::IO_ERROR
    {
        DbError::Group(Arc::new(error))
    } else if [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW]
        .contains(code)
    {
        DbError::Unreachable(Arc::new(error))
    } else {
        DbError::Sql(Arc::new(Refusal { code: code.code().to_owned(), message: answer.message().to_owned() }))
    }
}

/// The columns are in `DETAIL: Key (a, b)=(…) already exists.`, in whatever language; the index's name otherwise.
fn unique_violation(answer: &tokio_postgres::error::DbError) -> DbError {
    let columns = answer.detail().and_then(|detail| {
        let (_, rest) = detail.split_once('(')?;
        rest.split_once(")=").map(|(columns, _)| columns.replace('"', ""))
    });
    let field = columns.or_else(|| answer.constraint().map(str::to_owned)).unwrap_or_default();
    DbError::Unique { table: answer.table().unwrap_or_default().to_owned(), field }
}

/// What PostgreSQL says, without the details that may quote a value.
#[derive(Debug, thiserror::Error)]
#[error("{message} (SQLSTATE {code})")]
struct Refusal {
    code: String,
    message: String,
}
