//! Databases to check on, and short ways to make what is stored.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde_json::json;
use sqlx::AssertSqlSafe;
use store::{ChangeKind, Database, Lane, Migration, NewChange, Node, Store};
use uuid::Uuid;

/// An empty database.
pub struct Place {
    pub database: Database,
}

impl Place {
    #[expect(
        clippy::unused_async,
        reason = "what the contract's tests call may have to wait"
    )]
    pub async fn of(database: Database) -> Self {
        Self { database }
    }

    pub async fn postgres() -> Self {
        Self::of(Database::postgres(testkit::fresh_database().await)).await
    }

    pub async fn open(&self) -> Store {
        self.open_with(&[]).await
    }

    pub async fn open_with(&self, plugins: &[(&str, &[Migration])]) -> Store {
        Store::open_with(&self.database, plugins).await.unwrap()
    }

    /// Runs statements behind the store's back.
    pub async fn run(&self, script: String) {
        match &self.database {
            Database::Postgres { url, .. } => {
                let pool = sqlx::PgPool::connect(url.expose_secret()).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(script)).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Database::Sqlite(path) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true);
                let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(script)).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Database::SqliteMemory => unreachable!("nobody else can open it"),
        }
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
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.upsert_nodes(nodes).await.unwrap();
    tx.commit().await.unwrap();
}

/// Appends changes in a transaction of their own; the last number.
pub async fn append(store: &Store, changes: &[NewChange]) -> i64 {
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.append_changes(changes).await.unwrap();
    tx.commit().await.unwrap().unwrap()
}
