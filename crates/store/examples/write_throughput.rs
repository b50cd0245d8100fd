//! Prints how fast catalogs of several sizes are written in one transaction, and read back.
//!
//! `cargo run -p store --release --example write_throughput [postgres-url]`; without a URL it uses a
//! temporary `SQLite` file with the settings of a real one.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;
use store::{
    ChangeKind, Database, Lane, NewChange, Node, RelationRow, ScanPosition, SourceKey, Store, StoreError,
};
use uuid::Uuid;

const SIZES: [usize; 3] = [1_300, 13_000, 100_000];
const RELATIONS_EACH: usize = 5;

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    say("| entities | write | entities/s | write again | scan | log |");
    say("|---|---|---|---|---|---|");
    for size in SIZES {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let database = match std::env::args().nth(1) {
            Some(url) => Database::Postgres {
                url: url.into(),
                schema: Some(format!("throughput_{}_{size}", std::process::id())),
            },
            None => Database::Sqlite(folder.path().join("catalog.sqlite")),
        };
        measure(&Store::open(&database).await?, size).await?;
    }
    Ok(())
}

async fn measure(store: &Store, size: usize) -> Result<(), StoreError> {
    let mut nodes: Vec<Node> = (0..size).map(node).collect();
    let first = timed(write(store, &nodes, ChangeKind::Created)).await?;
    for node in &mut nodes {
        node.etag = Some("second".to_owned());
    }
    let second = timed(write(store, &nodes, ChangeKind::Changed)).await?;
    let scan = timed(scan(store, size)).await?;
    let log = timed(follow(store, size * 2)).await?;
    let rate = f64::from(u32::try_from(size).expect("small")) / first.as_secs_f64();
    say(&format!(
        "| {size} | {first:.1?} | {rate:.0} | {second:.1?} | {scan:.1?} | {log:.1?} |"
    ));
    Ok(())
}

/// What the engine does with one batch: nodes, edges, relations, change log.
async fn write(store: &Store, nodes: &[Node], kind: ChangeKind) -> Result<(), StoreError> {
    let references: Vec<String> = nodes.iter().map(|node| node.reference.clone()).collect();
    let relations: Vec<_> = nodes
        .iter()
        .enumerate()
        .map(|(index, node)| relations(index, node))
        .collect();
    let changes: Vec<NewChange> = nodes.iter().map(|node| change(node, kind)).collect();
    let mut tx = store.write(Lane::Bulk).await?;
    tx.nodes(&references).await?;
    tx.upsert_nodes(nodes).await?;
    tx.set_edges(&SourceKey::Provider("throughput".to_owned()), &references, &[])
        .await?;
    tx.replace_relations(&relations).await?;
    tx.append_changes(&changes).await?;
    tx.commit().await.map(drop)
}

async fn scan(store: &Store, size: usize) -> Result<(), StoreError> {
    let (mut position, mut seen) = (ScanPosition::default(), 0);
    loop {
        let (rows, next) = store.scan_finals(position, 2_000).await?;
        seen += rows.len();
        match next {
            Some(next) => position = next,
            None => break,
        }
    }
    assert_eq!(seen, size, "the scan sees every entity once");
    Ok(())
}

async fn follow(store: &Store, expected: usize) -> Result<(), StoreError> {
    let (mut seq, mut seen) = (0, 0);
    loop {
        let changes = store.changes_since(seq, 2_000).await?;
        let Some(last) = changes.last() else { break };
        seq = last.seq;
        seen += changes.len();
    }
    assert_eq!(seen, expected, "the log has every change once");
    Ok(())
}

fn reference(index: usize) -> String {
    format!("component:default/service-{index}")
}

fn node(index: usize) -> Node {
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": format!("service-{index}"), "description": "A service of the platform. ".repeat(30)},
        "spec": {"type": "service", "lifecycle": "production", "owner": "platform-team", "system": "talentmesh"},
    });
    Node {
        reference: reference(index),
        uid: Uuid::new_v4(),
        location_key: Some("url:https://git.example/catalog-info.yaml".to_owned()),
        raw: None,
        raw_hash: format!("{index:040}"),
        processed: Some(entity.to_string()),
        result_hash: format!("{index:040}"),
        problems: Vec::new(),
        final_json: Some(entity.to_string()),
        etag: Some(format!("{index:040}")),
        orphan: false,
        place: None,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn relations(index: usize, node: &Node) -> (String, Vec<RelationRow>) {
    let row = |offset: usize| RelationRow {
        origin: node.reference.clone(),
        source: node.reference.clone(),
        kind: "dependsOn".to_owned(),
        target: reference(index + offset + 1),
    };
    (node.reference.clone(), (0..RELATIONS_EACH).map(row).collect())
}

fn change(node: &Node, kind: ChangeKind) -> NewChange {
    NewChange {
        reference: node.reference.clone(),
        uid: node.uid,
        kind,
        at: Timestamp::UNIX_EPOCH,
        cause: json!({"source": "provider:throughput"}),
        diff: json!([]),
        body_before: None,
    }
}

async fn timed(work: impl Future<Output = Result<(), StoreError>>) -> Result<Duration, StoreError> {
    let start = Instant::now();
    work.await?;
    Ok(start.elapsed())
}

#[allow(clippy::print_stdout)] // the whole point of an example
fn say(line: &str) {
    println!("{line}");
}
