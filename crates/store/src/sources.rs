//! What is known of each source, and when it is due.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use model::Problem;

use crate::{
    Lane, SourceKey, Store, StoreError, WriteTx,
    sql::{Arg, Engine, Row},
};

/// Outcome of the last check of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceState {
    /// The source.
    pub key: SourceKey,
    /// Version the other side gave its content.
    pub etag: Option<String>,
    /// Hash of the content last taken in completely.
    pub content_hash: Option<String>,
    /// When it was last checked.
    pub checked_at: Option<Timestamp>,
    /// When its content last changed.
    pub changed_at: Option<Timestamp>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// When it is to be checked next; `None` never by itself.
    pub next_check_at: Option<Timestamp>,
    /// How long the last check took.
    pub duration_ms: u64,
    /// Entities it declares.
    pub entities: u32,
}

const COLUMNS: &str =
    "source, etag, content_hash, checked_at, changed_at, problems, next_check_at, duration_ms, entities";

fn from_row(row: &Row) -> Result<SourceState, StoreError> {
    Ok(SourceState {
        key: SourceKey::from(row.text(0)?.as_str()),
        etag: row.maybe_text(1)?,
        content_hash: row.maybe_text(2)?,
        checked_at: row.maybe_time(3)?,
        changed_at: row.maybe_time(4)?,
        problems: row.json(5)?,
        next_check_at: row.maybe_time(6)?,
        duration_ms: u64::try_from(row.int(7)?).unwrap_or_default(),
        entities: u32::try_from(row.int(8)?).unwrap_or(u32::MAX),
    })
}

impl SourceState {
    /// A source that was never checked.
    pub fn new(key: SourceKey) -> Self {
        Self {
            key,
            etag: None,
            content_hash: None,
            checked_at: None,
            changed_at: None,
            problems: Vec::new(),
            next_check_at: None,
            duration_ms: 0,
            entities: 0,
        }
    }
}

impl WriteTx {
    /// Forgets sources that are no more.
    pub async fn delete_source_state(&mut self, keys: &[SourceKey]) -> Result<(), StoreError> {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        self.session
            .execute_in("DELETE FROM sources WHERE source IN {list}", &names)
            .await
            .map(drop)
    }

    /// What is known of these sources; those never checked are left out.
    pub async fn source_state(&mut self, keys: &[SourceKey]) -> Result<Vec<SourceState>, StoreError> {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        let text = format!("SELECT {COLUMNS} FROM sources WHERE source IN {{list}}");
        self.session
            .rows_in(&text, &names)
            .await?
            .iter()
            .map(from_row)
            .collect()
    }

    /// Sources that have a problem whose fault has this name.
    pub async fn sources_with_problem(&mut self, fault: &str) -> Result<Vec<SourceState>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM sources WHERE problems LIKE ? ORDER BY source");
        let rows = self
            .session
            .rows(text, vec![format!("%\"{fault}\"%").into()])
            .await?;
        let states: Result<Vec<SourceState>, StoreError> = rows.iter().map(from_row).collect();
        let has_it = |state: &SourceState| state.problems.iter().any(|problem| problem.fault.name == fault);
        Ok(states?.into_iter().filter(has_it).collect())
    }

    /// Records the outcome of a check and ends the claim. A source that was marked meanwhile stays due.
    pub async fn set_source_state(&mut self, states: &[SourceState]) -> Result<(), StoreError> {
        let head = "INSERT INTO sources (source, etag, content_hash, checked_at, changed_at, problems, \
             next_check_at, duration_ms, entities, marked) VALUES";
        let tail = "ON CONFLICT (source) DO UPDATE SET etag = excluded.etag, \
             content_hash = excluded.content_hash, checked_at = excluded.checked_at, \
             changed_at = excluded.changed_at, problems = excluded.problems, \
             next_check_at = CASE WHEN sources.marked = 1 THEN sources.next_check_at ELSE excluded.next_check_at END, \
             duration_ms = excluded.duration_ms, entities = excluded.entities, held_by = NULL, held_until = NULL";
        let mut seen = HashSet::new();
        // The last state of a source counts; PostgreSQL refuses to write a row twice in one statement.
        let states: Vec<&SourceState> = states
            .iter()
            .rev()
            .filter(|state| seen.insert(&state.key))
            .collect();
        self.session
            .insert(head, tail, &states, |state| arguments(state))
            .await
            .map(drop)
    }

    /// Has sources checked from `at` on, in the order given, whatever is going on with them.
    pub async fn mark_due(&mut self, keys: &[SourceKey], at: Timestamp) -> Result<(), StoreError> {
        let head =
            "INSERT INTO sources (source, problems, next_check_at, marked, duration_ms, entities) VALUES";
        let tail = "ON CONFLICT (source) DO UPDATE SET marked = 1, next_check_at = excluded.next_check_at";
        self.session
            .insert(head, tail, &in_turn(keys, at), |(key, at)| {
                Ok(vec![
                    key.to_string().into(),
                    "[]".into(),
                    (*at).into(),
                    true.into(),
                    0_i64.into(),
                    0_i64.into(),
                ])
            })
            .await
            .map(drop)
    }

    /// Forgets what was read from these sources, so that the next check takes everything in again.
    pub async fn forget_content(&mut self, keys: &[SourceKey]) -> Result<(), StoreError> {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        let text = "UPDATE sources SET etag = NULL, content_hash = NULL WHERE source IN {list}";
        self.session.execute_in(text, &names).await.map(drop)
    }
}

