//! Dovecot as the tests need it, seen through the raw protocols.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod line_client;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use line_client::Lines;
use rejoinder_testservers::{
    Certificates, Dovecot, DovecotBuilder, SmtpConversation, Tls, installed, left_out, until,
};

const ANNA: &str = "anna@example.test";
const MAIL: &[u8] = b"From: a@b.test\r\nSubject: one\r\n\r\n.dot\r\nfirst\r\n";

fn anna() -> DovecotBuilder {
    Dovecot::builder(&Certificates::create().unwrap()).user(ANNA, "sec:ret")
}

/// A conversation in IMAP after its greeting.
fn imap(dovecot: &Dovecot) -> Lines {
    let mut imap = Lines::connect(dovecot.imap());
    let greeting = imap.line();
    assert!(greeting.starts_with("* OK [CAPABILITY "), "{greeting}");
    imap
}

fn logged_in(dovecot: &Dovecot) -> Lines {
    let mut imap = imap(dovecot);
    imap.imap(&format!("LOGIN {ANNA} \"sec:ret\"")).expect("the password is right");
    imap
}

#[test]
fn a_mail_delivered_over_lmtp_is_read_over_imap_and_pop3() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    dovecot.deliver(ANNA, "INBOX", MAIL);
    let mut imap = logged_in(&dovecot);
    assert!(imap.imap("SELECT INBOX").unwrap().contains("* 1 EXISTS"));
    assert!(imap.imap("UID FETCH 1 BODY[TEXT]").unwrap().contains(".dot\r\nfirst\r\n"));

    let mut pop3 = Lines::connect(dovecot.pop3());
    assert!(pop3.line().starts_with("+OK"));
    for (command, answer) in
        [(format!("USER {ANNA}"), "+OK"), ("PASS sec:ret".into(), "+OK"), ("STAT".into(), "+OK 1 ")]
    {
        assert!(pop3.ask(&command).starts_with(answer), "{command}");
    }
    let stored = dovecot.mails(ANNA, "INBOX");
    assert_eq!((stored.len(), stored[0].uid, stored[0].flags.clone()), (1, 1, vec!["\\Seen".to_owned()]));
    assert!(
        stored[0].bytes.ends_with(MAIL) && stored[0].bytes.starts_with(b"Return-Path: <sender@outside.test>")
    );
}

#[test]
fn a_client_in_idle_is_told_of_a_delivery_into_the_inbox_and_into_a_folder() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    dovecot.create_folder(ANNA, "Входящие/Support");
    for folder in ["INBOX", "Входящие/Support"] {
        let mut imap = logged_in(&dovecot);
        imap.imap("ENABLE UTF8=ACCEPT").ok();
        let name = if folder == "INBOX" { "INBOX" } else { "&BBIERQQ+BDQETwRJBDgENQ-/Support" };
        imap.imap(&format!("SELECT \"{name}\"")).unwrap();
        imap.send("i IDLE");
        assert!(imap.line().starts_with('+'));
        dovecot.deliver(ANNA, folder, MAIL);
        assert_eq!(imap.line(), "* 1 EXISTS");
        assert_eq!(dovecot.count(ANNA, folder), 1);
    }
    assert_eq!(dovecot.mails(ANNA, "Входящие/Support")[0].bytes, MAIL);
}

