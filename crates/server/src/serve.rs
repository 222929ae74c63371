//! Puts the parts together: store, packs, workers, listeners, API; and stops them in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rejoinder_engine::pack::record_id;
use rejoinder_store::{OpenOptions, Store, Target};
use rejoinder_wire::endpoint::Egress;
use rejoinder_wire::listener::{Acceptor, ListenerLimits, Protocol, serve as listen};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::accept::Accept;
use crate::api::{ApiState, router};
use crate::app::{App, Work};
use crate::connection::Authorities;
use crate::demo::Mailboxes;
use crate::env::Env;
use crate::error::AppError;
use crate::install::{install, shipped};
use crate::limits::{STOP_GRACE, TICKS};
use crate::secrets::{KeySource, Secrets};
use crate::workers::{self, jobs, notify, process, schedule, send};
use crate::{reading, stages, stream, tokens};

/// What is needed before the database opens.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of everything that the program keeps.
    pub data: PathBuf,
    /// `postgres://…`, or a path; the file `rejoinder.db` in the folder where nothing is said.
    pub database: Option<String>,
    /// Where mail is taken by SMTP.
    pub smtp: Option<SocketAddr>,
    /// Where mail is taken by LMTP.
    pub lmtp: Option<SocketAddr>,
    /// Where the API is served.
    pub http: SocketAddr,
    /// The name in the greeting of the listeners.
    pub host: String,
    /// The name of this process among others on the same database. A process that comes back under its old name
    /// goes on with its own work at once; under a new one the work waits for its leases to end.
    pub node: Option<String>,
    /// Where connections may go.
    pub egress: Egress,
    /// Where the keys of secrets are; the file `secret.key` in the folder, made at the first start, where nothing is
    /// said.
    pub secret_keys: Option<KeySource>,
    /// Files with further certificate authorities (PEM or DER) that mail servers are checked with.
    pub authorities: Vec<PathBuf>,
    /// Whether people, rules and mailboxes of the demo are there; the address of its own mail server.
    pub demo: Option<SocketAddr>,
}

impl Options {
    /// A program that keeps everything in `data`, listens on free ports of this machine alone and connects nowhere
    /// else: what the demo, tests and benchmarks begin with.
    pub fn on_loopback(data: &Path) -> Self {
        let any = ([127, 0, 0, 1], 0).into();
        Self {
            data: data.to_owned(),
            database: None,
            smtp: Some(any),
            lmtp: None,
            http: any,
            host: "localhost".to_owned(),
            node: None,
            egress: Egress::LoopbackOnly,
            secret_keys: None,
            authorities: Vec::new(),
            demo: None,
        }
    }
}

