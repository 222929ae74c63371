//! What is wrong with a server or an account is found at its step, in the server's words, with what to do.

use std::net::SocketAddr;

use rejoinder_engine::record::Fields;
use rejoinder_engine::value::Value;
use rejoinder_server::advice::Language;
use rejoinder_server::ops::connection_test::{Limits, Part, State};
use rejoinder_testservers::{
    Certificates, Dovecot, Fault, FaultProxy, Kind, Postfix, Rule, Tls, When, refused_address,
};
use tokio::runtime::Runtime;

use crate::trial::{Row, all, try_out};
use crate::world::{ANNA, PATIENT, SECRET, World, account, cannot_run, texts};

const PATIENTLY: Limits = Limits { step: PATIENT, total: PATIENT };
/// For rows whose server never answers.
const SOON: Limits =
    Limits { step: std::time::Duration::from_secs(2), total: std::time::Duration::from_secs(20) };
const KINDS: [&str; 3] = ["imap", "pop3", "smtp"];

/// A Dovecot and a Postfix that share users and certificate.
struct Servers {
    dovecot: Dovecot,
    postfix: Postfix,
}

impl Servers {
    fn start(certificates: &Certificates, kind: Kind, tls: Tls) -> Self {
        let dovecot =
            Dovecot::builder(certificates).user(ANNA, SECRET).certificate(kind).tls(tls).start().unwrap();
        let postfix = Postfix::builder(certificates).certificate(kind).auth(&dovecot);
        let level = if tls == Tls::None { "none" } else { "may" };
        let postfix = postfix.setting("smtpd_tls_security_level", level).start().unwrap();
        Self { dovecot, postfix }
    }

    /// Where a protocol is spoken, with TLS from the first byte or without.
    fn of(&self, kind: &str, tls: bool) -> SocketAddr {
        match (kind, tls) {
            ("imap", false) => self.dovecot.imap(),
            ("imap", true) => self.dovecot.imaps(),
            ("pop3", false) => self.dovecot.pop3(),
            ("pop3", true) => self.dovecot.pop3s(),
            (_, false) => self.postfix.smtp(),
            (_, true) => self.postfix.smtps(),
        }
    }
}

fn with(mut fields: Fields, values: &[(&str, &str)]) -> Fields {
    fields.extend(texts(values));
    fields
}

fn row(
    name: String,
    fields: Fields,
    expected: (&'static str, &'static str, &'static str, &'static str),
) -> Row {
    let (step, code, said, advice) = expected;
    Row { name, fields, step, code, said, advice }
}

/// Faults of the account's own values.
fn wrong_values(good: &Servers) -> Vec<Row> {
    let mut rows = Vec::new();
    for (kind, refusal) in
        [("imap", "Authentication failed"), ("pop3", "Authentication failed"), ("smtp", "535")]
    {
        let tls = good.of(kind, true);
        let wrong = with(account(kind, tls, "tls"), &[("password", "not-it-at-all")]);
        let expected = ("login", "login_refused", refusal, "app password");
        rows.push(row(format!("{kind}: wrong password"), wrong, expected));
        let elsewhere = with(account(kind, tls, "tls"), &[("server", "mail.invalid")]);
        let expected = ("name", "not_allowed", "", "loopback");
        rows.push(row(format!("{kind}: a host that may not be reached"), elsewhere, expected));
        let closed = account(kind, refused_address(), "tls");
        let expected = ("connect", "port_closed", "", "Check the port");
        rows.push(row(format!("{kind}: closed port"), closed, expected));
        let plain = account(kind, good.of(kind, false), "tls");
        let expected = ("tls", "not_tls", "", "starttls");
        rows.push(row(format!("{kind}: TLS on a port without"), plain, expected));
    }
    let other = account("imap", good.of("pop3", false), "none");
    let expected = ("greeting", "not_this_protocol", "", "usual for IMAP: 993");
    rows.push(row("imap at a POP3 server".to_owned(), other, expected));
    let missing = with(account("imap", good.of("imap", true), "tls"), &[("folder", "Tickets")]);
    let expected = ("folder", "folder_missing", "Tickets", "name one that exists: Sent, INBOX");
    rows.push(row("imap: folder missing".to_owned(), missing, expected));
    let missing = with(
        account("imap", good.of("imap", true), "tls"),
        &[("after_reading", "move"), ("move_to_folder", "Done")],
    );
    let expected = ("folder", "folder_missing", "Done", "Make the folder Done");
    rows.push(row("imap: folder to move to missing".to_owned(), missing, expected));
    rows
}

