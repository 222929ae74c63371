//! One transaction of PostgreSQL, driven from a blocking thread.

use std::sync::Arc;

use deadpool_postgres::Object;
use futures_util::future::{join, join_all};
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::dialect::Dialect;
use crate::error::DbError;
use crate::limits::PIPELINE_MAX;
use crate::stage::{self, Stage};
use crate::tx::{Question, Row, SqlValue, Statement, Tx};

/// A transaction; dropped without [`PgTx::commit`] it keeps nothing and its connection is closed.
pub(crate) struct PgTx {
    client: Option<Object>,
    handle: Handle,
    /// What begins it, where that is still to be sent: together with the first question.
    begin: Option<&'static str>,
    /// It only reads: nobody needs to wait for its end.
    reading: bool,
    /// An error after which nothing may be kept.
    pub(super) doom: Option<DbError>,
}

impl PgTx {
    /// One that writes. Begun before anything else is sent: a first write after a beginning that failed would be kept.
    pub(super) fn begin(client: Object, handle: Handle, begin: &str) -> Result<Self, DbError> {
        crate::replay::note_wait();
        handle.block_on(client.batch_execute(begin)).map_err(meaning)?;
        Ok(Self { client: Some(client), handle, begin: None, reading: false, doom: None })
    }

    /// One that only reads: its beginning goes with the first question, and its end is not waited for.
    pub(super) const fn reading(client: Object, handle: Handle, begin: &'static str) -> Self {
        Self { client: Some(client), handle, begin: Some(begin), reading: true, doom: None }
    }

    pub(super) fn commit(&mut self) -> Result<(), DbError> {
        let _inside = stage::enter(Stage::Commit);
        self.end("COMMIT")
    }

    pub(crate) fn rollback(&mut self) -> Result<(), DbError> {
        if !self.reading {
            return self.end("ROLLBACK");
        }
        let client = self.client.take().ok_or(DbError::Stopped)?;
        if self.begin.is_none() {
            // The connection goes back when the answer is there, so that the next user finds it as it should be.
            self.handle.spawn(async move {
                if client.batch_execute("ROLLBACK").await.is_err() {
                    drop(Object::take(client));
                }
            });
        }
        Ok(())
    }

    fn end(&mut self, command: &str) -> Result<(), DbError> {
        let client = self.client.as_ref().ok_or(DbError::Stopped)?;
        crate::replay::note_wait();
        self.handle.block_on(client.batch_execute(command)).map_err(meaning)?;
        self.client = None;
        Ok(())
    }

    /// Runs `work`, which is given what begins the transaction where that was not sent yet.
    fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&Object, Option<&'static str>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if let Some(doom) = &self.doom {
            return Err(doom.clone());
        }
        let client = self.client.as_ref().ok_or(DbError::Stopped)?;
        crate::replay::note_wait();
        let outcome = self.handle.block_on(work(client, self.begin.take()));
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
        self.run(async |client, begin| query(client, begin, sql, params).await)
    }

    fn queries(&mut self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, DbError> {
        for (sql, params) in questions {
            crate::replay::note_read(sql, params);
        }
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        self.run(async |client, mut begin| {
            let mut answers = Vec::with_capacity(questions.len());
            for part in questions.chunks(PIPELINE_MAX) {
                answers.extend(ask(client, begin.take(), part).await?);
            }
            Ok(answers)
        })
    }

    fn execute(&mut self, sql: &str, params: &[SqlValue]) -> Result<u64, DbError> {
        self.run(async |client, begin| {
            let statement =
                client.prepare_cached(&Dialect::Postgres.parameters(sql)).await.map_err(meaning)?;
            let params = refs(params);
            begun(client, begin, client.execute(&statement, &params)).await?.map_err(meaning)
        })
    }

    fn batch(&mut self, statements: &[Statement]) -> Result<(), DbError> {
        self.run(async |client, begin| {
            begun(client, begin, std::future::ready(())).await?;
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

/// Sends what begins the transaction, where that is still to be done, and what is asked, then reads both answers.
/// Futures are polled first in their order, and the first poll sends: so they arrive in order.
async fn begun<T>(
    client: &Object,
    begin: Option<&'static str>,
    asked: impl Future<Output = T>,
) -> Result<T, DbError> {
    let Some(begin) = begin else { return Ok(asked.await) };
    let (begun, answer) = join(client.batch_execute(begin), asked).await;
    begun.map_err(meaning)?;
    Ok(answer)
}

/// The rows of one read; in the transaction that `begin` begins, in the one that there is, or in one of its own.
pub(super) async fn query(
    client: &Object,
    begin: Option<&'static str>,
    sql: &str,
    params: &[SqlValue],
) -> Result<Vec<Row>, DbError> {
    let statement = client.prepare_cached(&Dialect::Postgres.parameters(sql)).await.map_err(meaning)?;
    let params = refs(params);
    let rows = begun(client, begin, client.query(&statement, &params)).await?;
    rows.map_err(meaning)?.iter().map(read).collect()
}

/// Sends all questions, then reads all answers, in order.
async fn ask(
    client: &Object,
    begin: Option<&'static str>,
    questions: &[Question<'_>],
) -> Result<Vec<Vec<Row>>, DbError> {
    let mut prepared = Vec::with_capacity(questions.len());
    for (sql, params) in questions {
        let text = Dialect::Postgres.parameters(sql);
        prepared.push((client.prepare_cached(&text).await.map_err(meaning)?, refs(params)));
    }
    let asked = join_all(prepared.iter().map(|(statement, params)| client.query(statement, params)));
    let mut answers = Vec::with_capacity(questions.len());
    for rows in begun(client, begin, asked).await? {
        answers.push(rows.map_err(meaning)?.iter().map(read).collect::<Result<_, _>>()?);
    }
    Ok(answers)
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
