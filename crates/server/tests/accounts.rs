//! Accounts and mailboxes as records: what is refused, what is kept secret, what is said to be missing, and that a
//! database from before goes on as it did.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what fails ends the test with its place"
)]

use std::sync::Arc;
use std::time::Duration;

use rejoinder_engine::account::{Account, AfterReading, FirstRun, Security, SentFolder};
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::pack::{Pack, record_id};
use rejoinder_engine::plan::{Actor, Cause, CauseKind, Plan, RecordOp, Unit};
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::setting::Settings;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::trace::Trace;
use rejoinder_engine::value::Value;
use rejoinder_server::accept::{Incoming, account_for, keep, receiving_account_for};
use rejoinder_server::app::App;
use rejoinder_server::env::Env;
use rejoinder_server::error::AppError;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::ops::accounts::notices;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::ops::doctor::{doctor, tell};
use rejoinder_server::ops::ingest::find_account;
use rejoinder_server::secrets::{KeySource, Secrets};
use rejoinder_server::serve::open;
use rejoinder_server::wire::Egress;
use rejoinder_server::workers::{jobs, notify, process, send};
use rejoinder_store::Page;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::receiver::Receiver;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER_KEY: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";
const BEFORE: &str = include_str!("fixtures/email_account_before_encryption.toml");

struct World {
    app: Arc<App>,
    folder: Folder,
}

fn keys(text: &str) -> Secrets {
    Secrets::load(&KeySource::Given(text.to_owned().into())).unwrap()
}

/// Each start over one folder has a seed of its own, so that its requests are no repeats of earlier ones.
fn app(folder: &Folder, key: &str, seed: u64) -> Arc<App> {
    let env = Env::fixed(Timestamp::parse("2026-11-23T12:00:00Z").unwrap(), seed);
    let store = open(folder.path(), None).unwrap();
    let app = App::new(store, env, Egress::LoopbackOnly, Some("test".to_owned())).unwrap();
    Arc::new(app.with_secrets(keys(key)))
}

