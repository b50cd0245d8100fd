//! Registered locations as a source: what the table says is what the catalog has.
//!
//! A row and its entity are written together. What the table holds is read in the transaction that acts on it:
//! another process, or a request to this one, may register a location at any moment.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use model::LocationRef;
use serde_json::{Value, json};
use store::{ChildRow, Lane, Location, SourceKey, SourceState};

use super::{LOCATION_STORE, raw};
use crate::context::Context;
use crate::engine::{Emission, Engine, EngineError, Raw, Writer, process_all};
use crate::ingest::location_entity;
use crate::time::elapsed;

/// The source that registered locations are.
pub(crate) fn registered_key() -> SourceKey {
    SourceKey::Provider(LOCATION_STORE.to_owned())
}

/// Makes the table of locations the only registered ones.
pub(crate) async fn deliver_registered(engine: &Engine) -> Result<(), EngineError> {
    let started_at = engine.context.clock.now();
    add_registered(engine).await?;
    remove_unregistered(&engine.context, started_at).await?;
    engine.wake();
    Ok(())
}

/// Writes the entities of rows that have none, or another one.
async fn add_registered(engine: &Engine) -> Result<(), EngineError> {
    let context = &*engine.context;
    let known = context.store.children(&registered_key()).await?;
    let known: HashMap<String, ChildRow> = known
        .into_iter()
        .map(|row| (row.reference.clone(), row))
        .collect();
    let locations = context.store.location_list().await?;
    let raws: Vec<Raw> = locations
        .iter()
        .filter_map(|location| registered_raw(context, location))
        .collect();
    let mut raws = raws
        .into_iter()
        .filter(|raw| is_news(context, raw, &known))
        .peekable();
    while raws.peek().is_some() {
        let fitting = engine.entities_at_once();
        let emissions = process_all(&context.pipeline, raws.by_ref().take(fitting).collect()).await?;
        let mut writer = Writer::begin(context, Lane::Bulk, startup()).await?;
        let registered = registered_now(&mut writer).await?;
        let still = |emission: &Emission| registered.contains(&emission.reference);
        let emissions = emissions.into_iter().filter(still).collect();
        let may_rekey = known.keys().cloned().collect();
        writer.emit(&registered_key(), emissions, &may_rekey).await?;
        writer.commit().await?;
    }
    Ok(())
}

/// Removes the entities whose rows are gone, and notes how many there are.
async fn remove_unregistered(context: &Context, started_at: Timestamp) -> Result<(), EngineError> {
    let key = registered_key();
    let mut writer = Writer::begin(context, Lane::Bulk, startup()).await?;
    let registered = registered_now(&mut writer).await?;
    let children = writer.tx.children(&key).await?;
    let (kept, gone): (Vec<String>, Vec<String>) = children
        .into_iter()
        .map(|row| row.reference)
        .partition(|reference| registered.contains(reference));
    writer.abandon(&key, &gone).await?;
    let now = context.clock.now();
    writer.set_state(SourceState {
        checked_at: Some(now),
        changed_at: Some(now),
        duration_ms: elapsed(started_at, now),
        entities: u32::try_from(kept.len()).unwrap_or(u32::MAX),
        ..SourceState::new(key)
    });
    writer.commit().await?;
    Ok(())
}

fn is_news(context: &Context, raw: &Raw, known: &HashMap<String, ChildRow>) -> bool {
    let is_same = |row: &ChildRow| row.raw_hash == raw.raw_hash && row.location_key == raw.location_key;
    context.pipeline.dependence(&raw.entity, &raw.context()).is_any
        || !known.get(&raw.reference).is_some_and(is_same)
}

/// The entity of a registered location; nothing where it has a meaning of its own.
fn registered_raw(context: &Context, location: &Location) -> Option<Raw> {
    if location.kind == "bootstrap" {
        return None;
    }
    let name = location.entity_ref.rsplit('/').next();
    let reference = LocationRef::new(&location.kind, &location.target);
    raw(
        context,
        location_entity(&reference, name),
        Some(reference.to_string()),
    )
}

/// Makes the entity of a registered location ready to be written together with its row.
pub(crate) async fn registered_emission(
    context: &Context,
    location: &Location,
) -> Result<Vec<Emission>, EngineError> {
    let raws = registered_raw(context, location).into_iter().collect();
    Ok(process_all(&context.pipeline, raws).await?)
}

/// References of the entities that the table asks for, as the transaction sees it.
async fn registered_now(writer: &mut Writer<'_>) -> Result<HashSet<String>, EngineError> {
    let locations = writer.tx.location_list().await?;
    let registered = locations
        .into_iter()
        .filter(|location| location.kind != "bootstrap");
    Ok(registered.map(|location| location.entity_ref).collect())
}

fn startup() -> Value {
    json!({"kind": "startup", "source": LOCATION_STORE})
}
