//! Makes a connection step by step, reports each, and names the one that failed.

use std::{io, net::SocketAddr, sync::Arc};

use rustls::{ClientConfig, Error, ProtocolVersion, client::Resumption, pki_types::ServerName};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    Endpoint, Fact, Failure, Fault, Kind, Login, OnStep, Pipe, Progress, Security, Step, StepReport, Tls,
    certificate, connect, stream::Stream, verifier::Verifier,
};

/// One attempt at a connection.
pub(crate) struct Dial<'a> {
    pub(crate) endpoint: &'a Endpoint,
    /// To be kept out of what is reported.
    login: Option<&'a Login>,
    on_step: OnStep<'a>,
}

impl<'a> Dial<'a> {
    pub(crate) fn new(endpoint: &'a Endpoint, login: Option<&'a Login>, on_step: OnStep<'a>) -> Self {
        Self { endpoint, login, on_step }
    }

    pub(crate) fn begin(&mut self, step: Step) {
        (self.on_step)(StepReport { step, progress: Progress::Begun });
    }

    pub(crate) fn learn(&mut self, step: Step, fact: Fact) {
        (self.on_step)(StepReport { step, progress: Progress::Learnt(fact) });
    }

    pub(crate) fn done(&mut self, step: Step) {
        (self.on_step)(StepReport { step, progress: Progress::Done });
    }

    pub(crate) fn fail(&self, step: Step, kind: impl Into<Kind>) -> Failure {
        self.endpoint.failure(step, kind.into(), None)
    }

    /// With the server's words.
    pub(crate) fn fail_saying(&self, step: Step, kind: Kind, said: &str) -> Failure {
        let said = self.login.map_or_else(|| said.to_owned(), |login| login.scrubbed(said));
        self.endpoint.failure(step, kind, Some(said))
    }

    /// Name and connection; the handshake of TLS, too, where it comes first.
    pub(crate) async fn connect(&mut self) -> Result<Pipe, Failure> {
        let endpoint = self.endpoint;
        self.begin(Step::Name);
        let addresses = connect::resolve(endpoint).await.map_err(|kind| self.fail(Step::Name, kind))?;
        self.learn(Step::Name, Fact::Addresses(addresses.iter().map(SocketAddr::ip).collect()));
        self.done(Step::Name);

        self.begin(Step::Connect);
        let stream =
            connect::open(endpoint, &addresses).await.map_err(|kind| self.fail(Step::Connect, kind))?;
        if let Ok(address) = stream.peer_addr() {
            self.learn(Step::Connect, Fact::Connected(address));
        }
        self.done(Step::Connect);
        match endpoint.security {
            Security::Tls => self.handshake(stream).await,
            Security::None | Security::StartTls => Ok(Pipe::new(Stream::Plain(stream), endpoint.timeout)),
        }
    }

    /// The handshake after the server's word to begin with it. Whatever came before it in plaintext could be taken for
    /// said under TLS: it ends the connection (RFC 3207, 6).
    pub(crate) async fn secure(&mut self, pipe: Pipe) -> Result<Pipe, Failure> {
        if !pipe.ahead().is_empty() {
            return Err(self.fail(Step::StartTls, Kind::Injected));
        }
        self.done(Step::StartTls);
        match pipe.into_stream() {
            Stream::Plain(stream) => self.handshake(stream).await,
            stream @ Stream::Tls(_) => Ok(Pipe::new(stream, self.endpoint.timeout)),
        }
    }

    async fn handshake(&mut self, stream: TcpStream) -> Result<Pipe, Failure> {
        let endpoint = self.endpoint;
        let other = |reason: String| Kind::TlsOther { reason };
        self.begin(Step::Tls);
        let name = ServerName::try_from(connect::bare_host(endpoint).to_owned())
            .map_err(|error| self.fail(Step::Tls, other(error.to_string())))?;
        let verifier = Arc::new(Verifier::new(endpoint.trust.roots(), endpoint.verify));
        let config =
            config(endpoint, &verifier).map_err(|error| self.fail(Step::Tls, other(error.to_string())))?;
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let result = timeout(endpoint.timeout, connecting).await;
        let tls = learnt(endpoint, &verifier, result.as_ref().ok().and_then(|made| made.as_ref().ok()));
        let fault = tls.fault.clone();
        if tls.certificate.is_some() {
            self.learn(Step::Tls, Fact::Tls(tls));
        }
        let stream = match result {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(self.fail(Step::Tls, handshake_fault(error, fault))),
            Err(_) => return Err(self.fail(Step::Tls, Kind::Timeout(endpoint.timeout))),
        };
        self.done(Step::Tls);
        Ok(Pipe::new(Stream::Tls(Box::new(stream)), endpoint.timeout))
    }
}

impl Endpoint {
    pub(crate) fn failure(&self, step: Step, kind: Kind, said: Option<String>) -> Failure {
        let said = said.filter(|said| !said.is_empty());
        Failure { step, kind, host: self.host.clone(), port: self.port, said }
    }
}

fn config(endpoint: &Endpoint, verifier: &Arc<Verifier>) -> Result<ClientConfig, Error> {
    let provider = Arc::clone(&endpoint.trust.roots().provider);
    let verifier = Arc::clone(verifier);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // Made anew for each connection: there is nothing to resume.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn learnt(endpoint: &Endpoint, verifier: &Verifier, stream: Option<&TlsStream<TcpStream>>) -> Tls {
    let seen = verifier.seen();
    let certificate = seen.certificate.as_deref().and_then(certificate::read);
    let host = connect::bare_host(endpoint);
    let fault = seen.error.map(|error| certificate::fault(&error, certificate.as_ref(), host));
    let version =
        stream.and_then(|stream| stream.get_ref().1.protocol_version()).and_then(|version| match version {
            ProtocolVersion::TLSv1_2 => Some("TLS 1.2"),
            ProtocolVersion::TLSv1_3 => Some("TLS 1.3"),
            _ => None,
        });
    Tls { version, certificate, fault }
}

fn handshake_fault(error: io::Error, certificate: Option<Kind>) -> Kind {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(_)) if certificate.is_some() => certificate.unwrap_or(Kind::Garbled),
        Some(Error::InvalidMessage(_)) => Kind::NotTls,
        Some(other) => Kind::TlsOther { reason: other.to_string() },
        None => Fault::of(error).into(),
    }
}
