//! Documentation that another program published into a folder: the wire contract of the original, the pages, and the search.

use std::path::Path;

use serde_json::{Value, json};

use crate::world::World;

/// A component; with documentation, if it says so.
fn component(name: &str, has_docs: bool) -> String {
    let annotations = if has_docs {
        json!({"backstage.io/techdocs-ref": "dir:."})
    } else {
        json!({})
    };
    let metadata = json!({"name": name, "annotations": annotations});
    let spec = json!({"type": "service", "lifecycle": "production", "owner": "team"});
    json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec})
        .to_string()
}

async fn world() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("catalog-info.yaml");
    let entities = [("payments", true), ("unpublished", true), ("silent", false)];
    let entities = entities.map(|(name, has_docs)| component(name, has_docs));
    std::fs::write(&target, entities.join("\n---\n")).unwrap();
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("../techdocs/tests/fixtures/published");
    let more = json!({
        "catalog": {"locations": [{"type": "file", "target": target}]},
        "techdocs": {"builder": "external", "publisher": {"type": "local", "local": {"publishDirectory": published}}},
    });
    let world = World::configured(Vec::new(), more).await.unwrap();
    world
        .until("/api/catalog/entities/by-name/component/default/silent", "silent")
        .await;
    (world, folder)
}

#[tokio::test]
async fn the_files_are_those_that_were_published() {
    let (world, _folder) = world().await;
    let at = |place: &str, path: &str| format!("/api/techdocs/{place}/default/component/payments{path}");
    let (status, metadata) = world.get(&at("metadata/techdocs", "")).await;
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    assert_eq!(
        (status, &metadata["site_name"]),
        (200, &json!("Payments handbook"))
    );
    assert_eq!(metadata["build_timestamp"], 1_795_990_200_000_u64);
    let (_, page) = world.get(&at("static/docs", "/guides/deploy/index.html")).await;
    assert!(
        page.contains("<article class=\"md-content__inner md-typeset\">"),
        "{page}"
    );
    let sync = world.get(&at("sync", "")).await.1;
    assert!(sync.contains("event: finish\ndata: {\"updated\":"), "{sync}");
    for (path, status) in [
        ("/", 301),
        ("/guides/deploy/", 301),
        ("/img/way.png", 200),
        ("/search/search_index.json", 200),
        ("/guides/deploy", 301),
        ("/nowhere/index.html", 404),
        ("/..%2f..%2f..%2f..%2fREADME.md", 404),
    ] {
        assert_eq!(world.get(&at("static/docs", path)).await.0, status, "{path}");
    }
    for (path, status) in [
        (
            "/api/techdocs/static/docs/default/component/Payments/index.html",
            301,
        ),
        (
            "/api/techdocs/static/docs/default/component/nobody/index.html",
            404,
        ),
        (
            "/api/techdocs/metadata/techdocs/default/component/unpublished",
            404,
        ),
        ("/api/techdocs/sync/default/component/unpublished", 200),
        ("/docs/default/component/unpublished", 404),
        ("/docs/default/component/silent", 404),
        ("/docs/default/component/payments/img/way.png", 200),
        ("/docs/default/component/payments/nowhere", 404),
    ] {
        assert_eq!(world.get(path).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn people_read_and_find_them() {
    let (world, _folder) = world().await;
    let (status, page) = world.get("/docs/default/component/payments/guides/refunds").await;
    assert_eq!(status, 200, "{page}");
    for expected in [
        "<h1 id=\"refunds\">",
        "href=\"/docs/default/component/payments/guides/deploy\"",
        "href=\"https://git.example.com/talent/payments/_edit/main/docs/guides/refunds.md\"",
        "href=\"#within-a-day\"",
        "Published <time",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    assert!(
        !page.contains("?view=health") && !page.contains("onerror"),
        "{page}"
    );
    let (_, missing) = world.get("/docs/default/component/unpublished").await;
    assert!(
        missing.contains("No documentation is published for this entity"),
        "{missing}"
    );
    let found = "/docs/default/component/payments/guides/refunds#within-a-day";
    world
        .until("/api/search/query?term=paid+within+a+day", found)
        .await;
    let (_, hits) = world.get("/docs/default/component/payments?q=currency").await;
    assert!(
        hits.contains("/docs/default/component/payments#settings"),
        "{hits}"
    );
}
