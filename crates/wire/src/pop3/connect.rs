//! From an endpoint to a session: greeting, capabilities, `STLS`, login.

use zeroize::Zeroizing;

use super::{Offers, Pop3, channel::Channel, reply::Reply};
use crate::endpoint::{Dial, Endpoint, Fact, Failure, Fault, Kind, Login, OnStep, Security, Step, shown};

/// Capabilities that are kept.
const CAPABILITIES_MAX: usize = 200;

/// What a server says that it can do (RFC 2449), each line in capitals. None for one that does not know `CAPA`.
#[derive(Debug, Clone, Default)]
struct Capabilities(Option<Vec<String>>);

impl Capabilities {
    fn has(&self, word: &str) -> bool {
        self.line(word).is_some()
    }

    fn line(&self, word: &str) -> Option<&str> {
        let lines = self.0.iter().flatten();
        lines.map(String::as_str).find(|line| line.split(' ').next() == Some(word))
    }

    fn has_plain(&self) -> bool {
        self.line("SASL").is_some_and(|line| line.split(' ').any(|mechanism| mechanism == "PLAIN"))
    }

    /// `USER` is in every server from before `CAPA`.
    fn has_user(&self) -> bool {
        self.0.is_none() || self.has("USER")
    }
}

impl Pop3 {
    /// Connects and logs in.
    ///
    /// With [`Security::None`] the login goes over the network as it is, unless the server forbids that; that it did
    /// is reported ([`Fact::LoggedIn`]).
    pub async fn connect(endpoint: &Endpoint, login: &Login, on_step: OnStep<'_>) -> Result<Self, Failure> {
        let mut dial = Dial::new(endpoint, Some(login), on_step);
        let mut channel = Channel::new(dial.connect().await?);
        greeting(&mut dial, &mut channel).await?;
        let mut capabilities = hello(&mut dial, &mut channel).await?;
        if endpoint.security == Security::StartTls {
            channel = start_tls(&mut dial, channel, &capabilities).await?;
            capabilities = hello(&mut dial, &mut channel).await?;
        }
        log_in(&mut dial, &mut channel, &capabilities, login).await?;
        let offers = Offers { uidl: capabilities.has("UIDL"), top: capabilities.has("TOP") };
        Ok(Self { channel, endpoint: endpoint.clone(), offers })
    }
}

async fn greeting(dial: &mut Dial<'_>, channel: &mut Channel) -> Result<(), Failure> {
    let not_pop3 = Kind::NotThisProtocol { wanted: "POP3" };
    dial.begin(Step::Greeting);
    let reply = match channel.greeting().await {
        Ok(Some(reply)) => reply,
        Ok(None) | Err(Fault::TooLong(_)) => return Err(dial.fail(Step::Greeting, not_pop3)),
        Err(fault) => return Err(dial.fail(Step::Greeting, fault)),
    };
    dial.learn(Step::Greeting, Fact::Greeting(reply.words.clone()));
    if !reply.ok {
        return Err(dial.fail_saying(Step::Greeting, reply.kind(), &reply.words));
    }
    dial.done(Step::Greeting);
    Ok(())
}

async fn hello(dial: &mut Dial<'_>, channel: &mut Channel) -> Result<Capabilities, Failure> {
    dial.begin(Step::Hello);
    let reply = command(dial, channel, Step::Hello, "CAPA").await?;
    let mut capabilities = Capabilities::default();
    if reply.ok {
        let mut lines = Vec::new();
        let mut on_line = |line: &[u8]| {
            if lines.len() < CAPABILITIES_MAX {
                lines.push(shown(line).to_ascii_uppercase());
            }
            Ok(())
        };
        channel.lines(&mut on_line).await.map_err(|fault| dial.fail(Step::Hello, fault))?;
        dial.learn(Step::Hello, Fact::Capabilities(lines.clone()));
        capabilities = Capabilities(Some(lines));
    }
    dial.done(Step::Hello);
    Ok(capabilities)
}

async fn start_tls(
    dial: &mut Dial<'_>,
    mut channel: Channel,
    capabilities: &Capabilities,
) -> Result<Channel, Failure> {
    dial.begin(Step::StartTls);
    if !capabilities.has("STLS") {
        return Err(dial.fail(Step::StartTls, Kind::NoStartTls));
    }
    let reply = command(dial, &mut channel, Step::StartTls, "STLS").await?;
    if !reply.ok {
        return Err(dial.fail_saying(Step::StartTls, Kind::NoStartTls, &reply.words));
    }
    dial.secure(channel.into_pipe()).await.map(Channel::new)
}

/// PLAIN where it is offered, because it carries any password; `USER` and `PASS` else.
async fn log_in(
    dial: &mut Dial<'_>,
    channel: &mut Channel,
    capabilities: &Capabilities,
    login: &Login,
) -> Result<(), Failure> {
    dial.begin(Step::Login);
    if !login.is_speakable() {
        return Err(dial.fail(Step::Login, Kind::LoginUnspeakable));
    }
    let (mechanism, reply) = if capabilities.has_plain() {
        ("PLAIN", plain(channel, login).await)
    } else if capabilities.has_user() {
        ("USER", user_and_pass(channel, login).await)
    } else {
        return Err(dial.fail(Step::Login, Kind::LoginNotOffered));
    };
    let reply = reply.map_err(|fault| dial.fail(Step::Login, fault))?;
    if !reply.ok {
        return Err(dial.fail_saying(Step::Login, reply.login_kind(), &reply.words));
    }
    dial.learn(Step::Login, Fact::LoggedIn { mechanism, encrypted: channel.is_encrypted() });
    dial.done(Step::Login);
    Ok(())
}

/// RFC 5034. The message goes on a line of its own: with the command it might be too long for it (4).
async fn plain(channel: &mut Channel, login: &Login) -> Result<Reply, Fault> {
    match channel.opening("AUTH PLAIN").await? {
        Some(reply) => Ok(reply),
        None => channel.command(&login.sasl_plain()).await,
    }
}

async fn user_and_pass(channel: &mut Channel, login: &Login) -> Result<Reply, Fault> {
    let reply = channel.command(&format!("USER {}", login.user)).await?;
    if !reply.ok {
        return Ok(reply);
    }
    let line = Zeroizing::new(format!("PASS {}", login.secret.expose()));
    channel.command(&line).await
}

async fn command(dial: &Dial<'_>, channel: &mut Channel, step: Step, line: &str) -> Result<Reply, Failure> {
    channel.command(line).await.map_err(|fault| dial.fail(step, fault))
}
