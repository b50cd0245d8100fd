//! A PostgreSQL server is replaced by one that lacks the last changes, and gives their numbers away again.

use std::path::Path;
use std::time::Duration;

use catalog::browse::Known;
use catalog::query::SeenNews;
use catalog::{Catalog, Sight};
use model::EntityRef;
use read_model::SnapshotFile;
use search::{Place, Search};
use store::{ChangeKind, Database, Lane, NewChange, Node, Store};
use testkit::{ChaosProxy, Postgres};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{self, names_found};

/// Longest wait for everybody to notice.
const SOON: Duration = Duration::from_mins(1);

/// What the server said before it was replaced, and what the other one says under the same numbers.
const LOST: [&str; 2] = ["lost-one", "lost-two"];
const INSTEAD: [&str; 3] = ["instead-one", "instead-two", "instead-three"];

/// Writes a component, served with this description.
pub async fn put(store: &Store, name: &str, uid: Uuid, description: &str) -> i64 {
    let reference = format!("component:default/{name}");
    let entity = serde_json::json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": name, "namespace": "default", "uid": uid, "description": description},
        "spec": {"type": "service", "lifecycle": "production", "owner": "team"},
    });
    let now = jiff::Timestamp::now();
    let node = Node {
        reference: reference.clone(),
        uid,
        location_key: None,
        raw: None,
        raw_hash: String::new(),
        processed: Some(entity.to_string()),
        result_hash: String::new(),
        problems: Vec::new(),
        final_json: Some(entity.to_string()),
        etag: None,
        orphan: false,
        place: None,
        updated_at: now,
    };
    let change = NewChange {
        reference,
        uid,
        kind: ChangeKind::Changed,
        at: now,
        cause: serde_json::json!({}),
        diff: serde_json::json!([]),
        body_before: None,
    };
    let mut tx = store.write(Lane::Person).await.unwrap();
    tx.upsert_nodes(&[node]).await.unwrap();
    tx.append_changes(&[change]).await.unwrap();
    tx.commit().await.unwrap().unwrap()
}

/// One process that serves the catalog: index with its snapshot, search.
pub struct Replica {
    pub store: Store,
    pub catalog: Catalog,
    search: Search,
    stop: CancellationToken,
    following: Vec<tokio::task::JoinHandle<()>>,
}

impl Replica {
    pub async fn start(folder: &Path, database: &Database) -> Self {
        let store = world::opened(database).await;
        let snapshot = SnapshotFile::new(folder.join("catalog.index"));
        let catalog = world::catalog_with(folder, &store, Some(snapshot));
        let search = Search::open(&Place::Folder(folder.join("index")), &catalog, &store).unwrap();
        search.feed_from([]);
        let stop = CancellationToken::new();
        let following = vec![
            tokio::spawn({
                let (catalog, stop) = (catalog.clone(), stop.clone());
                async move { catalog.follow(stop).await }
            }),
            tokio::spawn({
                let (search, stop) = (search.clone(), stop.clone());
                async move { search.run(stop).await }
            }),
        ];
        Self {
            store,
            catalog,
            search,
            stop,
            following,
        }
    }

