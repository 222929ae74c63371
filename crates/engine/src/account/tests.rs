//! What records of accounts and mailboxes say, and what is wrong with them.

use super::*;
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::id::Seed;
use crate::limits::HOST_CHARS_MAX;
use crate::time::Timestamp;

fn dictionary() -> Dictionary {
    let user = "name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'";
    let tables = [
        user,
        include_str!("../../../../packs/core/tables/email_account.toml"),
        include_str!("../../../../packs/core/tables/mailbox.toml"),
    ];
    Dictionary::new(tables.map(|text| toml::from_str(text).unwrap()).to_vec()).unwrap()
}

fn sealed() -> String {
    Sealed::new("0123abcd", vec![1; 50]).unwrap().text()
}

/// An active record of `table` with these values, as texts, and nothing from defaults.
fn record(table: &str, values: &[(&str, &str)]) -> Record {
    let dictionary = dictionary();
    let info = dictionary.table(table).unwrap();
    let id = Seed::new([1; 32]).id("account", Timestamp::from_micros(0));
    let mut record = Record { table: table.to_owned(), id, version: 1, fields: crate::record::Fields::new() };
    record.set("active", Value::Bool(true));
    for (name, text) in values {
        record.set(name, Value::parse(info.field(name).unwrap().kind, text).unwrap());
    }
    record
}

fn account(table: &str, values: &[(&str, &str)]) -> Account {
    Account::read(&dictionary(), &record(table, values))
}

/// The faults as `field code`.
fn wrong(table: &str, values: &[(&str, &str)]) -> Vec<String> {
    let found = faults(&dictionary(), &record(table, values));
    found.iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect()
}

#[test]
fn an_old_smtp_account_goes_on_unencrypted_through_port_25() {
    let account =
        account(EMAIL_ACCOUNT, &[("type", "smtp"), ("server", "mx"), ("from_address", "a@b.example")]);
    let sending = account.sends.as_ref().unwrap();
    assert_eq!((sending.server.security, sending.server.port), (Security::None, 25));
    assert!(sending.server.verify && sending.sent_folder.is_none());
    assert!(account.receives.is_none() && account.is_sending() && account.incomplete().is_none());
}

#[test]
fn an_empty_port_is_the_usual_one_of_type_and_encryption() {
    let usual =
        [("imap", ["143", "143", "993"]), ("pop3", ["110", "110", "995"]), ("smtp", ["25", "587", "465"])];
    for (kind, ports) in usual {
        for (encryption, port) in ["none", "starttls", "tls"].into_iter().zip(ports) {
            let account = account(EMAIL_ACCOUNT, &[("type", kind), ("encryption", encryption)]);
            let server = account.receives.map(|how| how.server).or(account.sends.map(|how| how.server));
            assert_eq!(server.unwrap().port.to_string(), port, "{kind} {encryption}");
        }
    }
    let account = account(EMAIL_ACCOUNT, &[("type", "imap"), ("encryption", "tls"), ("port", "1993")]);
    assert_eq!(account.receives.unwrap().server.port, 1993);
}

#[test]
fn a_receiving_account_has_careful_defaults() {
    let imap = account(EMAIL_ACCOUNT, &[("type", "imap")]).receives.unwrap();
    assert_eq!((imap.folder.as_str(), imap.after_reading), (INBOX, AfterReading::Flag));
    assert_eq!(
        (imap.first_run, imap.interval_seconds, imap.size_limit),
        (FirstRun::New, INTERVAL_SECONDS, MAIL_BYTES)
    );
    let pop3 = account(EMAIL_ACCOUNT, &[("type", "pop3")]).receives.unwrap();
    assert_eq!((pop3.protocol, pop3.after_reading), (Protocol::Pop3, AfterReading::Leave));
    let moved = [("type", "imap"), ("after_reading", "move"), ("move_to_folder", "Done")];
    let moved = account(EMAIL_ACCOUNT, &moved).receives.unwrap();
    assert_eq!(moved.after_reading, AfterReading::Move("Done".to_owned()));
}

