//! One connection through a proxy: two threads that pass bytes on, and the state that they share.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::rule::says;
use super::{Fault, Shared, When};
use crate::wait;

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Connection {
    client: TcpStream,
    server: TcpStream,
    /// Nothing passes any more.
    stalled: AtomicBool,
    /// The client is to see a reset, and no orderly end before it.
    reset: AtomicBool,
    /// The client asked for TLS: there are no lines any more.
    encrypted: AtomicBool,
    /// What happens to the server's next bytes.
    answer: Mutex<Option<Fault>>,
    /// Held while bytes are written to the client: both threads may.
    writing: Mutex<()>,
}

impl Connection {
    /// Closes both sides.
    pub(super) fn cut(&self) {
        drop(self.client.shutdown(Shutdown::Both));
        drop(self.server.shutdown(Shutdown::Both));
    }

    /// Closes both sides, with a reset to the client.
    fn reset(&self) {
        self.reset.store(true, Ordering::Release);
        // It is sent when the socket is closed, which is when both threads have let go of it.
        drop(socket2::SockRef::from(&self.client).set_linger(Some(Duration::ZERO)));
        drop(socket2::SockRef::from(&self.server).set_linger(Some(Duration::ZERO)));
        drop(self.server.shutdown(Shutdown::Both));
        drop(self.client.shutdown(Shutdown::Read));
    }

    fn tell_client(&self, bytes: &[u8]) -> bool {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        !self.stalled.load(Ordering::Acquire) && (&self.client).write_all(bytes).is_ok()
    }

    fn tell_server(&self, bytes: &[u8]) -> bool {
        !self.stalled.load(Ordering::Acquire) && (&self.server).write_all(bytes).is_ok()
    }

    fn expect_answer(&self, fault: Fault) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    fn take_answer(&self) -> Option<Fault> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Serves one client to the end of its connection.
pub(super) fn run(client: TcpStream, shared: &Arc<Shared>) {
    let fault = shared.fault(|when| *when == When::Connect);
    if let Some(Fault::Delay(time)) = fault {
        wait::pause(time);
    }
    let target = *shared.target.lock().unwrap_or_else(PoisonError::into_inner);
    // A server that refuses is seen by the client as a connection that ends.
    let Ok(server) = TcpStream::connect(target) else { return };
    drop(client.set_nodelay(true));
    drop(server.set_nodelay(true));
    let connection = Arc::new(Connection {
        client,
        server,
        stalled: AtomicBool::new(fault == Some(Fault::Stall)),
        reset: AtomicBool::new(false),
        encrypted: AtomicBool::new(false),
        answer: Mutex::new(None),
        writing: Mutex::new(()),
    });
    match fault {
        None | Some(Fault::Stall | Fault::Delay(_)) => {}
        Some(Fault::Cut) => return connection.cut(),
        Some(Fault::Reset) => return connection.reset(),
        Some(other) => connection.expect_answer(other),
    }
    shared.open.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&connection));
    if shared.stop.load(Ordering::Acquire) {
        connection.cut();
    }
    let [for_client, shared_with_it] = [connection.clone(), connection.clone()];
    let script = shared.clone();
    let upward = std::thread::spawn(move || {
        Direction::new(&script, &for_client, true).run();
        drop(for_client);
    });
    Direction::new(shared, &shared_with_it, false).run();
    drop(upward.join());
}

/// One direction of a connection.
struct Direction<'a> {
    shared: &'a Shared,
    connection: &'a Connection,
    from_client: bool,
    /// Bytes that were passed on.
    bytes: u64,
    /// Lines that were looked at.
    lines: u64,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
}

impl<'a> Direction<'a> {
    fn new(shared: &'a Shared, connection: &'a Connection, from_client: bool) -> Self {
        Self { shared, connection, from_client, bytes: 0, lines: 0, rest: Vec::new() }
    }

    fn run(mut self) {
        let (mut from, to) = if self.from_client {
            (&self.connection.client, &self.connection.server)
        } else {
            (&self.connection.server, &self.connection.client)
        };
        let mut chunk = vec![0; CHUNK];
        while let Ok(length @ 1..) = from.read(&mut chunk) {
            if !self.chunk(chunk.get(..length).unwrap_or_default()) {
                return;
            }
        }
        let rest = std::mem::take(&mut self.rest);
        self.tell(&rest);
        // A stalled connection stays open until the client gives up.
        let held = |flag: &AtomicBool| flag.load(Ordering::Acquire);
        if self.from_client || !(held(&self.connection.stalled) || held(&self.connection.reset)) {
            drop(to.shutdown(Shutdown::Write));
        }
    }

    /// Passes on what came. False: the connection is at its end.
    fn chunk(&mut self, bytes: &[u8]) -> bool {
        if self.connection.stalled.load(Ordering::Acquire) {
            // Read and forgotten, so that the sender does not notice.
            return true;
        }
        self.rest.extend_from_slice(bytes);
        let mut pending = std::mem::take(&mut self.rest);
        while !pending.is_empty() {
            let by_line = self.by_line();
            let end = match pending.iter().position(|byte| *byte == b'\n') {
                Some(place) if by_line => place + 1,
                // A line is judged when it is whole.
                None if by_line => break,
                _ => pending.len(),
            };
            let tail = pending.split_off(end);
            let part = std::mem::replace(&mut pending, tail);
            let goes_on = if self.from_client {
                self.client_part(&part, by_line)
            } else {
                self.server_part(part, by_line)
            };
            if !goes_on {
                return false;
            }
        }
        self.rest = pending;
        true
    }

