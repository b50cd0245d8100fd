//! Pushes whose deliveries got lost: Gitea delivers once, and the portal may have been down.
//!
//! A server is asked for the repositories that were changed since it was asked last, which is one call where there are few. Sources
//! in these repositories are read again, which costs a request without content where nothing has changed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use catalog::Catalog;
use config::{Config, IntegrationsSection};
use jiff::Timestamp;
use model::Fault;
use outside::OutsideCalls;
use plugin::Services;
use scm::gitea::{Changes, Gitea};
use scm::{HostEvent, RepositoryChange};
use store::{Lane, Store};
use work::{BackOff, Job, JobFailure, JobHandler, JobLog, JobPolicy};

use super::settings::{HookHost, HookSettings};
use super::tables;

/// The kind of the jobs.
pub(crate) const KIND: &str = "gitea-webhooks.missed";

/// Asks all hosts for changes.
pub(crate) struct Missed {
    settings: Arc<HookSettings>,
    integrations: IntegrationsSection,
    calls: OutsideCalls,
    catalog: Catalog,
    store: Store,
}

impl Missed {
    /// For the hosts of a configuration.
    pub fn new(config: &Config, catalog: &Catalog, settings: Arc<HookSettings>, services: &Services) -> Self {
        Self {
            settings,
            integrations: config.integrations().clone(),
            calls: services.outside.clone(),
            catalog: catalog.clone(),
            store: services.store.clone(),
        }
    }

    /// Asks one host. The first time only the moment of the last change is kept: at the first start everything is read anyway.
    async fn host(&self, host: &HookHost, log: &JobLog) -> Result<(), Fault> {
        let gitea = Gitea::reading(&self.integrations, &self.calls, &host.host)?;
        let since = self.since(&host.host).await?;
        let changes = gitea.changes(since).await?;
        if since.is_some() && !changes.repositories.is_empty() {
            let found = self.read_again(&gitea, &changes).await?;
            if found > 0 {
                let count = changes.repositories.len();
                log.info(format!(
                    "{count} repositories of {} were changed: {found} sources and files in them are read again",
                    host.host
                ));
            }
        }
        match changes.until {
            Some(until) if Some(until) != since => self.keep(&host.host, until).await,
            _ => Ok(()),
        }
    }

    async fn read_again(&self, gitea: &Gitea, changes: &Changes) -> Result<usize, Fault> {
        if !changes.is_complete {
            // Too many to tell them apart.
            let whole = format!("{}/", gitea.web());
            return self
                .catalog
                .refresh_addresses(|address| address.starts_with(&whole))
                .await;
        }
        let changed: Vec<HostEvent> = changes
            .repositories
            .iter()
            .map(|one| changed(gitea, one))
            .collect();
        let is_changed = |address: &str| changed.iter().any(|one| one.concerns(address));
        self.catalog.refresh_addresses(is_changed).await
    }

    async fn since(&self, host: &str) -> Result<Option<Timestamp>, Fault> {
        let mut session = self.store.read().await.map_err(failed)?;
        tables::seen_until(&mut session, host).await.map_err(failed)
    }

    async fn keep(&self, host: &str, until: Timestamp) -> Result<(), Fault> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(failed)?;
        tables::see_until(&mut tx, host, until).await.map_err(failed)?;
        tx.commit().await.map(drop).map_err(failed)
    }
}

/// A change of which only the repository is known.
fn changed(gitea: &Gitea, full_name: &str) -> HostEvent {
    HostEvent::Repository(RepositoryChange {
        repository: gitea.page(full_name),
        id: 0,
        full_name: full_name.to_owned(),
        is_deleted: false,
    })
}

fn failed(error: store::StoreError) -> Fault {
    Fault::error(error.to_string())
}

#[async_trait]
impl JobHandler for Missed {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            // The schedule comes again.
            attempts: 1,
            back_off: BackOff::new(Duration::from_secs(1), Duration::from_secs(1)),
            time: Duration::from_mins(2),
            at_once: 1,
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let mut failed = BTreeSet::new();
        for host in &self.settings.hosts {
            let asked = job.stop.run_until_cancelled(self.host(host, &job.log)).await;
            match asked {
                None => return Err(JobFailure::Retry(Fault::error("The portal ends".to_owned()))),
                Some(Err(fault)) => drop(failed.insert(fault.describe())),
                Some(Ok(())) => {}
            }
        }
        if failed.is_empty() {
            return Ok(());
        }
        let reasons: Vec<String> = failed.into_iter().collect();
        Err(JobFailure::GiveUp(Fault::error(reasons.join("; "))))
    }
}
