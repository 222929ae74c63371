//! A receiving mail server with a raw log: what it was told is what was sent, whatever the sender believes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rejoinder_wire::listener::{Acceptor, DataReply, Envelope, ListenerLimits, Protocol, RcptReply, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// One mail that was received to its final dot.
#[derive(Debug, Clone)]
pub struct Received {
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The Message-ID, without angle brackets.
    pub message_id: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What the server is about to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A `RCPT`.
    Recipient,
    /// The final dot of a mail that it has.
    Content,
}

/// A receiving mail server.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Received>>>,
    stop: CancellationToken,
    _runtime: Runtime,
}

struct Log {
    received: Arc<Mutex<Vec<Received>>>,
    slow: Duration,
    meanwhile: Box<dyn Fn(Answer) + Send + Sync>,
}

impl Acceptor for Log {
    async fn recipient(&self, _: &Envelope, _: &str) -> RcptReply {
        tokio::task::block_in_place(|| (self.meanwhile)(Answer::Recipient));
        RcptReply::Accept
    }

    async fn message(&self, envelope: Envelope, bytes: Vec<u8>) -> Vec<DataReply> {
        let message_id = header(&bytes, "message-id").trim_matches(['<', '>']).to_owned();
        let received = Received { to: envelope.rcpt_to, message_id, bytes };
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(received);
        // A server far away: the sender waits for the answer to its final dot.
        tokio::time::sleep(self.slow).await;
        tokio::task::block_in_place(|| (self.meanwhile)(Answer::Content));
        vec![DataReply::Accepted { queue_id: "received".to_owned() }]
    }
}

/// The first value of a header; empty where it is absent.
fn header(bytes: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let found = head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    });
    found.unwrap_or_default()
}

impl Receiver {
    /// Starts one that answers to each final dot after `slow`.
    pub fn start(slow: Duration) -> Self {
        Self::start_with(slow, |_| {})
    }

    /// The same, and does `meanwhile` before each of these answers: what happens elsewhere while a sender waits.
    pub fn start_with(slow: Duration, meanwhile: impl Fn(Answer) + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime can be started");
        let log = Arc::new(Mutex::new(Vec::new()));
        let stop = CancellationToken::new();
        let socket = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a loopback port is free");
        let address = socket.local_addr().expect("the port is known");
        let acceptor = Arc::new(Log { received: log.clone(), slow, meanwhile: Box::new(meanwhile) });
        runtime.spawn(serve(socket, Protocol::Smtp, acceptor, ListenerLimits::default(), stop.clone()));
        Self { address, log, stop, _runtime: runtime }
    }

    /// Everything that was received so far.
    pub fn received(&self) -> Vec<Received> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