#[test]
fn mails_go_away_under_the_feet_of_a_client() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    dovecot.store(ANNA, "INBOX", MAIL);
    dovecot.store(ANNA, "INBOX", MAIL);
    let mut imap = logged_in(&dovecot);
    imap.imap("SELECT INBOX").unwrap();
    dovecot.expunge(ANNA, "INBOX", 1);
    assert!(imap.imap("NOOP").unwrap().contains("* 1 EXPUNGE"));
    assert_eq!(dovecot.mails(ANNA, "INBOX").iter().map(|mail| mail.uid).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_new_uid_validity_keeps_the_mails_and_their_flags_and_numbers_them_anew() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    dovecot.create_folder(ANNA, "Work");
    for folder in ["INBOX", "Work"] {
        for text in [&b"A: 1\r\n\r\n1\r\n"[..], b"A: 2\r\n\r\n2\r\n", b"A: 3\r\n\r\n3\r\n"] {
            dovecot.store(ANNA, folder, text);
        }
        dovecot.expunge(ANNA, folder, 1);
        let mut imap = logged_in(&dovecot);
        imap.imap(&format!("SELECT {folder}")).unwrap();
        imap.imap("UID STORE 3 +FLAGS (\\Flagged done)").unwrap();
        let before = dovecot.uid_validity(ANNA, folder);
        let after = dovecot.change_uid_validity(ANNA, folder);
        assert!(after > before);
        let mut second = logged_in(&dovecot);
        let answer = second.imap(&format!("SELECT {folder}")).unwrap();
        assert!(answer.contains(&format!("[UIDVALIDITY {after}]")), "{answer}");
        let mails = dovecot.mails(ANNA, folder);
        assert_eq!(mails.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(mails[0].bytes, b"A: 2\r\n\r\n2\r\n");
        assert_eq!(mails[1].flags, ["\\Flagged", "done"]);
        let again = dovecot.change_uid_validity(ANNA, folder);
        assert!(again > after);
    }
}

#[test]
fn folders_are_made_and_removed_and_sent_is_marked() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    dovecot.create_folder(ANNA, "Archive");
    assert_eq!(dovecot.folders(ANNA), ["Archive", "INBOX", "Sent"]);
    dovecot.remove_folder(ANNA, "Archive");
    assert_eq!(dovecot.folders(ANNA), ["INBOX", "Sent"]);
    let listed = logged_in(&dovecot).imap("LIST (SPECIAL-USE) \"\" *").unwrap();
    assert!(listed.contains("\\Sent") && listed.contains("\"/\" Sent"), "{listed}");
}

#[test]
fn a_password_is_changed_while_it_runs_and_wrong_ones_have_no_consequences() {
    if left_out(&installed()) {
        return;
    }
    let mut dovecot = anna().start().unwrap();
    for password in ["aaaaaaa", "bbbbbbb", "sec:ret"] {
        dovecot.set_password(ANNA, password);
        for _ in 0..3 {
            imap(&dovecot).imap(&format!("LOGIN {ANNA} wrong")).unwrap_err();
        }
        imap(&dovecot).imap(&format!("LOGIN {ANNA} {password}")).unwrap();
    }
    dovecot.set_password("boris@example.test", "new");
    dovecot.deliver("boris@example.test", "INBOX", MAIL);
    assert!(!dovecot.log().contains("sec:ret"));
}

#[test]
fn a_full_mailbox_refuses_over_imap_and_lmtp() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().quota(3000).start().unwrap();
    dovecot.store(ANNA, "INBOX", &[MAIL, &b"x\r\n".repeat(600)].concat());
    let big = [MAIL, &b"x\r\n".repeat(600)].concat();
    let mut imap = logged_in(&dovecot);
    imap.send(&format!("a APPEND INBOX {{{}}}", big.len()));
    // Whether it refuses before or after the bytes is its choice.
    let mut line = imap.line();
    if line.starts_with('+') {
        imap.send_bytes(&big);
        imap.send("");
        line = imap.line();
    }
    assert!(line.contains("[OVERQUOTA]"), "{line}");

    let mut lmtp = SmtpConversation::connect(dovecot.lmtp());
    lmtp.reply();
    lmtp.expect("LHLO x", 250);
    lmtp.expect("MAIL FROM:<a@b.test>", 250);
    let mut reply = lmtp.command(&format!("RCPT TO:<{ANNA}>"));
    if reply.code == 250 {
        lmtp.expect("DATA", 354);
        lmtp.send_mail(&big);
        reply = lmtp.reply();
    }
    assert_eq!((reply.code, &reply.text[..5]), (552, "5.2.2"), "{}", reply.text);
}

#[test]
fn capabilities_are_hidden() {
    if left_out(&installed()) {
        return;
    }
    let words = |dovecot: &Dovecot| logged_in(dovecot).imap("CAPABILITY").unwrap();
    let all = words(&anna().start().unwrap());
    let some = words(&anna().hide(&["IDLE", "MOVE", "UIDPLUS"]).start().unwrap());
    for name in [" IDLE", " MOVE", " UIDPLUS"] {
        assert!(all.contains(name) && !some.contains(name), "{name}: {some}");
    }
    assert!(some.contains(" CONDSTORE"));
    // The list that it is told when some are hidden is its own list.
    let mut names: Vec<_> = all.lines().next().unwrap().split(' ').collect();
    names.retain(|name| !["IDLE", "MOVE", "UIDPLUS"].contains(name));
    let mut shown: Vec<_> = some.lines().next().unwrap().split(' ').collect();
    names.sort_unstable();
    shown.sort_unstable();
    assert_eq!(shown, names);
}

