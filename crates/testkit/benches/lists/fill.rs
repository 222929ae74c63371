//! Fills a database past everything that decides: rows as plans would have written them, many at a time, their indexes
//! made afterwards.

use rejoinder_engine::fold::fold;
use rejoinder_engine::record::Fields;
use rejoinder_engine::time::{SECOND, Timestamp};
use rejoinder_engine::value::Value;
use rejoinder_store::Store;
use rejoinder_store::dialect::Dialect;
use rejoinder_store::tx::{SqlValue, Statement, Tx};

use super::people::{AGENTS, GROUPS, Size, drawn, group, id_at, user};
use super::texts::{subject, text};

/// Rows of one statement, and statements of one transaction.
const ROWS: usize = 50;
const STATEMENTS: usize = 400;
/// Mails, files and events: one for so many incidents.
const MAILS: u64 = 5;
const FILES: u64 = 20;
const EVENTS: u64 = 2;
/// Tables whose indexes are made after they are filled.
const LATER: [&str; 8] =
    ["t_task", "t_user", "activity", "change", "event", "email", "email_link", "attachment"];

/// Rows of one table on their way.
struct Rows {
    table: &'static str,
    columns: Vec<String>,
    waiting: Vec<SqlValue>,
    count: usize,
}

impl Rows {
    fn new(table: &'static str, columns: &str) -> Self {
        let columns = columns.split_whitespace().map(|column| format!("\"{column}\"")).collect();
        Self { table, columns, waiting: Vec::new(), count: 0 }
    }

    fn add(&mut self, row: impl IntoIterator<Item = SqlValue>) {
        self.waiting.extend(row);
        self.count += 1;
        assert_eq!(self.waiting.len(), self.count * self.columns.len(), "a row of `{}`", self.table);
    }

    fn take(&mut self) -> Option<Statement> {
        if self.count == 0 {
            return None;
        }
        let mut place = 0;
        let rows: Vec<String> = (0..self.count)
            .map(|_| {
                let places: Vec<String> = self
                    .columns
                    .iter()
                    .map(|_| {
                        place += 1;
                        format!("?{place}")
                    })
                    .collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let sql =
            format!("INSERT INTO {} ({}) VALUES {}", self.table, self.columns.join(", "), rows.join(", "));
        self.count = 0;
        Some(Statement::new(sql, std::mem::take(&mut self.waiting)))
    }
}

/// Statements on their way into transactions.
struct Filler<'a> {
    store: &'a Store,
    waiting: Vec<Statement>,
}

impl Filler<'_> {
    fn add(&mut self, rows: &mut Rows, row: impl IntoIterator<Item = SqlValue>) {
        rows.add(row);
        if rows.count >= ROWS {
            self.flush(rows);
        }
    }

    fn flush(&mut self, rows: &mut Rows) {
        self.waiting.extend(rows.take());
        if self.waiting.len() >= STATEMENTS {
            self.write();
        }
    }

    fn write(&mut self) {
        let batch = std::mem::take(&mut self.waiting);
        let written = self.store.write_committed(move |tx| tx.batch(&batch));
        written.expect("the database can be filled");
    }
}

/// The texts that make the indexes of the tables which are filled, so that they can be made afterwards.
fn indexes(tx: &mut dyn Tx) -> Vec<(String, String)> {
    let names = LATER.map(|table| format!("'{table}'")).join(", ");
    let sql = match tx.dialect() {
        Dialect::Sqlite => format!(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
        ),
        Dialect::Postgres => format!(
            "SELECT CAST(i.indexname AS text), i.indexdef FROM pg_indexes i WHERE i.tablename IN ({names}) \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
        ),
    };
    let rows = tx.query(&sql, &[]).expect("indexes are listed");
    rows.iter().map(|row| (row.text(0).expect("a name"), row.text(1).expect("a text"))).collect()
}

/// Fills a database in which the packs are.
pub(crate) fn fill(store: &Store, size: Size) {
    let made = store
        .write_committed(|tx| {
            let made = indexes(tx);
            for (name, _) in &made {
                tx.execute(&format!("DROP INDEX {name}"), &[])?;
            }
            Ok::<_, rejoinder_store::DbError>(made)
        })
        .expect("indexes can be dropped");
    let mut filler = Filler { store, waiting: Vec::new() };
    people(&mut filler, size);
    incidents(&mut filler, size);
    filler.write();
    for (_, sql) in made {
        let done = store.write_committed(move |tx| tx.execute(&sql, &[]).map(|_| ()));
        done.expect("indexes can be made again");
    }
}

