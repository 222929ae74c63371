//! The command line. Each command says what it does in `--help`; beside a running program, commands go through it.

mod again;
mod beside;
mod commands;
mod replay;
mod rule_test;
mod script;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use rejoinder_server::wire::Egress;

/// Two-way email automation over records: mail that comes in becomes work on records, what happens to records
/// becomes mail, and every decision can be explained, tried out and repeated.
#[derive(Parser)]
#[command(name = "rejoinder", version, about, max_term_width = 100)]
struct Cli {
    /// What the program logs: `error`, `warn`, `info`, `debug`, or per module.
    #[arg(long, global = true, env = "REJOINDER_LOG", default_value = "info,rejoinder_wire=warn")]
    log: String,
    /// Log as JSON, one object a line.
    #[arg(long, global = true, env = "REJOINDER_LOG_JSON")]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run: read mailboxes, take mail, work on it, send mail, serve the page and the API.
    Serve(Serve),
    /// Run with people, rules and mailboxes of its own; nothing leaves this machine.
    Demo(Demo),
    /// Hand in mail from files: one .eml, an mbox, a Maildir, or standard input.
    Ingest(Ingest),
    /// Show what mails would do, with inbound actions as they are or with changed ones; nothing is written.
    Try(again::Try),
    /// Have mails decided once more with today's rules. What they did stays and is not done again. Shows what would be
    /// done; --apply does it.
    Reprocess(again::Reprocess),
    /// Say what was decided about a mail, an event, a run of a job or a record, and why.
    Explain(Explain),
    /// Check settings, database, accounts and their connections, clocks, folder and queues.
    Doctor(Place),
    /// Try the connections of an account or mailbox step by step; non-zero if a step fails.
    TestConnection(TestConnection),
    /// Give users a way in.
    #[command(subcommand)]
    User(User),
    /// Run and check scripts.
    #[command(subcommand)]
    Script(script::Script),
    /// Play the cases of packs: 0 where all came as stated, 1 where one did not, 2 where one could not be read.
    Test(rule_test::Test),
    /// Decide the mails of a period again, with today's rules or a changed pack, and list what would come otherwise:
    /// 0 where nothing would, 1 where something would, 2 where a mail could not be decided again.
    Replay(replay::Replay),
    /// Print the OpenAPI description of the REST API.
    Openapi,
}

/// Where the program keeps everything.
#[derive(Args, Clone)]
struct Place {
    /// The folder of everything that the program keeps.
    #[arg(long, env = "REJOINDER_DATA", default_value = "rejoinder-data")]
    data: PathBuf,
    /// `postgres://…` or a path; the file rejoinder.db in the folder where nothing is said.
    #[arg(long, env = "REJOINDER_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// The file with the keys that encrypt passwords, one of 64 hex digits a line, the first one encrypts; secret.key
    /// in the folder where nothing is said. The environment variable REJOINDER_SECRET_KEY gives keys without a file.
    #[arg(long, env = "REJOINDER_SECRET_KEY_FILE")]
    secret_key_file: Option<PathBuf>,
    /// A file with a certificate authority (PEM or DER) that mail servers are checked with, beside the system's; may
    /// be given more than once.
    #[arg(long, env = "REJOINDER_CA_FILE", value_delimiter = ':')]
    ca_file: Vec<PathBuf>,
}

impl Place {
    /// Whether there is anything: a database that is named, or a folder.
    fn is_there(&self) -> bool {
        self.database.is_some() || self.data.exists()
    }
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// Take mail by SMTP here. The listener knows no TLS yet: keep it behind your mail server.
    #[arg(long, env = "REJOINDER_SMTP", default_value = "127.0.0.1:2525")]
    smtp: SocketAddr,
    /// Take mail by LMTP here.
    #[arg(long, env = "REJOINDER_LMTP")]
    lmtp: Option<SocketAddr>,
    /// Serve the page and the API here.
    #[arg(long, env = "REJOINDER_HTTP", default_value = "127.0.0.1:8025")]
    http: SocketAddr,
    /// The name that the listeners greet with.
    #[arg(long, env = "REJOINDER_HOST", default_value = "localhost")]
    host: String,
    /// The name of this process among others on one PostgreSQL; keep it over restarts.
    #[arg(long, env = "REJOINDER_NODE")]
    node: Option<String>,
    /// Where connections may go: `any` or `loopback`.
    #[arg(long, env = "REJOINDER_EGRESS", default_value = "any", value_parser = egress)]
    egress: Egress,
}

#[derive(Args)]
struct Demo {
    /// The folder of everything that the demo keeps.
    #[arg(long, default_value = "rejoinder-demo")]
    data: PathBuf,
    /// `postgres://…` or a path; the file rejoinder.db in the folder where nothing is said.
    #[arg(long, env = "REJOINDER_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Take mail by SMTP here.
    #[arg(long, default_value = "127.0.0.1:2525")]
    smtp: SocketAddr,
    /// Serve the page and the API here.
    #[arg(long, default_value = "127.0.0.1:8025")]
    http: SocketAddr,
    /// Play the whole scenario, check each step, and end; non-zero if a step does not hold.
    #[arg(long)]
    script: bool,
    /// The seed of the scenario's names and subjects.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Args)]
struct Ingest {
    #[command(flatten)]
    place: Place,
    /// The files or folders; `-` is standard input.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The account that receives the mail; found by its recipients where nothing is said.
    #[arg(long)]
    account: Option<String>,
}

#[derive(Args)]
struct Explain {
    #[command(flatten)]
    place: Place,
    /// A record number, a Message-ID, an address, or the id of a mail, an arrival, an event, a run of a job or a user.
    key: String,
}

#[derive(Args)]
struct TestConnection {
    #[command(flatten)]
    place: Place,
    /// The name or the id of the account.
    name: String,
    /// The language of what is said: `en` or `ru`.
    #[arg(long, default_value = "en")]
    language: String,
}

#[derive(Subcommand)]
enum User {
    /// Set the password of a user: prints a generated one, or reads one from standard input.
    Password(Password),
}

#[derive(Args)]
struct Password {
    #[command(flatten)]
    place: Place,
    /// The address of the user.
    address: String,
    /// Read the password from standard input, one line, instead of generating one.
    #[arg(long)]
    stdin: bool,
    /// Where nobody has the address yet, give it to the administrator that every installation has.
    #[arg(long)]
    administrator: bool,
}

fn egress(text: &str) -> Result<Egress, String> {
    match text {
        "any" => Ok(Egress::Any),
        "loopback" => Ok(Egress::LoopbackOnly),
        other => Err(format!("`{other}` is none of any, loopback")),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(&cli.log, cli.log_json);
    match commands::run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error with its causes, each said once.
pub(crate) fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = if text.is_empty() { more } else { format!("{text}: {more}") };
        }
    }
    text
}

fn start_log(filter: &str, json: bool) {
    rejoinder_server::log::start(filter, json);
}
