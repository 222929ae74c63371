//! Another system, driven by its script in `scripts/peers` as a process of its own.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rejoinder_testkit::folder::Folder;
use serde_json::{Value as Json, json};

use crate::judge::{Seen, Took, read};
use crate::letters::{DESK, Letter, PEOPLE, person};

/// The variable that names the Python in which the systems are installed; `scripts/bench-peers` sets it.
pub(crate) const PYTHON: &str = "REJOINDER_PEERS_PYTHON";

/// A running system.
pub(crate) struct Peer {
    pub(crate) name: String,
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    folder: Folder,
    taken: usize,
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/peers").join(name)
}

impl Peer {
    /// Starts the system of this script on an empty database.
    pub(crate) fn start(python: &str, name: &str) -> Self {
        let folder = Folder::new("bench-peer");
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let known: Vec<String> = (0..PEOPLE).map(|n| person(n).1).collect();
        let people = folder.path().join("people");
        std::fs::write(&people, known.join("\n")).unwrap();
        let mut child = Command::new(python)
            .arg(script(name))
            .args([&home, Path::new(DESK), &people])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python with the peers can be started");
        let orders = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        let about = answers.next().expect("a peer says what it is once it is ready").unwrap();
        let about: Json = serde_json::from_str(&about).unwrap();
        let name = about.get("name").and_then(Json::as_str).unwrap().to_owned();
        Self { name, child, orders, answers, folder, taken: 0 }
    }

    /// Has it take these mails, and says what there is afterwards where that is asked.
    pub(crate) fn take(&mut self, letters: &[Letter], records: bool) -> (Took, Vec<Seen>) {
        self.taken += 1;
        let folder = self.folder.path().join(format!("mails-{}", self.taken));
        let report = self.folder.path().join(format!("report-{}.json", self.taken));
        std::fs::create_dir(&folder).unwrap();
        for (n, letter) in letters.iter().enumerate() {
            std::fs::write(folder.join(format!("{n:04}.eml")), letter.bytes()).unwrap();
        }
        let order = json!({ "folder": folder, "report": report, "records": records });
        writeln!(self.orders, "{order}").unwrap();
        self.answers.next().expect("a peer says when it is done").unwrap();
        read(&serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap())
    }

    /// Ends it.
    pub(crate) fn stop(self) {
        let Self { mut child, orders, .. } = self;
        drop(orders);
        child.wait().unwrap();
    }
}
