//! `AUTH` (RFC 4954): PLAIN where it is offered, else LOGIN.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::{
    Reply,
    channel::{Channel, Fault},
    connect::{broken, refused},
    offers::Offers,
};
use crate::endpoint::{Dial, Fact, Failure, Kind, Login, Step};

/// Logs in.
pub(super) async fn log_in(
    dial: &mut Dial<'_>,
    channel: &mut Channel,
    offers: &Offers,
    login: &Login,
) -> Result<(), Failure> {
    dial.begin(Step::Login);
    if !login.is_speakable() {
        return Err(dial.fail(Step::Login, Kind::LoginUnspeakable));
    }
    let (mechanism, result) = if offers.auth_plain {
        ("PLAIN", plain(channel, login).await)
    } else if offers.auth_login {
        ("LOGIN", by_turns(channel, login).await)
    } else {
        return Err(dial.fail(Step::Login, Kind::LoginNotOffered));
    };
    let reply = result.map_err(|fault| broken(dial, Step::Login, fault))?;
    if reply.code != 235 {
        return Err(match kind(&reply) {
            Some(kind) => dial.fail_saying(Step::Login, kind, &reply.to_string()),
            None => refused(dial, Step::Login, &reply),
        });
    }
    dial.learn(Step::Login, Fact::LoggedIn { mechanism, encrypted: channel.is_encrypted() });
    dial.done(Step::Login);
    Ok(())
}

/// What a refusal means (RFC 4954, 6).
fn kind(reply: &Reply) -> Option<Kind> {
    match reply.code {
        // 535 is the usual one; 550 to 554 and 525 are accounts that are closed.
        525 | 535 | 550 | 553 | 554 => Some(Kind::LoginRefused),
        // Not without encryption; not by this mechanism.
        502..=504 | 523 | 530 | 534 | 538 => Some(Kind::LoginNotOffered),
        _ => None,
    }
}

async fn plain(channel: &mut Channel, login: &Login) -> Result<Reply, Fault> {
    let message = login.sasl_plain();
    let line = Zeroizing::new(format!("AUTH PLAIN {}", message.as_str()));
    let reply = channel.command(&line).await?;
    // A server that does not take the message with the command asks for it.
    if reply.code == 334 { channel.command(&message).await } else { Ok(reply) }
}

/// The server asks for the user and then for the password, in words of its own choice.
async fn by_turns(channel: &mut Channel, login: &Login) -> Result<Reply, Fault> {
    let mut reply = channel.command("AUTH LOGIN").await?;
    for answer in [login.user.as_str(), login.secret.expose()] {
        if reply.code != 334 {
            return Ok(reply);
        }
        let line = Zeroizing::new(BASE64.encode(answer.as_bytes()));
        reply = channel.command(&line).await?;
    }
    Ok(reply)
}
