//! Certificates, and the servers that show them, judged by rustls as a client.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rejoinder_testservers::{Certificates, Dovecot, Kind, Postfix, SmtpConversation, installed, left_out};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn client(certificates: &Certificates, name: &str) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certificates.ca_der().to_vec())).unwrap();
    let config =
        ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    ClientConnection::new(Arc::new(config), ServerName::try_from(name.to_owned()).unwrap()).unwrap()
}

/// The first line that a server says over TLS, or why the client does not want to hear it.
fn greeting(stream: TcpStream, certificates: &Certificates, name: &str) -> Result<String, String> {
    let mut stream = BufReader::new(StreamOwned::new(client(certificates, name), stream));
    let mut line = String::new();
    stream.read_line(&mut line).map_err(|error| error.to_string())?;
    Ok(line)
}

fn greeting_of(address: SocketAddr, certificates: &Certificates) -> Result<String, String> {
    greeting(TcpStream::connect(address).unwrap(), certificates, &address.ip().to_string())
}

/// What a client must find wrong with a certificate.
fn complaint(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Good => None,
        Kind::Expired => Some("expired"),
        Kind::Misnamed => Some("not valid for name"),
        Kind::Untrusted => Some("UnknownIssuer"),
    }
}

#[track_caller]
fn judged(answer: &Result<String, String>, kind: Kind, start: &str) {
    match (complaint(kind), answer) {
        (None, Ok(line)) => assert!(line.starts_with(start), "{line}"),
        (Some(word), Err(error)) => assert!(error.contains(word), "{kind:?}: {error}"),
        _ => unreachable!("{kind:?}: {answer:?}"),
    }
}

#[test]
fn each_certificate_is_wrong_in_its_way_only() {
    let certificates = Certificates::create().unwrap();
    for kind in Kind::ALL {
        for name in ["localhost", "127.0.0.1", "127.0.0.2", "elsewhere.example"] {
            let leaf = certificates.leaf(kind);
            let key = PrivateKeyDer::try_from(leaf.key_der.clone()).unwrap();
            let chain = vec![CertificateDer::from(leaf.certificate_der.clone())];
            let config = ServerConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()
                .unwrap();
            let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
            let mut server = ServerConnection::new(Arc::new(config)).unwrap();
            let mut client = client(&certificates, name);
            let mut verdict = Ok(());
            while verdict.is_ok() && (client.is_handshaking() || server.is_handshaking()) {
                let mut wire = Vec::new();
                while client.wants_write() {
                    client.write_tls(&mut wire).unwrap();
                }
                server.read_tls(&mut &wire[..]).unwrap();
                server.process_new_packets().unwrap();
                wire.clear();
                while server.wants_write() {
                    server.write_tls(&mut wire).unwrap();
                }
                let mut rest = &wire[..];
                while verdict.is_ok() && !rest.is_empty() {
                    client.read_tls(&mut rest).unwrap();
                    verdict = client.process_new_packets().map(drop);
                }
            }
            let fits = (name == "elsewhere.example") == (kind == Kind::Misnamed);
            let expected = if kind == Kind::Misnamed { None } else { complaint(kind) };
            match (expected, fits, verdict) {
                (None, true, Ok(())) => {}
                (None, false, Err(error)) => {
                    assert!(error.to_string().contains("not valid for name"), "{error}");
                }
                (Some(word), _, Err(error)) => {
                    assert!(error.to_string().contains(word) || !fits, "{kind:?} {name}: {error}");
                }
                (_, _, verdict) => unreachable!("{kind:?} {name}: {verdict:?}"),
            }
        }
    }
    for file in [certificates.ca_pem(), &certificates.leaf(Kind::Good).certificate] {
        assert!(std::fs::read_to_string(file).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    }
}

#[test]
fn dovecot_shows_the_chosen_certificate_on_both_ports_for_tls() {
    if left_out(&installed()) {
        return;
    }
    let certificates = Certificates::create().unwrap();
    for kind in Kind::ALL {
        let dovecot = Dovecot::builder(&certificates).certificate(kind).start().unwrap();
        judged(&greeting_of(dovecot.imaps(), &certificates), kind, "* OK");
        judged(&greeting_of(dovecot.pop3s(), &certificates), kind, "+OK");
    }
}

#[test]
fn dovecot_takes_starttls_where_a_password_needs_it() {
    if left_out(&installed()) {
        return;
    }
    let certificates = Certificates::create().unwrap();
    let dovecot = Dovecot::builder(&certificates)
        .user("anna@example.test", "secret")
        .tls(rejoinder_testservers::Tls::Required)
        .start()
        .unwrap();
    let mut plain = BufReader::new(TcpStream::connect(dovecot.imap()).unwrap());
    let mut line = String::new();
    plain.read_line(&mut line).unwrap();
    plain.get_mut().write_all(b"a STARTTLS\r\n").unwrap();
    line.clear();
    plain.read_line(&mut line).unwrap();
    assert!(line.starts_with("a OK"), "{line}");
    let mut stream = StreamOwned::new(client(&certificates, "127.0.0.2"), plain.into_inner());
    stream.write_all(b"b LOGIN anna@example.test secret\r\n").unwrap();
    line.clear();
    BufReader::new(stream).read_line(&mut line).unwrap();
    assert!(line.starts_with("b OK"), "{line}");
}

#[test]
fn postfix_shows_the_chosen_certificate_on_its_port_for_tls_and_after_starttls() {
    if left_out(&installed().and_then(|()| Postfix::available())) {
        return;
    }
    let certificates = Certificates::create().unwrap();
    for kind in Kind::ALL {
        let postfix = Postfix::builder(&certificates).certificate(kind).start().unwrap();
        judged(&greeting_of(postfix.smtps(), &certificates), kind, "220 ");
        let mut smtp = SmtpConversation::connect(postfix.smtp());
        smtp.reply();
        smtp.expect("EHLO client.test", 250);
        smtp.expect("STARTTLS", 220);
        let mut tls = StreamOwned::new(client(&certificates, "127.0.0.1"), smtp.into_stream());
        let mut line = String::new();
        let answer = tls.write_all(b"NOOP\r\n").and_then(|()| BufReader::new(tls).read_line(&mut line));
        judged(&answer.map(|_| line).map_err(|error| error.to_string()), kind, "250 ");
    }
}
