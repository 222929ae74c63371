//! Mails per second from an IMAP mailbox into the committed inbox, and from the queue out over SMTP, each against the
//! same client doing the same without anything above it.
//!
//! Reading: Dovecot over TLS. Only the reader runs, so that nothing is decided meanwhile; bare is the same mailbox
//! fetched in the same batches and flagged in the same sets. Sending: the answers of a load that was decided before, to
//! a receiver on loopback; bare is the same mails from memory over as many connections. Effects are checked afterwards.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot go on ends")]
#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rejoinder_engine::pack::record_id;
use rejoinder_engine::plan::DeliveryState;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_server::app::App;
use rejoinder_server::connection::Authorities;
use rejoinder_server::env::{Env, pause};
use rejoinder_server::install::{install, shipped};
use rejoinder_server::limits::SEND_CONNECTIONS;
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::reading;
use rejoinder_server::secrets::{KeySource, Secrets};
use rejoinder_server::serve::{Options, open, start};
use rejoinder_server::wire::Egress;
use rejoinder_store::Page;
use rejoinder_testkit::folder::Folder;
use rejoinder_testkit::load::mail;
use rejoinder_testkit::receiver::{Received, Receiver};
use rejoinder_testkit::smtp::Smtp;
use rejoinder_testservers::{Certificates, Dovecot, SmtpConversation, installed, left_out};
use rejoinder_wire::endpoint::{Endpoint, Login, Security, Trust};
use rejoinder_wire::imap::{FETCH_MAILS, Flag, Imap};
use rejoinder_wire::smtp::{RecipientOutcome, Transmission, connect};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// Mails that are read, and mails that are sent.
const MAILS: usize = 3_000;
const OURS: &str = "ours@help.example";
const BARE: &str = "bare@help.example";
const PASSWORD: &str = "correct horse";
/// Mails of one listing, as in the reader.
const LISTED: usize = rejoinder_server::limits::LISTED_MAX;
const TIMEOUT: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);
/// How long one load may take.
const PATIENCE: Duration = Duration::from_secs(300);

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

fn per_second(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of mails is small")]
    let mails = MAILS as f64;
    mails / time.as_secs_f64()
}

fn until(what: &str, began: Instant, mut holds: impl FnMut() -> bool) -> Duration {
    while began.elapsed() < PATIENCE {
        if holds() {
            return began.elapsed();
        }
        pause(LOOK);
    }
    panic!("not within {PATIENCE:?}: {what}");
}

fn insert(app: &App, table: &str, fields: &[(&str, Value)]) -> rejoinder_engine::id::Id {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let insert = Change::Insert { table: table.to_owned(), id: None, fields };
    change(app, Asker::program(), vec![insert]).unwrap().remove(0).id
}

fn fill(dovecot: &Dovecot) {
    let mut lmtp = SmtpConversation::connect(dovecot.lmtp());
    lmtp.reply();
    lmtp.expect("LHLO load.example", 250);
    for n in 0..MAILS {
        lmtp.expect("MAIL FROM:<sender@load.example>", 250);
        [OURS, BARE].iter().for_each(|to| drop(lmtp.expect(&format!("RCPT TO:<{to}>"), 250)));
        lmtp.expect("DATA", 354);
        lmtp.send_mail(&mail(n, OURS));
        // LMTP answers for each recipient.
        assert!([lmtp.reply().code, lmtp.reply().code] == [250, 250]);
    }
    lmtp.expect("QUIT", 221);
}

