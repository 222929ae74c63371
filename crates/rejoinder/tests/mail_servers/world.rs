//! Dovecot, Postfix, the people with their mailboxes, and the program between them.

use std::net::SocketAddr;
use std::time::Duration;

use rejoinder_server::env::pause;
use rejoinder_testkit::api::Api;
use rejoinder_testkit::effects::is_idle;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::letters::{Person, Post};
use rejoinder_testkit::process::{Program, Running};
use rejoinder_testservers::{Certificates, Dovecot, Postfix, StoredMail, installed, left_out};
use serde_json::{Value as Json, json};

/// The help desk's mailbox.
pub(crate) const HELP: &str = "help@desk.test";
/// Its second one.
pub(crate) const SUPPORT: &str = "support@desk.test";
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const ANNA: Person =
    Person { name: "Anna Ivanova", address: "anna@people.test", password: "anna's secret" };
/// The agent.
pub(crate) const BORIS: Person =
    Person { name: "Boris Petrov", address: "boris@people.test", password: "boris's secret" };

/// How long something may take that happens by itself. A POP3 mailbox is looked at every 5 s.
const PATIENCE: Duration = Duration::from_secs(60);
/// Lines of each log that are shown after a failure.
const LOG_LINES: usize = 40;
const LOOK: Duration = Duration::from_millis(50);

/// How an account reaches its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    Tls,
    StartTls,
}

impl Security {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
        }
    }
}

pub(crate) struct World {
    // Stopped before the servers.
    running: Option<Running>,
    program: Program,
    pub(crate) post: Post,
    pub(crate) postfix: Postfix,
    pub(crate) dovecot: Dovecot,
    _certificates: Certificates,
    _folder: Folder,
}

/// A text of an answer; empty where there is none.
pub(crate) fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// A small mail of its own.
pub(crate) fn small(n: usize) -> Vec<u8> {
    format!(
        "From: Guest {n} <guest{n}@outside.test>\r\nTo: {HELP}\r\nSubject: Small {n}\r\n\
         Message-ID: <small-{n}@outside.test>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\n\
         It does not work in room {n}.\r\n"
    )
    .into_bytes()
}

/// Looks until it holds.
#[track_caller]
pub(crate) fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
        if holds() {
            return;
        }
        pause(LOOK);
    }
    panic!("waited {PATIENCE:?} in vain: {what}");
}

impl World {
    /// Everything runs; no account is configured. `None` where the servers are not installed.
    pub(crate) fn start(name: &str) -> Option<Self> {
        if left_out(&installed()) || left_out(&Postfix::available()) {
            return None;
        }
        let certificates = Certificates::create().unwrap();
        let mut dovecot = Dovecot::builder(&certificates).user(HELP, PASSWORD).user(SUPPORT, PASSWORD);
        for person in [&ANNA, &BORIS] {
            dovecot = dovecot.user(person.address, person.password);
        }
        let dovecot = dovecot.start().unwrap();
        let postfix = Postfix::builder(&certificates)
            .auth(&dovecot)
            .deliver("desk.test", &dovecot)
            .deliver("people.test", &dovecot)
            .start()
            .unwrap();
        let post = Post::over(postfix.submission(), certificates.ca_pem());
        let folder = Folder::new(name);
        let mut program = Program::new(env!("CARGO_BIN_EXE_rejoinder"), folder.path());
        program.arguments = vec!["--ca-file".into(), certificates.ca_pem().into()];
        let running = Some(program.start());
        Some(Self { running, program, post, postfix, dovecot, _certificates: certificates, _folder: folder })
    }

    pub(crate) fn api(&self) -> &Api {
        &self.running.as_ref().unwrap().api
    }

    /// Stops the program, until [`restart`](Self::restart).
    pub(crate) fn stop(&mut self) {
        let stopped = self.running.take().is_none_or(Running::stop);
        assert!(stopped, "the program stops when it is asked to");
    }

