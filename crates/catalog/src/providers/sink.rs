//! Where the entity providers of plugins deliver.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{EntityRef, Fault, Problem, entity, js, policy};
use plugin::{DeferredEntity, MAX_BATCH_BYTES, ProviderSink, Refused, Replacement, Report};
use serde_json::{Value, json};
use store::{Lane, SourceKey, SourceState};

use super::raw;
use crate::engine::{Coverage, Delivery, Engine, EngineError, Hold, Raw, RunEnd, RunReport};
use crate::ingest::MAX_TOLD;

/// Where one provider delivers.
#[derive(Clone)]
pub(crate) struct Sink {
    engine: Arc<Engine>,
    provider: String,
    hold: Hold,
}

/// A delivery of a provider that is under way.
struct Open {
    sink: Sink,
    delivery: Delivery,
    coverage: Coverage,
    started_at: Timestamp,
    /// Entities taken so far.
    taken: usize,
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

    fn key(&self) -> SourceKey {
        SourceKey::Provider(self.provider.clone())
    }

    async fn open(&self, coverage: Coverage) -> Result<Open, EngineError> {
        let started_at = self.engine.context.clock.now();
        let cause = json!({"kind": "provider", "source": self.provider});
        let delivery = Delivery::begin(&self.engine, self.key(), cause, self.hold.clone()).await?;
        Ok(Open {
            sink: self.clone(),
            delivery,
            coverage,
            started_at,
            taken: 0,
        })
    }

    fn check(&self, deferred: DeferredEntity) -> Result<Raw, Fault> {
        policy::check_envelope(&deferred.entity)
            .map_err(|fault| Fault::type_error(format!("Malformed entity envelope, {}", fault.message)))?;
        let name = name_of(&deferred.entity).unwrap_or_default();
        let raw = raw(&self.engine.context, deferred.entity, deferred.location_key).ok_or_else(|| {
            Fault::input(format!(
                "Provider {} delivered {name} without the annotation {}",
                self.provider,
                entity::MANAGED_BY_LOCATION
            ))
        })?;
        if raw.bytes as u64 > model::MAX_FILE_BYTES {
            return Err(Fault::input(format!(
                "Provider {} delivered {name} with more than {} MiB",
                self.provider,
                model::MAX_FILE_BYTES >> 20
            )));
        }
        Ok(raw)
    }

    async fn note_problem(&self, problem: Problem) -> Result<(), EngineError> {
        let key = self.key();
        let mut tx = self.engine.context.store.write(Lane::Bulk).await?;
        self.hold.check_in(&mut tx, &key).await?;
        let known = tx.source_state(std::slice::from_ref(&key)).await?.pop();
        let mut state = known.unwrap_or_else(|| SourceState::new(key));
        if state.problems.len() < MAX_TOLD && !state.problems.contains(&problem) {
            state.problems.push(problem);
            state.checked_at = Some(self.engine.context.clock.now());
            tx.set_source_state(&[state]).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Open {
    /// Takes entities; those of no use are refused one by one.
    async fn take(&mut self, batch: Vec<DeferredEntity>) -> Result<(), Fault> {
        let (mut raws, mut refused, mut bytes) = (Vec::with_capacity(batch.len()), Vec::new(), 0);
        for (index, deferred) in batch.into_iter().enumerate() {
            let (name, key) = (name_of(&deferred.entity), deferred.location_key.clone());
            match self.sink.check(deferred) {
                Ok(raw) => {
                    bytes += raw.bytes;
                    raws.push(raw);
                }
                Err(fault) => refused.push((name, key, self.taken + index, fault)),
            }
        }
        if bytes > MAX_BATCH_BYTES {
            return Err(Fault::input(format!(
                "Provider {} delivered {} MiB at once, of at most {} MiB; deliver in smaller batches",
                self.sink.provider,
                bytes >> 20,
                MAX_BATCH_BYTES >> 20
            )));
        }
        self.taken += raws.len() + refused.len();
        for (name, key, number, fault) in refused {
            self.refuse(name, key, number, fault);
        }
        Ok(self.delivery.feed(raws).await?)
    }

    /// An entity that was delivered well before keeps that form. Where its name is not known, it may be any entity of its
    /// location key, or any at all.
    fn refuse(&mut self, name: Option<String>, key: Option<String>, number: usize, fault: Fault) {
        match (&name, key) {
            (Some(name), _) => self.coverage.note_refused(name.clone()),
            (None, Some(key)) => self.coverage.note(key, false),
            (None, None) => self.coverage.note_unknown(),
        }
        let name = name.unwrap_or_else(|| format!("entity {} of the delivery", number + 1));
        self.delivery.refuse(&name, Problem::error(fault));
    }

    async fn end(self, removed: Vec<String>, keeps_problems: bool) -> Result<Report, Fault> {
        let end = RunEnd {
            removed,
            keeps_problems,
            ..RunEnd::of_provider(self.started_at, self.coverage)
        };
        let run = self.delivery.finish(end).await?;
        self.sink.engine.wake();
        Ok(report(run))
    }
}

fn report(run: RunReport) -> Report {
    let more_refused = run.refusals.more();
    let refused = run.refusals.first.into_iter();
    Report {
        accepted: run.accepted,
        removed: run.removed,
        refused: refused
            .map(|(entity, problem)| Refused { entity, problem })
            .collect(),
        more_refused,
    }
}

fn name_of(entity: &Value) -> Option<String> {
    EntityRef::of(entity).map(|reference| reference.to_string())
}

#[async_trait]
impl ProviderSink for Sink {
    async fn replace(&self) -> Result<Box<dyn Replacement>, Fault> {
        Ok(Box::new(self.open(Coverage::new(true)).await?))
    }

    async fn change(&self, put: Vec<DeferredEntity>, gone: Vec<EntityRef>) -> Result<Report, Fault> {
        let mut open = self.open(Coverage::new(false)).await?;
        open.take(put).await?;
        let gone = gone.iter().map(|reference| js::lowercase(&reference.to_string()));
        open.end(gone.collect(), true).await
    }

    async fn refresh(&self, keys: &[String]) -> Result<(), Fault> {
        Ok(self.engine.refresh_by_keys(keys).await?)
    }

    async fn problem(&self, problem: Problem) {
        if let Err(error) = self.note_problem(problem).await {
            tracing::warn!(provider = %self.provider, %error, "a problem of a provider cannot be shown");
        }
    }
}

#[async_trait]
impl Replacement for Open {
    async fn put(&mut self, batch: Vec<DeferredEntity>) -> Result<(), Fault> {
        self.take(batch).await
    }

    async fn finish(self: Box<Self>) -> Result<Report, Fault> {
        (*self).end(Vec::new(), false).await
    }
}
