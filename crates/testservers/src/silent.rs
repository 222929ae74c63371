//! Places that do not answer: a listener that says nothing, and a port that nobody listens on.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::port::Port;

/// Ports that were handed out as refusing: kept for the life of the process, so that nobody begins to listen there.
static REFUSING: Mutex<Vec<Port>> = Mutex::new(Vec::new());

/// An address that refuses connections.
pub fn refused_address() -> SocketAddr {
    let port = Port::reserve(Ipv4Addr::LOCALHOST).unwrap_or_else(|error| panic!("{error}"));
    let address = port.address;
    REFUSING.lock().unwrap_or_else(PoisonError::into_inner).push(port);
    address
}

/// A listener that accepts connections, reads nothing and says nothing.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    held: Arc<Mutex<Vec<TcpStream>>>,
    stop: Arc<AtomicBool>,
}

impl Sink {
    /// Starts one.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        let address = listener.local_addr().expect("the port is known");
        let held = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let sink = Self { address, held: held.clone(), stop: stop.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Acquire) {
                    break;
                }
                held.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
            }
        });
        sink
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        for stream in self.held.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}