#[test]
fn tls_is_offered_required_or_absent() {
    if left_out(&installed()) {
        return;
    }
    let capability = |tls: Tls| {
        let dovecot = anna().tls(tls).start().unwrap();
        let words = imap(&dovecot).imap("CAPABILITY").unwrap();
        let login = imap(&dovecot).imap(&format!("LOGIN {ANNA} \"sec:ret\""));
        let wrapped = std::net::TcpStream::connect(dovecot.imaps()).is_ok();
        (words.contains("STARTTLS"), words.contains("LOGINDISABLED"), login.is_ok(), wrapped)
    };
    assert_eq!(capability(Tls::None), (false, false, true, false));
    assert_eq!(capability(Tls::Offered), (true, false, true, true));
    assert_eq!(capability(Tls::Required), (true, true, false, true));
}

#[test]
fn a_restart_keeps_ports_and_mails_and_ends_connections() {
    if left_out(&installed()) {
        return;
    }
    let mut dovecot = anna().start().unwrap();
    dovecot.deliver(ANNA, "INBOX", MAIL);
    let mut before = logged_in(&dovecot);
    dovecot.stop();
    assert!(std::net::TcpStream::connect(dovecot.imap()).is_err());
    dovecot.start();
    assert!(before.is_closed_by_peer());
    assert!(logged_in(&dovecot).imap("SELECT INBOX").unwrap().contains("* 1 EXISTS"));
}

#[test]
fn a_paused_server_is_silent_until_it_goes_on() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    let mut open = logged_in(&dovecot);
    dovecot.pause();
    let mut new = Lines::connect(dovecot.imap());
    open.send("a NOOP");
    assert!(new.is_silent() && open.is_silent());
    dovecot.resume();
    assert!(new.line().starts_with("* OK") && open.line().starts_with("a OK"));
    // One that is paused is stopped all the same.
    dovecot.pause();
}

#[test]
fn a_dropped_server_leaves_neither_process_nor_folder() {
    if left_out(&installed()) {
        return;
    }
    let dovecot = anna().start().unwrap();
    let _client = logged_in(&dovecot);
    let (address, socket) = (dovecot.imap(), dovecot.auth_socket());
    let folder = socket.ancestors().nth(2).unwrap().to_path_buf();
    assert!(folder.exists());
    drop(dovecot);
    assert!(!folder.exists());
    assert!(std::net::TcpStream::connect(address).is_err());
    assert!(!any_process_names(&folder));
}

/// The variable that makes the next test the process that is killed.
const VICTIM: &str = "REJOINDER_TEST_VICTIM";

#[test]
fn a_killed_test_leaves_neither_process_nor_folder() {
    if left_out(&installed()) {
        return;
    }
    if std::env::var_os(VICTIM).is_some() {
        let dovecot = anna().start().unwrap();
        println!("socket {}", dovecot.auth_socket().display());
        // Until it is killed.
        std::io::stdin().read_line(&mut String::new()).unwrap();
        return;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap());
    victim
        .args(["--exact", "a_killed_test_leaves_neither_process_nor_folder", "--nocapture"])
        .env(VICTIM, "1");
    let mut victim = victim.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let socket = lines.find_map(|line| line.unwrap().split_once("socket ").map(|(_, path)| path.to_owned()));
    let folder = PathBuf::from(socket.unwrap()).ancestors().nth(2).unwrap().to_path_buf();
    assert!(any_process_names(&folder));
    victim.kill().unwrap();
    victim.wait().unwrap();
    until("the folder is gone", || !folder.exists());
    until("no process names the folder", || !any_process_names(&folder));
}

fn any_process_names(folder: &Path) -> bool {
    let commands = std::fs::read_dir("/proc").unwrap().flatten();
    let mut texts = commands.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    texts.any(|text| String::from_utf8_lossy(&text).contains(&*folder.to_string_lossy()))
}
