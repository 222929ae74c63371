//! The stream of what is new: told at once, to those who may read it, resumed where it broke off, from every node.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use rejoinder_engine::id::Id;
use rejoinder_server::limits::{
    STREAM_BEAT, STREAM_NOTICES, STREAM_OVERLAP, STREAM_PAUSE, STREAM_POLL, STREAM_ROWS, STREAMS_PER_USER,
};
use rejoinder_server::serve::{Options, start};
use rejoinder_testkit::folder::Folder;
use serde_json::{Value as Json, json};

use super::World;

/// One event: its name, its id, its data.
#[derive(Debug)]
struct Event {
    name: String,
    id: String,
    data: Json,
}

/// An open stream, as a client that knows nothing but lines reads it.
struct Stream {
    lines: BufReader<TcpStream>,
}

impl Stream {
    fn open(base: &str, token: &str, last: Option<&str>) -> Self {
        let address = base.strip_prefix("http://").unwrap();
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        write!(
            socket,
            "GET /api/v1/stream HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n{last}\r\n"
        )
        .unwrap();
        let mut stream = Self { lines: BufReader::new(socket) };
        let head = stream.line();
        assert!(head.contains(" 200 "), "{head}");
        while stream.line() != ": here" {}
        stream
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).unwrap();
        assert!(read > 0, "the stream ended");
        line.trim_end().to_owned()
    }

    /// The next event that `wanted` takes; others are passed over.
    fn next(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let mut event = Event { name: String::new(), id: String::new(), data: Json::Null };
            loop {
                let line = self.line();
                match line.split_once(": ") {
                    Some(("event", text)) => text.clone_into(&mut event.name),
                    Some(("id", text)) => text.clone_into(&mut event.id),
                    Some(("data", text)) => event.data = serde_json::from_str(text).unwrap(),
                    _ if line.is_empty() && !event.name.is_empty() => break,
                    _ => {}
                }
            }
            if wanted(&event) {
                return event;
            }
        }
    }

    fn record(&mut self, id: &str) -> Event {
        self.next(|event| event.name == "record" && event.data["id"] == json!(id))
    }
}

fn incident(world: &World, token: &str) -> String {
    let fields = json!({ "fields": { "subject": "New" } });
    let (status, made) = world.json("POST", "/api/v1/records/incident", token, &fields);
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_applied_is_told_to_who_listens_and_may_read_it() {
    let world = World::new("stream");
    let (admin, boris) = (world.token_of("core:people/admin"), world.token_of("demo:people/boris"));
    let mut stream = Stream::open(&world.base, &boris, None);
    let mut all = Stream::open(&world.base, &admin, None);
    // The first look only sees what is there: wait for it.
    let first = incident(&world, &boris);
    stream.record(&first);
    let id = incident(&world, &boris);
    let told = stream.record(&id);
    assert_eq!(told.data, json!({ "table": "incident", "id": id, "version": 1, "operation": "insert" }));
    assert!(told.id.parse::<i64>().unwrap() > 1_700_000_000_000_000);
    let mail = b"From: anna@example.com\r\nTo: help@example.com\r\nSubject: Stream\r\n\r\nx\r\n";
    world.ask("POST", "/api/v1/inbound", Some(&boris), Some(("message/rfc822", mail.as_slice())));
    let email = stream.next(|event| event.name == "email");
    assert!(email.data["id"].as_str().unwrap().parse::<Id>().is_ok());
    stream.next(|event| event.name == "delivery" && event.data["state"] == json!("sent"));
    // Of a token only administrators are told: a later incident comes without one before it.
    let (_, token) = world.json("POST", "/api/v1/tokens", &admin, &json!({ "name": "Secret" }));
    let last = incident(&world, &boris);
    all.next(|event| event.data["table"] == json!("api_token") && event.data["id"] == token["id"]);
    stream.next(|event| {
        assert_ne!(event.data["table"], json!("api_token"));
        event.data["id"] == json!(last)
    });
}

#[test]
fn a_stream_goes_on_from_the_last_event_that_was_received() {
    let world = World::new("stream-resume");
    let boris = world.token_of("demo:people/boris");
    let mut stream = Stream::open(&world.base, &boris, None);
    let first = incident(&world, &boris);
    let last = stream.record(&first).id;
    drop(stream);
    let missed = incident(&world, &boris);
    Stream::open(&world.base, &boris, Some(&last)).record(&missed);
    let bad = world.send(
        "GET",
        "/api/v1/stream",
        &[("Authorization", &format!("Bearer {boris}")), ("Last-Event-ID", "x")],
        None,
    );
    assert_eq!(bad.code(), "bad_request");
    let app = &world.running.as_ref().unwrap().app;
    let bounded = [u64::from(STREAM_ROWS), STREAM_NOTICES as u64].iter().all(|limit| *limit >= 1_000);
    assert!(
        bounded
            && app
                .store
                .changes_since(rejoinder_engine::time::Timestamp::from_micros(0), STREAM_ROWS)
                .unwrap()
                .len()
                < STREAM_ROWS as usize
    );
}

#[test]
fn a_user_has_only_so_many_streams_and_the_program_stops_with_them_open() {
    let world = World::new("stream-many");
    let boris = world.token_of("demo:people/boris");
    let open: Vec<Stream> = (0..STREAMS_PER_USER).map(|_| Stream::open(&world.base, &boris, None)).collect();
    let bearer = format!("Bearer {boris}");
    let refused = world.send("GET", "/api/v1/stream", &[("Authorization", &bearer)], None);
    assert_eq!((refused.status, refused.code()), (429, "too_many_streams"));
    let mut world = world;
    let running = world.running.take().unwrap();
    assert!(world.runtime.block_on(running.stop()), "no stream holds the program up");
    drop(open);
    assert!(STREAM_PAUSE < STREAM_POLL && STREAM_POLL < STREAM_OVERLAP && STREAM_OVERLAP < STREAM_BEAT);
}

#[test]
fn what_another_node_applied_is_told_too() {
    let Ok(server) = std::env::var("REJOINDER_TEST_POSTGRES") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "REJOINDER_TEST_POSTGRES is not set");
        println!("left out: REJOINDER_TEST_POSTGRES names no server (make test starts one)");
        return;
    };
    let database = rejoinder_testkit::postgres::database(&server, "stream_nodes");
    let world = World::over("stream-nodes", Some(database.clone()));
    let boris = world.token_of("demo:people/boris");
    let folder = Folder::new("stream-other");
    let other = Options { database: Some(database), ..Options::on_loopback(folder.path()) };
    let running = world.runtime.block_on(start(other)).unwrap();
    let mut stream = Stream::open(&format!("http://{}", running.http), &boris, None);
    let first = incident(&world, &boris);
    stream.record(&first);
    let second = incident(&world, &boris);
    assert_eq!(stream.record(&second).data["operation"], json!("insert"));
    world.runtime.block_on(running.stop());
}
