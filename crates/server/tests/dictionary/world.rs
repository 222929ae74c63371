//! A running program with its administrator and an agent, on SQLite or on PostgreSQL, and a plain SQL client.

use std::process::Command;

use rejoinder_engine::pack::record_id;
use rejoinder_server::app::App;
use rejoinder_server::serve::{Options, Running, start};
use rejoinder_server::tokens;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::postgres::database;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

/// Makes `name::sqlite` and `name::postgres` of each check.
macro_rules! both {
    ($($name:ident($world:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            fn check($world: &$crate::world::World) $body

            #[test]
            fn sqlite() {
                check(&$crate::world::World::new(concat!("dictionary-", stringify!($name)), None));
            }

            #[test]
            fn postgres() {
                if let Some(url) = $crate::world::postgres(stringify!($name)) {
                    check(&$crate::world::World::new(concat!("dictionary-pg-", stringify!($name)), Some(url)));
                }
            }
        }
    )+};
}
pub(crate) use both;

/// A database of the check's own, or a line that says what was left out.
pub(crate) fn postgres(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
        println!("left out on PostgreSQL: REJOINDER_TEST_POSTGRES names no server (make test starts one)");
        return None;
    };
    let short: String = name.chars().take(40).collect();
    Some(database(&server, &short))
}

pub(crate) struct World {
    running: Option<Running>,
    runtime: Runtime,
    folder: Folder,
    url: Option<String>,
    pub(crate) admin: String,
    pub(crate) boris: String,
}

impl World {
    pub(crate) fn new(name: &str, url: Option<String>) -> Self {
        let folder = Folder::new(name);
        let runtime = Runtime::new().unwrap();
        let any = ([127, 0, 0, 1], 0).into();
        let options =
            Options { demo: Some(any), database: url.clone(), ..Options::on_loopback(folder.path()) };
        let running = runtime.block_on(start(options)).unwrap();
        let token = |pack: &str, path: &str| {
            let file = folder.path().join(path.replace('/', "-"));
            tokens::kept_in(&running.app, &file, path, record_id(pack, path)).unwrap()
        };
        let (admin, boris) = (token("core", "people/admin"), token("demo", "people/boris"));
        Self { running: Some(running), runtime, folder, url, admin, boris }
    }

    pub(crate) fn app(&self) -> &App {
        &self.running.as_ref().unwrap().app
    }

    /// The status, the ETag and the body of one request.
    pub(crate) fn send(
        &self,
        (method, path): (&str, &str),
        token: &str,
        body: Option<&Json>,
        seen: Option<&str>,
    ) -> (u16, String, Json) {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = config.into();
        let base = format!("http://{}/api/v1{path}", self.running.as_ref().unwrap().http);
        let mut request = ureq::http::Request::builder().method(method).uri(base);
        request = request.header("Authorization", format!("Bearer {token}"));
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        if let Some(seen) = seen {
            request = request.header("If-Match", seen);
        }
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let mut answer = agent.run(request.body(bytes).unwrap()).unwrap();
        let tag =
            answer.headers().get("ETag").and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        (answer.status().as_u16(), tag, serde_json::from_str(&text).unwrap_or_default())
    }

    pub(crate) fn get(&self, path: &str) -> Json {
        let (status, _, body) = self.send(("GET", path), &self.admin, None, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// What an administrator's request is answered: status and body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Json) -> (u16, Json) {
        let given = Some(body).filter(|body| !body.is_null());
        let (status, _, answer) = self.send((method, path), &self.admin, given, None);
        (status, answer)
    }

    /// The same, which must succeed.
    pub(crate) fn done(&self, method: &str, path: &str, body: &Json) -> Json {
        let (status, answer) = self.ask(method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// The same, which must be refused so.
    pub(crate) fn refused(&self, method: &str, path: &str, body: &Json, expected: (u16, &str)) -> Json {
        let (status, answer) = self.ask(method, path, body);
        let code = answer.pointer("/error/code").and_then(Json::as_str).unwrap_or_default();
        assert_eq!((status, code), expected, "{method} {path} {body}: {answer}");
        answer
    }

    /// A new record by the agent; its body.
    pub(crate) fn record(&self, table: &str, fields: Json) -> Json {
        let body = json!({ "fields": fields });
        let (status, _, made) =
            self.send(("POST", &format!("/records/{table}")), &self.boris, Some(&body), None);
        assert_eq!(status, 201, "{made}");
        made
    }

    /// What a plain SQL client reads: rows of cells, as the client writes them.
    pub(crate) fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.url {
            Some(url) => {
                let done = Command::new("psql")
                    .args([
                        "-X",
                        "-A",
                        "-t",
                        "-q",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-c",
                        "SET timezone = 'UTC'",
                        "-c",
                        sql,
                        url,
                    ])
                    .output()
                    .unwrap();
                assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
                let text = String::from_utf8(done.stdout).unwrap();
                text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
            }
            None => self.sqlite(sql),
        }
    }

    fn sqlite(&self, sql: &str) -> Vec<Vec<String>> {
        let path = self.folder.path().join("rejoinder.db");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let client = rusqlite::Connection::open_with_flags(path, flags).unwrap();
        let mut statement = client.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map((), |row| {
            (0..columns)
                .map(|column| {
                    Ok(match row.get_ref(column)? {
                        rusqlite::types::ValueRef::Null => String::new(),
                        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                        rusqlite::types::ValueRef::Real(number) => number.to_string(),
                        other => other.as_str()?.to_owned(),
                    })
                })
                .collect::<Result<Vec<String>, rusqlite::Error>>()
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        self.url.is_none()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}
