//! The server from start to stop.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::portal::{Portal, eventually};
use crate::process::fixtures;

/// What a change may take from the saved file to the search.
const SOON: Duration = Duration::from_secs(1);

#[test]
fn serves_and_stops_when_told() {
    let mut portal = Portal::start(&fixtures().join("config"));
    let readiness = portal.get("/.backstage/health/v1/readiness");
    assert!(
        readiness.starts_with("HTTP/1.1 200") && readiness.contains(r#"{"status":"ok"}"#),
        "{readiness}"
    );
    let missing = portal.get("/no-such-page");
    assert!(
        missing.starts_with("HTTP/1.1 404") && missing.contains("Page not found"),
        "{missing}"
    );
    assert!(portal.stop(), "{}", portal.log());
}

#[test]
fn an_edit_can_be_found_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalog-info.yaml");
    let save = |description: &str| {
        let text = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: edited, description: {description}}}\n\
             spec: {{type: service, lifecycle: production, owner: team}}\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    save("before");
    let config = json!({
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0},
            "database": {"client": "better-sqlite3", "connection": ":memory:"},
        },
        "catalog": {"locations": [{"type": "file", "target": file}]},
    });
    std::fs::write(folder.path().join("app-config.yaml"), config.to_string()).unwrap();
    let mut portal = Portal::start(folder.path());
    let mut found_after = |word: &str| {
        let begun = Instant::now();
        eventually(&format!("{word} is found"), || {
            let answer = portal.json(&format!("/api/search/query?term={word}"));
            (answer["results"][0]["document"]["title"] == "edited").then_some(())
        });
        begun.elapsed()
    };
    found_after("before");
    // A busy machine may make one of them wait; the portal itself never does.
    let times: Vec<Duration> = ["walrus", "quokka", "axolotl", "narwhal", "pangolin"]
        .into_iter()
        .map(|word| {
            save(word);
            found_after(word)
        })
        .collect();
    assert!(times.iter().min().is_some_and(|best| *best < SOON), "{times:?}");
}