    /// Stops in order, which saves the snapshot.
    pub async fn end(self) {
        self.stop.cancel();
        for task in self.following {
            task.await.unwrap();
        }
        // The writer of the search index lets go of its folder.
        drop((self.search, self.catalog));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    fn has(&self, name: &str) -> bool {
        let reference = EntityRef::new("component", "default", name);
        let known = self.catalog.seen_by(&SIGHT).known([&reference]);
        matches!(known[&reference], Known::Seen(_))
    }

    /// Waits until index and search answer with all of these and none of those.
    pub async fn answers_with(&self, present: &[&str], absent: &[&str]) {
        let is_right = async || {
            for (names, expected) in [(present, true), (absent, false)] {
                for name in names {
                    let found = names_found(&self.search, name).await;
                    let is_found = found.contains(&format!("component:default/{name}"));
                    if self.has(name) != expected || is_found != expected {
                        return false;
                    }
                }
            }
            true
        };
        let settled = async {
            while !is_right().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = tokio::time::timeout(SOON, settled).await;
        let shown = |names: &[&str]| names.iter().map(|name| self.has(name)).collect::<Vec<_>>();
        assert!(
            waited.is_ok(),
            "in the index of {present:?}: {:?}, of {absent:?}: {:?}",
            shown(present),
            shown(absent)
        );
    }

    pub async fn description(&self, name: &str) -> String {
        let reference = EntityRef::new("component", "default", name);
        let entity = self
            .catalog
            .seen_by(&SIGHT)
            .entity(&reference)
            .await
            .unwrap()
            .unwrap();
        entity["metadata"]["description"].as_str().unwrap().to_owned()
    }
}

const SIGHT: Sight = Sight::system("test");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fail_over_to_a_copy_that_lacks_the_last_changes_converges() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = tokio::task::spawn_blocking(|| Postgres::start().unwrap())
        .await
        .unwrap();
    let url = first.fresh_database().await.unwrap();
    let kept = Uuid::new_v4();
    let store = world::opened(&Database::postgres(url.as_str())).await;
    put(&store, "kept", kept, "before").await;
    store.close().await;
    let (mut first, second) = tokio::task::spawn_blocking(move || {
        let copy = first.start_copy().unwrap();
        (first, copy)
    })
    .await
    .unwrap();
    let proxy = ChaosProxy::before(&url).await.unwrap();
    let replica = Replica::start(folder.path(), &Database::postgres(proxy.url())).await;
    for name in LOST {
        put(&replica.store, name, Uuid::new_v4(), "lost").await;
    }
    put(&replica.store, "kept", kept, "lost, too").await;
    replica.answers_with(&["kept", LOST[0], LOST[1]], &[]).await;
    let mut changes = replica.catalog.seen_by(&SIGHT).changes();
    let seq = replica.store.last_seq().await.unwrap();
    assert!(replica.catalog.wait_for(seq, SOON).await);
    assert_eq!(replica.description("kept").await, "lost, too");

    // The copy takes the place of the first; other processes have written to it before this one comes back.
    proxy.cut();
    let (copied, _) = url.split_once('?').unwrap();
    let copied = copied.rsplit_once('/').unwrap().1;
    let elsewhere = world::opened(&Database::postgres(second.url(copied))).await;
    let mut last = 0;
    for name in INSTEAD {
        last = put(&elsewhere, name, Uuid::new_v4(), "instead").await;
    }
    assert_eq!(last, seq, "the numbers are given away again");
    tokio::task::spawn_blocking(move || first.crash().unwrap())
        .await
        .unwrap();
    proxy.lead_to(&second.url(copied)).unwrap();
    proxy.restore();
    replica
        .answers_with(&["kept", INSTEAD[0], INSTEAD[1], INSTEAD[2]], &LOST)
        .await;
    assert_eq!(
        replica.description("kept").await,
        "before",
        "no body of the lost log is served"
    );
    let is_told = async {
        loop {
            let news = changes.applied.recv().await.unwrap();
            if changes.sight.see(&news) == Some(SeenNews::Reloaded) {
                return;
            }
        }
    };
    tokio::time::timeout(SOON, is_told)
        .await
        .expect("who listens is told to ask again");
    let mark = elsewhere.log_mark().await.unwrap();
    assert_eq!(replica.catalog.applied(), Some(mark.seq));

    // What was saved is of the new log, and a start goes on from it.
    replica.end().await;
    let (_, saved) = SnapshotFile::new(folder.path().join("catalog.index"))
        .read()
        .unwrap()
        .unwrap();
    assert_eq!(saved, mark);
    put(&elsewhere, "later", Uuid::new_v4(), "later").await;
    let replica = Replica::start(folder.path(), &Database::postgres(proxy.url())).await;
    replica.answers_with(&["kept", INSTEAD[0], "later"], &LOST).await;
    replica.end().await;
}
