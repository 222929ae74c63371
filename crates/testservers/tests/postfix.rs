//! Postfix as the tests need it, seen through raw SMTP.
#![expect(clippy::unwrap_used, reason = "tests")]

use rejoinder_testservers::{
    Certificates, Dovecot, Postfix, SmtpConversation, installed, left_out, refused_address, until,
};

const ANNA: &str = "anna@example.test";
/// AUTH PLAIN of anna with `secret`, and with `wrong`.
const RIGHT: &str = "AUTH PLAIN AGFubmFAZXhhbXBsZS50ZXN0AHNlY3JldA==";
const WRONG: &str = "AUTH PLAIN AGFubmFAZXhhbXBsZS50ZXN0AHdyb25n";

fn cannot_run() -> bool {
    left_out(&installed().and_then(|()| Postfix::available()))
}

fn dovecot(certificates: &Certificates) -> Dovecot {
    Dovecot::builder(certificates).user(ANNA, "secret").start().unwrap()
}

fn greeted(address: std::net::SocketAddr) -> SmtpConversation {
    let mut smtp = SmtpConversation::connect(address);
    assert_eq!(smtp.reply().code, 220);
    smtp.expect("EHLO client.test", 250);
    smtp
}

fn send(smtp: &mut SmtpConversation, from: &str, to: &str) {
    smtp.expect(&format!("MAIL FROM:<{from}>"), 250);
    smtp.expect(&format!("RCPT TO:<{to}>"), 250);
    smtp.expect("DATA", 354);
    smtp.send_mail(b"Subject: one\r\n\r\n.text\r\n");
    assert_eq!(smtp.reply().code, 250);
}

#[test]
fn mail_for_a_domain_reaches_its_dovecot() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = dovecot(&certificates);
    let postfix = Postfix::builder(&certificates).deliver("example.test", &dovecot).start().unwrap();
    send(&mut greeted(postfix.smtp()), "boris@outside.test", ANNA);
    until("the mail is in the inbox", || dovecot.count(ANNA, "INBOX") == 1);
    assert!(dovecot.mails(ANNA, "INBOX")[0].bytes.ends_with(b"\r\n\r\n.text\r\n"));
    until("the queue is empty", || postfix.queue_len() == 0);
}

#[test]
fn its_processes_find_nothing_to_warn_of_in_their_configuration() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = dovecot(&certificates);
    let builder = Postfix::builder(&certificates).deliver("example.test", &dovecot).auth(&dovecot);
    let builder = builder.setting("mynetworks", "").setting("smtpd_recipient_restrictions", "permit");
    let postfix = builder.setting("smtpd_tls_auth_only", "yes").start().unwrap();
    greeted(postfix.smtp()).expect("QUIT", 221);
    until("the conversation is in the log", || postfix.log().contains("disconnect from"));
    assert!(!postfix.log().contains("warning"), "{}", postfix.log());
}

#[test]
fn mail_for_other_domains_is_refused_also_after_auth() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = dovecot(&certificates);
    let postfix =
        Postfix::builder(&certificates).deliver("example.test", &dovecot).auth(&dovecot).start().unwrap();
    for login in [None, Some(RIGHT)] {
        let mut smtp = greeted(postfix.smtp());
        login.iter().for_each(|login| drop(smtp.expect(login, 235)));
        smtp.expect("MAIL FROM:<a@outside.test>", 250);
        smtp.expect("RCPT TO:<b@elsewhere.test>", 554);
    }
}

#[test]
fn passwords_are_those_of_the_dovecot_and_submission_asks_for_one() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = dovecot(&certificates);
    let postfix =
        Postfix::builder(&certificates).deliver("example.test", &dovecot).auth(&dovecot).start().unwrap();
    let mut smtp = greeted(postfix.submission());
    smtp.expect("MAIL FROM:<a@outside.test>", 250);
    smtp.expect(&format!("RCPT TO:<{ANNA}>"), 554);
    let mut smtp = greeted(postfix.submission());
    smtp.expect(WRONG, 535);
    smtp.expect(RIGHT, 235);
    send(&mut smtp, ANNA, ANNA);
    let offered = greeted(postfix.smtp()).command("EHLO client.test").text;
    assert!(offered.contains("AUTH PLAIN LOGIN") && offered.contains("STARTTLS"), "{offered}");
    until("the mail is in the inbox", || dovecot.count(ANNA, "INBOX") == 1);
}

#[test]
fn mail_waits_for_a_server_that_refuses_and_goes_on_when_flushed() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let mut dovecot = dovecot(&certificates);
    let mut postfix = Postfix::builder(&certificates).deliver("example.test", &dovecot).start().unwrap();
    dovecot.stop();
    send(&mut greeted(postfix.smtp()), "boris@outside.test", ANNA);
    until("the mail is deferred", || postfix.log().contains("status=deferred"));
    assert_eq!(postfix.queue_len(), 1);
    postfix.stop();
    assert!(std::net::TcpStream::connect(postfix.smtp()).is_err());
    dovecot.start();
    postfix.start();
    postfix.flush();
    until("the mail is in the inbox", || dovecot.count(ANNA, "INBOX") == 1);
}

#[test]
fn a_postfix_relays_to_another_over_smtp_and_returns_what_cannot_be_delivered() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = dovecot(&certificates);
    let inner = Postfix::builder(&certificates).deliver("example.test", &dovecot).start().unwrap();
    let outer = Postfix::builder(&certificates)
        .relay("example.test", inner.smtp())
        .bounce("gone.test", "5.1.1 nobody of this name")
        .refuse("closed.test", "5.7.1 not for you")
        .relay("down.test", refused_address())
        .start()
        .unwrap();
    let mut smtp = greeted(outer.smtp());
    send(&mut smtp, "boris@outside.test", ANNA);
    until("the mail is in the inbox", || dovecot.count(ANNA, "INBOX") == 1);
    smtp.expect("MAIL FROM:<>", 250);
    assert!(smtp.expect("RCPT TO:<a@closed.test>", 550).text.contains("not for you"));
    smtp.expect("RSET", 250);
    send(&mut smtp, ANNA, "anybody@down.test");
    send(&mut smtp, ANNA, "nobody@gone.test");
    send(&mut smtp, ANNA, "nobody@example.test");
    until("both reports are in the inbox", || dovecot.count(ANNA, "INBOX") == 3);
    let reports = dovecot.mails(ANNA, "INBOX").split_off(1);
    let texts: Vec<_> = reports.iter().map(|mail| String::from_utf8_lossy(&mail.bytes)).collect();
    assert!(texts.iter().all(|text| text.contains("message/delivery-status")));
    assert!(texts.iter().any(|text| text.contains("nobody of this name")));
    until("what cannot be relayed waits", || outer.queue_len() == 1 && inner.queue_len() == 0);
}

#[test]
fn a_dropped_postfix_leaves_neither_listener_nor_folder() {
    if cannot_run() {
        return;
    }
    let postfix = Postfix::builder(&Certificates::create().unwrap()).start().unwrap();
    let addresses = [postfix.smtp(), postfix.smtps()];
    let log = postfix.log();
    let folder = log.split("configuration ").nth(1).unwrap().trim().to_owned();
    assert!(std::path::Path::new(&folder).exists(), "{log}");
    drop(postfix);
    assert!(!std::path::Path::new(&folder).exists());
    assert!(addresses.iter().all(|address| std::net::TcpStream::connect(address).is_err()));
}
