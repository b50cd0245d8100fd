//! The address that a connection comes from, as far as it tells one client from another.

use std::fmt::{self, Display};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Extensions;

/// One IPv4 address, or one IPv6 network of 64 bits, of which a single client has all addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(IpAddr);

impl Peer {
    /// The client of a connection.
    pub fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                let network = u128::from(address) >> 64 << 64;
                Ipv6Addr::from(network).into()
            }
            address => address,
        })
    }

    /// The client of the connection that a request came by.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(Self::new(peer.0.ip()))
    }
}

impl Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, same: bool) {
        let [one, other] = [one, other].map(|address| Peer::new(address.parse().expect("an address")));
        assert_eq!(one == other, same, "{one:?} {other:?}");
    }

    #[test]
    fn clients() {
        check("10.0.0.1", "10.0.0.1", true);
        check("10.0.0.1", "::ffff:10.0.0.1", true);
        check("10.0.0.1", "10.0.0.2", false);
        check("2001:db8::1", "2001:db8::2:1", true);
        check("2001:db8::1", "2001:db8:0:1::1", false);
    }
}
