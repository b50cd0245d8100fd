//! A disk that is full for a while.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::catalog_files::CatalogFiles;
use crate::portal::{Portal, eventually};

#[test]
fn a_full_disk_stops_writing_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let database = json!({
        "client": "better-sqlite3", "connection": {"filename": folder.path().join("catalog.sqlite")}
    });
    let files = CatalogFiles::new(40, &database);
    let mut portal = Portal::start_with_small_files(files.path(), 1_024);
    eventually("the log tells that the database cannot be written", || {
        portal.log().contains("disk").then_some(())
    });
    std::thread::sleep(Duration::from_secs(1));
    assert!(portal.is_running());
    assert!(
        portal
            .get("/.backstage/health/v1/liveness")
            .starts_with("HTTP/1.1 200")
    );
    let served: u64 = portal.facet("spec.edition").values().sum();
    let expected: BTreeMap<String, u64> = files.expected();
    assert!(served < expected.values().sum());
    portal.allow_large_files();
    eventually("there is room again, and everything is served", || {
        (portal.facet("spec.edition") == expected).then_some(())
    });
    assert!(portal.stop(), "{}", portal.log());
}
