//! The rows of real mails again and again, each copy hours before the other: the same rows as the program writes, with
//! other ids, numbers, Message-IDs and times.

use rejoinder_store::dialect::Dialect;
use rejoinder_store::tx::{SqlValue, Statement, Tx};
use rejoinder_store::{DbError, EmailFilter, Page, Store};

/// Tables that a mail leads to, and what of each row names something that is copied, too.
const TABLES: [(&str, &[&str]); 12] = [
    ("blob", &["digest"]),
    ("arrival", &["id", "digest", "source_key", "email"]),
    (
        "email",
        &["id", "message_id", "in_reply_to", "dedupe_key", "record_id", "parent", "cause_id", "digest"],
    ),
    ("message_id", &["message_id", "email"]),
    ("email_link", &["email", "record_id"]),
    ("delivery", &["id", "email", "record_id"]),
    ("event", &["id", "record_id", "cause_id", "from_email"]),
    ("activity", &["id", "record_id", "email"]),
    ("change", &["record_id", "cause_id"]),
    ("trace", &["id"]),
    ("attachment", &["id", "record_id", "email", "digest"]),
    ("t_task", &["sys__id"]),
];
/// Hex digits at the beginning of an id that say when it was made, to 4.66 hours.
const DIGITS: usize = 6;
/// Microseconds of one step of these digits: 16 to the sixth milliseconds.
const STEP: i64 = 16_777_216_000;
/// Numbers of the copies begin at this one, so that all have seven digits.
const NUMBERS: u64 = 1_000_000;
/// More than the numbers of one copy: they are reserved in blocks, and some are never used.
const NUMBERS_OF_COPY: u64 = 10_000;

/// Columns of a table but its place in a queue, which the database gives.
fn columns(tx: &mut dyn Tx, table: &str) -> Result<Vec<String>, DbError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        Dialect::Postgres => format!(
            "SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_name = '{table}'"
        ),
    };
    let rows = tx.query(&sql, &[])?;
    let names: Vec<String> = rows.iter().map(|row| row.text(0).expect("a name")).collect();
    Ok(names.into_iter().filter(|name| name != "seq").collect())
}

fn is_time(column: &str) -> bool {
    column == "at" || column == "mail_date" || column.ends_with("_at")
}

/// What stands in a column of a copy. Parameters: the beginning of its ids, microseconds, numbers.
fn expression(table: &str, column: &str) -> String {
    let copied = TABLES.iter().any(|(name, ids)| *name == table && ids.contains(&column));
    let begin = DIGITS + 1;
    match column {
        "message_id" | "in_reply_to" | "source_key" | "dedupe_key" if copied => format!("?1 || {column}"),
        // Some digest begins like the ids of a copy: an `x` makes others of them.
        "digest" if copied => format!("?1 || 'x' || substr({column}, {})", begin + 1),
        _ if copied => format!("?1 || substr({column}, {begin})"),
        "number" | "number__f" if table == "t_task" => {
            format!("substr({column}, 1, 3) || CAST(CAST(substr({column}, 4) AS integer) + ?3 AS text)")
        }
        _ if is_time(column) => format!("\"{column}\" - ?2"),
        _ => format!("\"{column}\""),
    }
}

/// The statements that copy one table.
fn statements(store: &Store) -> Vec<(String, bool)> {
    let make = |tx: &mut dyn Tx| {
        let mut all = Vec::new();
        for (table, _) in TABLES {
            let names = columns(tx, table)?;
            tx.execute(&format!("CREATE TABLE real_{table} AS SELECT * FROM {table}"), &[])?;
            // Those of the installation itself are no mails.
            if table == "change" || table == "event" {
                tx.execute(&format!("DELETE FROM real_{table} WHERE record_table <> 'incident'"), &[])?;
            }
            let into: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            let from: Vec<String> = names.iter().map(|name| expression(table, name)).collect();
            let sql = format!(
                "INSERT INTO {table} ({}) SELECT {} FROM real_{table}",
                into.join(", "),
                from.join(", ")
            );
            all.push(sql);
        }
        // Traces of the installation and of requests by hand stay single.
        tx.execute(
            "DELETE FROM real_trace WHERE id NOT IN (SELECT id FROM real_arrival) AND id NOT IN (SELECT id FROM real_event)",
            &[],
        )?;
        Ok::<_, DbError>(all)
    };
    let all = store.write_committed(make).expect("the real rows are set aside");
    let uses = |sql: &str, place: &str| sql.contains(place);
    all.into_iter().map(|sql| (sql.clone(), uses(&sql, "?3"))).collect()
}

