//! Repositories that are to be looked through at once, because somebody pushed to them, made or removed them.

use std::sync::Arc;

use model::{Clock, Fault, Problem, SystemClock};
use plugin::ProviderSink;
use store::Lane;

use super::finder::{Finder, fault};
use super::ledger::Ledger;
use super::{location, tables};

/// Wishes that are fulfilled at once.
const WISHES: usize = 100;

impl Finder {
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

    async fn attend(
        &self,
        ledger: &mut Ledger,
        full_name: &str,
        sink: &Arc<dyn ProviderSink>,
    ) -> Result<(), Fault> {
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
}
