//! What each command does.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use rejoinder_server::advice::Language;
use rejoinder_server::app::App;
use rejoinder_server::connection::Authorities;
use rejoinder_server::demo;
use rejoinder_server::env::Env;
use rejoinder_server::ops::{connection_test, doctor, explain, ingest, passwords, users};
use rejoinder_server::secrets::{KeySource, Secrets};
use rejoinder_server::serve::{Options, open, start};
use rejoinder_server::wire::Egress;
use tokio::runtime::Runtime;

use crate::beside::running;
use crate::{Command, Demo, Explain, Ingest, Password, Place, Serve, TestConnection, User};

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve(serve) => run_serve(serve),
        Command::Demo(demo) => run_demo(demo),
        Command::Ingest(ingest) => run_ingest(&ingest),
        Command::Try(asked) => crate::again::run_try(&asked),
        Command::Reprocess(asked) => crate::again::run_reprocess(&asked),
        Command::Explain(explain) => run_explain(&explain),
        Command::Doctor(place) => run_doctor(&place),
        Command::TestConnection(asked) => run_test_connection(&asked),
        Command::User(User::Password(asked)) => run_password(&asked),
        Command::Script(asked) => crate::script::run(asked),
        Command::Test(asked) => crate::rule_test::run(&asked),
        Command::Replay(asked) => Ok(crate::replay::run(&asked)),
        Command::Openapi => {
            print(&rejoinder_server::api::openapi_json()?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", text.trim_end()).context("standard output is gone")
}

fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime could be started")
}

/// Until a person or the system says stop.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

fn run_serve(serve: Serve) -> Result<ExitCode> {
    let options = Options {
        secret_keys: secret_keys(serve.place.secret_key_file),
        authorities: serve.place.ca_file,
        data: serve.place.data,
        database: serve.place.database,
        smtp: Some(serve.smtp),
        lmtp: serve.lmtp,
        http: serve.http,
        host: serve.host,
        node: serve.node,
        egress: serve.egress,
        demo: None,
    };
    runtime()?.block_on(async {
        let running = start(options).await?;
        told_to_stop().await;
        tracing::info!("stopping");
        if running.stop().await {
            return Ok(ExitCode::SUCCESS);
        }
        tracing::error!("some work did not end in time; its leases end by themselves");
        Ok(ExitCode::FAILURE)
    })
}

