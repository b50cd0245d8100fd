//! The one door to other servers.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Clock;
use parking_lot::Mutex;

use crate::connections::{Connections, NotPrepared};
use crate::host::Host;
use crate::policy::HostPolicy;
use crate::status::HostStatus;
use crate::trust::Trust;

/// Most hosts with a name, bounds and metrics of their own. All further hosts share one.
const MAX_HOSTS: usize = 100;
/// The name of the host that all further ones share.
const OTHERS: &str = "others";

/// Settings for calls to all hosts.
#[derive(Clone)]
pub struct Settings {
    /// The `User-Agent` header.
    pub user_agent: String,
    /// The certificate authorities that are trusted.
    pub trust: Trust,
    /// No server is called: each call fails at once.
    pub is_offline: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: "backstage-portal".to_owned(),
            trust: Trust::default(),
            is_offline: false,
        }
    }
}

/// Calls to other servers. Cloning is cheap; clones share hosts and bounds.
#[derive(Clone)]
pub struct OutsideCalls {
    inner: Arc<Inner>,
}

struct Inner {
    connections: Arc<Connections>,
    clock: Arc<dyn Clock>,
    hosts: Mutex<BTreeMap<String, Host>>,
}

impl OutsideCalls {
    /// Calls without any host yet. The clock decides how long a host is left alone; the runtime measures waits for answers.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                connections: Arc::new(Connections::new(settings)),
                clock,
                hosts: Mutex::default(),
            }),
        }
    }

    /// The host of that name, as metrics, pages and errors show it. The first call makes it, with its policy; later calls get
    /// the same one.
    ///
    /// # Errors
    ///
    /// When the system offers no usable TLS.
    pub fn host(&self, name: &str, policy: &HostPolicy) -> Result<Host, NotPrepared> {
        let mut hosts = self.inner.hosts.lock();
        let name = place(&hosts, name);
        if let Some(host) = hosts.get(name) {
            return Ok(host.clone());
        }
        self.made(&mut hosts, name, policy)
    }

    /// A host of that name with this policy, in place of an earlier one, because what it is trusted by has changed. Calls of the
    /// earlier one end as they began.
    ///
    /// # Errors
    ///
    /// As [`OutsideCalls::host`].
    pub fn renewed_host(&self, name: &str, policy: &HostPolicy) -> Result<Host, NotPrepared> {
        let mut hosts = self.inner.hosts.lock();
        let name = place(&hosts, name);
        self.made(&mut hosts, name, policy)
    }

    fn made(
        &self,
        hosts: &mut BTreeMap<String, Host>,
        name: &str,
        policy: &HostPolicy,
    ) -> Result<Host, NotPrepared> {
        let connections = self.inner.connections.clone();
        let host = Host::new(name, policy.clone(), connections, self.inner.clock.clone())?;
        hosts.insert(name.to_owned(), host.clone());
        Ok(host)
    }

    /// The state of each host, ordered by name.
    pub fn status(&self) -> Vec<HostStatus> {
        let hosts: Vec<Host> = self.inner.hosts.lock().values().cloned().collect();
        hosts.iter().map(Host::status).collect()
    }
}

/// The name under which a host is kept: its own as long as there is room.
fn place<'a>(hosts: &BTreeMap<String, Host>, name: &'a str) -> &'a str {
    if hosts.len() >= MAX_HOSTS && !hosts.contains_key(name) {
        OTHERS
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use model::SystemClock;

    use super::*;

    #[tokio::test]
    async fn offline_no_server_is_called() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let settings = Settings {
            is_offline: true,
            ..Settings::default()
        };
        let calls = OutsideCalls::new(settings, Arc::new(SystemClock));
        let host = calls.host("a server", &HostPolicy::default()).unwrap();
        let Err(error) = host.get(url.parse().unwrap()).send().await else {
            panic!("the server was called");
        };
        assert!(
            error
                .to_string()
                .ends_with("is not called: this runs without calls to other servers")
        );
        assert!(listener.accept().is_err());
    }

    #[test]
    fn names_are_bounded() {
        let calls = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
        for number in 0..MAX_HOSTS + 50 {
            calls
                .host(&format!("host-{number}"), &HostPolicy::default())
                .unwrap();
        }
        let status = calls.status();
        assert_eq!(status.len(), MAX_HOSTS + 1);
        assert!(status.iter().any(|host| host.host == OTHERS));
        let known = calls.host("host-1", &HostPolicy::default()).unwrap();
        assert_eq!(known.name(), "host-1");
    }

    #[test]
    fn a_renewed_host_has_its_new_bounds() {
        let calls = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
        let bounded = |concurrency| HostPolicy {
            concurrency,
            ..HostPolicy::default()
        };
        calls.host("a", &bounded(1)).unwrap();
        assert_eq!(calls.host("a", &bounded(2)).unwrap().policy().concurrency, 1);
        assert_eq!(
            calls.renewed_host("a", &bounded(3)).unwrap().policy().concurrency,
            3
        );
        assert_eq!(calls.host("a", &bounded(2)).unwrap().policy().concurrency, 3);
        assert_eq!(calls.status().len(), 1);
    }
}
