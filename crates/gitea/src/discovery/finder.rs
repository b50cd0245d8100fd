//! The provider: lists repositories, looks through those that changed, and delivers the locations of their descriptors.
//!
//! What is known stands in the table, so that a page or a repository that cannot be read takes nothing away. The catalog runs a
//! provider in one of all processes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Clock, Fault, Problem, SystemClock};
use plugin::{DeferredEntity, EntityProvider, ProviderSink};
use scm::gitea::Gitea;
use store::{Announced, Announcements, Lane, Store};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::known::Known;
use super::ledger::Ledger;
use super::listing::{Listed, list};
use super::settings::ProviderSettings;
use super::tables::{self, Round};
use super::{Provider, TOPIC, WANTED, location};

/// Repositories that are looked through at the same time. The client makes six calls at once, so that pages and other
/// readers find a free one.
pub(super) const AT_ONCE: usize = 4;
/// Locations that are delivered in one batch.
const BATCH: usize = 1_000;
/// Problems of a round that are shown.
const MAX_PROBLEMS: usize = 20;
/// Longest time until a wish is fulfilled whose announcement was missed.
const LONGEST_WISH: Duration = Duration::from_secs(30);

type Sink = Arc<dyn ProviderSink>;

/// Finds the repositories of one provider.
pub struct Finder {
    pub(super) name: String,
    pub(super) settings: Arc<ProviderSettings>,
    pub(super) gitea: Gitea,
    pub(super) store: Store,
    /// The names of all providers.
    all: Arc<[String]>,
}

impl Finder {
    /// A provider for a host, one of all with these names.
    pub(crate) fn new(provider: Provider, store: Store, all: Arc<[String]>) -> Self {
        Self {
            name: provider.settings.name(),
            settings: Arc::new(provider.settings),
            gitea: provider.gitea,
            store,
            all,
        }
    }

    /// One round: lists, follows, looks through what changed, and delivers everything. Fails where nothing can be listed.
    /// Wishes that are announced during the list, which may be long, are fulfilled meanwhile.
    pub async fn round(&self, sink: &Arc<dyn ProviderSink>) -> Result<(), Fault> {
        let (began, now) = (Instant::now(), SystemClock.now());
        let mut announcements = self.store.announcements();
        let mut listing = Box::pin(list(&self.gitea, &self.settings));
        let listed = loop {
            tokio::select! {
                listed = &mut listing => break listed,
                () = wanted(&mut announcements) => while self.fulfil(sink).await? {},
            }
        };
        match listed {
            Ok(listed) => self.take(listed, sink, (began, now)).await,
            Err(fault) => {
                self.note_failed(&fault, now).await?;
                Err(fault)
            }
        }
    }

    /// Takes a list in, and delivers what comes of it.
    async fn take(
        &self,
        listed: Listed,
        sink: &Sink,
        (began, now): (Instant, Timestamp),
    ) -> Result<(), Fault> {
        let mut problems = listed.problems.clone();
        let mut ledger = self.ledger().await?;
        let gone = self.follow(&mut ledger, listed, now).await?;
        self.forget(&mut ledger, &gone).await?;
        problems.extend(self.look_through(&mut ledger, sink).await?);
        self.deliver_all(&ledger, sink).await?;
        let round = Round {
            listed_at: Some(now),
            tried_at: Some(now),
            took: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            problems: shown(&problems),
        };
        self.keep_round(&round).await?;
        for problem in problems.into_iter().take(MAX_PROBLEMS) {
            sink.problem(Problem::warning(problem)).await;
        }
        Ok(())
    }

