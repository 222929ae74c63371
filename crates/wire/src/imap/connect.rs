//! From an endpoint to a session: greeting, capabilities, `STARTTLS`, login.

use std::time::Duration;

use super::{
    Imap, Offers,
    channel::Channel,
    command::Command,
    reply::{Outcome, Reply},
};
use crate::endpoint::{Dial, Endpoint, Fact, Failure, Fault, Kind, Login, OnStep, Security, Step, shown};

/// Longest wait for the answer to `LOGOUT`, which changes nothing any more.
pub(super) const LOGOUT_TIME: Duration = Duration::from_secs(2);
/// Capabilities that are kept.
const CAPABILITIES_MAX: usize = 200;

/// What a server says that it can do, in capitals.
#[derive(Debug, Clone, Default)]
struct Capabilities(Vec<String>);

impl Capabilities {
    fn read(words: &str) -> Self {
        Self(words.split_whitespace().take(CAPABILITIES_MAX).map(str::to_ascii_uppercase).collect())
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|known| known == word)
    }

    fn offers(&self) -> Offers {
        Offers {
            idle: self.has("IDLE"),
            moves: self.has("MOVE"),
            uidplus: self.has("UIDPLUS"),
            special_use: self.has("SPECIAL-USE"),
            list_extended: self.has("LIST-EXTENDED"),
        }
    }
}

impl Imap {
    /// Connects and logs in.
    ///
    /// With [`Security::None`] the login goes over the network as it is, unless the server forbids that; that it did
    /// is reported ([`Fact::LoggedIn`]).
    pub async fn connect(endpoint: &Endpoint, login: &Login, on_step: OnStep<'_>) -> Result<Self, Failure> {
        let mut dial = Dial::new(endpoint, Some(login), on_step);
        let mut channel = Channel::new(dial.connect().await?);
        let greeting = greeting(&mut dial, &mut channel).await?;
        let mut capabilities = hello(&mut dial, &mut channel, greeting.capabilities).await?;
        if endpoint.security == Security::StartTls {
            // A session that is logged in already cannot change to TLS (RFC 3501, 6.2.1).
            if greeting.logged_in || !capabilities.has("STARTTLS") {
                dial.begin(Step::StartTls);
                return Err(dial.fail(Step::StartTls, Kind::NoStartTls));
            }
            channel = start_tls(&mut dial, channel).await?;
            capabilities = hello(&mut dial, &mut channel, None).await?;
        }
        dial.begin(Step::Login);
        let (mechanism, reply) = if greeting.logged_in {
            ("PREAUTH", None)
        } else {
            let (mechanism, reply) = log_in(&mut dial, &mut channel, &capabilities, login).await?;
            (mechanism, Some(reply))
        };
        dial.learn(Step::Login, Fact::LoggedIn { mechanism, encrypted: channel.is_encrypted() });
        dial.done(Step::Login);
        // What is offered to a user is said with the login, or has to be asked for.
        let said =
            reply.as_ref().and_then(|reply| reply.code_arguments("CAPABILITY")).map(Capabilities::read);
        let capabilities = hello(&mut dial, &mut channel, said).await?;
        Ok(Self { channel, endpoint: endpoint.clone(), offers: capabilities.offers() })
    }
}

struct Greeting {
    capabilities: Option<Capabilities>,
    logged_in: bool,
}

async fn greeting(dial: &mut Dial<'_>, channel: &mut Channel) -> Result<Greeting, Failure> {
    let not_imap = Kind::NotThisProtocol { wanted: "IMAP" };
    dial.begin(Step::Greeting);
    let line = match channel.greeting().await {
        Ok(Some(line)) => line,
        Ok(None) | Err(Fault::TooLong(_)) => return Err(dial.fail(Step::Greeting, not_imap)),
        Err(fault) => return Err(dial.fail(Step::Greeting, fault)),
    };
    dial.learn(Step::Greeting, Fact::Greeting(shown(&line)));
    let preauth = line.strip_prefix(b"PREAUTH");
    let words = preauth.map_or_else(|| line.clone(), |rest| [b"OK", rest].concat());
    if line.starts_with(b"BYE") {
        return Err(dial.fail_saying(Step::Greeting, Kind::Unavailable, &shown(&line)));
    }
    let reply = Reply::read(&words)
        .filter(|reply| reply.outcome == Outcome::Ok)
        .ok_or_else(|| dial.fail_saying(Step::Greeting, not_imap, &shown(&line)))?;
    dial.done(Step::Greeting);
    let capabilities = reply.code_arguments("CAPABILITY").map(Capabilities::read);
    Ok(Greeting { capabilities, logged_in: preauth.is_some() })
}