#[test]
fn the_defaults_of_new_records_are_those_of_the_limits() {
    let dictionary = dictionary();
    let info = dictionary.table(MAILBOX).unwrap();
    let default = |name: &str| info.field(name).unwrap().default.clone().unwrap_or_default();
    assert_eq!(default("interval"), INTERVAL_SECONDS.to_string());
    assert_eq!(default("size_limit"), MAIL_BYTES.to_string());
    assert_eq!((default("encryption").as_str(), default("smtp_encryption").as_str()), ("tls", "tls"));
    assert_eq!((default("first_run").as_str(), default("certificate_validation").as_str()), ("new", "true"));
    assert_eq!(default("folder"), INBOX);
}

#[test]
fn a_mailbox_is_one_account_that_receives_and_sends_with_one_login() {
    let password = sealed();
    let values = [
        ("type", "imap"),
        ("server", "imap.example.com"),
        ("encryption", "tls"),
        ("user_name", "Help@Example.com"),
        ("password", password.as_str()),
        ("from_address", "help@example.com"),
        ("sends", "true"),
        ("smtp_server", "smtp.example.com"),
        ("smtp_encryption", "starttls"),
        ("certificate_validation", "false"),
        ("save_sent", "true"),
    ];
    let account = account(MAILBOX, &values);
    assert_eq!(account.faults, []);
    let (receives, sends) = (account.fetches().unwrap(), account.sends.as_ref().unwrap());
    let server = |host: &str, port, security| Server { host: host.to_owned(), port, security, verify: false };
    assert_eq!(receives.server, server("imap.example.com", 993, Security::Tls));
    assert_eq!(sends.server, server("smtp.example.com", 587, Security::StartTls));
    assert_eq!(sends.sent_folder, Some(SentFolder::BySpecialUse));
    assert_eq!(account.user.as_deref(), Some("Help@Example.com"));
    assert_eq!(account.password.as_ref().map(Sealed::text), Some(password));
    assert_eq!(account.addresses, ["help@example.com"]);
    assert!(account.is_receiving() && account.is_sending() && !account.is_listening());
}

#[test]
fn what_an_active_account_lacks_depends_on_its_type() {
    let lacks = |table, values: &[(&str, &str)]| wrong(table, values).join(", ");
    assert_eq!(lacks(EMAIL_ACCOUNT, &[("type", "listener")]), "");
    assert_eq!(lacks(EMAIL_ACCOUNT, &[("type", "smtp")]), "server mandatory, from_address mandatory");
    let fetched = "server mandatory, user_name mandatory, password mandatory";
    assert_eq!(lacks(EMAIL_ACCOUNT, &[("type", "imap")]), fetched);
    assert_eq!(lacks(EMAIL_ACCOUNT, &[("type", "pop3")]), fetched);
    assert_eq!(lacks(MAILBOX, &[("type", "pop3")]), fetched);
    let sending = format!("{fetched}, smtp_server mandatory, from_address mandatory");
    assert_eq!(lacks(MAILBOX, &[("type", "imap"), ("sends", "true")]), sending);
    let moved = format!("{fetched}, move_to_folder mandatory");
    assert_eq!(lacks(EMAIL_ACCOUNT, &[("type", "imap"), ("after_reading", "move")]), moved);
    let relay = [("type", "smtp"), ("server", "mx"), ("from_address", "a@b.example")];
    assert_eq!(lacks(EMAIL_ACCOUNT, &[&relay[..], &[("user_name", "u")]].concat()), "password mandatory");
    let password = sealed();
    assert_eq!(
        lacks(EMAIL_ACCOUNT, &[&relay[..], &[("password", &password)]].concat()),
        "user_name mandatory"
    );
    assert_eq!(lacks(MAILBOX, &[("type", "imap"), ("sends", "true"), ("active", "false")]), "");
}

