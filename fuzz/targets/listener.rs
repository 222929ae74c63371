//! What clients say to the listener, over a connection: each accepted mail was one, and the session ends.
#![no_main]

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rejoinder_fuzz::runtime;
use rejoinder_wire::listener::{Acceptor, DataReply, Envelope, ListenerLimits, Protocol, RcptReply, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(5);

struct Ours;

impl Acceptor for Ours {
    async fn recipient(&self, _: &Envelope, rcpt: &str) -> RcptReply {
        assert!(!rcpt.contains(['\r', '\n']), "an address is on a line");
        match rcpt.split('@').next() {
            Some("no") => {
                RcptReply::Refuse { code: 550, enhanced: "5.1.1", text: format!("{rcpt} is not here") }
            }
            Some("later") => RcptReply::Later { text: String::new() },
            _ => RcptReply::Accept,
        }
    }

    async fn message(&self, env: Envelope, bytes: Vec<u8>) -> Vec<DataReply> {
        assert!(!env.rcpt_to.is_empty(), "a mail has somebody to go to");
        let reply = |_: &String| match bytes.first() {
            Some(b'!') => DataReply::Refuse { text: "no".to_owned() },
            _ => DataReply::Accepted { queue_id: "1".to_owned() },
        };
        env.rcpt_to.iter().map(reply).collect()
    }
}

fn address(protocol: Protocol) -> SocketAddr {
    static ADDRESSES: OnceLock<[SocketAddr; 2]> = OnceLock::new();
    let open = |protocol| {
        let socket = runtime().block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port is free");
        let address = socket.local_addr().expect("it has an address");
        let limits = ListenerLimits::default();
        runtime().spawn(serve(socket, protocol, Arc::new(Ours), limits, CancellationToken::new()));
        address
    };
    let [smtp, lmtp] = ADDRESSES.get_or_init(|| [Protocol::Smtp, Protocol::Lmtp].map(open));
    if protocol == Protocol::Smtp { *smtp } else { *lmtp }
}

fuzz_target!(|said: &[u8]| {
    let protocol = if said.first() == Some(&b'L') { Protocol::Lmtp } else { Protocol::Smtp };
    let address = address(protocol);
    let conversation = async {
        let stream = TcpStream::connect(address).await.expect("the listener listens");
        let (mut from, mut to) = stream.into_split();
        let saying = async {
            drop(to.write_all(said).await);
            drop(to.shutdown().await);
        };
        let mut answers = Vec::new();
        let (_, _) = tokio::join!(saying, from.read_to_end(&mut answers));
        answers
    };
    let answers = runtime().block_on(async { tokio::time::timeout(PATIENCE, conversation).await });
    let answers = answers.expect("a session ends when its client has gone");
    for line in answers.split_inclusive(|octet| *octet == b'\n') {
        let code = line.get(..3).unwrap_or_default();
        assert!(code.iter().all(u8::is_ascii_digit) || !line.ends_with(b"\r\n"), "an answer has a code");
    }
});