#[test]
fn a_host_that_does_not_exist_is_found_at_its_name() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::looking_up("connections-nowhere", &certificates);
    let expected = ("name", "name_not_found", "", "Check the spelling of the server's name");
    let rows = KINDS.map(|kind| {
        let nowhere = with(account(kind, refused_address(), "tls"), &[("server", "mail.invalid")]);
        row(format!("{kind}: wrong host"), nowhere, expected)
    });
    all(&world.app, rows.into(), PATIENTLY);
}

#[test]
fn wrong_values_are_found_at_their_step_with_what_to_do() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-values", &certificates);
    let good = Servers::start(&certificates, Kind::Good, Tls::Offered);
    all(&world.app, wrong_values(&good), PATIENTLY);
}

#[test]
fn a_bad_certificate_is_found_over_tls_and_starttls_of_each_protocol() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-certificates", &certificates);
    for (kind, code, advice) in [
        (Kind::Expired, "certificate_expired", "it ended on 2021-12-31"),
        (Kind::Misnamed, "certificate_name", "elsewhere.example"),
        (Kind::Untrusted, "certificate_untrusted", "--ca-file"),
    ] {
        let servers = Servers::start(&certificates, kind, Tls::Offered);
        let mut rows = Vec::new();
        for protocol in KINDS {
            for (encryption, tls) in [("tls", true), ("starttls", false)] {
                let fields = account(protocol, servers.of(protocol, tls), encryption);
                let name = format!("{protocol} {encryption}: {kind:?}");
                rows.push(row(name, fields, ("tls", code, "", advice)));
            }
        }
        all(&world.app, rows, PATIENTLY);
    }
}

#[test]
fn a_server_without_starttls_is_told_from_one_that_is_not_there() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-starttls", &certificates);
    let bare = Servers::start(&certificates, Kind::Good, Tls::None);
    let expected = [
        ("starttls", "no_starttls", "", "usual port 993"),
        ("starttls", "no_starttls", "", "usual port 995"),
        ("starttls", "no_starttls", "", "usual port 465"),
    ];
    let rows = KINDS.iter().zip(expected).map(|(kind, expected)| {
        row(format!("{kind}: no STARTTLS"), account(kind, bare.of(kind, false), "starttls"), expected)
    });
    all(&world.app, rows.collect(), PATIENTLY);
}

#[test]
fn a_password_that_is_not_taken_in_the_clear_asks_for_encryption() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-plain", &certificates);
    let strict = Servers::start(&certificates, Kind::Good, Tls::Required);
    let expected = ("login", "login_not_offered", "", "starttls or tls");
    let rows = ["imap", "pop3"].map(|kind| {
        row(format!("{kind}: no login in the clear"), account(kind, strict.of(kind, false), "none"), expected)
    });
    all(&world.app, rows.into(), PATIENTLY);
}

#[test]
fn a_full_mailbox_and_one_in_use_are_told_in_the_servers_words() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-full", &certificates);
    let good = Servers::start(&certificates, Kind::Good, Tls::Offered);
    let mut proxies = Vec::new();
    let mut rows = Vec::new();
    for (kind, words, answer, expected) in [
        (
            "imap",
            "SELECT",
            "{tag} NO [OVERQUOTA] Quota exceeded",
            ("folder", "over_quota", "Quota exceeded", "Remove mail"),
        ),
        (
            "imap",
            "AUTHENTICATE",
            "{tag} NO [UNAVAILABLE] later",
            ("login", "unavailable", "later", "Try again"),
        ),
        ("pop3", "AUTH", "-ERR [IN-USE] locked", ("login", "in_use", "locked", "Another program")),
        ("pop3", "UIDL", "-ERR no such command", ("list", "no_unique_ids", "no such", "Use IMAP")),
        ("smtp", "EHLO", "421 4.3.2 too busy", ("hello", "unavailable", "421", "Try again later")),
        ("smtp", "AUTH", "454 4.7.0 Temporary failure", ("login", "unavailable", "454", "Try again later")),
    ] {
        let proxy = FaultProxy::start(good.of(kind, false));
        proxy.script([Rule::new(When::client_says(words), Fault::Answer(answer.to_owned()))]);
        rows.push(row(format!("{kind}: {answer}"), account(kind, proxy.address(), "none"), expected));
        proxies.push(proxy);
    }
    all(&world.app, rows, PATIENTLY);
}

