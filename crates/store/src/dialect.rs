//! What differs between SQLite and PostgreSQL, one function per difference. Everything else is written once.

use std::borrow::Cow;

use rejoinder_engine::condition::Part;

/// Which database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3, STRICT tables.
    Sqlite,
    /// PostgreSQL 13 or later.
    Postgres,
}

impl Dialect {
    /// The statement with this database's parameters: `?1` is `$1` in PostgreSQL.
    ///
    /// Texts in quotes are not looked for: no statement of ours writes `?` and a digit in one.
    pub fn parameters(self, sql: &str) -> Cow<'_, str> {
        if self == Self::Sqlite || !sql.contains('?') {
            return Cow::Borrowed(sql);
        }
        let mut text = String::with_capacity(sql.len());
        let mut rest = sql.chars().peekable();
        while let Some(c) = rest.next() {
            let parameter = c == '?' && rest.peek().is_some_and(char::is_ascii_digit);
            text.push(if parameter { '$' } else { c });
        }
        Cow::Owned(text)
    }

    /// After a `SELECT` that claims rows: passes over rows that another transaction claims just now. SQLite has
    /// one writer, so that there is none.
    pub const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// After a `SELECT`: others that want these rows wait until this transaction ends. SQLite has one writer.
    pub const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// In an `UPDATE` of a queue's own rows: the place after all others that it ever had.
    pub const fn last_place(self) -> &'static str {
        match self {
            Self::Sqlite => "(SELECT MAX(l.seq) + 1 FROM event l)",
            Self::Postgres => "DEFAULT",
        }
    }

    /// The type of integers, times and booleans.
    pub const fn integer(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
            Self::Postgres => "BIGINT",
        }
    }

    /// A parameter as a text that is compared by its bytes, where nothing else says what it is.
    pub fn text_parameter(self, place: &str) -> String {
        match self {
            Self::Sqlite => format!("CAST({place} AS TEXT)"),
            Self::Postgres => format!("(CAST({place} AS TEXT) COLLATE \"C\")"),
        }
    }

    /// The type of texts, compared by their bytes.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres => "TEXT COLLATE \"C\"",
        }
    }

    /// After a column of an index: a missing value comes first, as lists want it. SQLite has it so, and takes no word.
    pub const fn nulls_first(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " NULLS FIRST",
        }
    }

    /// Before a definition: gives up soon instead of holding up every reader behind a lock that is waited for; the
    /// transaction is then run again.
    pub const fn limit_waiting_for_locks(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SET LOCAL lock_timeout = '2s'"),
        }
    }

    /// Waits until no other node does the same in its transaction; nothing where there is one process.
    pub const fn lock_alone(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT CAST(pg_advisory_xact_lock(8245930617) AS TEXT)"),
        }
    }

    /// The columns of the view `?1` in their order, where a view can be replaced without losing the rights that were
    /// given on it; where it cannot, it is made anew.
    pub const fn view_columns(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(
                "SELECT CAST(c.attname AS text) FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid \
                 WHERE t.relname = CAST(?1 AS text) AND t.relkind = 'v' AND c.attnum > 0 AND NOT c.attisdropped \
                 AND t.relnamespace = CAST(current_schema() AS regnamespace) ORDER BY c.attnum",
            ),
        }
    }

    /// What ends a table's definition.
    pub const fn strict(self) -> &'static str {
        match self {
            Self::Sqlite => " STRICT",
            Self::Postgres => "",
        }
    }

    /// Whether the text `haystack` holds the text `needle`.
    pub fn holds(self, haystack: &str, needle: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({haystack}, {needle}) > 0"),
            Self::Postgres => format!("strpos({haystack}, {needle}) > 0"),
        }
    }

    /// Whether the JSON array of texts in `list` holds exactly the text `item`.
    pub fn list_holds(self, list: &str, item: &str) -> String {
        match self {
            Self::Sqlite => {
                format!("EXISTS (SELECT 1 FROM json_each({list}) AS item WHERE item.value = {item})")
            }
            Self::Postgres => format!("CAST({list} AS jsonb) @> to_jsonb(CAST({item} AS text))"),
        }
    }

    /// Whether the text `haystack` ends with the text `end`.
    pub fn ends_with(self, haystack: &str, end: &str) -> String {
        match self {
            Self::Sqlite => format!("substr({haystack}, -length({end})) = {end}"),
            Self::Postgres => format!("right({haystack}, length({end})) = {end}"),
        }
    }

    /// The day so many days after 1970-01-01, as a text.
    pub fn day_text(self, days: &str) -> String {
        match self {
            Self::Sqlite => format!("date({days} * 86400, 'unixepoch')"),
            Self::Postgres => {
                format!("to_char(DATE '1970-01-01' + CAST({days} AS integer), 'YYYY-MM-DD')")
            }
        }
    }

    /// How many days after 1970-01-01 the day in the text `day` is.
    pub fn day_number(self, day: &str) -> String {
        match self {
            Self::Sqlite => format!("(unixepoch({day}) / 86400)"),
            Self::Postgres => format!("CAST(CAST({day} AS date) - DATE '1970-01-01' AS BIGINT)"),
        }
    }

    /// A part of the day in the text `day`, as a whole number; days have no hours.
    pub fn day_part(self, part: Part, day: &str) -> String {
        let number = |from, length| format!("CAST(substr({day}, {from}, {length}) AS BIGINT)");
        match (part, self) {
            (Part::Year, _) => number(1, 4),
            (Part::Month, _) => number(6, 2),
            (Part::Day, _) => number(9, 2),
            (Part::Quarter, _) => format!("(({} + 2) / 3)", number(6, 2)),
            (Part::Week, Self::Sqlite) => format!("CAST(strftime('%V', {day}) AS BIGINT)"),
            (Part::Week, Self::Postgres) => {
                format!("CAST(EXTRACT(week FROM CAST({day} AS date)) AS BIGINT)")
            }
            (Part::DayOfWeek, Self::Sqlite) => format!("CAST(strftime('%u', {day}) AS BIGINT)"),
            (Part::DayOfWeek, Self::Postgres) => {
                format!("CAST(EXTRACT(isodow FROM CAST({day} AS date)) AS BIGINT)")
            }
            (Part::Hour, _) => "NULL".to_owned(),
        }
    }

    /// Table and column of every column of the ordinary tables of this database, in the order of their names.
    pub const fn list_columns(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c \
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name, c.name"
            }
            // Not the information schema, which asks for the rights of every column.
            Self::Postgres => {
                "SELECT CAST(t.relname AS text), CAST(c.attname AS text) \
                 FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid \
                 WHERE t.relkind = 'r' AND t.relnamespace = CAST(current_schema() AS regnamespace) \
                 AND c.attnum > 0 AND NOT c.attisdropped \
                 ORDER BY CAST(t.relname AS text) COLLATE \"C\", CAST(c.attname AS text) COLLATE \"C\""
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_written_in_the_way_of_the_database() {
        let sql = "UPDATE t SET a = ?1 WHERE b = ?12 AND c LIKE '%?'";
        assert_eq!(Dialect::Sqlite.parameters(sql), sql);
        assert_eq!(Dialect::Postgres.parameters(sql), "UPDATE t SET a = $1 WHERE b = $12 AND c LIKE '%?'");
    }
}
