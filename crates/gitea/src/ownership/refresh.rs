//! The jobs that keep what is known of owners in step: one goes through all repositories, one through that of a push.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use model::{Clock, Fault, SystemClock};
use scm::Push;
use store::{Lane, StoreError};
use work::{Job, JobFailure, JobHandler, JobLog, JobPolicy};

use super::Owners;
use super::names;
use super::reading::{Look, look};
use super::repositories::{KnownRepository, key};
use super::tables::{self, OwnersRow};

/// The kind of the job that goes through all repositories, and the name of its schedule.
pub(crate) const REFRESH: &str = "gitea.owners";
/// The kind of the jobs of pushes.
pub(crate) const PUSHED: &str = "gitea.owners-pushed";

/// Repositories that are looked at at the same time.
const AT_ONCE: usize = 4;
/// Repositories whose rows are written together.
const WRITTEN: usize = 50;

/// Goes through all repositories.
pub(crate) struct Refresh(pub Owners);

/// Looks at the repository of a push.
pub(crate) struct Pushed(pub Owners);

/// What became of repositories.
#[derive(Debug, Default)]
struct Counts {
    untouched: usize,
    same: usize,
    read: usize,
    gone: usize,
    failed: usize,
}

impl Counts {
    fn note(&mut self, look: &Look) {
        let field = match look {
            Look::Untouched => &mut self.untouched,
            Look::Gone => &mut self.gone,
            Look::Noted(row) | Look::Read(row, _) if row.trouble.is_some() => &mut self.failed,
            Look::Noted(_) => &mut self.same,
            Look::Read(..) => &mut self.read,
        };
        *field += 1;
    }
}

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        REFRESH
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            attempts: 2,
            time: std::time::Duration::from_mins(30),
            at_once: 1,
            ..JobPolicy::default()
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let owners = &self.0;
        let repositories = owners.repositories().await?;
        let rows = tables::all(&mut owners.store.read().await?).await?;
        let rows: HashMap<(String, String), OwnersRow> = rows
            .into_iter()
            .map(|row| (key(&row.host, &row.full_name), row))
            .collect();
        owners.forget_others(&repositories, &rows).await?;
        let counts = owners.go_through(&repositories, &rows, (&job, false)).await?;
        let Counts {
            untouched,
            same,
            read,
            gone,
            failed,
        } = counts;
        job.log.info(format!(
            "{} repositories: {untouched} without a push, {same} as they were, {read} read, {failed} not readable, {gone} not there",
            repositories.len()
        ));
        owners.ask_for_names(&job.log).await?;
        Ok(())
    }
}

#[async_trait]
impl JobHandler for Pushed {
    fn kind(&self) -> &'static str {
        PUSHED
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let push: Push = serde_json::from_value(job.payload.clone())
            .map_err(|error| JobFailure::GiveUp(Fault::input(format!("The push cannot be read: {error}"))))?;
        let owners = &self.0;
        let Ok(place) = owners.hosts.place(&push.repository) else {
            return Ok(());
        };
        let before = tables::one(&mut owners.store.read().await?, &place.host, &place.full_name).await?;
        // A repository that nothing is known of is none of ours yet.
        let Some((row, _)) = before.filter(|_| push.is_default) else {
            return Ok(());
        };
        let known = KnownRepository {
            host: row.host.clone(),
            full_name: row.full_name.clone(),
            listed: None,
        };
        let rows = HashMap::from([(known.key(), row)]);
        owners.go_through(&[known], &rows, (&job, true)).await?;
        owners.ask_for_names(&job.log).await?;
        Ok(())
    }
}

impl Owners {
    /// Looks at repositories, and keeps what that came to.
    async fn go_through(
        &self,
        repositories: &[KnownRepository],
        rows: &HashMap<(String, String), OwnersRow>,
        (job, is_pushed): (&Job, bool),
    ) -> Result<Counts, JobFailure> {
        // Each look owns what it needs, and may go on beside others.
        let asked = repositories.iter().map(|known| {
            let gitea = self.hosts.client(&known.host).cloned();
            (known.clone(), rows.get(&known.key()).cloned(), gitea)
        });
        let asked: Vec<_> = asked.collect();
        let looks = stream::iter(asked).map(move |(known, row, gitea)| async move {
            let look = match gitea {
                Some(gitea) => look(&gitea, &known, row.as_ref(), (is_pushed, SystemClock.now())).await,
                None => Look::Untouched,
            };
            (known, look)
        });
        let mut looks = looks.buffer_unordered(AT_ONCE).chunks(WRITTEN);
        let mut counts = Counts::default();
        while let Some(looks) = looks.next().await {
            for (_, look) in &looks {
                counts.note(look);
            }
            self.keep(looks).await?;
            if job.stop.is_cancelled() {
                break;
            }
        }
        Ok(counts)
    }

    async fn keep(&self, looks: Vec<(KnownRepository, Look)>) -> Result<(), StoreError> {
        if looks.iter().all(|(_, look)| *look == Look::Untouched) {
            return Ok(());
        }
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        for (known, look) in looks {
            match look {
                Look::Untouched => {}
                Look::Noted(row) => tables::note(&mut tx, &row).await?,
                Look::Read(row, content) => tables::put(&mut tx, &row, content.as_deref()).await?,
                Look::Gone => tables::forget(&mut tx, &known.host, &known.full_name).await?,
            }
        }
        tx.commit().await
    }

    async fn forget_others(
        &self,
        repositories: &[KnownRepository],
        rows: &HashMap<(String, String), OwnersRow>,
    ) -> Result<(), StoreError> {
        let known: HashSet<(String, String)> = repositories.iter().map(KnownRepository::key).collect();
        let others: Vec<&OwnersRow> = rows
            .iter()
            .filter(|(key, _)| !known.contains(*key))
            .map(|(_, row)| row)
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        for row in others {
            tables::forget(&mut tx, &row.host, &row.full_name).await?;
        }
        tx.commit().await
    }

    /// Asks the servers for the names in all files.
    async fn ask_for_names(&self, log: &JobLog) -> Result<(), StoreError> {
        let (rows, known) = {
            let mut session = self.store.read().await?;
            (
                tables::all(&mut session).await?,
                tables::names(&mut session).await?,
            )
        };
        let mut wanted: HashMap<&str, BTreeSet<String>> = HashMap::new();
        for row in &rows {
            let names = row
                .summary
                .names
                .iter()
                .map(|(name, _)| name.trim_start_matches('@').to_lowercase());
            wanted.entry(&row.host).or_default().extend(names);
        }
        let (mut asked, mut all) = (Vec::new(), HashSet::new());
        for (host, names) in wanted {
            if let Some(gitea) = self.hosts.client(host) {
                asked.extend(names::ask(gitea, &names, &known, SystemClock.now()).await);
            }
            all.extend(names.into_iter().map(|name| (host.to_owned(), name)));
        }
        let unknown = asked
            .iter()
            .filter(|(_, (is_known, _))| *is_known == Some(false))
            .count();
        log.info(format!(
            "{} names of owners were asked for, {unknown} of them the server does not know",
            asked.len()
        ));
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        tables::keep_names(&mut tx, &asked, &all, known.into_keys()).await?;
        tx.commit().await
    }
}
