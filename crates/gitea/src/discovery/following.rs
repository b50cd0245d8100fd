//! From the list to what is known: new repositories, changed ones, and those that are gone.

use futures::StreamExt;
use futures::stream;
use jiff::Timestamp;
use model::{EntityRef, Fault};
use scm::gitea::Repository;
use store::Lane;

use super::finder::{AT_ONCE, Finder, fault};
use super::known::Known;
use super::ledger::Ledger;
use super::listing::{Listed, Missing};
use super::{TOPIC, location, tables};

impl Finder {
    /// Takes note of what is listed, and of what is not; the numbers of those that are gone.
    pub(super) async fn follow(
        &self,
        ledger: &mut Ledger,
        listed: Listed,
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
    pub(super) async fn note(
        &self,
        ledger: &mut Ledger,
        there: Vec<Repository>,
        now: Timestamp,
    ) -> Result<(), Fault> {
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
    pub(super) async fn forget(&self, ledger: &mut Ledger, gone: &[i64]) -> Result<Vec<EntityRef>, Fault> {
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
}
