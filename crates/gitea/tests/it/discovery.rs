//! Rounds: what is found, followed, left out, and not lost.

use serde_json::json;
use store::Database;
use testkit::FakeGitea;
use testkit::gitea::{Change, Kind, Repository, Settings, Trouble};

use crate::world::World;

const DESCRIPTOR: &str = "kind: Component\n";

fn described(full_name: &str) -> Repository {
    Repository::new(full_name).file("catalog-info.yaml", DESCRIPTOR)
}

/// The name of the only location.
fn name(world: &World) -> String {
    let locations = world.delivered.locations.lock();
    assert_eq!(locations.len(), 1, "{locations:?}");
    locations.keys().next().unwrap().clone()
}

#[tokio::test]
async fn locations_are_as_in_the_original() {
    let gitea = FakeGitea::start();
    gitea.repository(described("shop/cart"));
    let world = World::new(gitea, json!({"organization": "shop"})).await;
    world.round().await;
    let target = format!(
        "{}/shop/cart/src/branch/main/catalog-info.yaml",
        world.gitea.url()
    );
    let location = format!("url:{target}");
    let name = format!("generated-{}", model::sha1_hex(location.as_bytes()));
    let locations = world.delivered.locations.lock();
    assert_eq!(
        locations[&format!("location:default/{name}")],
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Location",
            "metadata": {"name": name, "namespace": "default", "annotations": {
                "backstage.io/managed-by-location": location,
                "backstage.io/managed-by-origin-location": location,
            }},
            "spec": {"type": "url", "target": target, "presence": "optional"},
        })
    );
}

#[tokio::test]
async fn each_repository_has_its_own_default_branch() {
    let gitea = FakeGitea::start();
    gitea.repository(described("shop/cart").default_branch("trunk"));
    gitea.repository(described("shop/slashed").default_branch("release/1.x"));
    gitea.repository(described("ada/tools"));
    gitea.repository(Repository::new("shop/empty"));
    gitea.repository(Repository::new("shop/plain").file("README.md", "# Plain\n"));
    let world = World::new(gitea, json!({})).await;
    world.round().await;
    assert_eq!(
        world.targets(),
        [
            "ada/tools/src/branch/main/catalog-info.yaml",
            "shop/cart/src/branch/trunk/catalog-info.yaml",
            "shop/slashed/src/branch/release%2F1.x/catalog-info.yaml",
        ]
    );
    world.gitea.push(
        "shop/empty",
        "main",
        Change::new("First").file("catalog-info.yaml", DESCRIPTOR),
    );
    world
        .gitea
        .edit("shop/plain", |one| one.description = "new".to_owned());
    world.round().await;
    assert_eq!(world.targets().len(), 4, "{:?}", world.targets());
}