/// What the server can do, as it has said or is asked now.
async fn hello(
    dial: &mut Dial<'_>,
    channel: &mut Channel,
    said: Option<Capabilities>,
) -> Result<Capabilities, Failure> {
    dial.begin(Step::Hello);
    let capabilities = match said {
        Some(said) => said,
        None => ask_capabilities(dial, channel).await?,
    };
    dial.learn(Step::Hello, Fact::Capabilities(capabilities.0.clone()));
    dial.done(Step::Hello);
    Ok(capabilities)
}

async fn ask_capabilities(dial: &Dial<'_>, channel: &mut Channel) -> Result<Capabilities, Failure> {
    let mut capabilities = Capabilities::default();
    let mut on_data = |data: &[u8]| {
        const START: &str = "CAPABILITY ";
        let text = String::from_utf8_lossy(data);
        let divided = text.split_at_checked(START.len());
        if let Some((_, words)) = divided.filter(|(start, _)| start.eq_ignore_ascii_case(START)) {
            capabilities = Capabilities::read(words);
        }
        Ok(())
    };
    let reply = run(dial, channel, Step::Hello, &Command::new("CAPABILITY"), &mut on_data).await?;
    ok(dial, Step::Hello, reply)?;
    Ok(capabilities)
}

async fn start_tls(dial: &mut Dial<'_>, mut channel: Channel) -> Result<Channel, Failure> {
    dial.begin(Step::StartTls);
    let reply = run(dial, &mut channel, Step::StartTls, &Command::new("STARTTLS"), &mut |_| Ok(())).await?;
    if reply.outcome != Outcome::Ok {
        return Err(dial.fail_saying(Step::StartTls, Kind::NoStartTls, &shown(reply.words.as_bytes())));
    }
    dial.secure(channel.into_pipe()).await.map(Channel::new)
}

/// PLAIN where it is offered, because it carries any password; `LOGIN` else, unless it is forbidden.
async fn log_in(
    dial: &mut Dial<'_>,
    channel: &mut Channel,
    capabilities: &Capabilities,
    login: &Login,
) -> Result<(&'static str, Reply), Failure> {
    if !login.is_speakable() {
        return Err(dial.fail(Step::Login, Kind::LoginUnspeakable));
    }
    let (mechanism, command) = if capabilities.has("AUTH=PLAIN") {
        let message = login.sasl_plain();
        let start = "AUTHENTICATE PLAIN";
        let command = if capabilities.has("SASL-IR") {
            Command::new(start).raw(" ").raw(&message)
        } else {
            Command::new(start).answer(&message)
        };
        ("PLAIN", command)
    } else if capabilities.has("LOGINDISABLED") {
        return Err(dial.fail(Step::Login, Kind::LoginNotOffered));
    } else {
        let command = Command::new("LOGIN ").string(&login.user).raw(" ").string(login.secret.expose());
        ("LOGIN", command)
    };
    let reply = run(dial, channel, Step::Login, &command, &mut |_| Ok(())).await?;
    match (reply.outcome, reply.code.as_deref()) {
        (Outcome::Ok, _) => Ok((mechanism, reply)),
        // Servers from before the codes.
        (Outcome::No, code) if code.is_none_or(|code| code == "ALERT") => {
            Err(dial.fail_saying(Step::Login, Kind::LoginRefused, &shown(reply.words.as_bytes())))
        }
        _ => Err(ok(dial, Step::Login, reply).err().unwrap_or_else(|| dial.fail(Step::Login, Kind::Garbled))),
    }
}

async fn run(
    dial: &Dial<'_>,
    channel: &mut Channel,
    step: Step,
    command: &Command<'_>,
    on_data: super::OnData<'_>,
) -> Result<Reply, Failure> {
    match channel.run(command, on_data).await {
        Ok(reply) => Ok(reply),
        Err(fault) => Err(match channel.farewell() {
            Some(said) => dial.fail_saying(step, fault.into(), said),
            None => dial.fail(step, fault),
        }),
    }
}

fn ok(dial: &Dial<'_>, step: Step, reply: Reply) -> Result<Reply, Failure> {
    if reply.outcome == Outcome::Ok {
        return Ok(reply);
    }
    Err(dial.fail_saying(step, reply.kind(None), &shown(reply.words.as_bytes())))
}
