//! From an endpoint to a session: connect, greeting, `EHLO`, `STARTTLS` and `EHLO` again, login.

use super::{
    Reply, Session,
    channel::{Channel, Fault},
    login::log_in,
    offers::Offers,
};
use crate::{
    address,
    endpoint::{Dial, Endpoint, Fact, Failure, Kind, Login, OnStep, Security, Step},
};

/// Connects, introduces us as `helo` (a domain or an address literal), and logs in where a login is given.
///
/// With [`Security::None`] the login goes over the network as it is; that it did is reported ([`Fact::LoggedIn`]). A
/// failure means that no mail was offered: it may be tried again once the cause is gone.
pub async fn connect(
    endpoint: &Endpoint,
    helo: &str,
    login: Option<&Login>,
    on_step: OnStep<'_>,
) -> Result<Session, Failure> {
    let mut dial = Dial::new(endpoint, login, on_step);
    if !address::is_host(helo) {
        return Err(dial.fail(Step::Hello, Kind::HostName { name: helo.to_owned() }));
    }
    let mut channel = Channel::new(dial.connect().await?);
    greeting(&mut dial, &mut channel).await?;
    let mut offers = introduce(&mut dial, &mut channel, helo).await?;
    if endpoint.security == Security::StartTls {
        channel = start_tls(&mut dial, channel, &offers).await?;
        // What was offered before is forgotten: nobody vouched for it (RFC 3207, 4.2).
        offers = introduce(&mut dial, &mut channel, helo).await?;
    }
    if let Some(login) = login {
        log_in(&mut dial, &mut channel, &offers, login).await?;
    }
    Ok(Session::new(channel, offers))
}

async fn greeting(dial: &mut Dial<'_>, channel: &mut Channel) -> Result<(), Failure> {
    dial.begin(Step::Greeting);
    let limit = channel.limit();
    let reply = match channel.reply(limit).await {
        Ok(reply) => reply,
        Err(Fault::Garbled) => {
            return Err(dial.fail(Step::Greeting, Kind::NotThisProtocol { wanted: "SMTP" }));
        }
        Err(fault) => return Err(broken(dial, Step::Greeting, fault)),
    };
    dial.learn(Step::Greeting, Fact::Greeting(reply.to_string()));
    if reply.code != 220 {
        return Err(refused(dial, Step::Greeting, &reply));
    }
    dial.done(Step::Greeting);
    Ok(())
}

/// `EHLO`, or `HELO` for a server that does not know it (RFC 5321, 3.2): then it offers nothing.
async fn introduce(dial: &mut Dial<'_>, channel: &mut Channel, helo: &str) -> Result<Offers, Failure> {
    dial.begin(Step::Hello);
    let response =
        channel.response(&format!("EHLO {helo}")).await.map_err(|fault| broken(dial, Step::Hello, fault))?;
    let offers = match response.code {
        200..300 => Offers::read(&response.message),
        500..600 => {
            let reply = channel
                .command(&format!("HELO {helo}"))
                .await
                .map_err(|fault| broken(dial, Step::Hello, fault))?;
            if !reply.is_success() {
                return Err(refused(dial, Step::Hello, &reply));
            }
            Offers::default()
        }
        _ => return Err(refused(dial, Step::Hello, &response.into())),
    };
    dial.learn(Step::Hello, Fact::Capabilities(offers.lines.clone()));
    dial.done(Step::Hello);
    Ok(offers)
}

async fn start_tls(dial: &mut Dial<'_>, mut channel: Channel, offers: &Offers) -> Result<Channel, Failure> {
    dial.begin(Step::StartTls);
    if !offers.start_tls {
        return Err(dial.fail(Step::StartTls, Kind::NoStartTls));
    }
    let reply = channel.command("STARTTLS").await.map_err(|fault| broken(dial, Step::StartTls, fault))?;
    if reply.code != 220 {
        let kind = if reply.is_transient() { Kind::Unavailable } else { Kind::NoStartTls };
        return Err(dial.fail_saying(Step::StartTls, kind, &reply.to_string()));
    }
    channel.secured(dial).await
}

/// A refusal whose words are all there is.
pub(super) fn refused(dial: &Dial<'_>, step: Step, reply: &Reply) -> Failure {
    let kind = if reply.is_transient() { Kind::Unavailable } else { Kind::ServerSaid };
    dial.fail_saying(step, kind, &reply.to_string())
}

pub(super) fn broken(dial: &Dial<'_>, step: Step, fault: Fault) -> Failure {
    match fault.told() {
        (kind, Some(said)) => dial.fail_saying(step, kind, &said),
        (kind, None) => dial.fail(step, kind),
    }
}