#[tokio::test]
async fn a_configured_branch_wins_where_there_is_one() {
    let catalog = || Change::new("Describe").file("catalog-info.yaml", DESCRIPTOR);
    for path in ["catalog-info.yaml", "catalog-*.yaml"] {
        let section = json!({"organizations": ["shop"], "branch": "catalog", "catalogPath": path});
        let gitea = FakeGitea::start();
        gitea.repository(
            Repository::new("shop/a")
                .file("x", "x")
                .commit("catalog", catalog()),
        );
        gitea.repository(described("shop/b"));
        gitea
            .repository(described("shop/c").commit("catalog", Change::new("No").delete("catalog-info.yaml")));
        let world = World::new(gitea, section).await;
        world.round().await;
        assert_eq!(
            world.targets(),
            [
                "shop/a/src/branch/catalog/catalog-info.yaml",
                "shop/b/src/branch/main/catalog-info.yaml",
            ],
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_pattern_finds_several_files() {
    let gitea = FakeGitea::with(Settings {
        trees_per_page: 2,
        ..Settings::version("1.25.3")
    });
    let mono = Repository::new("shop/mono")
        .file("services/a/catalog-info.yaml", DESCRIPTOR)
        .file("services/b/catalog-info.yaml", DESCRIPTOR)
        .file("services/b/deep/catalog-info.yaml", DESCRIPTOR)
        .file("README.md", "# Mono\n");
    gitea.repository(mono);
    let world = World::new(gitea, json!({"catalogPath": "services/*/catalog-info.yaml"})).await;
    world.round().await;
    assert_eq!(
        world.targets(),
        [
            "shop/mono/src/branch/main/services/a/catalog-info.yaml",
            "shop/mono/src/branch/main/services/b/catalog-info.yaml",
        ]
    );
}

#[tokio::test]
async fn filters_leave_out() {
    let all = ["cart", "cart-old", "web", "fork", "secret"];
    for (filters, expected) in [
        (json!({}), vec!["cart", "fork", "secret", "web"]),
        (
            json!({"archived": true}),
            vec!["cart", "cart-old", "fork", "secret", "web"],
        ),
        (json!({"forks": false}), vec!["cart", "secret", "web"]),
        (json!({"name": "cart|w.."}), vec!["cart", "web"]),
        (json!({"topic": {"include": ["Shop"]}}), vec!["cart", "web"]),
        (
            json!({"topic": {"include": ["shop"], "exclude": ["js"]}}),
            vec!["cart"],
        ),
        (json!({"visibility": ["private"]}), vec!["secret"]),
    ] {
        let gitea = FakeGitea::start();
        for name in all {
            let repository = described(&format!("shop/{name}"));
            gitea.repository(match name {
                "cart" => repository.topics(&["shop"]),
                "web" => repository.topics(&["shop", "js"]),
                "cart-old" => repository.archived(),
                "fork" => repository.fork_of("shop/cart"),
                _ => repository.private(),
            });
        }
        let world = World::new(gitea, json!({"filters": filters})).await;
        world.round().await;
        let mut found: Vec<String> = world
            .targets()
            .iter()
            .map(|one| one.split('/').nth(1).unwrap().to_owned())
            .collect();
        found.sort();
        assert_eq!(found, expected, "{filters}");
    }
}

async fn followed(database: &Database) {
    let gitea = FakeGitea::start();
    gitea.organization("other");
    gitea.organization("elsewhere");
    gitea.repository(described("shop/cart"));
    let world = World::on(database, gitea, json!({"organizations": ["shop", "other"]})).await;
    world.round().await;
    let first = name(&world);
    world.gitea.rename("shop/cart", "basket");
    world.round().await;
    assert_eq!(world.targets(), ["shop/basket/src/branch/main/catalog-info.yaml"]);
    assert_eq!(
        name(&world),
        first,
        "entities of a renamed repository stay the same"
    );
    world.gitea.transfer("shop/basket", "other");
    world.round().await;
    assert_eq!(
        world.targets(),
        ["other/basket/src/branch/main/catalog-info.yaml"]
    );
    assert_eq!(name(&world), first);
    // Another one takes the old name.
    world.gitea.repository(described("shop/cart"));
    world.round().await;
    assert_eq!(world.targets().len(), 2);
    world.gitea.edit("shop/cart", |one| one.archived = true);
    world.round().await;
    assert_eq!(name(&world), first);
    world.gitea.transfer("other/basket", "elsewhere");
    world.round().await;
    assert!(world.targets().is_empty(), "its new owner is not asked for");
    assert!(world.problems().is_empty(), "{:?}", world.problems());
}

#[tokio::test]
async fn a_repository_is_followed_by_its_number() {
    followed(&Database::SqliteMemory).await;
}

#[tokio::test]
async fn a_repository_is_followed_by_its_number_on_postgresql() {
    followed(&Database::postgres(testkit::fresh_database().await)).await;
}

#[tokio::test]
async fn private_and_removed_repositories_go() {
    let gitea = FakeGitea::start();
    gitea.user("ada");
    gitea.repository(described("shop/cart"));
    gitea.repository(described("shop/web"));
    let world = World::new(gitea, json!({"filters": {"visibility": ["public"]}})).await;
    world.round().await;
    assert_eq!(world.targets().len(), 2);
    world.gitea.edit("shop/cart", |one| one.private = true);
    world.gitea.delete("shop/web");
    world.round().await;
    assert!(world.targets().is_empty(), "{:?}", world.targets());
}

#[tokio::test]
async fn a_page_that_fails_loses_nothing() {
    let gitea = FakeGitea::with(Settings {
        max_response_items: 3,
        ..Settings::version("1.25.3")
    });
    for number in 0..8 {
        gitea.repository(described(&format!("shop/service-{number}")));
    }
    let world = World::new(gitea, json!({})).await;
    world.round().await;
    assert_eq!(
        world.targets().len(),
        8,
        "pages are as large as the server makes them"
    );
    world.gitea.delete("shop/service-7");
    world
        .gitea
        .trouble(Trouble::with("page=2", Kind::Fault(500, "broken".to_owned())));
    world.round().await;
    assert_eq!(
        world.targets().len(),
        8,
        "what a missing page would say is unknown"
    );
    assert_eq!(world.problems().len(), 1, "{:?}", world.problems());
    world.gitea.calm();
    world.round().await;
    assert_eq!((world.targets().len(), world.problems().len()), (7, 0));
}

#[tokio::test]
async fn a_list_that_fails_loses_nothing() {
    let gitea = FakeGitea::start();
    gitea.repository(described("shop/cart"));
    let world = World::new(gitea, json!({})).await;
    world.round().await;
    world
        .gitea
        .trouble(Trouble::with("GET /repos/search", Kind::SignInPage));
    let fault = world.finder.round(&world.sink()).await.unwrap_err();
    assert!(fault.message.contains("a sign-in page or a proxy"), "{fault}");
    assert_eq!(world.targets().len(), 1);
}

#[tokio::test]
async fn a_repository_that_cannot_be_read_keeps_its_descriptor() {
    let gitea = FakeGitea::start();
    gitea.repository(described("shop/cart"));
    gitea.repository(described("shop/web"));
    let world = World::new(gitea, json!({})).await;
    world.round().await;
    for name in ["shop/cart", "shop/web"] {
        world.gitea.push(name, "main", Change::new("More").file("a", "b"));
    }
    world.gitea.trouble(Trouble::with(
        "GET /repos/shop/cart/contents",
        Kind::Fault(500, "broken".to_owned()),
    ));
    world.round().await;
    assert_eq!(world.targets().len(), 2);
    let problems = world.problems();
    assert!(
        problems.len() == 1 && problems[0].contains("shop/cart"),
        "{problems:?}"
    );
    world.gitea.calm();
    world.round().await;
    assert_eq!((world.targets().len(), world.problems().len()), (2, 0));
}

#[tokio::test]
async fn an_owner_that_is_not_there_is_named() {
    let gitea = FakeGitea::start();
    gitea.repository(described("shop/cart"));
    let world = World::new(gitea, json!({"organization": "shop", "users": ["nobody"]})).await;
    world.round().await;
    assert_eq!(world.targets().len(), 1);
    let problems = world.problems();
    assert!(
        problems.len() == 1 && problems[0].contains("no organisation or user nobody"),
        "{problems:?}"
    );
}
