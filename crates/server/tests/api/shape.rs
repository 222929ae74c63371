//! Whatever goes wrong, the answer has the one shape of errors: also what no handler ever saw.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value as Json;

use super::{World, code};

/// Sends bytes as they are; gives status, head and body.
fn raw(world: &World, bytes: &[u8]) -> (u16, String, Vec<u8>) {
    let address = world.base.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    socket.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A refused body may reset the connection after the answer.
    let _ = socket.read_to_end(&mut answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), answer[end + 4..].to_vec())
}

/// What is sent: method, path, headers, body; and what is answered: status and code.
type Case = (&'static str, &'static str, String, &'static [u8], u16, &'static str);

fn without_body(auth: &str) -> Vec<Case> {
    let auth = auth.to_owned();
    vec![
        ("GET", "/api/v1/nowhere", auth.clone(), b"", 404, "not_found"),
        ("GET", "/nowhere.txt", String::new(), b"", 404, "not_found"),
        ("GET", "/assets/nowhere.js", String::new(), b"", 404, "not_found"),
        ("GET", "/api/v1/status", String::new(), b"", 401, "unauthorized"),
        ("GET", "/api/v1/status", "Authorization: Basic eDp5\r\n".to_owned(), b"", 401, "unauthorized"),
        ("GET", "/api/v1/status", "Authorization: Bearer \u{e9}\r\n".to_owned(), b"", 401, "unauthorized"),
        ("GET", "/api/v1/status", "Cookie: rejoinder_session=x\r\n".to_owned(), b"", 401, "unauthorized"),
        ("OPTIONS", "/api/v1/status", auth.clone(), b"", 405, "method_not_allowed"),
        ("TRACE", "/api/v1/status", auth.clone(), b"", 405, "method_not_allowed"),
        ("BREW", "/api/v1/status", auth.clone(), b"", 405, "method_not_allowed"),
        ("POST", "/api/v1/openapi.json", auth.clone(), b"", 405, "method_not_allowed"),
        ("POST", "/assets/app.js", String::new(), b"", 405, "method_not_allowed"),
        ("DELETE", "/", String::new(), b"", 405, "method_not_allowed"),
        ("GET", "/api/v1/records/%zz", auth.clone(), b"", 404, "unknown_table"),
        ("GET", "/api/v1/records/%ff", auth.clone(), b"", 404, "not_found"),
        ("GET", "/api/v1/records/%00", auth.clone(), b"", 404, "unknown_table"),
        ("GET", "/api/v1/records/incident/%ff", auth.clone(), b"", 404, "not_found"),
        ("GET", "/api/v1/emails?limit=many", auth.clone(), b"", 400, "bad_request"),
        ("GET", "/api/v1/emails?unknown=%ff", auth.clone(), b"", 400, "bad_request"),
        ("GET", "/api/v1/records/incident?filter=%ff", auth.clone(), b"", 400, "bad_condition"),
    ]
}

fn with_body(auth: &str) -> Vec<Case> {
    let json = "Content-Type: application/json\r\n";
    vec![
        (
            "POST",
            "/api/v1/records/incident",
            format!("{auth}{json}Content-Length: 1\r\n"),
            b"{",
            400,
            "bad_request",
        ),
        (
            "POST",
            "/api/v1/records/incident",
            format!("{auth}{json}Content-Length: 4\r\n"),
            b"{\"\xff\"",
            400,
            "bad_request",
        ),
        (
            "POST",
            "/api/v1/records/incident",
            format!("{auth}Content-Length: 2\r\n"),
            b"{}",
            415,
            "unsupported_media_type",
        ),
        (
            "POST",
            "/api/v1/records/incident",
            format!("{auth}{json}Content-Length: 2\r\n"),
            b"{}",
            400,
            "bad_request",
        ),
        (
            "POST",
            "/api/v1/inbound",
            format!("{auth}Content-Length: 0\r\n"),
            b"",
            415,
            "unsupported_media_type",
        ),
        (
            "PATCH",
            "/api/v1/records/incident/1",
            format!("{auth}{json}If-Match: \u{e9}\r\nContent-Length: 0\r\n"),
            b"",
            400,
            "bad_request",
        ),
        ("POST", "/api/v1/session", format!("{json}Content-Length: 2\r\n"), b"{}", 400, "bad_request"),
    ]
}

#[test]
fn every_answer_that_is_no_success_has_the_shape_of_an_error() {
    let world = World::new("shape");
    let boris = world.token_of("demo:people/boris");
    let auth = format!("Authorization: Bearer {boris}\r\n");
    let mut cases = without_body(&auth);
    cases.extend(with_body(&auth));
    for (method, path, headers, body, status, wanted) in &cases {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").into_bytes();
        request.extend_from_slice(body);
        let (got, head, said) = raw(&world, &request);
        let said: Json = serde_json::from_slice(&said).unwrap_or_default();
        assert_eq!((got, code(&said)), (*status, *wanted), "{method} {path} {headers}: {head} {said}");
        assert!(head.contains("content-type: application/json"), "{method} {path}: {head}");
        assert!(said["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{said}");
        assert!(*status != 405 || head.contains("\r\nallow: "), "{head}");
    }
    let head = format!("HEAD /api/v1/nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{auth}\r\n");
    let (status, head, body) = raw(&world, head.as_bytes());
    assert_eq!((status, body.len()), (404, 0), "{head}");
    assert!(head.contains("content-type: application/json"));
}