    /// Forgets what providers knew that are not in the configuration any more.
    async fn forget_others(&self) -> Result<(), Fault> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(fault)?;
        tables::forget_others(&mut tx, &self.all).await.map_err(fault)?;
        tx.commit().await.map_err(fault)
    }

    pub(super) async fn ledger(&self) -> Result<Ledger, Fault> {
        let mut session = self.store.read().await.map_err(fault)?;
        let known = tables::known(&mut session, &self.name).await.map_err(fault)?;
        let names = known.values().flat_map(|one| &one.descriptors);
        let names = names.map(|one| one.name.clone()).collect();
        Ok(Ledger { known, names })
    }

    /// The locations of a repository.
    pub(super) fn locations(&self, known: &Known) -> Vec<DeferredEntity> {
        location::entities(self.gitea.web(), &self.name, known)
    }

    async fn deliver_all(&self, ledger: &Ledger, sink: &Sink) -> Result<(), Fault> {
        let mut replacement = sink.replace().await?;
        let mut batch = Vec::with_capacity(BATCH);
        for known in ledger.known.values() {
            batch.extend(self.locations(known));
            if batch.len() >= BATCH {
                replacement.put(std::mem::take(&mut batch)).await?;
            }
        }
        replacement.put(batch).await?;
        replacement.finish().await.map(drop)
    }

    async fn note_failed(&self, why: &Fault, now: Timestamp) -> Result<(), Fault> {
        let mut session = self.store.read().await.map_err(fault)?;
        let before = tables::round(&mut session, &self.name).await.map_err(fault)?;
        drop(session);
        let round = Round {
            tried_at: Some(now),
            problems: vec![why.message.clone()],
            ..before.unwrap_or_default()
        };
        self.keep_round(&round).await
    }

    async fn keep_round(&self, round: &Round) -> Result<(), Fault> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(fault)?;
        tables::keep_round(&mut tx, &self.name, round)
            .await
            .map_err(fault)?;
        tx.announce(TOPIC);
        tx.commit().await.map_err(fault)
    }

    /// Waits for the next round, and fulfils wishes meanwhile.
    async fn rest(&self, sink: &Sink, announcements: &mut Announcements) -> Result<(), Fault> {
        let next = Instant::now() + self.settings.frequency;
        loop {
            while self.fulfil(sink).await? {}
            let look = (Instant::now() + LONGEST_WISH).min(next);
            // A wish whose announcement was missed waits for this time only.
            let _ = tokio::time::timeout_at(look, wanted(announcements)).await;
            if Instant::now() >= next {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl EntityProvider for Finder {
    fn name(&self) -> &str {
        &self.name
    }

    async fn run(&self, sink: Sink, stop: CancellationToken) -> Result<(), Fault> {
        let work = async {
            let mut announcements = self.store.announcements();
            self.forget_others().await?;
            tokio::time::sleep(self.settings.initial_delay).await;
            loop {
                let timeout = self.settings.timeout;
                let round = tokio::time::timeout(timeout, self.round(&sink)).await;
                round.map_err(|_| {
                    Fault::error(format!(
                        "The repositories of {} were not gone through within {} s; what was found so far is kept. Raise \
                         schedule.timeout of catalog.providers.gitea.{}",
                        self.gitea.name(),
                        timeout.as_secs(),
                        self.settings.id
                    ))
                })??;
                self.rest(&sink, &mut announcements).await?;
            }
        };
        stop.run_until_cancelled(work).await.unwrap_or(Ok(()))
    }
}

/// Waits until somebody wants a repository looked through at once.
async fn wanted(announcements: &mut Announcements) {
    loop {
        match announcements.next().await {
            Some(Announced::Topic(topic)) if &*topic != WANTED => {}
            Some(_) => return,
            // The store is closed.
            None => std::future::pending().await,
        }
    }
}

fn shown(problems: &[Fault]) -> Vec<String> {
    let shown = problems.iter().take(MAX_PROBLEMS);
    let mut shown: Vec<String> = shown.map(|fault| fault.message.clone()).collect();
    if problems.len() > MAX_PROBLEMS {
        shown.push(format!("and {} more", problems.len() - MAX_PROBLEMS));
    }
    shown
}

/// A failure of the database.
pub(super) fn fault(error: store::StoreError) -> Fault {
    catalog::store_fault(&error)
}
