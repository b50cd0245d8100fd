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
