//! A proxy before any server that breaks conversations where a test says: at a connection, at a byte, at a line, at a
//! command. What it is not told to break it passes on as it is.

mod connection;
mod rule;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use connection::Connection;
pub use rule::{Fault, Rule, When};

/// A rule with what became of it.
#[derive(Debug)]
struct Counted {
    rule: Rule,
    /// How often its moment came.
    came: usize,
    /// How often its fault happened.
    hits: usize,
}

#[derive(Debug)]
struct Shared {
    target: Mutex<SocketAddr>,
    script: Mutex<Vec<Counted>>,
    connections: AtomicUsize,
    open: Mutex<Vec<Weak<Connection>>>,
    stop: AtomicBool,
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Vec<Counted>> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault of the first rule whose moment this is and whose turn it is.
    fn fault(&self, is_now: impl Fn(&When) -> bool) -> Option<Fault> {
        let mut script = self.script();
        let mut found = None;
        for counted in script.iter_mut().filter(|counted| is_now(&counted.rule.when)) {
            counted.came += 1;
            if found.is_none() && counted.came > counted.rule.skip && counted.hits < counted.rule.times {
                counted.hits += 1;
                found = Some(counted.rule.fault.clone());
            }
        }
        found
    }

    fn close_all(&self) {
        for connection in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            connection.upgrade().iter().for_each(|connection| connection.cut());
        }
    }
}

/// A proxy; stopped, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl FaultProxy {
    /// Starts one before a server. It breaks nothing yet.
    pub fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        let address = listener.local_addr().expect("the port is known");
        let shared = Arc::new(Shared {
            target: Mutex::new(target),
            script: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let proxy = Self { address, shared: shared.clone() };
        std::thread::spawn(move || accept(&listener, &shared));
        proxy
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the script, also for connections that are open; the counts begin anew.
    pub fn script(&self, rules: impl IntoIterator<Item = Rule>) {
        *self.shared.script() = rules.into_iter().map(|rule| Counted { rule, came: 0, hits: 0 }).collect();
    }

    /// Breaks nothing from now on. Connections that were stalled stay so.
    pub fn heal(&self) {
        self.script([]);
    }

    /// How often faults of the script have happened.
    pub fn hits(&self) -> usize {
        self.shared.script().iter().map(|counted| counted.hits).sum()
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Acquire)
    }

    /// Closes all connections that are open.
    pub fn cut_all(&self) {
        self.shared.close_all();
    }

    /// Sends new connections to another server.
    pub fn retarget(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        self.shared.close_all();
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming().flatten() {
        if shared.stop.load(Ordering::Acquire) {
            return;
        }
        shared.connections.fetch_add(1, Ordering::AcqRel);
        let shared = shared.clone();
        // Beside: a target that is slow to connect must not keep the next client waiting.
        std::thread::spawn(move || connection::run(client, &shared));
    }
}
