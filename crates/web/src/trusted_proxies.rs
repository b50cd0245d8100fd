//! Which proxies may say whose request they hand on (`backend.trustProxy`), in the words of Express, and the client that
//! follows from it. Only counts per client heed it: who is the guest depends on the connection alone.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use config::Config;
use serde_json::Value;

use crate::peer::Peer;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// Most addresses of a header that are looked at, from the nearest on.
const MOST: usize = 32;
/// Networks that have a name.
const NAMED: [(&str, &[&str]); 3] = [
    ("loopback", &["127.0.0.1/8", "::1/128"]),
    ("linklocal", &["169.254.0.0/16", "fe80::/10"]),
    (
        "uniquelocal",
        &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
    ),
];

/// The proxies that are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TrustedProxies {
    /// None: the client is who connects.
    #[default]
    None,
    /// All: the client is the first address of the header, which anybody can make up.
    All,
    /// So many, from the nearest on.
    Hops(usize),
    /// Those of these networks.
    Networks(Vec<Network>),
}

/// Addresses with the same first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: u128,
    mask: u128,
}

/// The client that the proxies in front of the portal name.
#[derive(Debug, Clone, Copy)]
struct Named(Peer);

impl Network {
    /// `10.0.0.0/8`, or one address.
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        // IPv4 addresses are the last 32 bits of IPv6 addresses.
        let (whole, before) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let bits = bits.unwrap_or(whole);
        let mask = match before + bits {
            _ if bits > whole => return None,
            0 => 0,
            some => u128::MAX << (128 - some),
        };
        let address = number(address) & mask;
        Some(Self { address, mask })
    }

    fn has(self, address: IpAddr) -> bool {
        number(address) & self.mask == self.address
    }
}

fn number(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        IpAddr::V6(address) => address.into(),
    }
}

impl TrustedProxies {
    /// Reads `backend.trustProxy`. A word that is no address or network is left out, with a line in the log: whom it stands
    /// for is not believed.
    pub fn from_config(config: &Config) -> Self {
        config
            .backend()
            .trust_proxy
            .as_ref()
            .map_or(Self::None, Self::read)
    }

    fn read(value: &Value) -> Self {
        match value {
            Value::Bool(true) => Self::All,
            Value::Number(hops) => match hops.as_u64().and_then(|hops| usize::try_from(hops).ok()) {
                None | Some(0) => Self::None,
                Some(hops) => Self::Hops(hops),
            },
            Value::String(words) => Self::Networks(networks(words.split(','))),
            Value::Array(words) => Self::Networks(networks(words.iter().filter_map(Value::as_str))),
            _ => Self::None,
        }
    }

    /// The client of a connection from this address with these headers.
    fn client(&self, connection: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = headers.get_all(FORWARDED_FOR).iter().rev();
        let named = named.filter_map(|value| value.to_str().ok());
        let named = named.flat_map(|value| value.rsplit(',').map(str::trim));
        // The nearest first. What is no address ends the chain: nobody knows who wrote it.
        let named = named.map_while(address).take(MOST);
        let mut chain = std::iter::once(connection).chain(named);
        let found = match self {
            Self::None => chain.next(),
            Self::All => chain.last(),
            Self::Hops(hops) => chain.take(hops.saturating_add(1)).last(),
            Self::Networks(all) => {
                let is_proxy = |address: &IpAddr| all.iter().any(|one| one.has(*address));
                let mut last = connection;
                chain
                    .find(|address| {
                        last = *address;
                        !is_proxy(address)
                    })
                    .or(Some(last))
            }
        };
        found.unwrap_or(connection)
    }

    /// Notes the client of a request.
    pub(crate) fn note(&self, request: &mut Request) {
        let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(connection) = connection.filter(|_| *self != Self::None) else {
            return;
        };
        let client = self.client(connection.0.ip(), request.headers());
        request.extensions_mut().insert(Named(Peer::new(client)));
    }
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_matches(['[', ']']).parse().ok();
    plain.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

fn networks<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Network> {
    let mut found = Vec::new();
    for word in words.map(str::trim).filter(|word| !word.is_empty()) {
        let named = NAMED.iter().find(|(name, _)| *name == word);
        let words = named.map_or(std::slice::from_ref(&word), |(_, all)| all);
        let before = found.len();
        found.extend(words.iter().filter_map(|text| Network::parse(text)));
        if found.len() == before {
            tracing::error!(
                "backend.trustProxy: '{word}' is no address, no network and not loopback, linklocal or uniquelocal"
            );
        }
    }
    found
}

impl Peer {
    /// The client of a request: the one that trusted proxies name, or the one of the connection.
    pub fn client(extensions: &axum::http::Extensions) -> Option<Self> {
        match extensions.get::<Named>() {
            Some(Named(peer)) => Some(*peer),
            None => Self::of(extensions),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(setting: Value, connection: &str, header: &str, expected: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, header.parse().unwrap());
        let client = TrustedProxies::read(&setting).client(connection.parse().unwrap(), &headers);
        assert_eq!(
            client,
            expected.parse::<IpAddr>().unwrap(),
            "{setting} {connection} {header}"
        );
    }

    #[test]
    fn the_client_is_whom_trusted_proxies_name() {
        let (proxy, header) = ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2");
        check(json!(false), proxy, header, proxy);
        check(json!(0), proxy, header, proxy);
        check(json!(true), proxy, header, "6.6.6.6");
        check(json!(1), proxy, header, "10.0.0.2");
        check(json!(2), proxy, header, "1.2.3.4");
        check(json!(9), proxy, header, "6.6.6.6");
        check(json!("uniquelocal"), proxy, header, "1.2.3.4");
        check(json!(["10.0.0.1"]), proxy, header, "10.0.0.2");
        check(json!("loopback, 10.0.0.0/24"), proxy, header, "1.2.3.4");
        // Who is no proxy names nobody.
        check(json!("uniquelocal"), "9.9.9.9", header, "9.9.9.9");
        check(json!("uniquelocal"), proxy, "10.0.0.3", "10.0.0.3");
        check(json!(1), proxy, "", proxy);
        check(json!(1), proxy, "1.2.3.4, unknown", proxy);
        check(json!(1), proxy, "1.2.3.4:5678", "1.2.3.4");
        check(json!(1), proxy, "[2001:db8::1]:5678", "2001:db8::1");
        check(json!("nonsense"), proxy, header, proxy);
    }

    #[test]
    fn networks_have_their_addresses() {
        let has =
            |network: &str, address: &str| Network::parse(network).unwrap().has(address.parse().unwrap());
        assert!(has("10.0.0.0/8", "10.255.0.1") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("0.0.0.0/0", "8.8.8.8") && !has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("::/0", "8.8.8.8") && has("10.0.0.7", "::ffff:10.0.0.7"));
        assert!(has("fe80::/10", "fe80::1") && !has("fe80::/10", "fec0::1"));
        for wrong in ["10.0.0.0/33", "::/129", "10.0.0.0/x", "host"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
