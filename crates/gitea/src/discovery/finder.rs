//! The provider: lists repositories, looks through those that changed, and delivers the locations of their descriptors.
//!
//! What is known stands in the table, so that a page or a repository that cannot be read takes nothing away. The catalog runs a
//! provider in one of all processes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
use jiff::Timestamp;
use model::{Clock, EntityRef, Fault, FaultKind, Problem, SystemClock};
use plugin::{DeferredEntity, EntityProvider, ProviderSink};
use scm::gitea::{Gitea, Repository};
use store::{Announced, Lane, Store};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::known::Known;
use super::listing::{Missing, list};
use super::looking::look;
use super::settings::ProviderSettings;
use super::tables::{self, Round};
use super::{Provider, TOPIC, WANTED, location};

/// Repositories that are looked through at the same time. The client makes six calls at once, so that pages and other
/// readers find a free one.
const AT_ONCE: usize = 4;
/// Repositories after which what was found is kept and delivered.
const CHUNK: usize = 200;
/// Failures in a chunk after which the server is left alone until the next round.
const MAX_FAILURES: usize = 20;
/// Locations that are delivered in one batch.
const BATCH: usize = 1_000;
/// Problems of a round that are shown.
const MAX_PROBLEMS: usize = 20;
/// Wishes that are fulfilled at once.
const WISHES: usize = 100;
/// Longest time until a wish is fulfilled whose announcement was missed.
const LONGEST_WISH: Duration = Duration::from_secs(30);

type Sink = Arc<dyn ProviderSink>;

/// Finds the repositories of one provider.
pub struct Finder {
    name: String,
    settings: Arc<ProviderSettings>,
    gitea: Gitea,
    store: Store,
    /// The names of all providers.
    all: Arc<[String]>,
}

