//! What is known of alerts, in memory: pages and badges ask nobody.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use store::{Announced, Store, StoreError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{HostAlerts, tables};

/// Announced after every question, for the processes.
pub(crate) const REFRESHED: &str = "grafana.refreshed";

/// What is known of the alerts of every host. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Known {
    hosts: Arc<RwLock<HashMap<String, Arc<HostAlerts>>>>,
    /// Told after each answer that was taken over.
    rounds: Arc<watch::Sender<()>>,
}

impl Known {
    /// What is known of a host.
    pub(crate) fn of(&self, host: &str) -> Arc<HostAlerts> {
        self.hosts.read().get(host).cloned().unwrap_or_default()
    }

    /// Takes over what is known of hosts.
    pub(crate) fn put(&self, hosts: Vec<(String, HostAlerts)>) {
        let hosts = hosts.into_iter().map(|(host, known)| (host, Arc::new(known)));
        let hosts: HashMap<String, Arc<HostAlerts>> = hosts.collect();
        *self.hosts.write() = hosts;
        self.rounds.send_replace(());
    }

    /// Hears of each answer that was taken over.
    pub(crate) fn rounds(&self) -> watch::Receiver<()> {
        self.rounds.subscribe()
    }

    async fn load(&self, store: &Store) -> Result<(), StoreError> {
        let mut session = store.read().await?;
        let hosts = tables::all(&mut session).await?;
        self.put(hosts);
        Ok(())
    }

    /// Reads the table now and after every question, whichever process asked it, until `stop`.
    pub(crate) async fn follow(self, store: Store, stop: CancellationToken) {
        let mut announcements = store.announcements();
        loop {
            if let Err(error) = self.load(&store).await {
                tracing::warn!(%error, "what is known of alerts cannot be read; it is tried again");
            }
            loop {
                match stop.run_until_cancelled(announcements.next()).await.flatten() {
                    None => return,
                    Some(Announced::Missed) => break,
                    Some(Announced::Topic(topic)) if &*topic == REFRESHED => break,
                    Some(Announced::Topic(_)) => {}
                }
            }
        }
    }
}
