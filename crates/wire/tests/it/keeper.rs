//! An acceptor that keeps mail in memory and whose answers are in the addresses, a listener around it, and a client
//! that speaks raw lines.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rejoinder_wire::listener::{Acceptor, DataReply, Envelope, ListenerLimits, Protocol, RcptReply, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Keeps mail. The local part of a recipient says what happens to it.
#[derive(Default)]
pub(crate) struct Keeper {
    kept: Mutex<Vec<(Envelope, Vec<u8>)>>,
    /// Told when a mail to `slow@` arrived; it is kept when `release` is told.
    pub(crate) arrived: Notify,
    pub(crate) release: Notify,
}

impl Keeper {
    pub(crate) fn kept(&self) -> Vec<(Envelope, Vec<u8>)> {
        self.kept.lock().unwrap().clone()
    }

    /// The text of every kept mail.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.kept().into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
    }
}

impl Acceptor for Keeper {
    fn host_name(&self) -> String {
        "mx.example".to_owned()
    }

    async fn recipient(&self, _: &Envelope, rcpt: &str) -> RcptReply {
        match rcpt.split('@').next().unwrap() {
            "unknown" => RcptReply::Refuse {
                code: 550,
                enhanced: "5.1.1",
                text: format!("no mailbox {rcpt}\r\n250 x"),
            },
            "odd" => RcptReply::Refuse { code: 250, enhanced: "2.0.0", text: "a refusal is one".into() },
            "busy" => RcptReply::Later { text: "come back".into() },
            "panic" => panic!("as asked"),
            "hang" => std::future::pending().await,
            _ => RcptReply::Accept,
        }
    }

    async fn message(&self, env: Envelope, bytes: Vec<u8>) -> Vec<DataReply> {
        let mut replies = Vec::new();
        for rcpt in &env.rcpt_to {
            replies.push(match rcpt.split('@').next().unwrap() {
                "refused" => DataReply::Refuse { text: "no".into() },
                "full" => DataReply::Later { text: "mailbox full".into() },
                "broken" => panic!("as asked"),
                "stuck" => std::future::pending().await,
                "mute" => return Vec::new(),
                "slow" => {
                    self.arrived.notify_one();
                    self.release.notified().await;
                    DataReply::Accepted { queue_id: "slow".into() }
                }
                name => DataReply::Accepted { queue_id: name.into() },
            });
        }
        self.kept.lock().unwrap().push((env, bytes));
        replies
    }
}

/// A listener on a free loopback port.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Served {
    pub(crate) async fn new(protocol: Protocol, limits: ListenerLimits) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let keeper = Arc::new(Keeper::default());
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(socket, protocol, Arc::clone(&keeper), limits, stop.clone()));
        Self { address, keeper, stop, task }
    }

    pub(crate) async fn smtp() -> Self {
        Self::new(Protocol::Smtp, ListenerLimits::default()).await
    }

    /// A connection before its greeting.
    pub(crate) async fn dial(&self) -> Talk {
        Talk { stream: TcpStream::connect(self.address).await.unwrap(), unread: String::new() }
    }

    /// A connection after its greeting and `EHLO` (or `LHLO`).
    pub(crate) async fn greeted(&self, hello: &str) -> Talk {
        let mut talk = self.dial().await;
        talk.expect("220 mx.example ").await;
        talk.say(hello).await;
        while talk.line().await.starts_with("250-") {}
        talk
    }

    /// Waits for the listener to end after a stop.
    pub(crate) async fn ended(self) -> Arc<Keeper> {
        self.task.await.unwrap();
        self.keeper
    }
}

/// A client that says what it is told to.
pub(crate) struct Talk {
    stream: TcpStream,
    unread: String,
}

impl Talk {
    /// Sends octets as they are.
    pub(crate) async fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.stream.write_all(octets.as_ref()).await.unwrap();
    }

    /// Sends a line.
    pub(crate) async fn say(&mut self, line: &str) {
        self.send(format!("{line}\r\n")).await;
    }

    /// The next line, without its end; empty at the end of the stream.
    pub(crate) async fn line(&mut self) -> String {
        loop {
            if let Some((line, rest)) = self.unread.split_once("\r\n") {
                let (line, rest) = (line.to_owned(), rest.to_owned());
                self.unread = rest;
                return line;
            }
            let mut octets = [0; 4096];
            let read = self.stream.read(&mut octets).await.unwrap();
            if read == 0 {
                assert_eq!(self.unread, "", "the stream ended inside a line");
                return String::new();
            }
            self.unread.push_str(std::str::from_utf8(&octets[..read]).unwrap());
        }
    }

    pub(crate) async fn expect(&mut self, start: &str) {
        let line = self.line().await;
        assert!(line.starts_with(start), "expected {start:?}, heard {line:?}");
    }

    /// Says each line and expects the reply beside it.
    pub(crate) async fn converse(&mut self, turns: &[(&str, &str)]) {
        for (line, reply) in turns {
            self.say(line).await;
            let heard = self.line().await;
            assert!(heard.starts_with(reply), "{line:?}: expected {reply:?}, heard {heard:?}");
        }
    }

    pub(crate) async fn expect_closed(&mut self) {
        assert_eq!(self.line().await, "", "nothing more is said");
    }

    /// Nothing has been said that was not read.
    pub(crate) fn is_quiet(&self) -> bool {
        let mut octet = [0];
        self.unread.is_empty()
            && self.stream.try_read(&mut octet).is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock)
    }
}