#[test]
fn a_server_that_stops_answering_is_found_at_each_step() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-silent", &certificates);
    let good = Servers::start(&certificates, Kind::Good, Tls::Offered);
    let mut proxies = Vec::new();
    let mut rows = Vec::new();
    for (kind, encryption, when, step, advice) in [
        ("imap", "none", When::ServerLine(1), "greeting", "usual port 993"),
        ("imap", "tls", When::ServerBytes(0), "tls", "Check that the port speaks TLS"),
        ("imap", "starttls", When::client_says("STARTTLS"), "starttls", "Try again later"),
        ("imap", "none", When::client_says("AUTHENTICATE"), "login", "Try again later"),
        ("imap", "none", When::client_says("LIST"), "folder", "Try again later"),
        ("imap", "none", When::client_says("SELECT"), "folder", "Try again later"),
        ("pop3", "none", When::ServerLine(1), "greeting", "usual port 995"),
        ("pop3", "none", When::client_says("CAPA"), "hello", "usual port 995"),
        ("pop3", "tls", When::ServerBytes(0), "tls", "Check that the port speaks TLS"),
        ("pop3", "starttls", When::client_says("STLS"), "starttls", "Try again later"),
        ("pop3", "none", When::client_says("AUTH"), "login", "Try again later"),
        ("pop3", "none", When::client_says("LIST"), "list", "Try again later"),
        ("smtp", "none", When::ServerLine(1), "greeting", "usual port 465"),
        ("smtp", "none", When::client_says("EHLO"), "hello", "usual port 465"),
        ("smtp", "tls", When::ServerBytes(0), "tls", "Check that the port speaks TLS"),
        ("smtp", "starttls", When::client_says("STARTTLS"), "starttls", "Try again later"),
        ("smtp", "none", When::client_says("AUTH"), "login", "Try again later"),
    ] {
        let proxy = FaultProxy::start(good.of(kind, encryption == "tls"));
        let name = format!("{kind} {encryption}: silent after {when:?}");
        proxy.script([Rule::new(when, Fault::Stall)]);
        rows.push(row(name, account(kind, proxy.address(), encryption), (step, "timeout", "", advice)));
        proxies.push(proxy);
    }
    // Without TLS at a port that waits for it: the commonest mistake of all.
    for (kind, advice) in [("imap", "usual port 993"), ("pop3", "usual port 995"), ("smtp", "usual port 465")]
    {
        let fields = account(kind, good.of(kind, true), "none");
        rows.push(row(format!("{kind}: no TLS on a port with"), fields, ("greeting", "timeout", "", advice)));
    }
    all(&world.app, rows, SOON);
    assert!(proxies.iter().all(|proxy| proxy.hits() > 0), "each fault has happened");
}

#[test]
fn what_works_shows_every_step_and_the_certificate() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let world = World::new("connections-good", &certificates);
    let good = Servers::start(&certificates, Kind::Good, Tls::Offered);
    let runtime = Runtime::new().unwrap();
    let reported = |table: &str, fields, language| {
        runtime.block_on(try_out(&world.app, table, fields, PATIENTLY, language))
    };
    for kind in KINDS {
        for (encryption, tls) in [("tls", true), ("starttls", false), ("none", false)] {
            let fields = account(kind, good.of(kind, tls), encryption);
            let report = reported("email_account", fields, Language::English);
            assert!(report.passed(), "{}", report.tell());
            let step = |name: &str| report.steps.iter().find(|step| step.step == name);
            let certificate = step("tls").and_then(|step| step.certificate.clone());
            assert_eq!(certificate.is_some(), encryption != "none", "{}", report.tell());
            assert!(certificate.is_none_or(|one| one.names.contains(&"127.0.0.1".to_owned())));
            let login = if encryption == "none" { State::Warning } else { State::Ok };
            assert_eq!(step("login").unwrap().state, login, "{}", report.tell());
            assert!(!report.tell().contains(SECRET));
        }
    }
    let mut both = account("imap", good.of("imap", true), "tls");
    both.extend(texts(&[("smtp_server", "127.0.0.1"), ("smtp_encryption", "starttls")]));
    both.insert("smtp_port".to_owned(), Value::Int(good.of("smtp", false).port().into()));
    both.insert("sends".to_owned(), Value::Bool(true));
    both.insert("save_sent".to_owned(), Value::Bool(true));
    let report = reported("mailbox", both, Language::Russian);
    assert!(report.passed(), "{}", report.tell());
    for part in [Part::Receive, Part::Send] {
        assert!(report.steps.iter().any(|step| step.part == part && step.step == "login"));
    }
    assert!(report.tell().contains("писем: 0"), "{}", report.tell());
    let nothing = reported("mailbox", texts(&[("name", "Empty"), ("type", "imap")]), Language::English);
    assert_eq!(nothing.failed().map(|step| step.step), Some("settings"), "{}", nothing.tell());
}
