//! Events that have not become jobs yet.

use std::time::Duration;

use model::Actor;
use store::{Arg, Session, StoreError, Tx};

use super::jobs::{self, NewJob};
use super::take_turn;
use crate::events::Subscription;

/// Events that become jobs in one transaction.
const AT_ONCE: usize = 100;

pub async fn insert(tx: &mut Tx, topic: &str, payload: String, actor: &Actor) -> Result<(), StoreError> {
    let text = "INSERT INTO work_events (topic, payload, actor) VALUES (?, ?, ?)";
    let arguments = vec![topic.into(), payload.into(), Arg::json(&actor.to_json())?];
    tx.execute(text, arguments).await.map(drop)
}

pub async fn is_any(session: &mut Session) -> Result<bool, StoreError> {
    let row = session
        .row("SELECT number FROM work_events LIMIT 1", vec![])
        .await?;
    Ok(row.is_some())
}

/// Makes the oldest events jobs of those who subscribed.
pub async fn hand_out(tx: &mut Tx, subscriptions: &[Subscription]) -> Result<(), StoreError> {
    take_turn(tx).await?;
    let text = "SELECT number, topic, payload, actor FROM work_events ORDER BY number LIMIT ?";
    for row in tx.rows(text, vec![AT_ONCE.into()]).await? {
        let topic = row.text(1)?;
        let actor = Actor::from_json(&row.json(3)?).unwrap_or(Actor::system("an event"));
        for subscription in subscriptions.iter().filter(|one| one.topic == topic) {
            let job = NewJob {
                kind: &subscription.kind,
                payload: row.text(2)?,
                actor: &actor,
                key: None,
                schedule: None,
                delay: Duration::ZERO,
            };
            jobs::insert(tx, job).await?;
        }
        let text = "DELETE FROM work_events WHERE number = ?";
        tx.execute(text, vec![row.int(0)?.into()]).await?;
    }
    Ok(())
}
