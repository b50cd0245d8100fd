//! Entities whose documents changed without a change of the catalog: noted by plugins, followed by the index of every process.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use model::{Clock, EntityRef, Fault};
use plugin::SearchFeed;
use store::{Announced, Announcements, Lane, Store, StoreError, Tx};

use crate::tables;

/// What is announced when entities were touched.
const TOPIC: &str = "search.touched";
/// How long a touch is kept. An index that is older is built anew.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Notes entities for the index of every process.
pub struct Touches {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Touches {
    /// On a store that has this plugin's tables.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

#[async_trait]
impl SearchFeed for Touches {
    async fn changed(&self, entities: &[EntityRef]) -> Result<(), Fault> {
        let work = async {
            let mut tx = self.store.write_unordered(Lane::Bulk).await?;
            self.changed_in(&mut tx, entities).await?;
            tx.commit().await
        };
        work.await.map_err(|error| Fault::error(error.to_string()))
    }

    async fn changed_in(&self, tx: &mut Tx, entities: &[EntityRef]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let references = entities.iter().map(ToString::to_string).collect();
        tables::touch(tx, &references, now).await?;
        tables::forget(tx, (now - KEPT).as_microsecond()).await?;
        tx.announce(TOPIC);
        Ok(())
    }
}

/// Whether an index that is up to a touch can go on from it: all that came later are kept, and it was made in this database.
pub(crate) fn goes_on(known: i64, last: i64) -> bool {
    let kept = i64::try_from(KEPT.as_micros()).unwrap_or(i64::MAX);
    known <= last && (known > 0 || last == 0) && last.saturating_sub(known) < kept
}

/// Waits until entities were touched, or may have been.
pub(crate) async fn woken(announcements: &mut Announcements) {
    loop {
        match announcements.next().await {
            Some(Announced::Topic(topic)) if &*topic == TOPIC => return,
            Some(Announced::Topic(_)) => {}
            Some(Announced::Missed) => return,
            // The store is closed: what waits beside this ends the wait.
            None => return std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn an_index_goes_on_within_what_is_kept() {
        let day = Timestamp::from_second(86_400).expect("a time").as_microsecond();
        for (known, last, expected) in [
            (0, 0, true),
            (0, day, false),
            (day, day, true),
            (day, 2 * day, true),
            (day, 32 * day, false),
            (2 * day, day, false),
        ] {
            assert_eq!(goes_on(known, last), expected, "{known} {last}");
        }
    }
}
