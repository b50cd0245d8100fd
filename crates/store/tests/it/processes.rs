//! Several processes on one database, and processes that are killed.
//!
//! The other processes are this test program again, told by its environment what to do.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

use model::Randomness;
use secrecy::ExposeSecret;
use store::{Change, ChangeKind, Database, Lane, NewChange, Store};
use testkit::TestRandomness;

use crate::fixture::{Place, change, node, time};

const DATABASE: &str = "STORE_TEST_DATABASE";
const TASK: &str = "STORE_TEST_TASK";

/// Another process at work on a database.
struct Other {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Other {
    fn start(task: &str, database: &Database) -> Self {
        let address = match database {
            Database::Sqlite(path) => path.display().to_string(),
            Database::Postgres { url, .. } => url.expose_secret().to_owned(),
            Database::SqliteMemory => unreachable!("no other process can open it"),
        };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::other_process", "--nocapture"])
            .envs([(DATABASE, address.as_str()), (TASK, task)])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    /// The next number it says; `None` when it has ended.
    fn number(&mut self) -> Option<i64> {
        self.said
            .by_ref()
            .find_map(|line| line.ok()?.strip_prefix("committed ")?.parse().ok())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test by itself: what the other processes do.
#[tokio::test]
async fn other_process() {
    let (Ok(address), Ok(task)) = (std::env::var(DATABASE), std::env::var(TASK)) else {
        return;
    };
    let database = if address.starts_with("postgres://") {
        Database::postgres(address)
    } else {
        Database::Sqlite(address.into())
    };
    let store = Store::open(&database).await.unwrap();
    match task.as_str() {
        "open" => say(append_one(&store).await),
        _ => write_forever(&store).await,
    }
}

#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
fn say(number: i64) {
    println!("\ncommitted {number}");
}

async fn append_one(store: &Store) -> i64 {
    crate::fixture::append(store, &[change("a", time(0))]).await
}

/// Each transaction makes forty entities and deletes half of those made by the one before.
async fn write_forever(store: &Store) {
    let mut old: Vec<String> = Vec::new();
    loop {
        let mut tx = store.write(Lane::Bulk).await.unwrap();
        let made: Vec<_> = (0..40)
            .map(|_| node(&format!("component:default/{}", uuid::Uuid::new_v4())))
            .collect();
        tx.upsert_nodes(&made).await.unwrap();
        let created = made.iter().map(|node| NewChange {
            uid: node.uid,
            ..change(&node.reference, time(0))
        });
        tx.append_changes(&created.collect::<Vec<_>>()).await.unwrap();
        tx.delete_nodes(&old).await.unwrap();
        let deleted = old.iter().map(|name| NewChange {
            kind: ChangeKind::Deleted,
            ..change(name, time(0))
        });
        tx.append_changes(&deleted.collect::<Vec<_>>()).await.unwrap();
        old = made.into_iter().step_by(2).map(|node| node.reference).collect();
        say(tx.commit().await.unwrap().unwrap());
    }
}

pub async fn several_open_an_empty_database(place: &Place) {
    let mut others: Vec<Other> = (0..8).map(|_| Other::start("open", &place.database)).collect();
    let mut numbers: Vec<i64> = others.iter_mut().filter_map(Other::number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    assert_eq!(place.open().await.last_seq().await.unwrap(), 8);
}

pub async fn killed_while_writing(place: &Place) {
    let random = TestRandomness::new(7);
    for _ in 0..8 {
        let mut other = Other::start("write", &place.database);
        let mut acknowledged = 0;
        for _ in 0..=random.below(12) {
            acknowledged = other.number().expect("it writes until it is killed");
        }
        // Some way into the transaction after.
        for _ in 0..random.below(50_000) {
            std::thread::yield_now();
        }
        other.child.kill().unwrap();
        while let Some(number) = other.number() {
            acknowledged = number;
        }
        check_log(&place.open().await, acknowledged).await;
    }
}

/// Nothing acknowledged is lost, numbers have no gap, and what the log says is there, and only that.
async fn check_log(store: &Store, acknowledged: i64) {
    let mut changes: Vec<Change> = Vec::new();
    loop {
        let more = store
            .changes_since(changes.last().map_or(0, |change| change.seq), 500)
            .await
            .unwrap();
        if more.is_empty() {
            break;
        }
        changes.extend(more);
    }
    let last = i64::try_from(changes.len()).unwrap();
    assert!(last >= acknowledged, "{last} of {acknowledged}");
    assert!(
        (1..)
            .zip(&changes)
            .all(|(expected, change)| change.seq == expected)
    );
    let mut expected = BTreeSet::new();
    for change in &changes {
        match change.kind {
            ChangeKind::Deleted => expected.remove(&change.reference),
            _ => expected.insert(change.reference.clone()),
        };
    }
    let mut found = BTreeSet::new();
    let mut position = Some(store::ScanPosition::default());
    while let Some(after) = position {
        let (finals, next) = store.scan_finals(after, 10_000).await.unwrap();
        found.extend(finals.into_iter().map(|row| row.reference));
        position = next;
    }
    let differing: Vec<&String> = found.symmetric_difference(&expected).collect();
    assert!(differing.is_empty(), "{differing:?} of {}", expected.len());
}
