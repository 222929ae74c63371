//! A load of mails, each with a sender, a subject and a Message-ID of its own, sent until the server has said 250.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rejoinder_server::env::pause;

use crate::smtp::Smtp;

/// How long a sender waits before it tries a server again that was not there.
const AGAIN: Duration = Duration::from_millis(20);

/// The mail of place `n`, addressed to `to`.
pub fn mail(n: usize, to: &str) -> Vec<u8> {
    format!(
        "From: Guest {n} <guest{n}@load.example>\r\nTo: {to}\r\nSubject: Load {n}\r\n\
         Message-ID: <load-{n}@load.example>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Something does not work in room {n}.\r\nPlease look at it.\r\n"
    )
    .into_bytes()
}

/// Senders at work.
pub struct Load {
    server: Arc<Mutex<Option<SocketAddr>>>,
    stop: Arc<AtomicBool>,
    next: Arc<AtomicUsize>,
    taken: Arc<AtomicUsize>,
    senders: Vec<JoinHandle<usize>>,
}

impl Load {
    /// Starts `senders` threads; they wait until the server's address is known. Each pauses for `pace` between two
    /// mails: a server that says 250 before it has done anything would otherwise be told more than it can do.
    pub fn start(senders: usize, to: &'static str, pace: Duration) -> Self {
        let server = Arc::new(Mutex::new(None));
        let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let taken = Arc::new(AtomicUsize::new(0));
        let start = |_| {
            let (server, stop) = (server.clone(), stop.clone());
            let counters = Counters { next: next.clone(), taken: taken.clone() };
            std::thread::spawn(move || send_all(&server, &stop, &counters, to, pace))
        };
        let senders = (0..senders).map(start).collect();
        Self { server, stop, next, taken, senders }
    }

    /// The server is here now; `None` while there is none.
    pub fn point_to(&self, address: Option<SocketAddr>) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }

    /// How many mails were accepted so far.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    /// No new mails: waits until each one that was begun is accepted. Says how many there were, and how many tries
    /// it took beyond the first ones.
    pub fn finish(self) -> (usize, usize) {
        self.stop.store(true, Ordering::SeqCst);
        let again = self.senders.into_iter().map(|sender| sender.join().expect("a sender ends")).sum();
        (self.next.load(Ordering::SeqCst), again)
    }
}

struct Counters {
    next: Arc<AtomicUsize>,
    taken: Arc<AtomicUsize>,
}

fn send_all(
    server: &Mutex<Option<SocketAddr>>,
    stop: &AtomicBool,
    counters: &Counters,
    to: &str,
    pace: Duration,
) -> usize {
    let mut open: Option<Smtp> = None;
    let mut again = 0;
    while !stop.load(Ordering::SeqCst) {
        let n = counters.next.fetch_add(1, Ordering::SeqCst);
        let bytes = mail(n, to);
        // The same bytes until the server has said 250, as a mail server does.
        while !try_send(server, &mut open, n, to, &bytes) {
            again += 1;
            pause(AGAIN);
        }
        counters.taken.fetch_add(1, Ordering::SeqCst);
        pause(pace);
    }
    again
}

fn try_send(
    server: &Mutex<Option<SocketAddr>>,
    open: &mut Option<Smtp>,
    n: usize,
    to: &str,
    bytes: &[u8],
) -> bool {
    if open.is_none() {
        let address = *server.lock().unwrap_or_else(PoisonError::into_inner);
        *open = address.and_then(|address| Smtp::connect(address).ok());
    }
    let sent =
        open.as_mut().is_some_and(|smtp| smtp.send(&format!("guest{n}@load.example"), to, bytes).is_ok());
    if !sent {
        *open = None;
    }
    sent
}
