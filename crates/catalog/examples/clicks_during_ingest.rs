//! Times what a person writes while a folder of catalog files is ingested: a setting, and a change to the catalog.
//!
//! `cargo run --release -p catalog --example clicks_during_ingest -- FOLDER [sqlite|postgres]`; starts a PostgreSQL of its
//! own, as the tests do.
#![allow(clippy::print_stdout, reason = "the measurement is the output")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::Catalog;
use config::Config;
use serde_json::json;
use store::{Database, Lane, SettingKey, SourceKey, Store};
use tokio_util::sync::CancellationToken;

/// Ingests whose clicks are counted together: one alone leaves room for a hundred clicks, whose p99 is the slowest of them.
const INGESTS: u32 = 5;
/// Pause between two clicks.
const PAUSE: Duration = Duration::from_millis(20);

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder is named");
    let only = arguments.next();
    for engine in ["sqlite", "postgres"] {
        if only.as_deref().is_none_or(|only| only == engine) {
            measure(&folder, engine).await;
        }
    }
}

/// What a person waited for.
#[derive(Default)]
struct Clicks {
    settings: Vec<Duration>,
    changes: Vec<Duration>,
}

async fn measure(folder: &str, engine: &str) {
    let (mut clicks, mut took) = (Clicks::default(), Duration::ZERO);
    for _ in 0..INGESTS {
        took += ingest(folder, engine, &mut clicks).await;
    }
    println!("{engine}: {INGESTS} ingests, {:.1?} each", took / INGESTS);
    println!("  settings: {}", summary(clicks.settings));
    println!("  changes:  {}", summary(clicks.changes));
}

/// Ingests the folder into a new database; how long that took.
async fn ingest(folder: &str, engine: &str, clicks: &mut Clicks) -> Duration {
    let (_files, path) = testkit::sqlite_file();
    let database = match engine {
        "sqlite" => Database::Sqlite(path),
        _ => Database::postgres(testkit::fresh_database().await),
    };
    let config = json!({"catalog": {
        "locations": [{"type": "file", "target": format!("{folder}/*.yaml")}],
        "rules": [{"allow": testkit::KINDS}],
    }});
    let config = Config::from_value(config, std::path::Path::new("/")).expect("the configuration is sound");
    let store = Store::open(&database).await.expect("the database opens");
    let catalog = Catalog::builder(Arc::new(config), store.clone())
        .build()
        .expect("the catalog builds");
    let stop = CancellationToken::new();
    let (settings, changes) = (
        tokio::spawn(click_settings(store.clone(), stop.clone())),
        tokio::spawn(click_changes(store.clone(), stop.clone())),
    );
    let start = Instant::now();
    catalog.start().await.expect("it starts");
    catalog.settle().await.expect("it settles");
    let took = start.elapsed();
    stop.cancel();
    clicks.settings.extend(settings.await.expect("clicks go on"));
    clicks.changes.extend(changes.await.expect("clicks go on"));
    took
}

async fn click_settings(store: Store, stop: CancellationToken) -> Vec<Duration> {
    let mut times = Vec::new();
    while !stop.is_cancelled() {
        let key = SettingKey {
            user: "user:default/guest".to_owned(),
            bucket: "clicks".to_owned(),
            key: (times.len() % 10).to_string(),
        };
        let begun = Instant::now();
        store
            .setting_put(&key, &json!(times.len()))
            .await
            .expect("a click is kept");
        times.push(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    times
}

async fn click_changes(store: Store, stop: CancellationToken) -> Vec<Duration> {
    let mut times = Vec::new();
    let source = SourceKey::Entity("location:default/clicked".to_owned());
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let mut tx = store.write(Lane::Person).await.expect("a click has its turn");
        tx.forget_content(std::slice::from_ref(&source))
            .await
            .expect("a click is kept");
        tx.commit().await.expect("a click is kept");
        times.push(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    times
}

fn summary(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let shown = |percent| at(percent).map_or_else(|| "-".to_owned(), |time| format!("{time:.1?}"));
    format!(
        "{} clicks, p50 {}, p95 {}, p99 {}, longest {}",
        times.len(),
        shown(50),
        shown(95),
        shown(99),
        shown(100)
    )
}
