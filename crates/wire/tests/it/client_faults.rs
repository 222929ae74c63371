//! What the client makes of servers that refuse, stall, leave, or talk nonsense, at every step.

use rejoinder_wire::{
    endpoint::{Kind, Security, Step},
    smtp::{Stage, connect},
};
use tokio::net::TcpListener;

use crate::certificates::{Authority, Defect};
use crate::fake_server::{Fake, HELLO, SHORT, all_shown, connect_to, endpoint, send, send_bytes};

/// A transcript up to and including the command named.
fn up_to(command: &str) -> String {
    let steps = [("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go"), (".", "")];
    let mut transcript = HELLO.to_owned();
    for (step, reply) in steps {
        transcript.extend(["C: ", step, "\n"]);
        if step == command {
            return transcript;
        }
        transcript.extend(["S: ", reply, "\n"]);
    }
    panic!("no such step: {command}");
}

/// What a server does at a step, and what the outcome begins with and whether the session lives on.
const BEFORE_THE_DOT: [(&str, &str, bool); 8] = [
    ("", "deferred 4.4.2 the server closed the connection (at ", false),
    ("hang", "deferred 4.4.2 the server did not answer within 250ms (at ", false),
    ("S: nonsense\nhang", "deferred 4.4.2 the server's answer is no SMTP reply (at ", false),
    ("S: 999 nonsense\nhang", "deferred 4.4.2 the server's answer is no SMTP reply (at ", false),
    ("S: 150 nonsense\nhang", "deferred 4.4.2 the server's answer is no SMTP reply (at ", false),
    ("S: 421 4.3.2 going\nhang", "deferred 421 4.3.2 going", false),
    ("S: 450 4.2.0 later\nhang", "deferred 450 4.2.0 later", true),
    ("S: 550 5.7.1 never\nhang", "failed 550 5.7.1 never", true),
];

const AT_THE_DOT: [(&str, &str, bool); 9] = [
    ("", "uncertain 4.4.2 the server closed the connection (at the final dot)", false),
    ("hang", "uncertain 4.4.2 the server did not answer within 500ms (at the final dot)", false),
    ("S: nonsense\nhang", "uncertain 4.4.2 the server's answer is no SMTP reply (at the final dot)", false),
    (
        "S: 999 nonsense\nhang",
        "uncertain 4.4.2 the server's answer is no SMTP reply (at the final dot)",
        false,
    ),
    ("S: 354 go on\nhang", "uncertain 354 go on", false),
    ("S: 421 4.3.2 going\nhang", "deferred 421 4.3.2 going", false),
    ("S: 452 4.3.1 disk full\nhang", "deferred 452 4.3.1 disk full", true),
    ("S: 554 5.6.0 spam\nhang", "failed 554 5.6.0 spam", true),
    ("S: 250 2.0.0 queued\nhang", "sent 250 2.0.0 queued", true),
];

/// A server in plaintext, or under TLS.
async fn served(transcript: String, tls: Option<&Authority>) -> Fake {
    let Some(authority) = tls else { return Fake::new(transcript).await };
    let mut fake = Fake::with_tls(format!("tls\n{transcript}"), authority.issue(Defect::None)).await;
    fake.endpoint.security = Security::Tls;
    fake.endpoint.trust = authority.trust();
    fake
}

async fn check(command: &str, (does, expected, usable): (&str, &str, bool), tls: Option<&Authority>) {
    let fake = served(up_to(command) + does, tls).await;
    let fake = if does == "hang" { fake.impatient() } else { fake };
    let mut session = fake.session().await;
    let (report, stages) = send(&mut session, &["b@x.org"]).await;
    let shown = all_shown(&report);
    assert!(shown[0].starts_with(expected), "{command} {does:?}: {shown:?}");
    assert_eq!(session.usable(), usable, "{command} {does:?}");
    assert_eq!(stages.contains(&Stage::FinalDot), command == ".", "{command} {does:?}: {stages:?}");
}

