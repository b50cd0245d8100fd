//! Looking through the repositories that have to be, a chunk at a time: what was found is kept and delivered after each.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use model::{Clock, EntityRef, Fault, FaultKind, SystemClock};
use plugin::{DeferredEntity, ProviderSink};
use scm::gitea::Repository;
use store::Lane;

use super::finder::{AT_ONCE, Finder, fault};
use super::known::Known;
use super::ledger::Ledger;
use super::looking::look;
use super::{TOPIC, tables};

/// Repositories after which what was found is kept and delivered.
const CHUNK: usize = 200;
/// Failures in a chunk after which the server is left alone until the next round.
const MAX_FAILURES: usize = 20;

impl Finder {
    /// Looks through the repositories that have to be; why some could not be.
    pub(super) async fn look_through(
        &self,
        ledger: &mut Ledger,
        sink: &Arc<dyn ProviderSink>,
    ) -> Result<Vec<Fault>, Fault> {
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
    pub(super) async fn look_at(
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
}
