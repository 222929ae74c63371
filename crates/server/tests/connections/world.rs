//! A program with the demo's people and rules, that trusts the authority of the tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rejoinder_engine::id::Id;
use rejoinder_engine::pack::record_id;
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_server::accept::{Incoming, account_for, keep};
use rejoinder_server::app::App;
use rejoinder_server::connection::Authorities;
use rejoinder_server::env::Env;
use rejoinder_server::install::{install, shipped};
use rejoinder_server::ops::change::{Asker, change};
use rejoinder_server::secrets::{KeySource, Secrets};
use rejoinder_server::serve::open;
use rejoinder_server::wire::Egress;
use rejoinder_server::workers::{jobs, notify, process};
use rejoinder_store::{DeliveryRow, Page};
use rejoinder_testkit::folder::Folder;
use rejoinder_testservers::{Certificates, Postfix, installed, left_out};

/// The user of the servers; the demo's Anna.
pub(crate) const ANNA: &str = "anna@example.com";
/// Her password at the servers.
pub(crate) const SECRET: &str = "open-sesame";

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(crate) fn cannot_run() -> bool {
    left_out(&installed().and_then(|()| Postfix::available()))
}

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    _folder: Folder,
}

impl World {
    /// The clock stands still, so that waits are ended by moving it.
    pub(crate) fn new(name: &str, certificates: &Certificates) -> Self {
        Self::reaching(name, certificates, Egress::LoopbackOnly)
    }

    /// One that may look names up; the only names in it are such that can have no address (RFC 6761, 6.4).
    pub(crate) fn looking_up(name: &str, certificates: &Certificates) -> Self {
        Self::reaching(name, certificates, Egress::Any)
    }

    fn reaching(name: &str, certificates: &Certificates, egress: Egress) -> Self {
        let folder = Folder::new(name);
        let store = open(folder.path(), None).unwrap();
        let env = Env::fixed(Timestamp::parse("2026-11-23T12:00:00Z").unwrap(), 42);
        let app = App::new(store, env, egress, Some("test".to_owned())).unwrap();
        let secrets = Secrets::load(&KeySource::Given(KEY.to_owned().into())).unwrap();
        let authorities = Authorities::read(&[certificates.ca_pem().to_owned()]).unwrap();
        let app = Arc::new(app.with_secrets(secrets).with_authorities(authorities));
        install(&app, &["core", "itsm", "demo"].map(|pack| shipped(pack).unwrap())).unwrap();
        Self { app, _folder: folder }
    }

    pub(crate) fn insert(&self, table: &str, fields: Fields) -> Id {
        let insert = Change::Insert { table: table.to_owned(), id: None, fields };
        change(&self.app, Asker::program(), vec![insert]).unwrap().first().unwrap().id
    }

    pub(crate) fn update(&self, table: &str, id: Id, fields: Fields) {
        let key = RecordKey { table: table.to_owned(), id };
        change(&self.app, Asker::program(), vec![Change::Update { key, fields }]).unwrap();
    }

    /// Has the demo's sending account, which is the usual one, changed.
    pub(crate) fn outgoing(&self, fields: Fields) -> Id {
        let id = record_id("demo", "accounts/outgoing");
        self.update("email_account", id, fields);
        id
    }

    /// A mail of Anna's, worked on up to the answer that waits to be sent to her.
    pub(crate) fn answer(&self, label: &str) {
        let account = account_for(&self.app.config().unwrap(), "help@example.com").unwrap();
        let text = format!(
            "From: {ANNA}\r\nTo: help@example.com\r\nSubject: {label}\r\nMessage-ID: <{label}@example.com>\r\n\r\nText.\r\n"
        );
        let copy = Incoming {
            account,
            source: "smtp".to_owned(),
            envelope_from: Some(ANNA.to_owned()),
            envelope_to: vec!["help@example.com".to_owned()],
            bytes: text.into_bytes(),
            refused: None,
            source_key: None,
        };
        keep(&self.app, vec![copy]).unwrap();
        while process::tick(&self.app).unwrap()
            + notify::tick(&self.app).unwrap()
            + jobs::tick(&self.app).unwrap()
            > 0
        {}
    }

    pub(crate) fn deliveries(&self) -> Vec<DeliveryRow> {
        self.app.store.deliveries(None, None, &Page { after: None, limit: 200 }).unwrap().items
    }

    /// Codes of what is open about sending, with their texts.
    pub(crate) fn attention(&self) -> Vec<(String, String)> {
        let open = self.app.store.attention(true, &Page::default()).unwrap().items;
        open.into_iter().map(|row| (row.why.code, row.why.text)).collect()
    }
}

/// Fields of an account at a server, with the right login.
pub(crate) fn account(kind: &str, server: SocketAddr, encryption: &str) -> Fields {
    let mut fields = texts(&[
        ("name", "Tested"),
        ("type", kind),
        ("server", &server.ip().to_string()),
        ("encryption", encryption),
        ("user_name", ANNA),
        ("password", SECRET),
        ("from_address", "help@example.com"),
    ]);
    fields.insert("port".to_owned(), Value::Int(server.port().into()));
    fields
}

pub(crate) fn texts(values: &[(&str, &str)]) -> Fields {
    values.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect()
}

/// Time for what has to happen, however busy the machine is.
pub(crate) const PATIENT: Duration = Duration::from_secs(30);
