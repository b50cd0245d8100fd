//! Who sends webhooks, when the last one came in, and which were refused.
//!
//! A sender is known by what it has signed: the page of the organisation or user whose repository the webhook is about. Of
//! refused webhooks only the number, the moment and the reason are kept, because nothing in them is proved; and because anybody
//! may send them, they are written down, logged and audited only so often.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use config::{Config, Secret};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::Value;
use store::{Session, StoreError, Tx};

use crate::{section, tables};

/// Pause between two records of refused webhooks of a topic in the database.
const RECORDED_EVERY: Duration = Duration::from_secs(10);
/// Pause between two lines of the log, and two events of the audit, about refused webhooks of a topic.
const REPORTED_EVERY: Duration = Duration::from_mins(10);

/// Who sent webhooks of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The page of the organisation or user; empty for webhooks that are about no repository.
    pub page: String,
    /// When the last one came in.
    pub at: Timestamp,
    /// Its event, by the host's word.
    pub event: String,
    /// How many came in.
    pub deliveries: u64,
}

/// Webhooks of a topic that were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    /// When the last one was.
    pub at: Timestamp,
    /// Why it was.
    pub reason: String,
    /// How many there were.
    pub count: u64,
}

/// All senders of a topic.
pub async fn senders(session: &mut Session, topic: &str) -> Result<Vec<Sender>, StoreError> {
    tables::senders(session, topic).await
}

/// The refused webhooks of a topic, if there were any.
pub async fn refusals(session: &mut Session, topic: &str) -> Result<Option<Refusals>, StoreError> {
    tables::refusals(session, topic).await
}

/// The secret of a topic in the section `events` of the configuration, if it can be used. It follows its file.
pub fn secret_of(config: &Config, topic: &str) -> Option<Secret> {
    section::served(config).remove(topic)
}

/// Notes a webhook in the transaction that publishes it.
pub(crate) async fn note(
    tx: &mut Tx,
    topic: &str,
    (headers, payload): (&http::HeaderMap, &Value),
    now: Timestamp,
) -> Result<(), StoreError> {
    let page = scm::owner_page(payload).unwrap_or_default();
    let event = scm::event_name(headers, payload).unwrap_or_default();
    let event: String = event.chars().take(100).collect();
    tables::note_sender(tx, topic, &page, &event, now).await
}

/// What is to be done about a refused webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Due {
    /// How many are to be recorded; none where it is not the time.
    pub recorded: u64,
    /// It is to be logged and audited.
    pub is_reported: bool,
}

/// When refused webhooks were recorded and reported last.
#[derive(Default)]
pub(crate) struct Restraint(Mutex<HashMap<String, Past>>);

#[derive(Default)]
struct Past {
    recorded: Option<Instant>,
    reported: Option<Instant>,
    waiting: u64,
}

impl Restraint {
    /// What is to be done about one more, at this moment.
    pub fn refused(&self, topic: &str, now: Instant) -> Due {
        let mut topics = self.0.lock();
        // Only topics of the configuration come here.
        let past = topics.entry(topic.to_owned()).or_default();
        past.waiting += 1;
        let is_due = |last: Option<Instant>, pause| last.is_none_or(|last| now.duration_since(last) >= pause);
        let mut due = Due::default();
        if is_due(past.recorded, RECORDED_EVERY) {
            due.recorded = std::mem::take(&mut past.waiting);
            past.recorded = Some(now);
        }
        if is_due(past.reported, REPORTED_EVERY) {
            due.is_reported = true;
            past.reported = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_reported_now_and_then() {
        let (restraint, begun) = (Restraint::default(), Instant::now());
        let (mut recorded, mut writes, mut reported) = (0, 0, 0);
        for second in 0..=1_200_u64 {
            for _ in 0..50 {
                let due = restraint.refused("gitea", begun + Duration::from_secs(second));
                recorded += due.recorded;
                writes += u64::from(due.recorded > 0);
                reported += u64::from(due.is_reported);
            }
        }
        assert_eq!((writes, reported), (121, 3));
        assert_eq!(recorded, 1 + 120 * 500, "all but those since the last record");
        assert!(
            restraint.refused("github", begun).is_reported,
            "each topic by itself"
        );
    }
}