/// The first digits of the ids of the real mails, which all share, as those of one short run: the newest.
pub(crate) fn beginning(store: &Store) -> i64 {
    let page = store.emails(&EmailFilter::default(), &Page { after: None, limit: 1 }).expect("mails");
    let newest = page.items.first().expect("there is a mail").id.to_string();
    i64::from_str_radix(newest.get(..DIGITS).expect("an id has more"), 16).expect("hex digits")
}

fn beginning_of_copy(begin: i64, copy: u64) -> String {
    format!("{:0DIGITS$x}", begin - i64::try_from(copy).expect("few copies"))
}

/// The id that stands in a copy (0 is the real run) for this one.
pub(crate) fn copied_id(id: &str, begin: i64, copy: u64) -> String {
    format!("{}{}", beginning_of_copy(begin, copy), id.get(DIGITS..).expect("an id has more"))
}

/// The same for a Message-ID.
pub(crate) fn copied_message_id(id: &str, begin: i64, copy: u64) -> String {
    if copy == 0 { id.to_owned() } else { format!("{}{id}", beginning_of_copy(begin, copy)) }
}

/// The same for a number.
pub(crate) fn copied_number(number: &str, copy: u64) -> String {
    let (prefix, digits) = number.split_at(3);
    let digits: u64 = digits.parse().expect("digits");
    if copy == 0 {
        number.to_owned()
    } else {
        format!("{prefix}{}", digits + NUMBERS + copy * NUMBERS_OF_COPY)
    }
}

/// Makes so many copies, the oldest first. Says how many mails there are then.
pub(crate) fn make(store: &Store, copies: u64) -> i64 {
    let (begin, statements) = (beginning(store), statements(store));
    for copy in (1..=copies).rev() {
        let back = i64::try_from(copy).expect("few copies");
        let ids = beginning_of_copy(begin, copy);
        let number = i64::try_from(NUMBERS + copy * NUMBERS_OF_COPY).expect("few numbers");
        let all: Vec<Statement> = statements
            .iter()
            .map(|(sql, numbered)| {
                let mut params: Vec<SqlValue> = Vec::new();
                let mut sql = sql.clone();
                // Each place has a value and each value a place, on both databases.
                for (place, value) in [
                    ("?1", SqlValue::from(ids.as_str())),
                    ("?2", (back * STEP).into()),
                    ("?3", number.into()),
                ] {
                    if sql.contains(place) && (place != "?3" || *numbered) {
                        params.push(value);
                        sql = sql.replace(place, &format!("?{}", params.len()));
                    }
                }
                Statement::new(sql, params)
            })
            .collect();
        store
            .write_committed(move |tx| {
                for one in &all {
                    tx.execute(&one.sql, &one.params)?;
                }
                Ok::<_, DbError>(())
            })
            .expect("a copy can be made");
    }
    finish(store)
}

fn finish(store: &Store) -> i64 {
    let done = |tx: &mut dyn Tx| {
        for (table, _) in TABLES {
            tx.execute(&format!("DROP TABLE real_{table}"), &[])?;
        }
        let rows = tx.query("SELECT COUNT(*) FROM email", &[])?;
        Ok::<_, DbError>(rows.first().map_or(0, |row| row.int(0).expect("a count")))
    };
    store.write_committed(done).expect("the real rows are put away")
}