/// Each key once, due one microsecond after the one before it and the last at `at`: sources are
/// claimed by that time. Sorted by key, so that concurrent writers lock rows in the same order.
fn in_turn(keys: &[SourceKey], at: Timestamp) -> Vec<(&SourceKey, Timestamp)> {
    let mut due = BTreeMap::new();
    for (earlier, key) in keys.iter().rev().enumerate() {
        let earlier = SignedDuration::from_micros(i64::try_from(earlier).unwrap_or(i64::MAX));
        due.insert(key, at.checked_sub(earlier).unwrap_or(Timestamp::MIN));
    }
    due.into_iter().collect()
}

fn arguments(state: &SourceState) -> Result<Vec<Arg>, StoreError> {
    Ok(vec![
        state.key.to_string().into(),
        Arg::from(&state.etag),
        Arg::from(&state.content_hash),
        state.checked_at.into(),
        state.changed_at.into(),
        Arg::json(&state.problems)?,
        state.next_check_at.into(),
        i64::try_from(state.duration_ms).unwrap_or(i64::MAX).into(),
        i64::from(state.entities).into(),
        false.into(),
    ])
}

impl Store {
    /// What is known of these sources; those never checked are left out.
    pub async fn source_state(&self, keys: &[SourceKey]) -> Result<Vec<SourceState>, StoreError> {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        let text = format!("SELECT {COLUMNS} FROM sources WHERE source IN {{list}}");
        self.read()
            .await?
            .rows_in(&text, &names)
            .await?
            .iter()
            .map(from_row)
            .collect()
    }

    /// Ends all claims and leases where only one process at a time works on the database (`SQLite`):
    /// whoever held them is dead. Does nothing on PostgreSQL, where they run out by themselves.
    pub async fn forget_dead_holders(&self) -> Result<(), StoreError> {
        let mut session = self.write_unordered(Lane::Bulk).await?;
        if session.engine() == Engine::Sqlite {
            let text = "UPDATE sources SET held_by = NULL, held_until = NULL WHERE held_by IS NOT NULL";
            session.execute(text, vec![]).await?;
            session.execute("DELETE FROM leases", vec![]).await?;
        }
        session.commit().await
    }

    /// Has sources that would be checked after `latest` checked then: whoever said so had a clock that was ahead.
    pub async fn bring_forward(&self, latest: Timestamp) -> Result<u64, StoreError> {
        let some = "SELECT 1 FROM sources WHERE next_check_at > ? LIMIT 1";
        let found = self.read().await?.row(some, vec![latest.into()]).await?;
        if found.is_none() {
            return Ok(0);
        }
        let text = "UPDATE sources SET next_check_at = ? WHERE next_check_at > ?";
        self.write_one(Lane::Bulk, text, vec![latest.into(), latest.into()])
            .await
    }

    /// Has sources checked from `at` on.
    pub async fn mark_due(&self, keys: &[SourceKey], at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write(Lane::Bulk).await?;
        tx.mark_due(keys, at).await?;
        tx.commit().await.map(drop)
    }

    /// All sources, by name.
    pub async fn sources(&self) -> Result<Vec<SourceState>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM sources ORDER BY source");
        self.read()
            .await?
            .rows(text, vec![])
            .await?
            .iter()
            .map(from_row)
            .collect()
    }
}