    /// Stops the program if it runs, and starts it again over the same data.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.running = Some(self.program.start());
    }

    /// Where a protocol is spoken with this security.
    pub(crate) fn mailbox_server(&self, protocol: &str, security: Security) -> SocketAddr {
        match (protocol, security) {
            ("imap", Security::Tls) => self.dovecot.imaps(),
            ("imap", Security::StartTls) => self.dovecot.imap(),
            (_, Security::Tls) => self.dovecot.pop3s(),
            (_, Security::StartTls) => self.dovecot.pop3(),
        }
    }

    /// Where Postfix takes mail after a login.
    pub(crate) fn smtp_server(&self, security: Security) -> SocketAddr {
        match security {
            Security::Tls => self.postfix.smtps(),
            Security::StartTls => self.postfix.submission(),
        }
    }

    /// An account that reads `address`; `more` is set over what is usual here.
    pub(crate) fn reads(&self, address: &str, protocol: &str, security: Security, more: &Json) -> String {
        let server = self.mailbox_server(protocol, security);
        let fields = json!({ "name": format!("Reads {address}"), "type": protocol, "server": server.ip().to_string(),
            "port": server.port(), "encryption": security.word(), "user_name": address, "password": PASSWORD,
            "interval": 5, "first_run": "all" });
        self.api().insert("email_account", &merged(fields, more))
    }

    /// An account that sends as the help desk, with its login, and is the one to send with.
    pub(crate) fn sends(&self, security: Security) {
        let server = self.smtp_server(security);
        let fields = json!({ "name": "Out", "type": "smtp", "server": server.ip().to_string(), "port": server.port(),
            "encryption": security.word(), "user_name": HELP, "password": PASSWORD, "from_address": HELP });
        self.api().insert("email_account", &fields);
        self.sends_by("Out");
    }

    /// The account to send with.
    pub(crate) fn sends_by(&self, account: &str) {
        self.api().insert("setting", &json!({ "name": "default.email.account.send", "value": account }));
    }

    pub(crate) fn user(&self, person: &Person, roles: &[&str]) -> String {
        let fields =
            json!({ "name": person.name, "email": person.address, "language": "en", "roles": roles });
        self.api().insert("user", &fields)
    }

    /// Waits until the program has kept so many copies of mails, and has nothing left to do.
    #[track_caller]
    pub(crate) fn works_on(&self, copies: usize) {
        let kept = || self.api().all("/api/v1/arrivals").len();
        wait(&format!("{copies} copies are read"), || kept() >= copies);
        self.settles();
        assert_eq!(kept(), copies, "copies that were read: {:#?}", self.api().all("/api/v1/arrivals"));
    }

    /// Waits until program and Postfix have nothing left to do.
    #[track_caller]
    pub(crate) fn settles(&self) {
        wait("the queues run empty", || is_idle(self.api()) && self.postfix.queue_len() == 0);
    }

    /// Waits until a person has got so many mails; the newest.
    #[track_caller]
    pub(crate) fn gets(&self, person: &Person, count: usize) -> StoredMail {
        self.settles();
        wait(&format!("{} has {count} mails", person.name), || {
            self.dovecot.count(person.address, "INBOX") >= count
        });
        let mut mails = self.dovecot.mails(person.address, "INBOX");
        assert_eq!(mails.len(), count, "mails of {}", person.name);
        mails.pop().unwrap()
    }

    pub(crate) fn records(&self, table: &str) -> Vec<Json> {
        self.api().all(&format!("/api/v1/records/{table}"))
    }

    /// The subjects of all incidents, sorted.
    pub(crate) fn subjects(&self) -> Vec<String> {
        let mut subjects: Vec<String> =
            self.records("incident").iter().map(|row| text(row, "/fields/subject").to_owned()).collect();
        subjects.sort();
        subjects
    }

    /// Waits until so many copies are read and every incident is made; their subjects.
    #[track_caller]
    pub(crate) fn incidents_after(&self, copies: usize) -> Vec<String> {
        self.works_on(copies);
        self.subjects()
    }
}

/// What a test that failed leaves to be read: the end of each log.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let own = std::fs::read_to_string(self.program.data.join("log")).unwrap_or_default();
            for log in [own, self.dovecot.log(), self.postfix.log()] {
                let lines: Vec<&str> = log.lines().rev().take(LOG_LINES).collect();
                println!("…\n{}", lines.into_iter().rev().collect::<Vec<_>>().join("\n"));
            }
        }
    }
}

fn merged(mut fields: Json, more: &Json) -> Json {
    for (name, value) in more.as_object().into_iter().flatten() {
        fields[name] = value.clone();
    }
    fields
}
