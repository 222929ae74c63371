//! From a host and a port to a connection: which addresses may be connected to, and in which order they are tried.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{Egress, Endpoint, Kind};

/// Addresses of one name that are tried; the time for the connection is divided among them, so that a first one
/// that never answers does not use up the time of the second.
const ADDRESSES_MAX: usize = 4;

/// The host without the brackets of an address literal.
pub(super) fn bare_host(endpoint: &Endpoint) -> &str {
    endpoint.host.trim_start_matches('[').trim_end_matches(']')
}

/// The addresses that may be connected to, in the resolver's order.
pub(super) async fn resolve(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Kind> {
    let host = bare_host(endpoint);
    let is_local_name = host.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost");
    if endpoint.egress == Egress::LoopbackOnly && !is_local_name {
        return Err(Kind::NotAllowed { address: None });
    }
    let found = timeout(endpoint.timeout, lookup_host((host, endpoint.port)))
        .await
        .map_err(|_| Kind::Timeout(endpoint.timeout))?;
    let mut addresses: Vec<_> = found.map_err(|_| Kind::NameNotFound)?.collect();
    if endpoint.egress == Egress::LoopbackOnly {
        let outside = addresses.iter().find(|address| !is_loopback(**address)).copied();
        addresses.retain(|address| is_loopback(*address));
        if let (true, Some(outside)) = (addresses.is_empty(), outside) {
            return Err(Kind::NotAllowed { address: Some(outside.ip()) });
        }
    }
    addresses.truncate(ADDRESSES_MAX);
    if addresses.is_empty() { Err(Kind::NameNotFound) } else { Ok(addresses) }
}

/// `::ffff:127.0.0.1` is loopback, too.
fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// The first address that accepts, or what the last one did.
pub(super) async fn open(endpoint: &Endpoint, addresses: &[SocketAddr]) -> Result<TcpStream, Kind> {
    let share = endpoint.timeout / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    let mut last = Kind::NameNotFound;
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Body and final dot are separate writes: with Nagle's algorithm every small mail waits for a delayed
                // acknowledgement in between.
                stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = unreachable(&error),
            Err(_) => last = Kind::Timeout(share),
        }
    }
    Err(last)
}

fn unreachable(error: &io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Kind::Refused,
        _ => Kind::Unreachable { reason: error.to_string() },
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