/// The reader alone over a database of its own.
fn read_ours(runtime: &Runtime, dovecot: &Dovecot, ca: &Path) -> Duration {
    let folder = Folder::new("bench-imap");
    let app =
        App::new(open(folder.path(), None).unwrap(), Env::machine(), Egress::LoopbackOnly, None).unwrap();
    let keys = Secrets::load(&KeySource::Given("07".repeat(32).into())).unwrap();
    let authorities = Authorities::read(&[ca.to_owned()]).unwrap();
    let app = Arc::new(app.with_secrets(keys).with_authorities(authorities));
    install(&app, &["core", "itsm"].map(|pack| shipped(pack).unwrap())).unwrap();
    let text = |text: &str| Value::text(text);
    let account = [
        ("name", text("Ours")),
        ("type", text("imap")),
        ("server", text("127.0.0.1")),
        ("port", Value::Int(dovecot.imaps().port().into())),
        ("encryption", text("tls")),
        ("user_name", text(OURS)),
        ("password", text(PASSWORD)),
        ("first_run", text("all")),
        ("after_reading", text("flag")),
    ];
    let account = insert(&app, "email_account", &account);
    let stop = CancellationToken::new();
    let began = now();
    let task = runtime.spawn(reading::run(app.clone(), stop.clone()));
    let time = until("the mailbox is read", began, || app.store.last_reading(account).unwrap().is_some());
    stop.cancel();
    runtime.block_on(task).unwrap();
    let counts = app.store.queue_counts().unwrap();
    let kept: i64 = counts.iter().filter(|one| one.queue == "arrival").map(|one| one.count).sum();
    assert_eq!(usize::try_from(kept), Ok(MAILS), "each mail is in the inbox once");
    time
}

async fn read_bare(dovecot: &Dovecot, trust: Trust) -> Duration {
    let port = dovecot.imaps().port();
    let endpoint = Endpoint {
        security: Security::Tls,
        trust,
        ..Endpoint::plain("127.0.0.1", port, TIMEOUT, Egress::LoopbackOnly)
    };
    let began = now();
    let mut imap = Imap::connect(&endpoint, &Login::new(BARE, PASSWORD), &mut |_| {}).await.unwrap();
    imap.select("INBOX").await.unwrap();
    let flags = [Flag::Seen, Flag::Keyword(reading::KEYWORD.to_owned())];
    let (mut after, mut fetched) = (0, 0);
    loop {
        let listed = imap.list(after, LISTED).await.unwrap();
        let Some(last) = listed.last() else { break };
        after = last.uid;
        for batch in listed.chunks(FETCH_MAILS) {
            imap.fetch(batch, &mut |mail| fetched += usize::from(!mail.bytes.is_empty())).await.unwrap();
            let uids: Vec<u32> = batch.iter().map(|mail| mail.uid).collect();
            imap.flag(&uids, &flags).await.unwrap();
        }
    }
    imap.logout().await;
    assert_eq!(fetched, MAILS);
    began.elapsed()
}

