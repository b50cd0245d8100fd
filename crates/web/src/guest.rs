//! The guest: a person on the machine of the portal, who needs no token.
//!
//! Behind a proxy or a sidecar on the same machine every connection comes from this machine. So there is a guest
//! only where nobody else can mean this server: it listens on this machine alone, and no address of another host
//! leads to it. A setting decides otherwise.

use std::fmt::{self, Display};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, Uri, header};
use config::Config;

/// Whether there is a guest, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestRule {
    /// The server listens on this machine only, and no base URL names another host.
    OnlyThisMachine,
    /// `portal.auth.guest` is `true`.
    SwitchedOn,
    /// `portal.auth.guest` is `false`.
    SwitchedOff,
    /// Keys of the configuration ask for protection that the portal does not have, and others may reach it.
    ProtectionAsked {
        /// The keys.
        keys: Vec<String>,
    },
    /// The server listens on an address that other machines may reach.
    ListensElsewhere {
        /// The address, or `all interfaces`.
        address: String,
    },
    /// `app.baseUrl` or `backend.baseUrl` is an address of another host.
    ServesAnotherHost {
        /// The key of the setting.
        key: &'static str,
        /// The host in it.
        host: String,
    },
}

impl GuestRule {
    /// The rule of a configuration.
    pub fn from_config(config: &Config) -> Self {
        let keys = config.only_tokens_because_of();
        match (config.portal().auth.guest, Self::of_place(config)) {
            (Some(false), _) => Self::SwitchedOff,
            // A person on the machine itself has it in hand anyway; the start warns of the keys.
            (_, Self::OnlyThisMachine) => Self::OnlyThisMachine,
            _ if !keys.is_empty() => Self::ProtectionAsked { keys: keys.to_vec() },
            (Some(true), _) => Self::SwitchedOn,
            (None, rule) => rule,
        }
    }

    /// The rule that follows from the addresses alone.
    fn of_place(config: &Config) -> Self {
        let host = config.listen().host.as_deref();
        if !host.is_some_and(is_this_machine) {
            let address = host.unwrap_or("all interfaces").to_owned();
            return Self::ListensElsewhere { address };
        }
        let base_urls = [
            ("app.baseUrl", config.app().base_url.as_deref()),
            ("backend.baseUrl", config.backend().base_url.as_deref()),
        ];
        base_urls
            .into_iter()
            .filter_map(|(key, url)| Some((key, host_of_url(url?)?)))
            .find(|(_, host)| !is_this_machine(host))
            .map_or(Self::OnlyThisMachine, |(key, host)| Self::ServesAnotherHost {
                key,
                host,
            })
    }

    /// Whether anybody can be the guest.
    pub fn admits(&self) -> bool {
        matches!(self, Self::OnlyThisMachine | Self::SwitchedOn)
    }

    /// How an operator lets people in.
    pub(crate) fn remedy(&self) -> &'static str {
        if self.admits() {
            "Open it on that machine, without a proxy and by the address 'localhost' or 127.0.0.1. To let \
             everybody in who reaches the server, set backend.auth.dangerouslyDisableDefaultAuthPolicy: true."
        } else {
            "Whoever runs this portal can let people in: auth.providers.oidc for a sign-in with OpenID Connect, backend.listen: '127.0.0.1:7007' without a base URL of \
             another host for one machine, portal.auth.guest: true for every request that comes from the machine \
             of the portal, or backend.auth.dangerouslyDisableDefaultAuthPolicy: true for everybody who reaches the \
             server, which a proxy that signs people in should then guard."
        }
    }
}

impl Display for GuestRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnlyThisMachine => formatter.write_str(
                "requests from this machine are the guest's, because the server listens on this machine only",
            ),
            Self::SwitchedOn => formatter
                .write_str("requests from this machine are the guest's, because portal.auth.guest is true"),
            Self::SwitchedOff => formatter.write_str("there is no guest, because portal.auth.guest is false"),
            Self::ProtectionAsked { keys } => write!(
                formatter,
                "there is no guest, because {} of the configuration ask for protection that this portal does not have; \
                 remove them, or list them in portal.unprotected to do without",
                keys.join(" and ")
            ),
            Self::ListensElsewhere { address } => write!(
                formatter,
                "there is no guest, because the server listens on {address} (backend.listen) and a proxy there would \
                 make everybody the guest"
            ),
            Self::ServesAnotherHost { key, host } => write!(
                formatter,
                "there is no guest, because {key} names the host {host}, so a proxy on this machine may hand on \
                 requests of others"
            ),
        }
    }
}

/// The host of a URL, without the brackets of an IPv6 address.
pub(crate) fn host_of_url(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    Some(uri.host()?.trim_matches(['[', ']']).to_owned())
}

fn is_this_machine(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.trim_matches(['[', ']']).parse().is_ok_and(is_loopback)
}

/// Whether a request is a direct connection of this machine to itself, under a name that is its own. A page of
/// another site could reach the portal through a name that it has resolved to this machine.
pub(crate) fn is_local(request: &Request, own_names: &[String]) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_near = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let headers = request.headers();
    let is_proxied = headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    is_near && !is_proxied && is_own_name(request, own_names)
}

