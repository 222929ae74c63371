//! From an endpoint to a session: resolve, connect, greeting, `EHLO`.

use std::{io, net::SocketAddr};

use smtp_proto::EhloResponse;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{
    ConnectError, Egress, Endpoint, Reply, Session, Stage,
    channel::{Channel, Fault},
};
use crate::address;

/// Addresses of one name that are tried; the time for the connection is divided among them, so that a first one
/// that never answers does not use up the time of the second.
const ADDRESSES_MAX: usize = 4;

/// Connects and introduces us. `on_stage` hears [`Stage::Connect`], [`Stage::Greeting`] and [`Stage::Ehlo`].
pub async fn connect(
    endpoint: &Endpoint,
    on_stage: &mut (dyn FnMut(Stage) + Send),
) -> Result<Session, ConnectError> {
    if !address::is_host(&endpoint.helo) {
        return Err(ConnectError::HostName { name: endpoint.helo.clone() });
    }
    on_stage(Stage::Connect);
    let addresses = resolve(endpoint).await?;
    let stream = open(endpoint, &addresses).await?;
    let mut channel = Channel::new(stream, endpoint.timeout);

    on_stage(Stage::Greeting);
    let greeting =
        channel.reply(endpoint.timeout).await.map_err(|fault| broken(endpoint, Stage::Greeting, fault))?;
    if greeting.code != 220 {
        return Err(ConnectError::Greeting {
            host: endpoint.host.clone(),
            port: endpoint.port,
            reply: greeting,
        });
    }

    on_stage(Stage::Ehlo);
    let offers = introduce(endpoint, &mut channel).await?;
    Ok(Session::new(channel, &offers))
}

/// The addresses that may be connected to, in the resolver's order.
async fn resolve(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, ConnectError> {
    let refused = |address: Option<SocketAddr>| ConnectError::Egress {
        host: endpoint.host.clone(),
        port: endpoint.port,
        address: address.map(|address| address.ip()),
    };
    let host = endpoint.host.trim_start_matches('[').trim_end_matches(']');
    let is_local_name = host.parse::<std::net::IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost");
    if endpoint.egress == Egress::LoopbackOnly && !is_local_name {
        return Err(refused(None));
    }
    let found = timeout(endpoint.timeout, lookup_host((host, endpoint.port)))
        .await
        .map_err(|_| broken(endpoint, Stage::Connect, Fault::Timeout(endpoint.timeout)))?;
    let mut addresses: Vec<_> = found.map_err(|source| unreachable(endpoint, source))?.collect();
    if endpoint.egress == Egress::LoopbackOnly {
        let outside = addresses.iter().find(|address| !is_loopback(**address)).copied();
        addresses.retain(|address| is_loopback(*address));
        if addresses.is_empty() && outside.is_some() {
            return Err(refused(outside));
        }
    }
    addresses.truncate(ADDRESSES_MAX);
    Ok(addresses)
}

/// `::ffff:127.0.0.1` is loopback, too.
fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

async fn open(endpoint: &Endpoint, addresses: &[SocketAddr]) -> Result<TcpStream, ConnectError> {
    let share = endpoint.timeout / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    let mut last = unreachable(endpoint, io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Body and final dot are separate writes: with Nagle's algorithm every small mail waits for a delayed
                // acknowledgement in between.
                stream.set_nodelay(true).map_err(|source| unreachable(endpoint, source))?;
                return Ok(stream);
            }
            Ok(Err(source)) => last = unreachable(endpoint, source),
            Err(_) => last = broken(endpoint, Stage::Connect, Fault::Timeout(share)),
        }
    }
    Err(last)
}

/// `EHLO`, or `HELO` for a server that does not know it (RFC 5321, 3.2): then it offers nothing.
async fn introduce(endpoint: &Endpoint, channel: &mut Channel) -> Result<EhloResponse<String>, ConnectError> {
    let fault = match channel.check_quiet() {
        Ok(()) => match channel.client().ehlo(&endpoint.helo).await {
            Ok(offers) => return Ok(offers),
            Err(mail_send::Error::UnexpectedReply(reply)) => {
                return say_helo(endpoint, channel, reply.into()).await;
            }
            Err(mail_send::Error::Timeout) => Fault::Timeout(endpoint.timeout),
            Err(mail_send::Error::Io(error)) => Fault::Io(error),
            Err(_) => Fault::ClosedOrGarbled,
        },
        Err(fault) => fault,
    };
    Err(broken(endpoint, Stage::Ehlo, fault))
}

async fn say_helo(
    endpoint: &Endpoint,
    channel: &mut Channel,
    refusal: Reply,
) -> Result<EhloResponse<String>, ConnectError> {
    let reply = if refusal.is_permanent() {
        channel
            .command(&format!("HELO {}", endpoint.helo))
            .await
            .map_err(|fault| broken(endpoint, Stage::Ehlo, fault))?
    } else {
        refusal
    };
    if reply.is_success() {
        return Ok(EhloResponse::default());
    }
    Err(ConnectError::Refused { host: endpoint.host.clone(), port: endpoint.port, reply })
}

fn unreachable(endpoint: &Endpoint, source: io::Error) -> ConnectError {
    ConnectError::Unreachable { host: endpoint.host.clone(), port: endpoint.port, source }
}

fn broken(endpoint: &Endpoint, stage: Stage, fault: Fault) -> ConnectError {
    let (host, port) = (endpoint.host.clone(), endpoint.port);
    match fault {
        Fault::Timeout(limit) => ConnectError::Timeout { host, port, stage, limit },
        fault => ConnectError::Broken { host, port, stage, what: fault.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_this_machine() {
        for (address, expected) in [
            ("127.0.0.1:25", true),
            ("127.9.9.9:25", true),
            ("[::1]:25", true),
            ("[::ffff:127.0.0.1]:25", true),
            ("0.0.0.0:25", false),
            ("[::]:25", false),
            ("10.0.0.1:25", false),
            ("[::ffff:10.0.0.1]:25", false),
            ("[fe80::1]:25", false),
        ] {
            assert_eq!(is_loopback(address.parse().unwrap()), expected, "{address}");
        }
    }
}
