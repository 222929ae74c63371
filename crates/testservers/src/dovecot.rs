//! Dovecot: IMAP, POP3 and LMTP over mailboxes in Maildir, with ways to look into them and to change them behind the
//! back of a client.

mod builder;
mod config;

use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use builder::{DovecotBuilder, Tls};

use crate::folder::Folder;
use crate::port::Port;
use crate::process::{self, Process};
use crate::smtp::SmtpConversation;
use crate::{Certificates, maildir, wait};

/// What the master writes once it listens on all its ports.
const STARTED: &str = " starting up for ";

/// How long it may take from there to the first greeting.
const GREETING: Duration = Duration::from_secs(30);

/// A mail as it lies in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Its UID.
    pub uid: u32,
    /// Its flags and keywords as IMAP names them (`\Seen`), sorted; without `\Recent`.
    pub flags: Vec<String>,
    /// Its bytes, lines ending with CR LF. Mails that came over LMTP begin with `Return-Path`, `Delivered-To` and
    /// `Received`.
    pub bytes: Vec<u8>,
}

#[derive(Debug)]
struct Ports {
    imap: Port,
    imaps: Port,
    pop3: Port,
    pop3s: Port,
    lmtp: Port,
}

/// A running Dovecot.
///
/// Folders are named as in IMAP, with `/` between their levels; the inbox is `INBOX`. Methods that name a user or a
/// folder that is not there panic with what Dovecot said.
#[derive(Debug)]
pub struct Dovecot {
    // Stopped before its folder is removed.
    process: Option<Process>,
    options: DovecotBuilder,
    ports: Ports,
    folder: Folder,
    // Distinguishes versions of the file of users by its size: Dovecot looks at seconds and bytes only.
    writes: usize,
}

impl Dovecot {
    /// Whether Dovecot can be started here; if not, why, and what to do.
    pub fn available() -> Result<(), String> {
        crate::installation::dovecot()
    }

    /// A Dovecot with these certificates; nobody has a mailbox yet.
    pub fn builder(certificates: &Certificates) -> DovecotBuilder {
        DovecotBuilder::new(certificates)
    }

    /// IMAP without TLS, or with STARTTLS.
    pub fn imap(&self) -> SocketAddr {
        self.ports.imap.address
    }

    /// IMAP over TLS. Nothing listens here with [`Tls::None`].
    pub fn imaps(&self) -> SocketAddr {
        self.ports.imaps.address
    }

    /// POP3 without TLS, or with STLS.
    pub fn pop3(&self) -> SocketAddr {
        self.ports.pop3.address
    }

    /// POP3 over TLS. Nothing listens here with [`Tls::None`].
    pub fn pop3s(&self) -> SocketAddr {
        self.ports.pop3s.address
    }

    /// LMTP without TLS.
    pub fn lmtp(&self) -> SocketAddr {
        self.ports.lmtp.address
    }

