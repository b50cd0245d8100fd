//! `backend.listen`.

use model::Fault;
use schemars::JsonSchema;
use serde::Deserialize;

/// `backend.listen`: `"7007"`, `"host:port"`, or an object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ListenSetting {
    /// `"7007"`, `":7007"` or `"127.0.0.1:7007"`.
    Text(String),
    /// A port alone.
    Port(u16),
    /// The same as an object.
    Object {
        /// Name or address to bind; empty or absent for all interfaces.
        #[serde(default)]
        host: Option<String>,
        /// Port; 0 lets the system choose one.
        #[serde(default)]
        port: Option<u16>,
    },
}

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress {
    /// Name or address to bind; `None` for all interfaces.
    pub host: Option<String>,
    /// Port; 0 lets the system choose one.
    pub port: u16,
}

impl ListenAddress {
    /// The port when none is configured.
    pub const DEFAULT_PORT: u16 = 7007;
}

impl Default for ListenAddress {
    fn default() -> Self {
        Self {
            host: Some("127.0.0.1".to_owned()),
            port: Self::DEFAULT_PORT,
        }
    }
}

impl TryFrom<&ListenSetting> for ListenAddress {
    type Error = Fault;

    fn try_from(setting: &ListenSetting) -> Result<Self, Fault> {
        match setting {
            ListenSetting::Text(text) => parse(text),
            ListenSetting::Port(port) => Ok(Self {
                host: None,
                port: *port,
            }),
            ListenSetting::Object { host, port } => Ok(Self {
                host: host.clone().filter(|host| !host.is_empty()),
                port: port.unwrap_or(Self::DEFAULT_PORT),
            }),
        }
    }
}

fn parse(text: &str) -> Result<ListenAddress, Fault> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host.trim_start_matches('[').trim_end_matches(']'), port),
        None => ("", text),
    };
    let port = port.parse().map_err(|_| {
        Fault::error(format!(
            "Unable to parse listen address {text}, expected <port> or <host>:<port>"
        ))
    })?;
    Ok(ListenAddress {
        host: Some(host.to_owned()).filter(|host| !host.is_empty()),
        port,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(Option<&str>, u16)>) {
        let parsed = parse(text).ok();
        let expected = expected.map(|(host, port)| ListenAddress {
            host: host.map(str::to_owned),
            port,
        });
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn addresses() {
        check("7007", Some((None, 7007)));
        check(":7007", Some((None, 7007)));
        check("localhost:80", Some((Some("localhost"), 80)));
        check("[::1]:80", Some((Some("::1"), 80)));
        check("localhost", None);
        check("localhost:http", None);
        check("1.2.3.4:99999", None);
        check("", None);
    }
}
