//! Mail goes out over a real Postfix, encrypted and with a login, and an account that cannot send waits.

use rejoinder_engine::value::Value;
use rejoinder_server::workers::send;
use rejoinder_testservers::{Certificates, Dovecot, Fault, FaultProxy, Kind, Postfix, Rule, When, until};
use tokio::runtime::Runtime;

use crate::world::{ANNA, SECRET, World, account, cannot_run, texts};

fn servers(certificates: &Certificates, kind: Kind) -> (Dovecot, Postfix) {
    let dovecot = Dovecot::builder(certificates).user(ANNA, SECRET).start().unwrap();
    let postfix = Postfix::builder(certificates).certificate(kind).deliver("example.com", &dovecot);
    let postfix = postfix.auth(&dovecot).start().unwrap();
    (dovecot, postfix)
}

fn states(world: &World) -> Vec<String> {
    world.deliveries().iter().map(|row| row.state.to_string()).collect()
}

#[test]
fn mail_goes_out_over_tls_and_starttls_with_a_login_into_a_mailbox() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let (dovecot, postfix) = servers(&certificates, Kind::Good);
    let world = World::new("sending-tls", &certificates);
    let runtime = Runtime::new().unwrap();
    let _inside = runtime.enter();
    // Submission takes nothing without a login.
    for (count, (server, encryption)) in
        [(postfix.smtps(), "tls"), (postfix.submission(), "starttls")].into_iter().enumerate()
    {
        let mut fields = account("smtp", server, encryption);
        fields.remove("name");
        world.outgoing(fields);
        world.answer(&format!("over-{encryption}"));
        assert_eq!(send::tick(&world.app).unwrap(), 1);
        assert!(states(&world).iter().all(|state| state == "sent"), "{:?}", world.attention());
        until("the mail is in the mailbox", || dovecot.count(ANNA, "INBOX") == count + 1);
    }
    let log = postfix.log();
    assert!(log.contains("sasl_method=PLAIN"), "{log}");
    assert!(!log.contains(SECRET));
}

#[test]
fn an_account_that_cannot_log_in_waits_says_what_to_do_and_goes_on_when_it_can() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let (dovecot, postfix) = servers(&certificates, Kind::Good);
    let world = World::new("sending-login", &certificates);
    let runtime = Runtime::new().unwrap();
    let _inside = runtime.enter();
    let mut fields = account("smtp", postfix.submission(), "starttls");
    fields.remove("name");
    fields.insert("password".to_owned(), Value::text("not-it-at-all"));
    world.outgoing(fields);
    world.answer("waits");
    // Far longer than any mail is tried for: it does not expire for an account that cannot send.
    for _ in 0..3 {
        assert_eq!(send::tick(&world.app).unwrap(), 1);
        assert_eq!(send::tick(&world.app).unwrap(), 0, "the account is left alone for a while");
        assert_eq!(states(&world), ["ready"]);
        world.app.env.advance(100 * 3600 * 1_000_000);
    }
    let attention = world.attention();
    let login: Vec<_> = attention.iter().filter(|(code, _)| code == "sending_login_refused").collect();
    let [(_, text)] = login.as_slice() else { panic!("{attention:?}") };
    assert!(text.contains("535") && text.contains("app password"), "{text}");
    assert!(!text.contains("not-it-at-all"), "{text}");
    // Without a user the server refuses the mail itself: that is the account's trouble, too.
    world.outgoing([("user_name".to_owned(), Value::Null), ("password".to_owned(), Value::Null)].into());
    let proxy = FaultProxy::start(postfix.smtp());
    proxy.script([Rule::new(
        When::client_says("MAIL"),
        Fault::Answer("530 5.7.0 Authentication required".to_owned()),
    )]);
    let mut open = texts(&[("encryption", "none")]);
    open.insert("port".to_owned(), Value::Int(proxy.address().port().into()));
    world.outgoing(open);
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    assert_eq!(states(&world), ["ready"]);
    assert!(world.attention().iter().any(|(code, _)| code == "sending_login_wanted"));
    world.app.env.advance(3600 * 1_000_000);
    let mut fields = account("smtp", postfix.submission(), "starttls");
    fields.remove("name");
    world.outgoing(fields);
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    assert_eq!(states(&world), ["sent"]);
    assert!(world.attention().is_empty(), "it works again: {:?}", world.attention());
    until("the mail is in the mailbox", || dovecot.count(ANNA, "INBOX") == 1);
}

#[test]
fn a_relay_with_a_bad_certificate_gets_no_mail_and_no_password() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    for (kind, code) in [
        (Kind::Expired, "sending_certificate_expired"),
        (Kind::Misnamed, "sending_certificate_name"),
        (Kind::Untrusted, "sending_certificate_untrusted"),
    ] {
        let (_dovecot, postfix) = servers(&certificates, kind);
        let world = World::new(&format!("sending-{code}"), &certificates);
        let runtime = Runtime::new().unwrap();
        let _inside = runtime.enter();
        let mut fields = account("smtp", postfix.smtps(), "tls");
        fields.remove("name");
        world.outgoing(fields);
        world.answer("waits");
        assert_eq!(send::tick(&world.app).unwrap(), 1);
        assert_eq!(states(&world), ["ready"]);
        assert_eq!(world.attention().first().map(|(code, _)| code.as_str()), Some(code));
        assert!(!postfix.log().contains("sasl_"), "{}", postfix.log());
    }
}

#[test]
fn a_mailbox_that_is_full_at_the_relay_is_tried_again_in_the_servers_words() {
    if cannot_run() {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let (_dovecot, postfix) = servers(&certificates, Kind::Good);
    let world = World::new("sending-full", &certificates);
    let runtime = Runtime::new().unwrap();
    let _inside = runtime.enter();
    let proxy = FaultProxy::start(postfix.smtp());
    proxy.script([Rule::new(When::client_says("RCPT"), Fault::Answer("452 4.2.2 Mailbox full".to_owned()))]);
    let mut fields = account("smtp", proxy.address(), "none");
    fields.remove("name");
    world.outgoing(fields);
    world.answer("full");
    assert_eq!(send::tick(&world.app).unwrap(), 1);
    let rows = world.deliveries();
    assert_eq!(states(&world), ["ready"]);
    assert!(format!("{rows:?}").contains("452 4.2.2 Mailbox full"), "{rows:?}");
    assert!(world.attention().is_empty(), "nothing is wrong with the account: {:?}", world.attention());
}
