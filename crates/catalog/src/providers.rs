//! What delivers entities without being read by the engine: the configured locations, the registered ones, and the
//! entity providers of plugins.

mod configured;
mod registered;
mod run;
mod sink;

use std::sync::Arc;

use model::{Fault, LocationRef, entity};
use serde_json::Value;
use store::SourceKey;

pub(crate) use configured::{deliver_configured, remove_lost_providers};
pub(crate) use registered::{deliver_registered, registered_emission, registered_key};
pub(crate) use run::run_providers;
pub(crate) use sink::Sink;

use crate::context::Context;
use crate::engine::{Coverage, Delivery, Engine, Hold, Raw, RunEnd, RunReport};

/// Name under which `catalog.locations` delivers.
pub(crate) const CONFIG_PROVIDER: &str = "ConfigLocationProvider";
/// Name under which registered locations deliver.
pub(crate) const LOCATION_STORE: &str = "DefaultLocationStore";

/// What a delivery takes away.
pub(crate) enum Removal {
    /// Everything that this provider delivered before and not now.
    AllOthers,
    /// These references.
    These(Vec<String>),
}

/// An entity as a provider gives it; nothing when it has no reference.
pub(crate) fn raw(context: &Context, entity: Value, location_key: Option<String>) -> Option<Raw> {
    let annotated = |key| entity::annotation(&entity, key).and_then(|text| LocationRef::parse(text).ok());
    let by_key = || {
        location_key
            .as_deref()
            .and_then(|key| LocationRef::parse(key).ok())
    };
    let location = annotated(entity::MANAGED_BY_LOCATION).or_else(by_key)?;
    let origin = annotated(entity::MANAGED_BY_ORIGIN_LOCATION).unwrap_or_else(|| location.clone());
    let mut raw = Raw::new(entity, location, origin, &context.settings.fingerprint)?;
    raw.location_key = location_key;
    Some(raw)
}

/// One delivery of a provider.
pub(crate) async fn deliver(
    engine: &Arc<Engine>,
    (provider, hold): (&str, Hold),
    raws: Vec<Raw>,
    (removal, cause): (Removal, Value),
) -> Result<RunReport, Fault> {
    let started_at = engine.context.clock.now();
    let key = SourceKey::Provider(provider.to_owned());
    let mut delivery = Delivery::begin(engine, key, cause, hold).await?;
    delivery.feed(raws).await?;
    let coverage = Coverage::new(matches!(removal, Removal::AllOthers));
    let mut end = RunEnd::of_provider(started_at, coverage);
    if let Removal::These(references) = removal {
        end.removed = references;
        end.keeps_problems = true;
    }
    let report = delivery.finish(end).await?;
    engine.wake();
    Ok(report)
}
