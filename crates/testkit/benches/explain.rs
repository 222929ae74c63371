//! How long *why?* takes to be answered where a million mails are stored: over the API of the real program, and by the
//! command line over its database; right after opening, and later.
//!
//! The program itself takes, decides on, answers and sends some hundred mails, new ones, answers and one long thread; their
//! rows are then copied many times with other ids, numbers, Message-IDs and times (`--small` for ten copies). The database is
//! kept below the target folder until `--remove`. `--not-sqlite` and `--not-postgres` leave one out.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "figures are for people")]

#[path = "explain/copies.rs"]
mod copies;
#[path = "lists/figures.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "shared with another benchmark, which uses more of it")]
mod figures;
#[path = "explain/keys.rs"]
mod keys;
#[path = "explain/real.rs"]
mod real;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use figures::Times;
use keys::Kind;
use rejoinder_server::app::App;
use rejoinder_server::client::escaped;
use rejoinder_server::env::Env;
use rejoinder_server::ops::explain::explain;
use rejoinder_server::serve::{open, start};
use rejoinder_server::wire::Egress;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::process::Program;
use serde_json::Value as Json;
use tokio::runtime::Runtime;

/// Where the mails go.
const ADDRESS: &str = "help@load.example";
/// One who writes much.
const PERSON: &str = "anna@load.example";
/// New mails of the real run; those that answer on some of their incidents, and how often; and the incident with a long thread.
const NEW: usize = 600;
const REPLIES: usize = 100;
const ROUNDS: usize = 3;
const THREAD: usize = 1;
/// Copies of them: above a million mails in all.
const COPIES: u64 = 635;
const COPIES_SMALL: u64 = 10;
/// Raised when what is filled in changes: a database of another number is made anew.
const CONTENT: u32 = 1;
/// Questions of each kind.
const QUESTIONS: usize = 300;
/// Times that the program is started over files that are not in memory.
const STARTS: usize = 5;
/// The goal for each answer.
const GOAL: Duration = Duration::from_millis(200);

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    let is = |word: &str| arguments.iter().any(|argument| argument == word);
    match arguments.get(1).map(String::as_str) {
        Some("serve") => return serve(&runtime, &arguments),
        Some("explain") => return by_command(&arguments),
        _ => {}
    }
    let copies = if is("--small") { COPIES_SMALL } else { COPIES };
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{copies}-{CONTENT}"));
    if is("--remove") {
        return drop(std::fs::remove_dir_all(&data));
    }
    if !is("--not-sqlite") {
        sqlite(&runtime, &data, copies);
    }
    if !is("--not-postgres") {
        postgres(&runtime, copies);
    }
}

/// What follows `name` on the command line.
fn after<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let place = arguments.iter().position(|argument| argument == name)?;
    arguments.get(place + 1).map(String::as_str)
}

/// The program itself, started by this benchmark as a process of its own.
fn serve(runtime: &Runtime, arguments: &[String]) {
    let data = Path::new(after(arguments, "--data").expect("--data names a folder"));
    let options = real::options(data, std::env::var("REJOINDER_DATABASE").ok());
    let running = runtime.block_on(start(options)).expect("the program starts");
    runtime.block_on(async {
        let mut told = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
        told.recv().await;
        running.stop().await;
    });
}

/// What `rejoinder explain KEY` does where the program does not run: opens the database and tells.
fn by_command(arguments: &[String]) {
    let data = Path::new(after(arguments, "--data").expect("--data names a folder"));
    let database = std::env::var("REJOINDER_DATABASE").ok();
    let app = App::new(open(data, database.as_deref()).unwrap(), Env::machine(), Egress::Any, None).unwrap();
    println!(
        "{}",
        explain(&app, after(arguments, "--key").expect("--key names what is asked")).unwrap().text
    );
}

fn sqlite(runtime: &Runtime, data: &Path, copies: u64) {
    if !data.join("filled").exists() {
        drop(std::fs::remove_dir_all(data));
        std::fs::create_dir_all(data).unwrap();
        fill(runtime, data, None, copies);
        std::fs::write(data.join("filled"), "").unwrap();
    }
    let bytes = std::fs::metadata(data.join("rejoinder.db")).unwrap().len();
    println!("SQLite: {:.2} GB in {}", gigabytes(bytes), data.display());
    measure(data, None, copies);
}