/// All that a provider knows, with what is not kept or delivered yet.
struct Ledger {
    known: BTreeMap<i64, Known>,
    /// Names of locations.
    names: BTreeSet<String>,
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
    pub async fn round(&self, sink: &Arc<dyn ProviderSink>) -> Result<(), Fault> {
        let (began, now) = (Instant::now(), SystemClock.now());
        let listed = match list(&self.gitea, &self.settings).await {
            Ok(listed) => listed,
            Err(fault) => {
                self.note_failed(&fault, now).await?;
                return Err(fault);
            }
        };
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

    async fn ledger(&self) -> Result<Ledger, Fault> {
        let mut session = self.store.read().await.map_err(fault)?;
        let known = tables::known(&mut session, &self.name).await.map_err(fault)?;
        let names = known.values().flat_map(|one| &one.descriptors);
        let names = names.map(|one| one.name.clone()).collect();
        Ok(Ledger { known, names })
    }

    /// Takes note of what is listed, and of what is not; the numbers of those that are gone.
    async fn follow(
        &self,
        ledger: &mut Ledger,
        listed: super::listing::Listed,
        now: Timestamp,
    ) -> Result<Vec<i64>, Fault> {
        let (mut gone, mut asked) = (Vec::new(), Vec::new());
        for (id, known) in &ledger.known {
            if !listed.repositories.contains_key(id) {
                match listed.missing(&known.repository) {
                    Missing::Unknown => {}
                    Missing::Likely => asked.push(*id),
                    Missing::Certain => gone.push(*id),
                }
            }
        }
        let found = stream::iter(asked).map(|id| {
            let gitea = self.gitea.clone();
            async move { (id, gitea.repository_by_id(id).await) }
        });
        let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
        let mut there = Vec::new();
        for (id, found) in found {
            match found {
                Ok(Some(repository)) if listed.includes(&repository) => there.push(repository),
                Ok(_) => gone.push(id),
                // What cannot be asked for is still there as far as is known.
                Err(_) => {}
            }
        }
        there.extend(listed.repositories.into_values());
        self.note(ledger, there, now).await?;
        Ok(gone)
    }

    /// Takes note of repositories as the server describes them now.
    async fn note(&self, ledger: &mut Ledger, there: Vec<Repository>, now: Timestamp) -> Result<(), Fault> {
        let (mut changed, mut same) = (Vec::new(), Vec::new());
        for repository in there {
            let id = repository.id;
            let known = ledger.known.entry(id);
            let mut is_new = false;
            let known = known.or_insert_with(|| {
                is_new = true;
                Known::new(Repository::default(), now)
            });
            let before = (!is_new).then(|| known.clone());
            known.listed(repository, &self.settings, now);
            let is_same = before.is_some_and(|before| {
                let last_seen = known.last_seen;
                *known == Known { last_seen, ..before }
            });
            (if is_same { &mut same } else { &mut changed }).push(id);
        }
        let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(fault)?;
        let changed: Vec<&Known> = changed.iter().filter_map(|id| ledger.known.get(id)).collect();
        tables::keep(&mut tx, &self.name, &changed).await.map_err(fault)?;
        tables::seen(&mut tx, &self.name, &same, now)
            .await
            .map_err(fault)?;
        tx.commit().await.map_err(fault)
    }

    /// Forgets repositories that are gone. Their locations go with the next delivery of everything.
    async fn forget(&self, ledger: &mut Ledger, gone: &[i64]) -> Result<Vec<EntityRef>, Fault> {
        let mut locations = Vec::new();
        for id in gone {
            let lost = ledger.known.remove(id);
            locations.extend(lost.into_iter().flat_map(|one| one.descriptors));
        }
        if !gone.is_empty() {
            let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(fault)?;
            tables::forget(&mut tx, &self.name, gone).await.map_err(fault)?;
            tx.announce(TOPIC);
            tx.commit().await.map_err(fault)?;
        }
        Ok(locations
            .iter()
            .map(|one| location::reference(&one.name))
            .collect())
    }

    /// Looks through the repositories that have to be; why some could not be.
    async fn look_through(&self, ledger: &mut Ledger, sink: &Sink) -> Result<Vec<Fault>, Fault> {
        let now = SystemClock.now();
        let is_due = |one: &&Known| one.is_due(&self.settings, now);
        let due: Vec<i64> = ledger
            .known
            .values()
            .filter(is_due)
            .map(|one| one.repository.id)
            .collect();
        let (mut problems, mut looked) = (Vec::new(), 0);
        for chunk in due.chunks(CHUNK) {
            let (put, gone, failed) = self.look_at(ledger, chunk).await?;
            looked += chunk.len();
            if !(put.is_empty() && gone.is_empty()) {
                sink.change(put, gone).await?;
            }
            let is_away =
                |fault: &&Fault| matches!(fault.kind(), FaultKind::Unavailable | FaultKind::TooManyRequests);
            let gives_up = failed.iter().filter(is_away).count() >= MAX_FAILURES;
            problems.extend(failed);
            if gives_up && looked < due.len() {
                problems.insert(0, Fault::error(format!(
                    "{} repositories are not looked through, because {} does not answer; it is tried again with the next list",
                    due.len() - looked,
                    self.gitea.name()
                )));
                break;
            }
        }
        Ok(problems)
    }

    /// Looks through some repositories and keeps what was found: locations that are there, locations that are gone, and why some
    /// could not be looked through.
    async fn look_at(
        &self,
        ledger: &mut Ledger,
        ids: &[i64],
    ) -> Result<(Vec<DeferredEntity>, Vec<EntityRef>, Vec<Fault>), Fault> {
        let repositories = ids.iter().filter_map(|id| ledger.known.get(id));
        let repositories: Vec<Repository> = repositories.map(|one| one.repository.clone()).collect();
        let found = stream::iter(repositories).map(|repository| {
            let (gitea, settings) = (self.gitea.clone(), self.settings.clone());
            async move {
                let found = look(&gitea, &settings, &repository).await;
                (repository.id, found)
            }
        });
        let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
        let now = SystemClock.now();
        let (mut put, mut gone, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (id, found) in found {
            match found {
                Ok(found) => gone.extend(ledger.found(id, found, (&self.settings, self.gitea.web()), now)),
                Err(fault) => {
                    if let Some(known) = ledger.known.get_mut(&id) {
                        known.problem = Some(fault.message.clone());
                    }
                    failed.push(fault);
                }
            }
            let known = ledger.known.get(&id);
            put.extend(known.into_iter().flat_map(|known| self.locations(known)));
        }
        let kept: Vec<&Known> = ids.iter().filter_map(|id| ledger.known.get(id)).collect();
        let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(fault)?;
        let kept = tables::keep(&mut tx, &self.name, &kept).await;
        kept.map_err(fault)?;
        tx.announce(TOPIC);
        tx.commit().await.map_err(fault)?;
        Ok((put, gone, failed))
    }

    fn locations(&self, known: &Known) -> Vec<DeferredEntity> {
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

    /// Looks through the repositories that are wanted looked through at once; whether there may be more of them.
    pub async fn fulfil(&self, sink: &Arc<dyn ProviderSink>) -> Result<bool, Fault> {
        let mut session = self.store.read().await.map_err(fault)?;
        let wanted = tables::wanted(&mut session, &self.name, WISHES)
            .await
            .map_err(fault)?;
        drop(session);
        if wanted.is_empty() {
            return Ok(false);
        }
        let mut ledger = self.ledger().await?;
        for (full_name, _) in &wanted {
            if let Err(fault) = self.attend(&mut ledger, full_name, sink).await {
                // The next list finds it.
                sink.problem(Problem::warning(fault)).await;
            }
        }
        let mut tx = self.store.write_unordered(Lane::Bulk).await.map_err(fault)?;
        for (full_name, at) in &wanted {
            tables::fulfilled(&mut tx, &self.name, full_name, *at)
                .await
                .map_err(fault)?;
        }
        tx.commit().await.map_err(fault)?;
        Ok(wanted.len() == WISHES)
    }

    async fn attend(&self, ledger: &mut Ledger, full_name: &str, sink: &Sink) -> Result<(), Fault> {
        let (owner, name) = full_name.split_once('/').unwrap_or_default();
        let found = self.gitea.repository(owner, name).await?;
        // A name may have passed to another repository; what is known goes by number.
        let mut gone = Vec::new();
        for (id, known) in &ledger.known {
            let is_other = found.as_ref().is_none_or(|found| found.id != *id);
            if is_other && known.repository.full_name.eq_ignore_ascii_case(full_name) {
                gone.push(*id);
            }
        }
        let mut lost = Vec::new();
        for id in gone {
            if self.gitea.repository_by_id(id).await?.is_none() {
                lost.push(id);
            }
        }
        let mut removed = self.forget(ledger, &lost).await?;
        let mut put = Vec::new();
        if let Some(found) = found.filter(|found| self.settings.includes(&found.owner.login)) {
            let id = found.id;
            let before = ledger.known.get(&id).map(|one| one.descriptors.clone());
            self.note(ledger, vec![found], SystemClock.now()).await?;
            let known = &ledger.known[&id];
            if known.left_out.is_none() && !known.repository.empty {
                let (there, gone, failed) = self.look_at(ledger, &[id]).await?;
                put = there;
                removed.extend(gone);
                if let Some(fault) = failed.into_iter().next() {
                    return Err(fault);
                }
            } else {
                let before = before.unwrap_or_default();
                removed.extend(before.iter().map(|one| location::reference(&one.name)));
            }
        }
        if !(put.is_empty() && removed.is_empty()) {
            sink.change(put, removed).await?;
        }
        Ok(())
    }

    /// Waits for the next round, and fulfils wishes meanwhile.
    async fn rest(&self, sink: &Sink, announcements: &mut store::Announcements) -> Result<(), Fault> {
        let next = Instant::now() + self.settings.frequency;
        loop {
            while self.fulfil(sink).await? {}
            let look = (Instant::now() + LONGEST_WISH).min(next);
            loop {
                let heard = tokio::time::timeout_at(look, announcements.next()).await;
                match heard {
                    Ok(Some(Announced::Topic(topic))) if &*topic != WANTED => {}
                    Ok(None) => tokio::time::sleep_until(look).await,
                    _ => break,
                }
            }
            if Instant::now() >= next {
                return Ok(());
            }
        }
    }
}

impl Ledger {
    /// Takes note of the descriptors of a repository; the locations of those that are gone.
    fn found(
        &mut self,
        id: i64,
        found: Vec<(String, String)>,
        (settings, web): (&ProviderSettings, &str),
        now: Timestamp,
    ) -> Vec<EntityRef> {
        let Self { known, names } = self;
        let Some(known) = known.get_mut(&id) else {
            return Vec::new();
        };
        let before = known.descriptors.clone();
        known.looked_through(found, settings, now, |repository, branch, path| {
            let address = location::address(web, &repository.full_name, branch, path);
            let name = location::generated_name(&address);
            // The name is taken where another repository had this address, and keeps its locations.
            let name = if names.contains(&name) {
                format!("{name}-{}", repository.id)
            } else {
                name
            };
            names.insert(name.clone());
            name
        });
        let is_gone =
            |one: &&super::known::Descriptor| !known.descriptors.iter().any(|now| now.name == one.name);
        let gone: Vec<_> = before.iter().filter(is_gone).collect();
        for one in &gone {
            names.remove(&one.name);
        }
        gone.iter().map(|one| location::reference(&one.name)).collect()
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

fn shown(problems: &[Fault]) -> Vec<String> {
    let shown = problems.iter().take(MAX_PROBLEMS);
    let mut shown: Vec<String> = shown.map(|fault| fault.message.clone()).collect();
    if problems.len() > MAX_PROBLEMS {
        shown.push(format!("and {} more", problems.len() - MAX_PROBLEMS));
    }
    shown
}

/// A failure of the database.
fn fault(error: store::StoreError) -> Fault {
    catalog::store_fault(&error)
}
