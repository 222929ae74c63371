//! The proxy's faults, each at each of its moments, before a server that echoes what it was told.
#![expect(clippy::unwrap_used, reason = "tests")]

mod line_client;

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use line_client::Lines;
use rejoinder_testservers::{Fault, FaultProxy, Rule, Sink, When, refused_address, until};

/// A server that greets with `hello` and answers each line with `* said` and `ok LINE`; it keeps what it was told.
struct Echo {
    address: SocketAddr,
    told: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let echo = Self { address: listener.local_addr().unwrap(), told: Arc::default() };
        let told = echo.told.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let told = told.clone();
                std::thread::spawn(move || answer(stream.unwrap(), &told));
            }
        });
        echo
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

/// Ends at the client's end, or when it goes away.
fn answer(stream: TcpStream, told: &Mutex<Vec<String>>) {
    let mut out = stream.try_clone().unwrap();
    if out.write_all(b"hello\r\n").is_err() {
        return;
    }
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        told.lock().unwrap().push(line.clone());
        if out.write_all(format!("* said\r\nok {line}\r\n").as_bytes()).is_err() {
            return;
        }
    }
}

fn proxy() -> (Echo, FaultProxy) {
    let echo = Echo::start();
    let proxy = FaultProxy::start(echo.address);
    (echo, proxy)
}

fn greeted(proxy: &FaultProxy) -> Lines {
    let mut client = Lines::connect(proxy.address());
    assert_eq!(client.line(), "hello");
    client
}

fn asked(client: &mut Lines, line: &str) -> [String; 2] {
    [client.ask(line), client.line()]
}

#[test]
fn without_a_script_all_passes_as_it_is() {
    let (echo, proxy) = proxy();
    let mut client = greeted(&proxy);
    assert_eq!(asked(&mut client, "a1 NOOP"), ["* said", "ok a1 NOOP"]);
    client.send_bytes(b"no end");
    client.send("");
    assert_eq!([client.line(), client.line()], ["* said", "ok no end"]);
    assert_eq!((proxy.connections(), proxy.hits(), echo.told().len()), (1, 0, 2));
}

#[test]
fn a_command_is_stalled_and_others_are_not() {
    let (echo, proxy) = proxy();
    proxy.script([Rule::new(When::client_says("uid fetch"), Fault::Stall)]);
    let mut client = greeted(&proxy);
    asked(&mut client, "a UID STORE 1");
    client.send("b UID FETCH 1");
    assert!(client.is_silent());
    client.send("c NOOP");
    assert!(client.is_silent());
    assert_eq!((echo.told(), proxy.hits()), (vec!["a UID STORE 1".to_owned()], 1));
    // Another client is served.
    asked(&mut greeted(&proxy), "d NOOP");
}

#[test]
fn a_command_is_cut_before_it_arrives_or_only_its_answer_is_lost() {
    let (echo, proxy) = proxy();
    proxy.script([
        Rule::new(When::client_says("DATA"), Fault::Cut),
        Rule::new(When::client_says("."), Fault::LoseAnswer),
        Rule::new(When::client_says("RESET"), Fault::Reset),
    ]);
    for (line, end) in [("DATA", None), (".", None), ("RESET", Some(ErrorKind::ConnectionReset))] {
        let mut client = greeted(&proxy);
        client.send(line);
        assert_eq!(client.end(), end, "{line}");
    }
    assert_eq!((echo.told(), proxy.hits()), (vec![".".to_owned()], 3));
}

#[test]
fn a_command_is_swallowed_and_answered_in_the_servers_place() {
    let (echo, proxy) = proxy();
    proxy.script([
        Rule::new(When::client_says("UID EXPUNGE"), Fault::imap_ok()),
        Rule::new(When::client_says("DELE"), Fault::pop3_ok()),
    ]);
    let mut client = greeted(&proxy);
    assert_eq!(client.ask("a7 UID EXPUNGE 4"), "a7 OK done");
    assert_eq!(client.ask("DELE 1"), "+OK");
    assert_eq!(asked(&mut client, "NOOP"), ["* said", "ok NOOP"]);
    assert_eq!(echo.told(), ["NOOP"]);
}

#[test]
fn an_answer_is_repeated_garbled_or_comes_late() {
    let (_echo, proxy) = proxy();
    proxy.script([
        Rule::new(When::client_says("TWICE"), Fault::Repeat),
        Rule::new(When::client_says("WRONG"), Fault::Garble),
        Rule::new(When::client_says("LATE"), Fault::Delay(Duration::from_millis(700))),
    ]);
    let mut client = greeted(&proxy);
    let lines = asked(&mut client, "TWICE");
    assert_eq!(
        [&lines[0][..], &lines[1], &client.line(), &client.line()],
        ["* said", "ok TWICE", "* said", "ok TWICE"]
    );
    let wrong = asked(&mut client, "WRONG");
    assert!(!wrong[0].contains("said") && !wrong[1].contains("ok"), "{wrong:?}");
    client.send("LATE");
    assert!(client.is_silent());
    assert_eq!([client.line(), client.line()], ["* said", "ok LATE"]);
}

