//! Documentation of an entity in a folder: the wire contract of the original, the pages, and that a saved file shows.

use std::fs;

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Change, Repository};

use crate::world::World;

const ENTITY: &str = "apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  title: The shop
  annotations: {backstage.io/techdocs-ref: 'dir:.'}
spec: {type: service, lifecycle: production, owner: team}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: wrong
  annotations: {backstage.io/techdocs-ref: 'dir:../elsewhere'}
spec: {type: service, lifecycle: production, owner: team}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: silent}
spec: {type: service, lifecycle: production, owner: team}
";

async fn world() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("catalog-info.yaml", ENTITY);
    let config = "site_name: Shop\nsite_description: All of it\nplugins:\n  - redirects: {redirect_maps: {old.md: guide.md}}\n";
    write("mkdocs.yml", config);
    write(
        "docs/index.md",
        "# Shop\n\nSee [the guide](guide.md).\n\n## Opening hours\n\nAlways.\n",
    );
    write("docs/guide.md", "# Guide\n\n![x](img/x.svg)\n");
    write("docs/img/x.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let target = folder.path().join("catalog-info.yaml").display().to_string();
    let more = json!({"catalog": {"locations": [{"type": "file", "target": target}]}});
    let world = World::configured(Vec::new(), more).await.unwrap();
    world
        .until("/api/catalog/entities/by-name/component/default/silent", "silent")
        .await;
    (world, folder)
}

async fn text_of(world: &World, path: &str) -> String {
    let (status, text) = world.get(path).await;
    assert_eq!(status, 200, "{path}: {text}");
    text
}

async fn json_of(world: &World, path: &str) -> Value {
    serde_json::from_str(&text_of(world, path).await).unwrap()
}

#[tokio::test]
async fn the_contract_of_the_original() {
    let (world, _folder) = world().await;
    let metadata = json_of(&world, "/api/techdocs/metadata/techdocs/default/component/shop").await;
    assert_eq!(metadata["site_name"], "Shop");
    assert_eq!(metadata["site_description"], "All of it");
    let files = [
        "assets/stylesheets/docs.css",
        "guide/index.html",
        "img/x.svg",
        "index.html",
        "old/index.html",
        "search/search_index.json",
        "techdocs_metadata.json",
    ];
    assert_eq!(metadata["files"], json!(files));
    let entity = json_of(&world, "/api/techdocs/metadata/entity/default/component/shop").await;
    assert_eq!(entity["metadata"]["name"], "shop");
    assert_eq!(entity["locationMetadata"]["type"], "dir");
    let sync = text_of(&world, "/api/techdocs/sync/default/component/shop").await;
    assert!(
        sync.contains("event: finish\ndata: {\"updated\":false}"),
        "{sync}"
    );
    let page = text_of(
        &world,
        "/api/techdocs/static/docs/default/component/shop/guide/index.html",
    )
    .await;
    // The original's reader resolves addresses at that of the page.
    assert!(page.contains("src=\"../img/x.svg\""), "{page}");
    let style = "/api/techdocs/static/docs/default/component/shop/assets/stylesheets/docs.css";
    assert!(text_of(&world, style).await.contains(".md-sidebar"));
    let index = json_of(
        &world,
        "/api/techdocs/static/docs/default/component/shop/search/search_index.json",
    )
    .await;
    let hours = index["docs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|document| document["title"] == "Opening hours");
    assert_eq!(hours.unwrap()["location"], "#opening-hours");
}

#[tokio::test]
async fn what_fails_says_why() {
    let (world, _folder) = world().await;
    for (path, status) in [
        ("/api/techdocs/metadata/techdocs/default/component/silent", 404),
        ("/api/techdocs/metadata/techdocs/default/component/nobody", 404),
        ("/api/techdocs/metadata/entity/default/component/wrong", 404),
        ("/api/techdocs/sync/default/component/nobody", 404),
        (
            "/api/techdocs/static/docs/default/component/shop/nowhere.png",
            404,
        ),
        ("/api/techdocs/static/docs/default/component/Shop/index.html", 301),
        ("/docs/default/component/nobody", 404),
        ("/docs/default/component/silent", 404),
        ("/docs/default/component/wrong", 502),
        ("/docs/default/component/shop/nowhere", 404),
        ("/docs/default/component/shop/old", 307),
    ] {
        assert_eq!(world.get(path).await.0, status, "{path}");
    }
    let sync = text_of(&world, "/api/techdocs/sync/default/component/wrong").await;
    assert!(
        sync.contains("event: error") && sync.contains("outside its parent"),
        "{sync}"
    );
}

#[tokio::test]
async fn a_saved_file_shows_on_the_next_view_and_is_found() {
    let (world, folder) = world().await;
    let page = text_of(&world, "/docs/default/component/shop").await;
    assert!(
        page.contains("href=\"/docs/default/component/shop/guide\""),
        "{page}"
    );
    assert!(text_of(&world, "/docs").await.contains("The shop"));
    let place = "/docs/default/component/shop#opening-hours";
    world.until("/api/search/query?term=opening+hours", place).await;
    fs::write(
        folder.path().join("docs/guide.md"),
        "# Guide\n\nBrand new words.\n",
    )
    .unwrap();
    world
        .until("/docs/default/component/shop/guide", "Brand new words")
        .await;
    world
        .until(
            "/api/search/query?term=brand+new+words",
            "/docs/default/component/shop/guide#guide",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_a_page_last_is_asked_once() {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("acme/shop"));
    let first = Change::new("docs: opening hours")
        .file("catalog-info.yaml", ENTITY)
        .file("mkdocs.yml", "site_name: Shop\n")
        .file("docs/index.md", "# Shop\n");
    gitea.push("acme/shop", "main", first);
    let target = format!("{}/acme/shop/src/branch/main/catalog-info.yaml", gitea.url());
    let more = json!({
        "integrations": {"gitea": [{"host": gitea.host(), "baseUrl": gitea.url(), "password": gitea.token()}]},
        "catalog": {"locations": [{"type": "url", "target": target}]},
    });
    let world = World::configured(Vec::new(), more).await.unwrap();
    world
        .until("/api/catalog/entities/by-name/component/default/shop", "The shop")
        .await;
    let asked = || {
        let requests = gitea.requests();
        let told = requests
            .iter()
            .filter(|one| one.target.contains("/commits?") && one.target.contains("index.md"));
        told.count()
    };
    for _ in 0..2 {
        let told = text_of(&world, "/docs/default/component/shop?part=change").await;
        assert!(told.contains("docs: opening hours"), "{told}");
        assert_eq!(asked(), 1);
    }
}
