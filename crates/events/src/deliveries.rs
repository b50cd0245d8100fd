//! Deliveries that came, so that one that comes again is not published again.

use jiff::{SignedDuration, Timestamp};
use store::{StoreError, Tx};

use crate::tables;

/// How long a delivery is known.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Notes a delivery in the transaction that publishes it; whether it is the first with its id in its topic.
pub async fn is_first(tx: &mut Tx, topic: &str, delivery: &str, now: Timestamp) -> Result<bool, StoreError> {
    tables::forget(tx, now - KEPT).await?;
    tables::note(tx, topic, delivery, now).await
}
