//! Entity providers, among them the configured and the registered locations.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use model::{EntityRef, Fault, LocationRef, entity, policy};
use plugin::{DeferredEntity, EntityProvider, ProviderSink};
use serde_json::{Value, json};
use store::SourceKey;
use tokio_util::sync::CancellationToken;

use crate::Catalog;
use crate::engine::{Delivery, Ending, Finished, Raw, pause};

/// Name under which `catalog.locations` delivers.
pub(crate) const CONFIG_PROVIDER: &str = "ConfigLocationProvider";
/// Name under which registered locations deliver.
pub(crate) const LOCATION_STORE: &str = "DefaultLocationStore";

/// First pause after a provider failed; doubled up to the longest.
const FIRST_BACK_OFF: Duration = Duration::from_secs(5);
const LONGEST_BACK_OFF: Duration = Duration::from_mins(10);

/// The `Location` entity of a configured or registered location, named `name` or after its target.
pub(crate) fn location_entity(location: &LocationRef, name: Option<&str>) -> Value {
    let text = location.to_string();
    let generated = format!("generated-{}", model::sha1_hex(text.as_bytes()));
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Location",
        "metadata": {
            "name": name.unwrap_or(&generated),
            "namespace": "default",
            "annotations": {
                entity::MANAGED_BY_LOCATION: text,
                entity::MANAGED_BY_ORIGIN_LOCATION: text,
            },
        },
        "spec": {"type": location.kind, "target": location.target},
    })
}

impl Catalog {
    /// Makes `catalog.locations` the only configured ones.
    pub(crate) async fn deliver_configured_locations(&self) -> Result<(), Fault> {
        let locations = &self.parts.settings.locations;
        let raws = locations
            .iter()
            .filter_map(|location| self.raw(location_entity(location, None), Some(location.to_string())));
        let cause = json!({"kind": "startup", "source": CONFIG_PROVIDER});
        self.deliver(CONFIG_PROVIDER, raws.collect(), Removal::AllOthers, cause)
            .await
            .map(drop)
    }

    /// An entity as a provider gives it; nothing when it has no reference.
    pub(crate) fn raw(&self, entity: Value, location_key: Option<String>) -> Option<Raw> {
        let annotated = |key| entity::annotation(&entity, key).and_then(|text| LocationRef::parse(text).ok());
        let by_key = || {
            location_key
                .as_deref()
                .and_then(|key| LocationRef::parse(key).ok())
        };
        let location = annotated(entity::MANAGED_BY_LOCATION).or_else(by_key)?;
        let origin = annotated(entity::MANAGED_BY_ORIGIN_LOCATION).unwrap_or_else(|| location.clone());
        let mut raw = Raw::new(entity, location, origin, &self.parts.settings.fingerprint)?;
        raw.location_key = location_key;
        Some(raw)
    }

    /// One delivery of a provider.
    pub(crate) async fn deliver(
        &self,
        provider: &str,
        raws: Vec<Raw>,
        removal: Removal,
        cause: Value,
    ) -> Result<Finished, Fault> {
        let started_at = self.parts.clock.now();
        let key = SourceKey::Provider(provider.to_owned());
        let mut delivery = Delivery::begin(&self.parts, key, cause, false).await?;
        delivery.feed(raws).await?;
        let mut ending = Ending::of_provider(started_at, matches!(removal, Removal::AllOthers));
        if let Removal::These(references) = removal {
            ending.removed = references;
        }
        let finished = delivery.finish(ending).await?;
        self.parts.engine.wake();
        Ok(finished)
    }
}

/// What a delivery takes away.
pub(crate) enum Removal {
    /// Everything that this provider delivered before and not now.
    AllOthers,
    /// These references.
    These(Vec<String>),
}

/// Where one provider delivers.
struct Sink {
    catalog: Catalog,
    provider: String,
}

impl Sink {
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
        self.catalog
            .raw(deferred.entity, deferred.location_key)
            .ok_or_else(|| {
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
        self.catalog
            .deliver(&self.provider, raws, Removal::AllOthers, self.cause())
            .await
            .map(drop)
    }

    async fn delta(&self, added: Vec<DeferredEntity>, removed: Vec<String>) -> Result<(), Fault> {
        let raws = self.raws(added)?;
        let removed = removed
            .iter()
            .map(|reference| model::js::lowercase(reference))
            .collect();
        self.catalog
            .deliver(&self.provider, raws, Removal::These(removed), self.cause())
            .await
            .map(drop)
    }

    async fn refresh(&self, keys: Vec<String>) -> Result<(), Fault> {
        self.catalog.refresh_by_keys(&keys).await
    }
}

/// Runs all providers until `stop`, each in one of the processes on the database; one that fails is
/// started again with growing pauses, here or in another process.
pub(crate) async fn run_providers(catalog: &Catalog, stop: &CancellationToken) {
    join_all(
        catalog
            .parts
            .providers
            .iter()
            .map(|provider| run_one(catalog, provider.clone(), stop)),
    )
    .await;
}

async fn run_one(catalog: &Catalog, provider: Arc<dyn EntityProvider>, stop: &CancellationToken) {
    let name = provider.name().to_owned();
    let sink: Arc<dyn ProviderSink> = Arc::new(Sink {
        catalog: catalog.clone(),
        provider: name.clone(),
    });
    let mut back_off = FIRST_BACK_OFF;
    while catalog.take_provider(&name, stop).await {
        match run_while_held(catalog, &*provider, sink.clone(), stop).await {
            // Done for good: it stays here, so that no other process does the same again.
            Some(Ok(())) => catalog.keep_provider(&name, stop).await,
            Some(Err(fault)) => {
                tracing::warn!(provider = %name, %fault, "provider failed");
                catalog.note_provider_failure(&name, fault).await;
                catalog.give_back_provider(&name).await;
            }
            None => {}
        }
        if stop.is_cancelled() || pause(stop, back_off).await {
            break;
        }
        back_off = (back_off * 2).min(LONGEST_BACK_OFF);
    }
    catalog.give_back_provider(&name).await;
}

/// How the provider ended; nothing when another process took it over.
async fn run_while_held(
    catalog: &Catalog,
    provider: &dyn EntityProvider,
    sink: Arc<dyn ProviderSink>,
    stop: &CancellationToken,
) -> Option<Result<(), Fault>> {
    // Told to stop, a provider still holds its lease until it has ended.
    let never = CancellationToken::new();
    let stop = stop.child_token();
    let _stopped_when_dropped = stop.clone().drop_guard();
    tokio::select! {
        end = provider.run(sink, stop) => Some(end),
        () = catalog.keep_provider(provider.name(), &never) => None,
    }
}

impl Catalog {
    async fn note_provider_failure(&self, name: &str, fault: Fault) {
        let key = SourceKey::Provider(name.to_owned());
        let mut state = self.state_of(&key).await;
        state.checked_at = Some(self.parts.clock.now());
        state.problems = vec![model::Problem::error(fault)];
        self.write_state(state).await;
    }

    /// A sink for a provider that is not run by the loop, for tests and commands.
    pub fn sink(&self, provider: &str) -> Arc<dyn ProviderSink> {
        Arc::new(Sink {
            catalog: self.clone(),
            provider: provider.to_owned(),
        })
    }
}
