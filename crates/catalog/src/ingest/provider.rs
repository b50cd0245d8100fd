//! Entity providers, among them the configured and the registered locations.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{EntityRef, Fault, LocationRef, entity, policy};
use plugin::{DeferredEntity, EntityProvider, ProviderSink};
use serde_json::{Value, json};
use store::SourceKey;
use tokio_util::sync::CancellationToken;
use work::{BackOff, Claim, Pace, Runner, Standing};

use crate::Catalog;
use crate::engine::{Delivery, Ending, Finished, Raw, pause};

/// Name under which `catalog.locations` delivers.
pub(crate) const CONFIG_PROVIDER: &str = "ConfigLocationProvider";
/// Name under which registered locations deliver.
pub(crate) const LOCATION_STORE: &str = "DefaultLocationStore";

/// Pauses after a provider failed.
const BACK_OFF: BackOff = BackOff::new(Duration::from_secs(5), Duration::from_mins(10));
/// After a run of this length a failure counts as the first one.
const GOOD_RUN: Duration = Duration::from_mins(10);
/// Longest time until a provider that nobody runs is taken.
const LONGEST_POLL: Duration = Duration::from_secs(2);

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
        self.deliver_under(None, provider, raws, (removal, cause)).await
    }

    /// One delivery of a provider that may only write while it holds its claim.
    async fn deliver_under(
        &self,
        claim: Option<Claim<String>>,
        provider: &str,
        raws: Vec<Raw>,
        (removal, cause): (Removal, Value),
    ) -> Result<Finished, Fault> {
        let started_at = self.parts.clock.now();
        let key = SourceKey::Provider(provider.to_owned());
        let delivery = Delivery::begin(&self.parts, key, cause, false).await?;
        let mut delivery = delivery.under(claim);
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
    /// What is delivered after it was lost is refused.
    claim: Option<Claim<String>>,
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
            .deliver_under(
                self.claim.clone(),
                &self.provider,
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
        self.catalog
            .deliver_under(
                self.claim.clone(),
                &self.provider,
                raws,
                (Removal::These(removed), self.cause()),
            )
            .await
            .map(drop)
    }

    async fn refresh(&self, keys: Vec<String>) -> Result<(), Fault> {
        self.catalog.refresh_by_keys(&keys).await
    }
}

/// Runs all providers until `stop`, each in one of the processes on the database and as a task of its own; one that
/// fails or panics is started again with growing pauses, here or in another process.
pub(crate) async fn run_providers(catalog: &Catalog, stop: &CancellationToken) {
    let providers: HashMap<String, Arc<dyn EntityProvider>> = catalog
        .parts
        .providers
        .iter()
        .map(|provider| (format!("provider:{}", provider.name()), provider.clone()))
        .collect();
    if providers.is_empty() {
        return;
    }
    let claim = catalog.parts.settings.claim;
    let pace = Pace {
        at_once: providers.len(),
        hold: claim,
        poll: (claim / 4).min(LONGEST_POLL),
        ..Pace::default()
    };
    let names = providers.keys().cloned().collect();
    let standing = Standing::new(catalog.parts.store.clone(), names, &pace, BACK_OFF, GOOD_RUN);
    while let Err(error) = standing.declare().await {
        tracing::warn!(%error, "providers cannot be claimed yet");
        if pause(stop, BACK_OFF.first).await {
            return;
        }
    }
    let catalog = catalog.clone();
    let work = move |claim: Claim<String>, (), stop| {
        let (catalog, provider) = (catalog.clone(), providers.get(&claim.key).cloned());
        async move {
            match provider {
                Some(provider) => run_one(&catalog, provider, claim, stop).await,
                None => work::Ending::Stopped,
            }
        }
    };
    Runner::new(standing, pace).run(work, stop).await;
}

async fn run_one(
    catalog: &Catalog,
    provider: Arc<dyn EntityProvider>,
    claim: Claim<String>,
    stop: CancellationToken,
) -> work::Ending {
    let name = provider.name().to_owned();
    let sink: Arc<dyn ProviderSink> = Arc::new(Sink {
        catalog: catalog.clone(),
        provider: name.clone(),
        claim: Some(claim),
    });
    let ended = work::caught(async { provider.run(sink, stop.clone()).await }).await;
    match ended.and_then(|ended| ended) {
        Ok(()) => {
            // Done for good: it stays here, so that no other process does the same again.
            stop.cancelled().await;
            work::Ending::Stopped
        }
        Err(fault) => {
            if !stop.is_cancelled() {
                tracing::warn!(provider = %name, %fault, "provider failed");
                catalog.note_provider_failure(&name, fault.clone()).await;
            }
            work::Ending::Retry(fault)
        }
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
            claim: None,
        })
    }
}
