//! The program as a process of its own, which can be killed and started again over the same data.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rejoinder_server::env::pause;
use serde_json::Value as Json;

use crate::api::Api;

/// Stages that the program records, in their order (`rejoinder_store::stage::Stage`).
pub const STAGES: [&str; rejoinder_store::stage::STAGES] =
    ["accept", "decide", "transaction", "commit", "data", "fetch", "dispose"];
/// How long the program may take to be ready.
const READY: Duration = Duration::from_secs(60);
/// Between two looks at whether it is.
const LOOK: Duration = Duration::from_millis(10);

/// Between two looks at its stages.
const LOOK_AT_STAGES: Duration = Duration::from_micros(200);
/// Lines of the log that a failed test shows.
const LOG_LINES: usize = 60;

/// How the program is started.
pub struct Program {
    /// The binary.
    pub binary: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// `postgres://…`; the embedded database where nothing is said.
    pub database: Option<String>,
    /// Further arguments of `serve`.
    pub arguments: Vec<OsString>,
}

/// A running program. It is killed when it is dropped, so that a test that fails leaves no process behind.
pub struct Running {
    child: Child,
    log: PathBuf,
    stages: PathBuf,
    /// Where it takes mail.
    pub smtp: SocketAddr,
    /// Its API.
    pub api: Api,
}

impl Program {
    /// The binary over this folder, on the embedded database, with nothing further said.
    pub fn new(binary: impl Into<PathBuf>, data: &Path) -> Self {
        Self { binary: binary.into(), data: data.to_owned(), database: None, arguments: Vec::new() }
    }

    /// Starts it and waits until it is ready.
    pub fn start(&self) -> Running {
        self.start_logging("warn")
    }

    /// The same with a log of these parts; it is the file `log` in the data folder.
    pub fn start_logging(&self, filter: &str) -> Running {
        let running = self.data.join("running.json");
        drop(std::fs::remove_file(&running));
        let stages = self.data.join("stages");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.data.join("log"));
        let mut command = Command::new(&self.binary);
        command
            .args(["serve", "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--egress", "loopback"])
            .args(["--node", "one", "--log", filter])
            .arg("--data")
            .arg(&self.data)
            .args(&self.arguments)
            .env("REJOINDER_STAGE_FILE", &stages)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.expect("a log can be written"));
        match &self.database {
            Some(url) => command.env("REJOINDER_DATABASE", url),
            None => command.env_remove("REJOINDER_DATABASE"),
        };
        let mut child = command.spawn().expect("the program can be started");
        let (smtp, api) = wait_until_ready(&mut child, &running, &self.data);
        Running { child, log: self.data.join("log"), stages, smtp, api }
    }
}

fn wait_until_ready(child: &mut Child, running: &Path, data: &Path) -> (SocketAddr, Api) {
    let looks = READY.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        if let Some(found) = std::fs::read_to_string(running).ok().and_then(|text| read(&text)) {
            return found;
        }
        if let Ok(Some(status)) = child.try_wait() {
            let log = std::fs::read_to_string(data.join("log")).unwrap_or_default();
            panic!("the program ended with {status} instead of starting: {log}");
        }
        pause(LOOK);
    }
    panic!("the program was not ready within {READY:?}");
}

fn read(text: &str) -> Option<(SocketAddr, Api)> {
    let value: Json = serde_json::from_str(text).ok()?;
    let part = |name: &str| value.get(name).and_then(Json::as_str);
    Some((part("smtp")?.parse().ok()?, Api::new(part("api")?, part("token")?)))
}

impl Running {
    /// Kills it (SIGKILL), and says in which stages its threads were.
    pub fn kill(mut self) -> Vec<&'static str> {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("a killed process ends");
        self.stages()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The stages in which threads of it are.
    fn stages(&self) -> Vec<&'static str> {
        let bytes = std::fs::read(&self.stages).unwrap_or_default();
        let counts = bytes.chunks_exact(4).map(|place| place.iter().any(|byte| *byte != 0));
        STAGES.iter().zip(counts).filter(|(_, inside)| *inside).map(|(name, _)| *name).collect()
    }

    /// Waits until one of its threads is in one of these stages, as long as `patience`: however fast the machine is, a
    /// kill that follows is likely to hit it. Called after it has begun to work.
    pub fn until_in(&self, stages: &[&str], patience: Duration) {
        for _ in 0..patience.as_micros() / LOOK_AT_STAGES.as_micros() {
            if self.stages().iter().any(|stage| stages.contains(stage)) {
                return;
            }
            pause(LOOK_AT_STAGES);
        }
    }

    /// Asks it to stop (SIGTERM) and says whether it ended well.
    pub fn stop(mut self) -> bool {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        told.is_ok_and(|status| status.success()) && self.child.wait().is_ok_and(|status| status.success())
    }
}

#[expect(clippy::print_stderr, reason = "a failed test shows what the program said")]
impl Drop for Running {
    fn drop(&mut self) {
        // Of a process that has ended both do nothing.
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let tail = lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default();
            eprintln!("the program's log ended so:\n{}", tail.join("\n"));
        }
    }
}

/// How many kills hit each stage.
#[derive(Debug)]
pub struct Hits(BTreeMap<&'static str, u64>);

impl Hits {
    /// None yet.
    pub fn new() -> Self {
        Self(STAGES.iter().map(|stage| (*stage, 0)).collect())
    }

    /// Counts one kill that hit these.
    pub fn count(&mut self, stages: &[&'static str]) {
        for stage in stages {
            *self.0.entry(stage).or_default() += 1;
        }
    }

    /// How many kills hit a stage.
    pub fn of(&self, stage: &str) -> u64 {
        self.0.get(stage).copied().unwrap_or_default()
    }
}

impl Default for Hits {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Display for Hits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let each: Vec<String> = self.0.iter().map(|(stage, count)| format!("{stage} {count}")).collect();
        f.write_str(&each.join(", "))
    }
}