/// The shipped packs as they were before accounts had encryption and there were mailboxes.
fn packs_before() -> Vec<Pack> {
    let mut packs = ["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap());
    let core = &mut packs[0].files;
    core.insert("tables/email_account.toml".to_owned(), BEFORE.to_owned());
    for new in
        ["tables/mailbox.toml", "accounts/mailbox-template.toml", "settings/email.validation.reg_exp.toml"]
    {
        core.remove(new).unwrap();
    }
    let outgoing = packs[2].files.get_mut("accounts/outgoing.toml").unwrap();
    *outgoing = outgoing.replace("encryption = \"none\"\n", "");
    packs.to_vec()
}

fn fields(values: &[(&str, Value)]) -> Fields {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn texts(values: &[(&str, &str)]) -> Fields {
    values.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect()
}

impl World {
    fn bare(name: &str) -> Self {
        let folder = Folder::new(name);
        Self { app: app(&folder, KEY, 1), folder }
    }

    /// The shipped packs without the demo's accounts.
    fn new(name: &str) -> Self {
        let world = Self::bare(name);
        install(&world.app, &["core", "itsm"].map(|pack| shipped(pack).unwrap())).unwrap();
        world
    }

    fn install(&self, packs: &[Pack]) {
        install(&self.app, packs).unwrap();
    }

    fn insert(&self, table: &str, fields: Fields) -> Result<Record, AppError> {
        let insert = Change::Insert { table: table.to_owned(), id: None, fields };
        change(&self.app, Asker::program(), vec![insert]).map(|mut made| made.remove(0))
    }

    fn update(&self, key: RecordKey, fields: Fields) -> Result<Record, AppError> {
        let update = Change::Update { key, fields };
        change(&self.app, Asker::program(), vec![update]).map(|mut made| made.remove(0))
    }

    fn set(&self, name: &str, value: &str) {
        self.insert("setting", texts(&[("name", name), ("value", value)])).unwrap();
    }

    /// A record as an older program left it, which today's rules would refuse.
    fn write_around_the_rules(&self, label: &str, fields: Fields) -> RecordKey {
        let now = self.app.env.now();
        let id = Seed::new([7; 32]).id(label, now);
        let key = RecordKey { table: "email_account".to_owned(), id };
        let cause = Cause { kind: CauseKind::Request, id, chain: Vec::new() };
        let trace = Trace::new("request", id, now, 0);
        let mut plan = Plan::new(Unit::Request { id }, now, Actor::system(), cause, trace);
        plan.records = vec![RecordOp::Insert { key: key.clone(), fields }];
        self.app.store.apply(&plan).unwrap();
        key
    }

    fn account(&self, id: Id) -> Account {
        self.app.config().unwrap().accounts[&id].clone()
    }

    fn codes(&self) -> Vec<&'static str> {
        notices(&self.app.config().unwrap(), &self.app.secrets).iter().map(|one| one.code).collect()
    }

    fn doctor(&self) -> String {
        tell(&doctor(&self.app, self.folder.path()).unwrap())
    }

    /// A mail to the help desk, and all that follows but for its sending.
    fn work(&self) {
        let account = account_for(&self.app.config().unwrap(), "help@example.com").unwrap();
        let bytes = b"From: Guest <guest@example.net>\r\nTo: help@example.com\r\nSubject: Printer\r\n\
                      Message-ID: <one@example.net>\r\n\r\nIt blinks.\r\n";
        let copy = Incoming {
            account,
            source: "smtp".to_owned(),
            envelope_from: Some("guest@example.net".to_owned()),
            envelope_to: vec!["help@example.com".to_owned()],
            bytes: bytes.to_vec(),
            source_key: None,
            refused: None,
        };
        keep(&self.app, vec![copy]).unwrap();
        while process::tick(&self.app).unwrap()
            + notify::tick(&self.app).unwrap()
            + jobs::tick(&self.app).unwrap()
            > 0
        {}
    }

    fn delivery_states(&self) -> Vec<String> {
        let rows = self.app.store.deliveries(None, None, &Page::default()).unwrap().items;
        rows.iter().map(|row| row.state.to_string()).collect()
    }

    fn attention(&self) -> Vec<String> {
        let rows = self.app.store.attention(true, &Page::default()).unwrap().items;
        rows.into_iter().map(|row| row.why.code).collect()
    }
}

fn tick_send(app: &Arc<App>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = app.clone();
    runtime.block_on(async { tokio::task::spawn_blocking(move || send::tick(&app)).await }).unwrap().unwrap();
}

fn mailbox() -> Fields {
    let mut values = texts(&[
        ("name", "Help"),
        ("type", "imap"),
        ("server", "imap.example.com"),
        ("user_name", "help"),
        ("password", "hunter2"),
        ("from_address", "help@example.com"),
        ("smtp_server", "smtp.example.com"),
        ("smtp_encryption", "starttls"),
    ]);
    values.extend(fields(&[("sends", Value::Bool(true)), ("save_sent", Value::Bool(true))]));
    values
}

fn field_error(error: AppError) -> (String, String, &'static str) {
    match error {
        AppError::Change(error) => {
            let first = error.fields().into_iter().next().unwrap_or_else(|| panic!("{error}"));
            (first.table, first.field, first.code)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_database_from_before_goes_on_as_it_did() {
    let world = World::bare("accounts-upgrade");
    let receiver = Receiver::start(Duration::ZERO);
    world.install(&packs_before());
    let outgoing =
        RecordKey { table: "email_account".to_owned(), id: record_id("demo", "accounts/outgoing") };
    let port = Value::Int(i64::from(receiver.address.port()));
    world.update(outgoing.clone(), fields(&[("port", port.clone())])).unwrap();
    let mut old = texts(&[("name", "Old and incomplete"), ("type", "smtp")]);
    old.insert("active".to_owned(), Value::Bool(true));
    let incomplete = world.write_around_the_rules("old", old);

    world.install(&["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap()));
    let sending = world.account(outgoing.id);
    let server = &sending.sends.as_ref().unwrap().server;
    assert_eq!((server.security, Value::Int(i64::from(server.port))), (Security::None, port));
    assert_eq!(sending.faults, []);
    assert_eq!(world.account(incomplete.id).incomplete().unwrap().code, "account_incomplete");
    let help = account_for(&world.app.config().unwrap(), "help@example.com").unwrap();
    assert!(world.account(help).is_listening());
    let kept = world.app.store.records_of("email_account").unwrap();
    let word = |id: Id| kept.iter().find(|record| record.id == id).unwrap().text("encryption").to_owned();
    assert_eq!((word(outgoing.id), word(incomplete.id)), ("none".to_owned(), "none".to_owned()));

    world.work();
    tick_send(&world.app);
    assert_eq!(receiver.received().len(), 1, "the answer goes out as before");
    let generation = world.app.config().unwrap().generation;
    world.install(&["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap()));
    assert_eq!(world.app.config().unwrap().generation, generation, "another start changes nothing");
    // An incomplete account is mended field by field.
    world.update(incomplete.clone(), texts(&[("server", "mx.example.com")])).unwrap();
    world.update(incomplete.clone(), texts(&[("from_address", "help@example.com")])).unwrap();
    assert_eq!(world.account(incomplete.id).faults, []);
}

#[test]
fn new_accounts_are_encrypted_unless_they_say_otherwise() {
    let world = World::new("accounts-new");
    let made = world.insert(
        "email_account",
        texts(&[
            ("name", "Relay"),
            ("type", "smtp"),
            ("server", "mx.example.com"),
            ("from_address", "a@example.com"),
        ]),
    );
    let made = made.unwrap();
    let server = world.account(made.id).sends.unwrap().server;
    assert_eq!((server.security, server.port, server.verify), (Security::Tls, 465, true));
    let cleared = world.update(made.key(), fields(&[("encryption", Value::Null)])).unwrap_err();
    assert_eq!(field_error(cleared), ("email_account".to_owned(), "encryption".to_owned(), "mandatory"));
}

#[test]
fn a_mailbox_is_one_account_with_one_login_and_rules_may_name_it() {
    let world = World::new("accounts-mailbox");
    let made = world.insert("mailbox", mailbox()).unwrap();
    let config = world.app.config().unwrap();
    let active: Vec<&Account> = config.accounts.values().filter(|account| account.active).collect();
    assert_eq!(active.iter().map(|account| account.id).collect::<Vec<_>>(), [made.id], "read once");
    let account = active[0];
    let (receives, sends) = (account.fetches().unwrap(), account.sends.as_ref().unwrap());
    assert_eq!((receives.server.host.as_str(), receives.server.port), ("imap.example.com", 993));
    assert_eq!((receives.after_reading.clone(), receives.first_run), (AfterReading::Flag, FirstRun::New));
    assert_eq!((sends.server.host.as_str(), sends.server.port), ("smtp.example.com", 587));
    assert_eq!(sends.sent_folder, Some(SentFolder::BySpecialUse));
    assert_eq!(world.app.secrets.password(account).unwrap().unwrap().expose(), "hunter2");
    assert_eq!(config.sending_account(None).unwrap().id, made.id);
    assert_eq!(config.receiving_account().unwrap().id, made.id);
    assert_eq!(receiving_account_for(&config, "Help+x@Example.com"), Some(made.id));
    assert_eq!(account_for(&config, "help@example.com"), None, "our listener takes no mail for it");
    let rule = [("name", "R"), ("table", "incident"), ("subject", "S"), ("body_text", "T")];
    let mut rule = texts(&rule);
    rule.insert("account".to_owned(), Value::Ref(made.id));
    world.insert("notification_rule", rule).unwrap();
    assert_eq!(world.codes(), [""; 0]);
    assert!(
        world.doctor().contains("Help reads INBOX at imap.example.com:993 by IMAP every 60 s"),
        "{}",
        world.doctor()
    );
}

#[test]
fn the_shipped_mailbox_is_filled_in_and_then_activated() {
    let world = World::new("accounts-template");
    let key = RecordKey { table: "mailbox".to_owned(), id: record_id("core", "accounts/mailbox-template") };
    let template = world.account(key.id);
    assert!(!template.active && template.faults.is_empty());
    assert_eq!(world.codes(), ["no_sending_account", "no_receiving_account"]);
    let activate = fields(&[("active", Value::Bool(true))]);
    let early = world.update(key.clone(), activate.clone()).unwrap_err();
    assert_eq!(field_error(early), ("mailbox".to_owned(), "server".to_owned(), "mandatory"));
    let mut filled = mailbox();
    filled.extend(activate);
    world.update(key, filled).unwrap();
    assert_eq!(world.codes(), [""; 0]);
}

#[test]
fn limits_of_scripts_that_are_none_and_rules_that_never_run_are_said_with_a_code() {
    let world = World::new("accounts-scripts");
    let refused = world.insert("setting", texts(&[("name", "script.rows"), ("value", "many")]));
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("a whole number from 0 to 100000 is wanted"), "{error}");
    let mut rule = texts(&[("name", "Rule"), ("table", "incident"), ("script", "1;")]);
    rule.extend(fields(&[("on_update", Value::Bool(true))]));
    world.insert("business_rule", rule).unwrap();
    // What an older program left behind is read all the same.
    let mut config = (*world.app.config().unwrap()).clone();
    let before = notices(&config, &world.app.secrets).len();
    config.settings = Settings::new([("script.rows".to_owned(), "many".to_owned())].into());
    config.automation.business_rules[0].condition = Err("the field is gone".to_owned());
    let found = notices(&config, &world.app.secrets);
    let told: Vec<_> = found.iter().skip(before).map(|one| (one.code, one.text.as_str())).collect();
    assert_eq!(
        told.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["bad_script_limit", "broken_condition"]
    );
    assert!(told[0].1.starts_with("script.rows: ") && told[1].1.contains("Rule never runs"), "{told:?}");
}

#[test]
fn what_is_missing_is_said_with_a_code() {
    let world = World::new("accounts-notices");
    let relay = |name: &str| {
        let values =
            [("name", name), ("type", "smtp"), ("server", "mx.example.com"), ("from_address", "a@b.example")];
        world.insert("email_account", texts(&values)).unwrap().key()
    };
    let listener = [("name", "Desk"), ("type", "listener")];
    let listener = world.insert("email_account", texts(&listener)).unwrap().key();
    assert_eq!(world.codes(), ["no_addresses", "no_sending_account"]);
    let addresses = Value::List(vec!["help@example.com".to_owned()]);
    world.update(listener.clone(), fields(&[("addresses", addresses)])).unwrap();
    let (one, _two) = (relay("One"), relay("Two"));
    assert_eq!(world.codes(), ["no_default_send_account"]);
    let named = world
        .insert("setting", texts(&[("name", "default.email.account.send"), ("value", "Nobody")]))
        .unwrap();
    let name = |value: &str| world.update(named.key(), texts(&[("value", value)])).unwrap();
    assert_eq!(world.codes(), ["default_send_account_missing", "no_default_send_account"]);
    name("Desk");
    assert_eq!(world.codes(), ["default_send_account_does_not_send", "no_default_send_account"]);
    name(&one.id.to_string());
    assert_eq!(world.codes(), [""; 0], "an id names it, too");
    name("One");
    world.update(one, fields(&[("active", Value::Bool(false))])).unwrap();
    assert_eq!(world.codes(), ["default_send_account_inactive"]);
    name("Two");
    world.set("default.email.account.read", "Two");
    assert_eq!(world.codes(), ["default_read_account_does_not_receive"]);
    for switch in ["simple.email.smtp.active", "simple.email.read.active"] {
        let key =
            RecordKey { table: "setting".to_owned(), id: record_id("core", &format!("settings/{switch}")) };
        world.update(key, texts(&[("value", "false")])).unwrap();
    }
    assert_eq!(world.codes(), ["sending_off", "receiving_off", "default_read_account_does_not_receive"]);
    let told = world.doctor();
    assert!(told.contains("default.email.account.read names Two, which does not receive"), "{told}");
}

#[test]
fn a_password_in_the_clear_and_an_unchecked_certificate_are_pointed_out() {
    let world = World::new("accounts-protection");
    let mut values = mailbox();
    values.insert("encryption".to_owned(), Value::text("none"));
    values.insert("certificate_validation".to_owned(), Value::Bool(false));
    let made = world.insert("mailbox", values).unwrap();
    assert_eq!(world.codes(), ["password_unprotected", "certificate_not_checked"]);
    world.update(made.key(), texts(&[("server", "127.0.0.1")])).unwrap();
    assert_eq!(
        world.codes(),
        ["certificate_not_checked"],
        "nobody listens between two programs of one machine"
    );
}

#[test]
fn a_password_is_kept_encrypted_everywhere_and_opens_with_its_key_alone() {
    let world = World::new("accounts-secret");
    let made = world.insert("mailbox", mailbox()).unwrap();
    assert!(made.text("password").starts_with("x1:"), "a record holds the encrypted form");
    let changes = world.app.store.changes_of(made.id, &Page::default()).unwrap().items;
    assert!(!format!("{changes:?}").contains("hunter2"));
    // Set to the same text, kept by a change that does not name it, cleared by none.
    let again = world.update(made.key(), texts(&[("password", "hunter2")])).unwrap();
    assert_ne!(again.text("password"), made.text("password"));
    let kept = world.update(made.key(), texts(&[("user_name", "other")])).unwrap();
    assert_eq!(kept.text("password"), again.text("password"));
    let cleared = world.update(made.key(), texts(&[("password", "")])).unwrap_err();
    assert_eq!(field_error(cleared), ("mailbox".to_owned(), "password".to_owned(), "mandatory"));

    let World { app: running, folder } = world;
    drop(running);
    let elsewhere = World { app: app(&folder, OTHER_KEY, 2), folder };
    assert_eq!(elsewhere.codes(), ["secret_unknown_key"]);
    assert!(elsewhere.doctor().contains("was encrypted with the key"), "{}", elsewhere.doctor());
    let World { app: running, folder } = elsewhere;
    drop(running);
    let rotated = World { app: app(&folder, &format!("{OTHER_KEY}\n{KEY}"), 3), folder };
    let account = rotated.account(made.id);
    assert_eq!(rotated.app.secrets.password(&account).unwrap().unwrap().expose(), "hunter2");
    let renewed = rotated.update(made.key(), texts(&[("password", "hunter3")])).unwrap();
    assert_eq!(renewed.text("password").split(':').nth(1), rotated.app.secrets.key_ids().first().copied());
}

#[test]
fn without_a_key_no_password_is_taken() {
    let folder = Folder::new("accounts-no-key");
    let world = World { app: app(&folder, KEY, 1), folder };
    install(&world.app, &["core", "itsm"].map(|pack| shipped(pack).unwrap())).unwrap();
    let World { app: running, folder } = world;
    drop(running);
    let store = open(folder.path(), None).unwrap();
    let keyless = App::new(store, Env::machine(), Egress::LoopbackOnly, None).unwrap();
    let keyless = World { app: Arc::new(keyless), folder };
    let error = keyless.insert("mailbox", mailbox()).unwrap_err();
    assert_eq!(error.code(), "secret_no_key");
    assert!(
        keyless.app.store.records_of("mailbox").unwrap().iter().all(|record| record.text("name") != "Help")
    );
}

#[test]
fn mail_without_an_account_comes_to_the_default_one() {
    let world = World::new("accounts-default-read");
    let mail = b"From: a@example.net\r\nTo: elsewhere@example.org\r\nSubject: x\r\n\r\ny\r\n";
    for name in ["One", "Two"] {
        let mut values = texts(&[("name", name), ("type", "listener")]);
        values
            .insert("addresses".to_owned(), Value::List(vec![format!("{name}@example.com").to_lowercase()]));
        world.insert("email_account", values).unwrap();
    }
    let error = find_account(&world.app, mail, None).unwrap_err();
    assert!(error.to_string().contains("default.email.account.read"), "{error}");
    world.set("default.email.account.read", "Two");
    let found = find_account(&world.app, mail, None).unwrap();
    assert_eq!(world.account(found).name, "Two");
    let one = find_account(&world.app, b"To: one@example.com\r\n\r\nx\r\n", None).unwrap();
    assert_eq!(world.account(one).name, "One", "the address comes first");
}

#[test]
fn what_an_account_cannot_send_waits_and_never_goes_out_unprotected() {
    for (name, protected) in [("accounts-tls", true), ("accounts-incomplete", false)] {
        let world = World::new(name);
        let receiver = Receiver::start(Duration::ZERO);
        let mut desk = texts(&[("name", "Desk"), ("type", "listener")]);
        desk.insert("addresses".to_owned(), Value::List(vec!["help@example.com".to_owned()]));
        world.insert("email_account", desk).unwrap();
        let mut relay = texts(&[("name", "Relay"), ("type", "smtp"), ("from_address", "help@example.com")]);
        relay.insert("active".to_owned(), Value::Bool(true));
        if protected {
            relay.extend(texts(&[("server", "127.0.0.1"), ("encryption", "tls")]));
            relay.insert("port".to_owned(), Value::Int(i64::from(receiver.address.port())));
        }
        world.write_around_the_rules("relay", relay);
        world.app.reload().unwrap();
        world.work();
        tick_send(&world.app);
        assert_eq!(receiver.received().len(), 0, "{name}");
        assert_eq!(world.delivery_states(), ["ready"], "{name}: it waits");
        let raised = world.attention();
        assert!(raised.iter().any(|code| code.starts_with("sending_")), "{name}: {raised:?}");
        assert_eq!(
            raised.contains(&"sending_account_incomplete".to_owned()),
            !protected,
            "{name}: {raised:?}"
        );
    }
}

#[test]
fn addresses_are_held_against_the_rfc_and_the_pattern_of_the_settings() {
    let world = World::new("accounts-addresses");
    let user = |email: &str| world.insert("user", texts(&[("name", email), ("email", email)]));
    user("анна@почта.рф").unwrap();
    assert_eq!(
        field_error(user("anna at example").unwrap_err()),
        ("user".to_owned(), "email".to_owned(), "bad_value")
    );
    let key =
        RecordKey { table: "setting".to_owned(), id: record_id("core", "settings/email.validation.reg_exp") };
    let unreadable = world.update(key.clone(), texts(&[("value", "(")])).unwrap_err();
    assert_eq!(field_error(unreadable), ("setting".to_owned(), "value".to_owned(), "bad_value"));
    world.update(key, texts(&[("value", "@example\\.com$")])).unwrap();
    user("anna@example.com").unwrap();
    let error = user("anna@example.org").unwrap_err();
    assert!(error.to_string().contains("does not match the pattern of email.validation.reg_exp"), "{error}");
}