#[test]
fn values_that_can_never_be_are_wrong_also_while_it_is_not_active() {
    let bad =
        |table, values: &[(&str, &str)]| wrong(table, &[values, &[("active", "false")]].concat()).join(", ");
    for word in ["flag", "move"] {
        let found = bad(EMAIL_ACCOUNT, &[("type", "pop3"), ("after_reading", word)]);
        assert_eq!(found, "after_reading bad_value", "{word}");
    }
    for word in ["delete", "leave"] {
        assert_eq!(bad(EMAIL_ACCOUNT, &[("type", "pop3"), ("after_reading", word)]), "", "{word}");
    }
    assert_eq!(bad(MAILBOX, &[("type", "smtp")]), "type bad_value");
    assert_eq!(bad(MAILBOX, &[("type", "listener")]), "type bad_value");
    assert_eq!(bad(MAILBOX, &[("type", "pop3"), ("save_sent", "true")]), "save_sent bad_value");
    assert_eq!(bad(MAILBOX, &[("type", "imap"), ("user_name", "a\r\nLOGOUT")]), "user_name bad_value");
    assert_eq!(bad(MAILBOX, &[("type", "imap"), ("password", "hunter2")]), "password bad_value");
}

#[test]
fn numbers_end_at_their_bounds() {
    let found =
        |field, value: i64| wrong(EMAIL_ACCOUNT, &[("type", "listener"), (field, &value.to_string())]).len();
    let bytes = i64::try_from(MAIL_BYTES_MAX).unwrap();
    let bounds = [
        ("interval", i64::from(INTERVAL_SECONDS_MIN), i64::from(INTERVAL_SECONDS_MAX)),
        ("size_limit", 1, bytes),
        ("port", 1, 65_535),
    ];
    for (field, min, max) in bounds {
        assert_eq!((found(field, min), found(field, max)), (0, 0), "{field}");
        assert_eq!((found(field, min - 1), found(field, max + 1)), (1, 1), "{field}");
    }
    const { assert!(MAIL_BYTES < MAIL_BYTES_MAX) }
    // A record that was written around the rules is held within them.
    let row = [("type", "imap"), ("interval", "0"), ("size_limit", "999999999999")];
    let receives = account(EMAIL_ACCOUNT, &row).receives.unwrap();
    assert_eq!((receives.interval_seconds, receives.size_limit), (INTERVAL_SECONDS_MIN, MAIL_BYTES_MAX));
}

#[test]
fn a_host_is_a_name_or_an_address_alone() {
    let label = "a".repeat(63);
    let longest = [&label[..], &label[..], &label[..], &label[..61]].join(".");
    assert_eq!(longest.len(), HOST_CHARS_MAX);
    for host in
        ["mail.example.com", "localhost", "10.0.0.1", "::1", "почта.рф", "mail.example.com.", &longest]
    {
        assert_eq!(wrong(EMAIL_ACCOUNT, &[("type", "listener"), ("server", host)]), [""; 0], "{host}");
    }
    let longer = format!("a{longest}");
    for host in
        ["imaps://mail.example.com", "mail.example.com:993", "a b", "a@b", "-a", "a..b", "a\nb", &longer]
    {
        let found = wrong(EMAIL_ACCOUNT, &[("type", "listener"), ("server", host)]);
        assert_eq!(found, ["server bad_value"], "{host}");
    }
}

#[test]
fn a_change_is_refused_only_for_a_fault_that_it_brings() {
    let dictionary = dictionary();
    let old = record(EMAIL_ACCOUNT, &[("type", "smtp")]);
    let mut mended = old.clone();
    mended.set("server", Value::text("mx.example.com"));
    assert!(check(&dictionary, Some(&old), &mended).is_ok());
    assert!(check(&dictionary, None, &old).is_err());
    let mut worse = mended.clone();
    worse.set("port", Value::Int(0));
    let error = check(&dictionary, Some(&mended), &worse).unwrap_err();
    assert_eq!(error.to_string(), "`email_account.port`: 0 is not between 1 and 65535");
    let ChangeError::Field { table, field, code, .. } = error else { panic!("{error}") };
    assert_eq!((table.as_str(), field.as_str(), code), ("email_account", "port", "bad_value"));
}

#[test]
fn what_is_wrong_with_an_account_is_one_sentence_for_its_administrator() {
    let why = account(EMAIL_ACCOUNT, &[("name", "Relay"), ("type", "smtp"), ("server", "mx")])
        .incomplete()
        .unwrap();
    assert_eq!(why.code, "account_incomplete");
    let text =
        "the account Relay cannot be used: `from_address`: an active account of the type smtp needs it";
    assert_eq!(why.text, text);
}
