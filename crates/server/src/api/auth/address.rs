//! From where a request comes: the client's address, as far as it can be believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

use crate::app::App;

/// The header in which proxies say whom they speak for, each at its end.
const FORWARDED: &str = "x-forwarded-for";

/// The address of the client. Where the other end of the connection is a proxy that the setting
/// `rejoinder.http.trusted_proxies` names, the last address that no such proxy has.
pub(in crate::api) fn client_address(
    app: &App,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let config = app.config_in_memory();
    let trusted: Vec<IpAddr> = config
        .iter()
        .flat_map(|config| config.settings.trusted_proxies())
        .filter_map(|text| text.parse::<IpAddr>().ok())
        .collect();
    let said = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok());
    let said: Vec<&str> = said.flat_map(|text| text.split(',')).collect();
    Some(furthest(peer, &said, &trusted))
}

fn furthest(peer: IpAddr, said: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer;
    for one in said.iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        let Ok(next) = one.trim().parse::<IpAddr>() else { break };
        address = next.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_believed_only_where_it_is_trusted_and_what_the_client_wrote_never() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let said = ["203.0.113.9", " 198.51.100.7", "10.0.0.2"];
        assert_eq!(furthest(ip("10.0.0.1"), &said, &[]), ip("10.0.0.1"));
        assert_eq!(furthest(ip("10.0.0.1"), &said, &[ip("10.0.0.1")]), ip("10.0.0.2"));
        let both = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(furthest(ip("10.0.0.1"), &said, &both), ip("198.51.100.7"));
        assert_eq!(furthest(ip("10.0.0.1"), &["unknown"], &both), ip("10.0.0.1"));
    }
}
