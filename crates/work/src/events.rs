//! Events: published with the data they are about, and handed to every subscription as a job.

use model::Actor;
use serde::Serialize;
use store::Tx;

use crate::error::WorkError;
use crate::jobs::as_json;
use crate::tables;

/// Publishes events.
///
/// An event is stored in the transaction of the publisher, so it is published exactly if the transaction is kept.
/// Afterwards it becomes one job for each [`Subscription`] to its topic: handled at least once, tried again when that
/// fails, and visible like any other job. Without a subscription it is dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Events;

impl Events {
    /// Publishes an event.
    pub async fn publish(
        self,
        tx: &mut Tx,
        topic: &str,
        payload: &impl Serialize,
        actor: &Actor,
    ) -> Result<(), WorkError> {
        let (_, text) = as_json("the payload of an event", payload)?;
        Ok(tables::events::insert(tx, topic, text, actor).await?)
    }
}

/// Has every event of a topic handled by a job of a kind, whose payload is that of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The topic: a plugin's id and a word, for example `gitea.push`.
    pub topic: String,
    /// The kind of the jobs.
    pub kind: String,
}

impl Subscription {
    /// Subscribes a kind of job to a topic.
    pub fn new(topic: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            topic: topic.into(),
            kind: kind.into(),
        }
    }
}
