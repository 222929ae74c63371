//! A million incidents: how long lists, records and updates take over the API of the real program.
//!
//! The database is filled once and kept below the target folder (`--small` for a quick look at a small one;
//! `--updates` measures nothing but these). The program runs over it as a process of its own with its workers; one client asks over HTTP, with an API token. What
//! it answers is checked. Bare is the same SQL on the same database, without anything above it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "figures are for people")]

#[path = "lists/ask.rs"]
mod ask;
#[path = "lists/bare.rs"]
mod bare;
#[path = "lists/figures.rs"]
mod figures;
#[path = "lists/fill.rs"]
mod fill;
#[path = "lists/people.rs"]
mod people;
#[path = "lists/texts.rs"]
mod texts;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ask::{KINDS, all, holds};
use figures::{Times, memory, written};
use people::{AGENTS, GROUPS, Size, user};
use rejoinder_server::client::escaped as encoded;
use rejoinder_server::serve::{Options, open, start};
use rejoinder_testkit::api::Api;
use rejoinder_testkit::process::{Program, Running};
use rejoinder_testkit::random::Random;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

const FULL: Size = Size { incidents: 1_000_000, users: 50_000 };
const SMALL: Size = Size { incidents: 20_000, users: 1_000 };
/// Raised when what is filled in changes: a database of another number is made anew.
const CONTENT: u32 = 1;
/// Requests of each kind of list, records opened, updates; and of each a tenth before, which are not measured.
const LISTS: usize = 100;
const OPENED: usize = 400;
const UPDATES: usize = 400;
/// Pages of one list that are walked through.
const PAGES: usize = 200;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|first| first == "serve") {
        serve(&runtime, &arguments);
        return;
    }
    let size = if arguments.iter().any(|argument| argument == "--small") { SMALL } else { FULL };
    let only = |database: &str| !arguments.iter().any(|argument| argument == &format!("--not-{database}"));
    if only("sqlite") {
        sqlite(&runtime, size);
    }
    if only("postgres") {
        postgres(&runtime, size);
    }
}

/// The program itself, started by this benchmark as a process of its own.
fn serve(runtime: &Runtime, arguments: &[String]) {
    let data = arguments.iter().position(|argument| argument == "--data");
    let data = data.and_then(|place| arguments.get(place + 1)).expect("--data names a folder");
    let database = std::env::var("REJOINDER_DATABASE").ok();
    let options = Options { database, node: Some("one".to_owned()), ..Options::on_loopback(Path::new(data)) };
    let running = runtime.block_on(start(options)).expect("the program starts");
    runtime.block_on(async {
        let mut told = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
        told.recv().await;
        running.stop().await;
    });
}

fn sqlite(runtime: &Runtime, size: Size) {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lists-{}-{CONTENT}", size.incidents));
    println!("SQLite: {} incidents, {} users", size.incidents, size.users);
    if !data.join("filled").exists() {
        drop(std::fs::remove_dir_all(&data));
        std::fs::create_dir_all(&data).unwrap();
        filled(runtime, &data, None, size);
        std::fs::write(data.join("filled"), "").unwrap();
    }
    let bytes = std::fs::metadata(data.join("rejoinder.db")).unwrap().len();
    println!("  {:.2} GB in {}", gigabytes(bytes), data.display());
    let asked = measure(&data, None, size);
    bare::commits(&open(&data, None).unwrap());
    bare::lists(&open(&data, None).unwrap(), &asked);
    bare::update_of_sqlite(runtime, &data, size);
}

fn postgres(runtime: &Runtime, size: Size) {
    let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
        println!("PostgreSQL: left out, REJOINDER_TEST_POSTGRES names no server (make bench starts one)");
        return;
    };
    println!("PostgreSQL: {} incidents, {} users", size.incidents, size.users);
    let folder = rejoinder_testkit::folder::Folder::new("bench-lists");
    let url = rejoinder_testkit::postgres::database(&server, "lists");
    filled(runtime, folder.path(), Some(&url), size);
    let done = std::process::Command::new("psql").args(["-q", "-c", "VACUUM ANALYZE", &url]).status();
    assert!(done.is_ok_and(|status| status.success()), "psql can be run");
    let asked = measure(folder.path(), Some(url.clone()), size);
    bare::commits(&open(folder.path(), Some(&url)).unwrap());
    bare::lists(&open(folder.path(), Some(&url)).unwrap(), &asked);
}