/// The running program.
pub struct Running {
    /// What everything shares.
    pub app: Arc<App>,
    /// Where mail is taken by SMTP.
    pub smtp: Option<SocketAddr>,
    /// Where mail is taken by LMTP.
    pub lmtp: Option<SocketAddr>,
    /// Where the API is served.
    pub http: SocketAddr,
    /// The token of the administrator.
    pub token: String,
    data: PathBuf,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// The file in the data folder that says where the running program is.
pub const RUNNING_FILE: &str = "running.json";
/// The file in the data folder with the administrator's token.
pub const TOKEN_FILE: &str = "admin.token";

/// Opens the database of a data folder.
pub fn open(data: &Path, database: Option<&str>) -> Result<Store, AppError> {
    open_as(data, database, None)
}

/// The same, by the process that works under this name: what an earlier one of the name left is ended.
fn open_as(data: &Path, database: Option<&str>, node: Option<String>) -> Result<Store, AppError> {
    std::fs::create_dir_all(data)
        .map_err(AppError::machine(format!("making the folder {}", data.display())))?;
    let target = match database {
        Some(text) => Target::parse(text)?,
        None => Target::parse(&data.join("rejoinder.db").to_string_lossy())?,
    };
    Ok(Store::open(&target, &OpenOptions { node, ..OpenOptions::default() })?)
}

/// Everything that must be there before the first mail: database, packs, the administrator's token.
fn prepare(options: &Options) -> Result<(Arc<App>, String), AppError> {
    if let Some(path) = std::env::var_os(stages::VARIABLE) {
        stages::record_into(Path::new(&path))?;
    }
    // Nobody else can have an embedded database open, so that its claims are always our own of before.
    let embedded = !options.database.as_deref().is_some_and(|text| text.starts_with("postgres"));
    let node = options.node.clone().or_else(|| embedded.then(|| "local".to_owned()));
    let store = open_as(&options.data, options.database.as_deref(), node.clone())?;
    let env = Env::machine();
    let keys = KeySource::or_in(options.secret_keys.clone(), &options.data);
    let secrets = Secrets::load_or_make(&keys, &env)?;
    let authorities = Authorities::read(&options.authorities)?;
    let app = App::new(store, env, options.egress, node)?.with_secrets(secrets).with_authorities(authorities);
    let app = Arc::new(app);
    app.store.void_claims(&app.node, app.env.now())?;
    let mut packs = vec![shipped("core")?, shipped("itsm")?];
    if options.demo.is_some() {
        packs.push(shipped("demo")?);
    }
    install(&app, &packs)?;
    if options.demo.is_some() {
        crate::demo::passwords(&app, options.http.ip().is_loopback())?;
    }
    let admin = record_id("core", "people/admin");
    let token = tokens::kept_in(&app, &options.data.join(TOKEN_FILE), "Administrator", admin)?;
    app.reload()?;
    schedule::keep(&app)?;
    Ok((app, token))
}

/// Starts everything. Ports may be 0; what was taken is in the answer.
pub async fn start(options: Options) -> Result<Running, AppError> {
    let stop = CancellationToken::new();
    let preparing = options.clone();
    let prepared = tokio::task::spawn_blocking(move || prepare(&preparing)).await;
    let (app, token) =
        prepared.map_err(|error| AppError::Refused(format!("the start failed: {error}")))??;
    let mut tasks = Vec::new();
    let mailboxes = match options.demo {
        Some(address) => Some(own_mailboxes(&app, &options, address, &stop, &mut tasks).await?),
        None => None,
    };
    let accept = Arc::new(Accept { app: app.clone(), host: options.host.clone() });
    let smtp = start_listener(options.smtp, Protocol::Smtp, accept.clone(), &stop, &mut tasks).await?;
    let lmtp = start_listener(options.lmtp, Protocol::Lmtp, accept, &stop, &mut tasks).await?;
    start_workers(&app, &stop, &mut tasks);
    let state = ApiState::new(app.clone(), mailboxes, options.data.clone());
    tasks.push(tokio::spawn(stream::feed(app.clone(), state.hub.clone(), stop.clone())));
    let http = start_http(state, options.http, &stop, &mut tasks).await?;
    let address = |taken: Option<SocketAddr>| taken.map(|address| address.to_string());
    let running = serde_json::json!({
        "api": format!("http://{http}"),
        "smtp": address(smtp),
        "lmtp": address(lmtp),
        "token": token,
    });
    tokens::write_private(&options.data.join(RUNNING_FILE), &running.to_string())?;
    tracing::info!(?smtp, ?lmtp, %http, "ready");
    Ok(Running { app, smtp, lmtp, http, token, data: options.data, stop, tasks })
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), AppError> {
    let what = format!("listening on {address} (is another program there?)");
    let socket = TcpListener::bind(address).await.map_err(AppError::machine(what.clone()))?;
    let taken = socket.local_addr().map_err(AppError::machine(what))?;
    Ok((socket, taken))
}

async fn start_listener<A: Acceptor>(
    address: Option<SocketAddr>,
    protocol: Protocol,
    acceptor: Arc<A>,
    stop: &CancellationToken,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<Option<SocketAddr>, AppError> {
    let Some(address) = address else { return Ok(None) };
    let (socket, taken) = bind(address).await?;
    tasks.push(tokio::spawn(listen(socket, protocol, acceptor, ListenerLimits::default(), stop.clone())));
    Ok(Some(taken))
}

/// The mailboxes that the demo keeps itself, and the port of the account that sends to them.
async fn own_mailboxes(
    app: &Arc<App>,
    options: &Options,
    address: SocketAddr,
    stop: &CancellationToken,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<Arc<Mailboxes>, AppError> {
    let mailboxes = Arc::new(Mailboxes::open(&options.data.join("mailboxes"), app.env.clone())?);
    let taken = start_listener(Some(address), Protocol::Smtp, mailboxes.clone(), stop, tasks).await?;
    let port = taken.map_or(0, |address| address.port());
    let app = app.clone();
    let pointed = tokio::task::spawn_blocking(move || point_outgoing(&app, port)).await;
    pointed.map_err(|error| AppError::Refused(format!("the start failed: {error}")))??;
    Ok(mailboxes)
}

/// The demo's sending account leads to the demo's own mail server, wherever that listens now.
fn point_outgoing(app: &App, port: u16) -> Result<(), AppError> {
    use rejoinder_engine::record::RecordKey;
    use rejoinder_engine::value::Value;
    let key = RecordKey { table: "email_account".to_owned(), id: record_id("demo", "accounts/outgoing") };
    let fields =
        [("server".to_owned(), Value::text("127.0.0.1")), ("port".to_owned(), Value::Int(i64::from(port)))];
    let update = rejoinder_engine::request::Change::Update { key, fields: fields.into() };
    crate::ops::change::change(app, crate::ops::change::Asker::program(), vec![update])?;
    Ok(())
}

fn start_workers(app: &Arc<App>, stop: &CancellationToken, tasks: &mut Vec<JoinHandle<()>>) {
    let mut start = |name, tick: workers::Tick, work| {
        tasks.push(tokio::spawn(workers::run(app.clone(), name, tick, work, stop.clone())));
    };
    for _ in 0..TICKS {
        start("process", process::tick, Work::Arrivals);
        start("notify", notify::tick, Work::Events);
    }
    start("schedule", |app| schedule::tick(app), Work::Schedule);
    start("jobs", |app| jobs::tick(app), Work::Jobs);
    tasks.push(tokio::spawn(send::run(app.clone(), stop.clone())));
    tasks.push(tokio::spawn(reading::run(app.clone(), stop.clone())));
    if app.store.is_shared() {
        let (hearing, ended) = (app.clone(), stop.clone());
        app.store.listen(&app.node, move || hearing.wake.hear(), async move { ended.cancelled().await });
        tasks.push(tokio::spawn(workers::announce(app.clone(), stop.clone())));
    } else {
        tasks.push(tokio::spawn(workers::refresh_statistics(app.clone(), stop.clone())));
    }
}

async fn start_http(
    state: ApiState,
    address: SocketAddr,
    stop: &CancellationToken,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<SocketAddr, AppError> {
    let (socket, taken) = bind(address).await?;
    let env = state.app.env.clone();
    let routes = crate::web::with_application(router(state), &env);
    let stopped = stop.clone();
    tasks.push(tokio::spawn(async move {
        let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
        let serving =
            axum::serve(socket, routes).with_graceful_shutdown(async move { stopped.cancelled().await });
        if let Err(error) = serving.await {
            tracing::error!(%error, "the API ended");
        }
    }));
    Ok(taken)
}

impl Running {
    /// Stops in order: no new mail, work under way is finished within [`STOP_GRACE`], claims are given back.
    /// Says whether everything ended by itself.
    pub async fn stop(self) -> bool {
        self.stop.cancel();
        let tasks = self.tasks;
        let all = async {
            for task in tasks {
                drop(task.await);
            }
        };
        let ended = tokio::time::timeout(STOP_GRACE, all).await.is_ok();
        drop(std::fs::remove_file(self.data.join(RUNNING_FILE)));
        let app = self.app;
        let released = tokio::task::spawn_blocking(move || app.store.release_claims(&app.node)).await;
        if let Ok(Err(error)) = released {
            tracing::warn!(%error, "claims were not given back; their leases end by themselves");
        }
        ended
    }
}