fn text_of(value: &str) -> [SqlValue; 2] {
    [SqlValue::from(value), SqlValue::from(fold(value))]
}

fn people(filler: &mut Filler<'_>, size: Size) {
    let at = SqlValue::from(Timestamp::from_micros((super::people::END - super::people::SPAN) * SECOND));
    let mut groups =
        Rows::new("t_group", "sys__id sys__table sys__version name name__f active created_at updated_at");
    for n in 0..GROUPS {
        let head = [group(n).into(), "group".into(), 1.into()];
        let name = text_of(&format!("Group {n:03}"));
        filler.add(&mut groups, head.into_iter().chain(name).chain([true.into(), at.clone(), at.clone()]));
    }
    filler.flush(&mut groups);
    let mut users = Rows::new(
        "t_user",
        "sys__id sys__table sys__version name name__f email email__f language language__f time_zone time_zone__f active roles created_at updated_at",
    );
    for n in 0..size.users {
        let agent = n < size.agents();
        let roles = if agent { "[\"agent\"]".into() } else { SqlValue::Null };
        let row = [user(n).into(), "user".into(), 1.into()]
            .into_iter()
            .chain(text_of(&format!("Person {n} Иванов")))
            .chain(text_of(&format!("person{n}@load.example")))
            .chain(text_of("en"))
            .chain(text_of("Europe/Berlin"))
            .chain([true.into(), roles, at.clone(), at.clone()]);
        filler.add(&mut users, row);
    }
    filler.flush(&mut users);
    let mut members =
        Rows::new("t_group_member", "sys__id sys__table sys__version group user created_at updated_at");
    for n in 0..size.agents() {
        let member = id_at((super::people::END - super::people::SPAN) * SECOND, n, 30);
        let of = group((n / AGENTS) % GROUPS);
        let row = [member.into(), "group_member".into(), 1.into(), of.into(), user(n).into()];
        filler.add(&mut members, row.into_iter().chain([at.clone(), at.clone()]));
    }
    filler.flush(&mut members);
}

struct Tables {
    task: Rows,
    change: Rows,
    activity: Rows,
    event: Rows,
    email: Rows,
    link: Rows,
    file: Rows,
}

fn tables() -> Tables {
    Tables {
        task: Rows::new(
            "t_task",
            "sys__id sys__table sys__version number number__f subject subject__f state state__f description \
             description__f caller assigned_user assignment_group created_at created_by updated_at updated_by",
        ),
        change: Rows::new(
            "change",
            "record_id sequence record_table at operation actor_user actor_label cause_kind cause_id old_values \
             new_values",
        ),
        activity: Rows::new("activity", "id record_table record_id kind at actor_user actor_label body"),
        event: Rows::new(
            "event",
            "id name record_table record_id journal params actor_label cause_kind cause_id chain seed created_at \
             state attempts next_at lease_epoch settled_at",
        ),
        email: Rows::new(
            "email",
            "id direction state account message_id subject sender_address recipients sender_folded search_folded \
             created_at record_table record_id body_text cause_kind cause_id",
        ),
        link: Rows::new("email_link", "email record_table record_id related at"),
        file: Rows::new(
            "attachment",
            "id record_table record_id file_name media_type digest size created_at",
        ),
    }
}

fn incidents(filler: &mut Filler<'_>, size: Size) {
    let mut tables = tables();
    for n in 0..size.incidents {
        record(filler, &mut tables, size, n);
        activities(filler, &mut tables, size, n);
        around(filler, &mut tables, size, n);
    }
    for rows in [
        &mut tables.task,
        &mut tables.change,
        &mut tables.activity,
        &mut tables.event,
        &mut tables.email,
        &mut tables.link,
        &mut tables.file,
    ] {
        filler.flush(rows);
    }
    let next = i64::try_from(size.incidents + 1).expect("few incidents");
    let series = "INSERT INTO number_series (table_name, next_number) VALUES ('incident', ?1) \
                  ON CONFLICT (table_name) DO UPDATE SET next_number = excluded.next_number";
    filler.waiting.push(Statement::new(series, vec![next.into()]));
}

