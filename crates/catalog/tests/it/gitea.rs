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

/// A file that is read alone, without a pattern.
#[tokio::test]
async fn a_change_names_its_commit_and_the_host_who_wrote_it() {
    let gitea = FakeGitea::start();
    gitea.repository(Repository::new("shop/cart").file("catalog-info.yaml", component("a", "")));
    let address = "https://git.example.com/shop/cart/src/branch/main/catalog-info.yaml";
    let mut world = World::reading(&[]).await;
    world
        .restart(|config| {
            config["integrations"] = json!({ "gitea": [
                { "host": "git.example.com", "baseUrl": gitea.url(), "password": gitea.token() },
            ] });
            config["catalog"]["locations"] = json!([{ "type": "url", "target": address }]);
        })
        .await;
    let change = Change::new("cart: part of the shop\n\nBecause.")
        .author("Ada", "ada@example.com")
        .file("catalog-info.yaml", component("a", ", system: shop"));
    gitea.push("shop/cart", "main", change);
    world.look().await;

    let history = world
        .seen()
        .history("component:default/a", None, 5)
        .await
        .unwrap();
    let causes = || history.iter().map(|version| &version.cause);
    let cause = &history[0].cause;
    let (location, sha) = (
        cause["location"].as_str().unwrap(),
        cause["commit"].as_str().unwrap(),
    );
    assert_eq!(location, format!("url:{address}"));
    let page = format!("https://git.example.com/shop/cart/commit/{sha}");
    assert_eq!(catalog::commit_page(location, sha), Some(page));
    let told = world.seen().commits_of(causes()).await;
    let told = &told[&(location.to_owned(), sha.to_owned())];
    assert_eq!(told.author.as_deref(), Some("Ada"));
    assert!(told.message.starts_with("cart: part of the shop"), "{told:?}");

    gitea.forget_calls();
    assert_eq!(world.seen().commits_of(causes()).await.len(), history.len());
    assert_eq!(gitea.calls_in_all(), 0, "{:?}", gitea.calls());
}