    /// Whether lines are to be looked at: only where a rule asks for it, because what is no line would be held back.
    fn by_line(&self) -> bool {
        !self.connection.encrypted.load(Ordering::Acquire)
            && self.shared.script().iter().any(|counted| match counted.rule.when {
                When::ClientLine(_) | When::ClientSays(_) => self.from_client,
                When::ServerLine(_) | When::ServerSays(_) => !self.from_client,
                When::Connect | When::ServerBytes(_) => false,
            })
    }

    fn client_part(&mut self, part: &[u8], is_line: bool) -> bool {
        self.lines += line_ends(part);
        let line = String::from_utf8_lossy(part);
        let fault = self.shared.fault(|when| match when {
            When::ClientLine(number) => is_line && *number == self.lines,
            When::ClientSays(words) => is_line && says(&line, words),
            _ => false,
        });
        if fault.is_none() && (says(&line, "STARTTLS") || says(&line, "STLS")) {
            self.connection.encrypted.store(true, Ordering::Release);
        }
        match fault {
            None => self.tell(part),
            Some(Fault::Stall) => self.stall(),
            Some(Fault::Cut) => self.cut(),
            Some(Fault::Reset) => self.reset(),
            Some(Fault::Delay(time)) => {
                wait::pause(time);
                self.tell(part)
            }
            Some(Fault::Answer(text)) => {
                let tag = line.split_whitespace().next().unwrap_or_default();
                self.connection.tell_client(format!("{}\r\n", text.replace("{tag}", tag)).as_bytes())
            }
            Some(fault @ (Fault::LoseAnswer | Fault::Garble | Fault::Repeat)) => {
                // Before the line goes: its answer must not overtake.
                self.connection.expect_answer(fault);
                self.tell(part)
            }
        }
    }

    fn server_part(&mut self, mut part: Vec<u8>, is_line: bool) -> bool {
        if let Some(fault) = self.connection.take_answer() {
            return self.hit(&part, fault);
        }
        self.lines += line_ends(&part);
        let line = String::from_utf8_lossy(&part).into_owned();
        let fault = self.shared.fault(|when| match when {
            When::ServerLine(number) => is_line && *number == self.lines,
            When::ServerSays(start) => is_line && line.starts_with(start.as_str()),
            _ => false,
        });
        if let Some(fault) = fault {
            return self.hit(&part, fault);
        }
        // The byte up to which nothing happens, if it is among these.
        let next = self.bytes + part.len() as u64;
        let bounds: Vec<u64> = self
            .shared
            .script()
            .iter()
            .filter_map(|counted| match counted.rule.when {
                When::ServerBytes(bound) if (self.bytes..next).contains(&bound) => Some(bound),
                _ => None,
            })
            .collect();
        let Some(bound) = bounds.into_iter().min() else { return self.tell(&part) };
        let passed = usize::try_from(bound - self.bytes).unwrap_or(part.len());
        let hit = part.split_off(passed);
        if !self.tell(&part) {
            return false;
        }
        match self.shared.fault(|when| *when == When::ServerBytes(bound)) {
            Some(fault) => self.hit(&hit, fault),
            None => self.tell(&hit),
        }
    }

    /// Does to bytes of the server what a fault says.
    fn hit(&mut self, part: &[u8], fault: Fault) -> bool {
        match fault {
            Fault::Stall => self.stall(),
            Fault::Cut | Fault::LoseAnswer => self.cut(),
            Fault::Reset => self.reset(),
            Fault::Garble => {
                let wrong =
                    |byte: &u8| if matches!(byte, b'\r' | b'\n') { *byte } else { *byte ^ 0x55 | 0x80 };
                self.tell(&part.iter().map(wrong).collect::<Vec<_>>())
            }
            Fault::Delay(time) => {
                wait::pause(time);
                self.tell(part)
            }
            Fault::Repeat => self.tell(&part.repeat(2)),
            Fault::Answer(text) => {
                let line = String::from_utf8_lossy(part);
                let tag = line.split_whitespace().next().unwrap_or_default();
                self.tell(format!("{}\r\n", text.replace("{tag}", tag)).as_bytes())
            }
        }
    }

    fn tell(&mut self, bytes: &[u8]) -> bool {
        self.bytes += bytes.len() as u64;
        if bytes.is_empty() {
            return true;
        }
        let told = if self.from_client {
            self.connection.tell_server(bytes)
        } else {
            self.connection.tell_client(bytes)
        };
        told || self.connection.stalled.load(Ordering::Acquire)
    }

    fn stall(&self) -> bool {
        self.connection.stalled.store(true, Ordering::Release);
        true
    }

    fn cut(&self) -> bool {
        self.connection.cut();
        false
    }

    fn reset(&self) -> bool {
        self.connection.reset();
        false
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').skip(1).count() as u64
}