fn postgres(runtime: &Runtime, copies: u64) {
    let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
        println!("PostgreSQL: left out, REJOINDER_TEST_POSTGRES names no server (make bench starts one)");
        return;
    };
    let folder = rejoinder_testkit::folder::Folder::new("bench-explain");
    let url = rejoinder_testkit::postgres::database(&server, "explain");
    fill(runtime, folder.path(), Some(&url), copies);
    let done = std::process::Command::new("psql").args(["-q", "-c", "VACUUM ANALYZE", &url]).status();
    assert!(done.is_ok_and(|status| status.success()), "psql can be run");
    println!("PostgreSQL");
    measure(folder.path(), Some(url), copies);
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

fn fill(runtime: &Runtime, data: &Path, database: Option<&str>, copies: u64) {
    let began = now();
    let options = real::options(data, database.map(str::to_owned));
    let running = runtime.block_on(start(options)).unwrap();
    runtime.block_on(running.stop());
    real::make(data, database.map(str::to_owned));
    let mails = copies::make(&open(data, database).unwrap(), copies);
    println!("  {mails} mails, made in {:.0} s", began.elapsed().as_secs_f64());
    assert!(copies < COPIES || mails >= 1_000_000, "as many as the goal speaks of");
}

fn measure(data: &Path, database: Option<String>, copies: u64) {
    let kinds = keys::of(&open(data, database.as_deref()).unwrap(), copies);
    if database.is_none() {
        cold(data, &kinds);
    }
    let program = Program { database: database.clone(), ..Program::new(binary(), data) }.start();
    let mut every = Times::default();
    for kind in &kinds {
        let mut times = Times::default();
        for key in &kind.keys {
            times.add(ask(&program.api, kind, key));
        }
        println!("{}", times.line(kind.name));
        // A list is no explanation; it is beside them, because people look there first.
        if !kind.path.contains('?') {
            every.extend(&times);
        }
    }
    let most = every.within(1_000);
    println!(
        "{}  (goal: each within {} ms: {})",
        every.line("every explanation"),
        GOAL.as_millis(),
        word(most <= GOAL)
    );
    let (now, most) = figures::memory(program.id());
    println!("  resident memory: {now} MB now, {most} MB at most");
    assert!(program.stop(), "the program ends well");
    command(data, database.as_deref(), &kinds);
}

fn word(good: bool) -> &'static str {
    if good { "reached" } else { "NOT reached" }
}

fn binary() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn ask(api: &Api, kind: &Kind, key: &str) -> Duration {
    let path = kind.path.replace("{}", &escaped(key));
    let began = now();
    let (status, text) = api.send("GET", &path, None);
    let took = began.elapsed();
    assert_eq!(status, 200, "{path}: {text}");
    let told: Json = serde_json::from_str(&text).unwrap();
    let says = told.get("text").and_then(Json::as_str).map(|text| text.lines().count());
    let rows = told.get("items").and_then(Json::as_array).map(Vec::len);
    assert!(says.or(rows) > Some(1), "{path} tells something: {text}");
    took
}

/// The first question after the program has started, its files not in memory.
fn cold(data: &Path, kinds: &[Kind]) {
    for kind in kinds {
        let mut times = Times::default();
        for key in kind.keys.iter().take(STARTS) {
            forget(data);
            let program = Program::new(binary(), data).start();
            times.add(ask(&program.api, kind, key));
            assert!(program.stop(), "the program ends well");
        }
        println!("{}", times.line(&format!("first of all: {}", kind.name)));
    }
}

/// Has the system drop what it holds of the files in memory.
fn forget(data: &Path) {
    for name in ["rejoinder.db", "rejoinder.db-wal"] {
        let Ok(file) = std::fs::File::open(data.join(name)) else { continue };
        drop(file.sync_all());
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    }
}

/// The command line, where the program does not run: a process that opens the database, tells and ends.
fn command(data: &Path, database: Option<&str>, kinds: &[Kind]) {
    let mut times = Times::default();
    for kind in kinds.iter().filter(|kind| !kind.path.contains('?')) {
        for key in kind.keys.iter().take(STARTS) {
            let mut command = std::process::Command::new(binary());
            command.args(["explain", "--key", key, "--data"]).arg(data).env_remove("REJOINDER_DATABASE");
            database.map(|url| command.env("REJOINDER_DATABASE", url));
            let began = now();
            let told = command.output().unwrap();
            times.add(began.elapsed());
            assert!(told.status.success(), "{key}: {}", String::from_utf8_lossy(&told.stderr));
        }
    }
    println!("{}", times.line("the command, its start included"));
}
