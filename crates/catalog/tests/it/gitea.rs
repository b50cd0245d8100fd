//! Sources at a Gitea whose address has a pattern.

use serde_json::json;
use testkit::FakeGitea;
use testkit::gitea::{Change, Repository};

use crate::world::{World, component};

/// The components that are served, each with its location.
async fn components(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in world.served().await {
        let entity = world.entity(&name).await.unwrap();
        let location = entity["metadata"]["annotations"]["backstage.io/managed-by-location"].as_str();
        found.push((name, location.unwrap_or_default().to_owned()));
    }
    found
}

#[tokio::test]
async fn every_file_that_matches_is_a_source_with_its_own_address() {
    let gitea = FakeGitea::start();
    gitea.repository(
        Repository::new("shop/cart")
            .file("a/catalog-info.yaml", component("a", ""))
            .file("b c/catalog-info.yaml", component("b", ""))
            .file("README.md", "none"),
    );
    let tree = "https://git.example.com/shop/cart/src/branch/main";
    let mut world = World::reading(&[]).await;
    world
        .restart(|config| {
            config["integrations"] = json!({ "gitea": [
                { "host": "git.example.com", "baseUrl": gitea.url(), "password": gitea.token() },
            ] });
            config["catalog"]["locations"] =
                json!([{ "type": "url", "target": format!("{tree}/**/catalog-info.yaml") }]);
        })
        .await;
    let at = |path: &str| format!("url:{tree}/{path}/catalog-info.yaml");
    let both = [
        ("component:default/a".to_owned(), at("a")),
        ("component:default/b".to_owned(), at("b%20c")),
    ];
    assert_eq!(components(&world).await, both);

    gitea.forget_calls();
    world.look().await;
    assert_eq!(gitea.calls_in_all(), 1, "{:?}", gitea.calls());
    let change = Change::new("m")
        .file("c/catalog-info.yaml", component("c", ""))
        .delete("a/catalog-info.yaml");
    gitea.push("shop/cart", "main", change);
    world.look().await;
    assert_eq!(
        components(&world).await,
        [
            ("component:default/b".to_owned(), at("b%20c")),
            ("component:default/c".to_owned(), at("c"))
        ]
    );
}
