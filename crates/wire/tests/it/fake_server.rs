//! A server that follows a transcript, also where the transcript breaks the protocol.
//!
//! `S: text` is said; neighbouring lines go out in one write. `C: start` is a line that has to begin so. `C: .` is
//! a mail up to its final dot, `C: #1000` so many octets of it. `hang` says nothing more until the client
//! leaves, `stall` does not even read, `tls` begins TLS. At the end of the transcript the connection is closed.

use std::{sync::Arc, time::Duration};

use rejoinder_wire::endpoint::{Egress, Endpoint, Failure, Login, StepReport};
use rejoinder_wire::smtp::{Cause, RecipientOutcome, SendReport, Session, Stage, Transmission, connect};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// A server that can do what the client can make use of, up to the first `MAIL`.
pub(crate) const HELLO: &str = "S: 220 fake ready
C: EHLO client.example
S: 250-fake
S: 250-SIZE 99999999
S: 250-8BITMIME
S: 250 SMTPUTF8
";

/// The name that the client gives itself.
pub(crate) const HELO: &str = "client.example";

/// For what has to happen.
pub(crate) const PATIENT: Duration = Duration::from_secs(30);
/// For what must not happen, and long enough for the introduction before it.
pub(crate) const SHORT: Duration = Duration::from_millis(250);

pub(crate) struct Fake {
    pub(crate) endpoint: Endpoint,
    task: JoinHandle<Vec<u8>>,
}

impl Fake {
    /// Serves one connection by `transcript`.
    pub(crate) async fn new(transcript: impl Into<String>) -> Self {
        Self::serve(transcript, None).await
    }

    /// The same; `tls` shows this certificate.
    pub(crate) async fn with_tls(transcript: impl Into<String>, tls: ServerConfig) -> Self {
        Self::serve(transcript, Some(tls)).await
    }

    async fn serve(transcript: impl Into<String>, tls: Option<ServerConfig>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = endpoint(socket.local_addr().unwrap().port());
        let transcript = transcript.into();
        let task = tokio::spawn(async move {
            let (stream, _) = socket.accept().await.unwrap();
            follow(&transcript, BufReader::new(Box::new(stream)), tls).await
        });
        Self { endpoint, task }
    }

    pub(crate) fn impatient(mut self) -> Self {
        self.endpoint.timeout = SHORT;
        self
    }

    pub(crate) async fn session(&self) -> Session {
        connect_to(&self.endpoint).await.unwrap()
    }

    /// Logs in, too.
    pub(crate) async fn login(&self, login: &Login) -> (Result<Session, Failure>, Vec<StepReport>) {
        let mut steps = Vec::new();
        let result = connect(&self.endpoint, HELO, Some(login), &mut |step| steps.push(step)).await;
        (result, steps)
    }

    /// What the client said, once the connection is over; fails if the transcript was not followed.
    pub(crate) async fn heard(self) -> String {
        String::from_utf8_lossy(&self.task.await.unwrap()).into_owned()
    }
}

pub(crate) fn endpoint(port: u16) -> Endpoint {
    Endpoint::plain("127.0.0.1", port, PATIENT, Egress::LoopbackOnly)
}

pub(crate) async fn connect_to(endpoint: &Endpoint) -> Result<Session, Failure> {
    connect(endpoint, HELO, None, &mut |_| {}).await
}

trait Octets: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Octets for T {}
type Stream = BufReader<Box<dyn Octets>>;

async fn follow(transcript: &str, mut stream: Stream, tls: Option<ServerConfig>) -> Vec<u8> {
    let mut tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    let mut heard = Vec::new();
    let mut say = String::new();
    for line in transcript.lines() {
        if let Some(text) = line.strip_prefix("S: ") {
            say.extend([text, "\r\n"]);
            continue;
        }
        stream.write_all(std::mem::take(&mut say).as_bytes()).await.unwrap();
        match line.strip_prefix("C: ") {
            Some(".") => while hear_line(&mut stream, &mut heard).await != b".\r\n" {},
            Some(start) if start.starts_with('#') => {
                let mut octets = vec![0; start[1..].parse().unwrap()];
                stream.read_exact(&mut octets).await.unwrap();
            }
            Some(start) => {
                let line = hear_line(&mut stream, &mut heard).await;
                let line = String::from_utf8_lossy(&line).into_owned();
                assert!(line.starts_with(start), "expected {start:?}, heard {line:?}");
            }
            None if line == "stall" => std::future::pending().await,
            None if line == "tls" => {
                assert!(stream.buffer().is_empty(), "the client was ahead of TLS");
                // A client that refuses the certificate is gone, and heard nothing more.
                let Ok(secured) = tls.take().unwrap().accept(stream.into_inner()).await else { return heard };
                stream = BufReader::new(Box::new(secured));
            }
            None => {
                assert_eq!(line, "hang", "a line of the transcript");
                // The client may leave by a reset, too.
                drop(stream.read_to_end(&mut heard).await);
            }
        }
    }
    // The client may be gone before it hears the last words.
    drop(stream.write_all(say.as_bytes()).await);
    heard
}

async fn hear_line(stream: &mut Stream, heard: &mut Vec<u8>) -> Vec<u8> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await.unwrap();
    assert!(!line.is_empty(), "the client left");
    heard.extend_from_slice(&line);
    line
}

/// Sends a small mail from `a@example.org`; the report and the stages it went through.
pub(crate) async fn send(session: &mut Session, recipients: &[&str]) -> (SendReport, Vec<Stage>) {
    send_bytes(session, recipients, b"Subject: x\r\n\r\ntext\r\n").await
}

pub(crate) async fn send_bytes(
    session: &mut Session,
    recipients: &[&str],
    bytes: &[u8],
) -> (SendReport, Vec<Stage>) {
    let rcpt_to: Vec<String> = recipients.iter().map(|&r| r.to_owned()).collect();
    let mail = Transmission { mail_from: Some("a@example.org"), rcpt_to: &rcpt_to, bytes };
    let mut stages = Vec::new();
    let report = session.send(&mail, &mut |stage| stages.push(stage)).await;
    (report, stages)
}

/// An outcome in a word and its cause.
pub(crate) fn shown(outcome: &RecipientOutcome) -> String {
    let words = |word: &str, cause: &Cause| format!("{word} {cause}");
    match outcome {
        RecipientOutcome::Sent { reply } => format!("sent {reply}"),
        RecipientOutcome::Deferred { cause } => words("deferred", cause),
        RecipientOutcome::Failed { cause } => words("failed", cause),
        RecipientOutcome::Uncertain { cause } => words("uncertain", cause),
    }
}

pub(crate) fn all_shown(report: &SendReport) -> Vec<String> {
    report.recipients.iter().map(shown).collect()
}