#[tokio::test]
async fn whatever_happens_before_the_final_dot_the_mail_was_not_sent() {
    let authority = Authority::new();
    for command in ["MAIL", "RCPT", "DATA"] {
        for case in BEFORE_THE_DOT {
            check(command, case, None).await;
            check(command, case, Some(&authority)).await;
        }
    }
}

#[tokio::test]
async fn a_connection_lost_after_the_final_dot_is_uncertain_and_a_reply_is_not() {
    let authority = Authority::new();
    for case in AT_THE_DOT {
        check(".", case, None).await;
        check(".", case, Some(&authority)).await;
    }
}

#[tokio::test]
async fn a_positive_reply_where_none_can_be_is_never_taken_for_success() {
    let authority = Authority::new();
    for (command, does) in [
        ("RCPT", "S: 354 go on\nhang"),
        ("DATA", "S: 250 queued\nhang"),
        ("MAIL", "S: 250 ok\nS: 250 stray\nhang"),
        ("RCPT", "S: 250 ok\nS: 354 stray\nhang"),
        // The stray 250 must not become the answer to the final dot.
        ("DATA", "S: 354 go\nS: 250 stray\nhang"),
    ] {
        for tls in [None, Some(&authority)] {
            let fake = served(up_to(command) + does, tls).await;
            let mut session = fake.session().await;
            let (report, stages) = send(&mut session, &["b@x.org"]).await;
            let shown = all_shown(&report);
            assert!(shown[0].starts_with("deferred "), "{does:?}: {shown:?}");
            assert!(!session.usable() && !stages.contains(&Stage::FinalDot), "{does:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_lost_among_the_recipients_keeps_the_refusals_and_defers_the_rest() {
    for (does, cause) in
        [("", "4.4.2 the server closed the connection (at RCPT)"), ("S: 421 going", "421 going")]
    {
        let fake = Fake::new(format!(
            "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: RCPT\nS: 550 no\nC: RCPT\n{does}"
        ))
        .await;
        let mut session = fake.session().await;
        let (report, _) = send(&mut session, &["a@x.org", "b@x.org", "c@x.org", "d@x.org"]).await;
        let rest = format!("deferred {cause}");
        assert_eq!(all_shown(&report), [&rest, "failed 550 no", &rest, &rest]);
    }
}

/// More than the buffers of both ends hold, so that the server's end stops a write.
fn large_mail() -> Vec<u8> {
    vec![b'a'; 48 * 1024 * 1024]
}

#[tokio::test]
async fn a_server_that_dies_inside_the_mail_has_not_got_it() {
    let authority = Authority::new();
    for tls in [None, Some(&authority)] {
        let fake = served(up_to("DATA") + "S: 354 go\nC: #1000", tls).await;
        let mut session = fake.session().await;
        let (report, stages) = send_bytes(&mut session, &["b@x.org"], &large_mail()).await;
        let shown = all_shown(&report);
        assert!(shown[0].starts_with("deferred 4.4.2 the "), "{shown:?}");
        assert_eq!(stages.last(), Some(&Stage::Body));
        assert!(!session.usable());
    }
}

#[tokio::test]
async fn a_server_that_stops_reading_inside_the_mail_has_not_got_it() {
    let fake = Fake::new(up_to("DATA") + "S: 354 go\nC: #1000\nstall").await.impatient();
    let mut session = fake.session().await;
    let (report, stages) = send_bytes(&mut session, &["b@x.org"], &large_mail()).await;
    assert_eq!(
        all_shown(&report),
        ["deferred 4.4.2 the server did not answer within 250ms (at the mail's text)"]
    );
    assert_eq!(stages.last(), Some(&Stage::Body));
}

#[tokio::test]
async fn a_refusal_inside_the_mail_is_a_refusal() {
    let authority = Authority::new();
    for (said, expected) in [
        ("552 5.3.4 too large", "failed 552 5.3.4 too large"),
        ("421 4.3.2 going", "deferred 421 4.3.2 going"),
    ] {
        for tls in [None, Some(&authority)] {
            let transcript = up_to("DATA") + &format!("S: 354 go\nC: #1000\nS: {said}\nhang");
            let fake = served(transcript, tls).await;
            let mut session = fake.session().await;
            let (report, stages) = send_bytes(&mut session, &["b@x.org"], &large_mail()).await;
            assert_eq!(all_shown(&report), [expected]);
            assert_eq!(stages.last(), Some(&Stage::Body));
            assert!(!session.usable());
        }
    }
}

#[tokio::test]
async fn a_session_closed_while_idle_is_found_out_before_the_next_mail() {
    let authority = Authority::new();
    for tls in [None, Some(&authority)] {
        let fake = served(up_to(".") + "S: 250 one\nS: 421 4.4.2 idle too long", tls).await;
        let mut session = fake.session().await;
        assert_eq!(all_shown(&send(&mut session, &["b@x.org"]).await.0), ["sent 250 one"]);
        fake.heard().await;
        assert!(!session.renew().await);
        assert!(!session.usable());
    }
}

#[tokio::test]
async fn why_there_is_no_session_is_told_with_the_servers_words() {
    let not_smtp = || Kind::NotThisProtocol { wanted: "SMTP" };
    for (transcript, step, kind, said) in [
        ("S: 421 4.7.0 too many\nhang", Step::Greeting, Kind::Unavailable, Some("421 4.7.0 too many")),
        ("S: 554 5.7.1 not you\nhang", Step::Greeting, Kind::ServerSaid, Some("554 5.7.1 not you")),
        ("S: 250 hello\nhang", Step::Greeting, Kind::ServerSaid, Some("250 hello")),
        ("", Step::Greeting, Kind::Closed, None),
        ("S: HTTP/1.1 400 Bad Request\nhang", Step::Greeting, not_smtp(), None),
        ("S: * OK IMAP4rev1 ready\nhang", Step::Greeting, not_smtp(), None),
        ("S: +OK POP3 ready\nhang", Step::Greeting, not_smtp(), None),
        (
            "S: 220 hi\nC: EHLO\nS: 421 4.3.2 going\nhang",
            Step::Hello,
            Kind::Unavailable,
            Some("421 4.3.2 going"),
        ),
        (
            "S: 220 hi\nC: EHLO\nS: 550 5.7.1 no\nC: HELO\nS: 550 5.7.1 no\nhang",
            Step::Hello,
            Kind::ServerSaid,
            Some("550 5.7.1 no"),
        ),
        ("S: 220 hi\nC: EHLO\nS: nonsense\nhang", Step::Hello, Kind::Garbled, None),
        ("S: 220 hi\nC: EHLO\n", Step::Hello, Kind::Closed, None),
        ("S: 220 hi\nS: 220 hi again\nhang", Step::Hello, Kind::Garbled, None),
    ] {
        let fake = Fake::new(transcript).await;
        let failure = connect_to(&fake.endpoint).await.err().expect(transcript);
        assert_eq!((failure.step, &failure.kind), (step, &kind), "{transcript:?}");
        assert_eq!(failure.said.as_deref(), said, "{transcript:?}");
        let text = failure.to_string();
        assert!(text.starts_with("127.0.0.1:") && text.ends_with(said.unwrap_or(")")), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_a_timeout() {
    for (transcript, step) in [("hang", Step::Greeting), ("S: 220 hi\nhang", Step::Hello)] {
        let fake = Fake::new(transcript).await.impatient();
        let failure = connect_to(&fake.endpoint).await.err().expect(transcript);
        assert_eq!((failure.step, failure.kind), (step, Kind::Timeout(SHORT)));
    }
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_closed() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    drop(socket);
    let failure = connect_to(&endpoint(port)).await.err().unwrap();
    assert_eq!((failure.step, failure.kind), (Step::Connect, Kind::Refused));
}

#[tokio::test]
async fn a_name_that_cannot_introduce_us_is_found_out_before_connecting() {
    let helo = "client.example\r\nMAIL FROM:<>";
    let mut steps = Vec::new();
    let failure = connect(&endpoint(25), helo, None, &mut |step| steps.push(step)).await.err().unwrap();
    assert_eq!(failure.kind, Kind::HostName { name: helo.to_owned() });
    assert_eq!(steps, []);
}
