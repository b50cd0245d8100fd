//! The committed configuration reference.

use config::{reference_markdown, schema};

#[test]
fn the_committed_reference_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(path, reference_markdown()).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("docs/configuration.md");
    assert!(
        committed == reference_markdown(),
        "docs/configuration.md is stale: run `UPDATE_REFERENCE=1 cargo test -p config reference`"
    );
}

#[test]
fn every_key_is_explained() {
    let page = reference_markdown();
    for key in [
        "app.title",
        "backend.reading.allow[].host",
        "catalog.locations[].target",
        "portal.history.retention",
    ] {
        assert!(page.contains(&format!("| `{key}` |")), "{key}");
    }
    let unexplained: Vec<&str> = page.lines().filter(|line| line.ends_with("|  |")).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

#[test]
fn secrets_are_marked_in_the_schema() {
    let password =
        &schema()["properties"]["integrations"]["properties"]["gitea"]["items"]["properties"]["password"];
    assert!(
        password.to_string().contains("\"visibility\":\"secret\""),
        "{password}"
    );
}