#[test]
fn lines_of_both_sides_are_counted_from_one() {
    let (echo, proxy) = proxy();
    proxy.script([Rule::new(When::ServerLine(3), Fault::Answer("no".to_owned()))]);
    assert_eq!(asked(&mut greeted(&proxy), "NOOP"), ["* said", "no"]);
    proxy.script([Rule::new(When::server_says("ok NOO"), Fault::Repeat)]);
    let mut client = greeted(&proxy);
    assert_eq!(asked(&mut client, "NOOP"), ["* said", "ok NOOP"]);
    assert_eq!(client.line(), "ok NOOP");
    proxy.script([Rule::new(When::ClientLine(2), Fault::Cut)]);
    let mut client = greeted(&proxy);
    asked(&mut client, "one");
    client.send("two");
    assert_eq!(client.end(), None);
    assert_eq!(echo.told(), ["NOOP", "NOOP", "one"]);
}

#[test]
fn the_server_is_stopped_at_a_byte_exactly() {
    let (_echo, proxy) = proxy();
    for (fault, expected) in
        [(Fault::Cut, "hello\r\n* s"), (Fault::Repeat, "hello\r\n* said\r\naid\r\nok x\r\n")]
    {
        proxy.script([Rule::new(When::ServerBytes(10), fault.clone())]);
        let mut client = Lines::connect(proxy.address());
        client.send("x");
        let mut read = String::new();
        if fault == Fault::Cut {
            client.read_to_end(&mut read);
            assert_eq!(read, expected);
        } else {
            // Where the chunks end is the kernel's choice: what is repeated is the rest of one.
            let lines = [client.line(), client.line(), client.line()];
            assert_eq!((&lines[0][..], &lines[1][..]), ("hello", "* said"));
            assert!(["aid", "ok x"].contains(&&lines[2][..]), "{lines:?}");
        }
        assert_eq!(proxy.hits(), 1);
    }
}

#[test]
fn a_connection_is_refused_stalled_late_or_wrong_from_its_beginning() {
    let (echo, proxy) = proxy();
    let scripted = |fault: Fault| {
        proxy.script([Rule::new(When::Connect, fault)]);
        Lines::connect(proxy.address())
    };
    assert_eq!(scripted(Fault::Cut).end(), None);
    assert_eq!(scripted(Fault::Reset).end(), Some(ErrorKind::ConnectionReset));
    assert!(scripted(Fault::Stall).is_silent());
    assert!(!scripted(Fault::Garble).line().contains("hello"));
    assert_eq!(scripted(Fault::Answer("* BYE".to_owned())).line(), "* BYE");
    let mut late = scripted(Fault::Delay(Duration::from_millis(700)));
    assert!(late.is_silent());
    assert_eq!(late.line(), "hello");
    assert_eq!((proxy.connections(), echo.told().len()), (6, 0));
}

#[test]
fn a_rule_waits_its_turn_and_ends_and_the_script_changes_under_open_connections() {
    let (_echo, proxy) = proxy();
    proxy.script([Rule::new(When::client_says("GO"), Fault::Answer("no".to_owned())).after(1).times(2)]);
    let mut client = greeted(&proxy);
    let first: Vec<String> = (0..5).map(|_| client.ask("GO")).collect();
    // The first answer has a second line, which is read as the second.
    assert_eq!(first, ["* said", "ok GO", "no", "no", "* said"]);
    assert_eq!(proxy.hits(), 2);
    proxy.script([Rule::new(When::client_says("NEW"), Fault::Answer("swallowed".to_owned())).once()]);
    let mut other = greeted(&proxy);
    assert_eq!(other.ask("NEW"), "swallowed");
    assert_eq!(asked(&mut other, "NEW"), ["* said", "ok NEW"]);
    proxy.heal();
    assert_eq!(proxy.hits(), 0);
}

#[test]
fn all_connections_are_cut_and_new_ones_go_to_another_server() {
    let (_echo, proxy) = proxy();
    let mut clients = [greeted(&proxy), greeted(&proxy)];
    proxy.cut_all();
    assert!(clients.iter_mut().all(Lines::is_closed_by_peer));
    let second = Echo::start();
    proxy.retarget(second.address);
    asked(&mut greeted(&proxy), "NOOP");
    assert_eq!(second.told(), ["NOOP"]);
    let mut open = greeted(&proxy);
    let address = proxy.address();
    drop(proxy);
    assert!(open.is_closed_by_peer());
    until("nobody listens any more", || TcpStream::connect(address).is_err());
}

#[test]
fn a_sink_accepts_and_says_nothing_and_a_closed_port_refuses() {
    let sink = Sink::start();
    let mut client = Lines::connect(sink.address());
    client.send("EHLO");
    assert!(client.is_silent());
    assert_eq!(sink.connections(), 1);
    drop(sink);
    assert!(client.is_closed_by_peer());
    let refused = TcpStream::connect(refused_address()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}