/// The packs as the program brings them, then the rest past it.
fn filled(runtime: &Runtime, data: &Path, database: Option<&str>, size: Size) {
    let began = now();
    let options = Options { database: database.map(str::to_owned), ..Options::on_loopback(data) };
    let running = runtime.block_on(start(options)).unwrap();
    runtime.block_on(running.stop());
    fill::fill(&open(data, database).unwrap(), size);
    println!("  filled in {:.0} s", began.elapsed().as_secs_f64());
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

/// One list that was asked for.
pub(crate) struct Asked {
    pub(crate) filter: String,
    pub(crate) took: Duration,
}

fn measure(data: &Path, database: Option<String>, size: Size) -> Vec<Asked> {
    let binary: PathBuf = std::env::current_exe().unwrap();
    let began = now();
    let program = Program { database, ..Program::new(binary, data) }.start();
    println!("  the program was ready after {:.1} s", began.elapsed().as_secs_f64());
    let random = &mut Random::new(11);
    let mut asked = Vec::new();
    if !std::env::args().any(|argument| argument == "--updates") {
        asked = lists(&program.api, size, random);
        ways(&program.api, size, random);
        deep(&program.api);
        opened(&program.api, size, random);
    }
    updates(&program, size, random);
    let (now, most) = memory(program.id());
    println!("  resident memory: {now} MB now, {most} MB at most (goal: below 300)");
    assert!(program.stop(), "the program ends well");
    asked
}

/// The body of an answer, and how long it took.
fn timed(api: &Api, method: &str, path: &str, body: Option<&Json>) -> (Json, Duration) {
    let began = now();
    let (status, text) = api.send(method, path, body);
    let took = began.elapsed();
    assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
    (serde_json::from_str(&text).unwrap(), took)
}

fn list(api: &Api, parts: &[Json], more: &str) -> (Json, Duration, String) {
    let filter = all(parts.to_vec());
    let path = format!("/api/v1/records/incident?filter={}{more}", encoded(&filter));
    let (body, took) = timed(api, "GET", &path, None);
    let items = body.get("items").and_then(Json::as_array).unwrap();
    let wrong = items.iter().find(|item| !holds(item, parts));
    assert!(wrong.is_none(), "{filter}: {wrong:?}");
    (body, took, filter)
}

fn lists(api: &Api, size: Size, random: &mut Random) -> Vec<Asked> {
    let (mut every, mut asked) = (Times::default(), Vec::new());
    for (name, draw) in KINDS {
        let (mut times, mut rows) = (Times::default(), 0);
        for round in 0..LISTS + LISTS / 10 {
            let (body, took, filter) = list(api, &draw(random, size), "");
            if round >= LISTS / 10 {
                rows += body.get("items").and_then(Json::as_array).map_or(0, Vec::len);
                times.add(took);
                asked.push(Asked { filter, took });
            }
        }
        println!("{}  {:>3} rows", times.line(name), rows / LISTS);
        every.extend(&times);
    }
    println!("{}  (goal: p95 <= 50)", every.line("every list"));
    asked
}

/// The same lists asked for in other ways.
fn ways(api: &Api, size: Size, random: &mut Random) {
    let all_kinds = |times: &mut Times, random: &mut Random, more: &str| {
        for round in 0..LISTS {
            let (_, draw) = KINDS.get(round % KINDS.len()).unwrap();
            times.add(list(api, &draw(random, size), more).1);
        }
    };
    for (name, more) in [
        ("… with a count", "&count=true"),
        ("… with four fields", "&fields=number,created_at,state,caller,assignment_group,assigned_user"),
        ("… last changed first", "&order=-updated_at"),
        ("… by state and number", "&order=state,-number"),
    ] {
        let mut times = Times::default();
        all_kinds(&mut times, random, more);
        println!("{}", times.line(name));
    }
    for (name, query) in [
        ("everything, newest first", ""),
        ("everything, last changed first", "order=-updated_at"),
        ("everything, by state", "order=state"),
        ("everything, by state, counted", "order=-state&count=true"),
        ("everything, by number", "order=-number"),
    ] {
        let mut times = Times::default();
        for _ in 0..LISTS / 5 {
            times.add(timed(api, "GET", &format!("/api/v1/records/incident?{query}"), None).1);
        }
        println!("{}", times.line(name));
    }
}

/// Page after page of a list of nearly everything.
fn deep(api: &Api) {
    for order in ["", "&order=state", "&order=-updated_at", "&order=assignment_group,-created_at"] {
        let filter =
            encoded(&all(vec![json!({"field": "state", "operator": "is_not", "value": "postponed"})]));
        let (mut first, mut last, mut cursor) = (Times::default(), Times::default(), String::new());
        for page in 0..PAGES {
            let path = format!("/api/v1/records/incident?filter={filter}{order}&fields=number,state{cursor}");
            let (body, took) = timed(api, "GET", &path, None);
            if page < PAGES / 10 {
                first.add(took);
            } else if page >= PAGES - PAGES / 10 {
                last.add(took);
            }
            let Some(next) = body.get("next").and_then(Json::as_str) else { break };
            cursor = format!("&cursor={}", encoded(next));
        }
        let name = if order.is_empty() { "&order=newest first" } else { order };
        let name = name.trim_start_matches("&order=");
        println!("{}", first.line(&format!("pages 1 to {} by {name}", PAGES / 10)));
        println!("{}", last.line(&format!("pages {} to {PAGES} by {name}", PAGES - PAGES / 10)));
    }
}

fn opened(api: &Api, size: Size, random: &mut Random) {
    let mut times = Times::default();
    for round in 0..OPENED + OPENED / 10 {
        let n = random.below(size.incidents);
        let path = format!("/api/v1/records/incident/{}", size.incident(n));
        let (record, one) = timed(api, "GET", &path, None);
        let (feed, two) = timed(api, "GET", &format!("{path}/feed"), None);
        let number = format!("INC{:07}", n + 1);
        assert_eq!(record.pointer("/fields/number").and_then(Json::as_str), Some(number.as_str()));
        let entries = feed.get("items").and_then(Json::as_array).unwrap().len();
        assert!(entries as u64 >= Size::activities_of(n).min(48), "{path}: {entries}");
        if round >= OPENED / 10 {
            times.add(one + two);
        }
    }
    println!("{}  (goal: p95 <= 30)", times.line("a record opened with its feed"));
}

fn updates(program: &Running, size: Size, random: &mut Random) {
    let (mut times, mut done) = (Times::default(), Vec::new());
    let before = written(program.id());
    for round in 0..UPDATES + UPDATES / 10 {
        let n = random.below(size.incidents);
        let path = format!("/api/v1/records/incident/{}", size.incident(n));
        // A kept database has seen earlier runs: what is written must differ from what is there.
        let known = program.api.get(&path);
        let is = |name: &str, value: &str| {
            known.pointer(&format!("/fields/{name}")).and_then(Json::as_str) == Some(value)
        };
        let version = known.get("version").and_then(Json::as_i64).unwrap();
        let agent = || user(size.agent_of(random.below(GROUPS), random.below(AGENTS))).to_string();
        let fields = match round % 3 {
            0 => {
                let mut others = people::OPEN.into_iter().filter(|state| !is("state", state));
                json!({ "fields": { "state": others.nth(round % 5).unwrap() } })
            }
            1 => {
                let agents: Vec<String> = std::iter::repeat_with(agent).take(8).collect();
                let other = agents.iter().find(|agent| !is("assigned_user", agent)).unwrap();
                json!({ "fields": { "assigned_user": other } })
            }
            _ => json!({ "fields": { "subject": format!("Changed {round} from version {version}") } }),
        };
        let (body, took) = timed(&program.api, "PATCH", &path, Some(&fields));
        assert!(body.get("version").and_then(Json::as_i64) > Some(version), "{path}: {body}");
        if round >= UPDATES / 10 {
            times.add(took);
        }
        done.push((path, fields));
    }
    println!("{}  (goal: p95 <= 20)", times.line("an update of one field"));
    let bytes = (written(program.id()) - before) / done.len() as u64;
    // What PostgreSQL writes is its server's.
    if bytes > 0 {
        println!("  bytes written for each, its event included: {bytes}");
    }
    for (path, fields) in done.iter().rev().take(50) {
        let record = program.api.get(path);
        for (name, value) in fields.get("fields").and_then(Json::as_object).unwrap() {
            let newer = done.iter().filter(|(other, _)| other == path).count() > 1;
            assert!(newer || record.pointer(&format!("/fields/{name}")) == Some(value), "{path}: {record}");
        }
    }
}