fn is_own_name(request: &Request, own_names: &[String]) -> bool {
    let Some(authority) = authority(request.uri(), request.headers()) else {
        return false;
    };
    host_name(authority).is_some_and(|name| {
        is_this_machine(name) || own_names.iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}

/// Host and port that a request is for: `Host`, or the address itself in HTTP/2. `None` when there is none, more
/// than one, or two that differ.
pub(crate) fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().map(|host| host.to_str());
    if hosts.next().is_some() {
        return None;
    }
    match (uri.authority(), host) {
        (Some(authority), None) => Some(authority.as_str()),
        (None, Some(Ok(host))) => Some(host),
        (Some(authority), Some(Ok(host))) => authority.as_str().eq_ignore_ascii_case(host).then_some(host),
        _ => None,
    }
}

/// The name in `name`, `name:port` or `[address]:port`; `None` for every other text.
fn host_name(authority: &str) -> Option<&str> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (address, rest)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let has_plain_end = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (has_plain_end && !name.is_empty()).then_some(name)
}

/// Whether a page of the same site, under another host or port, shows what a request is for: a picture, a style. It cannot
/// read it.
pub(crate) fn only_shows(request: &Request) -> bool {
    let is = |name: &str, value: &str| request.headers().get(name).is_some_and(|text| text == value);
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    is_reading && is("sec-fetch-site", "same-site") && is("sec-fetch-mode", "no-cors")
}

/// Whether a page of another origin caused a request. Following a link is no such case: a person sees where it
/// leads.
pub(crate) fn is_of_another_origin(request: &Request) -> bool {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let follows_link = matches!(*request.method(), Method::GET | Method::HEAD)
        && text("sec-fetch-mode") == Some("navigate")
        && text("sec-fetch-dest") == Some("document");
    match (text("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some("same-origin" | "none"), _) | (None, None) => false,
        (Some(_), _) => !follows_link,
        (None, Some(origin)) => {
            let origin = origin.to_str().ok().and_then(|origin| origin.split("://").nth(1));
            origin.is_none() || origin != authority(request.uri(), headers)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::*;

    fn check(settings: Value, expected: &str) {
        let config = Config::from_value(settings.clone(), Path::new("/")).expect("valid settings");
        let rule = GuestRule::from_config(&config);
        assert!(rule.to_string().contains(expected), "{settings}: {rule}");
        assert_eq!(
            rule.admits(),
            expected.starts_with("requests"),
            "{settings}: {rule}"
        );
    }

    #[test]
    fn the_guest_lives_where_nobody_else_comes() {
        let alone =
            "requests from this machine are the guest's, because the server listens on this machine only";
        check(json!({}), alone);
        for listen in ["127.0.0.1:1", "localhost:1", "[::1]:1", "127.0.0.9:1"] {
            check(json!({ "backend": { "listen": listen } }), alone);
        }
        for listen in [
            ":7007",
            "7007",
            "0.0.0.0:1",
            "10.0.0.1:1",
            "[::]:1",
            "portal.example:1",
        ] {
            check(
                json!({ "backend": { "listen": listen } }),
                "there is no guest, because the server listens on",
            );
        }
        for near in [
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:1",
            "http://a.localhost",
        ] {
            check(json!({ "app": { "baseUrl": near } }), alone);
        }
        let far = "https://portal.example.com/x";
        check(
            json!({ "app": { "baseUrl": far } }),
            "because app.baseUrl names the host portal.example.com",
        );
        check(
            json!({ "app": { "baseUrl": "http://localhost" }, "backend": { "baseUrl": far } }),
            "because backend.baseUrl names the host",
        );
        check(
            json!({ "backend": { "listen": ":1" }, "portal": { "auth": { "guest": true } } }),
            "requests from this machine are the guest's, because portal.auth.guest is true",
        );
        let asked = json!({ "permission": { "enabled": true } });
        check(asked, alone);
        for open in [json!({ "listen": ":1" }), json!({ "baseUrl": far })] {
            check(
                json!({ "permission": { "enabled": true }, "backend": open, "portal": { "auth": { "guest": true } } }),
                "there is no guest, because permission.enabled of the configuration ask for protection",
            );
        }
        check(
            json!({ "portal": { "auth": { "guest": false } } }),
            "there is no guest, because portal.auth.guest is false",
        );
    }

    #[test]
    fn a_host_is_a_name_with_at_most_one_port() {
        for fine in ["localhost", "localhost:80", "127.0.0.1:7007", "[::1]", "[::1]:80"] {
            assert!(host_name(fine).is_some(), "{fine}");
        }
        for broken in [
            "",
            ":80",
            "[::1",
            "[::1].evil.com",
            "[::1]x",
            "[x]:80",
            "127.0.0.1:80:evil.com",
            "localhost:",
            "localhost:x",
            "localhost:99999",
            "localhost:+1",
        ] {
            assert!(host_name(broken).is_none(), "{broken}");
        }
    }
}
