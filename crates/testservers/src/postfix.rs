//! Postfix: SMTP in all the ways that mail accounts use it, delivering to a Dovecot or to another listener, and
//! nowhere else.

mod builder;
mod config;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

pub use builder::PostfixBuilder;

use crate::Certificates;
use crate::folder::Folder;
use crate::port::{Port, user_id};
use crate::process::{self, Process};

/// Queues of mails that are not delivered yet.
const QUEUES: [&str; 4] = ["maildrop", "incoming", "active", "deferred"];
const MASTER: &str = "/usr/lib/postfix/sbin/master";

#[derive(Debug)]
struct Ports {
    smtp: Port,
    smtps: Port,
    submission: Port,
}

/// A running Postfix.
#[derive(Debug)]
pub struct Postfix {
    // Stopped before its folder is removed.
    process: Option<Process>,
    ports: Ports,
    folder: Folder,
    certificates: Certificates,
}

impl Postfix {
    /// Whether Postfix can be started here; if not, why, and what to do.
    pub fn available() -> Result<(), String> {
        crate::installation::postfix()?;
        if user_id()? == 0 {
            return Ok(());
        }
        Err("Postfix can be started by root only: run these tests as root".to_owned())
    }

    /// A Postfix with these certificates; it delivers nothing yet.
    pub fn builder(certificates: &Certificates) -> PostfixBuilder {
        PostfixBuilder::new(certificates)
    }

    /// SMTP with STARTTLS; takes mail for its domains from everybody on this machine, and AUTH if it has a Dovecot.
    pub fn smtp(&self) -> SocketAddr {
        self.ports.smtp.address
    }

    /// As [`smtp`](Self::smtp), over TLS from the first byte.
    pub fn smtps(&self) -> SocketAddr {
        self.ports.smtps.address
    }

    /// SMTP with STARTTLS that takes mail after AUTH only. Nothing listens here without [`PostfixBuilder::auth`].
    pub fn submission(&self) -> SocketAddr {
        self.ports.submission.address
    }

    /// How many mails wait in its queues.
    pub fn queue_len(&self) -> usize {
        QUEUES.iter().map(|queue| files_below(&self.folder.path().join(config::QUEUE).join(queue))).sum()
    }

    /// Tries at once to deliver what waits.
    #[track_caller]
    pub fn flush(&self) {
        let mut command = Command::new("/usr/sbin/postqueue");
        command.arg("-c").arg(self.folder.path()).arg("-f");
        process::run(&mut command).unwrap_or_else(|error| panic!("{error}"));
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(config::LOG)).unwrap_or_default()
    }

    /// Stops it, so that connections are refused, until [`start`](Self::start). Its queue stays.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same ports.
    #[track_caller]
    pub fn start(&mut self) {
        if self.process.is_none() {
            self.launch().unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// Lets all its processes stand still: connections are accepted by the kernel and stay silent.
    pub fn pause(&self) {
        self.process.iter().for_each(|process| process.signal_all("STOP"));
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.process.iter().for_each(|process| process.signal_all("CONT"));
    }

    fn launch(&mut self) -> Result<(), String> {
        let folder = self.folder.path();
        let log = folder.join(config::LOG);
        let started = || std::fs::read_to_string(&log).unwrap_or_default().matches(config::STARTED).count();
        let before = started();
        let mut command = Command::new(MASTER);
        // -d: no second process that leaves the first.
        command.arg("-c").arg(folder).arg("-d");
        let folders = [folder, self.certificates.folder()];
        self.process = Some(Process::start(&mut command, folders, &log, || started() > before)?);
        Ok(())
    }
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let count = |entry: std::fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => files_below(&entry.path()),
        Ok(kind) if kind.is_file() => 1,
        _ => 0,
    };
    entries.map(count).sum()
}
