//! A server's master process: started, watched, asked to stop, and stopped also when the test process is killed.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::wait;

/// How long a server may take to be ready.
const READY: Duration = Duration::from_secs(30);
/// How long a server may take to end after it was asked to; then it is killed.
const END: Duration = Duration::from_secs(10);

/// A running server.
#[derive(Debug)]
pub(crate) struct Process {
    master: Child,
    guard: Child,
}

impl Process {
    /// Starts a server and waits until it is ready. `log` is shown if it ends instead; the folders are removed if this
    /// process is killed.
    pub(crate) fn start(
        command: &mut Command,
        folders: [&Path; 2],
        log: &Path,
        mut ready: impl FnMut() -> bool,
    ) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        // A group of its own: a signal of the terminal goes to the tests, and they stop the server.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let master = command.spawn().map_err(|error| format!("{name} cannot be started: {error}"))?;
        let guard = guard(master.id(), folders).map_err(|error| format!("sh cannot be started: {error}"))?;
        let mut process = Self { master, guard };
        let mut ended = None;
        wait::within(READY, || {
            ended = process.master.try_wait().ok().flatten();
            ended.is_some() || ready()
        });
        let log = || fs::read_to_string(log).unwrap_or_default();
        match ended {
            Some(status) => Err(format!("{name} ended with {status} instead of starting:\n{}", log())),
            None if !ready() => {
                let children = names(&children(process.id()));
                Err(format!(
                    "{name} was not ready within {READY:?}; its children: {children}; its log:\n{}",
                    log()
                ))
            }
            None => Ok(process),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.master.id()
    }

    /// Sends a signal to the master and to all processes that it started.
    pub(crate) fn signal_all(&self, name: &str) {
        let mut ids = vec![self.id()];
        ids.extend(children(self.id()));
        signal(name, &ids);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let children = children(self.id());
        let alive = || children.iter().filter(|id| is_alive(**id)).count();
        signal("TERM", &[self.id()]);
        // One that was stopped reads the signal only when it goes on.
        self.signal_all("CONT");
        // Dovecot waits a second for its last child, which only writes the log: that is not worth the time.
        wait::within(END, || alive() <= 1 || !matches!(self.master.try_wait(), Ok(None)));
        drop(self.master.kill());
        drop(self.master.wait());
        if alive() > 0 {
            signal("KILL", &children);
            wait::within(END, || alive() == 0);
        }
        drop(self.guard.kill());
        drop(self.guard.wait());
    }
}

/// A shell that waits for the end of this process, however it ends, and then stops the server and removes its folders.
/// It learns of the end because the pipe to it closes.
fn guard(master: u32, folders: [&Path; 2]) -> std::io::Result<Child> {
    let script = r#"read -r never; kill "$1" 2>/dev/null; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; sleep 1; rm -rf "$2" "$3""#;
    Command::new("sh")
        .args(["-c", script, "guard", &master.to_string()])
        .args(folders)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn signal(name: &str, ids: &[u32]) {
    let ids = ids.iter().map(ToString::to_string);
    drop(Command::new("kill").arg("-s").arg(name).arg("--").args(ids).stderr(Stdio::null()).status());
}

/// The processes whose parent is this one.
fn children(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

/// What processes are called and how they are, for people.
fn names(ids: &[u32]) -> String {
    let one = |id: &u32| {
        let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        format!(
            "{} {}",
            name.trim(),
            stat(*id).unwrap_or_default().trim().chars().take(1).collect::<String>()
        )
    };
    ids.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn parent_of(id: u32) -> Option<u32> {
    stat(id)?.split_whitespace().nth(1)?.parse().ok()
}

/// Whether a process still runs; one that ended and was not yet collected does not.
fn is_alive(id: u32) -> bool {
    stat(id).is_some_and(|stat| !stat.trim_start().starts_with(['Z', 'X']))
}

/// What the kernel tells of a process after its name: `state parent …`.
fn stat(id: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    stat.rsplit_once(')').map(|(_, rest)| rest.to_owned())
}

/// Runs a program to its end. The error is what it said.
pub(crate) fn run(command: &mut Command) -> Result<Output, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let arguments: Vec<_> = command.get_args().map(|part| part.to_string_lossy()).collect();
    Err(format!(
        "{name} {} ended with {}: {}{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}
