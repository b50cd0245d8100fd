//! Databases to check on, and short ways to make what is stored.

use std::{future::Future, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{ChangeKind, Database, NewChange, Node, Store};
use tempfile::TempDir;
use uuid::Uuid;

/// An empty database.
pub struct Place {
    pub database: Database,
    _folder: Option<TempDir>,
}

impl Place {
    pub fn sqlite() -> Self {
        let (folder, path) = testkit::sqlite_file();
        Self {
            database: Database::Sqlite(path),
            _folder: Some(folder),
        }
    }

    pub async fn postgres() -> Self {
        Self {
            database: Database::postgres(testkit::fresh_database().await),
            _folder: None,
        }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.database).await.unwrap()
    }

    /// Runs a check, for a minute at most.
    pub async fn run<'a, F: Future<Output = ()>>(&'a self, check: impl FnOnce(&'a Self) -> F) {
        tokio::time::timeout(Duration::from_mins(1), check(self))
            .await
            .expect("the check ends in time");
    }
}

/// `seconds` after the beginning of 2026.
pub fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap() + SignedDuration::from_secs(seconds)
}

pub fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// A node that is served.
pub fn node(reference: &str) -> Node {
    Node {
        reference: reference.to_owned(),
        uid: Uuid::new_v4(),
        location_key: Some("file:a.yaml".to_owned()),
        raw: None,
        raw_hash: "raw".to_owned(),
        processed: Some("{}".to_owned()),
        result_hash: "result".to_owned(),
        problems: vec![],
        final_json: Some(json!({ "ref": reference }).to_string()),
        etag: Some("etag".to_owned()),
        orphan: false,
        place: None,
        updated_at: time(0),
    }
}

pub fn change(reference: &str, at: Timestamp) -> NewChange {
    NewChange {
        reference: reference.to_owned(),
        uid: Uuid::new_v4(),
        kind: ChangeKind::Created,
        at,
        cause: json!({ "source": "provider:test" }),
        diff: json!([]),
        body_before: None,
    }
}

/// Writes nodes in a transaction of their own.
pub async fn put(store: &Store, nodes: &[Node]) {
    let mut tx = store.write().await.unwrap();
    tx.upsert_nodes(nodes).await.unwrap();
    tx.commit().await.unwrap();
}

/// Appends changes in a transaction of their own; the last number.
pub async fn append(store: &Store, changes: &[NewChange]) -> i64 {
    let mut tx = store.write().await.unwrap();
    tx.append_changes(changes).await.unwrap();
    tx.commit().await.unwrap().unwrap()
}