fn reading(runtime: &Runtime) {
    if left_out(&installed()) {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = Dovecot::builder(&certificates).user(OURS, PASSWORD).user(BARE, PASSWORD).start().unwrap();
    fill(&dovecot);
    println!(
        "IMAP over TLS into the inbox (SQLite, nothing is decided): {MAILS} mails, flagged after reading"
    );
    let trust = Trust::only([std::fs::read(certificates.ca_pem()).unwrap()]).unwrap();
    let bare = runtime.block_on(read_bare(&dovecot, trust));
    let ours = read_ours(runtime, &dovecot, certificates.ca_pem());
    for user in [OURS, BARE] {
        let mails = dovecot.mails(user, "INBOX");
        let flagged = mails.iter().filter(|mail| mail.flags == [reading::KEYWORD, "\\Seen"]).count();
        assert_eq!((mails.len(), flagged), (MAILS, MAILS), "each mail of {user} is there and flagged");
    }
    tell("fetched, committed and flagged", ours, bare);
}

fn tell(what: &str, ours: Duration, bare: Duration) {
    println!("  {what}: {:>7.0} mails/s", per_second(ours));
    println!("  the bare client:                {:>7.0} mails/s", per_second(bare));
    println!("  ratio (goal at least 0.5):      {:>7.2}", bare.as_secs_f64() / ours.as_secs_f64());
}

/// Decides a load with sending switched off, then switches it on.
fn send_ours(runtime: &Runtime, receiver: &Receiver) -> Duration {
    let folder = Folder::new("bench-send");
    let running = runtime.block_on(start(Options::on_loopback(folder.path()))).unwrap();
    let app = &running.app;
    let text = |text: &str| Value::text(text);
    let switch = |on: &str| {
        let key = RecordKey {
            table: "setting".to_owned(),
            id: record_id("core", "settings/simple.email.smtp.active"),
        };
        let update = Change::Update { key, fields: [("value".to_owned(), text(on))].into() };
        change(app, Asker::program(), vec![update]).unwrap();
    };
    let listens = [
        ("name", text("Load")),
        ("type", text("listener")),
        ("addresses", Value::List(vec![OURS.to_owned()])),
    ];
    insert(app, "email_account", &listens);
    let out = [
        ("name", text("Out")),
        ("type", text("smtp")),
        ("server", text("127.0.0.1")),
        ("port", Value::Int(receiver.address.port().into())),
        ("encryption", text("none")),
        ("from_address", text(OURS)),
    ];
    insert(app, "email_account", &out);
    insert(app, "setting", &[("name", text("default.email.account.send")), ("value", text("Out"))]);
    switch("false");
    let mut smtp = Smtp::connect(running.smtp.unwrap()).unwrap();
    for n in 0..MAILS {
        smtp.send(&format!("guest{n}@load.example"), OURS, &mail(n, OURS)).unwrap();
    }
    // One row at a time is asked for: what is measured must not be the measuring. What waits comes first: what is claimed
    // between two questions is then seen by the second.
    let (store, one) = (&app.store, Page { after: None, limit: 1 });
    let open = ["ready", "in_process"].map(Some);
    let decided = || open.iter().all(|state| store.arrivals(*state, &one).unwrap().items.is_empty());
    let told = || open.iter().all(|state| store.events(*state, None, &one).unwrap().items.is_empty());
    let waits = [DeliveryState::Ready, DeliveryState::Sending].map(Some);
    let sent = || waits.iter().all(|state| store.deliveries(*state, None, &one).unwrap().items.is_empty());
    until("the load is decided", now(), decided);
    until("the rules have looked at it", now(), told);
    assert!(receiver.received().is_empty(), "nothing is sent yet");
    let began = now();
    switch("true");
    let time = until("all is sent", began, sent);
    assert_eq!(noted_as_sent(app), MAILS, "each answer is noted as sent");
    runtime.block_on(running.stop());
    time
}

fn noted_as_sent(app: &App) -> usize {
    let (mut sent, mut after) = (0, None);
    loop {
        let page =
            app.store.deliveries(Some(DeliveryState::Sent), None, &Page { after, limit: 200 }).unwrap();
        sent += page.items.len();
        match page.next {
            Some(next) => after = Some(next),
            None => return sent,
        }
    }
}

/// The same mails from memory, over as many connections.
fn send_bare(runtime: &Runtime, receiver: &Receiver, mails: &[Received]) -> Duration {
    let port = receiver.address.port();
    let began = now();
    let tasks: Vec<_> = mails
        .chunks(mails.len().div_ceil(SEND_CONNECTIONS))
        .map(|part| {
            let part = part.to_vec();
            let endpoint = Endpoint::plain("127.0.0.1", port, TIMEOUT, Egress::LoopbackOnly);
            runtime.spawn(async move {
                let mut session = connect(&endpoint, "bench.example", None, &mut |_| {}).await.unwrap();
                for mail in part {
                    let one = Transmission { mail_from: None, rcpt_to: &mail.to, bytes: &mail.bytes };
                    let report = session.send(&one, &mut |_| {}).await;
                    assert!(report.recipients.iter().all(|one| matches!(one, RecipientOutcome::Sent { .. })));
                }
                session.quit().await;
            })
        })
        .collect();
    tasks.into_iter().for_each(|task| runtime.block_on(task).unwrap());
    began.elapsed()
}

fn sending(runtime: &Runtime) {
    println!("SMTP out: {MAILS} mails over {SEND_CONNECTIONS} connections to a receiver on loopback");
    let (first, second) = (Receiver::start(Duration::ZERO), Receiver::start(Duration::ZERO));
    let ours = send_ours(runtime, &first);
    let mails = first.received();
    assert_eq!(mails.len(), MAILS, "each answer is received once");
    let bare = send_bare(runtime, &second, &mails);
    assert_eq!(second.received().len(), MAILS);
    tell("claimed, sent and noted as sent", ours, bare);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    reading(&runtime);
    sending(&runtime);
}
