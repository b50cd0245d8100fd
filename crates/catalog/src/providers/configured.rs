//! The locations of the configuration, and the end of providers that are no longer there.

use std::sync::Arc;

use model::Fault;
use plugin::EntityProvider;
use serde_json::json;
use store::{Lane, SourceKey};

use super::{CONFIG_PROVIDER, LOCATION_STORE, Removal, deliver, raw};
use crate::engine::{Coverage, Delivery, Engine, EngineError, Hold, RunEnd};
use crate::ingest::location_entity;

/// Makes `catalog.locations` the only configured locations.
pub(crate) async fn deliver_configured(engine: &Arc<Engine>) -> Result<(), Fault> {
    let context = &engine.context;
    let locations = context.settings.locations.iter();
    let raws = locations.filter_map(|location| {
        let entity = location_entity(location, None);
        raw(context, entity, Some(location.to_string()))
    });
    let cause = json!({"kind": "startup", "source": CONFIG_PROVIDER});
    let provider = (CONFIG_PROVIDER, Hold::Free);
    deliver(engine, provider, raws.collect(), (Removal::AllOthers, cause))
        .await
        .map(drop)
}

/// Removes what providers left that are no longer there.
pub(crate) async fn remove_lost_providers(
    engine: &Arc<Engine>,
    providers: &[Arc<dyn EntityProvider>],
) -> Result<(), EngineError> {
    let store = &engine.context.store;
    for state in store.sources().await? {
        let SourceKey::Provider(name) = &state.key else {
            continue;
        };
        let is_ours = [CONFIG_PROVIDER, LOCATION_STORE].contains(&name.as_str());
        if is_ours || providers.iter().any(|provider| provider.name() == name) {
            continue;
        }
        tracing::info!(provider = %name, "removing what a provider left that is no longer there");
        let cause = json!({"kind": "startup", "source": state.key.to_string()});
        let started_at = engine.context.clock.now();
        let delivery = Delivery::begin(engine, state.key.clone(), cause, Hold::Free).await?;
        let end = RunEnd::of_provider(started_at, Coverage::new(true));
        delivery.finish(end).await?;
        let mut tx = store.write(Lane::Bulk).await?;
        tx.delete_source_state(&[state.key]).await?;
        tx.commit().await?;
    }
    Ok(())
}
