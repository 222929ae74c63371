//! What decisions are configured by: the dictionary, the configuration generation, signing keys, and all records
//! of a configuration table.

use rejoinder_engine::condition::Condition;
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::record::Record;
use rejoinder_engine::time::Timestamp;

use crate::condition::matching;
use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::record;
use crate::tx::{Question, Row, SqlValue, Statement, Tx};

/// A key that signs tokens and Message-IDs.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name, written into what it signs.
    pub id: String,
    /// The secret.
    pub secret: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it only checks; `None` while it signs.
    pub retired_at: Option<Timestamp>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("retired_at", &self.retired_at)
            .finish_non_exhaustive()
    }
}

/// The definitions of all tables, by name.
pub(crate) fn tables(tx: &mut dyn Tx) -> Result<Vec<Table>, StoreError> {
    let rows = tx.query("SELECT definition FROM dictionary_table ORDER BY name", &[])?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.text(0)?)?)).collect()
}

/// How often the dictionary was written.
pub(crate) fn dictionary_generation(tx: &mut dyn Tx) -> Result<i64, DbError> {
    Ok(number(tx, "dictionary_generation")?.unwrap_or(0))
}

/// Raises a number of the installation by one.
pub(crate) fn raise(name: &'static str) -> Statement {
    Statement::new(
        "INSERT INTO meta (name, value) VALUES (?1, '1') ON CONFLICT (name) \
         DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
        vec![name.into()],
    )
    .rows(1)
}

/// Keeps a text of the installation.
pub(crate) fn set(name: &'static str, value: &str) -> Statement {
    Statement::new(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        vec![name.into(), value.into()],
    )
    .rows(1)
}

/// How often the configuration was written; the guard of everything that was decided with it.
pub(crate) fn generation(tx: &mut dyn Tx) -> Result<i64, DbError> {
    Ok(number(tx, CONFIGURATION)?.unwrap_or(0))
}

/// Both generations at once: of the configuration, of the dictionary.
pub(crate) fn generations(tx: &mut dyn Tx) -> Result<(i64, i64), DbError> {
    let sql = "SELECT name, CAST(value AS BIGINT) FROM meta \
         WHERE name IN ('configuration_generation', 'dictionary_generation')";
    let (mut configuration, mut dictionary) = (0, 0);
    for row in tx.query(sql, &[])? {
        let place = if row.text(0)? == CONFIGURATION { &mut configuration } else { &mut dictionary };
        *place = row.int(1)?;
    }
    Ok((configuration, dictionary))
}

const CONFIGURATION: &str = "configuration_generation";
const NUMBER: &str = "SELECT CAST(value AS BIGINT) FROM meta WHERE name = ?1";

/// What asks for the generation of the configuration, to be asked together with others.
pub(crate) fn generation_asked() -> Question<'static> {
    (NUMBER.into(), vec![CONFIGURATION.into()])
}

/// The generation that the answer to [`generation_asked`] says.
pub(crate) fn generation_in(rows: &[Row]) -> Result<i64, DbError> {
    rows.first().map_or(Ok(0), |row| row.int(0))
}

fn number(tx: &mut dyn Tx, name: &str) -> Result<Option<i64>, DbError> {
    let rows = tx.query(NUMBER, &[name.into()])?;
    rows.first().map(|row| row.int(0)).transpose()
}

impl Store {
    /// The definitions of all tables, by name.
    pub fn load_tables(&self) -> Result<Vec<Table>, StoreError> {
        self.read(tables)
    }

    /// How often the configuration was written; the guard of everything that was decided with it.
    pub fn configuration_generation(&self) -> Result<i64, StoreError> {
        let (sql, params) = generation_asked();
        Ok(generation_in(&self.query(&sql, &params)?)?)
    }

    /// All records of a configuration table and those that extend it, in the order of their ids.
    pub fn records_of(&self, table: &str) -> Result<Vec<Record>, StoreError> {
        let schema = self.dictionary();
        let root = schema.root_of(table).ok_or_else(|| StoreError::NoSuchField(table.to_owned()))?;
        let rows = self.read(|tx| {
            let mut params = Vec::new();
            let matching = matching(tx.dialect(), &schema, table, &Condition::always(), &mut params)
                .map_err(StoreError::BadCondition)?;
            let sql = format!("{}{matching} ORDER BY r.sys__id", root.select);
            Ok::<_, StoreError>(tx.query(&sql, &params)?)
        })?;
        rows.into_iter().map(|row| record::read(root, row)).collect()
    }

    /// All signing keys, oldest first.
    pub fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        let sql = "SELECT id, secret, created_at, retired_at FROM signing_key ORDER BY created_at, id";
        let rows = self.read(|tx| tx.query(sql, &[]))?;
        let keys = rows.iter().map(|row| {
            let (id, secret) = (row.text(0)?, row.blob(1)?);
            Ok(SigningKey { id, secret, created_at: row.time(2)?, retired_at: row.opt_time(3)? })
        });
        keys.collect()
    }

    /// Adds a key that signs from now on; those before only check any more. Decisions made with the old ones are
    /// made again.
    pub fn add_signing_key(&self, id: &str, secret: &[u8], now: Timestamp) -> Result<(), StoreError> {
        let retire = Statement::new(
            "UPDATE signing_key SET retired_at = ?1 WHERE retired_at IS NULL",
            vec![now.into()],
        );
        let add = Statement::new(
            "INSERT INTO signing_key (id, secret, created_at, retired_at) VALUES (?1, ?2, ?3, NULL)",
            vec![id.into(), secret.to_vec().into(), now.into()],
        )
        .rows(1);
        let batch = [retire, add, raise("configuration_generation")];
        self.write(move |tx| Ok(tx.batch(&batch)?))
    }

    /// What is known of this installation under `name`, such as its identity.
    pub fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let rows = self.read(|tx| tx.query("SELECT value FROM meta WHERE name = ?1", &[name.into()]))?;
        Ok(rows.first().map(|row| row.text(0)).transpose()?)
    }

    /// Keeps `value` under `name` for this installation, unless there is one already; what is kept then.
    pub fn set_meta_once(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let params: Vec<SqlValue> = vec![name.into(), value.into()];
        self.write(move |tx| {
            tx.execute(
                "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
                &params,
            )?;
            let rows =
                tx.query("SELECT value FROM meta WHERE name = ?1", params.get(..1).unwrap_or_default())?;
            Ok(rows.first().ok_or(DbError::Stopped)?.text(0)?)
        })
    }

    /// Whether the database answers.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.read(|tx| tx.query("SELECT 1", &[]).map(|_| ())).map_err(|error: DbError| error.into())
    }
}