fn run_demo(asked: Demo) -> Result<ExitCode> {
    let local =
        |address: std::net::SocketAddr| if asked.script { ([127, 0, 0, 1], 0).into() } else { address };
    let folder = if asked.script { scratch()? } else { asked.data.clone() };
    let options = Options {
        database: asked.database.clone(),
        smtp: Some(local(asked.smtp)),
        http: local(asked.http),
        host: "demo.example.com".to_owned(),
        node: Some("demo".to_owned()),
        demo: Some(([127, 0, 0, 1], 0).into()),
        ..Options::on_loopback(&folder)
    };
    let runtime = runtime()?;
    let running = runtime.block_on(start(options))?;
    let tokens = demo::tokens(&running.app, &folder)?;
    let smtp = running.smtp.ok_or_else(|| anyhow!("the demo takes no mail"))?;
    let place = demo::Place { smtp, http: running.http, tokens, data: folder.clone() };
    let ended = if asked.script {
        let played = demo::play(&place, asked.seed, &mut std::io::stdout().lock());
        played.map_err(anyhow::Error::from)
    } else {
        print(&demo::welcome(&place))?;
        runtime.block_on(told_to_stop());
        Ok(())
    };
    let clean = runtime.block_on(running.stop());
    if asked.script {
        drop(std::fs::remove_dir_all(&folder));
    }
    ended?;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A folder of its own for one run of the script.
fn scratch() -> Result<PathBuf> {
    let env = Env::machine();
    let name: String = env.seed()?.to_string().chars().take(16).collect();
    Ok(std::env::temp_dir().join(format!("rejoinder-demo-{name}")))
}

/// The program over a database that no other program has open.
pub(crate) fn app(place: &Place) -> Result<Arc<App>> {
    let store = open(&place.data, place.database.as_deref())?;
    let keys = KeySource::or_in(secret_keys(place.secret_key_file.clone()), &place.data);
    let app = App::new(store, Env::machine(), Egress::Any, None)?;
    let authorities = Authorities::read(&place.ca_file)?;
    Ok(Arc::new(app.with_secrets(Secrets::load(&keys)?).with_authorities(authorities)))
}

/// Where the keys of secrets are: in the environment, else in the file that is named. Never on the command line,
/// which every user of the machine can read.
fn secret_keys(file: Option<PathBuf>) -> Option<KeySource> {
    let given = std::env::var("REJOINDER_SECRET_KEY").ok().filter(|text| !text.trim().is_empty());
    given.map(|text| KeySource::Given(text.into())).or_else(|| file.map(KeySource::File))
}

pub(crate) fn mails(path: &Path) -> Result<Vec<Vec<u8>>> {
    if path != Path::new("-") {
        return Ok(ingest::read_mails(path)?);
    }
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(ingest::FILE_BYTES_MAX);
    input.read_to_end(&mut bytes).context("standard input cannot be read")?;
    Ok(ingest::split_mbox(bytes))
}

fn run_ingest(asked: &Ingest) -> Result<ExitCode> {
    let client = running(&asked.place.data)?;
    let own = if client.is_none() { Some(app(&asked.place)?) } else { None };
    let account = asked.account.as_deref();
    for path in &asked.paths {
        for bytes in mails(path)? {
            let line = match (&client, &own) {
                (Some(client), _) => format!("kept as {}", client.hand_in(&bytes, account)?),
                (None, Some(app)) => {
                    let kept = ingest::ingest(app, bytes, account, "cli")?;
                    let state = if kept.new { "kept" } else { "was here before" };
                    format!("{state} as {}; `rejoinder serve` will work on it", kept.id)
                }
                (None, None) => return Err(anyhow!("neither a running program nor a database")),
            };
            print(&format!("{}: {line}", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn run_explain(asked: &Explain) -> Result<ExitCode> {
    let text = match running(&asked.place.data)? {
        Some(client) => client.explain(&asked.key)?,
        None => explain::explain(app(&asked.place)?.as_ref(), &asked.key)?.text,
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn run_doctor(place: &Place) -> Result<ExitCode> {
    let (text, well) = match running(&place.data)? {
        Some(client) => client.doctor()?,
        None => {
            let app = app(place)?;
            let mut findings = doctor::doctor(&app, &place.data)?;
            findings.extend(runtime()?.block_on(doctor::connections(&app))?);
            let bad = findings.iter().any(|finding| finding.health == doctor::Health::Bad);
            (doctor::tell(&findings), !bad)
        }
    };
    print(&text)?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_test_connection(asked: &TestConnection) -> Result<ExitCode> {
    let (text, passed) = match running(&asked.place.data)? {
        Some(client) => client.test_connection(&asked.name, &asked.language)?,
        None => {
            let app = app(&asked.place)?;
            let subject = connection_test::Subject::saved(&app, &asked.name)?;
            let (limits, language) = (connection_test::Limits::default(), Language::of(&asked.language));
            let report = runtime()?.block_on(connection_test::test(&app, &subject, limits, language));
            (report.tell(), report.passed())
        }
    };
    print(&text)?;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_password(asked: &Password) -> Result<ExitCode> {
    let client = running(&asked.place.data)?;
    let own = if client.is_none() { Some(app(&asked.place)?) } else { None };
    let password = if asked.stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("standard input cannot be read")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        passwords::generated(&Env::machine())?
    };
    match (&client, &own) {
        (Some(client), _) => client.set_password(&asked.address, &password, asked.administrator)?,
        (None, Some(app)) => users::set_password(app, &asked.address, &password, asked.administrator)?,
        (None, None) => return Err(anyhow!("neither a running program nor a database")),
    }
    if asked.stdin {
        print(&format!("the password of {} is set", asked.address))?;
    } else {
        print(&password)?;
    }
    Ok(ExitCode::SUCCESS)
}
