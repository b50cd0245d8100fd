//! Times the first ingest of a folder of catalog files, and a second look that finds nothing new.
//!
//! `cargo run --release -p catalog --example ingest_time -- FOLDER [DATABASE]`; without a database file
//! the data stays in memory.
#![allow(clippy::print_stdout, reason = "the measurement is the output")]

use std::sync::Arc;
use std::time::Instant;

use catalog::Catalog;
use config::Config;
use serde_json::json;
use store::{Database, Store};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder is named");
    let database = arguments
        .next()
        .map_or(Database::SqliteMemory, |path| Database::Sqlite(path.into()));
    let config = json!({"catalog": {
        "locations": [{"type": "file", "target": format!("{folder}/*.yaml")}],
        "rules": [{"allow": testkit::KINDS}],
    }});
    let config = Config::from_value(config, std::path::Path::new("/")).expect("the configuration is sound");
    let store = Store::open(&database).await.expect("the database opens");
    let catalog = Catalog::builder(Arc::new(config), store.clone())
        .build()
        .expect("the catalog builds");
    for look in ["first ingest", "second look"] {
        let start = Instant::now();
        catalog.start().await.expect("it starts");
        catalog.settle().await.expect("it settles");
        let changes = store.last_seq().await.expect("it counts");
        println!("{look}: {:?}, {changes} changes", start.elapsed());
    }
}