    /// The socket over which Postfix asks whether a password is right.
    pub fn auth_socket(&self) -> PathBuf {
        self.folder.path().join(config::RUN).join(config::AUTH_SOCKET)
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(config::LOG)).unwrap_or_default()
    }

    /// Puts a mail into a folder: into the inbox over LMTP, as a mail server does, from `sender@outside.test`; into
    /// another as an IMAP client does. When this returns, the mail is there, and clients in IDLE are told.
    #[track_caller]
    pub fn deliver(&self, user: &str, folder: &str, mail: &[u8]) {
        if !folder.eq_ignore_ascii_case("INBOX") {
            return self.store(user, folder, mail);
        }
        let mut lmtp = SmtpConversation::connect(self.lmtp());
        assert_eq!(lmtp.reply().code, 220);
        lmtp.expect("LHLO outside.test", 250);
        lmtp.expect("MAIL FROM:<sender@outside.test>", 250);
        lmtp.expect(&format!("RCPT TO:<{user}>"), 250);
        lmtp.expect("DATA", 354);
        lmtp.send_mail(mail);
        let reply = lmtp.reply();
        assert_eq!(reply.code, 250, "{}", reply.text);
        lmtp.expect("QUIT", 221);
    }

    /// Stores a mail byte for byte (lines end with CR LF), without the headers that a delivery adds.
    #[track_caller]
    pub fn store(&self, user: &str, folder: &str, mail: &[u8]) {
        let name = format!("mail-{:x}", mail.as_ptr().addr());
        let path = self.folder.write(&name, mail).unwrap_or_else(|error| panic!("{error}"));
        self.doveadm(&["save", "-u", user, "-m", folder, &path.to_string_lossy()]);
        drop(std::fs::remove_file(path));
    }

    /// The mails of a folder, by ascending UID.
    #[track_caller]
    pub fn mails(&self, user: &str, folder: &str) -> Vec<StoredMail> {
        let listed = self.doveadm(&["-f", "tab", "fetch", "-u", user, "uid flags", "mailbox", folder, "all"]);
        let mut mails = Vec::new();
        let files = maildir::Files::read(&self.maildir(user, folder));
        for line in listed.lines().skip(1) {
            let (uid, flags) = line.split_once('\t').unwrap_or((line, ""));
            let uid = uid.parse().unwrap_or_else(|_| panic!("doveadm names the UID `{uid}`"));
            let flags = flags.split_whitespace().filter(|flag| *flag != "\\Recent");
            let mut flags: Vec<String> = flags.map(str::to_owned).collect();
            flags.sort();
            mails.push(StoredMail { uid, flags, bytes: files.bytes(uid) });
        }
        mails.sort_by_key(|mail| mail.uid);
        mails
    }

    /// How many mails a folder holds.
    #[track_caller]
    pub fn count(&self, user: &str, folder: &str) -> usize {
        self.status(user, folder, "messages") as usize
    }

    /// The UIDVALIDITY of a folder.
    #[track_caller]
    pub fn uid_validity(&self, user: &str, folder: &str) -> u32 {
        self.status(user, folder, "uidvalidity")
    }

    /// Removes one mail, as another client of the user would.
    #[track_caller]
    pub fn expunge(&self, user: &str, folder: &str, uid: u32) {
        self.doveadm(&["expunge", "-u", user, "mailbox", folder, "uid", &uid.to_string()]);
    }

    /// Gives a folder a new, higher UIDVALIDITY and returns it. Its mails stay, with their flags, and are numbered
    /// anew from 1 in their old order. Clients that have the folder open are disconnected.
    #[track_caller]
    pub fn change_uid_validity(&self, user: &str, folder: &str) -> u32 {
        let before = self.uid_validity(user, folder);
        maildir::forget_uids(&self.maildir(user, folder));
        let mut after = self.uid_validity(user, folder);
        if after <= before {
            let higher = (before + 1).to_string();
            self.doveadm(&["mailbox", "update", "-u", user, "--uid-validity", &higher, folder]);
            after = self.uid_validity(user, folder);
        }
        assert!(after > before, "the UIDVALIDITY is still {after}");
        after
    }

    /// Makes a folder and subscribes the user to it.
    #[track_caller]
    pub fn create_folder(&self, user: &str, folder: &str) {
        self.doveadm(&["mailbox", "create", "-u", user, "-s", folder]);
    }

    /// Removes a folder with its mails.
    #[track_caller]
    pub fn remove_folder(&self, user: &str, folder: &str) {
        self.doveadm(&["mailbox", "delete", "-u", user, "-s", folder]);
    }

    /// The folders of a user, sorted.
    #[track_caller]
    pub fn folders(&self, user: &str) -> Vec<String> {
        let mut folders: Vec<_> =
            self.doveadm(&["mailbox", "list", "-u", user]).lines().map(str::to_owned).collect();
        folders.sort();
        folders
    }

    /// Changes a user's password, or makes the user. Holds when this returns, within about a second: Dovecot looks for
    /// a new file of users once in each.
    #[track_caller]
    pub fn set_password(&mut self, user: &str, password: &str) {
        self.options.set_user(user, password);
        self.write_users().unwrap_or_else(|error| panic!("{error}"));
        let config = self.folder.path().join(config::FILE);
        wait::until("Dovecot takes the new password", || {
            let mut test = Command::new("/usr/bin/doveadm");
            test.arg("-c").arg(&config).args(["auth", "test", user, password]);
            process::run(&mut test).is_ok()
        });
    }

    /// Stops it, so that connections are refused, until [`start`](Self::start).
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same ports, over the same mailboxes.
    #[track_caller]
    pub fn start(&mut self) {
        if self.process.is_none() {
            self.launch().unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// Stops it and starts it again: all connections end.
    #[track_caller]
    pub fn restart(&mut self) {
        self.stop();
        self.start();
    }

    /// Lets all its processes stand still: connections are accepted by the kernel and stay silent.
    pub fn pause(&self) {
        self.process.iter().for_each(|process| process.signal_all("STOP"));
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.process.iter().for_each(|process| process.signal_all("CONT"));
    }

    /// Runs `doveadm` with these arguments against this server and returns what it printed.
    #[track_caller]
    pub fn doveadm(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("/usr/bin/doveadm");
        command.arg("-c").arg(self.folder.path().join(config::FILE)).args(arguments);
        let output = process::run(&mut command).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn status(&self, user: &str, folder: &str, item: &str) -> u32 {
        let text = self.doveadm(&["-f", "tab", "mailbox", "status", "-u", user, item, folder]);
        let value = text.lines().nth(1).and_then(|line| line.rsplit('\t').next());
        let value = value.and_then(|value| value.trim().parse().ok());
        value.unwrap_or_else(|| panic!("doveadm told no {item} of {folder}: {text}"))
    }

    fn maildir(&self, user: &str, folder: &str) -> PathBuf {
        maildir::path(&self.folder.path().join(config::MAIL).join(user), folder)
    }

    fn write_users(&mut self) -> Result<(), String> {
        self.writes += 1;
        let new = self.folder.write("users.new", self.options.users_file(self.writes))?;
        std::fs::rename(&new, self.folder.path().join(config::USERS))
            .map_err(|error| format!("the users cannot be written: {error}"))
    }

    fn launch(&mut self) -> Result<(), String> {
        let folder = self.folder.path();
        let log = folder.join(config::LOG);
        let starts = |log: &Path| std::fs::read_to_string(log).unwrap_or_default().matches(STARTED).count();
        let before = starts(&log);
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(folder.join(config::FILE));
        let folders = [folder, self.options.certificates().folder()];
        self.process = Some(Process::start(&mut command, folders, &log, || starts(&log) > before)?);
        self.warm_up().map_err(|error| format!("Dovecot does not greet: {error}\n{}", self.log()))
    }

    /// Waits until each login process has found the one that checks passwords: a client that comes earlier is greeted
    /// twice, first with the news that it has to wait.
    fn warm_up(&self) -> io::Result<()> {
        for address in [self.imap(), self.pop3()] {
            let stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(GREETING))?;
            let mut lines = BufReader::new(stream).lines();
            while !lines.next().ok_or(io::ErrorKind::UnexpectedEof)??.contains(" ready.") {}
        }
        Ok(())
    }
}