/// The incident's row and its changes: made, then its state set.
fn record(filler: &mut Filler<'_>, tables: &mut Tables, size: Size, n: u64) {
    let (created, key) = (size.created(n), size.incident(n));
    let lasted = i64::try_from(drawn(n, 9) % (5 * 86_400)).expect("days") * SECOND;
    let updated = created.plus(lasted);
    let (group_of, state, caller) = (Size::group_of(n), size.state_of(n), user(size.caller_of(n)));
    let agent = user(size.agent_of(group_of, drawn(n, 10)));
    let assigned = (state != "registered").then_some(agent);
    let (number, subject, description) = (format!("INC{:07}", n + 1), subject(n), text(n, 11));
    let row = [key.into(), "incident".into(), 2.into()]
        .into_iter()
        .chain(text_of(&number))
        .chain(text_of(&subject))
        .chain(text_of(state))
        .chain(text_of(&description))
        .chain([caller.into(), assigned.into(), group(group_of).into()])
        .chain([created.into(), caller.into(), updated.into(), agent.into()]);
    filler.add(&mut tables.task, row);
    let fields: Fields = [
        ("number", Value::text(&number)),
        ("subject", Value::text(&subject)),
        ("description", Value::text(&description)),
        ("state", Value::text("registered")),
        ("caller", Value::Ref(caller)),
        ("created_at", Value::Time(created)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let state_of = |word: &str| Fields::from([("state".to_owned(), Value::text(word))]);
    let json = |fields: &Fields| serde_json::to_string(fields).expect("values have a text");
    let changes = [
        (1, created, "insert", caller, SqlValue::Null, json(&fields)),
        (2, updated, "update", agent, json(&state_of("registered")).into(), json(&state_of(state))),
    ];
    for (sequence, at, operation, actor, old, new) in changes {
        let cause = id_at(at.micros(), n, 40);
        let row = [
            key.into(),
            sequence.into(),
            "incident".into(),
            at.into(),
            operation.into(),
            actor.into(),
            "Person".into(),
            "request".into(),
            cause.into(),
            old,
            new.into(),
        ];
        filler.add(&mut tables.change, row);
    }
}

fn activities(filler: &mut Filler<'_>, tables: &mut Tables, size: Size, n: u64) {
    let (created, key) = (size.created(n), size.incident(n));
    for k in 0..Size::activities_of(n) {
        let own = n * 16 + k;
        let hours = i64::try_from(k * 3_600 + drawn(own, 12) % 3_600).expect("hours");
        let at = created.plus(hours * SECOND);
        let (kind, author) = if drawn(own, 13).is_multiple_of(3) {
            ("work_note", user(size.agent_of(Size::group_of(n), own)))
        } else {
            ("comment", user(size.caller_of(n)))
        };
        let row = [
            id_at(at.micros(), own, 14).into(),
            "incident".into(),
            key.into(),
            kind.into(),
            at.into(),
            author.into(),
            "Person".into(),
            text(own, 15).into(),
        ];
        filler.add(&mut tables.activity, row);
    }
}

/// Events that were told, mails and files.
fn around(filler: &mut Filler<'_>, tables: &mut Tables, size: Size, n: u64) {
    let (created, key) = (size.created(n), size.incident(n));
    let micros = created.micros();
    if n.is_multiple_of(EVENTS) {
        let seed = rejoinder_engine::id::Seed::new([7; 32]).to_string();
        let row = [
            id_at(micros, n, 50).into(),
            "incident.inserted".into(),
            "incident".into(),
            key.into(),
            "{}".into(),
            "[]".into(),
            "Person".into(),
            "request".into(),
            id_at(micros, n, 40).into(),
            "[]".into(),
            seed.into(),
            created.into(),
            "processed".into(),
            0.into(),
            created.into(),
            1.into(),
            created.into(),
        ];
        filler.add(&mut tables.event, row);
    }
    if n.is_multiple_of(MAILS) {
        let (email, subject, body) = (id_at(micros, n, 60), subject(n), text(n, 11));
        let sender = format!("person{}@load.example", size.caller_of(n));
        let row = [
            email.into(),
            "incoming".into(),
            "processed".into(),
            group(0).into(),
            format!("load-{n}@load.example").into(),
            subject.as_str().into(),
            sender.as_str().into(),
            "[\"help@help.example\"]".into(),
            sender.as_str().into(),
            fold(&format!("{subject}\n{sender}\n{body}")).into(),
            created.into(),
            "incident".into(),
            key.into(),
            body.into(),
            "arrival".into(),
            id_at(micros, n, 61).into(),
        ];
        filler.add(&mut tables.email, row);
        let link = [email.into(), "incident".into(), key.into(), 0.into(), created.into()];
        filler.add(&mut tables.link, link);
    }
    if n.is_multiple_of(FILES) {
        let row = [
            id_at(micros, n, 70).into(),
            "incident".into(),
            key.into(),
            "screenshot.png".into(),
            "image/png".into(),
            "0".repeat(64).into(),
            48_211.into(),
            created.into(),
        ];
        filler.add(&mut tables.file, row);
    }
}
