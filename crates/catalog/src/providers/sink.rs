//! Where the entity providers of plugins deliver.

use std::sync::Arc;

use async_trait::async_trait;
use model::{EntityRef, Fault, entity, policy};
use plugin::{DeferredEntity, ProviderSink};
use serde_json::{Value, json};

use super::{Removal, deliver, raw};
use crate::engine::{Engine, Hold, Raw};

/// Where one provider delivers.
pub(crate) struct Sink {
    engine: Arc<Engine>,
    provider: String,
    hold: Hold,
}

impl Sink {
    /// Where the provider of this name delivers for as long as it has its hold.
    pub fn new(engine: &Arc<Engine>, provider: &str, hold: Hold) -> Self {
        Self {
            engine: engine.clone(),
            provider: provider.to_owned(),
            hold,
        }
    }

    fn raws(&self, entities: Vec<DeferredEntity>) -> Result<Vec<Raw>, Fault> {
        entities
            .into_iter()
            .map(|deferred| self.check(deferred))
            .collect()
    }

    fn check(&self, deferred: DeferredEntity) -> Result<Raw, Fault> {
        policy::check_envelope(&deferred.entity)
            .map_err(|fault| Fault::type_error(format!("Malformed entity envelope, {}", fault.message)))?;
        let name = EntityRef::of(&deferred.entity)
            .map(|reference| reference.to_string())
            .unwrap_or_default();
        raw(&self.engine.context, deferred.entity, deferred.location_key).ok_or_else(|| {
            Fault::input(format!(
                "Provider {} delivered {name} without the annotation {}",
                self.provider,
                entity::MANAGED_BY_LOCATION
            ))
        })
    }

    fn cause(&self) -> Value {
        json!({"kind": "provider", "source": self.provider})
    }
}

#[async_trait]
impl ProviderSink for Sink {
    async fn full(&self, entities: Vec<DeferredEntity>) -> Result<(), Fault> {
        let raws = self.raws(entities)?;
        deliver(
            &self.engine,
            (&self.provider, self.hold.clone()),
            raws,
            (Removal::AllOthers, self.cause()),
        )
        .await
        .map(drop)
    }

    async fn delta(&self, added: Vec<DeferredEntity>, removed: Vec<String>) -> Result<(), Fault> {
        let raws = self.raws(added)?;
        let removed = removed
            .iter()
            .map(|reference| model::js::lowercase(reference))
            .collect();
        deliver(
            &self.engine,
            (&self.provider, self.hold.clone()),
            raws,
            (Removal::These(removed), self.cause()),
        )
        .await
        .map(drop)
    }

    async fn refresh(&self, keys: Vec<String>) -> Result<(), Fault> {
        Ok(self.engine.refresh_by_keys(&keys).await?)
    }
}
